/* norm_vector.h - batch normalization with vectors: channels from..end-1 of a batch, so
 * that threads can share them.
 *
 * x (N,C,HW). A channel's numbers are N planes of HW, C HW apart; where HW is 1 they are a column, and
 * vectors run across the channels.
 */
#ifndef RUNGS_NORM_VECTOR_H
#define RUNGS_NORM_VECTOR_H

struct norm_forward {
    int N, C, HW;
    const float *x, *gamma, *beta;
    const float *mean, *var; /* what y is made with       */
    float *y;
    float *new_mean, *new_var; /* the same, to be computed; NULL: mean and var are given */
    float eps;
};

struct norm_backward {
    int N, C, HW;
    const float *x, *gamma, *mean, *var, *dy;
    float *dx, *dgamma, *dbeta;
    float eps;
};

void norm_forward_avx2(const struct norm_forward *b, int from, int end);
void norm_backward_avx2(const struct norm_backward *b, int from, int end);
void norm_forward_avx512(const struct norm_forward *b, int from, int end);
void norm_backward_avx512(const struct norm_backward *b, int from, int end);

#endif
