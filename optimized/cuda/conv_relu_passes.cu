/* conv_relu_passes.cu - what the rungs with a ReLU in two passes share: the passes, y (N,K,P,Q) = max(0, y)
 * and dz (N,C,H,W) = 0 where a <= 0, and rung 00, to which the fused rungs leave sizes beyond int.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"
#include "elements.h"

namespace
{

__global__ void __launch_bounds__(ELEMENT_THREADS) relu_of_results(size_t n, float *y)
{
    const size_t k = thread_of_grid();
    if (k < n) y[k] = y[k] <= 0 ? 0 : y[k]; /* a NaN stays one */
}

__global__ void __launch_bounds__(ELEMENT_THREADS) mask_of_inputs(size_t n, const float *a, float *dz)
{
    const size_t k = thread_of_grid();
    if (k < n && !(a[k] > 0)) dz[k] = 0;
}

} // namespace

void conv_relu_of_results(size_t n, float *y)
{
    relu_of_results<<<blocks_of_elements(n), ELEMENT_THREADS>>>(n, y);
}

void conv_relu_of_inputs(size_t n, const float *a, float *dz)
{
    mask_of_inputs<<<blocks_of_elements(n), ELEMENT_THREADS>>>(n, a, dz);
}

void conv_relu_forward_in_two(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    conv_forward_naive(CONV_GIVEN, x, w, b, y);
    conv_relu_of_results(conv_of(CONV_GIVEN).y_at(N, 0), y);
}

void conv_relu_dx_in_two(CONV_SIZES, const float *a, const float *w, const float *dy, float *dz)
{
    conv_dx_naive(CONV_GIVEN, w, dy, dz);
    conv_relu_of_inputs(conv_of(CONV_GIVEN).x_at(N, 0), a, dz);
}
