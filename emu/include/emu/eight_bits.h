/* emu/eight_bits.h - floating-point numbers of 8 bits: e4m3 (4 exponent bits, 3 fraction bits, no
 * infinity, one NaN) and e5m2 (5 and 2, like the upper half of a half). Formats: "FP8 Formats for Deep
 * Learning", Micikevicius et al., 2022.
 */
#ifndef EMU_EIGHT_BITS_H
#define EMU_EIGHT_BITS_H

#include "mini_float.h"

namespace emu
{

struct E4m3Format {
    enum {
        FRACTION = 3,
        LEAST = -6,
        LARGEST = 0x7e,
        INFINITE = 0x7f,
        NOT_A_NUMBER = 0x7f
    }; /* INFINITE: what overflows */
};
struct E5m2Format {
    enum { FRACTION = 2, LEAST = -14, LARGEST = 0x7b, INFINITE = 0x7c, NOT_A_NUMBER = 0x7f };
};

/* To nearest, ties to even. What is too large becomes the largest number, or, not saturated, infinity
 * or NaN. */
template <class Format> uint8_t encode_eight(double value, bool saturate)
{
    if (std::isnan(value)) return Format::NOT_A_NUMBER;
    const uint8_t sign = std::signbit(value) ? 0x80 : 0;
    const uint8_t over = saturate ? Format::LARGEST : Format::INFINITE;
    const double size = std::fabs(value);
    if (std::isinf(value)) return sign | over;
    int exponent = size > 0 ? std::ilogb(size) : Format::LEAST;
    if (exponent < Format::LEAST) exponent = Format::LEAST;
    if (exponent > 20) return sign | over;
    const int units =
        (int)std::nearbyint(std::scalbn(size, Format::FRACTION - exponent)); /* of the last place */
    /* a carry out of the fraction correctly adds one to the exponent */
    const int bits = (exponent - Format::LEAST) * (1 << Format::FRACTION) + units;
    return sign | (bits > Format::LARGEST ? over : (uint8_t)bits);
}

template <class Format> float decode_eight(uint8_t bits)
{
    const int size = bits & 0x7f, exponent = size >> Format::FRACTION, one = 1 << Format::FRACTION;
    float value =
        exponent ? std::scalbn((float)(one + size % one), exponent - 1 + Format::LEAST - Format::FRACTION)
                 : std::scalbn((float)size, Format::LEAST - Format::FRACTION);
    if (size > Format::LARGEST)
        value = size == Format::INFINITE && size != Format::NOT_A_NUMBER ? INFINITY : NAN;
    return bits & 0x80 ? -value : value;
}

} // namespace emu
#endif
