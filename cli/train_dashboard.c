/* train_dashboard.c - a training on a terminal; see train_dashboard.h. */
#include "train_dashboard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/frame.h"
#include "../base/memory.h"

enum { LINES = 5, LINE = 200, BESIDE = 10, LEAST_COLUMNS = 24, LEAST_HIGH = 3, MOST_HIGH = 14, BAR = 40 };

struct point {
    double epoch, value[2][2]; /* loss and accuracy in %; of the training and of the validation, or NaN */
};

struct dashboard {
    struct progress *progress;
    struct progress_painter painter;
    struct frame frame;
    char title[LINE], status[LINE], line[LINES][LINE]; /* the last of them is the newest */
    int lines;                                         /* so many of them are there        */
    double done;
    int n, room;
    struct point *point; /* (n) */
};

/* ---- a chart ---- */

/* The values of a chart's axis. Beginnings are far from what comes then, and stand at an end of it: it is
 * that of all but the first tenth. */
static void limits(const struct dashboard *d, int chart, double *low, double *high)
{
    *low = HUGE_VAL, *high = -HUGE_VAL;
    for (int k = d->n / 10; k < d->n; k++)
        for (int v = 0; v < 2; v++) {
            *low = fmin(*low, d->point[k].value[chart][v]); /* of a NaN and a number fmin is the number */
            *high = fmax(*high, d->point[k].value[chart][v]);
        }
    if (*high - *low < 1e-6 * fabs(*high) || *high <= *low) *high = *low + fmax(1e-6, 0.01 * fabs(*low));
}

/* area (high, wide): the curve of the training, or with v = 1 the points of the validation */
static void put_curve(const struct dashboard *d, int chart, int v, char *area, int high, int wide, double low,
                      double top)
{
    const double last = d->point[d->n - 1].epoch;
    double sum = 0;
    for (int k = 0, at = -1, count = 0; k < d->n; k++) {
        const int column = last > 0 ? (int)lround(d->point[k].epoch / last * (wide - 1)) : 0;
        if (isnan(d->point[k].value[chart][v])) continue;
        if (column != at) sum = 0, count = 0; /* several points in a column: their mean so far */
        for (int row = 0; column == at && row < high && !v; row++)
            if (area[row * wide + column] == '*') area[row * wide + column] = ' ';
        at = column;
        sum += d->point[k].value[chart][v];
        count++;
        const double up = fmin(fmax((sum / count - low) / (top - low), 0), 1);
        area[(int)lround((1 - up) * (high - 1)) * wide + column] = v ? 'o' : '*';
    }
}

static void put_chart(const struct dashboard *d, FILE *page, int chart, int high, int columns)
{
    static const char *const title[] = { "loss", "accuracy, %" };
    const int wide = columns - BESIDE;
    double low, top;
    char *area = memory_need((size_t)high * (size_t)wide, 1);
    limits(d, chart, &low, &top);
    memset(area, ' ', (size_t)high * (size_t)wide);
    put_curve(d, chart, 0, area, high, wide, low, top);
    put_curve(d, chart, 1, area, high, wide, low, top);
    fprintf(page, "%-*s* training   o validation\n", BESIDE + 6, title[chart]);
    for (int row = 0; row < high; row++) {
        char mark[16] = "";
        if (!row) snprintf(mark, sizeof mark, "%.4g", top);
        if (row == high - 1) snprintf(mark, sizeof mark, "%.4g", low);
        fprintf(page, "%*s |%.*s\n", BESIDE - 2, mark, wide, area + row * wide);
    }
    free(area);
}

/* ---- the page ---- */

static void put_bar(const struct dashboard *d, FILE *page, int columns)
{
    const int wide = columns - 2 < BAR ? columns - 2 : BAR, full = (int)(wide * fmin(fmax(d->done, 0), 1));
    fputc('[', page);
    for (int k = 0; k < wide; k++) fputc(k < full ? '=' : ' ', page);
    fputs("]\n", page);
}

/* Both charts if there is room, else one; below a few rows, or where nothing can be drawn yet, none */
static void draw(struct dashboard *d)
{
    FILE *page = frame_page(&d->frame);
    if (!page) return;
    const int columns = d->frame.columns, left = d->frame.rows - 3 - d->lines;
    int charts = left >= 2 * (LEAST_HIGH + 1) + 1 ? 2 : 1, high = (left - 1) / charts - 1;
    if (high > MOST_HIGH) high = MOST_HIGH;
    if (d->n < 2 || high < LEAST_HIGH || columns < LEAST_COLUMNS) charts = 0;
    fprintf(page, "%s\n", d->title);
    put_bar(d, page, columns);
    fprintf(page, "%s\n", d->status);
    for (int c = 0; c < charts; c++) put_chart(d, page, c, high, columns);
    if (charts)
        fprintf(page, "%*s 0%*.4g epochs\n", BESIDE, "", columns - BESIDE - 9, d->point[d->n - 1].epoch);
    for (int k = LINES - d->lines; k < LINES; k++) fprintf(page, "%s\n", d->line[k]);
    frame_show(&d->frame);
}

static void show(void *context, double done, const char *text)
{
    struct dashboard *d = context;
    d->done = done;
    snprintf(d->status, sizeof d->status, "%s", text);
    draw(d);
}

static void add_line(void *context, const char *text)
{
    struct dashboard *d = context;
    memmove(d->line[0], d->line[1], sizeof d->line - sizeof d->line[0]);
    snprintf(d->line[LINES - 1], LINE, "%s", text);
    if (d->lines < LINES) d->lines++;
    draw(d);
}

/* ---- from the training ---- */

struct dashboard *dashboard_begin(struct progress *p, const char *title)
{
    struct dashboard *d = memory_need(1, sizeof *d);
    if (!frame_begin(&d->frame, p->to)) {
        free(d);
        return NULL;
    }
    d->progress = p;
    d->painter = (struct progress_painter){ .show = show, .line = add_line, .context = d };
    snprintf(d->title, sizeof d->title, "%s", title);
    progress_paint(p, &d->painter);
    return d;
}

void dashboard_end(struct dashboard *d)
{
    if (!d) return;
    progress_paint(d->progress, NULL);
    free(d->point);
    free(d);
}

void dashboard_add(struct dashboard *d, const struct curve_row *row)
{
    if (!d) return;
    if (d->n == d->room) {
        struct point *more = memory_need((size_t)(d->room = 2 * d->room + 64), sizeof *more);
        if (d->n) memcpy(more, d->point, (size_t)d->n * sizeof *more);
        free(d->point);
        d->point = more;
    }
    d->point[d->n++] = (struct point){ .epoch = row->epoch,
                                       .value = { { row->loss, row->validation_loss },
                                                  { 100 * row->accuracy, 100 * row->validation_accuracy } } };
}
