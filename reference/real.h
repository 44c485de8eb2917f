/* real.h - the scalar type of the reference code.
 *
 * Every .c file of reference/ is compiled three times from the same source:
 *
 *   -DREAL_f32    real = float            rung 0 of every ladder
 *   -DREAL_f64    real = double           the oracle that every other version is compared with
 *   -DREAL_cplx   real = double _Complex  the exact derivative: f'(x) = Im f(x + ih) / h for tiny h
 *                                         (complex step: Squire & Trapp, SIAM Review 40(1), 1998)
 *
 * Three rules keep one source right in all of them:
 *   - compare through re():             if (re(x) > 0) ...
 *   - integer constants, or (real)0.5:  1 - y, x / 2
 *   - only + - * / and exp, log, sqrt, tanh, log_1_plus. Never fabs, fmax or pow: on complex numbers they
 * have no derivative (fabs silently becomes cabs).
 */
#ifndef RUNGS_REAL_H
#define RUNGS_REAL_H

#include <stddef.h>
#include <tgmath.h>
#undef I /* <complex.h> defines it as a macro; it is too good a name to lose */

/* wide: what the sum of many terms is kept in. In float alone, a sum of ten million terms stops growing. */
#if defined REAL_f32
typedef float real;
typedef double wide;
#define REF(name) name##_f32
#define re(x)     (x)
#elif defined REAL_f64
typedef double real;
typedef double wide;
#define REF(name) name##_f64
#define re(x)     (x)
#elif defined REAL_cplx
typedef double _Complex real;
typedef double _Complex wide;
#define REF(name) name##_cplx
#define re(x)     creal(x)
#else
#error "compile reference/ with -DREAL_f32, -DREAL_f64 or -DREAL_cplx"
#endif

/* log(1 + x), x >= 0, with the digits of a small x. C has log1p for real numbers only; of the complex
 * logarithm only the imaginary part, the derivative, is wanted, and that keeps its digits. What is to be a
 * float needs no log1p, which takes half as long again as log: below 2^-24 it is x, and above it 1 + x has
 * digits enough in double. */
static inline wide log_1_plus(wide x)
{
#if defined REAL_cplx
    return log(1 + x);
#elif defined REAL_f32
    return x < 0x1p-24 ? x : log(1 + x);
#else
    return log1p(x);
#endif
}

#endif
