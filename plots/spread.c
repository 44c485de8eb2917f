/* spread.c - moves labels apart; see spread.h.
 *
 * With u[i] = at[i] - i gap (in sorted order) the condition is that u does not fall, so the least-squares
 * solution is an isotonic regression: merge neighbours that are in the wrong order into groups at their mean.
 */
#include "spread.h"

enum { MOST = 64 };

static void sort_by(const double *at, int *order, int n)
{
    for (int i = 0; i < n; i++) {
        int k = i;
        for (; k > 0 && at[order[k - 1]] > at[i]; k--) order[k] = order[k - 1];
        order[k] = i;
    }
}

void spread(double *at, int n, double gap, double low, double high)
{
    int order[MOST], members[MOST], groups = 0;
    double mean[MOST];
    if (n < 1 || n > MOST) return;
    if (n > 1 && gap * (n - 1) > high - low) gap = (high - low) / (n - 1);
    sort_by(at, order, n);
    for (int i = 0; i < n; i++) {
        mean[groups] = at[order[i]] - i * gap;
        members[groups++] = 1;
        while (groups > 1 && mean[groups - 2] > mean[groups - 1]) {
            int a = members[groups - 2], b = members[groups - 1];
            mean[groups - 2] = (a * mean[groups - 2] + b * mean[groups - 1]) / (a + b);
            members[groups - 2] = a + b;
            groups--;
        }
    }
    double top = high - (n - 1) * gap; /* the bounds cut an isotonic solution without losing its order */
    for (int g = 0, i = 0; g < groups; g++) {
        double u = mean[g] < low ? low : mean[g] > top ? top : mean[g];
        for (int k = 0; k < members[g]; k++, i++) at[order[i]] = u + i * gap;
    }
}
