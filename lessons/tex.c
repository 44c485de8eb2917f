/* tex.c - reads a formula and puts boxes together; see tex.h. */
#include "tex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "tex_box.h"
#include "tex_names.h"

enum { DEEPEST = 30, ROWS = 8, COLUMNS_OF_MATRIX = 8 };

struct reader {
    const char *at;
    int flat;    /* in one line                              */
    int scripts; /* how many scripts this is in: no blanks   */
    int depth;   /* of groups                                */
    char *error; /* its first letter: 0 as long as all is understood */
};

/* what has been read of a line: pieces that are placed, and the last one, which its neighbour may change */
struct line {
    struct box box;
    struct piece {
        enum tex_kind kind;
        struct box box;
    } last;
    int pieces;
};

static struct box read_list(struct reader *r);

static struct box empty(void)
{
    return box_text("");
}

static struct box refuse(struct reader *r, const char *what, size_t n)
{
    if (!*r->error) error_set(r->error, "formula: cannot show '%.*s'", (int)n, what);
    r->at += strlen(r->at);
    return empty();
}

/* ---- scripts in one line ---- */

/* 1 if the box is one line of letters that are all in `set` */
static int is_of(const struct box *b, const char *set)
{
    if (b->height != 1) return 0;
    for (int i = 0; i < b->width; i++)
        if (b->at[i].mark || b->at[i].letter > 0x7e || !strchr(set, (int)b->at[i].letter)) return 0;
    return 1;
}

