/* eval_pictures.c - an evaluation as pictures: confusion, ROC, calibration, and the images that the network
 * is most wrong about; see eval.h. */
#include "eval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/exit_code.h"
#include "../base/memory.h"
#include "../plots/draw.h"
#include "../plots/sheets.h"
#include "../plots/square.h"

enum { NAME = 64 };

/* "FOLDER/run.ckpt" is drawn as run_roc */
static void name_picture(const struct evaluated *e, const char *what, char name[DRAW_NAME])
{
    const char *slash = strrchr(e->path, '/'), *base = slash ? slash + 1 : e->path, *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    snprintf(name, DRAW_NAME, "%.*s_%s", length < 100 ? length : 100, base, what);
    for (char *at = name; *at; at++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *at)) *at = '_';
}

/* ---- confusion ---- */

static int draw_confusion(const struct evaluated *e, const char *out)
{
    const struct evaluation *v = &e->evaluation;
    const int classes = v->judged.classes;
    char name[DRAW_NAME], heading[200], text[SQUARE_CLASSES][DATA_CLASS];
    const char *class_name[SQUARE_CLASSES];
    if (classes > SQUARE_CLASSES) return 1; /* squares too small to be read */
    for (int c = 0; c < classes; c++) class_name[c] = data_class(e->data->set, c, text[c]);
    name_picture(e, "confusion", name);
    snprintf(heading, sizeof heading, "%s, %d %s images: %.2f %% right", e->data->set->name, v->judged.n,
             e->part, 100 * v->accuracy);
    return confusion_draw(classes, v->confusion, class_name, heading, name, out);
}

/* ---- ROC ---- */

/* which (n): the classes that have an AUC, the least first */
static int by_auc(const struct evaluation *v, int *which)
{
    int n = 0;
    for (int c = 0; c < v->judged.classes; c++) {
        int at = n;
        if (isnan(v->auc[c])) continue;
        while (at > 0 && v->auc[c] < v->auc[which[at - 1]]) at--;
        memmove(which + at + 1, which + at, (size_t)(n - at) * sizeof *which);
        which[at] = c;
        n++;
    }
    return n;
}

static struct square_curve roc_of(const struct class_curve *c, const char *name)
{
    double *x = memory_need((size_t)c->points, sizeof *x), *y = memory_need((size_t)c->points, sizeof *y);
    for (int k = 0; k < c->points; k++) {
        x[k] = (double)c->point[k].false_found / (double)c->negatives;
        y[k] = (double)c->point[k].found / (double)c->positives;
    }
    return (struct square_curve){ name, c->points, x, y };
}

static int draw_roc(const struct evaluated *e, const char *out)
{
    const struct evaluation *v = &e->evaluation;
    char name[DRAW_NAME], heading[200], text[SQUARE_CURVES][NAME], class[DATA_CLASS];
    struct square_curve curve[SQUARE_CURVES];
    int *which = memory_need((size_t)v->judged.classes, sizeof *which), all = by_auc(v, which),
        n = all < SQUARE_CURVES ? all : SQUARE_CURVES;
    for (int k = 0; k < n; k++) {
        snprintf(text[k], NAME, "%s: %.4f", data_class(e->data->set, which[k], class), v->auc[which[k]]);
        curve[k] = roc_of(&v->curve[which[k]], text[k]);
    }
    name_picture(e, "roc", name);
    snprintf(heading, sizeof heading, "ROC, each class against the rest: area %.4f in the mean%s",
             v->mean_auc, n < all ? "; the least ten" : "");
    int ok = !n || square_draw(curve, n, 0, heading, "false positives, as a part of the others",
                               "true positives, as a part of the class", name, out);
    for (int k = 0; k < n; k++) {
        free((void *)(uintptr_t)curve[k].x);
        free((void *)(uintptr_t)curve[k].y);
    }
    free(which);
    return ok;
}

/* ---- calibration ---- */

static int draw_calibration(const struct evaluated *e, const char *out)
{
    const struct evaluation *v = &e->evaluation;
    char name[DRAW_NAME], heading[200];
    double *x = memory_need((size_t)v->bins, sizeof *x), *y = memory_need((size_t)v->bins, sizeof *y);
    struct square_curve curve = { "guesses", 0, x, y };
    for (int b = 0; b < v->bins; b++) {
        if (!v->bin[b].examples) continue;
        x[curve.n] = v->bin[b].confidence;
        y[curve.n++] = (double)v->bin[b].right / (double)v->bin[b].examples;
    }
    name_picture(e, "calibration", name);
    snprintf(heading, sizeof heading, "Right as often as sure? Expected calibration error %.4f",
             v->calibration_error);
    int ok = square_draw(&curve, 1, 1, heading, "probability of the guess", "part that is right", name, out);
    free(x);
    free(y);
    return ok;
}

/* ---- the worst ---- */

/* an image as one plane: of colours the mean */
static void put_grey(const struct dataset *d, const float *pixel, float *tile)
{
    const int plane = d->rows * d->cols;
    for (int i = 0; i < plane; i++) {
        float sum = 0;
        for (int c = 0; c < d->channels; c++) sum += pixel[c * plane + i];
        tile[i] = sum / (float)d->channels;
    }
}

static int draw_worst(const struct evaluated *e, const char *out)
{
    const struct dataset *d = e->data;
    const size_t plane = (size_t)d->rows * (size_t)d->cols;
    char name[DRAW_NAME];
    if (!e->worsts || d->rows < 2) return 1; /* no images */
    float *value = memory_need((size_t)e->worsts * plane, sizeof *value);
    struct sheet sheet = { .tiles = e->worsts, .rows = d->rows, .cols = d->cols, .value = value };
    float *pixel = memory_need((size_t)d->features, sizeof *pixel);
    for (int k = 0; k < e->worsts; k++) {
        split_numbers(e->split, d->features, e->worst[k], pixel);
        put_grey(d, pixel, value + (size_t)k * plane);
    }
    free(pixel);
    snprintf(sheet.title, sizeof sheet.title, "the %d images that it is most wrong about", e->worsts);
    name_picture(e, "worst", name);
    int ok = sheets_draw(&sheet, 1, d->set->name, name, out);
    free(value);
    return ok;
}

int eval_draw(const struct evaluated *e, const char *out)
{
    if (!draw_begin("eval", "; without --out all is said in text")) return draw_exit_code();
    int ok = draw_confusion(e, out) && draw_roc(e, out) && draw_calibration(e, out) && draw_worst(e, out);
    draw_end();
    return ok ? EXIT_OK : draw_exit_code();
}
