/* conv_taps_tile.h - sums of shifted planes in vectors of WIDTH; included after vec_avx2.h or vec_avx512.h.
 * See conv_taps.h. */
#include "conv_taps.h"
#include "unrolled.h"

/* columns v..v+n-1 of dx's rows += or = what taps s..s+taps-1 of each row of the kernel send there; their
 * planes begin at t. Which lanes of a tap lie beyond the ends of its rows is the same for all rows. taps and
 * add are constants at every call. */
VEC void sum_of_columns(const int taps, const int add, const struct taps *g, int s, const float *t, int v,
                        int n, float *dx)
{
    ptrdiff_t at[TAPS_MOST];
    lane_set in[TAPS_MOST];
    UNROLLED (i, taps) {
        const int q = v + g->left - (s + i) * g->dilation;
        at[i] = i * (ptrdiff_t)g->apart + q;
        in[i] = lanes_between(q < 0 ? -q : 0, g->Q - q < n ? g->Q - q : n);
    }
    for (int h = g->row; h < g->end; h++) {
        float *to = dx + (ptrdiff_t)h * g->W + v;
        vec sum = !add ? vec_zero() : n == WIDTH ? vec_load(to) : vec_load_first(to, n);
        for (int r = 0, p = h + g->top; r < g->R; r++, p -= g->dilation) {
            if (p < g->from || p >= g->to) continue;
            const float *row = t + (size_t)(r * g->S) * g->apart + (ptrdiff_t)(p - g->from) * g->Q;
            UNROLLED (i, taps) sum = vec_add(sum, vec_load_in(row + at[i], in[i]));
        }
        if (n == WIDTH)
            vec_store(to, sum);
        else
            vec_store_first(to, n, sum);
    }
}

VEC void sum_of_taps(const int taps, const int add, const struct taps *g, int s, const float *t, float *dx)
{
    for (int v = 0; v < g->W; v += WIDTH)
        sum_of_columns(taps, add, g, s, t + (size_t)s * g->apart, v, g->W - v < WIDTH ? g->W - v : WIDTH, dx);
}

VEC void taps_sum(const struct taps *g, const float *t, float *dx)
{
    int s = 0;
    switch (g->S) {
    case 3: sum_of_taps(3, 0, g, 0, t, dx); return;
    case 5: sum_of_taps(5, 0, g, 0, t, dx); return;
    case 7: sum_of_taps(7, 0, g, 0, t, dx); return;
    }
    for (sum_of_taps(1, 0, g, s++, t, dx); s < g->S; s++) sum_of_taps(1, 1, g, s, t, dx);
}
