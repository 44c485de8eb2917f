/* conv.c - the CPU ladders of two-dimensional convolution: forward, backward dx, backward dw + db.
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 *
 * See reference/conv.c for what they compute. Each idea has a file: conv_rows.c, conv_im2col.c,
 * conv_implicit.c, conv_direct.c and conv_direct_dw.c, conv_winograd.c, conv_taps.c,
 * conv_depthwise.c. Rungs that cannot do every window call a lower one for the others.
 */
#include "../op.h"
#include "../../reference/reference.h"
#include "conv_rungs.h"
#include "ladders.h"

const struct rung conv2d_forward_cpu[] = {
    { "00_naive", RUN(conv2d_forward, conv2d_forward_f32), NEED_NONE, "the reference, in float" },
    { "01_rows", RUN(conv2d_forward, conv_forward_rows), NEED_NONE, "along the rows; edges worked out once" },
    { "02_im2col", RUN(conv2d_forward, conv_forward_im2col), NEED_NONE,
      "windows copied side by side, then a matrix product" },
    { "03_implicit", RUN(conv2d_forward, conv_forward_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_threads", RUN(conv2d_forward, conv_forward_threads), NEED_NONE, "images per thread" },
#if defined __x86_64__
    { "05_direct_rows_avx2", RUN(conv2d_forward, conv_forward_direct_rows_avx2), NEED_AVX2,
      "tiles in registers, 8 columns of a row per instruction" },
    { "06_direct_planes_avx2", RUN(conv2d_forward, conv_forward_direct_planes_avx2), NEED_AVX2,
      "tiles in registers, 8 planes per instruction" },
    { "07_direct_rows_avx512", RUN(conv2d_forward, conv_forward_direct_rows_avx512), NEED_AVX512,
      "16 columns per instruction" },
    { "08_direct_planes_avx512", RUN(conv2d_forward, conv_forward_direct_planes_avx512), NEED_AVX512,
      "16 planes per instruction" },
    { "09_winograd2_avx2", RUN(conv2d_forward, conv_forward_winograd2_avx2), NEED_AVX2 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications, eight planes per instruction" },
    { "10_winograd4_avx2", RUN(conv2d_forward, conv_forward_winograd4_avx2), NEED_AVX2 | WINOGRAD_4,
      "3 x 3: tiles of 4 x 4 by a fourth of the multiplications, eight planes per instruction" },
    { "11_winograd2_avx512", RUN(conv2d_forward, conv_forward_winograd2_avx512), NEED_AVX512 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications, sixteen planes per instruction" },
    { "12_winograd4_avx512", RUN(conv2d_forward, conv_forward_winograd4_avx512), NEED_AVX512 | WINOGRAD_4,
      "3 x 3: tiles of 4 x 4 by a fourth of the multiplications, sixteen planes per instruction" },
    { "13_direct_threads", RUN(conv2d_forward, conv_forward_direct_threads), NEED_AVX2,
      "columns or planes by shape, an image per piece" },
    { "14_depthwise", RUN(conv2d_forward, conv_forward_depthwise), NEED_AVX2,
      "3 x 3, one kernel per plane: a row of x is loaded once for three results" },
    { "15_by_shape", RUN(conv2d_forward, conv_forward_by_shape), NEED_AVX2 | WINOGRAD_4,
      "a product where windows are 1 x 1; tiles of 4 x 4 where planes and images are large; else direct" },
#endif
    { 0 },
};

const struct rung conv2d_backward_dx_cpu[] = {
    { "00_naive", RUN(conv2d_backward_dx, conv2d_backward_dx_f32), NEED_NONE, "the reference, in float" },
    { "01_rows", RUN(conv2d_backward_dx, conv_dx_rows), NEED_NONE, "along the rows; edges worked out once" },
    { "02_im2col", RUN(conv2d_backward_dx, conv_dx_im2col), NEED_NONE,
      "windows copied side by side, then a matrix product" },
    { "03_implicit", RUN(conv2d_backward_dx, conv_dx_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_threads", RUN(conv2d_backward_dx, conv_dx_threads), NEED_NONE, "images per thread" },
#if defined __x86_64__
    { "05_direct_rows_avx2", RUN(conv2d_backward_dx, conv_dx_direct_rows_avx2), NEED_AVX2,
      "tiles in registers, 8 columns of a row per instruction" },
    { "06_direct_planes_avx2", RUN(conv2d_backward_dx, conv_dx_direct_planes_avx2), NEED_AVX2,
      "tiles in registers, 8 planes per instruction" },
    { "07_direct_rows_avx512", RUN(conv2d_backward_dx, conv_dx_direct_rows_avx512), NEED_AVX512,
      "16 columns per instruction" },
    { "08_direct_planes_avx512", RUN(conv2d_backward_dx, conv_dx_direct_planes_avx512), NEED_AVX512,
      "16 planes per instruction" },
    { "09_winograd2_avx2", RUN(conv2d_backward_dx, conv_dx_winograd2_avx2), NEED_AVX2 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications, eight planes per instruction" },
    { "10_winograd4_avx2", RUN(conv2d_backward_dx, conv_dx_winograd4_avx2), NEED_AVX2 | WINOGRAD_4,
      "3 x 3: tiles of 4 x 4 by a fourth of the multiplications, eight planes per instruction" },
    { "11_winograd2_avx512", RUN(conv2d_backward_dx, conv_dx_winograd2_avx512), NEED_AVX512 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications, sixteen planes per instruction" },
    { "12_winograd4_avx512", RUN(conv2d_backward_dx, conv_dx_winograd4_avx512), NEED_AVX512 | WINOGRAD_4,
      "3 x 3: tiles of 4 x 4 by a fourth of the multiplications, sixteen planes per instruction" },
    { "13_direct_threads", RUN(conv2d_backward_dx, conv_dx_direct_threads), NEED_AVX2,
      "columns or planes by shape, an image per piece" },
    { "14_taps", RUN(conv2d_backward_dx, conv_dx_taps), NEED_AVX2,
      "what each tap sends back as one product, then sums of shifted planes" },
    { "15_depthwise", RUN(conv2d_backward_dx, conv_dx_depthwise), NEED_AVX2,
      "3 x 3, one kernel per plane: a row of dy is loaded once for three results" },
    { "16_by_shape", RUN(conv2d_backward_dx, conv_dx_by_shape), NEED_AVX2 | WINOGRAD_4,
      "as forward, and products of taps where planes are few" },
#endif
    { 0 },
};

const struct rung conv2d_backward_dw_cpu[] = {
    { "00_naive", RUN(conv2d_backward_dw, conv2d_backward_dw_f32), NEED_NONE, "the reference, in float" },
    { "01_rows", RUN(conv2d_backward_dw, conv_dw_rows), NEED_NONE, "along the rows; edges worked out once" },
    { "02_im2col", RUN(conv2d_backward_dw, conv_dw_im2col), NEED_NONE,
      "windows copied side by side, then a matrix product" },
    { "03_implicit", RUN(conv2d_backward_dw, conv_dw_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_threads", RUN(conv2d_backward_dw, conv_dw_threads), NEED_NONE, "images per thread" },
#if defined __x86_64__
    { "05_direct_avx2", RUN(conv2d_backward_dw, conv_dw_direct_avx2), NEED_AVX2,
      "tiles of the kernel in registers, 8 planes per instruction" },
    { "06_direct_avx512", RUN(conv2d_backward_dw, conv_dw_direct_avx512), NEED_AVX512,
      "16 planes per instruction" },
    { "07_direct_threads", RUN(conv2d_backward_dw, conv_dw_direct_threads), NEED_AVX2,
      "some images per piece" },
    { "08_depthwise", RUN(conv2d_backward_dw, conv_dw_depthwise), NEED_AVX2,
      "3 x 3, one kernel per plane: a row of dy meets three rows of x; else 07" },
#endif
    { 0 },
};
