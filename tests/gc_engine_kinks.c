/* gc_engine_kinks.c - corners and ties: every legal convention passes and is told, what no convention
 * explains fails, and what fails is seen by the test that is said to see it. */
#include "gc_engine_made.h"

enum { N = 24, WINDOW = 4, SEEDS = 10 };

/* ---- an elementwise function whose slope in 0 is a matter of choice ---- */

struct unit {
    double below, above, at_zero; /* slopes */
};

static int unit_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct unit *u = ctx;
    const double *x = in[0].data;
    double *y = out[0].data;
    for (size_t i = 0; i < in[0].dim[0]; i++) y[i] = (x[i] > 0 ? u->above : u->below) * x[i];
    return 0;
}

static int unit_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    const struct unit *u = ctx;
    const double *x = in[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    (void)out;
    for (size_t i = 0; i < in[0].dim[0]; i++)
        dx[i] = dy[i] * (x[i] > 0 ? u->above : x[i] < 0 ? u->below : u->at_zero);
    return 0;
}

/* ---- max over windows of four ---- */

enum convention { FIRST, LAST, SHARED, ALL, TWICE };

static int max_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    for (size_t k = 0; k < N / WINDOW; k++) {
        y[k] = x[k * WINDOW];
        for (size_t j = 1; j < WINDOW; j++) y[k] = fmax(y[k], x[k * WINDOW + j]);
    }
    return 0;
}

static int max_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    enum convention how = *(const enum convention *)ctx;
    const double *x = in[0].data, *y = out[0].data, *dy = dout[0].data;
    double *dx = din[0].data;
    memset(dx, 0, N * sizeof *dx);
    for (size_t k = 0; k < N / WINDOW; k++) {
        size_t ties = 0, first = WINDOW, last = 0;
        for (size_t j = 0; j < WINDOW; j++) {
            if (x[k * WINDOW + j] < y[k]) continue;
            ties++, last = j;
            if (first == WINDOW) first = j;
        }
        for (size_t j = 0; j < WINDOW; j++) {
            double share = how == FIRST    ? j == first
                           : how == LAST   ? j == last
                           : how == SHARED ? 1.0 / (double)ties
                                           : 1;
            if (how == TWICE) share = j == first ? ties > 1 ? 2 : 1 : 0;
            if (!(x[k * WINDOW + j] < y[k])) dx[k * WINDOW + j] = share * dy[k];
        }
    }
    return 0;
}

static gc_problem problem_of(gc_tensor *in, gc_tensor *out, size_t n, size_t m)
{
    *in = (gc_tensor){ .name = "x", .dt = GC_F64, .nd = 1, .dim = { n }, .flags = GC_GRAD };
    *out = (gc_tensor){ .name = "y", .dt = GC_F64, .nd = 1, .dim = { m } };
    return (gc_problem){ .name = "kinks", .nin = 1, .nout = 1, .in = in, .out = out };
}

static void check_unit(struct unit u, gc_verdict wanted, const char *words, const char *what)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        gc_tensor in, out;
        gc_problem p = problem_of(&in, &out, N, N);
        gc_options o = gc_defaults();
        o.seed = seed, o.fork = 0;
        p.forward = unit_forward, p.backward = unit_backward, p.ctx = &u;
        gc_result *r = gc_check(&p, &o);
        made_expect(r->verdict == wanted, r, "%s, seed %d", what, (int)seed);
        made_expect(!words || strstr(r->conventions, words), r, "%s: the convention is told as '%s'", what,
                    r->conventions);
        gc_free(r);
    }
}

static void units(void)
{
    check_unit((struct unit){ 0, 1, 0 }, GC_PASS, "the slope on the left", "ReLU'(0) = 0");
    check_unit((struct unit){ 0, 1, 1 }, GC_PASS, "the slope on the right", "ReLU'(0) = 1");
    check_unit((struct unit){ 0, 1, 0.5 }, GC_PASS, "between", "ReLU'(0) = 1/2");
    check_unit((struct unit){ -1, 1, 0 }, GC_PASS, "between", "|x|' = 0 in 0");
    check_unit((struct unit){ 0, 1, 1.01 }, GC_FAIL, NULL, "ReLU'(0) = 1.01");
    check_unit((struct unit){ 0, 1, -3 }, GC_FAIL, NULL, "ReLU'(0) = -3");
    check_unit((struct unit){ 1, 1, 0 }, GC_FAIL, NULL, "x' = 0 in 0");
}

static void check_max(enum convention how, unsigned checks, gc_verdict wanted, const char *words,
                      const char *what)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        gc_tensor in, out;
        gc_problem p = problem_of(&in, &out, N, N / WINDOW);
        gc_options o = gc_defaults();
        o.seed = seed, o.fork = 0, o.checks = checks;
        p.forward = max_forward, p.backward = max_backward, p.ctx = &how;
        gc_result *r = gc_check(&p, &o);
        made_expect(r->verdict == wanted, r, "%s, seed %d", what, (int)seed);
        made_expect(!words || !strstr(r->conventions, "ties") || strstr(r->conventions, words), r,
                    "%s: the convention is told as '%s'", what, r->conventions);
        gc_free(r);
    }
}

