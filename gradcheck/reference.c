/* reference.c - the forward against an independent one: differences prove that a gradient belongs to its
 * forward, never that the forward is the intended function. */
#include <math.h>

#include "gc_internal.h"

/* Two right forwards differ by the rounding of sums: 4 u sqrt(K) of the largest output, K unknown but no
 * larger than the largest input (64 u for what exp and log add). */
static double tolerance(const struct gc_run *run, gc_dtype dt)
{
    double u = dt == GC_F32 ? 0x1p-24 : 0x1p-53, most = 256;
    if (run->p->oracle_rtol > 0) return run->p->oracle_rtol;
    for (int t = 0; t < run->p->nin; t++) most = fmax(most, (double)run->nin[t]);
    return 4 * u * sqrt(most);
}

/* The element that is farthest from its oracle: at a NaN, if there is one. */
static size_t worst_of(const gc_tensor *got, const gc_tensor *want, size_t n)
{
    size_t worst = 0;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double off = fabs(gc_get(got, i) - gc_get(want, i));
        if (off <= most) continue;
        worst = i, most = off;
        if (!gc_is_finite(off)) break;
    }
    return worst;
}

static void compare(struct gc_run *run, int k, const gc_tensor *oracle)
{
    const char *name = run->p->out[k].name ? run->p->out[k].name : "the output";
    size_t i = worst_of(&run->out[k], oracle, run->nout[k]);
    double largest = 0, got = gc_get(&run->out[k], i), want = gc_get(oracle, i);
    for (size_t e = 0; e < run->nout[k]; e++) largest = fmax(largest, fabs(gc_get(oracle, e)));
    double allowed = tolerance(run, oracle->dt) * largest;
    int fine = fabs(got - want) <= allowed; /* never of a NaN */
    gc_finding *f = gc_note(run->r, GC_REFERENCE, -1, run->point, fine ? GC_PASS : GC_FAIL);
    gc_text(f->detail, sizeof f->detail, "forward");
    f->analytic = got, f->numeric = want, f->allowed = allowed;
    if (!fine)
        gc_text(
            f->reason, sizeof f->reason,
            "the forward gives %.9g for element %zu of %s, but its oracle gives %.9g (allowed: %.1e apart)",
            got, i, name, want, allowed);
}

void gc_test_reference(struct gc_run *run)
{
    const gc_problem *p = run->p;
    gc_tensor oracle[GC_MAX_TENSORS];
    int fine = 1, refused = 0;
    for (int k = 0; k < p->nout; k++) {
        oracle[k] = p->out[k];
        oracle[k].data = gc_memory_new(run->nout[k] * gc_size_of(p->out[k].dt));
        fine &= oracle[k].data != NULL;
        if (!oracle[k].data) continue;
        gc_memory_name(oracle[k].data, "the oracle's output");
        for (size_t i = 0; i < run->nout[k]; i++) gc_set(&oracle[k], i, (double)NAN);
    }
    if (fine) {
        gc_run_loss(run); /* fills out[] at the point */
        gc_stage(run->r, "oracle, point %d", run->point);
        refused = run->refused || p->oracle(p->ctx, run->in, oracle);
    }
    for (int k = 0; fine && !refused && k < p->nout; k++) compare(run, k, &oracle[k]);
    if (refused || !fine) {
        gc_finding *f = gc_note(run->r, GC_REFERENCE, -1, run->point, GC_INCONCLUSIVE);
        gc_text(f->detail, sizeof f->detail, "oracle");
        gc_text(
            f->reason, sizeof f->reason, "%s",
            fine ? "the oracle refuses a point that the forward takes: the two do not agree on what is legal"
                 : "out of memory for the oracle's outputs");
    }
    for (int k = 0; k < p->nout; k++) gc_memory_free(oracle[k].data);
}
