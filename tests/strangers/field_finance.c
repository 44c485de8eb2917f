/* field_finance.c - prices and their sensitivities, curves, likelihoods of returns: formulas typed in
 * from books. */
#include "stranger.h"

static double norm_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0));
}

static double norm_pdf(double x)
{
    return exp(-0.5 * x * x) / sqrt(2 * 3.14159265358979323846);
}

/* ---- bs: a Black-Scholes call; x = spot, strike, rate, volatility, time ---- */

enum { vega_without_root_t = 1, theta_sign, rho_without_t, put_delta, coarse_cdf };

static double bs_loss(const double *x, size_t n, void *ctx)
{
    double S = x[0], K = x[1], r = x[2], v = x[3], t = x[4];
    double d1 = (log(S / K) + (r + v * v / 2) * t) / (v * sqrt(t)), d2 = d1 - v * sqrt(t);
    (void)n, (void)ctx;
    return S * norm_cdf(d1) - K * exp(-r * t) * norm_cdf(d2);
}

/* a rational approximation of the normal distribution, five digits (Abramowitz and Stegun 26.2.16) */
static double norm_cdf_5_digits(double x)
{
    double t = 1 / (1 + 0.33267 * fabs(x));
    double tail = norm_pdf(x) * t * (0.4361836 + t * (-0.1201676 + t * 0.9372980));
    return x >= 0 ? 1 - tail : tail;
}

static void bs_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double S = x[0], K = x[1], r = x[2], v = x[3], t = x[4];
    double d1 = (log(S / K) + (r + v * v / 2) * t) / (v * sqrt(t)), d2 = d1 - v * sqrt(t);
    double N1 = norm_cdf(d1), N2 = norm_cdf(d2), df = exp(-r * t);
    (void)n;
    if (bug == coarse_cdf) N1 = norm_cdf_5_digits(d1), N2 = norm_cdf_5_digits(d2);
    g[0] = bug == put_delta ? N1 - 1 : N1;
    g[1] = -df * N2;
    g[2] = K * df * N2 * (bug == rho_without_t ? 1 : t);
    g[3] = S * norm_pdf(d1) * (bug == vega_without_root_t ? 1 : sqrt(t));
    g[4] = S * norm_pdf(d1) * v / (2 * sqrt(t)) + r * K * df * N2;
    if (bug == theta_sign) g[4] = -g[4];
}

UNIT(bs, 5, 0.3, 1.5, 0)

/* ---- nelson: a Nelson-Siegel yield curve fitted to 9 maturities; x = level, slope, hump, decay ---- */

enum { decay_held = 10, hump_term_short, chi_not_doubled };

static double nelson_loss(const double *x, size_t n, void *ctx)
{
    double sse = 0;
    (void)n, (void)ctx;
    for (int i = 1; i <= 9; i++) {
        double a = i * x[3], f = (1 - exp(-a)) / a, y = x[0] + x[1] * f + x[2] * (f - exp(-a));
        double e = y - (0.02 + 0.003 * i);
        sse += e * e;
    }
    return sse;
}

static void nelson_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int i = 1; i <= 9; i++) {
        double a = i * x[3], ex = exp(-a), f = (1 - ex) / a, df = (ex - f) / a;
        double e = x[0] + x[1] * f + x[2] * (f - ex) - (0.02 + 0.003 * i),
               two = bug == chi_not_doubled ? 1 : 2;
        g[0] += two * e;
        g[1] += two * e * f;
        g[2] += two * e * (bug == hump_term_short ? f : f - ex);
        if (bug != decay_held) g[3] += two * e * i * (x[1] * df + x[2] * (df + ex));
    }
}

UNIT(nelson, 4, 0.2, 1.2, 0)

/* ---- garch: GARCH(1,1), 60 returns; x = omega, alpha, beta; negative log likelihood, recursion of
 * derivatives ---- */

enum { recursion_not_differentiated = 20, half_forgotten, lag_wrong };

static double ret(int t)
{
    return 0.9 * sin(2.3 * t + 0.7 * t * t) + 0.2 * cos(0.3 * t);
}

