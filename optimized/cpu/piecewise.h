/* piecewise.h - polynomials of sixteen pieces, whose coefficients a vector of sixteen
 * floats holds; their only place.
 *
 * AVX-512 picks one of sixteen floats for every lane in one instruction (vpermps), and so each lane can
 * have the coefficients of its own piece, of its cell. Short pieces need short polynomials, and
 * functions that have none at all over a long range, as they need exp, a division or a choice of two
 * methods, become a polynomial.
 *
 * Cells must be narrow where the function bends and may be wide where it runs straight: the cell is the
 * exponent and the two leading bits of b = START + SCALE a, four to an octave of b, sixteen to the four
 * octaves over which b runs, so that cells grow with a. The row of a coefficient begins where those four bits
 * of b are 0, not with the first cell.
 *
 *   f(a) = c0 + t (c1 + t (c2 + ...)),   t = a - centre, exact
 *
 * The centre is that number of at most 15 bits in the middle 30 % of its cell at which f is nearest to a
 * float, c0. So c0 has hardly an error, and only the last addition rounds much. In the first cell the centre
 * is 0, and so c0 and c1 are those of f's series: there the relative error counts.
 *
 *              f                             a            degree and largest relative error
 *   tanh         tanh(a)                       0 to 9.02    5: 2.2e-8    4: 7.5e-7   3: 2.3e-5
 *   gelu         G(a) of gelu_poly.h           0 to 14.75   5: 4.1e-8    4: 1.1e-6   3: 4.8e-5
 *   gelu_slope   P(-a) exp(a^2/2) - a p(0)     0 to 14.75   5: 3.5e-8 of the sum of both terms
 *   log          log(1 + a) / a                0 to 1       4: 3.7e-10   2: 2.3e-6   1: 2.9e-4
 *
 * (log's cells are the sixteen parts of one octave of b; gelu_slope has the centres of gelu.)
 *
 * cells_NAME_ends holds the centres and c0, cells_NAME_24 the other coefficients, highest power first; _20
 * and _12 those of lower degrees, for about 20 and 12 bits.
 *
 * exp: with k = x / ln 2 rounded to a sixteenth and r = x - k ln 2, |r| <= (ln 2) / 32, exp(x) = 2^floor(k) T
 * (1 + m), where T = 2^(j/16), the j sixteenths of k, comes from piecewise_power, and m = d + r (1 + r (h1 +
 * r (h2 + r h3))), d being what rounding took from T over T, the second row. Without h3 exp is right, exp(x)
 * - 1 is not. piecewise_inverse_power holds T = 2^(-j/16).
 *
 * The coefficients minimise the largest relative error in their cell (Lawson's iteration, see exp_poly.h, on
 * 24 Chebyshev nodes for each coefficient); each is rounded to float before the next ones are fitted.
 */
#ifndef RUNGS_PIECEWISE_H
#define RUNGS_PIECEWISE_H

#include "exp_poly.h"
#include "gelu_poly.h"

enum { PIECES = 16 };

#define PIECES_OF_FOUR    21u /* the last bits of b that do not tell its cell: four cells to an octave, */
#define PIECES_OF_SIXTEEN 19u /* or sixteen */

#define TANH_PIECES_END   9.015625f /* from here on tanh is 1 */
#define TANH_PIECES_START 1.0f
#define TANH_PIECES_SCALE 1.65625f
#define GELU_PIECES_START 1.5f
#define GELU_PIECES_SCALE 1.453125f
#define LOG_PIECES_START  1.0f
#define LOG_PIECES_SCALE  0.984375f

/* ln 2, and (ln 2) / D of the tanh form, in one part, for few digits */
#define LN2        0x1.62e43p-1f
#define LN2_OVER_D 0x1.36d9d6p+3f

/* h of exp without h3, m to 1.6e-9, and with it, to 5e-12 */
#define EXP_PIECES_H1   0x1.00022p-1f
#define EXP_PIECES_H2   0x1.55571cp-3f
#define EXPM1_PIECES_H1 0x1p-1f
#define EXPM1_PIECES_H2 0x1.55571ep-3f
#define EXPM1_PIECES_H3 0x1.55567cp-5f

