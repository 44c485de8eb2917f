/* tokens.c - the words of a CUDA file, and edits of its text: see cu2cpp.h. */
#include "cu2cpp.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes ? bytes : 1);
    if (grown) return grown;
    fprintf(stderr, "cu2cpp: out of memory\n");
    exit(1);
}

void complain(const struct file *f, int line, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "%s:%d: ", f->path, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* ---- splitting ---- */

static int is_name_start(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static int is_name(char c)
{
    return is_name_start(c) || isdigit((unsigned char)c);
}

/* The length of a \ that continues its line at the next one, with what is between: blanks, a carriage return.
 * 0: it does not. */
static size_t continued(const char *text, size_t at)
{
    size_t end = at + 1;
    if (text[at] != '\\') return 0;
    while (text[end] == ' ' || text[end] == '\t' || text[end] == '\r') end++;
    return text[end] == '\n' ? end + 1 - at : 0;
}

/* The end of a string or character that begins at `at`; one that is not closed ends with its line. */
static size_t end_of_quotes(const char *text, size_t at)
{
    char quote = text[at++];
    while (text[at] && text[at] != quote && text[at] != '\n') {
        size_t next = continued(text, at);
        at += next ? next : text[at] == '\\' && text[at + 1] ? 2 : 1;
    }
    return text[at] == quote ? at + 1 : at;
}

/* of R"mark(...)mark", whose first quote is at `at` */
static size_t end_of_raw(const char *text, size_t at)
{
    char close[24] = ")";
    size_t mark = strcspn(text + at + 1, "(\n");
    if (mark > 16 || text[at + 1 + mark] != '(') return end_of_quotes(text, at);
    memcpy(close + 1, text + at + 1, mark);
    close[mark + 1] = '"';
    const char *end = strstr(text + at, close);
    return end ? (size_t)(end - text) + mark + 2 : strlen(text);
}

/* of what is neither space nor comment */
static size_t end_of_word(const char *text, size_t at, enum word_kind *kind)
{
    size_t end = at;
    *kind = SIGN;
    if (text[at] == '"' || text[at] == '\'') return *kind = STRING, end_of_quotes(text, at);
    if (isdigit((unsigned char)text[at]) || (text[at] == '.' && isdigit((unsigned char)text[at + 1]))) {
        while (is_name(text[end]) || text[end] == '.' || (text[end] == '\'' && is_name(text[end + 1]))) end++;
        return *kind = NUMBER, end;
    }
    if (!is_name_start(text[at])) return at + 1;
    while (is_name(text[end])) end++;
    *kind = NAME;
    if (text[end] == '"' && text[end - 1] == 'R' && end - at <= 3)
        return *kind = STRING, end_of_raw(text, end);
    return end;
}

/* Space, comments and continued lines from `at` on; counts lines. */
static size_t skip_space(const char *text, size_t at, int *line, int *directive)
{
    for (size_t next;;) {
        if ((next = continued(text, at)) != 0) {
            at += next, ++*line;
        } else if (text[at] == '\n') {
            at++, ++*line, *directive = 0;
        } else if (isspace((unsigned char)text[at])) {
            at++;
        } else if (text[at] == '/' && text[at + 1] == '/') {
            while (text[at] && text[at] != '\n') {
                next = continued(text, at);
                *line += next != 0, at += next ? next : 1;
            }
        } else if (text[at] == '/' && text[at + 1] == '*') {
            for (at += 2; text[at] && !(text[at] == '*' && text[at + 1] == '/');) *line += text[at++] == '\n';
            at += text[at] ? 2 : 0;
        } else {
            return at;
        }
    }
}

static struct word *add_word(struct file *f)
{
    if (f->words == f->room) {
        f->room = f->room ? 2 * f->room : 1024;
        f->word = must_grow(f->word, (size_t)f->room * sizeof *f->word);
    }
    return &f->word[f->words++];
}

/* Is the brace at word i that of a namespace, or of extern "C"? */
static int opens_namespace(const struct file *f, int i)
{
    if (i >= 2 && f->word[i - 1].kind == STRING && is_word(f, i - 2, "extern")) return 1;
    for (int j = i - 1; j >= 0 && (f->word[j].kind == NAME || is_sign(f, j, ':')); j--)
        if (is_word(f, j, "namespace")) return 1;
    return 0;
}

/* The scope of each word. Of #if and its #else, each begins as deep as the other. */
static void find_scopes(struct file *f)
{
    enum { DEEPEST = 1000, NESTED = 100 };
    static char is_space[DEEPEST];
    int depth = 0, scope = 0, nested = 0, at_if[NESTED][2];
    for (int i = 0; i < f->words; i++) {
        struct word *w = &f->word[i];
        w->scope = scope;
        if (w->directive) {
            if (!is_sign(f, i, '#') || (i && f->word[i - 1].directive == w->directive)) continue;
            int opens = is_word(f, i + 1, "if") || is_word(f, i + 1, "ifdef") || is_word(f, i + 1, "ifndef");
            if (opens && nested < NESTED) at_if[nested][0] = depth, at_if[nested][1] = scope, nested++;
            if ((is_word(f, i + 1, "else") || is_word(f, i + 1, "elif")) && nested)
                depth = at_if[nested - 1][0], scope = at_if[nested - 1][1];
            if (is_word(f, i + 1, "endif") && nested) nested--;
        } else if (is_sign(f, i, '{') && depth < DEEPEST) {
            is_space[depth] = (char)opens_namespace(f, i);
            scope += !is_space[depth++];
        } else if (is_sign(f, i, '}') && depth > 0) {
            scope -= !is_space[--depth];
            w->scope = scope;
        }
    }
}

/* Is the last word, i, the number of a #line? */
static int is_line(const struct file *f, int i)
{
    return i >= 2 && f->word[i].kind == NUMBER && f->word[i].directive == f->word[i - 2].directive &&
           is_word(f, i - 1, "line") && is_sign(f, i - 2, '#');
}

void file_split(struct file *f)
{
    int line = 1, directive = 0, directives = 0;
    size_t at = 0;
    for (;;) {
        int before = line;
        at = skip_space(f->text, at, &line, &directive);
        if (!f->text[at]) break;
        if (f->text[at] == '#' && !directive &&
            (!f->words || line != f->word[f->words - 1].line || before != line))
            directive = ++directives;
        struct word *w = add_word(f);
        w->at = at;
        w->line = line;
        w->directive = directive;
        at = end_of_word(f->text, at, &w->kind);
        w->length = at - w->at;
        for (size_t i = w->at; i < at; i++) line += f->text[i] == '\n';
        if (is_line(f, f->words - 1)) line = atoi(f->text + w->at) - 1; /* of the next line */
    }
    find_scopes(f);
}

void file_free(struct file *f)
{
    for (int i = 0; i < f->edits; i++) free(f->edit[i].text);
    free(f->edit), free(f->word), free(f->text);
}

void settle_edits(struct file *f)
{
    struct file after = { .path = f->path, .refused = f->refused };
    after.text = edited(f, &after.size);
    after.text = must_grow(after.text, after.size + 2);
    memset(after.text + after.size, 0, 2);
    file_free(f);
    *f = after;
    file_split(f);
}

/* ---- looking ---- */

int is_word(const struct file *f, int i, const char *text)
{
    if (i < 0 || i >= f->words || f->word[i].length != strlen(text)) return 0;
    return !memcmp(f->text + f->word[i].at, text, f->word[i].length);
}

int is_sign(const struct file *f, int i, char sign)
{
    return i >= 0 && i < f->words && f->word[i].kind == SIGN && f->text[f->word[i].at] == sign;
}

size_t end_of(const struct file *f, int i)
{
    return f->word[i].at + f->word[i].length;
}

static int among(const struct file *f, int i, const char *signs)
{
    return f->word[i].kind == SIGN && strchr(signs, f->text[f->word[i].at]);
}

int matching(const struct file *f, int i)
{
    for (int depth = 0; i < f->words; i++) {
        depth += among(f, i, "([{") - among(f, i, ")]}");
        if (depth == 0) return i;
    }
    return -1;
}

int matching_back(const struct file *f, int i)
{
    int angles = is_sign(f, i, '>'), depth = 0, open = 0; /* in parentheses > is a comparison */
    for (; i >= 0; i--) {
        depth += among(f, i, ")]}") - among(f, i, "([{");
        if (angles && depth == 0) open += is_sign(f, i, '>') - is_sign(f, i, '<');
        if (depth < 0 || (angles && depth == 0 && among(f, i, ";"))) return -1;
        if (depth == 0 && open == 0) return i;
    }
    return -1;
}

/* ---- editing ---- */

void edit(struct file *f, size_t at, size_t cut, const char *text)
{
    if (f->edits == f->edits_room) {
        f->edits_room = f->edits_room ? 2 * f->edits_room : 64;
        f->edit = must_grow(f->edit, (size_t)f->edits_room * sizeof *f->edit);
    }
    int i = f->edits++; /* sorted by place */
    for (; i > 0 && f->edit[i - 1].at > at; i--) f->edit[i] = f->edit[i - 1];
    f->edit[i] = (struct edit){ at, cut, strcpy(must_grow(NULL, strlen(text) + 1), text) };
}

void edit_word(struct file *f, int i, const char *text)
{
    edit(f, f->word[i].at, f->word[i].length, text);
}

char *edited(struct file *f, size_t *size)
{
    size_t room = f->size + 1, from = 0, n = 0;
    for (int i = 0; i < f->edits; i++) room += strlen(f->edit[i].text);
    char *to = must_grow(NULL, room);
    for (int i = 0; i < f->edits; i++) {
        const struct edit *e = &f->edit[i];
        if (e->at > from) memcpy(to + n, f->text + from, e->at - from), n += e->at - from;
        memcpy(to + n, e->text, strlen(e->text)), n += strlen(e->text);
        if (e->at + e->cut > from) from = e->at + e->cut;
    }
    memcpy(to + n, f->text + from, f->size - from);
    *size = n + f->size - from;
    return to;
}
