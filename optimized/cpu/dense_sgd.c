/* dense_sgd.c - the CPU ladder of a dense layer's step: w (OUT,IN) = w - lr dy (N,OUT)^T * x (N,IN).
 *
 * The gradient is a product of N terms for each weight, and the step two operations more. Stored, it is
 * written once and read once for them, 8 bytes per weight beside the 8 of w itself.
 */
#include "../../reference/reference.h"
#include "../workspace.h"
#include "ladder_tables.h"
#include "ladders.h"
#include "optimizer_rungs.h"
#include "products.h"

/* w = w + scale dy^T x as a product that is added to w; the caller keeps scale, which is -lr */
static struct gemm step_product(int N, int IN, int OUT, const float *x, const float *dy, float *w,
                                const float *scale)
{
    struct gemm g = dw_product(N, IN, OUT, x, dy, w);
    g.scale = scale;
    return g;
}

/* ---- 01_two_steps: the gradient, then the step ----
 *
 * Changed: the best product of one thread into memory of its own, then the best step, as a training loop
 * has them. Relieves: what rungs 01 to 05 of dense relieve. Prediction (lesson 4): 20 to 60 x the speed of
 * 00_naive. Without memory for the gradient it is added to w as it comes. */
static void two_steps(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)
{
    const size_t n = (size_t)IN * (size_t)OUT,
                 MOST = 1 << 24; /* weights in a call that counts them in an int */
    const float scale = -lr;
    float *dw = workspace_floats_of_caller(n);
    struct gemm g = dw ? dw_product(N, IN, OUT, x, dy, dw) : step_product(N, IN, OUT, x, dy, w, &scale);
    gemm_run(gemm_best(), &g);
    for (size_t at = 0; dw && at < n; at += MOST)
        sgd_step_widest()((int)(n - at < MOST ? n - at : MOST), dw + at, w + at, lr);
}

/* ---- 02_fused: in the tile's epilogue ----
 *
 * Changed: a tile of the gradient is multiplied by -lr and added to w while it is in registers. Relieves: a
 * write and a read of the gradient. This one is for any CPU, in vectors of four, and so slower than the
 * rung before where that has wider ones. */
static void fused_by(const struct gemm_kernel *kernel, int N, int IN, int OUT, const float *x,
                     const float *dy, float *w, float lr)
{
    const float scale = -lr;
    struct gemm g = step_product(N, IN, OUT, x, dy, w, &scale);
    gemm_run(kernel, &g);
}

static void fused(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)
{
    fused_by(&gemm_portable, N, IN, OUT, x, dy, w, lr);
}

/* ---- 03_avx2, 04_avx512: the same in vectors of eight and sixteen ----
 *
 * Prediction (lesson 4): the last of them 1.02 to 1.2 x the speed of 01_two_steps at 64x784x512, where the
 * step is a tenth of the whole. */
#if defined __x86_64__
static void fused_avx2(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)
{
    fused_by(&gemm_avx2, N, IN, OUT, x, dy, w, lr);
}

static void fused_avx512(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)
{
    fused_by(&gemm_avx512, N, IN, OUT, x, dy, w, lr);
}
#endif

/* ---- 05_threads: blocks of w ----
 *
 * Changed: a block of w for each thread, as dw's blocks in lesson 1. Prediction (lesson 4): with two threads
 * 1.6 to 2 x its own speed with one. */
static void fused_threads(int N, int IN, int OUT, const float *x, const float *dy, float *w, float lr)
{
    const float scale = -lr;
    struct gemm g = step_product(N, IN, OUT, x, dy, w, &scale);
    gemm_threads(gemm_best(), &g);
}

const struct rung dense_sgd_step_cpu[] = {
    NAIVE(dense_sgd_step),
    { "01_two_steps", RUN(dense_sgd_step, two_steps), NEED_NONE, "the gradient into memory, then the step" },
    { "02_fused", RUN(dense_sgd_step, fused), NEED_NONE,
      "a tile of the gradient goes from registers into w" },
#if defined __x86_64__
    { "03_avx2", RUN(dense_sgd_step, fused_avx2), NEED_AVX2, "02_fused, 8 per instruction" },
    { "04_avx512", RUN(dense_sgd_step, fused_avx512), NEED_AVX512, "02_fused, 16 per instruction" },
#endif
    { "05_threads", RUN(dense_sgd_step, fused_threads), NEED_NONE, "a block of w for each thread" },
    { 0 },
};
