/* loss.c - loss curves of training runs; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/memory.h"
#include "axis.h"
#include "draw.h"
#include "spread.h"
#include "ascii_chart.h"
#include "width.h"

/* Pixels of plots/loss.gp: the picture's width, its edge, the height of a label and of the area */
enum { WIDE = 820, EDGE = 12, LABEL = 17, HIGH = 330 };

int loss_read(struct loss_run *run, const char *path, char *error)
{
    struct csv t;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    memset(run, 0, sizeof *run);
    if (!csv_read(&t, path, error)) return 0;
    int loss = csv_column(&t, "loss"), seconds = csv_column(&t, "seconds"),
        samples = csv_column(&t, "samples");
    if (loss < 0 || seconds < 0 || samples < 0) {
        snprintf(error, 256,
                 "%.150s has no columns samples, loss and seconds; is it a file of `rungs train --log`?",
                 path);
        csv_free(&t);
        return 0;
    }
    snprintf(run->name, sizeof run->name, "%.*s", (int)strcspn(name, "."), name);
    run->seconds = memory_need((size_t)t.rows, sizeof(double));
    run->samples = memory_need((size_t)t.rows, sizeof(double));
    run->loss = memory_need((size_t)t.rows, sizeof(double));
    for (int i = 0; i < t.rows; i++) {
        run->seconds[run->n] = csv_number(&t, i, seconds);
        run->samples[run->n] = csv_number(&t, i, samples);
        run->loss[run->n] = csv_number(&t, i, loss);
        if (run->seconds[run->n] > 0 && run->samples[run->n] > 0 && run->loss[run->n] >= 0) run->n++;
    }
    csv_free(&t);
    return 1;
}

void loss_free(struct loss_run *run)
{
    free(run->seconds);
    free(run->samples);
    free(run->loss);
    *run = (struct loss_run){ 0 };
}

struct extent {
    double left, right, top, shortest;
    int log_x; /* the runs are so different in length that the shorter ones would vanish */
};

/* 0 if no run has a point */
static int extent_of(struct extent *e, const struct loss_run *run, int n, int by_samples)
{
    *e = (struct extent){ .left = (double)INFINITY, .shortest = (double)INFINITY };
    for (int k = 0; k < n; k++) {
        const double *x = by_samples ? run[k].samples : run[k].seconds;
        for (int i = 0; i < run[k].n; i++) {
            e->left = fmin(e->left, x[i]);
            e->right = fmax(e->right, x[i]);
            e->top = fmax(e->top, run[k].loss[i]);
        }
        if (run[k].n) e->shortest = fmin(e->shortest, x[run[k].n - 1]);
    }
    e->log_x = e->right > 5 * e->shortest;
    if (!e->log_x) e->left = 0;
    if (e->left == e->right) e->left /= 2;
    e->top = e->top > 0 ? e->top * 1.08 : 1;
    return e->right > e->left;
}

/* The runs that have points. The others are named, for they would be missed. */
static int with_points(const struct loss_run *run, int n, const struct loss_run *drawn[LOSS_MAX_RUNS])
{
    int some = 0;
    for (int k = 0; k < n; k++) {
        if (run[k].n)
            drawn[some++] = &run[k];
        else
            fprintf(stderr, "rungs plot: %s is left out of the loss curves: its file has no step\n",
                    run[k].name);
    }
    return some;
}

/* ---- pictures ---- */

static void name_of(const struct loss_run *run, char name[64])
{
    snprintf(name, 64, "%s", run->name);
    width_fit(name, 14, WIDE / 4.0);
}

static void write_layout(struct draw *d, const struct extent *e, const struct loss_run *const *run, int n)
{
    double widest = 0;
    char name[64];
    for (int k = 0; k < n; k++) {
        name_of(run[k], name);
        widest = fmax(widest, width_of(name, 14));
    }
    struct axis y = { .high = e->top, .pixels = HIGH, .size = 14, .upright = 1 };
    double from = EDGE + 28 + axis_write(d->var, "ymarks", &y), to = WIDE - EDGE - widest - 14;
    struct axis x = { .low = e->left,
                      .high = e->right,
                      .log = e->log_x,
                      .pixels = to - from,
                      .size = 14,
                      .room = 14,
                      .prefixes = 1 };
    axis_write(d->var, "xmarks", &x);
    fprintf(d->var, "from = %g\nto = %g\nleft = %g\nright = %g\ntop = %g\nlogx = %d\n", from, to, e->left,
            e->right, e->top, e->log_x);
}

static void write_runs(struct draw *d, const struct extent *e, const struct loss_run *const *run, int n,
                       int by_samples)
{
    double at[LOSS_MAX_RUNS];
    char text[64], name[32];
    for (int k = 0; k < n; k++) at[k] = run[k]->loss[run[k]->n - 1];
    spread(at, n, e->top * LABEL / HIGH, 0, e->top);
    fprintf(d->var, "runs = %d\n", n);
    for (int k = 0; k < n; k++) {
        const double *x = by_samples ? run[k]->samples : run[k]->seconds;
        int last = run[k]->n - 1;
        for (int i = 0; i <= last; i++) fprintf(d->dat, "%.6g\t%.6g\n", x[i], run[k]->loss[i]);
        fputs("\n\n", d->dat);
        fprintf(d->var, "end%d = %g\nhigh%d = %g\nlabel%d = %g\nalone%d = %d\n", k, x[last], k,
                run[k]->loss[last], k, at[k], k, last == 0);
        snprintf(name, sizeof name, "name%d", k);
        name_of(run[k], text);
        draw_text(d->var, name, text);
    }
}

int loss_draw(const struct loss_run *run, int n, int by_samples, const char *out)
{
    const struct loss_run *drawn[LOSS_MAX_RUNS];
    struct extent e;
    struct draw d;
    if (!extent_of(&e, run, n, by_samples)) return 0;
    n = with_points(run, n, drawn);
    if (!draw_open(&d, "loss")) return -1;
    draw_text(d.var, "heading", "Training loss");
    draw_text(d.var, "xname", by_samples ? "samples seen" : "seconds of training");
    write_layout(&d, &e, drawn, n);
    write_runs(&d, &e, drawn, n, by_samples);
    return draw_close(&d, "loss", out) ? 1 : -1;
}

/* ---- text ---- */

int loss_print(const struct loss_run *run, int n, int by_samples)
{
    struct extent e;
    const struct loss_run *drawn[LOSS_MAX_RUNS];
    struct text_curve curve[LOSS_MAX_RUNS];
    if (!extent_of(&e, run, n, by_samples)) return 0;
    n = with_points(run, n, drawn);
    for (int k = 0; k < n; k++)
        curve[k] = (struct text_curve){ drawn[k]->name, drawn[k]->n,
                                        by_samples ? drawn[k]->samples : drawn[k]->seconds, drawn[k]->loss };
    struct text_axes axes = { .title = "\nTraining loss",
                              .x = by_samples ? "samples seen" : "seconds of training",
                              .y = "loss",
                              .log_x = e.log_x,
                              .top = e.top };
    text_curves(&axes, curve, n);
    return 1;
}
