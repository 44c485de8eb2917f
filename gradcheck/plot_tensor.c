/* plot_tensor.c - charts of one tensor: a map of its wrong elements, and analytic against numeric. */
#include "chart.h"

#include <math.h>
#include <string.h>

#include "gc_internal.h"
#include "format.h"

/* "dW[3,2,3,2]", the name made safe later */
static void name_tensor(char *text, size_t room, const gc_tensor_result *t)
{
    gc_text(text, room, "d%s", t->name);
    for (int k = 0; k < t->nd; k++) {
        size_t used = strlen(text);
        gc_text(text + used, room - used, "%c%zu%s", k ? ',' : '[', t->dim[k], k + 1 == t->nd ? "]" : "");
    }
}

/* "12 of 84 elements are wrong: only the last row ..." */
static void summarize(char *text, size_t room, const gc_tensor_result *t)
{
    gc_text(text, room, "%zu of %zu elements looked at are wrong%s%s", t->wrong, t->looked,
            *t->pattern ? ": " : "", t->pattern);
}

static void put_title(struct gc_chart *c, const gc_result *r, const gc_tensor_result *t, const char *what)
{
    char name[GC_NAME + 24 * GC_MAX_DIMS], title[GC_TEXT], below[2 * GC_TEXT];
    name_tensor(name, sizeof name, t);
    gc_text(title, sizeof title, "%s of %s: %s", name, r->name, what);
    summarize(below, sizeof below, t);
    gc_chart_title(c, title, below);
}

/* ---- the map ---- */

enum { ROWS = 64, COLUMNS = 96 };

/* A tensor folded into a matrix: the first half of the axes down, the others across; a
 * vector in lines of 32. */
struct fold {
    size_t rows, columns, high, wide; /* of the matrix; of a cell */
    size_t line;                      /* what a row adds to the index on its axis */
    char down[GC_NAME], across[GC_NAME];
};

static void name_axes(char text[GC_NAME], int from, int to)
{
    gc_text(text, GC_NAME, to - from > 1 ? "axes " : "axis ");
    for (int k = from; k < to; k++) {
        size_t used = strlen(text);
        gc_text(text + used, GC_NAME - used, "%s%d", k == from ? "" : ", ", k);
    }
}

static struct fold fold_of(const gc_tensor_result *t)
{
    struct fold f = { .rows = 1, .columns = 1, .line = 1 };
    int half = t->nd / 2;
    if (t->nd < 2) {
        f.columns = t->elements < 32 ? t->elements : 32;
        f.rows = (t->elements + 31) / 32;
        f.line = 32;
        gc_text(f.across, GC_NAME, f.rows > 1 ? "+ offset" : "index");
        gc_text(f.down, GC_NAME, f.rows > 1 ? "index" : "");
    } else {
        for (int k = 0; k < t->nd; k++) *(k < half ? &f.rows : &f.columns) *= t->dim[k];
        name_axes(f.down, 0, half);
        name_axes(f.across, half, t->nd);
    }
    f.high = (f.rows + ROWS - 1) / ROWS;
    f.wide = (f.columns + COLUMNS - 1) / COLUMNS;
    return f;
}

/* tics at cells, named by the tensor's own index */
static void put_tics(FILE *gp, char axis, size_t cells, size_t unit)
{
    size_t step = cells > 40 ? 10 : cells > 20 ? 5 : cells > 8 ? 2 : 1;
    fprintf(gp, "set %ctics (", axis);
    for (size_t k = 0; k < cells; k += step) fprintf(gp, "%s'%zu' %zu", k ? ", " : "", k * unit, k);
    fputs(")\n", gp);
}

struct cell {
    double rel; /* -1: not looked at */
    int wrong, nan;
};

static void fill_cells(struct cell cell[ROWS][COLUMNS], const gc_tensor_result *t, const struct fold *f)
{
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < COLUMNS; k++) cell[i][k] = (struct cell){ -1, 0, 0 };
    for (int i = 0; i < t->samples; i++) {
        const gc_sample *s = &t->sample[i];
        size_t row = s->index / f->columns / f->high, column = s->index % f->columns / f->wide;
        if (row >= ROWS || column >= COLUMNS) continue;
        struct cell *at = &cell[row][column];
        double rel = gc_relative(t, s->analytic, s->numeric);
        if (gc_is_finite(rel))
            at->rel = fmax(at->rel, fmax(rel, 1e-12));
        else
            at->nan = 1;
        at->wrong |= s->wrong;
    }
}

