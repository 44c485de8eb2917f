/* field_habits.c - how code is called, rather than what it computes: forwards that cache for their
 * backward, buffers that are never cleared, inputs used as work space, sums that lose a part now and
 * then as in a race, loops unrolled by four. */
#include "stranger.h"

static double given(int k)
{
    return sin(2.9 * k + 0.5) + 0.2 * cos(7.1 * k);
}

/* what a library keeps in a struct between forward and backward */
static struct {
    double pre[32], act[32], norm;
    int valid;
} tape;

/* ---- taped: a layer of 6 from 4, softplus; the loss fills the tape and the gradient reads it ---- */

enum { taped_pre_for_act = 1, taped_first_call };

static double taped_loss(const double *w, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int o = 0; o < (int)n / 4; o++) {
        double a = 0;
        for (int i = 0; i < 4; i++) a += w[4 * o + i] * given(i);
        tape.pre[o] = a;
        tape.act[o] = log1p(exp(a));
        s += given(20 + o) * tape.act[o] * tape.act[o];
    }
    return s;
}

static void taped_grad(const double *w, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    (void)w;
    for (int o = 0; o < (int)n / 4; o++) {
        double t = bug == taped_pre_for_act ? tape.pre[o] : tape.act[o];
        double d = 2 * given(20 + o) * t / (1 + exp(-tape.pre[o]));
        for (int i = 0; i < 4; i++) g[4 * o + i] = d * given(i);
    }
}

UNIT(taped, 24, -1, 1, CACHES)

/* ---- normed: cosine to a fixed vector; the loss keeps the norm ---- */

static double normed_loss(const double *x, size_t n, void *ctx)
{
    double q = 0, s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) q += x[i] * x[i], s += x[i] * given((int)i);
    tape.norm = sqrt(q);
    tape.act[0] = s;
    return s / tape.norm;
}

static void normed_grad(const double *x, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++)
        g[i] = given((int)i) / tape.norm - tape.act[0] * x[i] / (tape.norm * tape.norm * tape.norm);
}

UNIT(normed, 6, -2, 2, CACHES)

/* ---- pooled: maximum of pairs; the loss keeps which of two it was ---- */

enum { pooled_first = 10 };

static double pooled_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n / 2; i++) {
        tape.act[i] = x[2 * i + 1] > x[2 * i];
        s += (1 + given((int)i)) * exp(fmax(x[2 * i], x[2 * i + 1]));
    }
    return s;
}

static void pooled_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (size_t i = 0; i < n / 2; i++) {
        size_t at = 2 * i + (BUG(ctx) ? 0 : tape.act[i] > 0.5);
        g[at] = (1 + given((int)i)) * exp(x[at]);
    }
}

UNIT(pooled, 10, -1, 1, CACHES)

/* ---- lazy: constants of the data are computed at the first call, and by mistake what depends on x as
 * well ---- */

enum { lazy_stale = 20 };

static double lazy_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += sin(x[i]) * x[(i + 1) % n];
    return s;
}

static void lazy_grad(const double *x, size_t n, double *g, void *ctx)
{
    static double sines[16], cosines[16];
    static int ready;
    if (!ready || !BUG(ctx)) {
        for (size_t i = 0; i < n; i++) sines[i] = sin(x[i]), cosines[i] = cos(x[i]);
        ready = BUG(ctx) != 0;
    }
    for (size_t i = 0; i < n; i++) g[i] = cosines[i] * x[(i + 1) % n] + sines[(i + n - 1) % n];
}

UNIT(lazy, 7, -2, 2, 0)

/* ---- adding: the gradient is added to what is there ---- */

enum { adding_to_caller = 30, adding_to_static };

static double adding_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += (1 + given((int)i)) * x[i] * x[i] * x[i];
    return s;
}

static void adding_grad(const double *x, size_t n, double *g, void *ctx)
{
    static double total[16];
    int bug = BUG(ctx);
    for (size_t i = 0; i < n; i++) {
        double d = 3 * (1 + given((int)i)) * x[i] * x[i];
        if (bug == adding_to_caller)
            g[i] += d;
        else
            total[i] = bug == adding_to_static ? total[i] + d : d;
        if (bug != adding_to_caller) g[i] = total[i];
    }
}

UNIT(adding, 5, -1, 1, 0)

/* ---- in_place: the softmax is computed where x is ---- */

enum { softmax_in_x = 40 };

static double in_place_loss(const double *x, size_t n, void *ctx)
{
    double z = 0, s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) z += exp(x[i]);
    for (size_t i = 0; i < n; i++) s += given((int)i) * exp(x[i]) / z;
    return s;
}

