/* products.cu - matrix products C = alpha A B + beta C as tutorials build them up: pointers that walk
 * along a matrix, tiles in registers, float4 by reference, tiles of warps, and tiles that a
 * cuda::barrier waits for. */
#include <cuda_runtime.h>
#include <cuda/barrier>

#include "styles.h"

#define CEIL_DIV(M, N) (((M) + (N)-1) / (N))

/* ---- one dimension of threads made two, the pointers moved instead of the indices ---- */

template <const int BLOCKSIZE>
__global__ void sgemm_shared(int M, int N, int K, float alpha, const float *A, const float *B, float beta,
                             float *C)
{
    const unsigned cRow = blockIdx.x, cCol = blockIdx.y;
    __shared__ float As[BLOCKSIZE * BLOCKSIZE];
    __shared__ float Bs[BLOCKSIZE * BLOCKSIZE];
    const unsigned threadCol = threadIdx.x % BLOCKSIZE, threadRow = threadIdx.x / BLOCKSIZE;
    A += cRow * BLOCKSIZE * K;
    B += cCol * BLOCKSIZE;
    C += cRow * BLOCKSIZE * N + cCol * BLOCKSIZE;
    float tmp = 0.0;
    for (int bkIdx = 0; bkIdx < K; bkIdx += BLOCKSIZE) {
        As[threadRow * BLOCKSIZE + threadCol] = A[threadRow * K + threadCol];
        Bs[threadRow * BLOCKSIZE + threadCol] = B[threadRow * N + threadCol];
        __syncthreads();
        A += BLOCKSIZE;
        B += BLOCKSIZE * N;
        for (int dotIdx = 0; dotIdx < BLOCKSIZE; ++dotIdx)
            tmp += As[threadRow * BLOCKSIZE + dotIdx] * Bs[dotIdx * BLOCKSIZE + threadCol];
        __syncthreads();
    }
    C[threadRow * N + threadCol] = alpha * tmp + beta * C[threadRow * N + threadCol];
    (void)M;
}

/* ---- float4 loads through references, A turned on its way, 8 x 8 results per thread ---- */

template <const int BM, const int BN, const int BK, const int TM, const int TN>
__global__ void __launch_bounds__((BM * BN) / (TM * TN), 1)
    sgemm_vectorized(int, int N, int K, float alpha, float *A, float *B, float beta, float *C)
{
    const unsigned cRow = blockIdx.y, cCol = blockIdx.x;
    const int threadCol = threadIdx.x % (BN / TN), threadRow = threadIdx.x / (BN / TN);
    __shared__ float As[BM * BK];
    __shared__ float Bs[BK * BN];
    A += cRow * BM * K;
    B += cCol * BN;
    C += cRow * BM * N + cCol * BN;
    const unsigned innerRowA = threadIdx.x / (BK / 4), innerColA = threadIdx.x % (BK / 4);
    const unsigned innerRowB = threadIdx.x / (BN / 4), innerColB = threadIdx.x % (BN / 4);
    float threadResults[TM * TN] = { 0.0 };
    float regM[TM] = { 0.0 };
    float regN[TN] = { 0.0 };
    for (int bkIdx = 0; bkIdx < K; bkIdx += BK) {
        float4 tmp = reinterpret_cast<float4 *>(&A[innerRowA * K + innerColA * 4])[0];
        As[(innerColA * 4 + 0) * BM + innerRowA] = tmp.x;
        As[(innerColA * 4 + 1) * BM + innerRowA] = tmp.y;
        As[(innerColA * 4 + 2) * BM + innerRowA] = tmp.z;
        As[(innerColA * 4 + 3) * BM + innerRowA] = tmp.w;
        reinterpret_cast<float4 *>(&Bs[innerRowB * BN + innerColB * 4])[0] =
            reinterpret_cast<float4 *>(&B[innerRowB * N + innerColB * 4])[0];
        __syncthreads();
        A += BK;
        B += BK * N;
        for (int dotIdx = 0; dotIdx < BK; ++dotIdx) {
            for (int i = 0; i < TM; ++i) regM[i] = As[dotIdx * BM + threadRow * TM + i];
            for (int i = 0; i < TN; ++i) regN[i] = Bs[dotIdx * BN + threadCol * TN + i];
            for (int resIdxM = 0; resIdxM < TM; ++resIdxM)
                for (int resIdxN = 0; resIdxN < TN; ++resIdxN)
                    threadResults[resIdxM * TN + resIdxN] += regM[resIdxM] * regN[resIdxN];
        }
        __syncthreads();
    }
    for (int resIdxM = 0; resIdxM < TM; resIdxM += 1)
        for (int resIdxN = 0; resIdxN < TN; resIdxN += 4) {
            float4 tmp =
                reinterpret_cast<float4 *>(&C[(threadRow * TM + resIdxM) * N + threadCol * TN + resIdxN])[0];
            tmp.x = alpha * threadResults[resIdxM * TN + resIdxN] + beta * tmp.x;
            tmp.y = alpha * threadResults[resIdxM * TN + resIdxN + 1] + beta * tmp.y;
            tmp.z = alpha * threadResults[resIdxM * TN + resIdxN + 2] + beta * tmp.z;
            tmp.w = alpha * threadResults[resIdxM * TN + resIdxN + 3] + beta * tmp.w;
            reinterpret_cast<float4 *>(&C[(threadRow * TM + resIdxM) * N + threadCol * TN + resIdxN])[0] =
                tmp;
        }
}

