/* field_third_series.c - the third set: sequences and tables. A Kalman filter's likelihood, exponential
 * smoothing, a moving average, soft dynamic time warping, a self-exciting process, factors of a rating
 * table, word vectors, a logistic regression that a novice wrote. */
#include "stranger.h"

static double obs(int t)
{
    return 1.2 * sin(0.9 * t) + 0.5 * cos(2.3 * t * t);
}

/* ---- level: likelihood of a local level model; x = log q, log r, first level; sensitivities run beside
 * the filter ---- */

enum { gain_fixed = 1, variance_not_log, determinant_missing };

static double level_loss(const double *x, size_t n, void *ctx)
{
    double q = exp(x[0]), r = exp(x[1]), m = x[2], P = 1, nll = 0;
    (void)n, (void)ctx;
    for (int t = 0; t < 12; t++) {
        P += q;
        double S = P + r, e = obs(t) - m, K = P / S;
        nll += 0.5 * (log(S) + e * e / S);
        m += K * e;
        P *= 1 - K;
    }
    return nll;
}

static void level_grad(const double *x, size_t n, double *g, void *ctx)
{
    double q = exp(x[0]), r = exp(x[1]), m = x[2], P = 1, dP[3] = { 0 }, dm[3] = { 0, 0, 1 };
    int bug = BUG(ctx);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int t = 0; t < 12; t++) {
        P += q;
        double S = P + r, e = obs(t) - m, K = P / S;
        for (size_t k = 0; k < n; k++) {
            double pk = dP[k] + (k == 0 ? q : 0), sk = pk + (k == 1 ? (bug == variance_not_log ? 1 : r) : 0);
            double kk = (pk - K * sk) / S, ek = -dm[k];
            g[k] += (bug == determinant_missing ? 0 : 0.5 * sk / S) + e * ek / S - 0.5 * e * e * sk / (S * S);
            if (bug == gain_fixed) kk = 0;
            dm[k] += K * ek + kk * e;
            dP[k] = pk * (1 - K) - P * kk;
        }
        m += K * e;
        P *= 1 - K;
    }
}

UNIT(level, 3, -1, 1, 0)

/* ---- holt: double exponential smoothing; x = logits of alpha and beta, first level, first trend ---- */

enum { beta_raw = 10, trend_not_carried, level_carried_whole };

static double logistic(double z)
{
    return 1 / (1 + exp(-z));
}

static double holt_loss(const double *x, size_t n, void *ctx)
{
    double a = logistic(x[0]), b = logistic(x[1]), l = x[2], tr = x[3], s = 0;
    (void)n, (void)ctx;
    for (int t = 0; t < 9; t++) {
        double e = obs(t) - l - tr, before = l;
        s += e * e;
        l = l + tr + a * e;
        tr = b * (l - before) + (1 - b) * tr;
    }
    return s / 9;
}

static void holt_grad(const double *x, size_t n, double *g, void *ctx)
{
    double a = logistic(x[0]), b = logistic(x[1]), l[10], tr[10], e[9], dl = 0, dt = 0, da = 0, db = 0;
    int bug = BUG(ctx);
    (void)n;
    l[0] = x[2], tr[0] = x[3];
    for (int t = 0; t < 9; t++) {
        e[t] = obs(t) - l[t] - tr[t];
        l[t + 1] = l[t] + tr[t] + a * e[t];
        tr[t + 1] = b * (l[t + 1] - l[t]) + (1 - b) * tr[t];
    }
    for (int t = 8; t >= 0; t--) {
        db += dt * (l[t + 1] - l[t] - tr[t]);
        dl += dt * b; /* now of l[t+1] */
        da += dl * e[t];
        double de = 2 * e[t] / 9 + a * dl;
        double l_before = dl - dt * b - de, t_before = dl + dt * (1 - b) - de;
        if (bug == trend_not_carried) t_before = dl - de;
        if (bug == level_carried_whole) l_before = dl - de;
        dl = l_before, dt = t_before;
    }
    g[0] = da * a * (1 - a);
    g[1] = db * (bug == beta_raw ? 1 : b * (1 - b));
    g[2] = dl, g[3] = dt;
}

UNIT(holt, 4, -1, 1, 0)

/* ---- moving: a moving average of order 2 and a mean; residuals by recursion; sum of log(1 + e^2) ---- */

enum { recursion_cut = 20, lags_exchanged, mean_seen_once };

