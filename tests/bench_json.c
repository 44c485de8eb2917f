/* bench_json.c FOLDER - writes the four kinds of measured files with text that must be escaped and numbers
 * that JSON cannot say; bench_json.py reads them with parsers that are not ours. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../bench/results.h"
#include "../bench/ulp_results.h"

/* what a CPU, a compiler or a note may hold: quotes, backslashes, commas, line ends, a tab, UTF-8,
 * and a byte that is none */
static const char nasty[] = "a \"quoted\" \\ one, two\nthree\tfour \xc3\xa9 \xff end";

static int print(const char *folder, const char *name, const struct ulp_rows *rows, const struct machine *m,
                 void (*write)(FILE *, const struct ulp_rows *, const struct machine *))
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) return 0;
    write(out, rows, m);
    return !fclose(out);
}

int main(int argc, char **argv)
{
    struct machine m = machine_facts();
    struct row row[2] = {
        { .kind = ROW_RUNG, .threads = 2, .seconds = 1e-3, .low = nan(""), .high = (double)INFINITY },
        { .kind = ROW_PEER, .threads = 1, .seconds = nan("") }
    };
    struct rows rows = { .row = row, .n = 2 };
    struct ulp_row error = { .ulp = 1.5, .low = nan(""), .high = -(double)INFINITY };
    struct ulp_rows errors = { .row = &error, .n = 1 };
    char path[512];
    if (argc != 2) return 2;
    snprintf(m.cpu, sizeof m.cpu, "%s", nasty);
    m.compiler = nasty;
    snprintf(row[0].op, sizeof row[0].op, "%.30s", nasty);
    snprintf(row[0].note, sizeof row[0].note, "%s", nasty);
    snprintf(row[1].rung, sizeof row[1].rung, "%.30s", nasty);
    snprintf(error.rung, sizeof error.rung, "%.30s", nasty);
    snprintf(path, sizeof path, "%s/rows.json", argv[1]);
    int ok = rows_write_json(&rows, &m, path);
    snprintf(path, sizeof path, "%s/rows.csv", argv[1]);
    ok = ok && rows_write_csv(&rows, &m, path) &&
         print(argv[1], "ulp.json", &errors, &m, ulp_rows_print_json) &&
         print(argv[1], "ulp.csv", &errors, &m, ulp_rows_print_csv);
    return ok ? 0 : 1;
}
