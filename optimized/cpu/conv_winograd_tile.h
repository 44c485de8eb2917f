/* conv_winograd_tile.h - Winograd's transforms of w, of x and of the products, in vectors of WIDTH channels;
 * included after vec_avx2.h or vec_avx512.h. See conv_winograd.h.
 *
 * Images lie plane by plane, and a vector holds one position of WIDTH planes. So a strip of tiles is
 * transposed on its way in and on its way out, and what lies beyond the edges is zeros in the strip: no
 * transform asks where it is.
 */
#include "conv_winograd.h"
#include "pack_transposed.h"
#include "unrolled.h"

/* t = B^T d, for the points 0, 1, -1 (and 1/2, -2) and infinity */
VEC void input_line(const int m, const vec d[WINOGRAD_SIDE], vec t[WINOGRAD_SIDE])
{
    if (m == 2) {
        t[0] = vec_sub(d[0], d[2]);
        t[1] = vec_add(d[1], d[2]);
        t[2] = vec_sub(d[2], d[1]);
        t[3] = vec_sub(d[3], d[1]);
        return;
    }
    const vec half = vec_set1(0.5f), one_half = vec_set1(1.5f), two = vec_set1(2), two_half = vec_set1(2.5f);
    t[0] = vec_fma(one_half, vec_sub(d[3], d[1]), vec_add(vec_fnma(two, d[2], d[0]), d[4]));
    t[1] = vec_fma(two_half, d[3], vec_fma(half, d[2], vec_sub(d[4], d[1])));
    t[2] = vec_fma(half, d[3], vec_fnma(two_half, d[2], vec_add(d[4], d[1])));
    t[3] = vec_fma(two, vec_sub(d[3], d[1]), vec_sub(d[4], d[2]));
    t[4] = vec_fma(half, vec_sub(d[1], d[3]), vec_sub(d[4], d[2]));
    t[5] = vec_fma(one_half, vec_sub(d[4], d[2]), vec_add(vec_fnma(two, d[3], d[1]), d[5]));
}

/* y = A^T t */
VEC void output_line(const int m, const vec t[WINOGRAD_SIDE], vec y[WINOGRAD_MOST])
{
    const vec sum = vec_add(t[1], t[2]), difference = vec_sub(t[1], t[2]);
    if (m == 2) {
        y[0] = vec_add(t[0], sum);
        y[1] = vec_add(difference, t[3]);
        return;
    }
    y[0] = vec_add(vec_add(t[0], sum), vec_add(t[3], t[4]));
    y[1] = vec_fma(vec_set1(0.5f), t[3], vec_fnma(vec_set1(2), t[4], difference));
    y[2] = vec_fma(vec_set1(0.25f), t[3], vec_fma(vec_set1(4), t[4], sum));
    y[3] = vec_add(vec_fma(vec_set1(0.125f), t[3], vec_fnma(vec_set1(8), t[4], difference)), t[5]);
}

/* ---- the kernels ---- */

/* u = G g but for the factors of its rows, whose products come last: a rounding for both */
VEC void kernel_line(const int m, const vec g[3], vec u[WINOGRAD_SIDE])
{
    const vec outer = vec_add(g[0], g[2]), two = vec_set1(2), four = vec_set1(4);
    u[0] = g[0];
    u[1] = vec_add(outer, g[1]);
    u[2] = m == 2 ? vec_sub(outer, g[1]) : vec_sub(g[1], outer);
    if (m == 4) {
        u[3] = vec_fma(four, g[0], vec_fma(two, g[1], g[2]));
        u[4] = vec_fma(four, g[2], vec_fnma(two, g[1], g[0]));
    }
    u[m + 1] = g[2];
}

/* line (9,WIDTH) <- the kernels of WIDTH k side by side, 0 from the first `have` on. Five to eight are there
 * twice, as four at a time are transposed. */