/* Blocks of the data file: 0 cells with a number, 1 cells not looked at, 2 cells that are not finite, 3 wrong
 * cells. Returns which have any, as bits. */
static int put_cells(struct gc_chart *c, struct cell cell[ROWS][COLUMNS], size_t rows, size_t columns)
{
    int any = 0;
    for (int block = 0; block < 4; block++) {
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < columns; k++) {
                const struct cell *at = &cell[i][k];
                int in = block == 0   ? at->rel >= 0 && !at->nan
                         : block == 1 ? at->rel < 0 && !at->nan
                         : block == 2 ? at->nan
                                      : at->wrong;
                if (!in) continue;
                fprintf(c->dat, "%zu %zu ", k, i), gc_chart_number(c->dat, block ? 0 : at->rel),
                    fputc('\n', c->dat);
                any |= 1 << block;
            }
        fputs("nan nan nan\n\n\n", c->dat); /* no block is empty */
    }
    return any;
}

/* The entries of the key in a line at y: a box as the cells are, and the name */
static void put_heat_key(struct gc_chart *c, int blocks, int y)
{
    static const char *const name[] = { "", "not looked at", "not finite", "wrong" };
    static const char *const look[] = { "", "fc rgb '#eeeeee' fs solid noborder",
                                        "fc rgb '#f0e442' fs solid noborder",
                                        "fs empty border rgb '#d55e00' lw 2" };
    for (int block = 1, x = 78; block < 4; block++) {
        if (!(blocks & 1 << block)) continue;
        fprintf(c->gp,
                "set object %d rectangle from screen at_x(%d), at_y(%d) to screen at_x(%d), at_y(%d) %s\n",
                block, x, y + 6, x + 26, y - 6, look[block]);
        gc_chart_key(c, block, x - 6, y, "", "", name[block]);
        x += 170;
    }
}

/* The plot command: where blocks of cells are drawn, and how; and the scale of colours,
 * from y = top to bottom. */
static void put_heat(FILE *gp, int top, int bottom)
{
    static const char full[] = "using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5)";
    static const char inner[] = "using 1:2:($1-0.43):($1+0.43):($2-0.43):($2+0.43)";
    fprintf(gp,
            "set colorbox user origin at_x(734), at_y(%d) size at_x(32), 1.0*%d/height\n"
            "set label 905 'relative error' at screen at_x(842), at_y(%d) center rotate tc rgb '#333333'\n",
            bottom, bottom - top, (top + bottom) / 2);
    fputs("set logscale cb\nset cbrange [1e-12:1]\nset format cb '1e%T'\nset cbtics 1e-12,1e4,1\n"
          "set palette defined (0 '#f7fbff', 0.35 '#c6dbef', 0.6 '#6baed6', 0.8 '#2171b5', 1 '#08306b')\n"
          "unset grid\nset border 0\nset tics scale 0\nset style fill solid noborder\n"
          "do for [t=1:2] { eval terminal(t); plot \\\n",
          gp);
    fprintf(gp, "  dat index 0 %s:3 with boxxyerror lc palette, \\\n", full);
    fprintf(gp, "  dat index 1 %s with boxxyerror lc rgb '#eeeeee', \\\n", full);
    fprintf(gp, "  dat index 2 %s with boxxyerror lc rgb '#f0e442', \\\n", full);
    fprintf(gp, "  dat index 3 %s with boxxyerror lc rgb '#d55e00' lw 2 fs empty border \\\n", inner);
    fputs("}\nunset output\n", gp);
}

