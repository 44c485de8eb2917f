/* inline_ptx.c - asm with PTX becomes a call of the emulator's interpreter (emu/ptx.h).
 *
 *   asm volatile("add.u32 %0, %1, 1;" : "=r"(y) : "r"(x) : "memory");
 *   ::emu::ptx::run("add.u32 %0, %1, 1;", { ::emu::ptx::out<'r'>(y), ::emu::ptx::in<'r'>(x) });
 *
 * Assembler of the host stays. The text tells them apart, wherever the statement is: PTX begins with
 * .reg or with an opcode that has a type behind a dot, x86 has no such. Where it cannot tell (trap;
 * exit; a macro that makes the text), the function does: PTX is in one that is __device__ or
 * __global__. An empty text stays. */
#include "cu2cpp.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- whose assembler is it? ---- */

/* What begins at c after space, braces, labels and @p. */
static const char *first_instruction(const char *c, const char *end)
{
    while (c < end) {
        if (isspace((unsigned char)*c) || *c == '{' || *c == ';') {
            c++;
        } else if (*c == '\\' && c + 1 < end) {
            c += 2; /* \n, \t */
        } else if (*c == '@') {
            while (c < end && !isspace((unsigned char)*c)) c++;
        } else if (isalnum((unsigned char)*c) || *c == '_' || *c == '$') {
            const char *name = c;
            while (c < end && (isalnum((unsigned char)*c) || *c == '_' || *c == '$')) c++;
            if (c == end || *c != ':') return name;
            c++;
        } else {
            return c;
        }
    }
    return end;
}

enum whose { PTX, HOST, EMPTY, UNCLEAR };

/* Of the string at word i. */
static enum whose whose_text(const struct file *f, int i)
{
    const char *c = f->text + f->word[i].at, *end = f->text + end_of(f, i);
    const char *quote = memchr(c, '"', (size_t)(end - c));
    if (!quote) return HOST;
    if (quote > c && quote[-1] == 'R') quote = memchr(quote, '(', (size_t)(end - quote));
    c = first_instruction(quote ? quote + 1 : end, end - 1);
    if (c >= end - 1 || *c == '"') return EMPTY;
    if (!strncmp(c, ".reg", 4) || !strncmp(c, "//", 2)) return *c == '.' ? PTX : UNCLEAR;
    if (!islower((unsigned char)*c)) return HOST;
    while (c < end && (isalnum((unsigned char)*c) || *c == '_')) c++;
    if (*c == '.' && islower((unsigned char)c[1])) return PTX;
    return *c == ';' ? UNCLEAR : HOST;
}

/* Is word i in the body of a function that runs on the GPU? */
static int is_device(const struct file *f, int i)
{
    for (int at = i - 1; at >= 0; at--) {
        if (is_sign(f, at, '}')) {
            at = matching_back(f, at);
            if (at < 0) return 0;
            continue;
        }
        if (!is_sign(f, at, '{')) continue;
        for (int k = at - 1; k >= 0 && !is_sign(f, k, ';') && !is_sign(f, k, '{') && !is_sign(f, k, '}'); k--)
            if (is_word(f, k, "__device__") || is_word(f, k, "__global__")) return 1;
    }
    return 0;
}

/* ---- a statement ---- */

struct statement {
    int begin, open, close; /* asm ( ) */
    int colon[3], colons;
};

/* 0: it is another use of the word */
static int statement_at(const struct file *f, int i, struct statement *s)
{
    static const char *const names[] = { "asm", "__asm__", "__asm" };
    static const char *const qualifiers[] = { "volatile", "__volatile__", "__volatile" };
    int named = 0, open = i + 1, qualified = 1;
    for (int n = 0; n < 3; n++) named |= is_word(f, i, names[n]);
    while (named && qualified) {
        qualified = 0;
        for (int n = 0; n < 3; n++) qualified |= is_word(f, open, qualifiers[n]);
        open += qualified;
    }
    *s = (struct statement){ i, open, -1, { -1, -1, -1 }, 0 };
    if (!named || !is_sign(f, open, '(') || is_word(f, i - 1, "define")) return 0;
    s->close = matching(f, open);
    return s->close > open + 1 && f->word[s->close].directive == f->word[i].directive;
}

/* The kind of the constraint at word i, which a ( must follow: its letter, and in *way i, o or b. 0:
 * unknown. */
static char constraint_at(const struct file *f, int i, char *way)
{
    if (f->word[i].kind != STRING || !is_sign(f, i + 1, '(') || f->word[i].length > 6) return 0;
    const char *c = f->text + f->word[i].at + 1;
    *way = *c == '=' ? 'o' : *c == '+' ? 'b' : 'i';
    if (*c == '=' || *c == '+') c++;
    if (*c == '&') c++;
    return isalpha((unsigned char)c[0]) && c[1] == '"' ? c[0] : 0;
}

/* Finds its colons; 0 after a sentence: something else is between them. */
static int understood(const struct file *f, struct statement *s)
{
    char way;
    for (int i = s->open + 1; i < s->close; i++) {
        if (is_sign(f, i, ':')) {
            if (s->colons == 3) break;
            s->colon[s->colons++] = i;
        } else if (s->colons == 1 || s->colons == 2) {
            if (is_sign(f, i, ',')) continue;
            if (!constraint_at(f, i, &way)) break;
            i = matching(f, i + 1);
        } else if (is_sign(f, i, '(') && matching(f, i) > 0) {
            i = matching(f, i);
        }
        if (i + 1 >= s->close) return 1;
    }
    complain(
        f, f->word[s->begin].line,
        "left as it is: the operands of inline PTX are written \"=r\"(x), with the constraints that nvcc has");
    return 0;
}

static void rewrite_statement(struct file *f, const struct statement *s)
{
    edit_word(f, s->begin, "::emu::ptx::run");
    for (int i = s->begin + 1; i < s->open; i++) edit_word(f, i, "");
    for (int i = s->open + 1, colons = 0; i < s->close; i++) {
        char way, letter, call[40];
        if (is_sign(f, i, ':')) {
            colons++;
            edit_word(f, i, colons == 1 ? ", {" : colons == 2 && s->colon[1] > s->colon[0] + 1 ? "," : "");
        } else if (colons == 3) {
            edit_word(f, i, "");
        } else if (colons && (letter = constraint_at(f, i, &way)) != 0) {
            snprintf(call, sizeof call, "::emu::ptx::%s<'%c'>",
                     way == 'o'   ? "out"
                     : way == 'b' ? "in_out"
                                  : "in",
                     letter);
            edit_word(f, i, call);
            i = matching(f, i + 1);
        }
    }
    if (s->colons) edit(f, f->word[s->close].at, 0, "}");
}

void rewrite_asm(struct file *f)
{
    struct statement s;
    for (int i = 0; i < f->words; i++) {
        if (f->word[i].kind != NAME || !statement_at(f, i, &s)) continue;
        int text = s.open + 1, literal = f->word[text].kind == STRING;
        enum whose whose = literal ? whose_text(f, text) : UNCLEAR;
        if (whose == PTX || (whose == UNCLEAR && is_device(f, i))) {
            if (understood(f, &s)) rewrite_statement(f, &s);
        } else if (whose == HOST && is_device(f, i)) {
            complain(f, f->word[i].line, "left as it is: this asm in a function of the GPU is not PTX");
        }
        i = s.open;
    }
}
