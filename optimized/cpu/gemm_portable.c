/* gemm_portable.c - the micro-kernel for any CPU: a 4 x 8 tile in vectors of four, which gcc and clang turn
 * into whatever the machine has (SSE2 on every x86-64). 8 accumulators + 2 of b + 1 of a, of 16 registers. */
#include <stddef.h>

typedef float vec __attribute__((vector_size(16), aligned(4)));
typedef int ivec __attribute__((vector_size(16)));

#define KERNEL
enum { MR = 4, NV = 2, WIDTH = 4 };

static inline vec vec_set1(float x)
{
    return (vec){ x, x, x, x };
}
static inline vec vec_zero(void)
{
    return vec_set1(0);
}
static inline vec vec_load(const float *p)
{
    return *(const vec *)p;
}
static inline void vec_store(float *p, vec x)
{
    *(vec *)p = x;
}
static inline vec vec_fma(vec a, vec b, vec c)
{
    return a * b + c;
}
static inline vec vec_add(vec a, vec b)
{
    return a + b;
}
static inline vec vec_mul(vec a, vec b)
{
    return a * b;
}
static inline vec vec_relu(vec x)
{
    return (vec)((ivec)x & ~(ivec)(x <= vec_zero()));
}
static inline vec vec_where_positive(vec x, vec m)
{
    return (vec)((ivec)x & (ivec)(m > vec_zero()));
}

/* a[0], a[row], ... a[(rows - 1) * row]: one load where they lie in a row, as in a packed panel */
static inline vec column_of(const float *a, ptrdiff_t row, const int rows)
{
    if (row == 1 && rows == MR) return vec_load(a);
    return (vec){ a[0], a[rows > 1 ? row : 0], a[rows > 2 ? 2 * row : 0], a[rows > 3 ? 3 * row : 0] };
}

/* Without a broadcasting load, a load and a shuffle for each of four rows cost more than one
 * load and four shuffles. */
#define LOAD_COLUMN(a, a_row, rows) vec column = column_of(a, a_row, rows);
#define SPREAD(a, a_row, r)         vec_set1(column[r])

#include "gemm_tile.h"

/* clang-format off */
TILE(1, 1) TILE(1, 2) TILE(2, 1) TILE(2, 2) TILE(3, 1) TILE(3, 2)
TILE(4, 1) TILE(4, 2)
TILE_NAMED(tile_keep, MR, NV, KEEP_B)
TILE_NAMED(tile_ahead, MR, NV, FETCH_AHEAD)

static gemm_tile_fn *const tiles[] = {
    tile_1_1, tile_1_2, tile_2_1, tile_2_2, tile_3_1, tile_3_2,
    tile_4_1, tile_4_2,
};
/* clang-format on */

const struct gemm_kernel gemm_portable = {
    tiles, tile_keep, tile_ahead, MR, NR, WIDTH, 144, 384, 3072, NULL
};
