/* sample.c - the inputs of a point: given data, drawn numbers, numbers around given data, rounded numbers. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

/* streams of random numbers; the tensor is added */
enum { STREAM_X = 100, STREAM_V = 200, ATTEMPTS = 6 };

static uint64_t stream(const struct gc_run *run, int kind, int tensor, int attempt)
{
    return (uint64_t)kind + (uint64_t)tensor + 1000 * (uint64_t)run->point + 1000003 * (uint64_t)attempt;
}

/* The sum of four uniform numbers: near normal, variance 1, bounded by 3.5. */
static double normal(uint64_t seed, uint64_t s, uint64_t k)
{
    double sum = 0;
    for (uint64_t j = 0; j < 4; j++) sum += gc_random_unit(seed, s, 4 * k + j);
    return (sum - 2) * 1.7320508075688772;
}

/* Matrices get smaller numbers the longer their sides: sums over them stay near 1 and no unit saturates. */
static double spread_of(const gc_tensor *t, int point)
{
    static const double width[] = { 1, 2.5, 0.4 };
    size_t longest = 1;
    for (int k = 0; k < t->nd; k++) longest = t->dim[k] > longest ? t->dim[k] : longest;
    double spread = t->nd >= 2 && longest > 9 ? 3 / sqrt((double)longest) : 1;
    return spread * width[point % 3];
}

static void sample_free(struct gc_run *run, int t, int attempt)
{
    uint64_t s = stream(run, STREAM_X, t, attempt);
    double spread = spread_of(&run->in[t], run->point) * ldexp(1, -attempt);
    int positive = run->in[t].flags & GC_POSITIVE;
    for (size_t i = 0; i < run->nin[t]; i++) {
        double z = normal(run->o.seed, s, i);
        run->x[t][i] = positive ? exp(0.7 * z) : spread * z;
    }
}

static double typical_of(const double *x, size_t n)
{
    double largest = 0, sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (gc_is_finite(x[i])) largest = fabs(x[i]) > largest ? fabs(x[i]) : largest;
    if (largest <= 0) return 1;
    for (size_t i = 0; i < n; i++) {
        if (!gc_is_finite(x[i]) || fabs(x[i]) <= 0) continue;
        double part = x[i] / largest; /* squares of numbers up to 1 do not overflow */
        sum += part * part;
        count++;
    }
    double rms = largest * sqrt(sum / (double)count);
    return rms > 0x1p-1000 ? rms : 0x1p-1000;
}

int gc_has_own_size(const struct gc_run *run, int tensor, double x, double typical)
{
    return run->own_sizes[tensor] && fabs(x) > 0 && fabs(x) < GC_SMALL_KIND * typical;
}

/* Moves given data: zeros too at first, then with zeros and signs kept, ever less after refusals. */
static void sample_around(struct gc_run *run, int t, int attempt)
{
    uint64_t s = stream(run, STREAM_X, t, attempt);
    double amount = ldexp(run->point % 3 == 2 ? 0.5 : 0.1, -2 * (attempt / 2));
    int keep_sign = attempt > 0 || run->in[t].flags & GC_POSITIVE;
    double typical = typical_of(run->x[t], run->nin[t]);
    for (size_t i = 0; i < run->nin[t]; i++) {
        double z = 2 * gc_random_unit(run->o.seed, s, i) - 1, x = run->x[t][i];
        int own = keep_sign || fabs(x) > typical || gc_has_own_size(run, t, x, typical);
        double reach = own ? fabs(x) : typical;
        run->x[t][i] = x + amount * z * reach;
    }
}

/* Rounds to multiples of a power of two near the typical size (0.6 to 1.2 of it), so coarse that the
 * largest of a few numbers is mostly a tie; there are zeros, too, at the first attempt and where they are
 * allowed. */
