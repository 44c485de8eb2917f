/* train_conv.c - convolution as a layer: the numbers that it makes, its gradient in whole networks, what is
 * left out below the first parameters, the ReLU in one operation with it, what a watcher sees, training in
 * halves and on any number of threads, and what is refused.
 *
 *     train_conv CHECKPOINT
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/network_gradient.h"
#include "../train/optimizer.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { N = 3, MOST = 4 * 9 * 8 };

static int failed;
static float x[N * MOST];
static const int label[N] = { 1, 0, 3 };

static void report(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

static void make(struct network *net, const char *layers, const char *level)
{
    static struct netfile file;
    char lines[512], error[ERROR_TEXT];
    snprintf(lines, sizeof lines, "%s\ndense 4\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\n", layers);
    made_netfile(&file, lines);
    must(network_make(net, &file, N, level, error), error);
    network_init(net, 3);
}

static struct call *find_call(struct network *net, const char *op)
{
    for (int k = 0; k < net->calls; k++)
        if (!strcmp(net->call[k].op->name, op)) return &net->call[k];
    return NULL;
}

static int calls_of(const struct network *net, const char *op)
{
    int n = 0;
    for (int k = 0; k < net->calls; k++) n += !strcmp(net->call[k].op->name, op);
    return n;
}

/* ---- its numbers ---- */

/* y (4,p,q) of one image (2,9,8): kernels of 3 x 3 on the channel of their group, every second position, two
 * apart, one pixel of zeros around */
static double by_hand(const float *image, const float *w, const float *b, int k, int p, int q)
{
    double sum = (double)b[k];
    for (int r = 0; r < 3; r++)
        for (int s = 0; s < 3; s++) {
            int row = 2 * p + 2 * r - 1, col = 2 * q + 2 * s - 1;
            if (row >= 0 && row < 9 && col >= 0 && col < 8)
                sum += (double)w[(k * 3 + r) * 3 + s] * (double)image[(k / 2 * 9 + row) * 8 + col];
        }
    return sum;
}

static void check_numbers(const char *level)
{
    static struct network net;
    make(&net, "input 2x9x8\nconv out=4 kernel=3 stride=2 pad=1 dilation=2 groups=2", level);
    const struct layer *conv = &net.layer[0];
    const float *w = net.param, *b = net.param + 36;
    int ok = conv->out.channels == 4 && conv->out.rows == 4 && conv->out.cols == 3 && conv->fan_in == 9 &&
             conv->elements[0] == 36 && conv->elements[1] == 4;
    for (int k = 0; k < 4; k++) net.param[36 + k] = (float)(k + 1) / 8;
    network_forward(&net, N, x, label);
    const float *y = net.data[net.call[0].tensor[3]];
    for (int n = 0; n < N; n++)
        for (int k = 0; k < 4; k++)
            for (int p = 0; p < 4; p++)
                for (int q = 0; q < 3; q++) {
                    double wanted = by_hand(x + n * 144, w, b, k, p, q);
                    ok &= fabs((double)*y++ - wanted) <= 10 * 0x1p-23 * 10 * 2; /* 10 terms below 2 */
                }
    for (int i = 0; i < 36; i++) ok &= fabs((double)w[i]) <= sqrt(6.0 / 9);
    report(ok, "stride, pad, dilation and groups are what the line says");
    network_free(&net);
}

/* ---- what a watcher sees ---- */

enum { WATCHED = 3 };

/* the outputs of conv, relu and maxpool by the reference, and which of them were told, and rightly */
struct watched {
    float y[WATCHED][N * 4 * 9 * 8];
    size_t n[WATCHED];
    int told[WATCHED], wrong;
};

static void see(void *context, int layer, const float *y)
{
    struct watched *w = context;
    if (layer >= WATCHED) return;
    w->told[layer]++;
    for (size_t k = 0; k < w->n[layer]; k++)
        w->wrong += !(fabs((double)y[k] - (double)w->y[layer][k]) <= 19 * 0x1p-23 * 19 * 2);
}

/* An operation may do the work of a layer and the next one: only the last of them is told then. */
static int sees(struct network *net)
{
    static struct watched w;
    int index[N * 4 * 4 * 4];
    w = (struct watched){ .n = { N * 4 * 72, N * 4 * 72, N * 4 * 16 } };
    const float *kernel = net->param;
    conv2d_forward_f32(N, 2, 9, 8, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, x, kernel, kernel + 72, w.y[0]);
    relu_forward_f32(N * 4 * 72, w.y[0], w.y[1]);
    maxpool_forward_f32(N, 4, 9, 8, 2, 2, 0, 2, 0, w.y[1], w.y[2], index);
    network_watch(net, N, x, label, see, &w);
    return !w.wrong && w.told[0] <= 1 && w.told[1] <= 1 && w.told[2] == 1;
}

