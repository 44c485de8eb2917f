/* learn_source.c - the text of a submission, and what a stranger's would bring along when it is compiled:
 * other files by #include, or by an assembler's directives; see learn.h.
 *
 * The compiler's own preprocessor says what is included: in its output a line `# 7 "FILE"` says of which
 * file the next lines are. So the source may have no such lines itself, nor literals of many lines in which
 * they could hide. That output is what is compiled: a source could include other files where __OPTIMIZE__ is
 * defined. */
#include "learn.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradcheck.h"
#include "gradcheck_compile.h"

enum { MOST_BYTES = 1 << 24 };

const char *submission_source(const struct submission *s)
{
    return s->source ? s->source : s->shown;
}

double submission_prediction(const struct submission *s, const char *name)
{
    char line[400], *end;
    double value = (double)NAN;
    FILE *f = fopen(submission_source(s), "r");
    while (f && isnan(value) && fgets(line, sizeof line, f)) {
        const char *at = strstr(line, "prediction:");
        at = at ? strstr(at, name) : NULL;
        at = at ? strchr(at, '=') : NULL;
        if (!at) continue;
        value = strtod(at + 1, &end);
        if (end == at + 1) value = (double)NAN;
    }
    if (f) fclose(f);
    return value;
}

/* the whole file; NULL with error set */
static char *read_file(const char *path, const char *shown, char *error)
{
    FILE *f = fopen(path, "r");
    char *text = f ? malloc(MOST_BYTES + 1) : NULL;
    size_t n = text ? fread(text, 1, MOST_BYTES, f) : 0;
    int ok = text && !ferror(f) && feof(f);
    if (f) fclose(f);
    if (ok) {
        text[n] = '\0';
        ok = strlen(text) == n;
    }
    if (ok) return text;
    free(text);
    error_set(error, "%s cannot be read as text of less than %d MB", shown, MOST_BYTES >> 20);
    return NULL;
}

/* takes out backslashes at line ends, with the line ends */
static void join_lines(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        const char *end = at + 1;
        while (*at == '\\' && (*end == ' ' || *end == '\t' || *end == '\r')) end++;
        if (*at == '\\' && *end == '\n')
            at = end;
        else
            *to++ = *at;
    }
    *to = '\0';
}

/* behind a literal in quotes that begins at `at` */
static char *behind_literal(char *at)
{
    char quote = *at++;
    while (*at && *at != quote && *at != '\n') at += *at == '\\' && at[1] ? 2 : 1;
    return *at == quote ? at + 1 : at;
}

/* 1 if the quote begins a raw literal, R"(...)", in which a line may look like anything */
static int is_raw(const char *text, const char *quote)
{
    static const char *const prefixes[] = { "R", "LR", "uR", "UR", "u8R" };
    const char *from = quote;
    while (from > text && (isalnum((unsigned char)from[-1]) || from[-1] == '_' || from[-1] == '$')) from--;
    for (size_t k = 0; *quote == '"' && k < sizeof prefixes / sizeof *prefixes; k++)
        if ((size_t)(quote - from) == strlen(prefixes[k]) &&
            !strncmp(from, prefixes[k], (size_t)(quote - from)))
            return 1;
    return 0;
}

/* Makes blanks of comments; the ends of their lines stay. 0 if there is a raw literal. */
static int blank_comments(char *text)
{
    for (char *at = text; *at;) {
        if (*at == '"' || *at == '\'') {
            if (is_raw(text, at)) return 0;
            at = behind_literal(at);
        } else if (at[0] == '/' && at[1] == '/') {
            while (*at && *at != '\n') *at++ = ' ';
        } else if (at[0] == '/' && at[1] == '*') {
            char *end = strstr(at + 2, "*/");
            for (end = end ? end + 2 : at + strlen(at); at < end; at++)
                if (*at != '\n') *at = ' ';
        } else {
            at++;
        }
    }
    return 1;
}

/* a directive that says of which file a line is, or takes in a file that no marker names */
static int is_forbidden_directive(const char *line)
{
    line += strspn(line, " \t\f\v\r");
    if (*line == '#')
        line++;
    else if (line[0] == '%' && line[1] == ':')
        line += 2;
    else
        return 0;
    line += strspn(line, " \t\f\v\r");
    return isdigit((unsigned char)*line) || !strncmp(line, "line", 4) || !strncmp(line, "embed", 5);
}

