/* mechanism.c - wrong gradients that one test of the checker sees and the others let
 * pass: why each test is there.
 *
 * Where no such row exists, that is by design:
 *   contract    rows that only it sees are in contracts.c: they break calling rules, not mathematics
 *   Taylor      looks at the same forward and the same gradient as the directions, through
 *               larger steps and without an
 *               error bar; what it sees the directions see. It stands beside them because its rate needs no
 *               step chosen and no bar believed. It is not among the standard tests.
 *   bisection   finds the element, after a direction has said that there is one: row
 *               one_among_many asks for its index
 *   error bar, noise estimate   keep right code from being blamed: rows of right.c fail without them
 * The choices inside the direction test (a direction for each tensor, sizes that vary, upstream gradients of
 * both signs, several points) have no switch; tests/gc_zoo_choices.c shows what is missed without each. */
#include <complex.h>
#include <string.h>

#include "units.h"

enum { FIRST = 1, SECOND = 2 };
enum { right, wrong };

/* ---- elements: exp over a wide range. An error in the small elements drowns in any sum
 * with the large ones. ---- */

enum { RANGE = 32 };

static int exp_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < RANGE; k++) y[k] = exp(x[k]);
    return 0;
}

static int exp_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    const double *x = in[0].data, *y = out[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    for (int k = 0; k < RANGE; k++)
        dx[k] = dy[k] * y[k] * (zoo_mistake(ctx) == wrong && x[k] < -2 ? 1 + 1e-6 : 1);
    return 0;
}

static int exp_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    (void)ctx;
    for (int k = 0; k < RANGE; k++) /* from -4 to 4, spread evenly */
        ((double *)in[0].data)[k] = 8 * (k + zoo_unit(seed, (uint64_t)(k + RANGE * point))) / RANGE - 4;
    return 0;
}

static void exp_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(RANGE));
    zoo_output(z, "y", ZOO_DIMS(RANGE));
    z->p.forward = exp_forward;
    z->p.backward = exp_backward;
    z->p.fill = exp_fill;
}

/* ---- directions: y = x / (1 + x^2), more elements than are looked at one by one ---- */

enum { MANY = 6000, PLANTED = 3 };
enum { near_zero = 1, one_among_many };

static int witch_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < MANY; k++) y[k] = x[k] / (1 + x[k] * x[k]);
    return 0;
}

/* near_zero: the branch for small x says 2 for 1. x = 0 itself is right, and no rounded value is so small, so
 * that the point of rounded values does not see it. */
static int witch_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                          gc_tensor *din)
{
    const double *x = in[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    (void)out;
    for (int k = 0; k < MANY; k++) {
        double square = x[k] * x[k], below = 1 + square;
        dx[k] = dy[k] * (1 - square) / (below * below);
        if (zoo_mistake(ctx) == near_zero && square < 1e-8 && square > 0) dx[k] *= 2;
    }
    if (zoo_mistake(ctx) == one_among_many) dx[ZOO_WRONG_ELEMENT] *= 1.5;
    return 0;
}

static int witch_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    double *x = in[0].data;
    (void)ctx;
    seed += 1000 * (uint64_t)point;
    for (int k = 0; k < MANY; k++) x[k] = 2 * zoo_unit(seed, (uint64_t)k) - 1;
    for (int k = 0; k < PLANTED; k++) { /* some in the branch, wherever */
        uint64_t at = MANY + 2 * (uint64_t)k;
        x[(int)(MANY * zoo_unit(seed, at))] = 1e-5 * (1 + zoo_unit(seed, at + 1));
    }
    x[ZOO_WRONG_ELEMENT] = 0.25 + 0.5 * zoo_unit(seed, 3 * MANY);
    return 0;
}

static void witch_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(MANY));
    zoo_output(z, "y", ZOO_DIMS(MANY));
    z->p.forward = witch_forward;
    z->p.backward = witch_backward;
    z->p.fill = witch_fill;
}

/* ---- complex step: softplus in bits, log2(1 + exp(x)), with ln 2 to seven digits: an error
 * of 3e-8 everywhere ---- */

enum { LENGTH = 23 };

static const double ln2 = 0.69314718055994530942;

static int bits_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < LENGTH; k++) y[k] = log(1 + exp(x[k])) / ln2;
    return 0;
}

static int bits_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double complex *x = in[0].data;
    double complex *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < LENGTH; k++) y[k] = clog(1 + cexp(x[k])) / ln2;
    return 0;
}

