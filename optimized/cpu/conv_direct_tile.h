/* conv_direct_tile.h - the tiles of direct convolution, included once for each width of vector; see
 * conv_direct.h. Included after the words of vec_avx2.h or vec_avx512.h.
 *
 * Each step t of a blocked tile of r x v vectors loads v vectors and spreads r numbers for r v multiply-adds;
 * a tile of p planes x v vectors of a row loads v vectors and spreads p weights.
 */
#include "conv_store_tile.h"
#include "pack_transposed.h"
#include "unrolled.h"

#define REGISTERS (WIDTH == 16 ? 32 : 16)

/* rows and vectors are constants at every call */
VEC void blocked_body(const int rows, const int vectors, int T, const int *offset, const float *x,
                      const int *at, const float *b, const float *start, ptrdiff_t start_row, float *out)
{
    vec acc[DIRECT_ROWS][DIRECT_VECTORS];
    const float *row[DIRECT_ROWS];
    UNROLLED (r, rows) {
        row[r] = x + at[r];
        UNROLLED (v, vectors) acc[r][v] = vec_load(start + r * start_row + v * WIDTH);
    }
    for (int t = 0; t < T; t++, b += vectors * WIDTH) {
        const ptrdiff_t to = offset[t];
        vec bt[DIRECT_VECTORS];
        UNROLLED (v, vectors) bt[v] = vec_load(b + v * WIDTH);
        UNROLLED (r, rows) {
            vec xr = vec_set1(row[r][to]);
            UNROLLED (v, vectors) acc[r][v] = vec_fma(xr, bt[v], acc[r][v]);
        }
    }
    UNROLLED (r, rows) {
        UNROLLED (v, vectors) vec_store(out + (r * vectors + v) * WIDTH, acc[r][v]);
    }
}

/* planes and vectors are constants at every call. The vectors of x are loaded first, if registers are left
 * for them; else the weights. */
VEC void rows_body(const int planes, const int vectors, int T, const int *offset, const float *x,
                   const int *x_at, const float *w, const float *bias, float *y, size_t y_plane,
                   const int *y_at, int lanes, const struct conv_store *store)
{
    vec acc[DIRECT_PLANES][DIRECT_ACROSS];
    const float *from[DIRECT_ACROSS];
    UNROLLED (v, vectors) from[v] = x + x_at[v];
    UNROLLED (k, planes) {
        UNROLLED (v, vectors) acc[k][v] = bias ? vec_set1(bias[k]) : vec_zero();
    }
    for (int t = 0; t < T; t++, w += planes) {
        const ptrdiff_t to = offset[t];
        if (planes * vectors + vectors + 1 <= REGISTERS) {
            vec xv[DIRECT_ACROSS];
            UNROLLED (v, vectors) xv[v] = vec_load(from[v] + to);
            UNROLLED (k, planes) {
                vec wk = vec_set1(w[k]);
                UNROLLED (v, vectors) acc[k][v] = vec_fma(wk, xv[v], acc[k][v]);
            }
        } else {
            vec wk[DIRECT_PLANES];
            UNROLLED (k, planes) wk[k] = vec_set1(w[k]);
            UNROLLED (v, vectors) {
                vec xv = vec_load(from[v] + to);
                UNROLLED (k, planes) acc[k][v] = vec_fma(wk[k], xv, acc[k][v]);
            }
        }
    }
    UNROLLED (k, planes) {
        UNROLLED (v, vectors) {
            const size_t at = (size_t)k * y_plane + (size_t)y_at[v];
            vec out = store->relu ? vec_relu(acc[k][v]) : acc[k][v];
            if (lanes == WIDTH) {
                if (store->mask) out = vec_where_positive(out, vec_load(store->mask + at));
                vec_store(y + at, out);
            } else {
                if (store->mask) out = vec_where_positive(out, vec_load_first(store->mask + at, lanes));
                vec_store_first(y + at, lanes, out);
            }
        }
    }
}

#define BLOCKED_TILE(rows, vectors)                                                                        \
    KERNEL static void blocked_##rows##_##vectors(int T, const int *offset, const float *x, const int *at, \
                                                  const float *b, const float *start, ptrdiff_t start_row, \
                                                  float *out)                                              \
    {                                                                                                      \
        blocked_body(rows, vectors, T, offset, x, at, b, start, start_row, out);                           \
    }

