/* product_async.h - the products that others ask rung 07 of dense for (product_async.cu): their operands'
 * layouts, and what happens to a sum. */
#ifndef RUNGS_CUDA_PRODUCT_ASYNC_H
#define RUNGS_CUDA_PRODUCT_ASYNC_H

#include "product.h"

/* a number for each row of c (M,N) */
struct add_bias_of_row {
    const float *b;
    int N;
    __device__ float operator()(size_t index, int, float sum) const
    {
        return sum + __ldg(b + index / N);
    }
};

/* the sum and what is there already, unless `there` is nullptr. Loaded as what a store may have changed, so
 * that the compiler does not load all of it ahead and run out of registers. */
struct add_to {
    const float *there;
    __device__ float operator()(size_t index, int, float sum) const
    {
        return there ? __ldcg(there + index) + sum : sum;
    }
};

typedef product<ALONG_K, ACROSS_K, add_bias_of_row> biased_rows_product;
typedef product<ALONG_K, ALONG_K, add_to> growing_product;

void product_async(const biased_rows_product &p);
void product_async(const growing_product &p);
void product_async(const dx_product &p);
void product_async(const dw_product &p);

#endif
