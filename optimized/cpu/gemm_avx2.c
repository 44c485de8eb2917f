/* gemm_avx2.c - the AVX2 micro-kernel: a 6 x 16 tile, twelve accumulators of eight.
 *
 * Twelve fused multiply-adds keep two FMA units busy for six cycles; the eight loads that feed them need
 * four. 12 accumulators + 2 of b + 1 of a = 15 of the 16 registers.
 */
#include "gemm.h"

#if defined __x86_64__
#include "vec_avx2.h"

enum { MR = 6, NV = 2 };

#include "gemm_tile.h"
#include "pack_transposed.h"

/* clang-format off */
TILE(1, 1) TILE(1, 2) TILE(2, 1) TILE(2, 2) TILE(3, 1) TILE(3, 2)
TILE(4, 1) TILE(4, 2) TILE(5, 1) TILE(5, 2) TILE(6, 1) TILE(6, 2)
TILE_NAMED(tile_keep, MR, NV, KEEP_B)
TILE_NAMED(tile_ahead, MR, NV, FETCH_AHEAD)

static gemm_tile_fn *const tiles[] = {
    tile_1_1, tile_1_2, tile_2_1, tile_2_2, tile_3_1, tile_3_2,
    tile_4_1, tile_4_2, tile_5_1, tile_5_2, tile_6_1, tile_6_2,
};
/* clang-format on */

const struct gemm_kernel gemm_avx2 = { tiles, tile_keep, tile_ahead, MR,   NR,
                                       WIDTH, 144,       384,        3072, pack_transposed };
#endif
