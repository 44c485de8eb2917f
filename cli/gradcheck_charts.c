/* gradcheck_charts.c - where charts go and what is said of them; see gradcheck.h. */
#include "gradcheck.h"

#include <stdarg.h>
#include <ctype.h>
#include <string.h>

#include "../base/file.h"

/* DIR/NAME_kind, of letters that are safe in a file name */
__attribute__((format(printf, 5, 6))) static void chart_base(char *base, size_t room, const char *dir,
                                                             const char *name, const char *format, ...)
{
    char kind[128];
    va_list list;
    va_start(list, format);
    vsnprintf(kind, sizeof kind, format, list);
    va_end(list);
    snprintf(base, room, "%s/%s_%s", dir, name, kind);
    for (char *p = base + strlen(dir) + 1; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-.", *p)) *p = '_';
}

int report_folder(const char *verb, const char *dir)
{
    char error[ERROR_TEXT];
    if (folder_make(dir, error)) return 1;
    fprintf(stderr, "rungs %s: %s\n", verb, error);
    return 0;
}

static void say_chart(FILE *f, const char *verb, int drawn, const char *base)
{
    if (drawn == 0) fprintf(f, "  chart    %s.svg\n", base);
    if (drawn == 1) fprintf(f, "  chart    %s.gp, to be drawn by gnuplot: it is not installed\n", base);
    if (drawn < 0) fprintf(stderr, "rungs %s: %s.dat could not be written\n", verb, base);
}

int report_vcurve(FILE *f, const struct subject *s, const struct outcome *out, const char *dir,
                  const char *tensor)
{
    char base[1024], title[160];
    snprintf(title, sizeof title, "%s, derivative by %s", s->name, tensor);
    chart_base(base, sizeof base, dir, s->name, "%s_vcurve", tensor);
    int drawn = gc_plot_vcurve(base, title, out->vrow, out->vrows, out->ladder_h, out->ladder_error);
    say_chart(f, s->verb, drawn, base);
    return drawn >= 0;
}

int report_taylor(FILE *f, const struct subject *s, const struct outcome *out, const char *dir,
                  const char *title)
{
    char base[1024];
    chart_base(base, sizeof base, dir, s->name, "taylor");
    int drawn = gc_plot_taylor(base, title, out->trow, out->trows);
    say_chart(f, s->verb, drawn, base);
    return drawn >= 0;
}

int report_charts(FILE *f, const struct subject *s, const struct settings *set, const struct outcome *out,
                  const gc_result *r)
{
    char base[1024];
    int fine = 1;
    if (!report_folder(s->verb, set->svg)) return 0;
    for (int i = 0, first = 1; i < r->ntensors; i++) {
        const gc_tensor_result *t = &r->tensor[i];
        if (t->verdict != GC_FAIL) continue;
        if (!set->at) { /* maps of one element show nothing */
            chart_base(base, sizeof base, set->svg, s->name, "%s_heat", t->name);
            int heat = gc_plot_heat(base, r, i);
            say_chart(f, s->verb, heat, base);
            chart_base(base, sizeof base, set->svg, s->name, "%s_scatter", t->name);
            int scatter = gc_plot_scatter(base, r, i);
            say_chart(f, s->verb, scatter, base);
            fine &= heat >= 0 && scatter >= 0;
        }
        if (first && out->vrows > 0) fine &= report_vcurve(f, s, out, set->svg, t->name);
        first = 0;
    }
    return fine;
}
