/* read_fill.c - lines with Chinese, which has no blanks to break at; see read.h.
 *
 * A line may end between two characters if one of them is Chinese, unless the second closes something or the
 * first opens something: "（" never ends a line, "。" never begins one. A character takes two columns. */
#include "read.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../lessons/tex_box.h"

/* ---- where a line may end ---- */

enum { LETTER = 5 }; /* bytes of a character and the end of a string */

/* Copies the character at s; returns its bytes. */
static size_t letter_at(const char *s, char letter[LETTER])
{
    size_t n = *s != '\0';
    while (n && n < LETTER - 1 && ((unsigned char)s[n] & 0xc0) == 0x80) n++;
    memcpy(letter, s, n);
    letter[n] = '\0';
    return n;
}

static int is_in(const char *letter, const char *set)
{
    return *letter && strstr(set, letter) != NULL;
}

/* May a line end between the two, neither of which is a blank? */
static int may_break(const char *before, const char *after)
{
    static const char never_first[] = "!%),-./:;?]}\"'_*`、。，．：；？！）」』】〕〉》〗”’…—·～％‰℃々ー",
                      never_last[] = "([{\"'_*`\\（「『【〔〈《〖“‘";
    return (text_columns(before) == 2 || text_columns(after) == 2) && !is_in(after, never_first) &&
           !is_in(before, never_last);
}

/* Is three tenths of a text Chinese? In others a Chinese term stays whole, and lines end at blanks. */
static int is_chinese(const char *text)
{
    char letter[LETTER];
    int wide = 0, all = 0;
    for (size_t n; (n = letter_at(text, letter)); text += n) {
        int columns = text_columns(letter);
        all += columns;
        if (columns == 2) wide += columns;
    }
    return wide && 10 * wide >= 3 * all;
}

/* A walk over the characters of a text. */
struct walk {
    const char *at;      /* behind the character                                */
    char letter[LETTER]; /* the last one that takes columns; empty: none or a blank */
    int columns;         /* of the last one                                     */
    int only_blanks;     /* lines end at blanks                                 */
    const char *may_end; /* a line may end here, before the character; or NULL  */
};

/* The next character; 0: there is none. */
static int step(struct walk *w)
{
    char letter[LETTER];
    const char *here = w->at;
    w->at += letter_at(here, letter);
    w->columns = text_columns(letter);
    int may = !w->only_blanks && w->columns && *w->letter && may_break(w->letter, letter);
    w->may_end = may || *letter == ' ' ? here : NULL;
    if (w->columns) strcpy(w->letter, *letter == ' ' ? "" : letter);
    return *letter != '\0';
}

/* The bytes of the text that a line takes, up to a blank or between two characters. */
static size_t line_bytes(const char *text, int columns)
{
    struct walk w = { .at = text };
    const char *end = NULL; /* the last place so far where the line may end */
    int used = 0;
    while (step(&w)) {
        if (w.may_end && w.may_end > text) end = w.may_end;
        used += w.columns;
        if (used > columns && end) return (size_t)(end - text);
    }
    return strlen(text);
}

int read_widest_word(const char *text, int less)
{
    struct walk w = { .at = text, .only_blanks = !is_chinese(text) };
    int widest = 0, used = 0;
    for (int more = 1; more;) {
        more = step(&w);
        if (!more || w.may_end) {
            if (used > widest && used < less) widest = used;
            used = 0;
        }
        used += *w.letter ? w.columns : 0;
    }
    return widest;
}

char *read_break_cell(const char *text, int columns)
{
    char *cell = NULL;
    size_t room;
    FILE *out = open_memstream(&cell, &room);
    if (!out) memory_fail("out of memory for a table");
    if (!is_chinese(text)) {
        fputs(text, out);
        text += strlen(text);
    }
    while (*text) {
        size_t n = line_bytes(text, columns);
        fprintf(out, "%.*s%s", (int)n, text, !text[n] ? "" : text[n] == ' ' ? " " : READ_JOIN " ");
        text += n;
        text += strspn(text, " ");
    }
    if (fclose(out)) memory_fail("out of memory for a table");
    return cell;
}

/* ---- paragraphs ---- */

struct paragraph {
    char *raw;    /* its lines as they came                          */
    char *joined; /* as one line, without the indentation of the others */
    size_t hang;  /* the indentation of all lines but the first      */
};

