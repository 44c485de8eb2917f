/* emu_ptx_gemm.cu - a matrix product as it is written by hand for tensor cores: cp.async in two stages,
 * ldmatrix, mma.m16n8k16, all inline PTX behind macros, against sums in double. */
#include <cuda_fp16.h>
#include "emu_test.h"

#define COPY_16(to, from) \
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], %2;\n" ::"r"(to), "l"(from), "n"(16))
#define COPY_COMMIT() asm volatile("cp.async.commit_group;\n" ::)
#define COPY_WAIT(n)  asm volatile("cp.async.wait_group %0;\n" ::"n"(n) : "memory")
#define LOAD_4(r, at)                                                                 \
    asm volatile("ldmatrix.sync.aligned.x4.m8n8.shared.b16 {%0, %1, %2, %3}, [%4];\n" \
                 : "=r"((r)[0]), "=r"((r)[1]), "=r"((r)[2]), "=r"((r)[3])             \
                 : "r"(at))
#define LOAD_2_TRANSPOSED(r, at)                                                    \
    asm volatile("ldmatrix.sync.aligned.x2.trans.m8n8.shared.b16 {%0, %1}, [%2];\n" \
                 : "=r"((r)[0]), "=r"((r)[1])                                       \
                 : "r"(at))

enum { BM = 64, BN = 32, BK = 16 };

__device__ __forceinline__ void multiply(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/* Four warps: each 16 x 32 of the tile. Rows of the tiles are 16 bytes longer, against bank conflicts. */
__global__ void __launch_bounds__(128) product(int N, int K, const half *A, const half *B, float *C)
{
    __shared__ alignas(16) half a[2][BM][BK + 8], b[2][BK][BN + 8];
    const int t = threadIdx.x, lane = t % 32, warp = t / 32, m0 = blockIdx.y * BM, n0 = blockIdx.x * BN;
    float sum[BN / 8][4] = {};

    auto fetch = [&](int stage, int k) {
        const unsigned to_a = (unsigned)__cvta_generic_to_shared(&a[stage][t / 2][t % 2 * 8]);
        COPY_16(to_a, &A[(size_t)(m0 + t / 2) * K + k + t % 2 * 8]);
        if (t < 64) {
            const unsigned to_b = (unsigned)__cvta_generic_to_shared(&b[stage][t / 4][t % 4 * 8]);
            COPY_16(to_b, &B[(size_t)(k + t / 4) * N + n0 + t % 4 * 8]);
        }
        COPY_COMMIT();
    };
    fetch(0, 0);
    for (int k = 0; k < K; k += BK) {
        const int stage = k / BK % 2;
        if (k + BK < K)
            fetch(1 - stage, k + BK);
        else
            COPY_COMMIT();
        COPY_WAIT(1);
        __syncthreads();
        unsigned fa[4], fb[2];
        LOAD_4(fa, (unsigned)__cvta_generic_to_shared(&a[stage][16 * warp + lane % 16][lane / 16 * 8]));
        for (int n = 0; n < BN / 8; n++) {
            LOAD_2_TRANSPOSED(fb, (unsigned)__cvta_generic_to_shared(&b[stage][lane % 16][8 * n]));
            multiply(sum[n], fa, fb);
        }
        __syncthreads();
    }
    for (int n = 0; n < BN / 8; n++) {
        float *c = &C[(size_t)(m0 + 16 * warp + lane / 4) * N + n0 + 8 * n + 2 * (lane % 4)];
        asm volatile("st.global.cs.v2.f32 [%0], {%1, %2};" ::"l"(c), "f"(sum[n][0]), "f"(sum[n][1])
                     : "memory");
        *(float2 *)(c + 8 * N) = make_float2(sum[n][2], sum[n][3]);
    }
}

static void check(int M, int N, int K)
{
    std::vector<half> a((size_t)M * K), b((size_t)K * N);
    for (size_t i = 0; i < a.size(); i++) a[i] = (half)(float)((int)(i * 7 % 23) - 11);
    for (size_t i = 0; i < b.size(); i++) b[i] = (half)(float)((int)(i * 5 % 17) - 8);
    half *da = to_device(a), *db = to_device(b);
    float *dc = to_device(std::vector<float>((size_t)M * N));
    product<<<dim3(N / BN, M / BM), 128>>>(N, K, da, db, dc);
    std::vector<float> c = to_host(dc, (size_t)M * N);
    int wrong = 0;
    for (int m = 0; m < M; m++)
        for (int n = 0; n < N; n++) {
            double sum = 0;
            for (int k = 0; k < K; k++) sum += (double)(float)a[m * K + k] * (double)(float)b[k * N + n];
            wrong += !((double)c[m * N + n] == sum); /* integers below 2^24 */
        }
    EXPECT(wrong == 0, "%d x %d x %d: %d wrong", M, N, K, wrong);
    for (void *p : { (void *)da, (void *)db, (void *)dc }) CUDA(cudaFree(p));
}

int main()
{
    check(64, 32, 16);
    check(128, 96, 80);
    return finish();
}
