/* math_functions.h - functions of single and double precision. */
#ifndef EMU_MATH_FUNCTIONS_H
#define EMU_MATH_FUNCTIONS_H

#include "cuda_runtime.h"

#endif
