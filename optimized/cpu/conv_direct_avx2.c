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
DW_TILE(1, 1) DW_TILE(1, 2) DW_TILE(1, 3) DW_TILE(1, 4) DW_TILE(1, 5) DW_TILE(1, 6) DW_TILE(1, 7) DW_TILE(1, 8) DW_TILE(1, 9)
DW_TILE(2, 1) DW_TILE(2, 2) DW_TILE(2, 3) DW_TILE(2, 4) DW_TILE(2, 5)
DW_TILE(3, 1) DW_TILE(3, 2) DW_TILE(3, 3)

static direct_dw_fn *const dw_tiles[] = {
    dw_1_1, dw_1_2, dw_1_3, dw_1_4, dw_1_5, dw_1_6, dw_1_7, dw_1_8, dw_1_9,
    dw_2_1, dw_2_2, dw_2_3, dw_2_4, dw_2_5, NULL, NULL, NULL, NULL,
    dw_3_1, dw_3_2, dw_3_3, NULL, NULL, NULL, NULL, NULL, NULL,
};
/* clang-format on */

const struct direct_kernel direct_avx2 = {
    .width = WIDTH,
    .columns = 2 * WIDTH,
    .rows = { 0, 8, 6 },
    .across = { 0, 8, 6, 4, 3 },
    .dw_taps = { 0, 9, 5, 3 },
    .blocked = blocked,
    .row_tiles = row_tiles,
    .dw_tiles = dw_tiles,
    .fold = fold,
    .copy = copy,
    .lay_out = lay_out,
    .gather = gather,
    .scatter = scatter,
    .relu = relu_in_place,
    .mask = mask_in_place,
    .add_rows = add_rows,
};
#endif
