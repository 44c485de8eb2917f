/* emu_blas.cu - cuBLAS on the CPU: what it computes, against double loops, and what it refuses. */
#include <cublas_v2.h>
#include <cmath>
#include <emu/testing.h>
#include <random>
#include "emu_test.h"

#define BLAS(call) EXPECT((call) == CUBLAS_STATUS_SUCCESS, "%s", #call)

static cublasHandle_t handle;
static std::mt19937 source(7);

/* Small whole numbers: every sum is exact in float, and in half as long as k is small. */
static double next()
{
    return (double)(source() % 7) - 3;
}

template <class T> static std::vector<T> numbers(size_t count)
{
    std::vector<T> v(count);
    for (T &x : v) x = (T)(float)next();
    return v;
}

/* ---- products ---- */

struct Sizes {
    int m, n, k, lda, ldb, ldc;
    cublasOperation_t ta, tb;
};

/* Element i, j of alpha op(A) op(B) + beta C. */
template <class A, class C>
static double expected(const Sizes &s, const A *a, const A *b, const C *c, double alpha, double beta, int i,
                       int j)
{
    double sum = 0;
    for (int p = 0; p < s.k; p++) {
        double x = (double)(float)(s.ta == CUBLAS_OP_N ? a[i + p * s.lda] : a[p + i * s.lda]);
        double y = (double)(float)(s.tb == CUBLAS_OP_N ? b[p + j * s.ldb] : b[j + p * s.ldb]);
        sum += x * y;
    }
    return alpha * sum + (beta != 0 ? beta * (double)(float)c[i + j * s.ldc] : 0);
}

static Sizes sizes(int m, int n, int k, int ta, int tb)
{
    return {
        m, n, k, (ta ? k : m) + 2, (tb ? n : k) + 3, m + 1, (cublasOperation_t)ta, (cublasOperation_t)tb
    };
}

/* `call` multiplies; what lies between the columns of C must stay. */
template <class A, class C, class Call>
static void check_product(const char *name, const Sizes &s, int batches, double alpha, double beta, Call call)
{
    size_t one_a = (size_t)s.lda * (size_t)(s.ta ? s.m : s.k),
           one_b = (size_t)s.ldb * (size_t)(s.tb ? s.k : s.n), one_c = (size_t)s.ldc * (size_t)s.n,
           many = (size_t)batches;
    std::vector<A> a = numbers<A>(one_a * many), b = numbers<A>(one_b * many);
    std::vector<C> c = numbers<C>(one_c * many);
    A *da = to_device(a), *db = to_device(b);
    C *dc = to_device(c);
    BLAS(call(da, (long long)one_a, db, (long long)one_b, dc, (long long)one_c));
    std::vector<C> got = to_host(dc, one_c * many);
    int wrong = 0;
    for (size_t batch = 0; batch < many; batch++)
        for (int j = 0; j < s.n; j++)
            for (int i = 0; i < s.ldc; i++) {
                size_t at = (size_t)(i + j * s.ldc);
                double want = i < s.m ? expected(s, &a[batch * one_a], &b[batch * one_b], &c[batch * one_c],
                                                 alpha, beta, i, j)
                                      : (double)(float)c[batch * one_c + at];
                wrong += !((double)(float)got[batch * one_c + at] == want);
            }
    EXPECT(!wrong, "%s %d x %d x %d, ops %d %d, %d batches: %d elements are wrong", name, s.m, s.n, s.k,
           (int)s.ta, (int)s.tb, batches, wrong);
    for (void *array : { (void *)da, (void *)db, (void *)dc }) CUDA(cudaFree(array));
}

static const int shapes[][3] = { { 1, 1, 1 }, { 5, 7, 3 }, { 16, 6, 8 }, { 37, 101, 9 }, { 33, 1, 20 } };

