/* size.c - speed against size, a line for each rung and peer; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "draw.h"
#include "spread.h"
#include "ascii_chart.h"
#include "width.h"

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
    char roof_name[60];
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

/* Rungs that keep to one thread have no rows of their own at more: their line is the one they have on one
 * thread. */
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
        snprintf(p->roof_name, sizeof p->roof_name, "dashed: %.20s %s peak %.0f", roof->rung + 4,
                 pick_arithmetic(roof->rung), p->roof);
    }
    p->top = 1.1 * fmax(p->top, p->roof);
    return lines > 1;
}

/* ---- pictures ---- */

/* Pixels of plots/size.gp: the picture's width, its edge, the words above an area and below it; a label's
 * height and the smallest height of an area; SMALL: the font of all but the titles */
enum { WIDE = 820, EDGE = 12, ABOVE = 26, BELOW = 58, HEADING = 40, LABEL = 15, LEAST = 246, SMALL = 12 };

struct grid {
    int columns, panel_wide, area_high; /* of all panels */
};

/* As high as the longest column of labels needs */
static struct grid grid_of(const struct panel *p, int n)
{
    struct grid g = { .columns = n > 1 ? 2 : 1, .area_high = n > 1 ? LEAST : LEAST + 80 };
    g.panel_wide = WIDE / g.columns;
    for (int i = 0; i < n; i++)
        if (g.area_high < LABEL * p[i].n) g.area_high = LABEL * p[i].n / 2 * 2 + 2;
    return g;
}

static void label_of(const struct panel *p, int s, const struct grid *g, char text[64])
{
    snprintf(text, 64, "%s%s", p->series[s].first->rung, *p->series[s].first->worst.at ? " *" : "");
    width_fit(text, SMALL, g->panel_wide / 3.0);
}

static void write_title(struct draw *d, const struct panel *p, int number, const struct grid *g)
{
    char name[32], title[60], roof[60];
    double room = g->panel_wide - 2 * EDGE;
    snprintf(roof, sizeof roof, "%s", p->roof > 0 ? p->roof_name : "");
    snprintf(title, sizeof title, "%s", p->op);
    width_fit(title, 14, room);
    if (width_of(title, 14) + width_of(roof, SMALL) + EDGE > room)
        snprintf(roof, sizeof roof, "%s", p->roof > 0 ? "dashed: FMA peak" : "");
    if (width_of(title, 14) + width_of(roof, SMALL) + EDGE > room) *roof = '\0';
    snprintf(name, sizeof name, "title%d", number);
    draw_text(d->var, name, title);
    snprintf(name, sizeof name, "roofname%d", number);
    draw_text(d->var, name, roof);
}

/* Where the panel's area is, and its axes: beside it the labels of the lines and the figures of the y axis
 * have room. */
static void write_area(struct draw *d, const struct panel *p, int number, const struct grid *g)
{
    int column = (number - 1) % g->columns, line = (number - 1) / g->columns;
    double widest = 0, left = column * g->panel_wide,
           top = HEADING + line * (ABOVE + g->area_high + BELOW) + ABOVE;
    char name[32], label[64];
    for (int s = 0; s < p->n; s++) {
        label_of(p, s, g, label);
        widest = fmax(widest, width_of(label, SMALL));
    }
    struct axis x = { .low = p->left * 0.85, .high = p->right * 1.12, .log = 1, .size = SMALL, .room = 12 };
    struct axis y = { .high = p->top, .pixels = g->area_high, .size = SMALL, .upright = 1 };
    x.prefixes = p->cubes == 1, x.base = p->cubes == 1 ? 10 : 2;
    snprintf(name, sizeof name, "ymarks%d", number);
    double area = left + 10 + EDGE + 14 + axis_write(d->var, name, &y),
           side = left + g->panel_wide - 8 - widest - 14;
    x.pixels = side - area;
    snprintf(name, sizeof name, "xmarks%d", number);
    axis_write(d->var, name, &x);
    fprintf(d->var, "x%d = %g\narea%d = %g\nside%d = %g\ny%d = %g\nbase%d = %g\n", number, left, number, area,
            number, side, number, top, number, top + g->area_high);
    fprintf(d->var, "top%d = %g\nroof%d = %g\nleft%d = %g\nright%d = %g\n", number, p->top, number, p->roof,
            number, x.low, number, x.high);
    snprintf(name, sizeof name, "xname%d", number);
    draw_text(d->var, name, p->cubes == 1 ? "elements" : "size n of n × n matrices");
    snprintf(name, sizeof name, "yname%d", number);
    draw_text(d->var, name, p->by_bytes ? "GB/s" : "GFLOP/s");
}

