/* own.h - operations that exercises ask for and the suite does not have: their mathematics (own.c) in float
 * and in double, and what a struct op says of them (own_ops.c). */
#ifndef RUNGS_LEARN_OWN_H
#define RUNGS_LEARN_OWN_H

#include <stdint.h>

#define OWN_DECLARE(real, K)                                                                               \
    void inverted_forward_##K(int n, const real *x, const uint32_t *u, real *y, uint32_t *mask, double p); \
    void philox_blocks_##K(int n, const uint32_t *counter, const uint32_t *key, uint32_t *out);            \
    void spared_step_##K(int T, int D, const int *rank, const real *dw, real *w, double lr, double wd);    \
    void mean_momentum_step_##K(int n, const real *dw, real *w, real *m, double lr, double mu);            \
    void free_pair_step_##K(int n, const real *dw, real *y, real *z, double lr, double beta, uint64_t t);  \
    void free_pair_average_##K(int n, const real *y, const real *z, real *x, double beta);                 \
    void tanh_backward_x_##K(int n, const real *x, const real *dy, real *dx);                              \
    void logsumexp_##K(int N, int C, const real *x, real *y);                                              \
    void fair_race_##K(int R, int S, const real *a, const real *b, int *best, int *verdict);

OWN_DECLARE(float, f32)
OWN_DECLARE(double, f64)

typedef __typeof__(inverted_forward_f32) inverted_forward_fn;
typedef __typeof__(philox_blocks_f32) philox_blocks_fn;
typedef __typeof__(spared_step_f32) spared_step_fn;
typedef __typeof__(mean_momentum_step_f32) mean_momentum_step_fn;
typedef __typeof__(logsumexp_f32) logsumexp_fn;
typedef __typeof__(tanh_backward_x_f32) tanh_backward_x_fn;
typedef __typeof__(fair_race_f32) fair_race_fn;
typedef __typeof__(free_pair_step_f32) free_pair_step_fn;
typedef __typeof__(free_pair_average_f32) free_pair_average_fn;

#endif
