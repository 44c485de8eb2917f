/* bench_csv.c - tables: what is written comes back, and whatever else a file holds is
 * refused with one sentence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/csv.h"
#include "../bench/results.h"
#include "../reference/philox.h"

static int failed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("FAIL: %s\n", what);
    failed |= !ok;
}

static int parse(struct csv *t, const char *text, size_t n, char *error)
{
    *error = '\0';
    return csv_parse(t, text, n, "it", error);
}

static void check_refusals(void)
{
    static const struct {
        const char *what, *text;
        size_t n;
    } bad[] = {
        { "an empty file", "", 0 },
        { "a short row", "a,b\n1\n", 6 },
        { "a long row", "a,b\n1,2,3\n", 10 },
        { "an empty line between", "a,b\n1,2\n\n3,4\n", 13 },
        { "an open quote", "a,b\n1,\"2\n", 9 },
        { "words behind a quote", "a,b\n\"1\"x,2\n", 11 },
        { "a zero byte", "a,b\n1,\0002\n", 9 },
        { "a lone carriage return", "a,b\n1\r2,3\n", 10 },
    };
    struct csv t;
    char error[256], wide[200];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int ok =
            !parse(&t, bad[i].text, bad[i].n, error) && *error && !strchr(error, '\n') && !t.cell && !t.text;
        expect(ok, bad[i].what);
    }
    memset(wide, ',', sizeof wide);
    expect(!parse(&t, wide, CSV_MAX_COLUMNS, error), "one column too many");
    expect(parse(&t, wide, CSV_MAX_COLUMNS - 1, error) && t.columns == CSV_MAX_COLUMNS,
           "just enough columns");
    csv_free(&t);
    expect(!csv_read(&t, "/nowhere/at.all", error) && strstr(error, "/nowhere/at.all"),
           "a file that is not there");
}

static void check_reading(void)
{
    static const char text[] = "name,x\r\n\"a, \"\"b\"\"\nc\",1.5\n,nan\nlast,2";
    struct csv t;
    char error[256];
    if (!parse(&t, text, sizeof text - 1, error)) {
        expect(0, error);
        return;
    }
    expect(t.rows == 3 && t.columns == 2 && csv_column(&t, "x") == 1 && csv_column(&t, "y") == -1,
           "rows and columns");
    expect(!strcmp(csv_cell(&t, 0, 0), "a, \"b\"\nc") && csv_number(&t, 0, 1) == 1.5, "quotes");
    expect(!*csv_cell(&t, 1, 0) && isnan(csv_number(&t, 1, 1)) && isnan(csv_number(&t, 0, 0)),
           "a cell without a number is NaN");
    expect(csv_number(&t, 2, 1) == 2, "a last line without a newline");
    expect(!*csv_cell(&t, 3, 0) && !*csv_cell(&t, -1, 0) && !*csv_cell(&t, 0, 2), "outside there is nothing");
    csv_free(&t);
}

/* Every cell of a table that was accepted is a string within its memory. Returns the
 * number of bytes looked at. */
static size_t walk(const struct csv *t)
{
    size_t bytes = 0;
    for (int r = -1; r < t->rows; r++)
        for (int c = 0; c < t->columns; c++)
            bytes += strlen(t->cell[(size_t)(r + 1) * (size_t)t->columns + (size_t)c]) + 1;
    return bytes;
}

static void check_mutants(const char *path)
{
    struct csv t;
    char error[256], *text = calloc(1, 1 << 16), *copy = calloc(1, 1 << 16);
    FILE *f = fopen(path, "rb");
    size_t n = f && text ? fread(text, 1, 1 << 16, f) : 0;
    int taken = 0, turned_down = 0;
    expect(f && n > 1000 && n < 1 << 16 && copy, "the table to change");
    if (f) fclose(f);
    if (n > 4000) n = 4000;
    for (uint64_t k = 0; copy && k < 20000; k++) {
        size_t length = k < n ? k : n; /* first every truncation, then changed bytes */
        memcpy(copy, text, n);
        for (uint64_t m = 0; k >= n && m < 1 + k % 4; m++)
            copy[philox_word(1, k, 2 * m) % n] = ",\"\n\r\0x9-"[philox_word(1, k, 2 * m + 1) % 8];
        if (parse(&t, copy, length, error)) {
            taken++;
            expect(walk(&t) <= 2 * length + 2, "cells within their memory");
            csv_free(&t);
        } else {
            turned_down++;
            expect(*error && !t.cell && !t.text, "a refusal has a sentence and leaves nothing");
        }
    }
    expect(taken > 100 && turned_down > 100, "some changed tables are still tables, others are not");
    free(text);
    free(copy);
}

