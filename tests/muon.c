/* muon.c - Muon: what its iteration is by its nature (odd, blind to scale and to rotations, all singular
 * values moved near 1), for the oracle, and what of that holds to the last bit for every rung. Each
 * property rejects wrong versions. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../base/memory.h"
#include "../gradcheck/gc.h"
#include "../optimized/check.h"
#include "../optimized/singular_values.h"
#include "../reference/muon.h"
#include "../reference/philox.h"
#include "../reference/reference.h"

static int failed;

/* ---- matrices, row-major, in double ---- */

enum { MOST = 48 };
typedef double matrix[MOST * MOST];

static void fill(int n, uint64_t stream, double *x)
{
    for (int e = 0; e < n; e++) x[e] = gc_random_unit(5, stream, (uint64_t)e) * 2 - 1;
}

static void transpose(int rows, int cols, const double *x, double *y)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) y[j * rows + i] = x[i * cols + j];
}

/* x (rows,cols) turned by one reflection for each row, from the left: (I - 2 v v^T / v^T v) x */
static void reflect(int rows, int cols, uint64_t stream, double *x)
{
    double v[MOST], squares = 0;
    for (int i = 0; i < rows; i++)
        v[i] = gc_random_unit(7, stream, (uint64_t)i) - 0.5, squares += v[i] * v[i];
    for (int j = 0; j < cols; j++) {
        double along = 0;
        for (int i = 0; i < rows; i++) along += v[i] * x[i * cols + j];
        for (int i = 0; i < rows; i++) x[i * cols + j] -= 2 * along / squares * v[i];
    }
}

/* x <- Q x R, Q and R orthogonal */
static void turn(int rows, int cols, uint64_t stream, double *x)
{
    matrix t;
    for (uint64_t k = 0; k < 4; k++) reflect(rows, cols, stream + k, x);
    transpose(rows, cols, x, t);
    for (uint64_t k = 4; k < 8; k++) reflect(cols, rows, stream + k, t);
    transpose(cols, rows, t, x);
}

/* the largest |x - by y| */
static double apart(int n, const double *x, double by, const double *y)
{
    double most = 0;
    for (int e = 0; e < n; e++) {
        double off = fabs(x[e] - by * y[e]);
        if (!(off <= most)) most = off; /* NaN, too */
    }
    return most;
}

/* ---- the iteration, right and wrong, in double ---- */

typedef void iteration_fn(int rows, int cols, const double *x, double *y);

static void right(int rows, int cols, const double *x, double *y)
{
    newton_schulz_f64(rows, cols, x, y, MUON_JORDAN, 5, 1e-7);
}

static void polar(int rows, int cols, const double *x, double *y)
{
    newton_schulz_f64(rows, cols, x, y, MUON_POLAR, 5, 1e-7);
}

/* What a wrong version does otherwise; X is not turned for a tall matrix, which only takes longer. */
struct slips {
    double power;        /* of the norm; 1 is right */
    double a, b, c, odd; /* odd: added to all of X in each step */
    int other_gram;      /* X^T X from the left: it fits only if X is square */
};

static void iterate(const struct slips *s, int rows, int cols, const double *x, double *y)
{
    double norm = 0;
    for (int e = 0; e < rows * cols; e++) norm += x[e] * x[e];
    norm = pow(sqrt(norm) + 1e-7, s->power);
    for (int e = 0; e < rows * cols; e++) y[e] = x[e] / norm;
    for (int step = 0; step < 5; step++) {
        static matrix A, B, was;
        int other = s->other_gram && rows == cols;
        memcpy(was, y, (size_t)(rows * cols) * sizeof *was);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < rows; j++) {
                double sum = 0;
                for (int l = 0; l < cols; l++)
                    sum +=
                        other ? was[l * cols + i] * was[l * cols + j] : was[i * cols + l] * was[j * cols + l];
                A[i * rows + j] = sum;
            }
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < rows; j++) {
                double sum = 0;
                for (int l = 0; l < rows; l++) sum += A[i * rows + l] * A[l * rows + j];
                B[i * rows + j] = s->b * A[i * rows + j] + s->c * sum + (i == j) * s->a;
            }
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < cols; j++) {
                double sum = s->odd;
                for (int l = 0; l < rows; l++) sum += B[i * rows + l] * was[l * cols + j];
                y[i * cols + j] = sum;
            }
    }
}

