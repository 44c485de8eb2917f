/* units.h - what the units' files share: the tables, small helpers. */
#ifndef ZOO_UNITS_H
#define ZOO_UNITS_H

#include <math.h>
#include <stddef.h>

#include "zoo.h"

extern const struct zoo_table zoo_dense, zoo_activation, zoo_loss, zoo_conv2d, zoo_pool, zoo_regular,
    zoo_norm, zoo_mlp, zoo_shared, zoo_losses, zoo_mechanism, zoo_right;

#define ZOO_PI 3.14159265358979323846

static inline double zoo_nan(void)
{
    return (double)NAN;
}

static inline double zoo_sigmoid(double x)
{
    double e = exp(x > 0 ? -x : x);
    return (x > 0 ? 1 : e) / (1 + e);
}

static inline int zoo_min(int a, int b)
{
    return a < b ? a : b;
}

#endif
