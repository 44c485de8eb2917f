/* softmax_avx512.c - softmax, sixteen elements per instruction. */
#include "softmax_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#define SOFTMAX_VECTOR softmax_avx512
#include "softmax_tile.h"
#endif
