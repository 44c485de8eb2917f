/* property_loss.c - what is true of right losses far from 0; see property.h. */
#include "property.h"

#include <math.h>
#include <string.h>

#include "../base/error.h"

/* what is rounded on the way, and the smallest number of float */
static int is_near(double yours, double right)
{
    return fabs(yours - right) <= 1e-5 * fabs(right) + 0x1p-149;
}

/* the loss, and its slope, of the logit z and the target t: no difference in it is of equal numbers */
static double loss_of(double z, double t)
{
    return z > 0 ? z * (1 - t) + log1p(exp(-z)) : -z * t + log1p(exp(z));
}

static double slope_of(double z, double t)
{
    double e = exp(-fabs(z)), p = e / (1 + e);
    return z > 0 ? (1 - t) - p : p - t;
}

int far_logits(const struct op *op, call_fn *own, char *error)
{
    static const int one[MAX_SIZES] = { 1 };
    static const float logit[] = { 100, -100, 88, -88, 30, -30, 17, -17, 1, -1, 0 },
                       target[] = { 0, 1, 0.25F };
    const int is_loss = !strcmp(op->name, "bce_logits_forward");
    for (size_t k = 0; k < sizeof logit / sizeof *logit; k++)
        for (size_t i = 0; i < sizeof target / sizeof *target; i++) {
            float z = logit[k], t = target[i], upstream = 1, yours = NAN;
            void *const loss[] = { &z, &t, &yours }, *const slope[] = { &z, &t, &upstream, &yours };
            own(op, one, is_loss ? loss : slope);
            double right = (is_loss ? loss_of : slope_of)((double)z, (double)t);
            if (!is_near((double)yours, right))
                return error_set(error, "at z = %g with t = %g the %s is %.6g; yours is %.6g", (double)z,
                                 (double)t, is_loss ? "loss" : "slope", right, (double)yours);
        }
    return 1;
}

/* rows of three logits, and the logarithm of the sum of their exponentials */
static const struct {
    float x[3];
    double right;
} far[] = {
    { { 10000, 9999, -10000 }, 10000.313261687518 },
    { { -10000, -10000, -10000 }, -9998.901387711332 },
    { { -INFINITY, -INFINITY, -INFINITY }, -HUGE_VAL },
    { { -INFINITY, -3, -INFINITY }, -3 },
    { { 0, 0, 0 }, 1.0986122886681098 },
    { { INFINITY, 0, 5 }, HUGE_VAL },
};

int far_rows(const struct op *op, call_fn *own, char *error)
{
    static const int size[MAX_SIZES] = { 1, 3 };
    if (strcmp(op->name, "logsumexp") != 0) return 1;
    for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
        float x[3], yours = NAN;
        void *const buf[] = { x, &yours };
        memcpy(x, far[k].x, sizeof x);
        own(op, size, buf);
        double right = far[k].right;
        if (!((double)yours == right || fabs((double)yours - right) <= 1e-6 * fabs(right)))
            return error_set(error, "for the row %g %g %g the result is %.9g; yours is %.9g", (double)x[0],
                             (double)x[1], (double)x[2], right, (double)yours);
    }
    return 1;
}
