/* decay_avx2.c - decay, soft threshold and max-norm, eight elements per instruction. */
#include "decay_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#define DECAY_VECTOR decay_avx2
#include "decay_tile.h"
#endif
