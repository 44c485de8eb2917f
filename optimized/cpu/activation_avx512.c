/* activation_avx512.c - 03_avx512: the activations of activation_tile.h in vectors of sixteen. */
#if defined __x86_64__
#include "vec_avx512.h"

#include "activation_tile.h"
#endif
