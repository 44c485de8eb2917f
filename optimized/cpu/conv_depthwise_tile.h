/* conv_depthwise_tile.h - a plane under one kernel in vectors of WIDTH columns; included after vec_avx2.h or
 * vec_avx512.h. See conv_depthwise.h. */
#include <stddef.h>

#include "conv_depthwise.h"
#include "unrolled.h"

/* sum += row r of the kernel times x */
VEC vec add_row(const vec w[9], int r, const vec x[3], vec sum)
{
    UNROLLED (s, 3) sum = vec_fma(w[3 * r + s], x[s], sum);
    return sum;
}

/* columns q..q+n-1 of y. A row of x is loaded once, for the three results that it reaches: `last` lacks no
 * more than this row, `next` this one and the row behind it. The strip's part of the next plane is fetched
 * meanwhile: its lines lie a row apart, and no processor guesses that. */
VEC void strip(const struct depthwise *g, const vec w[9], vec bias, const float *x, int q, int n, float *y)
{
    const int from = q - g->left;
    lane_set in[3];
    UNROLLED (s, 3) {
        const int end = g->W - from - s;
        in[s] = lanes_between(from + s < 0 ? -from - s : 0, end < WIDTH ? end : WIDTH);
    }
    const ptrdiff_t x_plane = (ptrdiff_t)g->H * g->W, y_plane = (ptrdiff_t)g->P * g->Q;
    vec last = bias, next = bias;
    for (int p = -2; p < g->P; p++) {
        const int h = p + 2 - g->top;
        vec row[3] = { vec_zero(), vec_zero(), vec_zero() };
        if (h >= 0 && h < g->H) {
            const float *at = x + (ptrdiff_t)h * g->W + from;
            __builtin_prefetch(at + x_plane);
            UNROLLED (s, 3) row[s] = vec_load_in(at + s, in[s]);
        }
        const vec whole = add_row(w, 2, row, last);
        last = add_row(w, 1, row, next), next = add_row(w, 0, row, bias);
        if (p < 0) continue;
        float *to = y + (ptrdiff_t)p * g->Q;
        __builtin_prefetch(to + y_plane, 1);
        if (n == WIDTH)
            vec_store(to, whole);
        else
            vec_store_first(to, n, whole);
    }
}

VEC void depthwise_plane(const struct depthwise *g, const float kernel[9], float bias, const float *x,
                         float *y)
{
    vec w[9];
    UNROLLED (i, 9) w[i] = vec_set1(kernel[i]);
    for (int q = 0; q < g->Q; q += WIDTH)
        strip(g, w, vec_set1(bias), x, q, g->Q - q < WIDTH ? g->Q - q : WIDTH, y + q);
}
