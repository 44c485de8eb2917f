/* cuda_train.c - the program's convolutional networks, and one whose loss has targets, trained for a few
 * steps on the CUDA device that RUNGS_CUDA names, on tiny images; and faults of rungs and copies that must
 * be found.
 *
 * A step computes loss and gradient on the device as training does, and the optimizer moves the parameters
 * with them. At each step's parameters, and at others near them, loss and gradient are compared with the
 * network in double, within what rounding can do (gradcheck/precision_twin.c), and so are those of the CPU's
 * rungs: the two differ by at most twice that. Whole trajectories have no such bound: Adam divides by the
 * gradient's size, and what is 1e-9 on one side and 0 on the other moves a weight by the rate.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../train/network_gradient.h"
#include "../train/networks.h"
#include "../train/on_device.h"
#include "../train/optimizer.h"
#include "network_made.h"

enum { N = 3, STEPS = 3, MOST = 3 * 16 * 16, LADDERS = 256 };

static int failed;
static const int label[N] = { 1, 0, 1 };

static void report(int ok, const char *network, const char *what)
{
    printf("%s  %-12s %s\n", ok ? "ok  " : "FAIL", network, what);
    failed |= !ok;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

/* ---- a network as a training runs it, as a problem of the gradient checker ---- */

struct trained {
    struct network net;
    struct optimizer optimizer;
    struct netfile file;
    float x[N * MOST];
};

/* the parameters in the checker's tensors into the network's own, or the gradients out of them */
static void copy_params(const struct network *net, const gc_tensor *tensor, float *own, int out)
{
    size_t at = 0;
    for (int t = 0; at < net->params; at += tensor[t++].dim[0]) {
        const size_t bytes = tensor[t].dim[0] * sizeof(float);
        if (!out)
            memcpy(own + at, tensor[t].data, bytes);
        else if (tensor[t].data)
            memcpy(tensor[t].data, own + at, bytes);
    }
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct trained *t = ctx;
    copy_params(&t->net, in, t->net.param, 0);
    *(float *)out[0].data = network_forward(&t->net, N, t->x, label);
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    struct trained *t = ctx;
    (void)out;
    copy_params(&t->net, in, t->net.param, 0);
    (void)network_forward(&t->net, N, t->x, label);
    network_backward(&t->net, N);
    const float upstream = *(const float *)dout[0].data;
    for (size_t k = 0; k < t->net.params; k++) t->net.dparam[k] *= upstream;
    copy_params(&t->net, din, t->net.dparam, 1);
    return 0;
}

/* 1 if loss and gradient are those of the network in double, at the parameters, which stay */
static int is_right(struct trained *t, int speaks)
{
    gc_options o = gc_defaults();
    struct network *net = &t->net;
    float *param = memory_need(net->params, sizeof *param);
    memcpy(param, net->param, net->params * sizeof *param);
    struct network_gradient *d = network_gradient_open(net, NULL, N, t->x, label, 0),
                            *f = network_gradient_open(net, NULL, N, t->x, label, 1);
    gc_problem trains = *network_gradient_problem(f);
    trains.forward = forward, trains.backward = backward, trains.ctx = t;
    o.fork = 0, o.n_points = 1;
    gc_result *r = gc_check_precision_twin(&trains, network_gradient_problem(d), &o);
    const int ok = r->verdict == GC_PASS;
    if (!ok && speaks) printf("      %s: %s\n", gc_verdict_name(r->verdict), r->reason);
    gc_free(r);
    network_gradient_close(d);
    network_gradient_close(f);
    memcpy(net->param, param, net->params * sizeof *param);
    free(param);
    return ok;
}

/* ---- training ---- */

static void make(struct trained *t, const char *name, const char *input, const char *level)
{
    char error[ERROR_TEXT];
    network_text_read(name, &t->file);
    must(netfile_set(&t->file, "input", input, error), error);
    must(network_make(&t->net, &t->file, N, strcmp(level, "naive") ? "best" : level, error), error);
    network_init(&t->net, 3);
    optimizer_make(&t->optimizer, &t->file, &t->net, "best");
    philox_uniform(5, 0, N * MOST, -1, 1, t->x);
}

static void drop(struct trained *t)
{
    optimizer_free(&t->optimizer);
    network_free(&t->net);
}