static const char *const raised[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
static const char *const lowered[] = { "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉" };

static struct box small_digits(struct box script, const char *const *digit, const char *minus)
{
    struct box b = empty();
    for (int i = 0; i < script.width; i++) {
        uint32_t c = script.at[i].letter;
        b = box_beside(b, box_text(c == '-' ? minus : digit[c - '0']));
    }
    box_free(&script);
    return b;
}

static struct box in_parentheses(struct box b)
{
    return box_fenced('(', b, ')');
}

/* The script in one line: small digits, or behind `sign`. */
static struct box flat_script(struct box script, const char *sign, const char *const *digit)
{
    if (!script.width) return script;
    if (is_of(&script, "0123456789")) return small_digits(script, digit, "");
    if (is_of(&script, "-0123456789") && *sign == '^') return small_digits(script, digit, "⁻");
    if (script.width == 1 && script.at[0].letter == 0x2032) return script; /* a prime */
    int is_word = 1;
    for (int i = 0; i < script.width; i++) {
        uint32_t c = script.at[i].letter;
        is_word &= c > 0x7e ? c < 0x2000 || c == 0x2113 : c && (isalnum((int)c) || c == '*');
    }
    return box_beside(box_text(sign), is_word ? script : in_parentheses(script));
}

/* ---- pieces ---- */

/* The argument of a command: a group, or one letter or command. */
static struct box read_argument(struct reader *r);

static struct box read_group(struct reader *r)
{
    if (r->depth >= DEEPEST) return refuse(r, "groups in so many groups", 24);
    r->at++, r->depth++;
    struct box b = read_list(r);
    r->depth--;
    if (*r->at == '}') {
        r->at++;
    } else if (!*r->error) {
        error_set(r->error, "formula: a '}' is missing");
    }
    return b;
}

/* The text of \text{...}, letter by letter. */
static struct box read_text(struct reader *r)
{
    if (*r->at != '{') return refuse(r, "a text without {", 16);
    size_t n = strcspn(++r->at, "}");
    char *text = memory_need(n + 1, 1);
    memcpy(text, r->at, n);
    r->at += n + (r->at[n] == '}');
    if (n && text[n - 1] == ' ') r->at += strspn(r->at, " "); /* one blank is enough */
    struct box b = box_text(text);
    free(text);
    return b;
}

static int is_digit(uint32_t letter)
{
    return letter >= '0' && letter <= '9';
}

static struct box read_fraction(struct reader *r)
{
    struct box a = read_argument(r), b = read_argument(r);
    if (!r->flat) return box_fraction(a, b);
    int is_sum = 0, is_product = 0;
    for (int i = 0; i < a.width; i++) is_sum |= a.at[i].letter == ' ';
    for (int i = 0; i < b.width; i++) is_product |= b.at[i].letter == ' ' || b.at[i].letter == '/';
    if (b.width == 2 && is_digit(b.at[0].letter) && !is_digit(b.at[1].letter)) is_product = 1; /* 2h */
    if (is_sum) a = in_parentheses(a);
    if (is_product) b = in_parentheses(b);
    return box_beside(box_beside(a, box_text("/")), b);
}

static struct box read_root(struct reader *r)
{
    struct box a = read_argument(r);
    if (!r->flat && a.height > 1) return box_root(a);
    return box_beside(box_text("√"), a.width > 1 ? in_parentheses(a) : a);
}

/* The letter behind \left or \right. */
static uint32_t read_fence(struct reader *r)
{
    while (*r->at == ' ') r->at++;
    if (!strncmp(r->at, "\\lfloor", 7) || !strncmp(r->at, "\\rfloor", 7)) {
        int is_left = r->at[1] == 'l';
        r->at += 7;
        return is_left ? 0x230a : 0x230b;
    }
    if (*r->at == '\\' && (r->at[1] == '{' || r->at[1] == '}')) r->at++;
    if (!*r->at || !strchr("()[]{}|.", *r->at)) {
        refuse(r, r->at, strnlen(r->at, 8));
        return '.';
    }
    return (uint32_t)*r->at++;
}

static struct box read_fenced(struct reader *r)
{
    uint32_t left = read_fence(r);
    struct box b = read_list(r);
    if (strncmp(r->at, "\\right", 6)) {
        if (!*r->error) error_set(r->error, "formula: a \\right is missing");
        return b;
    }
    r->at += 6;
    return box_fenced(left, b, read_fence(r));
}

/* Two boxes with their upper left corners under each other; the axis stays above. */
static struct box left_under(struct box a, struct box b)
{
    int width = a.width > b.width ? a.width : b.width;
    while (a.width < width) a = box_beside(a, box_text(" "));
    while (b.width < width) b = box_beside(b, box_text(" "));
    return box_under(a, b);
}

/* The columns of a table beside each other. Rows of one height and axis come out level. */
static struct box join_columns(struct box cell[ROWS][COLUMNS_OF_MATRIX], int rows, int columns)
{
    struct box table = empty();
    for (int i = 0; i < rows; i++) { /* all cells of a row as tall as the tallest */
        int above = 0, below = 0;
        for (int j = 0; j < columns; j++) {
            if (cell[i][j].axis > above) above = cell[i][j].axis;
            if (cell[i][j].height - cell[i][j].axis > below) below = cell[i][j].height - cell[i][j].axis;
        }
        struct box strut = empty();
        for (int k = 1; k < above + below; k++) strut = box_under(strut, empty());
        strut.axis = above;
        for (int j = 0; j < columns; j++) {
            struct box copy = empty();
            for (int k = 1; k < strut.height; k++) copy = box_under(copy, empty());
            copy.axis = above;
            cell[i][j] = box_beside(copy, cell[i][j]);
        }
        box_free(&strut);
    }
    for (int j = 0; j < columns; j++) {
        struct box column = cell[0][j];
        column.axis = 0;
        for (int i = 1; i < rows; i++) column = left_under(column, cell[i][j]);
        column.axis = 0;
        table = j ? box_beside(box_beside(table, box_text("  ")), column) : (box_free(&table), column);
    }
    table.axis = table.height / 2;
    return table;
}

static struct box join_flat(struct box cell[ROWS][COLUMNS_OF_MATRIX], int rows, int columns)
{
    struct box line = empty();
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            const char *gap = j ? " " : i ? "; " : "";
            line = box_beside(box_beside(line, box_text(gap)), cell[i][j]);
        }
    return line;
}

/* \begin{cases} and \begin{bmatrix}; the reader is behind \begin. */
static struct box read_table(struct reader *r)
{
    int is_cases = !strncmp(r->at, "{cases}", 7);
    if (!is_cases && strncmp(r->at, "{bmatrix}", 9)) return refuse(r, r->at, strcspn(r->at, " \\"));
    r->at = strchr(r->at, '}') + 1;
    struct box cell[ROWS][COLUMNS_OF_MATRIX] = { 0 };
    int i = 0, j = 0, columns = 1;
    for (;;) {
        cell[i][j] = read_list(r);
        if (*r->at == '&') {
            r->at++, j++;
        } else if (!strncmp(r->at, "\\\\", 2)) {
            r->at += 2, i++, j = 0;
        } else {
            break;
        }
        if (i == ROWS || j == COLUMNS_OF_MATRIX) return refuse(r, "a table of that size", 20);
        if (j >= columns) columns = j + 1;
    }
    if (strncmp(r->at, "\\end", 4)) return refuse(r, "a table without \\end", 20);
    r->at += 4 + strcspn(r->at + 4, "}");
    if (*r->at) r->at++;
    for (int k = 0; k <= i; k++)
        for (int l = 0; l < columns; l++)
            if (!cell[k][l].at) cell[k][l] = empty();
    struct box b = r->flat ? join_flat(cell, i + 1, columns) : join_columns(cell, i + 1, columns);
    return is_cases ? box_fenced('{', b, r->flat ? '}' : '.') : box_fenced('[', b, ']');
}