/* The last line of dashes; in a table it says where the columns are. */
struct ruler {
    char *line;
    int has_columns;
};

/* The columns of a list's sign and the blanks behind it: "-   ", "10. "; 0: the line begins with none. */
static size_t sign_of(const char *s)
{
    size_t n = *s == '-' ? 1 : strspn(s, "0123456789");
    if (n && *s != '-') n = s[n] == '.' ? n + 1 : 0;
    size_t all = n + strspn(s + n, " ");
    return n && all > n && all % 4 == 0 ? all : 0;
}

static char *append(char *text, const char *more)
{
    size_t n = text ? strlen(text) : 0, m = strlen(more);
    char *longer = realloc(text, n + m + 1);
    if (!longer) memory_fail("out of memory for a paragraph");
    memcpy(longer + n, more, m + 1);
    return longer;
}

static void put_filled(const struct paragraph *p, FILE *out, int columns)
{
    char *text = append(NULL, p->joined);
    for (char *mark; (mark = strstr(text, READ_FILL));)
        memmove(mark, mark + strlen(READ_FILL), strlen(mark + strlen(READ_FILL)) + 1);
    for (const char *at = text; *at;) {
        int is_first = at == text;
        size_t room = (size_t)columns - (is_first ? 0 : p->hang), skip = is_first ? p->hang : 0;
        size_t n = skip + line_bytes(at + skip, (int)(room - skip));
        fprintf(out, "%*s%.*s\n", is_first ? 0 : (int)p->hang, "", (int)n, at);
        at += n;
        at += strspn(at, " ");
    }
    free(text);
}

/* ---- tables ---- */

/* A row's line below the table's ruler, "  ---- -----". Within a column the blank behind READ_JOIN goes, and
 * comes again at the column's end. */
static void put_row(const char *line, const char *ruler, FILE *out)
{
    int column = 0, last = (int)strlen(ruler), lost = 0;
    while (*line && *line != '\n') {
        char letter[LETTER];
        if (lost && (column >= last || ruler[column] == ' ')) {
            fprintf(out, "%*s", lost, "");
            lost = 0;
        }
        line += letter_at(line, letter);
        if (!strcmp(letter, READ_FILL)) continue;
        if (strcmp(letter, READ_JOIN)) {
            fputs(letter, out);
        } else if (*line == ' ' && column < last && ruler[column] == '-') {
            line++;
            column++;
            lost++;
        }
        column += text_columns(letter);
    }
    fputc('\n', out);
}

/* Lines that stay as they are, but for tables' cells. */
static void put_raw(struct ruler *r, const char *lines, FILE *out)
{
    while (*lines) {
        size_t n = strspn(lines, " -"), blanks = strspn(lines, " ");
        if (n > blanks && lines[n] == '\n') { /* a table's border has no blank in it */
            free(r->line);
            r->line = strndup(lines, n);
            r->has_columns = memchr(lines + blanks, ' ', n - blanks) != NULL;
        }
        put_row(lines, r->has_columns ? r->line : "", out);
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
    }
}

static void finish(struct paragraph *p, struct ruler *r, FILE *out, int columns)
{
    if (p->raw && strstr(p->joined, READ_FILL) && is_chinese(p->joined))
        put_filled(p, out, columns);
    else if (p->raw)
        put_raw(r, p->raw, out);
    free(p->raw);
    free(p->joined);
    *p = (struct paragraph){ 0 };
}

void read_fill(FILE *in, FILE *out, int columns)
{
    char *line = NULL;
    size_t room = 0;
    struct paragraph p = { 0 };
    struct ruler r = { 0 };
    while (getline(&line, &room, in) > 0) {
        size_t indent = strspn(line, " "), sign = sign_of(line + indent);
        int goes_on = p.raw && line[indent] != '\n' && indent == p.hang && !sign;
        if (!goes_on) {
            finish(&p, &r, out, columns);
            p.hang = indent + sign;
        }
        p.raw = append(p.raw, line);
        line[strcspn(line, "\n")] = '\0';
        if (goes_on) p.joined = append(p.joined, " ");
        p.joined = append(p.joined, goes_on ? line + indent : line);
        if (!line[indent]) finish(&p, &r, out, columns);
    }
    finish(&p, &r, out, columns);
    free(r.line);
    free(line);
}
