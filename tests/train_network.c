/* train_network.c - is the network of rungs the network of the reference, and is the
 * reference's gradient right?
 *
 * 1. On naive rungs, some steps of training give the same bits as mlp_forward, mlp_backward and mlp_update in
 *    float, which know nothing of plans for memory.
 * 2. mlp_backward in double agrees with the complex step of mlp_forward, parameter by parameter.
 * 3. Parameters start within the bounds of their kind, and fill them.
 * Each comparison is also shown to reject wrong versions. Shapes: 1 to 4 layers, odd, thin, a batch of 1.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/optimizer.h"
#include "network_made.h"

struct sizes {
    int layers, size[8], n;
};

static const struct sizes shapes[] = {
    { 1, { 5, 3 }, 7 },
    { 1, { 1, 2 }, 1 },
    { 2, { 7, 5, 3 }, 1 },
    { 2, { 9, 1, 4 }, 6 },
    { 3, { 11, 13, 5, 7 }, 17 },
    { 3, { 2, 17, 3, 2 }, 5 },
    { 4, { 13, 11, 7, 5, 3 }, 9 },
    { 4, { 1, 9, 9, 9, 10 }, 33 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes, STEPS = 5 };

static int failed;

static void expect(int ok, const char *what, const struct sizes *s)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s, with %d layers from %d to %d, batch %d\n", what, s->layers, s->size[0],
           s->size[s->layers], s->n);
}

static void fill(const struct sizes *s, uint64_t seed, float *x, int *label)
{
    philox_uniform(seed, 100, (size_t)s->n * (size_t)s->size[0], -2, 2, x);
    for (int k = 0; k < s->n; k++)
        label[k] = (int)(philox_word(seed, 101, (uint64_t)k) % (uint32_t)s->size[s->layers]);
}

/* ---- 1. the bits ---- */

static void sgd_but_last(int n, const float *dw, float *w, float lr)
{
    sgd_step_f32(n - 1, dw, w, lr);
}

static void dw_without_db(int N, int IN, int OUT, const float *x, const float *dy, float *dw, float *db)
{
    dense_backward_dw_f32(N, IN, OUT, x, dy, dw, db);
    for (int o = 0; o < OUT; o++) db[o] = 0;
}

/* 1 if STEPS steps of both give the same bits everywhere */
static int same_bits(const struct sizes *s, struct network *net, const struct optimizer *optimizer)
{
    size_t params = net->params, act = mlp_neurons_f32(s->layers, s->size) * (size_t)s->n;
    size_t out = (size_t)s->n * (size_t)s->size[s->layers];
    float *param = memory_need(params, sizeof *param), *dparam = memory_need(params, sizeof *param);
    float *a = memory_need(act, sizeof *a), *da = memory_need(act, sizeof *a);
    float *p = memory_need(out, sizeof *p), *x = memory_need((size_t)s->n * (size_t)s->size[0], sizeof *x),
          loss;
    int *label = memory_need((size_t)s->n, sizeof *label), same = 1;
    network_init(net, 3);
    memcpy(param, net->param, params * sizeof *param);
    for (int t = 0; t < STEPS; t++) {
        fill(s, (uint64_t)t, x, label);
        mlp_forward_f32(s->layers, s->size, s->n, param, x, label, a, p, &loss);
        mlp_backward_f32(s->layers, s->size, s->n, param, x, label, a, p, da, dparam);
        mlp_update_f32(s->layers, s->size, dparam, param, 0.1f);
        float ours = network_forward(net, s->n, x, label);
        network_backward(net, s->n);
        optimizer_step(optimizer);
        same = same && !memcmp(&ours, &loss, sizeof loss) &&
               !memcmp(net->data[net->guess], p, out * sizeof *p) &&
               !memcmp(net->dparam, dparam, params * sizeof *param) &&
               !memcmp(net->param, param, params * sizeof *param);
    }
    free(param), free(dparam), free(a), free(da), free(p), free(x), free(label);
    return same;
}

static void check_bits(const struct sizes *s)
{
    struct netfile file;
    struct network net;
    struct optimizer optimizer;
    char error[ERROR_TEXT];
    made_mlp(&file, s->layers, s->size);
    if (!network_make(&net, &file, s->n, "naive", error)) {
        expect(0, error, s);
        return;
    }
    optimizer_make(&optimizer, &file, &net, "naive");
    optimizer_begin(&optimizer, (struct moment){ .epochs = 1, .steps = 1 });
    expect(same_bits(s, &net, &optimizer), "the naive network differs from the reference", s);
    optimizer.run = (any_fn *)sgd_but_last;
    expect(!same_bits(s, &net, &optimizer), "an update that forgets the last parameter went unnoticed", s);
    optimizer.run = (any_fn *)sgd_step_f32;
    made_replace(&net, "dense_backward_dw", (any_fn *)dw_without_db);
    expect(!same_bits(s, &net, &optimizer), "a missing bias gradient went unnoticed", s);
    optimizer_free(&optimizer);
    network_free(&net);
}

