/* rounding.cpp - arithmetic that rounds towards zero, down or up, by the processor's own modes. */
#include <cfenv>
#include <cmath>
#include "emu/intrinsics.h"

namespace
{
/* The calls of fesetround are side effects, as is every use of a volatile variable: the compiler keeps their
 * order, so the operation happens between them. */
struct Mode {
    int before;
    explicit Mode(int mode) : before(fegetround())
    {
        fesetround(mode);
    }
    ~Mode()
    {
        fesetround(before);
    }
};
} // namespace

/* T name_rz(..), name_rd(..), name_ru(..): U is the operands' type, which are called a, b, c */
#define ROUNDED_AS(T, name, mode, parameters, operands, ...) \
    T name parameters                                        \
    {                                                        \
        operands;                                            \
        Mode now(mode);                                      \
        volatile T result = __VA_ARGS__;                     \
        return result;                                       \
    }
#define ROUNDED(T, name, parameters, operands, ...)                            \
    ROUNDED_AS(T, name##_rz, FE_TOWARDZERO, parameters, operands, __VA_ARGS__) \
    ROUNDED_AS(T, name##_rd, FE_DOWNWARD, parameters, operands, __VA_ARGS__)   \
    ROUNDED_AS(T, name##_ru, FE_UPWARD, parameters, operands, __VA_ARGS__)
#define ROUNDED_1(T, U, name, ...) ROUNDED(T, name, (U x), volatile U a = x, __VA_ARGS__)
#define ROUNDED_2(T, name, ...)    ROUNDED(T, name, (T x, T y), volatile T a = x; volatile T b = y, __VA_ARGS__)
#define ROUNDED_3(T, name, ...) \
    ROUNDED(T, name, (T x, T y, T z), volatile T a = x; volatile T b = y; volatile T c = z, __VA_ARGS__)

ROUNDED_2(float, __fadd, a + b)
ROUNDED_2(float, __fsub, a - b)
ROUNDED_2(float, __fmul, a *b)
ROUNDED_2(float, __fdiv, a / b)
ROUNDED_1(float, float, __frcp, 1 / a)
ROUNDED_1(float, float, __fsqrt, std::sqrt(a))
ROUNDED_3(float, __fmaf, std::fma(a, b, c))
ROUNDED_2(double, __dadd, a + b)
ROUNDED_2(double, __dsub, a - b)
ROUNDED_2(double, __dmul, a *b)
ROUNDED_2(double, __ddiv, a / b)
ROUNDED_1(double, double, __drcp, 1 / a)
ROUNDED_1(double, double, __dsqrt, std::sqrt(a))
ROUNDED_3(double, __fma, std::fma(a, b, c))
ROUNDED_1(float, double, __double2float, (float)a)
ROUNDED_1(float, int, __int2float, (float)a)
ROUNDED_1(float, unsigned, __uint2float, (float)a)
ROUNDED_1(float, long long, __ll2float, (float)a)
ROUNDED_1(float, unsigned long long, __ull2float, (float)a)
ROUNDED_1(double, long long, __ll2double, (double)a)
ROUNDED_1(double, unsigned long long, __ull2double, (double)a)
