/* field_third_blocks.c - the third set: blocks of networks that the other fields lack. Rotary positions,
 * group normalisation, a dilated causal convolution, query heads that share keys, a mixture of experts,
 * a variational code. */
#include "stranger.h"

static double dat(int k)
{
    return sin(0.7 + 1.9 * k) + 0.25 * cos(5.3 * k);
}

/* ---- rope: q (4,4) and k (4,4), each pair of columns rotated by its position; loss = sum over u <= t of
 * tanh(q_t . k_u / 2) ---- */

enum { ROPE_T = 4, ROPE_D = 4 };
enum { rotated_forth_again = 1, dk_not_rotated, second_pair_at_first_frequency };

static void rope_turn(double *row, int pos, double sign, int one_frequency)
{
    for (int p = 0; p < ROPE_D / 2; p++) {
        double a = sign * pos * (p && !one_frequency ? 0.3 : 1.0);
        double x = row[2 * p], y = row[2 * p + 1];
        row[2 * p] = x * cos(a) - y * sin(a);
        row[2 * p + 1] = x * sin(a) + y * cos(a);
    }
}

static double rope_loss(const double *x, size_t n, void *ctx)
{
    double r[2 * ROPE_T * ROPE_D], s = 0;
    (void)ctx;
    memcpy(r, x, n * sizeof *r);
    for (int row = 0; row < 2 * ROPE_T; row++) rope_turn(r + row * ROPE_D, row % ROPE_T + 1, 1, 0);
    for (int t = 0; t < ROPE_T; t++)
        for (int u = 0; u <= t; u++) {
            double dot = 0;
            for (int d = 0; d < ROPE_D; d++) dot += r[t * ROPE_D + d] * r[(ROPE_T + u) * ROPE_D + d];
            s += dat(t * 5 + u) * tanh(dot / 2);
        }
    return s;
}

static void rope_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double r[2 * ROPE_T * ROPE_D];
    memcpy(r, x, n * sizeof *r);
    memset(g, 0, n * sizeof *g);
    for (int row = 0; row < 2 * ROPE_T; row++) rope_turn(r + row * ROPE_D, row % ROPE_T + 1, 1, 0);
    for (int t = 0; t < ROPE_T; t++)
        for (int u = 0; u <= t; u++) {
            double *q = r + t * ROPE_D, *k = r + (ROPE_T + u) * ROPE_D, dot = 0;
            for (int d = 0; d < ROPE_D; d++) dot += q[d] * k[d];
            double e = tanh(dot / 2), ds = dat(t * 5 + u) * (1 - e * e) / 2;
            for (int d = 0; d < ROPE_D; d++) {
                g[t * ROPE_D + d] += ds * k[d];
                g[(ROPE_T + u) * ROPE_D + d] += ds * q[d];
            }
        }
    for (int row = 0; row < 2 * ROPE_T; row++) {
        if (bug == dk_not_rotated && row >= ROPE_T) break;
        rope_turn(g + row * ROPE_D, row % ROPE_T + 1, bug == rotated_forth_again ? 1 : -1,
                  bug == second_pair_at_first_frequency);
    }
}

UNIT(rope, 2 * ROPE_T * ROPE_D, -1, 1, 0)

/* ---- groupnorm: x (4 channels, 3 pixels), two groups of two channels, then gamma (4) and beta (4);
 * loss = sum c y^2 ---- */

enum { GN_C = 4, GN_HW = 3, GN_G = 2, GN_PER = GN_C / GN_G * GN_HW };
enum { sums_over_channel = 10, dgamma_last_pixel, gamma_of_group };

static void gn_forward(const double *x, double *xh, double *rs)
{
    for (int g = 0; g < GN_G; g++) {
        double m = 0, v = 0;
        for (int i = 0; i < GN_PER; i++) m += x[g * GN_PER + i];
        m /= GN_PER;
        for (int i = 0; i < GN_PER; i++) v += pow(x[g * GN_PER + i] - m, 2);
        rs[g] = 1.0 / sqrt(v / GN_PER + 1e-4);
        for (int i = 0; i < GN_PER; i++) xh[g * GN_PER + i] = (x[g * GN_PER + i] - m) * rs[g];
    }
}

