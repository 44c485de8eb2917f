/* formulas_muon.h - the sides of the formulas of the pages muon.md and schedule_free.md; a part of
 * formulas.c.
 *
 * G, M and W are matrices (ROWS,COLS) of the numbers that lesson_04_draw makes; S (ROWS,ROWS) is square.
 * */
#include "../../optimized/singular_values.h"
#include "../../reference/muon.h"

enum { ROWS = 3, COLS = 2, CELLS = ROWS * COLS, SIDE = 3, SQUARE = SIDE * SIDE };

/* c (rows,cols) = a (rows,k) b (k,cols), b transposed if turned */
static void matrix_product(int rows, int k, int cols, const double *a, const double *b, int turned, double *c)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            c[i * cols + j] = 0;
            for (int l = 0; l < k; l++)
                c[i * cols + j] += a[i * k + l] * b[turned ? j * k + l : l * cols + j];
        }
}

static double matrix_dot(int cells, const double *a, const double *b)
{
    double sum = 0;
    for (int e = 0; e < cells; e++) sum += a[e] * b[e];
    return sum;
}

/* U V^T, by so many classical steps that nothing is left to do */
static void matrix_polar(int rows, int cols, const double *x, double *y)
{
    newton_schulz_f64(rows, cols, x, y, MUON_CLASSICAL, 100, 0);
}

/* X of length 1 */
static void unit(double *X)
{
    double length = sqrt(matrix_dot(CELLS, g[0], g[0]));
    for (int e = 0; e < CELLS; e++) X[e] = g[0][e] / length;
}

static int newton_left(double *out)
{
    newton_schulz_f64(ROWS, COLS, g[0], out, MUON_JORDAN, 1, 0);
    return CELLS;
}

static int newton_right(double *out)
{
    const struct muon_triple p = muon_triple(MUON_JORDAN, 0);
    double X[CELLS], A[SQUARE], cube[CELLS], fifth[CELLS];
    unit(X);
    matrix_product(ROWS, COLS, ROWS, X, X, 1, A);
    matrix_product(ROWS, ROWS, COLS, A, X, 0, cube);
    matrix_product(ROWS, ROWS, COLS, A, cube, 0, fifth);
    for (int e = 0; e < CELLS; e++) out[e] = p.a * X[e] + p.b * cube[e] + p.c * fifth[e];
    return CELLS;
}

static int values_left(double *out)
{
    double X[CELLS];
    newton_left(X);
    singular_values(ROWS, COLS, X, out);
    return COLS;
}

static int values_right(double *out)
{
    const struct muon_triple p = muon_triple(MUON_JORDAN, 0);
    double X[CELLS];
    unit(X);
    singular_values(ROWS, COLS, X, out);
    for (int i = 0; i < COLS; i++) out[i] *= p.a + out[i] * out[i] * (p.b + out[i] * out[i] * p.c);
    if (out[0] < out[1]) { /* the larger may have become the smaller */
        double first = out[0];
        out[0] = out[1], out[1] = first;
    }
    return COLS;
}

static int gain_left(double *out)
{
    double polar[CELLS];
    matrix_polar(ROWS, COLS, g[0], polar);
    *out = matrix_dot(CELLS, g[0], polar);
    return 1;
}

static int gain_right(double *out)
{
    double s[COLS];
    singular_values(ROWS, COLS, g[0], s);
    *out = s[0] + s[1];
    return 1;
}

static int rms_left(double *out)
{
    double polar[CELLS];
    matrix_polar(ROWS, COLS, g[0], polar);
    *out = sqrt(matrix_dot(CELLS, polar, polar) / CELLS);
    return 1;
}

static int rms_right(double *out)
{
    *out = 1 / sqrt(ROWS > COLS ? ROWS : COLS);
    return 1;
}

/* ---- the step ---- */

static struct state muon_step(void)
{
    struct state s = drawn;
    muon_step_f64(ROWS, COLS, g[0], s.w, s.m, eta, mu, 1, lambda, MUON_ORIGINAL, MUON_JORDAN, 5, 1e-7);
    return s;
}

