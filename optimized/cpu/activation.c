/* activation.c - the CPU ladders of the activations: n elements of any shape; forward,
 * derivative, and both in one pass.
 *
 * A forward is bound by arithmetic as long as exp comes from libm, which takes one number at a time; with
 * sixteen at a time it nears the bandwidth of the memory, where a backward at y is from the start. A layer
 * that keeps s = f'(x) instead of x needs no second exp on the way back: dx = dy s.
 *
 * The rungs are in files of their own, one line each; here are the naive ones, those of all
 * threads, and the ladders.
 *
 *   00_naive                the reference in float; with the slope, the forward's pass and the derivative's
 *   01_polynomial           exp, tanh, log and erfc without calls or branches: activation_portable.c
 *   01_fused                y and s in one loop. x is read once, and exp is computed once where
 *                           the derivative is at x and
 *                           needs it, too. Where it is at y, only the traffic of a pass is saved. Prediction
 *                           (lesson 2): 1 to 2 x the speed of 00_naive: activation_portable.c
 *   02_avx2, 03_avx512      in vectors of eight and sixteen, with fused multiply-adds: activation_tile.h
 *   04_table                no division, and shorter polynomials: activation_table.c
 *   05_threads              a piece of the array for each thread, if it is long enough to pay for waking them
 *   06_fast20, 07_fast12    04_table to about 20 and 12 bits, on one thread: activation_fast.c
 */
#include "activation_rungs.h"
#include "../../reference/reference.h"
#include "../team.h"
#include "ladders.h"
#include "ladder_tables.h"

/* ---- 00_naive with the slope: two passes ---- */

static void ones(int n, float *s)
{
    for (int k = 0; k < n; k++) s[k] = 1;
}

static void two_passes_at_y(int n, const float *x, float *y, float *s, activation_forward_fn *forward,
                            activation_backward_fn *backward)
{
    ones(n, s);
    forward(n, x, y);
    backward(n, y, s, s);
}

static void two_passes_at_y_with(int n, const float *x, float *y, float *s,
                                 activation_forward_with_fn *forward, activation_backward_with_fn *backward,
                                 float parameter)
{
    ones(n, s);
    forward(n, x, y, parameter);
    backward(n, y, s, s, parameter);
}

/* the derivative taken at x comes first, for y may be x */
static void two_passes_at_x(int n, const float *x, float *y, float *s, activation_forward_fn *forward,
                            activation_backward_fn *backward)
{
    ones(n, s);
    backward(n, x, s, s);
    forward(n, x, y);
}

/* clang-format off */
static void relu_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_y(n, x, y, s, relu_forward_f32, relu_backward_f32); }
static void leaky_relu_with_derivative_naive(int n, const float *x, float *y, float *s, float slope) { two_passes_at_y_with(n, x, y, s, leaky_relu_forward_f32, leaky_relu_backward_f32, slope); }
static void elu_with_derivative_naive(int n, const float *x, float *y, float *s, float alpha) { two_passes_at_y_with(n, x, y, s, elu_forward_f32, elu_backward_f32, alpha); }
static void sigmoid_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_y(n, x, y, s, sigmoid_forward_f32, sigmoid_backward_f32); }
static void tanh_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_y(n, x, y, s, tanh_forward_f32, tanh_backward_f32); }
static void softplus_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_x(n, x, y, s, softplus_forward_f32, softplus_backward_f32); }
static void gelu_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_x(n, x, y, s, gelu_forward_f32, gelu_backward_f32); }
static void gelu_tanh_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_x(n, x, y, s, gelu_tanh_forward_f32, gelu_tanh_backward_f32); }
static void silu_with_derivative_naive(int n, const float *x, float *y, float *s) { two_passes_at_x(n, x, y, s, silu_forward_f32, silu_backward_f32); }
/* clang-format on */

/* ---- 05_threads: pieces of PIECE elements, by the rung of the widest vectors on one thread ---- */

#if defined __x86_64__
#define WIDEST(op, version) \
    (rung_isa() & NEED_AVX512 ? op##_##version : rung_isa() & NEED_AVX2 ? op##_avx2 : op##_portable)
#else
#define WIDEST(op, version) op##_portable
#endif

struct job {
    any_fn *run;
    int n;
    const float *in, *dy;
    float *out, *derivative, parameter;
};

static void share(struct job *job, team_fn *piece)
{
    team_run(job->n / PIECE + (job->n % PIECE > 0), piece, job);
}

static int length(const struct job *j, int at)
{
    return j->n - at < PIECE ? j->n - at : PIECE;
}

static void forward_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_forward_fn *)j->run)(length(j, at), j->in + at, j->out + at);
}

static void forward(activation_forward_fn *run, int n, const float *x, float *y)
{
    struct job job = { .run = (any_fn *)run, .n = n, .in = x, .out = y };
    n > PIECE ? share(&job, forward_piece) : run(n, x, y);
}

static void forward_with_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_forward_with_fn *)j->run)(length(j, at), j->in + at, j->out + at, j->parameter);
}

