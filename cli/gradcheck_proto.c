/* gradcheck_proto.c - a reader of C prototypes by recursive descent; see gradcheck_proto.h. */
#include "gradcheck_proto.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 16 };

static const size_t largest = (size_t)1 << 40;

struct reader {
    const char *text;
    int at; /* the next character that is not read */
    struct proto_error *error;
    proto_lookup *lookup; /* NULL: only the grammar matters */
    void *ctx;
    int depth;
};

__attribute__((format(printf, 3, 4))) static int fail(struct reader *r, int at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    r->error->at = at;
    vsnprintf(r->error->reason, sizeof r->error->reason, format, list);
    va_end(list);
    return 0;
}

/* ---- words ---- */

static int is_letter(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static void skip_gaps(struct reader *r)
{
    while (isspace((unsigned char)r->text[r->at])) r->at++;
}

static char next(struct reader *r)
{
    skip_gaps(r);
    return r->text[r->at];
}

/* takes c if it comes next */
static int take(struct reader *r, char c)
{
    if (next(r) != c) return 0;
    r->at++;
    return 1;
}

/* the length of the word that comes next, 0 if none does */
static int word_length(struct reader *r)
{
    int n = 0;
    skip_gaps(r);
    if (!is_letter(r->text[r->at])) return 0;
    while (is_letter(r->text[r->at + n]) || isdigit((unsigned char)r->text[r->at + n])) n++;
    return n;
}

static int is_word(struct reader *r, int n, const char *word)
{
    return (size_t)n == strlen(word) && !strncmp(r->text + r->at, word, (size_t)n);
}

static int is_one_of(struct reader *r, int n, const char *const *words)
{
    for (; *words; words++)
        if (is_word(r, n, *words)) return 1;
    return 0;
}

/* what stands here, for a message */
static const char *here(struct reader *r, char what[24])
{
    int n = word_length(r);
    char c = next(r);
    if (n)
        snprintf(what, 24, "'%.*s'", n < 20 ? n : 20, r->text + r->at);
    else if (!c)
        snprintf(what, 24, "the end");
    else
        snprintf(what, 24, "'%c'", isprint((unsigned char)c) ? c : '?');
    return what;
}

static int expect(struct reader *r, char c, const char *where)
{
    char what[24];
    if (take(r, c)) return 1;
    here(r, what);
    return fail(r, r->at, "'%c' is expected %s, not %s", c, where, what);
}

/* ---- types ---- */

static const char *const storage[] = { "extern", "static", "inline", "__inline", "register", NULL };
static const char *const qualifiers[] = { "volatile", "restrict", "__restrict", "__restrict__", NULL };
static const char *const integers[] = { "int",      "int32_t", "unsigned", "signed",    "long",
                                        "short",    "size_t",  "int64_t",  "ptrdiff_t", "uint32_t",
                                        "uint64_t", "ssize_t", NULL };
static const char *const others[] = { "char",   "_Bool", "bool", "_Complex", "complex",
                                      "struct", "union", "enum", NULL };

struct type {
    enum proto_type type;
    char spelling[PROTO_SPELLING];
    int constant;
};

/* Takes qualifiers; notes const. */
static void take_qualifiers(struct reader *r, int *constant)
{
    for (int n; (n = word_length(r)) != 0; r->at += n)
        if (is_word(r, n, "const"))
            *constant = 1;
        else if (!is_one_of(r, n, qualifiers))
            return;
}

static int is_type_word(struct reader *r, int n)
{
    return is_word(r, n, "void") || is_word(r, n, "float") || is_word(r, n, "double") ||
           is_one_of(r, n, integers);
}

/* adds the word that comes next to the spelling of an integer type */
static int add_integer_word(struct reader *r, int n, struct type *t)
{
    size_t have = strlen(t->spelling), room = sizeof t->spelling - have;
    if ((size_t)n + 2 > room) return fail(r, r->at, "this integer type has too many words");
    snprintf(t->spelling + have, room, "%s%.*s", have ? " " : "", n, r->text + r->at);
    r->at += n;
    return 1;
}

static int read_integer_type(struct reader *r, struct type *t)
{
    int n;
    while ((n = word_length(r)) && is_one_of(r, n, integers))
        if (!add_integer_word(r, n, t)) return 0;
    if (n && is_word(r, n, "double")) return fail(r, r->at, "long double cannot be checked here; use double");
    int plain = !strcmp(t->spelling, "int") || !strcmp(t->spelling, "int32_t") ||
                !strcmp(t->spelling, "signed") || !strcmp(t->spelling, "signed int");
    t->type = plain ? PROTO_INT : PROTO_OTHER_INTEGER;
    return 1;
}

static int read_type(struct reader *r, struct type *t)
{
    char what[24];
    *t = (struct type){ 0 };
    take_qualifiers(r, &t->constant);
    int n = word_length(r);
    if (n && is_one_of(r, n, others))
        return fail(r, r->at, "'%.*s' cannot be handed over: use double, float, or int for labels and sizes",
                    n, r->text + r->at);
    if (!n || !is_type_word(r, n)) {
        here(r, what);
        return fail(r, r->at, "a type is expected (double, float, int, void, size_t), not %s", what);
    }
    if (is_one_of(r, n, integers)) {
        if (!read_integer_type(r, t)) return 0;
    } else {
        t->type = is_word(r, n, "void") ? PROTO_VOID : is_word(r, n, "float") ? PROTO_FLOAT : PROTO_DOUBLE;
        snprintf(t->spelling, sizeof t->spelling, "%.*s", n, r->text + r->at);
        r->at += n;
    }
    take_qualifiers(r, &t->constant);
    return 1;
}

static int read_name(struct reader *r, char name[PROTO_NAME], int *at, const char *whose)
{
    static const char *const taken[] = { "const",    "return",  "for",      "while",   "if",
                                         "else",     "do",      "switch",   "sizeof",  "static",
                                         "break",    "case",    "goto",     "typedef", "extern",
                                         "inline",   "auto",    "struct",   "union",   "enum",
                                         "continue", "default", "register", "char",    NULL };
    char what[24];
    int n = word_length(r);
    if (!n) {
        here(r, what);
        return fail(r, r->at, "the name of %s is expected, not %s", whose, what);
    }
    if (is_type_word(r, n) || is_one_of(r, n, taken) || is_one_of(r, n, qualifiers))
        return fail(r, r->at, "'%.*s' is a word of C, not a name", n, r->text + r->at);
    if (n >= PROTO_NAME) return fail(r, r->at, "a name has at most %d characters", PROTO_NAME - 1);
    snprintf(name, PROTO_NAME, "%.*s", n, r->text + r->at);
    *at = r->at;
    r->at += n;
    return 1;
}

/* ---- sizes ---- */

static int read_sum(struct reader *r, long long *value);

static int read_number(struct reader *r, long long *value)
{
    int begin = r->at;
    *value = 0;
    while (isdigit((unsigned char)r->text[r->at])) {
        *value = *value * 10 + (r->text[r->at++] - '0');
        if (*value > (long long)largest) return fail(r, begin, "this size is too large");
    }
    if (is_letter(r->text[r->at]))
        return fail(r, begin, "a whole number is expected: no suffix, not hexadecimal");
    return 1;
}

static int read_size_name(struct reader *r, long long *value)
{
    char name[PROTO_NAME];
    int at;
    *value = 1;
    if (!read_name(r, name, &at, "a size")) return 0;
    if (r->lookup && !r->lookup(r->ctx, name, value))
        return fail(r, at, "the size '%s' is not known; add --size %s=NUMBER", name, name);
    return 1;
}

static int read_factor(struct reader *r, long long *value)
{
    char what[24], c = next(r);
    if (isdigit((unsigned char)c)) return read_number(r, value);
    if (is_letter(c)) return read_size_name(r, value);
    if (c == '(') {
        if (++r->depth > DEEPEST) return fail(r, r->at, "too many parentheses");
        r->at++;
        if (!read_sum(r, value) || !expect(r, ')', "at the end of the parenthesis")) return 0;
        r->depth--;
        return 1;
    }
    here(r, what);
    return fail(r, r->at, "a size is expected here, a number or a name, not %s", what);
}

/* *value becomes *value op b */
static int combine(struct reader *r, int at, char op, long long *value, long long b)
{
    long long limit = (long long)largest;
    if (!r->lookup) return 1;
    if (op == '/' && !b) return fail(r, at, "this size divides by zero");
    if (op == '*' && b && (*value > limit / (b < 0 ? -b : b) || *value < -limit / (b < 0 ? -b : b)))
        return fail(r, at, "this size is too large");
    *value = op == '+' ? *value + b : op == '-' ? *value - b : op == '*' ? *value * b : *value / b;
    if (*value > limit || *value < -limit) return fail(r, at, "this size is too large");
    return 1;
}

static int read_product(struct reader *r, long long *value)
{
    long long b;
    if (!read_factor(r, value)) return 0;
    for (char op; (op = next(r)) == '*' || op == '/';) {
        int at = r->at++;
        if (!read_factor(r, &b) || !combine(r, at, op, value, b)) return 0;
    }
    return 1;
}

static int read_sum(struct reader *r, long long *value)
{
    long long b;
    if (!read_product(r, value)) return 0;
    for (char op; (op = next(r)) == '+' || op == '-';) {
        int at = r->at++;
        if (!read_product(r, &b) || !combine(r, at, op, value, b)) return 0;
    }
    return 1;
}

int proto_size(const char *text, int at, proto_lookup *lookup, void *ctx, size_t *size,
               struct proto_error *error)
{
    struct reader r = { .text = text, .at = at, .error = error, .lookup = lookup, .ctx = ctx };
    long long value;
    if (!read_sum(&r, &value)) return 0;
    if (value < 1) return fail(&r, at, "this size is %lld; it must be at least 1", value);
    *size = (size_t)value;
    return 1;
}

/* ---- arguments ---- */

/* one pair of brackets, the first is taken */
static int read_brackets(struct reader *r, struct proto_arg *a)
{
    long long value;
    int constant = 0, n = word_length(r);
    if (n && is_word(r, n, "static")) r->at += n;
    take_qualifiers(r, &constant);
    if (next(r) == ']')
        return fail(r, r->at, "a size is missing between the brackets: %s[8] or %s[n]", a->name, a->name);
    do {
        skip_gaps(r);
        if (a->nd == PROTO_DIMS) return fail(r, r->at, "a tensor has at most %d sizes", PROTO_DIMS);
        a->dim[a->nd++] = r->at;
        if (!read_sum(r, &value)) return 0;
    } while (take(r, ','));
    return expect(r, ']', "after the size");
}

static int check_arg(struct reader *r, const struct proto *p, const struct proto_arg *a)
{
    if (a->type == PROTO_VOID && !a->pointer) return fail(r, a->at, "'%s' cannot be void", a->name);
    if (a->type == PROTO_VOID && a->nd) return fail(r, a->at, "an array cannot hold void");
    if (a->type == PROTO_OTHER_INTEGER && a->pointer)
        return fail(r, a->at, "arrays of %s cannot be handed over: use int, float or double", a->spelling);
    for (int i = 0; i < p->args; i++)
        if (!strcmp(p->arg[i].name, a->name)) return fail(r, a->at, "there are two arguments '%s'", a->name);
    return 1;
}

static int read_arg(struct reader *r, struct proto *p)
{
    struct type t;
    int stars = 0, constant = 0;
    if (p->args == PROTO_ARGS) return fail(r, r->at, "a prototype has at most %d arguments", PROTO_ARGS);
    struct proto_arg *a = &p->arg[p->args];
    *a = (struct proto_arg){ 0 };
    if (!read_type(r, &t)) return 0;
    while (take(r, '*')) {
        if (++stars > 1)
            return fail(r, r->at - 1, "pointers to pointers cannot be handed over: use one array");
        take_qualifiers(r, &constant);
    }
    if (next(r) == '(') return fail(r, r->at, "pointers to functions cannot be handed over");
    if (!read_name(r, a->name, &a->at, "an argument")) return 0;
    a->type = t.type;
    a->constant = t.constant;
    snprintf(a->spelling, sizeof a->spelling, "%s", t.spelling);
    while (take(r, '['))
        if (!read_brackets(r, a)) return 0;
    a->pointer = stars || a->nd;
    if (!check_arg(r, p, a)) return 0;
    p->args++;
    return 1;
}

static int read_args(struct reader *r, struct proto *p)
{
    int begin = r->at, n = word_length(r);
    if (take(r, ')')) return 1;
    if (n && is_word(r, n, "void")) {
        r->at += n;
        if (take(r, ')')) return 1;
        r->at = begin;
    }
    do {
        if (next(r) == '.') return fail(r, r->at, "a variable number of arguments cannot be handed over");
        if (!read_arg(r, p)) return 0;
    } while (take(r, ','));
    return expect(r, ')', "after the last argument");
}

int proto_read(const char *text, struct proto *p, struct proto_error *error)
{
    struct reader r = { .text = text, .error = error };
    struct type t;
    char what[24];
    memset(p, 0, sizeof *p);
    p->text = text;
    if (strlen(text) >= PROTO_TEXT)
        return fail(&r, 0, "a prototype has at most %d characters", PROTO_TEXT - 1);
    for (int n; (n = word_length(&r)) && is_one_of(&r, n, storage);) r.at += n;
    if (!next(&r))
        return fail(&r, 0, "the prototype is empty; write it like double f(const double x[n], int n)");
    if (!read_type(&r, &t)) return 0;
    if (next(&r) == '*') return fail(&r, r.at, "a function that returns a pointer cannot be checked");
    if (t.type == PROTO_OTHER_INTEGER)
        return fail(&r, r.at, "a function returns double, float, void, or int (0: all right)");
    p->type = t.type;
    if (!read_name(&r, p->name, &p->at, "the function") || !expect(&r, '(', "after the function's name") ||
        !read_args(&r, p))
        return 0;
    take(&r, ';');
    if (!next(&r)) return 1;
    here(&r, what);
    return fail(&r, r.at, "the prototype has ended, but %s follows", what);
}

/* ---- the caret ---- */

void proto_point(const char *text, int at, char *lines, size_t room)
{
    enum { BEFORE = 60, WIDTH = 100 };
    int begin = at > BEFORE ? at - BEFORE : 0, n = 0, caret = at - begin;
    char line[WIDTH + 1];
    for (const char *p = text + begin; *p && n < WIDTH; p++, n++)
        line[n] = (char)(isspace((unsigned char)*p) ? ' ' : isprint((unsigned char)*p) ? *p : '?');
    line[n] = '\0';
    snprintf(lines, room, "    %s%s\n    %*s^", begin ? "..." : "", line, caret + (begin ? 3 : 0), "");
}
