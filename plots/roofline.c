/* roofline.c - the roofline chart: arithmetic intensity, the machine's roofs, and every rung under them; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "spread.h"

/* of plots/roofline.gp */
enum { LABEL_PIXELS = 16, AREA_PIXELS = 392 };

struct roofline {
    const struct row *row[PICK_MAX];
    int n, threads;
    const char *shape;
    double left, right, bottom, top; /* of the axes: flop/byte, GFLOP/s */
    double peak;                     /* the highest flat roof */
    double nearest, slowest;         /* GB/s of the first and the last slanted roof; 0: there is none */
    double farthest;                 /* the largest intensity of a point */
};

static double intensity(const struct row *row)
{
    return row->flops / row->bytes;
}

static const char *const levels[] = { "l1", "l2", "l3", "dram" };

/* The best bandwidth of a level of memory, whatever the pattern; 0 if it was not measured */
static double level_bytes(const struct rows *r, const char *level, int threads)
{
    double best = 0;
    for (const struct row *x = r->row; x < r->row + r->n; x++) {
        const char *end = strrchr(x->rung, '_');
        if (x->kind == ROW_ROOF && x->threads == threads && end && !strcmp(end + 1, level))
            best = fmax(best, x->bytes / 1e9);
    }
    return best;
}

static int collect(struct roofline *c, const struct rows *r, const char *op, const char *shape)
{
    int threads[16];
    const struct row *row[PICK_MAX];
    if (!pick_threads(r, op, threads, 16)) return 0;
    c->threads = threads[0];
    c->shape = shape ? shape : pick_shape(r, op);
    c->n = 0;
    c->nearest = c->slowest = 0;
    c->left = c->bottom = (double)INFINITY;
    c->right = c->top = 0;
    int n = c->shape ? pick_rows(r, op, NULL, c->threads, row) : 0, arithmetic = 0;
    for (int i = 0; i < n; i++) {
        arithmetic |= !pick_by_bytes(row[i]);
        if (!(row[i]->flops > 0) || !(row[i]->bytes > 0)) continue;
        c->row[c->n++] = row[i];
        c->left = fmin(c->left, intensity(row[i]));
        c->right = fmax(c->right, intensity(row[i]));
        c->bottom = fmin(c->bottom, row[i]->flops / 1e9);
    }
    for (const struct row *x = r->row; x < r->row + r->n; x++)
        if (x->kind == ROW_ROOF && x->threads == c->threads && x->flops > 0)
            c->top = fmax(c->top, x->flops / 1e9);
    c->peak = c->top;
    c->left = fmin(c->left / 10, 0.2); /* the slanted roofs begin there */
    for (int k = 0; k < 4; k++) {      /* where the slanted roofs meet the flat one belongs in the picture */
        double bytes = level_bytes(r, levels[k], c->threads);
        if (bytes > 0) c->right = fmax(c->right, 1.5 * c->peak / bytes);
    }
    c->farthest = c->right;
    c->right *= 8; /* and for those beside the points */
    c->bottom *= 0.6;
    c->top *= 1.8;
    return c->n > 1 && c->top > c->bottom && arithmetic;
}

/* A block of .dat for each slanted roof, and one block of .lab for their names; finds the bandwidth of the nearest
 * level and of the farthest. */
static void write_slants(struct draw *d, struct roofline *c, const struct rows *r)
{
    static const char *const name[] = { "L1", "L2", "L3", "DRAM" };
    char words[160] = "";
    size_t used = 0;
    int n = 0;
    for (int k = 0; k < 4; k++) {
        double bytes = level_bytes(r, levels[k], c->threads);
        if (!(bytes > 0)) continue;
        fprintf(d->dat, "%g\t%g\n%g\t%g\n\n\n", c->left, bytes * c->left, c->peak / bytes, c->peak);
        fprintf(d->lab, "%g\t%g\t%s\n", c->left, bytes * c->left, name[k]);
        used +=
            (size_t)snprintf(words + used, sizeof words - used, "%s%s %.0f", n ? ", " : "", name[k], bytes);
        if (!n++) c->nearest = bytes;
        c->slowest = bytes;
    }
    if (!n) fputs("NaN\tNaN\t \n", d->lab); /* an empty block would not be counted */
    fputs("\n\n", d->lab);
    snprintf(words + used, sizeof words - used, "%s", n ? " GB/s" : "no bandwidth was measured");
    draw_text(d->var, "bandwidths", words);
    fprintf(d->var, "slants = %d\n", n);
}

