/* activation_vector.h - activations of n elements in vectors, forward and derivative; x86-64 only. */
#ifndef RUNGS_ACTIVATION_VECTOR_H
#define RUNGS_ACTIVATION_VECTOR_H

struct activation_vector {
    void (*relu)(int n, const float *x, float *y);
    void (*relu_backward)(int n, const float *y, const float *dy, float *dx);
    void (*sigmoid)(int n, const float *x, float *y);
    void (*sigmoid_backward)(int n, const float *y, const float *dy, float *dx);
    void (*tanh)(int n, const float *x, float *y);
    void (*tanh_backward)(int n, const float *y, const float *dy, float *dx);
};

extern const struct activation_vector activation_avx2, activation_avx512;

#endif
