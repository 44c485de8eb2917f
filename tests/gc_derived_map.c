/* gc_derived_map.c - gc_check_map and gc_check_second: right products with the Jacobian and the Hessian
 * pass at every seed, wrong ones fail or break their contract at every seed, and what cannot be asked for
 * is refused in a sentence.
 *
 * Every function gives its map and its Jacobian by formula; jvp, vjp and the matrix are made of the
 * Jacobian, right or with one of the mistakes. */
#include "gc_engine_made.h"

enum { MOST = 8, SEEDS = 12 };

struct subject {
    const char *name;
    size_t n, m;
    void (*map)(const double *x, double *y);
    void (*jacobian)(const double *x, double *J);
    int is_gradient; /* J is symmetric */
};

static const double W[4][6] = { { 0.4, -1.1, 0.3, 0.9, -0.2, 0.7 },
                                { -0.6, 0.5, 1.2, -0.3, 0.8, 0.1 },
                                { 1.0, 0.2, -0.7, 0.4, 0.6, -0.9 },
                                { -0.5, 0.3, 0.2, 1.1, -0.8, 0.6 } };

/* ---- maps ---- */

static void dense(const double *x, double *y)
{
    for (int i = 0; i < 4; i++) {
        double z = 0;
        for (int j = 0; j < 6; j++) z += W[i][j] * x[j];
        y[i] = tanh(z);
    }
}

static void dense_j(const double *x, double *J)
{
    double y[4];
    dense(x, y);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 6; j++) J[6 * i + j] = (1 - y[i] * y[i]) * W[i][j];
}

static void softmax(const double *x, double *y)
{
    double sum = 0;
    for (int i = 0; i < 5; i++) sum += exp(x[i]);
    for (int i = 0; i < 5; i++) y[i] = exp(x[i]) / sum;
}

static void softmax_j(const double *x, double *J)
{
    double y[5];
    softmax(x, y);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) J[5 * i + j] = y[i] * ((i == j) - y[j]);
}

/* residuals of Rosenbrock's function */
static void residuals(const double *x, double *y)
{
    for (int i = 0; i < 3; i++) y[2 * i] = 10 * (x[i + 1] - x[i] * x[i]), y[2 * i + 1] = 1 - x[i];
}

static void residuals_j(const double *x, double *J)
{
    memset(J, 0, 24 * sizeof *J);
    for (int i = 0; i < 3; i++) {
        J[4 * (2 * i) + i] = -20 * x[i];
        J[4 * (2 * i) + i + 1] = 10;
        J[4 * (2 * i + 1) + i] = -1;
    }
}

static void relu(const double *x, double *y)
{
    dense(x, y);
    for (int i = 0; i < 4; i++) y[i] = y[i] > 0 ? y[i] : 0.1 * y[i];
}

static void relu_j(const double *x, double *J)
{
    double y[4];
    dense(x, y);
    dense_j(x, J);
    for (int i = 0; i < 24; i++) J[i] *= y[i / 6] > 0 ? 1 : 0.1;
}

static void tiny(const double *x, double *y)
{
    dense(x, y);
    for (int i = 0; i < 4; i++) y[i] *= 1e-8;
}

static void tiny_j(const double *x, double *J)
{
    dense_j(x, J);
    for (int i = 0; i < 24; i++) J[i] *= 1e-8;
}

static void sums(const double *x, double *y)
{
    y[0] = 1, y[1] = 0;
    for (int i = 0; i < 5; i++) y[0] *= 1 + 0.3 * sin(x[i]), y[1] += x[i] * x[i] * x[i];
}

static void sums_j(const double *x, double *J)
{
    double y[2];
    sums(x, y);
    for (int i = 0; i < 5; i++)
        J[i] = y[0] * 0.3 * cos(x[i]) / (1 + 0.3 * sin(x[i])), J[5 + i] = 3 * x[i] * x[i];
}

/* some outputs do not depend on x at all */
static void partly(const double *x, double *y)
{
    y[0] = 3, y[1] = x[0] * x[1], y[2] = exp(x[2]), y[3] = -1;
}

static void partly_j(const double *x, double *J)
{
    memset(J, 0, 12 * sizeof *J);
    J[3] = x[1], J[4] = x[0], J[8] = exp(x[2]);
}

/* ---- gradients, as maps ---- */

static void quartic(const double *x, double *g)
{
    for (int i = 0; i < 5; i++) g[i] = x[i] * x[i] * x[i] + x[(i + 1) % 5] + x[(i + 4) % 5];
}

