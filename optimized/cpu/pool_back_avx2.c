/* pool_back_avx2.c - the way back through windows of 2 x 2 that lie side by side, eight windows at a time;
 * see pool_vector.h. */
#include "pool_vector.h"

#if defined __x86_64__
#include <string.h>

#include "vec_avx2.h"

/* d where `at` is `place`, else 0 */
VEC vec where_at(__m256i at, int place, vec d)
{
    return _mm256_and_ps(d, _mm256_castsi256_ps(_mm256_cmpeq_epi32(at, _mm256_set1_epi32(place))));
}

/* to (16) <- even[0], odd[0], even[1], ... */
VEC void store_zipped(float *to, vec even, vec odd)
{
    const vec low = _mm256_unpacklo_ps(even, odd), high = _mm256_unpackhi_ps(even, odd);
    vec_store(to, _mm256_permute2f128_ps(low, high, 0x20));
    vec_store(to + WIDTH, _mm256_permute2f128_ps(low, high, 0x31));
}

/* eight windows, the first of which begins at `place` of its plane: dx there and in the row below */
VEC void eight_windows(const int *index, const float *dy, int place, int W, float *dx)
{
    const __m256i first = _mm256_add_epi32(_mm256_set1_epi32(place),
                                           _mm256_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14)),
                  at = _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)index), first);
    const vec d = vec_load(dy);
    store_zipped(dx, where_at(at, 0, d), where_at(at, 1, d));
    store_zipped(dx + W, where_at(at, W, d), where_at(at, W + 1, d));
}

static void one_window(int index, float dy, int place, int W, float *dx)
{
    dx[0] = dx[1] = dx[W] = dx[W + 1] = 0;
    dx[index - place] = dy;
}

/* what no window reaches: the columns behind the last one, or all of a row */
static void clear(float *row, int from, int W)
{
    if (from < W) memset(row + from, 0, (size_t)(W - from) * sizeof *row);
}

KERNEL static void plane_back(int H, int W, int P, int Q, const int *index, const float *dy, float *dx)
{
    for (int p = 0; p < P; p++, index += Q, dy += Q) {
        const int place = 2 * p * W;
        float *row = dx + place;
        for (int q = 0; Q >= WIDTH && q < Q; q += WIDTH) {
            const int at = q + WIDTH <= Q ? q : Q - WIDTH; /* the last eight overlap those before */
            eight_windows(index + at, dy + at, place + 2 * at, W, row + 2 * at);
        }
        for (int q = 0; Q < WIDTH && q < Q; q++) one_window(index[q], dy[q], place + 2 * q, W, row + 2 * q);
        clear(row, 2 * Q, W);
        clear(row + W, 2 * Q, W);
    }
    for (int h = 2 * P; h < H; h++) clear(dx + (size_t)h * (size_t)W, 0, W);
}

void maxpool_back_pairs_avx2(int H, int W, int P, int Q, size_t planes, const int *index, const float *dy,
                             float *dx)
{
    const size_t in = (size_t)H * (size_t)W, out = (size_t)P * (size_t)Q;
    for (size_t k = 0; k < planes; k++) plane_back(H, W, P, Q, index + k * out, dy + k * out, dx + k * in);
}
#endif
