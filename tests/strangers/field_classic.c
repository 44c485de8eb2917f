/* field_classic.c - numerical classics: arrays from 1, columns first as in Fortran, test functions of
 * optimisation, factorisations. */
#include "stranger.h"

/* ---- rosen: the extended Rosenbrock function, arrays counted from 1 ---- */

enum { rosen_inner_two = 1, rosen_last_pair };

#define x(i) x0[(i)-1] /* from 1 */

static double rosen_loss(const double *x0, size_t n, void *ctx)
{
    double f = 0;
    (void)ctx;
    for (size_t i = 2; i <= n; i++) {
        double t = x(i) - x(i - 1) * x(i - 1);
        f += 100 * t * t + (1 - x(i - 1)) * (1 - x(i - 1));
    }
    return f;
}
#undef x

static void rosen_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (size_t i = 1; i < (bug == rosen_last_pair ? n - 1 : n); i++) {
        double t = x[i] - x[i - 1] * x[i - 1];
        g[i] += 200 * t;
        g[i - 1] += (bug == rosen_inner_two ? -200 : -400) * t * x[i - 1] - 2 * (1 - x[i - 1]);
    }
}

UNIT(rosen, 8, -1.5, 1.5, 0)

/* ---- wood: four variables, cross terms ---- */

enum { wood_cross_sign = 10 };

static double wood_loss(const double *x, size_t n, void *ctx)
{
    double a = x[1] - x[0] * x[0], b = x[3] - x[2] * x[2];
    (void)n, (void)ctx;
    return 100 * a * a + pow(1 - x[0], 2) + 90 * b * b + pow(1 - x[2], 2) +
           10.1 * (pow(x[1] - 1, 2) + pow(x[3] - 1, 2)) + 19.8 * (x[1] - 1) * (x[3] - 1);
}

static void wood_grad(const double *x, size_t n, double *g, void *ctx)
{
    double a = x[1] - x[0] * x[0], b = x[3] - x[2] * x[2], s = BUG(ctx) ? -19.8 : 19.8;
    (void)n;
    g[0] = -400 * a * x[0] - 2 * (1 - x[0]);
    g[1] = 200 * a + 20.2 * (x[1] - 1) + s * (x[3] - 1);
    g[2] = -360 * b * x[2] - 2 * (1 - x[2]);
    g[3] = 180 * b + 20.2 * (x[3] - 1) + s * (x[1] - 1);
}

UNIT(wood, 4, -2, 2, 0)

/* ---- beale: three residuals ---- */

enum { beale_power = 20 };

static double beale_loss(const double *x, size_t n, void *ctx)
{
    static const double c[3] = { 1.5, 2.25, 2.625 };
    double f = 0, p = 1;
    (void)n, (void)ctx;
    for (int i = 0; i < 3; i++) {
        p *= x[1];
        f += pow(c[i] - x[0] * (1 - p), 2);
    }
    return f;
}

static void beale_grad(const double *x, size_t n, double *g, void *ctx)
{
    static const double c[3] = { 1.5, 2.25, 2.625 };
    double p = 1;
    (void)n;
    g[0] = g[1] = 0;
    for (int i = 0; i < 3; i++) {
        double before = p, r;
        p *= x[1];
        r = c[i] - x[0] * (1 - p);
        g[0] += -2 * r * (1 - p);
        g[1] += 2 * r * x[0] * (BUG(ctx) ? 1 : i + 1) * before;
    }
}

UNIT(beale, 2, -1.5, 1.5, 0)

/* ---- brown: badly scaled, (x0 - 1e6)^2 + (x1 - 2e-6)^2 + (x0 x1 - 2)^2, at sizes of its solution ---- */

enum { brown_last_term = 30 };

static double brown_loss(const double *x, size_t n, void *ctx)
{
    double a = x[0] * 1e6, b = x[1] * 1e-6;
    (void)n, (void)ctx;
    return (a - 1e6) * (a - 1e6) * 1e-12 + (b - 2e-6) * (b - 2e-6) * 1e12 + (a * b - 2) * (a * b - 2);
}

static void brown_grad(const double *x, size_t n, double *g, void *ctx)
{
    double a = x[0] * 1e6, b = x[1] * 1e-6, t = BUG(ctx) ? 0 : 2 * (a * b - 2);
    (void)n;
    g[0] = 1e6 * (2e-12 * (a - 1e6) + t * b);
    g[1] = 1e-6 * (2e12 * (b - 2e-6) + t * a);
}

UNIT(brown, 2, 0.5, 3, 0)

/* ---- quadform: 0.5 x'Ax - b'x, A stored by columns and not symmetric ---- */

