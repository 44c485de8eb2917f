/* curand_sobol.cpp - direction vectors of Sobol's sequences, and the normal distribution's quantiles.
 *
 * The vectors follow from primitive polynomials and first values: S. Joe and F. Y. Kuo, Constructing Sobol
 * sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30 (2008), their table
 * new-joe-kuo-6. Those of cuRAND's CURAND_DIRECTION_VECTORS_32_JOEKUO6 and _64_JOEKUO6 are the same
 * (tests/emu_curand.cu). */
#include "emu/sobol.h"

#include <vector>

namespace emu
{

/* Of dimension 1 on: the polynomial's degree, its inner coefficients as bits, the first values. */
static const struct {
    unsigned degree, coefficients, first[7];
} table[SOBOL_DIMENSIONS - 1] = {
    { 1, 0, { 1 } },
    { 2, 1, { 1, 3 } },
    { 3, 1, { 1, 3, 1 } },
    { 3, 2, { 1, 1, 1 } },
    { 4, 1, { 1, 1, 3, 3 } },
    { 4, 4, { 1, 3, 5, 13 } },
    { 5, 2, { 1, 1, 5, 5, 17 } },
    { 5, 4, { 1, 1, 5, 5, 5 } },
    { 5, 7, { 1, 1, 7, 11, 19 } },
    { 5, 11, { 1, 1, 5, 1, 1 } },
    { 5, 13, { 1, 1, 1, 3, 11 } },
    { 5, 14, { 1, 3, 5, 5, 31 } },
    { 6, 1, { 1, 3, 3, 9, 7, 49 } },
    { 6, 13, { 1, 1, 1, 15, 21, 21 } },
    { 6, 16, { 1, 3, 1, 13, 27, 49 } },
    { 6, 19, { 1, 1, 1, 15, 7, 5 } },
    { 6, 22, { 1, 3, 1, 15, 13, 25 } },
    { 6, 25, { 1, 1, 5, 5, 19, 61 } },
    { 7, 1, { 1, 3, 7, 11, 23, 15, 103 } },
    { 7, 4, { 1, 3, 7, 13, 13, 15, 69 } },
};

/* The vectors of all dimensions, one after another. */
template <class Word> static std::vector<Word> make_vectors()
{
    const unsigned bits = 8 * sizeof(Word);
    std::vector<Word> vectors;
    for (unsigned i = 0; i < bits; i++) vectors.push_back((Word)1 << (bits - 1 - i));
    for (const auto &t : table) {
        std::vector<Word> m(t.first, t.first + t.degree);
        for (unsigned i = t.degree; i < bits; i++) {
            Word next = m[i - t.degree] ^ m[i - t.degree] << t.degree;
            for (unsigned k = 1; k < t.degree; k++)
                if (t.coefficients >> (t.degree - 1 - k) & 1) next ^= m[i - k] << k;
            m.push_back(next);
        }
        for (unsigned i = 0; i < bits; i++) vectors.push_back(m[i] << (bits - 1 - i));
    }
    return vectors;
}

const uint32_t (*sobol_vectors_32())[32]
{
    static const std::vector<uint32_t> &all = *new std::vector<uint32_t>(make_vectors<uint32_t>());
    return (const uint32_t(*)[32])all.data();
}

const uint64_t (*sobol_vectors_64())[64]
{
    static const std::vector<uint64_t> &all = *new std::vector<uint64_t>(make_vectors<uint64_t>());
    return (const uint64_t(*)[64])all.data();
}

/* By bisection, then Newton's method: for the lower half; who calls has mirrored the upper one. */
double normal_quantile(double probability)
{
    double low = -39, high = 39;
    for (int i = 0; i < 12; i++) {
        double middle = (low + high) / 2;
        (std::erfc(-middle / std::sqrt(2.0)) / 2 < probability ? low : high) = middle;
    }
    double x = (low + high) / 2;
    for (int i = 0; i < 4; i++) {
        double density = std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846);
        if (density > 0) x -= (std::erfc(-x / std::sqrt(2.0)) / 2 - probability) / density;
    }
    return x;
}

} // namespace emu
