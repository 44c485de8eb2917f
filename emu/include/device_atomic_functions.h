/* device_atomic_functions.h - atomic operations. */
#ifndef EMU_DEVICE_ATOMIC_FUNCTIONS_H
#define EMU_DEVICE_ATOMIC_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
