/* blur.cuh - a blur of one row of numbers, by weights in constant memory; a project of several files. */
#ifndef BLUR_CUH
#define BLUR_CUH

#include <cuda_runtime.h>

const int RADIUS = 2, BLOCK = 64;

#ifdef __CUDACC__                                 /* host files include this, too */
extern __constant__ float weight[2 * RADIUS + 1]; /* blur.cu defines them; main.cu sets them */
extern __device__ int launches;
__global__ void blur(int n, const float *x, float *y);
__device__ float weighted(const float *tile, int at);

inline void launch_blur(int n, const float *x, float *y)
{
    blur<<<(n + BLOCK - 1) / BLOCK, BLOCK, (BLOCK + 2 * RADIUS) * sizeof(float)>>>(n, x, y);
}
#endif

#ifdef __cplusplus
extern "C"
#endif
    double
    sum(int n, const float *x);

#endif
