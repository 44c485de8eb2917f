/* losses.c - functions that people minimise beyond networks: one vector x, one loss, the gradient by hand. */
#include <string.h>

#include "units.h"

enum { N = 12 };
enum { X = 1 };

enum {
    right,
    inner_missing,
    half_factor,
    norms_constant,
    norm_not_squared,
    maximum_too,
    not_shifted,
    margin_ignored,
    label_ignored,
    inverted_margin,
    count_sign,
    exposure_missing,
    two_missing,
    inverse_missing,
    mask_missing,
    mask_of_sample_0,
    squared_norm,
    mean_missing,
    one_too_many,
    sides_exchanged,
    one_step_short,
    rate_of_last_step
};

/* fixed numbers in [-1,1] in place of data */
static double data(int k)
{
    return 2 * zoo_unit(99, (uint64_t)k) - 1;
}

/* ---- Rosenbrock's valley ---- */

static double valley(const double *x)
{
    double sum = 0;
    for (int i = 0; i + 1 < N; i++) {
        double off = x[i + 1] - x[i] * x[i];
        sum += 100 * off * off + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
}

static void valley_derivative(int m, const double *x, double *g)
{
    memset(g, 0, N * sizeof *g);
    for (int i = 0; i + 1 < N; i++) {
        double off = x[i + 1] - x[i] * x[i];
        g[i] += (m == half_factor ? -200 : -400) * x[i] * off - 2 * (1 - x[i]);
        if (m != inner_missing) g[i + 1] += 200 * off;
    }
}

/* ---- cosine of the angle between the halves of x ---- */

enum { HALF = N / 2 };

static double dot(const double *a, const double *b, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

static double cosine(const double *x)
{
    return dot(x, x + HALF, HALF) / sqrt(dot(x, x, HALF) * dot(x + HALF, x + HALF, HALF));
}

static void cosine_derivative(int m, const double *x, double *g)
{
    double aa = dot(x, x, HALF), bb = dot(x + HALF, x + HALF, HALF), c = cosine(x);
    for (int k = 0; k < N; k++) {
        double own = k < HALF ? aa : bb, other = x[(k + HALF) % N];
        if (m == norm_not_squared) own = sqrt(own);
        g[k] = other / sqrt(aa * bb) - (m == norms_constant ? 0 : c * x[k] / own);
    }
}

/* ---- log(sum exp(x)) ---- */

static double largest(const double *x)
{
    double max = x[0];
    for (int k = 1; k < N; k++) max = x[k] > max ? x[k] : max;
    return max;
}

static double smooth_maximum(const double *x)
{
    double max = largest(x), sum = 0;
    for (int k = 0; k < N; k++) sum += exp(x[k] - max);
    return max + log(sum);
}

static void smooth_maximum_derivative(int m, const double *x, double *g)
{
    double max = largest(x), sum = 0;
    for (int k = 0; k < N; k++) sum += exp(x[k] - max);
    for (int k = 0; k < N; k++) {
        g[k] = exp(m == not_shifted ? x[k] : x[k] - max) / sum;
        if (m == maximum_too && !(x[k] < max)) g[k] += 1;
    }
}

/* ---- hinge: sum over samples of max(0, 1 - label a.x) ---- */

enum { SAMPLES = 9 };

static double margin(const double *x, int s)
{
    double sum = 0;
    for (int k = 0; k < N; k++) sum += x[k] * data(s * N + k);
    return 1 - (s % 2 ? sum : -sum);
}

static double hinge(const double *x)
{
    double loss = 0;
    for (int s = 0; s < SAMPLES; s++) loss += margin(x, s) > 0 ? margin(x, s) : 0;
    return loss;
}

static void hinge_derivative(int m, const double *x, double *g)
{
    memset(g, 0, N * sizeof *g);
    for (int s = 0; s < SAMPLES; s++) {
        int on = m == margin_ignored || (m == inverted_margin ? margin(x, s) < 0 : margin(x, s) > 0);
        double label = m == label_ignored || s % 2 ? 1 : -1;
        for (int k = 0; k < N && on; k++) g[k] -= label * data(s * N + k);
    }
}

/* ---- Poisson regression: sum of time exp(a.x) - count a.x ---- */

static double rate_of(const double *x, int s)
{
    double sum = 0;
    for (int k = 0; k < N; k++) sum += x[k] * data(s * N + k) / 3;
    return sum;
}

static double poisson(const double *x)
{
    double loss = 0;
    for (int s = 0; s < SAMPLES; s++) loss += (1 + s) * exp(rate_of(x, s)) - s % 4 * rate_of(x, s);
    return loss;
}

static void poisson_derivative(int m, const double *x, double *g)
{
    memset(g, 0, N * sizeof *g);
    for (int s = 0; s < SAMPLES; s++) {
        double time = m == exposure_missing ? 1 : 1 + s, count = m == count_sign ? -(s % 4) : s % 4;
        for (int k = 0; k < N; k++) g[k] += (time * exp(rate_of(x, s)) - count) * data(s * N + k) / 3;
    }
}

/* ---- log det(I + A A'), x = A (2,6) ---- */

static void gram(const double *x, double c[3])
{
    c[0] = 1 + dot(x, x, HALF), c[1] = dot(x, x + HALF, HALF), c[2] = 1 + dot(x + HALF, x + HALF, HALF);
}

static double log_det(const double *x)
{
    double c[3];
    gram(x, c);
    return log(c[0] * c[2] - c[1] * c[1]);
}

static void log_det_derivative(int m, const double *x, double *g)
{
    double c[3], two = m == two_missing ? 1 : 2;
    gram(x, c);
    double det = c[0] * c[2] - c[1] * c[1];
    for (int k = 0; k < HALF; k++) {
        double a = x[k], b = x[k + HALF];
        g[k] = two * (m == inverse_missing ? a : (c[2] * a - c[1] * b) / det);
        g[k + HALF] = two * (m == inverse_missing ? b : (c[0] * b - c[1] * a) / det);
    }
}

/* ---- a ReLU net: sum over samples of (v . relu(W u) - 1)^2, x = W (4,2), v (4) ---- */

enum { UNITS = 4 };

static double unit_input(const double *x, int s, int j)
{
    return x[2 * j] * data(2 * s) + x[2 * j + 1] * data(2 * s + 1);
}

static double net_output(const double *x, int s)
{
    double y = 0;
    for (int j = 0; j < UNITS; j++) y += x[2 * UNITS + j] * fmax(unit_input(x, s, j), 0);
    return y;
}

static double relu_net(const double *x)
{
    double loss = 0;
    for (int s = 0; s < SAMPLES; s++) loss += (net_output(x, s) - 1) * (net_output(x, s) - 1);
    return loss;
}

static void relu_net_derivative(int m, const double *x, double *g)
{
    memset(g, 0, N * sizeof *g);
    for (int s = 0; s < SAMPLES; s++) {
        double dy = 2 * (net_output(x, s) - 1);
        for (int j = 0; j < UNITS; j++) {
            double a = unit_input(x, s, j);
            int on = m == mask_missing || unit_input(x, m == mask_of_sample_0 ? 0 : s, j) > 0;
            for (int i = 0; i < 2 && on; i++) g[2 * j + i] += dy * x[2 * UNITS + j] * data(2 * s + i);
            g[2 * UNITS + j] += dy * fmax(a, 0);
        }
    }
}

/* ---- the length of x ---- */

static double length(const double *x)
{
    return sqrt(dot(x, x, N));
}

static void length_derivative(int m, const double *x, double *g)
{
    double size = m == squared_norm ? dot(x, x, N) : length(x);
    for (int k = 0; k < N; k++) g[k] = x[k] / size;
}

/* ---- Kullback-Leibler divergence of softmax(x) from a fixed distribution ---- */

static double divergence_parts(const double *x, double *p, double *log_ratio)
{
    double total = smooth_maximum(x), sum = 0, q = 0;
    for (int k = 0; k < N; k++) q += exp(data(k));
    for (int k = 0; k < N; k++) {
        p[k] = exp(x[k] - total);
        log_ratio[k] = x[k] - total - (data(k) - log(q));
        sum += p[k] * log_ratio[k];
    }
    return sum;
}

static double divergence(const double *x)
{
    double p[N], log_ratio[N];
    return divergence_parts(x, p, log_ratio);
}

static void divergence_derivative(int m, const double *x, double *g)
{
    double p[N], log_ratio[N], mean = divergence_parts(x, p, log_ratio);
    if (m == mean_missing) mean = 0;
    for (int k = 0; k < N; k++) g[k] = p[k] * (log_ratio[k] - mean + (m == one_too_many ? 1 : 0));
}

/* ---- pinball loss of the 0.9 quantile: corners at every sample ---- */

static double pinball(const double *x)
{
    double loss = 0;
    for (int k = 0; k < N; k++) {
        double r = data(k) - x[k] * data(k + N);
        loss += r > 0 ? 0.9 * r : -0.1 * r;
    }
    return loss;
}

static void pinball_derivative(int m, const double *x, double *g)
{
    for (int k = 0; k < N; k++) {
        int above = data(k) - x[k] * data(k + N) > 0;
        if (m == sides_exchanged) above = !above;
        g[k] = -data(k + N) * (above ? 0.9 : -0.1);
    }
}

/* ---- a simulation: 8 steps of s = s + r s (1 - s), one for each pair (s, r) in x;
 * the sum of the ends ---- */

enum { STEPS = 8 };

static double growth(const double *x)
{
    double sum = 0;
    for (int k = 0; k < HALF; k++) {
        double s = x[k];
        for (int t = 0; t < STEPS; t++) s += 0.1 * x[k + HALF] * s * (1 - s);
        sum += s;
    }
    return sum;
}

static void growth_derivative(int m, const double *x, double *g)
{
    for (int k = 0; k < HALF; k++) {
        double s[STEPS + 1] = { x[k] }, ds = 1, dr = 0, r = 0.1 * x[k + HALF];
        for (int t = 0; t < STEPS; t++) s[t + 1] = s[t] + r * s[t] * (1 - s[t]);
        for (int t = STEPS - 1; t >= (m == one_step_short); t--) {
            if (m != rate_of_last_step || t == STEPS - 1) dr += 0.1 * ds * s[t] * (1 - s[t]);
            ds *= 1 + r * (1 - 2 * s[t]);
        }
        g[k] = ds, g[k + HALF] = dr;
    }
}

/* ---- as problems ---- */

#define LOSS(name)                                                                                          \
    static int name##_forward(void *ctx, const gc_tensor *in, gc_tensor *out)                               \
    {                                                                                                       \
        (void)ctx;                                                                                          \
        *(double *)out[0].data = name(in[0].data);                                                          \
        return 0;                                                                                           \
    }                                                                                                       \
    static int name##_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout, \
                               gc_tensor *din)                                                              \
    {                                                                                                       \
        double *g = din[0].data, up = *(const double *)dout[0].data;                                        \
        (void)out;                                                                                          \
        name##_derivative(zoo_mistake(ctx), in[0].data, g);                                                 \
        for (int k = 0; k < N; k++) g[k] *= up;                                                             \
        return 0;                                                                                           \
    }                                                                                                       \
    static void name##_build(struct zoo_problem *z)                                                         \
    {                                                                                                       \
        build(z, name##_forward, name##_backward);                                                          \
    }

static void build(struct zoo_problem *z, gc_forward forward, gc_backward backward)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(N));
    zoo_output(z, "loss", 0, NULL);
    z->p.forward = forward;
    z->p.backward = backward;
}

