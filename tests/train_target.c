/* train_target.c - what the articles' programs brought with them: losses that compare numbers with targets,
 * the pixels that a network sees, and starts; each against a formula that is computed here, and wrong ones
 * of each are noticed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/network_gradient.h"
#include "../train/optimizer.h"
#include "../train/scale.h"
#include "network_made.h"

enum { N = 5, IN = 6, SIDE = 4 };

static int failed;
static float x[N * IN];

static void say(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

/* ---- losses ---- */

struct loss {
    const char *lines; /* layers behind `dense OUTPUTS`, and the loss */
    const char *back;  /* its operation of the way back */
    double threshold;  /* of one number for two classes */
    double (*of)(double y, double t);
};

static double of_bce(double y, double t)
{
    return -t * log(y) - (1 - t) * log(1 - y);
}

static double of_bce_logits(double y, double t)
{
    return of_bce(1 / (1 + exp(-y)), t);
}

static double of_mse(double y, double t)
{
    return (y - t) * (y - t);
}

static const struct loss losses[] = { { "sigmoid\nloss bce", "bce_backward", 0.5, of_bce },
                                      { "loss bce_logits", "bce_logits_backward", 0, of_bce_logits },
                                      { "tanh\nloss mse", "mse_backward", 0.5, of_mse } };

static void make(struct network *net, const struct loss *loss, int outputs, const char *level)
{
    static struct netfile file;
    char lines[256], error[ERROR_TEXT];
    snprintf(lines, sizeof lines, "input 6\ndense 5\ntanh\ndense %d\n%s\noptimizer sgd lr=1\ndata mnist\n",
             outputs, loss->lines);
    made_netfile(&file, lines);
    if (!network_make(net, &file, N, level, error)) {
        printf("FAIL  %s\n", error);
        exit(1);
    }
    network_init(net, 3);
}

/* one number: label 0 or 1 is the target; more: 1 for the class, 0 for the others */
static double target(int outputs, int c, int label)
{
    return outputs == 1 ? label : c == label;
}

static const float *numbers(const struct network *net)
{
    return net->data[net->guess];
}

/* the class by the definition: the first of the largest, or which side of the threshold */
static int class_of(const struct loss *loss, int outputs, const float *y)
{
    int best = 0;
    if (outputs == 1) return (double)*y > loss->threshold;
    for (int c = 1; c < outputs; c++)
        if (y[c] > y[best]) best = c;
    return best;
}

static void check_value(const struct loss *loss, int outputs, const char *level)
{
    static struct network net;
    int label[N], both = 0;
    double expected = 0, unlike = 0; /* unlike: with the other class's target */
    make(&net, loss, outputs, level);
    for (int k = 0; k < N; k++) label[k] = k % net.classes;
    double got = (double)network_forward(&net, N, x, label);
    for (int k = 0; k < N; k++)
        for (int c = 0; c < outputs; c++) {
            double y = (double)numbers(&net)[k * outputs + c];
            expected += loss->of(y, target(outputs, c, label[k])) / (N * outputs);
            unlike += loss->of(y, 1 - target(outputs, c, label[k])) / (N * outputs);
        }
    int ok = net.classes == (outputs == 1 ? 2 : outputs) && fabs(got - expected) < 1e-6 * expected &&
             fabs(got - unlike) > 1e-3;
    for (int k = 0; k < N; k++) {
        int class = class_of(loss, outputs, numbers(&net) + k * outputs);
        ok &= network_guess(&net, k) == class;
        both |= 1 << class;
    }
    char what[160];
    snprintf(what, sizeof what, "%s of %d, %s: %g, by its definition %g", loss->back, outputs, level, got,
             expected);
    say(ok && (outputs > 1 || both == 3 || loss->threshold > 0), what);
    network_free(&net);
}

static gc_verdict verdict_of(gc_result *r)
{
    gc_verdict v = r->verdict;
    gc_free(r);
    return v;
}

static void check(struct network *net, const int *label, gc_verdict *exact, gc_verdict *rungs)
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

/* towards t instead of away from it */
static void wrong_way(int n, const float *y, const float *t, const float *dloss, float *dy, int reduction)
{
    (void)reduction;
    for (int k = 0; k < n; k++) dy[k] = *dloss * (t[k] - y[k]);
}

static void check_gradient(const struct loss *loss, int outputs)
{
    static struct network net;
    /* With two of five, the last bias's gradient, a mean of p - t, would cancel to a twentieth of its
     * terms. Twins are compared relative to the tensor, here that one number: rounding would be too much. */
    const int label[N] = { 1, 0, 0, 0, 0 };
    gc_verdict exact, rungs;
    char what[160];
    make(&net, loss, outputs, "best");
    check(&net, label, &exact, &rungs);
    snprintf(what, sizeof what, "gradient through %s of %d: %s in double, %s on rungs", loss->back, outputs,
             gc_verdict_name(exact), gc_verdict_name(rungs));
    say(exact == GC_PASS && rungs == GC_PASS, what);
    made_replace(&net, loss->back, (any_fn *)wrong_way);
    check(&net, label, &exact, &rungs);
    snprintf(what, sizeof what, "a wrong %s is found", loss->back);
    say(exact == GC_PASS && rungs == GC_FAIL, what);
    network_free(&net);
}