static void quartic_j(const double *x, double *H)
{
    memset(H, 0, 25 * sizeof *H);
    for (int i = 0; i < 5; i++) {
        H[6 * i] = 3 * x[i] * x[i];
        H[5 * i + (i + 1) % 5] = H[5 * i + (i + 4) % 5] = 1;
    }
}

/* of log sum exp */
static void logsumexp(const double *x, double *g)
{
    softmax(x, g);
}

static void rosenbrock(const double *x, double *g)
{
    memset(g, 0, 4 * sizeof *g);
    for (int i = 0; i < 3; i++) {
        double r = x[i + 1] - x[i] * x[i];
        g[i] += -400 * x[i] * r - 2 * (1 - x[i]);
        g[i + 1] += 200 * r;
    }
}

static void rosenbrock_j(const double *x, double *H)
{
    memset(H, 0, 16 * sizeof *H);
    for (int i = 0; i < 3; i++) {
        H[5 * i] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
        H[5 * i + 1] += -400 * x[i];
        H[5 * i + 4] += -400 * x[i];
        H[5 * i + 5] += 200;
    }
}

/* sum of softplus(w'x) over four rows w: logistic regression */
static void logistic(const double *x, double *g)
{
    memset(g, 0, 6 * sizeof *g);
    for (int i = 0; i < 4; i++) {
        double z = 0;
        for (int j = 0; j < 6; j++) z += W[i][j] * x[j];
        for (int j = 0; j < 6; j++) g[j] += W[i][j] / (1 + exp(-z));
    }
}

static void logistic_j(const double *x, double *H)
{
    memset(H, 0, 36 * sizeof *H);
    for (int i = 0; i < 4; i++) {
        double z = 0;
        for (int j = 0; j < 6; j++) z += W[i][j] * x[j];
        double s = 1 / (1 + exp(-z));
        for (int j = 0; j < 36; j++) H[j] += s * (1 - s) * W[i][j / 6] * W[i][j % 6];
    }
}

static void quadratic(const double *x, double *g)
{
    for (int i = 0; i < 4; i++) {
        g[i] = 0;
        for (int j = 0; j < 4; j++) g[i] += (W[i][j] + W[j][i]) * x[j];
    }
}

static void quadratic_j(const double *x, double *H)
{
    (void)x;
    for (int i = 0; i < 16; i++) H[i] = W[i / 4][i % 4] + W[i % 4][i / 4];
}

/* of a product of cosines */
static void waves(const double *x, double *g)
{
    double p = cos(x[0]) * cos(2 * x[1]) * cos(x[2]);
    g[0] = -p * tan(x[0]), g[1] = -2 * p * tan(2 * x[1]), g[2] = -p * tan(x[2]);
}

static void waves_j(const double *x, double *H)
{
    double p = cos(x[0]) * cos(2 * x[1]) * cos(x[2]), t[3] = { tan(x[0]), 2 * tan(2 * x[1]), tan(x[2]) };
    for (int i = 0; i < 9; i++) H[i] = p * t[i / 3] * t[i % 3];
    H[0] = -p, H[4] = -4 * p, H[8] = -p;
}

static const struct subject subjects[] = {
    { "dense", 6, 4, dense, dense_j, 0 },
    { "softmax", 5, 5, softmax, softmax_j, 0 },
    { "residuals", 4, 6, residuals, residuals_j, 0 },
    { "leaky ReLU", 6, 4, relu, relu_j, 0 },
    { "1e-8 dense", 6, 4, tiny, tiny_j, 0 },
    { "product and cubes", 5, 2, sums, sums_j, 0 },
    { "constants among outputs", 3, 4, partly, partly_j, 0 },
    { "quartic", 5, 5, quartic, quartic_j, 1 },
    { "log sum exp", 5, 5, logsumexp, softmax_j, 1 },
    { "Rosenbrock", 4, 4, rosenbrock, rosenbrock_j, 1 },
    { "logistic", 6, 6, logistic, logistic_j, 1 },
    { "quadratic", 4, 4, quadratic, quadratic_j, 1 },
    { "waves", 3, 3, waves, waves_j, 1 },
};

/* ---- mistakes ---- */

