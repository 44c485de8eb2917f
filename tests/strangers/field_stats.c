/* field_stats.c - statistics: regressions, mixtures, hidden states. Loops over arrays, as in course
 * work and small tools. */
#include "stranger.h"

/* made data: the k-th number of a table, in [-1,1] */
static double table(int k)
{
    return sin(3.7 * k + 0.3 * k * k);
}

/* ---- ridge: x = beta (P); loss = 1/N sum (y - X beta)^2 + lambda sum beta^2, the intercept beta[0]
 * not punished ---- */

#define N_OBS  20
#define P      6
#define LAMBDA 0.3

enum { half_penalty = 1, intercept_shrunk, sum_not_mean, sign_of_residual };

static double X(int i, int j)
{
    return j == 0 ? 1.0 : table(i * P + j);
}

static double ridge_loss(const double *b, size_t n, void *ctx)
{
    double rss = 0, pen = 0;
    (void)ctx;
    for (int i = 0; i < N_OBS; i++) {
        double fit = 0;
        for (size_t j = 0; j < n; j++) fit += X(i, (int)j) * b[j];
        rss += (3 * table(7 * i) - fit) * (3 * table(7 * i) - fit);
    }
    for (size_t j = 1; j < n; j++) pen += b[j] * b[j];
    return rss / N_OBS + LAMBDA * pen;
}

static void ridge_grad(const double *b, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t j = 0; j < n; j++) g[j] = 0;
    for (int i = 0; i < N_OBS; i++) {
        double fit = 0;
        for (size_t j = 0; j < n; j++) fit += X(i, (int)j) * b[j];
        double r = 3 * table(7 * i) - fit;
        if (bug == sign_of_residual) r = -r;
        for (size_t j = 0; j < n; j++) g[j] -= 2 * r * X(i, (int)j) / (bug == sum_not_mean ? 1 : N_OBS);
    }
    for (size_t j = bug == intercept_shrunk ? 0 : 1; j < n; j++)
        g[j] += (bug == half_penalty ? 1 : 2) * LAMBDA * b[j];
}

UNIT(ridge, P, -2, 2, 0)

/* ---- logit: logistic regression, labels 0 and 1, class weights; mean negative log likelihood ---- */

enum { no_weight = 10, label_pm_one, weight_of_prediction };

static double class_weight(int label)
{
    return label ? 3.0 : 1.0;
}

static int label_of(int i)
{
    return table(11 * i + 2) > 0.3;
}

static double logit_loss(const double *w, size_t n, void *ctx)
{
    double nll = 0;
    (void)ctx;
    for (int i = 0; i < N_OBS; i++) {
        double z = 0;
        for (size_t j = 0; j < n; j++) z += w[j] * X(i, (int)j);
        int y = label_of(i);
        /* log(1 + e^-m), safe on both sides */
        double m = y ? z : -z;
        nll += class_weight(y) * (m > 0 ? log1p(exp(-m)) : -m + log1p(exp(m)));
    }
    return nll / N_OBS;
}

static void logit_grad(const double *w, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int i = 0; i < N_OBS; i++) {
        double z = 0;
        for (size_t j = 0; j < n; j++) z += w[j] * X(i, (int)j);
        double p = 1 / (1 + exp(-z));
        double y = label_of(i), cw = class_weight(label_of(i));
        if (bug == no_weight) cw = 1;
        if (bug == label_pm_one) y = 2 * y - 1;
        if (bug == weight_of_prediction) cw = class_weight(p > 0.5);
        for (size_t j = 0; j < n; j++) g[j] += cw * (p - y) * X(i, (int)j) / N_OBS;
    }
}

UNIT(logit, P, -1.5, 1.5, 0)

/* ---- huber: robust line fit, intercept and slope, and a quadratic term ---- */

enum { not_clipped = 20, clipped_to_one, sign_lost };

static double psi(double r, double k)
{
    if (r > k) return k;
    if (r < -k) return -k;
    return r;
}