static double moving_loss(const double *x, size_t n, void *ctx)
{
    double e[16] = { 0 }, s = 0;
    (void)n, (void)ctx;
    for (int t = 2; t < 16; t++) {
        e[t] = obs(t) - x[0] - x[1] * e[t - 1] - x[2] * e[t - 2];
        s += log(1 + e[t] * e[t]);
    }
    return s;
}

static void moving_grad(const double *x, size_t n, double *g, void *ctx)
{
    double e[16] = { 0 }, d[16][3] = { { 0 } };
    int bug = BUG(ctx);
    (void)n;
    g[0] = g[1] = g[2] = 0;
    for (int t = 2; t < 16; t++) {
        e[t] = obs(t) - x[0] - x[1] * e[t - 1] - x[2] * e[t - 2];
        for (int k = 0; k < 3; k++) {
            int lag = bug == lags_exchanged ? 3 - k : k;
            d[t][k] = k ? -e[t - lag] : -1;
            if (bug == recursion_cut || (bug == mean_seen_once && k == 0)) continue;
            d[t][k] -= x[1] * d[t - 1][k] + x[2] * d[t - 2][k];
        }
        for (int k = 0; k < 3; k++) g[k] += 2 * e[t] / (1 + e[t] * e[t]) * d[t][k];
    }
}

UNIT(moving, 3, -0.45, 0.45, 0)

/* ---- softdtw: x (6) is warped onto a fixed series of 5, soft minimum with gamma = 0.5 ---- */

enum { hard_path = 30, temperature_forgotten, diagonal_steps_missing };

static double softmin3(double a, double b, double c)
{
    double m = fmin(a, fmin(b, c));
    return m - 0.5 * log(exp((m - a) / 0.5) + exp((m - b) / 0.5) + exp((m - c) / 0.5));
}

static void softdtw_table(const double *x, double R[8][7])
{
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 7; j++) R[i][j] = 1e4;
    R[0][0] = 0;
    for (int i = 1; i <= 6; i++)
        for (int j = 1; j <= 5; j++)
            R[i][j] = pow(x[i - 1] - obs(j), 2) + softmin3(R[i - 1][j - 1], R[i - 1][j], R[i][j - 1]);
}

static double softdtw_loss(const double *x, size_t n, void *ctx)
{
    double R[8][7];
    (void)n, (void)ctx;
    softdtw_table(x, R);
    return R[6][5];
}

static void softdtw_grad(const double *x, size_t n, double *g, void *ctx)
{
    double R[8][7], E[8][7] = { { 0 } };
    int bug = BUG(ctx);
    softdtw_table(x, R);
    memset(g, 0, n * sizeof *g);
    E[6][5] = 1;
    for (int i = 6; i >= 1; i--)
        for (int j = 5; j >= 1; j--) {
            double d = pow(x[i - 1] - obs(j), 2), from[3] = { R[i - 1][j - 1], R[i - 1][j], R[i][j - 1] };
            g[i - 1] += E[i][j] * 2 * (x[i - 1] - obs(j));
            for (int k = 0; k < 3; k++) {
                double w = exp((R[i][j] - d - from[k]) / (bug == temperature_forgotten ? 1 : 0.5));
                if (bug == hard_path) w = from[k] <= fmin(from[0], fmin(from[1], from[2]));
                if (bug == diagonal_steps_missing && k == 0) w = 0;
                E[i - (k != 2)][j - (k != 1)] += E[i][j] * w;
            }
        }
}

UNIT(softdtw, 6, -1, 1, 0)

/* ---- hawkes: log mu, log alpha, log beta; seven events in [0, 8] ---- */

enum { compensator_missing = 40, decay_without_time, alpha_in_mu };

static const double when[7] = { 0.4, 1.1, 1.3, 2.9, 4.2, 4.5, 7.0 };

static double hawkes_loss(const double *x, size_t n, void *ctx)
{
    double mu = exp(x[0]), al = exp(x[1]), be = exp(x[2]), ll = -mu * 8;
    (void)n, (void)ctx;
    for (int i = 0; i < 7; i++) {
        double rate = mu;
        for (int j = 0; j < i; j++) rate += al * exp(-be * (when[i] - when[j]));
        ll += log(rate) - al / be * (1 - exp(-be * (8 - when[i])));
    }
    return -ll;
}

