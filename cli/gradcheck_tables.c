/* gradcheck_tables.c - a V curve and a Taylor expansion as tables on stdout. */
#include "gradcheck.h"

#include <math.h>

static void put_number(double x, int decimals)
{
    if (isfinite(x))
        printf("  %10.*e", decimals, x);
    else
        printf("  %10s", "-");
}

void report_vtable(const struct outcome *out, const char *along)
{
    int complex_step = 0, f32 = 0;
    for (int i = 0; i < out->vrows; i++) {
        complex_step |= isfinite(out->vrow[i].complex_step) != 0;
        f32 |= isfinite(out->vrow[i].central_f32) != 0;
    }
    printf("relative error of the derivative %s, by step and method\n\n"
           "           h     forward     central   4th order%s%s\n",
           along, complex_step ? "     complex" : "", f32 ? " forward f32 central f32" : "");
    for (int i = 0; i < out->vrows; i++) {
        const gc_vrow *row = &out->vrow[i];
        put_number(row->h, 3);
        put_number(row->forward, 1), put_number(row->central, 1), put_number(row->fourth, 1);
        if (complex_step) put_number(row->complex_step, 1);
        if (f32) put_number(row->forward_f32, 1), put_number(row->central_f32, 1);
        putchar('\n');
    }
    printf("\nladder: it settles at h = %.1e, with an error bar of %.0e\n", out->ladder_h, out->ladder_error);
}

void report_ttable(const struct outcome *out)
{
    puts("remainder of the expansion along a random direction d: a right gradient g has rate 2\n\n"
         "           h  |f(x+hd)-f(x)|  |f(x+hd)-f(x)-hg'd|    rate");
    for (int i = 0; i < out->trows; i++) {
        const gc_taylor_row *row = &out->trow[i];
        put_number(row->h, 3);
        printf("    "), put_number(row->zeroth, 3);
        printf("         "), put_number(row->first, 3);
        if (isfinite(row->rate))
            printf("  %6.3f\n", row->rate);
        else
            printf("  %6s\n", "-");
    }
}
