/* field_floats.c - float code of devices and games: float in, float out, corners, fixed sizes, no
 * double anywhere. */
#include "stranger.h"

typedef float f32;

static f32 sensor(int k)
{
    return (f32)((k * 7 + k * k * 3) % 11 - 5) * 0.2f;
}

/* ---- relu_net: 4-5-1, 31 weights, squared error over 6 samples ---- */

enum { dead_units_learn = 1, output_bias_sign, leak_in_backward };

static f32 relu_sample(const f32 *w, int s, f32 *h)
{
    f32 y = w[30];
    for (int i = 0; i < 5; i++) {
        f32 a = w[20 + i];
        for (int j = 0; j < 4; j++) a += w[4 * i + j] * sensor(4 * s + j);
        h[i] = a > 0 ? a : 0;
        y += w[25 + i] * h[i];
    }
    return y - sensor(s + 50);
}

static float relu_net_loss(const float *w, size_t n, void *ctx)
{
    f32 h[5], e = 0;
    (void)n, (void)ctx;
    for (int s = 0; s < 6; s++) {
        f32 d = relu_sample(w, s, h);
        e += 0.5f * d * d;
    }
    return e;
}

static void relu_net_grad(const float *w, size_t n, float *g, void *ctx)
{
    int bug = BUG(ctx);
    f32 h[5];
    memset(g, 0, n * sizeof *g);
    for (int s = 0; s < 6; s++) {
        f32 d = relu_sample(w, s, h);
        g[30] += bug == output_bias_sign ? -d : d;
        for (int i = 0; i < 5; i++) {
            g[25 + i] += d * h[i];
            f32 da = d * w[25 + i];
            if (h[i] <= 0) da *= bug == dead_units_learn ? 1 : bug == leak_in_backward ? 0.1f : 0;
            g[20 + i] += da;
            for (int j = 0; j < 4; j++) g[4 * i + j] += da * sensor(4 * s + j);
        }
    }
}

FLOAT_UNIT(relu_net, 31, -1, 1, 0)

/* ---- svm: hinge loss and a penalty, 12 samples ---- */

enum { svm_decay_missing = 10, svm_inside_margin };

static float svm_loss(const float *w, size_t n, void *ctx)
{
    float l = 0;
    (void)ctx;
    for (size_t j = 0; j + 1 < n; j++) l += 0.05f * w[j] * w[j];
    for (int s = 0; s < 12; s++) {
        float m = w[n - 1], y = s % 2 ? 1.0f : -1.0f;
        for (size_t j = 0; j + 1 < n; j++) m += w[j] * sensor(5 * s + (int)j);
        if (y * m < 1) l += (1 - y * m) / 12;
    }
    return l;
}

static void svm_grad(const float *w, size_t n, float *g, void *ctx)
{
    int bug = BUG(ctx);
    for (size_t j = 0; j + 1 < n; j++) g[j] = bug == svm_decay_missing ? 0 : 0.1f * w[j];
    g[n - 1] = 0;
    for (int s = 0; s < 12; s++) {
        float m = w[n - 1], y = s % 2 ? 1.0f : -1.0f;
        for (size_t j = 0; j + 1 < n; j++) m += w[j] * sensor(5 * s + (int)j);
        if (y * m >= (bug == svm_inside_margin ? 0.0f : 1.0f)) continue;
        for (size_t j = 0; j + 1 < n; j++) g[j] -= y * sensor(5 * s + (int)j) / 12;
        g[n - 1] -= y / 12;
    }
}

FLOAT_UNIT(svm, 6, -1, 1, 0)

/* ---- lad: least absolute deviations ---- */

enum { lad_sign = 20 };

static float lad_loss(const float *x, size_t n, void *ctx)
{
    float l = 0;
    (void)ctx;
    for (int i = 0; i < 16; i++) {
        float r = -2 * sensor(i + 3);
        for (size_t j = 0; j < n; j++) r += x[j] * sensor(i * 4 + (int)j);
        l += fabsf(r);
    }
    return l / 16;
}

