/* conv.cu - the CUDA ladders of two-dimensional convolution: forward, backward dx, backward dw + db.
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q); see reference/conv.c for what they compute
 *
 *   conv_threads.cu   00   one thread per number of the result
 *   conv_halo.cu      01   what neighbours read is in shared memory
 *   conv_im2col.cu    02   windows side by side, then the product of dense
 *   conv_implicit.cu  03   the product reads the windows itself; 04 of dw: in slices
 *   conv_async.cu     04   copies in the background; 05 of dw
 *   conv_wmma.cu      05, 06   tensor cores: TF32, bf16; 06, 07 of dw
 *   conv_winograd.cu  07   3 x 3 windows with fewer multiplications
 *   conv_relu.cu           ladders with the ReLU beside it; conv_relu_passes.cu: its passes
 *   conv_db.cu             the sums for db
 *
 * Here are the tables. Predictions in those files are what the arithmetic of the machine suggests, for many
 * images on an H100 or H200; they are no measurements. What is counted is counted in the emulator
 * (tests/cuda_access.txt), where every rung is checked in full.
 */
#include <cuda_runtime.h>

#include "conv_rungs.h"
#include "ladders.h"

extern "C" const struct rung conv2d_forward_cuda[] = {
    { "00_naive", RUN(conv2d_forward, conv_forward_naive), NEED_NONE, "one thread per result" },
    { "01_halo", RUN(conv2d_forward, conv_forward_halo), NEED_NONE,
      "what a patch of results reads in shared memory" },
    { "02_im2col", RUN(conv2d_forward, conv_forward_im2col), NEED_SM80,
      "windows copied side by side, then a matrix product" },
    { "03_implicit", RUN(conv2d_forward, conv_forward_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_async", RUN(conv2d_forward, conv_forward_async), NEED_SM80, "the next tile is copied meanwhile" },
    { "05_tf32", RUN(conv2d_forward, conv_forward_tf32), NEED_SM80 | IN_TF32,
      "tensor cores, operands in TF32" },
    { "06_bf16", RUN(conv2d_forward, conv_forward_bf16), NEED_SM80 | IN_BF16,
      "tensor cores, operands in bf16" },
    { "07_winograd2", RUN(conv2d_forward, conv_forward_winograd2), NEED_SM80 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung conv2d_backward_dx_cuda[] = {
    { "00_naive", RUN(conv2d_backward_dx, conv_dx_naive), NEED_NONE, "one thread per number, which gathers" },
    { "01_halo", RUN(conv2d_backward_dx, conv_dx_halo), NEED_NONE,
      "what a patch of dx reads in shared memory" },
    { "02_im2col", RUN(conv2d_backward_dx, conv_dx_im2col), NEED_SM80,
      "a matrix product, then each number gathers its copies" },
    { "03_implicit", RUN(conv2d_backward_dx, conv_dx_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_async", RUN(conv2d_backward_dx, conv_dx_async), NEED_SM80, "the next tile is copied meanwhile" },
    { "05_tf32", RUN(conv2d_backward_dx, conv_dx_tf32), NEED_SM80 | IN_TF32,
      "tensor cores, operands in TF32" },
    { "06_bf16", RUN(conv2d_backward_dx, conv_dx_bf16), NEED_SM80 | IN_BF16,
      "tensor cores, operands in bf16" },
    { "07_winograd2", RUN(conv2d_backward_dx, conv_dx_winograd2), NEED_SM80 | WINOGRAD_2,
      "3 x 3: tiles of 2 x 2 by 4/9 of the multiplications" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung conv2d_backward_dw_cuda[] = {
    { "00_naive", RUN(conv2d_backward_dw, conv_dw_naive), NEED_NONE, "one thread per number of a kernel" },
    { "02_im2col", RUN(conv2d_backward_dw, conv_dw_im2col), NEED_SM80,
      "windows copied side by side, then a matrix product" },
    { "03_implicit", RUN(conv2d_backward_dw, conv_dw_implicit), NEED_NONE,
      "the product reads the windows itself" },
    { "04_slices", RUN(conv2d_backward_dw, conv_dw_slices), NEED_NONE, "the sum over all images is cut" },
    { "05_async", RUN(conv2d_backward_dw, conv_dw_async), NEED_SM80, "the next tile is copied meanwhile" },
    { "06_tf32", RUN(conv2d_backward_dw, conv_dw_tf32), NEED_SM80 | IN_TF32,
      "tensor cores, operands in TF32" },
    { "07_bf16", RUN(conv2d_backward_dw, conv_dw_bf16), NEED_SM80 | IN_BF16,
      "tensor cores, operands in bf16" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