static void forward_with(activation_forward_with_fn *run, int n, const float *x, float *y, float parameter)
{
    struct job job = { .run = (any_fn *)run, .n = n, .in = x, .out = y, .parameter = parameter };
    n > PIECE ? share(&job, forward_with_piece) : run(n, x, y, parameter);
}

static void backward_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_backward_fn *)j->run)(length(j, at), j->in + at, j->dy + at, j->out + at);
}

static void backward(activation_backward_fn *run, int n, const float *at, const float *dy, float *dx)
{
    struct job job = { .run = (any_fn *)run, .n = n, .in = at, .dy = dy, .out = dx };
    n > PIECE ? share(&job, backward_piece) : run(n, at, dy, dx);
}

static void backward_with_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_backward_with_fn *)j->run)(length(j, at), j->in + at, j->dy + at, j->out + at, j->parameter);
}

static void backward_with(activation_backward_with_fn *run, int n, const float *at, const float *dy,
                          float *dx, float parameter)
{
    struct job job = { .run = (any_fn *)run, .n = n, .in = at, .dy = dy, .out = dx, .parameter = parameter };
    n > PIECE ? share(&job, backward_with_piece) : run(n, at, dy, dx, parameter);
}

static void with_derivative_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_with_derivative_fn *)j->run)(length(j, at), j->in + at, j->out + at, j->derivative + at);
}

static void with_derivative(activation_with_derivative_fn *run, int n, const float *x, float *y, float *s)
{
    struct job job = { .run = (any_fn *)run, .n = n, .in = x, .out = y, .derivative = s };
    n > PIECE ? share(&job, with_derivative_piece) : run(n, x, y, s);
}

static void with_derivative_with_piece(int p, void *arg)
{
    const struct job *j = arg;
    int at = p * PIECE;
    ((activation_with_derivative_with_fn *)j->run)(length(j, at), j->in + at, j->out + at, j->derivative + at,
                                                   j->parameter);
}

static void with_derivative_with(activation_with_derivative_with_fn *run, int n, const float *x, float *y,
                                 float *s, float parameter)
{
    struct job job = {
        .run = (any_fn *)run, .n = n, .in = x, .out = y, .derivative = s, .parameter = parameter
    };
    n > PIECE ? share(&job, with_derivative_with_piece) : run(n, x, y, s, parameter);
}

/* clang-format off */
static void relu_forward_threads(int n, const float *x, float *y) { forward(WIDEST(relu_forward, avx512), n, x, y); }
static void relu_backward_threads(int n, const float *y, const float *dy, float *dx) { backward(WIDEST(relu_backward, avx512), n, y, dy, dx); }
static void relu_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(relu_with_derivative, avx512), n, x, y, s); }

static void leaky_relu_forward_threads(int n, const float *x, float *y, float slope) { forward_with(WIDEST(leaky_relu_forward, avx512), n, x, y, slope); }
static void leaky_relu_backward_threads(int n, const float *y, const float *dy, float *dx, float slope) { backward_with(WIDEST(leaky_relu_backward, avx512), n, y, dy, dx, slope); }
static void leaky_relu_with_derivative_threads(int n, const float *x, float *y, float *s, float slope) { with_derivative_with(WIDEST(leaky_relu_with_derivative, avx512), n, x, y, s, slope); }

static void elu_forward_threads(int n, const float *x, float *y, float alpha) { forward_with(WIDEST(elu_forward, table), n, x, y, alpha); }
static void elu_backward_threads(int n, const float *y, const float *dy, float *dx, float alpha) { backward_with(WIDEST(elu_backward, avx512), n, y, dy, dx, alpha); }
static void elu_with_derivative_threads(int n, const float *x, float *y, float *s, float alpha) { with_derivative_with(WIDEST(elu_with_derivative, table), n, x, y, s, alpha); }

static void sigmoid_forward_threads(int n, const float *x, float *y) { forward(WIDEST(sigmoid_forward, table), n, x, y); }
static void sigmoid_backward_threads(int n, const float *y, const float *dy, float *dx) { backward(WIDEST(sigmoid_backward, avx512), n, y, dy, dx); }
static void sigmoid_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(sigmoid_with_derivative, table), n, x, y, s); }

static void tanh_forward_threads(int n, const float *x, float *y) { forward(WIDEST(tanh_forward, table), n, x, y); }
static void tanh_backward_threads(int n, const float *y, const float *dy, float *dx) { backward(WIDEST(tanh_backward, avx512), n, y, dy, dx); }
static void tanh_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(tanh_with_derivative, table), n, x, y, s); }

static void softplus_forward_threads(int n, const float *x, float *y) { forward(WIDEST(softplus_forward, table), n, x, y); }
static void softplus_backward_threads(int n, const float *x, const float *dy, float *dx) { backward(WIDEST(softplus_backward, table), n, x, dy, dx); }
static void softplus_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(softplus_with_derivative, table), n, x, y, s); }