VEC void kernels_in(const struct winograd_kernels *g, const float *w, int have, float *line)
{
    if (have >= WIDTH) {
        for (int j = 0; j < WIDTH; j += 8) {
            transpose_8x4(w + j * g->w_k, g->w_k, line + j, WIDTH);
            transpose_8x4(w + j * g->w_k + 4, g->w_k, line + 4 * WIDTH + j, WIDTH);
            transpose_8x4(w + j * g->w_k + 5, g->w_k, line + 5 * WIDTH + j, WIDTH);
        }
        return;
    }
    for (int r = 0; r < 9; r++)
        for (int j = 0; j < WIDTH; j++) line[r * WIDTH + j] = j < have ? w[j * g->w_k + r] : 0;
}

VEC void kernels_of(const int m, const struct winograd_kernels *g, int first, int columns, int c, float *u)
{
    static const double factor[2][WINOGRAD_SIDE] = { { 1, 1 / 2., 1 / 2., 1 },
                                                     { 1, 1 / 3., 1 / 3., -4 / 15., 1 / 15., 1 } };
    const int side = m + 2;
    float line[9 * WIDTH];
    for (int j = 0; j < columns; j += WIDTH) {
        vec rows[WINOGRAD_SIDE][3];
        kernels_in(g, g->w + (first + j) * g->w_k + c * g->w_c, g->K - first - j, line);
        UNROLLED (s, 3) {
            vec column[3], t[WINOGRAD_SIDE];
            UNROLLED (r, 3) column[r] = vec_load(line + (g->turned ? 8 - 3 * r - s : 3 * r + s) * WIDTH);
            kernel_line(m, column, t);
            UNROLLED (i, side) rows[i][s] = t[i];
        }
        UNROLLED (i, side) {
            vec t[WINOGRAD_SIDE];
            kernel_line(m, rows[i], t);
            UNROLLED (k, side)
                vec_store(u + (size_t)(i * side + k) * g->apart + j,
                          vec_mul(t[k], vec_set1((float)(factor[m == 4][i] * factor[m == 4][k]))));
        }
    }
}

/* ---- in ---- */

/* line (columns,WIDTH) <- columns from..from+columns of the row h of `planes` planes of H x W, zeros beyond
 * the edges and where there is no plane */
VEC void line_in(const struct winograd *g, const float *x, int planes, int h, int from, int columns,
                 float *line)
{
    const ptrdiff_t plane = (ptrdiff_t)g->H * g->W;
    int left = from < 0 ? -from : 0, right = from + columns > g->W ? g->W - from : columns;
    if (h < 0 || h >= g->H || right < left || left > columns) left = right = 0;
    for (int q = 0; q < left; q++) vec_store(line + q * WIDTH, vec_zero());
    const float *row = x + (ptrdiff_t)h * g->W + from;
    int q = left;
    if (planes == WIDTH) q += pack_transposed(right - left, WIDTH, row + left, plane, line + left * WIDTH);
    for (; q < right; q++)
        for (int c = 0; c < WIDTH; c++) line[q * WIDTH + c] = c < planes ? row[q + c * plane] : 0;
    for (q = right; q < columns; q++) vec_store(line + q * WIDTH, vec_zero());
}

/* the tile that begins at column `at` of the strip, to v at `apart` from place to place */
VEC void tile_in(const int m, const float *strip, int columns, int at, float *v, size_t apart)
{
    const int side = m + 2;
    vec rows[WINOGRAD_SIDE][WINOGRAD_SIDE]; /* B^T x */
    UNROLLED (j, side) {
        vec d[WINOGRAD_SIDE], t[WINOGRAD_SIDE];
        UNROLLED (i, side) d[i] = vec_load(strip + (i * columns + at + j) * WIDTH);
        input_line(m, d, t);
        UNROLLED (i, side) rows[i][j] = t[i];
    }
    for (int i = 0; i < side; i++) {
        vec t[WINOGRAD_SIDE];
        input_line(m, rows[i], t);
        UNROLLED (j, side) vec_store(v + (size_t)(i * side + j) * apart, t[j]);
    }
}

