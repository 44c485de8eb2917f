/* 1.11 first_kernel - one thread per output
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * dense_forward runs on the host. Its arrays are in the GPU's memory, where only kernels can read them, so it
 * launches one: a grid of blocks of SIDE x SIDE threads, each of which computes one element y[n][o].
 *
 * This launches a single block, which is right for exactly SIDE x SIDE outputs: if there are more, only the
 * first are computed; if there are fewer, threads read and write beyond the arrays.
 *
 * Launch as many blocks as it takes to cover y, compute n and o from the block and the thread, and let
 * threads without an output do nothing.
 */
#include <cuda_runtime.h>

enum { SIDE = 16 };

__global__ void one_output(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    /* SOLUTION */
    int o = blockIdx.x * SIDE + threadIdx.x, n = blockIdx.y * SIDE + threadIdx.y;
    if (n >= N || o >= OUT) return;
    /* STUB */
    int o = threadIdx.x, n = threadIdx.y;
    /* END */
    float sum = b[o];
    for (int i = 0; i < IN; i++) sum += x[(size_t)n * IN + i] * w[(size_t)o * IN + i];
    y[(size_t)n * OUT + o] = sum;
}

extern "C" void dense_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b,
                              float *y)
{
    /* SOLUTION */
    dim3 blocks((OUT + SIDE - 1) / SIDE, (N + SIDE - 1) / SIDE);
    /* STUB */
    dim3 blocks(1, 1);
    /* END */
    one_output<<<blocks, dim3(SIDE, SIDE)>>>(N, IN, OUT, x, w, b, y);
}
