/* curves.c - what a class's threshold finds, from the highest down; see metrics.h. */
#include <math.h>
#include <stdlib.h>

#include "../base/memory.h"
#include "metrics.h"

struct scored {
    float p;
    int is_positive;
};

/* the largest p first */
static int by_score(const void *a, const void *b)
{
    const float x = ((const struct scored *)a)->p, y = ((const struct scored *)b)->p;
    return (x < y) - (x > y);
}

void metrics_curve(const struct judged *j, int class, struct class_curve *curve)
{
    const size_t n = (size_t)j->n;
    struct scored *s = memory_need(n, sizeof *s);
    *curve = (struct class_curve){ .points = 1, .point = memory_need(n + 1, sizeof *curve->point) };
    for (size_t k = 0; k < n; k++)
        s[k] = (struct scored){ j->p[k * (size_t)j->classes + (size_t) class], j->label[k] == class };
    qsort(s, n, sizeof *s, by_score);
    curve->point[0] = (struct curve_point){ .threshold = HUGE_VAL };
    for (size_t k = 0; k < n; k++) {
        curve->positives += s[k].is_positive;
        curve->negatives += !s[k].is_positive;
        if (k + 1 < n && s[k + 1].p == s[k].p) continue; /* equal ones come together */
        curve->point[curve->points++] =
            (struct curve_point){ (double)s[k].p, curve->positives, curve->negatives };
    }
    free(s);
}

void metrics_curve_free(struct class_curve *curve)
{
    free(curve->point);
    *curve = (struct class_curve){ 0 };
}

double metrics_auc(const struct class_curve *curve)
{
    double area = 0;
    if (!curve->positives || !curve->negatives) return nan("");
    for (int k = 1; k < curve->points; k++) {
        const struct curve_point *a = &curve->point[k - 1], *b = &curve->point[k];
        area += (double)(b->false_found - a->false_found) * (double)(a->found + b->found) / 2;
    }
    return area / ((double)curve->positives * (double)curve->negatives);
}

double metrics_average_precision(const struct class_curve *curve)
{
    double sum = 0;
    if (!curve->positives) return nan("");
    for (int k = 1; k < curve->points; k++) {
        const struct curve_point *a = &curve->point[k - 1], *b = &curve->point[k];
        sum += (double)(b->found - a->found) * (double)b->found / (double)(b->found + b->false_found);
    }
    return sum / (double)curve->positives;
}
