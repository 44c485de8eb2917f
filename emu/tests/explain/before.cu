/* before.cu - a transpose whose stores are 256 bytes apart; after.cu is what mends it. */
#include <cuda_runtime.h>
__global__ void transpose(const float *in, float *out)
{
    int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
    out[x * 64 + y] = in[y * 64 + x];
}
int main()
{
    float *in, *out;
    cudaMalloc(&in, 16384), cudaMalloc(&out, 16384);
    cudaMemset(in, 0, 16384);
    transpose<<<dim3(2, 2), dim3(32, 32)>>>(in, out);
    return cudaDeviceSynchronize();
}