VEC void input_of(const int m, const struct winograd *g, int first, int tiles, float *v, float *strip)
{
    const size_t apart = (size_t)tiles * g->c_row, plane = (size_t)g->H * (size_t)g->W;
    struct strip s;
    for (int done = 0; done < tiles; done += s.tiles) {
        s = winograd_strip(g, first + done, first + tiles);
        int columns = s.tiles * m + 2;
        for (int c = 0; c < g->C; c += WIDTH) {
            const float *x = g->x + ((size_t)s.n * (size_t)g->C + (size_t)c) * plane;
            int planes = g->C - c < WIDTH ? g->C - c : WIDTH;
            for (int i = 0; i < m + 2; i++)
                line_in(g, x, planes, s.row * m - g->top + i, s.column * m - g->left, columns,
                        strip + i * columns * WIDTH);
            for (int t = 0; t < s.tiles; t++)
                tile_in(m, strip, columns, t * m, v + (size_t)(done + t) * g->c_row + c, apart);
        }
    }
}

/* ---- out ---- */

/* m x m results at column `at` of the strip (m,columns,WIDTH) <- the products at `apart` from place to place
 */
VEC void tile_out(const int m, const float *p, size_t apart, vec bias, int relu, float *strip, int columns,
                  int at)
{
    const int side = m + 2;
    vec rows[WINOGRAD_MOST][WINOGRAD_SIDE]; /* A^T p */
    UNROLLED (j, side) {
        vec t[WINOGRAD_SIDE], y[WINOGRAD_MOST];
        UNROLLED (i, side) t[i] = vec_load(p + (size_t)(i * side + j) * apart);
        output_line(m, t, y);
        UNROLLED (i, m) rows[i][j] = y[i];
    }
    UNROLLED (i, m) {
        vec y[WINOGRAD_MOST];
        output_line(m, rows[i], y);
        UNROLLED (j, m) {
            const vec sum = vec_add(y[j], bias);
            vec_store(strip + (i * columns + at + j) * WIDTH, relu ? vec_relu(sum) : sum);
        }
    }
}

/* y[c * plane + q] <- line (columns,WIDTH), for the first `planes` c */
VEC void line_out(const float *line, int planes, int columns, float *y, ptrdiff_t plane)
{
    int q = 0;
    for (; planes == WIDTH && q + 8 <= columns; q += 8)
        for (int c = 0; c < WIDTH; c += 4)
            transpose_8x4(line + q * WIDTH + c, WIDTH, y + c * plane + q, plane);
    for (; q < columns; q++)
        for (int c = 0; c < planes; c++) y[c * plane + q] = line[q * WIDTH + c];
}

VEC void output_of(const int m, const struct winograd *g, int first, int tiles, const float *p, float *strip)
{
    const size_t apart = (size_t)tiles * g->k_row, plane = (size_t)g->P * (size_t)g->Q;
    struct strip s;
    for (int done = 0; done < tiles; done += s.tiles) {
        s = winograd_strip(g, first + done, first + tiles);
        int columns = s.tiles * m, from = s.column * m, have = g->Q - from < columns ? g->Q - from : columns;
        for (int k = 0; k < g->K; k += WIDTH) {
            int planes = g->K - k < WIDTH ? g->K - k : WIDTH;
            float *y = g->y + ((size_t)s.n * (size_t)g->K + (size_t)k) * plane;
            vec bias = !g->bias         ? vec_zero()
                       : planes < WIDTH ? vec_load_first(g->bias + k, planes)
                                        : vec_load(g->bias + k);
            for (int t = 0; t < s.tiles; t++)
                tile_out(m, p + (size_t)(done + t) * g->k_row + k, apart, bias, g->relu, strip, columns,
                         t * m);
            for (int i = 0; i < m && s.row * m + i < g->P; i++)
                line_out(strip + i * columns * WIDTH, planes, have,
                         y + (size_t)(s.row * m + i) * (size_t)g->Q + from, (ptrdiff_t)plane);
        }
    }
}
