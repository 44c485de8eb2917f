/* cuComplex.h - complex numbers by their functions. */
#ifndef EMU_CUCOMPLEX_H
#define EMU_CUCOMPLEX_H

#include <math.h>
#include "vector_types.h"

typedef float2 cuFloatComplex;
typedef cuFloatComplex cuComplex;
typedef double2 cuDoubleComplex;

inline cuFloatComplex make_cuFloatComplex(float re, float im)
{
    return { re, im };
}
inline cuComplex make_cuComplex(float re, float im)
{
    return { re, im };
}
inline cuDoubleComplex make_cuDoubleComplex(double re, double im)
{
    return { re, im };
}
inline cuDoubleComplex cuComplexFloatToDouble(cuFloatComplex z)
{
    return { (double)z.x, (double)z.y };
}
inline cuFloatComplex cuComplexDoubleToFloat(cuDoubleComplex z)
{
    return { (float)z.x, (float)z.y };
}

/* f: float's functions, and none: double's */
#define EMU_COMPLEX(f, Z, R, hypotenuse)                                             \
    inline R cuCreal##f(Z z)                                                         \
    {                                                                                \
        return z.x;                                                                  \
    }                                                                                \
    inline R cuCimag##f(Z z)                                                         \
    {                                                                                \
        return z.y;                                                                  \
    }                                                                                \
    inline Z cuConj##f(Z z)                                                          \
    {                                                                                \
        return { z.x, -z.y };                                                        \
    }                                                                                \
    inline Z cuCadd##f(Z a, Z b)                                                     \
    {                                                                                \
        return { a.x + b.x, a.y + b.y };                                             \
    }                                                                                \
    inline Z cuCsub##f(Z a, Z b)                                                     \
    {                                                                                \
        return { a.x - b.x, a.y - b.y };                                             \
    }                                                                                \
    inline Z cuCmul##f(Z a, Z b)                                                     \
    {                                                                                \
        return { a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x };                     \
    }                                                                                \
    inline Z cuCfma##f(Z a, Z b, Z c)                                                \
    {                                                                                \
        return cuCadd##f(cuCmul##f(a, b), c);                                        \
    }                                                                                \
    inline R cuCabs##f(Z z)                                                          \
    {                                                                                \
        return hypotenuse(z.x, z.y);                                                 \
    }                                                                                \
    /* scaled, so that no square overflows */                                        \
    inline Z cuCdiv##f(Z a, Z b)                                                     \
    {                                                                                \
        R s = (b.x < 0 ? -b.x : b.x) + (b.y < 0 ? -b.y : b.y), r = 1 / s;            \
        R x = b.x * r, y = b.y * r, n = 1 / (x * x + y * y);                         \
        return { (a.x * r * x + a.y * r * y) * n, (a.y * r * x - a.x * r * y) * n }; \
    }
EMU_COMPLEX(f, cuFloatComplex, float, hypotf)
EMU_COMPLEX(, cuDoubleComplex, double, hypot)
#undef EMU_COMPLEX

#endif
