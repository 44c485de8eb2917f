/* functions.h - whose exp, log and division the losses' kernels take: a template argument, full or fast. */
#ifndef RUNGS_CUDA_FUNCTIONS_H
#define RUNGS_CUDA_FUNCTIONS_H

#include <cuda_runtime.h>
#include <math.h>

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

/* The GPU's own, in two or three. How far they are off: activation_fast.h. In units of 2^-24, exp errs by 5 + 2.35 |x|
 * where bounds grant 16 (2 |x|) and more; log by 2^-21.41 of 1 where its argument is near 1, else by 3 ulp, where they
 * grant 2^-18 and more; log(1 + x) loses what x has below 2^-24. So FAST_20 is what these rungs are. */
struct fast {
    static __device__ float exp(float x)
    {
        return __expf(x);
    }
    static __device__ float log(float x)
    {
        return __logf(x);
    }
    static __device__ float log1p(float x)
    {
        return __logf(1 + x);
    }
    static __device__ float divide(float a, float b)
    {
        return __fdividef(a, b);
    }
};

#endif
