/* uncertain.c - why a derivative could not be judged: what the forward does beside the point, in a sentence,
 * with digits enough to tell the two numbers of each sentence apart. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two numbers with as many digits as it takes to see that they differ, at least 4. */
static void put_pair(char text[2][32], double a, double b)
{
    for (int digits = 4; digits <= 17; digits++) {
        gc_text(text[0], 32, "%.*g", digits, a);
        gc_text(text[1], 32, "%.*g", digits, b);
        if (strcmp(text[0], text[1]) &&
            fabs(strtod(text[0], NULL) - strtod(text[1], NULL)) > 0.5 * fabs(a - b))
            return;
    }
}

/* " by element 3 of x", or " along a direction" */
static void put_line(char *text, size_t room, const struct gc_ladder *l)
{
    if (l->d)
        gc_text(text, room, "along a random direction");
    else
        gc_text(text, room, "by element %zu of %s", l->element, l->run->r->tensor[l->tensor].name);
}

static void say_break(const struct gc_ladder *l, const struct gc_break *b, char *reason)
{
    char pair[2][32], line[GC_TEXT / 2];
    put_pair(pair, b->left, b->right);
    put_line(line, sizeof line, l);
    double off = fabs(b->right - b->left), t = b->t;
    if (b->kind == GC_JUMP && off <= GC_TOLERANCE * fmax(l->run->size, fabs(l->f0)))
        gc_text(
            reason, GC_TEXT,
            "the forward is solved to a tolerance: at step %.3g %s it goes from %s to %s; tighten the tolerance",
            t, line, pair[0], pair[1]);
    else if (b->kind == GC_JUMP)
        gc_text(
            reason, GC_TEXT,
            "the forward jumps: at step %.3g %s it goes from %s to %s, as what rounds, counts or branches does",
            t, line, pair[0], pair[1]);
    else if (b->kind == GC_CORNER)
        gc_text(
            reason, GC_TEXT,
            "the forward has corners here: at step %.3g %s its slope goes from %s to %s, too near to step between",
            t, line, pair[0], pair[1]);
    else
        gc_text(
            reason, GC_TEXT,
            "the forward's curvature jumps: at step %.3g %s from %s to %s, so that differences converge slowly",
            t, line, pair[0], pair[1]);
}

static void say_not_finite(const struct gc_ladder *l, char *reason)
{
    char line[GC_TEXT / 2];
    double finest = (double)INFINITY, value = l->f0;
    int refused = 0;
    for (int k = 0; k < l->levels; k++)
        for (int side = 0; side < 2; side++) {
            double f = side ? l->minus[k] : l->plus[k];
            if (gc_is_finite(f) || !(l->h[k] < fabs(finest))) continue;
            finest = side ? -l->h[k] : l->h[k], value = f, refused = 1;
        }
    put_line(line, sizeof line, l);
    if (refused)
        gc_text(
            reason, GC_TEXT,
            "the forward is not finite beside the point: it gives %.6g there, and %g, or a refusal, at step %.3g %s",
            l->f0, value, finest, line);
    else
        gc_text(reason, GC_TEXT, "no step gives a difference that is finite: the forward is %.6g here",
                l->f0);
}

void gc_say_uncertain(const struct gc_ladder *l, double a, char *reason)
{
    const struct gc_run *run = l->run;
    if (!gc_is_finite(l->value)) {
        say_not_finite(l, reason);
        return;
    }
    if (run->r->f32_inside || gc_gives_floats(run)) {
        gc_text(reason, GC_TEXT,
                "the forward computes in float: its differences are good to %.1e of %.3g only; give the same "
                "forward in double",
                l->error, fabs(l->value) > fabs(a) ? l->value : a);
        return;
    }
    if (!run->wide) {
        gc_text(
            reason, GC_TEXT,
            "the forward is piecewise constant or saturated: it gave %s%d different number%s in all, here %.9g, "
            "and no slope",
            run->values == GC_MANY_VALUES ? "at least " : "", run->values, run->values == 1 ? "" : "s",
            l->f0);
        return;
    }
    struct gc_break b = gc_find_break(l);
    if (b.kind != GC_NO_BREAK)
        say_break(l, &b, reason);
    else if (2 * l->noise / l->chosen_h > 0.3 * l->error)
        gc_text(reason, GC_TEXT,
                "the forward is noisy: %.9g is good to %.1e only, which leaves the slope %.3g +- %.1e", l->f0,
                l->noise, l->value, l->error);
    else
        gc_text(reason, GC_TEXT,
                "no step gives a steady difference (%.3g +- %.1e): the forward jumps or has corners here",
                l->value, l->error);
}

void gc_doubt(struct gc_tally *tally, const struct gc_ladder *l, unsigned test, double a, double allowed)
{
    if (tally->undecided++) return;
    gc_finding *f = &tally->doubt;
    *f = (gc_finding){
        .test = test, .tensor = l->tensor, .point = l->run->point, .is_element = !l->d, .index = l->element
    };
    f->verdict = GC_INCONCLUSIVE;
    f->analytic = a, f->numeric = l->value, f->error_bar = l->error, f->allowed = allowed;
    gc_text(f->detail, sizeof f->detail, l->d ? "direction" : "element");
    gc_say_uncertain(l, a, f->reason);
}

void gc_settle_tally(gc_result *r, const struct gc_tally *tally, int tensor)
{
    if (tally->undecided && tally->undecided * 4 > tally->decided) {
        gc_finding *f = gc_note(r, tally->doubt.test, tensor, tally->doubt.point, GC_INCONCLUSIVE);
        *f = tally->doubt;
    } else if (tally->kinks && !tally->decided) {
        gc_text(gc_note(r, GC_KINKS, tensor, 0, GC_KINK)->reason, GC_TEXT,
                "every step in %s crosses a corner of the function; the gradient lies between its one-sided "
                "slopes",
                r->tensor[tensor].name);
    }
}