static double garch_loss(const double *x, size_t n, void *ctx)
{
    double h = 0.5, l = 0;
    (void)n, (void)ctx;
    for (int t = 1; t < 60; t++) {
        h = x[0] + x[1] * ret(t - 1) * ret(t - 1) + x[2] * h;
        l += 0.5 * (log(h) + ret(t) * ret(t) / h);
    }
    return l;
}

static void garch_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double h = 0.5, dh[3] = { 0, 0, 0 };
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int t = 1; t < 60; t++) {
        double r = bug == lag_wrong ? ret(t) : ret(t - 1), d[3] = { 1, r * r, h };
        for (int k = 0; k < 3; k++) dh[k] = d[k] + (bug == recursion_not_differentiated ? 0 : x[2] * dh[k]);
        h = x[0] + x[1] * ret(t - 1) * ret(t - 1) + x[2] * h;
        for (int k = 0; k < 3; k++)
            g[k] += (bug == half_forgotten ? 1 : 0.5) * (1 / h - ret(t) * ret(t) / (h * h)) * dh[k];
    }
}

UNIT(garch, 3, 0.1, 0.4, 0)

/* ---- markowitz: mean-variance with turnover costs |w - w0|; x = weights of 6 assets ---- */

enum { covariance_once = 30, cost_quadratic };

static double cov(int i, int j)
{
    return (i == j ? 0.4 : 0) + 0.1 * cos(i - j) + 0.02 * (i + j);
}

static double markowitz_loss(const double *w, size_t n, void *ctx)
{
    double risk = 0, gain = 0, cost = 0;
    (void)ctx;
    for (int i = 0; i < (int)n; i++) {
        for (int j = 0; j < (int)n; j++) risk += w[i] * cov(i, j) * w[j];
        gain += w[i] * (0.05 + 0.01 * i);
        cost += fabs(w[i] - 1.0 / 6);
    }
    return risk - gain + 0.005 * cost;
}

static void markowitz_grad(const double *w, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (int i = 0; i < (int)n; i++) {
        double s = 0, away = w[i] - 1.0 / 6;
        for (int j = 0; j < (int)n; j++) s += cov(i, j) * w[j];
        g[i] = (bug == covariance_once ? 1 : 2) * s - (0.05 + 0.01 * i);
        g[i] += 0.005 * (bug == cost_quadratic ? 2 * away : away > 0 ? 1 : away < 0 ? -1 : 0);
    }
}

UNIT(markowitz, 6, -0.5, 1, 0)

/* ---- bond: price from a yield and six spreads, log price against a quote; duration by hand ---- */

enum { compounding_exponent = 40 };

static double bond_loss(const double *x, size_t n, void *ctx)
{
    double price = 0;
    (void)ctx;
    for (size_t t = 1; t < n; t++) price += (t + 1 == n ? 104 : 4) * pow(1 + x[0] + x[t], -(double)t);
    return log(price / 100) * log(price / 100);
}

static void bond_grad(const double *x, size_t n, double *g, void *ctx)
{
    double price = 0;
    g[0] = 0;
    for (size_t t = 1; t < n; t++) {
        double m = (t + 1 == n ? 104 : 4) * -(double)t;
        g[t] = m * pow(1 + x[0] + x[t], -(double)t - (BUG(ctx) == compounding_exponent ? 0 : 1));
        price += (t + 1 == n ? 104 : 4) * pow(1 + x[0] + x[t], -(double)t);
        g[0] += g[t];
    }
    for (size_t t = 0; t < n; t++) g[t] *= 2 * log(price / 100) / price;
}

UNIT(bond, 7, 0.01, 0.08, 0)

/* ---- barrier_tree: an option on a binomial tree of 6 steps, early exercise; x = spot, up factor,
 * rate per step ---- */

enum { exercise_ignored_back = 50 };

