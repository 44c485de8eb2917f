/* gc_engine_parts.c - a flat input as several tensors: what is wrong is found in its own tensor by every
 * callback, what is right passes, and parts that do not fit are refused. */
#include "gc_engine_made.h"

#include <complex.h>
#include <math.h>

enum { N = 9, A = 4, B = 3, C = 2 }; /* x = A (2 x 2), b (3), c (2) */

/* 0: right; else which callback is wrong, in b alone */
static enum wrong { NONE, GRADIENT, ORACLE, COMPLEX, HESSIAN, FILL, WRONGS } wrong;

static double term(double x, size_t i)
{
    return (double)(i + 1) * x * x * x;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[1].data;
    double sum = 0;
    for (size_t i = 0; i < N; i++) sum += term(x[i], i);
    ((double *)out->data)[0] = *(const double *)in[0].data * sum;
    return ctx != &wrong;
}

static int oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[1].data;
    int refused = forward(ctx, in, out);
    if (wrong == ORACLE) ((double *)out->data)[0] += x[A];
    return refused;
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double _Complex *x = in[1].data;
    double _Complex sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (double)(i + 1) * x[i] * x[i] * x[i] * (wrong == COMPLEX && i == A ? 1.5 : 1);
    ((double _Complex *)out->data)[0] = *(const double _Complex *)in[0].data * sum;
    return ctx != &wrong;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const double *x = in[1].data, scale = *(const double *)in[0].data, v = ((const double *)dout->data)[0];
    double *g = din[1].data, sum = 0;
    (void)out;
    for (size_t i = 0; i < N; i++) sum += term(x[i], i);
    for (size_t i = 0; i < N && g; i++)
        g[i] = 3 * (double)(i + 1) * x[i] * x[i] * scale * v * (wrong == GRADIENT && i == A ? 1.5 : 1);
    if (din[0].data) ((double *)din[0].data)[0] = sum * v;
    return ctx != &wrong;
}

static int hessian(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v, gc_tensor *dv)
{
    const double *x = in[1].data, *d = v[1].data, s = *(const double *)in[0].data,
                 ds = *(const double *)v[0].data, u = ((const double *)dout->data)[0];
    double *g = dv[1].data, sum = 0;
    for (size_t i = 0; i < N; i++) {
        double slope = 3 * (double)(i + 1) * x[i] * x[i];
        sum += slope * d[i];
        if (g)
            g[i] = u * (6 * (double)(i + 1) * x[i] * s * d[i] + slope * ds) *
                   (wrong == HESSIAN && i == A ? 1.5 : 1);
    }
    if (dv[0].data) ((double *)dv[0].data)[0] = sum * u;
    return ctx != &wrong;
}

static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    double *x = in[1].data;
    *(double *)in[0].data = 2;
    for (size_t i = 0; i < N; i++) x[i] = 0.5 + gc_random_unit(seed, (uint64_t)point, i);
    return ctx != &wrong || (wrong == FILL && point == 1);
}

static const gc_tensor whole[] = { { "scale", NULL, GC_F64, 0, { 0 }, GC_GRAD },
                                   { "x", NULL, GC_F64, 1, { N }, GC_GRAD } };
static const gc_tensor loss = { .name = "loss", .dt = GC_F64, .nd = 1, .dim = { 1 } };
static const gc_tensor part[] = { { .name = "A", .nd = 2, .dim = { 2, 2 } },
                                  { .name = "b", .nd = 1, .dim = { B } },
                                  { .name = "c", .nd = 1, .dim = { C } } };

