/* conv_direct_avx2.c - the tiles of direct convolution in vectors of eight.
 *
 * A blocked tile is 6 pixels x 16 planes: twelve multiply-adds, which two units do in six cycles, for two
 * loads of weights, six of x and one of a distance; 12 accumulators + 2 of weights + 1 of x = 15 of the 16
 * registers. A tile of rows is 4 planes x 24 columns, and needs all 16.
 */
#include "conv_direct.h"

#if defined __x86_64__
#include "vec_avx2.h"

#include "conv_direct_tile.h"

/* clang-format off */
BLOCKED_TILE(1, 1) BLOCKED_TILE(2, 1) BLOCKED_TILE(3, 1) BLOCKED_TILE(4, 1)
BLOCKED_TILE(5, 1) BLOCKED_TILE(6, 1) BLOCKED_TILE(7, 1) BLOCKED_TILE(8, 1)
BLOCKED_TILE(1, 2) BLOCKED_TILE(2, 2) BLOCKED_TILE(3, 2) BLOCKED_TILE(4, 2)
BLOCKED_TILE(5, 2) BLOCKED_TILE(6, 2)
ROWS_TILE(1, 8) ROWS_TILE(2, 6) ROWS_TILE(3, 4) ROWS_TILE(4, 3)

static direct_blocked_fn *const blocked[] = {
    blocked_1_1, blocked_2_1, blocked_3_1, blocked_4_1, blocked_5_1, blocked_6_1, blocked_7_1, blocked_8_1,
    blocked_1_2, blocked_2_2, blocked_3_2, blocked_4_2, blocked_5_2, blocked_6_2,
};
static direct_rows_fn *const row_tiles[] = { rows_1_8, rows_2_6, rows_3_4, rows_4_3 };
/* clang-format on */

const struct direct_kernel direct_avx2 = { WIDTH,     2 * WIDTH, { 0, 8, 6 }, { 0, 8, 6, 4, 3 }, blocked,
                                           row_tiles, copy,      gather,      scatter,           add_rows };
#endif