enum mistake_here {
    NONE,
    TWICE,       /* J is twice too large */
    NEGATIVE,    /* its sign is wrong */
    HALF_ROW,    /* one row is half of what it should be */
    ZERO_COLUMN, /* a column is left out */
    ONE_OFF,     /* one number is 1e-4 too large */
    DIAGONAL,    /* only the diagonal is computed */
    TRIANGLE,    /* only the upper triangle is */
    ROWS_MIXED,  /* two rows are exchanged */
    ELSEWHERE,   /* computed at 1.01 x */
    DAMPED,      /* 1e-3 is added to the diagonal */
    ADDS,        /* to what the result held */
    LEAVES,      /* the last number unwritten */
    SHIFTED,     /* adds a constant: not linear in v */
    MEMORY,      /* gives another result at every call */
    RARELY,      /* gives another result at one call of nine, as races do */
    EDITS,       /* writes to x */
    SLIPS
};

static const char *const slip_name[SLIPS] = {
    "right",         "twice",      "negative",       "half a row",     "zero column", "one 1e-4 off",
    "diagonal only", "triangle",   "rows exchanged", "at 1.01 x",      "damped",      "adds",
    "leaves one",    "not linear", "has a memory",   "wrong at times", "edits x"
};

struct made_map {
    const struct subject *s;
    enum mistake_here slip;
    int calls;
};

/* 0: a mistake that this Jacobian cannot show */
static int matters(const struct subject *s, enum mistake_here slip)
{
    int is_small = s->n < 2 || s->m < 2, is_flat = s->m != s->n;
    if (slip == DAMPED && s->map == tiny) return 1;
    if (slip == TRIANGLE || slip == DIAGONAL) return !is_small && !is_flat;
    if (s->map == partly && (slip == ROWS_MIXED || slip == HALF_ROW)) return 0; /* rows of zeros */
    if (slip == ELSEWHERE && s->map == quadratic) return 0;                     /* H is constant */
    return 1;
}

static void spoiled(const struct made_map *k, const double *x, double *J)
{
    size_t n = k->s->n, m = k->s->m;
    double at[MOST] = { 0 };
    for (size_t i = 0; i < n; i++) at[i] = k->slip == ELSEWHERE ? 1.01 * x[i] : x[i];
    k->s->jacobian(at, J);
    for (size_t i = 0; i < m * n; i++) {
        size_t row = i / n, column = i % n;
        if (k->slip == TWICE) J[i] *= 2;
        if (k->slip == NEGATIVE) J[i] = -J[i];
        if (k->slip == HALF_ROW && row == 0) J[i] /= 2;
        if (k->slip == ZERO_COLUMN && column == 1) J[i] = 0;
        if (k->slip == DIAGONAL && row != column) J[i] = 0;
        if (k->slip == TRIANGLE && row > column) J[i] = 0;
        if (k->slip == DAMPED && row == column) J[i] += k->s->map == tiny ? 1e-11 : 1e-3;
    }
    if (k->slip == ONE_OFF) {
        size_t largest = 0;
        for (size_t i = 0; i < m * n; i++)
            if (fabs(J[i]) > fabs(J[largest])) largest = i;
        J[largest] *= 1.0001;
    }
    for (size_t j = 0; j < n && k->slip == ROWS_MIXED; j++) {
        double kept = J[j];
        J[j] = J[n + j], J[n + j] = kept;
    }
}

static void slip(struct made_map *k, const double *x, double *result, size_t count, const double *right)
{
    size_t end = k->slip == LEAVES ? count - 1 : count;
    for (size_t i = 0; i < end; i++) {
        double value = right[i];
        if (k->slip == SHIFTED) value += 0.01 * (1 + fabs(right[0]));
        if (k->slip == MEMORY) value *= 1 + 1e-3 * k->calls;
        if (k->slip == RARELY && k->calls % 9 == 8) value *= 1.01;
        if (k->slip == ADDS)
            result[i] += value;
        else
            result[i] = value;
    }
    k->calls++;
    if (k->slip == EDITS) ((double *)(uintptr_t)x)[0] += 1;
}

static void map(const double *x, size_t n, double *y, size_t m, void *ctx)
{
    (void)n, (void)m;
    ((const struct made_map *)ctx)->s->map(x, y);
}

static void jvp(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx)
{
    double J[MOST * MOST], right[MOST] = { 0 };
    spoiled(ctx, x, J);
    for (size_t i = 0; i < m * n; i++) right[i / n] += J[i] * v[i % n];
    slip(ctx, x, jv, m, right);
}

