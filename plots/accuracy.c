/* accuracy.c - the accuracy-speed plane: how long does an element take, and how exact is it? See charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "draw.h"
#include "free.h"
#include "ascii_chart.h"
#include "width.h"

/* Pixels of plots/accuracy.gp: the picture's width, its edge, what an area leaves at its right for "22 bits";
 * the smallest and the largest height of an area; the height of a label there, its distance from its point,
 * and its font */
enum {
    MAX_POINTS = 48,
    MAX_PANELS = 2,
    WIDE = 820,
    EDGE = 12,
    BITS = 74,
    LOW = 262,
    HIGH = 1000,
    LINE = 15,
    NEAR = 9,
    SMALL = 13
};

/* An error below is drawn here, for the logarithm of 0 is nowhere; one above has no right bit, and its label
 * says how large it is. */
static const double lowest = 0.01, highest = 1e8;

struct point {
    const struct row *row;
    char label[80];
    double x, y; /* ns per element, ulp */
    /* the label's left end, middle and width, in pixels from the area's lower left corner; whether it is left
     * of the point, away from it, with a line to it, or nowhere */
    double label_x, label_y, wide;
    int on_left, moved, lost;
};

struct panel {
    const char *argument;
    int n;
    struct point point[MAX_POINTS];
    double left, right, bottom, top; /* of the axes                             */
    double from, wide, high;         /* of the area, in pixels: left end, width, height */
};

static double elements_of(const char *shape)
{
    double n = 1;
    char *end;
    for (;; shape = end + 1) {
        n *= strtod(shape, &end);
        if (*end != 'x') return n;
    }
}

/* NULL if the table does not know it */
static const struct ulp_row *error_of(const struct ulp_rows *errors, const char *op, const char *argument,
                                      const char *rung)
{
    for (const struct ulp_row *e = errors->row; e < errors->row + errors->n; e++)
        if (isnan(e->low) && !strcmp(e->op, op) && !strcmp(e->argument, argument) && !strcmp(e->rung, rung))
            return e;
    return NULL;
}

/* A rung for threads on one thread is the rung before it once more. */
static int is_worth_a_point(const struct row *const *all, int n, const struct row *row)
{
    if (row->kind != ROW_RUNG || !strstr(row->rung, "_threads")) return 1;
    for (int i = 0; i < n; i++)
        if (all[i]->threads > row->threads && !strcmp(all[i]->rung, row->rung)) return 0;
    return 1;
}

/* 0 if there is nothing to show */
static int collect(struct panel *p, const struct rows *r, const struct ulp_rows *errors, const char *op,
                   const char *argument, const char *shape)
{
    const struct row *all[PICK_MAX];
    int n = pick_rows(r, op, shape, 0, all);
    double worst = 0;
    memset(p, 0, sizeof *p);
    p->argument = argument;
    p->left = p->bottom = (double)INFINITY;
    for (int i = 0; i < n && p->n < MAX_POINTS; i++) {
        const struct ulp_row *error = error_of(errors, op, argument, all[i]->rung);
        double x = 1e9 * all[i]->seconds / elements_of(shape);
        if (!error || !isfinite(error->ulp) || !(x > 0) || !is_worth_a_point(all, n, all[i])) continue;
        struct point *q = &p->point[p->n++];
        *q = (struct point){ .row = all[i], .x = x, .y = fmin(fmax(error->ulp, lowest), highest) };
        pick_label(all[i], q->label, sizeof q->label);
        if (error->ulp > highest)
            snprintf(q->label + strlen(q->label), sizeof q->label - strlen(q->label), ": %.0e ulp",
                     error->ulp);
        width_fit(q->label, SMALL, WIDE / 3.0);
        p->left = fmin(p->left, x);
        p->right = fmax(p->right, x);
        p->bottom = fmin(p->bottom, q->y);
        p->top = fmax(p->top, q->y);
        worst = fmax(worst, error->ulp);
    }
    p->left /= 1.6, p->right *= 2.4;
    p->bottom = fmin(p->bottom / 3, 0.1), p->top = fmax(p->top * 4, 20);
    return p->n > 1 && worst > 0;
}

