/* dot_tile.h - dense forward for few outputs or few examples, as dot products; included once for each width.
 *
 *   y (N,OUT) = x (N,IN) * w (OUT,IN)^T + b (OUT)
 *
 * Both x and w lie along i, so vectors along i need no packing at all; the price is one sum across the lanes
 * for each output. A tile of RN examples x 4 outputs shares its loads: RN + 4 for 4 RN multiply-adds.
 *
 * The file that includes it defines KERNEL, `vec`, WIDTH, RN, vec_zero, vec_load, vec_load_first (n < WIDTH
 * numbers, then zeros; touches no others), vec_fma and sum4 (the four sums across the lanes of a[0..3]).
 */
#include <stddef.h>
#include <string.h>
#include "small.h"
#include "unrolled.h"

/* rows beyond the last are the last row again: computed twice, stored once */
KERNEL static void dot_tile(int IN, const float *const x[RN], const float *const w[4], float sum[RN][4])
{
    vec acc[RN][4];
    int i = 0;
    UNROLLED (n, RN) {
        UNROLLED (o, 4) acc[n][o] = vec_zero();
    }
    for (; i + WIDTH <= IN; i += WIDTH) {
        vec xi[RN];
        UNROLLED (n, RN) xi[n] = vec_load(x[n] + i);
        UNROLLED (o, 4) {
            vec wi = vec_load(w[o] + i);
            UNROLLED (n, RN) acc[n][o] = vec_fma(xi[n], wi, acc[n][o]);
        }
    }
    if (i < IN) {
        vec xi[RN];
        UNROLLED (n, RN) xi[n] = vec_load_first(x[n] + i, IN - i);
        UNROLLED (o, 4) {
            vec wi = vec_load_first(w[o] + i, IN - i);
            UNROLLED (n, RN) acc[n][o] = vec_fma(xi[n], wi, acc[n][o]);
        }
    }
    UNROLLED (n, RN) sum4(acc[n], sum[n]);
}

static void dot_forward(int N, int IN, int OUT, const float *x, const float *w, const float *b, float *y,
                        int relu)
{
    for (int o = 0; o < OUT; o += 4)
        for (int n = 0; n < N; n += RN) {
            const float *xs[RN], *ws[4];
            float sum[RN][4];
            for (int r = 0; r < RN; r++) xs[r] = x + (ptrdiff_t)(n + r < N ? n + r : N - 1) * IN;
            for (int q = 0; q < 4; q++) ws[q] = w + (ptrdiff_t)(o + q < OUT ? o + q : OUT - 1) * IN;
            dot_tile(IN, xs, ws, sum);
            for (int r = 0; r < RN && n + r < N; r++)
                for (int q = 0; q < 4 && o + q < OUT; q++) {
                    float value = sum[r][q] + b[o + q];
                    y[(ptrdiff_t)(n + r) * OUT + o + q] = relu && value <= 0 ? 0 : value;
                }
        }
}