/* A block of .dat for each flat roof, from the nearest slanted one to the right. The name of the highest stands at its left
 * end, those of the others behind the last slanted roof, which would cross them. */
static void write_flats(struct draw *d, const struct roofline *c, const struct rows *r)
{
    int n = 0;
    for (const struct row *x = r->row; x < r->row + r->n; x++) {
        char variable[32], text[64];
        const char *isa = strchr(x->rung, '_');
        if (x->kind != ROW_ROOF || x->threads != c->threads || !(x->flops > 0) || !isa) continue;
        double peak = x->flops / 1e9, knee = c->nearest > 0 ? peak / c->nearest : c->left;
        double name = peak < c->peak && c->slowest > 0 ? peak / c->slowest : knee;
        fprintf(d->dat, "%g\t%g\n%g\t%g\n\n\n", knee, peak, c->farthest * 1.4, peak);
        fprintf(d->var, "knee%d = %g\npeak%d = %g\n", n + 1, name, n + 1, peak);
        snprintf(variable, sizeof variable, "peakname%d", ++n);
        snprintf(text, sizeof text, "%.20s FMA %.0f GFLOP/s", isa + 1, peak);
        draw_text(d->var, variable, text);
    }
    fprintf(d->var, "flats = %d\n", n);
}

/* One block of all points; then labels for those of the chosen shape, and which styles have one: gnuplot 5.4 falls over a
 * plot of labels that has none. */
static void write_points(struct draw *d, const struct roofline *c)
{
    const struct row *chosen[PICK_MAX];
    double at[PICK_MAX];
    int n = 0;
    for (int i = 0; i < c->n; i++) {
        const struct row *row = c->row[i];
        int main_shape = !strcmp(row->shape, c->shape);
        fprintf(d->dat, "%g\t%g\t%d\t%d\n", intensity(row), row->flops / 1e9, pick_style(row), main_shape);
        if (!main_shape || n == 64) continue;
        at[n] = log10(row->flops / 1e9);
        chosen[n++] = row;
    }
    fputs("\n\n", d->dat);
    spread(at, n, (log10(c->top) - log10(c->bottom)) * LABEL_PIXELS / AREA_PIXELS, log10(c->bottom),
           log10(c->top));
    for (int i = 0; i < n; i++) {
        fprintf(d->lab, "%g\t%g\t%g\t", intensity(chosen[i]), chosen[i]->flops / 1e9, pow(10, at[i]));
        draw_cell(d->lab, chosen[i]->rung, '\t');
        fprintf(d->lab, "%d\n", pick_style(chosen[i]));
    }
    fputs("labelled = '", d->var);
    for (int i = 0; i < n; i++) fprintf(d->var, "%d ", pick_style(chosen[i]));
    fputs("'\n", d->var);
}

int roofline_draw(const struct measurement *m, const char *op, const char *shape, const char *out)
{
    struct roofline c;
    struct draw d;
    char name[160], text[240];
    if (!collect(&c, &m->rows, op, shape)) return 0;
    snprintf(name, sizeof name, "%.60s_roofline_%.39s%s%.39s", m->stem, op, shape ? "_" : "",
             shape ? shape : "");
    if (!draw_open(&d, name)) return -1;
    snprintf(text, sizeof text, "%s under the roofs of one run: %s, %d thread%s%s", op, m->cpu, c.threads,
             c.threads > 1 ? "s" : "", m->quick ? " (quick run: not for quoting)" : "");
    draw_text(d.var, "heading", text);
    snprintf(text, sizeof text, "large: %s; small: the other shapes", c.shape);
    draw_text(d.var, "shapes", text);
    fprintf(d.var, "left = %g\nright = %g\nbottom = %g\ntop = %g\nfarthest = %g\n", c.left, c.right, c.bottom,
            c.top, c.farthest);
    write_slants(&d, &c, &m->rows);
    write_flats(&d, &c, &m->rows);
    write_points(&d, &c);
    return draw_close(&d, "roofline", out) ? 1 : -1;
}
