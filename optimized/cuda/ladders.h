/* ladders.h - the CUDA ladder of every operation, each defined at the end of the file of its rungs. */
#ifndef RUNGS_CUDA_LADDERS_H
#define RUNGS_CUDA_LADDERS_H

#include "../rung.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LADDER(op) extern const struct rung op##_cuda[];
#include "list.h"
#undef LADDER

#ifdef __cplusplus
}
#endif
#endif
