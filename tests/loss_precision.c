/* loss_precision.c [cuda] - how many digits a loss and its gradient keep when the network is sure and right:
 * every rung, forward, backward and both at once, from ln 2 down to the smallest normal number, and the
 * trainer's loss and gradient.
 *
 * Two parts of a loss must not meet: 1, and what is far below it. log(1 + exp(-z)), p - 1 and max + log(sum)
 * lose the small one from a margin of 17 on, an exp that ends at -87 loses it there. Expected numbers are
 * made here, in double, from the margin by which the label leads, without the library. Errors are relative.
 * With `cuda`, the rungs of the module that RUNGS_CUDA names; otherwise those of the CPU, the trainer, and
 * wrong versions that must be rejected. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/device.h"
#include "../optimized/op.h"
#include "../reference/reference.h"
#if defined WITH_TRAINER
#include "network_made.h"
#endif

#define SMALLEST 0x1p-126

static int failed, passed;
static const struct device *device; /* NULL: the CPU's rungs */

static int reduction_is(const struct op *op, enum reduction reduction)
{
    const struct scalar *s = op_scalar(op, "reduction");
    return s && s->count == reduction;
}

/* ---- one call on the CPU or the device ---- */

static int call(const struct op *op, const struct rung *r, const int *size, void *const *buf)
{
    char error[DEVICE_ERROR];
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_OUT) memset(buf[a], 0xff, op_elements(op, a, size) * sizeof(float));
    if (!device) return op_call(op, r->run, size, buf), 1;
    if (device_call(device, op, r, size, buf, error)) return 1;
    printf("FAIL  %s %s: %s\n", op->name, r->name, error);
    return 0;
}

/* A right rung errs by some roundings of the result; an exp of few digits by a quarter of its exponent more,
 * a sum of C terms by its depth; rows subtract logits, which are multiples of 1/4 here: exactly. */
static int near(float got, double want, const struct rung *r, double margin, int C)
{
    struct precision d = rung_precision(r->needs);
    double units = 24 + 2 * sqrt(C) + (rung_is_reduced(r->needs) ? margin / 2 : 0);
    return fabs((double)got - want) <= units * d.unit * fabs(want) + 8 * d.tiny;
}

/* ---- logits of yes or no: z = +-margin, the answer right ---- */

enum { N = 37 }; /* whole vectors and a tail */

static double worst_margin; /* where a rung first went wrong, for the message */
static float worst_got;
static double worst_want;

static int note(float got, double want, double margin)
{
    worst_margin = margin, worst_got = got, worst_want = want;
    return 0;
}

/* by argument: y, t, loss, dloss, dy; those that an operation lacks are left out */
static int elements_at(const struct op *op, const struct rung *r, double margin)
{
    static float y[N], t[N], one[N], loss[N], dy[N];
    void *buf[MAX_ARGS] = { y, t };
    int is_none = reduction_is(op, REDUCE_NONE), is_sum = reduction_is(op, REDUCE_SUM);
    for (int k = 0; k < N; k++)
        one[k] = 1, t[k] = (float)(k % 3 == 0), y[k] = (float)(t[k] > 0 ? margin : -margin);
    for (int a = 2; a < op->narg; a++)
        buf[a] = !strcmp(op->arg[a].name, "loss") ? loss : !strcmp(op->arg[a].name, "dloss") ? one : dy;
    if (!call(op, r, (int[]){ N }, buf)) return 0;
    double each = log1p(exp(-margin)), derivative = 1 / (1 + exp(margin)) / (is_none || is_sum ? 1 : N);
    for (int a = 2; a < op->narg; a++) {
        if (buf[a] == one) continue;
        for (int k = 0; k < (buf[a] == loss && !is_none ? 1 : N); k++) {
            float got = ((float *)buf[a])[k];
            double want = buf[a] == dy ? (t[k] > 0 ? -derivative : derivative) : is_sum ? N * each : each;
            if (fabs(want) >= SMALLEST && !near(got, want, r, margin, N)) return note(got, want, margin);
        }
    }
    return 1;
}