static double groupnorm_loss(const double *x, size_t n, void *ctx)
{
    double xh[GN_C * GN_HW], rs[GN_G], s = 0;
    (void)n, (void)ctx;
    gn_forward(x, xh, rs);
    for (int c = 0; c < GN_C; c++)
        for (int p = 0; p < GN_HW; p++) {
            double y = x[12 + c] * xh[c * GN_HW + p] + x[16 + c];
            s += dat(c * GN_HW + p) * y * y;
        }
    return s;
}

static void groupnorm_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double xh[GN_C * GN_HW], rs[GN_G], dxh[GN_C * GN_HW];
    gn_forward(x, xh, rs);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (int c = 0; c < GN_C; c++)
        for (int p = 0; p < GN_HW; p++) {
            int i = c * GN_HW + p;
            double dy = 2 * dat(i) * (x[12 + c] * xh[i] + x[16 + c]);
            if (bug == dgamma_last_pixel)
                g[12 + c] = dy * xh[i];
            else
                g[12 + c] += dy * xh[i];
            g[16 + c] += dy;
            dxh[i] = dy * x[12 + (bug == gamma_of_group ? c / 2 : c)];
        }
    for (int c = 0; c < GN_C; c++) {
        int from = c / 2 * GN_PER, many = GN_PER;
        double s1 = 0, s2 = 0;
        if (bug == sums_over_channel) from = c * GN_HW, many = GN_HW;
        for (int i = from; i < from + many; i++) s1 += dxh[i] / many, s2 += dxh[i] * xh[i] / many;
        for (int p = 0; p < GN_HW; p++) {
            int i = c * GN_HW + p;
            g[i] = rs[c / 2] * (dxh[i] - s1 - xh[i] * s2);
        }
    }
}

UNIT(groupnorm, 20, -1.5, 1.5, 0)

/* ---- causal: y[t] = tanh(b + sum_k w[k] x[t - 2k]), 3 taps with dilation 2, 10 steps; x = w (3), b, the
 * signal (10) ---- */

enum { dilation_forgotten = 20, signal_from_the_future, bias_mean, tap_reversed };

static double causal_at(const double *x, int t)
{
    double a = x[3];
    for (int k = 0; k < 3; k++)
        if (t - 2 * k >= 0) a += x[k] * x[4 + t - 2 * k];
    return tanh(a);
}

static double causal_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int t = 0; t < (int)n - 4; t++) s += 0.5 * pow(causal_at(x, t) - dat(t), 2);
    return s;
}

static void causal_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx), len = (int)n - 4;
    memset(g, 0, n * sizeof(double));
    for (int t = 0; t < len; t++) {
        double y = causal_at(x, t), da = (y - dat(t)) * (1 - y * y);
        g[3] += bug == bias_mean ? da / len : da;
        for (int k = 0; k < 3; k++) {
            int u = t - (bug == dilation_forgotten ? k : 2 * k);
            if (u >= 0) g[bug == tap_reversed ? 2 - k : k] += da * x[4 + u];
            int v = bug == signal_from_the_future ? t + 2 * k : t - 2 * k;
            if (v >= 0 && v < len) g[4 + v] += da * x[k];
        }
    }
}

UNIT(causal, 14, -1, 1, 0)

/* ---- gqa: two query heads (each 3 rows of 2) that share k (3,2) and v (3,2); loss = sum c o ---- */

enum { second_head_overwrites = 30, softmax_of_other_head, dv_of_first_head };

static void gqa_weights(const double *q, const double *k, double w[3][3])
{
    for (int t = 0; t < 3; t++) {
        double z = 0;
        for (int u = 0; u < 3; u++)
            z += w[t][u] = exp((q[2 * t] * k[2 * u] + q[2 * t + 1] * k[2 * u + 1]) * 0.7);
        for (int u = 0; u < 3; u++) w[t][u] /= z;
    }
}

