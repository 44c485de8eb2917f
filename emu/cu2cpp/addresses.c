/* addresses.c - (void *)kernel: the address loses its type there, but cudaLaunchKernel and graphs are to
 * launch it all the same. ::emu::known() notes the type; what is no function it hands through. */
#include "cu2cpp.h"

/* Words that stand behind a parameter list (void *), or that are no expression. */
static int is_other(const struct file *f, int i)
{
    static const char *const words[] = { "const",   "noexcept", "override", "final", "volatile", "NULL",
                                         "nullptr", "this",     "sizeof",   "throw", "mutable",  "alignof" };
    for (unsigned w = 0; w < sizeof words / sizeof *words; w++)
        if (is_word(f, i, words[w])) return 1;
    return 0;
}

/* The word after "void *" or "const void *" that begins at i; -1: none does. */
static int after_void_pointer(const struct file *f, int i)
{
    if (is_word(f, i, "const")) i++;
    return is_word(f, i, "void") && is_sign(f, i + 1, '*') ? i + 2 : -1;
}

/* The word after the template arguments that begin at i; i: none do; -1: they have no end. */
static int after_arguments(const struct file *f, int i)
{
    int depth = 0;
    if (!is_sign(f, i, '<')) return i;
    for (; i < f->words && !is_sign(f, i, ';') && !is_sign(f, i, '{'); i++) {
        if (is_sign(f, i, '(')) i = matching(f, i);
        if (i < 0) return -1;
        depth += is_sign(f, i, '<') - is_sign(f, i, '>');
        if (depth == 0) return i + 1;
    }
    return -1;
}

/* The name, alone in its expression, at i: what a cast makes a pointer of. */
static void rewrite_name(struct file *f, int i)
{
    int begin = i, end;
    if (is_sign(f, i, '&')) i++;
    for (;;) {
        if (i >= f->words || f->word[i].kind != NAME || is_other(f, i)) return;
        end = after_arguments(f, i + 1);
        if (end < 0 || !is_sign(f, end, ':') || !is_sign(f, end + 1, ':')) break;
        i = end + 2;
    }
    if (is_sign(f, end, '(')) end = matching(f, end) + 1; /* a call: pick(i), which may return a kernel */
    if (end <= 0) return;
    if (!is_sign(f, end, ',') && !is_sign(f, end, ')') && !is_sign(f, end, ';') && !is_sign(f, end, '}'))
        return;
    edit(f, f->word[begin].at, 0, "::emu::known(");
    edit(f, end_of(f, end - 1), 0, ")");
}

void rewrite_addresses(struct file *f)
{
    for (int i = 0; i < f->words; i++) {
        if (f->word[i].directive || f->word[i].scope == 0) continue;
        int end = is_sign(f, i, '(') ? after_void_pointer(f, i + 1) : -1;
        if (end > 0 && is_sign(f, end, ')')) rewrite_name(f, end + 1);
        if (!is_word(f, i, "reinterpret_cast") || !is_sign(f, i + 1, '<')) continue;
        end = after_void_pointer(f, i + 2);
        if (end > 0 && is_sign(f, end, '>') && is_sign(f, end + 1, '(')) rewrite_name(f, end + 2);
    }
}