static void hawkes_grad(const double *x, size_t n, double *g, void *ctx)
{
    double mu = exp(x[0]), al = exp(x[1]), be = exp(x[2]), dmu = -8, dal = 0, dbe = 0;
    int bug = BUG(ctx);
    (void)n;
    for (int i = 0; i < 7; i++) {
        double rate = mu, by_al = 0, by_be = 0, rest = 8 - when[i];
        for (int j = 0; j < i; j++) {
            double dt = when[i] - when[j], decay = exp(-be * dt);
            rate += al * decay;
            by_al += decay;
            by_be -= al * decay * (bug == decay_without_time ? 1 : dt);
        }
        dmu += 1 / rate;
        dal += by_al / rate;
        dbe += by_be / rate;
        if (bug == compensator_missing) continue;
        dal -= (1 - exp(-be * rest)) / be;
        dbe += al / (be * be) * (1 - exp(-be * rest)) - al / be * rest * exp(-be * rest);
    }
    g[0] = -dmu * (bug == alpha_in_mu ? al : mu);
    g[1] = -dal * al;
    g[2] = -dbe * be;
}

UNIT(hawkes, 3, -0.8, 0.8, 0)

/* ---- ratings: users (4,2), films (3,2), 8 of 12 ratings known, both punished by 0.05; loss = sum of
 * squares ---- */

enum { unknown_counted = 50, users_last_rating, films_not_punished, user_for_film };

static const int known[8][2] = { { 0, 0 }, { 0, 2 }, { 1, 1 }, { 1, 2 },
                                 { 2, 0 }, { 2, 1 }, { 3, 0 }, { 3, 2 } };

static double rating_error(const double *x, int u, int f)
{
    return x[2 * u] * x[8 + 2 * f] + x[2 * u + 1] * x[9 + 2 * f] - obs(3 * u + f);
}

static double ratings_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int r = 0; r < 8; r++) s += pow(rating_error(x, known[r][0], known[r][1]), 2);
    for (size_t i = 0; i < n; i++) s += 0.05 * x[i] * x[i];
    return s;
}

static void ratings_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) g[i] = bug == films_not_punished && i >= 8 ? 0 : 0.1 * x[i];
    for (int u = 0; u < 4; u++)
        for (int f = 0; f < 3; f++) {
            int there = bug == unknown_counted;
            for (int r = 0; r < 8; r++) there |= known[r][0] == u && known[r][1] == f;
            if (!there) continue;
            double e = 2 * rating_error(x, u, f);
            for (int d = 0; d < 2; d++) {
                if (bug == users_last_rating) g[2 * u + d] = 0.1 * x[2 * u + d];
                g[2 * u + d] += e * x[8 + 2 * f + d];
                g[8 + 2 * f + d] += e * (bug == user_for_film ? x[8 + 2 * f + d] : x[2 * u + d]);
            }
        }
}

UNIT(ratings, 14, -1, 1, 0)

/* ---- words: a centre (3), its context (3) and two negatives (2,3); negative sampling ---- */

enum { negatives_pulled = 60, centre_of_context_only, score_for_slope };

static double words_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)n, (void)ctx;
    for (int w = 0; w < 3; w++) {
        double dot = 0;
        for (int d = 0; d < 3; d++) dot += x[d] * x[3 + 3 * w + d];
        s -= log(logistic(w ? -dot : dot));
    }
    return s;
}

static void words_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int w = 0; w < 3; w++) {
        double dot = 0, label = w == 0;
        for (int d = 0; d < 3; d++) dot += x[d] * x[3 + 3 * w + d];
        double ds = (bug == score_for_slope ? dot : logistic(dot)) - label;
        if (bug == negatives_pulled && w) ds = -ds;
        for (int d = 0; d < 3; d++) {
            if (!w || bug != centre_of_context_only) g[d] += ds * x[3 + 3 * w + d];
            g[3 + 3 * w + d] += ds * x[d];
        }
    }
}

UNIT(words, 12, -1.2, 1.2, 0)

/* ---- novice: logistic regression of 6 rows by 4 columns, bias last, smoothed absolute penalty ---- */

enum { rows_and_columns = 70, bias_in_loop, penalty_as_square, averaged_twice };

static double novice_loss(const double *w, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int r = 0; r < 6; r++) {
        double z = w[n - 1];
        for (int c = 0; c < (int)n - 1; c++) z += w[c] * obs(r * 4 + c);
        s += log(1 + exp(r % 2 ? -z : z)) / 6;
    }
    for (size_t c = 0; c + 1 < n; c++) s += 0.2 * sqrt(w[c] * w[c] + 0.01);
    return s;
}