static void in_place_grad(const double *x, size_t n, double *g, void *ctx)
{
    double own[16], z = 0, s = 0, *p = BUG(ctx) ? (double *)(uintptr_t)x : own;
    for (size_t i = 0; i < n; i++) z += p[i] = exp(x[i]);
    for (size_t i = 0; i < n; i++) s += given((int)i) * (p[i] /= z);
    for (size_t i = 0; i < n; i++) g[i] = p[i] * (given((int)i) - s);
}

UNIT(in_place, 6, -2, 2, 0)

/* ---- racing: four threads' partial sums are added to g; sometimes one update is lost. No threads: a
 * counter decides. ---- */

enum { one_in_ten_lost = 50, one_in_three_lost, two_in_three_lost, order_varies };

static double racing_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (int k = 0; k < 32; k++) {
        double e = given(k);
        for (size_t i = 0; i < n; i++) e += x[i] * given(40 * (int)i + k);
        s += log(1 + e * e);
    }
    return s;
}

static void racing_grad(const double *x, size_t n, double *g, void *ctx)
{
    static uint32_t state = 12345;
    int bug = BUG(ctx), lost = -1;
    state = state * 1664525 + 1013904223;
    uint32_t dice = (state >> 16) % 30;
    if (dice < (bug == one_in_ten_lost     ? 3u
                : bug == one_in_three_lost ? 10u
                : bug == two_in_three_lost ? 20u
                                           : 0u))
        lost = (int)(state >> 28) % 4;
    memset(g, 0, n * sizeof *g);
    for (int turn = 0; turn < 4; turn++) {
        int thread = bug ? turn : (turn + (int)dice) % 4; /* a right one adds in any order */
        if (thread == lost) continue;
        for (int k = 8 * thread; k < 8 * thread + 8; k++) {
            double e = given(k);
            for (size_t i = 0; i < n; i++) e += x[i] * given(40 * (int)i + k);
            for (size_t i = 0; i < n; i++) g[i] += 2 * e / (1 + e * e) * given(40 * (int)i + k);
        }
    }
}

UNIT(racing, 6, -1, 1, SELDOM)

/* ---- masked: dropout whose backward draws a mask of its own ---- */

enum { mask_redrawn = 60 };

static int keeps(uint32_t *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % 4 != 0;
}

static double masked_loss(const double *x, size_t n, void *ctx)
{
    uint32_t seed = 7;
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += keeps(&seed) ? tanh(x[i]) / 0.75 : 0;
    return s;
}

static void masked_grad(const double *x, size_t n, double *g, void *ctx)
{
    static uint32_t running = 99;
    uint32_t fresh = 7, *seed = BUG(ctx) ? &running : &fresh;
    for (size_t i = 0; i < n; i++) g[i] = keeps(seed) ? (1 - tanh(x[i]) * tanh(x[i])) / 0.75 : 0;
}

UNIT(masked, 16, -1, 1, 0)

/* ---- unrolled: a dot product of tanh by four; n = 11 ---- */

enum { tail_forgotten = 70, tail_once_more };

static double unrolled_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) s += given((int)i) * tanh(x[i]) + 0.1 * x[i] * x[i];
    return s;
}

static void unrolled_grad(const double *x, size_t n, double *g, void *ctx)
{
    size_t i = 0;
    int bug = BUG(ctx);
#define ONE(k) (given((int)(k)) * (1 - tanh(x[k]) * tanh(x[k])) + 0.2 * x[k])
    for (; i + 4 <= n; i += 4)
        g[i] = ONE(i), g[i + 1] = ONE(i + 1), g[i + 2] = ONE(i + 2), g[i + 3] = ONE(i + 3);
    for (; i < n; i++)
        g[i] = bug == tail_forgotten ? 0 : bug == tail_once_more ? ONE(i) + 0.2 * x[i] : ONE(i);
#undef ONE
}

UNIT(unrolled, 11, -1, 1, 0)

/* ---- overflow: a sigmoid as e^x / (1 + e^x), where x is large; the loss is safe ---- */

enum { overflow_in_grad = 80 };

static double overflow_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        double z = 20 * x[i];
        s += fmax(z, 0) + log1p(exp(-fabs(z)));
    }
    return s;
}

static void overflow_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) {
        double e = exp(20 * x[i]);
        g[i] = BUG(ctx) ? 20 * e / (1 + e) : 20 / (1 + exp(-20 * x[i]));
    }
}

UNIT(overflow, 3, 570, 700, 0)

/* ---- differenced: the gradient is itself a difference quotient, of a step that is too large, or in
 * float ---- */

enum { step_of_a_thousandth = 90, in_float };

