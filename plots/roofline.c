/* roofline.c - the roofline chart: arithmetic intensity, the machine's roofs, and every rung under them; see
 * charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "draw.h"
#include "free.h"
#include "spread.h"
#include "width.h"

/* Pixels of plots/roofline.gp: the picture's width, its edge, what is above the area and below it; the height
 * of a label beside the area, and the smallest height of the area; SMALL, NOTE: fonts of the labels */
enum { WIDE = 820, EDGE = 12, ABOVE = 76, BELOW = 60, LABEL = 16, LEAST = 392, SMALL = 13, NOTE = 11 };

struct roofline {
    const struct row *row[PICK_MAX];
    int n, threads;
    const char *shape;
    double left, right, bottom, top; /* of the axes: flop/byte, GFLOP/s */
    double peak;                     /* the highest flat roof */
    double nearest, slowest;         /* GB/s of the first and the last slanted roof; 0: there is none */
    double farthest;                 /* the largest intensity of a point */
    double from, to, high;           /* of the area, in pixels: left and right end, height */
};

static double intensity(const struct row *row)
{
    return row->flops / row->bytes;
}

static const char *const levels[] = { "l1", "l2", "l3", "dram" };

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
    c->right = 0;
    double fastest = 0;
    int n = c->shape ? pick_rows(r, op, NULL, c->threads, row) : 0, arithmetic = 0;
    for (int i = 0; i < n; i++) {
        arithmetic |= !pick_by_bytes(row[i]);
        if (!(row[i]->flops > 0) || !(row[i]->bytes > 0)) continue;
        c->row[c->n++] = row[i];
        c->left = fmin(c->left, intensity(row[i]));
        c->right = fmax(c->right, intensity(row[i]));
        c->bottom = fmin(c->bottom, row[i]->flops / 1e9);
        fastest = fmax(fastest, row[i]->flops / 1e9);
    }
    c->peak = pick_peak(r, c->threads);
    c->left = fmin(c->left / 10, 0.2); /* the slanted roofs begin there */
    for (int k = 0; k < 4; k++) {      /* where the slanted roofs meet the flat one belongs in the picture */
        double bytes = pick_bandwidth(r, levels[k], c->threads);
        if (bytes > 0) c->right = fmax(c->right, 1.5 * c->peak / bytes);
    }
    c->farthest = c->right;
    c->right *= 1.6;
    c->bottom *= 0.6;
    c->top =
        fmax(1.8 * c->peak, 1.3 * fastest); /* Winograd's rungs, by the formula's count, are above roofs */
    return c->n > 1 && c->top > c->bottom && arithmetic;
}

static double across(const struct roofline *c, double x)
{
    return (c->to - c->from) * log(x / c->left) / log(c->right / c->left);
}

static double up(const struct roofline *c, double y)
{
    return c->high * log(y / c->bottom) / log(c->top / c->bottom);
}

static struct line line_of(const struct roofline *c, double x, double y, double to_x, double to_y)
{
    return (struct line){ across(c, x), up(c, y), across(c, to_x), up(c, to_y) };
}

/* ---- the roofs: a block of .dat for each ---- */

struct slant {
    const char *name;
    double bytes;
};

/* The slanted ones, from the left to the right; their bandwidths in words; how many */
static int write_slants(struct draw *d, struct roofline *c, const struct rows *r, struct slant slant[4])
{
    static const char *const name[] = { "L1", "L2", "L3", "DRAM" };
    char words[160] = "";
    size_t used = 0;
    int n = 0;
    for (int k = 0; k < 4; k++) {
        double bytes = pick_bandwidth(r, levels[k], c->threads);
        if (!(bytes > 0)) continue;
        fprintf(d->dat, "%g\t%g\n%g\t%g\n\n\n", c->left, bytes * c->left, c->peak / bytes, c->peak);
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s %.0f",
                                 n ? ", " : "Slanted roofs: ", name[k], bytes);
        slant[n++] = (struct slant){ name[k], bytes };
        if (n == 1) c->nearest = bytes;
        c->slowest = bytes;
    }
    snprintf(words + used, sizeof words - used, "%s", n ? " GB/s" : "No bandwidth was measured");
    draw_text(d->var, "bandwidths", words);
    fprintf(d->var, "slants = %d\n", n);
    return n;
}

