/* loss_avx2.c - losses of n elements, eight elements per instruction. */
#include "loss_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#define LOSS_VECTOR loss_avx2
#include "loss_tile.h"
#endif
