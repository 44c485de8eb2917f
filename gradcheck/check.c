/* check.c - gc_check: points, tests, verdicts. */
#include "../base/clock.h"
#include "gc_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

/* ---- words ---- */

void gc_text(char *to, size_t room, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (room) vsnprintf(to, room, format, args);
    va_end(args);
}

void gc_stage(gc_result *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->stage, sizeof r->stage, format, args);
    va_end(args);
}

const char *gc_verdict_name(gc_verdict v)
{
    static const char *const name[] = { "PASS", "FAIL", "INCONCLUSIVE", "KINK", "CONTRACT", "CRASH" };
    return name[v];
}

const char *gc_test_name(unsigned test)
{
    static const char *const name[] = { "contract", "direction", "elements", "complex step", "kinks",
                                        "adjoint",  "reference", "taylor",   "symmetry",     "hvp" };
    for (unsigned bit = 0; bit < sizeof name / sizeof *name; bit++)
        if (test == 1u << bit) return name[bit];
    return test ? "several" : "setup";
}

int gc_exit_code(const gc_result *r)
{
    static const int code[] = { 0, 1, 2, 0, 3, 4 };
    return code[r->verdict];
}

gc_options gc_defaults(void)
{
    return (gc_options){ .checks = GC_STANDARD,
                         .seed = 1,
                         .n_dir = 3,
                         .n_points = 3,
                         .max_elem = 4096,
                         .fork = 1,
                         .timeout_s = 60 };
}

/* ---- findings ---- */

/* What the user should hear first: dead code, a broken contract, a wrong gradient, and then what could not
 * be said. */
static int rank(gc_verdict v)
{
    static const int order[] = {
        [GC_PASS] = 0, [GC_KINK] = 1, [GC_INCONCLUSIVE] = 2, [GC_FAIL] = 3, [GC_CONTRACT_BROKEN] = 4,
        [GC_CRASH] = 5
    };
    return order[v];
}

gc_finding *gc_find(gc_result *r, unsigned test, int tensor)
{
    for (int i = 0; i < r->findings; i++)
        if (r->finding[i].test == test && r->finding[i].tensor == tensor) return &r->finding[i];
    return NULL;
}

/* Room for one more: a free place, or that of the mildest finding if it is milder than this. */
static gc_finding *place(gc_result *r, gc_verdict verdict)
{
    if (r->findings < GC_MAX_FINDINGS) return &r->finding[r->findings++];
    gc_finding *mildest = &r->finding[0];
    for (int i = 1; i < r->findings; i++)
        if (rank(r->finding[i].verdict) < rank(mildest->verdict)) mildest = &r->finding[i];
    return rank(mildest->verdict) < rank(verdict) ? mildest : NULL;
}

gc_finding *gc_note(gc_result *r, unsigned test, int tensor, int point, gc_verdict verdict)
{
    static gc_finding scratch;
    gc_finding *f = gc_find(r, test, tensor);
    if (f && rank(verdict) <= rank(f->verdict))
        f = &scratch;
    else if (!f)
        f = place(r, verdict);
    if (!f) f = &scratch;
    *f = (gc_finding){ .test = test, .tensor = tensor, .point = point, .verdict = verdict };
    return f;
}

/* ---- comparing ---- */

double gc_dot(const double *a, const double *b, size_t n)
{
    double sum = 0, lost = 0;
    for (size_t i = 0; i < n; i++) {
        double term = a[i] * b[i], next = sum + term;
        lost += fabs(sum) >= fabs(term) ? sum - next + term : term - next + sum;
        sum = next;
    }
    return gc_is_finite(lost) ? sum + lost : sum;
}

static double scale_of(double a, double n, double gmax)
{
    double scale = 1e-3 * gmax;
    if (fabs(a) > scale) scale = fabs(a);
    if (fabs(n) > scale) scale = fabs(n);
    return scale;
}

gc_verdict gc_judge(double a, double n, double error, double gmax, double rtol, double *allowed)
{
    *allowed = (double)INFINITY;
    if (!gc_is_finite(a)) return GC_FAIL;
    if (!gc_is_finite(n) || !gc_is_finite(error) || !gc_is_finite(gmax)) return GC_INCONCLUSIVE;
    double scale = scale_of(a, n, gmax);
    *allowed = rtol * scale + 10 * error;
    if (10 * error > 0.01 * scale) return GC_INCONCLUSIVE;
    return fabs(a - n) <= *allowed ? GC_PASS : GC_FAIL;
}

