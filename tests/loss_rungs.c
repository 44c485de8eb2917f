/* loss_rungs.c - every rung of the losses on numbers that `rungs check` does not draw: far from 0, sure and
 * wrong, at the kinks, ten million of them, rows that rise, rows without labels, rows of 100 000; against the
 * oracle, within the operation's error bound, and written over their input as well. A loss with its gradient
 * must give the backward's bits. -log y is held to 2 ulp. Wrong versions must be rejected. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/op.h"
#include "../reference/philox.h"
#include "../reference/reference.h"

static int failed, passed;

/* ---- problems ---- */

struct problem {
    const char *what, *ops; /* of operations whose name begins so */
    int size[MAX_SIZES];
    void (*fill)(const int *size, const char *arg, size_t n, float *x, int *label); /* one argument */
};

static void uniform(const char *arg, size_t n, float low, float high, float *x)
{
    philox_uniform(11, (uint64_t)arg[0], n, low, high, x);
}

static void labels(const int *size, size_t n, int *label)
{
    for (size_t k = 0; k < n; k++) label[k] = (int)(philox_word(11, 5, k) % (unsigned)size[1]);
}

static void fill_unit(const int *size, const char *arg, size_t n, float *x, int *label)
{
    (void)size, (void)label;
    uniform(arg, n, 0.01f, 0.99f, x);
}

/* probabilities down to the smallest float, and 0 and 1 themselves */
static void fill_sure(const int *size, const char *arg, size_t n, float *x, int *label)
{
    static const float y[] = { 0,    1,           0x1p-149f,   0x1p-126f, 1e-10f, 0x1.fffffep-1f,
                               0.5f, 0.70710677f, 0.70710683f, 1e-3f,     0.999f };
    enum { COUNT = sizeof y / sizeof *y };
    (void)size, (void)label;
    for (size_t k = 0; k < n; k++)
        x[k] = *arg == 'y' ? y[k % COUNT] : *arg == 't' ? (float)(k / COUNT % 5) / 4 : 1e-10f;
}

/* y outside [0, 1]: by less than 2^-20, as a rounded sum is, it counts as the end; further out all is NaN */
static void fill_outside(const int *size, const char *arg, size_t n, float *x, int *label)
{
    static const float y[] = { 1.0000001f, 0x1.00000ep0f, -0x1p-149f, -1e-8f, -0x1.fffffep-21f,
                               -0.0f,      0.25f,         1,          0,      0x1.000002p0f };
    enum { COUNT = sizeof y / sizeof *y };
    (void)size, (void)label;
    for (size_t k = 0; k < n; k++)
        x[k] = *arg == 'y' ? y[k % COUNT] : *arg == 't' ? (float)(k / COUNT % 5) / 4 : 0.5f;
}

static void fill_far_outside(const int *size, const char *arg, size_t n, float *x, int *label)
{
    static const float y[] = { 0.5f,  0x1.00001p0f, 0.75f,    -0x1p-20f, -1, 1.5f,
                               1e30f, -INFINITY,    INFINITY, 0,         1,  -1e-4f };
    enum { COUNT = sizeof y / sizeof *y };
    (void)size, (void)label;
    for (size_t k = 0; k < n; k++)
        x[k] = *arg == 'y' ? y[k % COUNT] : *arg == 't' ? (float)(k / COUNT % 5) / 4 : 0.5f;
}

static void fill_far(const int *size, const char *arg, size_t n, float *x, int *label)
{
    static const float y[] = { 100, -100, 1e4f, -1e4f, 88.8f, -104.5f, 1e35f, -1e35f, 0, -0.0f, 17, -17 };
    enum { COUNT = sizeof y / sizeof *y };
    (void)size, (void)label;
    for (size_t k = 0; k < n; k++)
        x[k] = *arg == 'y' ? y[k % COUNT] : *arg == 't' ? (float)(k / COUNT % 5) / 4 : 1;
}

/* y - t from -3 to 3 in steps of 1/4: on, beside and beyond the kinks at 0 and 1 */
static void fill_kinks(const int *size, const char *arg, size_t n, float *x, int *label)
{
    (void)size, (void)label;
    for (size_t k = 0; k < n; k++)
        x[k] = *arg == 'y' ? (float)(k % 25) / 4 - 3 + (k / 25 % 3 == 1 ? 1e-6f : 0) : *arg == 't' ? 0 : 1;
}

static void rows(const int *size, const char *arg, size_t n, float *x, int *label, float centre, float range)
{
    if (*arg == 'l')
        labels(size, n, label);
    else if (*arg == 'z')
        uniform(arg, n, centre - range, centre + range, x);
    else
        uniform(arg, n, 0.25f, 1, x); /* t, dloss */
}