/* With half a square for x, r = a^2 + k 2 ln 2 is -2 times what it was, and h is of that. 2 ln 2 in two
 * parts, of which the first has 9 digits, so that k times it is exact. */
#define LOG2_E_HALF    0x1.715476p-1f
#define LN2_TWICE_HIGH 0x1.63p+0f
#define LN2_TWICE_LOW  (-0x1.bd0106p-12f)
#define HALF_SQUARE_H0 (-0x1p-1f)
#define HALF_SQUARE_H1 0x1p-3f
#define HALF_SQUARE_H2 (-0x1.555556p-6f)

/* w of GELU's tanh form is D a (K + a^2), K = 1 / 0.044715; r is w / D less k (ln 2) / D, and h is of that. K
 * in two parts, of which the first is a multiple of 2^-16, the last digit of K + a^2. */
#define GELU_K_HIGH         0x1.65d26p+4f
#define GELU_K_LOW          (-0x1.226128p-20f)
#define GELU_D_LOG2_E       0x1.a5a7dp-4f
#define LN2_OVER_D_HIGH     0x1.37p+3f
#define LN2_OVER_D_LOW      (-0x1.315494p-8f)
#define GELU_TANH_PIECES_H0 (-0x1.2444f2p-4f)
#define GELU_TANH_PIECES_H1 0x1.4dad5cp-9f
#define GELU_TANH_PIECES_H2 (-0x1.fbef7ap-15f)