static int same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-4 * fabs(a);
}

static int same_worst(const struct special *a, const struct special *b)
{
    if (!*a->at) return !*b->at;
    return !strcmp(a->at, b->at) && same_number(a->got, b->got) && same_number(a->expected, b->expected) &&
           same_number(a->bounds, b->bounds);
}

/* a file that was written before rows had their worst error */
static void check_older(const char *path)
{
    struct rows r = { 0 };
    char error[256] = "";
    expect(rows_read_csv(&r, path, error) && r.n > 10, error);
    for (int i = 0; i < r.n; i++) expect(!*r.row[i].worst.at, "an older file marks nothing");
    rows_free(&r);
}

static void check_rows(const char *path)
{
    struct machine m = { .cpu = "a \"strange\", CPU", .compiler = "cc", .flags = "-O3,x", .commit = "c" };
    struct roofs roofs = { .threads = 2, .cache = { 1 << 15 } };
    struct rows written = { 0 }, back = { 0 };
    struct contestant c = { .name = "00_naive",
                            .threads = 2,
                            .outcome = RACE_MEASURED,
                            .seconds = { .median = 1e-3, .low = 9e-4, .high = 2e-3 },
                            .worst = { "y at x = -20, \"t\" = 1", -1.9e-6, 2.0611536e-9, 15456.5 } };
    const struct op *op = op_find("dense_forward");
    char error[256] = "";
    roofs.fma[ROOF_BASE] = 5e10;
    roofs.bytes[LEVEL_L1][ROOF_READ] = 1e11;
    c.rung = op->cpu;
    results_add_roofs(&written, &roofs);
    results_add_result(&written, &c, op, (const int[]){ 64, 10, 7 }, 1, &roofs, 0);
    c.outcome = RACE_WRONG;
    strcpy(c.note, "FAIL, with a comma and a \"quote\"\nand a line");
    c.worst = (struct special){ "y at x = 1000", nan(""), 1, HUGE_VAL };
    results_add_result(&written, &c, op, (const int[]){ 64, 10, 7 }, 0, &roofs, 0);
    expect(rows_write_csv(&written, &m, path) && rows_read_csv(&back, path, error), error);
    expect(back.n == 4 && written.failed == 1, "all rows come back; the wrong one is counted");
    for (int i = 0; i < back.n && back.n == 4; i++) {
        const struct row *a = &written.row[i], *b = &back.row[i];
        expect(!strcmp(a->op, b->op) && !strcmp(a->rung, b->rung) && !strcmp(a->shape, b->shape) &&
                   !strcmp(a->roof, b->roof) && !strcmp(a->note, b->note) && a->kind == b->kind &&
                   a->threads == b->threads && a->cold == b->cold,
               "words come back");
        expect(same_worst(&a->worst, &b->worst), "the worst error comes back");
        expect((isnan(a->seconds) && isnan(b->seconds)) || fabs(a->seconds - b->seconds) <= 1e-4 * a->seconds,
               "numbers come back to four digits, and no number stays no number");
    }
    rows_free(&back);
    FILE *f = fopen(path, "w");
    if (f) fputs("op,rung\nx,y\n", f);
    expect(f && !fclose(f) && !rows_read_csv(&back, path, error) && strstr(error, "kind") && back.n == 0,
           "a missing column is named");
    expect(!rows_write_csv(&written, &m, "/nowhere/x.csv"), "a file that cannot be written");
    rows_free(&written);
    unlink(path);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 64;
    check_refusals();
    check_reading();
    check_mutants(argv[1]);
    check_older(argv[1]);
    check_rows(argv[2]);
    return failed;
}