#define JORDAN .a = 3.4445, .b = -4.7750, .c = 2.0315
#define WRONG(name, ...)                                             \
    static void name(int rows, int cols, const double *x, double *y) \
    {                                                                \
        iterate(&(struct slips){ __VA_ARGS__ }, rows, cols, x, y);   \
    }
WRONG(same_by_another_way, .power = 1, JORDAN)
WRONG(not_normalised, .power = 0, JORDAN)
WRONG(root_of_the_norm, .power = 0.5, JORDAN)
WRONG(not_odd, .power = 1, JORDAN, .odd = 1e-3)
WRONG(gram_of_the_other_side, .power = 1, JORDAN, .other_gram = 1)
WRONG(coefficients_swapped, .power = 1, .a = 3.4445, .b = 2.0315, .c = -4.7750)
WRONG(a_coefficient_mistyped, .power = 1, .a = 3.4445, .b = -4.7570, .c = 2.0315)

static void not_turned_back(int rows, int cols, const double *x, double *y)
{
    matrix t;
    right(rows, cols, x, t);
    if (rows > cols)
        transpose(rows, cols, t, y);
    else
        memcpy(y, t, (size_t)(rows * cols) * sizeof *y);
}

static void signs_of_elements(int rows, int cols, const double *x, double *y)
{
    for (int e = 0; e < rows * cols; e++) y[e] = (x[e] > 0) - (x[e] < 0);
}

static void rows_normalised(int rows, int cols, const double *x, double *y)
{
    for (int i = 0; i < rows; i++) right(1, cols, x + i * cols, y + i * cols);
}

static void a_step_fewer(int rows, int cols, const double *x, double *y)
{
    newton_schulz_f64(rows, cols, x, y, MUON_JORDAN, 4, 1e-7);
}

/* ---- properties: each returns how far it is from holding, as a share of what is allowed ----
 *
 * Roundings of double, some tens of units after sums of 48 products, grow 485 times in five steps: 1e-11. */

static const double allowed = 1e-11;
static const int sizes[][2] = { { 6, 6 }, { 5, 12 },  { 12, 5 },  { 1, 9 },
                                { 9, 1 }, { 17, 40 }, { 40, 17 }, { 24, 24 } };
enum { SIZES = sizeof sizes / sizeof *sizes };

typedef double property_fn(iteration_fn *f, int rows, int cols, uint64_t stream);

static double is_odd(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y, z;
    int n = rows * cols;
    fill(n, stream, x);
    f(rows, cols, x, y);
    for (int e = 0; e < n; e++) x[e] = -x[e];
    f(rows, cols, x, z);
    return apart(n, z, -1, y) / allowed;
}

/* eps is 1e-7: of norms from 1e3 to 1e6, it is less than 1e-10, and grows as a singular value's error
 * does, which is 1 or 2 times there */
static double ignores_scale(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y, z;
    int n = rows * cols;
    fill(n, stream, x);
    for (int e = 0; e < n; e++) x[e] *= 1e4;
    f(rows, cols, x, y);
    for (int e = 0; e < n; e++) x[e] *= 1000;
    f(rows, cols, x, z);
    return apart(n, z, 1, y) / 1e-9;
}

static double follows_transposition(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y, t, z;
    fill(rows * cols, stream, x);
    f(rows, cols, x, y);
    transpose(rows, cols, x, t);
    f(cols, rows, t, z);
    transpose(cols, rows, z, t);
    return apart(rows * cols, t, 1, y) / allowed;
}

static double commutes_with_rotations(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y, z;
    fill(rows * cols, stream, x);
    f(rows, cols, x, y);
    turn(rows, cols, stream, x);
    turn(rows, cols, stream, y);
    f(rows, cols, x, z);
    return apart(rows * cols, z, 1, y) / allowed;
}

/* Q diag(s) R with s from 1 down to 1 / 600 of it: all but what is below 0.0016 of the norm ends in [0.68,
 * 1.21], and each where the polynomials take it. */
