/* 1.12 shared_tile - each number is loaded once for a whole tile
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * With one thread per output every row of x is loaded OUT times, every row of w N times. Here a block of SIDE
 * x SIDE threads loads SIDE columns of its SIDE rows of x and of w into shared memory, where each number
 * serves SIDE outputs; then the next SIDE columns. It loads the biases of its outputs once, too.
 *
 * Here it gives the right answer, and yet it is wrong: on a GPU y is wrong now and then. The threads of a
 * block run in no particular order. A thread that reads what another one has written must know that it has
 * been written: find the place where this is not so, and correct it.
 *
 * First write down what you expect of your version, as a number after the =; it is shown beside the count:
 * prediction: sectors of global memory per multiply-add =
 */
#include <cuda_runtime.h>

enum { SIDE = 16 };

__global__ void tiles(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y)
{
    __shared__ float xs[SIDE][SIDE], ws[SIDE][SIDE + 1], bias[SIDE]; /* + 1: neighbours in different banks */
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
