/* driver_functions.h - part of the runtime, which some programs include by its name. */
#ifndef EMU_DRIVER_FUNCTIONS_H
#define EMU_DRIVER_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
