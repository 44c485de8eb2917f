/* in_place.h - the pass of elements.h over a single array, each element of which a rule changes: a struct
 * with `float operator()(float x) const`. 8 bytes cross the memory bus per element. */
#ifndef RUNGS_CUDA_IN_PLACE_H
#define RUNGS_CUDA_IN_PLACE_H

#include "elements.h"

template <class RULE> struct in_place {
    RULE rule;
    float *x;

    typedef float4 fours;
    bool alike() const
    {
        return true;
    }
    const float *first() const
    {
        return x;
    }
    __device__ void one(size_t k) const
    {
        x[k] = rule(x[k]);
    }
    __device__ fours load(int head, size_t j) const
    {
        return four_at(x, head, j);
    }
    __device__ void store(int head, size_t j, float4 v) const
    {
        put_four(x, head, j, { rule(v.x), rule(v.y), rule(v.z), rule(v.w) });
    }
};

#endif