/* The error bar of a slope that is about to be called wrong by no more than a thousand bars, measured
 * again: how far do ladders from other first steps land? Among corners drowned in noise rungs agree by
 * accident, but not twice. */
static void doubt_slope(struct gc_ladder *l)
{
    static const double start[] = { 0.83, 0.61 };
    double spread = 0, bar = l->error;
    for (int k = 0; k < 2; k++) {
        struct gc_ladder again = *l;
        again.levels = 0;
        gc_ladder_climb(&again, start[k] * l->h[0], 0);
        if (!gc_is_finite(again.value) || !gc_is_finite(again.error)) continue;
        spread = fmax(spread, fabs(again.value - l->value));
        bar = fmax(bar, again.error);
    }
    l->error = fmax(bar, spread);
}

/* A corner closer than noise lets steps come: the one-sided slopes differ by more than their bars, and a
 * is one of them or lies between. */
static int is_one_sided(struct gc_ladder *l, double a)
{
    if (!gc_ladder_sides(l)) return 0;
    double bars = l->left_error + l->right_error;
    double low = fmin(l->left, l->right), high = fmax(l->left, l->right);
    return high - low > bars && a >= low - bars && a <= high + bars;
}

gc_verdict gc_judge_slope(struct gc_ladder *l, double a, double gmax, double *allowed)
{
    double rtol = gc_rtol(l->run, l->tensor);
    gc_verdict v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
    if (v == GC_FAIL && fabs(a - l->value) < 1000 * l->error) {
        doubt_slope(l);
        v = gc_judge(a, l->value, l->error, gmax, rtol, allowed);
        if (v == GC_FAIL && is_one_sided(l, a)) v = GC_INCONCLUSIVE;
    }
    if (v != GC_INCONCLUSIVE || !gc_is_finite(l->value) || !gc_is_finite(l->error)) return v;
    if (fabs(a) <= 0 && fabs(l->value) <= 0 && gc_ladder_flat(l)) return GC_PASS;
    int is_rounding = l->error * gc_slope_unit(l) <= 1e-9 * l->run->size;
    int are_nothing = fabs(a) <= 10 * l->error && fabs(l->value) <= 10 * l->error;
    return is_rounding && are_nothing ? GC_PASS : v;
}

gc_finding *gc_note_slope(const struct gc_ladder *l, unsigned test, gc_verdict verdict, double a,
                          double allowed, const char *detail)
{
    gc_result *r = l->run->r;
    double off = fabs(a - l->value) / allowed;
    gc_finding *f = gc_find(r, test, l->tensor);
    int same = f && f->verdict == verdict;
    if (same && !(off > fabs(f->analytic - f->numeric) / f->allowed)) return NULL;
    if (f && rank(verdict) < rank(f->verdict)) return NULL;
    if (!same) f = gc_note(r, test, l->tensor, l->run->point, verdict);
    f->point = l->run->point;
    f->is_element = !l->d, f->index = l->element;
    f->analytic = a, f->numeric = l->value, f->error_bar = l->error, f->allowed = allowed;
    gc_text(f->detail, sizeof f->detail, "%s", detail);
    f->why[0] = 0;
    return f;
}

