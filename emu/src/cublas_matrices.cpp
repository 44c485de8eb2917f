/* cublas_matrices.cpp - cuBLAS' functions of a matrix and vectors (level 2), and those of matrices (level
 * 3) that are not plain products. They compute in double, by their definitions. */
#include <vector>
#include "cublas_call.h"
#include "cublas_view.h"

using namespace emu;

namespace
{
struct Who {
    const char *name;
    cublasHandle_t handle;
    cudaDataType_t type;
    Where where;
};
} // namespace

/* C = beta C + value; what is there does not matter where beta is 0. */
static void put_sum(const View &c, long i, long j, double beta, double value)
{
    c.put(i, j, value + (beta != 0 ? beta * c.get(i, j) : 0));
}
static void put_sum(const Vector &y, long i, double beta, double value)
{
    y.put(i, value + (beta != 0 ? beta * y.get(i) : 0));
}

/* ---- a matrix and vectors ---- */

static cublasStatus_t gemv(const Who &who, cublasOperation_t trans, int m, int n, const void *alpha,
                           const void *A, int lda, const void *x, int incx, const void *beta, void *y,
                           int incy)
{
    BlasCall call(who.name, who.handle, who.where);
    bool turned = trans != CUBLAS_OP_N;
    int rows = turned ? n : m, cols = turned ? m : n;
    call.sizes({ { "m", m }, { "n", n } });
    Scalar by = call.scalar("alpha", alpha, who.type), keep = call.scalar("beta", beta, who.type);
    call.matrix("A", A, who.type, m, n, lda, Use::reads, &by);
    call.vector("x", x, who.type, cols, incx, Use::reads, &by);
    call.vector("y", y, who.type, rows, incy, Use::changes, &keep);
    return call.submit([=] {
        View a = { A, who.type, lda, turned };
        Vector from = { x, who.type, cols, incx }, to = { y, who.type, rows, incy };
        double factor = by.value(), kept = keep.value();
        for (long i = 0; i < rows; i++) {
            double sum = 0;
            for (long j = 0; j < cols && factor != 0; j++) sum += a.get(i, j) * from.get(j);
            put_sum(to, i, kept, factor * sum);
        }
    });
}

static cublasStatus_t ger(const Who &who, int m, int n, const void *alpha, const void *x, int incx,
                          const void *y, int incy, void *A, int lda)
{
    BlasCall call(who.name, who.handle, who.where);
    call.sizes({ { "m", m }, { "n", n } });
    Scalar by = call.scalar("alpha", alpha, who.type);
    call.vector("x", x, who.type, m, incx, Use::reads, &by);
    call.vector("y", y, who.type, n, incy, Use::reads, &by);
    call.matrix("A", A, who.type, m, n, lda, Use::changes);
    return call.submit([=] {
        View a = { A, who.type, lda, false };
        Vector left = { x, who.type, m, incx }, right = { y, who.type, n, incy };
        for (long j = 0; j < n && by.value() != 0; j++)
            for (long i = 0; i < m; i++) a.put(i, j, a.get(i, j) + by.value() * left.get(i) * right.get(j));
    });
}

/* Element i, j of a symmetric matrix of which one half is stored. */
static double symmetric(const View &a, bool upper, long i, long j)
{
    return (i <= j) == upper || i == j ? a.get(i, j) : a.get(j, i);
}

static cublasStatus_t symv(const Who &who, cublasFillMode_t uplo, int n, const void *alpha, const void *A,
                           int lda, const void *x, int incx, const void *beta, void *y, int incy)
{
    BlasCall call(who.name, who.handle, who.where);
    bool upper = uplo == CUBLAS_FILL_MODE_UPPER;
    call.sizes({ { "n", n } });
    Scalar by = call.scalar("alpha", alpha, who.type), keep = call.scalar("beta", beta, who.type);
    call.triangle("A", A, who.type, n, lda, upper, false, Use::reads, &by);
    call.vector("x", x, who.type, n, incx, Use::reads, &by);
    call.vector("y", y, who.type, n, incy, Use::changes, &keep);
    return call.submit([=] {
        View a = { A, who.type, lda, false };
        Vector from = { x, who.type, n, incx }, to = { y, who.type, n, incy };
        double factor = by.value(), kept = keep.value();
        for (long i = 0; i < n; i++) {
            double sum = 0;
            for (long j = 0; j < n && factor != 0; j++) sum += symmetric(a, upper, i, j) * from.get(j);
            put_sum(to, i, kept, factor * sum);
        }
    });
}

