/* activation_avx512.c - activations, sixteen elements an instruction. */
#include "activation_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define ACTIVATION_VECTOR activation_avx512
#include "activation_tile.h"
#endif
