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
 * 7): 1.2 to 2 x where a result takes nine products. The mask of dx is one more read either way. */

enum { AVX2 = 8, AVX512 = 16 };

#define DIRECT(name, width)                                                                          \
    static void forward_##name(CONV_SIZES, const float *x, const float *w, const float *b, float *y) \
    {                                                                                                \
        const struct conv_store relu = { .relu = 1 };                                                \
        conv_forward_direct_store(width, &relu, CONV_GIVEN, x, w, b, y);                             \
    }                                                                                                \
    static void dx_##name(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)    \
    {                                                                                                \
        const struct conv_store mask = { .mask = a };                                                \
        conv_dx_direct_store(width, &mask, CONV_GIVEN, w, dy, dz);                                   \
    }
DIRECT(direct_avx2, AVX2)
DIRECT(direct_avx512, AVX512)

/* ---- forward 05_winograd4_avx2, 06_winograd4_avx512: the same in the transform of the results ----
 *
 * Changed: the transform adds the bias to what it stores, and here takes the maximum. Relieves: memory.
 * Prediction (lesson 7): 1 to 1.2 x. A mask has no such place: results are transposed on their way out, and
 * lie as the mask does only when they are stored. Read there, strip by strip, it took longer than a pass.
 *
 * ---- forward 07_by_shape, dx 05_by_shape: the choice of convolution's top rung ----
 *
 * Changed: direct tiles and forward Winograd's where that rung takes them; what else it takes, products and
 * dx by Winograd's tiles, gets the pass. Relieves: the choice. */

static int has_avx512(void)
{
    return (rung_isa() & NEED_AVX512) != 0;
}

static void forward_by_shape(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    const enum conv_way way = conv_forward_way(&v);
    if (way == CONV_DIRECT)
        (has_avx512() ? forward_direct_avx512 : forward_direct_avx2)(CONV_GIVEN, x, w, b, y);
    else if (way == CONV_PRODUCT || way == CONV_DEPTHWISE)
        forward_two_passes_by_shape(CONV_GIVEN, x, w, b, y);
    else if (has_avx512())
        conv_relu_forward_winograd4_avx512(CONV_GIVEN, x, w, b, y);
    else
        conv_relu_forward_winograd4_avx2(CONV_GIVEN, x, w, b, y);
}

static void dx_by_shape(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    const struct conv v = conv_of(CONV_GIVEN);
    if (conv_dx_way(&v) != CONV_DIRECT)
        dx_two_passes_by_shape(CONV_GIVEN, a, w, dy, dz);
    else
        (has_avx512() ? dx_direct_avx512 : dx_direct_avx2)(CONV_GIVEN, a, w, dy, dz);
}
#endif

/* ---- the ladders ---- */

#define LOWEST_RUNGS(op, f)                                                  \
    { "00_naive", RUN(op, op##_f32), NEED_NONE, "the reference, in float" }, \
        { "01_two_passes", RUN(op, f##_two_passes), NEED_NONE,               \
          "the convolution as products, then a pass for the ReLU" },

#if defined __x86_64__
#define DIRECT_RUNGS(op, f)                                                               \
    { "02_two_passes_by_shape", RUN(op, f##_two_passes_by_shape), NEED_AVX2 | WINOGRAD_4, \
      "convolution's top rung, then the ReLU's" },                                        \
        { "03_direct_avx2", RUN(op, f##_direct_avx2), NEED_AVX2,                          \
          "direct; the ReLU before a tile is stored" },                                   \
        { "04_direct_avx512", RUN(op, f##_direct_avx512), NEED_AVX512, "the same in vectors of 16" },
#else
#define DIRECT_RUNGS(op, f)
#endif

const struct rung conv2d_relu_forward_cpu[] = {
    LOWEST_RUNGS(conv2d_relu_forward, forward) DIRECT_RUNGS(conv2d_relu_forward, forward)
#if defined __x86_64__
        { "05_winograd4_avx2", RUN(conv2d_relu_forward, conv_relu_forward_winograd4_avx2),
          NEED_AVX2 | WINOGRAD_4, "the ReLU in the transform of tiles of 4 x 4" },
    { "06_winograd4_avx512", RUN(conv2d_relu_forward, conv_relu_forward_winograd4_avx512),
      NEED_AVX512 | WINOGRAD_4, "the same in vectors of 16" },
    { "07_by_shape", RUN(conv2d_relu_forward, forward_by_shape), NEED_AVX2 | WINOGRAD_4,
      "direct, or tiles of 4 x 4, or two passes" },
#endif
    { 0 },
};

const struct rung conv2d_relu_backward_dx_cpu[] = {
    LOWEST_RUNGS(conv2d_relu_backward_dx, dx) DIRECT_RUNGS(conv2d_relu_backward_dx, dx)
#if defined __x86_64__
        { "05_by_shape", RUN(conv2d_relu_backward_dx, dx_by_shape), NEED_AVX2 | WINOGRAD_4,
          "direct, or two passes" },
#endif
    { 0 },
};