static void vjp(const double *x, size_t n, const double *u, double *g, size_t m, void *ctx)
{
    double J[MOST * MOST], right[MOST] = { 0 };
    spoiled(ctx, x, J);
    for (size_t i = 0; i < m * n; i++) right[i % n] += J[i] * u[i / n];
    slip(ctx, x, g, n, right);
}

static void jacobian(const double *x, size_t n, double *J, size_t m, void *ctx)
{
    double right[MOST * MOST];
    spoiled(ctx, x, right);
    slip(ctx, x, J, m * n, right);
}

static void gradient(const double *x, size_t n, double *g, void *ctx)
{
    map(x, n, g, n, ctx);
}

static void hvp(const double *x, size_t n, const double *v, double *hv, void *ctx)
{
    jvp(x, n, v, hv, n, ctx);
}

static void hessian(const double *x, size_t n, double *H, void *ctx)
{
    jacobian(x, n, H, n, ctx);
}

/* ---- the table: every function, every mistake, every product, every seed ---- */

enum product { JVP, VJP, JACOBIAN, HVP, HESSIAN, PRODUCTS };
static const char *const product_name[PRODUCTS] = { "jvp", "vjp", "jacobian", "hvp", "hessian" };

static gc_result *check(struct made_map *k, enum product p, const gc_options *o)
{
    const struct subject *s = k->s;
    gc_function f = { .name = s->name, .n = s->n, .m = s->m, .map = map, .ctx = k };
    gc_second second = { .name = s->name, .n = s->n, .grad = gradient, .ctx = k };
    if (p == JVP) f.jvp = jvp;
    if (p == VJP) f.vjp = vjp;
    if (p == JACOBIAN) f.jacobian = jacobian;
    if (p == HVP) second.hvp = hvp;
    if (p == HESSIAN) second.hessian = hessian;
    return p >= HVP ? gc_check_second(&second, o) : gc_check_map(&f, o);
}

static int wrong_seen, right_seen;

static void expect_verdict(const struct subject *s, enum mistake_here slipped, enum product p,
                           const gc_options *o)
{
    struct made_map k = { s, slipped, 0 };
    gc_result *r = check(&k, p, o);
    int breaks = slipped >= ADDS && slipped != SHIFTED && slipped != RARELY;
    int ok = slipped == NONE ? r->verdict == GC_PASS
             : breaks        ? r->verdict == GC_CONTRACT_BROKEN
                             : r->verdict == GC_FAIL || r->verdict == GC_CONTRACT_BROKEN;
    if (slipped == SHIFTED && p >= JACOBIAN && p != HVP) ok = r->verdict == GC_FAIL;
    made_expect(ok, r, "%s of %s, %s, seed %llu", product_name[p], s->name, slip_name[slipped],
                (unsigned long long)o->seed);
    made_expect(slipped == NONE || r->reason[0] || r->findings, r, "no sentence");
    if (slipped == NONE)
        right_seen++;
    else
        wrong_seen++;
    gc_free(r);
}

static void look_at_all(void)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        for (int p = 0; p < PRODUCTS; p++)
            for (enum mistake_here slipped = NONE; slipped < SLIPS; slipped++) {
                if (!matters(&subjects[i], slipped) || (p >= HVP && !subjects[i].is_gradient)) continue;
                int seeds = slipped == NONE ? 10 * SEEDS : SEEDS;
                for (o.seed = 1; o.seed <= (uint64_t)seeds; o.seed++)
                    expect_verdict(&subjects[i], slipped, p, &o);
            }
}

/* ---- what the report says ---- */

static void expect_text(gc_result *r, gc_verdict wanted, const char *words)
{
    made_expect(r->verdict == wanted, r, "'%s': another verdict", words);
    made_expect(strstr(gc_report(r), words) != NULL, r, "the report does not say '%s'", words);
    gc_free(r);
}

/* J'v where Jv is due: products that agree with each other, and not with the map */
static void transposed(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx)
{
    vjp(x, n, v, jv, m, ctx);
}

/* what people write who have no second derivatives */
static void by_differences(const double *x, size_t n, const double *v, double *hv, void *ctx)
{
    double plus[MOST], minus[MOST], at[MOST] = { 0 }, size = 0;
    for (size_t i = 0; i < n; i++) size = fmax(size, fabs(v[i]));
    double h = size > 0 ? 1e-5 / size : 0;
    for (size_t i = 0; i < n; i++) at[i] = x[i] + h * v[i];
    gradient(at, n, plus, ctx);
    for (size_t i = 0; i < n; i++) at[i] = x[i] - h * v[i];
    gradient(at, n, minus, ctx);
    for (size_t i = 0; i < n; i++) hv[i] = h > 0 ? (plus[i] - minus[i]) / (2 * h) : 0;
}

