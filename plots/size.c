/* size.c - speed against size, a line for each rung and peer; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/op.h"
#include "draw.h"
#include "spread.h"
#include "text.h"

enum { MAX_SERIES = 32, MAX_POINTS = 64, MAX_PANELS = 8 };

struct series {
    const struct row *first; /* its name and style */
    int n;
    double x[MAX_POINTS], y[MAX_POINTS], low[MAX_POINTS], high[MAX_POINTS];
};

struct panel {
    const char *op;
    int threads, by_bytes, cubes, n;
    struct series series[MAX_SERIES];
    double left, right; /* of x */
    double roof, top;   /* in the unit of y; roof 0: none */
    char roof_name[40];
};

/* The size of "512x512x512" is 512, of "1000" it is 1000; shapes with different sizes have none: 0 */
static double size_of(const char *shape, int *sizes)
{
    char *end;
    long first = strtol(shape, &end, 10);
    for (*sizes = 1; *end == 'x'; ++*sizes)
        if (strtol(end + 1, &end, 10) != first) return 0;
    return *end ? 0 : (double)first;
}

static struct series *series_of(struct panel *p, const struct row *row)
{
    for (int s = 0; s < p->n; s++)
        if (!strcmp(p->series[s].first->rung, row->rung) && p->series[s].first->kind == row->kind)
            return &p->series[s];
    if (p->n == MAX_SERIES) return NULL;
    p->series[p->n] = (struct series){ .first = row };
    return &p->series[p->n++];
}

static void add_point(struct panel *p, const struct row *row)
{
    int sizes;
    double x = size_of(row->shape, &sizes), work = p->by_bytes ? row->bytes : row->flops;
    struct series *s = x > 0 && work > 0 ? series_of(p, row) : NULL;
    if (!s || s->n == MAX_POINTS) return;
    int i = s->n++;
    for (; i > 0 && s->x[i - 1] > x; i--) {
        s->x[i] = s->x[i - 1], s->y[i] = s->y[i - 1];
        s->low[i] = s->low[i - 1], s->high[i] = s->high[i - 1];
    }
    s->x[i] = x;
    s->y[i] = work / 1e9;
    s->low[i] = work * row->seconds / row->high / 1e9;
    s->high[i] = work * row->seconds / row->low / 1e9;
    p->cubes = sizes;
    p->left = p->left > 0 ? fmin(p->left, x) : x;
    p->right = fmax(p->right, x);
    p->top = fmax(p->top, s->high[i]);
}

/* Rungs that keep to one thread have no rows of their own at more: their line is the one they have on one thread. */
static int collect(struct panel *p, const struct rows *r, const char *op, int threads)
{
    const struct row *row[PICK_MAX];
    int n = pick_rows(r, op, NULL, threads, row), lines = 0;
    memset(p, 0, sizeof *p);
    p->op = op;
    p->threads = threads;
    for (int i = 0; i < n; i++) p->by_bytes |= pick_by_bytes(row[i]) && row[i]->flops < row[i]->bytes;
    for (int i = 0; i < n; i++) add_point(p, row[i]);
    for (int s = 0; s < p->n; s++) lines += p->series[s].n >= 3;
    for (int i = 0; i < n && !p->by_bytes; i++) {
        const struct row *roof = pick_roof(r, row[i]->roof, threads);
        if (!roof || strncmp(roof->rung, "fma_", 4) || !(roof->flops / 1e9 > p->roof)) continue;
        p->roof = roof->flops / 1e9;
        snprintf(p->roof_name, sizeof p->roof_name, "%.20s FMA peak %.0f", roof->rung + 4, p->roof);
    }
    p->top = 1.1 * fmax(p->top, p->roof);
    return lines > 1;
}

/* ---- pictures ---- */

enum { LABEL_PIXELS = 15, AREA_PIXELS = 246 }; /* of a panel in plots/size.gp */

