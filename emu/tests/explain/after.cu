/* after.cu - the transpose of before.cu through a shared tile. */
#include <cuda_runtime.h>
__global__ void transpose(const float *in, float *out)
{
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    __shared__ float tile[32][33];
    tile[threadIdx.y][threadIdx.x] = in[y * 64 + x];
    __syncthreads();
    x = blockIdx.y * 32 + threadIdx.x, y = blockIdx.x * 32 + threadIdx.y;
    out[y * 64 + x] = tile[threadIdx.x][threadIdx.y];
}
int main()
{
    float *in, *out;
    cudaMalloc(&in, 16384), cudaMalloc(&out, 16384);
    cudaMemset(in, 0, 16384);
    transpose<<<dim3(2, 2), dim3(32, 32)>>>(in, out);
    return cudaDeviceSynchronize();
}
