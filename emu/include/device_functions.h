/* device_functions.h - the intrinsics. */
#ifndef EMU_DEVICE_FUNCTIONS_H
#define EMU_DEVICE_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
