/* vec_piecewise.h - polynomials in pieces, and k of exp, in vectors of sixteen; piecewise.h tells the method.
 * Included after the words of vec_avx512.h.
 */
#include "piecewise.h"

/* a polynomial of piecewise.h at a, whose cell is `which`; in *lost what its last sum has rounded away */
VEC vec piecewise(const float (*ends)[PIECES], const float (*row)[PIECES], int degree, vec a, piece which,
                  vec *lost)
{
    vec t = vec_sub(a, vec_pick(ends[0], which)), c0 = vec_pick(ends[1], which), q = vec_pick(row[0], which);
    for (int d = 1; d < degree; d++) q = vec_fma(q, t, vec_pick(row[d], which));
    vec sum = vec_fma(q, t, c0);
    *lost = vec_fma(q, t, vec_sub(c0, sum));
    return sum;
}
/* the same with as many coefficients as `row` has */
#define PIECEWISE(ends, row, a, which, lost) \
    piecewise(ends, row, (int)(sizeof row / sizeof *row), a, which, lost)

/* the cells of tanh, GELU and log, each for its range */
VEC piece tanh_piece(vec a)
{
    return piece_of(vec_fma(a, vec_set1(TANH_PIECES_SCALE), vec_set1(TANH_PIECES_START)), PIECES_OF_FOUR);
}

VEC piece gelu_piece(vec a)
{
    return piece_of(vec_fma(a, vec_set1(GELU_PIECES_SCALE), vec_set1(GELU_PIECES_START)), PIECES_OF_FOUR);
}

VEC piece log_piece(vec a)
{
    return piece_of(vec_fma(a, vec_set1(LOG_PIECES_SCALE), vec_set1(LOG_PIECES_START)), PIECES_OF_SIXTEEN);
}

/* k: x log2_e to the nearest sixteenth, and how many sixteenths beyond a whole number: the last digits of a
 * sum with a number so large that smaller ones have no place */
VEC vec exp_sixteenths(vec x, float log2_e, piece *sixteenths)
{
    vec large = vec_set1(0x1.8p19f), sum = vec_fma(x, vec_set1(log2_e), large);
    *sixteenths = piece_of_bits(sum);
    return vec_sub(sum, large);
}
