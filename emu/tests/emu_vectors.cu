/* emu_vectors.cu - cuBLAS' functions of vectors, of a matrix and vectors, and of triangles, against double
 * loops. */
#include <cmath>
#include <cublas_v2.h>
#include <emu/testing.h>
#include "emu_test.h"

#define BLAS(call) EXPECT((call) == CUBLAS_STATUS_SUCCESS, "%s", #call)

static cublasHandle_t handle;
enum { ROWS = 7, COLS = 5, LD = 9, STEP = 2 };

/* Different numbers, none of them 0; those of the diagonal are large, so that triangles can be solved. */
static std::vector<double> numbers(size_t count, unsigned seed)
{
    std::vector<double> v(count);
    for (double &x : v) x = (double)((seed = seed * 1664525 + 1013904223) >> 16) / 32768 - 1.000001;
    for (size_t i = 0; i < count; i += LD + 1) v[i] += 4;
    return v;
}

/* Double's and float's functions, by one name. */
template <class T> struct Library;
#define LIBRARY(T, P, p)                                                   \
    template <> struct Library<T> {                                        \
        static constexpr auto axpy = cublas##P##axpy;                      \
        static constexpr auto scal = cublas##P##scal;                      \
        static constexpr auto copy = cublas##P##copy;                      \
        static constexpr auto swap = cublas##P##swap;                      \
        static constexpr auto rot = cublas##P##rot;                        \
        static constexpr auto dot = cublas##P##dot;                        \
        static constexpr auto nrm2 = cublas##P##nrm2;                      \
        static constexpr auto asum = cublas##P##asum;                      \
        static constexpr auto amax = cublasI##p##amax;                     \
        static constexpr auto amin = cublasI##p##amin;                     \
        static constexpr auto gemv = cublas##P##gemv;                      \
        static constexpr auto ger = cublas##P##ger;                        \
        static constexpr auto symv = cublas##P##symv;                      \
        static constexpr auto trsv = cublas##P##trsv;                      \
        static constexpr auto geam = cublas##P##geam;                      \
        static constexpr auto dgmm = cublas##P##dgmm;                      \
        static constexpr auto symm = cublas##P##symm;                      \
        static constexpr auto syrk = cublas##P##syrk;                      \
        static constexpr auto trsm = cublas##P##trsm;                      \
        static constexpr double exactness = sizeof(T) == 4 ? 1e-5 : 1e-13; \
    };
LIBRARY(float, S, s)
LIBRARY(double, D, d)

/* An array here and on the device. */
template <class T> struct Array {
    std::vector<T> host;
    T *device;
    explicit Array(unsigned seed, size_t count = LD * LD)
    {
        for (double x : numbers(count, seed)) host.push_back((T)x);
        device = to_device(host);
    }
    double operator()(int i, int j = 0) const
    {
        return (double)host[(size_t)(i + j * LD)];
    }
    /* Element i, j (of a vector: i, by STEP) is want(i, j). */
    template <class Want> void expect(const char *what, int rows, int cols, int step, Want want)
    {
        std::vector<T> got = to_host(device, host.size());
        for (int j = 0; j < cols; j++)
            for (int i = 0; i < rows; i++) {
                double value = (double)got[(size_t)(i * step + j * LD)], right = want(i, j);
                EXPECT(std::fabs(value - right) <= Library<T>::exactness * (1 + std::fabs(right)),
                       "%s %d %d: %.17g, not %.17g", what, i, j, value, right);
            }
    }
    ~Array()
    {
        CUDA(cudaFree(device));
    }
};

static const emu::Where nowhere = emu::here();

