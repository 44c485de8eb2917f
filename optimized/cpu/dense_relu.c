/* dense_relu.c - the CPU ladder of a dense layer with the ReLU beside it, as they stand in a network.
 *
 *   forward:     y (N,OUT) = max(0, x (N,IN) * w (OUT,IN)^T + b (OUT))
 *   backward dx: dz (N,IN) = dy (N,OUT) * w (OUT,IN), but 0 where a (N,IN) <= 0
 *
 * Rungs 01 to 05 are those of dense followed by a pass over the output. From 06 on the ReLU happens while a
 * tile of the output is in registers: one read and one write of the output less. Prediction (lesson 1): 1 to
 * 1.1 x where IN (of the forward; OUT of the backward) is large, 1 to 1.2 x where it is small.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "gemm.h"
#include "ladders.h"
#include "products.h"

/* rung `number` of dense, then a pass for the ReLU */
#define IN_TWO_PASSES(number)                                                                            \
    static void forward_##number(int N, int IN, int OUT, const float *x, const float *w, const float *b, \
                                 float *y)                                                               \
    {                                                                                                    \
        ((dense_forward_fn *)dense_forward_cpu[number].run)(N, IN, OUT, x, w, b, y);                     \
        for (size_t k = 0; k < (size_t)N * (size_t)OUT; k++) y[k] = y[k] <= 0 ? 0 : y[k];                \
    }                                                                                                    \
    static void dx_##number(int N, int IN, int OUT, const float *a, const float *w, const float *dy,     \
                            float *dz)                                                                   \
    {                                                                                                    \
        ((dense_backward_dx_fn *)dense_backward_dx_cpu[number].run)(N, IN, OUT, w, dy, dz);              \
        for (size_t k = 0; k < (size_t)N * (size_t)IN; k++) dz[k] = a[k] > 0 ? dz[k] : 0;                \
    }
IN_TWO_PASSES(1)
IN_TWO_PASSES(2)
IN_TWO_PASSES(3)
#if defined __x86_64__
IN_TWO_PASSES(4)
IN_TWO_PASSES(5)
#endif

static struct gemm forward_relu(int N, int IN, int OUT, const float *x, const float *w, const float *b,
                                float *y)
{
    struct gemm g = forward_product(N, IN, OUT, x, w, b, y);
    g.relu = 1;
    return g;
}

static struct gemm dx_masked(int N, int IN, int OUT, const float *a, const float *w, const float *dy,
                             float *dz)
{
    struct gemm g = dx_product(N, IN, OUT, w, dy, dz);
    g.mask = a;
    return g;
}

static void forward_epilogue(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    struct gemm g = forward_relu(N, IN, OUT, x, w, b, y);
    gemm_run(gemm_best(), &g);
}

static void dx_epilogue(int N, int IN, int OUT, const float *a, const float *w, const float *dy, float *dz)
{
    struct gemm g = dx_masked(N, IN, OUT, a, w, dy, dz);
    gemm_run(gemm_best(), &g);
}

static void forward_threads(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    struct gemm g = forward_relu(N, IN, OUT, x, w, b, y);
    gemm_threads(gemm_best(), &g);
}

static void dx_threads(int N, int IN, int OUT, const float *a, const float *w, const float *dy, float *dz)
{
    struct gemm g = dx_masked(N, IN, OUT, a, w, dy, dz);
    gemm_threads(gemm_best(), &g);
}

static void forward_small(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    forward_any(N, IN, OUT, x, w, b, y, 1);
}

static void dx_small(int N, int IN, int OUT, const float *a, const float *w, const float *dy, float *dz)
{
    struct gemm g = dx_masked(N, IN, OUT, a, w, dy, dz);
    product_any(&g);
}

/* ---- the ladders ---- */

#if defined __x86_64__
#define X86_RUNGS(op, f)                                                            \
    { "04_avx2", RUN(op, f##_4), NEED_AVX2, "dense 04, then a pass for the ReLU" }, \
        { "05_avx512", RUN(op, f##_5), NEED_AVX512, "dense 05, then a pass for the ReLU" },
#else
#define X86_RUNGS(op, f)
#endif

#define LADDER(op, f)                                                                            \
    const struct rung op##_cpu[] = {                                                             \
        { "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" },                 \
        { "01_order", RUN(op, f##_1), NEED_NONE, "dense 01, then a pass for the ReLU" },         \
        { "02_tile", RUN(op, f##_2), NEED_NONE, "dense 02, then a pass for the ReLU" },          \
        { "03_packed", RUN(op, f##_3), NEED_NONE, "dense 03, then a pass for the ReLU" },        \
        X86_RUNGS(op, f){ "06_epilogue", RUN(op, f##_epilogue), NEED_NONE,                       \
                          "the ReLU before a tile is stored" },                                  \
        { "07_threads", RUN(op, f##_threads), NEED_NONE, "one block of the output per thread" }, \
        { "08_small", RUN(op, f##_small), NEED_NONE, "small and thin shapes their own way" },    \
        { 0 },                                                                                   \
    }

LADDER(dense_relu_forward, forward);
LADDER(dense_relu_backward_dx, dx);
