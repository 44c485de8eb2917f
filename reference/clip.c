/* clip.c - limits for a gradient that is too large, between the backward pass and the optimizer's step. */
#include "real.h"
#include "reference.h"

/* dw (n) = dw min(1, max_norm / (norm + eps)), in place, where norm is the root of the sum of dw^2, which is
 * returned as it was before: all of a network's gradients are one vector, and keep its direction.
 *
 * eps = 1e-6 is PyTorch's, so that 3, 4 clipped to 5 becomes 2.9999994, 3.9999992; eps = 0 is optax's. A NaN
 * makes NaN of all elements; an infinity makes NaN of itself and 0 of the others. */
void REF(clip_norm)(int n, real *dw, real *norm, double max_norm, double eps)
{
    wide sum = 0;
    for (int k = 0; k < n; k++) sum += (wide)dw[k] * (wide)dw[k];
    wide root = sqrt(sum), scale = max_norm / (root + eps);
    if (re(scale) > 1) scale = 1;
    for (int k = 0; k < n; k++) dw[k] *= (real)scale;
    *norm = (real)root;
}

/* dw (n) = dw, but at least -clip_value and at most clip_value, in place: each element by itself, so that the
 * direction changes. NaN stays NaN. */
void REF(clip_value)(int n, real *dw, double clip_value)
{
    const real high = (real)clip_value;
    for (int k = 0; k < n; k++) {
        if (re(dw[k]) > re(high)) dw[k] = high;
        if (re(dw[k]) < -re(high)) dw[k] = -high;
    }
}
