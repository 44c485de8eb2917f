/* 1.12 shared_tile - each number is loaded once for a whole tile
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * With one thread per output every row of x is loaded OUT times, every row of w N times. Here a block of
 * SIDE x SIDE threads loads SIDE columns of its SIDE rows of x and of w into shared memory, where each number
 * serves SIDE outputs; then the next SIDE columns. The biases of its outputs it loads once, too.
 *
 * It gives the right answer here, and it is wrong: on a GPU, now and then, y will be. The threads of a block
 * run in no order. Whoever reads what another thread has written must know that it has: find the place where
 * one does not, and mend it.
 *
 * Say first what you expect of yours, as a number behind the =; it is shown beside the count:
 * prediction: sectors of global memory per multiply-add =
 */
#include <cuda_runtime.h>

enum { SIDE = 16 };

__global__ void tiles(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    __shared__ float xs[SIDE][SIDE], ws[SIDE][SIDE + 1], bias[SIDE]; /* one more: neighbours in other banks */
    int across = threadIdx.x, down = threadIdx.y;
    int o = blockIdx.x * SIDE + across, n = blockIdx.y * SIDE + down, row = blockIdx.x * SIDE + down;

    if (down == 0) bias[across] = o < OUT ? b[o] : 0;
    /* SOLUTION */
    __syncthreads();
    /* END */
    float sum = bias[across];
    for (int from = 0; from < IN; from += SIDE) {
        int i = from + across;
        xs[down][across] = n < N && i < IN ? x[(size_t)n * IN + i] : 0;
        ws[down][across] = row < OUT && i < IN ? w[(size_t)row * IN + i] : 0;
        __syncthreads(); /* the tiles are whole */
        for (int k = 0; k < SIDE; k++) sum += xs[down][k] * ws[across][k];
        __syncthreads(); /* nobody reads them any more */
    }
    if (n < N && o < OUT) y[(size_t)n * OUT + o] = sum;
}

extern "C" void dense_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b,
                              float *y)
{
    dim3 blocks((OUT + SIDE - 1) / SIDE, (N + SIDE - 1) / SIDE);
    tiles<<<blocks, dim3(SIDE, SIDE)>>>(N, IN, OUT, x, w, b, y);
}