enum { symmetric_assumed = 40, row_major_read };

#define A(i, j) a[(i) + 5 * (j)]

static void quadform_matrix(double *a)
{
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 5; i++) A(i, j) = sin(1.7 * i + 2.9 * j) + (i == j ? 3 : 0);
}

static double quadform_loss(const double *x, size_t n, void *ctx)
{
    double a[25], f = 0;
    (void)ctx;
    quadform_matrix(a);
    for (int j = 0; j < (int)n; j++) {
        for (int i = 0; i < (int)n; i++) f += 0.5 * x[i] * A(i, j) * x[j];
        f -= (1 + 0.5 * j) * x[j];
    }
    return f;
}

static void quadform_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double a[25];
    quadform_matrix(a);
    for (int i = 0; i < (int)n; i++) g[i] = -(1 + 0.5 * i);
    for (int j = 0; j < (int)n; j++)
        for (int i = 0; i < (int)n; i++) {
            if (bug == symmetric_assumed)
                g[i] += A(i, j) * x[j];
            else if (bug == row_major_read)
                g[i] += A(j, i) * x[j];
            else
                g[i] += 0.5 * (A(i, j) + A(j, i)) * x[j];
        }
}

UNIT(quadform, 5, -2, 2, 0)

/* ---- logdet: log det of a symmetric matrix given by its lower triangle (10), by Cholesky; plus its
 * trace ---- */

enum { off_diagonal_once = 50 };

static int chol(const double *x, double l[4][4])
{
    for (int i = 0, k = 0; i < 4; i++)
        for (int j = 0; j <= i; j++, k++) {
            double s = x[k] + (i == j ? 4 : 0);
            for (int m = 0; m < j; m++) s -= l[i][m] * l[j][m];
            if (i == j && s <= 0) return 0;
            l[i][j] = i == j ? sqrt(s) : s / l[j][j];
        }
    return 1;
}

static double logdet_loss(const double *x, size_t n, void *ctx)
{
    double l[4][4], f = 0;
    (void)n, (void)ctx;
    if (!chol(x, l)) return (double)NAN;
    for (int i = 0; i < 4; i++) f += 2 * log(l[i][i]);
    return f + 0.5 * x[0];
}

static void logdet_grad(const double *x, size_t n, double *g, void *ctx)
{
    double l[4][4], inv[4][4];
    (void)n;
    if (!chol(x, l)) memset(l, 0, sizeof l);
    for (int c = 0; c < 4; c++) {
        double y[4];
        for (int i = 0; i < 4; i++) {
            y[i] = i == c;
            for (int m = 0; m < i; m++) y[i] -= l[i][m] * y[m];
            y[i] /= l[i][i];
        }
        for (int i = 3; i >= 0; i--) {
            inv[i][c] = y[i];
            for (int m = i + 1; m < 4; m++) inv[i][c] -= l[m][i] * inv[m][c];
            inv[i][c] /= l[i][i];
        }
    }
    for (int i = 0, k = 0; i < 4; i++)
        for (int j = 0; j <= i; j++, k++) g[k] = (i == j || BUG(ctx) ? 1 : 2) * inv[i][j];
    g[0] += 0.5;
}

UNIT(logdet, 10, -0.8, 0.8, 0)

/* ---- cheb: fit of Chebyshev coefficients by Clenshaw's recurrence, c0 halved as in the recipes ---- */

enum { c0_not_halved = 60, cheb_degree_short };

static double clenshaw(const double *c, int m, double t)
{
    double d = 0, dd = 0;
    for (int j = m - 1; j >= 1; j--) {
        double sv = d;
        d = 2 * t * d - dd + c[j];
        dd = sv;
    }
    return t * d - dd + 0.5 * c[0];
}

static double cheb_loss(const double *c, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int k = 0; k <= 20; k++) {
        double t = -1 + 0.1 * k, e = clenshaw(c, (int)n, t) - exp(t);
        s += e * e;
    }
    return s;
}

static void cheb_grad(const double *c, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int k = 0; k <= 20; k++) {
        double t = -1 + 0.1 * k, e = 2 * (clenshaw(c, (int)n, t) - exp(t)), t0 = 1, t1 = t;
        g[0] += e * (bug == c0_not_halved ? 1 : 0.5);
        for (size_t j = 1; j < (bug == cheb_degree_short ? n - 1 : n); j++) {
            g[j] += e * t1;
            double t2 = 2 * t * t1 - t0;
            t0 = t1, t1 = t2;
        }
    }
}

UNIT(cheb, 7, -1, 1, 0)

/* ---- broyden: the tridiagonal function; neighbours at both ends ---- */

