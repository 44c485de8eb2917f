/* activation_rungs.h - an activation's functions as rungs, and rows of them; for the
 * tables of activation*.cu. */
#ifndef RUNGS_CUDA_ACTIVATION_RUNGS_H
#define RUNGS_CUDA_ACTIVATION_RUNGS_H

#include "../op.h"
#include "activation_fast.h"
#include "ladders.h"

/* HOW lays threads over the elements (elements.h); a parameter, if there is one, goes to F's constructor */
template <class F, class HOW, class... PARAMETER>
void forward(int n, const float *x, float *y, PARAMETER... parameter)
{
    HOW::run(n, forward_pass<F>{ F(parameter...), x, y });
}

template <class F, class HOW, class... PARAMETER>
void backward(int n, const float *at, const float *dy, float *dx, PARAMETER... parameter)
{
    HOW::run(n, backward_pass<F>{ F(parameter...), at, dy, dx });
}

template <class F, class HOW, class... PARAMETER>
void with_derivative(int n, const float *x, float *y, float *s, PARAMETER... parameter)
{
    HOW::run(n, with_derivative_pass<F>{ F(parameter...), x, y, s });
}

/* Rows of a table. `which` is forward, backward or with_derivative; what follows is float if f has a
 * parameter, else nothing. */
#define EXACT_ROWS(f, which, ...)                                                                      \
    { "00_naive", RUN(f##_##which, (which<exact::f, by_naive, ##__VA_ARGS__>)), NEED_NONE,             \
      "one thread per element" },                                                                      \
        { "01_stride", RUN(f##_##which, (which<exact::f, by_stride, ##__VA_ARGS__>)), NEED_NONE,       \
          "as many threads as the machine holds" },                                                    \
        { "02_float4", RUN(f##_##which, (which<exact::f, by_float4, ##__VA_ARGS__>)), NEED_NONE,       \
          "four elements per load and store" },                                                        \
        { "03_two_fours", RUN(f##_##which, (which<exact::f, by_two_fours, ##__VA_ARGS__>)), NEED_NONE, \
          "two loads on their way" },
#define FAST_ROW(f, which, precision, ...)                                                   \
    { "04_fast", RUN(f##_##which, (which<fast::f, by_two_fours, ##__VA_ARGS__>)), precision, \
      "the special function unit's functions" },
#define HALF_ROW(f)                                                                      \
    { "05_half2", RUN(f##_forward, (forward<pairs::f<__half2>, by_two_fours>)), IN_HALF, \
      "arithmetic in pairs of half" },
#define BF16_ROW(f)                                                                                          \
    { "06_bf16x2", RUN(f##_forward, (forward<pairs::f<__nv_bfloat162>, by_two_fours>)), NEED_SM80 | IN_BF16, \
      "arithmetic in pairs of bfloat16" },
#define LADDER_OF(op, ...) \
    extern "C" const struct rung op##_cuda[] = { __VA_ARGS__{ nullptr, nullptr, NEED_NONE, nullptr } };

#endif
