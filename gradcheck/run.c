/* run.c - one problem at one point: the point is drawn, the forward and the backward are called there, and
 * what they gave is looked at. */
#include "gc_internal.h"

#include <math.h>
#include <string.h>

/* sqrt(sum (v out)^2); squares are taken of numbers up to 1 */
static double size_of_loss(const struct gc_run *run)
{
    double largest = 0, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < run->p->nout; k++)
            for (size_t i = 0; i < run->nout[k]; i++) {
                double term = fabs(run->v[k][i] * gc_get(&run->out[k], i));
                if (!pass && term > largest) largest = term;
                if (pass && largest > 0) sum += term / largest * (term / largest);
            }
    return largest * sqrt(sum);
}

/* ---- the point ---- */

/* The first output that is not finite, in words; 0: all are. */
static int says_not_finite(const struct gc_run *run, char *text, size_t room)
{
    for (int k = 0; k < run->p->nout; k++)
        for (size_t i = 0; i < run->nout[k]; i++) {
            if (gc_is_finite(gc_get(&run->out[k], i))) continue;
            const char *name = run->p->out[k].name ? run->p->out[k].name : "its output";
            if (run->nout[k] == 1)
                gc_text(text, room, "the forward gives NaN or infinity for %s", name);
            else
                gc_text(text, room, "the forward gives NaN or infinity for element %zu of %s", i, name);
            return 1;
        }
    return 0;
}

static gc_finding *note_broken(struct gc_run *run, int tensor, const char *detail)
{
    gc_finding *f = gc_note(run->r, GC_CONTRACT, tensor, run->point, GC_CONTRACT_BROKEN);
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    return f;
}

/* Are the inputs what they were? If not they are put back and, since every difference moves inputs, the
 * numeric tests have no base. */
static int inputs_kept(struct gc_run *run, const char *who)
{
    for (int t = 0; t < run->p->nin; t++) {
        int changed = 0;
        for (size_t i = 0; run->x[t] && i < run->nin[t]; i++) {
            if (gc_get(&run->in[t], i) - run->x[t][i] == 0) continue;
            changed = changed || gc_is_finite(run->x[t][i]);
            gc_set(&run->in[t], i, run->x[t][i]);
        }
        if (!changed) continue;
        run->broken = 1;
        gc_text(note_broken(run, t, "writes to input")->reason, GC_TEXT,
                "%s writes to its input %s; inputs are shared with other layers: work on a copy, or write to "
                "an output",
                who, run->r->tensor[t].name);
        return 0;
    }
    return 1;
}

/* The forward, from outputs of NaN: what it leaves is what it never wrote, or added to. */
static int forward_here(struct gc_run *run, char *reason)
{
    if (!run->p->forward) return 1;
    gc_stage(run->r, "forward, point %d", run->point);
    for (int k = 0; k < run->p->nout; k++) gc_fill_bytes(&run->out[k], run->nout[k], 0xff);
    if (!gc_run_forward(run)) {
        gc_text(reason, GC_TEXT, "the forward refused the point");
        return 0;
    }
    if (!inputs_kept(run, "forward")) return 1;
    if (!says_not_finite(run, reason, GC_TEXT)) return 1;
    char ignored[GC_TEXT];
    for (int k = 0; k < run->p->nout; k++) gc_fill_bytes(&run->out[k], run->nout[k], 0);
    if (!gc_run_forward(run) || says_not_finite(run, ignored, sizeof ignored)) return 0;
    gc_text(note_broken(run, -1, "outputs of NaN")->reason, GC_TEXT,
            "%s when its outputs held NaN before the call, and not when they held 0: it adds to its outputs "
            "or leaves "
            "some unwritten",
            reason);
    run->broken = 1;
    return 1;
}

static size_t first_not_finite(const double *g, size_t n)
{
    size_t i = 0;
    while (i < n && gc_is_finite(g[i])) i++;
    return i;
}