static void fill_plain(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0, 6);
}

static void fill_below(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, -1e4f, 6);
}

static void fill_above(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 1e4f, 100);
}

static void fill_wide(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0, 1e36f);
}

/* some NaNs: they must show in what they have a part in, and nowhere else */
static void fill_nan(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0.5f, 0.25f);
    for (size_t k = 5; (*arg == 'z' || *arg == 'y') && k < n; k += 97) x[k] = NAN;
}

/* each logit above all before it: every block raises the maximum */
static void fill_rising(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0, 1);
    if (*arg == 'z')
        for (size_t k = 0; k < n; k++) x[k] = (float)(k % (size_t)size[1]) * 0x1p-9f;
}

static void fill_unlabelled(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0, 6);
    if (*arg == 'l')
        for (size_t k = 0; k < n; k++) label[k] = -1;
}

static void fill_one_label(const int *size, const char *arg, size_t n, float *x, int *label)
{
    rows(size, arg, n, x, label, 0, 6);
    if (*arg == 'l')
        for (size_t k = 0; k < n; k++) label[k] = k + 1 < n ? -1 : label[k];
}

static const struct problem problems[] = {
    { "NaNs", "softmax_xent_f", { 20, 10 }, fill_nan },
    { "NaNs", "mse", { 300 }, fill_nan },
    { "NaNs", "mae", { 300 }, fill_nan },
    { "NaNs", "huber", { 300 }, fill_nan },
    { "NaNs", "bce", { 300 }, fill_nan },
    { "NaNs", "xent", { 20, 10 }, fill_nan },
    { "NaNs", "xent", { 20, 70 }, fill_nan },
    { "NaNs in a later block", "xent", { 2, 3001 }, fill_nan },
    { "ten million", "mse_forward", { 10000000 }, fill_unit },
    { "ten million", "mae_with", { 10000000 }, fill_unit },
    { "ten million", "bce_forward", { 10000000 }, fill_unit },
    { "sure", "bce_f", { 1001 }, fill_sure },
    { "sure", "bce_b", { 1001 }, fill_sure },
    { "sure", "bce_w", { 1001 }, fill_sure },
    { "y a little outside", "bce_f", { 1001 }, fill_outside },
    { "y a little outside", "bce_b", { 1001 }, fill_outside },
    { "y a little outside", "bce_w", { 1001 }, fill_outside },
    { "y outside", "bce_f", { 1001 }, fill_far_outside },
    { "y outside", "bce_b", { 1001 }, fill_far_outside },
    { "y outside", "bce_w", { 1001 }, fill_far_outside },
    { "far from 0", "bce_logits", { 1009 }, fill_far },
    { "kinks", "mae", { 200 }, fill_kinks },
    { "kinks", "huber", { 200 }, fill_kinks },
    { "far below 0", "xent", { 5, 10 }, fill_below },
    { "far below 0, a tail", "xent", { 5, 37 }, fill_below },
    { "far above 0", "xent", { 35, 3 }, fill_above },
    { "far above 0", "xent", { 4, 1500 }, fill_above },
    { "a wide range", "xent", { 3, 50 }, fill_wide },
    { "a wide range", "xent", { 33, 16 }, fill_wide },
    { "rising", "xent", { 2, 5000 }, fill_rising },
    { "rising", "xent", { 2, 100000 }, fill_rising },
    { "long rows", "xent", { 2, 100000 }, fill_plain },
    { "longer than fused can keep", "xent_with", { 1, 300001 }, fill_plain },
    { "no labels", "xent", { 21, 10 }, fill_unlabelled },
    { "no labels", "xent", { 3, 100 }, fill_unlabelled },
    { "one label", "xent", { 33, 4 }, fill_one_label },
    { "one label", "xent", { 5, 64 }, fill_one_label },
};
enum { PROBLEMS = sizeof problems / sizeof *problems };

/* ---- one operation on one problem ---- */

struct buffers {
    size_t n[MAX_ARGS];
    void *f32[MAX_ARGS], *f64[MAX_ARGS];
    double *bound[MAX_ARGS];
};