static int elements(const struct op *op, const struct rung *r)
{
    for (double margin = 0; margin <= 87.25; margin += device ? 7.25 : 0.25)
        if (!elements_at(op, r, (double)(float)margin)) return 0;
    return 1;
}

/* ---- classes: the label leads all others by margin, and by a little more ---- */

enum { ROWS = 19, MOST = 1500 };

/* what class c lies below the label */
static double below(int c, int label, double margin)
{
    return c == label ? 0 : margin + 0.25 * (c % 3);
}

static int label_of(int n, int C)
{
    return n == 1 ? C - 1 : n * 7 % C;
}

static int rows_at(const struct op *op, const struct rung *r, int C, double margin)
{
    static float z[ROWS * MOST], t[ROWS * MOST], one[ROWS], loss[ROWS], out[ROWS * MOST];
    static int label[ROWS];
    void *buf[MAX_ARGS] = { z };
    int is_none = reduction_is(op, REDUCE_NONE), is_sum = reduction_is(op, REDUCE_SUM);
    double mean = 0, smallest = (double)INFINITY, share = is_none || is_sum ? 1 : 1. / ROWS;
    for (int n = 0; n < ROWS; n++) {
        label[n] = label_of(n, C), one[n] = 1;
        for (int c = 0; c < C; c++)
            z[n * C + c] = (float)(3 - below(c, label[n], margin)), t[n * C + c] = c == label[n];
    }
    for (int a = 1; a < op->narg; a++) {
        const char *name = op->arg[a].name;
        buf[a] = !strcmp(name, "label")   ? (void *)label
                 : !strcmp(name, "t")     ? t
                 : !strcmp(name, "loss")  ? loss
                 : !strcmp(name, "dloss") ? one
                                          : out;
    }
    if (!call(op, r, (int[]){ ROWS, C }, buf)) return 0;
    for (int n = 0; n < ROWS; n++) {
        double others = 0;
        for (int c = 0; c < C; c++) others += c == label[n] ? 0 : exp(-below(c, label[n], margin));
        for (int c = 0; c < C && strcmp(op->arg[op->narg - 1].name, "loss"); c++) {
            double want = (c == label[n] ? -others : exp(-below(c, label[n], margin))) / (1 + others) * share;
            float got = out[n * C + c];
            if (fabs(want) >= SMALLEST && !near(got, want, r, margin, C)) return note(got, want, margin);
        }
        double each = log1p(others);
        smallest = fmin(smallest, each);
        mean += each * (is_sum ? 1 : 1. / ROWS);
        if (is_none && !strcmp(op->arg[op->narg - 1].name, "loss") && each >= SMALLEST &&
            !near(loss[n], each, r, margin, C))
            return note(loss[n], each, margin);
    }
    for (int a = 2; a < op->narg; a++)
        if (buf[a] == loss && !is_none && smallest >= SMALLEST && !near(*loss, mean, r, margin, C + ROWS))
            return note(*loss, mean, margin);
    return 1;
}

/* ---- from the probabilities of a softmax: dz = p - onehot(label) ---- */

static int from_p_at(const struct op *op, const struct rung *r, int C, double margin)
{
    static float p[ROWS * MOST], dz[ROWS * MOST], one = 1;
    static int label[ROWS];
    double others[ROWS] = { 0 };
    for (int n = 0; n < ROWS; n++) {
        label[n] = label_of(n, C);
        for (int c = 0; c < C; c++) others[n] += c == label[n] ? 0 : exp(-below(c, label[n], margin));
        for (int c = 0; c < C; c++)
            p[n * C + c] = (float)(exp(-below(c, label[n], margin)) / (1 + others[n]));
    }
    if (!call(op, r, (int[]){ ROWS, C }, (void *[]){ p, label, &one, dz })) return 0;
    for (int n = 0; n < ROWS; n++) {
        double want = -others[n] / (1 + others[n]) / ROWS;
        float got = dz[n * C + label[n]];
        if (-want >= SMALLEST && !near(got, want, r, margin, C)) return note(got, want, margin);
    }
    return 1;
}

