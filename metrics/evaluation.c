/* evaluation.c - see evaluation.h. */
#include "evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

static double mean_of(const double *x, int n)
{
    double sum = 0;
    int some = 0;
    for (int k = 0; k < n; k++)
        if (!isnan(x[k])) sum += x[k], some++;
    return some ? sum / some : nan("");
}

static void make_curves(struct evaluation *e)
{
    const int classes = e->judged.classes;
    e->curve = memory_need((size_t)classes, sizeof *e->curve);
    e->auc = memory_need((size_t)classes, sizeof *e->auc);
    e->average_precision = memory_need((size_t)classes, sizeof *e->average_precision);
    for (int c = 0; c < classes; c++) {
        metrics_curve(&e->judged, c, &e->curve[c]);
        e->auc[c] = metrics_auc(&e->curve[c]);
        e->average_precision[c] = metrics_average_precision(&e->curve[c]);
    }
    e->mean_auc = mean_of(e->auc, classes);
    e->mean_precision = mean_of(e->average_precision, classes);
}

void evaluation_make(struct evaluation *e, struct judged judged, int top, int bins)
{
    const size_t classes = (size_t)judged.classes;
    *e = (struct evaluation){ .judged = judged,
                              .top = top < judged.classes ? top : judged.classes,
                              .bins = bins };
    e->confusion = memory_need(classes * classes, sizeof *e->confusion);
    e->score = memory_need(classes, sizeof *e->score);
    e->bin = memory_need((size_t)bins, sizeof *e->bin);
    metrics_confusion(&judged, e->confusion);
    metrics_classes(judged.classes, e->confusion, e->score);
    for (enum average a = 0; a < AVERAGES; a++) e->average[a] = metrics_average(judged.classes, e->score, a);
    e->right = e->average[AVERAGE_MICRO].right;
    e->accuracy = (double)e->right / judged.n;
    e->top_accuracy = metrics_top(&judged, e->top);
    make_curves(e);
    metrics_calibration(&judged, bins, e->bin);
    e->calibration_error = metrics_calibration_error(bins, e->bin);
}

void evaluation_free(struct evaluation *e)
{
    for (int c = 0; e->curve && c < e->judged.classes; c++) metrics_curve_free(&e->curve[c]);
    free(e->curve);
    free(e->confusion);
    free(e->score);
    free(e->auc);
    free(e->average_precision);
    free(e->bin);
    memset(e, 0, sizeof *e);
}
