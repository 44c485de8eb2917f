/* slow.c - the experiment of lesson 3: one variable, the loss, everything else fixed. CSV on stdout.
 *
 * 50 points of a disc and 50 of the ring around it must be told apart by a 2-8-1 perceptron with ReLU and a
 * sigmoid at its output. Each step takes all points, at rate 1. The output neuron starts with the bias -8: it
 * says no to every point with p = 0.0003, and is sure and wrong at half of them. The number is the share of
 * points on the wrong side, over five random starts, after so many steps. Beside it, the medians from an
 * ordinary start, bias 0, and from bias -8 with the squared error at rate 8.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "../spread.h"
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { N = 100, HID = 8, SEEDS = 5, STEPS = 4096, PARAMS = 4 * HID + 1, MARKS = 25 };
enum loss { MSE, XENT };

struct net {
    double w1[HID * 2], b1[HID], w2[HID], b2[1];
};

static double x[N * 2], t[N];

static void make_points(void)
{
    float random[2 * N];
    philox_uniform(7, 0, 2 * N, 0, 1, random);
    for (int n = 0; n < N; n++) {
        double u = (double)random[n], angle = 2 * acos(-1) * (double)random[N + n];
        t[n] = n % 2;
        double radius = n % 2 ? 0.5 * sqrt(u) : 0.7 + 0.3 * u;
        x[2 * n] = radius * cos(angle);
        x[2 * n + 1] = radius * sin(angle);
    }
}

/* weights uniform with variance 2 / inputs, biases 0 but the last */
static struct net start(int seed, double last_bias)
{
    float random[3 * HID];
    struct net net = { .b2 = { last_bias } };
    philox_uniform((uint64_t)seed, 0, 3 * HID, -1, 1, random);
    for (int k = 0; k < 2 * HID; k++) net.w1[k] = sqrt(6.0 / 2) * (double)random[k];
    for (int k = 0; k < HID; k++) net.w2[k] = sqrt(6.0 / HID) * (double)random[2 * HID + k];
    return net;
}

/* dz (N) of the logits z (N) */
static void gradient_of(enum loss kind, const double *z, double *dz)
{
    static double p[N], dp[N];
    const double one = 1;
    if (kind == XENT) {
        bce_logits_backward_f64(N, z, t, &one, dz, REDUCE_MEAN);
        return;
    }
    sigmoid_forward_f64(N, z, p);
    mse_backward_f64(N, p, t, &one, dp, REDUCE_MEAN);
    sigmoid_backward_f64(N, p, dp, dz);
}

/* one step; returns the share of points that were on the wrong side before it */
static double step(struct net *net, enum loss kind, double rate)
{
    static double a[N * HID], z[N], dz[N], da[N * HID];
    struct net d;
    int wrong = 0;
    dense_relu_forward_f64(N, 2, HID, x, net->w1, net->b1, a);
    dense_forward_f64(N, HID, 1, a, net->w2, net->b2, z);
    for (int n = 0; n < N; n++) wrong += (z[n] > 0) != (t[n] > 0);
    gradient_of(kind, z, dz);
    dense_backward_dw_f64(N, HID, 1, a, dz, d.w2, d.b2);
    dense_relu_backward_dx_f64(N, HID, 1, a, net->w2, dz, da);
    dense_backward_dw_f64(N, 2, HID, x, da, d.w1, d.b1);
    sgd_step_f64(PARAMS, (const double *)&d, (double *)net, rate); /* a net is numbers only */
    return (double)wrong / N;
}

/* 0, 1, 2, 3, 4, 6, 8, 11, 16, ... 4096: powers of the square root of 2 */
static int mark(int k)
{
    return k < 2 ? k : (int)floor(pow(2, k / 2.0) + 0.5);
}

/* error[k][0..4]: of the five seeds in ascending order, after mark(k) steps */
static void train(enum loss kind, double last_bias, double rate, double error[MARKS][SEEDS])
{
    for (int s = 0; s < SEEDS; s++) {
        struct net net = start(s + 1, last_bias);
        int done = 0;
        for (int k = 0; k < MARKS; k++)
            for (double e; done <= mark(k); done++) e = step(&net, kind, rate), error[k][s] = e;
    }
    for (int k = 0; k < MARKS; k++) spread_sort(SEEDS, error[k]);
}

int main(void)
{
    static double mse[MARKS][SEEDS], xent[MARKS][SEEDS], fast[MARKS][SEEDS], mse_0[MARKS][SEEDS],
        xent_0[MARKS][SEEDS];
    enum { MID = SEEDS / 2, TOP = SEEDS - 1 };
    make_points();
    train(MSE, -8, 1, mse), train(XENT, -8, 1, xent), train(MSE, -8, 8, fast);
    train(MSE, 0, 1, mse_0), train(XENT, 0, 1, xent_0);
    puts("steps,mse_low,mse,mse_high,xent_low,xent,xent_high,mse_rate8,mse_bias0,xent_bias0");
    for (int k = 0; k < MARKS; k++)
        printf("%d,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f,%.2f\n", mark(k), mse[k][0], mse[k][MID],
               mse[k][TOP], xent[k][0], xent[k][MID], xent[k][TOP], fast[k][MID], mse_0[k][MID],
               xent_0[k][MID]);
    return 0;
}
