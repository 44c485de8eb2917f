/* bench_standing.c - the sentence that says between which rungs a function from
 * outside is, for made-up rows. */
#include <stdio.h>
#include <string.h>

#include "../bench/standing.h"

static struct row row_of(const char *rung, enum row_kind kind, int threads, double seconds)
{
    struct row row = {
        .kind = kind, .threads = threads, .seconds = seconds, .low = 0.95 * seconds, .high = 1.05 * seconds
    };
    snprintf(row.rung, sizeof row.rung, "%s", rung);
    return row;
}

static int failed;

/* mine takes so many seconds, on so many threads */
static void says(int threads, double seconds, const char *expected)
{
    struct row row[] = {
        row_of("00_naive", ROW_RUNG, 1, 16),
        row_of("01_order", ROW_RUNG, 1, 8),
        row_of("02_tile", ROW_RUNG, 1, 2), /* a rung may be slower than the one before it */
        row_of("03_packed", ROW_RUNG, 1, 4),
        row_of("04_skipped", ROW_RUNG, 1, 0),
        row_of("05_same", ROW_RUNG, 1, 1.95), /* does not differ from 02_tile, which comes first */
        row_of("mine", ROW_OUTSIDE, threads, seconds),
        row_of("library", ROW_PEER, 1, 3), /* no rung */
        row_of("02_tile", ROW_RUNG, 2, 1),
        row_of("library", ROW_PEER, 2, 1.5),
    };
    char text[STANDING_TEXT];
    standing_text(row, sizeof row / sizeof *row, &row[6], text);
    if (!strcmp(text, expected)) return;
    printf("FAIL  says '%s'\n  expected '%s'\n", text, expected);
    failed = 1;
}

int main(void)
{
    struct row alone = row_of("mine", ROW_OUTSIDE, 1, 1);
    char text[STANDING_TEXT];
    says(1, 3,
         "mine on 1 thread is between 03_packed and 02_tile: 1.33 times as fast as the one, and the other is "
         "1.50 "
         "times as fast");
    says(1, 12,
         "mine on 1 thread is between 00_naive and 01_order: 1.33 times as fast as the one, and the other is "
         "1.50 "
         "times as fast");
    says(1, 20, "mine on 1 thread is below the whole ladder: 00_naive is 1.25 times as fast");
    says(1, 1, "mine on 1 thread is above the whole ladder: 2.00 times as fast as 02_tile");
    says(1, 7.9,
         "mine on 1 thread is as fast as 01_order: no difference in time; 03_packed is 1.98 times as fast");
    says(1, 2.05, "mine on 1 thread is as fast as 02_tile, the top of the ladder: no difference in time");
    /* 02_tile counts with both of its threads */
    says(2, 1.5,
         "mine on 2 threads is between 05_same and 02_tile: 1.30 times as fast as the one, and the other is "
         "1.50 "
         "times as fast");
    says(2, 0.5, "mine on 2 threads is above the whole ladder: 2.00 times as fast as 02_tile");
    if (strcmp(standing_text(&alone, 1, &alone, text), "mine on 1 thread was raced beside no rung"))
        printf("FAIL  alone: '%s'\n", text), failed = 1;
    return failed;
}
