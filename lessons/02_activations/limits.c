/* limits.c - the nine activations and their slopes in float where functions break: at 0, far
 * out, at infinity, at NaN. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include "functions.h"

enum { PLACES = 13 };
static const float place[PLACES] = { -INFINITY, -FLT_MAX, -1e4f,  -88.73f, -20,     -1,      0,
                                     1,         20,       88.73f, 1e4f,    FLT_MAX, INFINITY };

/* as %.3g, but the library's sign of a NaN is of no interest */
static void show(float v)
{
    if (isnan(v))
        printf("     nan");
    else
        printf(" %7.3g", (double)v);
}

static void show_row(const char *name, const char *what, const float *v, float at_nan)
{
    printf("%-10s %-5s", name, what);
    for (int k = 0; k < PLACES; k++) show(v[k]);
    show(at_nan);
    putchar('\n');
}

static void slopes(const struct function *f, int n, const float *x, float *y, float *slope)
{
    float one[PLACES];
    for (int k = 0; k < n; k++) one[k] = 1;
    f->forward32(n, x, y);
    f->backward32(n, f->at_y ? y : x, one, slope);
}

int main(void)
{
    const float not_a_number = NAN;
    show_row("x", "", place, not_a_number);
    for (int i = 0; i < FUNCTIONS; i++) {
        const struct function *f = &functions[i];
        float y[PLACES], slope[PLACES], y_nan, slope_nan;
        slopes(f, PLACES, place, y, slope);
        slopes(f, 1, &not_a_number, &y_nan, &slope_nan);
        show_row(f->name, "y", y, y_nan);
        show_row("", f->at_y ? "at y" : "at x", slope, slope_nan);
    }
    return 0;
}
