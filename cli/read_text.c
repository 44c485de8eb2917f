/* read_text.c - a page of Markdown, made ready for pandoc's plain output; see read.h. */
#include "read.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../lessons/tex.h"
#include "../lessons/tex_box.h"

/* where the prepared text goes */
struct writer {
    FILE *out;
    int plainly; /* for people, not for pandoc: no backslashes, no signs of Markdown */
    int marks;   /* in text with Chinese: READ_FILL                                  */
    char *error;
};

enum { MOST_COLUMNS = 24, LONGEST_WORD = 30 };

static int starts(const char *s, const char *with)
{
    return !strncmp(s, with, strlen(with));
}

static char *copy_of(const char *from, size_t n)
{
    char *s = memory_need(n + 1, 1);
    memcpy(s, from, n);
    return s;
}

/* ---- within a line ---- */

/* Punctuation behind backslashes, so that pandoc takes none of it for Markdown. */
static void put_escaped(const char *s, const struct writer *w)
{
    for (; *s; s++) {
        if (ispunct((unsigned char)*s) && !w->plainly) fputc('\\', w->out);
        fputc(*s, w->out);
    }
}

/* The formula between dollars that begins at s; returns its bytes, 0 if it is none, or -1 with error set. */
static long put_formula(const char *s, const struct writer *w)
{
    size_t n = 1 + strcspn(s + 1, "$\n");
    if (s[n] != '$' || n == 1 || s[1] == ' ' || s[n - 1] == ' ') return 0;
    char *tex = copy_of(s + 1, n - 1), *text = tex_line(tex, w->error);
    free(tex);
    if (!text) return -1;
    put_escaped(text, w);
    free(text);
    return (long)n + 1;
}

/* Code between one or more backticks; returns its bytes, 0 if there is no end. */
static size_t put_code(const char *s, const struct writer *w)
{
    size_t ticks = strspn(s, "`");
    for (const char *end = s + ticks; (end = strchr(end, '`')); end += strspn(end, "`")) {
        if (strspn(end, "`") != ticks) continue;
        size_t n = (size_t)(end - s) + ticks, skip = w->plainly ? ticks : 0;
        fprintf(w->out, READ_CODE "%.*s" READ_CODE, (int)(n - 2 * skip), s + skip);
        return n;
    }
    return 0;
}

/* An image, of which a terminal shows what it is about and its file; returns its bytes, 0 if it is none. */
static size_t put_image(const char *s, const struct writer *w)
{
    const char *middle = strstr(s, "](");
    if (!starts(s, "![") || !middle || memchr(s, '\n', (size_t)(middle - s))) return 0;
    size_t file = strcspn(middle + 2, ")\n");
    char *about = copy_of(s + 2, (size_t)(middle - s) - 2), *name = copy_of(middle + 2, file);
    put_escaped("[", w);
    put_escaped(about, w);
    put_escaped(": ", w);
    put_escaped(name, w);
    put_escaped("]", w);
    free(about), free(name);
    return (size_t)(middle - s) + 3 + file;
}

/* Is the character at s Chinese, and not the last before `end`? pandoc joins lines that end and begin with
 * Chinese, where no mark is between. */
static int is_chinese_within(const char *s, const char *end)
{
    char letter[4] = { s[0] };
    if ((unsigned char)*s < 0xe0 || (unsigned char)*s >= 0xf0 || end - s <= 3) return 0;
    memcpy(letter, s, 3);
    return text_columns(letter) == 2;
}

/* n bytes of text. 0 with error set. */
static int put_inline(const char *s, size_t n, const struct writer *w)
{
    int marks = w->marks;
    for (const char *end = s + n; s < end;) {
        long used = 0;
        if (marks && is_chinese_within(s, end)) {
            fprintf(w->out, "%.3s" READ_FILL, s);
            used = 3;
            marks = 0;
        }
        if (*s == '$') used = put_formula(s, w);
        if (used < 0) return 0;
        if (*s == '`') used = (long)put_code(s, w);
        if (*s == '!') used = (long)put_image(s, w);
        if (starts(s, "**")) fputs(READ_BOLD, w->out), used = 2;
        if (!used && *s == '\\' && s + 1 < end) {
            if (!w->plainly) fputc(*s, w->out);
            s++;
        }
        if (!used) fputc(*s, w->out), used = 1;
        s += used;
    }
    return 1;
}

/* ---- tables ---- */