static const char *const arguments[] = { "y", "dx", "s" };

static int collect_all(struct panel *panel, const struct rows *r, const struct ulp_rows *errors,
                       const char *op, const char *shape)
{
    int n = 0;
    for (int a = 0; shape && a < 3 && n < MAX_PANELS; a++)
        n += collect(&panel[n], r, errors, op, arguments[a], shape);
    return n;
}

/* ---- where the labels go: the first place beside the point that is still free ---- */

static double across(const struct panel *p, double x)
{
    return p->wide * log(x / p->left) / log(p->right / p->left);
}

static double up(const struct panel *p, double y)
{
    return p->high * log(y / p->bottom) / log(p->top / p->bottom);
}

/* Is there room for the label so many steps above (way 0 and 1) or below its point, to the right of it or
 * (way 1 and 3) to the left, and so far away? */
static int try_place(const struct panel *p, struct free_room *f, struct point *q, int step, int way,
                     double away)
{
    double x = across(p, q->x), y = up(p, q->y);
    q->on_left = way % 2;
    q->moved = step > 0 || away > NEAR;
    q->label_x = q->on_left ? x - away - q->wide : x + away;
    q->label_y = y + (way < 2 ? 1 : -1) * (LINE + 1) * step;
    struct box box = { q->label_x - 1, q->label_y - LINE / 2.0, q->label_x + q->wide + 1,
                       q->label_y + LINE / 2.0 };
    struct line leader = { x, y, q->on_left ? q->label_x + q->wide + 2 : q->label_x - 2, q->label_y };
    if (!free_for_label(f, &box) || (q->moved && !free_for_line(f, &leader))) return 0;
    free_take_label(f, &box);
    if (q->moved) free_take_line(f, &leader);
    return 1;
}

/* The nearest place of all */
static int find_place(const struct panel *p, struct free_room *f, struct point *q)
{
    for (int step = 0; step < p->high / LINE; step++)
        for (int way = 0; way < 4; way++)
            for (double away = NEAR; away < 6 * NEAR; away += NEAR)
                if (try_place(p, f, q, step, way, away)) return 1;
    return 0;
}

/* Places the labels in that order; returns the last that has no place, or -1. */
static int place_labels(struct panel *p, const int *order)
{
    static struct free_room room;
    int lost = -1;
    free_begin(&room, p->wide, p->high);
    for (int i = 0; i < p->n; i++) free_take_point(&room, across(p, p->point[i].x), up(p, p->point[i].y), 6);
    struct line half = { 0, up(p, 0.5), p->wide, up(p, 0.5) }; /* the dashed line */
    free_take_line(&room, &half);
    free_take_label(&room, &(struct box){ 0, 0, 7, p->high }); /* the tic marks */
    free_take_label(&room, &(struct box){ 0, 0, p->wide, 7 });
    free_take_label(&room, &(struct box){ p->wide - 7, 0, p->wide, p->high });
    for (int i = 0; i < p->n; i++) {
        struct point *q = &p->point[order[i]];
        q->wide = width_of(q->label, SMALL);
        q->lost = !find_place(p, &room, q);
        if (q->lost) lost = i;
    }
    return lost;
}

/* A label without a place chooses first in the next attempt; after so many the area becomes higher. */
static void make_room(struct panel *p)
{
    enum { ATTEMPTS = 12 };
    int order[MAX_POINTS], lost;
    for (int i = 0; i < p->n; i++) order[i] = i;
    for (p->high = LOW; p->high < HIGH; p->high *= 1.2)
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if ((lost = place_labels(p, order)) < 0) return;
            int first = order[lost];
            memmove(order + 1, order, (size_t)lost * sizeof *order);
            *order = first;
        }
    p->high /= 1.2;
}

/* ---- pictures ---- */

