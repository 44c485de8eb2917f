/* clothes.h - Fashion-MNIST at half its resolution, few examples of it, and a network for them: what the
 * experiments of lesson 6 train. An image is 14x14, each pixel the mean of four. */
#ifndef RUNGS_CLOTHES_H
#define RUNGS_CLOTHES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"
#include "../../train/trainer.h"

enum { SIDE = 14, PIXELS = SIDE * SIDE };
enum clothes { CLOTHES, CLOTHES_BROKEN, CLOTHES_NOT_HERE = 77 }; /* of clothes_load: an exit code */

/* the first n examples of the split whose class is below `classes`, or, if that is negative, is not below
 * its amount */
static inline struct split clothes_split(const struct split *all, int n, int classes)
{
    struct split some = split_make(n, PIXELS, 0);
    some.n = 0;
    for (int k = 0; some.n < n && k < all->n; k++) {
        if (classes < 0 ? all->label[k] < -classes : all->label[k] >= classes) continue;
        const unsigned char *from = all->image + (size_t)k * 4 * PIXELS;
        for (int i = 0; i < PIXELS; i++) {
            const unsigned char *p = from + i / SIDE * 4 * SIDE + i % SIDE * 2;
            some.image[some.n * PIXELS + i] =
                (unsigned char)((p[0] + p[1] + p[2 * SIDE] + p[2 * SIDE + 1] + 2) / 4);
        }
        some.label[some.n++] = all->label[k];
    }
    return some;
}

/* Reads Fashion-MNIST and keeps so many examples of classes 0 to classes - 1. others: if not NULL, as many
 * test examples of the classes that are left out. What is wrong is said on stderr in
 * the name of the program. */
static inline enum clothes clothes_load(const char *program, struct dataset *data, int train, int test,
                                        int classes, struct split *others)
{
    const struct data_set *set = data_find("fashion-mnist");
    char error[ERROR_TEXT], path[DATA_PATH];
    int here = data_where(set, path, error);
    struct dataset all;
    if (!here || !data_load(set, &all, error)) {
        fprintf(stderr, "lesson 6 %s: %s\n", program, error);
        return here ? CLOTHES_BROKEN : CLOTHES_NOT_HERE;
    }
    *data = (struct dataset){ .set = set, .channels = 1, .rows = SIDE, .cols = SIDE, .features = PIXELS };
    data->mean = memory_need(PIXELS, sizeof *data->mean);
    data->train = clothes_split(&all.train, train, classes);
    data->test = clothes_split(&all.test, test, classes);
    if (others) *others = clothes_split(&all.test, test, -classes);
    data_free(&all);
    double squares = 0;
    for (int i = 0; i < PIXELS; i++) {
        double sum = 0, square = 0;
        for (int k = 0; k < data->train.n; k++) {
            double x = data->train.image[k * PIXELS + i];
            sum += x, square += x * x;
        }
        data->mean[i] = (float)(sum / data->train.n);
        squares += square / data->train.n - sum / data->train.n * (sum / data->train.n);
    }
    data->deviation[0] = (float)sqrt(squares / PIXELS);
    return CLOTHES;
}

static inline void clothes_free(struct dataset *data, struct split *others)
{
    free(data->mean), free(data->train.image), free(data->train.label), free(data->test.image);
    free(data->test.label);
    if (others) free(others->image), free(others->label);
}

static inline struct netfile clothes_file(const char *text)
{
    char error[ERROR_TEXT];
    struct netfile file;
    if (netfile_parse(&file, "clothes", text, strlen(text), error)) return file;
    fprintf(stderr, "%s\n", error);
    exit(1);
}

/* a perceptron 196-256-10 whose hidden neurons are dropped with probability p */
static inline struct netfile clothes_network(double p, int epochs, int seed)
{
    char text[400];
    snprintf(text, sizeof text,
             "rungs-network 1\ninput 1x14x14\ndense 256\nrelu\ndropout p=%g\ndense 10\n"
             "loss softmax_xent\ndata fashion-mnist\ninit he_uniform\noptimizer sgd lr=0.1\n"
             "batch 50\nepochs %d\nseed %d\n",
             p, epochs, seed);
    return clothes_file(text);
}

/* a trainer for the file; ends the program if the network cannot be made */
static inline void clothes_trainer(struct trainer *t, const struct dataset *data, const struct netfile *file)
{
    char error[ERROR_TEXT];
    if (trainer_make(t, data, file, "best", error)) return;
    fprintf(stderr, "%s\n", error);
    exit(1);
}

/* share of wrong guesses among the examples of a split, and their loss */
static inline double clothes_wrong(struct trainer *t, const struct dataset *data, struct split split,
                                   double *loss)
{
    struct dataset shown = *data;
    shown.test = split;
    t->data = &shown;
    struct train_test result = trainer_test(t);
    t->data = data;
    *loss = result.loss;
    return 1 - (double)result.right / result.n;
}

#endif
