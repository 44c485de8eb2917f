/* emu/sobol.h - Sobol's quasi-random sequences, of 32 or 64 bits: point number i of a dimension is the sum
 * (without carry) of the direction vectors that the Gray code of i names. */
#ifndef EMU_SOBOL_H
#define EMU_SOBOL_H

#include <cmath>
#include "core.h"

namespace emu
{

const unsigned SOBOL_DIMENSIONS = 21; /* whose direction vectors are here */

/* Of dimension 0 on, 32 or 64 vectors each; the first has the upper bit alone. */
const uint32_t (*sobol_vectors_32())[32];
const uint64_t (*sobol_vectors_64())[64];

template <class Word> Word sobol_point(const Word *vectors, uint64_t number)
{
    Word point = 0;
    uint64_t gray = number ^ number >> 1;
    for (unsigned bit = 0; bit < 8 * sizeof(Word); bit++)
        if (gray >> bit & 1) point ^= vectors[bit];
    return point;
}

/* As numbers above 0 and at most 1. */
inline float sobol_uniform(uint32_t x)
{
    return (float)x * 2.3283064e-10f + 2.3283064e-10f / 2.0f;
}
inline double sobol_uniform_double(uint32_t x)
{
    return (double)x * 0x1p-32 + 0x1p-32;
}
inline float sobol_uniform(uint64_t x)
{
    return sobol_uniform((uint32_t)(x >> 32));
}
inline double sobol_uniform_double(uint64_t x)
{
    return (double)(x >> 11) * 0x1p-53 + 0x1p-54;
}

/* The number below which a normal one lies with this probability. */
double normal_quantile(double probability);

template <class Word> double sobol_normal(Word x)
{
    const int bits = 8 * sizeof(Word);
    const bool upper = x >> (bits - 1);
    const double below = ((double)(Word)(upper ? ~x : x) + 0.5) * std::ldexp(1.0, -bits);
    const double value = normal_quantile(below);
    return upper ? -value : value;
}

} // namespace emu
#endif
