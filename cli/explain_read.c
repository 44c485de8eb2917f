/* explain_read.c - the emulator's counts become structs; see explain.h. */
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"
#include "../base/memory.h"
#include "explain.h"

enum { KERNELS, ACCESSES, LINES, RACES };

/* ---- cells ---- */

static const char *cell(const struct csv *t, int row, const char *name)
{
    int column = csv_column(t, name);
    return column < 0 ? "" : csv_cell(t, row, column);
}

static double number(const struct csv *t, int row, const char *name)
{
    return strtod(cell(t, row, name), NULL);
}

/* ---- source lines ---- */

struct source {
    const char *path;
    char **line;
    int lines;
};
static struct source *sources;
static int source_count;

/* Keeps the text of a line as the report's own. */
static char *keep(struct explain_report *r, const char *from, size_t n)
{
    char **more = memory_need((size_t)r->texts + 1, sizeof *more);
    if (r->texts) memcpy(more, r->text, (size_t)r->texts * sizeof *more);
    free(r->text);
    r->text = more;
    char *text = memory_need(n + 1, 1);
    memcpy(text, from, n);
    return r->text[r->texts++] = text;
}

static void read_source(struct source *s)
{
    FILE *f = fopen(s->path, "r");
    char *text = NULL;
    size_t room = 0;
    int space = 0;
    while (f && getline(&text, &room, f) >= 0) {
        if (s->lines == space) {
            char **more = memory_need((size_t)(space = 2 * space + 100), sizeof *more);
            if (s->lines) memcpy(more, s->line, (size_t)s->lines * sizeof *more);
            free(s->line);
            s->line = more;
        }
        s->line[s->lines++] = strdup(text);
    }
    free(text);
    if (f) fclose(f);
}

static const struct source *source_of(const char *path)
{
    for (int i = 0; i < source_count; i++)
        if (!strcmp(sources[i].path, path)) return &sources[i];
    struct source *more = memory_need((size_t)source_count + 1, sizeof *more);
    if (source_count) memcpy(more, sources, (size_t)source_count * sizeof *more);
    free(sources);
    sources = more;
    sources[source_count] = (struct source){ path, NULL, 0 };
    read_source(&sources[source_count]);
    return &sources[source_count++];
}

static void forget_sources(void)
{
    for (int i = 0; i < source_count; i++) {
        for (int k = 0; k < sources[i].lines; k++) free(sources[i].line[k]);
        free(sources[i].line);
    }
    free(sources);
    sources = NULL;
    source_count = 0;
}

/* The line without its indentation and end; "" if it cannot be read. */
static const char *source_text(struct explain_report *r, const char *path, int line)
{
    const struct source *s = source_of(path);
    const char *text = line >= 1 && line <= s->lines && s->line[line - 1] ? s->line[line - 1] : "";
    text += strspn(text, " \t");
    return keep(r, text, strcspn(text, "\r\n"));
}

/* ---- rows ---- */

static void read_kernel(struct explain_report *r, int i)
{
    static const char *const size[] = { "grid_x", "grid_y", "grid_z", "block_x", "block_y", "block_z" };
    const struct csv *t = &r->table[KERNELS];
    struct explain_kernel *k = &r->kernel[i];
    k->name = cell(t, i, "name"), k->symbol = cell(t, i, "symbol"), k->file = cell(t, i, "file");
    k->line = (int)number(t, i, "line");
    for (int d = 0; d < 3; d++) {
        k->grid[d] = (int)number(t, i, size[d]);
        k->block[d] = (int)number(t, i, size[d + 3]);
    }
    k->static_bytes = number(t, i, "static_bytes"), k->dynamic_bytes = number(t, i, "dynamic_bytes");
    k->launches = number(t, i, "launches"), k->barriers = number(t, i, "barriers");
    k->read = number(t, i, "read_sectors"), k->written = number(t, i, "written_sectors");
    k->tensor_cores = (int)number(t, i, "tensor_cores");
    k->operations[0] = number(t, i, "float_operations");
    k->operations[1] = number(t, i, "double_operations");
}

static void read_lanes(struct explain_access *a, const char *text)
{
    for (int lane = 0; lane < EXPLAIN_LANES; lane++) {
        char *end;
        a->at[lane] = strtol(text, &end, 10);
        if (end == text || *text == '-') a->at[lane] = -1, end = (char *)text + strcspn(text, " ");
        text = end + strspn(end, " ");
    }
}

static void read_access(struct explain_report *r, int i)
{
    const struct csv *t = &r->table[ACCESSES];
    struct explain_access *a = &r->access[i];
    a->kernel = (int)number(t, i, "kernel") - 1;
    a->file = cell(t, i, "file"), a->line = (int)number(t, i, "line");
    a->source = source_text(r, a->file, a->line);
    a->kind = cell(t, i, "access"), a->array = cell(t, i, "array");
    a->shared = !strcmp(cell(t, i, "space"), "shared");
    a->size = (int)number(t, i, "size"), a->array_bytes = number(t, i, "array_bytes");
    a->requests = number(t, i, "requests"), a->lanes = number(t, i, "lanes");
    a->bytes = number(t, i, "bytes"), a->moved = number(t, i, "transactions");
    a->ideal = number(t, i, "ideal"), a->same = number(t, i, "same");
    a->block = cell(t, i, "worst_block"), a->warp = (int)number(t, i, "worst_warp");
    a->worst = number(t, i, "worst_transactions"), a->worst_ideal = number(t, i, "worst_ideal");
    a->array_at = (long)number(t, i, "array_at");
    read_lanes(a, cell(t, i, "worst_bytes"));
}