/* ---- pixels ---- */

/* what torchvision's ToTensor and Normalize make of a pixel, in double */
static double seen(double pixel, double mean, double deviation)
{
    return (pixel / 255 - mean) / deviation;
}

static const struct {
    const char *kind;
    double mean[3], deviation[3];
} scales[] = {
    { "unit", { 0, 0, 0 }, { 1, 1, 1 } },
    { "centred", { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0.5 } },
    { "imagenet", { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 } },
    { "raw", { 0, 0, 0 }, { 1 / 255.0, 1 / 255.0, 1 / 255.0 } },
};

/* the largest difference of what a network sees from what kind k says, over the largest that it says */
static double scale_error(const struct dataset *data, size_t k)
{
    const int plane = data->rows * data->cols, order[1] = { 3 };
    float *pixels = malloc((size_t)data->features * sizeof *pixels);
    int label[1];
    double worst = 0, largest = 0;
    if (!pixels) exit(1);
    data_gather(data, &data->train, 1, order, pixels, label);
    for (int i = 0; i < data->features; i++) {
        int c = i / plane;
        double pixel = data->train.image[order[0] * data->features + i],
               want = seen(pixel, scales[k].mean[c], scales[k].deviation[c]);
        worst = fmax(worst, fabs((double)pixels[i] - want));
        largest = fmax(largest, fabs(want));
    }
    free(pixels);
    return worst / largest;
}

/* pixel, mean, deviation and three operations: a few units of the largest number */
static void check_scales(void)
{
    static struct netfile file;
    char lines[200], error[ERROR_TEXT], what[100];
    struct dataset data = made_data(8, 4, SIDE);
    data.channels = 3, data.cols = SIDE, data.rows = SIDE; /* as if an image had three planes */
    data.features = 3 * SIDE * SIDE;
    data.train.image = realloc(data.train.image, 8 * (size_t)data.features);
    if (!data.train.image) exit(1);
    for (int i = 0; i < 8 * data.features; i++) data.train.image[i] = (unsigned char)(i * 37 % 256);
    data_measure(&data);
    for (size_t k = 0; k < 4; k++) {
        snprintf(lines, sizeof lines,
                 "input 48\ndense 10\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\n"
                 "normalize %s\n",
                 scales[k].kind);
        made_netfile(&file, lines);
        int ok = scale_data(&data, &file, error);
        for (size_t other = 0; ok && other < 4; other++) {
            double e = scale_error(&data, other);
            ok = other == k ? e < 8 * 6e-8 : e > 1e-2;
        }
        snprintf(what, sizeof what, "normalize %s, and none of the others", scales[k].kind);
        say(ok, what);
    }
    data_free(&data);
}

/* ---- starts ---- */

static int is_within(const float *w, size_t n, double limit)
{
    double largest = 0;
    for (size_t k = 0; k < n; k++) largest = fmax(largest, fabs((double)w[k]));
    return largest <= limit * (1 + 1e-6) && largest > 0.99 * limit; /* of 1000 and more uniform numbers */
}

static void check_start(const char *init, const char *layers, size_t weights, double limit, double bias)
{
    static struct netfile file;
    static struct network net;
    char lines[256], error[ERROR_TEXT], what[100];
    snprintf(lines, sizeof lines,
             "input 3x12x12\n%s\nloss softmax_xent\noptimizer sgd lr=1\ndata mnist\ninit %s\n", layers, init);
    made_netfile(&file, lines);
    if (!network_make(&net, &file, 1, "naive", error)) {
        printf("FAIL  %s\n", error);
        exit(1);
    }
    network_init(&net, 1);
    int is_ones = !strcmp(init, "ones"), ok = is_ones || is_within(net.param, weights, limit);
    for (size_t k = 0; is_ones && k < weights; k++) ok &= net.param[k] == 1;
    ok &= fabsf(net.param[weights]) <= (float)bias && (bias == 0 || net.param[weights] != 0);
    snprintf(what, sizeof what, "init %s of `%.12s`: within %g", init, layers, limit);
    say(ok, what);
    network_free(&net);
}

int main(void)
{
    philox_uniform(1, 0, N * IN, -2, 2, x);
    for (size_t k = 0; k < sizeof losses / sizeof *losses; k++) {
        for (int level = 0; level < 2; level++) {
            check_value(&losses[k], 1, level ? "best" : "naive");
            check_value(&losses[k], 3, level ? "best" : "naive");
        }
        check_gradient(&losses[k], 1);
        check_gradient(&losses[k], 3);
    }
    check_scales();
    const char *dense = "dense 10", *conv = "conv out=32 kernel=3\ndense 10";
    check_start("glorot_uniform", dense, 4320, sqrt(6.0 / (432 + 10)), 0);
    check_start("glorot_uniform", conv, 864, sqrt(6.0 / (27 + 288)), 0);
    check_start("fan_in_uniform", dense, 4320, sqrt(1.0 / 432), sqrt(1.0 / 432));
    check_start("he_uniform", conv, 864, sqrt(6.0 / 27), 0);
    check_start("ones", dense, 4320, 1, 1);
    return failed;
}
