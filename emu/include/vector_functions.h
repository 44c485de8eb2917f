/* vector_functions.h - make_float4 and the rest. */
#ifndef EMU_VECTOR_FUNCTIONS_H
#define EMU_VECTOR_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
