/* check.c - gc_check: points, tests, verdicts. */
#include "../base/clock.h"
#include "gc_internal.h"

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
        gc_show_progress(run, 1);
        run->r->checks |= tests[k].bit;
        tests[k].run(run);
    }
    for (int t = 0; t < run->p->nin; t++) {
        gc_judge_elements(run, t);
        gc_reconsider_direction(run, t);
        run->samples[t] = 0; /* the next point looks at elements of its own */
    }
}

/* ---- verdicts ---- */

static void judge_tensor(gc_result *r, int t)
{
    gc_tensor_result *tensor = &r->tensor[t];
    for (int i = 0; i < r->findings; i++)
        if (r->finding[i].tensor == t && gc_rank(r->finding[i].verdict) > gc_rank(tensor->verdict))
            tensor->verdict = r->finding[i].verdict;
}

static void judge_problem(gc_result *r)
{
    const gc_finding *worst = NULL;
    for (int t = 0; t < r->ntensors; t++) judge_tensor(r, t);
    for (int i = 0; i < r->findings; i++)
        if (!worst || gc_rank(r->finding[i].verdict) > gc_rank(worst->verdict)) worst = &r->finding[i];
    if (r->points == 0 && !(worst && gc_rank(worst->verdict) > gc_rank(GC_INCONCLUSIVE))) {
        r->verdict = GC_INCONCLUSIVE;
        if (worst && worst->reason[0]) gc_text(r->reason, sizeof r->reason, "%s", worst->reason);
        return;
    }
    r->verdict = worst ? worst->verdict : GC_INCONCLUSIVE;
    gc_text(r->reason, sizeof r->reason, "%s",
            worst ? worst->reason : "no test applies to this problem: look at options.checks");
}

/* ---- the whole ---- */

struct job {
    const gc_problem *p;
    gc_options o;
    gc_result *r;
};

/* At the point at which a tensor was first seen to be wrong: is it wrong in every call, and in what way? */
static void diagnose(struct gc_run *run)
{
    for (int t = 0; t < run->p->nin; t++) {
        int wrong = run->r->tensor[t].wrong > 0;
        if (run->told[t] || !(wrong || run->suspect[t])) continue;
        if (gc_gradient_repeats(run, t) && wrong) gc_diagnose(run, t);
        run->told[t] = 1;
    }
}

static void work(void *arg)
{
    struct job *j = arg;
    struct gc_run run;
    if (gc_run_open(&run, j->p, &j->o, j->r)) {
        for (int point = 0; point <= run.o.n_points && !run.broken; point++) {
            if (point == run.o.n_points && !(j->o.checks & (GC_KINKS | GC_REFERENCE))) break;
            if (!gc_run_point(&run, point)) continue;
            j->r->points++;
            gc_note_used(&run);
            test_point(&run);
            if (!run.broken && run.p->backward) diagnose(&run);
        }
        for (int t = 0; t < run.p->nin; t++) {
            gc_settle_tally(j->r, &run.directions[t], t);
            gc_settle_tally(j->r, &run.elements[t], t);
        }
        gc_complex_done(&run);
        gc_say_conventions(&run);
        gc_count_unused(&run);
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
    for (int i = 0; i < r->findings; i++) { /* what was found wrong in the time there was, is */
        if (r->verdict != GC_INCONCLUSIVE || gc_rank(r->finding[i].verdict) <= gc_rank(r->verdict)) continue;
        r->verdict = r->finding[i].verdict;
        gc_text(r->reason, sizeof r->reason, "%s", r->finding[i].reason);
    }
}

gc_options gc_sane(const gc_options *given)
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
    struct job j = { problem, gc_sane(options), NULL };
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
