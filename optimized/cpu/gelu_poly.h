/* gelu_poly.h - the polynomials and constants behind GELU in float; the only place where they stand.
 *
 * GELU is x P(x), P the normal distribution function. Near 0, P(x) = 1/2 + x S(x^2). Elsewhere, with a = |x|,
 *
 *   a P(-a) = G(a) exp(-a^2 / 2),    G(a) = a erfc(a / sqrt(2)) exp(a^2 / 2) / 2,
 *
 * and x P(x) = max(0, x) - a P(-a). G runs slowly from 0.23 to 1 / sqrt(2 pi) = 0.4; in t = (a - k) / (a +
 * k) it is a polynomial. k is chosen so that t, which rounding moves by an ulp or so, moves G little at
 * the left end, and so that
 * G(k), the constant coefficient, is a float but for 1.1e-10 of it.
 *
 * S: 0 <= x^2 <= 0.75^2, degree 5, relative error of P 1.9e-9. G: 0.75 <= a <= 14.75, degree 9,
 * relative error 5.3e-9, a twelfth of an ulp. Coefficients as in exp_poly.h; each is rounded to float
 * before the next ones are fitted.
 *
 * The tanh form is x / (1 + exp(-w)), w = x (C + D x^2); C and D in two parts, where C's first has 12 digits.
 */
#ifndef RUNGS_GELU_POLY_H
#define RUNGS_GELU_POLY_H

#define GELU_SPLIT 0.75f
#define GELU_END   14.75f /* from here on P(x) is 1, and P(x), x P(x) and x p(x) are 0 for x < 0, in float */
#define GELU_K     1.7734375f
#define DENSITY    0x1.988454p-2f /* 1 / sqrt(2 pi), the normal density at 0 */

#define GELU_S0 0x1.988454p-2f
#define GELU_S1 (-0x1.105898p-4f)
#define GELU_S2 0x1.46ec1p-7f
#define GELU_S3 (-0x1.3a93f2p-10f)
#define GELU_S4 0x1.1ee178p-13f
#define GELU_S5 (-0x1.74435cp-16f)

#define GELU_G0 0x1.4d3978p-2f
#define GELU_G1 0x1.81b1fcp-3f
#define GELU_G2 (-0x1.27aaf8p-3f)
#define GELU_G3 0x1.46c48ap-7f
#define GELU_G4 0x1.6a1d8ep-6f
#define GELU_G5 0x1.814bd4p-9f
#define GELU_G6 (-0x1.f78e02p-9f)
#define GELU_G7 (-0x1.4444fcp-9f)
#define GELU_G8 (-0x1.573c86p-18f)
#define GELU_G9 0x1.cfe63ap-11f

#define GELU_TANH_END 11.0f /* from here on x, or -0, in float */
#define GELU_C        1.5957691216057308
#define GELU_D        (GELU_C * 0.044715)
#define GELU_C_HIGH   0x1.988p+0f
#define GELU_C_LOW    0x1.14cf5p-14f
#define GELU_D_HIGH   0x1.2444f2p-4f
#define GELU_D_LOW    0x1.49b16ap-29f

#endif