#define ROWS_TILE(planes, vectors)                                                                    \
    KERNEL static void rows_##planes##_##vectors(                                                     \
        int T, const int *offset, const float *x, const int *x_at, const float *w, const float *bias, \
        float *y, size_t y_plane, const int *y_at, int lanes, const struct conv_store *store)         \
    {                                                                                                 \
        rows_body(planes, vectors, T, offset, x, x_at, w, bias, y, y_plane, y_at, lanes, store);      \
    }

/* planes, taps and whether dy is summed, too, are constants at every call. The lanes of a vector are
 * neighbours in a row of dy; they are added at the very end, by fold(). */
VEC void dw_body(const int planes, const int taps, const int sums_dy, int rows, int columns, const float *dy,
                 size_t dy_plane, const float *x, const int *tap, int x_row, float *sums, size_t sums_plane,
                 float *db)
{
    vec acc[DIRECT_DW_PLANES][DIRECT_DW_TAPS], sum[DIRECT_DW_PLANES];
    const float *from[DIRECT_DW_TAPS];
    UNROLLED (t, taps) from[t] = x + tap[t];
    UNROLLED (k, planes) {
        UNROLLED (t, taps) acc[k][t] = vec_load(sums + (size_t)k * sums_plane + t * WIDTH);
        if (sums_dy) sum[k] = vec_load(db + k * WIDTH);
    }
    for (int p = 0; p < rows; p++, dy += columns) {
        ptrdiff_t at = (ptrdiff_t)p * x_row;
        int q = 0;
        vec dyk[DIRECT_DW_PLANES];
        for (; q + WIDTH <= columns; q += WIDTH, at += WIDTH) {
            UNROLLED (k, planes) {
                dyk[k] = vec_load(dy + (size_t)k * dy_plane + q);
                if (sums_dy) sum[k] = vec_add(sum[k], dyk[k]);
            }
            UNROLLED (t, taps) {
                vec xt = vec_held(vec_load(from[t] + at));
                UNROLLED (k, planes) acc[k][t] = vec_fma(dyk[k], xt, acc[k][t]);
            }
        }
        if (q == columns) continue;
        UNROLLED (k, planes) {
            dyk[k] = vec_load_first(dy + (size_t)k * dy_plane + q, columns - q);
            if (sums_dy) sum[k] = vec_add(sum[k], dyk[k]);
        }
        UNROLLED (t, taps) {
            vec xt = vec_held(vec_load_first(from[t] + at, columns - q));
            UNROLLED (k, planes) acc[k][t] = vec_fma(dyk[k], xt, acc[k][t]);
        }
    }
    UNROLLED (k, planes) {
        UNROLLED (t, taps) vec_store(sums + (size_t)k * sums_plane + t * WIDTH, acc[k][t]);
        if (sums_dy) vec_store(db + k * WIDTH, sum[k]);
    }
}

#define DW_TILE(planes, taps)                                                                             \
    KERNEL static void dw_##planes##_##taps(int rows, int columns, const float *dy, size_t dy_plane,      \
                                            const float *x, const int *tap, int x_row, float *sums,       \
                                            size_t sums_plane, float *db)                                 \
    {                                                                                                     \
        if (db)                                                                                           \
            dw_body(planes, taps, 1, rows, columns, dy, dy_plane, x, tap, x_row, sums, sums_plane, db);   \
        else                                                                                              \
            dw_body(planes, taps, 0, rows, columns, dy, dy_plane, x, tap, x_row, sums, sums_plane, NULL); \
    }

KERNEL static void fold(size_t n, const float *sums, float *out)
{
    for (size_t i = 0; i < n; i++) out[i] = vec_sum(vec_load(sums + i * WIDTH));
}

/* ---- an operand with zeros around it ---- */

VEC void clear(float *to, int n)
{
    for (; n >= WIDTH; n -= WIDTH, to += WIDTH) vec_store(to, vec_zero());
    if (n > 0) vec_store_first(to, n, vec_zero());
}

