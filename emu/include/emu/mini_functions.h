/* emu/mini_functions.h - the functions of cuda_fp16.h and cuda_bf16.h, which have the same
 * names but for the types'.
 *
 * EMU_MINI_FUNCTIONS(T, T2): arithmetic, comparisons, mathematics; the names of NVIDIA's
 * two headers are the same.
 * EMU_MINI_CONVERSIONS(T, T2, word, many, word2): conversions, whose names hold the
 * word "half" or "bfloat16".
 */
#ifndef EMU_MINI_FUNCTIONS_H
#define EMU_MINI_FUNCTIONS_H

#include "atomics.h"
#include "mini_float.h"

namespace emu
{

/* Of a NaN and a number the number, or NaN; -0 is below +0. */
template <class T> T lesser(T a, T b, bool keep_nan)
{
    if (a != a || b != b) return keep_nan || (a != a && b != b) ? T::of_bits(0x7fff) : a != a ? b : a;
    return a < b || (a == b && a.bits & 0x8000) ? a : b;
}
template <class T> T greater(T a, T b, bool keep_nan)
{
    if (a != a || b != b) return keep_nan || (a != a && b != b) ? T::of_bits(0x7fff) : a != a ? b : a;
    return a > b || (a == b && b.bits & 0x8000) ? a : b;
}
template <class T> T clamped(T a)
{
    return a > T(0.0f) ? a < T(1.0f) ? a : T(1.0f) : T(0.0f);
}
template <class T> T at_least_zero(T a)
{
    return a != a ? T::of_bits(0x7fff) : a < T(0.0f) ? T(0.0f) : a;
}

} // namespace emu

#define EMU_FN(T, name, parameters, ...) \
    inline T name parameters             \
    {                                    \
        return __VA_ARGS__;              \
    }

/* name of one number and name2 of both of a pair */
#define EMU_MINI_1(T, T2, name, name2, ...) \
    EMU_FN(T, name, (T a), __VA_ARGS__)     \
    EMU_FN(T2, name2, (T2 a), { name(a.x), name(a.y) })
