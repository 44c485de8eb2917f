/* learn_points.c - points, and the groups and columns of a board, by numbers that are made up: no clock
 * decides. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/learn_class.h"

static int failed;

static void expect(int holds, const char *what)
{
    if (!holds) printf("FAIL: %s\n", what), failed = 1;
}

static void test_formula(void)
{
    static const struct {
        double roof, seconds;
        int points;
    } cases[] = {
        { 1e-3, 1e-3, 100 }, { 1e-3, 2e-3, 50 }, { 1e-3, 3e-3, 33 },  { 1e-3, 1.0001e-3, 99 },
        { 2e-3, 1e-3, 100 }, { 1e-6, 1, 0 },     { 1e-3, 0.5e-1, 2 },
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        expect(points_of(points_share(cases[k].roof, cases[k].seconds)) == cases[k].points, "the formula");
    expect(points_of(points_share(0, 1)) == 0 && isnan(points_share(0, 1)), "no roof, no points");
    expect(points_of(points_share(1, 0)) == 0, "no time, no points");
    expect(strstr(points_formula, "100 x") && strstr(points_formula, "rounded down"), "the formula is said");
}

/* twice the arithmetic at the same peak takes twice the time, and wider vectors have a roof of their own */
static void test_roof(void)
{
    const struct op *op = exercise_op_find("dense_forward");
    struct roofs r = { .threads = 1, .cache = { 32 << 10, 1 << 20, 32 << 20 } };
    r.fma[ROOF_BASE] = 1e10, r.fma[ROOF_AVX2] = 4e10;
    for (int level = 0; level < LEVELS; level++) r.bytes[level][ROOF_READ] = 1e12;
    const struct rung plain = { .name = "01", .needs = NEED_NONE },
                      wide = { .name = "04", .needs = NEED_AVX2 };
    const int size[MAX_SIZES] = { 64, 784, 512 };
    const double flops = op->flops(size);
    struct bound of_plain = points_roof(&r, op, size, &plain), of_wide = points_roof(&r, op, size, &wide);
    expect(fabs(of_plain.seconds - flops / 1e10) < 1e-9 && !strncmp(of_plain.name, "fma_", 4) &&
               !strcmp(of_plain.name + 4, roof_kernels[ROOF_BASE].name),
           "the roof of a plain rung");
    expect(fabs(of_wide.seconds - flops / 4e10) < 1e-9, "the roof of a rung with AVX2");
    for (int level = 0; level < LEVELS; level++) r.bytes[level][ROOF_READ] = 1e6;
    expect(points_roof(&r, op, size, &plain).seconds > of_plain.seconds, "a slow memory is the roof");
}

/* ---- the board ---- */

static struct marks made(double low, double median, double high, double share, double count, int lines)
{
    struct marks m = { .is_there = 1, .code = EXIT_OK, .lines = lines };
    m.performance.ratio =
        (struct stats){ .median = median, .low = low, .high = high, .n = median > 0 ? 11 : 0 };
    m.performance.seconds = (struct stats){ .median = 0.0042, .n = 11 };
    m.performance.share = share, m.performance.count = count;
    return m;
}

/* the page of students a, b, c with these marks; free it */
static char *page_of(const char *number, const struct marks *m, int n)
{
    struct report r = { .is_wanted = 1 };
    char *text = NULL, name[2] = "a";
    size_t length;
    r.file.out = open_memstream(&text, &length);
    board_begin(&r);
    for (int k = 0; k < n; k++, name[0]++) board_put(&r, name, exercise_find(number), &m[k]);
    expect(board_is_complete(&r), "the board is complete");
    board_end(&r);
    board_free(&r);
    fclose(r.file.out);
    return text;
}

/* "|ab|c": the students of each group, in their order */
static void groups_in(const char *page, char *groups)
{
    static const char group[] = "<tbody class=\"group\">", row[] = "<tr><th scope=\"row\">";
    for (const char *at = strstr(page, "<h2>"); at && *at; at++) {
        if (!strncmp(at, group, strlen(group))) *groups++ = '|';
        if (!strncmp(at, row, strlen(row))) *groups++ = at[strlen(row)];
    }
    *groups = '\0';
}

