/* text.c - what a student begins with, and the solution, which is the reference's; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/definition.h"

/* made by the build from the files themselves */
struct learn_file {
    const char *path, *text;
};
extern const struct learn_file learn_files[]; /* ends with path == NULL */

const char *learn_text(const char *path)
{
    for (const struct learn_file *f = learn_files; f->path; f++)
        if (!strcmp(f->path, path)) return f->text;
    return NULL;
}

const char *exercise_start(const struct exercise *e)
{
    char path[200];
    snprintf(path, sizeof path, "learn/%s", e->file);
    return learn_text(path);
}

/* ---- functions ---- */

/* writes n bytes of the reference, where REF(name) is written for a name that depends on the precision */
static void put_plain(FILE *f, const char *text, size_t n)
{
    static const char call[] = "REF(";
    const size_t skip = sizeof call - 1;
    for (const char *at = text, *end = text + n; at < end;) {
        const char *close = !strncmp(at, call, skip) ? strchr(at, ')') : NULL;
        if (close) {
            fwrite(at + skip, 1, (size_t)(close - at) - skip, f);
            at = close + 1;
        } else {
            fputc(*at++, f);
        }
    }
}

static void put_function(FILE *f, const char *source, const char *name)
{
    struct definition d;
    if (definition_find(source, name, &d)) put_plain(f, d.comment, d.length);
}

static int index_of_function(const struct exercise *e, const char *start, const char *at)
{
    struct definition d;
    for (int i = 0; i < MOST_FUNCTIONS && e->function[i]; i++)
        if (definition_find(start, e->function[i], &d) && d.comment == at) return i;
    return -1;
}

/* what the student begins with, with the reference's functions */
static void put_functions(FILE *f, const struct exercise *e, const char *start)
{
    const char *source = learn_text(e->reference);
    struct definition d;
    int has_begun = 0;
    for (const char *at = start; *at;) {
        int i = index_of_function(e, start, at);
        if (i < 0) {
            fputc(*at++, f);
            continue;
        }
        if (!has_begun++) {
            fputs("#define re(x) (x) /* the reference also computes with complex numbers */\n\n", f);
            if (e->helper) put_function(f, source, e->helper), fputc('\n', f);
        }
        put_function(f, source, e->function[i]);
        definition_find(start, e->function[i], &d);
        at += d.length;
    }
}

/* ---- numbers ---- */

/* the lines of the file, each "name =" with its number behind it */
static void put_numbers(FILE *f, const struct exercise *e, const char *start)
{
    for (const char *line = start; *line;) {
        int n = (int)strcspn(line, "\n");
        fprintf(f, "%.*s", n, line);
        for (const struct answer *a = e->answers(); a->name; a++) {
            size_t length = strlen(a->name);
            if (!strncmp(line, a->name, length) && line[length] == ' ') fprintf(f, " %.9g", a->value);
        }
        fputc('\n', f);
        line += n + (line[n] == '\n');
    }
}

char *exercise_solution(const struct exercise *e)
{
    const char *start = exercise_start(e);
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) return NULL;
    (e->kind == EXERCISE_NUMBERS ? put_numbers : put_functions)(f, e, start);
    if (fclose(f)) {
        free(text);
        return NULL;
    }
    return text;
}
