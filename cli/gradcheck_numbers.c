/* gradcheck_numbers.c - a file of numbers; see gradcheck.h. */
#include "gradcheck.h"

#include <stdio.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
    FILE *in;
    const char *path;
    long line;
};

static int is_gap(int c)
{
    return isspace(c) || c == ',' || c == ';';
}

/* The next word; its length, 0 at the end of the file, -1 if it does not fit. */
static int next_word(struct reader *r, char *word, int room)
{
    int c = getc(r->in), n = 0;
    while (c != EOF && (is_gap(c) || c == '#')) {
        if (c == '#')
            while (c != EOF && c != '\n') c = getc(r->in);
        r->line += c == '\n';
        c = getc(r->in);
    }
    for (; c != EOF && !is_gap(c); c = getc(r->in)) {
        if (n == room - 1) return -1;
        word[n++] = (char)(isprint(c) ? c : '?');
    }
    word[n] = '\0';
    if (c != EOF) ungetc(c, r->in);
    return n;
}

static int read_all(struct reader *r, size_t n, double *x, char *error)
{
    char word[64], *end;
    size_t have = 0;
    for (;; have++) {
        int length = next_word(r, word, sizeof word);
        if (length < 0)
            return error_set(error, "%s, line %ld: a word of more than %d characters is not a number",
                             r->path, r->line, (int)sizeof word - 1);
        if (!length) break;
        errno = 0;
        double value = strtod(word, &end);
        if (*end) return error_set(error, "%s, line %ld: '%s' is not a number", r->path, r->line, word);
        if (!isfinite(value))
            return error_set(error, "%s, line %ld: %s is not finite", r->path, r->line, word);
        if (have == n)
            return error_set(error, "%s holds more than %zu number%s, as many as were asked for", r->path, n,
                             n == 1 ? "" : "s");
        x[have] = value;
    }
    if (ferror(r->in)) return error_set(error, "%s cannot be read: %s", r->path, strerror(errno));
    if (have < n)
        return error_set(error, "%s holds %zu number%s, but %zu are needed", r->path, have,
                         have == 1 ? "" : "s", n);
    return 1;
}

int numbers_read(const char *path, size_t n, double *x, char *error)
{
    struct stat info;
    struct reader r = { .in = fopen(path, "r"), .path = path, .line = 1 };
    if (!r.in) {
        error_set(error, "%s cannot be opened: %s", path, strerror(errno));
        return gradcheck_ends(EXIT_INPUT);
    }
    int ok = !fstat(fileno(r.in), &info) && S_ISDIR(info.st_mode)
                 ? error_set(error, "%s is a folder, not a file of numbers", path)
                 : read_all(&r, n, x, error);
    fclose(r.in);
    return ok || gradcheck_ends(EXIT_INPUT);
}
