/* train_optimizers.c - each optimizer that a network file can name moves the parameters as its reference
 * does with the values of its line, biases undecayed; goes on from a checkpoint to the same bits; and where
 * it averages, the network is tested with the average. Wrong values, a decayed bias and lost states show.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/reference.h"
#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 101, TEST = 60, SIDE = 5, EPOCHS = 4 };

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

/* ---- every optimizer of the grammar, with values that are not its standard ones, and its reference ---- */

#define STEP(name) \
    static void name(int n, const float *g, float *w, float *const *s, double lr, double wd, uint64_t t)

STEP(sgd)
{
    (void)s, (void)wd, (void)t, sgd_step_f32(n, g, w, (float)lr);
}
STEP(heavy_ball)
{
    (void)wd, (void)t, momentum_step_f32(n, g, w, s[0], lr, 0.8, 0.25, 0);
}
STEP(nesterov)
{
    (void)wd, (void)t, momentum_step_f32(n, g, w, s[0], lr, 0.8, 0, 1);
}
STEP(rmsprop)
{
    (void)wd, (void)t, rmsprop_step_f32(n, g, w, s[0], NULL, NULL, lr, 0.95, 1e-4, 1, 0, 0);
}
STEP(rmsprop_centered)
{
    (void)wd, (void)t, rmsprop_step_f32(n, g, w, s[0], s[1], NULL, lr, 0.95, 1e-4, 0, 1, 0);
}
STEP(rmsprop_velocity)
{
    (void)wd, (void)t, rmsprop_step_f32(n, g, w, s[0], NULL, s[1], lr, 0.95, 1e-4, 0, 0, 0.8);
}
STEP(rmsprop_both)
{
    (void)wd, (void)t, rmsprop_step_f32(n, g, w, s[0], s[1], s[2], lr, 0.95, 1e-4, 0, 1, 0.8);
}
STEP(adagrad)
{
    (void)wd, adagrad_step_f32(n, g, w, s[0], lr, 0.05, 1e-6, t);
}
STEP(adadelta)
{
    (void)wd, (void)t, adadelta_step_f32(n, g, w, s[0], s[1], lr, 0.8, 1e-5);
}
STEP(adam)
{
    (void)wd, adam_step_f32(n, g, w, s[0], s[1], lr, 0.8, 0.99, 1e-6, t);
}
STEP(adamw)
{
    adamw_step_f32(n, g, w, s[0], s[1], lr, 0.8, 0.99, 1e-6, wd, t);
}
STEP(amsgrad)
{
    (void)wd, amsgrad_step_f32(n, g, w, s[0], s[1], s[2], lr, 0.8, 0.99, 1e-6, t);
}
STEP(nadam)
{
    (void)wd, nadam_step_f32(n, g, w, s[0], s[1], lr, 0.8, 0.99, 1e-6, 0.01, t);
}
STEP(lion)
{
    (void)t, lion_step_f32(n, g, w, s[0], lr, 0.8, 0.95, wd);
}
STEP(schedule_free)
{
    schedule_free_step_f32(n, g, w, s[0], s[1], s[2], lr, 0.8, 0.99, 1e-6, wd, 7, t);
}

/* the tensor that a step is on: its rows and columns, 0 of biases; whether it is of the first layer */
static struct {
    int rows, cols, is_first;
} here;

STEP(muon)
{
    if (here.rows && here.is_first)
        muon_step_f32(here.rows, here.cols, g, w, s[0], lr, 0.9, 0, wd, MUON_ORIGINAL, MUON_JORDAN, 4, 1e-7);
    else
        adam_step_f32(n, g, w, s[0], s[1], 0.003, 0.9, 0.999, 1e-8, t);
}

STEP(muon_polar)
{
    if (here.rows && here.is_first)
        muon_step_f32(here.rows, here.cols, g, w, s[0], lr, 0.95, 1, wd, MUON_MATCH_RMS_ADAMW, MUON_POLAR, 5,
                      1e-7);
    else
        adam_step_f32(n, g, w, s[0], s[1], 0.003, 0.9, 0.999, 1e-8, t);
}

