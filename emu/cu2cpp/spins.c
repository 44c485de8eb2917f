/* spins.c - loops that may wait for what another thread, block or the host writes.
 *
 *   while (*flag == 0) ;                 while (*flag == 0) ::emu::spin("flag", true);
 *   do { v = p[i]; } while (!v);         do { ::emu::spin("p", true); v = p[i]; } while (!v);
 *   while (true) f(ready);               while (true) { ::emu::spin("ready", false); f(ready); }
 *
 * A thread that waits in a loop of plain reads would never leave the CPU, so its loop calls the scheduler.
 * These are the loops that do nothing but read, and those that name what the file declares volatile. The
 * second argument: nothing but memory can end the loop. */
#include "cu2cpp.h"

#include <stdio.h>
#include <string.h>

struct loop {
    int begin;      /* while, for, do */
    int head, tail; /* what decides whether it goes on: words head..tail-1; for: all three parts */
    int step;       /* of a for, where its last part begins; else tail */
    int body, end;  /* words body..end-1 */
};

/* ---- words ---- */

static int same_word(const struct file *f, int i, int j)
{
    return f->word[i].length == f->word[j].length &&
           !memcmp(f->text + f->word[i].at, f->text + f->word[j].at, f->word[i].length);
}

static int is_one_of(const struct file *f, int i, const char *const *words)
{
    for (; *words; words++)
        if (is_word(f, i, *words)) return 1;
    return 0;
}

/* Words that are no variable's name. */
static int is_keyword(const struct file *f, int i)
{
    static const char *const words[] = {
        "int",      "unsigned",     "signed",  "char",        "short",      "long",   "float",
        "double",   "bool",         "void",    "const",       "volatile",   "auto",   "static",
        "true",     "false",        "if",      "while",       "do",         "for",    "break",
        "continue", "return",       "nullptr", "static_cast", "const_cast", "sizeof", "reinterpret_cast",
        "extern",   "__restrict__", "goto",    NULL
    };
    return is_one_of(f, i, words);
}

static int is_variable(const struct file *f, int i)
{
    return i < f->words && f->word[i].kind == NAME && !is_keyword(f, i);
}

/* ---- what the file declares volatile ---- */

/* The word that `volatile` at i declares: "volatile int *flag," names flag. -1: none, as in a cast. */
static int declared_at(const struct file *f, int i)
{
    int last = i + 1;
    while (last < f->words && (f->word[last].kind == NAME || is_sign(f, last, '*') || is_sign(f, last, ':') ||
                               is_sign(f, last, '&')))
        last++;
    int ends = is_sign(f, last, ',') || is_sign(f, last, ')') || is_sign(f, last, ';') ||
               is_sign(f, last, '=') || is_sign(f, last, '[') || is_sign(f, last, '{');
    return ends && last - 1 > i + 1 && is_variable(f, last - 1) ? last - 1 : -1;
}

/* The name of the __device__ function whose body, or whose parameters, are around word i; -1: none. */
static int function_around(const struct file *f, int i)
{
    for (int at = i - 1; at > 0; at--) {
        if (is_sign(f, at, '}') || is_sign(f, at, ')')) at = matching_back(f, at);
        if (at <= 0) return -1;
        int open = is_sign(f, at, '{') && is_sign(f, at - 1, ')') ? matching_back(f, at - 1) : at;
        if (open < 1 || !is_sign(f, open, '(') || !is_variable(f, open - 1)) continue;
        for (int k = open - 2; k >= 0 && !is_sign(f, k, ';') && !is_sign(f, k, '}') && !is_sign(f, k, '{');
             k--)
            if (is_word(f, k, "__device__")) return open - 1;
    }
    return -1;
}

/* The bracket that word i is in; -1: none. */
static int bracket_around(const struct file *f, int i)
{
    for (int at = i - 1; at >= 0; at--) {
        if (is_sign(f, at, '(') || is_sign(f, at, '{')) return at;
        if (is_sign(f, at, ')') || is_sign(f, at, '}')) at = matching_back(f, at);
        if (at < 0) return -1;
    }
    return -1;
}