/* ---- triangles ---- */

/* x = op(A)^-1 x, where op(A) is upper or lower. get and put take the place of an element of x. */
template <class Get, class Put>
static void solve(const View &a, bool upper, bool unit, long n, const Get &get, const Put &put)
{
    for (long step = 0; step < n; step++) {
        long i = upper ? n - 1 - step : step;
        double sum = get(i);
        for (long done = 0; done < step; done++) {
            long j = upper ? n - 1 - done : done;
            sum -= a.get(i, j) * get(j);
        }
        put(i, unit ? sum : sum / a.get(i, i));
    }
}

static cublasStatus_t trsv(const Who &who, cublasFillMode_t uplo, cublasOperation_t trans,
                           cublasDiagType_t diag, int n, const void *A, int lda, void *x, int incx)
{
    BlasCall call(who.name, who.handle, who.where);
    bool upper = uplo == CUBLAS_FILL_MODE_UPPER, turned = trans != CUBLAS_OP_N,
         unit = diag == CUBLAS_DIAG_UNIT;
    call.sizes({ { "n", n } });
    call.triangle("A", A, who.type, n, lda, upper, unit, Use::reads);
    call.vector("x", x, who.type, n, incx, Use::changes);
    return call.submit([=] {
        View a = { A, who.type, lda, turned };
        Vector v = { x, who.type, n, incx };
        solve(
            a, upper != turned, unit, n, [&](long i) { return v.get(i); },
            [&](long i, double value) { v.put(i, value); });
    });
}

/* X op(A) = B is op(A)^T X^T = B^T. */
static cublasStatus_t trsm(const Who &who, cublasSideMode_t side, cublasFillMode_t uplo,
                           cublasOperation_t trans, cublasDiagType_t diag, int m, int n, const void *alpha,
                           const void *A, int lda, void *B, int ldb)
{
    BlasCall call(who.name, who.handle, who.where);
    bool left = side == CUBLAS_SIDE_LEFT, upper = uplo == CUBLAS_FILL_MODE_UPPER,
         turned = (trans != CUBLAS_OP_N) == left, unit = diag == CUBLAS_DIAG_UNIT;
    int order = left ? m : n, others = left ? n : m;
    call.sizes({ { "m", m }, { "n", n } });
    Scalar by = call.scalar("alpha", alpha, who.type);
    call.triangle("A", A, who.type, order, lda, upper, unit, Use::reads, &by);
    call.matrix("B", B, who.type, m, n, ldb, Use::changes, &by);
    return call.submit([=] {
        View a = { A, who.type, lda, turned }, b = { B, who.type, ldb, !left };
        for (long j = 0; j < others; j++) {
            std::vector<double> x((size_t)order);
            for (long i = 0; i < order; i++) x[(size_t)i] = by.value() != 0 ? by.value() * b.get(i, j) : 0;
            if (by.value() != 0)
                solve(
                    a, upper != turned, unit, order, [&](long i) { return x[(size_t)i]; },
                    [&](long i, double value) { x[(size_t)i] = value; });
            for (long i = 0; i < order; i++) b.put(i, j, x[(size_t)i]);
        }
    });
}

/* ---- matrices ---- */

static cublasStatus_t geam(const Who &who, cublasOperation_t transa, cublasOperation_t transb, int m, int n,
                           const void *alpha, const void *A, int lda, const void *beta, const void *B,
                           int ldb, void *C, int ldc)
{
    BlasCall call(who.name, who.handle, who.where);
    bool ta = transa != CUBLAS_OP_N, tb = transb != CUBLAS_OP_N;
    call.sizes({ { "m", m }, { "n", n } });
    call.want(
        !(C == A && (ta || lda != ldc)) && !(C == B && (tb || ldb != ldc)),
        "C is also A or B; that is possible only where it is not transposed and has the same leading dimension");
    Scalar first = call.scalar("alpha", alpha, who.type), second = call.scalar("beta", beta, who.type);
    call.matrix("A", A, who.type, ta ? n : m, ta ? m : n, lda, Use::reads, &first);
    call.matrix("B", B, who.type, tb ? n : m, tb ? m : n, ldb, Use::reads, &second);
    call.matrix("C", C, who.type, m, n, ldc, Use::writes);
    return call.submit([=] {
        View a = { A, who.type, lda, ta }, b = { B, who.type, ldb, tb }, c = { C, who.type, ldc, false };
        double x = first.value(), y = second.value();
        for (long j = 0; j < n; j++)
            for (long i = 0; i < m; i++)
                c.put(i, j, (x != 0 ? x * a.get(i, j) : 0) + (y != 0 ? y * b.get(i, j) : 0));
    });
}

