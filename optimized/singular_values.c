/* singular_values.c - one-sided Jacobi (Hestenes, Inversion of matrices by biorthogonalization and related
 * results, J. SIAM 6(1), 1958): two vectors are rotated in their plane until they are at right angles, and
 * pair after pair, until all are. Then their lengths are the singular values. */
#include "singular_values.h"

#include <math.h>
#include <stdlib.h>

#include "../base/memory.h"

static double dot(int n, const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* a and b (n) at right angles; 1 if they were not */
static int rotate(int n, double *a, double *b)
{
    double aa = dot(n, a, a), bb = dot(n, b, b), ab = dot(n, a, b);
    if (!(fabs(ab) > 1e-15 * sqrt(aa * bb))) return 0;
    double cot = (bb - aa) / (2 * ab), tangent = 1 / (fabs(cot) + sqrt(1 + cot * cot));
    if (cot < 0) tangent = -tangent;
    double cosine = 1 / sqrt(1 + tangent * tangent), sine = cosine * tangent;
    for (int i = 0; i < n; i++) {
        double was = a[i];
        a[i] = cosine * was - sine * b[i];
        b[i] = sine * was + cosine * b[i];
    }
    return 1;
}

static int larger_first(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

void singular_values(int rows, int cols, const double *x, double *s)
{
    enum { SWEEPS = 60 };
    int tall = rows > cols, k = tall ? cols : rows, n = tall ? rows : cols, turned = 1;
    double *v =
        memory_need((size_t)k * (size_t)n, sizeof *v); /* the short side's vectors, one after the other */
    for (int i = 0; i < k; i++)
        for (int l = 0; l < n; l++)
            v[(size_t)i * (size_t)n + (size_t)l] =
                x[tall ? (size_t)l * (size_t)k + (size_t)i : (size_t)i * (size_t)n + (size_t)l];
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
        turned = 0;
        for (int i = 0; i < k; i++)
            for (int j = i + 1; j < k; j++)
                turned |= rotate(n, v + (size_t)i * (size_t)n, v + (size_t)j * (size_t)n);
    }
    for (int i = 0; i < k; i++) s[i] = sqrt(dot(n, v + (size_t)i * (size_t)n, v + (size_t)i * (size_t)n));
    qsort(s, (size_t)k, sizeof *s, larger_first);
    free(v);
}
