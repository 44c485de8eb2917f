/* relu_conv.c - the forward of conv2d_relu_backward_dx, which starts at the pre-activation: z -> a = relu(z)
 * -> y = a correlated with w. conv.c has its sizes and arguments. */
#include "relu_conv.h"

#include <complex.h>
#undef I
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"
#include "../../reference/reference.h"

enum { N, C, H, W, K };

#define SIZES_OF(s) s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13]

void relu_conv_f64(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double *b = memory_need((size_t)s[K], sizeof *b);
    const size_t image = (size_t)s[C] * (size_t)s[H] * (size_t)s[W];
    memset(b, 0, (size_t)s[K] * sizeof *b);
    for (size_t n = 0; n < (size_t)s[N]; n++)
        relu_forward_f64((int)image, (const double *)p[0] + n * image, (double *)p[2] + n * image);
    conv2d_forward_f64(SIZES_OF(s), p[2], p[1], b, p[3]);
    free(b);
}

void relu_conv_cplx(const int *s, void *const *p, const struct scalar *v)
{
    (void)v;
    double _Complex *b = memory_need((size_t)s[K], sizeof *b);
    const size_t image = (size_t)s[C] * (size_t)s[H] * (size_t)s[W];
    for (int k = 0; k < s[K]; k++) b[k] = 0;
    for (size_t n = 0; n < (size_t)s[N]; n++)
        relu_forward_cplx((int)image, (const double _Complex *)p[0] + n * image,
                          (double _Complex *)p[2] + n * image);
    conv2d_forward_cplx(SIZES_OF(s), p[2], p[1], b, p[3]);
    free(b);
}

void relu_conv_call(any_fn *run, const int *s, void *const *p, const struct scalar *v)
{
    float *b = memory_need((size_t)s[K], sizeof *b);
    const size_t image = (size_t)s[C] * (size_t)s[H] * (size_t)s[W];
    (void)run, (void)v;
    memset(b, 0, (size_t)s[K] * sizeof *b);
    for (size_t n = 0; n < (size_t)s[N]; n++)
        relu_forward_f32((int)image, (const float *)p[0] + n * image, (float *)p[2] + n * image);
    conv2d_forward_f32(SIZES_OF(s), p[2], p[1], b, p[3]);
    free(b);
}
