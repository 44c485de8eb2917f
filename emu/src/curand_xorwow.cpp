/* curand_xorwow.cpp - XORWOW from any place of its sequence on.
 *
 * A step is linear in the 160 bits of v: a matrix of zeros and ones. Its powers of 2 lead anywhere; they
 * are made once. */
#include <cstring>
#include <vector>
#include "emu/random.h"

namespace emu
{

namespace
{
const unsigned BITS = 160, SEQUENCE = 67; /* sequences are 2^67 numbers apart */

struct Bits {
    uint32_t word[5];
};
struct Matrix {
    Bits column[BITS]; /* what becomes of each bit */
};
} // namespace

static Bits times(const Matrix &m, const Bits &b)
{
    Bits sum = {};
    for (unsigned i = 0; i < BITS; i++)
        if (b.word[i / 32] >> i % 32 & 1)
            for (int w = 0; w < 5; w++) sum.word[w] ^= m.column[i].word[w];
    return sum;
}

/* 2^0, 2^1, 2^2, ... steps */
static std::vector<Matrix> make_powers()
{
    std::vector<Matrix> power(SEQUENCE + 64);
    for (size_t p = 0; p < power.size(); p++)
        for (unsigned i = 0; i < BITS; i++) {
            Bits unit = {};
            unit.word[i / 32] = 1u << i % 32;
            if (p) {
                power[p].column[i] = times(power[p - 1], times(power[p - 1], unit));
                continue;
            }
            Xorwow one = { {}, 0 };
            memcpy(one.v, unit.word, sizeof one.v);
            one.next();
            memcpy(power[p].column[i].word, one.v, sizeof one.v);
        }
    return power;
}

void xorwow_skip(Xorwow &state, uint64_t numbers, uint64_t sequences)
{
    static const std::vector<Matrix> &power = *new std::vector<Matrix>(make_powers());
    Bits v;
    memcpy(v.word, state.v, sizeof state.v);
    for (unsigned bit = 0; bit < 64; bit++) {
        if (numbers >> bit & 1) v = times(power[bit], v);
        if (sequences >> bit & 1) v = times(power[SEQUENCE + bit], v);
    }
    memcpy(state.v, v.word, sizeof state.v);
    state.d += (uint32_t)numbers * 362437u; /* and 2^67 times that, which is 0 in 32 bits */
}

Xorwow xorwow_begin(uint64_t seed, uint64_t sequence, uint64_t offset)
{
    uint32_t a = ((uint32_t)seed ^ 0xaad26b49u) * 1099087573u,
             b = ((uint32_t)(seed >> 32) ^ 0xf7dcefddu) * 2591861531u;
    Xorwow x = { { 123456789u + a, 362436069u ^ a, 521288629u + b, 88675123u ^ b, 5783321u + a },
                 6615241u + a + b };
    xorwow_skip(x, offset, sequence);
    return x;
}

} // namespace emu
