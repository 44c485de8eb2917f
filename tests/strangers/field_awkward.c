/* field_awkward.c - losses that are hard to measure: saturated, drowned in a constant, finer than any
 * step, of single precision, made of order statistics, of variables of very different sizes. */
#include "stranger.h"

/* ---- sure: softmax cross-entropy of class 2 of 5, logits 30 x: often 0 to the last digit ---- */

enum { sure_label_next = 1 };

static double sure_loss(const double *x, size_t n, void *ctx)
{
    double top = 30 * x[0], sum = 0;
    (void)ctx;
    for (size_t i = 1; i < n; i++) top = fmax(top, 30 * x[i]);
    for (size_t i = 0; i < n; i++) sum += exp(30 * x[i] - top);
    return log(sum) - (30 * x[2] - top);
}

static void sure_grad(const double *x, size_t n, double *g, void *ctx)
{
    double top = 30 * x[0], sum = 0;
    for (size_t i = 1; i < n; i++) top = fmax(top, 30 * x[i]);
    for (size_t i = 0; i < n; i++) sum += exp(30 * x[i] - top);
    for (size_t i = 0; i < n; i++) g[i] = 30 * (exp(30 * x[i] - top) / sum - (i == (BUG(ctx) ? 3 : 2)));
}

UNIT(sure, 5, -1, 1, FEW)

/* ---- margin_loss: log(1 + exp(-60 y x)) as written in a first course ---- */

enum { margin_slope_forgotten = 10 };

static double margin_loss_loss(const double *x, size_t n, void *ctx)
{
    double l = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) l += log(1 + exp((i % 2 ? 60 : -60) * x[i]));
    return l;
}

static void margin_loss_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) {
        double k = i % 2 ? 60 : -60;
        g[i] = (BUG(ctx) ? 1 : k) / (1 + exp(-k * x[i]));
    }
}

UNIT(margin_loss, 4, -1, 1, FEW)

/* ---- flat_top: 1 - tanh(12 x^2 + 15): a plateau that is 1 to the last digits ---- */

static double flat_top_loss(const double *x, size_t n, void *ctx)
{
    double l = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) l += 1 - tanh(12 * x[i] * x[i] + 15);
    return l;
}

static void flat_top_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        double c = cosh(12 * x[i] * x[i] + 15);
        g[i] = -24 * x[i] / (c * c);
    }
}

UNIT(flat_top, 3, -0.6, 0.6, FEW | DROWNED)

/* ---- sigmoids: a deep chain of steep sigmoids, gradient by the chain rule ---- */

static double sigmoids_loss(const double *x, size_t n, void *ctx)
{
    double h = 0.5;
    (void)ctx;
    for (size_t i = 0; i < n; i++) h = 1 / (1 + exp(-12 * (x[i] * h + 0.3)));
    return -log(h);
}

static void sigmoids_grad(const double *x, size_t n, double *g, void *ctx)
{
    double h[8] = { 0.5 }, d;
    (void)ctx;
    for (size_t i = 0; i < n; i++) h[i + 1] = 1 / (1 + exp(-12 * (x[i] * h[i] + 0.3)));
    d = -1 / h[n];
    for (size_t i = n; i-- > 0;) {
        d *= 12 * h[i + 1] / (1 + exp(12 * (x[i] * h[i] + 0.3)));
        g[i] = d * h[i];
        d *= x[i];
    }
}

UNIT(sigmoids, 5, -2, 2, FEW)

/* ---- offset: an energy of 1e14 joules and what one looks for beside it ---- */

enum { offset_sign = 20, offset_twice, offset_zero };

static double offset_loss(const double *x, size_t n, void *ctx)
{
    double e = 1e14;
    (void)ctx;
    for (size_t i = 0; i < n; i++) e += (1 + 0.1 * (double)i) * sin(x[i]);
    return e;
}

static void offset_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) {
        g[i] = (1 + 0.1 * (double)i) * cos(x[i]);
        g[i] *= bug == offset_sign ? -1 : bug == offset_twice ? 2 : bug == offset_zero ? 0 : 1;
    }
}

UNIT(offset, 6, -1, 1, DROWNED)

/* ---- fine: waves of a millionth ---- */

enum { fine_factor = 30 };

static double fine_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += sin(x[i] / 1e-6);
    return s;
}

