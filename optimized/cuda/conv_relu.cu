/* conv_relu.cu - the CUDA ladders of convolution with the ReLU beside it, as they stand in a network.
 *
 *   forward:     y (N,K,P,Q) = max(0, x correlated with w, + b)
 *   backward dx: dz (N,C,H,W) = dx of convolution, but 0 where a (N,C,H,W) <= 0
 *
 * Rungs 00 to 02 are rungs 00, 04 and 05 of convolution, followed by a kernel that passes over the result
 * (conv_relu_passes.cu). In the last two the ReLU is applied where a result is stored (conv_product.h): one
 * read and one write of it less, and one launch. Counted for 8 -> 64 planes of 8 x 32, with 3 x 3: forward
 * loads 5,621 sectors instead of 7,669 and stores 2,096 instead of 4,144. A result of C R S products has 8
 * bytes of those: with C R S = 27, as of the first layer of a network for colours, 54 operations, which an
 * H100 does in the time of three bytes. Prediction: 1.5 to 3 x for 27 products, 1.0 to 1.1 x for 576.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"
#include "ladders.h"

namespace
{

template <conv2d_forward_fn FIRST>
void forward_in_two(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    FIRST(CONV_GIVEN, x, w, b, y);
    conv_relu_of_results(conv_of(CONV_GIVEN).y_at(N, 0), y);
}

template <conv2d_backward_dx_fn FIRST>
void dx_in_two(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    FIRST(CONV_GIVEN, w, dy, dz);
    conv_relu_of_inputs(conv_of(CONV_GIVEN).x_at(N, 0), a, dz);
}

} // namespace

#define LADDER(op, in_two, first, fused)                                                                \
    extern "C" const struct rung op##_cuda[] = {                                                        \
        { "00_naive", RUN(op, fused##_in_two), NEED_NONE, "convolution 00, then a pass for the ReLU" }, \
        { "01_async", RUN(op, in_two<first##_async>), NEED_SM80,                                        \
          "convolution 04, then a pass for the ReLU" },                                                 \
        { "02_tf32", RUN(op, in_two<first##_tf32>), NEED_SM80 | IN_TF32,                                \
          "convolution 05, then a pass for the ReLU" },                                                 \
        { "03_epilogue", RUN(op, fused##_async), NEED_SM80,                                             \
          "convolution 04 with the ReLU before a result is stored" },                                   \
        { "04_tf32_epilogue", RUN(op, fused##_tf32), NEED_SM80 | IN_TF32,                               \
          "convolution 05 with the ReLU before a result is stored" },                                   \
        { nullptr, nullptr, NEED_NONE, nullptr },                                                       \
    }
LADDER(conv2d_relu_forward, forward_in_two, conv_forward, conv_relu_forward);
LADDER(conv2d_relu_backward_dx, dx_in_two, conv_dx, conv_relu_dx);