static double huber_loss(const double *x, size_t n, void *ctx)
{
    const double k = 0.7;
    double s = 0;
    (void)ctx, (void)n;
    for (int i = 0; i < 30; i++) {
        double t = -1 + i / 15.0, r = x[0] + x[1] * t + x[2] * t * t - 2 * table(i);
        s += fabs(r) <= k ? r * r / 2 : k * (fabs(r) - k / 2);
    }
    return s;
}

static void huber_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    (void)n;
    g[0] = g[1] = g[2] = 0;
    for (int i = 0; i < 30; i++) {
        double t = -1 + i / 15.0, r = x[0] + x[1] * t + x[2] * t * t - 2 * table(i);
        double p = psi(r, 0.7);
        if (bug == not_clipped) p = r;
        if (bug == clipped_to_one) p = psi(r, 1.0);
        if (bug == sign_lost && fabs(r) > 0.7) p = 0.7;
        g[0] += p, g[1] += p * t, g[2] += p * t * t;
    }
}

UNIT(huber, 3, -1, 1, 0)

/* ---- pinball: quantile regression at tau = 0.9 ---- */

enum { tau_exchanged = 30 };

static double pinball_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int i = 0; i < 40; i++) {
        double q = 0, u;
        for (size_t j = 0; j < n; j++) q += x[j] * X(i, (int)j);
        u = 2 * table(5 * i + 1) - q;
        s += u >= 0 ? 0.9 * u : -0.1 * u;
    }
    return s / 40;
}

static void pinball_grad(const double *x, size_t n, double *g, void *ctx)
{
    double hi = BUG(ctx) == tau_exchanged ? 0.1 : 0.9;
    for (size_t j = 0; j < n; j++) g[j] = 0.;
    for (int i = 0; i < 40; i++) {
        double q = 0;
        for (size_t j = 0; j < n; j++) q += x[j] * X(i, (int)j);
        double d = 2 * table(5 * i + 1) >= q ? -hi : 1 - hi;
        for (size_t j = 0; j < n; j++) g[j] += d * X(i, (int)j) / 40;
    }
}

UNIT(pinball, 4, -1, 1, 0)

/* ---- poisson: counts with a log link ---- */

enum { link_twice = 40, exposure_forgotten };

static double poisson_loss(const double *x, size_t n, void *ctx)
{
    double ll = 0;
    (void)ctx;
    for (int i = 0; i < 15; i++) {
        double eta = 0, exposure = 1 + i % 3;
        for (size_t j = 0; j < n; j++) eta += x[j] * X(i, (int)j);
        double mu = exposure * exp(eta);
        ll += i % 5 * log(mu) - mu;
    }
    return -ll;
}

static void poisson_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t j = 0; j < n; j++) g[j] = 0;
    for (int i = 0; i < 15; i++) {
        double eta = 0, exposure = bug == exposure_forgotten ? 1 : 1 + i % 3;
        for (size_t j = 0; j < n; j++) eta += x[j] * X(i, (int)j);
        double mu = exposure * exp(eta), score = i % 5 - mu;
        if (bug == link_twice) score *= mu;
        for (size_t j = 0; j < n; j++) g[j] -= score * X(i, (int)j);
    }
}

UNIT(poisson, 5, -0.8, 0.8, 0)

/* ---- gmm: mixture of three normals in one dimension; x = 3 logits, 3 means, 3 log sigmas ---- */

enum { softmax_ignored = 50, sigma_not_log, variance_for_sigma };

static void gmm_terms(const double *x, double t, double *joint)
{
    double sum = 0, top = fmax(x[0], fmax(x[1], x[2]));
    for (int k = 0; k < 3; k++) sum += exp(x[k] - top);
    for (int k = 0; k < 3; k++) {
        double s = exp(x[6 + k]), z = (t - x[3 + k]) / s;
        joint[k] = exp(x[k] - top) / sum * exp(-0.5 * z * z) / s;
    }
}

