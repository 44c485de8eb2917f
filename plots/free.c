/* free.c - what is taken of a chart's area; see free.h. */
#include "free.h"

#include <math.h>

void free_begin(struct free_room *f, double wide, double high)
{
    f->wide = wide, f->high = high;
    f->boxes = f->lines = f->points = 0;
}

void free_take_label(struct free_room *f, const struct box *box)
{
    if (f->boxes < FREE_BOXES) f->box[f->boxes++] = *box;
}

void free_take_point(struct free_room *f, double x, double y, double radius)
{
    free_take_label(f, &(struct box){ x - radius, y - radius, x + radius, y + radius });
    f->points = f->boxes;
}

void free_take_line(struct free_room *f, const struct line *line)
{
    if (f->lines < FREE_LINES) f->line[f->lines++] = *line;
}

static int meets(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->bottom < b->top && b->bottom < a->top;
}

/* Cuts what of the part from..to of a line lies outside of low..high in one direction; 0 if nothing is left.
 */
static int cut(double start, double way, double low, double high, double *from, double *to)
{
    if (way == 0) return start > low && start < high;
    double a = (low - start) / way, b = (high - start) / way;
    *from = fmax(*from, fmin(a, b));
    *to = fmin(*to, fmax(a, b));
    return *from < *to;
}

static int crosses(const struct line *l, const struct box *box)
{
    double from = 0, to = 1;
    return cut(l->x, l->to_x - l->x, box->left, box->right, &from, &to) &&
           cut(l->y, l->to_y - l->y, box->bottom, box->top, &from, &to);
}

int free_for_label(const struct free_room *f, const struct box *box)
{
    if (box->left < 0 || box->right > f->wide || box->bottom < 0 || box->top > f->high) return 0;
    for (int i = 0; i < f->boxes; i++)
        if (meets(box, &f->box[i])) return 0;
    for (int i = 0; i < f->lines; i++)
        if (crosses(&f->line[i], box)) return 0;
    return 1;
}

int free_for_line(const struct free_room *f, const struct line *line)
{
    for (int i = f->points; i < f->boxes; i++)
        if (crosses(line, &f->box[i])) return 0;
    return 1;
}