static void write_panel(struct draw *d, const struct panel *p, int number, int *block)
{
    double at[MAX_SERIES];
    fprintf(d->var, "top%d = %g\nroof%d = %g\nfirst%d = %d\nlast%d = %d\n", number, p->top, number, p->roof,
            number, *block, number, *block + p->n - 1);
    fprintf(d->var, "left%d = %g\nright%d = %g\n", number, p->left, number, p->right);
    char name[32];
    snprintf(name, sizeof name, "title%d", number);
    draw_text(d->var, name, p->op);
    snprintf(name, sizeof name, "roofname%d", number);
    draw_text(d->var, name, p->roof_name);
    snprintf(name, sizeof name, "xname%d", number);
    draw_text(d->var, name, p->cubes == 1 ? "elements" : "size n of n × n matrices");
    snprintf(name, sizeof name, "yname%d", number);
    draw_text(d->var, name, p->by_bytes ? "GB/s" : "GFLOP/s");
    for (int s = 0; s < p->n; s++) at[s] = p->series[s].y[p->series[s].n - 1];
    spread(at, p->n, p->top * LABEL_PIXELS / AREA_PIXELS, 0, p->top);
    for (int s = 0; s < p->n; s++) {
        const struct series *line = &p->series[s];
        for (int i = 0; i < line->n; i++)
            fprintf(d->dat, "%g\t%.5g\t%.5g\t%.5g\n", line->x[i], line->y[i], line->low[i], line->high[i]);
        fputs("\n\n", d->dat);
        fprintf(d->var, "style%d = %d\nend%d = %g\nhigh%d = %g\nlabel%d = %g\n", *block,
                pick_style(line->first), *block, line->x[line->n - 1], *block, line->y[line->n - 1], *block,
                at[s]);
        snprintf(name, sizeof name, "name%d", *block);
        draw_text(d->var, name, line->first->rung);
        ++*block;
    }
}

int size_draw(const struct measurement *m, const char *only, int threads, const char *out)
{
    static struct panel panel[MAX_PANELS + 1]; /* the last: to see whether there are more */
    const char(*op[PICK_OPS])[40];
    int all = pick_ops(&m->rows, op, PICK_OPS), n = 0, block = 0, more = 0;
    struct draw d;
    char name[160], text[200];
    for (int i = 0; i < all; i++) {
        if (only && strcmp(only, *op[i])) continue;
        int drawn = collect(&panel[n], &m->rows, *op[i], threads);
        if (n < MAX_PANELS)
            n += drawn;
        else
            more += drawn;
    }
    if (!n) return 0;
    if (more)
        fprintf(stderr,
                "rungs plot: %s has %d more operations than the %d whose sizes fit one chart; --op NAME "
                "draws another\n",
                m->stem, more, MAX_PANELS);
    snprintf(name, sizeof name, "%.80s_size%s%.39s", m->stem, only ? "_" : "", only ? only : "");
    if (threads > 1) snprintf(name + strlen(name), 24, "_%dthreads", threads);
    if (!draw_open(&d, name)) return -1;
    snprintf(text, sizeof text, "Speed against size on %d thread%s, %s%s", threads, threads > 1 ? "s" : "",
             m->cpu, m->quick ? " (quick run: not for quoting)" : "");
    draw_text(d.var, "heading", text);
    fprintf(d.var, "panels = %d\n", n);
    for (int p = 0; p < n; p++) write_panel(&d, &panel[p], p + 1, &block);
    return draw_close(&d, "size", out) ? 1 : -1;
}

/* ---- text ---- */

int size_print(const struct rows *r, const char *op, int threads)
{
    static struct panel p;
    struct text_curve curve[TEXT_CURVES];
    char title[120];
    if (!collect(&p, r, op, threads)) return 0;
    int n = p.n < TEXT_CURVES ? p.n : TEXT_CURVES;
    for (int s = 0; s < n; s++)
        curve[s] =
            (struct text_curve){ p.series[s].first->rung, p.series[s].n, p.series[s].x, p.series[s].y };
    snprintf(title, sizeof title, "\n%s: speed against size, %d thread%s", op, threads,
             threads > 1 ? "s" : "");
    struct text_axes axes = { .title = title,
                              .x = p.cubes == 1 ? "elements" : "size n of n x n matrices",
                              .y = p.by_bytes ? "GB/s" : "GFLOP/s",
                              .log_x = 1,
                              .top = p.top };
    text_curves(&axes, curve, n);
    return 1;
}