static double gmm_loss(const double *x, size_t n, void *ctx)
{
    double nll = 0, joint[3];
    (void)ctx, (void)n;
    for (int i = 0; i < 12; i++) {
        gmm_terms(x, 3 * table(i), joint);
        nll -= log(joint[0] + joint[1] + joint[2]);
    }
    return nll;
}

static void gmm_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double joint[3], pi[3], z = 0;
    for (int k = 0; k < 3; k++) z += pi[k] = exp(x[k]);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int i = 0; i < 12; i++) {
        double t = 3 * table(i), all;
        gmm_terms(x, t, joint);
        all = joint[0] + joint[1] + joint[2];
        for (int k = 0; k < 3; k++) {
            double r = joint[k] / all, s = exp(x[6 + k]), d = (t - x[3 + k]) / s;
            g[k] -= bug == softmax_ignored ? r : r - pi[k] / z;
            g[3 + k] -= r * d / (bug == variance_for_sigma ? s * s : s);
            g[6 + k] -= r * (d * d - 1) / (bug == sigma_not_log ? s : 1);
        }
    }
}

UNIT(gmm, 9, -1, 1, 0)

/* ---- hmm: scaled forward algorithm, 3 states, 8 observations of 2 symbols; x = transition logits
 * (3,3), emission logits (3). The gradient runs backward through the recursion. ---- */

enum { transposed_transition = 60, scale_left_out, last_step_only };

enum { STATES = 3, STEPS = 8 };

static const int seen[STEPS] = { 0, 1, 1, 0, 1, 0, 0, 1 };

static void hmm_tables(const double *x, double a[STATES][STATES], double e[STATES][2])
{
    for (int i = 0; i < STATES; i++) {
        double z = 0;
        for (int j = 0; j < STATES; j++) z += exp(x[i * STATES + j]);
        for (int j = 0; j < STATES; j++) a[i][j] = exp(x[i * STATES + j]) / z;
        e[i][1] = 1 / (1 + exp(-x[9 + i]));
        e[i][0] = 1 - e[i][1];
    }
}

static double hmm_forward(const double *x, double f[STEPS][STATES], double c[STEPS])
{
    double a[STATES][STATES], e[STATES][2], ll = 0;
    hmm_tables(x, a, e);
    for (int t = 0; t < STEPS; t++) {
        c[t] = 0;
        for (int j = 0; j < STATES; j++) {
            double in = t ? 0 : 1.0 / STATES;
            for (int i = 0; t && i < STATES; i++) in += f[t - 1][i] * a[i][j];
            c[t] += f[t][j] = in * e[j][seen[t]];
        }
        for (int j = 0; j < STATES; j++) f[t][j] /= c[t];
        ll += log(c[t]);
    }
    return -ll;
}

static double hmm_loss(const double *x, size_t n, void *ctx)
{
    double f[STEPS][STATES], c[STEPS];
    (void)n, (void)ctx;
    return hmm_forward(x, f, c);
}

static void hmm_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double f[STEPS][STATES], c[STEPS], a[STATES][STATES], e[STATES][2], b[STATES] = { 1, 1, 1 };
    double da[STATES][STATES] = { { 0 } };
    hmm_tables(x, a, e);
    hmm_forward(x, f, c);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int t = STEPS - 1; t >= 0; t--) {
        double next[STATES];
        for (int j = 0; j < STATES; j++) {
            double post = f[t][j] * b[j]; /* of state j at t, given everything */
            g[9 + j] -= post * (seen[t] - e[j][1]);
        }
        for (int i = 0; t && i < STATES; i++) {
            next[i] = 0;
            for (int j = 0; j < STATES; j++) {
                double w = a[i][j] * e[j][seen[t]] * b[j] / (bug == scale_left_out ? 1 : c[t]);
                next[i] += w;
                if (bug != last_step_only || t == STEPS - 1) da[i][j] += f[t - 1][i] * w;
            }
        }
        for (int i = 0; t && i < STATES; i++) b[i] = next[i];
    }
    for (int i = 0; i < STATES; i++) {
        double row = da[i][0] + da[i][1] + da[i][2];
        for (int j = 0; j < STATES; j++)
            g[bug == transposed_transition ? j * STATES + i : i * STATES + j] = -(da[i][j] - row * a[i][j]);
    }
}

