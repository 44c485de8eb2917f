/* gemm.h - the matrix product behind the upper rungs of dense: cache blocks, packing, register tiles.
 *
 *   C (M,N) = A (M,K) * B (K,N)     element (i,k) of A is a[i * a_row + k * a_col], and so on for B and C
 *
 * The strides let one routine serve y = x w^T, dx = dy w and dw = dy^T x. The structure (five loops around a
 * micro-kernel, packed panels) is that of Goto & van de Geijn, "Anatomy of high-performance matrix
 * multiplication", ACM TOMS 34(3), 2008, and Van Zee & van de Geijn, "BLIS", ACM TOMS 41(3), 2015.
 */
#ifndef RUNGS_GEMM_H
#define RUNGS_GEMM_H

#include <stddef.h>

/* panel (depth,width) <- B from row k and column j on: `columns` columns, and 0 beyond them */
typedef void gemm_panel_fn(const void *source, int k, int depth, int j, int columns, int width, float *panel);

struct gemm {
    int M, N, K;
    const float *a, *b;
    float *c;
    ptrdiff_t a_row, a_col, b_row, b_col, c_row, c_col; /* of each matrix one stride is 1            */
    const float *bias; /* NULL, or one number for each column of C (each row, if bias_rows)  */
    int bias_rows;
    int relu;             /* C = max(0, C) at the end                                           */
    const float *mask;    /* NULL, or laid out like C: C = 0 where mask <= 0                    */
    const float *scale;   /* NULL, or C = C + scale A B, part by part where K is cut              */
    int add;              /* C = C + A B; has no bias                                           */
    gemm_panel_fn *panel; /* not NULL: B is nowhere an array, its panels are made by this, of `source` */
    const void *source;
    int column; /* of source, at which B begins                                       */
};

/* What happens to a tile of C once its product stands in registers, so that C need not be
 * read or written again. */
struct tile_edges {
    const float *scale;  /* the product is multiplied by it first; NULL: nothing                 */
    const float *start;  /* added, row r from start + r * start_row; NULL: nothing               */
    ptrdiff_t start_row; /* 0: the same row for all, as a bias is                               */
    const float *each;   /* added, each[r] to all of row r; NULL: nothing                       */
    int relu;
    const float *mask;
    ptrdiff_t mask_row;
    float *keep;        /* for tile_keep: where the rows of b are written, one after another   */
    const float *ahead; /* for tile_ahead: one line is fetched into L2 for each step k, ahead_row apart */
    ptrdiff_t ahead_row;
};

/* c = start + a * b, a tile; the rows of b lie b_row apart */
typedef void gemm_tile_fn(int K, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b,
                          ptrdiff_t b_row, float *c, ptrdiff_t c_row, const struct tile_edges *edges);

struct gemm_kernel {
    gemm_tile_fn *const *tile; /* tile[(rows - 1) * nr / width + vectors - 1]: rows x (vectors * width)   */
    gemm_tile_fn *tile_keep;   /* the largest tile; packs b as it goes                                    */
    gemm_tile_fn *tile_ahead;  /* the largest tile; fetches a part of the next b meanwhile                */
    int mr, nr, width;         /* the largest tile: mr rows, nr columns; a vector holds width numbers     */
    int mc, kc;                /* the block of A that stays in L2                                         */
    int nc;                    /* the columns of B that are packed at a time                              */
    /* panel (depth,width) <- src, element (k,j) at src[k + j * across]; returns how
     * many k it did, from 0 on */
    int (*pack_transposed)(int depth, int width, const float *src, ptrdiff_t across, float *panel);
};

enum { TILE_MR_MAX = 8, TILE_NR_MAX = 64 };

extern const struct gemm_kernel gemm_portable, gemm_avx2, gemm_avx512; /* the latter two on x86-64 only */

/* the tile of so many rows and columns (rounded up to whole vectors) */
static inline gemm_tile_fn *gemm_tile_of(const struct gemm_kernel *kernel, int rows, int columns)
{
    return kernel->tile[(rows - 1) * (kernel->nr / kernel->width) + (columns - 1) / kernel->width];
}

/* How many of the rows that are left the next tile takes: mr, but the last two share theirs evenly. 8 rows
 * are 4 + 4, not 6 + 2: a tile of few rows has too few sums under way to keep the multiply-add units busy. */
static inline int gemm_panel_rows(int left, int mr)
{
    return left >= 2 * mr || left == mr ? mr : left > mr ? (left + 1) / 2 : left;
}

/* the best kernel of this machine */
const struct gemm_kernel *gemm_best(void);

/* C = A B in the calling thread */
void gemm_run(const struct gemm_kernel *kernel, const struct gemm *g);

/* the same on all OpenMP threads, one block of C each; the same bits for any number of threads */
void gemm_threads(const struct gemm_kernel *kernel, const struct gemm *g);

#endif
