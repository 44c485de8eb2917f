/* gemm_avx512.c - the AVX-512 micro-kernel: a 6 x 64 tile, twenty-four accumulators of sixteen.
 *
 * Twenty-four fused multiply-adds keep two FMA units busy for twelve cycles; the ten loads that feed them
 * need five (two 64-byte loads a cycle). A broadcast as a memory operand of each multiply-add would need 24
 * loads; one broadcast to a register serves four. 24 accumulators + 4 of b + 1 of a = 29 of the 32 registers.
 */
#include "gemm.h"

#if defined __x86_64__
#include "vec_avx512.h"

enum { MR = 6, NV = 4 };

#include "gemm_tile.h"
#include "pack_transposed.h"

/* clang-format off */
TILE(1, 1) TILE(1, 2) TILE(1, 3) TILE(1, 4) TILE(2, 1) TILE(2, 2) TILE(2, 3) TILE(2, 4)
TILE(3, 1) TILE(3, 2) TILE(3, 3) TILE(3, 4) TILE(4, 1) TILE(4, 2) TILE(4, 3) TILE(4, 4)
TILE(5, 1) TILE(5, 2) TILE(5, 3) TILE(5, 4) TILE(6, 1) TILE(6, 2) TILE(6, 3) TILE(6, 4)
TILE_NAMED(tile_keep, MR, NV, KEEP_B)
TILE_NAMED(tile_ahead, MR, NV, FETCH_AHEAD)

static gemm_tile_fn *const tiles[] = {
    tile_1_1, tile_1_2, tile_1_3, tile_1_4, tile_2_1, tile_2_2,
    tile_2_3, tile_2_4, tile_3_1, tile_3_2, tile_3_3, tile_3_4,
    tile_4_1, tile_4_2, tile_4_3, tile_4_4, tile_5_1, tile_5_2,
    tile_5_3, tile_5_4, tile_6_1, tile_6_2, tile_6_3, tile_6_4,
};
/* clang-format on */

const struct gemm_kernel gemm_avx512 = { tiles, tile_keep, tile_ahead, MR,   NR,
                                         WIDTH, 192,       512,        3072, pack_transposed };
#endif
