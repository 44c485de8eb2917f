/* lies.c - gradient checks of activations that say the wrong thing, each followed by its cure. All in double
 * but where a line says float.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { COUNT = 8 };

static void say(const char *check, const char *slope, int is_right, double error, double tolerance)
{
    int pass = error <= tolerance;
    printf("  %-40s %-16s %9.1e  %s%s\n", check, slope, error, pass ? "pass" : "FAIL",
           pass == is_right ? "" : "  <- a lie");
}

/* relu'(x) by complex step */
static double relu_slope(double x)
{
    double _Complex in = CMPLX(x, 0x1p-300), y;
    relu_forward_cplx(1, &in, &y);
    return cimag(y) / 0x1p-300;
}

/* a backward without its mask, dx = dy: what is its largest error for inputs from (low, 1)? */
static void no_mask(const char *check, float low)
{
    float x[COUNT];
    double worst = 0;
    philox_uniform(1, 0, COUNT, low, 1, x);
    for (int k = 0; k < COUNT; k++) worst = fmax(worst, fabs(1 - relu_slope((double)x[k])));
    say(check, "dx = dy", 0, worst, 1e-12);
}

/* ReLU at its kink, where the library's slope is 0 */
static void kink(void)
{
    const double at[3] = { -1e-5, 0, 1e-5 }, one = 1;
    double y[3], slope;
    relu_forward_f64(3, at, y);
    relu_backward_f64(1, &y[1], &one, &slope);
    say("central, ReLU at x = 0", "the library's", 1, fabs((y[2] - y[0]) / 2e-5 - slope), 1e-7);
    double left = (y[1] - y[0]) / 1e-5,
           right = (y[2] - y[1]) / 1e-5; /* any slope in between is a subgradient */
    say("is it between left and right difference", "the library's", 1,
        fmax(0, fmax(left - slope, slope - right)), 1e-7);
}

/* tanh at x = 10: the slope is 8.2e-9, and "all zeros" is wrong by all of it */
static void flat(void)
{
    const float right = 10 + 1e-2f, left = 10 - 1e-2f;
    float y[2];
    tanh_forward_f32(1, &right, &y[0]);
    tanh_forward_f32(1, &left, &y[1]);
    double central32 = (double)(y[0] - y[1]) / 2e-2;
    say("central in float, tanh at x = 10", "all zeros", 0, fabs(0 - central32), 1e-7);
    double _Complex in = CMPLX(10, 0x1p-300), out;
    tanh_forward_cplx(1, &in, &out);
    double exact = cimag(out) / 0x1p-300;
    say("complex step, error over slope", "all zeros", 0, fabs(0 - exact) / exact, 1e-12);
}

int main(void)
{
    printf("  %-40s %-16s %9s  %s\n", "check", "slope", "error", "says");
    no_mask("ReLU, all inputs above 0", 0);
    no_mask("ReLU, inputs on both sides", -1);
    kink();
    flat();
    return 0;
}