static double gqa_loss(const double *x, size_t n, void *ctx)
{
    const double *k = x + 12, *v = x + 18;
    double s = 0, w[3][3];
    (void)n, (void)ctx;
    for (int h = 0; h < 2; h++) {
        gqa_weights(x + 6 * h, k, w);
        for (int t = 0; t < 3; t++)
            for (int u = 0; u < 3; u++)
                for (int d = 0; d < 2; d++) s += dat(6 * h + 2 * t + d) * w[t][u] * v[2 * u + d];
    }
    return s;
}

static void gqa_grad(const double *x, size_t n, double *g, void *ctx)
{
    const double *k = x + 12, *v = x + 18;
    double *dk = g + 12, *dv = g + 18, w[3][3];
    int bug = BUG(ctx);
    memset(g, 0, n * sizeof *g);
    for (int h = 0; h < 2; h++) {
        const double *q = x + 6 * h;
        double *dq = g + 6 * h;
        gqa_weights(bug == softmax_of_other_head ? x : q, k, w);
        if (bug == second_head_overwrites) memset(dk, 0, 6 * sizeof *dk);
        for (int t = 0; t < 3; t++) {
            double dw[3], dot = 0;
            for (int u = 0; u < 3; u++) {
                dw[u] = dat(6 * h + 2 * t) * v[2 * u] + dat(6 * h + 2 * t + 1) * v[2 * u + 1];
                dot += w[t][u] * dw[u];
            }
            for (int u = 0; u < 3; u++)
                for (int d = 0; d < 2; d++) {
                    double ds = 0.7 * w[t][u] * (dw[u] - dot);
                    dq[2 * t + d] += ds * k[2 * u + d];
                    dk[2 * u + d] += ds * q[2 * t + d];
                    if (!h || bug != dv_of_first_head) dv[2 * u + d] += w[t][u] * dat(6 * h + 2 * t + d);
                }
        }
    }
}

UNIT(gqa, 24, -1.5, 1.5, 0)

/* ---- experts: gate (3,4) and three linear experts (3,4) of 4 inputs, 2 samples; loss = (mix - t)^2 ---- */

enum { gate_not_centred = 40, gate_detached, expert_not_gated };

static void experts_forward(const double *x, int sample, double *p, double *e, double *mix)
{
    double z = 0;
    *mix = 0;
    for (int j = 0; j < 3; j++) {
        p[j] = e[j] = 0;
        for (int i = 0; i < 4; i++) {
            p[j] += x[j * 4 + i] * dat(sample * 4 + i);
            e[j] += x[12 + j * 4 + i] * dat(sample * 4 + i);
        }
        z += p[j] = exp(p[j]);
    }
    for (int j = 0; j < 3; j++) *mix += (p[j] /= z) * e[j];
}

static double experts_loss(const double *x, size_t n, void *ctx)
{
    double p[3], e[3], mix, s = 0;
    (void)n, (void)ctx;
    for (int b = 0; b < 2; b++) {
        experts_forward(x, b, p, e, &mix);
        s += (mix - dat(30 + b)) * (mix - dat(30 + b));
    }
    return s;
}

static void experts_grad(const double *x, size_t n, double *g, void *ctx)
{
    double p[3], e[3], mix;
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (int b = 0; b < 2; b++) {
        experts_forward(x, b, p, e, &mix);
        double d = 2 * (mix - dat(30 + b));
        for (int j = 0; j < 3; j++) {
            double gate = d * p[j] * (bug == gate_not_centred ? e[j] : e[j] - mix);
            if (bug == gate_detached) gate = 0;
            for (int i = 0; i < 4; i++) {
                g[j * 4 + i] += gate * dat(b * 4 + i);
                g[12 + j * 4 + i] += (bug == expert_not_gated ? 1 : p[j]) * d * dat(b * 4 + i);
            }
        }
    }
}

UNIT(experts, 24, -1, 1, 0)

/* ---- vae: mu (4) and log variance (4), a fixed draw; loss = reconstruction + 0.5 KL ---- */

enum { kl_sign = 50, logvar_as_sigma, kl_of_logvar_missing };

