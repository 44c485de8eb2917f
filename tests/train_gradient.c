/* train_gradient.c - the gradient of whole networks, with every kind of layer that there is: in double
 * against differences of the loss, and each rung of the ladders against that; and wrong ones of either are
 * found. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/network_gradient.h"
#include "../train/optimizer.h"
#include "network_made.h"

enum { N = 3, IN = 6, CLASSES = 4 };

static int failed;
static float x[N * IN];
static const int label[N] = { 1, 0, 3 };

static gc_verdict verdict_of(gc_result *r)
{
    gc_verdict v = r->verdict;
    if (v != GC_PASS) printf("      %s: %s\n", gc_verdict_name(v), r->reason);
    gc_free(r);
    return v;
}

/* the verdicts on the network in double, and on its rungs against it */
static void check(struct network *net, gc_verdict *exact, gc_verdict *rungs)
{
    gc_options o = gc_defaults();
    o.fork = 0;
    o.n_points = 1;
    struct network_gradient *d = network_gradient_open(net, NULL, N, x, label, 0),
                            *f = network_gradient_open(net, NULL, N, x, label, 1);
    *exact = verdict_of(gc_check(network_gradient_problem(d), &o));
    *rungs =
        verdict_of(gc_check_precision_twin(network_gradient_problem(f), network_gradient_problem(d), &o));
    network_gradient_close(d);
    network_gradient_close(f);
}

