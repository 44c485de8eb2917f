/* activation_avx2.c - activations, eight elements an instruction. */
#include "activation_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#define ACTIVATION_VECTOR activation_avx2
#include "activation_tile.h"
#endif