static void sample_rounded(struct gc_run *run, int t, int attempt)
{
    double typical = typical_of(run->x[t], run->nin[t]);
    double tensor_unit = ldexp(1, ilogb(2.4 * typical) - 1 - attempt / 2);
    int no_zeros = attempt > 0 || run->in[t].flags & GC_POSITIVE;
    for (size_t i = 0; i < run->nin[t]; i++) {
        double x = run->x[t][i],
               unit = gc_has_own_size(run, t, x, typical) ? ldexp(1, ilogb(x)) : tensor_unit;
        double rounded = nearbyint(x / unit) * unit;
        if (no_zeros && fabs(rounded) <= 0 && fabs(x) > 0) rounded = copysign(unit, x);
        run->x[t][i] = rounded;
    }
}

/* ---- the point ---- */

static int may_move(const struct gc_run *run, int t)
{
    return gc_has_gradient(run, t) && !(run->in[t].flags & GC_FIXED);
}

static void load_given(struct gc_run *run, int t)
{
    const gc_tensor *given = &run->p->in[t];
    for (size_t i = 0; i < run->nin[t]; i++) {
        double x = gc_get(given, i);
        if (run->x[t])
            run->x[t][i] = x;
        else
            gc_set(&run->in[t], i, x);
    }
}

static void sample_tensor(struct gc_run *run, int t, int attempt)
{
    int given = run->p->in[t].data != NULL;
    if (run->in[t].dt == GC_I32) {
        load_given(run, t);
        return;
    }
    if (given)
        load_given(run, t);
    else
        sample_free(run, t, attempt);
    if (given && run->point > 0 && !run->rounded && may_move(run, t)) sample_around(run, t, attempt);
    if (run->rounded && (may_move(run, t) || !given)) sample_rounded(run, t, attempt);
}

/* The fill callback writes into in[]; 0: it refused */
static int sample_filled(struct gc_run *run, int attempt)
{
    uint64_t seed = gc_random_bits(run->o.seed, (uint64_t)attempt, (uint64_t)run->point);
    gc_stage(run->r, "fill, point %d", run->point);
    if (run->p->fill(run->p->ctx, run->point, seed, run->in)) return 0;
    for (int t = 0; t < run->p->nin; t++) {
        for (size_t i = 0; run->x[t] && i < run->nin[t]; i++) run->x[t][i] = gc_get(&run->in[t], i);
        if (run->rounded && may_move(run, t)) sample_rounded(run, t, attempt);
    }
    return 1;
}

/* Mixed signs, sizes U[0.5,1.5]; positive at the point of rounded values, where signs would widen what is
 * legal at a kink. Problems without an upstream have 1. */
static void sample_upstream(struct gc_run *run)
{
    for (int k = 0; k < run->p->nout; k++) {
        uint64_t s = stream(run, STREAM_V, k, 0);
        for (size_t i = 0; i < run->nout[k]; i++) {
            double v = 0.5 + gc_random_unit(run->o.seed, s, i);
            int negative = !run->rounded && gc_random_bits(run->o.seed, s + 500000, i) & 1;
            if (run->p->no_upstream) v = 1;
            gc_set(&run->dout[k], i, negative && !run->p->no_upstream ? -v : v);
            run->v[k][i] = gc_get(&run->dout[k], i); /* as the type holds it */
        }
    }
}

/* The caller's own point: there is only this one. */
static int is_own(const struct gc_run *run)
{
    if (run->p->fill || run->rounded || run->point) return 0;
    for (int t = 0; t < run->p->nin; t++)
        if (!run->p->in[t].data) return 0;
    return 1;
}

int gc_sample_point(struct gc_run *run, int attempt)
{
    run->own = is_own(run);
    if (attempt == ATTEMPTS || (attempt && run->own)) return 0;
    run->refused = 0;
    if (run->p->fill)
        run->refused = !sample_filled(run, attempt);
    else
        for (int t = 0; t < run->p->nin; t++) sample_tensor(run, t, attempt);
    for (int t = 0; t < run->p->nin; t++) {
        if (!run->x[t]) continue;
        for (size_t i = 0; i < run->nin[t]; i++) {
            gc_set(&run->in[t], i, run->x[t][i]);
            run->x[t][i] = gc_get(&run->in[t], i);
        }
        run->typical[t] = typical_of(run->x[t], run->nin[t]);
    }
    sample_upstream(run);
    return 1;
}
