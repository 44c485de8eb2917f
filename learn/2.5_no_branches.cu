/* 2.5 no_branches - the lanes of a warp stay together
 *
 *   dx (n) = dy (n) where y (n) > 0, else 0
 *
 * A warp has one instruction for its 32 lanes. Where half of them go one way and half the other, it takes
 * both ways, one after the other, with half of its lanes idle in each. This backward of ReLU does so at
 * every warp, and each of its requests to memory serves a part of the lanes alone.
 *
 * Write it so that all lanes load, choose and store together. Choosing between two numbers is no branch: for
 * `condition ? one : other` a GPU has an instruction.
 *
 * Say first what you expect of yours, as a number behind the =; it is shown beside the count:
 * prediction: idle lanes, of 32, per request =
 */
#include <cuda_runtime.h>

enum { THREADS = 256 };

__global__ void relu_back(int n, const float *y, const float *dy, float *dx)
{
    int k = blockIdx.x * THREADS + threadIdx.x;
    if (k >= n) return;
    /* SOLUTION */
    float upstream = dy[k];
    dx[k] = y[k] > 0 ? upstream : 0;
    /* STUB */
    if (y[k] > 0)
        dx[k] = dy[k];
    else
        dx[k] = 0;
    /* END */
}

extern "C" void relu_backward(int n, const float *y, const float *dy, float *dx)
{
    relu_back<<<(n + THREADS - 1) / THREADS, THREADS>>>(n, y, dy, dx);
}