void gc_say_uncertain(const struct gc_ladder *l, double a, char *why)
{
    const struct gc_run *run = l->run;
    if (!gc_is_finite(l->value))
        gc_text(why, GC_TEXT,
                "the forward is not finite, or refuses, on one side of the point at every step");
    else if (run->r->f32_inside)
        gc_text(why, GC_TEXT,
                "the forward computes in float: its differences are good to %.1e of %.3g only; give the same "
                "forward in "
                "double",
                l->error, fabs(l->value) > fabs(a) ? l->value : a);
    else if (2 * l->noise / l->chosen_h > 0.3 * l->error)
        gc_text(why, GC_TEXT,
                "the forward is noisy: it repeats itself to %.1e only, which leaves the slope %.3g +- %.1e",
                l->noise, l->value, l->error);
    else
        gc_text(why, GC_TEXT,
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
    gc_say_uncertain(l, a, f->why);
}

void gc_settle_tally(gc_result *r, const struct gc_tally *tally, int tensor)
{
    if (tally->undecided && tally->undecided * 4 > tally->decided) {
        gc_finding *f = gc_note(r, tally->doubt.test, tensor, tally->doubt.point, GC_INCONCLUSIVE);
        *f = tally->doubt;
    } else if (tally->kinks && !tally->decided) {
        gc_text(gc_note(r, GC_KINKS, tensor, 0, GC_KINK)->why, GC_TEXT,
                "every step in %s crosses a corner of the function; the gradient lies between its one-sided "
                "slopes",
                r->tensor[tensor].name);
    }
}

/* ---- the tests of one point ---- */

struct test {
    unsigned bit;
    void (*run)(struct gc_run *);
    enum { ANY = 0, FORWARD = 1, BACKWARD = 2, ONCE = 4, RANDOM_POINTS = 8 } needs;
};

static const struct test tests[] = {
    { GC_CONTRACT, gc_test_contract, ONCE },
    { GC_REFERENCE, gc_test_reference, FORWARD },
    { GC_ADJOINT, gc_test_adjoint, FORWARD | BACKWARD },
    { GC_DIRECTION, gc_test_direction, FORWARD | BACKWARD | RANDOM_POINTS },
    { GC_ELEMENTS, gc_test_elements, FORWARD | BACKWARD | RANDOM_POINTS },
    { GC_COMPLEX, gc_test_complex, BACKWARD | RANDOM_POINTS },
    { GC_KINKS, gc_test_kinks, FORWARD | BACKWARD },
    { GC_TAYLOR, gc_test_taylor, FORWARD | BACKWARD | RANDOM_POINTS },
    { GC_SYMMETRY, gc_test_symmetry, BACKWARD | RANDOM_POINTS },
    { GC_HVP, gc_test_hvp, BACKWARD | RANDOM_POINTS },
};

static int applies(const struct gc_run *run, const struct test *t)
{
    const gc_problem *p = run->p;
    if (!(run->o.checks & t->bit)) return 0;
    if ((t->needs & FORWARD && !p->forward) || (t->needs & BACKWARD && !p->backward)) return 0;
    if ((t->needs & RANDOM_POINTS && run->rounded) || (t->needs & ONCE && run->r->points > 1)) return 0;
    if (t->bit == GC_COMPLEX && !p->forward_complex) return 0;
    if (t->bit == GC_REFERENCE && !p->oracle) return 0;
    if (t->bit == GC_HVP && !p->hessian) return 0;
    return t->bit != GC_KINKS || run->rounded;
}

static void test_point(struct gc_run *run)
{
    int n = (int)(sizeof tests / sizeof *tests);
    for (int k = 0; k < n && !run->broken; k++) {
        if (!applies(run, &tests[k])) continue;
        double done = (run->point + (double)k / n) / (run->o.n_points + 1);
        if (run->o.progress) run->o.progress(run->o.progress_ctx, gc_test_name(tests[k].bit), done);
        run->r->checks |= tests[k].bit;
        tests[k].run(run);
    }
    gc_elements_done(run);
}

/* ---- verdicts ---- */

static void judge_tensor(gc_result *r, int t)
{
    gc_tensor_result *tensor = &r->tensor[t];
    for (int i = 0; i < r->findings; i++)
        if (r->finding[i].tensor == t && rank(r->finding[i].verdict) > rank(tensor->verdict))
            tensor->verdict = r->finding[i].verdict;
}

static void judge_problem(gc_result *r)
{
    const gc_finding *worst = NULL;
    for (int t = 0; t < r->ntensors; t++) judge_tensor(r, t);
    for (int i = 0; i < r->findings; i++)
        if (!worst || rank(r->finding[i].verdict) > rank(worst->verdict)) worst = &r->finding[i];
    if (r->points == 0 && !(worst && rank(worst->verdict) > rank(GC_INCONCLUSIVE))) {
        r->verdict = GC_INCONCLUSIVE;
        if (worst && worst->why[0]) gc_text(r->why, sizeof r->why, "%s", worst->why);
        return;
    }
    r->verdict = worst ? worst->verdict : GC_INCONCLUSIVE;
    gc_text(r->why, sizeof r->why, "%s",
            worst ? worst->why : "no test applies to this problem: look at options.checks");
}

/* ---- the whole ---- */

struct job {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
};

/* At the point at which a tensor was first seen to be wrong. */
static void diagnose(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->r->tensor[t].wrong || run->told[t]) continue;
        gc_diagnose(run, t);
        run->told[t] = 1;
    }
}