static void make(const struct op *op, const struct problem *p, struct buffers *b)
{
    for (int a = 0; a < op->narg; a++) {
        const struct arg *arg = &op->arg[a];
        size_t n = b->n[a] = op_elements(op, a, p->size);
        b->f32[a] = memory_need(n, sizeof(float));
        b->f64[a] = memory_need(n, sizeof(double));
        b->bound[a] = memory_need(n, sizeof(double));
        if (arg->access == ARG_OUT) continue;
        p->fill(p->size, arg->name, n, b->f32[a], b->f32[a]);
        for (size_t k = 0; k < n; k++)
            if (arg_is_index(arg))
                ((int *)b->f64[a])[k] = ((int *)b->f32[a])[k];
            else
                ((double *)b->f64[a])[k] = (double)((float *)b->f32[a])[k];
    }
    op_f64(op, p->size, b->f64);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_OUT) op_bound(op, p->size, b->f64, a, NEED_NONE, b->bound[a]);
}

static void drop(const struct op *op, struct buffers *b)
{
    for (int a = 0; a < op->narg; a++) free(b->f32[a]), free(b->f64[a]), free(b->bound[a]);
}

/* Beyond the largest float infinity is right, for a NaN a NaN. */
static int is_right(float got, double want, double bound)
{
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
    if (isinf(got)) return fabs(want) > 0x1.fffffep127 && (got > 0) == (want > 0);
    return fabs((double)got - want) <= bound;
}

/* The first wrong element of an output, -1 if there is none */
static long wrong_element(const struct op *op, const struct problem *p, struct buffers *b, any_fn *run,
                          int *in)
{
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_OUT) memset(b->f32[a], 0xff, b->n[a] * sizeof(float));
    op_call(op, run, p->size, b->f32);
    for (*in = 0; *in < op->narg; ++*in) {
        if (op->arg[*in].access != ARG_OUT) continue;
        const float *got = b->f32[*in];
        const double *want = b->f64[*in];
        for (size_t k = 0; k < b->n[*in]; k++)
            if (!is_right(got[k], want[k], b->bound[*in][k])) return (long)k;
    }
    return -1;
}

/* Written over its input, where the operation allows that, to the same bits as those that
 * lie apart in b: 1 if not */
static int differs_in_place(const struct op *op, const struct problem *p, const struct buffers *b,
                            any_fn *run)
{
    const int out = op->over[0], in = op->over[1];
    void *buf[MAX_ARGS];
    if (!out) return 0;
    memcpy(buf, b->f32, sizeof buf);
    buf[in] = buf[out] = memory_need(b->n[in], sizeof(float));
    memcpy(buf[in], b->f32[in], b->n[in] * sizeof(float));
    op_call(op, run, p->size, buf);
    int differs = memcmp(buf[out], b->f32[out], b->n[out] * sizeof(float)) != 0;
    if (differs) printf("FAIL  %s, %s: written over its input it gives different bits\n", op->name, p->what);
    free(buf[in]);
    return differs;
}

static int starts(const char *name, const char *with)
{
    return !strncmp(name, with, strlen(with));
}

static void judge(const struct op *op, const struct problem *p)
{
    struct buffers b;
    make(op, p, &b);
    for (const struct rung *r = op->cpu; r->name; r++) {
        int a;
        long k = rung_lacks(r->needs) ? -1 : wrong_element(op, p, &b, r->run, &a);
        if (k >= 0)
            printf("FAIL  %s %s, %s: %s[%ld] is %a, exact %a, bound %a\n", op->name, r->name, p->what,
                   op->arg[a].name, k, (double)((float *)b.f32[a])[k], ((double *)b.f64[a])[k],
                   b.bound[a][k]);
        int differs = k < 0 && !rung_lacks(r->needs) && differs_in_place(op, p, &b, r->run);
        failed += k >= 0 || differs;
        passed += k < 0 && !differs && !rung_lacks(r->needs);
    }
    drop(op, &b);
}

/* ---- with_gradient gives the bits of backward with an upstream gradient of 1 ---- */

static int same_gradient(const char *loss, const char *rung, const struct problem *p)
{
    char name[40];
    snprintf(name, sizeof name, "%s_with_gradient", loss);
    const struct op *both = op_find(name);
    snprintf(name, sizeof name, "%s_backward", loss);
    const struct op *back = op_find(name);
    const struct rung *r = rung_find(both, rung), *s = rung_find(back, rung);
    struct buffers b;
    if (!s && !strcmp(rung, "01_lanes")) s = rung_find(back, "01_hoisted");
    if (rung_lacks(r->needs)) return 1;
    make(both, p, &b);
    op_call(both, r->run, p->size, b.f32);
    float one = 1, *dy = memory_need(b.n[3], sizeof *dy);
    void *const buf[] = { b.f32[0], b.f32[1], &one, dy };
    op_call(back, s->run, p->size, buf);
    int same = !memcmp(dy, b.f32[3], b.n[3] * sizeof *dy);
    if (!same)
        printf("FAIL  %s %s: the gradient with the loss has different bits from backward\n", loss, rung);
    drop(both, &b);
    free(dy);
    return same;
}

