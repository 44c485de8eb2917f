/* property_slope.c - what a float's slope of tanh is at 9, measured; see property.h. */
#include "property.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"

/* the slope that the function makes of one number, with 1 as its upstream */
static double slope_by(const struct op *op, call_fn *own, float at)
{
    const int size[MAX_SIZES] = { 1 };
    float one = 1, dx = NAN;
    own(op, size, (void *const[]){ &at, &one, &dx });
    return (double)dx;
}

static double slope_of(double x)
{
    const double e = exp(-2 * fabs(x));
    return 4 * e / ((1 + e) * (1 + e));
}

/* From y there is no right one: what is left of it is said. */
static int say_from_y(const struct op *op, call_fn *own, char *error)
{
    const double slope = slope_by(op, own, (float)tanh(9)), off = fabs(slope / slope_of(9) - 1);
    error_set(error, "measured at x = 9 in float: the slope from y is %.4g, off by %.3g %%", slope,
              100 * off);
    return 1;
}

int slopes_of_tanh(const struct op *op, call_fn *own, char *error)
{
    static const float points[] = { 9, -9, 12, 30, -40 };
    double off = 0;
    if (strcmp(op->name, "tanh_backward_x") != 0) return say_from_y(op, own, error);
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        const double slope = slope_by(op, own, points[k]), right = slope_of((double)points[k]);
        if (!k) off = fabs(slope / right - 1);
        if (fabs(slope - right) <= 1e-5 * right) continue;
        return error_set(error, "at x = %g yours is %.6g, expected %.6g: x has all digits of the slope",
                         (double)points[k], slope, right);
    }
    error_set(error, "measured at x = 9 in float: the slope from x is %.4g, off by %.2g %%",
              slope_by(op, own, 9), 100 * off);
    return 1;
}