UNIT(hmm, 12, -1.5, 1.5, 0)

/* ---- crf: a chain of 5 tags from 3; x = unary scores (5,3), pair scores (3,3); loss = log Z - score
 * of the gold path ---- */

enum { expectations_only = 70, pair_counts_once, gold_off_by_one };

static const int gold[5] = { 2, 0, 1, 1, 2 };

static double logsum3(const double *v)
{
    double m = fmax(v[0], fmax(v[1], v[2]));
    return m + log(exp(v[0] - m) + exp(v[1] - m) + exp(v[2] - m));
}

static void crf_lattice(const double *x, double al[5][3], double be[5][3])
{
    double v[3];
    for (int j = 0; j < 3; j++) al[0][j] = x[j], be[4][j] = 0;
    for (int t = 1; t < 5; t++)
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i < 3; i++) v[i] = al[t - 1][i] + x[15 + 3 * i + j];
            al[t][j] = logsum3(v) + x[3 * t + j];
        }
    for (int t = 3; t >= 0; t--)
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) v[j] = x[15 + 3 * i + j] + x[3 * (t + 1) + j] + be[t + 1][j];
            be[t][i] = logsum3(v);
        }
}

static double crf_loss(const double *x, size_t n, void *ctx)
{
    double al[5][3], be[5][3], score = 0;
    (void)n, (void)ctx;
    crf_lattice(x, al, be);
    for (int t = 0; t < 5; t++) score += x[3 * t + gold[t]] + (t ? x[15 + 3 * gold[t - 1] + gold[t]] : 0);
    return logsum3(al[4]) - score;
}

static void crf_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double al[5][3], be[5][3];
    crf_lattice(x, al, be);
    double logz = logsum3(al[4]);
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int t = 0; t < 5; t++)
        for (int j = 0; j < 3; j++) {
            g[3 * t + j] += exp(al[t][j] + be[t][j] - logz);
            for (int i = 0; t && i < 3; i++) {
                double p = exp(al[t - 1][i] + x[15 + 3 * i + j] + x[3 * t + j] + be[t][j] - logz);
                if (bug == pair_counts_once)
                    g[15 + 3 * i + j] = p;
                else
                    g[15 + 3 * i + j] += p;
            }
        }
    if (bug == expectations_only) return;
    for (int t = 0; t < 5; t++) {
        int y = bug == gold_off_by_one ? (gold[t] + 1) % 3 : gold[t];
        g[3 * t + y] -= 1;
        if (t) g[15 + 3 * gold[t - 1] + gold[t]] -= 1;
    }
}

UNIT(crf, 24, -1, 1, 0)

/* ---- cox: partial likelihood, 12 subjects in order of their times, three covariates ---- */

enum { risk_set_backwards = 80 };

static double cox_loss(const double *x, size_t n, void *ctx)
{
    double ll = 0;
    (void)ctx;
    for (int i = 0; i < 12; i++) {
        double risk = 0, own = 0;
        if (i % 4 == 3) continue; /* censored */
        for (int k = i; k < 12; k++) {
            double eta = 0;
            for (size_t j = 0; j < n; j++) eta += x[j] * table(k * 3 + (int)j);
            risk += exp(eta);
            if (k == i) own = eta;
        }
        ll += own - log(risk);
    }
    return -ll;
}