static void novice_grad(const double *w, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), columns = (int)n - 1;
    for (size_t c = 0; c < n; c++) g[c] = 0;
    for (int r = 0; r < 6; r++) {
        double z = w[n - 1];
        for (int c = 0; c < columns; c++) z += w[c] * obs(r * 4 + c);
        double d = (logistic(z) - r % 2) / 6;
        if (bug == averaged_twice) d /= 6;
        for (int c = 0; c < columns; c++) {
            g[c] += d * obs(bug == rows_and_columns ? c * 6 + r : r * 4 + c);
            if (bug == bias_in_loop) g[columns] += d;
        }
        if (bug != bias_in_loop) g[columns] += d;
    }
    for (int c = 0; c < columns; c++)
        g[c] += bug == penalty_as_square ? 0.4 * w[c] : 0.2 * w[c] / sqrt(w[c] * w[c] + 0.01);
}

UNIT(novice, 5, -1, 1, 0)

ROWS = {
    RIGHT(THIRD, level, "sensitivities beside a filter"),
    WRONG(THIRD, level, gain_fixed, TERM | FORMULA, "the gain is taken for a constant"),
    WRONG(THIRD, level, variance_not_log, CHAIN | FORMULA, "d/d r where the parameter is log r"),
    WRONG(THIRD, level, determinant_missing, TERM, "log S has no part in the gradient"),
    RIGHT(THIRD, holt, "an adjoint of two states"),
    WRONG(THIRD, holt, beta_raw, CHAIN, "d/d beta where the parameter is its logit"),
    WRONG(THIRD, holt, trend_not_carried, TERM | FORMULA, "the old trend's own share is missing"),
    WRONG(THIRD, holt, level_carried_whole, TERM | FORMULA,
          "the level's share in the trend is not taken away"),
    RIGHT(THIRD, moving, "residuals that depend on residuals"),
    WRONG(THIRD, moving, recursion_cut, TERM | FORMULA, "earlier residuals are taken for constants"),
    WRONG(THIRD, moving, lags_exchanged, INDEX | FORMULA, "the two lags are exchanged"),
    WRONG(THIRD, moving, mean_seen_once, TERM | FORMULA, "the mean does not reach later residuals"),
    RIGHT(THIRD, softdtw, "a soft minimum over paths"),
    WRONG(THIRD, softdtw, hard_path, FORMULA | MASK, "the one shortest path instead of all"),
    WRONG(THIRD, softdtw, temperature_forgotten, FORMULA, "weights of temperature 1 where the loss has 1/2"),
    WRONG(THIRD, softdtw, diagonal_steps_missing, TERM | FORMULA, "diagonal steps lead nowhere"),
    RIGHT(THIRD, hawkes, "logarithms of parameters"),
    WRONG(THIRD, hawkes, compensator_missing, TERM, "the integral's part is missing"),
    WRONG(THIRD, hawkes, decay_without_time, CHAIN | FORMULA | TERM,
          "the derivative of exp(-beta t) without t"),
    WRONG(THIRD, hawkes, alpha_in_mu, CHAIN | FORMULA | INDEX, "dmu is multiplied by alpha instead of mu"),
    RIGHT(THIRD, ratings, "a table with gaps, both factors punished"),
    WRONG(THIRD, ratings, unknown_counted, MASK | TERM, "unknown ratings count as well"),
    /* TERM as well: a rating is a term of a user and a film, and the user's gradient lacks it */
    WRONG(THIRD, ratings, users_last_rating, SUM | TERM,
          "users: cleared before each rating, only the last is left"),
    WRONG(THIRD, ratings, films_not_punished, PENALTY | TERM, "no penalty on the films"),
    WRONG(THIRD, ratings, user_for_film, FORMULA | INDEX,
          "films' gradient from the film instead of the user"),
    RIGHT(THIRD, words, "a product of two parts of x"),
    WRONG(THIRD, words, negatives_pulled, SIGN | TERM, "negatives are pulled instead of pushed"),
    WRONG(THIRD, words, centre_of_context_only, TERM | SUM, "the centre is not pushed by the negatives"),
    WRONG(THIRD, words, score_for_slope, FORMULA | CHAIN, "the score where the sigmoid belongs"),
    RIGHT(THIRD, novice, "six rows"),
    WRONG(THIRD, novice, rows_and_columns, INDEX | FORMULA, "the data are read column by column"),
    WRONG(THIRD, novice, bias_in_loop, FACTOR | SUM, "the bias is added once for every column: four times"),
    WRONG(THIRD, novice, penalty_as_square, PENALTY | FORMULA, "the penalty's gradient is that of a square"),
    WRONG(THIRD, novice, averaged_twice, MEAN, "the mean over rows is taken twice"),
};

FIELD(third_series)
