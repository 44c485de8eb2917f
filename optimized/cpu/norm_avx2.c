/* norm_avx2.c - batch normalization, eight elements per instruction. */
#include "norm_vector.h"

#if defined __x86_64__
#include "vec_avx2.h"

#include "norm_tile.h"

KERNEL void norm_forward_avx2(const struct norm_forward *b, int from, int end)
{
    forward_of(b, from, end);
}
KERNEL void norm_backward_avx2(const struct norm_backward *b, int from, int end)
{
    backward_of(b, from, end);
}
#endif
