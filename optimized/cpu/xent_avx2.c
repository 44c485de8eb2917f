/* xent_avx2.c - cross-entropy of rows, eight elements per instruction. */
#include "xent_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#define XENT_VECTOR xent_avx2
#include "xent_tile.h"
#endif
