/* conv_winograd.h - 3 x 3 convolution with fewer multiplications: what the files of Winograd's rungs share.
 *
 *   y (N,K,P,Q) = x (N,C,H,W) correlated with w (K,C,3,3), stride 1
 *
 * A tile of m x m results needs (m + 2) x (m + 2) numbers of x and, computed as the formula says, 9 m^2
 * multiplications for each pair of planes. Winograd's way transforms both,
 *
 *   u = G w G^T      v = B^T x B      y = A^T (sum over c of u v) A
 *
 * and multiplies them number by number: (m + 2)^2 multiplications, a fourth of 9 m^2 where m is 4, and 4/9
 * where it is 2. For each of the (m + 2)^2 places, the sums over c of all tiles are one matrix product,
 * (tiles,C) by (C,K). After Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016.
 *
 * The transforms add numbers that partly cancel, which costs digits; how many depends on the points in which
 * the polynomials behind them are evaluated. 0, 1, -1 and infinity are those of m = 2; m = 4 adds 1/2 and
 * -2, whose powers are small and exact (Barabasz, Anderson, Soodhalter and Gregg, "Error analysis and
 * improving the accuracy of Winograd convolution for deep neural networks", ACM TOMS 46(4), 2020).
 * ops/conv_bound.c has the bound.
 */
#ifndef RUNGS_CONV_WINOGRAD_H
#define RUNGS_CONV_WINOGRAD_H

#include <stddef.h>

enum { WINOGRAD_MOST = 4, WINOGRAD_SIDE = WINOGRAD_MOST + 2 };

struct winograd {
    int m; /* side of a tile: 2 or 4 */
    int N, C, H, W, K, P, Q;
    int top, left;         /* the window of result (0,0) begins so far above and left of x */
    const float *x, *bias; /* bias (K), or NULL */
    float *y;
    int down, across;    /* tiles of a plane */
    size_t c_row, k_row; /* C and K, rounded up to whole vectors */
    int relu;            /* y = max(0, y) */
};

/* v ((m+2)^2,tiles,c_row) = B^T x B of `tiles` tiles from the first on; strip: STRIP_FLOATS to work in */
typedef void winograd_input_fn(const struct winograd *g, int first, int tiles, float *v, float *strip);

/* y <- A^T p A + bias, max(0, that) if g->relu, of p ((m+2)^2,tiles,k_row) */
typedef void winograd_output_fn(const struct winograd *g, int first, int tiles, const float *p, float *strip);

/* The kernels: number r of that of k on c is w[k * w_k + c * w_c + r], or 8 - r if turned */
struct winograd_kernels {
    int m, K;
    const float *w;
    ptrdiff_t w_k, w_c;
    int turned;
    size_t apart; /* of u, from place to place */
};

/* u ((m+2)^2 at `apart`,columns) = G w G^T of the kernels of k = first, first + 1, ... on c; 0 from K on.
 * columns: whole vectors */
typedef void winograd_kernels_fn(const struct winograd_kernels *g, int first, int columns, int c, float *u);

winograd_input_fn winograd_input_avx2, winograd_input_avx512;
winograd_kernels_fn winograd_kernels_avx2, winograd_kernels_avx512;
winograd_output_fn winograd_output_avx2, winograd_output_avx512;

/* Tiles that lie side by side are transformed together: a strip of m + 2 rows of 16 planes */
enum { STRIP_TILES = 16, STRIP_FLOATS = WINOGRAD_SIDE * (STRIP_TILES * WINOGRAD_MOST + 2) * 16 };

struct strip {
    int n, row, column, tiles; /* of image n, in tiles */
};

/* The tiles from `first` on, before `end`, that lie side by side in one image: at most STRIP_TILES */
static inline struct strip winograd_strip(const struct winograd *g, int first, int end)
{
    int column = first % g->across, tiles = g->across - column;
    if (tiles > end - first) tiles = end - first;
    if (tiles > STRIP_TILES) tiles = STRIP_TILES;
    return (struct strip){ first / g->across / g->down, first / g->across % g->down, column, tiles };
}

#endif
