/* gemm_tile.h - the text of the micro-kernel, included once for each width of vector.
 *
 * The file that includes it defines MR (rows) and NV (vectors) of the largest tile, KERNEL (the target
 * attribute), `vec` and WIDTH, and vec_zero, vec_load, vec_store, vec_set1, vec_fma (a * b + c), vec_add,
 * vec_mul, vec_relu (NaN stays NaN) and vec_where_positive (x where m > 0, else 0).
 *
 * Each step k loads NV vectors of b and broadcasts one number of a for each row; every pair of them feeds one
 * fused multiply-add. A tile of r x v vectors needs r + v loads for r v multiply-adds, and its accumulators
 * never leave the registers until the sum is done.
 */
#include <stddef.h>
#include "gemm.h"

#define NR (NV * WIDTH)

/* How a number of a gets into every lane: by a broadcasting load of each, unless the file knows better. */
#if !defined SPREAD
#define LOAD_COLUMN(a, a_row, rows)
#define SPREAD(a, a_row, r) vec_set1((a)[(r) * (a_row)])
#endif

#include "unrolled.h"

enum tile_kind { PLAIN, KEEP_B, FETCH_AHEAD };

/* c (rows, vectors) = start + a (rows,K) * b (K,vectors); rows, vectors and kind are
 * constants at every call */
KERNEL static inline __attribute__((always_inline)) void
tile_body(const int rows, const int vectors, const enum tile_kind kind, int K, const float *a,
          ptrdiff_t a_row, ptrdiff_t a_col, const float *b, ptrdiff_t b_row, float *c, ptrdiff_t c_row,
          const struct tile_edges *e)
{
    vec acc[MR][NV];
    float *keep = e->keep;
    const float *ahead = e->ahead;
    UNROLLED (r, rows) /* c is fetched while the sum is under way */
    {
        UNROLLED (line, (vectors * WIDTH + 15) / 16) __builtin_prefetch(c + r * c_row + 16 * line, 1);
        UNROLLED (v, vectors) acc[r][v] = vec_zero();
    }
    for (int k = 0; k < K; k++) {
        vec bk[NV];
        UNROLLED (v, vectors) {
            bk[v] = vec_load(b + v * WIDTH);
            if (kind == KEEP_B) vec_store(keep + v * WIDTH, bk[v]);
        }
        LOAD_COLUMN(a, a_row, rows)
        UNROLLED (r, rows) {
            vec ar = SPREAD(a, a_row, r);
            UNROLLED (v, vectors) acc[r][v] = vec_fma(ar, bk[v], acc[r][v]);
        }
        if (kind == KEEP_B) keep += NR;
        if (kind == FETCH_AHEAD) {
            __builtin_prefetch(ahead, 0, 2);
            ahead += e->ahead_row;
        }
        a += a_col;
        b += b_row;
    }
    if (e->scale) {
        vec scale = vec_set1(*e->scale);
        UNROLLED (r, rows) {
            UNROLLED (v, vectors) acc[r][v] = vec_mul(acc[r][v], scale);
        }
    }
    if (e->start) {
        UNROLLED (r, rows) {
            UNROLLED (v, vectors)
                acc[r][v] = vec_add(acc[r][v], vec_load(e->start + r * e->start_row + v * WIDTH));
        }
    }
    if (e->each) {
        UNROLLED (r, rows) {
            UNROLLED (v, vectors) acc[r][v] = vec_add(acc[r][v], vec_set1(e->each[r]));
        }
    }
    if (e->relu) {
        UNROLLED (r, rows) {
            UNROLLED (v, vectors) acc[r][v] = vec_relu(acc[r][v]);
        }
    }
    if (e->mask) {
        UNROLLED (r, rows) {
            UNROLLED (v, vectors)
                acc[r][v] = vec_where_positive(acc[r][v], vec_load(e->mask + r * e->mask_row + v * WIDTH));
        }
    }
    UNROLLED (r, rows) {
        UNROLLED (v, vectors) vec_store(c + r * c_row + v * WIDTH, acc[r][v]);
    }
}

/* The body once for packed panels, whose strides the compiler then knows, and once
 * for matrices as they lie. */
#define TILE_NAMED(name, rows, vectors, kind)                                                        \
    KERNEL static void name(int K, const float *a, ptrdiff_t a_row, ptrdiff_t a_col, const float *b, \
                            ptrdiff_t b_row, float *c, ptrdiff_t c_row, const struct tile_edges *e)  \
    {                                                                                                \
        if (a_row == 1 && a_col == MR && b_row == NR)                                                \
            tile_body(rows, vectors, kind, K, a, 1, MR, b, NR, c, c_row, e);                         \
        else                                                                                         \
            tile_body(rows, vectors, kind, K, a, a_row, a_col, b, b_row, c, c_row, e);               \
    }
#define TILE(rows, vectors) TILE_NAMED(tile_##rows##_##vectors, rows, vectors, PLAIN)
