/* surface_indirect_functions.h - what kernels read and write through surface objects. */
#ifndef EMU_SURFACE_INDIRECT_FUNCTIONS_H
#define EMU_SURFACE_INDIRECT_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
