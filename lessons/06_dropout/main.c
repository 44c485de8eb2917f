/* main.c - the numbers of the section "By hand": four elements, dropped and scaled, and a neuron whose
 * average over all masks is computed in full.
 *
 *   x (4), p, u (4) -> mask (4), y (4)      dy (4) -> dx (4)      h (2), w (2) -> z, s(z)
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/dropout.h"
#include "../../reference/reference.h"

enum { n = 4, H = 2 };

static const double p = 0.5;

static void show(const char *name, int count, const double *v)
{
    printf("  %-14s", name);
    for (int k = 0; k < count; k++) printf(" %8.4f", v[k]);
    putchar('\n');
}

static void elements(void)
{
    const double x[n] = { 1, 2, 3, 4 }, dy[n] = { 0.1, 0.2, 0.3, 0.4 };
    double u[n], kept[n], y[n], dx[n];
    uint32_t mask;
    puts("four elements, p = 1/2, seed 0");
    for (int k = 0; k < n; k++)
        u[k] = dropout_half(0, 0, (uint64_t)k) / 0x1p16 + dropout_half(0, 1, (uint64_t)k) / 0x1p32;
    dropout_forward_f64(n, x, y, &mask, p, 0);
    dropout_backward_f64(n, &mask, dy, dx, p);
    for (int k = 0; k < n; k++) kept[k] = mask >> k & 1;
    show("x", n, x), show("u", n, u), show("mask", n, kept), show("y", n, y);
    show("dy", n, dy), show("dx", n, dx);
}

static double sigmoid(double z)
{
    double y;
    sigmoid_forward_f64(1, &z, &y);
    return y;
}

/* y = 4 or 0, and what its mean and its spread are */
static void moments(void)
{
    const double x = 2, y[2] = { x / (1 - p), 0 };
    double mean = (1 - p) * y[0] + p * y[1],
           variance = (1 - p) * (y[0] - mean) * (y[0] - mean) + p * (y[1] - mean) * (y[1] - mean);
    puts("one element, x = 2");
    show("kept, dropped", 2, y), show("mean", 1, &mean), show("variance", 1, &variance);
}

/* h (2), w (2) -> all four masks */
static void ensemble(void)
{
    const double h[H] = { 1, 2 }, w[H] = { 1, 0.5 };
    double z[4], s[4], mean_z = 0, mean_s = 0, yes = 1, no = 1, whole = w[0] * h[0] + w[1] * h[1];
    for (int m = 0; m < 4; m++) {
        z[m] = ((m & 1) * w[0] * h[0] + (m >> 1) * w[1] * h[1]) / (1 - p);
        s[m] = sigmoid(z[m]);
        mean_z += z[m] / 4, mean_s += s[m] / 4;
        yes *= pow(s[m], 0.25), no *= pow(1 - s[m], 0.25);
    }
    double geometric = yes / (yes + no), s_whole = sigmoid(whole);
    puts("a neuron of two dropped ones, over all four masks");
    show("z", 4, z), show("mean z", 1, &mean_z), show("z whole", 1, &whole);
    show("s(z)", 4, s), show("mean s(z)", 1, &mean_s), show("geometric", 1, &geometric);
    show("s(z whole)", 1, &s_whole);
}

int main(void)
{
    elements();
    moments();
    ensemble();
    return 0;
}