/* 0 with error set if the source could say of its lines that they are another file's */
static int is_frank(const char *source, const char *shown, char *error)
{
    char *text = read_file(source, shown, error);
    int ok = text != NULL;
    if (text) {
        join_lines(text);
        if (!blank_comments(text))
            ok = error_set(error, "%s has a raw literal, R\"(...)\": not graded", shown);
    }
    for (const char *line = text; line && ok; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (is_forbidden_directive(line))
            ok = error_set(error, "%s has a #line directive, or #embed: not graded", shown);
    free(text);
    return ok;
}

/* ---- the preprocessor's output ---- */

/* of the compiler, the system, or one of ours */
static int is_harmless(const char *file, const char *source, const char *declarations)
{
    char plain[PATH_MAX];
    if (*file == '<' || !strcmp(file, source) || !strcmp(file, declarations)) return 1;
    if (!realpath(file, plain)) return 0;
    return !strncmp(plain, "/usr/", 5) || !strncmp(plain, "/opt/", 5);
}

/* A compiler passes the text of #ident and of these attributes on to the assembler as it is: any directive
 * may follow in it. */
static int has_assembler(const char *line, size_t n)
{
    static const char *const words[] = { "asm",    "__asm",   "__asm__",    "section",    "__section__",
                                         "symver", "weakref", "__symver__", "__weakref__" };
    if (*line == '#' && (n < 7 || strncmp(line, "#pragma", 7))) return 1;
    for (size_t k = 0; k < n; k++) {
        size_t length = 0;
        if (!isalpha((unsigned char)line[k]) && line[k] != '_') continue;
        while (k + length < n && (isalnum((unsigned char)line[k + length]) || line[k + length] == '_'))
            length++;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (length == strlen(words[w]) && !strncmp(line + k, words[w], length)) return 1;
        k += length;
    }
    return 0;
}

/* 1 if the line says of which file those behind it are, which is then in `file` */
static int is_marker(const char *line, size_t n, char file[PATH_MAX])
{
    const char *open = memchr(line, '"', n),
               *close = open ? memchr(open + 1, '"', n - (size_t)(open + 1 - line)) : NULL;
    if (n < 3 || line[0] != '#' || line[1] != ' ' || !isdigit((unsigned char)line[2]) || !close) return 0;
    size_t length = (size_t)(close - open - 1);
    snprintf(file, PATH_MAX, "%.*s", (int)(length < PATH_MAX ? length : PATH_MAX - 1), open + 1);
    return 1;
}

static int looks_harmless(const char *text, const char *source, const char *shown, const char *declarations,
                          char *error)
{
    char file[PATH_MAX] = "";
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        if (is_marker(line, n, file)) {
            if (!is_harmless(file, source, declarations))
                return error_set(error, "%s includes %.300s: only the system's headers may be included",
                                 shown, file);
        } else if (!strcmp(file, source) && has_assembler(line, n)) {
            return error_set(
                error,
                "%s has assembler in it, or what may hide it (section, weakref, symver, #ident): "
                "not graded",
                shown);
        }
        line += n + (line[n] == '\n');
    }
    return 1;
}

/* The words that ask whether a file is there are taken away. clang's own headers use one of them: where all
 * files but the system's are out of reach, it may stay. */
static int preprocess_with(const char *source, const char *declarations, const char *type, int may_ask,
                           const char *to, char *said, size_t room)
{
    const char *word[64];
    char compiler[512];
    int n = compile_words(compiler, sizeof compiler, word);
    const char *const more[] = { "-U__has_include", "-U__has_embed", "-std=gnu11", "-O3", "-fPIC", "-E", type,
                                 "-include",        declarations,    "-o",         to,    source,  NULL };
    if (!may_ask) word[n++] = "-U__has_include_next";
    for (const char *const *w = more; *w; w++) word[n++] = *w;
    word[n] = NULL;
    return compile_run(word, "set CC, or install one: apt install gcc", source, to, said, room);
}

static const char *preprocess(const struct submission *s, const char *real, char *error)
{
    char said[2 * ERROR_TEXT] = "", type[40], name[40];
    snprintf(type, sizeof type, "-Dreal=%s", real);
    snprintf(name, sizeof name, "%s.i", real);
    const char *to = guard_file(name), *source = submission_source(s);
    int ok = to && preprocess_with(source, s->declarations, type, 0, to, said, sizeof said);
    if (!ok && to && s->is_confined && strstr(said, "'__has_include_next' is not defined"))
        ok = preprocess_with(source, s->declarations, type, 1, to, said, sizeof said);
    if (ok) return to;
    error_set(error, "%.600s", to ? said : "too many temporary files");
    return NULL;
}

const char *source_checked(const struct submission *s, const char *real, char *error)
{
    const char *source = submission_source(s),
               *file = is_frank(source, s->shown, error) ? preprocess(s, real, error) : NULL;
    char *text = file ? read_file(file, s->shown, error) : NULL;
    int ok = text && looks_harmless(text, source, s->shown, s->declarations, error);
    free(text);
    return ok ? file : NULL;
}