static void move(struct trained *t, int step)
{
    (void)network_forward(&t->net, N, t->x, label);
    network_backward(&t->net, N);
    optimizer_begin(&t->optimizer,
                    (struct moment){ .epoch = 0.01 * step, .epochs = 10, .step = step, .steps = 1000 });
    for (int k = 0; k < t->optimizer.pieces; k++) optimizer_piece(&t->optimizer, k);
    optimizer_end(&t->optimizer);
}

/* 1 if all steps are right there; else 0, after the first that is not */
static int trains_right(struct trained *t, int speaks)
{
    for (int step = 0; step < STEPS; step++) {
        t->net.draw = (uint64_t)step + 1;
        (void)network_forward(&t->net, N, t->x,
                              label); /* the step's random numbers, for the double one, too */
        if (!is_right(t, speaks)) return 0;
        move(t, step);
    }
    return 1;
}

static const struct {
    const char *name, *input;
} networks[] = { { "fashion-cnn", "1x8x8" },
                 { "mnist-cnn", "1x10x10" },
                 { "cifar-cnn", "3x8x8" },
                 { "cifar-lenet", "3x16x16" },
                 { "a001-toy-bce", "2" } }; /* whose loss has targets */

static struct trained trained;

static void check_training(const struct device *d, size_t k, const char *level)
{
    char error[ERROR_TEXT];
    struct trained *t = &trained;
    make(t, networks[k].name, networks[k].input, level);
    report(trains_right(t, 1), networks[k].name, "the CPU's rungs are right at every step");
    drop(t);
    make(t, networks[k].name, networks[k].input, level);
    must(network_on(&t->net, d, level, error), error);
    report(trains_right(t, 1), networks[k].name, level);
    drop(t);
}

/* ---- a test, and what a watcher sees ---- */

struct seen {
    int layers;
    double sum; /* of squares */
    const struct network *net;
};

static void see(void *context, int layer, const float *y)
{
    struct seen *s = context;
    const size_t n = N * (size_t)shape_features(s->net->layer[layer].out);
    s->layers++;
    for (size_t k = 0; k < n; k++) s->sum += (double)y[k] * (double)y[k];
}

/* The same loss, and the same numbers between the layers, as on the CPU, within twice what rounding can do: 4
 * units sqrt(K depth), where no sum is longer than all that comes into a layer */
static void check_test(const struct device *d, size_t k)
{
    char error[ERROR_TEXT];
    struct trained *t = &trained;
    struct seen seen[2] = { { 0 } };
    double loss[2], most = 1;
    make(t, networks[k].name, networks[k].input, "best");
    t->net.is_testing = 1;
    for (int there = 0; there < 2; there++) {
        seen[there].net = &t->net;
        if (there) must(network_on(&t->net, d, "best", error), error);
        loss[there] = (double)network_watch(&t->net, N, t->x, label, see, &seen[there]);
    }
    for (int l = 0; l < t->net.layers; l++) most = fmax(most, (double)shape_features(t->net.layer[l].in));
    const double allowed = 2 * 4 * 0x1p-24 * sqrt(most * t->net.calls);
    report(fabs(loss[0] - loss[1]) <= allowed * loss[0] && seen[0].layers == seen[1].layers &&
               fabs(sqrt(seen[0].sum) - sqrt(seen[1].sum)) <= allowed * sqrt(seen[0].sum),
           networks[k].name, "a test gives the CPU's loss, and a watcher sees the same");
    drop(t);
}

/* ---- wrong ones ---- */

static any_fn *right; /* the rung in whose place a wrong one is */

static void image_lost(int n, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                       int top, int left, int bottom, int right_, const float *x, const float *dy, float *dw,
                       float *db)
{
    ((conv2d_backward_dw_fn *)right)(n - 1, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom,
                                     right_, x, dy, dw, db);
}

static void padded_elsewhere(int n, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                             int groups, int top, int left, int bottom, int right_, const float *x,
                             const float *w, const float *b, float *y)
{
    ((conv2d_relu_forward_fn *)right)(n, C, H, W, K, R, S, stride, dilation, groups, top + bottom, left, 0,
                                      right_, x, w, b, y);
}

static void first_image_twice(int n, int C, int H, int W, int R, int S, int pad, int stride, int ceil_mode,
                              const int *index, const float *dy, float *dx)
{
    for (int k = 0; k < n; k++)
        ((maxpool_backward_fn *)right)(1, C, H, W, R, S, pad, stride, ceil_mode, index, dy,
                                       dx + (size_t)k * (size_t)C * (size_t)H * (size_t)W);
}