static void write_point(struct draw *d, const struct panel *p, const struct point *q, int number)
{
    char name[32];
    double near = q->on_left ? q->label_x + q->wide : q->label_x;
    fprintf(d->dat, "%g\t%g\n\n\n", q->x, q->y);
    fprintf(d->var, "style%d = %d\nx%d = %g\ny%d = %g\n", number, pick_style(q->row), number, q->x, number,
            q->y);
    fprintf(d->var, "left%d = %d\nmoved%d = %d\n", number, q->on_left, number, q->moved && !q->lost);
    fprintf(d->var, "labelx%d = %g\nlabely%d = %g\n", number, near / p->wide, number, q->label_y / p->high);
    snprintf(name, sizeof name, "name%d", number);
    draw_text(d->var, name, q->lost ? "" : q->label);
}

/* An error of so many ulp is less than 2^(log2(ulp) - 23) of the value. */
static void write_bits(struct draw *d, const struct panel *p, int number)
{
    static const int bits[] = { 22, 20, 16, 12, 8, 4 };
    double last = -LINE;
    const char *comma = "";
    fprintf(d->var, "bits%d = '(", number);
    for (int i = 0; i < 6; i++) {
        double at = ldexp(1, 23 - bits[i]), y = up(p, at);
        if (at <= p->bottom || at >= p->top || y < last + LINE) continue;
        fprintf(d->var, "%s\"%d bits\" %g", comma, bits[i], at);
        comma = ", ", last = y;
    }
    fputs(")'\n", d->var);
}

/* Where the panel's area is, below `above` pixels, and its axes */
static void write_area(struct draw *d, struct panel *p, int number, double above)
{
    char name[32];
    struct axis x = { .low = p->left, .high = p->right, .log = 1, .pixels = p->wide, .size = 14, .room = 14 };
    struct axis y = {
        .low = p->bottom, .high = p->top, .log = 1, .pixels = p->high, .size = 14, .upright = 1, .prefixes = 1
    };
    snprintf(name, sizeof name, "xmarks%d", number);
    axis_write(d->var, name, &x);
    snprintf(name, sizeof name, "ymarks%d", number);
    axis_write(d->var, name, &y);
    write_bits(d, p, number);
    fprintf(d->var, "area%d = %g\nside%d = %g\nupper%d = %g\nlower%d = %g\n", number, p->from, number,
            p->from + p->wide, number, above, number, above + p->high);
    fprintf(d->var, "from%d = %g\nto%d = %g\nbottom%d = %g\ntop%d = %g\n", number, p->left, number, p->right,
            number, p->bottom, number, p->top);
}

/* Returns how many labels have no place. */
static int write_panel(struct draw *d, struct panel *p, int number, double above, int *block)
{
    int lost = 0;
    write_area(d, p, number, above);
    fprintf(d->var, "first%d = %d\nlast%d = %d\nslope%d = %d\nargument%d = '%s'\n", number, *block, number,
            *block + p->n - 1, number, strcmp(p->argument, "y") != 0, number, p->argument);
    for (int i = 0; i < p->n; i++) {
        lost += p->point[i].lost;
        write_point(d, p, &p->point[i], (*block)++);
    }
    return lost;
}

static double widest_step(const struct ulp_rows *errors, const char *op)
{
    double step = 0;
    for (const struct ulp_row *e = errors->row; e < errors->row + errors->n; e++)
        if (!strcmp(e->op, op) && !strstr(e->rung, "_threads")) step = fmax(step, e->step);
    return step;
}

