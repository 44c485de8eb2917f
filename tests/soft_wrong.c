/* soft_wrong.c - wrong tails in AVX-512; see soft_wrong.h. Compiled with the real and
 * with the soft intrinsics. */
#include "soft_wrong.h"

#include <immintrin.h>

#include "../optimized/op.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

AVX512 static void whole_vectors(int n, const float *x, float *y)
{
    for (int i = 0; i + 16 <= n; i += 16)
        _mm512_storeu_ps(y + i, _mm512_max_ps(_mm512_setzero_ps(), _mm512_loadu_ps(x + i)));
}

AVX512 static void no_tail(int n, const float *x, float *y)
{
    whole_vectors(n, x, y);
}

/* 1 bit for each of the n % 16 elements of the tail */
static __mmask16 tail_mask(int n)
{
    return (__mmask16)((1u << n % 16) - 1);
}

AVX512 static void loads_past_the_end(int n, const float *x, float *y)
{
    int i = n / 16 * 16;
    whole_vectors(n, x, y);
    _mm512_mask_storeu_ps(y + i, tail_mask(n), _mm512_max_ps(_mm512_setzero_ps(), _mm512_loadu_ps(x + i)));
}

AVX512 static void stores_past_the_end(int n, const float *x, float *y)
{
    int i = n / 16 * 16;
    whole_vectors(n, x, y);
    _mm512_storeu_ps(y + i, _mm512_max_ps(_mm512_setzero_ps(), _mm512_maskz_loadu_ps(tail_mask(n), x + i)));
}

AVX512 static void mask_of_one_less(int n, const float *x, float *y)
{
    int i = n / 16 * 16;
    __mmask16 mask = tail_mask(n) >> 1;
    whole_vectors(n, x, y);
    _mm512_mask_storeu_ps(y + i, mask,
                          _mm512_max_ps(_mm512_setzero_ps(), _mm512_maskz_loadu_ps(mask, x + i)));
}

const struct rung soft_wrong[] = {
    { "no_tail", RUN(relu_forward, no_tail), NEED_AVX512, "leaves the last n % 16 unwritten" },
    { "past_in", RUN(relu_forward, loads_past_the_end), NEED_AVX512, "loads a whole vector at the end" },
    { "past_out", RUN(relu_forward, stores_past_the_end), NEED_AVX512, "stores a whole vector at the end" },
    { "one_less", RUN(relu_forward, mask_of_one_less), NEED_AVX512, "forgets the last element" },
    { 0 },
};