static double differenced_loss(const double *x, size_t n, void *ctx)
{
    double s = 0;
    (void)ctx;
    for (size_t i = 0; i + 1 < n; i++) s += exp(sin(x[i]) * x[i + 1]);
    return s;
}

static void differenced_grad(const double *x, size_t n, double *g, void *ctx)
{
    int bug = BUG(ctx);
    double y[16];
    if (bug == step_of_a_thousandth) {
        for (size_t i = 0; i < n; i++) {
            memcpy(y, x, n * sizeof *x);
            y[i] += 1e-3;
            g[i] = (differenced_loss(y, n, NULL) - differenced_loss(x, n, NULL)) / 1e-3;
        }
        return;
    }
    for (size_t i = 0; i < n; i++) g[i] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double e = exp(sin(x[i]) * x[i + 1]);
        g[i] += e * cos(x[i]) * x[i + 1];
        g[i + 1] += e * sin(x[i]);
    }
    for (size_t i = 0; i < n && bug == in_float; i++) g[i] = floor(g[i] * 1e4) / 1e4;
}

UNIT(differenced, 5, -1.5, 1.5, 0)

/* ---- unused: 9 weights of a filter of which a border of padding never lets the last column in ---- */

static double unused_loss(const double *w, size_t n, void *ctx)
{
    double s = 0;
    (void)n, (void)ctx;
    for (int p = 0; p < 5; p++) {
        double a = 0;
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 2; c++) a += w[3 * r + c] * given(7 * p + 3 * r + c); /* c < 3 is meant */
        s += a * a;
    }
    return s;
}

static void unused_grad(const double *w, size_t n, double *g, void *ctx)
{
    (void)ctx;
    memset(g, 0, n * sizeof *g);
    for (int p = 0; p < 5; p++) {
        double a = 0;
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 2; c++) a += w[3 * r + c] * given(7 * p + 3 * r + c);
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 2; c++) g[3 * r + c] += 2 * a * given(7 * p + 3 * r + c);
    }
}

UNIT(unused, 9, -1, 1, 0)

ROWS = {
    RIGHT(OPEN, taped, "the forward fills what the backward reads"),
    WRONG(OPEN, taped, taped_pre_for_act, FORMULA | CHAIN,
          "taped: what was before the activation for what is behind it"),
    RIGHT(KEPT, normed, "the forward keeps a norm"),
    RIGHT(OPEN, pooled, "the forward keeps which of two it was"),
    WRONG(OPEN, pooled, pooled_first, MASK | INDEX, "always the first of two, taped"),
    RIGHT(KEPT, lazy, "buffers that are filled at each call"),
    WRONG(OPEN, lazy, lazy_stale, STALE, "what depends on x is computed at the first call only"),
    RIGHT(OPEN, adding, "written, not added"),
    WRONG(KEPT, adding, adding_to_caller, ACCUMULATES, "added to what the caller's array held"),
    WRONG(OPEN, adding, adding_to_static, ACCUMULATES | STALE | UNSTEADY, "the sum of all calls"),
    RIGHT(OPEN, in_place, "a work space of its own"),
    WRONG(KEPT, in_place, softmax_in_x, WRITES_X, "x is the work space"),
    RIGHT(OPEN, racing, "partial sums in an order that varies"),
    WRONG(OPEN, racing, one_in_ten_lost, UNSTEADY, "a quarter of the sum is lost in one call of ten"),
    WRONG(KEPT, racing, one_in_three_lost, UNSTEADY, "a quarter of the sum is lost in one call of three"),
    WRONG(OPEN, racing, two_in_three_lost, UNSTEADY, "a quarter of the sum is lost in two calls of three"),
    RIGHT(OPEN, masked, "a mask from a seed"),
    WRONG(KEPT, masked, mask_redrawn, UNSTEADY | MASK, "the backward draws another mask"),
    RIGHT(OPEN, unrolled, "eleven by four"),
    WRONG(OPEN, unrolled, tail_forgotten, RANGE, "what is left over from four is forgotten"),
    WRONG(KEPT, unrolled, tail_once_more, PENALTY | RANGE | TERM,
          "the penalty is twice in what is left over from four"),
    RIGHT(OPEN, overflow, "large arguments"),
    WRONG(OPEN, overflow, overflow_in_grad, NOT_FINITE, "infinity over infinity"),
    RIGHT(KEPT, differenced, "a product inside an exponential"),
    WRONG(OPEN, differenced, step_of_a_thousandth, PRECISION, "a difference quotient of step 1e-3"),
    WRONG(OPEN, differenced, in_float, PRECISION, "rounded to four decimals"),
    RIGHT(KEPT, unused, "three of nine weights have no part in the loss"),
};

FIELD(habits)
