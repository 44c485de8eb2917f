/* predictions.c - the numbers that exercises ask students to predict, computed by the reference; see
 * learn.h. */
#include "learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

/* ---- 1.7 which_h: the step at which a numerical derivative of tanh is best ---- */

enum { POINTS = 256 };

/* the point k, in [-1, 1), and what is h from it, rounded to float if that is asked */
static double point(int k, double h, int in_float)
{
    float x = (float)k * 2 / POINTS - 1;
    return in_float ? (double)(x + (float)h) : (double)x + h;
}

static void tanh_at(double h, int in_float, double *y)
{
    double x[POINTS];
    float narrow_x[POINTS], narrow[POINTS];
    for (int k = 0; k < POINTS; k++) x[k] = point(k, h, in_float), narrow_x[k] = (float)x[k];
    if (!in_float) {
        tanh_forward_f64(POINTS, x, y);
        return;
    }
    tanh_forward_f32(POINTS, narrow_x, narrow);
    for (int k = 0; k < POINTS; k++) y[k] = (double)narrow[k];
}

/* the mean error of forward or central differences over all points */
static double difference_error(double h, int in_float, int central)
{
    double above[POINTS], below[POINTS], y[POINTS], one[POINTS], slope[POINTS], sum = 0;
    tanh_at(0, 0, y);
    for (int k = 0; k < POINTS; k++) one[k] = 1;
    tanh_backward_f64(POINTS, y, one, slope);
    tanh_at(h, in_float, above), tanh_at(central ? -h : 0, in_float, below);
    for (int k = 0; k < POINTS; k++) sum += fabs((above[k] - below[k]) / (central ? 2 * h : h) - slope[k]);
    return sum / POINTS;
}

/* the h of the least error, of eight per decade */
static double best_h(int in_float, int central)
{
    double best = 1, least = HUGE_VAL;
    for (int k = 0; k <= 120; k++) {
        double h = pow(10, -k / 8.0), error = difference_error(h, in_float, central);
        if (error < least) least = error, best = h;
    }
    return best;
}

const struct answer *which_h_answers(void)
{
    static struct answer answers[5];
    static const char *const precision = "the machine's precision itself: the difference has no digit left";
    if (answers->name) return answers;
    const struct answer right[] = {
        { "central_double",
          best_h(0, 1),
          0,
          10,
          { { 1e-8, "the h of forward differences: central ones are right to h^2, and need a larger one" },
            { 1.1e-16, precision },
            { 1e-3, "far up the other side: h^2 is 1e-6, where 1e-11 is possible" } } },
        { "forward_double",
          best_h(0, 0),
          0,
          10,
          { { 1e-5,
              "the h of central differences: forward ones are right only to h, and need a smaller one" },
            { 1.1e-16, precision } } },
        { "central_float",
          best_h(1, 1),
          0,
          10,
          { { 1e-5, "the h of double: in float the difference has two digits left there" },
            { 6e-8, precision } } },
        { "forward_float",
          best_h(1, 0),
          0,
          10,
          { { 1e-8, "the h of double: in float x + h is x there" }, { 6e-8, precision } } },
        { 0 },
    };
    memcpy(answers, right, sizeof answers);
    return answers;
}

/* ---- 2.3 tanh_slope: the slope of tanh at 9, from x and from y ---- */

/* 1 - y^2 in float, y = tanh(x) rounded to float */
static double slope_in_float(float x)
{
    float y, one = 1, slope;
    tanh_forward_f32(1, &x, &y);
    tanh_backward_f32(1, &y, &one, &slope);
    return (double)slope;
}

/* from x, where nothing cancels: 4 e / (1 + e)^2 with e = exp(-2 |x|) */
static double slope_of_x(double x)
{
    double e = exp(-2 * fabs(x));
    return 4 * e / ((1 + e) * (1 + e));
}

/* the largest relative error of 1 - y^2 in double for x near 9 */
static double error_in_double(void)
{
    double most = 0, one = 1;
    for (int k = 0; k < 1000; k++) {
        double x = 8.95 + 1e-4 * k, y, slope;
        tanh_forward_f64(1, &x, &y);
        tanh_backward_f64(1, &y, &one, &slope);
        most = fmax(most, fabs(slope / slope_of_x(x) - 1));
    }
    return most;
}

/* the least x whose tanh is 1 in float */
static double first_one(void)
{
    double low = 8, high = 12;
    for (int k = 0; k < 40; k++) {
        double middle = (low + high) / 2;
        if (slope_in_float((float)middle) > 0)
            low = middle;
        else
            high = middle;
    }
    return high;
}