/* The cells of a row "| a | b |"; a bar in code or behind a backslash divides nothing. */
static int split_row(const char *row, size_t n, char **cell)
{
    int cells = 0, in_code = 0;
    const char *end = row + n, *from = row + 1;
    for (const char *s = from; s < end && cells < MOST_COLUMNS; s++) {
        if (*s == '`') in_code = !in_code;
        if (*s == '\\' && s + 1 < end)
            s++;
        else if (*s == '|' && !in_code) {
            size_t length = (size_t)(s - from);
            while (length && from[length - 1] == ' ') length--;
            while (length && *from == ' ') from++, length--;
            cell[cells++] = copy_of(from, length);
            from = s + 1;
        }
    }
    return cells;
}

/* the columns that a prepared cell takes on the screen, and those of its longest word */
static int cell_columns(const char *s, int *word)
{
    char *shown = copy_of(s, strlen(s)), *to = shown;
    for (; *s; s++)
        if (*s != '`' && (*s != '\\' || s[1] == '\\')) *to++ = *s;
    *to = '\0';
    int n = text_columns(shown), widest = read_widest_word(shown, LONGEST_WORD);
    if (widest > *word) *word = widest;
    free(shown);
    return n;
}

/* Shares the room among the columns: each gets what its longest word needs, the narrow ones all they
 * need, the wide ones the rest. */
static void share_columns(int *width, const int *word, int n, int room)
{
    int wide = n, is_settled[MOST_COLUMNS] = { 0 };
    for (int again = 1; again && wide;) {
        again = 0;
        for (int i = 0; i < n && !again; i++) {
            int share = room / wide, need = width[i] <= share ? width[i] : word[i] >= share ? word[i] : 0;
            if (is_settled[i] || !need) continue;
            is_settled[i] = again = 1;
            width[i] = need;
            room -= need;
            wide--;
        }
    }
    for (int i = 0; i < n; i++)
        if (!is_settled[i]) width[i] = room / wide > 3 ? room / wide : 3;
}

/* A row of the table at *at, which is moved to the next line: its cells, ready for pandoc. -1 with error
 * set. */
static int read_row(const char **at, char **cell, const struct writer *w)
{
    char *raw[MOST_COLUMNS];
    size_t length = strcspn(*at, "\n");
    int n = split_row(*at, length, raw), ok = 1;
    *at += length + ((*at)[length] == '\n');
    for (int i = 0; i < n; i++) {
        size_t room;
        FILE *out = open_memstream(&cell[i], &room);
        if (!out) memory_fail("out of memory for a table");
        struct writer to = { out, w->plainly, 0, w->error };
        ok = ok && put_inline(raw[i], strlen(raw[i]), &to);
        if (fclose(out)) memory_fail("out of memory for a table");
        free(raw[i]);
    }
    return ok ? n : -1;
}

struct table {
    int n, width[MOST_COLUMNS], word[MOST_COLUMNS];
    int line[MOST_COLUMNS]; /* the columns of a line in each */
};

/* How wide its columns are. 0 with error set. */
static int measure_table(const char *at, int columns, struct table *t, const struct writer *w)
{
    int fits = 0;
    for (int row = 0; *at == '|'; row++) {
        char *cell[MOST_COLUMNS] = { 0 };
        int cells = read_row(&at, cell, w);
        for (int i = 0; row != 1 && i < cells; i++) {
            int shown = cell_columns(cell[i], &t->word[i]);
            if (shown > t->width[i]) t->width[i] = shown;
            if (i >= t->n) t->n = i + 1;
        }
        for (int i = 0; i < MOST_COLUMNS; i++) free(cell[i]);
        if (cells < 0) return 0;
    }
    for (int i = 0; i < t->n; i++) fits += t->width[i] + 3;
    int is_shared = t->n && fits > columns, dashes = 0;
    if (is_shared) share_columns(t->width, t->word, t->n, columns - 2 * t->n - 8);
    for (int i = 0; i < t->n; i++) dashes += t->width[i] + 1;
    for (int i = 0; i < t->n; i++) { /* where columns are shared, pandoc gives each its part by the dashes */
        int part = columns * (t->width[i] + 1) / dashes - 1;
        t->line[i] = is_shared && part > t->width[i] ? part : t->width[i];
    }
    return 1;
}

/* The table at *at, whose first line is its head and whose second has dashes; the dashes' numbers tell
 * pandoc how wide each column is. 0 with error set. */