static void check_products()
{
    const float alpha = 2, beta = -1, none = 0;
    const double dalpha = 2, dbeta = -1;
    for (const auto &shape : shapes)
        for (int ops = 0; ops < 4; ops++) {
            Sizes s = sizes(shape[0], shape[1], shape[2], ops & 1, ops >> 1);
            check_product<float, float>("Sgemm", s, 1, 2, -1,
                                        [&](float *a, long long, float *b, long long, float *c, long long) {
                                            return cublasSgemm(handle, s.ta, s.tb, s.m, s.n, s.k, &alpha, a,
                                                               s.lda, b, s.ldb, &beta, c, s.ldc);
                                        });
            check_product<double, double>(
                "Dgemm", s, 1, 2, -1, [&](double *a, long long, double *b, long long, double *c, long long) {
                    return cublasDgemm(handle, s.ta, s.tb, s.m, s.n, s.k, &dalpha, a, s.lda, b, s.ldb, &dbeta,
                                       c, s.ldc);
                });
            check_product<__half, float>(
                "GemmEx", s, 1, 2, 0, [&](__half *a, long long, __half *b, long long, float *c, long long) {
                    return cublasGemmEx(handle, s.ta, s.tb, s.m, s.n, s.k, &alpha, a, CUDA_R_16F, s.lda, b,
                                        CUDA_R_16F, s.ldb, &none, c, CUDA_R_32F, s.ldc, CUBLAS_COMPUTE_32F,
                                        CUBLAS_GEMM_DEFAULT);
                });
            check_product<float, float>(
                "SgemmStridedBatched", s, 3, 2, -1,
                [&](float *a, long long sa, float *b, long long sb, float *c, long long sc) {
                    return cublasSgemmStridedBatched(handle, s.ta, s.tb, s.m, s.n, s.k, &alpha, a, s.lda, sa,
                                                     b, s.ldb, sb, &beta, c, s.ldc, sc, 3);
                });
        }
}

static void check_other_products()
{
    const float alpha = 2, beta = 1;
    const __half halpha = __float2half(2), hbeta = __float2half(1);
    const int32_t one = 1, none = 0;
    Sizes s = sizes(20, 13, 5, 1, 0);
    check_product<__half, __half>("Hgemm", s, 1, 2, 1,
                                  [&](__half *a, long long, __half *b, long long, __half *c, long long) {
                                      return cublasHgemm(handle, s.ta, s.tb, s.m, s.n, s.k, &halpha, a, s.lda,
                                                         b, s.ldb, &hbeta, c, s.ldc);
                                  });
    check_product<__nv_bfloat16, __nv_bfloat16>(
        "GemmStridedBatchedEx", s, 2, 2, 1,
        [&](__nv_bfloat16 *a, long long sa, __nv_bfloat16 *b, long long sb, __nv_bfloat16 *c, long long sc) {
            return cublasGemmStridedBatchedEx(handle, s.ta, s.tb, s.m, s.n, s.k, &alpha, a, CUDA_R_16BF,
                                              s.lda, sa, b, CUDA_R_16BF, s.ldb, sb, &beta, c, CUDA_R_16BF,
                                              s.ldc, sc, 2, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT);
        });
    check_product<int8_t, int32_t>(
        "GemmEx int8", s, 1, 1, 0, [&](int8_t *a, long long, int8_t *b, long long, int32_t *c, long long) {
            return cublasGemmEx(handle, s.ta, s.tb, s.m, s.n, s.k, &one, a, CUDA_R_8I, s.lda, b, CUDA_R_8I,
                                s.ldb, &none, c, CUDA_R_32I, s.ldc, CUBLAS_COMPUTE_32I, CUBLAS_GEMM_DEFAULT);
        });
    check_product<float, float>(
        "SgemmBatched", s, 3, 2, 1,
        [&](float *a, long long sa, float *b, long long sb, float *c, long long sc) {
            const float **as = to_device(std::vector<const float *>{ a, a + sa, a + 2 * sa }),
                        **bs = to_device(std::vector<const float *>{ b, b + sb, b + 2 * sb });
            float **cs = to_device(std::vector<float *>{ c, c + sc, c + 2 * sc });
            cublasStatus_t status = cublasSgemmBatched(handle, s.ta, s.tb, s.m, s.n, s.k, &alpha, as, s.lda,
                                                       bs, s.ldb, &beta, cs, s.ldc, 3);
            for (void *array : { (void *)as, (void *)bs, (void *)cs }) CUDA(cudaFree(array));
            return status;
        });
}

