/* dense_rungs.h - the rungs of dense by name, defined beside their kernels and listed in
 * the tables of dense.cu. */
#ifndef RUNGS_CUDA_DENSE_RUNGS_H
#define RUNGS_CUDA_DENSE_RUNGS_H

#include "../op.h"

#define DENSE_RUNG_DECLARED(name)    \
    dense_forward_fn forward_##name; \
    dense_backward_dx_fn dx_##name;  \
    dense_backward_dw_fn dw_##name;

DENSE_RUNG_DECLARED(naive) /* product_threads.cu */
DENSE_RUNG_DECLARED(coalesced)
DENSE_RUNG_DECLARED(tile) /* product_tiles.cu */
DENSE_RUNG_DECLARED(tile1d)
DENSE_RUNG_DECLARED(tile2d)
DENSE_RUNG_DECLARED(vectors) /* product_float4.cu */
DENSE_RUNG_DECLARED(warptile)
DENSE_RUNG_DECLARED(async) /* product_async.cu */
DENSE_RUNG_DECLARED(tf32)  /* product_wmma.cu */
DENSE_RUNG_DECLARED(bf16)
DENSE_RUNG_DECLARED(wgmma) /* product_wgmma.cu */
DENSE_RUNG_DECLARED(wide)

/* With the ReLU in the epilogue; listed in dense_relu.cu */
#define DENSE_RELU_RUNG_DECLARED(name)         \
    dense_relu_forward_fn relu_forward_##name; \
    dense_relu_backward_dx_fn relu_dx_##name;

DENSE_RELU_RUNG_DECLARED(async)
DENSE_RELU_RUNG_DECLARED(tf32)
DENSE_RELU_RUNG_DECLARED(wide)

#endif
