/* cublas_gemm.cpp - cuBLAS' products of matrices, C = alpha op(A) op(B) + beta C: of one type, of several,
 * many at once. */
#include "cublas_call.h"
#include "gemm.h"

using namespace emu;

namespace
{
struct Matrix {
    const void *data;
    cudaDataType_t type;
    int ld;
    long long stride; /* in elements, between those of a batch */
};

struct Product {
    cublasOperation_t transa, transb;
    int m, n, k;
    Matrix a, b, c;
    const void *alpha, *beta;
    cublasComputeType_t compute;
    int batches;
    Scalar by = {}, keep = {};
};
} // namespace

/* ---- types ---- */

/* Of alpha and beta; -1: no type to compute in. */
static int scale_type(cublasComputeType_t compute)
{
    switch (compute) {
    case CUBLAS_COMPUTE_16F:
    case CUBLAS_COMPUTE_16F_PEDANTIC: return CUDA_R_16F;
    case CUBLAS_COMPUTE_32F:
    case CUBLAS_COMPUTE_32F_PEDANTIC:
    case CUBLAS_COMPUTE_32F_FAST_16F:
    case CUBLAS_COMPUTE_32F_FAST_16BF:
    case CUBLAS_COMPUTE_32F_FAST_TF32: return CUDA_R_32F;
    case CUBLAS_COMPUTE_64F:
    case CUBLAS_COMPUTE_64F_PEDANTIC: return CUDA_R_64F;
    case CUBLAS_COMPUTE_32I:
    case CUBLAS_COMPUTE_32I_PEDANTIC: return CUDA_R_32I;
    }
    return -1;
}

cublasComputeType_t emu_compute_type(cudaDataType type)
{
    switch (type) {
    case CUDA_R_16F: return CUBLAS_COMPUTE_16F;
    case CUDA_R_32F: return CUBLAS_COMPUTE_32F;
    case CUDA_R_64F: return CUBLAS_COMPUTE_64F;
    case CUDA_R_32I: return CUBLAS_COMPUTE_32I;
    default: return (cublasComputeType_t)-1;
    }
}

/* The table "cublasGemmEx() supports" of NVIDIA's documentation, without complex numbers. */
static const struct {
    cudaDataType_t scale, factors, result;
} supported[] = {
    { CUDA_R_16F, CUDA_R_16F, CUDA_R_16F },   { CUDA_R_32I, CUDA_R_8I, CUDA_R_32I },
    { CUDA_R_32F, CUDA_R_16BF, CUDA_R_16BF }, { CUDA_R_32F, CUDA_R_16F, CUDA_R_16F },
    { CUDA_R_32F, CUDA_R_8I, CUDA_R_32F },    { CUDA_R_32F, CUDA_R_16BF, CUDA_R_32F },
    { CUDA_R_32F, CUDA_R_16F, CUDA_R_32F },   { CUDA_R_32F, CUDA_R_32F, CUDA_R_32F },
    { CUDA_R_64F, CUDA_R_64F, CUDA_R_64F },
};

static bool is_supported(const Product &p, int scale)
{
    for (const auto &s : supported)
        if ((int)s.scale == scale && s.factors == p.a.type && s.factors == p.b.type && s.result == p.c.type)
            return true;
    return false;
}

/* ---- computing ---- */

template <class T> static void compute_as(const Product &p, const Matrix &a, const Matrix &b, void *c)
{
    size_t m = (size_t)p.m;
    double by = p.by.value(), keep = p.keep.value();
    auto take = [&](size_t first, size_t columns, const T *sum) {
        for (size_t j = 0; j < columns; j++)
            for (size_t i = 0; i < m; i++) {
                size_t at = i + (first + j) * (size_t)p.c.ld;
                double old = keep != 0 ? keep * get_number(c, p.c.type, at) : 0;
                put_number(c, p.c.type, at, by * (double)sum[i + j * m] + old);
            }
    };
    Factor left = { a.data, a.type, (size_t)a.ld, p.transa != CUBLAS_OP_N },
           right = { b.data, b.type, (size_t)b.ld, p.transb != CUBLAS_OP_N };
    gemm_sums<T>(m, (size_t)p.n, by != 0 ? (size_t)p.k : 0, left, right, take);
}

