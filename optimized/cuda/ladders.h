/* ladders.h - the CUDA ladder of every operation, each defined at the end of the file of its rungs. */
#ifndef RUNGS_CUDA_LADDERS_H
#define RUNGS_CUDA_LADDERS_H

#include "../rung.h"

#ifdef __cplusplus
extern "C" {
#endif

/* dense.cu */
extern const struct rung dense_forward_cuda[], dense_backward_dx_cuda[], dense_backward_dw_cuda[];
/* dense_relu.cu */
extern const struct rung dense_relu_forward_cuda[], dense_relu_backward_dx_cuda[];

#ifdef __cplusplus
}
#endif
#endif
