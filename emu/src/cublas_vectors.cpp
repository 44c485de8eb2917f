/* cublas_vectors.cpp - cuBLAS' functions of vectors (level 1). They compute in double. */
#include <algorithm>
#include <cmath>
#include "cublas_call.h"
#include "cublas_view.h"

using namespace emu;

namespace
{
/* What most of them get. */
struct Vectors {
    const char *name;
    cublasHandle_t handle;
    cudaDataType_t type;
    int n;
    const void *x;
    int incx;
    const void *y;
    int incy;
    Where where;

    Vector view_x() const
    {
        return { x, type, n, incx };
    }
    Vector view_y() const
    {
        return { y, type, n, incy };
    }
};
} // namespace

static cublasStatus_t axpy(const Vectors &v, const void *alpha)
{
    BlasCall call(v.name, v.handle, v.where);
    Scalar by = call.scalar("alpha", alpha, v.type);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::reads, &by);
    call.vector("y", v.y, v.type, v.n, v.incy, Use::changes);
    return call.submit([=] {
        Vector x = v.view_x(), y = v.view_y();
        double a = by.value();
        for (long i = 0; i < v.n && a != 0; i++) y.put(i, y.get(i) + a * x.get(i));
    });
}

static cublasStatus_t scal(const Vectors &v, const void *alpha)
{
    BlasCall call(v.name, v.handle, v.where);
    Scalar by = call.scalar("alpha", alpha, v.type);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::changes);
    return call.submit([=] {
        Vector x = v.view_x();
        for (long i = 0; i < v.n; i++) x.put(i, by.value() * x.get(i));
    });
}

static cublasStatus_t copy(const Vectors &v)
{
    BlasCall call(v.name, v.handle, v.where);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::reads);
    call.vector("y", v.y, v.type, v.n, v.incy, Use::writes);
    return call.submit([=] {
        for (long i = 0; i < v.n; i++) v.view_y().put(i, v.view_x().get(i));
    });
}

/* (x, y) becomes (c x + s y, c y - s x). */
static cublasStatus_t rot(const Vectors &v, const void *c, const void *s)
{
    BlasCall call(v.name, v.handle, v.where);
    Scalar cosine = call.scalar("c", c, v.type), sine = call.scalar("s", s, v.type);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::changes);
    call.vector("y", v.y, v.type, v.n, v.incy, Use::changes);
    return call.submit([=] {
        for (long i = 0; i < v.n; i++) {
            double x = v.view_x().get(i), y = v.view_y().get(i);
            v.view_x().put(i, cosine.value() * x + sine.value() * y);
            v.view_y().put(i, cosine.value() * y - sine.value() * x);
        }
    });
}

static cublasStatus_t swap(const Vectors &v)
{
    BlasCall call(v.name, v.handle, v.where);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::changes);
    call.vector("y", v.y, v.type, v.n, v.incy, Use::changes);
    return call.submit([=] {
        for (long i = 0; i < v.n; i++) {
            double x = v.view_x().get(i);
            v.view_x().put(i, v.view_y().get(i));
            v.view_y().put(i, x);
        }
    });
}

/* A number of x (and y). */
template <class Compute>
static cublasStatus_t reduce(const Vectors &v, void *result, cudaDataType_t type, Compute compute)
{
    BlasCall call(v.name, v.handle, v.where);
    call.vector("x", v.x, v.type, v.n, v.incx, Use::reads);
    if (v.y) call.vector("y", v.y, v.type, v.n, v.incy, Use::reads);
    call.result("the result", result, type);
    return call.submit([=] { put_number(result, type, 0, compute(v.view_x(), v.view_y())); });
}

static double dot(const Vector &x, const Vector &y)
{
    double sum = 0;
    for (long i = 0; i < x.n; i++) sum += x.get(i) * y.get(i);
    return sum;
}

/* Scaled, so that no square overflows. */
static double norm(const Vector &x, const Vector &)
{
    double most = 0, sum = 0;
    for (long i = 0; i < x.n; i++) {
        double size = std::fabs(x.get(i));
        if (!(size <= most)) most = size;
    }
    if (!(most > 0) || std::isinf(most)) return most;
    for (long i = 0; i < x.n; i++) sum += x.get(i) / most * (x.get(i) / most);
    return most * std::sqrt(sum);
}