static void fine_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = cos(x[i] / 1e-6) / (BUG(ctx) ? 2e-6 : 1e-6);
}

UNIT(fine, 3, -1, 1, WAVES)

/* ---- octaves: positional encoding of 3 coordinates, 20 octaves, weighted ---- */

enum { octave_frequency_missing = 40 };

static double octave_weight(int k, int c)
{
    return sin(0.7 * k + 1.9 * c) / (1 + 0.1 * k);
}

static double octaves_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int c = 0; c < (int)n; c++)
        for (int k = 0; k < 20; k++) {
            double a = ldexp(1.0, k) * 3.14159265358979323846 * x[c];
            s += octave_weight(k, c) * sin(a) + octave_weight(k, c + 5) * cos(a);
        }
    return s;
}

static void octaves_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (int c = 0; c < (int)n; c++) {
        g[c] = 0;
        for (int k = 0; k < 20; k++) {
            double f = ldexp(1.0, k) * 3.14159265358979323846, a = f * x[c];
            if (BUG(ctx) && k == 19) f = 1;
            g[c] += f * (octave_weight(k, c) * cos(a) - octave_weight(k, c + 5) * sin(a));
        }
    }
}

UNIT(octaves, 3, -1, 1, WAVES)

/* ---- ripple: a bowl with a ripple of 1e-8 that has a slope of 0.1 ---- */

enum { ripple_missing = 50 };

static double ripple_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += x[i] * x[i] + 1e-8 * sin(x[i] / 1e-7);
    return s;
}

static void ripple_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i] + (BUG(ctx) ? 0 : 0.1 * cos(x[i] / 1e-7));
}

UNIT(ripple, 4, -1, 1, WAVES)

/* ---- two_paths: intensity of light of 500 nm over two paths of about a metre; x = three lengths ---- */

static double two_paths_loss(const double *x, size_t n, void *ctx)
{
    double k = 2 * 3.14159265358979323846 / 500e-9, a = sqrt(x[0] * x[0] + x[1] * x[1]), b = x[2];
    (void)n, (void)ctx;
    return cos(k * (a - b));
}

static void two_paths_grad(const double *x, size_t n, double *g, void *ctx)
{
    double k = 2 * 3.14159265358979323846 / 500e-9, a = sqrt(x[0] * x[0] + x[1] * x[1]), b = x[2];
    double d = -k * sin(k * (a - b));
    (void)n, (void)ctx;
    g[0] = d * x[0] / a, g[1] = d * x[1] / a, g[2] = -d;
}

UNIT(two_paths, 3, 0.5, 1.5, WAVES)

/* ---- float_offset: a million and a little, summed in float ---- */

enum { float_offset_sign = 60 };

static double float_offset_loss(const double *x, size_t n, void *ctx)
{
    float s = 1e6f;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += (float)(1 + 0.2 * (double)i) * sinf((float)x[i]);
    return s;
}

static void float_offset_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = (BUG(ctx) ? -1 : 1) * (1 + 0.2 * (double)i) * cos(x[i]);
}

UNIT(float_offset, 6, -1, 1, DROWNED | SINGLE)

/* ---- float_net: doubles outside, a net 3-4-1 in float inside ---- */

enum { float_net_bias = 70, float_net_sign };

static double float_net_loss(const double *x, size_t n, void *ctx)
{
    float e = 0;
    (void)n, (void)ctx;
    for (int s = 0; s < 4; s++) {
        float y = (float)x[16];
        for (int i = 0; i < 4; i++) {
            float a = (float)x[12 + i] * 0.5f;
            for (int j = 0; j < 3; j++) a += (float)x[3 * i + j] * (float)((s * 3 + j) % 5 - 2);
            y += tanhf(a);
        }
        e += (y - (float)s) * (y - (float)s);
    }
    return e;
}

static void float_net_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int s = 0; s < 4; s++) {
        float h[4], y = (float)x[16];
        for (int i = 0; i < 4; i++) {
            h[i] = (float)x[12 + i] * 0.5f;
            for (int j = 0; j < 3; j++) h[i] += (float)x[3 * i + j] * (float)((s * 3 + j) % 5 - 2);
            y += h[i] = tanhf(h[i]);
        }
        float d = 2 * (y - (float)s);
        if (bug == float_net_sign) d = -d;
        g[16] += d;
        for (int i = 0; i < 4; i++) {
            g[12 + i] += d * (1 - h[i] * h[i]) * (bug == float_net_bias ? 1.0f : 0.5f);
            for (int j = 0; j < 3; j++) g[3 * i + j] += d * (1 - h[i] * h[i]) * (float)((s * 3 + j) % 5 - 2);
        }
    }
}

