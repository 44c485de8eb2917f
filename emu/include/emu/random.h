/* emu/random.h - the generators of cuRAND and what it makes of their bits.
 *
 * XORWOW: Marsaglia, "Xorshift RNGs", 2003, section 3.1. Philox 4x32-10: Salmon, Moraes, Dror, Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", 2011. MRG32k3a: L'Ecuyer, "Good parameters and
 * implementations for combined multiple recursive random number generators", 1999. How far apart sequences
 * are is in NVIDIA's documentation, how a seed becomes MRG32k3a's state in its public headers; how it becomes
 * XORWOW's was found in the numbers that cuRAND 10.4 gives.
 */
#ifndef EMU_RANDOM_H
#define EMU_RANDOM_H

#include <cmath>
#include <cstdint>

namespace emu
{

/* A thread begins a sequence: two that begin at one place draw the same numbers, of which a note tells. */
struct Where;
void random_begins(uint64_t seed, uint64_t sequence, uint64_t offset, Where where);
void random_skips(); /* it goes on elsewhere, as others perhaps do */

/* ---- generators ---- */

struct Xorwow {
    uint32_t v[5], d;

    uint32_t next()
    {
        uint32_t t = v[0] ^ v[0] >> 2;
        for (int i = 0; i < 4; i++) v[i] = v[i + 1];
        v[4] = (v[4] ^ v[4] << 4) ^ (t ^ t << 1);
        d += 362437;
        return v[4] + d;
    }
};
/* `offset` numbers after the beginning of a sequence; sequences are 2^67 apart. */
Xorwow xorwow_begin(uint64_t seed, uint64_t sequence, uint64_t offset);
void xorwow_skip(Xorwow &state, uint64_t numbers, uint64_t sequences);

struct Philox {
    uint32_t counter[4], key[2]; /* of the four numbers that come next */
    uint32_t number[4];
    unsigned taken; /* how many of them have been taken, at most 3 */

    static void rounds(const uint32_t counter[4], const uint32_t key[2], uint32_t result[4])
    {
        uint32_t c[4] = { counter[0], counter[1], counter[2], counter[3] }, k0 = key[0], k1 = key[1];
        for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
            uint64_t a = (uint64_t)0xd2511f53u * c[0], b = (uint64_t)0xcd9e8d57u * c[2];
            uint32_t c1 = (uint32_t)(a >> 32) ^ c[3] ^ k1, c0 = (uint32_t)(b >> 32) ^ c[1] ^ k0;
            c[0] = c0, c[1] = (uint32_t)b, c[2] = c1, c[3] = (uint32_t)a;
        }
        for (int i = 0; i < 4; i++) result[i] = c[i];
    }
    /* Adds to the 128 bits of the counter, of which a sequence is the upper half. */
    void move(uint64_t low, uint64_t high)
    {
        uint64_t at = counter[0] | (uint64_t)counter[1] << 32, top = counter[2] | (uint64_t)counter[3] << 32;
        top += high + (at + low < at);
        at += low;
        counter[0] = (uint32_t)at, counter[1] = (uint32_t)(at >> 32);
        counter[2] = (uint32_t)top, counter[3] = (uint32_t)(top >> 32);
        rounds(counter, key, number);
    }
    void skip(uint64_t numbers)
    {
        taken += (unsigned)(numbers % 4);
        move(numbers / 4 + taken / 4, 0);
        taken %= 4;
    }
    uint32_t next()
    {
        uint32_t result = number[taken++];
        if (taken == 4) taken = 0, move(1, 0);
        return result;
    }
};
inline Philox philox_begin(uint64_t seed, uint64_t sequence, uint64_t offset)
{
    Philox p = { { 0, 0, 0, 0 }, { (uint32_t)seed, (uint32_t)(seed >> 32) }, { 0, 0, 0, 0 }, 0 };
    p.move(0, sequence);
    p.skip(offset);
    return p;
}

/* Both recurrences have three numbers each, the oldest first; a number is 1 to the first modulus. */
struct Mrg32k3a {
    static constexpr uint64_t MODULUS[2] = { 4294967087, 4294944443 };
    uint32_t a[3], b[3];

