/* xent_vector.h - cross-entropy of rows, some rows at a time: what the rungs of xent.c
 * are put together from. */
#ifndef RUNGS_XENT_VECTOR_H
#define RUNGS_XENT_VECTOR_H

struct xent_job {
    int C;
    const float *z;
    const int *label;   /* of each row, negative for none; or NULL: t                 */
    const float *t;     /* soft labels                                                */
    float *loss;        /* of each row, or NULL: only their sum is wanted             */
    const float *dloss; /* of each row, or NULL: that of all is `up`                  */
    float *dz;          /* may be z                                                   */
    float up, smoothing;
};

/* Rows first..first+rows-1. Returns the sum of their losses if it makes losses. */
typedef double xent_rows_fn(const struct xent_job *job, int first, int rows);

struct xent_kernels {
    xent_rows_fn *forward, *backward, *both;
};

/* online: a row is read once for the maximum and the sum of exp, once more for the gradient
 * fused:  exp is kept in dz on the way, and scaled there
 * batched: one row per lane, for C <= XENT_BATCHED; forward, backward and both */
struct xent_vector {
    struct xent_kernels online, fused, batched;
};

enum { XENT_BATCHED = 16 };

/* Logits that are read for their maximum and again for exp while the cache holds them. The sum of the blocks'
 * sums rounds four times per block, that of a block BLOCK / 16 times: within sum_depth of ops/op_common.h. */
enum {
    XENT_BLOCK = 1024,
    XENT_LARGE = 1 << 16, /* longer rows have longer blocks, about 4 sqrt(C) */
    XENT_BLOCKS = 128     /* whose maxima `fused` can keep                   */
};

extern const struct xent_vector xent_portable;
extern const struct xent_kernels xent_polynomial; /* maximum, sum and gradient: three times through the row */
extern const struct xent_vector xent_avx2, xent_avx512; /* x86-64 only */

#endif
