/* errata.c - what the articles print about dropout: what each formula gives, and the true value.
 *
 * Article 000 drops weights, with a probability p that it computes from a lambda by a sigmoid. The truth is
 * the mean over all masks of a neuron of three weights, which dropout must not change, and the p that is
 * meant. The frameworks' layers, which two articles use, are taken to do what their manuals say. */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"
#include "../errata.h"

enum { n = 3, MASKS = 1 << n };

static const double w[n] = { 1, 0.5, 2 }, x[n] = { 1, 2, 0.5 };

/* sum of scale w x over the weights that the mask keeps */
static double neuron(uint32_t mask, double scale)
{
    double z = 0;
    for (int k = 0; k < n; k++) z += mask >> k & 1 ? scale * w[k] * x[k] : 0;
    return z;
}

/* the mean of z over all masks */
static double mean(double p, double scale)
{
    double sum = 0;
    for (uint32_t mask = 0; mask < MASKS; mask++) {
        int kept = __builtin_popcount(mask);
        sum += pow(1 - p, kept) * pow(p, n - kept) * neuron(mask, scale);
    }
    return sum;
}

/* the library's own mean: its forward, weights in the place of elements */
static double truth(double p)
{
    double sum = 0;
    for (uint32_t mask = 0; mask < MASKS; mask++) {
        double v[n], z = 0;
        int kept = __builtin_popcount(mask);
        dropout_backward_f64(n, &mask, w, v, p);
        for (int k = 0; k < n; k++) z += v[k] * x[k];
        sum += pow(1 - p, kept) * pow(p, n - kept) * z;
    }
    return sum;
}

static double printed_p(double lambda)
{
    return 1 / (1 + exp(-lambda));
}

int main(void)
{
    double half = printed_p(0), most = printed_p(1);
    errata_head();
    errata_row("000 4.5", "p = 1/(1 + exp(-lambda)), lambda = 0", half, 0, 0,
               "nothing asked for, half is dropped");
    errata_row("000 4.5", "the same, lambda = 0.2", printed_p(0.2), 0.2, 0.2, "p is a parameter itself");
    errata_row("000 4.5", "mean of sum w x, w kept as it is, p = 1/2", mean(half, 1), truth(half),
               mean(half, 1 / (1 - half)), "not rescaled");
    errata_row("000 4.5", "the same, p of lambda = 1", mean(most, 1), truth(most), mean(most, 1 / (1 - most)),
               "not rescaled");
    errata_right("000 5.2", "nn.Dropout(0.5), in training: the mean", mean(0.5, 1 / (1 - 0.5)), truth(0.5));
    errata_right("002 maths 3", "layers.Dropout(0.2), in training: mean", mean(0.2, 1 / (1 - 0.2)),
                 truth(0.2));
    return errata_end();
}