/* Where what word i declares is known last: a parameter in its function, a variable in its block, a member
 * everywhere. */
static int last_use(const struct file *f, int i)
{
    int open = bracket_around(f, i), before = open - 1;
    if (open < 0) return f->words;
    if (is_sign(f, open, '(')) {
        int close = matching(f, open), body = close;
        while (body > 0 && body < f->words && !is_sign(f, body, '{') && !is_sign(f, body, ';')) body++;
        return close > 0 && is_sign(f, body, '{') ? matching(f, body) : body;
    }
    int block = is_sign(f, before, ')') || is_sign(f, before, ';') || is_sign(f, before, '{') ||
                is_sign(f, before, '}') || is_word(f, before, "else") || is_word(f, before, "do");
    return block ? matching(f, open) : f->words;
}

/* A name that is volatile, or a function that uses such, and where it is known. */
struct known {
    int word, from, to, function;
};
struct names {
    struct known list[500];
    int count;
};

static void know(struct names *n, int word, int from, int to, int function)
{
    if (word >= 0 && n->count < (int)(sizeof n->list / sizeof *n->list))
        n->list[n->count++] = (struct known){ word, from, to, function };
}

static int is_volatile_word(const struct file *f, int i)
{
    return is_word(f, i, "volatile") && !is_word(f, i - 1, "asm") && !is_word(f, i - 1, "__asm__");
}

static void find_names(const struct file *f, struct names *n)
{
    n->count = 0;
    for (int i = 0; i < f->words; i++) {
        if (!is_volatile_word(f, i)) continue;
        int declared = declared_at(f, i);
        if (declared >= 0) know(n, declared, i, last_use(f, i), 0);
        know(n, function_around(f, i), 0, f->words, 1);
    }
}

/* What word i names that is volatile; NULL: nothing. */
static const struct known *known_at(const struct file *f, int i, const struct names *n)
{
    for (int k = 0; f->word[i].kind == NAME && k < n->count; k++)
        if (same_word(f, i, n->list[k].word) && i >= n->list[k].from && i < n->list[k].to) return &n->list[k];
    return NULL;
}

static int has_volatile(const struct file *f, int from, int to, const struct names *n)
{
    for (int i = from; i < to; i++)
        if (known_at(f, i, n) || is_volatile_word(f, i)) return 1;
    return 0;
}

/* ---- loops ---- */

/* The word behind the `(..)` or `{..}` that begins at i; -1: none does. */
static int after_brackets(const struct file *f, int i, char open)
{
    int close = is_sign(f, i, open) ? matching(f, i) : -1;
    return close < 0 ? -1 : close + 1;
}

/* ... behind the statement that begins at i; -1: it has no end, or an unusual one. */
static int after_statement(const struct file *f, int i)
{
    if (i < 0 || i >= f->words || is_word(f, i, "try")) return -1;
    if (is_sign(f, i, '#')) { /* a pragma */
        int directive = f->word[i].directive;
        while (i < f->words && f->word[i].directive == directive) i++;
        return after_statement(f, i);
    }
    if (is_sign(f, i, '{')) return after_brackets(f, i, '{');
    if (is_word(f, i, "if")) {
        int end = after_statement(f, after_brackets(f, i + 1 + is_word(f, i + 1, "constexpr"), '('));
        return is_word(f, end, "else") ? after_statement(f, end + 1) : end;
    }
    if (is_word(f, i, "while") || is_word(f, i, "for") || is_word(f, i, "switch"))
        return after_statement(f, after_brackets(f, i + 1, '('));
    if (is_word(f, i, "do")) {
        int end = after_statement(f, i + 1);
        end = is_word(f, end, "while") ? after_brackets(f, end + 1, '(') : -1;
        return is_sign(f, end, ';') ? end + 1 : -1;
    }
    for (; i >= 0 && i < f->words && !is_sign(f, i, ';'); i++) {
        if (is_sign(f, i, '}') || is_sign(f, i, ')')) return -1;
        if (is_sign(f, i, '{') || is_sign(f, i, '(')) i = matching(f, i);
        if (i < 0) return -1;
    }
    return i < f->words ? i + 1 : -1;
}

