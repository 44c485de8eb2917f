/* texture_indirect_functions.h - what kernels read through texture objects. */
#ifndef EMU_TEXTURE_INDIRECT_FUNCTIONS_H
#define EMU_TEXTURE_INDIRECT_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
