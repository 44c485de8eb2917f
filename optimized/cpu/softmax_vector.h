/* softmax_vector.h - softmax of N rows of C numbers in vectors, forward and derivative; x86-64 only. */
#ifndef RUNGS_SOFTMAX_VECTOR_H
#define RUNGS_SOFTMAX_VECTOR_H

struct softmax_vector {
    void (*forward)(int N, int C, const float *x, float *y);
    void (*backward)(int N, int C, const float *y, const float *dy, float *dx);
};

extern const struct softmax_vector softmax_avx2, softmax_avx512;

#endif