static void gradients(void)
{
    static const struct problem n = { "", "", { 50021 }, fill_unit },
                                rows = { "", "", { 300, 70 }, fill_plain },
                                short_rows = { "", "", { 300, 7 }, fill_plain };
    static const char *const loss[] = {
#define LOSS(f, ...) #f,
#define LOSS_WITH    LOSS
#include "../optimized/ops/losses.h"
#undef LOSS
#undef LOSS_WITH
        "xent", "xent_soft"
    };
    for (size_t i = 0; i < sizeof loss / sizeof *loss; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s_with_gradient", loss[i]);
        for (const struct rung *r = op_find(name)->cpu; r->name; r++) {
            int is_rows = starts(loss[i], "xent"),
                ok = same_gradient(loss[i], r->name, is_rows ? &rows : &n) &&
                     (!is_rows || same_gradient(loss[i], r->name, &short_rows));
            failed += !ok;
            passed += ok;
        }
    }
}

/* ---- -log y and -log(1 - y), over the floats from the smallest to 1 ---- */

static double error_in_ulp(float got, double exact)
{
    int e;
    (void)frexp(exact, &e);
    return fabs((double)got - exact) / ldexp(1, (exact == 0 || e < -125 ? -125 : e) - 24);
}

static double worst_log(any_fn *run, float label, int every)
{
    enum { BLOCK = 4096 };
    static float y[BLOCK], t[BLOCK], loss[BLOCK];
    const struct op *op = op_find_with("bce_forward reduction=none");
    const int size[] = { BLOCK };
    double worst = 0;
    for (uint32_t bits = 0; bits <= 0x3f800000;) {
        for (int k = 0; k < BLOCK; k++, bits += (uint32_t)every) {
            uint32_t b = bits < 0x3f800000 ? bits : 0x3f800000;
            memcpy(&y[k], &b, sizeof b);
            t[k] = label;
        }
        op_call(op, run, size, (void *const[]){ y, t, loss });
        for (int k = 0; k < BLOCK; k++) {
            double exact = label > 0 ? -log((double)y[k]) : -log1p(-(double)y[k]);
            double error = error_in_ulp(loss[k], exact < 100 ? exact : 100);
            if (!(error <= worst)) worst = error;
        }
    }
    return worst;
}

static void logs(void)
{
    const struct op *op = op_find_with("bce_forward reduction=none");
    for (const struct rung *r = op->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        for (int label = 0; label < 2; label++) {
            double worst = worst_log(r->run, (float)label, 499);
            printf("%s  %s %s at t = %d: at most %.2f ulp\n", worst <= 2 ? "PASS" : "FAIL", op->name, r->name,
                   label, worst);
            failed += !(worst <= 2);
            passed += worst <= 2;
        }
    }
}

/* ---- wrong versions ---- */

static void one_float(int n, const float *y, const float *t, float *loss, int reduction)
{
    float sum = 0;
    for (int k = 0; k < n; k++) sum += (y[k] - t[k]) * (y[k] - t[k]);
    *loss = reduction == REDUCE_MEAN ? sum / (float)n : sum;
}

static void log_of_sum(int n, const float *y, const float *t, float *loss, int reduction)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += (double)(logf(1 + expf(y[k])) - y[k] * t[k]);
    *loss = (float)(reduction == REDUCE_MEAN ? sum / n : sum);
}

static void log_unclamped(int n, const float *y, const float *t, float *loss, int reduction)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum -= (double)(t[k] * logf(y[k]) + (1 - t[k]) * log1pf(-y[k]));
    *loss = (float)(reduction == REDUCE_MEAN ? sum / n : sum);
}

static void steep(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction)
{
    float up = *dloss / (reduction == REDUCE_MEAN ? (float)n : 1);
    for (int k = 0; k < n; k++) dy[k] = up * (y[k] - t[k]) / (y[k] * (1 - y[k]));
}

static void slope_one_at_0(int n, const float *y, const float *t, const float *dloss, float *dy,
                           int reduction)
{
    float up = *dloss / (reduction == REDUCE_MEAN ? (float)n : 1);
    for (int k = 0; k < n; k++) dy[k] = y[k] >= t[k] ? up : -up;
}

static void no_maximum(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                       int reduction)
{
    double total = 0;
    (void)smoothing, (void)reduction;
    for (int n = 0; n < N; n++, z += C) {
        float sum = 0;
        for (int c = 0; c < C; c++) sum += expf(z[c]);
        total += (double)(logf(sum) - z[label[n]]);
    }
    *loss = (float)(total / N);
}

