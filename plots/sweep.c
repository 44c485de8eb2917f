/* sweep.c - the cells of a sweep of settings, the best first: a row each, with a dot for every training,
 * their mean, and a line of one deviation to both sides; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/memory.h"
#include "axis.h"
#include "draw.h"
#include "ascii_chart.h"
#include "width.h"

/* Pixels of plots/sweep.gp: the picture's width, its edge, what is between its columns, the widest name of a
 * cell; and the most rows of a picture */
enum { WIDE = 820, EDGE = 12, GAP = 9, LABEL = 420, ROWS = 40 };

static void add(struct sweep_cell *c, double accuracy)
{
    if (isnan(accuracy)) {
        c->diverged++;
        return;
    }
    double *more = memory_need((size_t)c->n + 1, sizeof *more);
    if (c->n) memcpy(more, c->accuracy, (size_t)c->n * sizeof *more);
    free(c->accuracy);
    c->accuracy = more;
    c->accuracy[c->n++] = accuracy;
}

static struct sweep_cell *cell_of(struct sweep *s, const char *name)
{
    for (int k = 0; k < s->n; k++)
        if (!strcmp(s->cell[k].name, name)) return &s->cell[k];
    struct sweep_cell *c = &s->cell[s->n++];
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

static void measure(struct sweep_cell *c)
{
    double squares = 0;
    for (int k = 0; k < c->n; k++) c->mean += c->accuracy[k] / c->n;
    for (int k = 0; k < c->n; k++) squares += (c->accuracy[k] - c->mean) * (c->accuracy[k] - c->mean);
    if (c->n > 1) c->deviation = sqrt(squares / (c->n - 1));
}

/* the best first; a cell of which a training diverged is behind all others */
static int compare(const void *p, const void *q)
{
    const struct sweep_cell *a = p, *b = q;
    if (!a->diverged != !b->diverged) return a->diverged ? 1 : -1;
    return a->n && b->n ? (a->mean < b->mean) - (a->mean > b->mean) : !a->n - !b->n;
}

int sweep_read(struct sweep *s, const char *path, char *error)
{
    struct csv t;
    *s = (struct sweep){ 0 };
    if (!csv_read(&t, path, error)) return 0;
    const int cell = csv_column(&t, "cell"), accuracy = csv_column(&t, "validation_accuracy"),
              network = csv_column(&t, "network");
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (cell < 0 || accuracy < 0 || network < 0) {
        snprintf(error, 256, "%.150s has no columns cell, validation_accuracy and network", path);
        csv_free(&t);
        return 0;
    }
    snprintf(s->stem, sizeof s->stem, "%.*s", (int)strcspn(name, "."), name);
    s->cell = memory_need((size_t)t.rows + 1, sizeof *s->cell);
    for (int k = 0; k < t.rows; k++) {
        const double x = csv_number(&t, k, accuracy);
        add(cell_of(s, csv_cell(&t, k, cell)), x >= 0 && x <= 1 ? 100 * x : nan(""));
        snprintf(s->network, sizeof s->network, "%s", csv_cell(&t, k, network));
    }
    for (int k = 0; k < s->n; k++) measure(&s->cell[k]);
    qsort(s->cell, (size_t)s->n, sizeof *s->cell, compare);
    csv_free(&t);
    return 1;
}

void sweep_free(struct sweep *s)
{
    for (int k = 0; k < s->n; k++) free(s->cell[k].accuracy);
    free(s->cell);
    *s = (struct sweep){ 0 };
}

/* 0 if no training has a result. The axis holds every dot and every line, with some room. */
static int extent_of(const struct sweep *s, int rows, double *low, double *high)
{
    *low = 100, *high = 0;
    for (int k = 0; k < rows; k++)
        for (int i = 0; i < s->cell[k].n; i++) {
            *low = fmin(*low, fmin(s->cell[k].accuracy[i], s->cell[k].mean - s->cell[k].deviation));
            *high = fmax(*high, fmax(s->cell[k].accuracy[i], s->cell[k].mean + s->cell[k].deviation));
        }
    const double room = fmax(0.05 * (*high - *low), 0.01);
    if (*high < *low) return 0;
    *low = fmax(*low - room, 0), *high += room;
    return 1;
}

/* ---- pictures ---- */

struct words {
    char name[SWEEP_NAME], result[64];
};

static void words_of(const struct sweep_cell *c, struct words *w)
{
    snprintf(w->name, sizeof w->name, "%s", c->name);
    width_fit(w->name, 14, LABEL);
    size_t used = 0;
    *w->result = '\0';
    if (c->n) used = (size_t)snprintf(w->result, sizeof w->result, "%.2f %%", c->mean);
    if (c->n > 1)
        used += (size_t)snprintf(w->result + used, sizeof w->result - used, " ± %.2f", c->deviation);
    if (c->diverged)
        snprintf(w->result + used, sizeof w->result - used, "%s%d diverged", used ? ", " : "", c->diverged);
}

static void write_words(struct draw *d, const struct sweep *s, int rows)
{
    char text[300], more[60] = "";
    int least = s->cell[0].n, most = least;
    for (int k = 0; k < rows; k++) {
        const int n = s->cell[k].n + s->cell[k].diverged;
        least = n < least ? n : least, most = n > most ? n : most;
    }
    if (rows < s->n) snprintf(more, sizeof more, ", the best %d of %d cells", rows, s->n);
    snprintf(text, sizeof text, "%s: settings and what they reach%s", s->network, more);
    width_fit(text, 16, WIDE - 2 * EDGE);
    draw_text(d->var, "heading", text);
    draw_text(d->var, "machine",
              most > 1 ? "a dot for each seed, their mean, and one deviation to both sides"
                       : "one training each: how far chance moves these figures is not known");
    draw_text(d->var, "xname", "% of the images that validate are right");
}

static void write_rows(struct draw *d, const struct sweep *s, int rows)
{
    struct words w;
    for (int k = 0; k < rows; k++)
        for (int i = 0; i < s->cell[k].n; i++) fprintf(d->dat, "%d\t%.6g\n", k, s->cell[k].accuracy[i]);
    fputs("\n\n", d->dat);
    for (int k = 0; k < rows; k++) {
        const struct sweep_cell *c = &s->cell[k];
        words_of(c, &w);
        fprintf(d->dat, "%d\t%.6g\t%.6g\t%.6g\t", k, c->n ? c->mean : nan(""), c->mean - c->deviation,
                c->mean + c->deviation);
        draw_cell(d->dat, w.name, '\t');
        draw_cell(d->dat, w.result, '\n');
    }
    fprintf(d->var, "rows = %d\n", rows);
}

int sweep_draw(const struct sweep *s, const char *out)
{
    const int rows = s->n < ROWS ? s->n : ROWS;
    double low, high, name = 0, result = 0;
    char chart[DRAW_NAME];
    struct words w;
    struct draw d;
    if (!extent_of(s, rows, &low, &high)) return 0;
    snprintf(chart, sizeof chart, "%s", s->stem);
    if (!draw_open(&d, chart)) return -1;
    for (int k = 0; k < rows; k++) {
        words_of(&s->cell[k], &w);
        name = fmax(name, width_of(w.name, 14));
        result = fmax(result, width_of(w.result, 13));
    }
    write_words(&d, s, rows);
    write_rows(&d, s, rows);
    const double left = EDGE + name + GAP, right = WIDE - EDGE - result - GAP;
    struct axis x = { .low = low, .high = high, .pixels = right - left, .size = 14, .room = GAP };
    axis_write(d.var, "marks", &x);
    fprintf(d.var, "left = %g\nright = %g\nlow = %.6g\nhigh = %.6g\n", left, right, low, high);
    return draw_close(&d, "sweep", out) ? 1 : -1;
}

/* ---- text ---- */

int sweep_print(const struct sweep *s)
{
    struct text_bar bar[TEXT_BARS];
    const int n = s->n < TEXT_BARS ? s->n : TEXT_BARS;
    double low, high;
    char title[200];
    if (!extent_of(s, n, &low, &high)) return 0;
    for (int k = 0; k < n; k++) {
        const struct sweep_cell *c = &s->cell[k];
        bar[k] = (struct text_bar){ .value = c->n ? c->mean : 0,
                                    .low = c->mean - c->deviation,
                                    .high = c->mean + c->deviation };
        snprintf(bar[k].label, sizeof bar[k].label, "%.63s", c->name);
        if (c->diverged)
            snprintf(bar[k].remark, sizeof bar[k].remark, "%d diverged", c->diverged);
        else if (c->n > 1)
            snprintf(bar[k].remark, sizeof bar[k].remark, "+-%.2f", c->deviation);
    }
    snprintf(title, sizeof title, "\n%.100s: %% of the images that validate are right", s->network);
    text_bars(title, bar, n);
    return 1;
}
