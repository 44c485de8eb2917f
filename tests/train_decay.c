/* train_decay.c - clipping, penalties, decay and proximal steps do in a training what their references do, in
 * PyTorch's order, to weights and not to biases; the same with any number of threads; the gradient checker
 * sees the penalty in the loss. Other orders, rates, factors and parameters are noticed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/reference.h"
#include "../train/network_gradient.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 101, TEST = 60, SIDE = 5 };

static int failed;

static void report(int ok, const char *what, const char *of)
{
    printf("%s  %s: %s\n", ok ? "ok  " : "FAIL", of, what);
    failed |= !ok;
}

static void must(int ok, const char *error)
{
    if (ok) return;
    printf("FAIL: %s\n", error);
    exit(1);
}

static void make(struct trainer *t, const struct dataset *data, const char *lines, const char *level,
                 int hidden)
{
    static struct netfile file;
    char text[512], error[ERROR_TEXT];
    snprintf(text, sizeof text,
             "input 25\ndense %d\ntanh\ndense 10\nloss softmax_xent\ndata mnist\nbatch 16\nseed 7\n%s\n",
             hidden, lines);
    made_netfile(&file, text);
    must(trainer_make(t, data, &file, level, error), error);
}

/* ---- by hand ---- */

enum lie { NONE, BIASES, DECAY_BEFORE_CLIP, DECAY_AFTER_STEP, NO_RATE, NO_PENALTY, LIES };

static const struct row {
    const char *lines;
    double clip_value, clip_norm, l2, l1, wd, proximal;
    int biases, adam; /* adam: else sgd, of rate 0.1 */
    unsigned seen;    /* the lies that must change bits */
} rows[] = {
#define LIE(l) 1u << (l)
    { "optimizer sgd lr=0.1\nclip norm=0.5", 0, 0.5, 0, 0, 0, 0, 0, 0, 0 },
    { "optimizer sgd lr=0.1\nclip value=0.02", 0.02, 0, 0, 0, 0, 0, 0, 0, 0 },
    { "optimizer sgd lr=0.1\nclip norm=0.5 value=0.02", 0.02, 0.5, 0, 0, 0, 0, 0, 0, 0 },
    { "optimizer sgd lr=0.1\nweight_decay coupled=0.3", 0, 0, 0.3, 0, 0, 0, 0, 0,
      LIE(BIASES) | LIE(NO_PENALTY) },
    { "optimizer adam lr=0.1\nweight_decay coupled=0.3\nclip norm=0.5", 0, 0.5, 0.3, 0, 0, 0, 0, 1,
      LIE(BIASES) | LIE(DECAY_BEFORE_CLIP) | LIE(NO_PENALTY) },
    { "optimizer adam lr=0.1\nweight_decay decoupled=0.3", 0, 0, 0, 0, 0.3, 0, 0, 1,
      LIE(BIASES) | LIE(DECAY_AFTER_STEP) | LIE(NO_RATE) },
    { "optimizer sgd lr=0.1\nweight_decay decoupled=0.3 biases=1", 0, 0, 0, 0, 0.3, 0, 1, 0, LIE(NO_RATE) },
    { "optimizer sgd lr=0.1\nl1 penalty=0.01", 0, 0, 0, 0.01, 0, 0, 0, 0, LIE(BIASES) | LIE(NO_PENALTY) },
    { "optimizer sgd lr=0.1\nl1 proximal=0.02\nclip norm=1", 0, 1, 0, 0, 0, 0.02, 0, 0,
      LIE(BIASES) | LIE(NO_RATE) },
    { "optimizer adam lr=0.1\nl1 penalty=0.01 proximal=0.02\nweight_decay coupled=0.1 decoupled=0.3", 0, 0,
      0.1, 0.01, 0.3, 0.02, 0, 1, LIE(BIASES) | LIE(NO_RATE) | LIE(NO_PENALTY) },
};

struct by_hand {
    const struct network *net;
    float *w, *dw, *m, *v, *added;
};