static const struct row {
    const char *line; /* lr is 0.01 and wd 0.5 in each that has one */
    void (*step)(int n, const float *g, float *w, float *const *s, double lr, double wd, uint64_t t);
} rows[] = {
    { "sgd lr=0.01", sgd },
    { "momentum lr=0.01 mu=0.8 dampening=0.25", heavy_ball },
    { "momentum lr=0.01 mu=0.8 nesterov=1", nesterov },
    { "rmsprop lr=0.01 alpha=0.95 eps=1e-4 eps_inside=1", rmsprop },
    { "rmsprop lr=0.01 alpha=0.95 eps=1e-4 centered=1", rmsprop_centered },
    { "rmsprop lr=0.01 alpha=0.95 eps=1e-4 mu=0.8", rmsprop_velocity },
    { "rmsprop lr=0.01 alpha=0.95 eps=1e-4 centered=1 mu=0.8", rmsprop_both },
    { "adagrad lr=0.01 lr_decay=0.05 eps=1e-6", adagrad },
    { "adadelta lr=0.01 rho=0.8 eps=1e-5", adadelta },
    { "adam lr=0.01 beta1=0.8 beta2=0.99 eps=1e-6", adam },
    { "adamw lr=0.01 beta1=0.8 beta2=0.99 eps=1e-6 wd=0.5", adamw },
    { "amsgrad lr=0.01 beta1=0.8 beta2=0.99 eps=1e-6", amsgrad },
    { "nadam lr=0.01 beta1=0.8 beta2=0.99 eps=1e-6 momentum_decay=0.01", nadam },
    { "lion lr=0.01 beta1=0.8 beta2=0.95 wd=0.5", lion },
    { "muon lr=0.01 mu=0.9 nesterov=0 wd=0.5 steps=4 adam_lr=0.003", muon },
    { "muon lr=0.01 wd=0.5 adam_lr=0.003 adjust=match_rms_adamw coefficients=polar", muon_polar },
    { "schedule_free lr=0.01 beta1=0.8 beta2=0.99 eps=1e-6 wd=0.5\nwarmup 1",
      schedule_free }, /* of 7 steps */
};

enum { ROWS = sizeof rows / sizeof *rows };

static void make(struct trainer *t, const struct dataset *data, const char *line, const char *level)
{
    static struct netfile file;
    char lines[512], error[ERROR_TEXT];
    snprintf(lines, sizeof lines,
             "input 25\ndense 11\ntanh\ndense 10\nloss softmax_xent\ndata mnist\noptimizer %s\nbatch 16\n"
             "epochs %d\nseed 7\n",
             line, EPOCHS);
    made_netfile(&file, lines);
    must(trainer_make(t, data, &file, level, error), error);
}

/* a way to do it wrong */
enum lie { NONE, RATE, DECAYED_BIASES, LATE, HEAD, LIES };

/* the reference on each tensor, its weights with the decay */
static void step_by_hand(const struct row *row, const struct network *net, float *w, float *const *state,
                         uint64_t t, enum lie lie)
{
    size_t at = 0;
    for (int l = 0; l < net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) {
            float *s[] = { state[0] + at, state[1] + at, state[2] + at };
            double wd = p && lie != DECAYED_BIASES ? 0 : 0.5;
            here.rows = p ? 0 : net->layer[l].out.channels, here.cols = net->layer[l].fan_in;
            here.is_first = l == 0 || lie == HEAD;
            row->step((int)net->layer[l].elements[p], net->dparam + at, w + at, s,
                      lie == RATE ? 0.0101 : 0.01, wd, t + (lie == LATE));
            at += net->layer[l].elements[p];
        }
}

/* 1 if training for 20 steps has the bits of the reference */
static int is_like(const struct row *row, const struct dataset *data, enum lie lie)
{
    static struct trainer t;
    struct train_step step;
    float *state[OPTIMIZER_STATES];
    int same = 1;
    make(&t, data, row->line, "naive");
    size_t n = t.net.params, bytes = n * sizeof(float);
    float *w = memory_need(n, sizeof *w);
    for (int k = 0; k < OPTIMIZER_STATES; k++) state[k] = memory_need(n, sizeof *w);
    for (uint64_t k = 1; k <= 20 && same; k++) {
        memcpy(w, t.net.param, bytes);
        must(trainer_step(&t, &step), "it diverged");
        step_by_hand(row, &t.net, w, state, k, lie);
        same = !memcmp(w, t.net.param, bytes);
    }
    for (int k = 0; k < OPTIMIZER_STATES; k++) free(state[k]);
    free(w);
    trainer_free(&t);
    return same;
}

static void check_steps(const struct dataset *data)
{
    for (int r = 0; r < ROWS; r++) {
        int has_wd = strstr(rows[r].line, "wd=") != NULL;
        report(is_like(&rows[r], data, NONE), "the reference's bits", rows[r].line);
        report(!is_like(&rows[r], data, RATE), "another rate is noticed", rows[r].line);
        if (has_wd && rows[r].step != muon && rows[r].step != muon_polar) /* whose rest has no decay */
            report(!is_like(&rows[r], data, DECAYED_BIASES), "decayed biases are noticed", rows[r].line);
    }
    for (int r = 0; r < ROWS; r++) {
        if (rows[r].step == muon)
            report(!is_like(&rows[r], data, HEAD), "a head that is moved as a matrix is noticed",
                   rows[r].line);
        if (rows[r].step == adam)
            report(!is_like(&rows[r], data, LATE), "steps counted from 2 are noticed", rows[r].line);
    }
}