static void work(void *arg)
{
    struct job *j = arg;
    struct gc_run run;
    if (gc_run_open(&run, j->p, &j->o, j->r)) {
        for (int point = 0; point <= j->o.n_points && !run.broken; point++) {
            if (point == j->o.n_points && !(j->o.checks & (GC_KINKS | GC_REFERENCE))) break;
            if (!gc_run_point(&run, point)) continue;
            j->r->points++;
            test_point(&run);
            if (!run.broken && run.p->backward) diagnose(&run);
        }
        for (int t = 0; t < run.p->nin; t++) {
            gc_settle_tally(j->r, &run.directions[t], t);
            gc_settle_tally(j->r, &run.elements[t], t);
        }
        gc_complex_done(&run);
        gc_say_conventions(&run);
        gc_run_close(&run);
    }
    judge_problem(j->r);
    gc_stage(j->r, "%s", "");
}

/* What died in the middle of a check has proved nothing of the tensors it was not yet done with. */
static void judge_unfinished(gc_result *r)
{
    for (int t = 0; t < r->ntensors; t++) {
        judge_tensor(r, t);
        if (r->tensor[t].verdict == GC_PASS) r->tensor[t].verdict = GC_INCONCLUSIVE;
    }
}

static gc_options sane(const gc_options *given)
{
    gc_options o = given ? *given : gc_defaults();
    if (o.n_points < 1) o.n_points = 1;
    if (o.n_dir < 1) o.n_dir = 1;
    if (!o.max_elem) o.max_elem = 1;
    if (!(o.rtol > 0 && gc_is_finite(o.rtol))) o.rtol = 0;
    if (!(o.h > 0 && gc_is_finite(o.h))) o.h = 0;
    if (!o.timeout_s) o.timeout_s = gc_defaults().timeout_s;
    return o;
}

gc_result *gc_check(const gc_problem *problem, const gc_options *options)
{
    static const gc_problem nothing = { .name = "no problem" };
    if (!problem) problem = &nothing;
    struct job j = { problem, sane(options), NULL };
    j.r = gc_result_new(problem->name ? problem->name : "gradient", &j.o);
    if (j.r->verdict == GC_CRASH) return j.r; /* no memory */
    double start = clock_seconds();
    if (j.o.fork)
        gc_in_child(j.r, j.o.timeout_s, work, &j);
    else
        work(&j);
    j.r->seconds = clock_seconds() - start;
    if (j.r->stage[0]) judge_unfinished(j.r);
    if (j.o.progress) j.o.progress(j.o.progress_ctx, "done", 1);
    return j.r;
}

static gc_result *check_one(const gc_problem *p, const gc_options *o, unsigned test)
{
    gc_options only = o ? *o : gc_defaults();
    only.checks = test;
    return gc_check(p, &only);
}

#define ENTRY(name, test)                                     \
    gc_result *name(const gc_problem *p, const gc_options *o) \
    {                                                         \
        return check_one(p, o, test);                         \
    }
ENTRY(gc_check_contract, GC_CONTRACT)
ENTRY(gc_check_direction, GC_DIRECTION)
ENTRY(gc_check_elements, GC_ELEMENTS)
ENTRY(gc_check_complex, GC_COMPLEX)
ENTRY(gc_check_kink, GC_KINKS)
ENTRY(gc_check_adjoint, GC_ADJOINT)
ENTRY(gc_check_reference, GC_REFERENCE)
ENTRY(gc_check_taylor, GC_TAYLOR)
ENTRY(gc_check_symmetry, GC_SYMMETRY)
ENTRY(gc_check_hvp, GC_HVP)
