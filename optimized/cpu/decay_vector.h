/* decay_vector.h - decay in the step, soft threshold and max-norm in vectors; x86-64 only. */
#ifndef RUNGS_DECAY_VECTOR_H
#define RUNGS_DECAY_VECTOR_H

struct decay_vector {
    /* w = keep w - lr dw */
    void (*sgd)(int n, const float *dw, float *w, float lr, float keep);
    /* w = w - (w, or the end of [-t, t] beyond which it lies) */
    void (*threshold)(int n, float *w, float t);
    /* the sum of the squares of n numbers, n at most NORM_PIECE */
    float (*squares)(int n, const float *w);
    /* w = by w */
    void (*scale)(int n, float *w, float by);
};

enum { NORM_PIECE = 1024 }; /* of a row: summed in float, and these sums in double */

extern const struct decay_vector decay_avx2, decay_avx512;

#endif
