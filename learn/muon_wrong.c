/* muon_wrong.c - wrong versions of a Newton-Schulz iteration on x (rows,cols); see mistakes.h. */
#include <stdlib.h>

#include "../base/memory.h"
#include "../reference/real.h"
#include "wrong.h"

enum wrong {
    UNSCALED,     /* x is not divided by its norm              */
    BY_LARGEST,   /* divided by its largest element            */
    NO_SQUARE,    /* c A A is left out                         */
    SWAPPED,      /* b and c exchanged                         */
    STEP_LESS,    /* a step too few                            */
    CLASSICAL,    /* 3/2 X - 1/2 A X                           */
    NOT_BACK,     /* for a tall matrix y is left transposed    */
    SCALED_BACK,  /* y is multiplied by the norm at the end    */
    GRAM_OF_FIRST /* A is that of the first X in all steps     */
};

/* c (k,n) = a (k,m) b (m,n), or b^T of b (n,m) */
static void product(int k, int m, int n, const real *a, const real *b, int transposed, real *c)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++) {
            real sum = 0;
            for (int l = 0; l < m; l++)
                sum += a[(size_t)i * m + l] * b[transposed ? (size_t)j * m + l : (size_t)l * n + j];
            c[(size_t)i * n + j] = sum;
        }
}

static real size_of(size_t n, const real *x, enum wrong wrong)
{
    real squares = 0, largest = 0;
    for (size_t e = 0; e < n; e++) {
        squares += x[e] * x[e];
        if (x[e] > largest || -x[e] > largest) largest = x[e] > 0 ? x[e] : -x[e];
    }
    return wrong == BY_LARGEST ? largest : sqrt(squares);
}

/* X (k,n), a step of it; room for 2 k k + k n */
static void step(int k, int n, real *X, real *A, int is_first, enum wrong wrong)
{
    real a = (real)3.4445, b = (real)-4.7750, c = (real)2.0315, *AA = A + (size_t)k * k,
         *more = AA + (size_t)k * k;
    if (wrong == SWAPPED) b = (real)2.0315, c = (real)-4.7750;
    if (wrong == NO_SQUARE) c = 0;
    if (wrong == CLASSICAL) a = (real)1.5, b = (real)-0.5, c = 0;
    if (is_first || wrong != GRAM_OF_FIRST) product(k, n, k, X, X, 1, A);
    product(k, k, k, A, A, 0, AA);
    for (size_t e = 0; e < (size_t)k * k; e++) AA[e] = b * A[e] + c * AA[e];
    product(k, k, n, AA, X, 0, more);
    for (size_t e = 0; e < (size_t)k * n; e++) X[e] = a * X[e] + more[e];
}

static void iterate(int rows, int cols, const real *x, real *y, uint64_t steps, double eps, enum wrong wrong)
{
    int tall = rows > cols, k = tall ? cols : rows, n = tall ? rows : cols;
    size_t elements = (size_t)k * n;
    real *X = memory_need(2 * elements + 2 * (size_t)k * k, sizeof *X), *A = X + elements;
    real size = wrong == UNSCALED ? 1 : size_of(elements, x, wrong) + (real)eps;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++)
            X[(size_t)i * n + j] = x[tall ? (size_t)j * k + i : (size_t)i * n + j] / size;
    for (uint64_t s = wrong == STEP_LESS; s < steps; s++) step(k, n, X, A, s == 0, wrong);
    for (int i = 0; i < k; i++)
        for (int j = 0; j < n; j++)
            y[tall && wrong != NOT_BACK ? (size_t)j * k + i : (size_t)i * n + j] =
                X[(size_t)i * n + j] * (wrong == SCALED_BACK ? size : 1);
    free(X);
}

#define ITERATION(name, wrong)                                                                               \
    void REF(name)(int rows, int cols, const real *x, real *y, int coefficients, uint64_t steps, double eps) \
    {                                                                                                        \
        (void)coefficients;                                                                                  \
        iterate(rows, cols, x, y, steps, eps, wrong);                                                        \
    }
ITERATION(schulz_unscaled, UNSCALED)
ITERATION(schulz_by_largest, BY_LARGEST)
ITERATION(schulz_no_square, NO_SQUARE)
ITERATION(schulz_swapped, SWAPPED)
ITERATION(schulz_step_less, STEP_LESS)
ITERATION(schulz_classical, CLASSICAL)
ITERATION(schulz_not_back, NOT_BACK)
ITERATION(schulz_scaled_back, SCALED_BACK)
ITERATION(schulz_gram_of_first, GRAM_OF_FIRST)