UNIT(float_net, 17, -1, 1, SINGLE)

/* ---- median: absolute deviation from the median of 9 ---- */

enum { median_neighbour = 80 };

static int rank_of(const double *x, int n, int i)
{
    int r = 0;
    for (int j = 0; j < n; j++) r += x[j] < x[i] || (x[j] == x[i] && j < i);
    return r;
}

static int of_rank(const double *x, int n, int r)
{
    int i = 0;
    while (rank_of(x, n, i) != r) i++;
    return i;
}

static double median_loss(const double *x, size_t n, void *ctx)
{
    int m = (int)n;
    double q = x[of_rank(x, m, m / 2)];
    (void)ctx;
    return q * q + q;
}

static void median_grad(const double *x, size_t n, double *g, void *ctx)
{
    int m = (int)n, at = of_rank(x, m, m / 2);
    for (int i = 0; i < m; i++) g[i] = 0;
    g[BUG(ctx) ? of_rank(x, m, m / 2 + 1) : at] = 2 * x[at] + 1;
}

UNIT(median, 9, -2, 2, 0)

/* ---- quartile: interpolated between two order statistics ---- */

static double quartile_loss(const double *x, size_t n, void *ctx)
{
    int m = (int)n;
    (void)ctx;
    return 0.25 * x[of_rank(x, m, m / 4)] + 0.75 * x[of_rank(x, m, m / 4 + 1)];
}

static void quartile_grad(const double *x, size_t n, double *g, void *ctx)
{
    int m = (int)n;
    (void)ctx;
    for (int i = 0; i < m; i++) g[i] = 0;
    g[of_rank(x, m, m / 4)] = 0.25;
    g[of_rank(x, m, m / 4 + 1)] = 0.75;
}

UNIT(quartile, 11, -2, 2, 0)

/* ---- maximin: the best of the worst, rows of 4; a game ---- */

enum { maximin_row_only = 90 };

static int smallest_of(const double *row)
{
    int k = 0;
    for (int j = 1; j < 4; j++)
        if (row[j] < row[k]) k = j;
    return k;
}

static int best_row(const double *x, int rows)
{
    int best = 0;
    for (int i = 1; i < rows; i++)
        if (x[4 * i + smallest_of(x + 4 * i)] > x[4 * best + smallest_of(x + 4 * best)]) best = i;
    return best;
}

static double maximin_loss(const double *x, size_t n, void *ctx)
{
    int r = best_row(x, (int)n / 4);
    (void)ctx;
    return 3 * x[4 * r + smallest_of(x + 4 * r)];
}

static void maximin_grad(const double *x, size_t n, double *g, void *ctx)
{
    int r = best_row(x, (int)n / 4);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (int j = 0; j < 4 && BUG(ctx); j++) g[4 * r + j] = 0.75;
    if (!BUG(ctx)) g[4 * r + smallest_of(x + 4 * r)] = 3;
}

UNIT(maximin, 20, -1, 1, 0)

/* ---- despike: each sample is clamped between its neighbours by a median of three, then squared ---- */

static int median_of_three(const double *x, int i)
{
    double a = x[i - 1], b = x[i], c = x[i + 1];
    if ((a <= b) == (b <= c)) return i;
    if ((b <= a) == (a <= c)) return i - 1;
    return i + 1;
}

static double despike_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int i = 1; i + 1 < (int)n; i++)
        s += (1 + 0.1 * i) * x[median_of_three(x, i)] * x[median_of_three(x, i)];
    return s;
}

static void despike_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (int i = 1; i + 1 < (int)n; i++)
        g[median_of_three(x, i)] += 2 * (1 + 0.1 * i) * x[median_of_three(x, i)];
}

UNIT(despike, 12, -1, 1, 0)

/* ---- filter: gain of a circuit; x = frequency 1e9 Hz, capacity 1e-12 F, inductance 1e-6 H,
 * resistance 50 ohm ---- */

enum { frequency_half = 100, capacity_sign };