static void penalty(const struct row *r, int n, const float *w, float *dw, float *added, enum lie lie)
{
    float one = 1;
    if (lie == NO_PENALTY || (r->l1 == 0 && r->l2 == 0)) return;
    elastic_penalty_backward_f32(n, w, &one, added, r->l1, r->l2);
    for (int k = 0; k < n; k++) dw[k] += added[k];
}

static void step_of_tensor(const struct row *r, struct by_hand *h, size_t at, int n, int small, uint64_t t,
                           enum lie lie)
{
    const double lr = 0.1, of_decay = lie == NO_RATE ? 1 : lr;
    float *w = h->w + at, *dw = h->dw + at;
    if (small && lie != DECAY_BEFORE_CLIP) penalty(r, n, w, dw, h->added, lie);
    if (small && r->wd > 0 && lie != DECAY_AFTER_STEP) weight_decay_step_f32(n, w, of_decay, r->wd);
    if (r->adam)
        adam_step_f32(n, dw, w, h->m + at, h->v + at, lr, 0.9, 0.999, 1e-8, t);
    else
        sgd_step_f32(n, dw, w, (float)lr);
    if (small && r->wd > 0 && lie == DECAY_AFTER_STEP) weight_decay_step_f32(n, w, of_decay, r->wd);
    if (small && r->proximal > 0) soft_threshold_f32(n, w, of_decay, r->proximal);
}

/* what a tensor's turn is for, by layer and parameter */
static void for_tensors(const struct row *r, struct by_hand *h, uint64_t t, enum lie lie, int only_penalty)
{
    size_t at = 0;
    for (int l = 0; l < h->net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) {
            int n = (int)h->net->layer[l].elements[p], small = p == 0 || r->biases || lie == BIASES;
            if (only_penalty && small) penalty(r, n, h->w + at, h->dw + at, h->added, lie);
            if (!only_penalty) step_of_tensor(r, h, at, n, small, t, lie);
            at += (size_t)n;
        }
}

/* the raw gradients come from a twin that makes its steps without all this */
static int is_like(const struct row *r, const struct dataset *data, enum lie lie)
{
    static struct trainer t, raw;
    struct train_step step;
    float norm;
    int same = 1;
    make(&t, data, r->lines, "naive", 11);
    make(&raw, data, "optimizer sgd lr=1", "naive", 11);
    size_t n = t.net.params, bytes = n * sizeof(float);
    struct by_hand h = {
        &t.net, memory_need(n, 4), memory_need(n, 4), memory_need(n, 4), memory_need(n, 4), memory_need(n, 4)
    };
    for (uint64_t k = 1; k <= 15 && same; k++) {
        memcpy(raw.net.param, t.net.param, bytes);
        memcpy(h.w, t.net.param, bytes);
        must(trainer_step(&raw, &step) && trainer_step(&t, &step), "it diverged");
        memcpy(h.dw, raw.net.dparam, bytes);
        if (lie == DECAY_BEFORE_CLIP) for_tensors(r, &h, k, lie, 1);
        if (r->clip_value > 0) clip_value_f32((int)n, h.dw, r->clip_value);
        if (r->clip_norm > 0) clip_norm_f32((int)n, h.dw, &norm, r->clip_norm, 1e-6);
        for_tensors(r, &h, k, lie, 0);
        same = !memcmp(h.w, t.net.param, bytes);
    }
    free(h.w), free(h.dw), free(h.m), free(h.v), free(h.added);
    trainer_free(&t), trainer_free(&raw);
    return same;
}

static void check_steps(const struct dataset *data)
{
    static const char *const name[LIES] = { "",
                                            "decayed biases",
                                            "decay before clipping",
                                            "decay after the step",
                                            "decay without the rate",
                                            "no penalty" };
    char what[80];
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct row loose = rows[r];
        report(is_like(&rows[r], data, NONE), "the references' bits", rows[r].lines);
        loose.clip_norm *= 2, loose.clip_value *= 2;
        if (loose.clip_norm + loose.clip_value > 0)
            report(!is_like(&loose, data, NONE), "twice the limit is noticed", rows[r].lines);
        for (enum lie lie = NONE + 1; lie < LIES; lie++) {
            snprintf(what, sizeof what, "%s: noticed", name[lie]);
            if (rows[r].seen & LIE(lie)) report(!is_like(&rows[r], data, lie), what, rows[r].lines);
        }
    }
}