static void expect_groups(const char *number, const struct marks *m, int n, const char *wanted)
{
    char got[64], said[200], *page = page_of(number, m, n);
    groups_in(page, got);
    snprintf(said, sizeof said, "%s: the groups are %s, not %s", number, got, wanted);
    expect(!strcmp(got, wanted), said);
    free(page);
}

static void test_groups(void)
{
    const struct marks raced[] = {
        made(0.48, 0.50, 0.52, 0.1, 3, 10),          made(0.95, 1.00, 1.04, 0.2, 0.4, 20),
        made(0.99, 1.05, 1.09, 0.21, 0.3, 30),       made(0.51, 0.53, 0.55, 0.11, 2, 40),
        made(0, 0, 0, (double)NAN, (double)NAN, 50), /* right, and not measured */
    };
    const struct marks counted[] = { made(0, 0, 0, (double)NAN, 14.001, 7), made(0, 0, 0, (double)NAN, 12, 8),
                                     made(0, 0, 0, (double)NAN, 13.999, 9) };
    expect_groups("1.8", raced, 5, "|cb|da");
    expect_groups("1.8", raced, 1, "|a");
    expect_groups("3.4", counted, 3, "|b|ca");
}

static void test_columns(void)
{
    struct marks m[2] = { made(0.95, 1.00, 1.04, 0.347, 0.4125, 23), made(0.95, 1.00, 1.04, 0.3, 0.4, 24) };
    char *page = page_of("1.8", m, 2);
    const char *row = strstr(page, "<tr><th scope=\"row\">a</th><td><span class=\"bar\"");
    static const char *const parts[] = {
        "1.00 <small>0.95 to 1.04</small>",
        "4.2 ms",
        "<td>34.7</td><td>34</td>",
        "<td>0.412</td>",
        "<td>23</td></tr>",
    };
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        row = row ? strstr(row, parts[k]) : NULL;
        expect(row != NULL, parts[k]);
    }
    expect(strstr(page, "instructions per FLOP</th>") != NULL, "what is counted has a name");
    expect(strstr(page, points_formula + 1) != NULL, "the formula is on the page");
    expect(strstr(page, "2 without a difference") != NULL, "a group is marked as one");
    free(page);
    m[0].code = EXIT_WRONG;
    page = page_of("1.8", m, 1);
    expect(!strstr(page, "<h2>"), "who failed has no speed");
    free(page);
}

/* ---- steps of a network ---- */

static struct step_time step(const char *name, double seconds, double noise)
{
    return (struct step_time){
        name, { .median = seconds, .low = seconds * (1 - noise), .high = seconds * (1 + noise), .n = 9 }
    };
}

/* the student's functions take so long, rungs 50, 25 and 3 ms, and all else 2 ms */
static void expect_step(double own, double noise, int code, const char *words)
{
    const struct step_times t = { .rungs = 3,
                                  .own = step("yours", own, noise),
                                  .rung = { step("00_naive", 50e-3, 0.02), step("01_rows", 25e-3, 0.02),
                                            step("02_im2col", 3e-3, 0.02) },
                                  .rest = 2e-3 };
    char *text = NULL, said[200];
    size_t length;
    FILE *f = open_memstream(&text, &length);
    const int got = steps_judge(&t, "01_rows", f);
    fclose(f);
    snprintf(said, sizeof said, "a step of %g s: the code is %d, not %d, or '%s' is missing", own, got, code,
             words);
    expect(got == code && strstr(text, words), said);
    free(text);
}

static void test_steps(void)
{
    expect_step(20e-3, 0.02, EXIT_OK, "yours is between 01_rows and 02_im2col");
    expect_step(31e-3, 0.02, EXIT_OK, "yours is between 00_naive and 01_rows"); /* 27 / 33 is 0.82 */
    expect_step(33e-3, 0.02, EXIT_WRONG, "0.77 of the speed of one with 01_rows; the gate is 0.8");
    expect_step(60e-3, 0.02, EXIT_WRONG, "yours is slower than 00_naive");
    expect_step(1e-3, 0.02, EXIT_OK, "yours is faster than 02_im2col");
    expect_step(20e-3, 0.15, EXIT_RESOURCES, "too noisy to judge");
}

int main(void)
{
    test_formula();
    test_roof();
    test_groups();
    test_columns();
    test_steps();
    return failed;
}
