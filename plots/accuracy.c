/* accuracy.c - the accuracy-speed plane: how long does an element take, and how exact is it? See charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "text.h"

/* WIDE, HIGH: pixels of the area of a panel in plots/accuracy.gp; LETTER, LINE: of the labels there */
enum { MAX_POINTS = 48, MAX_PANELS = 2, WIDE = 658, HIGH = 262, LETTER = 9, LINE = 15 };

/* An error below is drawn here: the logarithm of 0 is nowhere. */
static const double lowest = 0.01;

struct point {
    const struct row *row;
    char label[48];
    double x, y; /* ns an element, ulp */
    /* the label's left end, middle and width, in pixels from the area's lower left corner; whether it stands left of the
     * point, and away from it, with a line to it */
    double label_x, label_y, wide;
    int on_left, moved;
};

struct panel {
    const char *argument;
    int n;
    struct point point[MAX_POINTS];
    double left, right, bottom, top; /* of the axes */
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
        *q = (struct point){ .row = all[i], .x = x, .y = fmax(error->ulp, lowest) };
        if (all[i]->threads > 1)
            snprintf(q->label, sizeof q->label, "%.20s, %d threads", all[i]->rung, all[i]->threads);
        else
            snprintf(q->label, sizeof q->label, "%.30s", all[i]->rung);
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

struct box {
    double left, bottom, right, top; /* in pixels */
};

static double across(const struct panel *p, double x)
{
    return WIDE * log(x / p->left) / log(p->right / p->left);
}

static double up(const struct panel *p, double y)
{
    return HIGH * log(y / p->bottom) / log(p->top / p->bottom);
}

static int meets(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->bottom < b->top && b->bottom < a->top;
}

static int is_free(const struct box *box, const struct box *taken, int n)
{
    if (box->left < 0 || box->right > WIDE || box->bottom < 0 || box->top > HIGH) return 0;
    for (int i = 0; i < n; i++)
        if (meets(box, &taken[i])) return 0;
    return 1;
}

static void place_labels(struct panel *p)
{
    struct box taken[2 * MAX_POINTS + 1];
    int n = 0;
    taken[n++] = (struct box){ 0, up(p, 0.5) - 1, WIDE, up(p, 0.5) + 1 }; /* the dashed line */
    for (int i = 0; i < p->n; i++) {
        double x = across(p, p->point[i].x), y = up(p, p->point[i].y);
        taken[n++] = (struct box){ x - 5, y - 5, x + 5, y + 5 };
    }
    for (int i = 0; i < p->n; i++) {
        struct point *q = &p->point[i];
        double x = across(p, q->x), y = up(p, q->y);
        struct box box = { 0 };
        q->wide = LETTER * (double)strlen(q->label);
        /* to the right of the point, to its left, then so in steps above and below */
        for (int step = 0, found = 0; step < 12 && !found; step++)
            for (int way = 0; way < 4 && !found; way++) {
                double middle = y + (way < 2 ? 1 : -1) * (LINE + 1) * step;
                q->on_left = way % 2;
                q->moved = step > 0;
                q->label_x = q->on_left ? x - 9 - q->wide : x + 9;
                q->label_y = middle;
                box = (struct box){ q->label_x, middle - LINE / 2.0, q->label_x + q->wide,
                                    middle + LINE / 2.0 };
                found = is_free(&box, taken, n);
            }
        taken[n++] = box;
    }
}

/* ---- pictures ---- */

static void write_point(struct draw *d, const struct point *q, int number)
{
    char name[32];
    double near = q->on_left ? q->label_x + q->wide : q->label_x;
    fprintf(d->dat, "%g\t%g\n\n\n", q->x, q->y);
    fprintf(d->var, "style%d = %d\nx%d = %g\ny%d = %g\n", number, pick_style(q->row), number, q->x, number,
            q->y);
    fprintf(d->var, "left%d = %d\nmoved%d = %d\n", number, q->on_left, number, q->moved);
    fprintf(d->var, "labelx%d = %g\nlabely%d = %g\n", number, near / WIDE, number, q->label_y / HIGH);
    snprintf(name, sizeof name, "name%d", number);
    draw_text(d->var, name, q->label);
}

static void write_panel(struct draw *d, struct panel *p, int number, int *block)
{
    place_labels(p);
    fprintf(d->var, "from%d = %g\nto%d = %g\nbottom%d = %g\ntop%d = %g\n", number, p->left, number, p->right,
            number, p->bottom, number, p->top);
    fprintf(d->var, "first%d = %d\nlast%d = %d\nslope%d = %d\nargument%d = '%s'\n", number, *block, number,
            *block + p->n - 1, number, strcmp(p->argument, "y") != 0, number, p->argument);
    for (int i = 0; i < p->n; i++) write_point(d, &p->point[i], (*block)++);
}

static double widest_step(const struct ulp_rows *errors, const char *op)
{
    double step = 0;
    for (const struct ulp_row *e = errors->row; e < errors->row + errors->n; e++)
        if (!strcmp(e->op, op) && !strstr(e->rung, "_threads")) step = fmax(step, e->step);
    return step;
}

int accuracy_draw(const struct measurement *m, const struct ulp_table *t, const char *op, const char *shape,
                  const char *out)
{
    struct panel panel[MAX_PANELS];
    struct draw d;
    char name[160], text[320];
    const char *at = shape ? shape : pick_shape(&m->rows, op);
    int n = collect_all(panel, &m->rows, &t->rows, op, at), block = 0;
    if (!n) return 0;
    snprintf(name, sizeof name, "%.60s_accuracy_%.39s%s%.39s", m->stem, op, shape ? "_" : "",
             shape ? shape : "");
    if (!draw_open(&d, name)) return -1;
    snprintf(text, sizeof text, "%s %s: time an element and largest error", op, at);
    draw_text(d.var, "heading", text);
    snprintf(text, sizeof text, "%s%s", m->cpu, m->quick ? ", quick run: not for quoting" : "");
    draw_text(d.var, "machine", text);
    double step = widest_step(&t->rows, op);
    if (step > 1)
        snprintf(text, sizeof text, "errors over one in %.0f floats", step);
    else
        snprintf(text, sizeof text, "errors over all 2^32 floats");
    draw_text(d.var, "errors", text);
    fprintf(d.var, "panels = %d\n", n);
    for (int p = 0; p < n; p++) write_panel(&d, &panel[p], p + 1, &block);
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
        snprintf(name[i], sizeof name[i], "%.30s, %.3g ns, %.3g ulp", q->label, q->x, q->y);
        curve[i] = (struct text_curve){ name[i], 1, &q->x, &q->y };
    }
    snprintf(title, sizeof title, "\n%s %s: speed and accuracy (both scales are logarithmic)", op, shape);
    struct text_axes axes = { .title = title,
                              .x = "ns an element",
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
