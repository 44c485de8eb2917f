/* rate.c - the experiment of lesson 1: one variable, the learning rate, everything else fixed.
 *
 * Two spirals of 60 points each, wound once around each other, must be told apart by a 2-16-16-2 perceptron. Each
 * run starts from random weights and takes 500 steps, each with all points. Five seeds for every rate; CSV on stdout.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum {
    LAYERS = 3,
    HID = 16,
    N = 120,
    STEPS = 500,
    SEEDS = 5,
    PARAMS = 3 * HID + HID * (HID + 1) + 2 * (HID + 1)
};

static const int size[LAYERS + 1] = { 2, HID, HID, 2 };
static double x[N * 2];
static int label[N];

static void make_spirals(void)
{
    const double turn = 2 * acos(-1);
    for (int n = 0; n < N; n++) {
        label[n] = n % 2;
        double radius = (n / 2 + 1.0) / (N / 2.0), angle = turn * (radius + label[n] / 2.0);
        x[2 * n] = radius * cos(angle);
        x[2 * n + 1] = radius * sin(angle);
    }
}

/* weights uniform with variance 2 / size[l], which keeps the activations' size from layer to layer; biases 0 */
static void start_weights(int seed, double *param)
{
    float random[PARAMS];
    philox_uniform((uint64_t)seed, 0, PARAMS, -1, 1, random);
    for (int l = 0, k = 0; l < LAYERS; l++) {
        int end = k + size[l] * size[l + 1];
        for (; k < end; k++) param[k] = sqrt(6.0 / size[l]) * (double)random[k];
        for (end += size[l + 1]; k < end; k++) param[k] = 0;
    }
}

static double loss_after_training(int seed, double lr)
{
    static double param[PARAMS], dparam[PARAMS], act[N * (2 * HID + 2)], dact[N * (2 * HID + 2)], p[N * 2];
    double loss;
    start_weights(seed, param);
    for (int step = 0; step < STEPS; step++) {
        mlp_forward_f64(LAYERS, size, N, param, x, label, act, p, &loss);
        mlp_backward_f64(LAYERS, size, N, param, x, label, act, p, dact, dparam);
        mlp_update_f64(LAYERS, size, dparam, param, lr);
    }
    mlp_forward_f64(LAYERS, size, N, param, x, label, act, p, &loss);
    return loss;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(void)
{
    make_spirals();
    puts("rate,lowest,median,highest");
    for (double rate = 1.0 / 64; rate <= 8; rate *= 2) {
        double loss[SEEDS];
        for (int s = 0; s < SEEDS; s++) loss[s] = loss_after_training(s + 1, rate);
        qsort(loss, SEEDS, sizeof *loss, ascending);
        printf("%.6f,%.4f,%.4f,%.4f\n", rate, loss[0], loss[SEEDS / 2], loss[SEEDS - 1]);
    }
    return 0;
}