static void write_panel(struct draw *d, const struct panel *p, int number, const struct grid *g, int *block)
{
    double at[MAX_SERIES];
    char name[32], label[64];
    fprintf(d->var, "first%d = %d\nlast%d = %d\n", number, *block, number, *block + p->n - 1);
    write_title(d, p, number, g);
    write_area(d, p, number, g);
    for (int s = 0; s < p->n; s++) at[s] = p->series[s].y[p->series[s].n - 1];
    spread(at, p->n, p->top * LABEL / g->area_high, 0, p->top);
    for (int s = 0; s < p->n; s++) {
        const struct series *line = &p->series[s];
        for (int i = 0; i < line->n; i++)
            fprintf(d->dat, "%g\t%.5g\t%.5g\t%.5g\n", line->x[i], line->y[i], line->low[i], line->high[i]);
        fputs("\n\n", d->dat);
        fprintf(d->var, "style%d = %d\nend%d = %g\nhigh%d = %g\nlabel%d = %g\n", *block,
                pick_style(line->first), *block, line->x[line->n - 1], *block, line->y[line->n - 1], *block,
                at[s]);
        snprintf(name, sizeof name, "name%d", *block);
        label_of(p, s, g, label);
        draw_text(d->var, name, label);
        ++*block;
    }
}

/* What the stars in all panels mean */
static void write_footnote(struct draw *d, const struct panel *panel, int n)
{
    const struct row *first[MAX_PANELS * MAX_SERIES];
    char text[200];
    int rows = 0;
    for (int p = 0; p < n; p++)
        for (int s = 0; s < panel[p].n; s++) first[rows++] = panel[p].series[s].first;
    pick_footnote(first, rows, text, sizeof text);
    width_fit(text, SMALL, WIDE - 2 * EDGE);
    draw_text(d->var, "footnote", text);
}

static int write_and_draw(const struct measurement *m, const struct panel *panel, int n, const char *name,
                          int threads, const char *out)
{
    struct grid g = grid_of(panel, n);
    struct draw d;
    char text[240];
    int block = 0;
    if (!draw_open(&d, name)) return -1;
    snprintf(text, sizeof text, "Speed against size on %d thread%s%s, %s", threads, threads > 1 ? "s" : "",
             m->quick ? " (quick run: not for quoting)" : "", m->cpu);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d.var, "heading", text);
    write_footnote(&d, panel, n);
    fprintf(d.var, "panels = %d\nheight = %d\n", n,
            HEADING + (n + g.columns - 1) / g.columns * (ABOVE + g.area_high + BELOW));
    for (int p = 0; p < n; p++) write_panel(&d, &panel[p], p + 1, &g, &block);
    return draw_close(&d, "size", out) ? 1 : -1;
}

int size_draw(const struct measurement *m, const char *only, int threads, const char *out)
{
    static struct panel panel[MAX_PANELS + 1]; /* the last: to see whether there are more */
    const char *op[PICK_OPS];
    int all = pick_ops(&m->rows, op, PICK_OPS), n = 0, more = 0;
    char name[160];
    for (int i = 0; i < all; i++) {
        if (only && strcmp(only, op[i])) continue;
        int drawn = collect(&panel[n], &m->rows, op[i], threads);
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
    return write_and_draw(m, panel, n, name, threads, out);
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