static double moves_singular_values(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y;
    double s[MOST], squares = 0, worst = 0;
    int k = rows < cols ? rows : cols;
    for (int i = 0; i < k; i++) {
        x[i * cols + i] = pow(600, -(double)i / (k > 1 ? k - 1 : 1));
        squares += x[i * cols + i] * x[i * cols + i];
    }
    turn(rows, cols, stream, x);
    f(rows, cols, x, y);
    singular_values(rows, cols, x, s);
    double before[MOST], want[MOST], left;
    for (int i = 0; i < k; i++) {
        want[i] = before[i] = s[i] / (sqrt(squares) + 1e-7);
        for (int step = 0; step < 5; step++) {
            double q = want[i] * want[i];
            want[i] *= 3.4445 + q * (-4.7750 + q * 2.0315);
        }
    }
    singular_values(rows, cols, y, s);
    for (int i = 0; i < k; i++) { /* each has its counterpart, and lies where it should */
        left = HUGE_VAL;
        for (int j = 0; j < k; j++) left = fmin(left, fabs(s[j] - want[i]));
        worst = fmax(worst, left / allowed);
        if (before[i] > 0.0016 && !(want[i] >= 0.68 && want[i] <= 1.21)) worst = HUGE_VAL;
    }
    for (int i = 0; i < k; i++)
        if (!(s[i] <= 1.21)) worst = HUGE_VAL;
    return worst;
}

/* Of rank 1, a row, or a column: its only singular value is its length, which becomes five times p of 1. */
static double normalises_rank_one(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y;
    double u[MOST], v[MOST], squares = 0, end = 1;
    fill(rows, stream, u);
    fill(cols, stream + 1, v);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            x[i * cols + j] = 1e4 * u[i] * v[j];
            squares += x[i * cols + j] * x[i * cols + j];
        }
    for (int step = 0; step < 5; step++) end *= 3.4445 + end * end * (-4.7750 + end * end * 2.0315);
    f(rows, cols, x, y);
    return apart(rows * cols, y, end / sqrt(squares), x) / 1e-9;
}

static double keeps_zero(iteration_fn *f, int rows, int cols, uint64_t stream)
{
    matrix x = { 0 }, y;
    (void)stream;
    f(rows, cols, x, y);
    return apart(rows * cols, y, 1, x) > 0 ? HUGE_VAL : 0;
}

enum { ODD = 1, SCALE = 2, TURNED = 4, ROTATED = 8, MOVED = 16, RANK_ONE = 32, ZERO = 64 };

static const struct {
    property_fn *holds;
    unsigned bit;
    const char *words;
} properties[] = {
    { is_odd, ODD, "f(-X) = -f(X)" },
    { ignores_scale, SCALE, "f(1000 X) = f(X)" },
    { follows_transposition, TURNED, "f(X^T) = f(X)^T" },
    { commutes_with_rotations, ROTATED, "f(Q X R) = Q f(X) R" },
    { moves_singular_values, MOVED, "singular values" },
    { normalises_rank_one, RANK_ONE, "rank 1" },
    { keeps_zero, ZERO, "f(0) = 0" },
};

/* the properties that f breaks at one size or more */
static unsigned broken(iteration_fn *f, double *closest)
{
    unsigned bits = 0;
    for (size_t p = 0; p < sizeof properties / sizeof *properties; p++)
        for (int i = 0; i < SIZES; i++) {
            double share = properties[p].holds(f, sizes[i][0], sizes[i][1], 100 * p + (uint64_t)i);
            if (!(share <= 1))
                bits |= properties[p].bit;
            else if (closest)
                *closest = fmax(*closest, share);
        }
    return bits;
}

static const struct {
    const char *name;
    iteration_fn *f;
    unsigned breaks; /* these at least */
} versions[] = {
    { "the oracle", right, 0 },
    { "by another way", same_by_another_way, 0 },
    { "Polar Express", polar, MOVED | RANK_ONE }, /* other polynomials, all else alike */
    { "not normalised", not_normalised, SCALE | MOVED | RANK_ONE },
    { "root of the norm", root_of_the_norm, SCALE | MOVED | RANK_ONE },
    { "not odd", not_odd, ODD | ROTATED | RANK_ONE | ZERO },
    { "gram of the other side", gram_of_the_other_side, TURNED | ROTATED | MOVED },
    { "coefficients swapped", coefficients_swapped, MOVED | RANK_ONE },
    { "a coefficient mistyped", a_coefficient_mistyped, MOVED | RANK_ONE },
    { "not turned back", not_turned_back, TURNED | ROTATED | MOVED | RANK_ONE },
    { "signs of elements", signs_of_elements, ROTATED | MOVED | RANK_ONE },
    { "rows normalised", rows_normalised, TURNED | ROTATED | MOVED | RANK_ONE },
    { "a step fewer", a_step_fewer, MOVED | RANK_ONE },
};

