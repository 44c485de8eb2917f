/* launches.c - kernel<<<grid, block>>>(x): three < in a row are a launch, whatever lies between them; the
 * kernel's expression ends before them. */
#include "cu2cpp.h"

/* Words that stand before an expression and are no part of it. */
static int is_keyword(const struct file *f, int i)
{
    static const char *const words[] = { "return", "else", "do", "if", "while", "for", "switch", "case" };
    for (unsigned w = 0; w < sizeof words / sizeof *words; w++)
        if (is_word(f, i, words[w])) return 1;
    return 0;
}

static int is_own_name(const struct file *f, int i)
{
    return i >= 0 && f->word[i].kind == NAME && !is_keyword(f, i);
}

/* The first word of what ends at i: a name or an expression in parentheses, with template arguments,
 * indices or a call behind it. -1: there is none. */
static int begin_of_primary(const struct file *f, int i)
{
    while (is_sign(f, i, '>') || is_sign(f, i, ']') || is_sign(f, i, ')')) {
        int call = is_sign(f, i, ')'), open = matching_back(f, i);
        if (open < 0) return -1;
        if (call && !is_own_name(f, open - 1) && !is_sign(f, open - 1, '>') && !is_sign(f, open - 1, ']'))
            return open;
        i = open - 1;
    }
    return is_own_name(f, i) ? i : -1;
}

/* ... with the scopes and objects before it: a::b<c>::kernel, object->kernel */
static int begin_of_kernel(const struct file *f, int i)
{
    int begin = begin_of_primary(f, i);
    while (begin > 0) {
        int before = begin - 1, scope = is_sign(f, before, ':') && is_sign(f, before - 1, ':');
        int arrow = is_sign(f, before, '>') && is_sign(f, before - 1, '-');
        if (is_word(f, before, "template")) {
            begin = before;
            continue;
        }
        if (!scope && !arrow && !is_sign(f, before, '.')) break;
        int owner = begin_of_primary(f, before - (scope || arrow ? 2 : 1));
        if (owner < 0) return scope ? before - 1 : -1; /* ::kernel */
        begin = owner;
    }
    return begin;
}

/* The first of the three > that end the configuration, which begins at i: the last three of a row that a (
 * follows. -1: there are none. */
static int end_of_configuration(const struct file *f, int i, int directive)
{
    for (; i < f->words; i++) {
        if (f->word[i].directive != directive) {
            if (directive) return -1;
            continue;
        }
        if (is_sign(f, i, ';') || is_sign(f, i, ')') || is_sign(f, i, ']') || is_sign(f, i, '}')) return -1;
        if (is_sign(f, i, '(') || is_sign(f, i, '[') || is_sign(f, i, '{')) {
            i = matching(f, i);
            if (i < 0) return -1;
            continue;
        }
        int row = i;
        while (is_sign(f, row, '>')) row++;
        if (row - i >= 3 && is_sign(f, row, '(')) return row - 3;
        if (row > i) i = row - 1;
    }
    return -1;
}

/* The launch whose <<< is at i. */
static void rewrite_launch(struct file *f, int i)
{
    int directive = f->word[i].directive, begin = begin_of_kernel(f, i - 1);
    int end = end_of_configuration(f, i + 3, directive);
    if (begin < 0 || f->word[begin].directive != directive) {
        complain(f, f->word[i].line, "left as it is: no kernel's name stands before this '<<<'");
        return;
    }
    if (end < 0) {
        complain(f, f->word[i].line, "left as it is: no '>>>(' ends the launch that begins with this '<<<'");
        return;
    }
    if (end == i + 3) {
        complain(f, f->word[i].line, "left as it is: a launch without a grid and a block, '<<<>>>'");
        return;
    }
    edit(f, f->word[begin].at, 0, "EMU_LAUNCH((");
    edit(f, end_of(f, i - 1), 0, ")");
    for (int k = 0; k < 3; k++) {
        edit_word(f, i + k, k ? "" : ",");
        edit_word(f, end + k, k ? "" : ")");
    }
}

void rewrite_launches(struct file *f)
{
    for (int i = 0; i + 2 < f->words; i++) {
        if (!is_sign(f, i, '<') || !is_sign(f, i + 1, '<') || !is_sign(f, i + 2, '<')) continue;
        if (!is_word(f, i - 1, "operator")) rewrite_launch(f, i);
        i += 2;
    }
}