static cublasStatus_t dgmm(const Who &who, cublasSideMode_t side, int m, int n, const void *A, int lda,
                           const void *x, int incx, void *C, int ldc)
{
    BlasCall call(who.name, who.handle, who.where);
    bool left = side == CUBLAS_SIDE_LEFT;
    call.sizes({ { "m", m }, { "n", n } });
    call.matrix("A", A, who.type, m, n, lda, Use::reads);
    call.vector("x", x, who.type, left ? m : n, incx, Use::reads);
    call.matrix("C", C, who.type, m, n, ldc, Use::writes);
    return call.submit([=] {
        View a = { A, who.type, lda, false }, c = { C, who.type, ldc, false };
        Vector d = { x, who.type, left ? m : n, incx };
        for (long j = 0; j < n; j++)
            for (long i = 0; i < m; i++) c.put(i, j, a.get(i, j) * d.get(left ? i : j));
    });
}

static cublasStatus_t symm(const Who &who, cublasSideMode_t side, cublasFillMode_t uplo, int m, int n,
                           const void *alpha, const void *A, int lda, const void *B, int ldb,
                           const void *beta, void *C, int ldc)
{
    BlasCall call(who.name, who.handle, who.where);
    bool left = side == CUBLAS_SIDE_LEFT, upper = uplo == CUBLAS_FILL_MODE_UPPER;
    int order = left ? m : n;
    call.sizes({ { "m", m }, { "n", n } });
    Scalar by = call.scalar("alpha", alpha, who.type), keep = call.scalar("beta", beta, who.type);
    call.triangle("A", A, who.type, order, lda, upper, false, Use::reads, &by);
    call.matrix("B", B, who.type, m, n, ldb, Use::reads, &by);
    call.matrix("C", C, who.type, m, n, ldc, Use::changes, &keep);
    return call.submit([=] {
        View a = { A, who.type, lda, false }, b = { B, who.type, ldb, false },
             c = { C, who.type, ldc, false };
        double factor = by.value(), kept = keep.value();
        for (long j = 0; j < n; j++)
            for (long i = 0; i < m; i++) {
                double sum = 0;
                for (long p = 0; p < order && factor != 0; p++)
                    sum += left ? symmetric(a, upper, i, p) * b.get(p, j)
                                : b.get(i, p) * symmetric(a, upper, p, j);
                put_sum(c, i, j, kept, factor * sum);
            }
    });
}

static cublasStatus_t syrk(const Who &who, cublasFillMode_t uplo, cublasOperation_t trans, int n, int k,
                           const void *alpha, const void *A, int lda, const void *beta, void *C, int ldc)
{
    BlasCall call(who.name, who.handle, who.where);
    bool upper = uplo == CUBLAS_FILL_MODE_UPPER, turned = trans != CUBLAS_OP_N;
    call.sizes({ { "n", n }, { "k", k } });
    Scalar by = call.scalar("alpha", alpha, who.type), keep = call.scalar("beta", beta, who.type);
    call.matrix("A", A, who.type, turned ? k : n, turned ? n : k, lda, Use::reads, &by);
    call.triangle("C", C, who.type, n, ldc, upper, false, Use::changes, &keep);
    return call.submit([=] {
        View a = { A, who.type, lda, turned }, c = { C, who.type, ldc, false };
        double factor = by.value(), kept = keep.value();
        for (long j = 0; j < n; j++)
            for (long i = upper ? 0 : j; i < (upper ? j + 1 : n); i++) {
                double sum = 0;
                for (long p = 0; p < k && factor != 0; p++) sum += a.get(i, p) * a.get(j, p);
                put_sum(c, i, j, kept, factor * sum);
            }
    });
}

