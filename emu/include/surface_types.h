/* surface_types.h - what surfaces are described by. */
#ifndef EMU_SURFACE_TYPES_H
#define EMU_SURFACE_TYPES_H

#include "cuda_runtime.h"

#endif
