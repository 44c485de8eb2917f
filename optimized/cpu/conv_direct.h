/* conv_direct.h - direct convolution: what its loops (conv_direct.c, conv_direct_dw.c) and its tiles
 * (conv_direct_tile.h) know of each other.
 *
 * There is no matrix of patches. A tile holds results in registers and walks over the products of each, whose
 * places in x are a list of distances: offset[t] from where the result's window begins. Which distances they
 * are is all in which stride, dilation, padding and the backward pass differ, so that there is one pair of
 * tiles for all:
 *
 *   rows     lanes are neighbours in a row of results, and a weight is spread over them. x stays as it is.
 *   blocked  lanes are neighbouring planes of results, whose weights lie side by side, and a number of x is
 *            spread over them. The results come out plane by plane and are transposed.
 *
 * In dw the two lists change places: a tile holds numbers of the kernel and walks over pixels.
 */
#ifndef RUNGS_CONV_DIRECT_H
#define RUNGS_CONV_DIRECT_H

#include <stddef.h>

#include "conv_rungs.h"

enum { DIRECT_DW_PLANES = 3, DIRECT_DW_TAPS = 9 };
enum { DIRECT_ROWS = 8, DIRECT_VECTORS = 4, DIRECT_PLANES = 4, DIRECT_ACROSS = 8, DIRECT_COLUMNS = 64 };

/* out (rows,vectors) = start + the sum over t of x[at[row] + offset[t]] * b (T,vectors); the rows of start
 * are start_row apart, 0: the same for all */
typedef void direct_blocked_fn(int T, const int *offset, const float *x, const int *at, const float *b,
                               const float *start, ptrdiff_t start_row, float *out);

/* y[plane * y_plane + y_at[v] ...] = bias[plane] + the sum over t of w[t][plane] * x[x_at[v] + offset[t] ...]
 * for the `lanes` first of each vector v, stored as `store` says, whose mask lies as y does; bias may be NULL
 */
typedef void direct_rows_fn(int T, const int *offset, const float *x, const int *x_at, const float *w,
                            const float *bias, float *y, size_t y_plane, const int *y_at, int lanes,
                            const struct conv_store *store);

/* One direction of a correlation. Result i, of count, is number from + i * step of its row or column. It
 * reads, at i * in_step + offset + t * offset_step of the operand with its zeros, what meets number first +
 * t * every of the kernel. The operand begins behind `front` zeros (if negative, so many are left out), and
 * all that is read has `length`. */
struct direct_axis {
    int count, from, step, in_step;
    int taps, first, every, offset, offset_step;
    int front, length;
};

struct direct_axis direct_axis_forward(int results, int window, int stride, int dilation, int before);

/* An operand of a correlation as the tiles read it: as it lies, or a copy that has zeros around it */
struct direct_operand {
    int copy, H, W; /* of the operand itself                                       */
    int split;      /* columns lie in so many parts: every split-th together       */
    int pitch;      /* from row to row                                             */
    ptrdiff_t base; /* without a copy: where the first window begins               */
    size_t plane;
};

struct direct_operand direct_operand_of(const struct direct_axis *rows, const struct direct_axis *columns,
                                        int H, int W, int split, int tail);

/* sums[plane * sums_plane + t * width ...] += the sum over p, q of dy (planes,rows,columns) * x[tap[t] + p *
 * x_row + q], and db[plane * width ...] += that of dy, unless db is NULL; lanes apart */
typedef void direct_dw_fn(int rows, int columns, const float *dy, size_t dy_plane, const float *x,
                          const int *tap, int x_row, float *sums, size_t sums_plane, float *db);

struct direct_kernel {
    int width;                         /* lanes of a vector                                          */
    int columns;                       /* the most planes of a blocked tile, whole vectors           */
    int rows[DIRECT_VECTORS + 1];      /* the most rows of a tile of so many vectors                 */
    int across[DIRECT_PLANES + 1];     /* vectors of a tile of so many planes                        */
    direct_blocked_fn *const *blocked; /* blocked[(vectors - 1) * DIRECT_ROWS + rows - 1]            */
    direct_rows_fn *const *row_tiles;  /* row_tiles[planes - 1]                                      */
    int dw_taps[DIRECT_DW_PLANES + 1]; /* the most taps of a tile of dw of so many planes */
    direct_dw_fn *const *dw_tiles;     /* dw_tiles[(planes - 1) * DIRECT_DW_TAPS + taps - 1] */
    /* out (n) = the sums of the lanes of n vectors */
    void (*fold)(size_t n, const float *sums, float *out);
    /* to <- `planes` planes of x, with zeros around them */
    void (*copy)(const struct direct_operand *o, const struct direct_axis *rows,
                 const struct direct_axis *columns, int planes, const float *x, float *to);
    /* to (T,pitch) <- rows (rows,columns) of x, `row` apart, from each of the taps on, one behind another;
     * zeros behind the last, up to a whole vector */
    void (*lay_out)(int T, const int *tap, int rows, int columns, const float *x, int row, int pitch,
                    float *to);
    /* panel (depth,width) <- element (k,j) at src[k + j * across], zeros from j = have on */
    void (*gather)(int depth, int width, int have, const float *src, ptrdiff_t across, float *panel);
    /* out[j * across + i] <- tile (n,width), i < n, j < have */
    void (*scatter)(int n, int width, int have, const float *tile, float *out, ptrdiff_t across);
    /* x (n) = max(0, x); x (n) = 0 where mask is not above 0 */
    void (*relu)(int n, float *x);
    void (*mask)(int n, const float *mask, float *x);
    /* sum (width) += the rows of panel (depth,width) */
    void (*add_rows)(int depth, int width, const float *panel, float *sum);
};

extern const struct direct_kernel direct_avx2, direct_avx512; /* on x86-64 only */

/* Where tap (r,s) of plane c is read, (planes,taps of rows,taps of columns), to offset. 0: too far for an
 * int */
int direct_offsets(const struct direct_operand *o, const struct direct_axis *rows,
                   const struct direct_axis *columns, int planes, int *offset);

/* A run of n, planes or places, cut into blocks of whole units, as even as can be */
struct direct_cut {
    int n, unit, blocks;
    int small, large; /* units of a block; so many blocks, the first ones, have one more */
};

struct direct_cut direct_cut_of(int n, int most, int unit);

/* Where block number i begins; *n: how long it is. Called for each tile, so it does not divide. */
static inline int direct_block(const struct direct_cut *c, int i, int *n)
{
    int first = (i * c->small + (i < c->large ? i : c->large)) * c->unit, left = c->n - first;
    *n = (c->small + (i < c->large)) * c->unit;
    if (*n > left) *n = left;
    return first;
}

#endif