int gc_plot_heat(const char *base, const gc_result *r, int tensor)
{
    struct cell cell[ROWS][COLUMNS];
    struct gc_chart c;
    char what[GC_TEXT] = "where it is wrong";
    if (tensor < 0 || tensor >= r->ntensors) return -1;
    const gc_tensor_result *t = &r->tensor[tensor];
    struct fold f = fold_of(t);
    size_t rows = (f.rows + f.high - 1) / f.high, columns = (f.columns + f.wide - 1) / f.wide;
    int height = (int)(rows * 22 > 460 ? 460 : rows * 22 < 110 ? 110 : rows * 22) + 170;
    fill_cells(cell, t, &f);
    if (f.high * f.wide > 1)
        gc_text(what, sizeof what, "where it is wrong (the worst of %zu x %zu elements each)", f.high,
                f.wide);
    if (!gc_chart_open(&c, base, 860, height)) return -1;
    int blocks = put_cells(&c, cell, rows, columns);
    put_title(&c, r, t, what);
    fprintf(c.gp, "set xrange [-0.6:%zu-0.4]\nset yrange [%zu-0.4:-0.6]\n", columns, rows);
    gc_chart_area(&c, 78, 83, 712, height - 92, f.across, f.down);
    put_heat_key(&c, blocks, height - 18);
    put_tics(c.gp, 'x', columns, f.wide);
    put_tics(c.gp, 'y', rows, f.high * f.line);
    put_heat(c.gp, 83, height - 92);
    return gc_chart_close(&c);
}

/* ---- analytic against numeric ---- */

int gc_plot_scatter(const char *base, const gc_result *r, int tensor)
{
    struct gc_chart c;
    double top = 0;
    int unseen = 0;
    char what[GC_TEXT];
    if (tensor < 0 || tensor >= r->ntensors) return -1;
    const gc_tensor_result *t = &r->tensor[tensor];
    if (!gc_chart_open(&c, base, 760, 600)) return -1;
    for (int wrong = 0; wrong < 2; wrong++) {
        for (int i = 0; i < t->samples; i++) {
            const gc_sample *s = &t->sample[i];
            if (!s->wrong != !wrong) continue;
            if (!gc_is_finite(s->analytic) || !gc_is_finite(s->numeric)) {
                unseen++;
                continue;
            }
            gc_chart_number(c.dat, s->numeric);
            gc_chart_number(c.dat, s->analytic);
            gc_chart_number(c.dat, gc_is_finite(s->error_bar) ? s->error_bar : 0);
            fputc('\n', c.dat);
            top = fmax(top, fmax(fabs(s->analytic), fabs(s->numeric)));
        }
        fputs("nan nan nan\n\n\n", c.dat);
    }
    top = top > 0 ? 1.08 * top : 1;
    gc_text(what, sizeof what,
            unseen ? "analytic against numeric (%d not finite are not shown)" : "analytic against numeric",
            unseen);
    put_title(&c, r, t, what);
    double step = pow(10, floor(log10(top))); /* three to five labels on an axis */
    step *= top / step >= 5 ? 5 : top / step >= 2 ? 2 : 1;
    fprintf(c.gp,
            "set xrange [%.6e:%.6e]\nset yrange [%.6e:%.6e]\nset format xy '%%g'\nset xtics %.6e\nset ytics "
            "%.6e\n",
            -top, top, -top, top, step, step);
    gc_chart_area(&c, 110, 90, 540, 520, "numeric", "analytic");
    gc_chart_key(&c, 0, 566, 200, "lc rgb '#888888' lw 1.2", "", "analytic = numeric");
    gc_chart_key(&c, 1, 566, 227, "lc rgb '#0072b2' lw 1", "pt 7 ps 0.33 lc rgb '#0072b2'", "right");
    gc_chart_key(&c, 2, 566, 254, "lc rgb '#d55e00' lw 1.4", "pt 2 ps 0.53 lw 1.4 lc rgb '#d55e00'", "wrong");
    fputs("set errorbars 0\n"
          "set arrow from graph 0,0 to graph 1,1 nohead back lc rgb '#888888' lw 1.2\n"
          "do for [t=1:2] { eval terminal(t); plot \\\n"
          "  dat index 0 using 1:2:3 with xerrorbars lc rgb '#0072b2' pt 7 ps 0.33 lw 1, \\\n"
          "  dat index 1 using 1:2:3 with xerrorbars lc rgb '#d55e00' pt 2 ps 0.53 lw 1.4 \\\n}\nunset "
          "output\n",
          c.gp);
    return gc_chart_close(&c);
}