/* Gradients with NaN where they began as NaN, but not where they began as 0: added to, or not written. */
static void judge_unwritten(struct gc_run *run)
{
    double *was[GC_MAX_TENSORS] = { 0 };
    size_t at[GC_MAX_TENSORS];
    int any = 0;
    for (int t = 0; t < run->p->nin; t++) {
        was[t] = run->g[t];
        if (!was[t]) continue;
        at[t] = first_not_finite(was[t], run->nin[t]);
        any = any || at[t] < run->nin[t];
    }
    if (!any || run->p->accumulate || !gc_run_backward(run, 0)) return;
    for (int t = 0; t < run->p->nin; t++) {
        if (!was[t] || at[t] == run->nin[t]) continue;
        for (size_t i = 0; i < run->nin[t]; i++) was[t][i] = gc_get(&run->din[t], i);
        if (first_not_finite(was[t], run->nin[t]) < run->nin[t]) continue;
        gc_finding *f = note_broken(run, t, "gradient of NaN");
        f->is_element = 1, f->index = at[t];
        gc_text(f->reason, GC_TEXT,
                "element %zu of d%s is NaN if it was NaN before the call and finite if it was 0: the "
                "backward adds to it "
                "(then set accumulate) or never writes it",
                at[t], run->r->tensor[t].name);
    }
}

/* Is there an element that rounding moved to where the function has no finite slope, as sqrt has none at
 * 0? Its gradient need not be finite either: another point will do. */
static int is_beyond(struct gc_run *run, char *reason)
{
    int moved = 0;
    if (!run->rounded || !run->p->forward) return 0;
    for (int t = 0; t < run->p->nin; t++) {
        size_t i = run->g[t] ? first_not_finite(run->g[t], run->nin[t]) : 0;
        if (!run->g[t] || i == run->nin[t]) continue;
        moved = 1;
        if (gc_has_sides(run, t, i)) continue;
        gc_text(reason, GC_TEXT, "the slope is not finite at element %zu of %s", i, run->r->tensor[t].name);
        return 1;
    }
    if (moved) gc_run_loss(run); /* out[] at the point again */
    return 0;
}

/* NaN and infinity in a gradient of a finite forward are wrong. */
static void judge_finite(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->g[t]) continue;
        size_t i = first_not_finite(run->g[t], run->nin[t]);
        run->bad[t] = i < run->nin[t];
        if (!run->bad[t]) continue;
        gc_finding *f = gc_note(run->r, GC_ELEMENTS, t, run->point, GC_FAIL);
        gc_text(f->detail, sizeof f->detail, "not finite");
        f->is_element = 1, f->index = i, f->analytic = run->g[t][i], f->numeric = (double)NAN,
        f->error_bar = (double)INFINITY;
        gc_text(f->reason, sizeof f->reason,
                "the gradient of %s is NaN or infinite at element %zu, where the forward is finite",
                run->r->tensor[t].name, i);
    }
}

static int backward_here(struct gc_run *run, char *reason)
{
    if (!run->p->backward) return 1;
    gc_stage(run->r, "backward, point %d", run->point);
    if (!gc_run_gradient(run, run->g)) {
        gc_text(reason, GC_TEXT, "the backward refused the point");
        return 0;
    }
    if (!inputs_kept(run, "backward")) return 1;
    judge_unwritten(run);
    if (is_beyond(run, reason)) return 0;
    judge_finite(run);
    return 1;
}

int gc_run_point(struct gc_run *run, int point)
{
    char reason[GC_TEXT] = "the fill callback refused the point";
    run->point = point, run->rounded = point == run->o.n_points, run->noise = -1;
    run->beside_known = 0, run->upheld = 0;
    memset(run->bad, 0, sizeof run->bad);
    memset(run->suspect, 0, sizeof run->suspect);
    memset(run->failed, 0, sizeof run->failed);
    for (int attempt = 0; gc_sample_point(run, attempt); attempt++) {
        if (!run->refused && forward_here(run, reason)) {
            if (run->broken) return 1;
            run->f0 = run->p->forward ? gc_run_weigh(run) : (double)NAN;
            run->size = run->p->forward ? size_of_loss(run) : 0;
            if (backward_here(run, reason)) return 1;
        }
        run->r->refused++;
    }
    gc_text(run->r->reason, sizeof run->r->reason, "%s", reason); /* kept if no point is left */
    return 0;
}