static void check_watching(const char *level)
{
    static struct network net;
    make(&net, "input 2x9x8\nconv out=4 kernel=3 pad=1\nrelu\nmaxpool 2", level);
    report(sees(&net), "a watcher sees what each layer gives");
    float *bias = net.param + 72, was = *bias;
    const struct call *first = &net.call[0]; /* whose parameters are not those of the reference */
    *bias = was + 1;
    float changed[76];
    memcpy(changed, net.param, sizeof changed);
    *bias = was;
    for (int a = 0; a < first->op->narg; a++)
        if (!strcmp(first->op->arg[a].name, "b")) net.data[first->tensor[a]] = changed + 72;
    report(!sees(&net), "and notices a bias that is another");
    network_free(&net);
}

/* ---- its gradient ---- */

static int passes(gc_result *r)
{
    int ok = r->verdict == GC_PASS || r->verdict == GC_KINK;
    if (!ok) printf("      %s: %s\n", gc_verdict_name(r->verdict), r->reason);
    gc_free(r);
    return ok;
}

/* 1 if the network in double agrees with differences of its loss; 2 if its rungs agree with that, too */
static int check_gradient(struct network *net)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    o.n_points = 1;
    struct network_gradient *d = network_gradient_open(net, NULL, N, x, label, 0),
                            *f = network_gradient_open(net, NULL, N, x, label, 1);
    int ok = passes(gc_check(network_gradient_problem(d), &o));
    ok += 2 * passes(gc_check_precision_twin(network_gradient_problem(f), network_gradient_problem(d), &o));
    network_gradient_close(d);
    network_gradient_close(f);
    return ok;
}

static const char two[] = "input 2x9x8\nconv out=4 kernel=3 pad=1\nrelu\nmaxpool 2\n"
                          "conv out=6 kernel=2 stride=2 groups=2\nrelu";

static const struct {
    const char *what, *layers;
} networks[] = {
    { "two layers, pooling, groups", two },
    { "a kernel of one pixel, batch norm, dilation",
      "input 3x5x7\nconv out=5 kernel=1\nbatchnorm\nrelu\nconv out=2 kernel=3 dilation=2\ntanh" },
    { "a ReLU's mask behind pooling, dropout and flatten",
      "input 2x9x8\nconv out=4 kernel=3 pad=1\nrelu\nmaxpool 3 stride=2\ndropout p=0.3\nflatten\ndense 5" },
    { "padding wider than the kernel needs, one channel per group",
      "input 2x9x8\nconv out=4 kernel=5 pad=2\nmaxpool 2\nbatchnorm\nconv out=4 kernel=3 pad=2 groups=4\nelu" },
};

static void check_gradients(const char *level)
{
    static struct network net;
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        make(&net, networks[k].layers, level);
        report(check_gradient(&net) == 3, networks[k].what);
        network_free(&net);
    }
}

/* the images' own gradient is not computed; that of what comes into the second layer is */
static void check_first(void)
{
    static struct network net;
    make(&net, two, "best");
    report(calls_of(&net, "conv2d_relu_forward") == 2 && calls_of(&net, "conv2d_backward_dw") == 2 &&
               calls_of(&net, "conv2d_relu_backward_dx") == 1 &&
               find_call(&net, "conv2d_relu_backward_dx")->layer == 3 &&
               !calls_of(&net, "conv2d_backward_dx"),
           "the gradient of the images is not computed");
    network_free(&net);
}

/* ---- with the ReLU ---- */

/* Pairs of networks that compute the same: `apart` has means of single numbers between its layers, so that no
 * ReLU is next to a convolution, nor behind one. */
static const struct {
    const char *what, *fused, *apart;
} pairs[] = {
    { "a ReLU and pooling: the same numbers as apart from each other, in less memory",
      "input 2x9x8\nconv out=4 kernel=3 pad=1\nrelu\nmaxpool 2\nconv out=6 kernel=2 stride=2 groups=2\nrelu",
      "input 2x9x8\nconv out=4 kernel=3 pad=1\navgpool 1\nrelu\navgpool 1\nmaxpool 2\n"
      "conv out=6 kernel=2 stride=2 groups=2\navgpool 1\nrelu\navgpool 1" },
    { "windows that overlap and have padding",
      "input 2x9x8\nconv out=4 kernel=3 pad=1\nrelu\nmaxpool 3 stride=2 pad=1\nconv out=6 kernel=3 stride=2",
      "input 2x9x8\nconv out=4 kernel=3 pad=1\navgpool 1\nrelu\navgpool 1\nmaxpool 3 stride=2 pad=1\n"
      "conv out=6 kernel=3 stride=2" },
    { "many planes, by tiles of 4 x 4, and a ReLU between two layers of convolution",
      "input 2x9x8\nconv out=17 kernel=3 pad=1\nrelu\nconv out=33 kernel=3 pad=1\nrelu",
      "input 2x9x8\nconv out=17 kernel=3 pad=1\navgpool 1\nrelu\navgpool 1\nconv out=33 kernel=3 pad=1\n"
      "avgpool 1\nrelu\navgpool 1" },
};