/* ---- two tiles in shared memory; the barriers in front and back change places, and so do the tiles ---- */

namespace
{
template <const int BM, const int BN, const int BK, const int NUM_THREADS, typename T>
__device__ void loadFromGmem(int N, int K, float *A, float *B, float *As, float *Bs, T &barrier)
{
    for (int i = threadIdx.x * 4; i < BM * BK;
         i += NUM_THREADS * 4) /* four floats of a row of A, each its own copy */
        for (int j = 0; j < 4; j++)
            cuda::memcpy_async(&As[(i % BK + j) * BM + i / BK], &A[i / BK * K + i % BK + j],
                               cuda::aligned_size_t<sizeof(float)>(sizeof(float)), barrier);
    for (int i = threadIdx.x * 4; i < BK * BN; i += NUM_THREADS * 4)
        cuda::memcpy_async(&Bs[i], &B[i / BN * N + i % BN],
                           cuda::aligned_size_t<sizeof(float4)>(sizeof(float4)), barrier);
}
} // namespace

template <const int BM, const int BN, const int BK, const int NUM_THREADS>
__global__ void __launch_bounds__(NUM_THREADS)
    sgemm_barriers(int, int N, int K, float alpha, float *A, float *B, float beta, float *C)
{
    using barrier = cuda::barrier<cuda::thread_scope::thread_scope_block>;
    __shared__ barrier frontBarrier, backBarrier;
    barrier *frontBarrierPtr = &frontBarrier, *backBarrierPtr = &backBarrier;
    __shared__ alignas(16) float As[2 * BM * BK];
    __shared__ alignas(16) float Bs[2 * BK * BN];
    if (threadIdx.x == 0) {
        init(&frontBarrier, blockDim.x);
        init(&backBarrier, blockDim.x);
    }
    __syncthreads();
    A += blockIdx.y * BM * K;
    B += blockIdx.x * BN;
    C += blockIdx.y * BM * N + blockIdx.x * BN;
    const int per_thread = BM * BN / NUM_THREADS, column = threadIdx.x % BN,
              row0 = threadIdx.x / BN * per_thread;
    float result[per_thread] = { 0.0 };
    int offset = 0;
    loadFromGmem<BM, BN, BK, NUM_THREADS>(N, K, A, B, As, Bs, *frontBarrierPtr);
    for (int bkIdx = 0; bkIdx < K; bkIdx += BK) {
        if (bkIdx + BK < K)
            loadFromGmem<BM, BN, BK, NUM_THREADS>(N, K, A + BK, B + BK * N, As + (1 - offset) * BM * BK,
                                                  Bs + (1 - offset) * BK * BN, *backBarrierPtr);
        frontBarrierPtr->arrive_and_wait();
        for (int k = 0; k < BK; k++)
            for (int i = 0; i < per_thread; i++)
                result[i] +=
                    As[offset * BM * BK + k * BM + row0 + i] * Bs[offset * BK * BN + k * BN + column];
        A += BK;
        B += BK * N;
        offset = 1 - offset;
        auto tmp = frontBarrierPtr;
        frontBarrierPtr = backBarrierPtr;
        backBarrierPtr = tmp;
        __syncthreads();
    }
    for (int i = 0; i < per_thread; i++) {
        float &c = C[(row0 + i) * N + column];
        c = alpha * result[i] + beta * c;
    }
}

/* ---- the same on the host ---- */

void products()
{
    const int M = 128, N = 128, K = 64;
    const float alpha = 0.5f, beta = 3.0f;
    std::vector<float> A = some_floats(M * K), B = some_floats(K * N, 2), C = some_floats(M * N, 3);
    std::vector<double> want(M * N);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < K; k++)
                sum += (double)A[(size_t)(i * K + k)] * (double)B[(size_t)(k * N + j)];
            want[(size_t)(i * N + j)] = (double)alpha * sum + (double)beta * (double)C[(size_t)(i * N + j)];
        }
    float *dA = to_device(A), *dB = to_device(B), *dC = to_device(C);
    auto again = [&] { CUDA(cudaMemcpy(dC, C.data(), C.size() * sizeof(float), cudaMemcpyHostToDevice)); };

    sgemm_shared<32>
        <<<dim3(CEIL_DIV(M, 32), CEIL_DIV(N, 32)), dim3(32 * 32)>>>(M, N, K, alpha, dA, dB, beta, dC);
    EXPECT_NEAR(dC, want);
    again();
    dim3 grid(CEIL_DIV(N, 128), CEIL_DIV(M, 128)), block((128 * 128) / (8 * 8));
    sgemm_vectorized<128, 128, 8, 8, 8><<<grid, block>>>(M, N, K, alpha, dA, dB, beta, dC);
    EXPECT_NEAR(dC, want);
    again();
    sgemm_barriers<64, 64, 16, 256><<<dim3(N / 64, M / 64), 256>>>(M, N, K, alpha, dA, dB, beta, dC);
    EXPECT_NEAR(dC, want);
    for (float *p : { dA, dB, dC }) cudaFree(p);
}