static void make_with(struct network *net, const char *word, const char *loss, const char *level)
{
    static struct netfile file;
    char lines[512], error[ERROR_TEXT];
    snprintf(lines, sizeof lines,
             "input 6\ndense 5\n%s\ndense 7\n%s\ndense 4\nloss %s\noptimizer sgd lr=1\ndata mnist\n", word,
             word, loss);
    made_netfile(&file, lines);
    if (!network_make(net, &file, N, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    network_init(net, 3);
}

static void make(struct network *net, const char *word, const char *level)
{
    make_with(net, word, "softmax_xent", level);
}

static int passes(gc_verdict v)
{
    return v == GC_PASS || v == GC_KINK;
}

static int all_have_standards(const struct word *w)
{
    int all = 1;
    for (int v = 0; v < grammar_values(w); v++) all &= w->value[v].standard != NULL;
    return all;
}

static int takes_images(const struct word *w)
{
    return w->layer == &layer_globalavgpool; /* check_pooled has them */
}

static void check_layer(const char *word, const char *level)
{
    static struct network net;
    gc_verdict exact, rungs;
    make(&net, word, level);
    check(&net, &exact, &rungs);
    int ok = passes(exact) && passes(rungs);
    printf("%s  %-12s %-8s %s in double, %s on rungs\n", ok ? "ok  " : "FAIL", word, level,
           gc_verdict_name(exact), gc_verdict_name(rungs));
    failed |= !ok;
    network_free(&net);
}

static void check_loss(const char *loss, const char *level)
{
    static struct network net;
    gc_verdict exact, rungs;
    make_with(&net, "tanh", loss, level);
    check(&net, &exact, &rungs);
    int ok = passes(exact) && passes(rungs);
    printf("%s  %s, %s\n", ok ? "ok  " : "FAIL", loss, level);
    failed |= !ok;
    network_free(&net);
}

/* ---- values of lines: the operations get them, and none is legal here that is not so there ---- */

static int is_near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * (1 + fabs(b));
}

/* a loss of N rows of CLASSES numbers, smoothed by a fifth */
static double smoothed_loss(const float *z)
{
    double loss = 0;
    for (int k = 0; k < N; k++, z += CLASSES) {
        double sum = 0, mean = 0;
        for (int c = 0; c < CLASSES; c++) sum += exp((double)z[c]), mean += (double)z[c] / CLASSES;
        loss += log(sum) - 0.8 * (double)z[label[k]] - 0.2 * mean;
    }
    return loss / N;
}

static void check_values(const char *level)
{
    static struct netfile file;
    static struct network net;
    char error[ERROR_TEXT];
    made_netfile(&file,
                 "input 6\nleaky_relu slope=0.25\nelu alpha=0.5\ndense 4\nloss softmax_xent smoothing=0.2\n"
                 "optimizer sgd lr=1\ndata mnist\n");
    int ok = network_make(&net, &file, N, level, error);
    network_init(&net, 3);
    const struct call *c = net.call;
    float loss = network_forward(&net, N, x, label);
    const float *z = net.data[c[3].tensor[0]], *y = net.data[c[2].tensor[0]];
    for (int k = 0; k < N * IN; k++) /* elu over leaky_relu */
        ok &= is_near((double)y[k], x[k] > 0 ? (double)x[k] : 0.5 * expm1(0.25 * (double)x[k]));
    ok &= is_near((double)loss, smoothed_loss(z));
    for (int k = 0; k < N; k++)
        for (int i = 0; i < CLASSES; i++) ok &= z[k * CLASSES + i] <= z[k * CLASSES + network_guess(&net, k)];
    network_free(&net);
    printf("%s  values of lines, %s\n", ok ? "ok  " : "FAIL", level);
    failed |= !ok;
}

static void check_range(const char *op, const struct value_rule *r)
{
    const double end[] = { r->least, r->most };
    char set[80], error[ERROR_TEXT];
    if (!op_scalar(op_find(op), r->name)) return;
    for (int k = 0; r->words ? r->words[k] != NULL : k < 2; k++) {
        if (r->words)
            snprintf(set, sizeof set, "%s=%s", r->name, r->words[k]);
        else
            snprintf(set, sizeof set, "%s=%.17g", r->name, end[k]);
        if (op_with(op_find(op), set, error)) continue;
        printf("FAIL  a network file may have %s, but: %s\n", set, error);
        failed = 1;
    }
}

static void check_ranges(const struct word *words)
{
    for (const struct word *w = words; w->name; w++) {
        if (w->choices) check_ranges(w->choices);
        for (int v = 0; v < grammar_values(w); v++) {
            if (w->layer && w->layer->forward) check_range(w->layer->forward, &w->value[v]);
            if (w->optimizer) check_range(w->optimizer->op, &w->value[v]);
            if (w->place == PLACE_LOSS) check_range("xent_forward", &w->value[v]);
        }
    }
}

/* windows take images; below the first parameters only their way forward runs */
static void check_images(void)
{
    static struct netfile file;
    static struct network net;
    gc_verdict exact, rungs;
    char error[ERROR_TEXT];
    made_netfile(&file,
                 "input 1x2x3\nmaxpool 2\ndense 4\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\n");
    int ok = network_make(&net, &file, N, "best", error);
    if (ok) {
        network_init(&net, 3);
        check(&net, &exact, &rungs);
        const float *y = net.data[net.call[1].tensor[0]]; /* what goes into dense */
        const float most = x[0] > x[1] ? x[0] : x[1], below = x[3] > x[4] ? x[3] : x[4];
        ok = passes(exact) && passes(rungs);
        network_forward(&net, N, x, label);
        ok = ok && net.call[1].size[1] == 1 && y[0] == (most > below ? most : below);
        network_free(&net);
    }
    printf("%s  maxpool\n", ok ? "ok  " : "FAIL");
    failed |= !ok;
    static const char *const wrong[][2] = {
        { "input 6\nmaxpool 2\n",
          "line 3: maxpool takes channels x rows x columns, and gets 6; an input like" },
        { "input 1x2x3\nmaxpool 3\n",
          "line 3: maxpool takes windows of 3x3, and gets 1x2x3; `maxpool 2` would fit" },
        { "input 1x2x3\navgpool 2 pad=2\n",
          "line 3: avgpool has pad=2, but it must be less than the windows' side, 2" },
        { "input 6\nglobalavgpool\n", "line 3: globalavgpool takes channels x rows x columns, and gets 6" },
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char lines[256];
        snprintf(lines, sizeof lines, "%sdense 4\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\n",
                 wrong[k][0]);
        made_netfile(&file, lines);
        if (!network_make(&net, &file, N, "best", error) && strstr(error, wrong[k][1])) continue;
        printf("FAIL  %s: %s\n", wrong[k][1], error);
        failed = 1;
    }
}

/* ---- images from below: a dense layer whose features are channels x rows x columns ---- */

static int fit_image(struct layer *layer, const struct net_line *line, char *error)
{
    if (!layer_dense.fit(layer, line, error)) return 0;
    layer->out = (struct shape){ 2, 5, 4 };
    return 1;
}

/* windows that do not divide the image, and dropout: both ways back run */
static void make_pooled(struct network *net, const char *pool, const char *level)
{
    char lines[200];
    static struct netfile file;
    static struct layer_kind to_image;
    static struct word image;
    char error[ERROR_TEXT];
    snprintf(lines, sizeof lines,
             "input 6\ndense 40\n%s\ndropout p=0.4\ndense 4\nloss softmax_xent\noptimizer sgd lr=1\n"
             "data mnist\n",
             pool);
    made_netfile(&file, lines);
    to_image = layer_dense, to_image.fit = fit_image;
    image = *grammar_find(grammar, "dense"), image.layer = &to_image;
    for (int l = 0; l < file.lines; l++)
        if (file.line[l].word->layer == &layer_dense && file.line[l].value[0].number == 40)
            file.line[l].word = &image;
    if (!network_make(net, &file, N, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    network_init(net, 3);
}

static int calls_of(const struct network *net, const char *op)
{
    int n = 0;
    for (int k = 0; k < net->calls; k++) n += !strcmp(net->call[k].op->name, op);
    return n;
}

static void check_pooled(const char *pool, const char *op, const char *level)
{
    static struct network net;
    gc_verdict exact, rungs;
    make_pooled(&net, pool, level);
    int ok = (!op || calls_of(&net, op) == 1) && calls_of(&net, "dropout_backward") == 1;
    check(&net, &exact, &rungs);
    ok = ok && passes(exact) && passes(rungs);
    printf("%s  %-40s %-8s %s in double, %s on rungs\n", ok ? "ok  " : "FAIL", pool, level,
           gc_verdict_name(exact), gc_verdict_name(rungs));
    failed |= !ok;
    network_free(&net);
}

/* windows that touch, overlap, hang over, and are added by ceil; and no operation at all */
static const struct {
    const char *pool, *back;
} pooled[] = {
    { "maxpool 2", "maxpool_backward" },
    { "maxpool 3 stride=1 pad=1", "maxpool_backward" },
    { "maxpool 2 stride=2 ceil=1", "maxpool_backward" },
    { "avgpool 2", "avgpool_backward" },
    { "avgpool 3 stride=2 pad=1 ceil=1", "avgpool_backward" },
    { "avgpool 3 stride=2 pad=1 count_include_pad=0", "avgpool_backward" },
    { "globalavgpool", "global_avgpool_backward" },
    { "flatten", NULL },
    { "maxpool 2\nflatten\nbatchnorm", "maxpool_backward" },
};

/* ---- wrong ones ---- */

static void tanh_without_derivative(int n, const float *y, const float *dy, float *dx)
{
    (void)y;
    memmove(dx, dy, (size_t)n * sizeof *dx);
}

static void tanh_without_derivative_f64(const int *size, void *const *buf, const struct scalar *v)
{
    (void)v;
    memmove(buf[2], buf[1], (size_t)size[0] * sizeof(double));
}

/* the gradient goes to each window's first element, whichever was the largest */
static void pool_to_the_first(int n, int c, int h, int w, int r, int s, int pad, int stride, int ceil_mode,
                              const int *index, const float *dy, float *dx)
{
    int rows = (h - r) / stride + 1, cols = (w - s) / stride + 1;
    (void)index, (void)pad, (void)ceil_mode;
    memset(dx, 0, (size_t)n * (size_t)c * (size_t)h * (size_t)w * sizeof *dx);
    for (int k = 0; k < n * c; k++)
        for (int p = 0; p < rows; p++)
            for (int q = 0; q < cols; q++)
                dx[(k * h + p * stride) * w + q * stride] += dy[(k * rows + p) * cols + q];
}

/* a window at the edge is divided as if it did not count what is beyond it */
static void all_counts_alike(int n, int c, int h, int w, int r, int s, int pad, int stride, int ceil_mode,
                             const float *dy, float *dx, uint64_t count_include_pad)
{
    avgpool_backward_f32(n, c, h, w, r, s, pad, stride, ceil_mode, dy, dx, !count_include_pad);
}

static void not_divided(int n, int c, int hw, const float *dy, float *dx)
{
    for (int k = 0; k < n * c * hw; k++) dx[k] = dy[k / hw];
}

/* every element comes back, also those that were dropped on the way forward */
static void drop_nothing(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    (void)mask, (void)p;
    memmove(dx, dy, (size_t)n * sizeof *dx);
}

static void check_wrong_pooled(const char *pool, const char *op, any_fn *wrong)
{
    static struct network net;
    gc_verdict exact, rungs;
    make_pooled(&net, pool, "naive");
    made_replace(&net, op, wrong);
    check(&net, &exact, &rungs);
    int ok = passes(exact) && rungs == GC_FAIL;
    network_free(&net);
    printf("%s  a wrong %s\n", ok ? "ok  " : "FAIL", op);
    failed |= !ok;
}

static void check_wrong(void)
{
    static struct network net;
    static struct op wrong;
    gc_verdict exact, rungs;
    make(&net, "tanh", "naive");
    made_replace(&net, "tanh_backward", (any_fn *)tanh_without_derivative);
    check(&net, &exact, &rungs);
    int ok = passes(exact) && rungs == GC_FAIL;
    network_free(&net);
    make(&net, "tanh", "naive");
    wrong = *op_find("tanh_backward");
    wrong.f64 = tanh_without_derivative_f64;
    for (int k = 0; k < net.calls; k++)
        if (!strcmp(net.call[k].op->name, "tanh_backward")) net.call[k].op = &wrong;
    check(&net, &exact, &rungs);
    ok = ok && exact == GC_FAIL;
    network_free(&net);
    printf("%s  a way back without tanh's slope, in float and in double\n", ok ? "ok  " : "FAIL");
    failed |= !ok;
}

int main(void)
{
    philox_uniform(1, 0, N * IN, -1, 1, x);
    for (const struct word *w = grammar; w->name; w++)
        if (w->place == PLACE_LAYER && all_have_standards(w) && !takes_images(w)) {
            check_layer(w->name, "naive");
            check_layer(w->name, "best");
        }
    for (int k = 0; k < 2; k++) { /* with values */
        check_layer("dropout p=0.4", k ? "best" : "naive");
        check_layer("leaky_relu slope=0.3", k ? "best" : "naive");
        check_layer("elu alpha=0.5", k ? "best" : "naive");
        check_layer("dropout p=0", k ? "best" : "naive");
    }
    for (int k = 0; k < 2; k++) {
        check_loss("softmax_xent smoothing=0.2", k ? "best" : "naive");
        check_values(k ? "best" : "naive");
    }
    check_ranges(grammar);
    check_images();
    for (size_t k = 0; k < 2 * sizeof pooled / sizeof *pooled; k++)
        check_pooled(pooled[k / 2].pool, pooled[k / 2].back, k % 2 ? "best" : "naive");
    check_wrong_pooled("maxpool 2", "maxpool_backward", (any_fn *)pool_to_the_first);
    check_wrong_pooled("maxpool 2", "dropout_backward", (any_fn *)drop_nothing);
    check_wrong_pooled("avgpool 3 stride=1 pad=1", "avgpool_backward", (any_fn *)all_counts_alike);
    check_wrong_pooled("globalavgpool", "global_avgpool_backward", (any_fn *)not_divided);
    check_wrong();
    return failed;
}