static int put_table(const char **at, int columns, const struct writer *w)
{
    struct table t = { 0 };
    if (!measure_table(*at, columns, &t, w)) return 0;
    for (int row = 0; **at == '|'; row++) {
        char *cell[MOST_COLUMNS] = { 0 };
        int cells = read_row(at, cell, w);
        for (int i = 0; row != 1 && i < cells; i++) {
            char *broken = read_break_cell(cell[i], t.line[i]);
            fprintf(w->out, "| %s ", broken);
            free(broken);
        }
        for (int i = 0; row == 1 && i < t.n; i++) {
            fputc('|', w->out);
            for (int k = 0; k < t.width[i] + 1 || k < 3; k++) fputc('-', w->out);
        }
        fputs("|\n", w->out);
        for (int i = 0; i < MOST_COLUMNS; i++) free(cell[i]);
    }
    return 1;
}

/* ---- the page ---- */

/* The fence at *at, which is moved past it: formulas as they are printed, all else as it is. 0 with error
 * set. */
static int put_fence(const char **at, const struct writer *w)
{
    const char *text = *at + strcspn(*at, "\n"), *end = strstr(text, "\n```");
    if (!end) return error_set(w->error, "a block of the page has no end");
    if (*text) text++;
    char *inner = copy_of(text, end >= text ? (size_t)(end - text) : 0);
    char *block = starts(*at, "```math\n") ? tex_block(inner, w->error) : copy_of(inner, strlen(inner));
    free(inner);
    *at = end + 4 + (end[4] == '\n');
    if (!block) return 0;
    if (!w->plainly) fputs("```\n", w->out);
    for (const char *line = block; w->plainly && *line;) {
        size_t n = strcspn(line, "\n");
        fprintf(w->out, "    %.*s\n", (int)n, line);
        line += n + (line[n] == '\n');
    }
    if (!w->plainly) fprintf(w->out, "%s\n```\n", block);
    free(block);
    return 1;
}

/* the number of a heading's signs, or 0 */
static size_t heading_level(const char *line)
{
    size_t n = strspn(line, "#");
    return n && line[n] == ' ' ? n : 0;
}

static int put_heading(const char *line, size_t n, const struct writer *w)
{
    size_t level = heading_level(line) + 1;
    fprintf(w->out, "%.*s" READ_HEADING, w->plainly ? 0 : (int)level, line);
    int ok = put_inline(line + level, n - level, w);
    fputs(READ_HEADING "\n", w->out);
    return ok;
}

/* The line behind this one, or behind the fence or comment that begins here. */
static const char *behind(const char *at)
{
    const char *end = starts(at, "```")    ? strstr(at + 3, "\n```")
                      : starts(at, "<!--") ? strstr(at, "-->")
                                           : NULL;
    if (end) at = end + 1;
    at += strcspn(at, "\n");
    return at + (*at == '\n');
}

/* Where the section begins and ends; 0 with error set. */
static int find_section(const char *page, const char *section, const char **from, const char **to,
                        char *error)
{
    size_t level = 0;
    *from = NULL, *to = NULL;
    for (const char *at = page; *at && !*to; at = behind(at)) {
        size_t here = heading_level(at);
        if (*from && here && here <= level) *to = at;
        if (*from || !here || strncasecmp(at + here + 1, section, strlen(section))) continue;
        *from = at, level = here;
    }
    if (*from && !*to) *to = *from + strlen(*from);
    return *from || error_set(error, "the page has no section '%s'", section);
}

int read_prepare(const char *page, const char *section, int columns, FILE *out, char *error)
{
    const struct writer text = { out, columns == 0, columns != 0, error },
                        other = { out, columns == 0, 0, error };
    const struct writer *w = &other;
    const char *at = page, *to = page + strlen(page);
    if (section && !find_section(page, section, &at, &to, error)) return 0;
    while (at < to) {
        size_t n = strcspn(at, "\n");
        int ok = 1;
        if (starts(at, "```")) {
            ok = put_fence(&at, w);
        } else if (starts(at, "<!--")) {
            at = behind(at);
        } else if (*at == '|') {
            ok = put_table(&at, columns ? columns : INT_MAX, w);
        } else {
            ok = heading_level(at) ? put_heading(at, n, w) : put_inline(at, n, &text);
            fputc('\n', out);
            at += n + (at[n] == '\n');
        }
        if (!ok) return 0;
    }
    return 1;
}