/* ---- max-norm ---- */

enum limit { AS_IT_IS, NO_LIMIT, COLUMNS, BEFORE_THE_STEP, LIMITS };

/* Steps of SGD, and after each the rows of both layers' weights limited to a length of 0.8; biases are not */
static int is_limited(const struct dataset *data, enum limit lie)
{
    static struct trainer t, raw;
    struct train_step step;
    int same = 1;
    make(&t, data, "optimizer sgd lr=0.5\nmax_norm 0.8", "naive", 11);
    make(&raw, data, "optimizer sgd lr=1", "naive", 11);
    size_t bytes = t.net.params * sizeof(float);
    float *w = memory_need(t.net.params, sizeof *w);
    for (int k = 0; k < 15 && same; k++) {
        memcpy(raw.net.param, t.net.param, bytes);
        memcpy(w, t.net.param, bytes);
        must(trainer_step(&raw, &step) && trainer_step(&t, &step), "it diverged");
        if (lie != BEFORE_THE_STEP) sgd_step_f32((int)t.net.params, raw.net.dparam, w, 0.5F);
        size_t at = 0;
        for (int l = 0; l < t.net.layers; l++)
            for (int p = 0; p < LAYER_PARAMS; p++) {
                const struct layer *layer = &t.net.layer[l];
                int cols = layer->fan_in, many = cols ? (int)(layer->elements[0] / (size_t)cols) : 0;
                if (p == 0 && cols && lie != NO_LIMIT)
                    max_norm_f32(lie == COLUMNS ? cols : many, lie == COLUMNS ? many : cols, w + at, 0.8);
                at += layer->elements[p];
            }
        if (lie == BEFORE_THE_STEP) sgd_step_f32((int)t.net.params, raw.net.dparam, w, 0.5F);
        same = !memcmp(w, t.net.param, bytes);
    }
    free(w);
    trainer_free(&t), trainer_free(&raw);
    return same;
}

static void check_limits(const struct dataset *data)
{
    static const char *const name[LIMITS] = { "the references' bits", "no limit: noticed",
                                              "rows of another length: noticed",
                                              "a limit before the step: noticed" };
    for (enum limit lie = AS_IT_IS; lie < LIMITS; lie++)
        report(is_limited(data, lie) == (lie == AS_IT_IS), name[lie], "max_norm 0.8");
}

/* ---- threads ---- */

static void train(struct trainer *t, int steps)
{
    struct train_step step;
    for (int k = 0; k < steps; k++) must(trainer_step(t, &step), "it diverged");
}

/* of more parameters than a piece or a chunk has */
static void check_threads(const struct dataset *data)
{
    static const char lines[] =
        "optimizer adam lr=0.01\nclip norm=0.5\nweight_decay coupled=0.1 decoupled=0.1\nl1 proximal=0.01\nmax_norm 1";
    static struct trainer one, two;
    team_use(1);
    make(&one, data, lines, "best", 3000);
    train(&one, 9);
    team_use(2);
    make(&two, data, lines, "best", 3000);
    train(&two, 9);
    team_use(0);
    size_t bytes = one.net.params * sizeof(float);
    report(!memcmp(one.net.param, two.net.param, bytes), "the same bits on one thread and on two", lines);
    trainer_free(&one), trainer_free(&two);
}

/* ---- zeros ---- */

static size_t zeros_with(const struct dataset *data, const char *lines)
{
    static struct trainer t;
    size_t zeros = 0;
    make(&t, data, lines, "best", 11);
    train(&t, 20);
    for (size_t k = 0; k < t.net.layer[0].elements[0]; k++) zeros += t.net.param[k] == 0;
    trainer_free(&t);
    return zeros;
}

