/* cuda_wrong.c PLAIN RACE - the wrong CUDA rungs of cuda_wrong.cu must be rejected, each for the right
 * reason, and the right ones among them pass. PLAIN and RACE are the module for the emulator without and
 * with its race checker. */
#include <stdio.h>
#include <string.h>

#include "../optimized/device.h"

enum mode { PLAIN, RACE };

static const struct {
    const char *rung; /* of one of `problems` */
    enum mode mode;
    const char *word; /* of the reason; NULL: must pass */
} rows[] = {
    { "right", PLAIN, NULL },
    { "right", RACE, NULL },
    { "no_tail", PLAIN, "elements of y are wrong" },
    { "no_bias", PLAIN, "elements of y are wrong" },
    { "swapped", PLAIN, "elements of y are wrong" },
    { "accumulates", PLAIN, "nan" },
    { "low_precision", PLAIN, "elements of y are wrong" },
    { "writes_past_the_end", PLAIN, "illegal address" },
    { "writes_one_more", PLAIN, "illegal address" },
    { "writes_before_the_start", PLAIN, "writes outside y" },
    { "reads_past_the_end", PLAIN, "illegal address" },
    { "edits_its_input", PLAIN, "writes to its input w" },
    { "leaves_one_out", PLAIN, "1 of" },
    { "grid_rounded_down", PLAIN, "nan" },
    { "too_many_threads", PLAIN, "at most 1024 are possible" },
    { "launches_nothing", PLAIN, "nan" },
    { "host_reads_the_device", PLAIN, "host code touches device memory" },
    { "other_bits_each_time", PLAIN, "different bits" },
    { "right_tiles", PLAIN, NULL },
    { "right_tiles", RACE, NULL },
    { "tile_without_barrier", PLAIN, "elements of y are wrong" },
    { "tile_without_barrier", RACE, "race" },
    { "tile_overwritten", RACE, "race" },
    { "barrier_in_a_branch", PLAIN, "barrier" },
    { "cp_async_not_waited_for", PLAIN, "without waiting" },
    { "cp_async_not_waited_for", RACE, "race" },
    { "right_hopper", PLAIN, NULL },
    { "right_hopper", RACE, NULL },
    { "tma_not_waited_for", PLAIN, "elements of y are wrong" },
    { "tma_not_waited_for", RACE, "race" },
    { "wgmma_not_waited_for", PLAIN, "elements of y are wrong" },
    { "stage_freed_early", RACE, "race" },
    { "wrong_parity", PLAIN, "elements of y are wrong" },
    { "wrong_parity", RACE, "race" },
    { "right_rows", PLAIN, NULL },
    { "right_rows", RACE, NULL },
    { "sums_read_too_early", PLAIN, "elements of y are wrong" },
    { "sums_read_too_early", RACE, "race" },
    { "sums_overwritten", RACE, "race" },
    { "no_last_warp", PLAIN, "elements of y are wrong" },
    { "no_first_maximum", PLAIN, "nan" },
    { "rows_without_tail", PLAIN, "elements of y are wrong" },
    { "right_labels", PLAIN, NULL },
    { "right_labels", RACE, NULL },
    { "label_not_masked", PLAIN, "loss" },
    { "counts_all_rows", PLAIN, "loss" },
    { "sum_not_rescaled", PLAIN, "loss" },
    { "array_used_again", RACE, "race" },
    { "label_read_too_late", PLAIN, "over its input" },
    { "label_read_too_late", RACE, "race" },
    { "losses_left_over", PLAIN, "loss" },
    { "right_tree", PLAIN, NULL },
    { "right_tree", RACE, NULL },
    { "tree_without_barriers", PLAIN, "nan" },
    { "tree_without_barriers", RACE, "race" },
    { "tree_of_odd_halves", PLAIN, "loss" },
    { "right_fours", PLAIN, NULL },
    { "right_fours", RACE, NULL },
    { "fours_without_tail", PLAIN, "elements of y are wrong" },
    { "one_sweep", PLAIN, "elements of y are wrong" },
    { "one_four_too_far", PLAIN, "writes outside y" },
    { "right_mask", PLAIN, NULL },
    { "right_mask", RACE, NULL },
    { "no_last_bits", PLAIN, "mask" },
    { "other_block", PLAIN, "are wrong" },
    { "no_ties", PLAIN, "are wrong" },
    { "right_step", PLAIN, NULL },
    { "right_step", RACE, NULL },
    { "v_not_written", PLAIN, "elements of v are wrong" },
    { "m_of_the_first", PLAIN, "are wrong" },
    { "right_list", PLAIN, NULL },
    { "right_list", RACE, NULL },
    { "biases_left_out", PLAIN, "are wrong" },
    { "first_chunk", PLAIN, "are wrong" },
    { "boundary_twice", PLAIN, "are wrong" },
    { "boundary_twice", RACE, "race" },
    { "right_clip", PLAIN, NULL },
    { "right_clip", RACE, NULL },
    { "a_part_lost", PLAIN, "of dw are wrong" },
    { "lengthens", PLAIN, "of dw are wrong" },
    { "too_early", PLAIN, "nan" },
    { "too_early", RACE, "race" },
    { "right_windows", PLAIN, NULL },
    { "right_windows", RACE, NULL },
    { "last_of_equals", PLAIN, "elements of index are wrong" },
    { "last_column_cut", PLAIN, "are wrong" },
    { "scattered", RACE, "race" },
    { "right_results", PLAIN, NULL },
    { "no_left_edge", PLAIN, "elements of y are wrong" },
    { "left_is_top", PLAIN, "elements of y are wrong" },
    { "all_planes_met", PLAIN, "elements of y are wrong" },
    { "touching", PLAIN, "elements of y are wrong" },
    { "bias_of_place", PLAIN, "elements of y are wrong" },
    { "flipped", PLAIN, "elements of y are wrong" },
    { "right_row", PLAIN, NULL },
    { "right_row", RACE, NULL },
    { "row_read_too_early", PLAIN, "elements of y are wrong" },
    { "row_read_too_early", RACE, "race" },
    { "row_overwritten", RACE, "race" },
    { "no_halo", PLAIN, "elements of y are wrong" },
    { "right_async", PLAIN, NULL },
    { "right_async", RACE, NULL },
    { "copies_not_waited_for", PLAIN, "without waiting" },
    { "copies_not_waited_for", RACE, "race" },
    { "copies_one_behind", PLAIN, "without waiting" },
    { "copies_one_behind", RACE, "race" },
    { "copies_into_the_same", RACE, "race" },
    { "padding_copied", PLAIN, "elements of y are wrong" },
    { "right_tf32", PLAIN, NULL },
    { "right_tf32", RACE, NULL },
    { "fewer_digits", PLAIN, "elements of y are wrong" },
    { "end_of_l_kept", PLAIN, "elements of y are wrong" },
    { "fragment_turned", PLAIN, "elements of y are wrong" },
    { "patch_read_too_early", RACE, "race" },
    { "right_bf16", PLAIN, NULL },
    { "right_bf16", RACE, NULL },
    { "bf16_sums_lost", PLAIN, "elements of y are wrong" },
    { "bf16_fragment_turned", PLAIN, "elements of y are wrong" },
    { "right_winograd", PLAIN, NULL },
    { "right_winograd", RACE, NULL },
    { "point_of_other_sign", PLAIN, "elements of y are wrong" },
    { "half_forgotten", PLAIN, "elements of y are wrong" },
    { "second_column_stored", PLAIN, "y" },
    { "bias_at_points", PLAIN, "elements of y are wrong" },
    { "right_dx", PLAIN, NULL },
    { "between", PLAIN, "elements of dx are wrong" },
    { "last_window", PLAIN, "elements of dx are wrong" },
    { "scattered_dx", RACE, "race" },
    { "right_relu", PLAIN, NULL },
    { "relu_before_bias", PLAIN, "elements of y are wrong" },
    { "right_mask_of_x", PLAIN, NULL },
    { "mask_of_first_image", PLAIN, "elements of dz are wrong" },
    { "right_dw", PLAIN, NULL },
    { "right_dw", RACE, NULL },
    { "slices_at_once", RACE, "race" },
    { "image_lost", PLAIN, "elements of dw are wrong" },
    { "db_of_one_image", PLAIN, "of db are wrong" },
#ifndef __clang__ /* which shows a float4 as four floats */
    { "asks_one", RACE, "misaligned" },
    { "misaligned_rows", RACE, "misaligned" },
    { "misaligned_fours", RACE, "misaligned" },
#endif
};

