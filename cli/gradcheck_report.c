/* gradcheck_report.c - what is printed and written of a check; see gradcheck.h. */
#include "gradcheck.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "../bench/whole_file.h"

/* ---- what the code under test said ---- */

/* one line of at most 60 characters, without what a terminal might obey */
static void put_line(FILE *f, const char *text)
{
    int n = 0;
    for (; *text && *text != '\n' && n < 60; text++, n++)
        fputc(isprint((unsigned char)*text) ? *text : '?', f);
    if (*text && *text != '\n') fputs("...", f);
}

static const char *last_line(const struct spoken *s)
{
    const char *at = s->tail;
    for (const char *p = s->tail; *p; p++)
        if (*p == '\n' && p[1]) at = p + 1;
    return at;
}

static void put_spoken(FILE *f, const char *stream, const struct spoken *s)
{
    if (!s->bytes) return;
    fprintf(f, "  said     %zu byte%s to %s, kept out of this report; the last line: ", s->bytes,
            s->bytes == 1 ? "" : "s", stream);
    put_line(f, last_line(s));
    fputc('\n', f);
}

/* ---- files ---- */

static int plain_file(const char *path)
{
    return path && strcmp(path, "-");
}

int report_possible(const struct settings *set)
{
    return (!plain_file(set->json) || whole_file_possible(set->json)) &&
           (!set->junit || whole_file_possible(set->junit)) && (!set->csv || whole_file_possible(set->csv));
}

typedef int writer(FILE *f, const gc_result *const *r, int n);

static int write_junit(FILE *f, const gc_result *const *r, int n)
{
    return gc_junit(f, r, n, "rungs gradcheck");
}

static int write_file(const char *path, writer *write, const gc_result *const *r, int n)
{
    struct whole_file f;
    if (!path) return 1;
    if (!strcmp(path, "-")) return !write(stdout, r, n);
    return whole_file_open(&f, path) && (write(f.out, r, n), whole_file_keep(&f));
}

static int write_files(const struct settings *set, const struct outcome *out)
{
    const gc_result *r[OUTCOME_RESULTS];
    for (int i = 0; i < out->results; i++) r[i] = &out->result[i];
    return write_file(set->json, gc_json, r, out->results) &
           write_file(set->junit, write_junit, r, out->results) &
           write_file(set->csv, gc_csv, r, out->results);
}

/* ---- charts ---- */

/* DIR/NAME_kind, of letters that are safe in a file name */
__attribute__((format(printf, 5, 6))) static const char *chart_base(char *base, size_t room, const char *dir,
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
    return base;
}

int report_folder(const char *verb, const char *dir)
{
    struct stat info;
    if (!mkdir(dir, 0777) || (!stat(dir, &info) && S_ISDIR(info.st_mode))) return 1;
    fprintf(stderr, "rungs %s: the folder %s cannot be made: %s\n", verb, dir, strerror(errno));
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

static int draw(FILE *f, const struct subject *s, const struct settings *set, const struct outcome *out,
                const gc_result *r)
{
    char base[1024];
    int fine = 1;
    if (!report_folder(s->verb, set->svg)) return 0;
    for (int i = 0, first = 1; i < r->ntensors; i++) {
        const gc_tensor_result *t = &r->tensor[i];
        if (t->verdict != GC_FAIL) continue;
        int heat = gc_plot_heat(chart_base(base, sizeof base, set->svg, s->name, "%s_heat", t->name), r, i);
        say_chart(f, s->verb, heat, base);
        int scatter =
            gc_plot_scatter(chart_base(base, sizeof base, set->svg, s->name, "%s_scatter", t->name), r, i);
        say_chart(f, s->verb, scatter, base);
        fine &= heat >= 0 && scatter >= 0;
        if (first && out->vrows > 0) fine &= report_vcurve(f, s, out, set->svg, t->name);
        first = 0;
    }
    return fine;
}

/* ---- the whole ---- */

/* A failing element's command looks at that element alone. */
static void set_repeat(const struct settings *set, gc_result *r, char *long_one, size_t room)
{
    char at[GC_MAX_DIMS * 21 + 1] = "";
    const gc_tensor_result *t = NULL;
    for (int i = 0; i < r->ntensors && !t; i++)
        if (r->tensor[i].verdict == GC_FAIL && r->tensor[i].wrong) t = &r->tensor[i];
    if (t) {
        size_t flat = t->worst.index, index[GC_MAX_DIMS], n = 0;
        for (int k = t->nd - 1; k >= 0; k--) {
            index[k] = t->dim[k] ? flat % t->dim[k] : 0;
            flat = t->dim[k] ? flat / t->dim[k] : 0;
        }
        for (int k = 0; k < t->nd; k++)
            n += (size_t)snprintf(at + n, sizeof at - n, "%s%zu", k ? "," : "", index[k]);
    }
    const char *command = gradcheck_repeat(set, t ? t->name : NULL, at);
    *long_one = '\0';
    /* a cut command would be a wrong one */
    int fits = snprintf(r->repeat, sizeof r->repeat, "%s", command) < (int)sizeof r->repeat;
    if (!fits) snprintf(long_one, room, "%s", command), *r->repeat = '\0';
}

int report(const struct subject *s, const struct settings *set, struct outcome *out)
{
    char repeat[8192];
    int code = 0, quiet = set->quiet || (set->json && !plain_file(set->json)), fine = 1;
    FILE *f = quiet ? stderr : stdout;
    if (!quiet && s->headlines) s->headlines(f, s, out);
    for (int i = 0; i < out->results; i++) {
        gc_result *r = &out->result[i];
        set_repeat(set, r, repeat, sizeof repeat);
        if (!quiet && (!s->headlines || r->verdict != GC_PASS)) gc_print(f, r);
        if (!quiet && *repeat && r->verdict != GC_PASS) fprintf(f, "  repeat   %s\n", repeat);
        if (gc_exit_code(r) > code) code = gc_exit_code(r);
        if (set->svg && r->verdict == GC_FAIL) fine &= draw(f, s, set, out, r);
    }
    if (!quiet) {
        put_spoken(f, "stdout", &out->said);
        put_spoken(f, "stderr", &out->cried);
    }
    fine &= write_files(set, out) && !fflush(stdout) && !ferror(stdout);
    if (!fine && !code) code = EXIT_USAGE;
    return code;
}