static int is_in_one_directive(const struct file *f, const struct loop *l)
{
    return f->word[l->begin].directive == f->word[l->end - 1].directive;
}

static int loop_at(const struct file *f, int i, struct loop *l)
{
    int is_do = is_word(f, i, "do"), open = i + 1;
    *l = (struct loop){ .begin = i };
    if (!is_do && !is_word(f, i, "while") && !is_word(f, i, "for")) return 0;
    if (is_do) {
        l->body = i + 1;
        l->end = after_statement(f, l->body);
        open = l->end + 1;
        if (l->end < 0 || !is_word(f, l->end, "while")) return 0;
    }
    int close = is_sign(f, open, '(') ? matching(f, open) : -1;
    if (close < 0) return 0;
    l->head = open + 1, l->tail = l->step = close;
    if (!is_do) l->body = close + 1, l->end = after_statement(f, l->body);
    if (l->end < 0 || !is_in_one_directive(f, l)) return 0;
    if (!is_word(f, i, "for")) return 1;
    int parts = 0;
    for (int k = l->head; k < close; k++) {
        if (is_sign(f, k, '(') || is_sign(f, k, '{')) k = matching(f, k);
        if (k < 0) return 0;
        if (is_sign(f, k, ';') && ++parts == 2) l->step = k + 1;
    }
    return parts == 2;
}

/* ---- does it do nothing but read? ---- */

static int adjacent(const struct file *f, int i)
{
    return i > 0 && end_of(f, i - 1) == f->word[i].at;
}

/* Is the sign = at i an assignment? 1: a plain one, 2: one such as +=, 0: a comparison. */
static int assigns(const struct file *f, int i)
{
    if (!is_sign(f, i, '=')) return 0;
    if (is_sign(f, i + 1, '=') && adjacent(f, i + 1)) return 0;
    char before = i > 0 && adjacent(f, i) && f->word[i - 1].kind == SIGN ? f->text[f->word[i - 1].at] : ' ';
    int twice = i > 1 && adjacent(f, i - 1) && is_sign(f, i - 2, before);
    if (before == '=' || before == '!') return 0;
    if (before == '<' || before == '>') return twice ? 2 : 0;
    return strchr("+-*/%&|^", before) ? 2 : 1;
}

/* Do words from..to-1 change nothing: no call, no assignment, no ++? */
static int only_reads(const struct file *f, int from, int to)
{
    for (int i = from; i < to; i++) {
        int called = is_sign(f, i + 1, '(') && i + 1 < to;
        if (is_variable(f, i) && called) return 0;
        if (assigns(f, i) || is_sign(f, i, '{')) return 0;
        if ((is_sign(f, i, '+') && is_sign(f, i + 1, '+')) || (is_sign(f, i, '-') && is_sign(f, i + 1, '-')))
            return 0;
    }
    return 1;
}

/* "int v = *p;" or "v = *p;": the name, which must not be on the right; -1: it is no such statement. */
static int loads(const struct file *f, int from, int to)
{
    int at = from;
    while (at < to && f->word[at].kind == NAME) at++;
    if (at == from || !is_variable(f, at - 1) || assigns(f, at) != 1 || !only_reads(f, at + 1, to)) return -1;
    return at - 1;
}

/* Is it the end of the loop if something holds: "if (..) break;"? */
static int leaves(const struct file *f, int from, int to)
{
    if (!is_word(f, from, "if") || !is_sign(f, from + 1, '(')) return 0;
    int close = matching(f, from + 1);
    if (close < 0 || close >= to || !only_reads(f, from + 2, close)) return 0;
    if (is_sign(f, close + 1, '{')) close++;
    int jumps = is_word(f, close + 1, "break") || is_word(f, close + 1, "return");
    return jumps && only_reads(f, close + 2, to - 1);
}