/* the last vector overlaps the one before it: a call of memcpy would take longer than a short row */
VEC void copy_floats(int n, const float *from, float *to)
{
    if (n < WIDTH) {
        if (n > 0) vec_store_first(to, n, vec_load_first(from, n));
        return;
    }
    for (int i = 0; i + WIDTH <= n; i += WIDTH) vec_store(to + i, vec_load(from + i));
    vec_store(to + n - WIDTH, vec_load(from + n - WIDTH));
}

/* to (pitch) <- a row of x, zeros before it and behind, its columns in `split` parts */
VEC void copy_row(const struct direct_operand *o, const struct direct_axis *columns, const float *x,
                  float *to)
{
    int from = columns->front > 0 ? columns->front : 0, end = o->W + columns->front;
    if (end > columns->length) end = columns->length;
    if (end < from) end = from;
    if (o->split == 1) {
        clear(to, from < o->pitch ? from : o->pitch);
        copy_floats(end - from, x + from - columns->front, to + from);
        if (end < o->pitch) clear(to + end, o->pitch - end);
        return;
    }
    clear(to, o->pitch);
    for (int part = 0; part < o->split; part++, to += o->pitch / o->split)
        for (int i = part, j = 0; i < end; i += o->split, j++)
            if (i >= from) to[j] = x[i - columns->front];
}

KERNEL static void copy(const struct direct_operand *o, const struct direct_axis *rows,
                        const struct direct_axis *columns, int planes, const float *x, float *to)
{
    for (int c = 0; c < planes; c++, x += (size_t)o->H * (size_t)o->W)
        for (int i = 0; i < rows->length; i++, to += o->pitch) {
            int h = i - rows->front;
            if (h < 0 || h >= o->H)
                clear(to, o->pitch);
            else
                copy_row(o, columns, x + (ptrdiff_t)h * o->W, to);
        }
}

KERNEL static void lay_out(int T, const int *tap, int rows, int columns, const float *x, int row, int pitch,
                           float *to)
{
    const int n = rows * columns;
    for (int t = 0; t < T; t++, to += pitch) {
        const float *from = x + tap[t];
        for (int p = 0; p < rows; p++) copy_floats(columns, from + (ptrdiff_t)p * row, to + p * columns);
        if (n % WIDTH) vec_store_first(to + n, WIDTH - n % WIDTH, vec_zero());
    }
}

/* ---- between planes and lanes ---- */

KERNEL static void gather(int depth, int width, int have, const float *src, ptrdiff_t across, float *panel)
{
    for (int j = 0; j < width; j += 8) {
        int k = 0;
        if (j + 8 <= have)
            for (; k + 4 <= depth; k += 4)
                transpose_8x4(src + k + j * across, across, panel + (ptrdiff_t)k * width + j, width);
        for (; k < depth; k++)
            for (int i = j; i < j + 8; i++)
                panel[(ptrdiff_t)k * width + i] = i < have ? src[k + i * across] : 0;
    }
}

KERNEL static void scatter(int n, int width, int have, const float *tile, float *out, ptrdiff_t across)
{
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        int j = 0;
        for (; j + 4 <= have; j += 4)
            transpose_8x4(tile + (ptrdiff_t)i * width + j, width, out + i + j * across, across);
        for (; j < have; j++)
            for (int l = i; l < i + 8; l++) out[l + j * across] = tile[(ptrdiff_t)l * width + j];
    }
    for (; i < n; i++)
        for (int j = 0; j < have; j++) out[i + j * across] = tile[(ptrdiff_t)i * width + j];
}

/* sums that do not wait for each other: four rows at a time */
KERNEL static void add_rows(int depth, int width, const float *panel, float *sum)
{
    for (int j = 0; j < width; j += WIDTH) {
        vec s[4] = { vec_load(sum + j), vec_zero(), vec_zero(), vec_zero() };
        int k = 0;
        for (; k + 4 <= depth; k += 4)
            UNROLLED (i, 4) s[i] = vec_add(s[i], vec_load(panel + (ptrdiff_t)(k + i) * width + j));
        for (; k < depth; k++) s[0] = vec_add(s[0], vec_load(panel + (ptrdiff_t)k * width + j));
        vec_store(sum + j, vec_add(vec_add(s[0], s[1]), vec_add(s[2], s[3])));
    }
}