static const float piecewise_tanh_ends[2][PIECES] = {
    { 0x1.7e54p-1f, 0x1.13d4p+0f, 0x1.622cp+0f, 0x1.b19p+0f, 0x1.0d54p+1f, 0x1.5d84p+1f, 0x1.ab3p+1f,
      0x1.f73p+1f, 0x1.36fcp+2f, 0x1.85fcp+2f, 0x1.d3dcp+2f, 0x1.0a2cp+3f, 0, 0x1.d1dp-3f, 0x1.84d8p-2f,
      0x1.0364p-1f },
    { 0x1.44326p-1f, 0x1.95a22cp-1f, 0x1.c371fcp-1f, 0x1.de848p-1f, 0x1.f0fe7p-1f, 0x1.fbaafcp-1f,
      0x1.feb582p-1f, 0x1.ff9b1ep-1f, 0x1.fff03ap-1f, 0x1.fffeaap-1f, 0x1.ffffe2p-1f, 0x1.fffffcp-1f, 0,
      0x1.c9f15ap-3f, 0x1.732c2ap-2f, 0x1.de8654p-2f },
};
static const float piecewise_tanh_24[5][PIECES] = {
    { -0x1.02ed8cp-4f, -0x1.46c394p-5f, -0x1.6100ap-7f, 0x1.18a7cp-9f, 0x1.24db04p-8f, 0x1.0a6626p-9f,
      0x1.62f6ep-11f, 0x1.b5dadcp-13f, 0x1.3035bcp-15f, 0x1.b413bcp-19f, 0x1.37b36ep-22f, 0x1.e1274ap-26f,
      0x1.07202p-3f, 0x1.550a4ap-4f, 0x1.42236ep-6f, -0x1.205a08p-5f },
    { 0x1.9cad6ep-4f, 0x1.88e46p-7f, -0x1.603ff2p-6f, -0x1.8ff75cp-6f, -0x1.fc4c4cp-7f, -0x1.5f1bf8p-8f,
      -0x1.b710fap-10f, -0x1.0fe908p-11f, -0x1.67161ap-14f, -0x1.e51284p-18f, -0x1.535fdcp-21f,
      -0x1.6738ccp-24f, 0x1.b187f6p-11f, 0x1.0b4672p-3f, 0x1.583342p-3f, 0x1.4f18a8p-3f },
    { 0x1.4bb528p-5f, 0x1.c11658p-4f, 0x1.94ff64p-4f, 0x1.17f6aep-4f, 0x1.202758p-5f, 0x1.66a518p-7f,
      0x1.b47a82p-9f, 0x1.0c3186p-10f, 0x1.4df72p-13f, 0x1.c2d218p-17f, 0x1.3bfb82p-20f, 0x1.574ceep-23f,
      -0x1.5561acp-2f, -0x1.13a428p-2f, -0x1.674a08p-3f, -0x1.6fe9ecp-4f },
    { -0x1.846d72p-2f, -0x1.2e10fep-2f, -0x1.91e2e8p-3f, -0x1.e45086p-4f, -0x1.cb46d8p-5f, -0x1.11b69p-6f,
      -0x1.49325ap-8f, -0x1.9300e2p-10f, -0x1.f75dc2p-13f, -0x1.55337p-16f, -0x1.df0714p-20f,
      -0x1.fe987ep-23f, 0x1.aaeda4p-21f, -0x1.b30b64p-3f, -0x1.42679ep-2f, -0x1.760686p-2f },
    { 0x1.32b83ap-1f, 0x1.7d456ep-2f, 0x1.c7ca4cp-3f, 0x1.0319d4p-3f, 0x1.d92864p-5f, 0x1.141502p-6f,
      0x1.4a13dcp-8f, 0x1.93609ap-10f, 0x1.f8d978p-13f, 0x1.562488p-16f, 0x1.e03aeep-20f, 0x1.ffe288p-23f,
      0x1p+0f, 0x1.e66684p-1f, 0x1.bcbaep-1f, 0x1.9030c2p-1f },
};
static const float piecewise_tanh_20[4][PIECES] = {
    { 0x1.95a116p-4f, 0x1.0877b4p-6f, -0x1.4a6d88p-6f, -0x1.953836p-6f, -0x1.f6fadap-7f, -0x1.684a4cp-8f,
      -0x1.c5cf42p-10f, -0x1.140ae8p-11f, -0x1.7f8f3cp-14f, -0x1.116beep-17f, -0x1.8658e2p-21f,
      -0x1.201ea8p-24f, 0x1.37d91ep-5f, 0x1.087012p-3f, 0x1.574d5p-3f, 0x1.480bf2p-3f },
    { 0x1.3d3ef8p-5f, 0x1.bd7122p-4f, 0x1.941942p-4f, 0x1.181d9cp-4f, 0x1.2443e8p-5f, 0x1.6de3b8p-7f,
      0x1.be0256p-9f, 0x1.1246b2p-10f, 0x1.6e8fe6p-13f, 0x1.ee6fa2p-17f, 0x1.5a1ef8p-20f, 0x1.68814p-23f,
      -0x1.58b77ep-2f, -0x1.1310aap-2f, -0x1.670432p-3f, -0x1.704ac2p-4f },
    { -0x1.846774p-2f, -0x1.2e2p-2f, -0x1.91ec3cp-3f, -0x1.e44c62p-4f, -0x1.cb5a24p-5f, -0x1.11936p-6f,
      -0x1.48fa7p-8f, -0x1.92dfdcp-10f, -0x1.f4628ap-13f, -0x1.51a2b4p-16f, -0x1.d93c9p-20f, -0x1.02d084p-22f,
      0x1.56e78cp-14f, -0x1.b3082ap-3f, -0x1.426724p-2f, -0x1.76040cp-2f },
    { 0x1.32b984p-1f, 0x1.7d4678p-2f, 0x1.c7cac8p-3f, 0x1.0319cp-3f, 0x1.d910f4p-5f, 0x1.14017p-6f,
      0x1.49fa7cp-8f, 0x1.933edap-10f, 0x1.f62bf4p-13f, 0x1.5474a4p-16f, 0x1.ddf6bep-20f, 0x1.feb4bep-23f,
      0x1p+0f, 0x1.e6666cp-1f, 0x1.bcbadap-1f, 0x1.9030c4p-1f },
};
static const float piecewise_tanh_12[3][PIECES] = {
    { 0x1.4ad402p-5f, 0x1.b67b9ep-4f, 0x1.9c63c2p-4f, 0x1.25d62p-4f, 0x1.20b296p-5f, 0x1.791a9ep-7f,
      0x1.cee156p-9f, 0x1.16e4acp-10f, 0x1.8ab81cp-13f, 0x1.1a7bep-16f, 0x1.94031p-20f, 0x1.20c1f8p-23f,
      -0x1.505f24p-2f, -0x1.156ee8p-2f, -0x1.6d0014p-3f, -0x1.3aee24p-4f },
    { -0x1.827f72p-2f, -0x1.2ddd0ap-2f, -0x1.9293a2p-3f, -0x1.e5a762p-4f, -0x1.d4d0dp-5f, -0x1.18475ap-6f,
      -0x1.515dap-8f, -0x1.9d416ap-10f, -0x1.169d5p-12f, -0x1.7860e2p-16f, -0x1.07aaccp-19f, -0x1.130002p-22f,
      -0x1.4603a2p-12f, -0x1.b1cbb2p-3f, -0x1.419ac2p-2f, -0x1.75937ap-2f },
    { 0x1.32b8bcp-1f, 0x1.7d4b36p-2f, 0x1.c7c104p-3f, 0x1.0309c4p-3f, 0x1.d92d9ap-5f, 0x1.13c72cp-6f,
      0x1.49a3eep-8f, 0x1.930cfp-10f, 0x1.f15c12p-13f, 0x1.4eafbep-16f, 0x1.d493a8p-20f, 0x1.042d44p-22f,
      0x1p+0f, 0x1.e66788p-1f, 0x1.bcbc0cp-1f, 0x1.902d3ep-1f },
};
static const float piecewise_gelu_ends[2][PIECES] = {
    { 0x1.f22p-2f, 0x1.b4b8p-1f, 0x1.341p+0f, 0x1.8e38p+0f, 0x1.0084p+1f, 0x1.669cp+1f, 0x1.bce8p+1f,
      0x1.0b64p+2f, 0x1.5058p+2f, 0x1.9aap+2f, 0x1.f978p+2f, 0x1.2e6p+3f, 0x1.74f8p+3f, 0x1.cdcp+3f, 0,
      0x1.f408p-3f },
    { 0x1.5f5aeep-3f, 0x1.eeb81ep-3f, 0x1.22d468p-2f, 0x1.3ff74cp-2f, 0x1.5872cap-2f, 0x1.7145ep-2f,
      0x1.7cd27cp-2f, 0x1.844bbap-2f, 0x1.8b1908p-2f, 0x1.8f3da4p-2f, 0x1.92429p-2f, 0x1.94165cp-2f,
      0x1.9592e2p-2f, 0x1.96952p-2f, 0, 0x1.9fca5cp-4f },
};
static const float piecewise_gelu_24[5][PIECES] = {
    { 0x1.284ed8p-6f, 0x1.104088p-7f, 0x1.06d41ep-8f, 0x1.0a158p-9f, 0x1.a2189ap-11f, 0x1.0a5162p-12f,
      0x1.7f96a8p-14f, 0x1.31dd64p-15f, 0x1.72f07ap-17f, 0x1.70a42ep-19f, 0x1.c3016p-21f, 0x1.43a94cp-22f,
      0x1.64989p-24f, 0x1.4ace6p-26f, 0x1.ad69d2p-5f, 0x1.0cc444p-5f },
    { -0x1.70b902p-5f, -0x1.5b959cp-6f, -0x1.6355e2p-7f, -0x1.7a7052p-8f, -0x1.6a7e18p-9f, -0x1.bc76cep-11f,
      -0x1.70e244p-12f, -0x1.447fe6p-13f, -0x1.b4d74ep-15f, -0x1.39307ep-16f, -0x1.9c4d6ep-18f,
      -0x1.2fa6a8p-19f, -0x1.753d3p-21f, -0x1.b16accp-23f, -0x1.0d7258p-3f, -0x1.37900cp-4f },
    { 0x1.7ff1bep-4f, 0x1.8791f4p-5f, 0x1.af88bcp-6f, 0x1.eec724p-7f, 0x1.01cf4p-7f, 0x1.6fda76p-9f,
      0x1.58457cp-10f, 0x1.549d42p-11f, 0x1.09746cp-12f, 0x1.c00e88p-14f, 0x1.5de1fp-15f, 0x1.2f815ep-16f,
      0x1.be7406p-18f, 0x1.3ea1bap-19f, 0x1.ffd61ap-3f, 0x1.34ce0ap-3f },
    { -0x1.59184p-3f, -0x1.8067e2p-4f, -0x1.cbdd4cp-5f, -0x1.1d9c8ep-5f, -0x1.47f3fp-6f, -0x1.13f1e2p-7f,
      -0x1.2509e2p-8f, -0x1.47660ep-9f, -0x1.2e4f1ep-10f, -0x1.2a367p-11f, -0x1.162422p-12f, -0x1.1b3b7ap-13f,
      -0x1.fad1f6p-15f, -0x1.b9f706p-16f, -0x1.9883f4p-2f, -0x1.05ac64p-2f },
    { 0x1.efc11cp-3f, 0x1.311336p-3f, 0x1.903bd4p-4f, 0x1.0fcc64p-4f, 0x1.5bdcb8p-5f, 0x1.5dbe74p-6f,
      0x1.a9a12cp-7f, 0x1.0e92bcp-7f, 0x1.2a12fap-8f, 0x1.5ae05ap-9f, 0x1.840172p-10f, 0x1.d109ep-11f,
      0x1.fa498ep-12f, 0x1.0eb7d2p-12f, 0x1p-1f, 0x1.5f6164p-2f },
};
static const float piecewise_gelu_20[4][PIECES] = {
    { -0x1.5f8ba4p-5f, -0x1.58911ap-6f, -0x1.63b03cp-7f, -0x1.7f798p-8f, -0x1.4eb2bcp-9f, -0x1.dbe6f8p-11f,
      -0x1.8110e4p-12f, -0x1.564f4ap-13f, -0x1.df1d68p-15f, -0x1.2000bep-16f, -0x1.993fb6p-18f,
      -0x1.4e30bcp-19f, -0x1.b552d2p-21f, -0x1.f0ea5cp-23f, -0x1.d387p-4f, -0x1.3092bp-4f },
    { 0x1.822c78p-4f, 0x1.8a1228p-5f, 0x1.b1f1c2p-6f, 0x1.f1216cp-7f, 0x1.04b5a2p-7f, 0x1.73bb2cp-9f,
      0x1.5b5f24p-10f, 0x1.56daf6p-11f, 0x1.0eee88p-12f, 0x1.c51302p-14f, 0x1.620a9ep-15f, 0x1.311c3ap-16f,
      0x1.c6078ap-18f, 0x1.41d55ep-19f, 0x1.fc3faap-3f, 0x1.35538cp-3f },
    { -0x1.592aa8p-3f, -0x1.806b14p-4f, -0x1.cbdc86p-5f, -0x1.1d9962p-5f, -0x1.48303ap-6f, -0x1.13ce2cp-7f,
      -0x1.24f6c6p-8f, -0x1.4751dep-9f, -0x1.2dee82p-10f, -0x1.2a6d2p-11f, -0x1.162784p-12f, -0x1.1b1c88p-13f,
      -0x1.f9c908p-15f, -0x1.b976dcp-16f, -0x1.9876c6p-2f, -0x1.05ae3ep-2f },
    { 0x1.efbf3cp-3f, 0x1.311208p-3f, 0x1.903ab6p-4f, 0x1.0fcbep-4f, 0x1.5bd844p-5f, 0x1.5dbb88p-6f,
      0x1.a99ea8p-7f, 0x1.0e91e2p-7f, 0x1.2a0aaap-8f, 0x1.5adc96p-9f, 0x1.83fd84p-10f, 0x1.d108ecp-11f,
      0x1.fa4022p-12f, 0x1.0eb5f2p-12f, 0x1p-1f, 0x1.5f6148p-2f },
};
static const float piecewise_gelu_12[3][PIECES] = {
    { 0x1.71e70ep-4f, 0x1.87442cp-5f, 0x1.b2b236p-6f, 0x1.f7bce2p-7f, 0x1.e3daa6p-8f, 0x1.8c8ba8p-9f,
      0x1.69bd84p-10f, 0x1.68519cp-11f, 0x1.271652p-12f, 0x1.a39394p-14f, 0x1.5f5ebap-15f, 0x1.4c685ap-16f,
      0x1.057886p-17f, 0x1.6b609ap-19f, 0x1.c3dc98p-3f, 0x1.2f1f3ep-3f },
    { -0x1.5b1546p-3f, -0x1.82866ap-4f, -0x1.ce0b18p-5f, -0x1.1ec24cp-5f, -0x1.4ba408p-6f, -0x1.1657d8p-7f,
      -0x1.272ae4p-8f, -0x1.49277ep-9f, -0x1.331824p-10f, -0x1.2d5c0cp-11f, -0x1.18a86ep-12f,
      -0x1.1c7ec6p-13f, -0x1.00a676p-14f, -0x1.bd7e94p-16f, -0x1.96f212p-2f, -0x1.061b66p-2f },
    { 0x1.efd32ap-3f, 0x1.311312p-3f, 0x1.903962p-4f, 0x1.0fc8fep-4f, 0x1.5c0e4ap-5f, 0x1.5d93b2p-6f,
      0x1.a9876p-7f, 0x1.0e8412p-7f, 0x1.29bcb2p-8f, 0x1.5b0ddep-9f, 0x1.840136p-10f, 0x1.d0df84p-11f,
      0x1.f96acp-12f, 0x1.0e769p-12f, 0x1p-1f, 0x1.5f630cp-2f },
};
static const float piecewise_gelu_derivative_ends[2][PIECES] = {
    { 0x1.f22p-2f, 0x1.b4b8p-1f, 0x1.341p+0f, 0x1.8e38p+0f, 0x1.0084p+1f, 0x1.669cp+1f, 0x1.bce8p+1f,
      0x1.0b64p+2f, 0x1.5058p+2f, 0x1.9aap+2f, 0x1.f978p+2f, 0x1.2e6p+3f, 0x1.74f8p+3f, 0x1.cdcp+3f, 0,
      0x1.f408p-3f },
    { 0x1.44d678p-3f, -0x1.d39d74p-5f, -0x1.f3d58ap-3f, -0x1.adc55ep-2f, -0x1.436694p-1f, -0x1.fa5accp-1f,
      -0x1.4797d4p+0f, -0x1.937584p+0f, -0x1.02f74cp+1f, -0x1.3fda68p+1f, -0x1.8cf06ep+1f, -0x1.dd2cd8p+1f,
      -0x1.276942p+2f, -0x1.6ea982p+2f, 0x1p-1f, 0x1.460044p-2f },
};
static const float piecewise_gelu_derivative_24[5][PIECES] = {
    { -0x1.24c00ap-7f, -0x1.13d6ep-8f, -0x1.21bf84p-9f, -0x1.3af42ep-10f, -0x1.28911cp-11f, -0x1.8ac4e4p-13f,
      -0x1.28f4ap-15f, -0x1.797e78p-14f, -0x1.3016aap-17f, -0x1.5a1934p-20f, -0x1.4c257cp-20f,
      0x1.038888p-19f, -0x1.32075ap-25f, 0x1.35b9bcp-23f, -0x1.64ad08p-6f, -0x1.eadfa4p-6f },
    { 0x1.82ae7p-6f, 0x1.895b7ep-7f, 0x1.b57d42p-8f, 0x1.eae208p-9f, 0x1.073cb4p-9f, 0x1.6f0874p-11f,
      0x1.7a0972p-12f, 0x1.061ae4p-13f, 0x1.184698p-14f, 0x1.8ac76ep-16f, 0x1.a0169p-17f, 0x1.e5dacap-18f,
      0x1.04446p-19f, 0x1.10868cp-20f, 0x1.f8a1c8p-5f, 0x1.4a532p-5f },
    { -0x1.cc2128p-5f, -0x1.004604p-5f, -0x1.328b3ap-6f, -0x1.7ccdbap-7f, -0x1.b540dp-8f, -0x1.6fc876p-9f,
      -0x1.874d7ap-10f, -0x1.b298dep-11f, -0x1.93729ep-12f, -0x1.8e5b4cp-13f, -0x1.731766p-14f,
      -0x1.7d8e2ep-15f, -0x1.535accp-16f, -0x1.2b6c44p-17f, -0x1.102f72p-3f, -0x1.5cb36ap-4f },
    { 0x1.efbe6ep-4f, 0x1.3112b8p-4f, 0x1.903766p-5f, 0x1.0fced2p-5f, 0x1.5bd14p-6f, 0x1.5dc34cp-7f,
      0x1.a969fp-8f, 0x1.0ed274p-8f, 0x1.29ede4p-9f, 0x1.5b374p-10f, 0x1.838756p-11f, 0x1.d01ed8p-12f,
      0x1.f9931ap-13f, 0x1.0d988ep-13f, 0x1.fffe72p-3f, 0x1.5f591ep-3f },
    { -0x1.40ad98p-1f, -0x1.1cd64cp-1f, -0x1.071a2p-1f, -0x1.f1115ap-2f, -0x1.d895dcp-2f, -0x1.bfc2c6p-2f,
      -0x1.b4362ap-2f, -0x1.acbceep-2f, -0x1.a5ef9ep-2f, -0x1.a1cb04p-2f, -0x1.9ec616p-2f, -0x1.9cf24ap-2f,
      -0x1.9b75c4p-2f, -0x1.9a7386p-2f, -0x1.988452p-1f, -0x1.648b08p-1f },
};
static const float piecewise_log_ends[2][PIECES] = {
    { 0, 0x1.87p-4f, 0x1.323p-3f, 0x1.c3ap-3f, 0x1.283p-2f, 0x1.6f4p-2f, 0x1.adfp-2f, 0x1.e95p-2f,
      0x1.17b8p-1f, 0x1.381cp-1f, 0x1.52b8p-1f, 0x1.763cp-1f, 0x1.96dp-1f, 0x1.b5e8p-1f, 0x1.d61cp-1f,
      0x1.f86p-1f },
    { 0x1p+0f, 0x1.e903a4p-1f, 0x1.dd28b8p-1f, 0x1.ceada6p-1f, 0x1.c1b65ap-1f, 0x1.b58a88p-1f, 0x1.ab7d56p-1f,
      0x1.a280c2p-1f, 0x1.987ecp-1f, 0x1.8fc79p-1f, 0x1.88f7aap-1f, 0x1.8052d6p-1f, 0x1.78cf22p-1f,
      0x1.71fa0cp-1f, 0x1.6b3942p-1f, 0x1.645f34p-1f },
};
static const float piecewise_log_24[4][PIECES] = {
    { 0x1.68347ep-3f, 0x1.187fb8p-3f, 0x1.bbd6ecp-4f, 0x1.644bf2p-4f, 0x1.1cf84p-4f, 0x1.d3e99ep-5f,
      0x1.81e19p-5f, 0x1.3f3df2p-5f, 0x1.1115f6p-5f, 0x1.c431f8p-6f, 0x1.8067fap-6f, 0x1.3da838p-6f,
      0x1.27cd44p-6f, 0x1.f1cd5p-7f, 0x1.a31d02p-7f, 0x1.5b4258p-7f },
    { -0x1.fd637p-3f, -0x1.7e89b8p-3f, -0x1.4788c2p-3f, -0x1.0e2d16p-3f, -0x1.c4d594p-4f, -0x1.7e197ap-4f,
      -0x1.4b59aap-4f, -0x1.232186p-4f, -0x1.f65bacp-5f, -0x1.b8f8dp-5f, -0x1.8dc012p-5f, -0x1.5c0044p-5f,
      -0x1.355b06p-5f, -0x1.156a88p-5f, -0x1.f18d1ap-6f, -0x1.bc9ce6p-6f },
    { 0x1.554e42p-2f, 0x1.15e584p-2f, 0x1.f2681ep-3f, 0x1.b3034ap-3f, 0x1.80056cp-3f, 0x1.54b69ap-3f,
      0x1.3408a6p-3f, 0x1.190642p-3f, 0x1.fa7c1ep-4f, 0x1.cdd01p-4f, 0x1.ad2a4cp-4f, 0x1.867394p-4f,
      0x1.671fc6p-4f, 0x1.4c6fa2p-4f, 0x1.33a63ep-4f, 0x1.1c0a2ap-4f },
    { -0x1.fffff4p-2f, -0x1.c52efep-2f, -0x1.a8bc56p-2f, -0x1.87aa3ep-2f, -0x1.6b928p-2f, -0x1.5277aap-2f,
      -0x1.3ea23p-2f, -0x1.2d9298p-2f, -0x1.1b4d5ep-2f, -0x1.0c00dp-2f, -0x1.006f24p-2f, -0x1.e478aap-3f,
      -0x1.cca4bap-3f, -0x1.b7a8a6p-3f, -0x1.a38b14p-3f, -0x1.8fc24p-3f },
};
static const float piecewise_log_20[2][PIECES] = {
    { 0x1.3fe9d8p-2f, 0x1.161a32p-2f, 0x1.eb77aep-3f, 0x1.b21f5cp-3f, 0x1.81fabap-3f, 0x1.592538p-3f,
      0x1.36ea46p-3f, 0x1.19a31ap-3f, 0x1.fe84bp-4f, 0x1.d13876p-4f, 0x1.aae748p-4f, 0x1.86d178p-4f,
      0x1.67805ep-4f, 0x1.4be7cap-4f, 0x1.32ffe6p-4f, 0x1.1c5224p-4f },
    { -0x1.ff963p-2f, -0x1.c553e2p-2f, -0x1.a8d164p-2f, -0x1.87c382p-2f, -0x1.6ba6b4p-2f, -0x1.5283f2p-2f,
      -0x1.3eaec4p-2f, -0x1.2da03ep-2f, -0x1.1b573p-2f, -0x1.0c098ap-2f, -0x1.007772p-2f, -0x1.e48946p-3f,
      -0x1.ccb374p-3f, -0x1.b7b594p-3f, -0x1.a3967ep-3f, -0x1.8fccd2p-3f },
};
static const float piecewise_log_12[1][PIECES] = {
    { -0x1.eebf66p-2f, -0x1.c55e88p-2f, -0x1.a43d88p-2f, -0x1.86f81p-2f, -0x1.6cf844p-2f, -0x1.55beb4p-2f,
      -0x1.40e1bcp-2f, -0x1.2e0f7cp-2f, -0x1.1d03a4p-2f, -0x1.0d826cp-2f, -0x1.feb72cp-3f, -0x1.e4cc08p-3f,
      -0x1.ccfdc6p-3f, -0x1.b70ff2p-3f, -0x1.a2ced4p-3f, -0x1.900da8p-3f },
};
static const float piecewise_power[2][PIECES] = {
    { 0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fep+0f, 0x1.3dea64p+0f, 0x1.4bfdaep+0f,
      0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f, 0x1.9c4918p+0f, 0x1.ae89fap+0f,
      0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f },
    { 0, 0x1.8d96d4p-25f, -0x1.9c0c22p-27f, 0x1.964904p-25f, 0x1.125002p-25f, 0x1.370be4p-25f,
      -0x1.0a355p-25f, -0x1.00d8acp-27f, 0x1.26055cp-26f, -0x1.05cb44p-25f, 0x1.67a1cap-28f, 0x1.a3b5e4p-28f,
      -0x1.f9c304p-27f, -0x1.6961b4p-28f, -0x1.a5217cp-28f, 0x1.61428ep-28f },
};
static const float piecewise_inverse_power[2][PIECES] = {
    { 0x1p+0f, 0x1.ea4afap-1f, 0x1.d5818ep-1f, 0x1.c199bep-1f, 0x1.ae89fap-1f, 0x1.9c4918p-1f, 0x1.8ace54p-1f,
      0x1.7a1148p-1f, 0x1.6a09e6p-1f, 0x1.5ab07ep-1f, 0x1.4bfdaep-1f, 0x1.3dea64p-1f, 0x1.306fep-1f,
      0x1.2387a6p-1f, 0x1.172b84p-1f, 0x1.0b5586p-1f },
    { 0, 0x1.61428ep-28f, -0x1.a5217cp-28f, -0x1.6961b4p-28f, -0x1.f9c304p-27f, 0x1.a3b5e4p-28f,
      0x1.67a1cap-28f, -0x1.05cb44p-25f, 0x1.26055cp-26f, -0x1.00d8acp-27f, -0x1.0a355p-25f, 0x1.370be4p-25f,
      0x1.125002p-25f, 0x1.964904p-25f, -0x1.9c0c22p-27f, 0x1.8d96d4p-25f },
};

#endif
