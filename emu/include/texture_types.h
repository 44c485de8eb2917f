/* texture_types.h - what textures are described by. */
#ifndef EMU_TEXTURE_TYPES_H
#define EMU_TEXTURE_TYPES_H

#include "cuda_runtime.h"

#endif