static double tree_value(const double *x, int k, int ups, double *d, int ignore)
{
    double S = x[0] * pow(x[1], 2 * ups - k), a[3] = { 0 }, b[3] = { 0 };
    double pay = 1.05 - S, u = x[1];
    for (int j = 0; j < 3; j++) d[j] = 0;
    double hold = -1;
    if (k < 6) {
        double p = (exp(x[2]) - 1 / u) / (u - 1 / u), df = exp(-x[2]);
        double up = tree_value(x, k + 1, ups + 1, a, ignore), down = tree_value(x, k + 1, ups, b, ignore);
        double pu = (1 / (u * u)) / (u - 1 / u) - p * (1 + 1 / (u * u)) / (u - 1 / u),
               pr = exp(x[2]) / (u - 1 / u);
        hold = df * (p * up + (1 - p) * down);
        for (int j = 0; j < 3; j++) d[j] = df * (p * a[j] + (1 - p) * b[j]);
        d[1] += df * pu * (up - down);
        d[2] += df * pr * (up - down) - hold;
    }
    if (hold >= pay || (k == 6 && pay < 0)) return k == 6 ? 0 : hold;
    if (ignore && k < 6) return pay;
    d[0] = -S / x[0], d[1] = -(2 * ups - k) * S / u, d[2] = 0;
    return pay;
}

static double barrier_tree_loss(const double *x, size_t n, void *ctx)
{
    double y[3] = { x[0], 1.1 + 0.1 * x[1], 0.02 * x[2] }, d[3];
    (void)n, (void)ctx;
    return tree_value(y, 0, 0, d, 0);
}

static void barrier_tree_grad(const double *x, size_t n, double *g, void *ctx)
{
    double y[3] = { x[0], 1.1 + 0.1 * x[1], 0.02 * x[2] };
    (void)n;
    tree_value(y, 0, 0, g, BUG(ctx) == exercise_ignored_back);
    g[1] *= 0.1, g[2] *= 0.02;
}

UNIT(barrier_tree, 3, 0.85, 1.1, 0)

ROWS = {
    RIGHT(OPEN, bs, "the five greeks"),
    WRONG(OPEN, bs, vega_without_root_t, CHAIN, "vega without the root of the time"),
    WRONG(KEPT, bs, theta_sign, SIGN, "theta as quoted: minus the derivative with respect to the time left"),
    WRONG(OPEN, bs, rho_without_t, CHAIN, "rho without the time"),
    WRONG(OPEN, bs, put_delta, TERM, "the delta of a put"),
    WRONG(KEPT, bs, coarse_cdf, PRECISION, "an approximation of five digits in the greeks alone"),
    RIGHT(OPEN, nelson, "(1 - e^-a) / a"),
    WRONG(OPEN, nelson, decay_held, RANGE, "the decay gets no gradient"),
    WRONG(KEPT, nelson, hump_term_short, FORMULA, "the hump's factor without its second part"),
    WRONG(OPEN, nelson, chi_not_doubled, FACTOR, "the 2 of the square is missing"),
    RIGHT(OPEN, garch, "a recursion over 60 steps"),
    WRONG(KEPT, garch, recursion_not_differentiated, TERM, "the variance's own past is taken for a constant"),
    WRONG(OPEN, garch, half_forgotten, FACTOR, "the half of the log likelihood is missing"),
    WRONG(OPEN, garch, lag_wrong, FORMULA, "today's return for yesterday's in the derivative"),
    RIGHT(KEPT, markowitz, "corners at the old weights"),
    WRONG(OPEN, markowitz, covariance_once, FORMULA,
          "the 2 of the quadratic form is missing, other terms are there"),
    WRONG(OPEN, markowitz, cost_quadratic, FORMULA, "the cost's slope as if it were a square"),
    RIGHT(KEPT, bond, "powers of a sum"),
    WRONG(OPEN, bond, compounding_exponent, FORMULA, "the exponent is not lowered"),
    RIGHT(OPEN, barrier_tree, "early exercise: maxima in a tree"),
    WRONG(KEPT, barrier_tree, exercise_ignored_back, MASK, "exercised nodes keep the gradient of holding"),
};

FIELD(finance)
