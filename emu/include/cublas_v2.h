/* cublas_v2.h - found before NVIDIA's header of this name: see cublas_api.h. */
#ifndef EMU_CUBLAS_V2_H
#define EMU_CUBLAS_V2_H
#define CUBLAS_V2_H_ /* NVIDIA's guard, which the helpers of its samples look for */

#include "cublas_api.h"

#endif