static double filter_loss(const double *x, size_t n, void *ctx)
{
    double w = 2 * 3.14159265358979323846 * x[0], X = w * x[2] - 1 / (w * x[1]);
    (void)n, (void)ctx;
    return log(1 + X * X / (x[3] * x[3]));
}

static void filter_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double w = 2 * 3.14159265358979323846 * x[0], X = w * x[2] - 1 / (w * x[1]), R = x[3];
    double d = 2 * X / (R * R + X * X);
    (void)n;
    g[0] = d * (x[2] + 1 / (w * w * x[1])) * 2 * 3.14159265358979323846 * (bug == frequency_half ? 1.5 : 1);
    g[1] = d / (w * x[1] * x[1]) * (bug == capacity_sign ? -1 : 1);
    g[2] = d * w;
    g[3] = -2 * X * X / (R * (R * R + X * X));
}

UNIT(filter, 4, 0.5, 2, SIZES)

/* ---- quantised: weights are rounded to eighths in the loss, the gradient is that of the smooth part
 * ---- */

enum { straight_through = 110 };

static double quantised_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += floor(8 * x[i]) / 8 * (1 + 0.1 * (double)i) + x[i] * x[i];
    return s;
}

static void quantised_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = 2 * x[i] + (BUG(ctx) ? 1 + 0.1 * (double)i : 0);
}

UNIT(quantised, 6, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, sure, "saturated: 0 to the last digit at many points"),
    WRONG(OPEN, sure, sure_label_next, FORMULA | INDEX, "the label counted from 1"),
    RIGHT(KEPT, margin_loss, "saturated on one side"),
    WRONG(OPEN, margin_loss, margin_slope_forgotten, FACTOR | SIGN | CHAIN,
          "the inner 60 is missing, and its sign"),
    RIGHT(OPEN, flat_top, "a plateau at 1"),
    RIGHT(KEPT, sigmoids, "steep sigmoids in a chain"),
    RIGHT(OPEN, offset, "drowned in 1e14"),
    WRONG(OPEN, offset, offset_sign, SIGN, "the sign, drowned in 1e14"),
    WRONG(KEPT, offset, offset_twice, FACTOR, "twice the gradient, drowned in 1e14"),
    WRONG(OPEN, offset, offset_zero, RANGE, "no gradient at all, drowned in 1e14"),
    RIGHT(OPEN, fine, "waves of a millionth"),
    WRONG(KEPT, fine, fine_factor, FACTOR, "half the gradient of waves of a millionth"),
    RIGHT(OPEN, octaves, "twenty octaves"),
    WRONG(OPEN, octaves, octave_frequency_missing, CHAIN | TERM,
          "the finest of twenty octaves without its frequency"),
    RIGHT(KEPT, ripple, "a ripple of 1e-8"),
    WRONG(OPEN, ripple, ripple_missing, TERM, "the gradient of the bowl without its ripple"),
    RIGHT(OPEN, two_paths, "light waves over a metre"),
    RIGHT(KEPT, float_offset, "float inside, a million and a little"),
    WRONG(OPEN, float_offset, float_offset_sign, SIGN, "the sign, float inside, a million and a little"),
    RIGHT(OPEN, float_net, "a net in float behind doubles"),
    WRONG(KEPT, float_net, float_net_bias, FACTOR, "a net in float: biases twice, one tensor of three"),
    WRONG(OPEN, float_net, float_net_sign, SIGN, "a net in float: the sign"),
    RIGHT(OPEN, median, "an order statistic, ties at rounded points"),
    WRONG(KEPT, median, median_neighbour, INDEX | MASK, "the gradient goes to the next in order"),
    RIGHT(OPEN, quartile, "two order statistics"),
    RIGHT(OPEN, maximin, "the maximum of minima"),
    WRONG(KEPT, maximin, maximin_row_only, FORMULA | MASK, "the gradient is spread over the row"),
    RIGHT(OPEN, despike, "medians of three"),
    RIGHT(OPEN, filter, "sizes from 1e-12 to 1e9"),
    WRONG(KEPT, filter, frequency_half, FACTOR, "half as much again in the variable of 1e9"),
    WRONG(OPEN, filter, capacity_sign, SIGN, "the sign of the variable of 1e-12"),
    RIGHT(OPEN, quantised, "jumps at eighths; right where it is smooth"),
    WRONG(KEPT, quantised, straight_through, TERM, "straight through the jumps, as in training"),
};

FIELD(awkward)