/* Are all statements of from..to-1 loads, none from what another has loaded, or ways out? */
static int only_loads(const struct file *f, int from, int to)
{
    int name[8], names = 0, first = from;
    for (int end; from < to; from = end) {
        end = after_statement(f, from);
        if (end < 0 || end > to) return 0;
        int is_empty = end == from + 1 || is_word(f, from, "continue");
        if (is_empty || leaves(f, from, end)) continue;
        if (names == 8 || (name[names++] = loads(f, from, end - 1)) < 0) return 0;
    }
    for (int n = 0; n < names; n++)
        for (int i = first, right = 0; i < to; i++) {
            right = is_sign(f, i, ';') ? 0 : right | (assigns(f, i) == 1);
            if (right && same_word(f, i, name[n])) return 0;
        }
    return 1;
}

/* ---- what a report calls it ---- */

/* How likely the loop waits for what word i names: it is volatile, it is read through a pointer; 0: it is no
 * variable. */
static int likely(const struct file *f, int i, const struct names *n)
{
    const struct known *known = known_at(f, i, n);
    if (!is_variable(f, i) || is_sign(f, i + 1, '(') || (known && known->function)) return 0;
    int pointer = is_sign(f, i - 1, '*') || is_sign(f, i + 1, '[') || is_sign(f, i + 1, '-');
    return known ? 3 : pointer ? 2 : 1;
}

/* The variable that the loop waits for, as far as the text says it; -1: none. */
static int variable_of(const struct file *f, const struct loop *l, const struct names *n)
{
    int part[2][2] = { { l->head, l->tail }, { l->body, l->end } }, found = -1, most = 0;
    for (int p = 0; p < 2; p++)
        for (int i = part[p][0]; i < part[p][1]; i++)
            if (likely(f, i, n) > most) most = likely(f, i, n), found = i;
    return found;
}

/* ---- the file ---- */

static void rewrite_loop(struct file *f, const struct loop *l, int variable, int reads)
{
    char call[160];
    int block = is_sign(f, l->body, '{'), empty = is_sign(f, l->body, ';');
    int length = variable < 0 ? 0 : (int)f->word[variable].length;
    snprintf(call, sizeof call, "%s::emu::spin(\"%.*s\", %s)%s",
             block   ? " "
             : empty ? ""
                     : "{ ",
             length > 80 ? 80 : length, variable < 0 ? "" : f->text + f->word[variable].at,
             reads ? "true" : "false",
             empty   ? ""
             : block ? ";"
                     : "; ");
    edit(f, block ? end_of(f, l->body) : f->word[l->body].at, 0, call);
    if (!block && !empty) edit(f, end_of(f, l->end - 1), 0, " }");
}

static int is_once(const struct file *f, const struct loop *l)
{
    return is_word(f, l->begin, "do") && l->tail == l->head + 1 &&
           (is_word(f, l->head, "0") || is_word(f, l->head, "false"));
}

static void look_at(struct file *f, const struct loop *l, const struct names *n)
{
    int block = is_sign(f, l->body, '{'), steps = l->step < l->tail;
    int empty = !steps && only_loads(f, l->body + block, l->end - block);
    int still = empty && only_reads(f, l->head, l->tail);
    int named = has_volatile(f, l->head, l->tail, n) || has_volatile(f, l->body, l->end, n);
    if (empty || named) rewrite_loop(f, l, variable_of(f, l, n), still);
}

void rewrite_spins(struct file *f)
{
    enum { MOST = 500 };
    static struct names names;
    int end[MOST], ends = 0; /* where the condition of a do begins, which is no loop of its own */
    struct loop l;
    find_names(f, &names);
    for (int i = 0; i < f->words; i++) {
        int is_end = 0;
        for (int k = 0; k < ends; k++) is_end |= end[k] == i;
        if (is_end || f->word[i].kind != NAME || f->word[i].scope == 0 || !loop_at(f, i, &l)) continue;
        if (is_word(f, i, "do") && ends < MOST) end[ends++] = l.end;
        if (!is_once(f, &l)) look_at(f, &l, &names);
    }
}