static double sum_of_sizes(const Vector &x, const Vector &)
{
    double sum = 0;
    for (long i = 0; i < x.n; i++) sum += std::fabs(x.get(i));
    return sum;
}

/* Counted from 1, as in Fortran; 0 of an empty vector. */
static double largest(const Vector &x, const Vector &)
{
    long at = 0;
    for (long i = 1; i < x.n; i++)
        if (std::fabs(x.get(i)) > std::fabs(x.get(at))) at = i;
    return x.n > 0 ? (double)(at + 1) : 0;
}

static double smallest(const Vector &x, const Vector &)
{
    long at = 0;
    for (long i = 1; i < x.n; i++)
        if (std::fabs(x.get(i)) < std::fabs(x.get(at))) at = i;
    return x.n > 0 ? (double)(at + 1) : 0;
}

#define VECTORS(P, p, T, TYPE)                                                                               \
    cublasStatus_t cublas##P##axpy(cublasHandle_t h, int n, const T *alpha, const T *x, int incx, T *y,      \
                                   int incy, Where where)                                                    \
    {                                                                                                        \
        return axpy({ "cublas" #P "axpy", h, TYPE, n, x, incx, y, incy, where }, alpha);                     \
    }                                                                                                        \
    cublasStatus_t cublas##P##scal(cublasHandle_t h, int n, const T *alpha, T *x, int incx, Where where)     \
    {                                                                                                        \
        return scal({ "cublas" #P "scal", h, TYPE, n, x, incx, nullptr, 1, where }, alpha);                  \
    }                                                                                                        \
    cublasStatus_t cublas##P##copy(cublasHandle_t h, int n, const T *x, int incx, T *y, int incy,            \
                                   Where where)                                                              \
    {                                                                                                        \
        return copy({ "cublas" #P "copy", h, TYPE, n, x, incx, y, incy, where });                            \
    }                                                                                                        \
    cublasStatus_t cublas##P##swap(cublasHandle_t h, int n, T *x, int incx, T *y, int incy, Where where)     \
    {                                                                                                        \
        return swap({ "cublas" #P "swap", h, TYPE, n, x, incx, y, incy, where });                            \
    }                                                                                                        \
    cublasStatus_t cublas##P##rot(cublasHandle_t h, int n, T *x, int incx, T *y, int incy, const T *c,       \
                                  const T *s, Where where)                                                   \
    {                                                                                                        \
        return rot({ "cublas" #P "rot", h, TYPE, n, x, incx, y, incy, where }, c, s);                        \
    }                                                                                                        \
    cublasStatus_t cublas##P##dot(cublasHandle_t h, int n, const T *x, int incx, const T *y, int incy,       \
                                  T *result, Where where)                                                    \
    {                                                                                                        \
        return reduce({ "cublas" #P "dot", h, TYPE, n, x, incx, y, incy, where }, result, TYPE, dot);        \
    }                                                                                                        \
    cublasStatus_t cublas##P##nrm2(cublasHandle_t h, int n, const T *x, int incx, T *result, Where where)    \
    {                                                                                                        \
        return reduce({ "cublas" #P "nrm2", h, TYPE, n, x, incx, nullptr, 1, where }, result, TYPE, norm);   \
    }                                                                                                        \
    cublasStatus_t cublas##P##asum(cublasHandle_t h, int n, const T *x, int incx, T *result, Where where)    \
    {                                                                                                        \
        return reduce({ "cublas" #P "asum", h, TYPE, n, x, incx, nullptr, 1, where }, result, TYPE,          \
                      sum_of_sizes);                                                                         \
    }                                                                                                        \
    cublasStatus_t cublasI##p##amax(cublasHandle_t h, int n, const T *x, int incx, int *result, Where where) \
    {                                                                                                        \
        return reduce({ "cublasI" #p "amax", h, TYPE, n, x, incx, nullptr, 1, where }, result, CUDA_R_32I,   \
                      largest);                                                                              \
    }                                                                                                        \
    cublasStatus_t cublasI##p##amin(cublasHandle_t h, int n, const T *x, int incx, int *result, Where where) \
    {                                                                                                        \
        return reduce({ "cublasI" #p "amin", h, TYPE, n, x, incx, nullptr, 1, where }, result, CUDA_R_32I,   \
                      smallest);                                                                             \
    }
VECTORS(S, s, float, CUDA_R_32F)
VECTORS(D, d, double, CUDA_R_64F)
