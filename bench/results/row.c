/* row.c - measured rows and their files; see row.h. */
#include "row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/csv.h"
#include "../../base/file.h"
#include "../../base/json.h"
#include "../../base/memory.h"

const char *const row_kind_name[ROW_KINDS] = { "rung", "outside", "peer", "roof", "bare" };

struct row *rows_add(struct rows *r)
{
    if (r->n == r->room) {
        int room = r->room ? 2 * r->room : 64;
        struct row *larger = memory_need((size_t)room, sizeof *larger);
        if (r->n) memcpy(larger, r->row, (size_t)r->n * sizeof *larger);
        free(r->row);
        r->row = larger;
        r->room = room;
    }
    struct row *row = &r->row[r->n++];
    double none = nan("");
    *row = (struct row){
        .seconds = none, .low = none, .high = none, .flops = none, .bytes = none, .roof_percent = none
    };
    return row;
}

void rows_free(struct rows *r)
{
    free(r->row);
    *r = (struct rows){ 0 };
}

void rows_append(struct rows *r, const struct rows *more)
{
    for (int i = 0; i < more->n; i++) *rows_add(r) = more->row[i];
    r->failed += more->failed;
}

/* ---- CSV ---- */

static int refuse(const char *error)
{
    fprintf(stderr, "rungs bench: %s\n", error);
    return 0;
}

static void write_number(FILE *out, double x, const char *format, char end)
{
    if (isfinite(x)) fprintf(out, format, x);
    fputc(end, out);
}

/* the last four columns */
static void write_worst(FILE *out, const struct special *worst)
{
    double none = nan("");
    csv_write(out, worst->at, ',');
    if (*worst->at)
        fprintf(out, "%.9g,%.9g,", isnan(worst->got) ? none : worst->got, worst->expected);
    else
        fputs(",,", out);
    write_number(out, *worst->at ? worst->bounds : none, "%.5g", '\n');
}

int rows_write_csv(const struct rows *r, const struct machine *m, const char *path)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!file_open(&f, path, error)) return refuse(error);
    fputs("op,rung,kind,shape,threads,cache,load,throttled,seconds,low,high,gflops,gbs,roof,roof_percent,"
          "compiler,flags,cpu,"
          "commit,"
          "note,worst_at,worst_got,worst_expected,worst_bounds\n",
          f.out);
    for (const struct row *row = r->row; row < r->row + r->n; row++) {
        csv_write(f.out, row->op, ',');
        csv_write(f.out, row->rung, ',');
        csv_write(f.out, row_kind_name[row->kind], ',');
        csv_write(f.out, row->shape, ',');
        fprintf(f.out, "%d,%s,", row->threads, row->kind == ROW_ROOF ? "" : row->cold ? "cold" : "warm");
        fprintf(f.out, "%d,%.4g,", row->load, row->throttled);
        write_number(f.out, row->seconds, "%.5g", ',');
        write_number(f.out, row->low, "%.5g", ',');
        write_number(f.out, row->high, "%.5g", ',');
        write_number(f.out, row->flops / 1e9, "%.5g", ',');
        write_number(f.out, row->bytes / 1e9, "%.5g", ',');
        csv_write(f.out, row->roof, ',');
        write_number(f.out, row->roof_percent, "%.4g", ',');
        csv_write(f.out, m->compiler, ',');
        csv_write(f.out, m->flags, ',');
        csv_write(f.out, m->cpu, ',');
        csv_write(f.out, m->commit, ',');
        csv_write(f.out, row->note, ',');
        write_worst(f.out, &row->worst);
    }
    return file_keep(&f, error) || refuse(error);
}

static const char *const columns[] = { "op",  "rung", "kind",   "shape", "threads", "cache",        "seconds",
                                       "low", "high", "gflops", "gbs",   "roof",    "roof_percent", "note" };

enum { OP, RUNG, KIND, SHAPE, THREADS, CACHE, SECONDS, LOW, HIGH, GFLOPS, GBS, ROOF, PERCENT, NOTE, COLUMNS };

/* older files lack these columns */
static void read_worst(const struct csv *t, int i, struct special *worst)
{
    snprintf(worst->at, sizeof worst->at, "%s", csv_cell(t, i, csv_column(t, "worst_at")));
    worst->got = strtod(csv_cell(t, i, csv_column(t, "worst_got")), NULL); /* may be a NaN or an infinity */
    worst->expected = strtod(csv_cell(t, i, csv_column(t, "worst_expected")), NULL);
    worst->bounds = csv_number(t, i, csv_column(t, "worst_bounds"));
    if (isnan(worst->bounds)) worst->bounds = *worst->at ? HUGE_VAL : 0;
}