static void compute(const Product &p, const void *a, const void *b, void *c)
{
    Matrix left = p.a, right = p.b;
    left.data = a;
    right.data = b;
    switch (scale_type(p.compute)) {
    case CUDA_R_64F: return compute_as<double>(p, left, right, c);
    case CUDA_R_32I: return compute_as<int32_t>(p, left, right, c);
    default: return compute_as<float>(p, left, right, c);
    }
}

static void *at(const Matrix &matrix, int batch)
{
    return (char *)matrix.data + (long long)bytes_of(matrix.type) * matrix.stride * batch;
}

/* ---- arguments ---- */

struct Shape {
    int rows, cols;
};
static Shape shape_of(cublasOperation_t operation, int rows, int cols)
{
    return operation == CUBLAS_OP_N ? Shape{ rows, cols } : Shape{ cols, rows };
}

/* All but the arrays. */
static void check(BlasCall &call, Product &p)
{
    int scale = scale_type(p.compute);
    call.sizes({ { "m", p.m }, { "n", p.n }, { "k", p.k }, { "the number of batches", p.batches } });
    call.want(p.transa <= CUBLAS_OP_C && p.transb <= CUBLAS_OP_C,
              "transa is %d, transb %d; they are CUBLAS_OP_N, _T or _C", (int)p.transa, (int)p.transb);
    if (scale < 0) call.want(false, "%d is no type to compute in", (int)p.compute);
    if (call.legal() && !is_supported(p, scale))
        call.refuse_as(CUBLAS_STATUS_NOT_SUPPORTED,
                       "matrices of types %d, %d and %d do not go together when it computes as %d",
                       (int)p.a.type, (int)p.b.type, (int)p.c.type, (int)p.compute);
    p.by = call.scalar("alpha", p.alpha, (cudaDataType_t)scale);
    p.keep = call.scalar("beta", p.beta, (cudaDataType_t)scale);
}

static void check_leading(BlasCall &call, const char *name, const char *letters, cublasOperation_t operation,
                          int rows, int ld)
{
    call.want(
        ld >= (rows > 1 ? rows : 1),
        "%s is %d, but %s has %d rows (%s as it is stored, with %s): matrices are column-major, and the leading "
        "dimension is the distance between columns",
        name, ld, letters, rows, letters, operation == CUBLAS_OP_N ? "CUBLAS_OP_N" : "CUBLAS_OP_T");
}

static void check_leadings(BlasCall &call, const Product &p)
{
    check_leading(call, "lda", "A", p.transa, shape_of(p.transa, p.m, p.k).rows, p.a.ld);
    check_leading(call, "ldb", "B", p.transb, shape_of(p.transb, p.k, p.n).rows, p.b.ld);
    check_leading(call, "ldc", "C", CUBLAS_OP_N, p.m, p.c.ld);
}

static cublasStatus_t multiply(const char *name, cublasHandle_t handle, Product p, Where where)
{
    BlasCall call(name, handle, where);
    check(call, p);
    check_leadings(call, p);
    Shape a = shape_of(p.transa, p.m, p.k), b = shape_of(p.transb, p.k, p.n);
    call.want(p.batches < 2 || p.c.stride >= (long long)p.c.ld * p.n || p.c.stride < 0,
              "strideC is %lld, so that matrices of %d x %d with ldc %d overlap in C", p.c.stride, p.m, p.n,
              p.c.ld);
    if (!call.legal() || !p.m || !p.n || !p.batches) return call.submit([] {});
    call.matrix("A", p.a.data, p.a.type, a.rows, a.cols, p.a.ld, Use::reads, &p.by, p.a.stride, p.batches);
    call.matrix("B", p.b.data, p.b.type, b.rows, b.cols, p.b.ld, Use::reads, &p.by, p.b.stride, p.batches);
    call.matrix("C", p.c.data, p.c.type, p.m, p.n, p.c.ld, Use::changes, &p.keep, p.c.stride, p.batches);
    return call.submit([p] {
        for (int i = 0; i < p.batches; i++) compute(p, at(p.a, i), at(p.b, i), at(p.c, i));
    });
}

