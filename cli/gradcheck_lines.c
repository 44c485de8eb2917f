/* gradcheck_lines.c - a file of problems becomes lines of words, as a shell cuts them; see gradcheck.h. */
#include "gradcheck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at;
    char *to; /* the next character of a word, in a copy: with its zero it needs no more room there */
    int number;
};

enum { MOST_LINES = 100000 };

static char *file_text(const char *path, char *error)
{
    char *text = NULL;
    size_t n = 0, room = 0;
    FILE *f = fopen(path, "re");
    int failed = f ? 0 : errno;
    for (size_t got = 1; f && got && !failed;) {
        if (room - n < 4096) {
            char *more = realloc(text, room = 2 * room + 8192);
            if (!more) break;
            text = more;
        }
        got = fread(text + n, 1, room - n - 1, f);
        n += got;
        failed = ferror(f) ? errno : 0;
    }
    int whole = f && feof(f) && text && !failed;
    if (f) fclose(f);
    if (whole && !memchr(text, '\0', n)) {
        text[n] = '\0';
        return text;
    }
    free(text);
    if (whole)
        error_set(error, "1: this is no text file");
    else
        error_set(error, "cannot read it: %s", failed ? strerror(failed) : "out of memory");
    gradcheck_ends(EXIT_INPUT);
    return NULL;
}

/* a backslash and a line end: the line goes on */
static int goes_on(const char *p)
{
    return p[0] == '\\' && (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n'));
}

static void skip_blanks(struct reader *r)
{
    for (;; r->at++) {
        if (goes_on(r->at)) {
            r->at += r->at[1] == '\r';
            r->at++;
            r->number++;
        } else if (!*r->at || !strchr(" \t\r", *r->at)) {
            return;
        }
    }
}

/* the text between quotes; 0: the closing one is missing */
static int read_quoted(struct reader *r, char quote)
{
    for (r->at++; *r->at && *r->at != quote && *r->at != '\n'; r->at++) {
        if (quote == '"' && *r->at == '\\' && r->at[1] && strchr("\"\\", r->at[1])) r->at++;
        *r->to++ = *r->at;
    }
    if (*r->at != quote) return 0;
    r->at++;
    return 1;
}

/* one word, which begins at r->at; NULL with error set */
static char *read_word(struct reader *r, char *error)
{
    char *begin = r->to;
    while (*r->at && !strchr(" \t\r\n", *r->at) && !goes_on(r->at)) {
        char c = *r->at;
        if (c == '\'' || c == '"') {
            if (!read_quoted(r, c)) {
                gradcheck_ends(EXIT_INPUT);
                error_set(error, "%d: a quote (%c) is opened and not closed on its line", r->number, c);
                return NULL;
            }
            continue;
        }
        if (c == '\\' && r->at[1]) r->at++;
        *r->to++ = *r->at++;
    }
    return begin;
}

static int add_word(struct line *l, char *word)
{
    char **more = realloc(l->word, ((size_t)l->words + 2) * sizeof *more);
    if (!more) return 0;
    l->word = more;
    l->word[l->words++] = word;
    l->word[l->words] = NULL;
    return 1;
}

/* the words up to the end of the line; 0 with error set */
static int read_line(struct reader *r, struct line *l, char *error)
{
    memset(l, 0, sizeof *l);
    for (skip_blanks(r), l->number = r->number; *r->at && *r->at != '\n' && *r->at != '#'; skip_blanks(r)) {
        char *word = read_word(r, error);
        if (!word) return 0;
        *r->to++ = '\0';
        if (!add_word(l, word)) {
            error_set(error, "%d: out of memory", r->number);
            return gradcheck_ends(EXIT_RESOURCES);
        }
    }
    r->at += strcspn(r->at, "\n");
    r->at += *r->at == '\n';
    r->number++;
    return 1;
}

/* the next line, if there is room for it; 0 with error set */
static int next_line(struct reader *r, struct lines *lines, char *error)
{
    struct line *more = realloc(lines->line, ((size_t)lines->count + 1) * sizeof *more);
    if (!more) {
        error_set(error, "%d: out of memory", r->number);
        return gradcheck_ends(EXIT_RESOURCES);
    }
    lines->line = more;
    struct line *l = &more[lines->count];
    int good = read_line(r, l, error);
    if (good && !l->words) return 1;
    lines->count++; /* also of a line that is only begun, so that its words are freed */
    return good;
}

int lines_read(const char *path, struct lines *lines, char *error)
{
    *lines = (struct lines){ 0 };
    char *text = file_text(path, error);
    if (!text) return 0;
    lines->text = malloc(strlen(text) + 1);
    struct reader r = { .at = text, .to = lines->text, .number = 1 };
    int good = 1;
    if (!lines->text) {
        error_set(error, "out of memory");
        good = gradcheck_ends(EXIT_RESOURCES);
    }
    while (good && *r.at && lines->count < MOST_LINES) good = next_line(&r, lines, error);
    if (good && *r.at) {
        error_set(error, "%d: there are more than %d problems", r.number, MOST_LINES);
        good = gradcheck_ends(EXIT_INPUT);
    }
    if (good && !lines->count) {
        error_set(error, "there is no problem in it; `rungs gradcheck batch --help` shows one");
        good = gradcheck_ends(EXIT_INPUT);
    }
    free(text);
    return good;
}

void lines_free(struct lines *lines)
{
    for (int i = 0; i < lines->count; i++) {
        free(lines->line[i].word);
        free(lines->line[i].command);
    }
    free(lines->line);
    free(lines->text);
}
