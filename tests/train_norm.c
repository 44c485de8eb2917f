/* train_norm.c - batch normalization in a network: training uses the batch's statistics and moves the running
 * ones, a test uses those and moves nothing, early stopping and checkpoints keep them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../train/trainer.h"
#include "network_made.h"

enum { TRAIN = 90, TEST = 70, SIDE = 5, WIDTH = 12 };

static int failed;

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

static const struct netfile *file_with(const char *norm, const char *lines)
{
    static struct netfile file;
    char text[512];
    snprintf(
        text, sizeof text,
        "input 25\ndense 12\n%s\nrelu\ndense 10\nloss softmax_xent\ndata mnist\nbatch 16\nseed 7\nepochs 9\n"
        "%s\n%s\n",
        norm, strstr(lines, "optimizer") ? "" : "optimizer momentum lr=0.05", lines);
    made_netfile(&file, text);
    return &file;
}

static void make(struct trainer *t, const struct dataset *data, const char *norm, const char *lines)
{
    char error[ERROR_TEXT];
    must(trainer_make(t, data, file_with(norm, lines), "best", error), error);
}

/* what the network has in memory under that name */
static const float *tensor(const struct network *net, const char *name, enum tensor_home home)
{
    for (int k = 0; k < net->tensors; k++)
        if (net->tensor[k].layer == 1 && net->tensor[k].home == home && !strcmp(net->tensor[k].name, name))
            return net->data[k];
    must(0, name);
    return NULL;
}

/* ---- the running statistics ---- */

static int is_near(float got, double wanted)
{
    return fabs((double)got - wanted) <= 1e-5 * (1 + fabs(wanted));
}

/* one step on 16 examples: 1 - momentum of the start, 0 and 1, and momentum of the batch's */
static void check_update(const struct dataset *data, const char *norm, double momentum, double more)
{
    static struct trainer t;
    float z[16 * WIDTH];
    make(&t, data, norm, "");
    trainer_fetch(&t, 16);
    network_forward(&t.net, 16, t.x, t.label);
    memcpy(z, t.net.data[t.net.call[1].tensor[0]], sizeof z); /* its x */
    const float *mean = tensor(&t.net, "running_mean", HOME_BUFFER),
                *var = tensor(&t.net, "running_var", HOME_BUFFER);
    int ok = 1;
    for (int c = 0; c < WIDTH; c++) {
        double sum = 0, squares = 0;
        for (int n = 0; n < 16; n++) sum += (double)z[n * WIDTH + c] / 16;
        for (int n = 0; n < 16; n++) squares += pow((double)z[n * WIDTH + c] - sum, 2) / 16;
        ok &= is_near(mean[c], momentum * sum) && is_near(var[c], 1 - momentum + momentum * more * squares);
    }
    report(ok, norm);
    trainer_free(&t);
}

/* ---- training and test ---- */

static float loss_of(struct network *net, int n, const struct dataset *data, int first)
{
    float x[2 * SIDE * SIDE];
    int label[2], at[2] = { first, first + 1 };
    data_gather(data, &data->test, n, at, x, label);
    return network_forward(net, n, x, label);
}

static void check_modes(const struct dataset *data)
{
    static struct trainer t;
    struct train_step step;
    float before[2 * WIDTH];
    make(&t, data, "batchnorm", "");
    for (int k = 0; k < 12; k++) must(trainer_step(&t, &step), "it diverged");
    memcpy(before, t.net.buffer, sizeof before);
    t.net.is_testing = 1;
    double both = (double)loss_of(&t.net, 2, data, 0),
           each = ((double)loss_of(&t.net, 1, data, 0) + (double)loss_of(&t.net, 1, data, 1)) / 2;
    trainer_test(&t);
    report(fabs(both - each) < 1e-5 && !memcmp(before, t.net.buffer, sizeof before),
           "in a test an example does not depend on the others, and nothing moves");
    t.net.is_testing = 0;
    both = (double)loss_of(&t.net, 2, data, 0);
    each = ((double)loss_of(&t.net, 1, data, 0) + (double)loss_of(&t.net, 1, data, 1)) / 2;
    report(fabs(both - each) > 1e-3 && memcmp(before, t.net.buffer, sizeof before),
           "in training it does, and the running statistics move");
    trainer_free(&t);
}