struct flat {
    double peak, knee; /* the line begins there: at the nearest slanted roof */
    char name[64];
};

enum { FLATS = 8 };

static int write_flats(struct draw *d, const struct roofline *c, const struct rows *r,
                       struct flat flat[FLATS])
{
    int n = 0;
    for (const struct row *x = r->row; x < r->row + r->n && n < FLATS; x++) {
        const char *isa = strchr(x->rung, '_');
        if (x->kind != ROW_ROOF || x->threads != c->threads || !(x->flops > 0) || !isa) continue;
        double peak = x->flops / 1e9, knee = c->nearest > 0 ? peak / c->nearest : c->left;
        flat[n] = (struct flat){ .peak = peak, .knee = fmax(knee, c->left) };
        snprintf(flat[n].name, sizeof flat[n].name, "%.20s %s %.0f GFLOP/s", isa + 1,
                 pick_arithmetic(x->rung), peak);
        fprintf(d->dat, "%g\t%g\n%g\t%g\n\n\n", flat[n].knee, peak, c->right, peak);
        n++;
    }
    fprintf(d->var, "flats = %d\n", n);
    return n;
}

/* ---- the names of the roofs: in the area, where it is free ---- */

/* The ink of a name along a line that rises by `angle` is in a row of small boxes. `side`: 1 above the line,
 * -1 below. */
static int place_along(struct free_room *f, double x, double y, double angle, int side, double length)
{
    const double half = NOTE / 2.0 + 1;
    double dx = cos(angle), dy = sin(angle);
    struct box box[32];
    int n = 0;
    for (double t = 0; n < 32 && t < length + half; t += half) {
        double bx = x + t * dx - side * (half + 3) * dy, by = y + t * dy + side * (half + 3) * dx;
        box[n] = (struct box){ bx - half, by - half, bx + half, by + half };
        if (!free_for_label(f, &box[n++])) return 0;
    }
    for (int i = 0; i < n; i++) free_take_label(f, &box[i]);
    return 1;
}

/* The first place from the lower end of a slanted roof that is free for a name of that length: its middle
 * left end. */
static int find_along(struct free_room *f, const struct line *l, double angle, double length, double *x,
                      double *y)
{
    for (double t = 4; t + length < hypot(l->to_x - l->x, l->to_y - l->y); t += 6)
        for (int side = 1; side >= -1; side -= 2) {
            double off = side * (NOTE / 2.0 + 4);
            *x = l->x + t * cos(angle), *y = l->y + t * sin(angle);
            if (!place_along(f, *x, *y, angle, side, length)) continue;
            *x -= off * sin(angle), *y += off * cos(angle);
            return 1;
        }
    return 0;
}

/* The header has the names in order, so that one without a place is only left out. */
static void name_slants(struct draw *d, const struct roofline *c, struct free_room *f,
                        const struct slant *slant, int n)
{
    double angle = atan2(c->high / log(c->top / c->bottom), (c->to - c->from) / log(c->right / c->left));
    int named = 0;
    for (int k = 0; k < n; k++) {
        double low = fmax(c->left, c->bottom / slant[k].bytes), x, y;
        struct line l = line_of(c, low, low * slant[k].bytes, c->peak / slant[k].bytes, c->peak);
        if (!find_along(f, &l, angle, width_of(slant[k].name, NOTE), &x, &y)) continue;
        named++;
        fprintf(d->var, "slantname%d = '%s'\nslantx%d = %g\nslanty%d = %g\n", named, slant[k].name, named,
                x / f->wide, named, y / f->high);
    }
    fprintf(d->var, "named = %d\nangle = %g\n", named, angle * 180 / 3.14159265358979);
}

