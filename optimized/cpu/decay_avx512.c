/* decay_avx512.c - decay, soft threshold and max-norm, sixteen elements per instruction. */
#include "decay_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define DECAY_VECTOR decay_avx512
#include "decay_tile.h"
#endif
