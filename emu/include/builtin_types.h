/* builtin_types.h - the vector types. */
#ifndef EMU_BUILTIN_TYPES_H
#define EMU_BUILTIN_TYPES_H

#include "cuda_runtime.h"

#endif