/* Above or below its line, as far left as it is free; those without a place are named in the header. */
static void name_flats(struct draw *d, const struct roofline *c, struct free_room *f, const struct flat *flat,
                       int n)
{
    char unplaced[200] = "", variable[32];
    for (int k = 0; k < n; k++) {
        double wide = width_of(flat[k].name, SMALL), y = up(c, flat[k].peak), x = across(c, flat[k].knee),
               at = 0;
        struct box box = { 0 };
        int found = 0;
        for (double left = x + 6; left + wide < f->wide && !found; left += 8)
            for (int side = 1; side >= -1 && !found; side -= 2) {
                at = y + side * (SMALL / 2.0 + 4);
                box = (struct box){ left, at - SMALL / 2.0 - 1, left + wide + 4, at + SMALL / 2.0 + 1 };
                found = free_for_label(f, &box);
            }
        if (found)
            free_take_label(f, &box);
        else
            snprintf(unplaced + strlen(unplaced), sizeof unplaced - strlen(unplaced), "%s%s",
                     *unplaced ? ", " : "; dashed, without a name: ", flat[k].name);
        snprintf(variable, sizeof variable, "peakname%d", k + 1);
        draw_text(d->var, variable, found ? flat[k].name : "");
        fprintf(d->var, "peakx%d = %g\npeaky%d = %g\n", k + 1, box.left / f->wide, k + 1, at / f->high);
    }
    width_fit(unplaced, 12, WIDE / 2.0);
    draw_text(d->var, "others", unplaced);
}

/* ---- the points, and labels beside the area for those of the chosen shape ---- */

enum { LABELLED = 64 };

static int choose(const struct roofline *c, const struct row *chosen[LABELLED])
{
    int n = 0;
    for (int i = 0; i < c->n && n < LABELLED; i++)
        if (!strcmp(c->row[i]->shape, c->shape)) chosen[n++] = c->row[i];
    return n;
}

/* The label of a contestant; the chart has one thread count, which its header says */
static void name_of(const struct row *row, char text[64])
{
    snprintf(text, 64, "%s%s", row->rung, *row->worst.at ? " *" : "");
    width_fit(text, SMALL, WIDE / 4.0);
}

static void write_points(struct draw *d, const struct roofline *c, struct free_room *f)
{
    const struct row *chosen[LABELLED];
    double at[LABELLED];
    char text[64];
    int n = choose(c, chosen);
    for (int i = 0; i < c->n; i++) {
        const struct row *row = c->row[i];
        double x = intensity(row), y = row->flops / 1e9;
        int main_shape = !strcmp(row->shape, c->shape);
        fprintf(d->dat, "%g\t%g\t%d\t%d\n", x, y, pick_style(row), main_shape);
        free_take_point(f, across(c, x), up(c, y), main_shape ? 7 : 4);
    }
    fputs("\n\n", d->dat);
    for (int i = 0; i < n; i++) at[i] = up(c, chosen[i]->flops / 1e9);
    spread(at, n, LABEL, LABEL / 2.0, c->high - LABEL / 2.0);
    fprintf(d->var, "labelled = %d\n", n);
    for (int i = 0; i < n; i++) {
        double x = intensity(chosen[i]), y = chosen[i]->flops / 1e9;
        struct line leader = { across(c, x), up(c, y), c->to - c->from, 0 };
        char variable[32];
        leader.to_y =
            leader.y + (at[i] - leader.y) * (leader.to_x - leader.x) / (leader.to_x + 11 - leader.x);
        free_take_line(f, &leader);
        fprintf(d->var, "x%d = %g\ny%d = %g\nlabel%d = %g\nstyle%d = %d\n", i + 1, x, i + 1, y, i + 1,
                at[i] / c->high, i + 1, pick_style(chosen[i]));
        snprintf(variable, sizeof variable, "name%d", i + 1);
        name_of(chosen[i], text);
        draw_text(d->var, variable, text);
    }
}

/* ---- the whole ---- */