/* Shapes that are enough for each fault to show: allocations that end at their guard page (a multiple of
 * 256 bytes), tails, several tiles of 16 and 64, more tiles than stages; rows of whole warps and others;
 * more elements than threads */
#define WINDOWS /* edges, a stride; groups and windows with gaps, padding of two sides */         \
    { 2, 2, 5, 70, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1 }, { 1, 4, 9, 10, 6, 3, 2, 1, 2, 2, 2, 0, 1, 3 }, \
    {                                                                                             \
        0                                                                                         \
    }
static const struct problem {
    const char *op;
    int shapes[4][MAX_SIZES];
} problems[] = {
    { "dense_forward", { { 16, 16, 32 }, { 19, 5, 37 }, { 60, 300, 100 }, { 0 } } },
    { "softmax_forward", { { 3, 128 }, { 4, 301 }, { 0 } } },
    { "xent_with_gradient", { { 9, 70 }, { 12, 301 }, { 0 } } },
    { "mse_forward", { { 300 }, { 0 } } },
    { "relu_forward", { { 1023 }, { 8192 }, { 0 } } },
    { "dropout_forward", { { 300 }, { 70003 }, { 0 } } },
    { "adam_step", { { 1023 }, { 1024 }, { 0 } } },       /* an even size: each array elsewhere */
    { "adam_step_many", { { 1023 }, { 12001 }, { 0 } } }, /* tensors shorter and longer than a block */
    { "clip_norm", { { 1 }, { 5000 }, { 0 } } },          /* no longer than the limit, and longer */
    { "maxpool_forward", { { 2, 3, 9, 37, 3, 3, 1, 1 }, { 0 } } },
    { "maxpool_backward", { { 2, 3, 9, 37, 3, 3, 1, 1 }, { 0 } } },
    { "conv2d_forward", { { 2, 3, 6, 9, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1 }, WINDOWS } }, /* tiles of 2 x 2 */
    { "conv2d_backward_dx", { WINDOWS } },
    { "conv2d_backward_dw", { WINDOWS } },
    { "conv2d_relu_forward", { WINDOWS } },
    { "conv2d_relu_backward_dx", { WINDOWS } },
};

