/* conv_direct_avx512.c - the tiles of direct convolution in vectors of sixteen.
 *
 * A blocked tile is 6 pixels x 64 planes: 24 accumulators + 4 of weights + 1 of x = 29 of the 32 registers.
 * A tile of rows is 4 planes x 64 columns.
 */
#include "conv_direct.h"

#if defined __x86_64__
#include "vec_avx512.h"

#include "conv_direct_tile.h"

/* clang-format off */
BLOCKED_TILE(1, 1) BLOCKED_TILE(2, 1) BLOCKED_TILE(3, 1) BLOCKED_TILE(4, 1)
BLOCKED_TILE(5, 1) BLOCKED_TILE(6, 1) BLOCKED_TILE(7, 1) BLOCKED_TILE(8, 1)
BLOCKED_TILE(1, 2) BLOCKED_TILE(2, 2) BLOCKED_TILE(3, 2) BLOCKED_TILE(4, 2)
BLOCKED_TILE(5, 2) BLOCKED_TILE(6, 2) BLOCKED_TILE(7, 2) BLOCKED_TILE(8, 2)
BLOCKED_TILE(1, 3) BLOCKED_TILE(2, 3) BLOCKED_TILE(3, 3) BLOCKED_TILE(4, 3)
BLOCKED_TILE(5, 3) BLOCKED_TILE(6, 3)
BLOCKED_TILE(1, 4) BLOCKED_TILE(2, 4) BLOCKED_TILE(3, 4) BLOCKED_TILE(4, 4)
BLOCKED_TILE(5, 4) BLOCKED_TILE(6, 4)
ROWS_TILE(1, 8) ROWS_TILE(2, 8) ROWS_TILE(3, 6) ROWS_TILE(4, 4)

static direct_blocked_fn *const blocked[] = {
    blocked_1_1, blocked_2_1, blocked_3_1, blocked_4_1, blocked_5_1, blocked_6_1, blocked_7_1, blocked_8_1,
    blocked_1_2, blocked_2_2, blocked_3_2, blocked_4_2, blocked_5_2, blocked_6_2, blocked_7_2, blocked_8_2,
    blocked_1_3, blocked_2_3, blocked_3_3, blocked_4_3, blocked_5_3, blocked_6_3, NULL, NULL,
    blocked_1_4, blocked_2_4, blocked_3_4, blocked_4_4, blocked_5_4, blocked_6_4,
};
static direct_rows_fn *const row_tiles[] = { rows_1_8, rows_2_8, rows_3_6, rows_4_4 };
DW_TILE(1, 1) DW_TILE(1, 2) DW_TILE(1, 3) DW_TILE(1, 4) DW_TILE(1, 5) DW_TILE(1, 6) DW_TILE(1, 7) DW_TILE(1, 8) DW_TILE(1, 9)
DW_TILE(2, 1) DW_TILE(2, 2) DW_TILE(2, 3) DW_TILE(2, 4) DW_TILE(2, 5) DW_TILE(2, 6) DW_TILE(2, 7) DW_TILE(2, 8) DW_TILE(2, 9)
DW_TILE(3, 1) DW_TILE(3, 2) DW_TILE(3, 3) DW_TILE(3, 4) DW_TILE(3, 5) DW_TILE(3, 6) DW_TILE(3, 7) DW_TILE(3, 8)

static direct_dw_fn *const dw_tiles[] = {
    dw_1_1, dw_1_2, dw_1_3, dw_1_4, dw_1_5, dw_1_6, dw_1_7, dw_1_8, dw_1_9,
    dw_2_1, dw_2_2, dw_2_3, dw_2_4, dw_2_5, dw_2_6, dw_2_7, dw_2_8, dw_2_9,
    dw_3_1, dw_3_2, dw_3_3, dw_3_4, dw_3_5, dw_3_6, dw_3_7, dw_3_8, NULL,
};
/* clang-format on */

const struct direct_kernel direct_avx512 = {
    .width = WIDTH,
    .columns = 4 * WIDTH,
    .rows = { 0, 8, 8, 6, 6 },
    .across = { 0, 8, 8, 6, 4 },
    .dw_taps = { 0, 9, 9, 8 },
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
