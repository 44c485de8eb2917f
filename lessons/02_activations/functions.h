/* functions.h - the library's activations as a list that the programs of this lesson walk;
 * made of ops/activations.h.
 *
 * leaky_relu and elu have a parameter; here it is the usual one.
 */
#ifndef RUNGS_LESSON_02_FUNCTIONS_H
#define RUNGS_LESSON_02_FUNCTIONS_H

#include "../../reference/reference.h"

struct function {
    const char *name;
    int at_y; /* is its derivative taken at y = f(x)? else at x */
    void (*forward32)(int n, const float *x, float *y);
    void (*backward32)(int n, const float *at, const float *dy, float *dx);
    void (*forward)(int n, const double *x, double *y);
    void (*backward)(int n, const double *at, const double *dy, double *dx);
};

#define USUAL_leaky_relu 0.01
#define USUAL_elu        1
#define USUAL(f, real, K)                                                               \
    static void f##_forward_usual_##K(int n, const real *x, real *y)                    \
    {                                                                                   \
        f##_forward_##K(n, x, y, (real)USUAL_##f);                                      \
    }                                                                                   \
    static void f##_backward_usual_##K(int n, const real *at, const real *dy, real *dx) \
    {                                                                                   \
        f##_backward_##K(n, at, dy, dx, (real)USUAL_##f);                               \
    }
#define ACTIVATION(f, ...)
#define ACTIVATION_WITH(f, ...) USUAL(f, float, f32) USUAL(f, double, f64)
#include "../../optimized/ops/activations.h"
#undef ACTIVATION
#undef ACTIVATION_WITH

#define AT_y 1
#define AT_x 0
#define FUNCTION(f, at, usual)   \
    { #f,                        \
      AT_##at,                   \
      f##_forward##usual##_f32,  \
      f##_backward##usual##_f32, \
      f##_forward##usual##_f64,  \
      f##_backward##usual##_f64 },
#define ACTIVATION(f, numbers, at, ...)      FUNCTION(f, at, )
#define ACTIVATION_WITH(f, numbers, at, ...) FUNCTION(f, at, _usual)
static const struct function functions[] = {
#include "../../optimized/ops/activations.h"
};
#undef ACTIVATION
#undef ACTIVATION_WITH
enum { FUNCTIONS = sizeof functions / sizeof *functions };

#endif
