/* common_functions.h - what kernels share with the host. */
#ifndef EMU_COMMON_FUNCTIONS_H
#define EMU_COMMON_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
