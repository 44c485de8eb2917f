/* lies.c - three gradient checks that say the wrong thing, each followed by its cure.
 *
 * The layer is y = sigmoid(x), then y = relu(x), with dx = dy * f'(x). Everything is in double.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { COUNT = 8 };

static double x[COUNT], y[COUNT], dy[COUNT];

/* exact[k] = d(sum of dy * sigmoid(x)) / dx[k] by complex step */
static void exact_slopes(double *exact)
{
    const double h = 0x1p-300;
    for (int k = 0; k < COUNT; k++) {
        double _Complex in = CMPLX(x[k], h), out;
        sigmoid_forward_cplx(1, &in, &out);
        exact[k] = dy[k] * cimag(out) / h;
    }
}

/* the wrong backward of the first lie: y (1 - y), the upstream gradient forgotten */
static void forgets_dy(double *dx)
{
    for (int k = 0; k < COUNT; k++) dx[k] = y[k] * (1 - y[k]);
}

static double worst_error(const double *dx, int relative)
{
    double exact[COUNT], worst = 0, largest = 0;
    exact_slopes(exact);
    for (int k = 0; k < COUNT; k++) {
        worst = fmax(worst, fabs(dx[k] - exact[k]));
        largest = fmax(largest, fabs(exact[k]));
    }
    return relative ? worst / largest : worst;
}

static void say(const char *check, const char *gradient, int is_right, double error, double tolerance)
{
    int pass = error <= tolerance;
    printf("  %-37s %-12s %9.1e  %s%s\n", check, gradient, error, pass ? "pass" : "FAIL",
           pass == is_right ? "" : "  <- a lie");
}

static void draw(double dy_size)
{
    float random[2 * COUNT];
    philox_uniform(1, 0, 2 * COUNT, -1, 1, random);
    for (int k = 0; k < COUNT; k++) {
        x[k] = (double)random[k];
        dy[k] = dy_size * (double)random[COUNT + k];
    }
    sigmoid_forward_f64(COUNT, x, y);
}

int main(void)
{
    double dx[COUNT] = { 0 };
    printf("  %-37s %-12s %9s  %s\n", "check", "gradient", "error", "says");

    draw(1);
    forgets_dy(dx);
    double random_error = worst_error(dx, 1);
    for (int k = 0; k < COUNT; k++) dy[k] = 1;
    say("upstream all ones", "forgets dy", 0, worst_error(dx, 1), 1e-12);
    say("upstream random", "forgets dy", 0, random_error, 1e-12);

    draw(1e-2); /* the mean over a batch of a hundred makes gradients this small */
    for (int k = 0; k < COUNT; k++) dx[k] = 0;
    say("absolute error, tolerance 1e-2", "all zeros", 0, worst_error(dx, 0), 1e-2);
    say("relative to the largest element", "all zeros", 0, worst_error(dx, 1), 1e-12);

    const double near_kink = 1e-7, h = 1e-5, one = 1;
    double left = near_kink - h, right = near_kink + h, at, slope;
    double _Complex in = CMPLX(near_kink, 0x1p-300), out;
    relu_forward_f64(1, &near_kink, &at);
    relu_backward_f64(1, &at, &one, &slope);
    relu_forward_f64(1, &left, &left);
    relu_forward_f64(1, &right, &right);
    relu_forward_cplx(1, &in, &out);
    say("central, h = 1e-5, ReLU at x = 1e-7", "right", 1, fabs(slope - (right - left) / (2 * h)), 1e-7);
    say("complex step, the same place", "right", 1, fabs(slope - cimag(out) / 0x1p-300), 1e-12);
    return 0;
}