static int muon_m_left(double *out)
{
    struct state s = muon_step();
    for (int e = 0; e < CELLS; e++) out[e] = s.m[e];
    return CELLS;
}

static int muon_m_right(double *out)
{
    for (int e = 0; e < CELLS; e++) out[e] = mu * drawn.m[e] + (1 - mu) * g[0][e];
    return CELLS;
}

static int muon_w_left(double *out)
{
    struct state s = muon_step();
    for (int e = 0; e < CELLS; e++) out[e] = s.w[e];
    return CELLS;
}

static int muon_w_right(double *out)
{
    double ahead[CELLS];
    muon_m_right(ahead);
    for (int e = 0; e < CELLS; e++) ahead[e] = mu * ahead[e] + (1 - mu) * g[0][e];
    newton_schulz_f64(ROWS, COLS, ahead, out, MUON_JORDAN, 5, 1e-7);
    for (int e = 0; e < CELLS; e++)
        out[e] = (1 - eta * lambda) * drawn.w[e] - eta * sqrt((double)ROWS / COLS) * out[e];
    return CELLS;
}

/* ---- Shampoo: of one gradient, and no other ---- */

/* b (SIDE,SIDE) = the inverse of a, by Gauss and Jordan; a is symmetric and positive */
static void invert(const double *a, double *b)
{
    double left[SQUARE];
    for (int e = 0; e < SQUARE; e++) left[e] = a[e], b[e] = e % (SIDE + 1) == 0;
    for (int k = 0; k < SIDE; k++) {
        double pivot = left[k * SIDE + k];
        for (int j = 0; j < SIDE; j++) left[k * SIDE + j] /= pivot, b[k * SIDE + j] /= pivot;
        for (int i = 0; i < SIDE; i++) {
            double factor = i == k ? 0 : left[i * SIDE + k];
            for (int j = 0; j < SIDE; j++) {
                left[i * SIDE + j] -= factor * left[k * SIDE + j];
                b[i * SIDE + j] -= factor * b[k * SIDE + j];
            }
        }
    }
}

/* root = a^(1/2), inverse = a^(-1/2), by Denman and Beavers' iteration */
static void roots(const double *a, double *root, double *inverse)
{
    double other_root[SQUARE], other_inverse[SQUARE];
    for (int e = 0; e < SQUARE; e++) root[e] = a[e], inverse[e] = e % (SIDE + 1) == 0;
    for (int step = 0; step < 40; step++) {
        invert(inverse, other_root), invert(root, other_inverse);
        for (int e = 0; e < SQUARE; e++) {
            root[e] = (root[e] + other_root[e]) / 2;
            inverse[e] = (inverse[e] + other_inverse[e]) / 2;
        }
    }
}

/* a square matrix that is far from singular */
static void square_of(double *S)
{
    for (int e = 0; e < SQUARE; e++) S[e] = g[e / n][e % n] + 3 * (e % (SIDE + 1) == 0);
}

static int shampoo_left(double *out)
{
    double S[SQUARE], turned[SQUARE], L[SQUARE], R[SQUARE], root[SQUARE], quarter_L[SQUARE],
        quarter_R[SQUARE], unused[SQUARE], product[SQUARE];
    square_of(S);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) turned[j * SIDE + i] = S[i * SIDE + j];
    matrix_product(SIDE, SIDE, SIDE, S, S, 1, L);
    matrix_product(SIDE, SIDE, SIDE, turned, turned, 1, R);
    roots(L, root, unused), roots(root, unused, quarter_L);
    roots(R, root, unused), roots(root, unused, quarter_R);
    matrix_product(SIDE, SIDE, SIDE, quarter_L, S, 0, product);
    matrix_product(SIDE, SIDE, SIDE, product, quarter_R, 0, out);
    return SQUARE;
}

static int shampoo_right(double *out)
{
    double S[SQUARE];
    square_of(S);
    matrix_polar(SIDE, SIDE, S, out);
    return SQUARE;
}

/* ---- schedule-free AdamW: w is y, m is z, u is x ---- */

