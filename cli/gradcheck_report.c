/* gradcheck_report.c - what is printed and written of a check; see gradcheck.h. */
#include "gradcheck.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../base/file.h"

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

int report_is_quiet(const struct settings *set)
{
    return set->quiet || (set->json && !strcmp(set->json, "-"));
}

typedef int writer(FILE *f, const gc_result *const *r, int n);

static int write_junit(FILE *f, const gc_result *const *r, int n)
{
    return gc_junit(f, r, n, "rungs gradcheck");
}

static int write_file(const char *path, writer *write, const gc_result *const *r, int n)
{
    struct file_out f;
    char error[ERROR_TEXT];
    if (!path) return 1;
    int ok = file_open(&f, path, error);
    if (ok) {
        write(f.out, r, n);
        ok = file_keep(&f, error);
    }
    if (!ok) fprintf(stderr, "rungs gradcheck: %s\n", error);
    return ok;
}

int report_files(const struct settings *set, struct outcome *const *out, int n)
{
    int results = 0, fine = 1;
    for (int i = 0; i < n; i++) results += out[i]->results;
    const gc_result **r = malloc(((size_t)results + 1) * sizeof *r);
    if (r) {
        for (int i = 0, k = 0; i < n; i++)
            for (int j = 0; j < out[i]->results; j++) r[k++] = &out[i]->result[j];
        fine = write_file(set->json, gc_json, r, results) & write_file(set->junit, write_junit, r, results) &
               write_file(set->csv, gc_csv, r, results) & write_file(set->sarif, gc_sarif, r, results);
    }
    free(r);
    return r && fine;
}

/* ---- the whole ---- */

void report_place(const struct settings *set, const char *file, int line, struct outcome *out)
{
    size_t length = file ? strlen(file) : 0;
    if (set->source) {
        file = set->source;
        length = (size_t)(strrchr(file, ':') - file);
        line = atoi(file + length + 1);
    }
    for (int i = 0; i < out->results && length > 0 && length < GC_TEXT; i++) {
        snprintf(out->result[i].file, GC_TEXT, "%.*s", (int)length, file);
        out->result[i].line = line;
    }
}

/* A failing element's command looks at that element alone. */
void report_repeat(const struct subject *s, const struct settings *set, gc_result *r, char long_one[REPEAT])
{
    char at[GC_MAX_DIMS * 21 + 1] = "";
    const gc_tensor_result *t = NULL;
    for (int i = 0; i < r->ntensors && !t && !s->whole; i++)
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
    const char *command = gradcheck_repeat(set, s->command, t ? t->name : NULL, at);
    *long_one = '\0';
    /* a cut command would be a wrong one */
    int fits = snprintf(r->repeat, sizeof r->repeat, "%s", command) < (int)sizeof r->repeat;
    if (!fits) snprintf(long_one, REPEAT, "%s", command), *r->repeat = '\0';
}

/* an exit code's weight: a wrong gradient is more than one that could not be judged */
static int weight(int code)
{
    return code == 2 ? 1 : code == 1 ? 2 : code;
}

int report_worse(int a, int b)
{
    return weight(b) > weight(a) ? b : a;
}

int report_print(const struct subject *s, const struct settings *set, struct outcome *out)
{
    char repeat[REPEAT];
    int code = 0, quiet = report_is_quiet(set), fine = 1;
    if (!quiet && s->headlines) s->headlines(stdout, s, out);
    for (int i = 0; i < out->results; i++) {
        gc_result *r = &out->result[i];
        report_repeat(s, set, r, repeat);
        if (!quiet && (!s->headlines || r->verdict != GC_PASS)) gc_print(stdout, r);
        if (!quiet && *repeat && r->verdict != GC_PASS) printf("  repeat   %s\n", repeat);
        code = report_worse(code, gc_exit_code(r));
        if (set->svg && r->verdict == GC_FAIL) fine &= report_charts(quiet ? stderr : stdout, s, set, out, r);
    }
    if (!quiet && set->at && out->vrows > 0) {
        putchar('\n');
        report_vtable(out, "by this element");
    }
    if (!quiet) {
        put_spoken(stdout, "stdout", &out->said);
        put_spoken(stdout, "stderr", &out->cried);
        fflush(stdout);
    }
    return fine || code ? code : EXIT_OUTPUT;
}
