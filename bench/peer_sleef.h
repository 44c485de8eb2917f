/* peer_sleef.h - loops over vectors that call SLEEF's functions, one set for each width; x86-64 only.
 *
 * f holds the functions of that width, in the order of enum sleef_function. */
#ifndef RUNGS_PEER_SLEEF_H
#define RUNGS_PEER_SLEEF_H

#include "../optimized/rung.h"

enum sleef_function { SLEEF_EXP, SLEEF_EXPM1, SLEEF_LOG1P, SLEEF_TANH, SLEEF_ERFC, SLEEF_FUNCTIONS };

typedef void sleef_each_fn(any_fn *const *f, int n, const float *x, float *y);
typedef void sleef_rows_fn(any_fn *const *f, int N, int C, const float *x, float *y);

struct sleef_loops {
    sleef_each_fn *sigmoid, *tanh, *elu, *softplus, *silu, *gelu, *gelu_tanh;
    sleef_rows_fn *softmax;
};

extern const struct sleef_loops sleef_avx2, sleef_avx512;

#endif
