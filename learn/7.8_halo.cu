/* 7.8 halo - a tile, and the border that its neighbours have
 *
 *   x (N,C,H,W) images   w (K,C,3,3) kernels   b (K)   ->   y (N,K,H,W)
 *   y[n][k][h][v] = b[k] + sum over c, r, s of x[n][c][h + r - 1][v + s - 1] w[k][c][r][s]; x is 0 outside
 *
 * With one thread per output, each thread loads nine numbers of each plane, and its neighbours load eight of
 * these, too. Let the block load what its SIDE x SIDE outputs need into shared memory, plane by plane: that
 * is more than SIDE x SIDE numbers, because the outputs at its edge need a border of one pixel, the halo.
 * There are more numbers than threads, so each thread loads one or more. The nine weights of a plane serve
 * the whole block, too.
 *
 * blockIdx.z is n * K + k. Two barriers per plane are enough.
 *
 * First write down what you expect of your version, as a number after the =; it is shown beside the count:
 * prediction: sectors of global memory per multiply-add =
 */
#include <cuda_runtime.h>

enum { SIDE = 16 };
/* SOLUTION */
enum { WIDE = SIDE + 2 };
/* END */

/* x[c][h][v] of one image, 0 outside of it */
__device__ float pixel(const float *x, int c, int h, int v, int H, int W)
{
    return h >= 0 && h < H && v >= 0 && v < W ? x[((size_t)c * H + h) * W + v] : 0;
}

__global__ void convolve(int C, int H, int W, int K, const float *x, const float *w, const float *b, float *y)
{
    int n = blockIdx.z / K, k = blockIdx.z % K;
    int h = blockIdx.y * SIDE + threadIdx.y, v = blockIdx.x * SIDE + threadIdx.x;
    x += (size_t)n * C * H * W, w += (size_t)k * C * 9, y += (size_t)blockIdx.z * H * W;
    float sum = b[k];
    /* SOLUTION */
    __shared__ float tile[WIDE][WIDE], weight[9];
    int thread = threadIdx.y * SIDE + threadIdx.x;
    for (int c = 0; c < C; c++) {
        for (int e = thread; e < WIDE * WIDE; e += SIDE * SIDE)
            tile[e / WIDE][e % WIDE] = pixel(x, c, (int)blockIdx.y * SIDE + e / WIDE - 1,
                                             (int)blockIdx.x * SIDE + e % WIDE - 1, H, W);
        if (thread < 9) weight[thread] = w[c * 9 + thread];
        __syncthreads();
        for (int r = 0; r < 3; r++)
            for (int s = 0; s < 3; s++) sum += tile[threadIdx.y + r][threadIdx.x + s] * weight[r * 3 + s];
        __syncthreads();
    }
    /* STUB */
    for (int c = 0; c < C; c++)
        for (int r = 0; r < 3; r++)
            for (int s = 0; s < 3; s++)
                sum += pixel(x, c, h + r - 1, v + s - 1, H, W) * w[(c * 3 + r) * 3 + s];
    /* END */
    if (h < H && v < W) y[(size_t)h * W + v] = sum;
}

/* R and S are 3; stride, dilation, groups and the padding on all four sides are 1 */
extern "C" void conv2d_forward(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                               int groups, int top, int left, int bottom, int right, const float *x,
                               const float *w, const float *b, float *y)
{
    dim3 blocks((W + SIDE - 1) / SIDE, (H + SIDE - 1) / SIDE, N * K);
    convolve<<<blocks, dim3(SIDE, SIDE)>>>(C, H, W, K, x, w, b, y);
}
