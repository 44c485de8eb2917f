/* train.c - a network learns: the two spirals of spirals.h, in batches of 20 points, 100 times through all of
 * them. */
#include <stdio.h>
#include <string.h>
#include "spirals.h"

enum { BATCH = 20, EPOCHS = 100, SEED = 1 };

static double param[PARAMS], dparam[PARAMS];
static double act[POINTS * NEURONS], dact[BATCH * NEURONS], p[POINTS * 2];

/* Every point once, BATCH of them at a time: forward, backward, and one small step of all weights. */
static void train_epoch(double lr)
{
    for (int first = 0; first < POINTS; first += BATCH) {
        const double *batch = x + 2 * first;
        double loss;
        mlp_forward_f64(LAYERS, size, BATCH, param, batch, label + first, act, p, &loss);
        mlp_backward_f64(LAYERS, size, BATCH, param, batch, label + first, act, p, dact, dparam);
        mlp_update_f64(LAYERS, size, dparam, param, lr);
    }
}

/* The points in a random order, so that each batch holds a bit of everything */
static void shuffle(uint64_t epoch)
{
    float random[POINTS];
    philox_uniform(SEED, epoch, POINTS, 0, 1, random);
    for (int n = POINTS - 1; n > 0; n--) {
        int other = (int)(random[n] * (float)n), swapped = label[n];
        double point[2];
        memcpy(point, x + 2 * n, sizeof point);
        memcpy(x + 2 * n, x + 2 * other, sizeof point);
        memcpy(x + 2 * other, point, sizeof point);
        label[n] = label[other];
        label[other] = swapped;
    }
}

static void show(int epoch)
{
    double loss;
    int wrong = 0;
    mlp_forward_f64(LAYERS, size, POINTS, param, x, label, act, p, &loss);
    for (int n = 0; n < POINTS; n++) wrong += (p[2 * n + 1] > p[2 * n]) != label[n];
    printf("epoch %3d  loss %.3f  %3d of %d wrong\n", epoch, loss, wrong, POINTS);
}

int main(void)
{
    make_spirals();
    start_weights(SEED, param);
    show(0);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        shuffle((uint64_t)epoch);
        train_epoch(0.25);
        if (epoch == 1 || epoch == 10 || epoch % 25 == 0) show(epoch);
    }
    return 0;
}