static void check_zeros(const struct dataset *data)
{
    report(zeros_with(data, "optimizer sgd lr=0.1\nl1 proximal=0.3") > 100 &&
               zeros_with(data, "optimizer sgd lr=0.1\nl1 penalty=0.3") == 0,
           "a proximal step leaves zeros, a penalty none", "l1");
}

/* ---- the gradient checker ---- */

static gc_verdict verdict_of(struct trainer *t, const struct decay *decay, int in_float)
{
    gc_options o = gc_defaults();
    o.fork = 0, o.n_points = 1, o.max_elem = 20;
    struct network_gradient *d = network_gradient_open(&t->net, decay, 3, t->x, t->label, 0),
                            *f = network_gradient_open(&t->net, decay, 3, t->x, t->label, 1);
    gc_result *r = in_float
                       ? gc_check_precision_twin(network_gradient_problem(f), network_gradient_problem(d), &o)
                       : gc_check(network_gradient_problem(d), &o);
    gc_verdict v = r->verdict;
    gc_free(r);
    network_gradient_close(d), network_gradient_close(f);
    return v;
}

static void check_gradient(const struct dataset *data)
{
    static const char lines[] = "optimizer sgd lr=1\nweight_decay coupled=0.3 biases=1\nl1 penalty=0.2";
    static struct trainer t;
    make(&t, data, lines, "best", 4);
    train(&t, 1); /* so that no bias is 0, where |w| has a kink */
    struct decay decay = t.optimizer.decay;
    report(verdict_of(&t, &decay, 0) == GC_PASS && verdict_of(&t, &decay, 1) == GC_PASS, "the checker passes",
           lines);
    struct scalar *l2 = &decay.penalty_gradient.scalar[1];
    report(!strcmp(l2->name, "l2"), "the scalar's place", lines);
    l2->real *= 2; /* the gradient of lambda |w|^2, without the 1/2 */
    report(verdict_of(&t, &decay, 0) == GC_FAIL, "a factor of 2 is noticed", lines);
    trainer_free(&t);
}

/* ---- what does not go together ---- */

static void check_refusals(const struct dataset *data)
{
    static const char *const wrong[][2] = {
        { "optimizer adamw lr=1\nweight_decay decoupled=0.1", "made: adamw decays by itself, wd=0.01" },
        { "optimizer lion lr=1 wd=0.5\nweight_decay coupled=0.1", "made: lion decays by itself, wd=0.5" },
        { "optimizer schedule_free lr=1\nweight_decay decoupled=0.1",
          "schedule_free makes its parameters anew" },
        { "optimizer schedule_free lr=1\nl1 proximal=0.1", "schedule_free makes its parameters anew" },
        { "optimizer schedule_free lr=1\nmax_norm 2", "schedule_free makes its parameters anew" },
        { "optimizer sgd lr=1\nmax_norm 1e-7", "a max_norm of 1e-07 leaves no weights" },
        { "optimizer nadam lr=1\nschedule one_cycle cycle_momentum=1",
          "nadam has a schedule of its momentum" },
        { "optimizer rmsprop lr=1\nschedule one_cycle cycle_momentum=1", "rmsprop has no momentum" },
        { "optimizer sgd lr=1\nclip norm=1e-7", "a gradient clipped to 1e-07 would move nothing" },
    };
    static struct trainer t;
    static struct netfile file;
    char text[512], error[ERROR_TEXT];
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        snprintf(text, sizeof text, "input 25\ndense 10\nloss softmax_xent\ndata mnist\n%s\n", wrong[k][0]);
        made_netfile(&file, text);
        report(!trainer_make(&t, data, &file, "naive", error) && strstr(error, wrong[k][1]), "refused",
               wrong[k][0]);
    }
    make(&t, data, "optimizer adamw lr=1 wd=0\nweight_decay decoupled=0.1\nclip norm=1e-6", "naive", 4);
    trainer_free(&t);
}

int main(void)
{
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    check_steps(&data);
    check_limits(&data);
    check_threads(&data);
    check_zeros(&data);
    check_gradient(&data);
    check_refusals(&data);
    data_free(&data);
    return failed;
}
