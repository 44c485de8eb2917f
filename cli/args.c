/* args.c - option tables; see args.h. */
#include "args.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int args_refuse(const char *verb, const char *format, ...)
{
    va_list list;
    fflush(stdout);
    fprintf(stderr, "rungs %s: ", verb);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    int row[LONGEST + 1], n = (int)strlen(b);
    if (n > LONGEST) return INT_MAX;
    for (int j = 0; j <= n; j++) row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int swap = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (diagonal + 1 < swap) swap = diagonal + 1;
            if (row[j - 1] + 1 < swap) swap = row[j - 1] + 1;
            row[j] = swap;
        }
    }
    return row[n];
}

const char *args_nearest(const char *text, const char *const *first, size_t n, size_t stride)
{
    const char *nearest = NULL;
    int best = 4;
    for (size_t i = 0; i < n; i++) {
        const char *name = *(const char *const *)((const char *)first + i * stride);
        int distance = edit_distance(text, name);
        if (distance < best) {
            best = distance;
            nearest = name;
        }
    }
    return nearest;
}

static void print_default(const struct option_row *o)
{
    if (o->kind == OPTION_INT) printf(" [%d]", *(int *)o->value);
    if (o->kind == OPTION_REAL) printf(" [%g]", *(double *)o->value);
    if (o->kind == OPTION_TEXT && *(const char **)o->value) printf(" [%s]", *(const char **)o->value);
}

static void print_help(const struct usage *u)
{
    static const char *const hint[] = { "", " N", " X", " TEXT" };
    printf("usage: rungs %s\n\n%s\n", u->synopsis, u->about);
    if (u->options->name) puts("\noptions:");
    for (const struct option_row *o = u->options; o->name; o++) {
        char left[40];
        snprintf(left, sizeof left, "%s%s", o->name, hint[o->kind]);
        printf("  %-20s %s", left, o->help);
        print_default(o);
        putchar('\n');
    }
    printf("\nexamples:\n%s", u->examples);
}

static const struct option_row *find_option(const struct usage *u, const char *name)
{
    for (const struct option_row *o = u->options; o->name; o++)
        if (!strcmp(o->name, name)) return o;
    return NULL;
}

static int refuse_option(const struct usage *u, const char *name)
{
    size_t n = 0;
    while (u->options[n].name) n++;
    const char *near = n ? args_nearest(name, &u->options[0].name, n, sizeof *u->options) : NULL;
    if (near) return args_refuse(u->verb, "there is no option %s; did you mean %s?", name, near);
    return args_refuse(u->verb, "there is no option %s; `rungs %s --help` lists them", name, u->verb);
}

/* 0 if the text is no number of the option's kind and range */
static int store_number(const struct option_row *o, const char *text)
{
    char *end;
    errno = 0;
    double x = o->kind == OPTION_INT ? (double)strtol(text, &end, 10) : strtod(text, &end);
    if (end == text || *end || errno || !isfinite(x) || x < o->low || x > o->high) return 0;
    if (o->kind == OPTION_INT)
        *(int *)o->value = (int)x;
    else
        *(double *)o->value = x;
    return 1;
}

int args_read(const struct usage *u, int argc, char **argv, const char **word, int *exit_code)
{
    int words = 0;
    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        *exit_code = EXIT_USAGE;
        if (!strcmp(text, "--help") || !strcmp(text, "-h")) {
            print_help(u);
            *exit_code = EXIT_OK;
            return -1;
        }
        if (strncmp(text, "--", 2)) {
            if (words == u->max_words) {
                args_refuse(u->verb, "'%s' is one word too many; usage: rungs %s", text, u->synopsis);
                return -1;
            }
            word[words++] = text;
            continue;
        }
        const struct option_row *o = find_option(u, text);
        if (!o) {
            refuse_option(u, text);
            return -1;
        }
        if (o->kind == OPTION_FLAG) {
            *(int *)o->value = 1;
            continue;
        }
        if (i + 1 == argc) {
            args_refuse(u->verb, "%s needs a value; `rungs %s --help` shows how", text, u->verb);
            return -1;
        }
        const char *value = argv[++i];
        if (o->kind == OPTION_TEXT) {
            *(const char **)o->value = value;
        } else if (!store_number(o, value)) {
            args_refuse(u->verb, "%s %s: it must be a%s number from %g to %g", text, value,
                        o->kind == OPTION_INT ? " whole" : "", o->low, o->high);
            return -1;
        }
    }
    if (words < u->min_words) {
        *exit_code = args_refuse(u->verb, "a word is missing; usage: rungs %s", u->synopsis);
        return -1;
    }
    return words;
}

int args_split(const char *text, char *buffer, size_t room, const char **part, int max)
{
    int n = 0;
    if (strlen(text) >= room) return -1;
    strcpy(buffer, text);
    for (char *p = strtok(buffer, ","); p; p = strtok(NULL, ",")) {
        if (n == max) return -1;
        part[n++] = p;
    }
    return n;
}
