/* loss.c - loss curves of training runs; see charts.h. */
#include "charts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/memory.h"
#include "draw.h"
#include "spread.h"
#include "text.h"

enum { LABEL_PIXELS = 17, AREA_PIXELS = 330 }; /* of plots/loss.gp */

int loss_read(struct loss_run *run, const char *path, char *why)
{
    struct csv t;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    memset(run, 0, sizeof *run);
    if (!csv_read(&t, path, why)) return 0;
    int loss = csv_column(&t, "loss"), seconds = csv_column(&t, "seconds"),
        samples = csv_column(&t, "samples");
    if (loss < 0 || seconds < 0 || samples < 0) {
        snprintf(why, 256,
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
    e->top *= 1.08;
    return e->right > e->left && e->top > 0;
}

int loss_draw(const struct loss_run *run, int n, int by_samples, const char *out)
{
    struct extent e;
    struct draw d;
    double at[LOSS_MAX_RUNS];
    char name[32];
    if (!extent_of(&e, run, n, by_samples)) return 0;
    if (!draw_open(&d, "loss")) return -1;
    draw_text(d.var, "heading", "Training loss");
    draw_text(d.var, "xname", by_samples ? "samples seen" : "seconds of training");
    fprintf(d.var, "runs = %d\nleft = %g\nright = %g\ntop = %g\nlogx = %d\n", n, e.log_x ? e.left : 0,
            e.right, e.top, e.log_x);
    for (int k = 0; k < n; k++) at[k] = run[k].n ? run[k].loss[run[k].n - 1] : 0;
    spread(at, n, e.top * LABEL_PIXELS / AREA_PIXELS, 0, e.top);
    for (int k = 0; k < n; k++) {
        const double *x = by_samples ? run[k].samples : run[k].seconds;
        for (int i = 0; i < run[k].n; i++) fprintf(d.dat, "%.6g\t%.6g\n", x[i], run[k].loss[i]);
        fputs("\n\n", d.dat);
        fprintf(d.var, "end%d = %g\nhigh%d = %g\nlabel%d = %g\n", k, run[k].n ? x[run[k].n - 1] : e.right, k,
                run[k].n ? run[k].loss[run[k].n - 1] : 0, k, at[k]);
        snprintf(name, sizeof name, "name%d", k);
        draw_text(d.var, name, run[k].name);
    }
    return draw_close(&d, "loss", out) ? 1 : -1;
}

int loss_print(const struct loss_run *run, int n, int by_samples)
{
    struct extent e;
    struct text_curve curve[LOSS_MAX_RUNS];
    if (!extent_of(&e, run, n, by_samples)) return 0;
    for (int k = 0; k < n; k++)
        curve[k] = (struct text_curve){ run[k].name, run[k].n, by_samples ? run[k].samples : run[k].seconds,
                                        run[k].loss };
    struct text_axes axes = { .title = "\nTraining loss",
                              .x = by_samples ? "samples seen" : "seconds of training",
                              .y = "loss",
                              .log_x = e.log_x,
                              .top = e.top };
    text_curves(&axes, curve, n);
    return 1;
}
