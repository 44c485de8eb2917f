/* gc_engine_made.c - losses with right gradients and the usual mistakes. */
#include "gc_engine_made.h"

#include <stdarg.h>

const char *const mistake_name[MISTAKES] = {
    "right",          "twice as large", "wrong sign",       "one element off",
    "1e-5 too large", "two swapped",    "last element zero"
};

void made_spoil(const struct made *m, double *g, size_t n)
{
    switch (m->mistake) {
    case TIMES:
        for (size_t i = 0; i < n; i++) g[i] *= 2;
        break;
    case SIGN:
        for (size_t i = 0; i < n; i++) g[i] = -g[i];
        break;
    case ONE_ELEMENT: g[m->element % n] *= 1.001; break;
    case TINY_FACTOR:
        for (size_t i = 0; i < n; i++) g[i] *= 1.00001;
        break;
    case SWAPPED: {
        double kept = g[0];
        g[0] = g[n / 2];
        g[n / 2] = kept;
        break;
    }
    case LAST_ZERO: g[n - 1] = 0; break;
    default: break;
    }
}

#define LOSS(name) static double name(const double *x, size_t n, void *ctx)
#define GRAD(name) static void name##_grad(const double *x, size_t n, double *g, void *ctx)
#define MADE       const struct made *m = ctx

LOSS(quadratic)
{
    MADE;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (0.5 + (double)(i % 7)) * x[i] * x[i] + x[i] * x[(i + 1) % n];
    return m->scale * sum;
}

GRAD(quadratic)
{
    MADE;
    for (size_t i = 0; i < n; i++)
        g[i] = m->scale * (2 * (0.5 + (double)(i % 7)) * x[i] + x[(i + 1) % n] + x[(i + n - 1) % n]);
    made_spoil(m, g, n);
}

LOSS(linear)
{
    MADE;
    double sum = 0.1;
    for (size_t i = 0; i < n; i++) sum += (1 + (double)(i % 5)) * x[i];
    return m->scale * sum;
}

GRAD(linear)
{
    MADE;
    (void)x;
    for (size_t i = 0; i < n; i++) g[i] = m->scale * (1 + (double)(i % 5));
    made_spoil(m, g, n);
}

/* log sum exp x - x[label], of rows of four */
LOSS(cross_entropy)
{
    MADE;
    double loss = 0;
    for (size_t row = 0; row + 4 <= n; row += 4) {
        double sum = 0;
        for (size_t c = 0; c < 4; c++) sum += exp(x[row + c]);
        loss += log(sum) - x[row + row / 4 % 4];
    }
    return m->scale * loss;
}

GRAD(cross_entropy)
{
    MADE;
    for (size_t row = 0; row + 4 <= n; row += 4) {
        double sum = 0;
        for (size_t c = 0; c < 4; c++) sum += exp(x[row + c]);
        for (size_t c = 0; c < 4; c++) g[row + c] = m->scale * (exp(x[row + c]) / sum - (c == row / 4 % 4));
    }
    made_spoil(m, g, n);
}

/* A network IN-HIDDEN-1 on four samples, its parameters x: w (HIDDEN,IN), b (HIDDEN), u (HIDDEN). */
enum { IN = 3, HIDDEN = 5, SAMPLES = 4, PARAMETERS = HIDDEN * (IN + 2) };

static double sample(int s, int i)
{
    return sin(1.7 * s + 2.3 * i + 0.4);
}

static double unit(int relu, double a)
{
    return relu ? (a > 0 ? a : 0) : tanh(a);
}

static double unit_slope(int relu, double a)
{
    return relu ? a > 0 : 1 - tanh(a) * tanh(a);
}

static double before_unit(const double *x, int s, int j)
{
    double a = x[HIDDEN * IN + j];
    for (int i = 0; i < IN; i++) a += x[j * IN + i] * sample(s, i);
    return a;
}

static double network_output(int relu, const double *x, int s)
{
    double y = 0;
    for (int j = 0; j < HIDDEN; j++) y += x[HIDDEN * (IN + 1) + j] * unit(relu, before_unit(x, s, j));
    return y - 0.3 * s;
}

static double network_loss(int relu, const double *x, const struct made *m)
{
    double loss = 0;
    for (int s = 0; s < SAMPLES; s++) loss += 0.5 * network_output(relu, x, s) * network_output(relu, x, s);
    return m->scale * loss + m->offset;
}

static void network_grad(int relu, const double *x, double *g, const struct made *m)
{
    memset(g, 0, PARAMETERS * sizeof *g);
    for (int s = 0; s < SAMPLES; s++) {
        double dy = m->scale * network_output(relu, x, s);
        for (int j = 0; j < HIDDEN; j++) {
            double a = before_unit(x, s, j), da = dy * x[HIDDEN * (IN + 1) + j] * unit_slope(relu, a);
            g[HIDDEN * (IN + 1) + j] += dy * unit(relu, a);
            g[HIDDEN * IN + j] += da;
            for (int i = 0; i < IN; i++) g[j * IN + i] += da * sample(s, i);
        }
    }
    made_spoil(m, g, PARAMETERS);
}

LOSS(tanh_network)
{
    (void)n;
    return network_loss(0, x, ctx);
}

GRAD(tanh_network)
{
    (void)n;
    network_grad(0, x, g, ctx);
}

LOSS(relu_network)
{
    (void)n;
    return network_loss(1, x, ctx);
}

GRAD(relu_network)
{
    (void)n;
    network_grad(1, x, g, ctx);
}

#define ROW(name, n)                \
    {                               \
#name, name, name##_grad, n \
    }
const struct made_loss made_losses[] = {
    ROW(quadratic, 40),
    ROW(quadratic, 1),
    ROW(linear, 33),
    ROW(cross_entropy, 24),
    ROW(tanh_network, PARAMETERS),
    ROW(relu_network, PARAMETERS),
};
const int made_count = sizeof made_losses / sizeof *made_losses;

void made_fill(double *x, size_t n, uint64_t seed)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (size_t i = 0; i < n; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        x[i] = (double)(state >> 11) * 0x1p-52 - 1;
    }
}

static int failures;

int made_failures(void)
{
    printf("%d failures\n", failures);
    return failures;
}

void made_expect(int ok, const gc_result *r, const char *format, ...)
{
    if (ok) return;
    va_list args;
    va_start(args, format);
    printf("FAIL  ");
    vprintf(format, args);
    va_end(args);
    if (r) {
        printf(": %s, %s\n", gc_verdict_name(r->verdict), r->reason);
        for (int i = 0; i < r->findings; i++) {
            const gc_finding *f = &r->finding[i];
            printf("        %s, %s: tensor %d, point %d, %s, analytic %.12g, numeric %.12g +- %.1e, allowed "
                   "%.1e: %s\n",
                   gc_test_name(f->test), f->detail, f->tensor, f->point, gc_verdict_name(f->verdict),
                   f->analytic, f->numeric, f->error_bar, f->allowed, f->reason);
        }
    } else {
        puts("");
    }
    failures++;
}