#define MATRICES(P, T, TYPE)                                                                                 \
    cublasStatus_t cublas##P##gemv(cublasHandle_t h, cublasOperation_t trans, int m, int n, const T *alpha,  \
                                   const T *A, int lda, const T *x, int incx, const T *beta, T *y, int incy, \
                                   Where where)                                                              \
    {                                                                                                        \
        return gemv({ "cublas" #P "gemv", h, TYPE, where }, trans, m, n, alpha, A, lda, x, incx, beta, y,    \
                    incy);                                                                                   \
    }                                                                                                        \
    cublasStatus_t cublas##P##ger(cublasHandle_t h, int m, int n, const T *alpha, const T *x, int incx,      \
                                  const T *y, int incy, T *A, int lda, Where where)                          \
    {                                                                                                        \
        return ger({ "cublas" #P "ger", h, TYPE, where }, m, n, alpha, x, incx, y, incy, A, lda);            \
    }                                                                                                        \
    cublasStatus_t cublas##P##symv(cublasHandle_t h, cublasFillMode_t uplo, int n, const T *alpha,           \
                                   const T *A, int lda, const T *x, int incx, const T *beta, T *y, int incy, \
                                   Where where)                                                              \
    {                                                                                                        \
        return symv({ "cublas" #P "symv", h, TYPE, where }, uplo, n, alpha, A, lda, x, incx, beta, y, incy); \
    }                                                                                                        \
    cublasStatus_t cublas##P##trsv(cublasHandle_t h, cublasFillMode_t uplo, cublasOperation_t trans,         \
                                   cublasDiagType_t diag, int n, const T *A, int lda, T *x, int incx,        \
                                   Where where)                                                              \
    {                                                                                                        \
        return trsv({ "cublas" #P "trsv", h, TYPE, where }, uplo, trans, diag, n, A, lda, x, incx);          \
    }                                                                                                        \
    cublasStatus_t cublas##P##geam(cublasHandle_t h, cublasOperation_t transa, cublasOperation_t transb,     \
                                   int m, int n, const T *alpha, const T *A, int lda, const T *beta,         \
                                   const T *B, int ldb, T *C, int ldc, Where where)                          \
    {                                                                                                        \
        return geam({ "cublas" #P "geam", h, TYPE, where }, transa, transb, m, n, alpha, A, lda, beta, B,    \
                    ldb, C, ldc);                                                                            \
    }                                                                                                        \
    cublasStatus_t cublas##P##dgmm(cublasHandle_t h, cublasSideMode_t side, int m, int n, const T *A,        \
                                   int lda, const T *x, int incx, T *C, int ldc, Where where)                \
    {                                                                                                        \
        return dgmm({ "cublas" #P "dgmm", h, TYPE, where }, side, m, n, A, lda, x, incx, C, ldc);            \
    }                                                                                                        \
    cublasStatus_t cublas##P##symm(cublasHandle_t h, cublasSideMode_t side, cublasFillMode_t uplo, int m,    \
                                   int n, const T *alpha, const T *A, int lda, const T *B, int ldb,          \
                                   const T *beta, T *C, int ldc, Where where)                                \
    {                                                                                                        \
        return symm({ "cublas" #P "symm", h, TYPE, where }, side, uplo, m, n, alpha, A, lda, B, ldb, beta,   \
                    C, ldc);                                                                                 \
    }                                                                                                        \
    cublasStatus_t cublas##P##syrk(cublasHandle_t h, cublasFillMode_t uplo, cublasOperation_t trans, int n,  \
                                   int k, const T *alpha, const T *A, int lda, const T *beta, T *C, int ldc, \
                                   Where where)                                                              \
    {                                                                                                        \
        return syrk({ "cublas" #P "syrk", h, TYPE, where }, uplo, trans, n, k, alpha, A, lda, beta, C, ldc); \
    }                                                                                                        \
    cublasStatus_t cublas##P##trsm(cublasHandle_t h, cublasSideMode_t side, cublasFillMode_t uplo,           \
                                   cublasOperation_t trans, cublasDiagType_t diag, int m, int n,             \
                                   const T *alpha, const T *A, int lda, T *B, int ldb, Where where)          \
    {                                                                                                        \
        return trsm({ "cublas" #P "trsm", h, TYPE, where }, side, uplo, trans, diag, m, n, alpha, A, lda, B, \
                    ldb);                                                                                    \
    }
MATRICES(S, float, CUDA_R_32F)
MATRICES(D, double, CUDA_R_64F)