static void write_words(struct draw *d, const struct measurement *m, const struct ulp_table *t,
                        const char *op, const char *shape, const struct panel *panel)
{
    char text[320], cpu[128], tail[120];
    const struct row *row[MAX_POINTS];
    snprintf(text, sizeof text, "%s %s: time per element and largest error", op, shape);
    if (width_of(text, 16) > WIDE - 2 * EDGE) snprintf(text, sizeof text, "%s %s", op, shape);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d->var, "heading", text);
    double step = widest_step(&t->rows, op);
    int n = snprintf(tail, sizeof tail, "%s; errors over ", m->quick ? ", quick run: not for quoting" : "");
    if (step > 1)
        snprintf(tail + n, sizeof tail - (size_t)n, "one in %.0f floats; dashed: 0.5 ulp", step);
    else
        snprintf(tail + n, sizeof tail - (size_t)n, "all 2^32 floats; dashed: 0.5 ulp");
    snprintf(cpu, sizeof cpu, "%s", m->cpu);
    width_fit(cpu, 14, WIDE - 2 * EDGE - width_of(tail, 14));
    snprintf(text, sizeof text, "%s%s", cpu, tail);
    draw_text(d->var, "machine", text);
    for (int i = 0; i < panel->n; i++) row[i] = panel->point[i].row;
    pick_footnote(row, panel->n, text, sizeof text);
    width_fit(text, 12, WIDE - 2 * EDGE);
    draw_text(d->var, "footnote", text);
}

int accuracy_draw(const struct measurement *m, const struct ulp_table *t, const char *op, const char *shape,
                  const char *out)
{
    enum { HEADING = 64, BELOW = 64 };
    struct panel panel[MAX_PANELS];
    struct draw d;
    char name[DRAW_NAME];
    const char *at = shape ? shape : pick_shape(&m->rows, op);
    int n = collect_all(panel, &m->rows, &t->rows, op, at), block = 0, lost = 0;
    double height = HEADING;
    if (!n) return 0;
    draw_name(name, m->stem, "accuracy", op, shape);
    if (!draw_open(&d, name)) return -1;
    write_words(&d, m, t, op, at, panel);
    fprintf(d.var, "panels = %d\n", n);
    for (int p = 0; p < n; p++) {
        panel[p].from = EDGE + 28 + width_of("1000k", 14);
        panel[p].wide = WIDE - BITS - panel[p].from;
        make_room(&panel[p]);
        lost += write_panel(&d, &panel[p], p + 1, height, &block);
        height += panel[p].high + BELOW;
    }
    fprintf(d.var, "height = %d\n", (int)height / 2 * 2); /* the PNG has half as many again */
    if (lost)
        fprintf(stderr, "rungs plot: %s: %d points lie so close that their labels have no room\n", name,
                lost);
    return draw_close(&d, "accuracy", out) ? 1 : -1;
}

/* ---- text ---- */

static void print_panel(const struct panel *p, const char *op, const char *shape)
{
    struct text_curve curve[MAX_POINTS];
    char name[MAX_POINTS][80], title[160];
    int n = p->n < TEXT_CURVES ? p->n : TEXT_CURVES, slope = strcmp(p->argument, "y") != 0;
    for (int i = 0; i < n; i++) {
        const struct point *q = &p->point[i];
        if (q->y < highest)
            snprintf(name[i], sizeof name[i], "%.30s, %.3g ns, %.3g ulp", q->label, q->x, q->y);
        else
            snprintf(name[i], sizeof name[i], "%.50s, %.3g ns", q->label, q->x);
        curve[i] = (struct text_curve){ name[i], 1, &q->x, &q->y };
    }
    snprintf(title, sizeof title, "\n%s %s: speed and accuracy (both scales are logarithmic)", op, shape);
    struct text_axes axes = { .title = title,
                              .x = "ns per element",
                              .y = slope ? "ulp of 1" : "ulp",
                              .log_x = 1,
                              .top = p->top,
                              .bottom = p->bottom };
    text_curves(&axes, curve, n);
}

int accuracy_print(const struct rows *r, const struct ulp_rows *errors, const char *op, const char *shape)
{
    struct panel panel[MAX_PANELS];
    const char *at = shape ? shape : pick_shape(r, op);
    int n = collect_all(panel, r, errors, op, at);
    for (int p = 0; p < n; p++) print_panel(&panel[p], op, at);
    return n > 0;
}