static void gelu_forward_threads(int n, const float *x, float *y) { forward(WIDEST(gelu_forward, table), n, x, y); }
static void gelu_backward_threads(int n, const float *x, const float *dy, float *dx) { backward(WIDEST(gelu_backward, table), n, x, dy, dx); }
static void gelu_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(gelu_with_derivative, table), n, x, y, s); }

static void gelu_tanh_forward_threads(int n, const float *x, float *y) { forward(WIDEST(gelu_tanh_forward, table), n, x, y); }
static void gelu_tanh_backward_threads(int n, const float *x, const float *dy, float *dx) { backward(WIDEST(gelu_tanh_backward, table), n, x, dy, dx); }
static void gelu_tanh_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(gelu_tanh_with_derivative, table), n, x, y, s); }

static void silu_forward_threads(int n, const float *x, float *y) { forward(WIDEST(silu_forward, table), n, x, y); }
static void silu_backward_threads(int n, const float *x, const float *dy, float *dx) { backward(WIDEST(silu_backward, table), n, x, dy, dx); }
static void silu_with_derivative_threads(int n, const float *x, float *y, float *s) { with_derivative(WIDEST(silu_with_derivative, table), n, x, y, s); }
/* clang-format on */

/* ---- the rows of the ladders ---- */

#define TWO_PASSES(op)                                                     \
    {                                                                      \
        "00_naive", RUN(op, op##_naive), NEED_NONE, "two passes, in float" \
    }
#define FUSED(op)                                                                         \
    {                                                                                     \
        "01_fused", RUN(op, op##_portable), NEED_NONE, "one pass: one read of x, one exp" \
    }
#define THREADS(op)                                                                            \
    {                                                                                          \
        "05_threads", RUN(op, op##_threads), NEED_NONE, "a piece of the array for each thread" \
    }
#if defined __x86_64__
#define TABLE(op) { "04_table", RUN(op, op##_table), NEED_AVX512, "tables in registers: no division" },
#define FAST_RUNGS(op)                                                                                  \
    ,                                                                                                   \
        { "06_fast20", RUN(op, op##_fast20), NEED_AVX512 | FAST_20,                                     \
          "one polynomial term fewer; ln 2 as a single constant" },                                     \
    {                                                                                                   \
        "07_fast12", RUN(op, op##_fast12), NEED_AVX512 | FAST_12, "two terms fewer, 1 / d as estimated" \
    }
#else
#define TABLE(op)
#define FAST_RUNGS(op)
#endif

/* ---- the ladders, by kind. ARITHMETIC: 00, 02, 03, 05, as the compiler makes vectors of the reference by
 * itself. EXP: also 01, as it does not where the reference calls libm, and 04, and a forward also 06 and 07.
 * A derivative at y is arithmetic in any case. ---- */

#define RUNGS_relu       ARITHMETIC
#define RUNGS_leaky_relu ARITHMETIC
#define RUNGS_elu        EXP
#define RUNGS_sigmoid    EXP
#define RUNGS_tanh       EXP
#define RUNGS_softplus   EXP
#define RUNGS_gelu       EXP
#define RUNGS_gelu_tanh  EXP
#define RUNGS_silu       EXP

#define LADDER_ARITHMETIC(op)            NAIVE(op), VECTOR_RUNGS(op, op) THREADS(op)
#define LADDER_EXP(op)                   NAIVE(op), POLYNOMIAL(op, op##_portable), VECTOR_RUNGS(op, op) TABLE(op) THREADS(op)
#define FORWARD_LADDER_ARITHMETIC(op)    LADDER_ARITHMETIC(op)
#define FORWARD_LADDER_EXP(op)           LADDER_EXP(op) FAST_RUNGS(op)
#define DERIVATIVE_LADDER_ARITHMETIC(op) TWO_PASSES(op), FUSED(op), VECTOR_RUNGS(op, op) THREADS(op)
#define DERIVATIVE_LADDER_EXP(op)        TWO_PASSES(op), FUSED(op), VECTOR_RUNGS(op, op) TABLE(op) THREADS(op)

#define LADDER(op, rungs) const struct rung op##_cpu[] = { rungs(op), { 0 } };

/* a derivative at y needs no exp */
#define BACKWARD_LADDER_x(op, kind) LADDER(op, LADDER_##kind)
#define BACKWARD_LADDER_y(op, kind) LADDER(op, LADDER_ARITHMETIC)
#define LADDERS(f, at, kind)                   \
    LADDER(f##_forward, FORWARD_LADDER_##kind) \
    BACKWARD_LADDER_##at(f##_backward, kind) LADDER(f##_with_derivative, DERIVATIVE_LADDER_##kind)
#define LADDERS_OF(f, at, kind) LADDERS(f, at, kind)

#define ACTIVATION(f, numbers, at, ...) LADDERS_OF(f, at, RUNGS_##f)
#define ACTIVATION_WITH                 ACTIVATION
#include "../ops/activations.h"
