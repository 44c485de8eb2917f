/* cuda.h - the driver API is not emulated; programs that only include it get the runtime. */
#ifndef EMU_CUDA_H
#define EMU_CUDA_H

#include "cuda_runtime.h"

#endif