static void maxima(void)
{
    check_max(FIRST, GC_STANDARD, GC_PASS, "the first of equals", "the first maximum");
    check_max(LAST, GC_STANDARD, GC_PASS, "the last of equals", "the last maximum");
    check_max(SHARED, GC_STANDARD, GC_PASS, "all equals share", "shared maximum");
    check_max(ALL, GC_STANDARD, GC_FAIL, NULL, "all ties");
    check_max(TWICE, GC_STANDARD, GC_FAIL, NULL, "twice at ties");
    check_max(ALL, GC_STANDARD & ~(unsigned)GC_KINKS, GC_PASS, NULL,
              "all ties, without the test that sees it");
}

/* ---- the caller's point is a corner ---- */

static double absolute(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += (1 + 0.1 * (double)i) * fabs(x[i]);
    return sum;
}

static void absolute_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++)
        g[i] = (1 + 0.1 * (double)i) * (x[i] > 0 ? 1 : x[i] < 0 ? -1 : *(const double *)ctx);
}

static void check_point(const double *x, size_t n, double at_zero, gc_verdict wanted, const char *what)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    gc_result *r = gc_check_scalar(absolute, absolute_grad, x, n, &at_zero, &o);
    made_expect(r->verdict == wanted, r, "%s", what);
    made_expect(gc_exit_code(r) == (wanted == GC_FAIL), r, "exit code %d", gc_exit_code(r));
    if (wanted == GC_FAIL)
        made_expect(strstr(r->tensor[0].pattern, "only at corners") != NULL, r, "%s is called: %s", what,
                    r->tensor[0].pattern);
    gc_free(r);
}

static void given_points(void)
{
    const double zeros[6] = { 0 }, some[6] = { 0, 1, -2, 0, 0.5, 3 }, none[6] = { 2, 1, -2, -1, 0.5, 3 };
    const double near_zero[6] = { 1e-7, -1e-7, 1e-5, -1e-5, 1e-9, 3 };
    check_point(zeros, 6, 0.3, GC_KINK, "|x| at 0, a slope between");
    check_point(zeros, 6, 1, GC_KINK, "|x| at 0, the right slope");
    check_point(zeros, 6, 1.5, GC_FAIL, "|x| at 0, a slope of 1.5");
    check_point(some, 6, -1, GC_KINK, "|x| at some zeros");
    check_point(some, 6, -1.5, GC_FAIL, "|x| at some zeros, a slope of -1.5");
    check_point(none, 6, 1, GC_PASS, "|x| beside 0");
    check_point(near_zero, 6, 1, GC_PASS, "|x| close to 0: each takes steps of its own size");
}

/* ---- two corners in one place: f = sum_j u_j relu(w_j x), where no choice of slopes need lie between the
 * two sides ---- */

static double fan(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)n;
    for (int j = 0; j < 6; j++) {
        double a = sin(j + 1.0) * x[0] + cos(3.0 * j) * x[1] + sin(2.0 * j) * x[2];
        sum += *(const double *)ctx * cos(j + 0.5) * (a > 0 ? a : 0);
    }
    return sum;
}

static void fan_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)n;
    memset(g, 0, 3 * sizeof *g);
    for (int j = 0; j < 6; j++) {
        double w[3] = { sin(j + 1.0), cos(3.0 * j), sin(2.0 * j) },
               a = w[0] * x[0] + w[1] * x[1] + w[2] * x[2];
        for (int i = 0; i < 3; i++) g[i] += *(const double *)ctx * cos(j + 0.5) * (a > 0) * w[i];
    }
}

/* x y^2 / (x^2 + y^2), 0 in 0: slopes along every line, and no gradient */
static double no_gradient(const double *x, size_t n, void *ctx)
{
    double size2 = x[0] * x[0] + x[1] * x[1];
    (void)n, (void)ctx;
    return size2 > 0 ? x[0] * x[1] * x[1] / size2 : 0;
}

static void no_gradient_grad(const double *x, size_t n, double *g, void *ctx)
{
    double a = x[0], b = x[1], s = a * a + b * b;
    (void)n, (void)ctx;
    g[0] = s > 0 ? b * b * (b * b - a * a) / (s * s) : 0;
    g[1] = s > 0 ? 2 * a * a * a * b / (s * s) : 0;
}

static void odd_points(void)
{
    const double zero[3] = { 0 };
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        gc_options o = gc_defaults();
        o.fork = 0, o.seed = seed;
        double scale = 1;
        gc_result *r = gc_check_scalar(fan, fan_grad, zero, 3, &scale, &o);
        made_expect(r->verdict == GC_KINK || r->verdict == GC_PASS, r, "six corners in one place, seed %d",
                    (int)seed);
        gc_free(r);
        r = gc_check_scalar(no_gradient, no_gradient_grad, zero, 2, NULL, &o);
        made_expect(r->verdict == GC_INCONCLUSIVE && strstr(r->reason, "not differentiable"), r,
                    "no gradient in 0, seed %d", (int)seed);
        gc_free(r);
    }
}

int main(void)
{
    units();
    maxima();
    given_points();
    odd_points();
    return made_failures() != 0;
}
