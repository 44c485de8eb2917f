/* rate.c - the experiment of lesson 1: one variable, the learning rate, everything else fixed.
 *
 * Each run starts from random weights and takes 500 steps, each with all points of spirals.h. Five seeds for
 * every rate; CSV on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../spread.h"
#include "spirals.h"

enum { STEPS = 500, SEEDS = 5 };

static double loss_after_training(int seed, double lr)
{
    static double param[PARAMS], dparam[PARAMS], act[POINTS * NEURONS], dact[POINTS * NEURONS], p[POINTS * 2];
    double loss;
    start_weights(seed, param);
    for (int step = 0; step < STEPS; step++) {
        mlp_forward_f64(LAYERS, size, POINTS, param, x, label, act, p, &loss);
        mlp_backward_f64(LAYERS, size, POINTS, param, x, label, act, p, dact, dparam);
        mlp_update_f64(LAYERS, size, dparam, param, lr);
    }
    mlp_forward_f64(LAYERS, size, POINTS, param, x, label, act, p, &loss);
    return loss;
}

int main(void)
{
    make_spirals();
    puts("rate,lowest,median,highest");
    for (double rate = 1.0 / 64; rate <= 8; rate *= 2) {
        double loss[SEEDS];
        for (int s = 0; s < SEEDS; s++) loss[s] = loss_after_training(s + 1, rate);
        spread_sort(SEEDS, loss);
        printf("%.6f,%.4f,%.4f,%.4f\n", rate, loss[0], loss[SEEDS / 2], loss[SEEDS - 1]);
    }
    return 0;
}