#define EMU_MINI_2(T, T2, name, ...)         \
    EMU_FN(T, name, (T a, T b), __VA_ARGS__) \
    EMU_FN(T2, name##2, (T2 a, T2 b), { name(a.x, b.x), name(a.y, b.y) })
#define EMU_MINI_3(T, T2, name, name2, ...)       \
    EMU_FN(T, name, (T a, T b, T c), __VA_ARGS__) \
    EMU_FN(T2, name2, (T2 a, T2 b, T2 c), { name(a.x, b.x, c.x), name(a.y, b.y, c.y) })
/* ordered, and true for NaN (u); of pairs as 1 and 0, and whether both (hb) */
#define EMU_MINI_COMPARE(T, T2, name, op)                                                             \
    EMU_FN(bool, __h##name, (T a, T b), !(a != a) && !(b != b) && a op b)                             \
    EMU_FN(bool, __h##name##u, (T a, T b), a != a || b != b || a op b)                                \
    EMU_FN(T2, __h##name##2, (T2 a, T2 b), { T(__h##name(a.x, b.x)), T(__h##name(a.y, b.y)) })        \
    EMU_FN(T2, __h##name##u2, (T2 a, T2 b), { T(__h##name##u(a.x, b.x)), T(__h##name##u(a.y, b.y)) }) \
    EMU_FN(bool, __hb##name##2, (T2 a, T2 b), __h##name(a.x, b.x) && __h##name(a.y, b.y))             \
    EMU_FN(bool, __hb##name##u2, (T2 a, T2 b), __h##name##u(a.x, b.x) && __h##name##u(a.y, b.y))

#define EMU_MINI_FUNCTIONS(T, T2)                                                                \
    EMU_MINI_2(T, T2, __hadd, a + b)                                                             \
    EMU_MINI_2(T, T2, __hsub, a - b)                                                             \
    EMU_MINI_2(T, T2, __hmul, a *b)                                                              \
    EMU_FN(T, __hadd_rn, (T a, T b), a + b)                                                      \
    EMU_FN(T, __hsub_rn, (T a, T b), a - b)                                                      \
    EMU_FN(T, __hmul_rn, (T a, T b), a *b)                                                       \
    EMU_FN(T, __hdiv, (T a, T b), a / b)                                                         \
    EMU_FN(T2, __h2div, (T2 a, T2 b), a / b)                                                     \
    EMU_FN(T, __hadd_sat, (T a, T b), emu::clamped(a + b))                                       \
    EMU_FN(T, __hsub_sat, (T a, T b), emu::clamped(a - b))                                       \
    EMU_FN(T, __hmul_sat, (T a, T b), emu::clamped(a *b))                                        \
    EMU_MINI_2(T, T2, __hmin, emu::lesser(a, b, false))                                          \
    EMU_MINI_2(T, T2, __hmax, emu::greater(a, b, false))                                         \
    EMU_FN(T, __hmin_nan, (T a, T b), emu::lesser(a, b, true))                                   \
    EMU_FN(T, __hmax_nan, (T a, T b), emu::greater(a, b, true))                                  \
    EMU_MINI_3(T, T2, __hfma, __hfma2, emu::multiply_add(a, b, c))                               \
    EMU_MINI_3(T, T2, __hfma_sat, __hfma2_sat, emu::clamped(emu::multiply_add(a, b, c)))         \
    EMU_MINI_3(T, T2, __hfma_relu, __hfma2_relu, emu::at_least_zero(emu::multiply_add(a, b, c))) \
    EMU_MINI_1(T, T2, __hneg, __hneg2, -a)                                                       \
    EMU_MINI_1(T, T2, __habs, __habs2, T::of_bits(a.bits & 0x7fff))                              \
    EMU_FN(bool, __hisnan, (T a), a != a)                                                        \
    EMU_FN(int, __hisinf, (T a), std::isinf((float)a) ? (float)a > 0 ? 1 : -1 : 0)               \
    EMU_MINI_COMPARE(T, T2, eq, ==)                                                              \
    EMU_MINI_COMPARE(T, T2, ne, !=)                                                              \
    EMU_MINI_COMPARE(T, T2, lt, <)                                                               \
    EMU_MINI_COMPARE(T, T2, le, <=)                                                              \
    EMU_MINI_COMPARE(T, T2, gt, >)                                                               \
    EMU_MINI_COMPARE(T, T2, ge, >=)                                                              \
    EMU_MINI_1(T, T2, hexp, h2exp, std::exp((float)a))                                           \
    EMU_MINI_1(T, T2, hexp2, h2exp2, std::exp2((float)a))                                        \
    EMU_MINI_1(T, T2, hexp10, h2exp10, std::pow(10.0f, (float)a))                                \
    EMU_MINI_1(T, T2, hlog, h2log, std::log((float)a))                                           \
    EMU_MINI_1(T, T2, hlog2, h2log2, std::log2((float)a))                                        \
    EMU_MINI_1(T, T2, hlog10, h2log10, std::log10((float)a))                                     \
    EMU_MINI_1(T, T2, hsin, h2sin, std::sin((float)a))                                           \
    EMU_MINI_1(T, T2, hcos, h2cos, std::cos((float)a))                                           \
    EMU_MINI_1(T, T2, htanh, h2tanh, std::tanh((float)a))                                        \
    EMU_MINI_1(T, T2, htanh_approx, h2tanh_approx, std::tanh((float)a))                          \
    EMU_MINI_1(T, T2, hsqrt, h2sqrt, std::sqrt((float)a))                                        \
    EMU_MINI_1(T, T2, hrsqrt, h2rsqrt, (float)(1.0 / std::sqrt((double)(float)a)))               \
    EMU_MINI_1(T, T2, hrcp, h2rcp, 1.0f / (float)a)                                              \
    EMU_MINI_1(T, T2, hfloor, h2floor, std::floor((float)a))                                     \
    EMU_MINI_1(T, T2, hceil, h2ceil, std::ceil((float)a))                                        \
    EMU_MINI_1(T, T2, htrunc, h2trunc, std::trunc((float)a))                                     \
    EMU_MINI_1(T, T2, hrint, h2rint, std::nearbyint((float)a))                                   \
    EMU_FN(float, __low2float, (T2 a), a.x)                                                      \
    EMU_FN(float, __high2float, (T2 a), a.y)                                                     \
    EMU_ATOMIC(atomicAdd, T, waits, old + value)                                                 \
    EMU_ATOMIC(atomicAdd, T2, waits, old + value)

/* ---- conversions ---- */

#define EMU_MINI_ROUNDINGS(T, name, N)                                                                     \
    EMU_FN(T, name##_rn, (N a), T::of_bits(emu::encode<decltype(T::format())>(a, emu::Rounding::nearest))) \
    EMU_FN(T, name##_rz, (N a), T::of_bits(emu::encode<decltype(T::format())>(a, emu::Rounding::zero)))    \
    EMU_FN(T, name##_rd, (N a), T::of_bits(emu::encode<decltype(T::format())>(a, emu::Rounding::down)))    \
    EMU_FN(T, name##_ru, (N a), T::of_bits(emu::encode<decltype(T::format())>(a, emu::Rounding::up)))
#define EMU_MINI_INTEGER(T, word, integer, I)                                                \
    EMU_MINI_ROUNDINGS(T, __##integer##2##word, I)                                           \
    EMU_FN(I, __##word##2##integer##_rn, (T a), emu::saturated<I>(std::nearbyint((float)a))) \
    EMU_FN(I, __##word##2##integer##_rz, (T a), emu::saturated<I>(std::trunc((float)a)))     \
    EMU_FN(I, __##word##2##integer##_rd, (T a), emu::saturated<I>(std::floor((float)a)))     \
    EMU_FN(I, __##word##2##integer##_ru, (T a), emu::saturated<I>(std::ceil((float)a)))

#define EMU_MINI_CONVERSIONS(T, T2, word, words, word2)                    \
    EMU_MINI_ROUNDINGS(T, __float2##word, float)                           \
    EMU_FN(T, __float2##word, (float a), a)                                \
    EMU_FN(T, __double2##word, (double a), a)                              \
    EMU_FN(float, __##word##2float, (T a), a)                              \
    EMU_MINI_INTEGER(T, word, int, int)                                    \
    EMU_MINI_INTEGER(T, word, uint, unsigned)                              \
    EMU_MINI_INTEGER(T, word, short, short)                                \
    EMU_MINI_INTEGER(T, word, ushort, unsigned short)                      \
    EMU_MINI_INTEGER(T, word, ll, long long)                               \
    EMU_MINI_INTEGER(T, word, ull, unsigned long long)                     \
    EMU_FN(unsigned short, __##word##_as_ushort, (T a), a.bits)            \
    EMU_FN(short, __##word##_as_short, (T a), (short)a.bits)               \
    EMU_FN(T, __ushort_as_##word, (unsigned short a), T::of_bits(a))       \
    EMU_FN(T, __short_as_##word, (short a), T::of_bits((unsigned short)a)) \
    EMU_FN(T2, __##words##2##word2, (T a, T b), { a, b })                  \
    EMU_FN(T2, __##word##2##word2, (T a), { a, a })                        \
    EMU_FN(T2, __floats2##word2##_rn, (float a, float b), { T(a), T(b) })  \
    EMU_FN(T2, __float2##word2##_rn, (float a), { T(a), T(a) })            \
    EMU_FN(T2, __float22##word2##_rn, (float2 a), { T(a.x), T(a.y) })      \
    EMU_FN(float2, __##word2##2float2, (T2 a), { (float)a.x, (float)a.y }) \
    EMU_FN(T, __low2##word, (T2 a), a.x)                                   \
    EMU_FN(T, __high2##word, (T2 a), a.y)                                  \
    EMU_FN(T2, __low2##word2, (T2 a), { a.x, a.x })                        \
    EMU_FN(T2, __high2##word2, (T2 a), { a.y, a.y })                       \
    EMU_FN(T2, __lows2##word2, (T2 a, T2 b), { a.x, b.x })                 \
    EMU_FN(T2, __highs2##word2, (T2 a, T2 b), { a.y, b.y })                \
    EMU_FN(T2, __lowhigh2highlow, (T2 a), { a.y, a.x })                    \
    EMU_FN(T2, make_##word2, (T a, T b), { a, b })

#endif