/* The arrays of pointers, and what they point to, are looked at when the call runs. */
static cublasStatus_t multiply_each(const char *name, cublasHandle_t handle, Product p, Where where)
{
    BlasCall call(name, handle, where);
    check(call, p);
    check_leadings(call, p);
    if (!call.legal() || !p.m || !p.n || !p.batches) return call.submit([] {});
    auto *as = (const void *const *)p.a.data, *bs = (const void *const *)p.b.data,
         *cs = (const void *const *)p.c.data;
    call.pointers("A", as, p.batches);
    call.pointers("B", bs, p.batches);
    call.pointers("C", cs, p.batches);
    return call.submit([=] {
        Shape a = shape_of(p.transa, p.m, p.k), b = shape_of(p.transb, p.k, p.n);
        for (int i = 0; i < p.batches; i++) {
            std::string of = "[" + std::to_string(i) + "]";
            auto operand = [&](const char *letter, const void *data, const Matrix &m, Shape s, Use use,
                               const Scalar &by) {
                return BlasCall::matrix_operand((letter + of).c_str(), data, m.type, s.rows, s.cols, m.ld,
                                                use, &by, 0, 1);
            };
            if (!call.uses({ operand("A", as[i], p.a, a, Use::reads, p.by),
                             operand("B", bs[i], p.b, b, Use::reads, p.by),
                             operand("C", cs[i], p.c, { p.m, p.n }, Use::changes, p.keep) }))
                return;
            compute(p, as[i], bs[i], (void *)cs[i]);
        }
    });
}

/* ---- any types ---- */

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                            int n, int k, const void *alpha, const void *A, cudaDataType Atype, int lda,
                            const void *B, cudaDataType Btype, int ldb, const void *beta, void *C,
                            cudaDataType Ctype, int ldc, cublasComputeType_t compute, cublasGemmAlgo_t,
                            Where where)
{
    return multiply("cublasGemmEx", handle,
                    { transa,
                      transb,
                      m,
                      n,
                      k,
                      { A, Atype, lda, 0 },
                      { B, Btype, ldb, 0 },
                      { C, Ctype, ldc, 0 },
                      alpha,
                      beta,
                      compute,
                      1 },
                    where);
}

cublasStatus_t cublasGemmStridedBatchedEx(cublasHandle_t handle, cublasOperation_t transa,
                                          cublasOperation_t transb, int m, int n, int k, const void *alpha,
                                          const void *A, cudaDataType Atype, int lda, long long strideA,
                                          const void *B, cudaDataType Btype, int ldb, long long strideB,
                                          const void *beta, void *C, cudaDataType Ctype, int ldc,
                                          long long strideC, int batches, cublasComputeType_t compute,
                                          cublasGemmAlgo_t, Where where)
{
    return multiply("cublasGemmStridedBatchedEx", handle,
                    { transa,
                      transb,
                      m,
                      n,
                      k,
                      { A, Atype, lda, strideA },
                      { B, Btype, ldb, strideB },
                      { C, Ctype, ldc, strideC },
                      alpha,
                      beta,
                      compute,
                      batches },
                    where);
}

cublasStatus_t cublasGemmBatchedEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb,
                                   int m, int n, int k, const void *alpha, const void *const A[],
                                   cudaDataType Atype, int lda, const void *const B[], cudaDataType Btype,
                                   int ldb, const void *beta, void *const C[], cudaDataType Ctype, int ldc,
                                   int batches, cublasComputeType_t compute, cublasGemmAlgo_t, Where where)
{
    return multiply_each("cublasGemmBatchedEx", handle,
                         { transa,
                           transb,
                           m,
                           n,
                           k,
                           { A, Atype, lda, 0 },
                           { B, Btype, ldb, 0 },
                           { C, Ctype, ldc, 0 },
                           alpha,
                           beta,
                           compute,
                           batches },
                         where);
}