const struct answer *tanh_slope_answers(void)
{
    static struct answer answers[5];
    if (answers->name) return answers;
    const double slope = slope_of_x(9), error = fabs(slope_in_float(9) / slope - 1);
    const struct answer right[] = {
        { "slope",
          slope,
          0,
          1.05,
          { { slope / 2, "1 - y; 1 - y^2 = (1 - y) (1 + y) is twice as much" },
            { -80, "1 - x^2: the formula takes y" },
            { 0, "what float says from x = 9.1 on, but not the slope" } } },
        { "error_float",
          error,
          0,
          1.25,
          { { 6e-8, "a rounding's error, relative to y; the slope is as small as that" },
            { 1.2e-7, "the distance of two floats, relative to y" } } },
        { "error_double",
          error_in_double(),
          0,
          5,
          { { 1.1e-16, "a rounding's error, relative to y; the slope is 6e-8 of it" },
            { 6e-8, "the slope itself, not the share of it that is wrong" } } },
        { "zero_from",
          first_one(),
          0.1,
          0,
          { { 88.7, "where exp overflows" },
            { 18.7, "that is the x of double" },
            { 8.3, "where 1 - y is a float's last digit: "
                   "half of it still rounds to it" } } },
        { 0 },
    };
    memcpy(answers, right, sizeof answers);
    return answers;
}

/* ---- 2.6 twenty_layers: what is left of a gradient ----
 *
 *   x (N,HID) -> z_1 -> a_1 = f(z_1) -> ... -> z_20 (N,HID), weights (HID,HID) of variance 1 / HID
 *
 * The gradient that enters z_20 is random; the answer is |dL/dz_1| / |dL/dz_20|, the median of five seeds. */

enum { N = 8, HID = 128, LAYERS = 20, SEEDS = 5, ALL = N * HID };

struct chain {
    double w[LAYERS][HID * HID], z[LAYERS][ALL], a[LAYERS][ALL], zeros[HID];
};

typedef void map_fn(int n, const double *x, double *y);
typedef void slope_fn(int n, const double *y, const double *dy, double *dx);

static void fill(uint64_t seed, uint64_t stream, size_t n, double scale, double *x)
{
    float *random = memory_need(n, sizeof *random);
    philox_uniform(seed, stream, n, -1, 1, random);
    for (size_t k = 0; k < n; k++) x[k] = scale * (double)random[k];
    free(random);
}

static double norm(const double *x)
{
    double sum = 0;
    for (int k = 0; k < ALL; k++) sum += x[k] * x[k];
    return sqrt(sum);
}

/* one seed; forward NULL: no activation */
static double kept(struct chain *c, uint64_t seed, map_fn *forward, slope_fn *backward)
{
    static double dz[ALL], da[ALL];
    fill(seed, LAYERS, ALL, sqrt(3.0), c->a[0]); /* of variance 1 */
    for (int l = 0; l < LAYERS; l++) {
        fill(seed, (uint64_t)l, HID * HID, sqrt(3.0 / HID), c->w[l]);
        dense_forward_f64(N, HID, HID, l ? c->a[l - 1] : c->a[0], c->w[l], c->zeros, c->z[l]);
        if (forward)
            forward(ALL, c->z[l], c->a[l]);
        else
            memcpy(c->a[l], c->z[l], sizeof c->a[l]);
    }
    fill(seed, LAYERS + 1, ALL, 1, dz);
    const double last = norm(dz);
    for (int l = LAYERS - 1; l > 0; l--) {
        dense_backward_dx_f64(N, HID, HID, c->w[l], dz, da);
        if (backward)
            backward(ALL, c->a[l - 1], da, dz);
        else
            memcpy(dz, da, sizeof dz);
    }
    return norm(dz) / last;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_kept(map_fn *forward, slope_fn *backward)
{
    struct chain *c = memory_need(1, sizeof *c);
    double ratio[SEEDS];
    memset(c->zeros, 0, sizeof c->zeros);
    for (int s = 0; s < SEEDS; s++) ratio[s] = kept(c, (uint64_t)s + 1, forward, backward);
    qsort(ratio, SEEDS, sizeof *ratio, by_size);
    free(c);
    return ratio[SEEDS / 2];
}

const struct answer *twenty_layers_answers(void)
{
    static struct answer answers[5];
    if (answers->name) return answers;
    const double sigmoid = median_kept(sigmoid_forward_f64, sigmoid_backward_f64);
    const struct answer right[] = {
        { "none",
          median_kept(NULL, NULL),
          0,
          2,
          { { 128, "the width: the variance of the weights is 1 over it" },
            { 0, "nothing would be left" } } },
        { "relu",
          median_kept(relu_forward_f64, relu_backward_f64),
          0,
          2,
          { { 1, "what is left with weights of variance 2 / 128" },
            { pow(0.5, LAYERS - 1),
              "a half per layer: half of the squares, so the root of a half of the norm" } } },
        { "sigmoid_layer",
          pow(sigmoid, 1.0 / (LAYERS - 1)),
          0,
          1.04,
          { { 0.25, "the slope at 0, its largest: z is not 0 everywhere" },
            { 0.28, "what lesson 2 has, with weights of twice the variance" } } },
        { "sigmoid",
          sigmoid,
          0,
          2,
          { { pow(0.25, LAYERS - 1), "1/4 per layer: six per cent less each, 19 times, is two thirds less" },
            { 0.25 / LAYERS, "a sum over the layers, but it is a product" } } },
        { 0 },
    };
    memcpy(answers, right, sizeof answers);
    return answers;
}
