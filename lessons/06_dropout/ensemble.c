/* ensemble.c - the average over all masks. A network 6-10-4 with ReLU and softmax, random weights, one input,
 * and every one of the 2^10 = 1024 networks that dropout makes of its hidden layer:
 *
 *   mean       the average of the 1024 answers, each weighted by its probability: class 0
 *   geometric  their normalised geometric mean
 *   whole      what the whole network says, with nothing dropped
 *   sampled    the mean of so many masks at random, as an ensemble would be in practice
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/dropout.h"
#include "../../reference/reference.h"

enum { IN = 6, HID = 10, OUT = 4, MASKS = 1 << HID };

static double x[IN], w1[HID * IN], b1[HID], w2[OUT * HID], b2[OUT], h[HID];

static void fill(uint64_t stream, int count, double limit, double *out)
{
    float random[HID * IN];
    philox_uniform(3, stream, (size_t)count, -1, 1, random);
    for (int k = 0; k < count; k++) out[k] = limit * (double)random[k];
}

/* prob (OUT) of the network whose hidden neurons are kept where the bits say so */
static void answer(uint32_t bits, double p, double *prob)
{
    double kept[HID], z[OUT];
    dropout_backward_f64(HID, &bits, h, kept, p); /* a mask applied, as on the way back */
    dense_forward_f64(1, HID, OUT, kept, w2, b2, z);
    softmax_forward_f64(1, OUT, z, prob);
}

static double probability(int bits, double p)
{
    int kept = __builtin_popcount((unsigned)bits);
    return pow(1 - p, kept) * pow(p, HID - kept);
}

static double sampled(int masks, double p)
{
    double prob[OUT], mean = 0;
    for (int m = 0; m < masks; m++) {
        double y[HID];
        uint32_t bits;
        dropout_forward_f64(HID, h, y, &bits, p, 100 + (uint64_t)m);
        answer(bits, p, prob);
        mean += prob[0] / masks;
    }
    return mean;
}

static void compare(double p)
{
    double prob[OUT], whole[OUT], mean = 0, log_mean[OUT] = { 0 }, sum = 0;
    for (int bits = 0; bits < MASKS; bits++) {
        answer((uint32_t)bits, p, prob);
        mean += probability(bits, p) * prob[0];
        for (int c = 0; c < OUT; c++) log_mean[c] += probability(bits, p) * log(prob[c]);
    }
    for (int c = 0; c < OUT; c++) sum += exp(log_mean[c]);
    answer(MASKS - 1, 0, whole);
    printf("  %3.1f %9.4f %10.4f %8.4f %12.4f %12.4f\n", p, mean, exp(log_mean[0]) / sum, whole[0],
           sampled(10, p), sampled(1000, p));
}

int main(void)
{
    fill(0, IN, 1, x), fill(1, HID * IN, 1, w1), fill(2, HID, 0.5, b1), fill(3, OUT * HID, 2, w2);
    fill(4, OUT, 0.5, b2);
    dense_relu_forward_f64(1, IN, HID, x, w1, b1, h);
    puts("    p      mean  geometric    whole   10 sampled  1000 sampled");
    for (int k = 1; k < 10; k += 2) compare(k / 10.);
    return 0;
}
