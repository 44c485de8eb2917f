/* exp_poly.h - the polynomials behind exp, log, log1p and tanh in float; the only place where
 * their coefficients stand.
 *
 * exp: with n = round(x / ln 2) and r = x - n ln 2, |r| <= (ln 2) / 2, exp(x) = 2^n (1 + m), m = r + r^2
 * q(r). ln 2 is taken away in two parts, of which n LN2_HIGH is exact (LN2_HIGH ends in zeros), so that r
 * keeps its digits. q has degree 4, relative error of exp 4.2e-9, a fourteenth of an ulp. expm1 takes m as
 * it is: 2^n m + (2^n - 1).
 *
 * log1p, for 0 <= f <= 1: with s = f / (2 + f) and z = s^2 <= 1/9, log(1 + f) = 2 artanh(s) = f - s (f - z
 * R(z)), in which only the last subtraction rounds much. R of degree 3, relative error of log1p 4.5e-9.
 *
 * log: x = 2^n m, sqrt(1/2) <= m < sqrt(2), f = m - 1, which is exact. log(x) = n ln 2 + f - f^2 / 2 +
 * f^3 P(f), P of degree 7, relative error of log 5.9e-9, a tenth of an ulp. ln 2 is added in the two
 * parts that exp takes away.
 *
 * tanh: below 5/8, x + x^3 p(x^2), p of degree 4, relative error 8.7e-9; above, 1 - 2 / (exp(2x) + 1), where
 * the subtraction makes the error of exp smaller instead of larger.
 *
 * The coefficients minimise the largest relative error over the interval (Lawson's iteration of weighted
 * least squares; C. L. Lawson, 1961) and are rounded to float.
 */
#ifndef RUNGS_EXP_POLY_H
#define RUNGS_EXP_POLY_H

#define LOG2_E   0x1.715476p+0f
#define LN2_HIGH 0x1.63p-1f
#define LN2_LOW  (-0x1.bd0106p-13f)

/* beyond these exp is infinite, or 0, in float */
#define EXP_HIGHEST 89.0f
#define EXP_LOWEST  (-104.0f)

#define EXP_Q0 0x1.fffffcp-2f
#define EXP_Q1 0x1.55549p-3f
#define EXP_Q2 0x1.5558f4p-5f
#define EXP_Q3 0x1.123a6cp-7f
#define EXP_Q4 0x1.6a234ep-10f

#define LOG_R0 0x1.555502p-1f
#define LOG_R1 0x1.99d1ccp-2f
#define LOG_R2 0x1.1ec042p-2f
#define LOG_R3 0x1.1eca04p-2f

#define LOG_P0 0x1.555554p-2f
#define LOG_P1 (-0x1.000226p-2f)
#define LOG_P2 0x1.99a01cp-3f
#define LOG_P3 (-0x1.54728ap-3f)
#define LOG_P4 0x1.22d932p-3f
#define LOG_P5 (-0x1.0d824ap-3f)
#define LOG_P6 0x1.055e98p-3f
#define LOG_P7 (-0x1.38c910p-4f)

#define TANH_SPLIT 0.625f
#define TANH_ONE   10.0f /* from here on tanh is 1 */
#define TANH_P0    (-0x1.555532p-2f)
#define TANH_P1    0x1.110726p-3f
#define TANH_P2    (-0x1.b83c58p-5f)
#define TANH_P3    0x1.522692p-6f
#define TANH_P4    (-0x1.75e1a8p-8f)

/* x / (1 + exp(-x)), silu: from here on x, or -0, in float */
#define SILU_END 110.0f

#endif