/* A NaN in C does not matter where beta is 0, nor one in A where alpha is. */
static void check_what_is_not_read()
{
    const float zero = 0, one = 1;
    std::vector<float> numbers_of_a(4, 2), nan(4, NAN);
    float *a = to_device(numbers_of_a), *b = to_device(numbers_of_a), *bad = to_device(nan),
          *c = to_device(nan);
    BLAS(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, a, 2, b, 2, &zero, c, 2));
    for (float x : to_host(c, 4)) EXPECT(x == 8, "beta 0: %g", (double)x);
    BLAS(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &zero, bad, 2, b, 2, &one, c, 2));
    for (float x : to_host(c, 4)) EXPECT(x == 8, "alpha 0: %g", (double)x);
    for (void *array : { a, b, bad, c }) CUDA(cudaFree(array));
}

/* ---- the handle ---- */

static void check_pointer_mode()
{
    float *scalars = to_device(std::vector<float>{ 2, -1 }), *a = to_device(std::vector<float>(4, 1)),
          *c = to_device(std::vector<float>(4, 5));
    cublasPointerMode_t mode;
    BLAS(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_DEVICE));
    BLAS(cublasGetPointerMode(handle, &mode));
    EXPECT(mode == CUBLAS_POINTER_MODE_DEVICE, "pointer mode");
    BLAS(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, scalars, a, 2, a, 2, scalars + 1, c, 2));
    BLAS(cublasSetPointerMode(handle, CUBLAS_POINTER_MODE_HOST));
    for (float x : to_host(c, 4)) EXPECT(x == -1, "scalars of the device: %g", (double)x);
    for (void *array : { scalars, a, c }) CUDA(cudaFree(array));
}

/* A call is work in its stream: copies there come after it. */
static void check_stream()
{
    const float one = 1, zero = 0;
    cudaStream_t stream, of_handle;
    float *a = to_device(std::vector<float>(4, 3)), *c = to_device(std::vector<float>(4, 0)), *host;
    CUDA(cudaMallocHost(&host, 4 * sizeof(float)));
    CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    BLAS(cublasSetStream(handle, stream));
    BLAS(cublasGetStream(handle, &of_handle));
    EXPECT(of_handle == stream, "the stream");
    BLAS(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, 2, 2, 2, &one, a, 2, a, 2, &zero, c, 2));
    CUDA(cudaMemcpyAsync(host, c, 4 * sizeof(float), cudaMemcpyDeviceToHost, stream));
    CUDA(cudaStreamSynchronize(stream));
    EXPECT(host[0] == 18 && host[3] == 18, "in a stream: %g %g", (double)host[0], (double)host[3]);
    BLAS(cublasSetStream(handle, nullptr));
    CUDA(cudaStreamDestroy(stream));
    CUDA(cudaFreeHost(host));
    for (void *array : { a, c }) CUDA(cudaFree(array));
}

static void check_copies()
{
    std::vector<float> a = numbers<float>(7 * 5), back(6 * 5, 99);
    float *d = to_device(std::vector<float>(9 * 5, 1)), strided[10] = { 0 };
    BLAS(cublasSetMatrix(4, 5, 4, a.data(), 7, d, 9));
    BLAS(cublasGetMatrix(4, 5, 4, d, 9, back.data(), 6));
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 6; i++) {
            float want = i < 4 ? a[(size_t)(i + 7 * j)] : 99;
            EXPECT(back[(size_t)(i + 6 * j)] == want, "matrix %d %d", i, j);
        }
    BLAS(cublasSetVector(5, 4, a.data(), 2, d, 3));
    BLAS(cublasGetVector(5, 4, d, 3, strided, 2));
    for (int i = 0; i < 5; i++) EXPECT(strided[2 * i] == a[(size_t)(2 * i)], "vector %d", i);
    CUDA(cudaFree(d));
}

/* ---- refusals: the status, and a finding that says why ---- */

static void expect_refused(cublasStatus_t status, cublasStatus_t wanted, const char *words)
{
    bool said = !emu::found().empty() && emu::found().back().what.find(words) != std::string::npos;
    EXPECT(status == wanted, "%s: status %s, not %s", words, cublasGetStatusName(status),
           cublasGetStatusName(wanted));
    EXPECT(said, "it does not say '%s' but '%s'", words,
           emu::found().empty() ? "" : emu::found().back().what.c_str());
    emu::forget_findings();
    cudaGetLastError();
}