/* more margins for few classes; few of both in the emulator, where every kernel takes the same way for all */
static int all_rows(const struct op *op, const struct rung *r)
{
    static const int classes[] = { 2, 37, 10, 16, MOST };
    int is_from_p = !strcmp(op->name, "softmax_xent_backward");
    for (int i = 0; i < (device ? 2 : 5); i++)
        for (double margin = 0; margin <= 94; margin += device ? 22 : classes[i] < 100 ? 0.75 : 11.5)
            if (!(is_from_p ? from_p_at : rows_at)(op, r, classes[i], margin)) return 0;
    return 1;
}

/* ---- the trainer: a layer of biases alone, whose gradient is the sum of the rows' ---- */

#if defined WITH_TRAINER
static int trainer_at(struct network *net, int C, double margin)
{
    static const struct rung exact = { "", NULL, NEED_NONE, "" };
    float x[ROWS] = { 0 }, *bias = net->param + C, *dbias = net->dparam + C;
    int label[ROWS] = { 0 };
    double others = 0;
    for (int c = 0; c < C; c++) {
        bias[c] = (float)-below(c, 0, margin);
        others += c ? exp(-below(c, 0, margin)) : 0;
    }
    float loss = network_forward(net, ROWS, x, label);
    network_backward(net, ROWS);
    double want = log1p(others), derivative = -others / (1 + others);
    if (want >= SMALLEST && !near(loss, want, &exact, margin, C + ROWS)) return note(loss, want, margin);
    if (-derivative / ROWS < SMALLEST || near(*dbias, derivative, &exact, margin, C + ROWS)) return 1;
    return note(*dbias, derivative, margin);
}

static void trainer(const char *level)
{
    static struct netfile file;
    struct network net;
    char error[ERROR_TEXT];
    const int C = 10, size[] = { 1, C };
    made_mlp(&file, 1, size);
    int ok = network_make(&net, &file, ROWS, level, error);
    if (!ok) printf("FAIL  %s\n", error);
    for (double margin = 0; ok && margin <= 88; margin += 0.25) ok = trainer_at(&net, C, margin);
    printf("%s  the trainer at height %s", ok ? "PASS" : "FAIL", level);
    if (!ok) printf(": %g at margin %g, exact %g", (double)worst_got, worst_margin, worst_want);
    puts("");
    failed += !ok, passed += ok;
    network_free(&net);
}
#endif

/* ---- wrong versions ---- */

static void log_of_1_plus(int n, const float *y, const float *t, float *loss, int reduction)
{
    (void)reduction;
    for (int k = 0; k < n; k++) loss[k] = fmaxf(y[k], 0) - y[k] * t[k] + logf(1 + expf(-fabsf(y[k])));
}

static void exp_ends_early(int n, const float *y, const float *t, float *loss, int reduction)
{
    bce_logits_forward_f32(n, y, t, loss, reduction);
    for (int k = 0; k < n; k++) loss[k] = fabsf(y[k]) > 87 ? 0 : loss[k];
}

static void sigmoid_less_t(int n, const float *y, const float *t, const float *dloss, float *dy,
                           int reduction)
{
    (void)reduction;
    for (int k = 0; k < n; k++) dy[k] = dloss[k] * (1 / (1 + expf(-y[k])) - t[k]);
}

static void log_of_sum(int N_, int C, const float *z, const int *label, float *loss, float smoothing,
                       int reduction)
{
    (void)smoothing, (void)reduction;
    for (int n = 0; n < N_; n++, z += C) {
        float sum = 0, high = z[0];
        for (int c = 1; c < C; c++) high = fmaxf(high, z[c]);
        for (int c = 0; c < C; c++) sum += expf(z[c] - high);
        loss[n] = high - z[label[n]] + logf(sum);
    }
}

/* dz = p - 1 at the label, from a p in float */
static void p_less_1(int N_, int C, const float *p, const int *label, const float *dloss, float *dz)
{
    for (int n = 0; n < N_; n++)
        for (int c = 0; c < C; c++) dz[n * C + c] = *dloss * (p[n * C + c] - (c == label[n])) / (float)N_;
}

