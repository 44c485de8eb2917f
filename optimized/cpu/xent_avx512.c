/* xent_avx512.c - cross-entropy of rows, sixteen elements per instruction. */
#include "xent_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define XENT_VECTOR xent_avx512
#include "xent_tile.h"
#endif
