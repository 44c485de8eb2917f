/* speed_gemm.cu - how long a tiled product of N x N matrices takes here, in milliseconds: what emu/README.md
 * says of the emulator's own speed. It is no test: a time says nothing about a GPU. */
#include <cuda_runtime.h>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

const int T = 16;

__global__ void tiled(int N, const float *A, const float *B, float *C)
{
    __shared__ float As[T][T], Bs[T][T];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * T + ty, col = blockIdx.x * T + tx;
    float sum = 0;
    for (int k0 = 0; k0 < N; k0 += T) {
        As[ty][tx] = A[row * N + k0 + tx];
        Bs[ty][tx] = B[(k0 + ty) * N + col];
        __syncthreads();
        for (int k = 0; k < T; k++) sum += As[ty][k] * Bs[k][tx];
        __syncthreads();
    }
    C[row * N + col] = sum;
}

static double milliseconds()
{
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

int main(int argc, char **argv)
{
    int N = (argc > 1 ? atoi(argv[1]) : 256) / T * T, rounds = argc > 2 ? atoi(argv[2]) : 5;
    size_t bytes = (size_t)N * N * sizeof(float);
    std::vector<float> host((size_t)N * N);
    for (size_t i = 0; i < host.size(); i++) host[i] = (float)(i * 7 % 13) - 6;
    float *A, *B, *C;
    cudaMalloc(&A, bytes);
    cudaMalloc(&B, bytes);
    cudaMalloc(&C, bytes);
    cudaMemcpy(A, host.data(), bytes, cudaMemcpyHostToDevice);
    cudaMemcpy(B, host.data(), bytes, cudaMemcpyHostToDevice);
    double best = 1e30;
    for (int i = 0; i < rounds; i++) {
        double begin = milliseconds();
        tiled<<<dim3(N / T, N / T), dim3(T, T)>>>(N, A, B, C);
        cudaDeviceSynchronize();
        double taken = milliseconds() - begin;
        if (taken < best) best = taken;
    }
    printf("%.1f\n", best);
    cudaFree(A);
    cudaFree(B);
    cudaFree(C);
    return 0;
}
