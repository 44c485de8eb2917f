/* cuda_wrong.c PLAIN RACE - the wrong CUDA rungs of cuda_wrong.cu must be rejected, each for the right reason, and the
 * right ones among them pass. PLAIN and RACE are the module for the emulator without and with its race checker. */
#include <stdio.h>
#include <string.h>

#include "../optimized/device.h"

enum mode { PLAIN, RACE };

static const struct {
    const char *rung;
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
    { "too_many_threads", PLAIN, "launching a kernel failed" },
    { "launches_nothing", PLAIN, "nan" },
    { "host_reads_the_device", PLAIN, "host code touches device memory" },
    { "other_bits_each_time", PLAIN, "other bits" },
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
};

/* enough for each fault to show: allocations that end at their guard page (a multiple of 256 bytes), tails, several
 * tiles of 16 and 64, more tiles than stages */
static const int shapes[][MAX_SIZES] = { { 16, 16, 32 }, { 19, 5, 37 }, { 60, 300, 100 }, { 0 } };

/* the first verdict that is no pass */
static struct check check_at_shapes(const struct device *d, const struct op *op, const struct rung *rung)
{
    struct check c = { .verdict = CHECK_SKIP };
    for (const int(*size)[MAX_SIZES] = shapes; **size; size++) {
        c = check_device_rung(d, op, rung, *size, 1);
        if (c.verdict != CHECK_PASS) break;
    }
    return c;
}

int main(int argc, char **argv)
{
    char why[DEVICE_WHY];
    const struct op *op = op_find("dense_forward");
    const struct device *device[2] = { NULL, NULL };
    int failed = 0, n = (int)(sizeof rows / sizeof *rows);
    for (int mode = 0; mode < 2; mode++)
        if (argc != 3 || !(device[mode] = device_open(argv[1 + mode], why)))
            return fprintf(stderr, "cuda_wrong: %s\n", argc == 3 ? why : "two modules are needed"), 1;
    check_shape_seconds = 20;
    for (int i = 0; i < n; i++) {
        const struct device *d = device[rows[i].mode];
        const struct rung *rung = rung_in(device_ladder(d, op), rows[i].rung);
        struct check c = check_at_shapes(d, op, rung);
        int ok = rows[i].word ? c.verdict == CHECK_FAIL && strstr(c.why, rows[i].word) != NULL
                              : c.verdict == CHECK_PASS;
        printf("%s  %-24s %-5s  %s\n", ok ? "ok   " : "NOT OK", rows[i].rung,
               rows[i].mode == RACE ? "race" : "plain", c.why);
        failed += !ok;
    }
    printf("%d passed, %d failed\n", n - failed, failed);
    return failed ? 1 : 0;
}