/* the gradient of a step, to be freed; *loss, *arena: floats of memory */
static float *gradient_of(const char *layers, const char *level, const char *op, any_fn *wrong, float *loss,
                          size_t *arena)
{
    static struct network net;
    make(&net, layers, level);
    if (op) made_replace(&net, op, wrong);
    *loss = network_forward(&net, N, x, label);
    network_backward(&net, N);
    float *dparam = memory_need(net.params, sizeof *dparam);
    memcpy(dparam, net.dparam, net.params * sizeof *dparam);
    *arena = net.arena_elements;
    network_free(&net);
    return dparam;
}

/* 1 if both make the same numbers, and the first takes less memory; op of the first is done wrongly */
static int same_as_apart(size_t pair, const char *level, const char *op, any_fn *wrong)
{
    static struct network net;
    float loss[2];
    size_t arena[2], params;
    make(&net, pairs[pair].fused, level);
    params = net.params;
    network_free(&net);
    float *fused = gradient_of(pairs[pair].fused, level, op, wrong, &loss[0], &arena[0]),
          *apart = gradient_of(pairs[pair].apart, level, NULL, NULL, &loss[1], &arena[1]);
    int ok = loss[0] == loss[1] && arena[0] < arena[1];
    for (size_t i = 0; i < params; i++) ok &= fused[i] == apart[i];
    free(fused);
    free(apart);
    return ok;
}

static void forward_without_relu(int N_, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                                 int groups, int top, int left, int bottom, int right, const float *input,
                                 const float *w, const float *b, float *y)
{
    conv2d_forward_f32(N_, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, input, w, b,
                       y);
}

static void dx_without_mask(int N_, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                            int groups, int top, int left, int bottom, int right, const float *a,
                            const float *w, const float *dy, float *dz)
{
    (void)a;
    conv2d_backward_dx_f32(N_, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, w, dy,
                           dz);
}

static void check_relu(const char *level)
{
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        report(same_as_apart(k, level, NULL, NULL), pairs[k].what);
    report(!same_as_apart(0, level, "conv2d_relu_forward", (any_fn *)forward_without_relu),
           "a convolution that forgets its ReLU is found");
    report(!same_as_apart(0, level, "conv2d_relu_backward_dx", (any_fn *)dx_without_mask),
           "a way back that forgets the mask is found");
}

/* ---- wrong ones ---- */

static void dx_of_zero(int N_, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                       int top, int left, int bottom, int right, const float *a, const float *w,
                       const float *dy, float *dx)
{
    (void)K, (void)R, (void)S, (void)stride, (void)dilation, (void)groups, (void)top, (void)left;
    (void)bottom, (void)right, (void)a, (void)w, (void)dy;
    memset(dx, 0, (size_t)N_ * (size_t)C * (size_t)H * (size_t)W * sizeof *dx);
}

static void dw_of_one_image(int N_, int C, int H, int W, int K, int R, int S, int stride, int dilation,
                            int groups, int top, int left, int bottom, int right, const float *input,
                            const float *dy, float *dw, float *db)
{
    (void)N_;
    conv2d_backward_dw_f32(1, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right, input, dy,
                           dw, db);
}

static void check_wrong(void)
{
    static struct network net;
    make(&net, two, "naive");
    made_replace(&net, "conv2d_relu_backward_dx", (any_fn *)dx_of_zero);
    report(check_gradient(&net) == 1, "a way back that ends at the second layer is found");
    network_free(&net);
    make(&net, two, "naive");
    made_replace(&net, "conv2d_backward_dw", (any_fn *)dw_of_one_image);
    report(check_gradient(&net) == 1, "the gradient of the first image alone is found");
    network_free(&net);
    make(&net, two, "naive");
    find_call(&net, "conv2d_relu_backward_dx")->size[11] = 1; /* left: there are as many results as without */
    report(check_gradient(&net) != 3, "padding that only the way back knows of is found");
    network_free(&net);
}

/* ---- training ---- */

static const char trained[] = "input 1x7x7\nconv out=5 kernel=3 pad=1\nbatchnorm\nrelu\nmaxpool 2\n"
                              "conv out=4 kernel=2\nrelu\ndropout p=0.2\ndense 10\nloss softmax_xent\n"
                              "data mnist\noptimizer adam lr=1e-2\nbatch 30\nseed 5\nepochs 40\n";