static void every_callback(void)
{
    gc_problem p = { .name = "whole", .nin = 2, .nout = 1, .in = whole, .out = &loss };
    p.forward = forward, p.backward = backward, p.oracle = oracle, p.hessian = hessian, p.fill = fill;
    p.forward_complex = forward_complex, p.ctx = &wrong;
    gc_problem *apart = gc_parts_open(&p, 1, part, 3);
    gc_options o = gc_defaults();
    o.checks = GC_EVERYTHING;
    for (int k = 0; k < 2 * WRONGS; k++) {
        wrong = (enum wrong)(k / 2), o.fork = k % 2;
        gc_result *r = gc_check(apart, &o);
        gc_verdict wanted = wrong == NONE || wrong == FILL ? GC_PASS : GC_FAIL;
        made_expect(r->verdict == wanted || (wrong == COMPLEX && r->verdict != GC_PASS), r,
                    "callback %d wrong, fork %d", (int)wrong, o.fork);
        made_expect(r->ntensors == 4 && !strcmp(r->tensor[2].name, "b"), r, "%d tensors", r->ntensors);
        made_expect(wrong != FILL || r->refused > 0, r, "no point is refused");
        if (wrong == GRADIENT)
            for (int t = 0; t < 4; t++)
                made_expect((r->tensor[t].wrong > 0) == (t == 2), r, "%zu wrong of %s", r->tensor[t].wrong,
                            r->tensor[t].name);
        gc_free(r);
    }
    wrong = NONE;
    gc_parts_close(apart);
}

/* ---- two pointers ---- */

static int mistake;

static double sum_of_cubes(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += term(x[i], i);
    return sum;
}

static void cubes_gradient(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    if (mistake == 2) ((double *)(uintptr_t)x)[A] = 0; /* writes to its input */
    for (size_t i = 0; i < n; i++) {
        double right = 3 * (double)(i + 1) * x[i] * x[i];
        g[i] = mistake == 1 && i >= A && i < A + B ? -right : mistake == 3 ? g[i] + right : right;
    }
}

static void pointers(void)
{
    static const gc_verdict wanted[] = { GC_PASS, GC_FAIL, GC_CONTRACT_BROKEN, GC_CONTRACT_BROKEN };
    double x[N];
    gc_options o = gc_defaults();
    made_fill(x, N, 1);
    for (int k = 0; k < 8; k++) {
        mistake = k / 2, o.fork = k % 2;
        gc_result *r = gc_check_tensors(sum_of_cubes, cubes_gradient, x, N, part, 3, NULL, &o);
        made_expect(r->verdict == wanted[mistake], r, "mistake %d, fork %d", mistake, o.fork);
        if (mistake == 1)
            made_expect(r->tensor[1].wrong == B && !r->tensor[0].wrong && !r->tensor[2].wrong &&
                            !strcmp(r->tensor[1].pattern, "analytic = -numeric"),
                        r, "the sign in b");
        gc_free(r);
    }
    mistake = 0;
}

static void refusals(void)
{
    static const gc_tensor short_of[] = { { .name = "A", .nd = 1, .dim = { N - 1 } } },
                           nameless[] = { { .nd = 1, .dim = { N } } },
                           deep[] = { { .name = "A", .nd = GC_MAX_DIMS + 1, .dim = { N } } },
                           empty[] = { { .name = "A", .nd = 1, .dim = { N } }, { .name = "b", .nd = 1 } },
                           huge[] = { { .name = "A", .nd = 2, .dim = { SIZE_MAX / 2, 4 } } };
    static const struct {
        const gc_tensor *part;
        int count;
    } bad[] = { { short_of, 1 }, { nameless, 1 }, { deep, 1 }, { empty, 2 },
                { huge, 1 },     { part, 2 },     { part, 0 } };
    double x[N];
    made_fill(x, N, 1);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        gc_result *r =
            gc_check_tensors(sum_of_cubes, cubes_gradient, x, N, bad[k].part, bad[k].count, NULL, NULL);
        made_expect(r->verdict == GC_INCONCLUSIVE && strstr(r->reason, "its parts do not"), r, "bad parts %d",
                    (int)k);
        gc_free(r);
    }
}

int main(void)
{
    every_callback();
    pointers();
    refusals();
    return made_failures() != 0;
}
