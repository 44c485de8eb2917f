/* conv_bound.c - the error bound of Winograd's convolution.
 *
 * A tile of m x m results is A^T (sum over c of (G w G^T) (B^T x B)) A, products of numbers in the same
 * place. Each step is a sum of products, and errs by at most gamma(k) of the same sum of absolute values, k
 * roundings on a term's way (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).
 * One after the other,
 *
 *   |error| <= gamma(k) |A^T| (sum over c of (|G| |w| |G^T|) (|B^T| |x| |B|)) |A|
 *
 * with the roundings of all steps in k: 3 + 3 for w, 5 + 5 for x, C + 1 for the products and their sum, 5 +
 * 5 for the results, 1 for the bias. The bound is no multiple of the sum of |x w| of a result: numbers of x
 * that only its neighbours in the tile read take part, and their rounding errors do not cancel where they
 * do.
 */
#include "conv_bound.h"

#include <math.h>
#include <stdlib.h>

#include "../../base/memory.h"

enum { SIDE = 6, PLACES = SIDE * SIDE };

/* |A|, |B^T| and |G| of F(2,3) and F(4,3), as in cpu/conv_winograd*; rows beyond m + 2 are not used */
struct transform {
    double a[SIDE][4], b[SIDE][SIDE], g[SIDE][3];
};

static const struct transform of_2 = {
    { { 1, 0 }, { 1, 1 }, { 1, 1 }, { 0, 1 } },
    { { 1, 0, 1, 0 }, { 0, 1, 1, 0 }, { 0, 1, 1, 0 }, { 0, 1, 0, 1 } },
    { { 1, 0, 0 }, { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0.5 }, { 0, 0, 1 } },
};
static const struct transform of_4 = {
    { { 1, 0, 0, 0 },
      { 1, 1, 1, 1 },
      { 1, 1, 1, 1 },
      { 1, 0.5, 0.25, 0.125 },
      { 1, 2, 4, 8 },
      { 0, 0, 0, 1 } },
    { { 1, 1.5, 2, 1.5, 1, 0 },
      { 0, 1, 0.5, 2.5, 1, 0 },
      { 0, 1, 2.5, 0.5, 1, 0 },
      { 0, 2, 1, 2, 1, 0 },
      { 0, 0.5, 1, 0.5, 1, 0 },
      { 0, 1, 1.5, 2, 1.5, 1 } },
    { { 1, 0, 0 },
      { 1 / 3., 1 / 3., 1 / 3. },
      { 1 / 3., 1 / 3., 1 / 3. },
      { 16 / 15., 8 / 15., 4 / 15. },
      { 1 / 15., 2 / 15., 4 / 15. },
      { 0, 0, 1 } },
};

static const struct transform *transform_of(int m)
{
    return m == 2 ? &of_2 : &of_4;
}

/* u (K,C,places) = |G| |w| |G^T| */
static double *weights(const struct conv_bound *c)
{
    const struct transform *t = transform_of(c->m);
    const int side = c->m + 2;
    const size_t kernels = (size_t)c->K * (size_t)c->C;
    double *u = memory_need(kernels * (size_t)(side * side), sizeof *u);
    for (size_t k = 0; k < kernels; k++)
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                double sum = 0;
                for (int r = 0; r < 9; r++)
                    sum += t->g[i][r / 3] * t->g[j][r % 3] * fabs(c->w[9 * k + (size_t)r]);
                u[k * (size_t)(side * side) + (size_t)(i * side + j)] = sum;
            }
    return u;
}

static double x_at(const struct conv_bound *c, int n, int plane, int h, int w)
{
    if (h < 0 || h >= c->H || w < 0 || w >= c->W) return 0;
    return fabs(c->x[(((size_t)n * (size_t)c->C + (size_t)plane) * (size_t)c->H + (size_t)h) * (size_t)c->W +
                     (size_t)w]);
}

/* v (C,places) = |B^T| |x| |B| of the tile that begins at result (p,q) of image n */
static void inputs(const struct conv_bound *c, int n, int p, int q, double *v)
{
    const struct transform *t = transform_of(c->m);
    const int side = c->m + 2;
    for (int plane = 0; plane < c->C; plane++) {
        double rows[SIDE][SIDE];
        for (int i = 0; i < side; i++)
            for (int w = 0; w < side; w++) {
                rows[i][w] = 0;
                for (int h = 0; h < side; h++)
                    rows[i][w] += t->b[i][h] * x_at(c, n, plane, p - c->top + h, q - c->left + w);
            }
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                double sum = 0;
                for (int w = 0; w < side; w++) sum += rows[i][w] * t->b[j][w];
                *v++ = sum;
            }
    }
}

/* bound of the tile that begins at result (p,q) of plane k; u and v of that k and that tile */
static void tile(const struct conv_bound *c, const double *u, const double *v, int n, int k, int p, int q,
                 double *bound)
{
    const struct transform *t = transform_of(c->m);
    const int side = c->m + 2, places = side * side;
    const double roundings = c->C + 28, gamma = roundings * 0x1p-24 / (1 - roundings * 0x1p-24);
    double sum[PLACES] = { 0 };
    for (int plane = 0; plane < c->C; plane++, u += places, v += places)
        for (int i = 0; i < places; i++) sum[i] += u[i] * v[i];
    for (int y = 0; y < c->m && p + y < c->P; y++)
        for (int z = 0; z < c->m && q + z < c->Q; z++) {
            double whole = c->bias ? fabs(c->bias[k]) : 0;
            for (int i = 0; i < places; i++) whole += t->a[i / side][y] * t->a[i % side][z] * sum[i];
            bound[(((size_t)n * (size_t)c->K + (size_t)k) * (size_t)c->P + (size_t)(p + y)) * (size_t)c->Q +
                  (size_t)(q + z)] = gamma * whole + 64 * roundings * c->tiny;
        }
}

void conv_bound_winograd(const struct conv_bound *c, double *bound)
{
    const size_t places = (size_t)((c->m + 2) * (c->m + 2));
    double *u = weights(c), *v = memory_need((size_t)c->C * places, sizeof *v);
    for (int n = 0; n < c->N; n++)
        for (int p = 0; p < c->P; p += c->m)
            for (int q = 0; q < c->Q; q += c->m) {
                inputs(c, n, p, q, v);
                for (int k = 0; k < c->K; k++)
                    tile(c, u + (size_t)k * (size_t)c->C * places, v, n, k, p, q, bound);
            }
    free(u);
    free(v);
}
