/* args.c - option tables; see args.h. */
#include "args.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/terminal.h"
#include "../base/file.h"

static const char *place = "";

void args_place(const char *where)
{
    place = where;
}

static void vsay(const char *verb, const char *format, va_list list)
{
    fflush(stdout);
    fprintf(stderr, "rungs %s: %s%s", verb, place, *place ? ": " : "");
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
}

const char *args_program(void)
{
    const char *program = getenv("RUNGS_COMMAND");
    return program ? program : "rungs";
}

int args_refuse(const char *verb, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsay(verb, format, list);
    va_end(list);
    return EXIT_USAGE;
}

int args_fail(int code, const char *verb, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsay(verb, format, list);
    va_end(list);
    return code;
}

/* ---- names ---- */

int args_unknown(const char *verb, const char *lead, const char *text, struct name_list names,
                 const char *how)
{
    char near[NEAREST_TEXT];
    if (nearest_name(text, names, near))
        return args_refuse(verb, "%s '%s'; did you mean %s?", lead, text, near);
    return args_refuse(verb, "%s '%s'; %s", lead, text, how);
}

/* ---- help ---- */

static const char *const args_hint[] = { "", " N", " X", " TEXT", " FILE", " FOLDER" };

/* " [3]", the default; "" if there is none. text holds 256 bytes */
static const char *default_text(const struct option_row *o, char *text)
{
    const char *word = o->kind >= OPTION_TEXT ? *(const char **)o->value : NULL;
    *text = '\0';
    if (o->kind == OPTION_INT) snprintf(text, 256, " [%d]", *(int *)o->value);
    if (o->kind == OPTION_REAL) snprintf(text, 256, " [%g]", *(double *)o->value);
    if (word) snprintf(text, 256, " [%.240s]", word);
    return text;
}

void args_print_option(const struct option_row *o, int margin, int room)
{
    char left[48], value[256];
    snprintf(left, sizeof left, "%s%s", o->name, args_hint[o->kind]);
    terminal_print(stdout, margin + room + 1, "%*s%-*s %s%s\n", margin, "", room, left, o->help,
                   default_text(o, value));
}

/* The source's line ends are for a width of its own; where the terminal has another, only
 * blank lines and lists stay. */
void args_print_text(int margin, const char *text)
{
    char *flowing = terminal_columns(stdout) ? strdup(text) : NULL;
    for (char *p = flowing; p && *p; p++)
        if (*p == '\n' && p > flowing && p[-1] != '\n' && p[1] && !strchr(" \n-", p[1])) *p = ' ';
    for (const char *line = flowing ? flowing : text; *line;) {
        size_t n = strcspn(line, "\n"), lead = strspn(line, " ");
        size_t list = lead && lead < n ? lead + strcspn(line + lead, " ") : 0; /* "  name   what it is" */
        int hang = list && list < n ? (int)(list + strspn(line + list, " ")) : 0;
        terminal_print(stdout, margin + hang, n ? "%*s%.*s\n" : "\n", margin, "", (int)n, line);
        line += n + (line[n] == '\n');
    }
    free(flowing);
}

static void print_help(const struct usage *u)
{
    terminal_print(stdout, 11, "usage: rungs %s\n\n", u->synopsis);
    args_print_text(0, u->about);
    if (u->options->name) puts("\noptions:");
    for (const struct option_row *o = u->options; o->name; o++) args_print_option(o, 2, 20);
    printf("\nexamples:\n%s", u->examples);
}

/* ---- reading ---- */

int args_joined(const char *word, const char *option)
{
    size_t n = strlen(option);
    return !strncmp(word, option, n) && word[n] == '=';
}

int args_given(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
        if (!strcmp(argv[i], option) || args_joined(argv[i], option)) return 1;
    return 0;
}

static const struct option_row *find_option(const struct usage *u, const char *text)
{
    for (const struct option_row *o = u->options; o->name; o++)
        if (!strcmp(o->name, text) || args_joined(text, o->name)) return o;
    return NULL;
}

static void refuse_option(const struct usage *u, const char *text)
{
    char how[96], name[64];
    size_t n = 0;
    while (u->options[n].name) n++;
    snprintf(how, sizeof how, "`rungs %s --help` lists them", u->verb);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
    args_unknown(u->verb, "there is no option", name,
                 (struct name_list){ &u->options[0].name, n, sizeof *u->options }, how);
}

/* 0 if the text is not a number of the option's kind and range */
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

/* Reads the option argv[i] and its value, which may be argv[i + 1]; the index of its last word,
 * or -1 after a sentence. */
static int read_option(const struct usage *u, int i, int argc, char **argv)
{
    const struct option_row *o = find_option(u, argv[i]);
    const char *joined = o ? strchr(argv[i], '=') : NULL, *value = joined ? joined + 1 : argv[i + 1];
    if (!o) {
        refuse_option(u, argv[i]);
        return -1;
    }
    if (o->kind == OPTION_FLAG) {
        *(int *)o->value = 1;
        if (!joined) return i;
        args_refuse(u->verb, "%s takes no value; leave out '%s'", o->name, joined);
        return -1;
    }
    if (!joined && ++i == argc) {
        args_refuse(u->verb, "%s needs a value; `rungs %s --help` shows how", o->name, u->verb);
        return -1;
    }
    if (o->kind >= OPTION_TEXT) {
        *(const char **)o->value = value;
    } else if (!store_number(o, value)) {
        args_refuse(u->verb, "%s %s: it must be a%s number from %g to %g", o->name, value,
                    o->kind == OPTION_INT ? " whole" : "", o->low, o->high);
        return -1;
    }
    return i;
}

/* Can all results be written where the user wants them? 0 after a sentence. */
static int check_outputs(const struct usage *u)
{
    char error[ERROR_TEXT];
    for (const struct option_row *o = u->options; o->name; o++) {
        const char *path = o->kind >= OPTION_FILE ? *(const char **)o->value : NULL;
        if (!path) continue;
        if (!(o->kind == OPTION_FILE ? file_can_write : folder_can_write)(path, error)) {
            args_refuse(u->verb, "%s: %s", o->name, error);
            return 0;
        }
        for (const struct option_row *p = u->options; p < o; p++) {
            const char *other = p->kind == OPTION_FILE ? *(const char **)p->value : NULL;
            if (!other || o->kind != OPTION_FILE || !file_is_same(path, other)) continue;
            args_refuse(u->verb, "%s and %s name the same file, %s", p->name, o->name, path);
            return 0;
        }
    }
    return 1;
}

int args_read(const struct usage *u, int argc, char **argv, const char **word, int *exit_code)
{
    int words = 0, only_words = 0;
    *exit_code = EXIT_USAGE;
    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        if (!only_words && (!strcmp(text, "--help") || !strcmp(text, "-h"))) {
            print_help(u);
            *exit_code = EXIT_OK;
            return -1;
        }
        if (!only_words && !strcmp(text, "--")) {
            only_words = 1;
        } else if (!only_words && !strncmp(text, "--", 2)) {
            i = read_option(u, i, argc, argv);
            if (i < 0) return -1;
        } else if (words == u->max_words) {
            args_refuse(u->verb, "unexpected argument '%s'; usage: rungs %s", text, u->synopsis);
            return -1;
        } else {
            word[words++] = text;
        }
    }
    if (words < u->min_words) {
        args_refuse(u->verb, "missing argument; usage: rungs %s", u->synopsis);
        return -1;
    }
    if (check_outputs(u)) return words;
    *exit_code = EXIT_OUTPUT;
    return -1;
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