static void lad_grad(const float *x, size_t n, float *g, void *ctx)
{
    for (size_t j = 0; j < n; j++) g[j] = 0;
    for (int i = 0; i < 16; i++) {
        float r = -2 * sensor(i + 3);
        for (size_t j = 0; j < n; j++) r += x[j] * sensor(i * 4 + (int)j);
        float s = r > 0 ? 1.0f : r < 0 ? -1.0f : 0.0f;
        for (size_t j = 0; j < n; j++) g[j] += (BUG(ctx) ? -s : s) * sensor(i * 4 + (int)j) / 16;
    }
}

FLOAT_UNIT(lad, 4, -1, 1, 0)

/* ---- pid: a motor with a PID controller over 40 samples; x = kp, ki, kd; sensitivities run along ---- */

enum { integral_lag = 30, kd_forgotten };

static float pid_run(const float *k, float *s, int bug)
{
    const float dt = 0.05f;
    float v = 0, sum = 0, last = 1, cost = 0, dv[3] = { 0 }, dsum[3] = { 0 }, dlast[3] = { 0 };
    for (int j = 0; j < 3; j++) s[j] = 0;
    for (int t = 0; t < 40; t++) {
        float e = 1 - v, u, de[3], du[3];
        sum += e * dt;
        u = k[0] * e + k[1] * sum + k[2] * (e - last) / dt;
        for (int j = 0; j < 3; j++) {
            de[j] = -dv[j];
            if (bug != integral_lag) dsum[j] += de[j] * dt;
            du[j] = k[0] * de[j] + k[1] * dsum[j] + k[2] * (de[j] - dlast[j]) / dt;
            if (bug == integral_lag) dsum[j] += de[j] * dt;
            du[j] += j == 0 ? e : j == 1 ? sum : bug == kd_forgotten ? 0 : (e - last) / dt;
            dlast[j] = de[j];
            s[j] += (2 * e * de[j] + 0.002f * u * du[j]) * dt;
            dv[j] += dt * (2 * du[j] - dv[j]);
        }
        cost += (e * e + 0.001f * u * u) * dt;
        last = e;
        v += dt * (2 * u - v);
    }
    return cost;
}

static float pid_loss(const float *k, size_t n, void *ctx)
{
    float s[3];
    (void)n, (void)ctx;
    return pid_run(k, s, 0);
}

static void pid_grad(const float *k, size_t n, float *g, void *ctx)
{
    (void)n;
    pid_run(k, g, BUG(ctx));
}

FLOAT_UNIT(pid, 3, 0.1, 0.6, 0)

/* ---- kalman: log likelihood of 20 readings; x = log process noise, log measurement noise ---- */

enum { gain_constant = 40 };

static float kalman_run(const float *x, float *g, int bug)
{
    float q = expf(x[0]), r = expf(x[1]), m = 0, p = 1, dm[2] = { 0 }, dp[2] = { 0 }, l = 0;
    for (int j = 0; j < 2; j++) g[j] = 0;
    for (int t = 0; t < 20; t++) {
        float s, k, v = sensor(3 * t) + 0.5f * sensor(t) - m, ds, dk, keep = 1;
        p += q;
        s = p + r, k = p / s;
        for (int j = 0; j < 2; j++) {
            dp[j] += j == 0 ? q : 0;
            ds = dp[j] + (j == 1 ? r : 0);
            dk = bug ? 0 : (dp[j] - k * ds) / s;
            g[j] += 0.5f * ds / s - 0.5f * v * v * ds / (s * s) - v * dm[j] / s;
            dm[j] += dk * v - k * dm[j];
            dp[j] = (keep - k) * dp[j] - dk * p;
        }
        l += 0.5f * logf(s) + 0.5f * v * v / s;
        m += k * v;
        p *= 1 - k;
    }
    return l;
}

static float kalman_loss(const float *x, size_t n, void *ctx)
{
    float g[2];
    (void)n, (void)ctx;
    return kalman_run(x, g, 0);
}

static void kalman_grad(const float *x, size_t n, float *g, void *ctx)
{
    (void)n;
    kalman_run(x, g, BUG(ctx));
}

FLOAT_UNIT(kalman, 2, -1, 1, 0)

/* ---- steer: a boid's cost: to the goal, away from three others, not too fast; x = 4 positions in the
 * plane ---- */

enum { steer_self_repulsion = 50, speed_not_squared };

