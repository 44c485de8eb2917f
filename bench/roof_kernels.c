/* roof_kernels.c - the roof loops for each ISA; see roof_kernels.h. Always compiled with -O3
 * -ffp-contract=fast: a roof may not sink because the rest of the program is being debugged. Sanitizers stay
 * out for the same reason. */
#include "roof_kernels.h"

#if defined __x86_64__
#include <immintrin.h>
#endif

#define UNWATCHED __attribute__((no_sanitize("address", "undefined", "thread")))
#define PLAIN     UNWATCHED __attribute__((noinline)) static

/* the compiler must have the values in registers (REGISTER) here, and knows nothing of them afterwards */
#define HIDE(v)           __asm__ volatile("" : REGISTER(v))
#define HIDE4(a, b, c, d) __asm__ volatile("" : REGISTER(a), REGISTER(b), REGISTER(c), REGISTER(d))
#define BARRIER           __asm__ volatile("" ::: "memory")

#if defined __x86_64__

#define NAME(f)      f##_sse2
#define WIDTH        16
#define TARGET       PLAIN
#define TARGET_ONLY  UNWATCHED
#define HAS_FMA      0
#define STREAM(p, v) _mm_stream_ps((float *)(p), (__m128)(v))
#define FENCE        _mm_sfence()
#define REGISTER(v)  "+x"(v)
#include "roof_kernels.inc"
#undef NAME
#undef WIDTH
#undef TARGET
#undef TARGET_ONLY
#undef HAS_FMA
#undef STREAM

#define NAME(f)      f##_avx2
#define WIDTH        32
#define TARGET       __attribute__((target("avx2,fma"))) PLAIN
#define TARGET_ONLY  __attribute__((target("avx2,fma"))) UNWATCHED
#define HAS_FMA      1
#define STREAM(p, v) _mm256_stream_ps((float *)(p), (__m256)(v))
#include "roof_kernels.inc"
#undef NAME
#undef WIDTH
#undef TARGET
#undef TARGET_ONLY
#undef STREAM
#undef REGISTER

#define NAME(f)      f##_avx512
#define WIDTH        64
#define TARGET       __attribute__((target("avx512f"))) PLAIN
#define TARGET_ONLY  __attribute__((target("avx512f"))) UNWATCHED
#define STREAM(p, v) _mm512_stream_ps((float *)(p), (__m512)(v))
#define REGISTER(v)  "+v"(v)
#include "roof_kernels.inc"

static int always(void)
{
    return 1;
}

static int have_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int have_avx512(void)
{
    return have_avx2() && __builtin_cpu_supports("avx512f");
}

#define KERNELS(isa, present)                                                               \
    {                                                                                       \
#isa, present, fma_##isa,                                                           \
            { read_##isa, copy_##isa, triad_##isa, update_##isa, stream_##isa }, step_##isa \
    }

const struct roof_kernels roof_kernels[ROOF_ISAS] = {
    KERNELS(sse2, always),
    KERNELS(avx2, have_avx2),
    KERNELS(avx512, have_avx512),
};

#else

#define NAME(f)      f##_portable
#define WIDTH        16
#define TARGET       PLAIN
#define TARGET_ONLY  UNWATCHED
#define HAS_FMA      1
#define STREAM(p, v) (void)(*(p) = (v))
#define FENCE        BARRIER
#if defined __aarch64__
#define REGISTER(v) "+w"(v)
#else
#define REGISTER(v) "+m"(v)
#endif
#include "roof_kernels.inc"

static int always(void)
{
    return 1;
}

const struct roof_kernels roof_kernels[ROOF_ISAS] = {
    { "portable",
      always,
      fma_portable,
      { read_portable, copy_portable, triad_portable, update_portable, stream_portable },
      step_portable },
};

#endif