/* An operation may have several lists here. NULL: none of them has that rung */
static const struct rung *find(const struct device *d, const char *op, const char *name)
{
    const struct rung *rung = NULL;
    for (const struct device_rungs *list = d->module->ladders; list->op && !rung; list++)
        if (!strcmp(list->op, op)) rung = rung_in(list->rungs, name);
    return rung;
}

/* the first verdict that is no pass */
static struct check check_at_shapes(const struct device *d, const char *name)
{
    struct check c = { .verdict = CHECK_SKIP };
    for (size_t p = 0; p < sizeof problems / sizeof *problems; p++) {
        const struct rung *rung = find(d, problems[p].op, name);
        for (const int(*size)[MAX_SIZES] = problems[p].shapes; rung && **size; size++) {
            c = check_device_rung(d, op_find(problems[p].op), rung, *size, 1);
            if (c.verdict != CHECK_PASS) return c;
        }
    }
    return c;
}

int main(int argc, char **argv)
{
    char error[DEVICE_ERROR];
    const struct device *device[2] = { NULL, NULL };
    int failed = 0, n = (int)(sizeof rows / sizeof *rows);
    for (int mode = 0; mode < 2; mode++)
        if (argc != 3 || !(device[mode] = device_open(argv[1 + mode], error)))
            return fprintf(stderr, "cuda_wrong: %s\n", argc == 3 ? error : "two modules are needed"), 1;
    check_shape_seconds = 20;
    for (int i = 0; i < n; i++) {
        const struct device *d = device[rows[i].mode];
        struct check c = check_at_shapes(d, rows[i].rung);
        int ok = rows[i].word ? c.verdict == CHECK_FAIL && strstr(c.reason, rows[i].word) != NULL
                              : c.verdict == CHECK_PASS;
        printf("%s  %-24s %-5s  %s\n", ok ? "ok   " : "NOT OK", rows[i].rung,
               rows[i].mode == RACE ? "race" : "plain", c.reason);
        failed += !ok;
    }
    printf("%d passed, %d failed\n", n - failed, failed);
    return failed ? 1 : 0;
}