static void read_line(struct explain_report *r, int i)
{
    const struct csv *t = &r->table[LINES];
    struct explain_line *l = &r->line[i];
    l->kernel = (int)number(t, i, "kernel") - 1;
    l->file = cell(t, i, "file"), l->line = (int)number(t, i, "line");
    l->source = source_text(r, l->file, l->line);
    l->warps = number(t, i, "warps"), l->threads = number(t, i, "threads");
}

static void read_race(struct explain_report *r, int i)
{
    static const char *const words[2][5] = { { "thread", "block", "file", "line", "what" },
                                             { "other_thread", "other_block", "other_file", "other_line",
                                               "other_what" } };
    const struct csv *t = &r->table[RACES];
    struct explain_race *race = &r->race[i];
    race->kernel = (int)number(t, i, "kernel") - 1;
    race->array = cell(t, i, "array"), race->text = cell(t, i, "text");
    for (int s = 0; s < 2; s++)
        race->side[s] =
            (struct explain_side){ cell(t, i, words[s][0]), cell(t, i, words[s][1]), cell(t, i, words[s][2]),
                                   cell(t, i, words[s][4]), (int)number(t, i, words[s][3]) };
}

static int by_line(const void *one, const void *two)
{
    const struct explain_access *a = one, *b = two;
    if (a->kernel != b->kernel) return a->kernel < b->kernel ? -1 : 1;
    int files = strcmp(a->file, b->file);
    return files ? files : (a->line > b->line) - (a->line < b->line);
}

/* What its rows say of a kernel as a whole. */
static void add_up(struct explain_report *r)
{
    for (int i = 0; i < r->accesses; i++) {
        const struct explain_access *a = &r->access[i];
        struct explain_kernel *k = &r->kernel[a->kernel];
        if (!k->accesses++) k->access = i;
        k->requests += a->requests;
        if (!a->shared) k->asked += a->moved;
        if (!strcmp(a->kind, "atomic")) k->atomics += a->requests;
    }
    for (int i = 0; i < r->lines; i++) {
        r->kernel[r->line[i].kernel].warps += r->line[i].warps;
        r->kernel[r->line[i].kernel].threads += r->line[i].threads;
    }
    for (int i = 0; i < r->lines; i++)
        r->line[i].share = r->line[i].warps / r->kernel[r->line[i].kernel].warps;
    for (int i = 0; i < r->accesses; i++)
        r->access[i].share = r->access[i].requests / r->kernel[r->access[i].kernel].requests;
}

int explain_read(struct explain_report *r, const char *folder, char *error)
{
    static const char *const name[] = { "kernels", "lines", "lanes", "races" };
    memset(r, 0, sizeof *r);
    for (int i = 0; i < 4; i++) {
        char path[FILE_PATH + 16];
        snprintf(path, sizeof path, "%s/%s.csv", folder, name[i]);
        if (!csv_read(&r->table[i], path, error)) return 0;
    }
    r->kernels = r->table[KERNELS].rows, r->accesses = r->table[ACCESSES].rows;
    r->lines = r->table[LINES].rows, r->races = r->table[RACES].rows;
    r->kernel = memory_need((size_t)r->kernels + 1, sizeof *r->kernel);
    r->access = memory_need((size_t)r->accesses + 1, sizeof *r->access);
    r->line = memory_need((size_t)r->lines + 1, sizeof *r->line);
    r->race = memory_need((size_t)r->races + 1, sizeof *r->race);
    for (int i = 0; i < r->kernels; i++) read_kernel(r, i);
    for (int i = 0; i < r->accesses; i++) read_access(r, i);
    for (int i = 0; i < r->lines; i++) read_line(r, i);
    for (int i = 0; i < r->races; i++) read_race(r, i);
    forget_sources();
    qsort(r->access, (size_t)r->accesses, sizeof *r->access, by_line);
    add_up(r);
    return 1;
}

void explain_free(struct explain_report *r)
{
    for (int i = 0; i < 4; i++) csv_free(&r->table[i]);
    for (int i = 0; i < r->texts; i++) free(r->text[i]);
    free(r->text), free(r->kernel), free(r->access), free(r->line), free(r->race);
}

int explain_has_access(const struct explain_report *r, const struct explain_line *l)
{
    const struct explain_kernel *k = &r->kernel[l->kernel];
    for (int i = k->access; i < k->access + k->accesses; i++)
        if (r->access[i].line == l->line && !strcmp(r->access[i].file, l->file)) return 1;
    return 0;
}