/* ---- commands ---- */

static const struct {
    const char *name;
    struct box (*read)(struct reader *);
    enum tex_kind kind;
} commands[] = {
    { "frac", read_fraction, TEX_FRACTION }, { "sqrt", read_root, TEX_PLAIN },
    { "text", read_text, TEX_PLAIN },        { "mathrm", read_text, TEX_PLAIN },
    { "operatorname", read_text, TEX_NAME }, { "left", read_fenced, TEX_PLAIN },
    { "begin", read_table, TEX_PLAIN },
};

/* The command at the reader, which is behind its backslash. */
static struct piece read_command(struct reader *r)
{
    size_t n = 0;
    while (isalpha((unsigned char)r->at[n])) n++;
    const char *name = r->at;
    if (!n) {
        char sign[2] = { *r->at, 0 };
        if (!*sign || !strchr("{}|%#&_$", *sign)) return (struct piece){ TEX_PLAIN, refuse(r, r->at - 1, 2) };
        r->at++;
        enum tex_kind kind = *sign == '{' ? TEX_OPEN : *sign == '}' ? TEX_CLOSE : TEX_PLAIN;
        return (struct piece){ kind, box_text(sign) };
    }
    r->at += n;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strlen(commands[i].name) == n && !memcmp(commands[i].name, name, n))
            return (struct piece){ commands[i].kind, commands[i].read(r) };
    if (n == 3 && !memcmp(name, "hat", n))
        return (struct piece){ TEX_PLAIN, box_marked(read_argument(r), 0x302) };
    if (n == 3 && !memcmp(name, "bar", n))
        return (struct piece){ TEX_PLAIN, box_marked(read_argument(r), 0x304) };
    const struct tex_name *known = tex_name_find(name, n);
    if (!known) return (struct piece){ TEX_PLAIN, refuse(r, name - 1, n + 1) };
    return (struct piece){ known->kind, box_text(known->text) };
}

static struct piece read_letter(struct reader *r)
{
    char letter[8] = { 0 };
    size_t n = 1;
    while ((r->at[n] & 0xc0) == 0x80 && n < 4) n++;
    memcpy(letter, r->at, n);
    r->at += n;
    if (n > 1) return (struct piece){ TEX_PLAIN, box_text(letter) };
    if (*letter == '\'') return (struct piece){ TEX_PLAIN, box_text("′") };
    enum tex_kind kind = strchr("+-=<>", *letter) ? TEX_RELATION
                         : strchr("([", *letter)  ? TEX_OPEN
                         : strchr(")]", *letter)  ? TEX_CLOSE
                         : strchr(",;", *letter)  ? TEX_COMMA
                                                  : TEX_PLAIN;
    return (struct piece){ kind, box_text(letter) };
}

static struct piece read_piece(struct reader *r)
{
    if (*r->at == '{') return (struct piece){ TEX_PLAIN, read_group(r) };
    if (*r->at != '\\') return read_letter(r);
    r->at++;
    return read_command(r);
}

static struct box read_argument(struct reader *r)
{
    while (*r->at == ' ') r->at++;
    if (!*r->at || *r->at == '}') return refuse(r, "a command without its argument", 30);
    return read_piece(r).box;
}

/* The scripts behind a piece, if there are any. */
static struct piece with_scripts(struct reader *r, struct piece p)
{
    struct box script[2] = { empty(), empty() };
    while (*r->at == '_' || *r->at == '^') {
        int above = *r->at++ == '^';
        r->scripts++;
        struct box b = read_argument(r);
        r->scripts--;
        box_free(&script[above]);
        script[above] = b;
    }
    if (!script[0].width && !script[1].width) {
        box_free(&script[0]), box_free(&script[1]);
        return p;
    }
    int has_limits = p.kind == TEX_LARGE || p.kind == TEX_NAME;
    if (r->flat || r->scripts) {
        p.box = box_beside(p.box, flat_script(script[0], "_", lowered));
        p.box = box_beside(p.box, flat_script(script[1], "^", raised));
    } else {
        for (int k = 0; k < 2; k++)
            if (!script[k].width) box_free(&script[k]);
        p.box =
            has_limits ? box_limits(p.box, script[0], script[1]) : box_scripts(p.box, script[0], script[1]);
        for (int k = 0; k < 2; k++) script[k] = (struct box){ 0 };
    }
    return p;
}

