/* bench_fake_sleef.c - a library that looks like SLEEF. RUNGS_FAKE=coarse in the environment takes all but 12
 * bits from what its functions return. */
#if defined __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float rounded(float y)
{
    const char *text = getenv("RUNGS_FAKE");
    unsigned bits;
    if (!text || strcmp(text, "coarse") != 0) return y;
    memcpy(&bits, &y, sizeof bits);
    bits &= ~0xfffu; /* the last 12 of the 24 */
    memcpy(&y, &bits, sizeof y);
    return y;
}

#define FUNCTION(name, vec, isa, f)                                                            \
    __attribute__((target(isa))) vec name(vec x);                                              \
    __attribute__((target(isa))) vec name(vec x)                                               \
    {                                                                                          \
        float lane[sizeof(vec) / sizeof(float)];                                               \
        memcpy(lane, &x, sizeof lane);                                                         \
        for (size_t i = 0; i < sizeof lane / sizeof *lane; i++) lane[i] = rounded(f(lane[i])); \
        memcpy(&x, lane, sizeof lane);                                                         \
        return x;                                                                              \
    }
#define BOTH(f, ulp)                                                                                 \
    FUNCTION(Sleef_##f##16_##ulp##avx512f, __m512, "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma", f) \
    FUNCTION(Sleef_##f##8_##ulp##avx2, __m256, "avx2,fma", f)

BOTH(expf, u10)
BOTH(expm1f, u10)
BOTH(log1pf, u10)
BOTH(tanhf, u10)
BOTH(erfcf, u15)
#else
typedef int not_empty;
#endif