/* gamma and beta are no weights: they do not decay */
static void check_decay(const struct dataset *data)
{
    static struct trainer t;
    make(&t, data, "batchnorm", "optimizer adamw lr=0.1 wd=0.5");
    int ok = 1;
    for (int k = 0; k < t.optimizer.pieces; k++) {
        const struct piece *p = &t.optimizer.piece[k];
        size_t gamma = (size_t)(tensor(&t.net, "gamma", HOME_PARAM) - t.net.param), end = gamma + 2 * WIDTH;
        if (p->at < end && p->at + (size_t)p->n > gamma) ok &= !p->decays;
    }
    report(ok && t.net.param[t.optimizer.piece[0].at] != 0 && t.optimizer.piece[0].decays,
           "weights decay, gamma and beta do not");
    trainer_free(&t);
}

/* ---- going on ---- */

static void train_to(struct trainer *t, int epoch)
{
    struct train_step step;
    while (t->epoch < epoch && !trainer_is_finished(t)) must(trainer_step(t, &step), "it diverged");
}

static int is_same(const struct trainer *a, const struct trainer *b)
{
    return !memcmp(a->net.param, b->net.param, a->net.params * sizeof(float)) &&
           !memcmp(a->net.buffer, b->net.buffer, a->net.buffered * sizeof(float));
}

static void check_resume(const struct dataset *data, const char *path, const char *lines)
{
    static struct trainer whole, part;
    static struct checkpoint read;
    char error[ERROR_TEXT];
    make(&whole, data, "batchnorm", lines);
    make(&part, data, "batchnorm", lines);
    train_to(&whole, 4);
    train_to(&part, 2);
    struct checkpoint c = trainer_checkpoint(&part);
    must(checkpoint_write(path, &c, error) && checkpoint_read_file(path, &read, error), error);
    memset(part.net.buffer, 0, part.net.buffered * sizeof(float));
    must(trainer_restore(&part, &read, error), error);
    train_to(&part, 4);
    report(is_same(&whole, &part),
           *lines ? "goes on to the same bits, with early stopping" : "goes on to the same bits");
    if (whole.stopping.param) {
        trainer_take_best(&whole), trainer_take_best(&part);
        report(is_same(&whole, &part), "and to the same best");
    }
    must(trainer_restore(&part, &read, error), error);
    part.net.buffer[WIDTH] += 1;
    train_to(&part, 4);
    report(!is_same(&whole, &part), "a lost running variance is noticed");
    checkpoint_free(&read);
    trainer_free(&whole), trainer_free(&part);
    remove(path);
}

/* the best epoch's running statistics come back with its parameters */
static void check_best(const struct dataset *data)
{
    static struct trainer t;
    float kept[2 * WIDTH];
    make(&t, data, "batchnorm", "early_stop 9\nsplit files validation=0.25");
    train_to(&t, 1);
    memcpy(kept, t.net.buffer, sizeof kept);
    train_to(&t, 2);
    t.stopping.epoch = 1;
    memcpy(t.stopping.buffer, kept, sizeof kept);
    report(memcmp(kept, t.net.buffer, sizeof kept) != 0, "another epoch has other running statistics");
    trainer_take_best(&t);
    report(!memcmp(kept, t.net.buffer, sizeof kept), "the best epoch's are taken");
    trainer_free(&t);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: train_norm SCRATCH_FILE\n");
        return 64;
    }
    struct dataset data = made_data(TRAIN, TEST, SIDE), split = made_data(TRAIN, TEST, SIDE);
    char error[ERROR_TEXT];
    must(split_data(&split, file_with("batchnorm", "split files validation=0.25"), error), error);
    check_update(&data, "batchnorm", 0.1, 16.0 / 15);
    check_update(&data, "batchnorm momentum=0.25 unbiased=0", 0.25, 1);
    check_modes(&data);
    check_decay(&data);
    check_resume(&data, argv[1], "");
    check_resume(&split, argv[1], "early_stop 9\nsplit files validation=0.25");
    check_best(&split);
    data_free(&data), data_free(&split);
    return failed;
}