LOSS(valley)
LOSS(cosine)
LOSS(smooth_maximum)
LOSS(hinge)
LOSS(poisson)
LOSS(log_det)
LOSS(relu_net)
LOSS(length)
LOSS(divergence)
LOSS(pinball)
LOSS(growth)

#define RIGHT(unit)                                                   \
    {                                                                 \
#unit, "right", "nothing", unit##_build, right, 0, GC_PASS, 0 \
    }
#define WRONG(unit, name, words)                               \
    {                                                          \
#unit, #name, words, unit##_build, name, X, GC_FAIL, 0 \
    }

static const struct zoo_case rows[] = {
    RIGHT(valley),
    WRONG(valley, inner_missing, "the share of x[i+1] in each term is missing"),
    WRONG(valley, half_factor, "200 for 400: the square inside is not differentiated"),
    RIGHT(cosine),
    WRONG(cosine, norms_constant, "the lengths taken for constants"),
    WRONG(cosine, norm_not_squared, "the length where its square belongs"),
    RIGHT(smooth_maximum),
    WRONG(smooth_maximum, maximum_too, "the shift by the maximum is differentiated again"),
    WRONG(smooth_maximum, not_shifted, "the shift forgotten in the numerator"),
    RIGHT(hinge),
    WRONG(hinge, margin_ignored, "samples beyond the margin count too"),
    WRONG(hinge, label_ignored, "all labels taken as +1"),
    WRONG(hinge, inverted_margin, "the samples on the other side of the margin"),
    RIGHT(poisson),
    WRONG(poisson, count_sign, "counts added instead of subtracted"),
    WRONG(poisson, exposure_missing, "the time of observation is missing"),
    RIGHT(log_det),
    WRONG(log_det, two_missing, "the 2 of the symmetric product is missing"),
    WRONG(log_det, inverse_missing, "the inverse is missing"),
    RIGHT(relu_net),
    WRONG(relu_net, mask_missing, "no mask"),
    WRONG(relu_net, mask_of_sample_0, "the first sample's mask for all"),
    RIGHT(length),
    WRONG(length, squared_norm, "x over the square of its length"),
    RIGHT(divergence),
    WRONG(divergence, mean_missing, "the mean over p is missing"),
    WRONG(divergence, one_too_many, "the 1 of (p log p)', which the normalisation cancels"),
    RIGHT(pinball),
    WRONG(pinball, sides_exchanged, "the quantile 0.1 for 0.9"),
    RIGHT(growth),
    WRONG(growth, one_step_short, "the first step is not gone back"),
    WRONG(growth, rate_of_last_step, "the rate's share of the last step alone"),
};

const struct zoo_table zoo_losses = ZOO_TABLE(rows);
