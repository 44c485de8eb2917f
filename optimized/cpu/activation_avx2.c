/* activation_avx2.c - 02_avx2: the activations of activation_tile.h in vectors of eight. */
#if defined __x86_64__
#include "vec_avx2.h"

#include "activation_tile.h"
#endif
