/* pool_window.c - one window of pooling: what the vector rungs leave over at the edges of a row; see
 * pool_vector.h. */
#include "pool_vector.h"

#include "../../reference/windows.h"

void maxpool_window(const struct pool *v, int p, int q, const float *x, float *y, int *index)
{
    const struct window_span rows = window_holds(p, v->H, v->R, v->pad, v->stride),
                             cols = window_holds(q, v->W, v->S, v->pad, v->stride);
    int where = rows.first * v->W + cols.first;
    float most = x[where];
    for (int h = rows.first; h < rows.end; h++)
        for (int place = h * v->W + cols.first; place < h * v->W + cols.end; place++) {
            const float here = x[place];
            const int larger = (here > most) | ((here != here) & (most == most));
            most = larger ? here : most, where = larger ? place : where;
        }
    y[p * v->Q + q] = most, index[p * v->Q + q] = where;
}

void avgpool_window(const struct pool *v, int p, int q, const float *x, float *y)
{
    const struct window_span rows = window_holds(p, v->H, v->R, v->pad, v->stride),
                             cols = window_holds(q, v->W, v->S, v->pad, v->stride);
    const int inside = (rows.end - rows.first) * (cols.end - cols.first);
    float sum = 0;
    for (int h = rows.first; h < rows.end; h++)
        for (int w = cols.first; w < cols.end; w++) sum += x[h * v->W + w];
    y[p * v->Q + q] = sum / (float)(v->count_include_pad ? rows.padded * cols.padded : inside);
}