/* The area has what the labels on both sides leave, and is as high as those beside it need. */
static void write_layout(struct draw *d, struct roofline *c)
{
    const struct row *chosen[LABELLED];
    char text[64];
    double widest = 0;
    int n = choose(c, chosen);
    for (int i = 0; i < n; i++) {
        name_of(chosen[i], text);
        widest = fmax(widest, width_of(text, SMALL));
    }
    c->high = fmax(LEAST, LABEL * n);
    struct axis y = {
        .low = c->bottom, .high = c->top, .log = 1, .pixels = c->high, .size = 14, .upright = 1
    };
    c->from = EDGE + 24 + axis_write(d->var, "ymarks", &y);
    c->to = WIDE - EDGE - widest - 14;
    struct axis x = {
        .low = c->left, .high = c->right, .log = 1, .pixels = c->to - c->from, .size = 14, .room = 14
    };
    axis_write(d->var, "xmarks", &x);
    fprintf(d->var, "height = %g\nfrom = %g\nto = %g\n", ABOVE + c->high + BELOW, c->from, c->to);
    fprintf(d->var, "left = %g\nright = %g\nbottom = %g\ntop = %g\n", c->left, c->right, c->bottom, c->top);
}

static void write_words(struct draw *d, const struct measurement *m, const struct roofline *c, const char *op)
{
    char text[300], cpu[128], tail[160];
    snprintf(text, sizeof text, "%s under the roofs of one run", op);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d->var, "heading", text);
    int shapes = 1;
    for (int i = 0; i < c->n; i++) shapes += strcmp(c->row[i]->shape, c->shape) != 0;
    snprintf(tail, sizeof tail, ", %d thread%s%s; %s%s%s", c->threads, c->threads > 1 ? "s" : "",
             m->quick ? ", quick run: not for quoting" : "", shapes > 1 ? "large: " : "", c->shape,
             shapes > 1 ? ", small: the other shapes" : "");
    snprintf(cpu, sizeof cpu, "%s", m->cpu);
    width_fit(cpu, 14, fmax(WIDE - 2 * EDGE - width_of(tail, 14), 120));
    snprintf(text, sizeof text, "%s%s", cpu, tail);
    width_fit(text, 14, WIDE - 2 * EDGE);
    draw_text(d->var, "machine", text);
    pick_footnote(c->row, c->n, text, sizeof text);
    width_fit(text, 12, WIDE - 2 * EDGE);
    draw_text(d->var, "footnote", text);
}

int roofline_draw(const struct measurement *m, const char *op, const char *shape, const char *out)
{
    static struct free_room room;
    struct roofline c;
    struct slant slant[4];
    struct flat flat[FLATS];
    struct draw d;
    char name[DRAW_NAME];
    if (!collect(&c, &m->rows, op, shape)) return 0;
    draw_name(name, m->stem, "roofline", op, shape);
    if (!draw_open(&d, name)) return -1;
    write_words(&d, m, &c, op);
    write_layout(&d, &c);
    int slants = write_slants(&d, &c, &m->rows, slant), flats = write_flats(&d, &c, &m->rows, flat);
    free_begin(&room, c.to - c.from, c.high);
    write_points(&d, &c, &room);
    for (int k = 0; k < slants; k++) {
        struct line l = line_of(&c, c.left, c.left * slant[k].bytes, c.peak / slant[k].bytes, c.peak);
        free_take_line(&room, &l);
    }
    for (int k = 0; k < flats; k++) {
        struct line l = line_of(&c, flat[k].knee, flat[k].peak, c.right, flat[k].peak);
        free_take_line(&room, &l);
    }
    free_take_label(&room, &(struct box){ 0, 0, 7, room.high }); /* the axes' tic marks */
    free_take_label(&room, &(struct box){ 0, 0, room.wide, 7 });
    name_flats(&d, &c, &room, flat, flats);
    name_slants(&d, &c, &room, slant, slants);
    return draw_close(&d, "roofline", out) ? 1 : -1;
}
