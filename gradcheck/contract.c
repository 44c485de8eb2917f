/* contract.c - does the code keep the rules of the call? Differences miss half of the bugs of this kind.
 *
 * The callbacks run at the point once more, many times: again, into outputs that hold other values before,
 * with twice the upstream gradient and with none, after a call at another point, at other addresses.
 * Inputs are read-only meanwhile and every array has a guard page on one side; the second set of arrays
 * has it on the other side. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"

/* What the arrays held before a call must not show in what they hold after it. */
static void test_poison(struct gc_contract *c)
{
    struct gc_gap gap;
    const gc_problem *p = c->run->p;
    c->doing = "poison";
    if (!gc_scene_forward(c, &c->here, 1e3, &c->now)) return;
    int k = gc_changed_output(c, &c->now, 0, &gap);
    if (k >= 0) {
        gc_text(gc_broken_output(c, "poison")->reason, GC_TEXT,
                "forward gives another result when its outputs hold 1000 before the call instead of NaN "
                "(element %zu of %s: "
                "%.9g, %.9g): it reads or adds to them, or leaves some unwritten",
                gap.i, gc_name_of(&p->out[k]), gap.is, gap.was);
        return;
    }
    if (p->accumulate || !gc_scene_backward(c, &c->here, 1e3, &c->now)) return;
    int t = gc_really_changed(c, 1, &gap);
    if (t < 0) return;
    const char *what =
        gap.is == 1e3 ? "it never writes that element" : "it reads or adds to what was there before";
    gc_text(gc_broken_gradient(c, t, "poison", &gap)->reason, GC_TEXT,
            "backward gives another gradient when d%s holds 1000 before the call instead of NaN (element "
            "%zu: %.9g, %.9g): "
            "%s",
            gc_name_of(&p->in[t]), gap.i, gap.is, gap.was, what);
}

/* A backward that adds: what was there plus the gradient, to some roundings of the sum. */
static void test_accumulate(struct gc_contract *c)
{
    const gc_problem *p = c->run->p;
    c->doing = "accumulate";
    for (int t = 0; p->accumulate && t < p->nin; t++) {
        if (!c->now.g[t] || c->run->bad[t]) continue;
        double there = gc_largest(c->base.g[t], c->run->nin[t]);
        double tol = p->in[t].dt == GC_F32 ? 1e-3 : 1e-9;
        if (!(there > 0)) there = 1;
        if (!gc_scene_backward(c, &c->here, there, &c->now)) return;
        for (size_t i = 0; i < c->run->nin[t]; i++) {
            double want = c->base.g[t][i] + there, got = c->now.g[t][i];
            if (fabs(got - want) <= tol * there) continue;
            struct gc_gap gap = { i, want, got, 0 };
            gc_text(gc_broken_gradient(c, t, "accumulate", &gap)->reason, GC_TEXT,
                    "backward must add to d%s, which held %.9g, and makes element %zu %.9g instead of %.9g: "
                    "use +=, or unset "
                    "accumulate",
                    gc_name_of(&p->in[t]), there, i, got, want);
            return;
        }
    }
}

/* The gradient is linear in the upstream gradient, and a factor of two costs no rounding. */
static void test_upstream(struct gc_contract *c)
{
    struct gc_gap gap;
    const gc_problem *p = c->run->p;
    if (p->no_upstream || !p->backward) return;
    c->doing = "doubling";
    gc_load_upstream(c, &c->here, 2);
    int ran = gc_scene_backward(c, &c->here, gc_nothing(c), &c->now);
    gc_load_upstream(c, &c->here, 1);
    int t = ran ? gc_really_changed(c, 2, &gap) : -1;
    if (t >= 0) {
        int ignored = gc_changed_gradient(c, &c->now, 1, 0, &(struct gc_gap){ 0 }) < 0;
        gc_text(gc_broken_gradient(c, t, "doubling", &gap)->reason, GC_TEXT,
                "twice the upstream gradient must give exactly twice the gradient, but element %zu of d%s is "
                "%.9g instead of "
                "%.9g: %s",
                gap.i, gc_name_of(&p->in[t]), gap.is, gap.was,
                ignored ? "backward ignores dout" : "backward is not linear in dout");
        return;
    }
    c->doing = "zero upstream";
    gc_load_upstream(c, &c->here, 0);
    ran = ran && gc_scene_backward(c, &c->here, gc_nothing(c), &c->now);
    gc_load_upstream(c, &c->here, 1);
    t = ran ? gc_changed_gradient(c, &c->now, 0, 0, &gap) : -1;
    if (t >= 0)
        gc_text(gc_broken_gradient(c, t, "zero upstream", &gap)->reason, GC_TEXT,
                "an upstream gradient of zeros must give zeros, but element %zu of d%s is %.9g: %s", gap.i,
                gc_name_of(&p->in[t]), gap.is,
                gc_is_finite(gap.is) ? "something is added that does not come from dout"
                                     : "look for a division by dout or by its sum");
}

/* ---- all of them ---- */

static int open_values(struct gc_values *v, const struct gc_run *run)
{
    int fine = 1;
    for (int k = 0; k < run->p->nout; k++) fine &= !!(v->out[k] = calloc(run->nout[k], sizeof(double)));
    for (int t = 0; t < run->p->nin; t++)
        if (run->din[t].data) fine &= !!(v->g[t] = calloc(run->nin[t], sizeof(double)));
    return fine;
}

static int open_test(struct gc_contract *c)
{
    struct gc_run *run = c->run;
    int fine = open_values(&c->base, run) && open_values(&c->now, run) && open_values(&c->again, run);
    memcpy(c->here.in, run->in, sizeof run->in), memcpy(c->here.din, run->din, sizeof run->din);
    memcpy(c->here.out, run->out, sizeof run->out), memcpy(c->here.dout, run->dout, sizeof run->dout);
    return fine;
}

static void close_test(struct gc_contract *c)
{
    gc_close_there(c);
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        free(c->base.out[i]), free(c->base.g[i]), free(c->now.out[i]), free(c->now.g[i]);
        free(c->again.out[i]), free(c->again.g[i]);
    }
}

static void run_tests(struct gc_contract *c)
{
    static void (*const tests[])(struct gc_contract *) = { gc_contract_repeat,    test_poison,
                                                           test_accumulate,       test_upstream,
                                                           gc_contract_addresses, gc_contract_stale };
    c->doing = "first call";
    if (!gc_scene_forward(c, &c->here, (double)NAN, &c->base) ||
        !gc_scene_backward(c, &c->here, gc_nothing(c), &c->base))
        return;
    for (size_t k = 0; k < sizeof tests / sizeof *tests && !c->broken; k++) {
        tests[k](c);
        gc_restore_here(c);
        if (c->changed && tests[k] != gc_contract_repeat) gc_contract_attribute(c, tests[k]);
    }
}

void gc_test_contract(struct gc_run *run)
{
    struct gc_contract c = { .run = run };
    if (open_test(&c)) {
        run_tests(&c);
    } else {
        c.broken = 1;
        gc_finding *f = gc_note(run->r, GC_CONTRACT, -1, run->point, GC_INCONCLUSIVE);
        gc_text(f->detail, sizeof f->detail, "memory");
        gc_text(f->reason, sizeof f->reason, "out of memory for copies of the gradients");
    }
    if (!c.broken) {
        gc_finding *f = gc_note(run->r, GC_CONTRACT, -1, run->point, GC_PASS);
        gc_text(f->detail, sizeof f->detail, "all rules of the call");
        f->error_bar = c.spread;
    }
    close_test(&c);
}
