/* activation_vector.h - activations of n elements in vectors, forward and derivative; x86-64 only. */
#ifndef RUNGS_ACTIVATION_VECTOR_H
#define RUNGS_ACTIVATION_VECTOR_H

#include "../op.h"

struct activation_vector {
    activation_forward_fn *relu;
    activation_backward_fn *relu_backward;
    activation_forward_fn *sigmoid;
    activation_backward_fn *sigmoid_backward;
    activation_forward_fn *tanh;
    activation_backward_fn *tanh_backward;
    activation_forward_with_fn *leaky_relu;
    activation_backward_with_fn *leaky_relu_backward;
    activation_forward_with_fn *elu;
    activation_backward_with_fn *elu_backward;
    activation_forward_fn *softplus;
    activation_backward_fn *softplus_backward;
    activation_forward_fn *silu;
    activation_backward_fn *silu_backward;
    activation_forward_fn *gelu;
    activation_backward_fn *gelu_backward;
    activation_forward_fn *gelu_tanh;
    activation_backward_fn *gelu_tanh_backward;
};

extern const struct activation_vector activation_avx2, activation_avx512;

#endif
