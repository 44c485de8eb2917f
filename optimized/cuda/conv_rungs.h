/* conv_rungs.h - the rungs of convolution by name, defined beside their kernels and listed in the tables of
 * conv.cu. */
#ifndef RUNGS_CUDA_CONV_RUNGS_H
#define RUNGS_CUDA_CONV_RUNGS_H

#include "../op.h"

#define CONV_RUNG_DECLARED(name)           \
    conv2d_forward_fn conv_forward_##name; \
    conv2d_backward_dx_fn conv_dx_##name;  \
    conv2d_backward_dw_fn conv_dw_##name;

CONV_RUNG_DECLARED(naive)            /* conv_threads.cu */
conv2d_forward_fn conv_forward_halo; /* conv_halo.cu */
conv2d_backward_dx_fn conv_dx_halo;
CONV_RUNG_DECLARED(im2col)   /* conv_im2col.cu */
CONV_RUNG_DECLARED(implicit) /* conv_implicit.cu */
conv2d_backward_dw_fn conv_dw_slices;
CONV_RUNG_DECLARED(async) /* conv_async.cu */
CONV_RUNG_DECLARED(tf32)  /* conv_wmma.cu */
CONV_RUNG_DECLARED(bf16)
conv2d_forward_fn conv_forward_winograd2; /* conv_winograd.cu */
conv2d_backward_dx_fn conv_dx_winograd2;

/* With the ReLU where a result is stored; listed in conv_relu.cu. In two passes: conv_relu_passes.cu, as are
 * the passes alone, over n results and over n inputs */
conv2d_relu_forward_fn conv_relu_forward_in_two, conv_relu_forward_async, conv_relu_forward_tf32;
conv2d_relu_backward_dx_fn conv_relu_dx_in_two, conv_relu_dx_async, conv_relu_dx_tf32;
void conv_relu_of_results(size_t n, float *y);
void conv_relu_of_inputs(size_t n, const float *a, float *dz);

/* db (K) = the sums of the planes of dy (conv_db.cu) */
struct conv;
void conv_db(const conv &v, const float *dy, float *db);

#endif