static void row_less_1(int N_, int C, const float *z, const int *label, const float *dloss, float *dz,
                       float smoothing, int reduction)
{
    xent_backward_f32(N_, C, z, label, dloss, dz, smoothing, reduction);
    for (int n = 0; n < N_; n++) { /* as if 1 had been added and taken away */
        float up = reduction == REDUCE_NONE ? dloss[n] : *dloss / (float)N_, *own = dz + n * C + label[n];
        volatile float p = *own / up + 1;
        *own = up * (p - 1);
    }
}

static void soft_less_t(int N_, int C, const float *z, const float *t, float *loss, float *dz, int reduction)
{
    xent_soft_with_gradient_f32(N_, C, z, t, loss, dz, reduction);
    for (int k = 0; k < N_ * C; k++) {
        volatile float p = dz[k] * (float)N_ + t[k];
        dz[k] = (p - t[k]) / (float)N_;
    }
}

static const struct {
    const char *op, *what;
    any_fn *run;
} wrong[] = {
    { "bce_logits_forward reduction=none", "log(1 + exp(-z)) in float",
      RUN(bce_logits_forward, log_of_1_plus) },
    { "bce_logits_forward reduction=none", "exp is 0 below -87", RUN(bce_logits_forward, exp_ends_early) },
    { "bce_logits_backward reduction=none", "sigmoid(z) - t", RUN(bce_logits_backward, sigmoid_less_t) },
    { "xent_forward reduction=none", "max + log(sum)", RUN(xent_forward, log_of_sum) },
    { "xent_backward", "p - 1", RUN(xent_backward, row_less_1) },
    { "xent_soft_with_gradient", "p - t", RUN(xent_soft_with_gradient, soft_less_t) },
    { "softmax_xent_backward", "p - 1", RUN(softmax_xent_backward, p_less_1) },
};

/* ---- all of them ---- */

/* the test of this operation, NULL if it keeps to itself */
static int (*test_of(const struct op *op))(const struct op *, const struct rung *)
{
    if (strstr(op->name, "smoothing=")) return NULL; /* smoothed, no loss is small */
    if (!strncmp(op->name, "bce_logits", 10)) return elements;
    return !strncmp(op->name, "xent", 4) || !strncmp(op->name, "softmax_xent", 12) ? all_rows : NULL;
}

static void judge(const struct op *op, const struct rung *r)
{
    const char *lacks = device ? NULL : rung_lacks(r->needs);
    if (lacks) {
        printf("SKIP  %s %s: this machine has no %s\n", op->name, r->name, lacks);
        return;
    }
    int ok = test_of(op)(op, r);
    printf("%s  %s %s", ok ? "PASS" : "FAIL", op->name, r->name);
    if (!ok) printf(": %g at margin %g, exact %g", (double)worst_got, worst_margin, worst_want);
    puts("");
    fflush(stdout);
    failed += !ok, passed += ok;
}

static void reject(size_t i)
{
    const struct op *op = op_find_with(wrong[i].op);
    const struct rung r = { wrong[i].what, wrong[i].run, NEED_NONE, "" };
    int ok = !test_of(op)(op, &r);
    printf("%s  a wrong %s (%s)", ok ? "ok    " : "NOT OK", op->name, wrong[i].what);
    if (ok) printf(": %g at margin %g, exact %g", (double)worst_got, worst_margin, worst_want);
    puts("");
    failed += !ok;
}

int main(int argc, char **argv)
{
    char error[DEVICE_ERROR];
    if (argc > 1 && !strcmp(argv[1], "cuda") && !(device = device_open(NULL, error)))
        return fprintf(stderr, "loss_precision: %s\n", error), 77;
    for (const struct op *const *op = op_all(); *op; op++)
        for (const struct rung *r = device ? device_ladder(device, *op) : (*op)->cpu;
             test_of(*op) && r && r->name; r++)
            judge(*op, r);
    if (!device)
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) reject(i);
#if defined WITH_TRAINER
    for (int k = 0; k < 2 && !device; k++) trainer(k ? "best" : "naive");
#endif
    printf("%d passed, %d failed\n", passed, failed);
    if (device) device->module->close();
    return failed || !passed ? 1 : 0;
}
