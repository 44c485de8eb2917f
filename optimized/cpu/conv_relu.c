/* conv_relu.c - the CPU ladders of convolution with the ReLU beside it, as they stand in a network.
 *
 *   forward:     y (N,K,P,Q) = max(0, x (N,C,H,W) correlated with w (K,C/groups,R,S), + b (K))
 *   backward dx: dz (N,C,H,W) = dx of the convolution, but 0 where a (N,C,H,W) <= 0
 *
 * a is what the layer read: the ReLU before it made it, perhaps with a pooling by maximum between them.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "conv_rungs.h"
#include "ladders.h"

#include <limits.h>

/* ---- 01_two_passes: 04_threads of the convolution, then a pass for the ReLU ---- */

static void forward_two_passes(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const struct conv_store relu = { .relu = 1 };
    conv_forward_threads(CONV_GIVEN, x, w, b, y);
    conv_store_pass(&relu, conv_y(&v, N, 0), y);
}

static void dx_two_passes(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const struct conv_store mask = { .mask = a };
    conv_dx_threads(CONV_GIVEN, w, dy, dz);
    conv_store_pass(&mask, conv_x(&v, N, 0), dz);
}

#if defined __x86_64__

/* ---- 02_two_passes_by_shape: the best of each ----
 *
 * Changed: the top rung of convolution, then that of the ReLU, as a network without this operation runs them.
 * Relieves: arithmetic. */

static any_fn *last_that_runs(const struct rung *ladder)
{
    any_fn *run = ladder->run;
    for (; ladder->name; ladder++)
        if (!rung_lacks(ladder->needs)) run = ladder->run;
    return run;
}

static void forward_two_passes_by_shape(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    relu_forward_fn *relu = (relu_forward_fn *)last_that_runs(relu_forward_cpu);
    conv_forward_by_shape(CONV_GIVEN, x, w, b, y);
    for (size_t i = 0, n = conv_y(&v, N, 0); i < n; i += INT_MAX)
        relu((int)(n - i < INT_MAX ? n - i : INT_MAX), y + i, y + i);
}

static void dx_two_passes_by_shape(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    const struct conv v = conv_of(CONV_GIVEN);
    relu_backward_fn *mask = (relu_backward_fn *)last_that_runs(relu_backward_cpu);
    conv_dx_by_shape(CONV_GIVEN, w, dy, dz);
    for (size_t i = 0, n = conv_x(&v, N, 0); i < n; i += INT_MAX)
        mask((int)(n - i < INT_MAX ? n - i : INT_MAX), a + i, dz + i, dz + i);
}

/* ---- 03_direct_avx2, 04_direct_avx512: the ReLU where a tile of results is stored ----
 *
 * Changed: a result is in a register when it is complete; the maximum with 0 is one instruction there, and
 * its place in a pass of its own is one read and one write of all of y. Relieves: memory. Prediction (lesson
 * 7): 1.2 to 2 x where a result takes nine products, 1 to 1.2 x where it takes hundreds.
 *
 * ---- 05_winograd4_avx2, 06_winograd4_avx512: the same in the transform of the results ----
 *
 * Changed: the transform adds the bias to what it stores, and here takes the maximum. What dx masks is masked
 * row by row just after it was stored, while it is in L1: results are transposed on their way out. Relieves:
 * memory. Prediction (lesson 7): 1 to 1.2 x.
 *
 * ---- 07_by_shape: the same choice as that of convolution's top rung ---- */

enum { AVX2 = 8, AVX512 = 16 };

#define FUSED(name, width, way)                                                                      \
    static void forward_##name(CONV_SIZES, const float *x, const float *w, const float *b, float *y) \
    {                                                                                                \
        const struct conv_store relu = { .relu = 1 };                                                \
        conv_forward_##way##_store(width, &relu, CONV_GIVEN, x, w, b, y);                            \
    }                                                                                                \
    static void dx_##name(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)    \
    {                                                                                                \
        const struct conv_store mask = { .mask = a };                                                \
        conv_dx_##way##_store(width, &mask, CONV_GIVEN, w, dy, dz);                                  \
    }
FUSED(direct_avx2, AVX2, direct)
FUSED(direct_avx512, AVX512, direct)
FUSED(winograd4_avx2, AVX2, winograd4)
FUSED(winograd4_avx512, AVX512, winograd4)
FUSED(by_shape, conv_widest(), by_shape)
#endif

/* ---- the ladders ---- */

#if defined __x86_64__
#define X86_RUNGS(op, f)                                                                              \
    { "02_two_passes_by_shape", RUN(op, f##_two_passes_by_shape), NEED_AVX2 | WINOGRAD_4,             \
      "convolution's top rung, then the ReLU's" },                                                    \
        { "03_direct_avx2", RUN(op, f##_direct_avx2), NEED_AVX2,                                      \
          "direct; the ReLU before a tile is stored" },                                               \
        { "04_direct_avx512", RUN(op, f##_direct_avx512), NEED_AVX512, "the same in vectors of 16" }, \
        { "05_winograd4_avx2", RUN(op, f##_winograd4_avx2), NEED_AVX2 | WINOGRAD_4,                   \
          "the ReLU in the transform of tiles of 4 x 4" },                                            \
        { "06_winograd4_avx512", RUN(op, f##_winograd4_avx512), NEED_AVX512 | WINOGRAD_4,             \
          "the same in vectors of 16" },                                                              \
        { "07_by_shape", RUN(op, f##_by_shape), NEED_AVX2 | WINOGRAD_4,                               \
          "tiles of 4 x 4 where planes and images are large, else direct" },
#else
#define X86_RUNGS(op, f)
#endif

#define LADDER(op, f)                                                            \
    const struct rung op##_cpu[] = {                                             \
        { "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" }, \
        { "01_two_passes", RUN(op, f##_two_passes), NEED_NONE,                   \
          "the convolution as products, then a pass for the ReLU" },             \
        X86_RUNGS(op, f){ 0 },                                                   \
    }

LADDER(conv2d_relu_forward, forward);
LADDER(conv2d_relu_backward_dx, dx);
