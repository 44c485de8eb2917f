/* over_x.c - errors over x: the largest in each of many intervals, a line for each rung; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "axis.h"
#include "draw.h"
#include "spread.h"
#include "ascii_chart.h"
#include "width.h"

/* Pixels of plots/over_x.gp: the picture's width, its edge; the height of a label and of a panel's area */
enum { MAX_LINES = TEXT_CURVES, WIDE = 820, EDGE = 12, LABEL = 15, SMALL = 12, HIGH = LABEL * MAX_LINES };

/* A smaller error, where the exact value nearly is a float, is drawn here. */
static const double lowest = 0.01;

struct line {
    const char *rung;
    int n;
    double *x, *y;
};

struct panel {
    const char *argument;
    struct line line[MAX_LINES];
    int n, is_slope;
    double left, right, top;
};

static int belongs(const struct ulp_row *row, const char *op, const char *argument)
{
    return !isnan(row->low) && row->high > row->low && !strcmp(row->op, op) &&
           !strcmp(row->argument, argument);
}

static struct line *line_of(struct panel *p, const struct ulp_row *row, int room)
{
    for (int k = 0; k < p->n; k++)
        if (!strcmp(p->line[k].rung, row->rung)) return &p->line[k];
    if (p->n == MAX_LINES) return NULL;
    struct line *line = &p->line[p->n++];
    *line = (struct line){ .rung = row->rung,
                           .x = memory_need((size_t)room, sizeof(double)),
                           .y = memory_need((size_t)room, sizeof(double)) };
    return line;
}

static void panel_free(struct panel *p)
{
    for (int k = 0; k < p->n; k++) free(p->line[k].x), free(p->line[k].y);
}

/* 0 if there is nothing to show; panel_free it in any case */
static int collect(struct panel *p, const struct ulp_rows *r, const char *op, const char *argument)
{
    *p = (struct panel){ .argument = argument, .is_slope = strcmp(argument, "y") != 0 };
    p->left = (double)INFINITY, p->right = -(double)INFINITY, p->top = 4;
    int any = 0;
    for (const struct ulp_row *row = r->row; row < r->row + r->n; row++) {
        struct line *line = belongs(row, op, argument) ? line_of(p, row, r->n) : NULL;
        if (!line) continue;
        line->x[line->n] = (row->low + row->high) / 2;
        line->y[line->n++] = row->ulp;
        p->left = fmin(p->left, row->low);
        p->right = fmax(p->right, row->high);
        if (isfinite(row->ulp)) p->top = fmax(p->top, 2 * row->ulp);
        any |= line->n > 1;
    }
    return any;
}

static const char *const arguments[] = { "y", "dx", "s" };
enum { ARGUMENTS = sizeof arguments / sizeof *arguments };

/* ---- pictures ---- */

static void label_of(const struct line *line, char text[64])
{
    snprintf(text, 64, "%s", line->rung);
    width_fit(text, SMALL, WIDE / 4.0);
}

static void write_line(struct draw *d, const struct panel *p, const struct line *line, int block, double at)
{
    char name[32], text[64];
    for (int i = 0; i < line->n; i++)
        fprintf(d->dat, "%g\t%.5g\n", line->x[i], fmin(fmax(line->y[i], lowest), p->top));
    fputs("\n\n", d->dat);
    fprintf(d->var, "style%d = %d\nend%d = %g\nhigh%d = %g\nlabel%d = %g\n", block, pick_style_of(line->rung),
            block, line->x[line->n - 1], block, fmin(fmax(line->y[line->n - 1], lowest), p->top), block, at);
    snprintf(name, sizeof name, "name%d", block);
    label_of(line, text);
    draw_text(d->var, name, text);
}

