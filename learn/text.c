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

static const char *text_of(const struct exercise *e)
{
    char path[200];
    snprintf(path, sizeof path, "learn/%s", e->file);
    return learn_text(path);
}

/* ---- a file that is both stub and solution: all CUDA kernels, and what has no `reference` ---- */

enum part { PART_BOTH, PART_SOLUTION, PART_STUB };

/* what begins behind this line; -1: it is no mark */
static int part_behind(const char *line, int n)
{
    static const struct {
        const char *mark;
        enum part part;
    } marks[] = { { "/* SOLUTION */", PART_SOLUTION },
                  { "/* STUB */", PART_STUB },
                  { "/* END */", PART_BOTH } };
    while (n && *line == ' ') line++, n--;
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if ((size_t)n == strlen(marks[k].mark) && !strncmp(line, marks[k].mark, (size_t)n))
            return (int)marks[k].part;
    return -1;
}

/* the lines of both, and those of one part */
static void put_part(FILE *f, const char *text, enum part wanted)
{
    int part = PART_BOTH;
    for (const char *line = text; *line;) {
        int n = (int)strcspn(line, "\n"), next = part_behind(line, n);
        if (next < 0 && (part == PART_BOTH || part == (int)wanted)) fprintf(f, "%.*s\n", n, line);
        if (next >= 0) part = next;
        line += n + (line[n] == '\n');
    }
}

static int is_both(const struct exercise *e)
{
    return !e->reference && e->kind != EXERCISE_NUMBERS;
}

/* the stub, made once; NULL: out of memory */
static const char *stub_part(const struct exercise *e)
{
    static struct {
        const char *file;
        char *text;
    } made[MOST_EXERCISES];
    size_t length;
    int k = 0;
    while (made[k].file && made[k].file != e->file) k++;
    FILE *f = made[k].file ? NULL : open_memstream(&made[k].text, &length);
    if (!f) return made[k].text;
    put_part(f, text_of(e), PART_STUB);
    if (fclose(f)) return NULL;
    made[k].file = e->file;
    return made[k].text;
}

const char *exercise_start(const struct exercise *e)
{
    return is_both(e) ? stub_part(e) : text_of(e);
}

/* The lines of a comment begin with '#', or with a star in C. */
void exercise_put_about(FILE *f, const struct exercise *e)
{
    const char *text = exercise_start(e), *mark = *text == '#' ? "#" : " *";
    for (int n; *text; text += n + (text[n] == '\n')) {
        n = (int)strcspn(text, "\n");
        const char *line = text, *end = text + n;
        if (!strncmp(line, " */", 3)) return;
        if (!strncmp(line, "/* ", 3))
            line += 3;
        else if (!strncmp(line, mark, strlen(mark)))
            line += strlen(mark), line += line < end && *line == ' ';
        else
            return;
        const char *close = strstr(line, "*/");
        int is_last = close && close < end;
        if (is_last) end = close;
        while (end > line && end[-1] == ' ') end--;
        if (line < end || !is_last) fprintf(f, "%.*s\n", (int)(end - line), line);
        if (is_last) return;
    }
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

/* from the file that the exercise names first, or from its second */
static void put_function(FILE *f, const struct exercise *e, const char *name)
{
    struct definition d;
    if (definition_find(learn_text(e->reference), name, &d) ||
        (e->also && definition_find(learn_text(e->also), name, &d)))
        put_plain(f, d.comment, d.length);
}

/* the k-th function that the student writes; NULL: there is none */
static const char *written(const struct exercise *e, int k)
{
    if (e->written) return k ? NULL : e->written;
    return k < MOST_FUNCTIONS ? e->function[k] : NULL;
}

/* the one whose definition begins at `at` in the text; its definition in *d */
static const char *written_at(const struct exercise *e, const char *start, const char *at,
                              struct definition *d)
{
    const char *name;
    for (int k = 0; (name = written(e, k)); k++)
        if (definition_find(start, name, d) && d->comment == at) return name;
    return NULL;
}

/* what stands before the first: words of the reference's, and functions that it calls */
static void put_what_it_needs(FILE *f, const struct exercise *e)
{
    if (!strncmp(e->reference, "reference/", strlen("reference/")))
        fputs("#define re(x) (x)    /* the reference also computes with complex numbers */\n"
              "typedef double wide; /* of long sums */\n\n",
              f);
    for (int k = 0; k < MOST_HELPERS && e->helper[k]; k++) put_function(f, e, e->helper[k]), fputc('\n', f);
}

/* "prediction: NAME =" and the number, if that is at `at`: how long the words are; else 0 */
static size_t put_answer(FILE *f, const struct answer *a, const char *at)
{
    char words[200];
    int n = snprintf(words, sizeof words, "prediction: %s =", a->name);
    if (strncmp(at, words, (size_t)n) != 0) return 0;
    fprintf(f, "%s %.9g", words, a->value);
    return (size_t)n;
}

static size_t put_predicted(FILE *f, const struct exercise *e, const char *at)
{
    size_t n = 0;
    if (e->bill.name) n = put_answer(f, &e->bill, at);
    for (const struct answer *a = e->answers ? e->answers() : NULL; a && a->name && !n; a++)
        n = put_answer(f, a, at);
    return n;
}

/* what the student begins with, with the reference's functions */
static void put_functions(FILE *f, const struct exercise *e, const char *start)
{
    struct definition d;
    int has_begun = 0;
    for (const char *at = start; *at;) {
        const char *name = written_at(e, start, at, &d);
        if (!name) {
            size_t n = put_predicted(f, e, at);
            if (!n) fputc(*at++, f);
            at += n;
            continue;
        }
        if (!has_begun++) put_what_it_needs(f, e);
        put_function(f, e, name);
        at += d.length;
    }
}

/* ---- a solution that is a file ---- */

/* The whole file: a solution has functions of its own. */
static void put_file(FILE *f, const struct exercise *e)
{
    fputs(learn_text(e->reference), f);
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

static void put_solution(FILE *f, const struct exercise *e)
{
    if (is_both(e))
        put_part(f, text_of(e), PART_SOLUTION);
    else if (e->kind == EXERCISE_TEST || e->network)
        put_file(f, e);
    else if (e->kind == EXERCISE_NUMBERS)
        put_numbers(f, e, exercise_start(e));
    else
        put_functions(f, e, exercise_start(e));
}

char *exercise_solution(const struct exercise *e)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    if (!f) return NULL;
    put_solution(f, e);
    if (fclose(f)) {
        free(text);
        return NULL;
    }
    return text;
}
