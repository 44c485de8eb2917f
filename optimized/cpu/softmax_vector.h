/* softmax_vector.h - softmax of N rows of C numbers in vectors, alone and under
 * cross-entropy; x86-64 only. */
#ifndef RUNGS_SOFTMAX_VECTOR_H
#define RUNGS_SOFTMAX_VECTOR_H

struct softmax_vector {
    void (*forward)(int N, int C, const float *x, float *y);
    void (*backward)(int N, int C, const float *y, const float *dy, float *dx);
    /* p = softmax(z); returns the sum of -log p[label] */
    double (*xent_forward)(int N, int C, const float *z, const int *label, float *p);
    /* dz = up (p - onehot(label)); dz may be p */
    void (*xent_backward)(int N, int C, const float *p, const int *label, float up, float *dz);
};

extern const struct softmax_vector softmax_avx2, softmax_avx512;

#endif
