/* activation_slope.c - the CPU ladders of an activation with its derivative: x (n) -> y = f(x) (n), s = f'(x) (n).
 *
 * A layer that keeps s instead of x needs no second exp on the way back: dx = dy s. y may be x.
 */
#include "activation_rungs.h"

/* ---- 00_naive: the forward's pass, then the derivative's. ---- */

static void ones(int n, float *s)
{
    for (int k = 0; k < n; k++) s[k] = 1;
}

/* the derivative taken at x comes first, for y may be x */
#define PASSES_x(f, ...)                      \
    ones(n, s);                               \
    f##_backward_f32(n, x, s, s __VA_ARGS__); \
    f##_forward_f32(n, x, y __VA_ARGS__);
#define PASSES_y(f, ...)                  \
    ones(n, s);                           \
    f##_forward_f32(n, x, y __VA_ARGS__); \
    f##_backward_f32(n, y, s, s __VA_ARGS__);

#define NAIVE_WITH_SLOPE(f)                                                                      \
    {                                                                                            \
        "00_naive", RUN(f##_with_slope, f##_with_slope_naive), NEED_NONE, "two passes, in float" \
    }

#define ACTIVATION(f, numbers, at, ...)                                         \
    static void f##_with_slope_naive(int n, const float *x, float *y, float *s) \
    {                                                                           \
        PASSES_##at(f, )                                                        \
    }                                                                           \
    const struct rung f##_with_slope_cpu[] = { NAIVE_WITH_SLOPE(f), { 0 } };
#define ACTIVATION_WITH(f, numbers, at, ...)                                                     \
    static void f##_with_slope_naive(int n, const float *x, float *y, float *s, float parameter) \
    {                                                                                            \
        PASSES_##at(f, , parameter)                                                              \
    }                                                                                            \
    const struct rung f##_with_slope_cpu[] = { NAIVE_WITH_SLOPE(f), { 0 } };
#include "../ops/activations.h"
