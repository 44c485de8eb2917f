/* 2.5 no_branches - the lanes of a warp stay together
 *
 *   dx (n) = dy (n) where y (n) > 0, else 0
 *
 * A warp executes one instruction at a time for its 32 lanes. Where some of them take one branch and the rest
 * the other, it executes both branches, one after the other, and in each of them the other lanes are idle.
 * This backward pass of ReLU does so in every warp, and each of its memory requests serves only some of the
 * lanes.
 *
 * Write it so that all lanes load, choose and store together. Choosing between two numbers is not a branch: a
 * GPU has an instruction for `condition ? one : other`.
 *
 * First write down what you expect of your version, as a number after the =; it is shown beside the count:
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