template <class T> static void check_vectors()
{
    typedef Library<T> L;
    const T two = 2, c = (T)0.6, s = (T)0.8;
    T result;
    int at;
    Array<T> x(1), y(2), z(3), u(4), v(5), w(6);
    BLAS(L::axpy(handle, ROWS, &two, x.device, STEP, y.device, 1, nowhere));
    y.expect("axpy", ROWS, 1, 1, [&](int i, int) { return y(i) + 2 * x(i * STEP); });
    BLAS(L::scal(handle, ROWS, &two, z.device, STEP, nowhere));
    z.expect("scal", ROWS, 1, 1, [&](int i, int) { return (i % STEP ? 1 : 2) * z(i); });
    BLAS(L::copy(handle, ROWS, x.device, STEP, u.device, -1, nowhere));
    u.expect("copy backwards", ROWS, 1, 1, [&](int i, int) { return x((ROWS - 1 - i) * STEP); });
    BLAS(L::rot(handle, ROWS, v.device, 1, w.device, 1, &c, &s, nowhere));
    v.expect("rot x", ROWS, 1, 1, [&](int i, int) { return (double)c * v(i) + (double)s * w(i); });
    w.expect("rot y", ROWS, 1, 1, [&](int i, int) { return (double)c * w(i) - (double)s * v(i); });
    Array<T> p(7), q(8);
    BLAS(L::swap(handle, ROWS, p.device, 1, q.device, STEP, nowhere));
    p.expect("swap x", ROWS, 1, 1, [&](int i, int) { return q(i * STEP); });
    q.expect("swap y", ROWS, 1, STEP, [&](int i, int) { return p(i); });

    double dot = 0, squares = 0, sizes = 0;
    int most = 0, least = 0;
    for (int i = 0; i < ROWS; i++) {
        double e = x(i * STEP);
        dot += e * p(i), squares += e * e, sizes += std::fabs(e);
        if (std::fabs(e) > std::fabs(x(most * STEP))) most = i;
        if (std::fabs(e) < std::fabs(x(least * STEP))) least = i;
    }
    Array<T> again(7);
    auto is = [&](const char *what, double want) {
        EXPECT(std::fabs((double)result - want) <= L::exactness * (1 + std::fabs(want)),
               "%s: %.17g, not %.17g", what, (double)result, want);
    };
    BLAS(L::dot(handle, ROWS, x.device, STEP, again.device, 1, &result, nowhere));
    is("dot", dot);
    BLAS(L::nrm2(handle, ROWS, x.device, STEP, &result, nowhere));
    is("nrm2", std::sqrt(squares));
    BLAS(L::asum(handle, ROWS, x.device, STEP, &result, nowhere));
    is("asum", sizes);
    BLAS(L::amax(handle, ROWS, x.device, STEP, &at, nowhere));
    EXPECT(at == most + 1, "amax counts from 1: %d", at);
    BLAS(L::amin(handle, ROWS, x.device, STEP, &at, nowhere));
    EXPECT(at == least + 1, "amin counts from 1: %d", at);
    T huge = (T)(sizeof(T) == 4 ? 1e30 : 1e200), *large = to_device(std::vector<T>{ huge, huge });
    BLAS(L::nrm2(handle, 2, large, 1, &result, nowhere));
    is("nrm2 of what is large", (double)huge * std::sqrt(2.0));
    CUDA(cudaFree(large));
}

template <class T> static void check_matrix_and_vectors()
{
    typedef Library<T> L;
    const T alpha = 2, beta = -1;
    Array<T> a(1), x(2);
    for (int turned = 0; turned < 2; turned++) {
        Array<T> y(3);
        int out = turned ? COLS : ROWS, in = turned ? ROWS : COLS;
        BLAS(L::gemv(handle, (cublasOperation_t)turned, ROWS, COLS, &alpha, a.device, LD, x.device, STEP,
                     &beta, y.device, 1, nowhere));
        y.expect("gemv", out, 1, 1, [&](int i, int) {
            double sum = 0;
            for (int j = 0; j < in; j++) sum += (turned ? a(j, i) : a(i, j)) * x(j * STEP);
            return 2 * sum - y(i);
        });
    }
    Array<T> y(4), z(5);
    BLAS(L::ger(handle, ROWS, COLS, &alpha, x.device, STEP, y.device, 1, z.device, LD, nowhere));
    z.expect("ger", ROWS, COLS, 1, [&](int i, int j) { return z(i, j) + 2 * x(i * STEP) * y(j); });
    for (int upper = 0; upper < 2; upper++) {
        Array<T> v(6);
        auto of = [&](int i, int j) { return (i <= j) == (upper != 0) || i == j ? a(i, j) : a(j, i); };
        BLAS(L::symv(handle, (cublasFillMode_t)upper, ROWS, &alpha, a.device, LD, x.device, 1, &beta,
                     v.device, 1, nowhere));
        v.expect("symv", ROWS, 1, 1, [&](int i, int) {
            double sum = 0;
            for (int j = 0; j < ROWS; j++) sum += of(i, j) * x(j);
            return 2 * sum - v(i);
        });
    }
}