static int bits_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    const double *x = in[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    (void)out;
    for (int k = 0; k < LENGTH; k++)
        dx[k] = dy[k] * zoo_sigmoid(x[k]) / (zoo_mistake(ctx) == wrong ? 0.6931472 : ln2);
    return 0;
}

static void bits_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(LENGTH));
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.forward = bits_forward;
    z->p.forward_complex = bits_complex;
    z->p.backward = bits_backward;
}

/* ---- adjoint: a matrix product in float, whose differences are too coarse for an error of 1e-4 ---- */

enum { IN = 9, OUT = 5 };

static int product_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const float *w = in[0].data, *x = in[1].data;
    float *y = out[0].data;
    (void)ctx;
    for (int o = 0; o < OUT; o++) {
        y[o] = 0;
        for (int i = 0; i < IN; i++) y[o] += w[o * IN + i] * x[i];
    }
    return 0;
}

static int product_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    const float *w = in[0].data, *x = in[1].data, *dy = dout[0].data;
    float *dw = din[0].data, *dx = din[1].data, factor = zoo_mistake(ctx) == wrong ? 1.0001F : 1;
    (void)out;
    memset(dx, 0, IN * sizeof *dx);
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++) {
            dw[o * IN + i] = dy[o] * x[i];
            dx[i] += factor * dy[o] * w[o * IN + i];
        }
    return 0;
}

static void product_build(struct zoo_problem *z)
{
    zoo_input(z, "w", GC_GRAD | GC_LINEAR, ZOO_DIMS(OUT, IN))->dt = GC_F32;
    zoo_input(z, "x", GC_GRAD | GC_LINEAR, ZOO_DIMS(IN))->dt = GC_F32;
    zoo_output(z, "y", ZOO_DIMS(OUT))->dt = GC_F32;
    z->p.forward = product_forward;
    z->p.backward = product_backward;
}

/* ---- second order: loss = sum over pairs of exp(x_i x_j) / 2; gradient sum_j x_j exp(x_i x_j) ---- */

enum { PAIRS = 6 };
enum { asymmetric = 1, hessian_diagonal, hessian_one_part_in_1e5 };

static int pairs_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double sum = 0;
    (void)ctx;
    for (int i = 0; i < PAIRS; i++)
        for (int j = 0; j < PAIRS; j++) sum += exp(x[i] * x[j]) / 2;
    *(double *)out[0].data = sum;
    return 0;
}

static int pairs_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                          gc_tensor *din)
{
    const double *x = in[0].data, up = *(const double *)dout[0].data;
    double *dx = din[0].data;
    (void)out;
    for (int i = 0; i < PAIRS; i++) {
        dx[i] = 0;
        for (int j = 0; j < (zoo_mistake(ctx) == asymmetric ? i + 1 : PAIRS); j++)
            dx[i] += up * x[j] * exp(x[i] * x[j]);
    }
    return 0;
}

/* d2/dx_i dx_j = (1 + x_i x_j) exp(x_i x_j) + (i == j) sum_k x_k^2 exp(x_i x_k) */
static int pairs_hessian(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v,
                         gc_tensor *dv)
{
    int m = zoo_mistake(ctx);
    const double *x = in[0].data, *s = v[0].data, up = *(const double *)dout[0].data;
    double *to = dv[0].data;
    for (int i = 0; i < PAIRS; i++) {
        to[i] = 0;
        for (int j = 0; j < PAIRS; j++) {
            double e = up * exp(x[i] * x[j]);
            to[i] += (1 + x[i] * x[j]) * e * s[j];
            if (m != hessian_diagonal) to[i] += x[j] * x[j] * e * s[i];
        }
        if (m == hessian_one_part_in_1e5) to[i] *= 1 + 1e-5;
    }
    return 0;
}

static void pairs_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(PAIRS));
    zoo_output(z, "loss", 0, NULL);
    z->p.forward = pairs_forward;
    z->p.backward = pairs_backward;
    z->p.hessian = pairs_hessian;
    z->o.checks = GC_EVERYTHING;
}

static void gradient_alone_build(struct zoo_problem *z)
{
    pairs_build(z);
    z->p.forward = NULL; /* as where a simulation gives its gradient only */
    z->p.hessian = NULL;
}

/* ---- directions of their own for each tensor: b's gradient is 1e-7 of w's ---- */

static int drowned_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *w = in[0].data, *b = in[1].data;
    double *y = out[0].data;
    (void)ctx;
    for (int o = 0; o < OUT; o++) y[o] = 1e-4 * b[o] * b[o];
    for (int k = 0; k < OUT * IN; k++) y[k % OUT] += 1e3 * w[k] * w[k];
    return 0;
}