/* ---- lines ---- */

static int stands_alone(enum tex_kind k)
{
    return k == TEX_RELATION || k == TEX_COMMA || k == TEX_OPEN || k == TEX_PREFIX;
}

/* how many blanks there are between two pieces; `blank`: the text has one there */
static int gap_between(const struct reader *r, enum tex_kind a, enum tex_kind b, int blank)
{
    if (a == TEX_PREFIX && b == TEX_FRACTION) return !r->flat; /* or a minus would lengthen the bar */
    if (a == TEX_OPEN || a == TEX_PREFIX || b == TEX_CLOSE || b == TEX_COMMA) return 0;
    if (a == TEX_RELATION || b == TEX_RELATION || a == TEX_COMMA) return !r->scripts || blank == 2;
    if (a == TEX_LARGE) return 1;
    if (a == TEX_NAME) return b != TEX_OPEN && (b != TEX_PLAIN || blank);
    if (a == TEX_FRACTION || b == TEX_FRACTION) return 1;
    return blank > 0;
}

static void add(const struct reader *r, struct line *l, struct piece p, int blank)
{
    enum tex_kind before = l->pieces ? l->last.kind : TEX_OPEN;
    if (p.kind == TEX_RELATION && stands_alone(before) && p.box.width == 1 &&
        (p.box.at[0].letter == '-' || p.box.at[0].letter == '+'))
        p.kind = TEX_PREFIX;
    int gap = l->pieces ? gap_between(r, before, p.kind, blank) : 0;
    if (r->flat && !r->scripts && l->pieces) { /* a/b beside a factor */
        if (before == TEX_FRACTION && (p.kind == TEX_PLAIN || p.kind == TEX_OPEN || p.kind >= TEX_NAME))
            l->last.box = in_parentheses(l->last.box), gap = 1;
        if (p.kind == TEX_FRACTION && !stands_alone(before) && before != TEX_NAME && before != TEX_LARGE)
            p.box = in_parentheses(p.box), p.kind = TEX_PLAIN;
    }
    if (l->pieces++) l->box = box_beside(l->box, l->last.box);
    while (gap-- > 0) l->box = box_beside(l->box, box_text(" "));
    l->last = p;
}

/* Blanks at the reader: 1 for one that TeX would not show, 2 for one that it shows, more for \quad. */
static int read_blanks(struct reader *r)
{
    int blank = 0;
    for (;;) {
        if (*r->at == ' ' || *r->at == '\n') {
            if (blank < 1) blank = 1;
            r->at++;
        } else if (*r->at == '\\' && r->at[1] && strchr(" ,;:!", r->at[1])) {
            if (blank < 2) blank = 2;
            r->at += 2;
        } else if (!strncmp(r->at, "\\quad", 5)) {
            blank = 3;
            r->at += 5;
        } else {
            return blank;
        }
    }
}

static int at_end(const char *s)
{
    return !*s || *s == '}' || *s == '&' || !strncmp(s, "\\\\", 2) || !strncmp(s, "\\right", 6) ||
           !strncmp(s, "\\end", 4);
}

/* Pieces up to the end of the formula, group, cell or fence, which is not read. */
static struct box read_list(struct reader *r)
{
    struct line l = { empty(), { TEX_PLAIN, { 0 } }, 0 };
    for (;;) {
        int blank = read_blanks(r);
        if (at_end(r->at)) break;
        if (blank == 3 && l.pieces) {
            l.box = box_beside(l.box, l.last.box);
            l.last = (struct piece){ TEX_OPEN, box_text("   ") };
        }
        add(r, &l, with_scripts(r, read_piece(r)), blank);
    }
    return l.pieces ? box_beside(l.box, l.last.box) : l.box;
}

static char *read_formula(const char *tex, int flat, char *error)
{
    struct reader r = { .at = tex, .flat = flat, .error = error };
    *error = 0;
    struct box b = read_list(&r);
    if (*r.at && !*error) error_set(error, "formula: unexpected '%.8s'", r.at);
    char *text = *error ? NULL : box_string(&b);
    box_free(&b);
    return text;
}

char *tex_line(const char *tex, char *error)
{
    return read_formula(tex, 1, error);
}

char *tex_block(const char *tex, char *error)
{
    return read_formula(tex, 0, error);
}