static void check_versions(void)
{
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        double closest = 0;
        unsigned bits = broken(versions[i].f, &closest);
        int ok = (bits & versions[i].breaks) == versions[i].breaks && (versions[i].breaks || !bits);
        printf("%s  %-24s breaks %u of 7 (%#x)", ok ? "ok    " : "NOT OK", versions[i].name,
               (unsigned)__builtin_popcount(bits), bits);
        if (!bits) printf(", at most %.2g of what rounding may do", closest);
        printf("\n");
        failed += !ok;
    }
}

/* ---- the rungs: what must hold to the last bit ---- */

static const int shapes[][MAX_SIZES] = { { 1, 1 }, { 5, 3 }, { 17, 33 }, { 33, 17 }, { 150, 140 } };

typedef void change_fn(size_t n, float *x);

static void as_it_is(size_t n, float *x)
{
    (void)n, (void)x;
}

static void negated(size_t n, float *x)
{
    for (size_t e = 0; e < n; e++) x[e] = -x[e];
}

static void near_the_largest(size_t n, float *x) /* up to 1.7e38: what is squared in float is infinite */
{
    for (size_t e = 0; e < n; e++) x[e] *= 0x1p127F;
}

static void small(size_t n, float *x)
{
    for (size_t e = 0; e < n; e++) x[e] *= 0x1p-30F;
}

static void zero(size_t n, float *x)
{
    memset(x, 0, n * sizeof *x);
}

/* y of a changed x, and then with eps far below every norm */
static float *result_of(const struct op *op, const struct rung *rung, const int *size, change_fn *change)
{
    size_t n = op_elements(op, 0, size);
    float *x = memory_need(n, sizeof *x), *y = memory_need(n, sizeof *y);
    philox_uniform(3, 1, n, -1, 1, x);
    change(n, x);
    op_call(op, rung->run, size, (void *const[]){ x, y });
    free(x);
    return y;
}

static int same_after(const struct op *op, const struct rung *rung, const int *size, change_fn *change,
                      change_fn *of_result)
{
    size_t n = op_elements(op, 0, size);
    float *y = result_of(op, rung, size, as_it_is), *z = result_of(op, rung, size, change);
    of_result(n, y);
    int same = 1;
    for (size_t e = 0; e < n; e++) same &= fabsf(y[e] - z[e]) == 0; /* -0 is 0, NaN is nothing */
    free(y), free(z);
    return same;
}

static int exact(const struct op *op, const struct rung *rung)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        wrong |= !same_after(op, rung, shapes[i], negated, negated) << 0 |
                 !same_after(op, rung, shapes[i], near_the_largest, as_it_is) << 1 |
                 !same_after(op, rung, shapes[i], small, as_it_is) << 2 |
                 !same_after(op, rung, shapes[i], zero, zero) << 3;
    return wrong;
}

/* the norm in float: right for every input of a check */
static void squares_in_float(int rows, int cols, const float *x, float *y, int coefficients, uint64_t steps,
                             double eps)
{
    float sum = 0;
    for (int e = 0; e < rows * cols; e++) sum += x[e] * x[e];
    for (int e = 0; e < rows * cols; e++) y[e] = x[e] / sqrtf(sum);
    float *own = memory_need((size_t)(rows * cols), sizeof *own);
    memcpy(own, y, (size_t)(rows * cols) * sizeof *own);
    newton_schulz_f32(rows, cols, own, y, coefficients, steps, eps);
    free(own);
}

static void check_exact(void)
{
    char error[ERROR_TEXT];
    const struct op *op = op_with(op_find("newton_schulz"), "eps=1e-30", error);
    const struct rung overflows = { "squares in float", RUN(newton_schulz, squares_in_float), NEED_NONE, "" };
    for (const struct rung *r = op->cpu; r->name; r++) {
        int wrong = exact(op, r);
        if (wrong)
            printf("NOT OK  %s: -X, 2^127 X, 2^-30 X, 0 give other bits: %#x\n", r->name, (unsigned)wrong);
        failed += wrong != 0;
    }
    if (exact(op, &overflows) != (2 | 8)) failed++, printf("NOT OK  %s must be noticed\n", overflows.name);
}

int main(void)
{
    check_versions();
    check_exact();
    printf("%d failed\n", failed);
    return failed ? 1 : 0;
}
