/* axis.c - tic marks; see axis.h. */
#include "axis.h"

#include <math.h>

#include "width.h"

enum { LABEL = 32 };

static void label_of(const struct axis *a, double x, char text[LABEL])
{
    static const char prefix[] = " kMGTP";
    double value = fabs(x);
    int thousands = 0;
    while (a->prefixes && value >= 999.5 && thousands < 5) value /= 1000, thousands++;
    if (thousands)
        snprintf(text, LABEL, "%s%g%c", x < 0 ? "-" : "", value, prefix[thousands]);
    else if (value != 0 && (value >= 999999.5 || value < 9.9995e-4))
        snprintf(text, LABEL, "%.15ge%d", x / pow(10, floor(log10(value) + 1e-9)),
                 (int)floor(log10(value) + 1e-9));
    else
        snprintf(text, LABEL, "%.10g", x);
}

/* pixels from the lower or left end */
static double place_of(const struct axis *a, double x)
{
    double part = a->log ? log(x / a->low) / log(a->high / a->low) : (x - a->low) / (a->high - a->low);
    return part * a->pixels;
}

/* ---- the labels: written if out is not NULL; 0 if two of them meet ---- */

struct labels {
    const struct axis *axis;
    FILE *out;
    double end, widest; /* of the last label */
    int n;
};

static int add(struct labels *l, double x)
{
    const struct axis *a = l->axis;
    char text[LABEL];
    double at = place_of(a, x);
    if (at < -0.01 || at > a->pixels + 0.01) return 1;
    label_of(a, x, text);
    double width = width_of(text, a->size), half = a->upright ? 1.25 * a->size : width / 2 + 5;
    if (!a->upright && (at - width / 2 < -a->room || at + width / 2 > a->pixels + a->room)) return 1;
    if (l->n && at - half < l->end) return 0;
    if (l->out) fprintf(l->out, "%s\"%s\" %.10g", l->n ? ", " : "", text, x);
    l->end = at + half;
    l->widest = fmax(l->widest, width);
    l->n++;
    return 1;
}

static int add_linear(struct labels *l, double step)
{
    double first = ceil(l->axis->low / step - 1e-9);
    for (int k = 0; k < 1000 && (first + k) * step <= l->axis->high * (1 + 1e-9); k++)
        if (!add(l, (first + k) * step)) return 0;
    return 1;
}

/* Every stride-th power of the base, and where that is every one, so many multiples of it besides */
static int add_log(struct labels *l, int stride, int multiples)
{
    static const int factor[3][4] = { { 1 }, { 1, 3 }, { 1, 2, 5 } };
    double base = l->axis->base > 0 ? l->axis->base : 10;
    int k = (int)floor(log(l->axis->low) / log(base) - 1e-9),
        last = (int)ceil(log(l->axis->high) / log(base));
    for (; k <= last; k++) {
        if ((k % stride + stride) % stride) continue;
        for (int m = 0; m < 4 && factor[multiples][m]; m++)
            if (!add(l, factor[multiples][m] * pow(base, k))) return 0;
    }
    return 1;
}

static int add_all(struct labels *l, int attempt)
{
    const struct axis *a = l->axis;
    static const double nice[] = { 1, 2, 2.5, 5 };
    if (!a->log) {
        double unit = pow(10, floor(log10((a->high - a->low) / a->pixels * 16)));
        return add_linear(l, nice[attempt % 4] * unit * pow(10, attempt / 4));
    }
    if (a->base > 0) return add_log(l, attempt + 1, 0);
    return attempt < 2 && a->high / a->low < 1000 ? add_log(l, 1, 2 - attempt)
                                                  : add_log(l, attempt < 2 ? 1 : attempt - 1, 0);
}

/* Marks without a label between powers of ten */
static void write_minor(FILE *var, const struct axis *a, int n)
{
    if (!a->log || a->base > 0 || a->high / a->low > 1e7) return;
    for (int k = (int)floor(log10(a->low)); k <= (int)ceil(log10(a->high)); k++)
        for (int m = 2; m < 10; m++) {
            double at = place_of(a, m * pow(10, k));
            if (at > 0 && at < a->pixels) fprintf(var, "%s\"\" %d.0e%d 1", n++ ? ", " : "", m, k);
        }
}

double axis_write(FILE *var, const char *name, const struct axis *axis)
{
    int attempt = 0;
    struct labels l;
    do l = (struct labels){ .axis = axis };
    while (!add_all(&l, attempt) && ++attempt < 60);
    l = (struct labels){ .axis = axis, .out = var };
    fprintf(var, "%s = '(", name);
    add_all(&l, attempt);
    write_minor(var, axis, l.n);
    fputs(")'\n", var);
    return l.widest;
}
