/* norm_avx512.c - batch normalization, sixteen elements per instruction. */
#include "norm_vector.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "norm_tile.h"

KERNEL void norm_forward_avx512(const struct norm_forward *b, int from, int end)
{
    forward_of(b, from, end);
}
KERNEL void norm_backward_avx512(const struct norm_backward *b, int from, int end)
{
    backward_of(b, from, end);
}
#endif
