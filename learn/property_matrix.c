/* property_matrix.c - what is true of a right Newton-Schulz iteration; see property.h.
 *
 * x (ROWS,COLS) = P diag(s) Q^T has singular values that are known, for P and Q are reflections,
 * I - 2 v v^T / v^T v. So y (ROWS,COLS) is to be P diag(f) Q^T, and P^T y Q has f on its diagonal and nothing
 * beside it. */
#include "property.h"

#include <math.h>

#include "../base/error.h"
#include "../reference/philox.h"

enum { ROWS = 5, COLS = 9, ALL = ROWS * COLS };

static const double singular[ROWS] = { 1, 0.6, 0.2, 0.05, 0.01 };

/* m (n,n), a reflection */
static void reflection(int n, uint64_t stream, double *m)
{
    float v[COLS];
    double squares = 0;
    philox_uniform(46, stream, (size_t)n, -1, 1, v);
    for (int i = 0; i < n; i++) squares += (double)v[i] * (double)v[i];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) m[i * n + j] = (i == j) - 2 * (double)v[i] * (double)v[j] / squares;
}

static void make_x(const double *P, const double *Q, float *x)
{
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLS; j++) {
            double sum = 0;
            for (int k = 0; k < ROWS; k++) sum += P[i * ROWS + k] * singular[k] * Q[j * COLS + k];
            x[i * COLS + j] = (float)sum;
        }
}

/* element (i,j) of P^T y Q */
static double turned_back(const double *P, const double *Q, const float *y, int i, int j)
{
    double sum = 0;
    for (int k = 0; k < ROWS; k++)
        for (int l = 0; l < COLS; l++) sum += P[k * ROWS + i] * (double)y[k * COLS + l] * Q[l * COLS + j];
    return sum;
}

static void transpose(int rows, int cols, const float *x, float *y)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) y[j * rows + i] = x[i * cols + j];
}

/* y of `scale` x, of its transpose if that is asked, turned back */
static void iterate(const struct op *op, call_fn *own, const float *x, double scale, int transposed, float *y)
{
    const int wide[MAX_SIZES] = { ROWS, COLS }, tall[MAX_SIZES] = { COLS, ROWS };
    float in[ALL], out[ALL], turned[ALL];
    for (int k = 0; k < ALL; k++) in[k] = (float)scale * x[k], out[k] = NAN;
    transpose(ROWS, COLS, in, turned);
    void *const buf[] = { transposed ? turned : in, out };
    own(op, transposed ? tall : wide, buf);
    if (transposed) transpose(COLS, ROWS, out, y);
    for (int k = 0; k < ALL && !transposed; k++) y[k] = out[k];
}

static int has_values(const double *P, const double *Q, const float *y, char *error)
{
    for (int i = 0; i < ROWS; i++) {
        double f = turned_back(P, Q, y, i, i);
        if (!(f >= 0.68 && f <= 1.21))
            return error_set(
                error, "the singular value %g of a matrix becomes %.4g; it must be between 0.68 and 1.21",
                singular[i], f);
        for (int j = 0; j < COLS; j++)
            if (i != j && !(fabs(turned_back(P, Q, y, i, j)) <= 1e-3))
                return error_set(error, "the singular vectors change: direction %d gets %.2g of direction %d",
                                 i, turned_back(P, Q, y, i, j), j);
    }
    return 1;
}

int values_near_1(const struct op *op, call_fn *own, char *error)
{
    static const struct {
        const char *about;
        double scale;
        int transposed;
    } other[] = { { "the result of -x must be -y", -1, 0 },
                  { "the result of 1000 x must be y", 1000, 0 },
                  { "the result of the transpose of x must be the transpose of y", 1, 1 } };
    double P[ROWS * ROWS], Q[COLS * COLS];
    float x[ALL], y[ALL], z[ALL];
    reflection(ROWS, 1, P), reflection(COLS, 2, Q);
    make_x(P, Q, x);
    iterate(op, own, x, 1, 0, y);
    if (!has_values(P, Q, y, error)) return 0;
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        iterate(op, own, x, other[i].scale, other[i].transposed, z);
        for (int k = 0; k < ALL; k++) {
            double right = other[i].scale < 0 ? -(double)y[k] : (double)y[k];
            if (!(fabs((double)z[k] - right) <= 1e-3))
                return error_set(error, "%s; element [%d][%d] is %.4g, not %.4g", other[i].about, k / COLS,
                                 k % COLS, (double)z[k], right);
        }
    }
    return 1;
}