static double half_square(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i] / 2;
    return sum;
}

static void crash(const double *x, size_t n, const double *v, double *jv, size_t m, void *ctx)
{
    jvp(x, n, v, jv, m, ctx);
    for (size_t i = 0; i < 100000; i++) jv[m + i] = 0;
}

static void texts(void)
{
    struct made_map right = { &subjects[1], NONE, 0 }, twice = { &subjects[0], TWICE, 0 };
    struct made_map row = { &subjects[0], HALF_ROW, 0 }, steep = { &subjects[9], NONE, 0 };
    gc_options o = gc_defaults();
    gc_function f = { .name = "f", .n = 6, .m = 4, .map = map, .jvp = jvp, .ctx = &twice };
    expect_text(gc_check_map(&f, &o), GC_FAIL, "analytic = 2 * numeric");
    f.ctx = &row;
    expect_text(gc_check_map(&f, &o), GC_FAIL, "dy[4] 1/4 wrong");
    f.jvp = NULL, f.jacobian = jacobian;
    expect_text(gc_check_map(&f, &o), GC_FAIL, "dy/dx[4,6] 6/24 wrong");
    f.jacobian = NULL, f.jvp = crash;
    expect_text(gc_check_map(&f, &o), GC_CONTRACT_BROKEN, "past the end of the result of jvp");

    /* jvp and vjp beside each other, with and without a map */
    gc_function both = { .name = "f", .n = 5, .m = 5, .map = map, .jvp = jvp, .vjp = vjp, .ctx = &right };
    expect_text(gc_check_map(&both, &o), GC_PASS, "worst error");
    both.map = NULL;
    expect_text(gc_check_map(&both, &o), GC_PASS, "worst error");
    both.ctx = &(struct made_map){ &subjects[7], ELSEWHERE, 0 };
    expect_text(gc_check_map(&both, &o), GC_PASS,
                "worst error"); /* they agree: that is all that can be seen */
    both.ctx = &(struct made_map){ &subjects[0], NONE, 0 };
    both.n = 6, both.m = 4;
    expect_text(gc_check_map(&both, &o), GC_PASS, "worst error");
    both.n = both.m = 5, both.ctx = &(struct made_map){ &subjects[1], HALF_ROW, 0 }, both.jvp = transposed;
    expect_text(gc_check_map(&both, &o), GC_FAIL, "not products with one matrix and its transpose");

    /* second derivatives of a gradient that is itself wrong, and by differences */
    gc_second s = { .name = "s", .n = 4, .loss = half_square, .grad = gradient, .hvp = hvp, .ctx = &steep };
    expect_text(gc_check_second(&s, &o), GC_FAIL, "second derivatives were not looked at");
    s.loss = NULL, s.hvp = by_differences;
    for (o.seed = 1; o.seed <= SEEDS; o.seed++) expect_text(gc_check_second(&s, &o), GC_PASS, "PASS");
}

static void refusals(void)
{
    gc_options o = gc_defaults();
    struct made_map right = { &subjects[0], NONE, 0 };
    gc_function f = { .name = "f", .n = 6, .m = 4, .ctx = &right };
    gc_second s = { .name = "s", .n = 4, .ctx = &right };
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "give jvp, vjp or jacobian");
    f.jvp = jvp;
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "give both");
    f.vjp = vjp, f.jacobian = jacobian;
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "give map");
    f.map = map, f.numbers = GC_JAX;
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "no room for the derivatives by re and im");
    f.numbers = GC_REAL, f.n = 0;
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "n or m is 0");
    f.n = f.m = (size_t)1 << 20;
    expect_text(gc_check_map(&f, &o), GC_INCONCLUSIVE, "check products");
    expect_text(gc_check_second(&s, &o), GC_INCONCLUSIVE, "give grad");
    s.grad = gradient;
    expect_text(gc_check_second(&s, &o), GC_INCONCLUSIVE, "give hvp or hessian");
}

int main(void)
{
    look_at_all();
    texts();
    refusals();
    printf("%d checks of right products, %d of wrong ones, %d failures\n", right_seen, wrong_seen,
           made_failures());
    return made_failures() != 0;
}
