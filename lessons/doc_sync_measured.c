/* doc_sync_measured.c - reads a file of `rungs bench --csv`; see doc_sync_measured.h. */
#include "doc_sync_measured.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../optimized/device.h"

static const char *const column_name[COLUMNS] = {
    [OP] = "op",
    [RUNG] = "rung",
    [KIND] = "kind",
    [SHAPE] = "shape",
    [THREADS] = "threads",
    [CACHE] = "cache",
    [SECONDS] = "seconds",
    [LOW] = "low",
    [HIGH] = "high",
    [GFLOPS] = "gflops",
    [GBS] = "gbs",
    [PERCENT] = "roof_percent",
    [COMPILER] = "compiler",
    [CPU] = "cpu",
    [COMMIT] = "commit",
    [NOTE] = "note",
};

const char *measured_cell(const struct measured *m, int row, enum column c)
{
    return csv_cell(&m->csv, row, m->column[c]);
}

double measured_number(const struct measured *m, int row, enum column c)
{
    return csv_number(&m->csv, row, m->column[c]);
}

int measured_wanted(const struct measured *m, int row)
{
    return (!m->op || !strcmp(measured_cell(m, row, OP), m->op)) &&
           (!m->shape || !strcmp(measured_cell(m, row, SHAPE), m->shape)) &&
           !strcmp(measured_cell(m, row, CACHE), m->cuda ? "cold" : "warm") &&
           m->cuda == !strncmp(measured_cell(m, row, COMPILER), "nvcc", 4) &&
           strncmp(measured_cell(m, row, NOTE), "quick", strlen("quick"));
}

static void note_threads(struct measured *m, int threads)
{
    int i = m->nthreads;
    for (int k = 0; k < m->nthreads; k++)
        if (m->threads[k] == threads) return;
    if (i == MAX_THREADS) return;
    for (m->nthreads++; i > 0 && m->threads[i - 1] > threads; i--) m->threads[i] = m->threads[i - 1];
    m->threads[i] = threads;
}

/* The file's table, read once for as long as the file does not change; NULL if it is none. A page asks for it
 * a hundred times. */
static const struct csv *table_of(const char *path)
{
    enum { KEPT = 32 };
    static struct {
        char path[300];
        struct timespec changed;
        off_t size;
        struct csv csv;
    } kept[KEPT];
    static int next;
    struct stat now;
    char error[256];
    int i = 0;
    if (stat(path, &now)) return NULL;
    while (i < KEPT && strcmp(kept[i].path, path)) i++;
    if (i < KEPT && kept[i].size == now.st_size && kept[i].changed.tv_sec == now.st_mtim.tv_sec &&
        kept[i].changed.tv_nsec == now.st_mtim.tv_nsec)
        return &kept[i].csv;
    if (i == KEPT) i = next, next = (next + 1) % KEPT;
    if (kept[i].path[0]) csv_free(&kept[i].csv);
    kept[i].path[0] = '\0';
    if (!csv_read(&kept[i].csv, path, error)) return NULL;
    snprintf(kept[i].path, sizeof kept[i].path, "%s", path);
    kept[i].changed = now.st_mtim;
    kept[i].size = now.st_size;
    return &kept[i].csv;
}

int measured_load(struct measured *m, const char *path)
{
    const struct csv *table = table_of(path);
    m->nthreads = 0;
    if (!table) return 0;
    m->csv = *table;
    for (int c = 0; c < COLUMNS; c++) m->column[c] = csv_column(&m->csv, column_name[c]);
    int known = 1;
    for (int c = 0; c < COLUMNS; c++) known &= m->column[c] >= 0;
    for (int row = 0; known && row < m->csv.rows; row++)
        if (measured_wanted(m, row)) note_threads(m, (int)measured_number(m, row, THREADS));
    return m->nthreads > 0;
}

int measured_row(const struct measured *m, const char *kind, const char *rung, int threads)
{
    for (int row = 0; m->nthreads && row < m->csv.rows; row++)
        if (measured_wanted(m, row) && !strcmp(measured_cell(m, row, KIND), kind) &&
            !strcmp(measured_cell(m, row, RUNG), rung) && (int)measured_number(m, row, THREADS) == threads)
            return row;
    return -1;
}

const struct rung *measured_cuda_ladder(const struct op *op)
{
    char error[DEVICE_ERROR];
    const struct device *d = device_open("emu", error);
    return d ? device_ladder(d, op) : NULL;
}

static void print_figures(const char *path, const char *op, FILE *out)
{
    static const enum column shown[] = { GFLOPS, GBS, PERCENT };
    struct measured m = { .op = op };
    if (!measured_load(&m, path)) return;
    for (int row = 0; row < m.csv.rows; row++)
        for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
            if (measured_wanted(&m, row) || !strcmp(measured_cell(&m, row, KIND), "roof"))
                fprintf(out, "%s\n", measured_cell(&m, row, shown[k]));
}

void text_measured_numbers(struct text *t, const char *op, const char *line)
{
    char pattern[300], source[100], *figures = NULL;
    size_t size;
    glob_t files;
    FILE *out = open_memstream(&figures, &size);
    if (!out) return;
    snprintf(pattern, sizeof pattern, "%s/*.csv", t->data);
    snprintf(source, sizeof source, "rungs bench %s", op);
    if (!glob(pattern, 0, NULL, &files)) {
        for (size_t i = 0; i < files.gl_pathc; i++) print_figures(files.gl_pathv[i], op, out);
        globfree(&files);
    }
    fclose(out);
    text_printed(t, source, figures, line);
    free(figures);
}

int measured_shape(const struct op *op, const char **at, char *shape)
{
    char words[SHAPE_TEXT];
    int size[MAX_SIZES];
    const char *from = *at + strspn(*at, " ");
    int quoted = *from == '"';
    from += quoted;
    size_t n = strcspn(from, quoted ? "\"" : " ");
    if (n >= sizeof words || (quoted && from[n] != '"')) return 0;
    memcpy(words, from, n);
    words[n] = '\0';
    if (!op_parse_shape(op, words, size, NULL)) return 0;
    op_shape_text(op, size, shape);
    *at = from + n + quoted;
    return 1;
}