static void check_all_are_there(void)
{
    for (const struct word *w = grammar_find(grammar, "optimizer")->choices; w->name; w++) {
        int has = 0;
        for (int r = 0; r < ROWS; r++)
            has |= strcspn(rows[r].line, " ") == strlen(w->name) &&
                   !strncmp(rows[r].line, w->name, strlen(w->name));
        if (!has) report(0, "has no row in this test", w->name);
    }
}

/* ---- going on ---- */

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch) must(trainer_step(t, &step), "it diverged");
}

static int is_same(const struct trainer *a, const struct trainer *b)
{
    int same = !memcmp(a->net.param, b->net.param, a->net.params * sizeof(float));
    for (int k = 0; k < a->optimizer.states; k++)
        same = same && !memcmp(a->optimizer.state[k], b->optimizer.state[k], a->net.params * sizeof(float));
    return same;
}

static void check_resume(const struct row *row, const struct dataset *data, const char *level,
                         const char *path)
{
    static struct trainer whole, part;
    static struct checkpoint read;
    char error[ERROR_TEXT];
    make(&whole, data, row->line, level);
    make(&part, data, row->line, level);
    train_to(&part, 2);
    struct checkpoint c = trainer_checkpoint(&part);
    must(checkpoint_write(path, &c, error) && checkpoint_read_file(path, &read, error), error);
    train_to(&whole, 3);
    train_to(&part, 3);
    must(trainer_restore(&part, &read, error), error);
    train_to(&part, 3);
    report(is_same(&whole, &part), "goes on to the same bits", row->line);
    for (int lost = 0; lost < part.optimizer.states; lost++) {
        must(trainer_restore(&part, &read, error), error);
        memset(part.optimizer.state[lost], 0, part.net.params * sizeof(float));
        train_to(&part, 3);
        if (is_same(&whole, &part)) report(0, "a lost state went unnoticed", row->line);
    }
    checkpoint_free(&read);
    trainer_free(&whole), trainer_free(&part);
}

/* ---- averages ---- */

static void check_average(const struct dataset *data)
{
    static struct trainer t, at;
    char error[ERROR_TEXT];
    make(&t, data, "schedule_free lr=0.05", "naive");
    make(&at, data, "sgd lr=1", "naive");
    report(trainer_test(&t).loss == trainer_test(&at).loss, "before the first step there is no average",
           "schedule_free");
    train_to(&t, 2);
    size_t bytes = t.net.params * sizeof(float);
    float *w = memory_need(t.net.params, sizeof *w);
    memcpy(w, t.net.param, bytes);
    double loss = trainer_test(&t).loss;
    report(!memcmp(w, t.net.param, bytes), "a test moves nothing", "schedule_free");
    memcpy(at.net.param, t.optimizer.state[2], bytes);
    report(loss == trainer_test(&at).loss, "tested with the average", "schedule_free");
    memcpy(at.net.param, w, bytes);
    report(loss != trainer_test(&at).loss, "a test with w is noticed", "schedule_free");
    trainer_free(&at);
    static struct netfile file;
    file = t.file;
    must(netfile_set(&file, "schedule", "cosine", error), error);
    report(!trainer_make(&at, data, &file, "naive", error) &&
               strstr(error, "averages instead of following a schedule"),
           error, "schedule_free");
    made_netfile(&file, "input 25\ndense 9\nbatchnorm\ndense 10\nloss softmax_xent\ndata mnist\n"
                        "optimizer schedule_free lr=0.05\n");
    report(!trainer_make(&at, data, &file, "naive", error) &&
               strstr(error, "the running statistics of batchnorm"),
           error, "schedule_free");
    free(w);
    trainer_free(&t);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_optimizers SCRATCH_FILE\n");
        return 64;
    }
    struct dataset data = made_data(TRAIN, TEST, SIDE);
    check_all_are_there();
    check_steps(&data);
    for (int r = 0; r < ROWS; r++) {
        check_resume(&rows[r], &data, "naive", argv[1]);
        check_resume(&rows[r], &data, "best", argv[1]);
    }
    check_average(&data);
    remove(argv[1]);
    data_free(&data);
    return failed;
}
