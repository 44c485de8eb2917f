/* block_sum_wrong.cu - the sum of n numbers, a block of threads at a time; one barrier is missing. What does
 * `rungs emu emu/examples/block_sum_wrong.cu` say? block_sum.cu is the right one. */
#include <cstdio>

__global__ void block_sum(int n, const float *x, float *sum)
{
    __shared__ float part[256];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    part[t] = i < n ? x[i] : 0;
    for (int half = 128; half > 0; half /= 2) {
        if (t < half) part[t] += part[t + half];
        __syncthreads();
    }
    if (t == 0) atomicAdd(sum, part[0]);
}

int main()
{
    const int n = 1000;
    float x[n], sum = 0, *dx, *dsum;
    for (int i = 0; i < n; i++) x[i] = 1;
    cudaMalloc(&dx, sizeof x);
    cudaMalloc(&dsum, sizeof sum);
    cudaMemcpy(dx, x, sizeof x, cudaMemcpyHostToDevice);
    cudaMemcpy(dsum, &sum, sizeof sum, cudaMemcpyHostToDevice);
    block_sum<<<(n + 255) / 256, 256>>>(n, dx, dsum);
    cudaMemcpy(&sum, dsum, sizeof sum, cudaMemcpyDeviceToHost);
    printf("%g\n", (double)sum);
    return sum != n;
}
