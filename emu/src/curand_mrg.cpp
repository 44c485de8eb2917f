/* curand_mrg.cpp - MRG32k3a from any place of its sequence on: a step is a matrix for each recurrence, whose
 * powers of 2 lead anywhere. */
#include <array>
#include <vector>
#include "emu/random.h"

namespace emu
{

namespace
{
const unsigned SUBSEQUENCE = 76, SEQUENCE = 127; /* how far apart they are, as powers of 2 */
const uint64_t SUBSEQUENCES = (uint64_t)1 << 51; /* in a sequence */

typedef std::array<std::array<uint64_t, 3>, 3> Matrix;
} // namespace

static Matrix times(const Matrix &x, const Matrix &y, uint64_t modulus)
{
    Matrix product = {};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                product[i][j] = (product[i][j] + x[i][k] * y[k][j] % modulus) % modulus;
    return product;
}

/* 2^0, 2^1, 2^2, ... steps of one recurrence */
static std::vector<Matrix> make_powers(int recurrence)
{
    const uint64_t m = Mrg32k3a::MODULUS[recurrence];
    const Matrix steps[2] = { { { { 0, 1, 0 }, { 0, 0, 1 }, { m - 810728, 1403580, 0 } } },
                              { { { 0, 1, 0 }, { 0, 0, 1 }, { m - 1370589, 0, 527612 } } } };
    std::vector<Matrix> power = { steps[recurrence] };
    while (power.size() < SEQUENCE + 64) power.push_back(times(power.back(), power.back(), m));
    return power;
}

static void apply(const Matrix &x, uint32_t v[3], uint64_t modulus)
{
    uint64_t sum[3] = {};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) sum[i] = (sum[i] + x[i][k] * v[k] % modulus) % modulus;
    for (int i = 0; i < 3; i++) v[i] = (uint32_t)sum[i];
}

void mrg_skip(Mrg32k3a &state, uint64_t numbers, uint64_t subsequences, uint64_t sequences)
{
    static const std::vector<Matrix> *const powers =
        new std::vector<Matrix>[2] { make_powers(0), make_powers(1) };
    subsequences %= SUBSEQUENCES;
    for (int r = 0; r < 2; r++)
        for (unsigned bit = 0; bit < 64; bit++) {
            uint32_t *v = r == 0 ? state.a : state.b;
            if (numbers >> bit & 1) apply(powers[r][bit], v, Mrg32k3a::MODULUS[r]);
            if (subsequences >> bit & 1) apply(powers[r][SUBSEQUENCE + bit], v, Mrg32k3a::MODULUS[r]);
            if (sequences >> bit & 1) apply(powers[r][SEQUENCE + bit], v, Mrg32k3a::MODULUS[r]);
        }
}

Mrg32k3a mrg_begin(uint64_t seed, uint64_t subsequence, uint64_t offset)
{
    Mrg32k3a g = { { 12345, 12345, 12345 }, { 12345, 12345, 12345 } };
    const uint64_t low = (uint32_t)seed ^ 0x55555555u, high = (uint32_t)(seed >> 32) ^ 0xaaaaaaaau;
    for (int i = 0; i < 3 && seed; i++) {
        g.a[i] = (uint32_t)((i % 2 ? high : low) * 12345 % Mrg32k3a::MODULUS[0]);
        g.b[i] = (uint32_t)((i % 2 ? low : high) * 12345 % Mrg32k3a::MODULUS[1]);
    }
    mrg_skip(g, offset, subsequence, 0);
    return g;
}

} // namespace emu