static double vae_loss(const double *x, size_t n, void *ctx)
{
    double rec = 0, kl = 0;
    (void)n, (void)ctx;
    for (int i = 0; i < 4; i++) {
        double z = x[i] + exp(0.5 * x[4 + i]) * dat(i);
        rec += pow(sin(z) - dat(10 + i), 2);
        kl += 0.5 * (x[i] * x[i] + exp(x[4 + i]) - 1 - x[4 + i]);
    }
    return rec + 0.5 * kl;
}

static void vae_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    (void)n;
    for (int i = 0; i < 4; i++) {
        double sd = exp(0.5 * x[4 + i]), z = x[i] + sd * dat(i);
        double dz = 2 * (sin(z) - dat(10 + i)) * cos(z);
        double kl = bug == kl_sign ? -0.25 : 0.25;
        g[i] = dz + 2 * kl * x[i];
        g[4 + i] = dz * dat(i) * sd * (bug == logvar_as_sigma ? 1 : 0.5);
        if (bug != kl_of_logvar_missing) g[4 + i] += kl * (sd * sd - 1);
    }
}

UNIT(vae, 8, -1, 1, 0)

ROWS = {
    RIGHT(THIRD, rope, "rotations that the gradient undoes, pairs of the future without any"),
    WRONG(THIRD, rope, rotated_forth_again, FORMULA | SIGN, "the gradient is rotated forth instead of back"),
    WRONG(THIRD, rope, dk_not_rotated, FORMULA | TERM, "dk is left in the rotated frame"),
    WRONG(THIRD, rope, second_pair_at_first_frequency, FORMULA, "the second pair turns back too fast"),
    RIGHT(THIRD, groupnorm, "statistics over groups, gain and bias over channels"),
    WRONG(THIRD, groupnorm, sums_over_channel, FORMULA | MEAN | TERM,
          "the backward's means are taken over the channel instead of the group"),
    WRONG(THIRD, groupnorm, dgamma_last_pixel, SUM, "dgamma = where += belongs: the last pixel only"),
    WRONG(THIRD, groupnorm, gamma_of_group, INDEX | FORMULA, "gamma is read by the group's number"),
    RIGHT(THIRD, causal, "a signal's end has fewer paths than its beginning"),
    WRONG(THIRD, causal, dilation_forgotten, INDEX | FORMULA, "dw with dilation 1"),
    WRONG(THIRD, causal, signal_from_the_future, INDEX | SIGN | FORMULA, "dx at t + 2k instead of t - 2k"),
    /* FACTOR as well: "look for 10" leads to the length that db is divided by */
    WRONG(THIRD, causal, bias_mean, MEAN | FACTOR, "db is a mean over time, one tensor of three"),
    WRONG(THIRD, causal, tap_reversed, INDEX, "dw in reverse order of the taps"),
    RIGHT(THIRD, gqa, "two heads add to one k and v"),
    WRONG(THIRD, gqa, second_head_overwrites, SUM, "dk of the second head replaces that of the first"),
    WRONG(THIRD, gqa, softmax_of_other_head, FORMULA | INDEX | STALE,
          "the second head's backward uses the first one's weights"),
    WRONG(THIRD, gqa, dv_of_first_head, SUM | TERM, "dv without the second head"),
    RIGHT(THIRD, experts, "the gate's gradients sum to 0"),
    WRONG(THIRD, experts, gate_not_centred, TERM, "only the diagonal of the gate's softmax"),
    WRONG(THIRD, experts, gate_detached, RANGE | TERM, "the gate gets no gradient"),
    WRONG(THIRD, experts, expert_not_gated, CHAIN | FORMULA, "the experts' gradients without their gates"),
    RIGHT(THIRD, vae, "a reparameterised draw and its divergence"),
    WRONG(THIRD, vae, kl_sign, SIGN | PENALTY | TERM, "the divergence's gradient has the wrong sign"),
    WRONG(THIRD, vae, logvar_as_sigma, CHAIN | FACTOR | FORMULA,
          "the 1/2 of exp(logvar / 2) is missing in one of two terms"),
    WRONG(THIRD, vae, kl_of_logvar_missing, TERM | PENALTY, "the divergence has no part in dlogvar"),
};

FIELD(third_blocks)
