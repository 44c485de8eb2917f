/* points.c - what Winograd's transforms cost in digits: the root mean square error of float results,
 * relative to that of the results, for each choice of points, beside a sum in the order of the formula.
 *
 *   x (C,m+2,m+2), w (C,3,3) -> y (m,m), random numbers from (-1,1), 400 tiles
 *
 * u = G w G^T, v = B^T x B, y = A^T (sum over C of u v) A. The matrices are made of the points p[0..m] and
 * infinity: of A the powers of the points, of G the same divided by the product of their distances, of B the
 * coefficients of the polynomials that are 0 in all points but one (Toom and Cook).
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { MOST = 4, SIDE = MOST + 2, TILES = 400, CHANNELS = 64 };

struct transform {
    const char *name;
    int m;
    double p[SIDE - 1];
    double a[SIDE][MOST], b[SIDE][SIDE], g[SIDE][3];
};

/* c (degree + 1) = the coefficients of the product of (x - p) over all points but number `without` */
static int polynomial(const struct transform *t, int without, double *c)
{
    int degree = 0;
    c[0] = 1;
    for (int i = 0; i <= t->m; i++) {
        if (i == without) continue;
        c[++degree] = 0;
        for (int k = degree; k >= 0; k--) c[k] = (k ? c[k - 1] : 0) - t->p[i] * (k < degree ? c[k] : 0);
    }
    return degree;
}

static void make(struct transform *t)
{
    const int last = t->m + 1;
    for (int i = 0; i <= last; i++) {
        double c[SIDE] = { 0 }, distance = 1;
        int degree = polynomial(t, i, c);
        for (int k = 0; k < SIDE; k++) t->b[i][k] = k <= degree ? c[k] : 0;
        for (int j = 0; j <= t->m; j++) distance *= i <= t->m && j != i ? t->p[i] - t->p[j] : 1;
        for (int k = 0; k < t->m; k++) t->a[i][k] = i < last ? pow(t->p[i], k) : k == t->m - 1;
        for (int k = 0; k < 3; k++) t->g[i][k] = i < last ? pow(t->p[i], k) / distance : k == 2;
    }
}

/* out (rows,columns) = left (rows,n) in (n,n) left^T, in float; of x and w */
static void both_sides(int rows, int n, const double *left, int stride, const float *in, float *out)
{
    float half[SIDE * SIDE];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < n; j++) {
            half[i * n + j] = 0;
            for (int k = 0; k < n; k++) half[i * n + j] += (float)left[i * stride + k] * in[k * n + j];
        }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < rows; j++) {
            out[i * rows + j] = 0;
            for (int k = 0; k < n; k++) out[i * rows + j] += half[i * n + k] * (float)left[j * stride + k];
        }
}

struct error {
    double direct, winograd, size; /* sums of squares */
};

/* one tile of C planes */
static void tile(const struct transform *t, int C, const float *x, const float *w, struct error *e)
{
    const int m = t->m, side = m + 2;
    float sum[SIDE * SIDE] = { 0 }, u[SIDE * SIDE], v[SIDE * SIDE], y[MOST * MOST];
    for (int c = 0; c < C; c++) {
        both_sides(side, side, t->b[0], SIDE, x + c * side * side, v);
        both_sides(side, 3, t->g[0], 3, w + 9 * c, u);
        for (int k = 0; k < side * side; k++) sum[k] += u[k] * v[k];
    }
    double transposed[SIDE * SIDE] = { 0 };
    for (int i = 0; i < side; i++)
        for (int k = 0; k < m; k++) transposed[k * SIDE + i] = t->a[i][k];
    both_sides(m, side, transposed, SIDE, sum, y);
    for (int k = 0; k < m * m; k++) {
        double exact = 0;
        float direct = 0;
        for (int c = 0; c < C; c++)
            for (int r = 0; r < 9; r++) {
                float a = x[c * side * side + (k / m + r / 3) * side + k % m + r % 3], b = w[9 * c + r];
                exact += (double)a * (double)b, direct += a * b;
            }
        e->size += exact * exact;
        e->direct += pow((double)direct - exact, 2), e->winograd += pow((double)y[k] - exact, 2);
    }
}

int main(void)
{
    static struct transform way[] = { { .name = "F(2x2), 0 1 -1", .m = 2, .p = { 0, 1, -1 } },
                                      { .name = "F(4x4), 0 1 -1 1/2 -2", .m = 4, .p = { 0, 1, -1, 0.5, -2 } },
                                      { .name = "F(4x4), 0 1 -1 2 -2", .m = 4, .p = { 0, 1, -1, 2, -2 } },
                                      { .name = "F(4x4), 0 1 2 3 4", .m = 4, .p = { 0, 1, 2, 3, 4 } } };
    static const int planes[] = { 3, 16, CHANNELS };
    puts("error of Winograd's way over that of a sum in the formula's order\n"
         "                          C = 3   C = 16   C = 64");
    for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
        make(&way[k]);
        printf("%-22s", way[k].name);
        for (int i = 0; i < 3; i++) {
            struct error e = { 0 };
            float x[CHANNELS * SIDE * SIDE], w[CHANNELS * 9];
            for (uint64_t n = 0; n < TILES; n++) {
                philox_uniform(7, 2 * n, CHANNELS * SIDE * SIDE, -1, 1, x);
                philox_uniform(7, 2 * n + 1, CHANNELS * 9, -1, 1, w);
                tile(&way[k], planes[i], x, w, &e);
            }
            printf(" %8.1f", sqrt(e.winograd / e.direct));
        }
        putchar('\n');
    }
    return 0;
}
