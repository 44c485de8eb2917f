/* emu/intrinsics.h - the arithmetic, bit and memory intrinsics. The fast ones (__expf) are as exact as C's: a
 * GPU's approximations are not imitated. */
#ifndef EMU_INTRINSICS_H
#define EMU_INTRINSICS_H

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include "core.h"

namespace emu
{

template <class To, class From> inline To bits_as(From from)
{
    static_assert(sizeof(To) == sizeof(From), "");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

/* Conversion as the GPU does it: NaN is 0, what is too large is the largest. value is an integer already. */
template <class I, class F> inline I saturated(F value)
{
    if (std::isnan(value)) return 0;
    if (value <= (F)std::numeric_limits<I>::min()) return std::numeric_limits<I>::min();
    if (value >= (F)std::numeric_limits<I>::max()) return std::numeric_limits<I>::max();
    return (I)value;
}

unsigned long long clock_ticks(); /* one more at each call */

} // namespace emu

/* ---- one line a function: name, parameters, value ---- */

#define EMU_INTRINSIC(T, name, parameters, ...) \
    inline T name parameters                    \
    {                                           \
        return __VA_ARGS__;                     \
    }

EMU_INTRINSIC(float, __expf, (float x), std::exp(x))
EMU_INTRINSIC(float, __exp10f, (float x), std::pow(10.0f, x))
EMU_INTRINSIC(float, __logf, (float x), std::log(x))
EMU_INTRINSIC(float, __log2f, (float x), std::log2(x))
EMU_INTRINSIC(float, __log10f, (float x), std::log10(x))
EMU_INTRINSIC(float, __powf, (float x, float y), std::pow(x, y))
EMU_INTRINSIC(float, __sinf, (float x), std::sin(x))
EMU_INTRINSIC(float, __cosf, (float x), std::cos(x))
EMU_INTRINSIC(float, __tanf, (float x), std::tan(x))
EMU_INTRINSIC(float, __tanhf, (float x), std::tanh(x))
EMU_INTRINSIC(float, __fdividef, (float x, float y), x / y)
EMU_INTRINSIC(float, fdividef, (float x, float y), x / y)
EMU_INTRINSIC(float, __saturatef, (float x), !(x > 0) ? 0.0f : x > 1 ? 1.0f : x)
EMU_INTRINSIC(float, rsqrtf, (float x), 1.0f / std::sqrt(x))
EMU_INTRINSIC(double, rsqrt, (double x), 1.0 / std::sqrt(x))
EMU_INTRINSIC(float, rsqrt, (float x), 1.0f / std::sqrt(x))
EMU_INTRINSIC(float, rcbrtf, (float x), 1.0f / std::cbrt(x))
EMU_INTRINSIC(double, rcbrt, (double x), 1.0 / std::cbrt(x))
EMU_INTRINSIC(float, normcdff, (float x), 0.5f * std::erfc(-x * 0.70710678118654752f))
EMU_INTRINSIC(double, normcdf, (double x), 0.5 * std::erfc(-x * 0.70710678118654752440))
EMU_INTRINSIC(float, sinpif, (float x), (float)std::sin(3.14159265358979323846 * std::fmod((double)x, 2.0)))
EMU_INTRINSIC(float, cospif, (float x), (float)std::cos(3.14159265358979323846 * std::fmod((double)x, 2.0)))
inline void __sincosf(float x, float *sine, float *cosine)
{
    *sine = std::sin(x);
    *cosine = std::cos(x);
}
inline void sincospif(float x, float *sine, float *cosine)
{
    *sine = sinpif(x);
    *cosine = cospif(x);
}

/* Correctly rounded, as C's operators are */
EMU_INTRINSIC(float, __fadd_rn, (float x, float y), x + y)
EMU_INTRINSIC(float, __fsub_rn, (float x, float y), x - y)
EMU_INTRINSIC(float, __fmul_rn, (float x, float y), x *y)
EMU_INTRINSIC(float, __fdiv_rn, (float x, float y), x / y)
EMU_INTRINSIC(float, __frcp_rn, (float x), 1.0f / x)
EMU_INTRINSIC(float, __fsqrt_rn, (float x), std::sqrt(x))
EMU_INTRINSIC(float, __frsqrt_rn, (float x), (float)(1.0 / std::sqrt((double)x)))
EMU_INTRINSIC(float, __fmaf_rn, (float x, float y, float z), std::fma(x, y, z))
EMU_INTRINSIC(double, __dadd_rn, (double x, double y), x + y)
EMU_INTRINSIC(double, __dsub_rn, (double x, double y), x - y)
EMU_INTRINSIC(double, __dmul_rn, (double x, double y), x *y)
EMU_INTRINSIC(double, __ddiv_rn, (double x, double y), x / y)
EMU_INTRINSIC(double, __drcp_rn, (double x), 1.0 / x)
EMU_INTRINSIC(double, __dsqrt_rn, (double x), std::sqrt(x))
EMU_INTRINSIC(double, __fma_rn, (double x, double y, double z), std::fma(x, y, z))

/* ... and rounded towards zero, down, up: rounding.cpp */
#define EMU_ROUNDED(T, name, ...) \
    T name##_rz(__VA_ARGS__);     \
    T name##_rd(__VA_ARGS__);     \
    T name##_ru(__VA_ARGS__);
EMU_ROUNDED(float, __fadd, float x, float y)
EMU_ROUNDED(float, __fsub, float x, float y)
EMU_ROUNDED(float, __fmul, float x, float y)
EMU_ROUNDED(float, __fdiv, float x, float y)
EMU_ROUNDED(float, __frcp, float x)
EMU_ROUNDED(float, __fsqrt, float x)
EMU_ROUNDED(float, __fmaf, float x, float y, float z)
EMU_ROUNDED(double, __dadd, double x, double y)
EMU_ROUNDED(double, __dsub, double x, double y)
EMU_ROUNDED(double, __dmul, double x, double y)
EMU_ROUNDED(double, __ddiv, double x, double y)
EMU_ROUNDED(double, __drcp, double x)
EMU_ROUNDED(double, __dsqrt, double x)
EMU_ROUNDED(double, __fma, double x, double y, double z)
EMU_ROUNDED(float, __double2float, double x)
EMU_ROUNDED(float, __int2float, int x)
EMU_ROUNDED(float, __uint2float, unsigned x)
EMU_ROUNDED(float, __ll2float, long long x)
EMU_ROUNDED(float, __ull2float, unsigned long long x)
EMU_ROUNDED(double, __ll2double, long long x)
EMU_ROUNDED(double, __ull2double, unsigned long long x)
#undef EMU_ROUNDED

/* ---- conversions: nearest even, towards zero, down, up ---- */

#define EMU_TO_INTEGER(from, F, to, I)                                              \
    EMU_INTRINSIC(I, __##from##2##to##_rn, (F x), emu::saturated<I>(std::rint(x)))  \
    EMU_INTRINSIC(I, __##from##2##to##_rz, (F x), emu::saturated<I>(std::trunc(x))) \
    EMU_INTRINSIC(I, __##from##2##to##_rd, (F x), emu::saturated<I>(std::floor(x))) \
    EMU_INTRINSIC(I, __##from##2##to##_ru, (F x), emu::saturated<I>(std::ceil(x)))
EMU_TO_INTEGER(float, float, int, int)
EMU_TO_INTEGER(float, float, uint, unsigned)
EMU_TO_INTEGER(float, float, ll, long long)
EMU_TO_INTEGER(float, float, ull, unsigned long long)
EMU_TO_INTEGER(double, double, int, int)
EMU_TO_INTEGER(double, double, uint, unsigned)
EMU_TO_INTEGER(double, double, ll, long long)
EMU_TO_INTEGER(double, double, ull, unsigned long long)
#undef EMU_TO_INTEGER
EMU_INTRINSIC(float, __int2float_rn, (int x), (float)x)
EMU_INTRINSIC(float, __uint2float_rn, (unsigned x), (float)x)
EMU_INTRINSIC(float, __ll2float_rn, (long long x), (float)x)
EMU_INTRINSIC(float, __ull2float_rn, (unsigned long long x), (float)x)
EMU_INTRINSIC(double, __int2double_rn, (int x), (double)x)
EMU_INTRINSIC(double, __uint2double_rn, (unsigned x), (double)x)
EMU_INTRINSIC(double, __ll2double_rn, (long long x), (double)x)
EMU_INTRINSIC(double, __ull2double_rn, (unsigned long long x), (double)x)
EMU_INTRINSIC(float, __double2float_rn, (double x), (float)x)

EMU_INTRINSIC(int, __float_as_int, (float x), emu::bits_as<int>(x))
EMU_INTRINSIC(unsigned, __float_as_uint, (float x), emu::bits_as<unsigned>(x))
EMU_INTRINSIC(float, __int_as_float, (int x), emu::bits_as<float>(x))
EMU_INTRINSIC(float, __uint_as_float, (unsigned x), emu::bits_as<float>(x))
EMU_INTRINSIC(long long, __double_as_longlong, (double x), emu::bits_as<long long>(x))
EMU_INTRINSIC(double, __longlong_as_double, (long long x), emu::bits_as<double>(x))
EMU_INTRINSIC(int, __double2hiint, (double x), (int)(emu::bits_as<uint64_t>(x) >> 32))
EMU_INTRINSIC(int, __double2loint, (double x), (int)emu::bits_as<uint64_t>(x))
EMU_INTRINSIC(double, __hiloint2double, (int high, int low),
              emu::bits_as<double>((uint64_t)(unsigned)high << 32 | (unsigned)low))

/* ---- integers ---- */

EMU_INTRINSIC(int, __popc, (unsigned x), __builtin_popcount(x))
EMU_INTRINSIC(int, __popcll, (unsigned long long x), __builtin_popcountll(x))
EMU_INTRINSIC(int, __ffs, (int x), __builtin_ffs(x))
EMU_INTRINSIC(int, __ffsll, (long long x), __builtin_ffsll(x))
EMU_INTRINSIC(int, __clz, (int x), x ? __builtin_clz((unsigned)x) : 32)
EMU_INTRINSIC(int, __clzll, (long long x), x ? __builtin_clzll((unsigned long long)x) : 64)
EMU_INTRINSIC(unsigned, __umulhi, (unsigned x, unsigned y), (unsigned)((uint64_t)x *y >> 32))
EMU_INTRINSIC(int, __mulhi, (int x, int y), (int)((int64_t)x *y >> 32))
EMU_INTRINSIC(unsigned long long, __umul64hi, (unsigned long long x, unsigned long long y),
              (unsigned long long)(__extension__(unsigned __int128) x *y >> 64))
EMU_INTRINSIC(long long, __mul64hi, (long long x, long long y),
              (long long)(__extension__(__int128) x *y >> 64))
EMU_INTRINSIC(unsigned, __umul24, (unsigned x, unsigned y), (x & 0xffffff) * (y & 0xffffff))
EMU_INTRINSIC(int, __mul24, (int x, int y),
              (int)((unsigned)((int)((unsigned)x << 8) >> 8) * (unsigned)((int)((unsigned)y << 8) >> 8)))
EMU_INTRINSIC(unsigned, __usad, (unsigned x, unsigned y, unsigned z), (x > y ? x - y : y - x) + z)
EMU_INTRINSIC(unsigned, __sad, (int x, int y, unsigned z),
              (x > y ? (unsigned)x - (unsigned)y : (unsigned)y - (unsigned)x) + z)
EMU_INTRINSIC(unsigned, __uhadd, (unsigned x, unsigned y), (unsigned)(((uint64_t)x + y) >> 1))
EMU_INTRINSIC(unsigned, __urhadd, (unsigned x, unsigned y), (unsigned)(((uint64_t)x + y + 1) >> 1))
EMU_INTRINSIC(int, __hadd, (int x, int y), (int)(((int64_t)x + y) >> 1))
EMU_INTRINSIC(int, __rhadd, (int x, int y), (int)(((int64_t)x + y + 1) >> 1))
EMU_INTRINSIC(unsigned, __funnelshift_l, (unsigned low, unsigned high, unsigned shift),
              (unsigned)(((uint64_t)high << 32 | low) << (shift & 31) >> 32))
EMU_INTRINSIC(unsigned, __funnelshift_r, (unsigned low, unsigned high, unsigned shift),
              (unsigned)(((uint64_t)high << 32 | low) >> (shift & 31)))

inline unsigned __brev(unsigned x)
{
    unsigned result = 0;
    for (int i = 0; i < 32; i++) result |= (x >> i & 1) << (31 - i);
    return result;
}
inline unsigned long long __brevll(unsigned long long x)
{
    return (unsigned long long)__brev((unsigned)x) << 32 | __brev((unsigned)(x >> 32));
}

/* Byte k of the result is the byte of y:x that nibble k of the selector names; its top bit
 * asks for that byte's sign. */
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector)
{
    uint64_t bytes = (uint64_t)y << 32 | x;
    unsigned result = 0;
    for (int k = 0; k < 4; k++) {
        unsigned nibble = selector >> (4 * k) & 15, byte = bytes >> (8 * (nibble & 7)) & 0xff;
        if (nibble & 8) byte = byte & 0x80 ? 0xff : 0;
        result |= byte << (8 * k);
    }
    return result;
}

/* Four products of bytes, added up */
inline int __dp4a(int a, int b, int c)
{
    unsigned sum = (unsigned)c;
    for (int k = 0; k < 32; k += 8) sum += (unsigned)((int)(int8_t)(a >> k) * (int8_t)(b >> k));
    return (int)sum;
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c)
{
    for (int k = 0; k < 32; k += 8) c += (a >> k & 0xff) * (b >> k & 0xff);
    return c;
}

template <class A, class B> std::common_type_t<A, B> min(A a, B b)
{
    using T = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<T>)
        return std::fmin((T)a, (T)b);
    else
        return (T)b < (T)a ? (T)b : (T)a;
}
template <class A, class B> std::common_type_t<A, B> max(A a, B b)
{
    using T = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<T>)
        return std::fmax((T)a, (T)b);
    else
        return (T)a < (T)b ? (T)b : (T)a;
}
EMU_INTRINSIC(unsigned, umin, (unsigned x, unsigned y), x < y ? x : y)
EMU_INTRINSIC(unsigned, umax, (unsigned x, unsigned y), x < y ? y : x)

/* ---- loads and stores with a cache hint: the compiler shows the access to the checkers, in
 * the kernel's line ---- */

#define EMU_LOAD(name)                                          \
    template <class T> __forceinline__ T name(const T *address) \
    {                                                           \
        return *address;                                        \
    }
#define EMU_STORE(name)                                                                       \
    template <class T> __forceinline__ void name(T *address, std::remove_volatile_t<T> value) \
    {                                                                                         \
        *address = value;                                                                     \
    }
EMU_LOAD(__ldg)
EMU_LOAD(__ldca)
EMU_LOAD(__ldcg)
EMU_LOAD(__ldcs)
EMU_LOAD(__ldlu)
EMU_LOAD(__ldcv)
EMU_STORE(__stwb)
EMU_STORE(__stcg)
EMU_STORE(__stcs)
EMU_STORE(__stwt)
#undef EMU_LOAD
#undef EMU_STORE

/* ---- addresses, clocks, stops ---- */

EMU_INTRINSIC(size_t, __cvta_generic_to_shared, (const void *address, EMU_HERE),
              emu::shared_window(address, where_))
EMU_INTRINSIC(size_t, __cvta_generic_to_global, (const void *address), (size_t)address)
EMU_INTRINSIC(void *, __cvta_shared_to_generic, (size_t address, EMU_HERE),
              emu::from_shared_window(address, where_))
EMU_INTRINSIC(void *, __cvta_global_to_generic, (size_t address), (void *)address)
EMU_INTRINSIC(long long, clock64, (), (long long)emu::clock_ticks())

[[noreturn]] inline void __trap(EMU_HERE)
{
    emu::fail("trap", where_, "__trap()");
}
inline void __brkpt()
{
    __builtin_trap();
}
#undef EMU_INTRINSIC

#endif