/* What was solved, multiplied again, is what it was. */
template <class T> static void check_triangles()
{
    typedef Library<T> L;
    const T alpha = 2;
    Array<T> a(1);
    for (int way = 0; way < 16; way++) {
        bool upper = way & 1, turned = way & 2, unit = way & 4, right = way & 8;
        auto fill = (cublasFillMode_t)upper;
        auto op = (cublasOperation_t)turned;
        auto diagonal = (cublasDiagType_t)unit;
        auto of = [&](int i, int j) { /* op(A) */
                                      if (turned) std::swap(i, j);
                                      return i == j ? (unit ? 1 : a(i, j)) : (i < j) == upper ? a(i, j) : 0;
        };
        int order = right ? COLS : ROWS;
        Array<T> b(2), x(3);
        BLAS(L::trsm(handle, (cublasSideMode_t)right, fill, op, diagonal, ROWS, COLS, &alpha, a.device, LD,
                     b.device, LD, nowhere));
        std::vector<T> solved = to_host(b.device, b.host.size());
        for (int j = 0; j < COLS; j++)
            for (int i = 0; i < ROWS; i++) {
                double sum = 0;
                for (int p = 0; p < order; p++)
                    sum += right ? (double)solved[(size_t)(i + p * LD)] * of(p, j)
                                 : of(i, p) * (double)solved[(size_t)(p + j * LD)];
                EXPECT(std::fabs(sum - 2 * b(i, j)) < 30 * L::exactness, "trsm %d, %d %d: %g", way, i, j,
                       sum - 2 * b(i, j));
            }
        if (right) continue;
        BLAS(L::trsv(handle, fill, op, diagonal, ROWS, a.device, LD, x.device, STEP, nowhere));
        solved = to_host(x.device, x.host.size());
        for (int i = 0; i < ROWS; i++) {
            double sum = 0;
            for (int p = 0; p < ROWS; p++) sum += of(i, p) * (double)solved[(size_t)(p * STEP)];
            EXPECT(std::fabs(sum - x(i * STEP)) < 30 * L::exactness, "trsv %d, %d: %g", way, i,
                   sum - x(i * STEP));
        }
    }
}

template <class T> static void check_matrices()
{
    typedef Library<T> L;
    const T alpha = 2, beta = -1;
    Array<T> a(1), b(2), x(3);
    for (int way = 0; way < 4; way++) {
        bool ta = way & 1, tb = way & 2;
        Array<T> c(4), d(5), e(6), f(7);
        BLAS(L::geam(handle, (cublasOperation_t)ta, (cublasOperation_t)tb, ROWS, COLS, &alpha, a.device, LD,
                     &beta, b.device, LD, c.device, LD, nowhere));
        c.expect("geam", ROWS, COLS, 1,
                 [&](int i, int j) { return 2 * (ta ? a(j, i) : a(i, j)) - (tb ? b(j, i) : b(i, j)); });
        BLAS(L::dgmm(handle, (cublasSideMode_t)ta, ROWS, COLS, a.device, LD, x.device, STEP, d.device, LD,
                     nowhere));
        d.expect("dgmm", ROWS, COLS, 1, [&](int i, int j) { return a(i, j) * x((ta ? j : i) * STEP); });
        auto of = [&](int i, int j) { return (i <= j) == tb || i == j ? a(i, j) : a(j, i); };
        BLAS(L::symm(handle, (cublasSideMode_t)ta, (cublasFillMode_t)tb, ROWS, COLS, &alpha, a.device, LD,
                     b.device, LD, &beta, e.device, LD, nowhere));
        e.expect("symm", ROWS, COLS, 1, [&](int i, int j) {
            double sum = 0;
            for (int p = 0; p < (ta ? COLS : ROWS); p++) sum += ta ? b(i, p) * of(p, j) : of(i, p) * b(p, j);
            return 2 * sum - e(i, j);
        });
        BLAS(L::syrk(handle, (cublasFillMode_t)tb, (cublasOperation_t)ta, ROWS, COLS, &alpha, a.device, LD,
                     &beta, f.device, LD, nowhere));
        f.expect("syrk", ROWS, ROWS, 1, [&](int i, int j) {
            double sum = 0;
            for (int p = 0; p < COLS; p++) sum += ta ? a(p, i) * a(p, j) : a(i, p) * a(j, p);
            return i == j || (i < j) == tb ? 2 * sum - f(i, j) : f(i, j);
        });
    }
}

int main()
{
    BLAS(cublasCreate(&handle));
    check_vectors<float>(), check_vectors<double>();
    check_matrix_and_vectors<float>(), check_matrix_and_vectors<double>();
    check_triangles<float>(), check_triangles<double>();
    check_matrices<float>(), check_matrices<double>();
    EXPECT(emu::found().empty(), "right calls are silent");
    BLAS(cublasDestroy(handle));
    return finish();
}