/* ---- 2. the gradient ---- */

struct problem { /* a network in double and complex */
    const struct sizes *s;
    size_t params;
    double *param, *x, *act, *dact, *p, *dparam;
    double _Complex *cparam, *cx, *cact, *cp;
    int *label;
};

static void *doubles(size_t n, uint64_t stream)
{
    double *d = memory_need(n, sizeof *d);
    float *f = memory_need(n, sizeof *f);
    philox_uniform(11, stream, n, -1, 1, f);
    for (size_t k = 0; k < n; k++) d[k] = (double)f[k];
    free(f);
    return d;
}

static struct problem problem_make(const struct sizes *s)
{
    struct problem q = { .s = s, .params = mlp_params_f64(s->layers, s->size) };
    size_t in = (size_t)s->n * (size_t)s->size[0],
           neurons = (size_t)s->n * mlp_neurons_f64(s->layers, s->size);
    size_t out = (size_t)s->n * (size_t)s->size[s->layers];
    float *x = memory_need(in, sizeof *x);
    q.label = memory_need((size_t)s->n, sizeof *q.label);
    fill(s, 5, x, q.label);
    q.param = doubles(q.params, 0), q.x = doubles(in, 1);
    q.act = memory_need(neurons, sizeof(double)), q.dact = memory_need(neurons, sizeof(double));
    q.p = memory_need(out, sizeof(double)), q.dparam = memory_need(q.params, sizeof(double));
    q.cparam = memory_need(q.params, sizeof *q.cparam), q.cx = memory_need(in, sizeof *q.cx);
    q.cact = memory_need(neurons, sizeof *q.cact), q.cp = memory_need(out, sizeof *q.cp);
    for (size_t k = 0; k < q.params; k++) q.cparam[k] = q.param[k];
    for (size_t k = 0; k < in; k++) q.cx[k] = q.x[k];
    free(x);
    return q;
}

static void problem_free(struct problem *q)
{
    free(q->param), free(q->x), free(q->act), free(q->dact), free(q->p), free(q->dparam);
    free(q->cparam), free(q->cx), free(q->cact), free(q->cp), free(q->label);
}

static double complex_step(struct problem *q, size_t k)
{
    const double h = 0x1p-300;
    double _Complex loss, kept = q->cparam[k];
    q->cparam[k] = CMPLX(creal(kept), h);
    mlp_forward_cplx(q->s->layers, q->s->size, q->s->n, q->cparam, q->cx, q->label, q->cact, q->cp, &loss);
    q->cparam[k] = kept;
    return cimag(loss) / h;
}

/* the largest |g - complex step| as a fraction of the largest |g| */
static double worst_error(struct problem *q, const double *g)
{
    double largest = 0, worst = 0;
    for (size_t k = 0; k < q->params; k++) largest = fmax(largest, fabs(g[k]));
    for (size_t k = 0; k < q->params; k++) {
        double error = fabs(g[k] - complex_step(q, k));
        if (!(error <= worst)) worst = error; /* a NaN gets through, and fails below */
    }
    return worst / largest;
}

static double check_gradient_of(const struct sizes *s)
{
    const double limit = 1e-12;
    struct problem q = problem_make(s);
    double loss;
    mlp_forward_f64(s->layers, s->size, s->n, q.param, q.x, q.label, q.act, q.p, &loss);
    mlp_backward_f64(s->layers, s->size, s->n, q.param, q.x, q.label, q.act, q.p, q.dact, q.dparam);
    double worst = worst_error(&q, q.dparam);
    expect(worst <= limit, "mlp_backward is not the gradient of mlp_forward", s);

    size_t big = 0;
    for (size_t k = 0; k < q.params; k++)
        if (fabs(q.dparam[k]) > fabs(q.dparam[big])) big = k;
    q.dparam[big] *= 1 + 1e-10;
    expect(!(worst_error(&q, q.dparam) <= limit), "one element wrong by 1e-10 went unnoticed", s);
    for (int k = 0; k < s->n; k++)
        q.label[k] = (q.label[k] + 1) % s->size[s->layers]; /* another loss's gradient */
    mlp_backward_f64(s->layers, s->size, s->n, q.param, q.x, q.label, q.act, q.p, q.dact, q.dparam);
    for (int k = 0; k < s->n; k++) q.label[k] = (q.label[k] + s->size[s->layers] - 1) % s->size[s->layers];
    expect(!(worst_error(&q, q.dparam) <= limit), "the gradient for other labels went unnoticed", s);
    problem_free(&q);
    return worst;
}

