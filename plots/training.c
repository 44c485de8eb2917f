/* training.c - loss and accuracy of one training over its epochs, on the images that it trains on and on
 * those that validate; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/memory.h"
#include "ascii_chart.h"
#include "axis.h"
#include "draw.h"
#include "width.h"

/* Pixels of plots/training.gp: what is between its parts, the right ends of its two areas, and their
 * height */
enum { EDGE = 12, NAME = 28, MIDDLE = 400, RIGHT = 800, HIGH = 290 };

static double *room(int n)
{
    return memory_need((size_t)n + 1, sizeof(double));
}

int training_log_read(struct training_log *l, const char *path, char *error)
{
    static const char *const column[TRAINING_COLUMNS] = { "epoch", "loss", "accuracy", "validation_loss",
                                                          "validation_accuracy" };
    struct csv t;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    *l = (struct training_log){ 0 };
    if (!csv_read(&t, path, error)) return 0;
    snprintf(l->stem, sizeof l->stem, "%.*s", (int)strcspn(name, "."), name);
    l->n = t.rows;
    for (int c = 0; c < TRAINING_COLUMNS; c++) {
        const int at = csv_column(&t, column[c]);
        l->value[c] = room(t.rows);
        for (int k = 0; k < t.rows; k++)
            l->value[c][k] = (at < 0 ? nan("") : csv_number(&t, k, at)) * (c == 2 || c == 4 ? 100 : 1);
    }
    csv_free(&t);
    return 1;
}

void training_log_free(struct training_log *l)
{
    for (int c = 0; c < TRAINING_COLUMNS; c++) free(l->value[c]);
    *l = (struct training_log){ 0 };
}

/* A panel: two of the columns against the epochs */
struct panel {
    const char *title;
    const double *train, *validation;
    double low, high;
};

/* Where the axis ends. Both begin high or low, and what matters is what comes then: the worst of it is that
 * of the first tenth of the rows, from which on all are in the picture. */
static void limit(struct panel *p, int n)
{
    p->low = HUGE_VAL, p->high = -HUGE_VAL;
    for (int k = n / 10; k < n; k++) {
        p->low =
            fmin(p->low, fmin(p->train[k], p->validation[k])); /* of a NaN and a number fmin is the number */
        p->high = fmax(p->high, fmax(p->train[k], p->validation[k]));
    }
    const double more = fmax(0.05 * (p->high - p->low), 1e-3 * fabs(p->high));
    p->low = fmax(p->low - more, 0);
    p->high += more > 0 ? more : 1;
}

/* 0 if there is nothing to draw */
static int panels_of(const struct training_log *l, struct panel panel[2])
{
    panel[0] = (struct panel){ .title = "mean loss", .train = l->value[1], .validation = l->value[3] };
    panel[1] = (struct panel){ .title = "% right", .train = l->value[2], .validation = l->value[4] };
    for (int p = 0; p < 2; p++) {
        limit(&panel[p], l->n);
        if (!(panel[p].low < panel[p].high) || !isfinite(panel[p].low)) return 0;
    }
    panel[1].high = fmin(panel[1].high, 100.5);
    return l->n > 1 && l->value[0][l->n - 1] > l->value[0][0];
}

static int validates(const struct training_log *l)
{
    for (int k = 0; k < l->n; k++)
        if (!isnan(l->value[3][k])) return 1;
    return 0;
}

int training_log_draw(const struct training_log *l, const char *out)
{
    struct panel panel[2];
    struct draw d;
    char name[DRAW_NAME], heading[120];
    if (!panels_of(l, panel)) return 0;
    snprintf(name, sizeof name, "%s_training", l->stem);
    if (!draw_open(&d, name)) return -1;
    snprintf(heading, sizeof heading, "Loss and accuracy of %s", l->stem);
    width_fit(heading, 16, RIGHT - 2 * EDGE);
    draw_text(d.var, "heading", heading);
    fprintf(d.var, "validates = %d\nlast = %.6g\n", validates(l), l->value[0][l->n - 1]);
    for (int p = 0; p < 2; p++) {
        char marks[2][16], text[16];
        snprintf(marks[0], sizeof marks[0], "xmarks%d", p + 1);
        snprintf(marks[1], sizeof marks[1], "ymarks%d", p + 1);
        struct axis y = { panel[p].low, panel[p].high, .pixels = HIGH, .size = 14, .upright = 1 };
        const double begin = p ? MIDDLE : 0, to = p ? RIGHT : MIDDLE - EDGE,
                     from = begin + EDGE + NAME + axis_write(d.var, marks[1], &y);
        struct axis x = { .high = l->value[0][l->n - 1], .pixels = to - from, .size = 14, .room = 14 };
        axis_write(d.var, marks[0], &x);
        snprintf(text, sizeof text, "yname%d", p + 1);
        draw_text(d.var, text, panel[p].title);
        fprintf(d.var, "begin%d = %g\nfrom%d = %g\nto%d = %g\nlow%d = %.6g\nhigh%d = %.6g\n", p + 1, begin,
                p + 1, from, p + 1, to, p + 1, panel[p].low, p + 1, panel[p].high);
        for (int k = 0; k < l->n; k++) fprintf(d.dat, "%.6g\t%.6g\n", l->value[0][k], panel[p].train[k]);
        fputs("\n\n", d.dat);
        for (int k = 0; k < l->n; k++)
            if (!isnan(panel[p].validation[k]))
                fprintf(d.dat, "%.6g\t%.6g\n", l->value[0][k], panel[p].validation[k]);
        if (!validates(l)) fputs("NaN\tNaN\n", d.dat);
        fputs("\n\n", d.dat);
    }
    return draw_close(&d, "training", out) ? 1 : -1;
}

/* On logarithmic axes, which show small losses, and of accuracy what is wrong: few rows of characters tell
 * 97 % from 98 % there. */
int training_log_print(const struct training_log *l)
{
    struct panel panel[2];
    if (!panels_of(l, panel)) return 0;
    double *wrong = room(2 * l->n);
    for (int p = 0; p < 2; p++) {
        char title[100];
        const double *train = panel[p].train, *validation = panel[p].validation;
        struct text_axes axes = { .title = title, .x = "epochs", .y = "mean loss" };
        if (p) {
            for (int k = 0; k < l->n; k++) wrong[k] = 100 - train[k], wrong[l->n + k] = 100 - validation[k];
            train = wrong, validation = wrong + l->n;
            axes.y = "% wrong";
        }
        axes.bottom = HUGE_VAL;
        for (int k = l->n / 10; k < l->n; k++) axes.top = fmax(axes.top, fmax(train[k], validation[k]));
        for (int k = 0; k < l->n; k++)
            axes.bottom = fmin(axes.bottom, fmin(train[k] > 0 ? train[k] : HUGE_VAL,
                                                 validation[k] > 0 ? validation[k] : HUGE_VAL));
        if (!(axes.bottom < axes.top)) axes.bottom = 0;
        const struct text_curve curve[2] = { { "training", l->n, l->value[0], train },
                                             { "validation", l->n, l->value[0], validation } };
        snprintf(title, sizeof title, "\n%s: %s", l->stem, p ? "accuracy" : "loss");
        text_curves(&axes, curve, 1 + validates(l));
    }
    free(wrong);
    return 1;
}
