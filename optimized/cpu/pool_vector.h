/* pool_vector.h - pooling a plane at a time, so that threads can share the planes; see reference/pool.c for
 * what is computed.
 *
 * A plane of H x W has P x Q windows of R x S. Along a row, those from `inner` to inner_end - 1 lie between
 * the left and the right edge: vectors take them, and the portable functions the others.
 */
#ifndef RUNGS_POOL_VECTOR_H
#define RUNGS_POOL_VECTOR_H

#include <stddef.h>

struct pool {
    int H, W, R, S, pad, stride;
    int P, Q, inner, inner_end;
    int count_include_pad; /* of a mean */
    const float *x;        /* of the first plane, and so are the others */
    float *y;
    int *index;
};

/* Result (p,q) of a plane */
void maxpool_window(const struct pool *v, int p, int q, const float *x, float *y, int *index);
void avgpool_window(const struct pool *v, int p, int q, const float *x, float *y);

/* The planes from..end-1 */
void maxpool_planes_avx2(const struct pool *v, size_t from, size_t end);
void avgpool_planes_avx2(const struct pool *v, size_t from, size_t end);
void maxpool_planes_avx512(const struct pool *v, size_t from, size_t end);
void avgpool_planes_avx512(const struct pool *v, size_t from, size_t end);
void maxpool_separable_avx2(const struct pool *v, size_t from, size_t end);
void maxpool_separable_avx512(const struct pool *v, size_t from, size_t end);

/* dx (planes,H,W) of a maximum over windows of 2 x 2, two apart, without padding; all P x Q of them lie
 * inside */
void maxpool_back_pairs_avx2(int H, int W, int P, int Q, size_t planes, const int *index, const float *dy,
                             float *dx);

#endif
