/* find_lr.c - a search for a learning rate: the loss of each step against its rate; see charts.h. */
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

/* Pixels of plots/find_lr.gp: the area's right end and height, the edge, and what the words above it need */
enum { TO = 800, HIGH = 310, EDGE = 12 };

int find_lr_read(struct find_lr_table *f, const char *path, char *error)
{
    struct csv t;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    *f = (struct find_lr_table){ 0 };
    if (!csv_read(&t, path, error)) return 0;
    const int lr = csv_column(&t, "lr"), loss = csv_column(&t, "loss"),
              smooth = csv_column(&t, "smoothed_loss"), suggested = csv_column(&t, "suggested_lr");
    if (lr < 0 || loss < 0 || smooth < 0 || suggested < 0) {
        snprintf(error, 256, "%.150s has no columns lr, loss, smoothed_loss and suggested_lr", path);
        csv_free(&t);
        return 0;
    }
    snprintf(f->stem, sizeof f->stem, "%.*s", (int)strcspn(name, "."), name);
    f->lr = memory_need((size_t)t.rows + 1, sizeof *f->lr);
    f->loss = memory_need((size_t)t.rows + 1, sizeof *f->loss);
    f->smooth = memory_need((size_t)t.rows + 1, sizeof *f->smooth);
    for (int k = 0; k < t.rows; k++) {
        f->lr[f->n] = csv_number(&t, k, lr);
        f->loss[f->n] = csv_number(&t, k, loss);
        f->smooth[f->n] = csv_number(&t, k, smooth);
        f->suggested = csv_number(&t, k, suggested);
        if (f->lr[f->n] > 0 && f->loss[f->n] >= 0 && f->smooth[f->n] >= 0) f->n++;
    }
    csv_free(&t);
    return 1;
}

void find_lr_free(struct find_lr_table *f)
{
    free(f->lr);
    free(f->loss);
    free(f->smooth);
    *f = (struct find_lr_table){ 0 };
}

/* Half as much again as the highest smoothed loss of the first half: what is beyond has diverged */
static double top_of(const struct find_lr_table *f)
{
    double top = 0;
    for (int k = 0; k <= f->n / 2; k++) top = fmax(top, f->smooth[k]);
    return top > 0 ? 1.5 * top : 1;
}

static int is_empty(const struct find_lr_table *f)
{
    return f->n < 2 || f->lr[f->n - 1] <= f->lr[0];
}

int find_lr_draw(const struct find_lr_table *f, const char *out)
{
    struct draw d;
    char words[80] = "";
    if (is_empty(f)) return 0;
    if (!draw_open(&d, f->stem)) return -1;
    const double left = f->lr[0], right = f->lr[f->n - 1], top = top_of(f);
    struct axis y = { .high = top, .pixels = HIGH, .size = 14, .upright = 1 };
    const double from = EDGE + 28 + axis_write(d.var, "ymarks", &y);
    struct axis x = { .low = left, .high = right, .log = 1, .pixels = TO - from, .size = 14, .room = 14 };
    axis_write(d.var, "xmarks", &x);
    const int has = f->suggested >= left && f->suggested <= right;
    if (has) snprintf(words, sizeof words, "suggested: %.2g, a tenth of where it is lowest", f->suggested);
    const double half = width_of(words, 14) / 2,
                 at = has ? from + (TO - from) * log(f->suggested / left) / log(right / left) : from;
    draw_text(d.var, "heading", "Which learning rate? It rises from step to step");
    draw_text(d.var, "xname", "learning rate");
    draw_text(d.var, "words", words);
    fprintf(d.var, "from = %g\nleft = %g\nright = %g\ntop = %g\nsuggested = %g\nat = %g\n", from, left, right,
            top, has ? f->suggested : 0, fmin(fmax(at, EDGE + half), TO + EDGE - half));
    for (int k = 0; k < f->n; k++)
        fprintf(d.dat, "%.6g\t%.6g\t%.6g\n", f->lr[k], fmin(f->loss[k], 2 * top),
                fmin(f->smooth[k], 2 * top));
    return draw_close(&d, "find_lr", out) ? 1 : -1;
}

int find_lr_print(const struct find_lr_table *f)
{
    if (is_empty(f)) return 0;
    double *y = memory_need((size_t)f->n, sizeof *y);
    const struct text_axes axes = { .title = "\nLoss, smoothed, against the learning rate",
                                    .x = "learning rate",
                                    .y = "loss",
                                    .log_x = 1,
                                    .top = top_of(f) };
    for (int k = 0; k < f->n; k++) y[k] = fmin(f->smooth[k], axes.top);
    text_curves(&axes, &(struct text_curve){ .name = f->stem, .n = f->n, .x = f->lr, .y = y }, 1);
    if (f->suggested > 0) printf("suggested: %.2g, a tenth of where it is lowest\n", f->suggested);
    free(y);
    return 1;
}