cublasStatus_t cublasSgemmEx(cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m,
                             int n, int k, const float *alpha, const void *A, cudaDataType Atype, int lda,
                             const void *B, cudaDataType Btype, int ldb, const float *beta, void *C,
                             cudaDataType Ctype, int ldc, Where where)
{
    return multiply("cublasSgemmEx", handle,
                    { transa,
                      transb,
                      m,
                      n,
                      k,
                      { A, Atype, lda, 0 },
                      { B, Btype, ldb, 0 },
                      { C, Ctype, ldc, 0 },
                      alpha,
                      beta,
                      CUBLAS_COMPUTE_32F,
                      1 },
                    where);
}

/* ---- one type ---- */

#define GEMM(P, T, TYPE, COMPUTE)                                                                            \
    cublasStatus_t cublas##P##gemm(                                                                          \
        cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,      \
        const T *alpha, const T *A, int lda, const T *B, int ldb, const T *beta, T *C, int ldc, Where where) \
    {                                                                                                        \
        return multiply("cublas" #P "gemm", handle,                                                          \
                        { transa,                                                                            \
                          transb,                                                                            \
                          m,                                                                                 \
                          n,                                                                                 \
                          k,                                                                                 \
                          { A, TYPE, lda, 0 },                                                               \
                          { B, TYPE, ldb, 0 },                                                               \
                          { C, TYPE, ldc, 0 },                                                               \
                          alpha,                                                                             \
                          beta,                                                                              \
                          COMPUTE,                                                                           \
                          1 },                                                                               \
                        where);                                                                              \
    }                                                                                                        \
    cublasStatus_t cublas##P##gemmStridedBatched(                                                            \
        cublasHandle_t handle, cublasOperation_t transa, cublasOperation_t transb, int m, int n, int k,      \
        const T *alpha, const T *A, int lda, long long strideA, const T *B, int ldb, long long strideB,      \
        const T *beta, T *C, int ldc, long long strideC, int batches, Where where)                           \
    {                                                                                                        \
        return multiply("cublas" #P "gemmStridedBatched", handle,                                            \
                        { transa,                                                                            \
                          transb,                                                                            \
                          m,                                                                                 \
                          n,                                                                                 \
                          k,                                                                                 \
                          { A, TYPE, lda, strideA },                                                         \
                          { B, TYPE, ldb, strideB },                                                         \
                          { C, TYPE, ldc, strideC },                                                         \
                          alpha,                                                                             \
                          beta,                                                                              \
                          COMPUTE,                                                                           \
                          batches },                                                                         \
                        where);                                                                              \
    }                                                                                                        \
    cublasStatus_t cublas##P##gemmBatched(cublasHandle_t handle, cublasOperation_t transa,                   \
                                          cublasOperation_t transb, int m, int n, int k, const T *alpha,     \
                                          const T *const A[], int lda, const T *const B[], int ldb,          \
                                          const T *beta, T *const C[], int ldc, int batches, Where where)    \
    {                                                                                                        \
        return multiply_each("cublas" #P "gemmBatched", handle,                                              \
                             { transa,                                                                       \
                               transb,                                                                       \
                               m,                                                                            \
                               n,                                                                            \
                               k,                                                                            \
                               { A, TYPE, lda, 0 },                                                          \
                               { B, TYPE, ldb, 0 },                                                          \
                               { C, TYPE, ldc, 0 },                                                          \
                               alpha,                                                                        \
                               beta,                                                                         \
                               COMPUTE,                                                                      \
                               batches },                                                                    \
                             where);                                                                         \
    }
GEMM(S, float, CUDA_R_32F, CUBLAS_COMPUTE_32F)
GEMM(D, double, CUDA_R_64F, CUBLAS_COMPUTE_64F)
GEMM(H, __half, CUDA_R_16F, CUBLAS_COMPUTE_16F)
