/* relu_conv.h - how relu_conv is called: the convolution of a ReLU, without a bias. */
#ifndef RUNGS_OPS_RELU_CONV_H
#define RUNGS_OPS_RELU_CONV_H

#include "../op.h"

void relu_conv_call(any_fn *run, const int *s, void *const *p, const struct scalar *v);
void relu_conv_f64(const int *s, void *const *p, const struct scalar *v);
void relu_conv_cplx(const int *s, void *const *p, const struct scalar *v);

#endif