    uint32_t next()
    {
        const uint64_t m = MODULUS[0], n = MODULUS[1];
        uint64_t p = (1403580 * (uint64_t)a[1] + 810728 * (m - a[0])) % m,
                 q = (527612 * (uint64_t)b[2] + 1370589 * (n - b[0])) % n;
        a[0] = a[1], a[1] = a[2], a[2] = (uint32_t)p;
        b[0] = b[1], b[1] = b[2], b[2] = (uint32_t)q;
        return (uint32_t)(p > q ? p - q : p + m - q);
    }
};
/* `offset` numbers after the beginning of a subsequence, of which 2^51 are 2^76 apart. Seed 0 is the paper's
 * own state. */
Mrg32k3a mrg_begin(uint64_t seed, uint64_t subsequence, uint64_t offset);
/* Sequences are 2^127 apart. */
void mrg_skip(Mrg32k3a &state, uint64_t numbers, uint64_t subsequences, uint64_t sequences);

/* ---- distributions ---- */

/* (0, 1] */
inline float uniform_of(uint32_t x)
{
    return (float)x * 0x1p-32f + 0x1p-33f;
}
inline double uniform_double_of(uint32_t x, uint32_t y)
{
    uint64_t z = (uint64_t)x ^ (uint64_t)y << 21; /* 53 bits */
    return (double)z * 0x1p-53 + 0x1p-54;
}

/* Two normal numbers of two uniform ones, by Box and Muller. */
struct NormalPair {
    float x, y;
};
inline NormalPair normal_of(uint32_t x, uint32_t y)
{
    const float turn = 6.2831855f * 0x1p-32f;
    float radius = sqrtf(-2 * logf(uniform_of(x))), angle = (float)y * turn + turn / 2;
    return { radius * sinf(angle), radius * cosf(angle) };
}
struct NormalPairDouble {
    double x, y;
};
inline NormalPairDouble normal_double_of(double u, double v)
{
    double radius = std::sqrt(-2 * std::log(u)), angle = 2 * 3.14159265358979323846 * v;
    return { radius * std::sin(angle), radius * std::cos(angle) };
}

/* ... of numbers of MRG32k3a */
inline uint32_t mrg_bits(uint32_t number)
{
    return (uint32_t)(number * 1.000000048662); /* stretched to 32 bits */
}
inline double mrg_uniform(uint32_t number)
{
    return number * 2.3283065498378288e-10; /* 1 / the first modulus, to 10 digits */
}
inline NormalPair mrg_normal(uint32_t x, uint32_t y)
{
    float radius = sqrtf(-2 * logf((float)mrg_uniform(x))), angle = (float)mrg_uniform(y) * 6.2831855f;
    return { radius * sinf(angle), radius * cosf(angle) };
}

/* What comes next from a generator, as bits, a uniform number or a pair of normal ones. */
template <class G> uint32_t next_bits(G &g)
{
    return g.next();
}
template <class G> float next_uniform(G &g)
{
    return uniform_of(g.next());
}
template <class G> double next_uniform_double(G &g)
{
    uint32_t x = g.next(), y = g.next();
    return uniform_double_of(x, y);
}
template <class G> NormalPair next_normal(G &g)
{
    uint32_t x = g.next(), y = g.next();
    return normal_of(x, y);
}
template <> inline uint32_t next_bits(Mrg32k3a &g)
{
    return mrg_bits(g.next());
}
template <> inline float next_uniform(Mrg32k3a &g)
{
    return (float)mrg_uniform(g.next());
}
template <> inline double next_uniform_double(Mrg32k3a &g)
{
    return mrg_uniform(g.next());
}
template <> inline NormalPair next_normal(Mrg32k3a &g)
{
    uint32_t x = g.next(), y = g.next();
    return mrg_normal(x, y);
}

/* With mean lambda; next() gives uniform numbers in (0, 1]. Exact below 64; above, a rounded normal
 * number. */
template <class Next> unsigned poisson_of(double lambda, Next next)
{
    if (lambda < 64) {
        double limit = std::exp(-lambda), product = (double)next();
        unsigned count = 0;
        for (; product > limit; count++) product *= (double)next();
        return count;
    }
    NormalPairDouble n = normal_double_of((double)next(), (double)next());
    double x = std::floor(lambda + std::sqrt(lambda) * n.x + 0.5);
    return x > 0 ? (unsigned)x : 0;
}

} // namespace emu
#endif
