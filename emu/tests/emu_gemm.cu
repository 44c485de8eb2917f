/* emu_gemm.cu - the tiled matrix product of every CUDA course: static and dynamic shared memory, one launch
 * each. C (M,N) = A (M,K) * B (K,N). */
#include <cuda_runtime.h>
#include <cstdio>
#include <vector>
#include "emu_test.h"

template <int T> __global__ void gemm_static(int M, int N, int K, const float *A, const float *B, float *C)
{
    __shared__ float As[T][T], Bs[T][T];
    int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * T + ty, col = blockIdx.x * T + tx;
    float sum = 0;
    for (int k0 = 0; k0 < K; k0 += T) {
        As[ty][tx] = row < M && k0 + tx < K ? A[row * K + k0 + tx] : 0.0f;
        Bs[ty][tx] = k0 + ty < K && col < N ? B[(k0 + ty) * N + col] : 0.0f;
        __syncthreads();
        for (int k = 0; k < T; k++) sum += As[ty][k] * Bs[k][tx];
        __syncthreads();
    }
    if (row < M && col < N) C[row * N + col] = sum;
}

__global__ void gemm_dynamic(int M, int N, int K, const float *A, const float *B, float *C)
{
    extern __shared__ float tiles[];
    int T = blockDim.x, tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * T + ty,
        col = blockIdx.x * T + tx;
    float *As = tiles, *Bs = tiles + T * T, sum = 0;
    for (int k0 = 0; k0 < K; k0 += T) {
        As[ty * T + tx] = row < M && k0 + tx < K ? A[row * K + k0 + tx] : 0.0f;
        Bs[ty * T + tx] = k0 + ty < K && col < N ? B[(k0 + ty) * N + col] : 0.0f;
        __syncthreads();
        for (int k = 0; k < T; k++) sum += As[ty * T + k] * Bs[k * T + tx];
        __syncthreads();
    }
    if (row < M && col < N) C[row * N + col] = sum;
}

/* Small integers: every product and sum is exact. */
static void check_product(int M, int N, int K, const std::vector<float> &A, const std::vector<float> &B,
                          float *device, const char *what)
{
    std::vector<float> C((size_t)M * N);
    CUDA(cudaGetLastError());
    CUDA(cudaDeviceSynchronize());
    CUDA(cudaMemcpy(C.data(), device, C.size() * sizeof(float), cudaMemcpyDeviceToHost));
    int wrong = 0;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            float sum = 0;
            for (int k = 0; k < K; k++) sum += A[i * K + k] * B[k * N + j];
            wrong += !(C[i * N + j] == sum);
        }
    EXPECT(wrong == 0, "%s, %d x %d x %d: %d wrong", what, M, N, K, wrong);
    CUDA(cudaMemset(device, 0xff, C.size() * sizeof(float)));
}

static void check_shape(int M, int N, int K)
{
    std::vector<float> A((size_t)M * K), B((size_t)K * N);
    for (size_t i = 0; i < A.size(); i++) A[i] = (float)((int)(i * 7 % 13) - 6);
    for (size_t i = 0; i < B.size(); i++) B[i] = (float)((int)(i * 5 % 11) - 5);
    float *a = to_device(A), *b = to_device(B), *c;
    CUDA(cudaMalloc(&c, (size_t)M * N * sizeof(float)));
    gemm_static<8><<<dim3((N + 7) / 8, (M + 7) / 8), dim3(8, 8)>>>(M, N, K, a, b, c);
    check_product(M, N, K, A, B, c, "gemm_static<8>");
    gemm_static<32><<<dim3((N + 31) / 32, (M + 31) / 32), dim3(32, 32)>>>(M, N, K, a, b, c);
    check_product(M, N, K, A, B, c, "gemm_static<32>");
    int T = 16;
    size_t bytes = 2 * T * T * sizeof(float);
    gemm_dynamic<<<dim3((N + T - 1) / T, (M + T - 1) / T), dim3(T, T), bytes>>>(M, N, K, a, b, c);
    check_product(M, N, K, A, B, c, "gemm_dynamic");
    CUDA(cudaFree(a));
    CUDA(cudaFree(b));
    CUDA(cudaFree(c));
}

int main()
{
    check_shape(64, 64, 64);
    check_shape(50, 70, 33);
    check_shape(1, 1, 1);
    return finish();
}