/* Where the area of a panel is, and its axes */
static void write_area(struct draw *d, const struct panel *p, int number)
{
    char name[32], text[64];
    double widest = 0;
    for (int k = 0; k < p->n; k++) {
        label_of(&p->line[k], text);
        widest = fmax(widest, width_of(text, SMALL));
    }
    struct axis y = { .low = lowest, .high = p->top, .log = 1, .pixels = HIGH, .size = 14, .upright = 1 };
    snprintf(name, sizeof name, "ymarks%d", number);
    double from = EDGE + 28 + axis_write(d->var, name, &y), to = WIDE - EDGE - widest - 14;
    struct axis x = { .low = p->left, .high = p->right, .pixels = to - from, .size = 14, .room = 14 };
    snprintf(name, sizeof name, "xmarks%d", number);
    axis_write(d->var, name, &x);
    fprintf(d->var, "area%d = %g\nside%d = %g\nleft%d = %g\nright%d = %g\ntop%d = %g\n", number, from, number,
            to, number, p->left, number, p->right, number, p->top);
}

static void write_panel(struct draw *d, const struct panel *p, int number, int *block)
{
    double at[MAX_LINES], low = log(lowest), high = log(p->top);
    fprintf(d->var, "first%d = %d\nlast%d = %d\n", number, *block, number, *block + p->n - 1);
    fprintf(d->var, "yname%d = 'error of %s, ulp%s'\n", number, p->argument, p->is_slope ? " of 1" : "");
    write_area(d, p, number);
    for (int k = 0; k < p->n; k++) {
        const struct line *line = &p->line[k];
        at[k] = log(fmin(fmax(line->y[line->n - 1], lowest), p->top));
    }
    spread(at, p->n, (high - low) * LABEL / HIGH, low, high);
    for (int k = 0; k < p->n; k++) write_line(d, p, &p->line[k], (*block)++, exp(at[k]));
}

static void write_words(struct draw *d, const struct ulp_table *t, const char *op, const char *input)
{
    static const char dashed[] = "dashed: 0.5 ulp";
    char text[240], cpu[128];
    snprintf(text, sizeof text, "%s: the largest error in each interval of %s", op, input);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d->var, "heading", text);
    snprintf(cpu, sizeof cpu, "%s", t->cpu);
    width_fit(cpu, 14, WIDE - 3 * EDGE - width_of(dashed, 14));
    snprintf(text, sizeof text, "%s%s%s", cpu, *cpu ? "; " : "", dashed);
    draw_text(d->var, "machine", text);
    draw_text(d->var, "xname", input);
}

int over_x_draw(const struct ulp_table *t, const char *op, const char *input, const char *out)
{
    struct panel panel[ARGUMENTS];
    int n = 0, block = 0, drawn = 0;
    struct draw d;
    char name[160];
    for (int a = 0; a < ARGUMENTS; a++) {
        if (collect(&panel[n], &t->rows, op, arguments[a]))
            n++;
        else
            panel_free(&panel[n]);
    }
    if (!n) return 0;
    snprintf(name, sizeof name, "%.90s_over_x_%.39s", t->stem, op);
    if (draw_open(&d, name)) {
        write_words(&d, t, op, input);
        fprintf(d.var, "panels = %d\nlowest = %g\nhigh = %d\n", n, lowest, HIGH);
        for (int p = 0; p < n; p++) write_panel(&d, &panel[p], p + 1, &block);
        drawn = draw_close(&d, "over_x", out);
    }
    for (int p = 0; p < n; p++) panel_free(&panel[p]);
    return drawn ? 1 : -1;
}

/* ---- text ---- */

int over_x_print(const struct ulp_rows *r, const char *op, const char *input)
{
    int drawn = 0;
    for (int a = 0; a < ARGUMENTS; a++) {
        struct panel p;
        struct text_curve curve[MAX_LINES];
        char title[160];
        int any = collect(&p, r, op, arguments[a]);
        for (int k = 0; k < p.n; k++)
            curve[k] = (struct text_curve){ p.line[k].rung, p.line[k].n, p.line[k].x, p.line[k].y };
        snprintf(title, sizeof title, "\n%s: the largest error of %s in each interval of %s (log scale)", op,
                 p.argument, input);
        struct text_axes axes = {
            .title = title, .x = input, .y = p.is_slope ? "ulp of 1" : "ulp", .top = p.top, .bottom = lowest
        };
        if (any) text_curves(&axes, curve, p.n);
        drawn |= any;
        panel_free(&p);
    }
    return drawn;
}