static void check_refusals()
{
    const float one = 1;
    float host[16] = { 0 }, *a = to_device(std::vector<float>(16, 1)),
          *c = to_device(std::vector<float>(16, 1));
    const cublasOperation_t N = CUBLAS_OP_N, T = CUBLAS_OP_T;
    const cublasStatus_t invalid = CUBLAS_STATUS_INVALID_VALUE, failed = CUBLAS_STATUS_EXECUTION_FAILED;
    auto sgemm = [&](cublasOperation_t ta, cublasOperation_t tb, int m, int n, int k, const float *x, int lda,
                     int ldb, float *y, int ldc, const float *alpha) {
        return cublasSgemm(handle, ta, tb, m, n, k, alpha, x, lda, a, ldb, &one, y, ldc);
    };
    expect_refused(sgemm(N, N, 4, 4, 2, a, 3, 2, c, 4, &one), invalid, "lda is 3, but A has 4 rows");
    expect_refused(sgemm(T, N, 2, 4, 4, a, 3, 4, c, 4, &one), invalid, "lda is 3, but A has 4 rows");
    expect_refused(sgemm(N, T, 4, 4, 2, a, 4, 3, c, 4, &one), invalid, "ldb is 3, but B has 4 rows");
    expect_refused(sgemm(N, N, 4, 4, 2, a, 4, 2, c, 2, &one), invalid, "ldc is 2, but C has 4 rows");
    expect_refused(sgemm(N, N, -1, 4, 2, a, 4, 2, c, 4, &one), invalid, "m is -1");
    expect_refused(sgemm(N, N, 4, 4, 4, a, 5, 4, c, 4, &one), failed,
                   "A (4 x 4, leading dimension 5) needs 76 bytes");
    expect_refused(sgemm(N, N, 4, 4, 4, host, 4, 4, c, 4, &one), failed,
                   "A (4 x 4, leading dimension 4) is host memory");
    expect_refused(sgemm(N, N, 4, 4, 4, nullptr, 4, 4, c, 4, &one), failed, "is a null pointer");
    expect_refused(sgemm(N, N, 4, 4, 4, a, 4, 4, host, 4, &one), failed,
                   "C (4 x 4, leading dimension 4) is host memory");
    expect_refused(sgemm(N, N, 4, 4, 4, a, 4, 4, c, 4, a), invalid, "alpha is memory of the device");
    expect_refused(sgemm(N, N, 4, 4, 4, a, 4, 4, c, 4, nullptr), invalid, "alpha is a null pointer");
    expect_refused(cublasSetMatrix(4, 4, 4, host, 3, a, 4), invalid, "columns of 4 elements");
    expect_refused(cublasSetMatrix(4, 5, 4, host, 4, a, 4), CUBLAS_STATUS_MAPPING_ERROR,
                   "at most 64 bytes are possible");
    expect_refused(cublasSetStream(nullptr, nullptr), CUBLAS_STATUS_NOT_INITIALIZED, "the handle is null");
    expect_refused(cublasGemmEx(handle, N, N, 2, 2, 2, &one, a, CUDA_R_32F, 2, a, CUDA_R_16F, 2, &one, c,
                                CUDA_R_32F, 2, CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
                   CUBLAS_STATUS_NOT_SUPPORTED, "do not go together");
    EXPECT(sgemm(N, N, 0, 4, 4, a, 4, 4, c, 4, &one) == CUBLAS_STATUS_SUCCESS, "no rows");
    CUDA(cudaFree(a));
    CUDA(cudaFree(c));
}

int main()
{
    BLAS(cublasCreate(&handle));
    check_products();
    check_other_products();
    check_what_is_not_read();
    check_pointer_mode();
    check_stream();
    check_copies();
    EXPECT(emu::found().empty(), "right calls are silent");
    emu::options.throws = true; /* findings are looked at, not printed */
    check_refusals();
    BLAS(cublasDestroy(handle));
    expect_refused(cublasDestroy(handle), CUBLAS_STATUS_NOT_INITIALIZED, "or is destroyed");
    return finish();
}
