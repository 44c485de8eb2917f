/* pool_avx2.c - pooling, eight windows per instruction. */
#include "pool_vector.h"

#if defined __x86_64__
#include "../../reference/windows.h"
#include "vec_avx2.h"

#define HAS_MASKS 0 /* those of AVX2 take longer than a second vector that overlaps the first */

typedef vec choice;
typedef __m256i places;

/* always all: vector_at sees to it */
struct lanes {
    int low, high, out;
};
VEC struct lanes lanes_of(int windows, int stride)
{
    (void)windows, (void)stride;
    return (struct lanes){ WIDTH, WIDTH, WIDTH };
}
VEC vec vec_load_lanes(const float *p, int lanes)
{
    (void)lanes;
    return vec_load(p);
}
VEC void vec_store_lanes(float *p, int lanes, vec x)
{
    (void)lanes;
    vec_store(p, x);
}
VEC vec vec_even(vec low, vec high)
{
    return _mm256_shuffle_ps(low, high, 0x88);
}
VEC vec vec_odd(vec low, vec high)
{
    return _mm256_shuffle_ps(low, high, 0xdd);
}
/* a shuffle takes halves of 128 bits: pairs 0 2 1 3 */
VEC vec vec_in_order(vec x)
{
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), 0xd8));
}
/* not (here <= most), which a NaN is not, and most is no NaN */
VEC choice vec_larger(vec most, vec here)
{
    return _mm256_and_ps(_mm256_cmp_ps(here, most, _CMP_NLE_UQ), _mm256_cmp_ps(most, most, _CMP_ORD_Q));
}
VEC vec vec_choose(choice c, vec a, vec b)
{
    return _mm256_blendv_ps(b, a, c);
}
VEC places places_choose(choice c, places a, places b)
{
    return _mm256_blendv_epi8(b, a, _mm256_castps_si256(c));
}
VEC places places_in_order(places x)
{
    return _mm256_permute4x64_epi64(x, 0xd8);
}
VEC places places_all(int place)
{
    return _mm256_set1_epi32(place);
}
VEC places places_from(int first, int step)
{
    const __m256i steps = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    return _mm256_add_epi32(_mm256_set1_epi32(first), step == 1 ? steps : _mm256_add_epi32(steps, steps));
}
VEC places places_add(places a, places b)
{
    return _mm256_add_epi32(a, b);
}
VEC void places_store(int *p, int lanes, places x)
{
    (void)lanes;
    _mm256_storeu_si256((__m256i *)p, x);
}

VEC places places_load(const int *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}
VEC places places_max(places a, places b)
{
    return _mm256_max_epi32(a, b);
}

#include "pool_tile.h"

#include "pool_separable.h"

KERNEL void maxpool_planes_avx2(const struct pool *v, size_t from, size_t end)
{
    largest_planes(v, from, end);
}
KERNEL void maxpool_separable_avx2(const struct pool *v, size_t from, size_t end)
{
    separable_planes(v, from, end);
}
KERNEL void avgpool_planes_avx2(const struct pool *v, size_t from, size_t end)
{
    mean_planes(v, from, end);
}
#endif
