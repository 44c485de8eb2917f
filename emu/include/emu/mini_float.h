/* emu/mini_float.h - 16-bit floating-point numbers: half (5 exponent bits, 10 fraction
 * bits) and bfloat16 (8 and 7).
 *
 * Arithmetic is done in float and rounded to nearest, ties to even. That is right to the last bit: float has
 * more than twice as many digits, so the first rounding cannot spoil the second.
 */
#ifndef EMU_MINI_FLOAT_H
#define EMU_MINI_FLOAT_H

#include <cmath>
#include "intrinsics.h"

namespace emu
{

struct HalfFormat {
    enum { FRACTION = 10, LEAST = -14, INFINITE = 0x7c00 }; /* LEAST: exponent of the least normal number */
};
struct Bfloat16Format {
    enum { FRACTION = 7, LEAST = -126, INFINITE = 0x7f80 };
};

enum class Rounding { nearest, zero, down, up };

/* Any number to any format, rounded once; a NaN becomes 0x7fff, as in NVIDIA's library. */
template <class Format> uint16_t encode(long double value, Rounding rounding)
{
    if (std::isnan(value)) return 0x7fff;
    const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    if (std::isinf(value)) return sign | Format::INFINITE;
    const bool away = rounding == (sign ? Rounding::down : Rounding::up),
               nearest = rounding == Rounding::nearest;
    const long double size = std::fabs(value);
    int exponent = size > 0 ? std::ilogb(size) : Format::LEAST;
    if (exponent < Format::LEAST) exponent = Format::LEAST;
    if (exponent > 1 - (int)Format::LEAST) /* beyond the largest */
        return sign | (uint16_t)(Format::INFINITE - (nearest || away ? 0 : 1));
    const long double units = std::scalbn(size, Format::FRACTION - exponent); /* of the last place */
    const long double whole = nearest ? std::nearbyint(units) : away ? std::ceil(units) : std::floor(units);
    /* a carry out of the fraction correctly adds one to the exponent, up to infinity */
    const int bits = (exponent - Format::LEAST) * (1 << Format::FRACTION) + (int)whole;
    return sign | (uint16_t)bits;
}

/* float to nearest: the same, fast */
inline uint16_t encode_fast(float value, HalfFormat)
{
    uint32_t bits = bits_as<uint32_t>(value), sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
    if (size > 0x7f800000) return 0x7fff;
    if (size >= 0x47800000) return (uint16_t)(sign | 0x7c00); /* 65536 and more */
    if (size < 0x38800000) /* below 2^-14: 0.5 + x has the last place of half's subnormals */
        return (uint16_t)(sign | (bits_as<uint32_t>(bits_as<float>(size) + 0.5f) - 0x3f000000));
    size -= (127 - 15) << 23;
    return (uint16_t)(sign | (size + 0xfff + (size >> 13 & 1)) >> 13);
}
inline uint16_t encode_fast(float value, Bfloat16Format)
{
    uint32_t bits = bits_as<uint32_t>(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fff;
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* any number to nearest: what is a float, too, takes the fast way */
template <class Format, class N> uint16_t encode_nearest(N value)
{
    const float same = (float)value;
    return (long double)same == (long double)value ? encode_fast(same, Format())
                                                   : encode<Format>(value, Rounding::nearest);
}

inline float decode(uint16_t bits, HalfFormat)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, size = bits & 0x7fff;
    if (size > 0x7c00) return bits_as<float>(0x7fffffffu);
    if (size == 0x7c00) return bits_as<float>(sign | 0x7f800000);
    return bits_as<float>(sign | bits_as<uint32_t>(bits_as<float>(size << 13) * 0x1p112f));
}
inline float decode(uint16_t bits, Bfloat16Format)
{
    return bits_as<float>((uint32_t)bits << 16);
}

/* The bits alone, as NVIDIA's __half_raw: an aggregate. */
template <class Format> struct MiniRaw {
    unsigned short x;
};
template <class Format> struct alignas(4) MiniRaw2 {
    unsigned short x, y;
};

/* Numbers convert to it and it converts to float without being asked, as NVIDIA's types do. */
template <class Format> struct MiniFloat {
    uint16_t bits;

    MiniFloat() = default;
    MiniFloat(float value) : bits(encode_fast(value, Format()))
    {
    }
    template <class N, class = std::enable_if_t<std::is_arithmetic_v<N>>>
    MiniFloat(N value) : bits(encode_nearest<Format>(value))
    {
    }
    MiniFloat(MiniRaw<Format> raw) : bits(raw.x)
    {
    }
    operator MiniRaw<Format>() const
    {
        return { bits };
    }
    static Format format();
    static MiniFloat of_bits(uint16_t bits)
    {
        MiniFloat result;
        result.bits = bits;
        return result;
    }
    operator float() const
    {
        return decode(bits, Format());
    }
    MiniFloat operator-() const
    {
        return of_bits(bits ^ 0x8000);
    }
    MiniFloat operator+() const
    {
        return *this;
    }

#define EMU_MINI_OPERATOR(op)                              \
    friend MiniFloat operator op(MiniFloat a, MiniFloat b) \
    {                                                      \
        return (float)a op(float) b;                       \
    }                                                      \
    MiniFloat &operator op##=(MiniFloat b)                 \
    {                                                      \
        return *this = *this op b;                         \
    }
    EMU_MINI_OPERATOR(+)
    EMU_MINI_OPERATOR(-)
    EMU_MINI_OPERATOR(*)
    EMU_MINI_OPERATOR(/)
#undef EMU_MINI_OPERATOR

#define EMU_MINI_COMPARISON(op)                       \
    friend bool operator op(MiniFloat a, MiniFloat b) \
    {                                                 \
        return (float)a op(float) b;                  \
    }
    EMU_MINI_COMPARISON(==)
    EMU_MINI_COMPARISON(!=)
    EMU_MINI_COMPARISON(<)
    EMU_MINI_COMPARISON(>)
    EMU_MINI_COMPARISON(<=)
    EMU_MINI_COMPARISON(>=)
#undef EMU_MINI_COMPARISON

    MiniFloat &operator++()
    {
        return *this += MiniFloat(1.0f);
    }
    MiniFloat &operator--()
    {
        return *this -= MiniFloat(1.0f);
    }
};

/* Two of them in one register. */
template <class Format> struct alignas(4) MiniFloat2 {
    MiniFloat<Format> x, y;

    MiniFloat2() = default;
    MiniFloat2(MiniFloat<Format> x_, MiniFloat<Format> y_) : x(x_), y(y_)
    {
    }
    MiniFloat2(MiniRaw2<Format> raw) : x(MiniRaw<Format>{ raw.x }), y(MiniRaw<Format>{ raw.y })
    {
    }
    operator MiniRaw2<Format>() const
    {
        return { x.bits, y.bits };
    }
    MiniFloat2 operator-() const
    {
        return { -x, -y };
    }

#define EMU_MINI_OPERATOR(op)                                 \
    friend MiniFloat2 operator op(MiniFloat2 a, MiniFloat2 b) \
    {                                                         \
        return { a.x op b.x, a.y op b.y };                    \
    }                                                         \
    MiniFloat2 &operator op##=(MiniFloat2 b)                  \
    {                                                         \
        return *this = *this op b;                            \
    }
    EMU_MINI_OPERATOR(+)
    EMU_MINI_OPERATOR(-)
    EMU_MINI_OPERATOR(*)
    EMU_MINI_OPERATOR(/)
#undef EMU_MINI_OPERATOR
    friend bool operator==(MiniFloat2 a, MiniFloat2 b)
    {
        return a.x == b.x && a.y == b.y;
    }
    friend bool operator!=(MiniFloat2 a, MiniFloat2 b)
    {
        return a.x != b.x && a.y != b.y; /* both, as NVIDIA's */
    }
};

/* a*b + c with one rounding. The product is exact in double. If the sum is not, its last bit is made odd: a
 * result that is not exact then cannot look like a tie when it is rounded again. */
template <class Format>
MiniFloat<Format> multiply_add(MiniFloat<Format> a, MiniFloat<Format> b, MiniFloat<Format> c)
{
    double product = (double)(float)a * (double)(float)b, addend = (double)(float)c, sum = product + addend;
    if (std::isfinite(sum)) {
        double part = sum - product, error = (product - (sum - part)) + (addend - part);
        if (error != 0 && !(bits_as<uint64_t>(sum) & 1))
            sum = std::nextafter(sum, error > 0 ? HUGE_VAL : -HUGE_VAL);
    }
    return MiniFloat<Format>::of_bits(encode<Format>(sum, Rounding::nearest));
}

} // namespace emu
#endif