static void drawn_again(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    ((dropout_forward_fn *)right)(n, x, y, mask, p, seed + 1);
}

static const struct device_module *whole;

/* the first layer's weights stay what they were when they went there first */
static const void *weights;
static int sent;
static int keeps_weights(void *to, const void *from, size_t bytes)
{
    return from == weights && sent++ ? 1 : whole->upload(to, from, bytes);
}

/* the last layer's gradient does not come back */
static const void *gradient;
static int leaves_gradient(void *to, const void *from, size_t bytes)
{
    return to == gradient ? 1 : whole->download(to, from, bytes);
}

static int gives_nothing(void *to, const void *from, size_t bytes)
{
    (void)to, (void)from, (void)bytes;
    return 0;
}

/* A device with one ladder replaced, or one of the functions that copy */
static const struct device *faulty(const struct device *d, const char *op, any_fn *run,
                                   int (*upload)(void *, const void *, size_t),
                                   int (*download)(void *, const void *, size_t))
{
    static struct device other;
    static struct device_module module;
    static struct device_rungs ladders[LADDERS];
    static struct rung wrong[2];
    other = *d, module = *d->module, whole = d->module;
    other.module = &module;
    if (upload) module.upload = upload;
    if (download) module.download = download;
    for (int k = 0; k < LADDERS; k++) {
        ladders[k] = whole->ladders[k];
        if (!ladders[k].op) break;
        if (!op || strcmp(ladders[k].op, op)) continue;
        right = device_rung_at_level(d, op_find(op), "best")->run;
        wrong[0] = (struct rung){ "00_wrong", run, NEED_NONE, "" };
        ladders[k].rungs = wrong;
    }
    module.ladders = ladders;
    return &other;
}

static void check_wrong(const struct device *d, size_t k, const char *what, const char *op, any_fn *run,
                        int (*upload)(void *, const void *, size_t),
                        int (*download)(void *, const void *, size_t))
{
    char error[ERROR_TEXT];
    struct trained *t = &trained;
    make(t, networks[k].name, networks[k].input, "best");
    weights = t->net.param, sent = 0;
    gradient = t->net.dparam + t->net.params - 10;
    must(network_on(&t->net, faulty(d, op, run, upload, download), "best", error), error);
    report(!trains_right(t, 0), networks[k].name, what);
    drop(t);
}

static void check_failure(const struct device *d)
{
    char error[ERROR_TEXT];
    struct trained *t = &trained;
    make(t, "cifar-lenet", "3x16x16", "best");
    must(network_on(&t->net, faulty(d, NULL, NULL, gives_nothing, NULL), "best", error), error);
    const float loss = network_forward(&t->net, N, t->x, label);
    network_backward(&t->net, N);
    report(network_failure(&t->net) != NULL && isnan(loss), "cifar-lenet", "a copy that fails is not a loss");
    drop(t);
    make(t, "cifar-lenet", "3x16x16", "best");
    report(!network_on(&t->net, d, "04_avx2", error) && strstr(error, "no CUDA rung '04_avx2'"),
           "cifar-lenet", "a rung of the CPU is refused");
    drop(t);
}

int main(void)
{
    char error[DEVICE_ERROR];
    const struct device *d = device_open(NULL, error);
    if (!d) return printf("skipped: %s\n", error), 77;
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        check_training(d, k, "naive");
        check_training(d, k, "best");
        check_test(d, k);
    }
    check_wrong(d, 3, "dw without an image is found", "conv2d_backward_dw", (any_fn *)image_lost, NULL, NULL);
    check_wrong(d, 0, "padding on one side is found", "conv2d_relu_forward", (any_fn *)padded_elsewhere, NULL,
                NULL);
    check_wrong(d, 3, "every image's gradient by the first one's is found", "maxpool_backward",
                (any_fn *)first_image_twice, NULL, NULL);
    check_wrong(d, 0, "dropout with another seed is found", "dropout_forward", (any_fn *)drawn_again, NULL,
                NULL);
    check_wrong(d, 2, "weights that stay the first step's are found", NULL, NULL, keeps_weights, NULL);
    check_wrong(d, 1, "a gradient that is left there is found", NULL, NULL, NULL, leaves_gradient);
    check_failure(d);
    return failed;
}
