/* kink.c - the test at rounded values, where functions have ties and corners: directions along which ties
 * stay ties avoid them, and a few elements in corners are looked at for the convention they follow. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- value-keyed directions ---- */

/* STILL: zeros stay, for units with a corner in 0. MOVING: zeros are a value like any other, for ties of
 * zeros. */
enum { STILL = 2, MOVING = 4 };

/* The same number for the same value, wherever it stands. */
static double keyed(const struct gc_run *run, double x, uint64_t which, double typical)
{
    uint64_t bits;
    if (fabs(x) <= 0) x = 0; /* -0 is 0 */
    if (which < STILL && fabs(x) <= 0) return 0;
    memcpy(&bits, &x, sizeof bits);
    double size = (0.5 + gc_random_unit(run->o.seed, 600 + which, bits)) * fmax(fabs(x), typical);
    return gc_random_bits(run->o.seed, 650 + which, bits) & 1 ? size : -size;
}

static int sample_keyed(const struct gc_run *run, int tensor, uint64_t which, double typical, double *d)
{
    int moves = 0;
    int positive = run->in[tensor].flags & GC_POSITIVE;
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        d[i] = keyed(run, run->x[tensor][i], which, positive ? 0 : typical);
        moves = moves || fabs(d[i]) > 0;
    }
    return moves;
}

/* Every element agrees and lies at no corner: then it is the function that has no gradient, for the sum of
 * right slopes is the slope of any direction where there is one. */
static int elements_contradict(struct gc_run *run, int tensor, const double *d)
{
    enum { FEW = 64 };
    int looked = 0;
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        if (fabs(d[i]) <= 0) continue;
        struct gc_ladder l;
        double allowed;
        if (++looked > FEW) return 0;
        gc_run_element(run, tensor, i, &l);
        if (gc_judge_derivative(&l, run->g[tensor][i], 0, &allowed) != GC_PASS || gc_at_kink(&l)) return 0;
    }
    return 1;
}

static gc_verdict look_along_keyed(struct gc_run *run, int tensor, uint64_t which, unsigned test, double *d)
{
    struct gc_ladder l;
    double allowed;
    if (!sample_keyed(run, tensor, which, run->typical[tensor], d)) return GC_KINK;
    double a = gc_dot(run->g[tensor], d, run->nin[tensor]);
    gc_run_derivative(run, tensor, d, &l);
    gc_verdict v = gc_judge_derivative(&l, a, gc_natural_size(run->g[tensor], d, run->nin[tensor]), &allowed);
    if (v != GC_PASS && gc_at_kink(&l)) return GC_KINK;
    if (v == GC_INCONCLUSIVE || (v == GC_FAIL && elements_contradict(run, tensor, d))) return GC_INCONCLUSIVE;
    gc_finding *f = gc_note_derivative(&l, test, v, a, allowed, "value-keyed direction");
    if (v == GC_FAIL) run->suspect[tensor] = 1;
    if (f && v == GC_FAIL)
        gc_text(f->reason, GC_TEXT,
                "where equal values of %s move together the gradient says %.6g, the forward %.6g +- %.0e: no "
                "convention at "
                "ties or zeros explains that",
                run->r->tensor[tensor].name, a, l.value, l.error);
    return v;
}

gc_verdict gc_look_keyed(struct gc_run *run, int tensor, unsigned test)
{
    double *d = malloc(run->nin[tensor] * sizeof *d);
    gc_verdict v = GC_KINK;
    for (uint64_t which = 0; d && which < MOVING && v != GC_FAIL; which++) {
        gc_verdict now = look_along_keyed(run, tensor, which, test, d);
        if (now == GC_PASS || now == GC_FAIL) v = now;
    }
    free(d);
    return v;
}

/* All inputs together, equal values alike in all of them: the way out where two inputs are tied. GC_FAIL
 * also where there is nothing to look along. */
static gc_verdict look_joint(struct gc_run *run, int which)
{
    size_t n = 0;
    double typical = 0, a = 0, size = 0, allowed;
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        if (!run->g[t] || run->bad[t]) return GC_FAIL;
        n += run->nin[t], typical = fmax(typical, run->typical[t]);
    }
    double *d = malloc(n * sizeof *d), *at = d;
    for (int t = 0; d && t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        sample_keyed(run, t, (uint64_t)which, typical, at);
        a += gc_dot(run->g[t], at, run->nin[t]);
        size = hypot(size, gc_natural_size(run->g[t], at, run->nin[t]));
        at += run->nin[t];
    }
    struct gc_ladder l;
    if (!d) return GC_FAIL;
    gc_run_derivative(run, -1, d, &l);
    gc_verdict v = gc_judge_derivative(&l, a, size, &allowed);
    if (v == GC_PASS || (v == GC_FAIL && !gc_at_kink(&l))) {
        gc_finding *f = gc_note_derivative(&l, GC_KINKS, v, a, allowed, "all inputs, value-keyed");
        if (f && v == GC_FAIL)
            gc_text(f->reason, GC_TEXT,
                    "where equal values of all inputs move together the gradients say %.6g, the forward %.6g "
                    "+- %.0e: no "
                    "convention at ties or zeros explains that",
                    a, l.value, l.error);
    }
    free(d);
    return v;
}

/* Gradients halfway between the two slopes agree with a central difference and are not seen as corners: a
 * few elements in 0 and a few ties are looked at for that. */
static void look_for_halves(struct gc_run *run, int tensor)
{
    enum { FEW = 4 };
    int zeros = 0, ties = 0;
    for (size_t i = 0; i < run->nin[tensor] && i < 1024 && (zeros < FEW || ties < FEW); i++) {
        int zero = fabs(run->x[tensor][i]) <= 0;
        if (zero ? zeros == FEW : ties == FEW || !gc_has_equal(run, tensor, i, 1)) continue;
        *(zero ? &zeros : &ties) += 1;
        struct gc_ladder l;
        double a = run->g[tensor][i];
        gc_run_element(run, tensor, i, &l);
        if (gc_at_kink(&l) && fabs(a - l.value) < 0.01 * fabs(l.right - l.left)) gc_count_choice(run, &l, a);
    }
}

/* ---- the test ---- */

static void look_at_tensor(struct gc_run *run, int tensor, int *cornered)
{
    enum { MOST = 256 };
    gc_stage(run->r, "forward, rounded values of %s", run->r->tensor[tensor].name);
    gc_verdict v = gc_look_keyed(run, tensor, GC_KINKS);
    *cornered += v == GC_KINK;
    size_t most = run->o.max_elem < MOST ? run->o.max_elem : MOST;
    if (!run->r->tensor[tensor].wrong) gc_look_at_all(run, tensor, most);
    look_for_halves(run, tensor);
}

void gc_test_kinks(struct gc_run *run)
{
    int cornered = 0, gradients = 0;
    if (run->large && look_joint(run, STILL - 1) != GC_FAIL && look_joint(run, STILL) != GC_FAIL) return;
    for (int t = 0; t < run->p->nin; t++) {
        gradients += gc_has_gradient(run, t);
        if (run->g[t] && !run->bad[t]) look_at_tensor(run, t, &cornered);
    }
    if (!cornered || gradients == 1) return;
    look_joint(run, STILL - 1);
    look_joint(run, STILL);
}