/* right, but for what the far logits' common part costs */
static void maximum_added_back(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                               int reduction)
{
    double total = 0;
    (void)smoothing, (void)reduction;
    for (int n = 0; n < N; n++, z += C) {
        float sum = 0, high = z[0];
        for (int c = 1; c < C; c++) high = fmaxf(high, z[c]);
        for (int c = 0; c < C; c++) sum += expf(z[c] - high);
        float logsumexp = high + logf(sum);
        total += (double)(logsumexp - z[label[n]]);
    }
    *loss = (float)(total / N);
}

static void divides_by_no_labels(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                                 int reduction)
{
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    xent_forward_f32(N, C, z, label, loss, smoothing, REDUCE_SUM);
    if (reduction == REDUCE_MEAN) *loss /= (float)count;
}

static void hides_a_nan(int N, int C, const float *z, const int *label, float *loss, float smoothing,
                        int reduction)
{
    xent_forward_f32(N, C, z, label, loss, smoothing, reduction);
    if (isnan(*loss)) *loss = 0;
}

/* the rule that bce had: log1p(-y) of y above 1 is a NaN */
static void nan_beyond_1(int n, const float *y, const float *t, float *loss, int reduction)
{
    (void)reduction;
    for (int k = 0; k < n; k++)
        loss[k] =
            -(t[k] * fmaxf(-100, logf(y[k])) + (1 - t[k]) * (y[k] > 1 ? NAN : fmaxf(-100, log1pf(-y[k]))));
}

static void any_y_clamped(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction)
{
    for (int k = 0; k < n; k++) {
        float in = fminf(fmaxf(y[k], 0), 1);
        bce_backward_f32(1, &in, t + k, dloss + k, dy + k, reduction);
    }
}

static const struct {
    const char *op, *what;
    any_fn *run;
} wrong[] = {
    { "bce_forward reduction=none", "NaN beyond 1", RUN(bce_forward, nan_beyond_1) },
    { "bce_backward reduction=none", "any y cut to [0, 1]", RUN(bce_backward, any_y_clamped) },
    { "xent_forward", "hides a NaN", RUN(xent_forward, hides_a_nan) },
    { "mse_forward", "a sum in one float", RUN(mse_forward, one_float) },
    { "bce_logits_forward", "log(1 + e)", RUN(bce_logits_forward, log_of_sum) },
    { "bce_forward", "a log that is not cut", RUN(bce_forward, log_unclamped) },
    { "bce_backward", "a slope that is not cut", RUN(bce_backward, steep) },
    { "mae_backward", "a slope at 0", RUN(mae_backward, slope_one_at_0) },
    { "xent_forward", "no maximum", RUN(xent_forward, no_maximum) },
    { "xent_forward", "the maximum added back", RUN(xent_forward, maximum_added_back) },
    { "xent_forward", "0 / 0 labels", RUN(xent_forward, divides_by_no_labels) },
};

static void reject(size_t i)
{
    const struct op *op = op_find_with(wrong[i].op);
    int rejected = 0;
    for (int k = 0; k < PROBLEMS; k++) {
        struct buffers b;
        int a;
        if (!starts(op->name, problems[k].ops)) continue;
        if (strstr(problems[k].what, "label") && !strstr(wrong[i].what, "labels"))
            continue; /* they read z[-1] */
        make(op, &problems[k], &b);
        rejected += wrong_element(op, &problems[k], &b, wrong[i].run, &a) >= 0;
        drop(op, &b);
    }
    printf("%s  a wrong %s (%s): %d problems show it\n", rejected ? "ok    " : "NOT OK", op->name,
           wrong[i].what, rejected);
    failed += !rejected;
}

static void wrong_log(int n, const float *y, const float *t, float *loss, int reduction)
{
    (void)reduction;
    for (int k = 0; k < n; k++)
        loss[k] = -(t[k] * fmaxf(-100, logf(y[k])) + (1 - t[k]) * fmaxf(-100, logf(1 - y[k])));
}

int main(void)
{
    for (int k = 0; k < PROBLEMS; k++)
        for (const struct op *const *op = op_all(); *op; op++)
            if (starts((*op)->name, problems[k].ops)) judge(*op, &problems[k]);
    gradients();
    logs();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) reject(i);
    double worst = worst_log(RUN(bce_forward, wrong_log), 0, 4999);
    printf("%s  a wrong bce_forward (log(1 - y) for log1p(-y)): %.3g ulp\n", worst > 2 ? "ok    " : "NOT OK",
           worst);
    failed += !(worst > 2);
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
