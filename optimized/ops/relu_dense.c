/* relu_dense.c - the forward of dense_relu_backward_dx, which starts at the pre-activation: z -> a = relu(z)
 * -> y = a w^T. It has no ladder and is none of ops[]: it is there to be differentiated. */
#include <complex.h>
#undef I
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"
#include "op_common.h"

static void relu_dense_f64(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double *b = memory_need((size_t)s[2], sizeof *b);
    memset(b, 0, (size_t)s[2] * sizeof *b);
    for (size_t n = 0; n < (size_t)s[0]; n++)
        relu_forward_f64(s[1], (const double *)p[0] + n * (size_t)s[1], (double *)p[2] + n * (size_t)s[1]);
    dense_forward_f64(s[0], s[1], s[2], p[2], p[1], b, p[3]);
    free(b);
}

static void relu_dense_cplx(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double _Complex *b = memory_need((size_t)s[2], sizeof *b);
    for (int k = 0; k < s[2]; k++) b[k] = 0;
    for (size_t n = 0; n < (size_t)s[0]; n++)
        relu_forward_cplx(s[1], (const double _Complex *)p[0] + n * (size_t)s[1],
                          (double _Complex *)p[2] + n * (size_t)s[1]);
    dense_forward_cplx(s[0], s[1], s[2], p[2], p[1], b, p[3]);
    free(b);
}

static void relu_dense_call(any_fn *run, const int *s, void *const *p, const struct scalar *v)
{
    float *b = memory_need((size_t)s[2], sizeof *b);
    (void)run, (void)v;
    memset(b, 0, (size_t)s[2] * sizeof *b);
    for (size_t n = 0; n < (size_t)s[0]; n++)
        relu_forward_f32(s[1], (const float *)p[0] + n * (size_t)s[1], (float *)p[2] + n * (size_t)s[1]);
    dense_forward_f32(s[0], s[1], s[2], p[2], p[1], b, p[3]);
    free(b);
}

const struct op op_relu_dense = {
    .name = "relu_dense",
    SIZES(GIVEN("N", 1), GIVEN("IN", 1), GIVEN("OUT", 1)),
    ARGS({ "z", INPUT, 2, { 0, 1 } }, { "w", INPUT, 2, { 2, 1 } }, { "a", OUTPUT, 2, { 0, 1 } },
         { "y", OUTPUT, 2, { 0, 2 } }),
    .range = 1,
    .linear_in = 1 << 1,
    .call = relu_dense_call,
    .f64 = relu_dense_f64,
    .cplx = relu_dense_cplx,
};