static float steer_loss(const float *x, size_t n, void *ctx)
{
    float c = 0;
    int boids = (int)n / 2;
    (void)ctx;
    for (int i = 0; i < boids; i++) {
        float dx = x[2 * i] - 0.3f, dy = x[2 * i + 1] - 0.8f;
        c += dx * dx + dy * dy;
        for (int j = 0; j < i; j++) {
            float ex = x[2 * i] - x[2 * j], ey = x[2 * i + 1] - x[2 * j + 1];
            c += 0.2f / (ex * ex + ey * ey + 0.1f);
        }
    }
    return c;
}

static void steer_grad(const float *x, size_t n, float *g, void *ctx)
{
    int bug = BUG(ctx), boids = (int)n / 2;
    memset(g, 0, n * sizeof *g);
    for (int i = 0; i < boids; i++) {
        g[2 * i] += 2 * (x[2 * i] - 0.3f);
        g[2 * i + 1] += 2 * (x[2 * i + 1] - 0.8f);
        for (int j = 0; j < i; j++) {
            float ex = x[2 * i] - x[2 * j], ey = x[2 * i + 1] - x[2 * j + 1], q = ex * ex + ey * ey + 0.1f;
            float f = 0.4f / (bug == speed_not_squared ? q : q * q);
            g[2 * i] -= f * ex, g[2 * i + 1] -= f * ey;
            if (bug == steer_self_repulsion) continue;
            g[2 * j] += f * ex, g[2 * j + 1] += f * ey;
        }
    }
}

FLOAT_UNIT(steer, 8, -1, 1, 0)

/* ---- equaliser: 5 taps against 24 samples, normalised energy ---- */

enum { taps_reversed = 60 };

static float equaliser_loss(const float *h, size_t n, void *ctx)
{
    float e = 0;
    (void)ctx;
    for (int t = 0; t < 24; t++) {
        float y = 0;
        for (int k = 0; k < (int)n; k++) y += h[k] * sensor(t - k + 8);
        e += (y - sensor(t + 5)) * (y - sensor(t + 5));
    }
    return e / 24;
}

static void equaliser_grad(const float *h, size_t n, float *g, void *ctx)
{
    int taps = (int)n;
    for (int k = 0; k < taps; k++) g[k] = 0;
    for (int t = 0; t < 24; t++) {
        float y = 0;
        for (int k = 0; k < taps; k++) y += h[k] * sensor(t - k + 8);
        for (int k = 0; k < taps; k++)
            g[BUG(ctx) ? taps - 1 - k : k] += 2 * (y - sensor(t + 5)) * sensor(t - k + 8) / 24;
    }
}

FLOAT_UNIT(equaliser, 5, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, relu_net, "corners, in float: 31 weights"),
    WRONG(OPEN, relu_net, dead_units_learn, MASK, "the derivative of ReLU is 1 everywhere"),
    WRONG(KEPT, relu_net, output_bias_sign, SIGN, "the last bias has the wrong sign"),
    WRONG(OPEN, relu_net, leak_in_backward, MASK | FORMULA, "a leaky ReLU in the backward only"),
    RIGHT(OPEN, svm, "hinges, in float"),
    WRONG(KEPT, svm, svm_decay_missing, PENALTY | TERM, "the penalty is not in the gradient"),
    WRONG(OPEN, svm, svm_inside_margin, MASK, "samples inside the margin get no gradient"),
    RIGHT(OPEN, lad, "absolute values, in float"),
    WRONG(KEPT, lad, lad_sign, SIGN, "target minus output"),
    RIGHT(OPEN, pid, "a control loop of 40 steps, in float"),
    WRONG(OPEN, pid, integral_lag, FORMULA, "the integral's sensitivity comes a step late"),
    WRONG(KEPT, pid, kd_forgotten, RANGE | TERM, "the direct effect of the last gain is missing"),
    RIGHT(OPEN, kalman, "a recursion of 20 steps, in float"),
    WRONG(OPEN, kalman, gain_constant, TERM, "the gain is taken for a constant"),
    RIGHT(KEPT, steer, "distances, in float"),
    WRONG(OPEN, steer, steer_self_repulsion, SUM | TERM, "the other boid does not feel it"),
    WRONG(OPEN, steer, speed_not_squared, CHAIN | FORMULA, "1/q for 1/q^2"),
    RIGHT(KEPT, equaliser, "a filter, in float"),
    WRONG(OPEN, equaliser, taps_reversed, INDEX, "the taps' gradients in reverse order"),
};

FIELD(floats)
