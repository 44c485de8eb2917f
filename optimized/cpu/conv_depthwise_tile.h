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

/* dw[3 r + s] += the sum over a strip of dy[p][q] x[p + r - top][q + s - left], db += that of dy, lanes
 * apart. A row of dy stays in a register for the three rows of x that it meets; the next image is fetched
 * meanwhile. */
VEC void strip_dw(const struct depthwise *g, const float *x, size_t x_apart, const float *dy, size_t y_apart,
                  int q, int n, vec dw[9], vec *db)
{
    const int from = q - g->left;
    lane_set in[3];
    UNROLLED (s, 3) {
        const int end = g->W - from - s < n ? g->W - from - s : n;
        in[s] = lanes_between(from + s < 0 ? -from - s : 0, end);
    }
    const lane_set here = lanes_between(0, n);
    vec row[3] = { vec_zero(), vec_zero(), vec_zero() }; /* rows p, p - 1 and p - 2 of dy */
    for (int p = 0; p < g->P + 2; p++) {
        const int h = p - g->top;
        row[2] = row[1], row[1] = row[0];
        row[0] = vec_zero();
        if (p < g->P) {
            const float *at = dy + (ptrdiff_t)p * g->Q + q;
            __builtin_prefetch(at + y_apart);
            row[0] = vec_load_in(at, here);
        }
        *db = vec_add(*db, row[0]);
        if (h < 0 || h >= g->H) continue;
        const float *at = x + (ptrdiff_t)h * g->W + from;
        __builtin_prefetch(at + x_apart);
        UNROLLED (s, 3) {
            const vec xs = vec_held(vec_load_in(at + s, in[s]));
            UNROLLED (r, 3) dw[3 * r + s] = vec_fma(row[r], xs, dw[3 * r + s]);
        }
    }
}

/* dw and db over `images` planes, x_apart and y_apart from one to the next */
VEC void depthwise_sums(const struct depthwise *g, int images, const float *x, size_t x_apart,
                        const float *dy, size_t y_apart, float dw[9], float *db)
{
    vec sum[9], whole = vec_zero();
    UNROLLED (i, 9) sum[i] = vec_zero();
    for (int n = 0; n < images; n++, x += x_apart, dy += y_apart)
        for (int q = 0; q < g->Q; q += WIDTH)
            strip_dw(g, x, x_apart, dy, y_apart, q, g->Q - q < WIDTH ? g->Q - q : WIDTH, sum, &whole);
    UNROLLED (i, 9) dw[i] = vec_sum(sum[i]);
    *db = vec_sum(whole);
}
