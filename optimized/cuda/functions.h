/* functions.h - whose exp, log and division the losses' kernels take: a template argument, full or fast. */
#ifndef RUNGS_CUDA_FUNCTIONS_H
#define RUNGS_CUDA_FUNCTIONS_H

#include <cuda_runtime.h>
#include <math.h>

#include "../cpu/exp_poly.h"

/* CUDA's: an ulp or two, in 10 to 25 instructions */
struct full {
    static __device__ float exp(float x)
    {
        return expf(x);
    }
    static __device__ float log(float x)
    {
        return logf(x);
    }
    static __device__ float log1p(float x)
    {
        return log1pf(x);
    }
    static __device__ float divide(float a, float b)
    {
        return a / b;
    }
};

/* The GPU's own, in two or three. How far they are off: activation_fast.h. In units of 2^-24, exp errs by 5
 * + 2.35 |x| where bounds grant 16 (12 + |x| / 4) and more; log by 2^-21.41 of 1 where its argument is near
 * 1, else by 3 ulp. A loss that is near 0 is the log of a number near 1: there the log is a polynomial
 * (exp_poly.h: log1p), with a fast division and some ten instructions, and keeps its digits. So FAST_20 is
 * what these rungs are. */
struct fast {
    static __device__ float exp(float x)
    {
        return __expf(x);
    }
    static __device__ float divide(float a, float b)
    {
        return __fdividef(a, b);
    }
    /* log(1 + x), -1/2 <= x <= 1 */
    static __device__ float near_one(float x)
    {
        const float s = divide(x, 2 + x), z = s * s;
        return x - s * (x - z * (LOG_R0 + z * (LOG_R1 + z * (LOG_R2 + z * LOG_R3))));
    }
    static __device__ float log(float x)
    {
        return x >= 0.5f && x <= 2 ? near_one(x - 1) : __logf(x);
    }
    static __device__ float log1p(float x)
    {
        return x >= -0.5f && x <= 1 ? near_one(x) : __logf(1 + x);
    }
};

#endif