static void begin(struct trainer *t, const struct dataset *data, const char *level)
{
    static struct netfile file;
    char error[ERROR_TEXT];
    made_netfile(&file, trained);
    must(trainer_make(t, data, &file, level, error), error);
}

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch) must(trainer_step(t, &step), "it diverged");
}

static int same_params(const struct trainer *a, const struct trainer *b)
{
    return !memcmp(a->net.param, b->net.param, a->net.params * sizeof(float)) &&
           !memcmp(a->net.buffer, b->net.buffer, a->net.buffered * sizeof(float));
}

static void check_training(const char *path)
{
    static struct trainer t, other;
    static struct checkpoint c, read;
    char error[ERROR_TEXT];
    struct dataset data = made_data(100, 60, 7);
    begin(&t, &data, "best");
    double before = trainer_test(&t).loss;
    train_to(&t, 2);
    c = trainer_checkpoint(&t);
    must(checkpoint_write(path, &c, error) && checkpoint_read_file(path, &read, error), error);
    begin(&other, &data, "best");
    must(trainer_restore(&other, &read, error), error);
    train_to(&other, 4), train_to(&t, 4);
    report(same_params(&t, &other), "resumed: the same bits");
    trainer_free(&other);
    for (int threads = 1; threads <= 3; threads++) {
        team_use(threads);
        begin(&other, &data, "best");
        train_to(&other, 4);
        report(same_params(&t, &other), "the same bits on any number of threads");
        trainer_free(&other);
    }
    team_use(0);
    train_to(&t, 40);
    double after = trainer_test(&t).loss;
    printf("      loss of the test images: %.3f, then %.3f\n", before, after);
    report(after < before / 2, "it learns"); /* each class has its own bright pixels */
    trainer_free(&t);
    checkpoint_free(&read);
    data_free(&data);
    remove(path);
}

/* ---- what is refused ---- */

static void check_refusals(void)
{
    static const struct {
        const char *layers, *says;
    } wrong[] = {
        { "input 784\nconv out=3 kernel=3",
          "line 3: conv takes channels x rows x columns, and gets 784; an input" },
        { "input 1x8x8\nconv out=3 kernel=9",
          "line 3: conv has kernels that reach over 9 pixels, and gets 1x8x8" },
        { "input 1x8x20\nconv out=3 kernel=5 pad=1 dilation=3",
          "reach over 13 pixels, and gets 1x8x20 with pad=1 around it" },
        { "input 6x8x8\nconv out=4 kernel=3 groups=4",
          "has 4 groups, which must divide the 6 channels that come in and out=4" },
        { "input 6x8x8\nconv out=4 kernel=3 groups=3", "must divide the 6 channels that come in and out=4" },
        { "input 1x1024x1024\nconv out=17 kernel=1",
          "makes 17x1024x1024 of each example; at most 16777216 numbers" },
        { "input 16777216x1x1\nconv out=1048576 kernel=1024 pad=512 stride=1024",
          "more parameters than the largest int" },
        { "input 4096x1x1\nconv out=524288 kernel=1", "more parameters than the largest int" },
        { "input 1x1x16777216\nconv out=1 kernel=1 pad=1024 stride=1024",
          "pad=1024 makes too large: at most 2147483647 positions" },
        { "input 1x8x8\nconv out=3 kernel=3 stride=0", "stride must be a whole number from 1 to 1024" },
        { "input 1x8x8\nconv out=3 kernel=3 pad=-1", "pad must be a whole number from 0 to 1024" },
        { "input 1x8x8\nconv out=3 kernel=3 groups=0", "groups must be a whole number from 1" },
    };
    static struct netfile file;
    static struct network net;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[512], error[ERROR_TEXT] = "(nothing)";
        snprintf(text, sizeof text,
                 "rungs-network 1\n%s\ndense 4\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\n",
                 wrong[k].layers);
        int made = netfile_parse(&file, "it", text, strlen(text), error) &&
                   network_design(&net, &file, N, "best", error);
        int ok = !made && strstr(error, wrong[k].says) && !strchr(error, '\n');
        if (!ok) printf("      %s\n", made ? "it was made" : error);
        report(ok, wrong[k].says);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_conv CHECKPOINT\n");
        return 64;
    }
    philox_uniform(1, 0, sizeof x / sizeof *x, -1, 1, x);
    for (int k = 0; k < 2; k++) {
        check_numbers(k ? "best" : "naive");
        check_watching(k ? "best" : "naive");
        check_gradients(k ? "best" : "naive");
        check_relu(k ? "best" : "naive");
    }
    check_first();
    check_wrong();
    check_training(argv[1]);
    check_refusals();
    return failed;
}
