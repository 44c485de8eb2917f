/* gelu_poly.h - the polynomials and constants behind GELU in float; the only place where they stand.
 *
 * GELU is x P(x), P the normal distribution function. Near 0, P(x) = 1/2 + x S(x^2). Elsewhere, with a = |x|,
 *
 *   a P(-a) = G(a) exp(-a^2 / 2),    G(a) = a erfc(a / sqrt(2)) exp(a^2 / 2) / 2,
 *
 * and x P(x) = max(0, x) - a P(-a). G runs slowly from 0.2 to 1 / sqrt(2 pi) = 0.4; in t = (a - k) / (a + k) it is a
 * polynomial. k is chosen so that t, which rounding moves by an ulp or so, moves G little at the left end, and so that
 * G(k), the constant coefficient, is a float but for 2e-10.
 *
 * S: 0 <= x^2 <= 0.625^2, degree 4, relative error of P 1.9e-9. G: 0.625 <= a <= 14.75, degree 10, relative error 3.4e-9,
 * a twentieth of an ulp. Coefficients as in exp_poly.h; each is rounded to float before the next ones are fitted.
 *
 * The tanh form is x / (1 + exp(-w)), w = x (C + D x^2); C and D in two parts, where C's first has 12 digits.
 */
#ifndef RUNGS_GELU_POLY_H
#define RUNGS_GELU_POLY_H

#define GELU_SPLIT 0.625f
#define GELU_END   14.75f /* from here on P(x) is 1, and P(x), x P(x) and x p(x) are 0 for x < 0, in float */
#define GELU_K     1.5703125f
#define DENSITY    0x1.988454p-2f /* 1 / sqrt(2 pi), the normal density at 0 */

#define GELU_S0 0x1.988454p-2f
#define GELU_S1 (-0x1.10588ep-4f)
#define GELU_S2 0x1.46e526p-7f
#define GELU_S3 (-0x1.38ec68p-10f)
#define GELU_S4 0x1.e9f29cp-14f

#define GELU_G0  0x1.40f64p-2f
#define GELU_G1  0x1.a43f34p-3f
#define GELU_G2  (-0x1.0eacf4p-3f)
#define GELU_G3  (-0x1.8dcdfcp-7f)
#define GELU_G4  0x1.47cd64p-6f
#define GELU_G5  0x1.291302p-7f
#define GELU_G6  (-0x1.90758ep-11f)
#define GELU_G7  (-0x1.74e6d8p-9f)
#define GELU_G8  (-0x1.b5a078p-10f)
#define GELU_G9  0x1.ca1606p-16f
#define GELU_G10 0x1.a01184p-11f

#define GELU_TANH_END 11.0f /* from here on x, or -0, in float */
#define GELU_C        1.5957691216057308
#define GELU_D        (GELU_C * 0.044715)
#define GELU_C_HIGH   0x1.988p+0f
#define GELU_C_LOW    0x1.14cf5p-14f
#define GELU_D_HIGH   0x1.2444f2p-4f
#define GELU_D_LOW    0x1.49b16ap-29f

#endif
