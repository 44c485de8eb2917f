/* clothes.h - what the experiments of lesson 5 share: a few real images, a small network, and its training.
 *
 * 1,000 training images of Fashion-MNIST and 5,000 test images, each shrunk to 14 x 14 by averaging four
 * pixels; a 196-32-10 perceptron with ReLU; mini-batches of 50. The network is the trainer's
 * (train/network.h), with products in plain C. Its softmax takes the vectors that the processor has, whose
 * last digits differ: an error in per cent may be another by a tenth on another machine. Without the data a
 * program ends with 77.
 */
#ifndef RUNGS_LESSON_CLOTHES_H
#define RUNGS_LESSON_CLOTHES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../spread.h"
#include "../../base/memory.h"
#include "../../reference/philox.h"
#include "../../reference/reference.h"
#include "../../train/data.h"
#include "../../train/network.h"

enum { SIDE = 14, PIXELS = SIDE * SIDE, HIDDEN = 32, CLASSES = 10, TRAIN = 1000, TEST = 5000, BATCH = 50 };
enum { SEEDS = 5, MID = SEEDS / 2, TOP = SEEDS - 1, SKIPPED = 77 };

/* the parameters, one behind the other: weights and biases of both layers */
enum { W1 = HIDDEN * PIXELS, B1 = HIDDEN, W2 = CLASSES * HIDDEN, B2 = CLASSES, PARAMS = W1 + B1 + W2 + B2 };

static struct images {
    float train[TRAIN * PIXELS], test[TEST * PIXELS];
    int train_label[TRAIN], test_label[TEST];
} * images; /* read_images makes them: five programs with this much static memory would be a burden on all
             * others */

/* x (n, 14 x 14), label (n): the first n of a split */
static void shrink(const struct dataset *data, const struct split *split, int n, float *x, int *label)
{
    static float image[4 * PIXELS];
    for (int k = 0; k < n; k++, x += PIXELS) {
        data_gather(data, split, 1, &k, image, &label[k]);
        for (int p = 0; p < PIXELS; p++) {
            const float *at = image + p / SIDE * 4 * SIDE + p % SIDE * 2;
            x[p] = (at[0] + at[1] + at[2 * SIDE] + at[2 * SIDE + 1]) / 4;
        }
    }
}

/* 0, or the exit code of a program that cannot run here */
static int read_images(void)
{
    char error[ERROR_TEXT];
    struct dataset data;
    if (!data_load(data_find("fashion-mnist"), &data, error)) {
        fprintf(stderr, "this experiment needs Fashion-MNIST: %s\n", error);
        return SKIPPED;
    }
    images = memory_need(1, sizeof *images);
    shrink(&data, &data.train, TRAIN, images->train, images->train_label);
    shrink(&data, &data.test, TEST, images->test, images->test_label);
    data_free(&data);
    return 0;
}

/* how weights move: n of them from a gradient. m and v are 0 before the first step, t = 1 */
struct rule {
    void (*step)(const struct rule *rule, int n, const float *dw, float *w, float *m, float *v, int t);
    double lr, lambda;
    int biases_too; /* 1: they decay like weights */
};

/* the same step for biases: without decay, unless the rule says otherwise */
static void bias_step(const struct rule *rule, int n, const float *db, float *b, float *m, float *v, int t)
{
    struct rule plain = *rule;
    if (!rule->biases_too) plain.lambda = 0;
    plain.step(&plain, n, db, b, m, v, t);
}

static void step_all(const struct rule *r, const float *d, float *w, float *m, float *v, int t)
{
    const int b1 = W1, w2 = W1 + B1, b2 = w2 + W2;
    r->step(r, W1, d, w, m, v, t);
    bias_step(r, B1, d + b1, w + b1, m + b1, v + b1, t);
    r->step(r, W2, d + w2, w + w2, m + w2, v + w2, t);
    bias_step(r, B2, d + b2, w + b2, m + b2, v + b2, t);
}

struct result {
    double train_loss, test_loss, train_error, test_error; /* errors in per cent */
    float w[PARAMS];
};

static void judge(struct network *net, int n, const float *x, const int *label, double *loss, double *error)
{
    int wrong = 0, many = net->batch;
    *loss = 0;
    for (int k = 0; k < n; k += many) {
        *loss += (double)network_forward(net, many, x + (size_t)k * PIXELS, label + k) * many / n;
        for (int i = 0; i < many; i++) wrong += network_guess(net, i) != label[k + i];
    }
    *error = 100.0 * wrong / n;
}

static void shuffle(int *order, uint64_t seed, int epoch)
{
    for (int k = TRAIN - 1; k > 0; k--) {
        uint32_t word = philox_word(seed, 1000 + (uint64_t)epoch, (uint64_t)k);
        int other = (int)(word % (uint32_t)(k + 1)), kept = order[k];
        order[k] = order[other], order[other] = kept;
    }
}

static void make(struct network *net)
{
    static const char text[] = "rungs-network 1\ninput 1x14x14\ndense 32\nrelu\ndense 10\nloss softmax_xent\n"
                               "data fashion-mnist\ninit he_uniform\noptimizer sgd lr=0.1\nbatch 500\n"
                               "epochs 1\nseed 1\n";
    struct netfile file;
    char error[ERROR_TEXT];
    if (netfile_parse(&file, "clothes", text, sizeof text - 1, error) &&
        network_make(net, &file, 500, "03_packed", error))
        return;
    fprintf(stderr, "%s\n", error);
    exit(1);
}

/* Trains from the seed's start, in the seed's order, for so many epochs. */
static inline void train(const struct rule *rule, int epochs, uint64_t seed, struct result *r)
{
    static float x[BATCH * PIXELS], m[PARAMS], v[PARAMS];
    int label[BATCH], order[TRAIN], t = 0;
    struct network net;
    make(&net);
    network_init(&net, seed);
    memset(m, 0, sizeof m), memset(v, 0, sizeof v);
    for (int k = 0; k < TRAIN; k++) order[k] = k;
    for (int epoch = 0; epoch < epochs; epoch++) {
        shuffle(order, seed, epoch);
        for (int k = 0; k < TRAIN; k += BATCH) {
            for (int i = 0; i < BATCH; i++) {
                memcpy(x + i * PIXELS, images->train + order[k + i] * PIXELS, PIXELS * sizeof *x);
                label[i] = images->train_label[order[k + i]];
            }
            network_forward(&net, BATCH, x, label);
            network_backward(&net, BATCH);
            step_all(rule, net.dparam, net.param, m, v, ++t);
        }
    }
    judge(&net, TRAIN, images->train, images->train_label, &r->train_loss, &r->train_error);
    judge(&net, TEST, images->test, images->test_label, &r->test_loss, &r->test_error);
    memcpy(r->w, net.param, sizeof r->w);
    network_free(&net);
}

/* lowest, median and highest of the seeds, after a comma each */
static inline void print_spread(double of[SEEDS], const char *format)
{
    spread_sort(SEEDS, of);
    for (int s = 0; s <= TOP; s += MID) {
        putchar(',');
        printf(format, of[s]);
    }
}

#endif
