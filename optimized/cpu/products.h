/* products.h - the dense layer's three products as problems for gemm.h, and the choice
 * of a way for each shape. */
#ifndef RUNGS_PRODUCTS_H
#define RUNGS_PRODUCTS_H

#include "gemm.h"

/* y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT); b may be NULL */
struct gemm forward_product(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y);

/* dx (N,IN) = dy (N,OUT) * w (OUT,IN) */
struct gemm dx_product(int N, int IN, int OUT, const float *w, const float *dy, float *dx);

/* dw (OUT,IN) = dy (N,OUT)^T * x (N,IN) */
struct gemm dw_product(int N, int IN, int OUT, const float *x, const float *dy, float *dw);

/* y = x w^T + b, then max(0, y) if relu: dot products, x packed, or w packed, whichever suits the shape */
void forward_any(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y, int relu);

/* the product in blocks on all threads, or, if it is tiny, tile by tile from where the operands lie */
void product_any(const struct gemm *g);

#endif