static struct state free_step(void)
{
    struct state s = drawn;
    schedule_free_step_f64(n, g[0], s.w, s.m, s.v, s.u, eta, beta1, beta2, eps, lambda, 0, t);
    return s;
}

static double free_z(int k)
{
    double v = beta2 * drawn.v[k] + (1 - beta2) * g[0][k] * g[0][k];
    double ratio = g[0][k] / (sqrt(v / (1 - pow(beta2, (double)t))) + eps);
    return drawn.m[k] - eta * (ratio + lambda * drawn.w[k]);
}

static double free_x(int k)
{
    return (1 - 1 / (double)t) * drawn.u[k] + free_z(k) / (double)t;
}

EACH(free_z_left, free_step().m[k])
EACH(free_z_right, free_z(k))
EACH(free_x_left, free_step().u[k])
EACH(free_x_right, free_x(k))
EACH(free_y_left, free_step().w[k])
EACH(free_y_right, beta1 *free_x(k) + (1 - beta1) * free_z(k))

/* x after T steps, and the mean of the z on the way */
static int free_mean(double *x, double *mean)
{
    struct state s = drawn;
    for (int k = 0; k < n; k++) mean[k] = 0;
    for (int i = 1; i <= T; i++) {
        schedule_free_step_f64(n, g[i - 1], s.w, s.m, s.v, s.u, eta, beta1, beta2, eps, lambda, 0,
                               (uint64_t)i);
        for (int k = 0; k < n; k++) mean[k] += s.m[k] / T;
    }
    for (int k = 0; k < n; k++) x[k] = s.u[k];
    return n;
}

static int free_mean_left(double *out)
{
    double mean[n];
    return free_mean(out, mean);
}

static int free_mean_right(double *out)
{
    double x[n];
    return free_mean(x, out);
}

#define MUON_FORMULAS                                                                                              \
    { "muon.newton", "X' = a X + b\\, X X^T X + c\\, X X^T X X^T X", newton_left, newton_right, 0 },               \
        { "muon.values", "\\sigma_i(X') = a\\, \\sigma_i + b\\, \\sigma_i^3 + c\\, \\sigma_i^5",                   \
          values_left, values_right, 0 },                                                                          \
        { "muon.gain", "\\langle G,\\ U V^T \\rangle = \\sum_{i} \\sigma_i(G)", gain_left, gain_right, 0 },        \
        { "muon.rms", "\\sqrt{\\frac{1}{r c} \\sum_{ij} (U V^T)_{ij}^2} = \\frac{1}{\\sqrt{\\max(r,\\ c)}}",       \
          rms_left, rms_right, 0 },                                                                                \
        { "muon.m", "M' = \\mu\\, M + (1 - \\mu)\\, G", muon_m_left, muon_m_right, 0 },                            \
        { "muon.w",                                                                                                \
          "W' = (1 - \\eta \\lambda)\\, W - \\eta\\, \\sqrt{\\max(1,\\ r / c)}\\ f(\\mu\\, M' + (1 - \\mu)\\, "    \
          "G)",                                                                                                    \
          muon_w_left, muon_w_right, 0 },                                                                          \
        { "muon.shampoo", "(G G^T)^{-1/4}\\, G\\, (G^T G)^{-1/4} = U V^T", shampoo_left, shampoo_right, 0 },       \
        { "free.z",                                                                                                \
          "z_k' = z_k - \\eta \\left( \\frac{g_k}{\\sqrt{\\hat{v}_k'} + \\varepsilon} + \\lambda\\, y_k \\right)", \
          free_z_left, free_z_right, 0 },                                                                          \
        { "free.x", "x_k' = \\left( 1 - \\frac{1}{t} \\right) x_k + \\frac{1}{t}\\, z_k'", free_x_left,            \
          free_x_right, 0 },                                                                                       \
        { "free.y", "y_k' = \\beta_1\\, x_k' + (1 - \\beta_1)\\, z_k'", free_y_left, free_y_right, 0 },            \
    {                                                                                                              \
        "free.mean", "x_t = \\frac{1}{t} \\sum_{s=1}^{t} z_s", free_mean_left, free_mean_right, 0                  \
    }
