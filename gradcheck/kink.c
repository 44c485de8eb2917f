/* kink.c - corners of a function: found by one-sided slopes, judged by what is legal there. */
#include "gc_internal.h"

#include <math.h>

int gc_at_kink(struct gc_ladder *l)
{
    if (!gc_ladder_sides(l)) return 0;
    double gap = fabs(l->right - l->left),
           size = fabs(l->left) > fabs(l->right) ? fabs(l->left) : fabs(l->right);
    return gap > 10 * (l->left_error + l->right_error) && gap > 1e-6 * size;
}

int gc_is_legal_at_kink(struct gc_run *run, const struct gc_ladder *l, double a)
{
    (void)run;
    double low = fmin(l->left, l->right), high = fmax(l->left, l->right);
    double room = 1e-6 * (high - low) + 10 * (l->left_error + l->right_error);
    return a >= low - room && a <= high + room;
}

void gc_test_kinks(struct gc_run *run)
{
    (void)run;
}