/* ---- 3. the start ---- */

/* 1 if n numbers lie in +-limit and have the mean and the variance of an even spread, within five standard
 * deviations of either: the mean of n has the variance limit^2 / 3n, that of squares 4 limit^4 / 45n. */
static int fills(size_t n, const float *x, double limit)
{
    double sum = 0, squares = 0;
    for (size_t k = 0; k < n; k++) {
        if (!(fabs((double)x[k]) <= limit * (1 + 1e-6))) return 0;
        sum += (double)x[k], squares += (double)x[k] * (double)x[k];
    }
    double off = fabs(sum / (double)n), off_squares = fabs(squares / (double)n - limit * limit / 3);
    return off <= 5 * limit / sqrt(3 * (double)n) &&
           off_squares <= 5 * limit * limit * sqrt(4 / (45 * (double)n));
}

static void check_start(const char *init, double square, int moves_biases)
{
    struct netfile file;
    struct network net;
    char error[ERROR_TEXT] = "", lines[256];
    snprintf(lines, sizeof lines,
             "input 2x9x9\nconv out=70 kernel=3\nrelu\ndense 300\nrelu\ndense 10\n"
             "loss softmax_xent\ndata mnist\noptimizer sgd lr=1\ninit %s\n",
             init);
    made_netfile(&file, lines);
    if (!network_make(&net, &file, 1, "naive", error)) {
        expect(0, error, &shapes[0]);
        return;
    }
    network_init(&net, 3);
    static const size_t inputs[] = { 18, 3430, 300 }, neurons[] = { 70, 300, 10 };
    const float *w = net.param;
    for (int l = 0; l < 3; l++) {
        double limit = sqrt(square / (double)inputs[l]);
        const float *b = w + inputs[l] * neurons[l];
        expect(fills(inputs[l] * neurons[l], w, limit), init, &shapes[0]);
        expect(!fills(inputs[l] * neurons[l], w, 0.98 * limit), "weights beyond their bounds", &shapes[0]);
        expect(!fills(inputs[l] * neurons[l], w, 1.2 * limit), "bounds that weights do not fill", &shapes[0]);
        expect(fills(neurons[l], b, moves_biases ? limit : 0), "biases", &shapes[0]);
        expect(!moves_biases || memcmp(b, w, neurons[l] * sizeof *b) != 0, "biases like the weights",
               &shapes[0]);
        w = b + neurons[l];
    }
    network_free(&net);
}

/* ---- refusals ---- */

static int is_refused(const char *lines, int batch, const char *level, const char *words)
{
    static struct netfile file;
    struct network net;
    char error[ERROR_TEXT] = "";
    made_netfile(&file, lines);
    return !network_make(&net, &file, batch, level, error) && strstr(error, words) && !net.param &&
           !net.calls;
}

static void check_refusals(void)
{
#define REST "loss softmax_xent\ndata mnist\noptimizer sgd lr=1\n"
    static const struct {
        const char *lines, *level, *words;
        int batch;
    } bad[] = {
        { "input 3\ndense 3\n" REST, "naive", "a batch of 0: it must be 1 to", 0 },
        { "input 3\ndense 1048576\n" REST, "naive", "a batch of 65536: it must be 1 to 2047", 65536 },
        { "input 1048576\ndense 1048576\n" REST, "naive", "line 3: dense has 1099512676352 parameters", 1 },
        { "input 30000\ndense 50000\nrelu\ndense 20000\n" REST, "naive",
          "line 5: the network has 2500070000 parameters by this line", 1 },
        { "input 2x3x4\nrelu\n" REST, "naive",
          "line 4: softmax_xent takes one number per class, such as 10, and gets 2x3x4; a line `dense 10`",
          1 },
        { "input 3\ndense 3\n" REST, "no_such_rung", "no_such_rung", 1 },
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
        expect(is_refused(bad[k].lines, bad[k].batch, bad[k].level, bad[k].words), bad[k].words, &shapes[0]);
}

int main(void)
{
    double worst = 0;
    for (int k = 0; k < SHAPES; k++) {
        check_bits(&shapes[k]);
        worst = fmax(worst, check_gradient_of(&shapes[k]));
    }
    check_start("he_uniform", 6, 0);
    check_start("fan_in_uniform", 1, 1);
    check_refusals();
    printf("%d networks: naive rungs give the reference's bits; complex step: worst error %.2g of the "
           "largest element\n",
           SHAPES, worst);
    return failed;
}
