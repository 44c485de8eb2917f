/* peers.c - the second zoo as a shared object, for the checkers of other languages: rows by number, as double
 * functions of x, times a loss scale. Float code takes its doubles as floats. */
#include <stdio.h>

#include "strangers.h"

int peers_rows(void);
int peers_describe(int row, char *text, size_t room);
size_t peers_size(int row);
void peers_point(int row, int seed, double *x);
double peers_loss(int row, double scale, const double *x);
void peers_gradient(int row, double scale, const double *x, double *g);

int peers_rows(void)
{
    return strangers();
}

/* "field,unit,row,open,wrong,double" into text */
int peers_describe(int row, char *text, size_t room)
{
    struct stranger s = stranger_at(row);
    return snprintf(text, room, "%s,%s,%s,%s,%s,%s", s.field, s.row->unit->name, s.row->name,
                    part_name(s.row->part), s.row->cause ? "wrong" : "right",
                    s.row->unit->float_loss ? "float" : "double");
}

size_t peers_size(int row)
{
    return stranger_at(row).row->unit->n;
}

void peers_point(int row, int seed, double *x)
{
    stranger_point(stranger_at(row).row->unit, (uint64_t)seed, x);
}

static float *as_floats(const double *x, size_t n)
{
    float *x32 = calloc(2 * n, sizeof *x32);
    for (size_t k = 0; x32 && k < n; k++) x32[k] = (float)x[k];
    return x32;
}

double peers_loss(int row, double scale, const double *x)
{
    const struct row *r = stranger_at(row).row;
    int bug = r->bug;
    if (!r->unit->float_loss) return scale * r->unit->loss(x, r->unit->n, &bug);
    float *x32 = as_floats(x, r->unit->n);
    double value = x32 ? (double)r->unit->float_loss(x32, r->unit->n, &bug) : NAN;
    free(x32);
    return scale * value;
}

void peers_gradient(int row, double scale, const double *x, double *g)
{
    const struct row *r = stranger_at(row).row;
    size_t n = r->unit->n;
    int bug = r->bug;
    if (!r->unit->float_loss) {
        r->unit->grad(x, n, g, &bug);
    } else {
        float *x32 = as_floats(x, n);
        if (x32) r->unit->float_grad(x32, n, x32 + n, &bug);
        for (size_t k = 0; k < n; k++) g[k] = x32 ? (double)x32[n + k] : NAN;
        free(x32);
    }
    for (size_t k = 0; k < n; k++) g[k] *= scale;
}
