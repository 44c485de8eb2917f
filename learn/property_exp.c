/* property_exp.c - what is true of an exact exp, seen through the sigmoid; see property.h.
 *
 * Below BARE the sigmoid is exp(x) itself, to the last bit: 1 + exp(x) is 1 in float, and a number divided
 * by 1 is that number. */
#include "property.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../base/error.h"

enum { BLOCK = 4096, EVERY = 997 }; /* one float in EVERY is looked at */

static const float bare = -17.5F;
static const double most_bare = 2, most = 3; /* units in the last place */

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* what separates floats at y > 0 */
static double unit_at(double y)
{
    int exponent;
    frexp(y, &exponent);
    return ldexp(1, exponent - 24 > -149 ? exponent - 24 : -149);
}

static int is_near(const float *x, const float *y, int n, char *error)
{
    for (int k = 0; k < n; k++) {
        double right = 1 / (1 + exp(-(double)x[k])), units = fabs((double)y[k] - right) / unit_at(right);
        if (units <= (x[k] < bare ? most_bare : most)) continue;
        return error_set(error,
                         "sigmoid_forward: at x = %.9g yours is %.9g, expected %.9g: %.3g units in the last "
                         "place, where %g are allowed%s",
                         (double)x[k], (double)y[k], right, units, x[k] < bare ? most_bare : most,
                         x[k] < bare ? " (there it is exp(x) itself)" : "");
    }
    return 1;
}

/* floats from 0 to `end` or, with their sign bit set, to -end */
static int is_near_to(const struct op *op, call_fn *own, uint32_t sign, float end, char *error)
{
    static float x[BLOCK], y[BLOCK];
    uint32_t bits = 0, last;
    memcpy(&last, &end, sizeof last);
    while (bits <= last) {
        int size[MAX_SIZES] = { 0 };
        for (; size[0] < BLOCK && bits <= last; bits += EVERY) x[size[0]++] = float_of(sign | bits);
        own(op, size, (void *const[]){ x, y });
        if (!is_near(x, y, size[0], error)) return 0;
    }
    return 1;
}

int exp_in_ulp(const struct op *op, call_fn *own, char *error)
{
    if (strcmp(op->name, "sigmoid_forward") != 0) return 1;
    return is_near_to(op, own, (uint32_t)1 << 31, 104, error) && is_near_to(op, own, 0, 104, error);
}
