/* loss_avx512.c - losses of n elements, sixteen elements per instruction. */
#include "loss_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define LOSS_VECTOR loss_avx512
#include "loss_tile.h"
#endif