static void cox_grad(const double *x, size_t n, double *g, void *ctx)
{
    int backwards = BUG(ctx) == risk_set_backwards;
    for (size_t j = 0; j < n; j++) g[j] = 0;
    for (int i = 0; i < 12; i++) {
        double risk = 0, mean[3] = { 0, 0, 0 };
        if (i % 4 == 3) continue;
        for (int k = backwards ? 0 : i; k < (backwards ? i + 1 : 12); k++) {
            double eta = 0, e;
            for (size_t j = 0; j < n; j++) eta += x[j] * table(k * 3 + (int)j);
            risk += e = exp(eta);
            for (size_t j = 0; j < n; j++) mean[j] += e * table(k * 3 + (int)j);
        }
        for (size_t j = 0; j < n; j++) g[j] -= table(i * 3 + (int)j) - mean[j] / risk;
    }
}

UNIT(cox, 3, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, ridge, "an intercept without penalty"),
    WRONG(OPEN, ridge, half_penalty, PENALTY, "lambda beta: the 2 of the penalty's square is missing"),
    WRONG(KEPT, ridge, intercept_shrunk, PENALTY | RANGE, "the intercept is punished as well"),
    WRONG(OPEN, ridge, sum_not_mean, MEAN, "the squares are summed where the loss has their mean"),
    WRONG(OPEN, ridge, sign_of_residual, SIGN, "fit - y, and a minus as for y - fit"),
    RIGHT(KEPT, logit, "class weights, both branches of a safe log(1 + e^-m)"),
    WRONG(OPEN, logit, no_weight, FORMULA, "the class weights of the loss are not in the gradient"),
    WRONG(OPEN, logit, label_pm_one, FORMULA, "labels -1 and 1 where p - y needs 0 and 1"),
    WRONG(KEPT, logit, weight_of_prediction, FORMULA,
          "the weight of the predicted class, not of the true one"),
    RIGHT(OPEN, huber, "corners of the second derivative"),
    WRONG(OPEN, huber, not_clipped, FORMULA, "the residual is not clipped: the gradient of the square"),
    WRONG(KEPT, huber, clipped_to_one, FORMULA, "clipped to 1 where the loss has 0.7"),
    WRONG(OPEN, huber, sign_lost, FORMULA, "far residuals pull upwards, whatever their sign"),
    RIGHT(OPEN, pinball, "forty corners"),
    WRONG(KEPT, pinball, tau_exchanged, FORMULA, "the gradient of the 10 % quantile, the loss of the 90 %"),
    RIGHT(OPEN, poisson, "a log link"),
    WRONG(OPEN, poisson, link_twice, CHAIN, "the link is differentiated twice: mu (y - mu)"),
    WRONG(KEPT, poisson, exposure_forgotten, FORMULA, "no exposure in the gradient's mu"),
    RIGHT(OPEN, gmm, "three kinds of parameters in one array"),
    WRONG(OPEN, gmm, softmax_ignored, TERM,
          "mixture weights: the softmax's normalisation is not differentiated"),
    WRONG(KEPT, gmm, sigma_not_log, CHAIN, "d/d sigma where the parameter is log sigma"),
    WRONG(OPEN, gmm, variance_for_sigma, CHAIN, "1/sigma^3 for 1/sigma^2 in the means"),
    RIGHT(OPEN, hmm, "a recursion with rescaling"),
    WRONG(KEPT, hmm, transposed_transition, INDEX, "the transition matrix's gradient is transposed"),
    WRONG(OPEN, hmm, scale_left_out, FORMULA, "the backward recursion is not rescaled"),
    WRONG(OPEN, hmm, last_step_only, SUM, "transitions: the last step only"),
    RIGHT(KEPT, crf, "log sum exp of paths"),
    WRONG(OPEN, crf, expectations_only, TERM, "the gold path is not subtracted"),
    WRONG(OPEN, crf, pair_counts_once, SUM, "pair scores: = where += belongs"),
    /* TERM as well: the score of the gold tags, a term linear in x, is that of other labels */
    WRONG(KEPT, crf, gold_off_by_one, INDEX | TERM, "the gold tag counted from 1"),
    RIGHT(OPEN, cox, "sums over risk sets, censored subjects"),
    WRONG(OPEN, cox, risk_set_backwards, RANGE, "the risk set is what came before, not what comes after"),
};

FIELD(stats)