enum { upper_neighbour = 70, boundary_of_rows };

static double broyden_r(const double *x, int n, int i)
{
    return (3 - 2 * x[i]) * x[i] - (i ? x[i - 1] : 0) - 2 * (i + 1 < n ? x[i + 1] : 0) + 1;
}

static double broyden_loss(const double *x, size_t n, void *ctx)
{
    double f = 0;
    (void)ctx;
    for (int i = 0; i < (int)n; i++) f += pow(broyden_r(x, (int)n, i), 2);
    return f;
}

static void broyden_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), m = (int)n;
    for (int i = 0; i < m; i++) {
        g[i] = 2 * broyden_r(x, m, i) * (3 - 4 * x[i]);
        if (i && bug != upper_neighbour) g[i] -= 4 * broyden_r(x, m, i - 1);
        if (i + (bug == boundary_of_rows ? 2 : 1) < m) g[i] -= 2 * broyden_r(x, m, i + 1);
    }
}

UNIT(broyden, 9, -1, 1, 0)

/* ---- spectrum: power of two frequencies of 16 samples, by sums as in a first DFT ---- */

enum { imaginary_sign = 80, phase_shifted };

static double spectrum_part(const double *x, int n, int k, int imaginary)
{
    double s = 0;
    for (int t = 0; t < n; t++) {
        double w = 2 * 3.14159265358979323846 * k * t / n;
        s += x[t] * (imaginary ? -sin(w) : cos(w));
    }
    return s;
}

static double spectrum_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int k = 2; k <= 3; k++)
        s += log(1 + pow(spectrum_part(x, (int)n, k, 0), 2) + pow(spectrum_part(x, (int)n, k, 1), 2));
    return s;
}

static void spectrum_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t t = 0; t < n; t++) g[t] = 0;
    for (int k = 2; k <= 3; k++) {
        double re = spectrum_part(x, (int)n, k, 0), im = spectrum_part(x, (int)n, k, 1),
               p = 1 + re * re + im * im;
        for (int t = 0; t < (int)n; t++) {
            double w = 2 * 3.14159265358979323846 * k * (bug == phase_shifted ? t + 1 : t) / (double)n;
            g[t] += 2 * (re * cos(w) - im * (bug == imaginary_sign ? -sin(w) : sin(w))) / p;
        }
    }
}

UNIT(spectrum, 16, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, rosen, "a valley of 100 to 1"),
    WRONG(OPEN, rosen, rosen_inner_two, CHAIN | FACTOR | FORMULA, "the inner 2 x is x"),
    WRONG(KEPT, rosen, rosen_last_pair, RANGE | SUM, "the last pair is left out"),
    RIGHT(OPEN, wood, "cross terms"),
    WRONG(OPEN, wood, wood_cross_sign, SIGN | TERM, "the sign of the cross term"),
    RIGHT(KEPT, beale, "powers"),
    WRONG(OPEN, beale, beale_power, FACTOR | FORMULA, "powers without their exponent"),
    RIGHT(OPEN, brown, "terms of 1e6 and 1e-6"),
    WRONG(KEPT, brown, brown_last_term, TERM, "the product's term is missing"),
    RIGHT(OPEN, quadform, "a matrix by columns, not symmetric"),
    WRONG(OPEN, quadform, symmetric_assumed, TERM | FORMULA, "A x where (A + A') x / 2 belongs"),
    WRONG(KEPT, quadform, row_major_read, INDEX | FORMULA, "A' x: rows and columns are exchanged"),
    RIGHT(OPEN, logdet, "a triangle of a symmetric matrix, by Cholesky"),
    WRONG(OPEN, logdet, off_diagonal_once, FACTOR | TERM,
          "elements off the diagonal are in the matrix twice"),
    RIGHT(KEPT, cheb, "Clenshaw's recurrence"),
    WRONG(OPEN, cheb, c0_not_halved, FACTOR, "the first coefficient's half"),
    WRONG(OPEN, cheb, cheb_degree_short, RANGE, "the last coefficient gets no gradient"),
    RIGHT(KEPT, broyden, "neighbours"),
    WRONG(OPEN, broyden, upper_neighbour, TERM, "the row above is left out"),
    WRONG(OPEN, broyden, boundary_of_rows, RANGE, "a row's end one too early"),
    RIGHT(KEPT, spectrum, "a Fourier sum"),
    WRONG(OPEN, spectrum, imaginary_sign, SIGN | FORMULA, "the sign of the imaginary part"),
    WRONG(OPEN, spectrum, phase_shifted, INDEX, "time counted from 1: the gradient is shifted by one"),
};

FIELD(classic)
