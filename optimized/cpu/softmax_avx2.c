/* softmax_avx2.c - softmax, eight elements per instruction. */
#include "softmax_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#define SOFTMAX_VECTOR softmax_avx2
#include "softmax_tile.h"
#endif