static int drowned_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    const double *w = in[0].data, *b = in[1].data, *dy = dout[0].data;
    double *dw = din[0].data, *db = din[1].data;
    (void)out;
    for (int o = 0; o < OUT; o++) db[o] = 2e-4 * b[o] * dy[o] * (zoo_mistake(ctx) == wrong ? -1 : 1);
    for (int k = 0; k < OUT * IN; k++) dw[k] = 2e3 * w[k] * dy[k % OUT];
    return 0;
}

static void drowned_build(struct zoo_problem *z)
{
    zoo_input(z, "w", GC_GRAD, ZOO_DIMS(OUT, IN));
    zoo_input(z, "b", GC_GRAD, ZOO_DIMS(OUT));
    zoo_output(z, "y", ZOO_DIMS(OUT));
    z->p.forward = drowned_forward;
    z->p.backward = drowned_backward;
}

/* ---- several points: the inputs of point 2 are large, and only there the gradient is wrong ---- */

static int regime_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (int k = 0; k < LENGTH; k++) y[k] = log1p(x[k] * x[k]);
    return 0;
}

static int regime_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                           gc_tensor *din)
{
    const double *x = in[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    (void)out;
    for (int k = 0; k < LENGTH; k++) {
        int far = zoo_mistake(ctx) == wrong && fabs(x[k]) > 5;
        dx[k] = dy[k] * (far ? 2 / (1 + x[k]) : 2 * x[k] / (1 + x[k] * x[k]));
    }
    return 0;
}

static int regime_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    static const double reach[] = { 1, 3, 20 };
    (void)ctx;
    for (int k = 0; k < LENGTH; k++)
        ((double *)in[0].data)[k] =
            reach[point % 3] * (2 * zoo_unit(seed + 1000 * (uint64_t)point, (uint64_t)k) - 1);
    return 0;
}

static void regime_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(LENGTH));
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.forward = regime_forward;
    z->p.backward = regime_backward;
    z->p.fill = regime_fill;
}

#define RIGHT(unit, of)                                        \
    {                                                          \
        unit, "right", "nothing", of##_build, 0, 0, GC_PASS, 0 \
    }
#define ONLY(unit, of, number, tensors, test, words)                     \
    {                                                                    \
        unit, #number, words, of##_build, number, tensors, GC_FAIL, test \
    }
#define WRONG(unit, of, number, tensors, words) ONLY(unit, of, number, tensors, 0, words)

static const struct zoo_case rows[] = {
    RIGHT("exp", exp),
    ONLY("exp", exp, wrong, FIRST, GC_ELEMENTS, "a factor 1 + 1e-6 where exp is below 1/400 of its largest"),
    RIGHT("many", witch),
    ONLY("many", witch, near_zero, FIRST, GC_DIRECTION,
         "the branch for |x| < 1e-4 wrong: 3 elements of 6000"),
    WRONG("many", witch, one_among_many, FIRST, "one element of 6000 wrong, not at a border"),
    RIGHT("softplus_bits", bits),
    ONLY("softplus_bits", bits, wrong, FIRST, GC_COMPLEX, "ln 2 to seven digits: 3e-8"),
    { "product_f32", "right", "nothing", product_build, right, 0, GC_INCONCLUSIVE, 0 },
    ONLY("product_f32", product, wrong, SECOND, GC_ADJOINT, "dx of a float product too large by 1e-4"),
    RIGHT("pairs", pairs),
    ONLY("pairs", pairs, hessian_one_part_in_1e5, FIRST, GC_HVP, "the Hessian product too large by 1e-5"),
    WRONG("pairs", pairs, hessian_diagonal, FIRST, "the Hessian product without the diagonal term"),
    RIGHT("gradient_alone", gradient_alone),
    ONLY("gradient_alone", gradient_alone, asymmetric, FIRST, GC_SYMMETRY,
         "half of the pairs: no gradient of anything"),
    RIGHT("drowned_bias", drowned),
    WRONG("drowned_bias", drowned, wrong, SECOND, "the sign of a gradient 1e-7 times the other tensor's"),
    RIGHT("regime", regime),
    WRONG("regime", regime, wrong, FIRST, "2/(1 + x) beyond |x| = 5, where one point in three goes"),
};

const struct zoo_table zoo_mechanism = ZOO_TABLE(rows);
