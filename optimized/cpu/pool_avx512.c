/* pool_avx512.c - pooling, sixteen windows per instruction, and masks for a row's last ones. */
#include "pool_vector.h"

#if defined __x86_64__
#include "../../reference/windows.h"
#include "vec_avx512.h"

#define HAS_MASKS 1

typedef __mmask16 choice;
typedef vec places; /* bits of ints, which are moved as floats are */

struct lanes {
    __mmask16 low, high, out;
};

/* the first n, of which none or more than WIDTH may be asked */
VEC __mmask16 first_lanes(int n)
{
    return (__mmask16)(n >= WIDTH ? 0xffff : n > 0 ? (1u << n) - 1 : 0);
}
VEC struct lanes lanes_of(int windows, int stride)
{
    const int n = stride * windows;
    return (struct lanes){ first_lanes(n), first_lanes(n - WIDTH), first_lanes(windows) };
}
VEC vec vec_load_lanes(const float *p, __mmask16 lanes)
{
    return _mm512_maskz_loadu_ps(lanes, p);
}
VEC void vec_store_lanes(float *p, __mmask16 lanes, vec x)
{
    _mm512_mask_storeu_ps(p, lanes, x);
}
VEC vec vec_even(vec low, vec high)
{
    return _mm512_shuffle_ps(low, high, 0x88);
}
VEC vec vec_odd(vec low, vec high)
{
    return _mm512_shuffle_ps(low, high, 0xdd);
}
/* a shuffle takes quarters of 128 bits: pairs 0 2 4 6 1 3 5 7 */
VEC vec vec_in_order(vec x)
{
    static const int from[16] = { 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15 };
    return _mm512_permutexvar_ps(_mm512_loadu_si512(from), x);
}
/* not (here <= most), which a NaN is not, and most is no NaN */
VEC choice vec_larger(vec most, vec here)
{
    return (choice)(_mm512_cmp_ps_mask(here, most, _CMP_NLE_UQ) & _mm512_cmp_ps_mask(most, most, _CMP_ORD_Q));
}
VEC vec vec_choose(choice c, vec a, vec b)
{
    return _mm512_mask_blend_ps(c, b, a);
}
VEC places places_choose(choice c, places a, places b)
{
    return vec_choose(c, a, b);
}
VEC places places_in_order(places x)
{
    return vec_in_order(x);
}
VEC places places_all(int place)
{
    return _mm512_castsi512_ps(_mm512_set1_epi32(place));
}
VEC places places_add(places a, places b)
{
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
}
VEC places places_from(int first, int step)
{
    static const int steps[2][16] = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
                                      { 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30 } };
    return places_add(places_all(first), _mm512_castsi512_ps(_mm512_loadu_si512(steps[step - 1])));
}
VEC void places_store(int *p, __mmask16 lanes, places x)
{
    _mm512_mask_storeu_ps((float *)p, lanes, x);
}

VEC places places_load(const int *p)
{
    return _mm512_loadu_ps(p);
}
VEC places places_max(places a, places b)
{
    return _mm512_castsi512_ps(_mm512_max_epi32(_mm512_castps_si512(a), _mm512_castps_si512(b)));
}

#include "pool_tile.h"

#include "pool_separable.h"

KERNEL void maxpool_planes_avx512(const struct pool *v, size_t from, size_t end)
{
    largest_planes(v, from, end);
}
KERNEL void maxpool_separable_avx512(const struct pool *v, size_t from, size_t end)
{
    separable_planes(v, from, end);
}
KERNEL void avgpool_planes_avx512(const struct pool *v, size_t from, size_t end)
{
    mean_planes(v, from, end);
}
#endif