/* 0 after a sentence in error */
static int read_row(const struct csv *t, int i, const int *at, struct row *row, char *error)
{
    const char *kind = csv_cell(t, i, at[KIND]);
    double threads = csv_number(t, i, at[THREADS]);
    int k = 0;
    while (k < ROW_KINDS && strcmp(kind, row_kind_name[k])) k++;
    if (k == ROW_KINDS || !(threads >= 1 && threads <= 1e6)) {
        snprintf(error, 256, "row %d: the kind must be rung, outside, peer or roof, and threads a number",
                 i + 1);
        return 0;
    }
    row->kind = (enum row_kind)k;
    row->threads = (int)threads;
    row->cold = !strcmp(csv_cell(t, i, at[CACHE]), "cold");
    row->load = atoi(csv_cell(t, i, csv_column(t, "load")));
    row->throttled = strtod(csv_cell(t, i, csv_column(t, "throttled")), NULL);
    snprintf(row->op, sizeof row->op, "%s", csv_cell(t, i, at[OP]));
    snprintf(row->rung, sizeof row->rung, "%s", csv_cell(t, i, at[RUNG]));
    snprintf(row->shape, sizeof row->shape, "%s", csv_cell(t, i, at[SHAPE]));
    snprintf(row->roof, sizeof row->roof, "%s", csv_cell(t, i, at[ROOF]));
    snprintf(row->note, sizeof row->note, "%s", csv_cell(t, i, at[NOTE]));
    row->seconds = csv_number(t, i, at[SECONDS]);
    row->low = csv_number(t, i, at[LOW]);
    row->high = csv_number(t, i, at[HIGH]);
    row->flops = 1e9 * csv_number(t, i, at[GFLOPS]);
    row->bytes = 1e9 * csv_number(t, i, at[GBS]);
    row->roof_percent = csv_number(t, i, at[PERCENT]);
    read_worst(t, i, &row->worst);
    return 1;
}

int rows_read_csv(struct rows *r, const char *path, char *error)
{
    struct csv t;
    int at[COLUMNS], before = r->n, ok = csv_read(&t, path, error);
    if (!ok) return 0;
    for (int c = 0; ok && c < COLUMNS; c++) {
        at[c] = csv_column(&t, columns[c]);
        ok = at[c] >= 0;
        if (!ok)
            snprintf(error, 256, "%.150s has no column '%s'; is it a file of `rungs bench --csv`?", path,
                     columns[c]);
    }
    for (int i = 0; ok && i < t.rows; i++) ok = read_row(&t, i, at, rows_add(r), error);
    if (!ok) r->n = before;
    csv_free(&t);
    return ok;
}

/* ---- JSON ---- */

static void put_machine(struct json *j, const struct machine *m)
{
    json_object(j, "machine");
    json_text(j, "cpu", m->cpu);
    json_integer(j, "cores", m->cores);
    json_integer(j, "physical_cores", m->physical_cores);
    json_integer(j, "fast_cores", m->fast_cores);
    json_number(j, "quota", m->quota > 0 ? m->quota : nan(""));
    json_text(j, "isa", m->isa);
    json_integer(j, "l1_bytes", (long long)m->cache[0]);
    json_integer(j, "l2_bytes", (long long)m->cache[1]);
    json_integer(j, "l3_bytes", (long long)m->cache[2]);
    json_text(j, "system", m->system);
    json_text(j, "huge_pages", m->huge_pages);
    json_text(j, "governor", m->governor);
    json_text(j, "compiler", m->compiler);
    json_text(j, "flags", m->flags);
    json_text(j, "commit", m->commit);
    json_text(j, "date", m->date);
    json_end(j);
}

static void put_worst(struct json *j, const struct special *worst)
{
    double none = nan("");
    json_text(j, "worst_at", worst->at);
    json_number(j, "worst_got", *worst->at ? worst->got : none);
    json_number(j, "worst_expected", *worst->at ? worst->expected : none);
    json_number(j, "worst_bounds", *worst->at ? worst->bounds : none);
}

static void put_row(struct json *j, const struct row *row)
{
    json_on_one_line(j);
    json_object(j, NULL);
    json_text(j, "op", row->op);
    json_text(j, "rung", row->rung);
    json_text(j, "kind", row_kind_name[row->kind]);
    json_text(j, "shape", row->shape);
    json_integer(j, "threads", row->threads);
    json_text(j, "cache", row->kind == ROW_ROOF ? "" : row->cold ? "cold" : "warm");
    json_integer(j, "load", row->load);
    json_number(j, "throttled", row->throttled);
    json_number(j, "seconds", row->seconds);
    json_number(j, "low", row->low);
    json_number(j, "high", row->high);
    json_number(j, "gflops", row->flops / 1e9);
    json_number(j, "gbs", row->bytes / 1e9);
    json_text(j, "roof", row->roof);
    json_number(j, "roof_percent", row->roof_percent);
    json_text(j, "note", row->note);
    put_worst(j, &row->worst);
    json_end(j);
}

int rows_write_json(const struct rows *r, const struct machine *m, const char *path)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!file_open(&f, path, error)) return refuse(error);
    struct json j = json_begin(f.out);
    json_object(&j, NULL);
    put_machine(&j, m);
    json_list(&j, "rows");
    for (int i = 0; i < r->n; i++) put_row(&j, &r->row[i]);
    json_end(&j);
    json_end(&j);
    return file_keep(&f, error) || refuse(error);
}
