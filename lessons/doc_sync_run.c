/* doc_sync_run.c - commands that the text shows, and how their output is compared; see doc_sync.h. */
#include "doc_sync.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../base/memory.h"

/* ---- options: "command | tol 1e-6 mask s,ms" ---- */

static int store_option(struct tolerance *tol, const char *name, const char *value)
{
    char *end;
    if (!strcmp(name, "mask"))
        return snprintf(tol->mask, sizeof tol->mask, "%s", value) < (int)sizeof tol->mask;
    double x = strtod(value, &end);
    if (end == value || *end || !(x >= 0)) return 0;
    if (!strcmp(name, "tol")) return tol->relative = x, 1;
    if (!strcmp(name, "abs")) return tol->absolute = x, 1;
    if (!strcmp(name, "decades")) return tol->decades = x, 1;
    if (!strcmp(name, "exit")) return tol->exit_code = (int)x, 1;
    return 0;
}

static int is_option(const char *text)
{
    static const char *const names[] = { "tol ", "abs ", "decades ", "exit ", "mask " };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strncmp(text, names[i], strlen(names[i]))) return 1;
    return 0;
}

int text_options(char *command, struct tolerance *tol)
{
    char *bar = NULL, *rest;
    for (char *at = strstr(command, " | "); at; at = strstr(at + 1, " | ")) bar = at;
    if (!bar || !is_option(bar + 3)) return 1; /* a bar of the shell's, or none */
    *bar = '\0';
    for (char *name = strtok_r(bar + 3, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        char *value = strtok_r(NULL, " ", &rest);
        if (!value || !store_option(tol, name, value)) return 0;
    }
    return 1;
}

/* ---- running ---- */

enum { REMEMBERED = 32 };

static struct {
    char *command, *printed;
    int code;
} ran[REMEMBERED];

/* what the stream holds, to its end; a final line without its end gets one */
static char *drain(FILE *stream)
{
    char *all = NULL, part[4096];
    size_t size, n;
    FILE *out = open_memstream(&all, &size);
    if (!out) return NULL;
    while ((n = fread(part, 1, sizeof part, stream)) > 0) fwrite(part, 1, n, out);
    fflush(out);
    if (size && all[size - 1] != '\n') fputc('\n', out);
    fclose(out);
    return all;
}

/* Readers type ./rungs, the launcher, which builds first; here the program is in the PATH already. A
 * page has its own width. */
static char *run_now(const char *command, int *exit_code)
{
    char *line = memory_need(strlen(command) + 60, 1);
    int skip = !strncmp(command, "./rungs ", 8) ? 2 : 0;
    sprintf(line, "unset COLUMNS\n{ %s\n} 2>&1 </dev/null", command + skip);
    FILE *stream = popen(line, "r");
    free(line);
    if (!stream) return NULL;
    char *printed = drain(stream);
    int status = pclose(stream);
    *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return printed;
}

char *text_command(const char *command, int *exit_code)
{
    int i = 0;
    while (i < REMEMBERED && ran[i].command && strcmp(ran[i].command, command)) i++;
    if (i == REMEMBERED) return run_now(command, exit_code);
    if (!ran[i].command) {
        char *printed = run_now(command, exit_code);
        if (!printed) return NULL;
        ran[i].command = strdup(command);
        ran[i].printed = printed;
        ran[i].code = *exit_code;
    }
    *exit_code = ran[i].code;
    return strdup(ran[i].printed);
}

/* ---- comparing ---- */

/* the number at `at`, if one starts there: not in the middle of a word such as fp32 or 01_order */
static int number_at(const char *line, const char *at, double *x, const char **end)
{
    char *stop;
    const char *digits = at + (*at == '-' || *at == '+');
    if (!isdigit((unsigned char)*digits) && !(*digits == '.' && isdigit((unsigned char)digits[1]))) return 0;
    if (at > line && (isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '.')) return 0;
    *x = strtod(at, &stop);
    if (isalpha((unsigned char)*stop) || *stop == '_') return 0;
    *end = stop;
    return 1;
}

static int has_unit(const char *after, const char *mask)
{
    while (*after == ' ') after++;
    while (*mask) {
        size_t n = strcspn(mask, ",");
        if (n && !strncmp(after, mask, n) && !isalnum((unsigned char)after[n])) return 1;
        mask += n + (mask[n] == ',');
    }
    return 0;
}

static int close_enough(double a, double b, const struct tolerance *tol)
{
    if (a == b) return 1;
    if (fabs(a - b) <= tol->absolute + tol->relative * fabs(b)) return 1;
    return tol->decades > 0 && a * b > 0 && fabs(log10(a / b)) <= tol->decades;
}

static int lines_agree(const char *a, const char *b, const struct tolerance *tol)
{
    const char *first_a = a, *first_b = b, *end_a, *end_b;
    double x, y;
    while (*a || *b) {
        if (*a == ' ' || *b == ' ') {
            if ((*a && *a != ' ') || (*b && *b != ' ')) return 0;
            while (*a == ' ') a++;
            while (*b == ' ') b++;
        } else if (number_at(first_a, a, &x, &end_a) && number_at(first_b, b, &y, &end_b)) {
            if (!has_unit(end_a, tol->mask) && !close_enough(x, y, tol)) return 0;
            a = end_a, b = end_b;
        } else if (*a++ != *b++) {
            return 0;
        }
    }
    return 1;
}

/* the line at *at without its end, and *at moved behind it */
static char *take_line(const char **at)
{
    size_t n = strcspn(*at, "\n");
    char *line = strndup(*at, n);
    *at += n + ((*at)[n] == '\n');
    return line;
}

int text_same(const char *page, const char *truth, const struct tolerance *tol, char *error, size_t room)
{
    int agree = 1;
    while (agree && (*page || *truth)) {
        char *a = take_line(&page), *b = take_line(&truth);
        agree = a && b && (tol->absolute < 0 ? !strcmp(a, b) : lines_agree(a, b, tol));
        if (!agree)
            snprintf(error, room, "the page says\n    %s\nthe truth is\n    %s", a ? a : "", b ? b : "");
        free(a);
        free(b);
    }
    return agree;
}
