/* variables.c - __device__ and __constant__ variables at file scope: the emulator is told of each, behind its
 * declaration, so that several devices have contents of their own.
 *
 * Those of classes and templates, and inline ones, are left alone: all devices share them. */
#include "cu2cpp.h"

#include <stdio.h>
#include <string.h>

static int is_one_of(const struct file *f, int i, const char *const *list)
{
    while (*list && !is_word(f, i, *list)) list++;
    return *list != NULL;
}

/* The first word of the statement that the one at i is in, if only names stand between; -1: others do. */
static int begin_of(const struct file *f, int i)
{
    while (i > 0 && !f->word[i - 1].directive && !is_sign(f, i - 1, ';') && !is_sign(f, i - 1, '}') &&
           !is_sign(f, i - 1, '{'))
        if (f->word[--i].kind != NAME) return -1;
    return i;
}

/* Is a variable defined by the words before its name? A type and a name are two at least. */
static int defines(const struct file *f, int begin, int name)
{
    static const char *const others[] = { "__global__", "__host__",   "__managed__", "constexpr", "extern",
                                          "friend",     "inline",     "template",    "typedef",   "using",
                                          "operator",   "__inline__", NULL };
    static const char *const spaces[] = { "__device__", "__constant__", "static", "const", "volatile", NULL };
    int types = 0;
    for (int i = begin; i < name; i++) {
        if (is_one_of(f, i, others)) return 0;
        types += f->word[i].kind == NAME && !is_one_of(f, i, spaces);
    }
    return types > 0;
}

/* The name that is declared by the words from i on, before its [], value, end or the next one; -1: a
 * function, or something unusual. */
static int name_from(const struct file *f, int i)
{
    for (; i < f->words && !f->word[i].directive; i++) {
        if (is_word(f, i, "__align__") || is_word(f, i, "alignas") || is_word(f, i, "__attribute__")) {
            i = matching(f, i + 1);
            if (i < 0) return -1;
        } else if (is_sign(f, i, '[') || is_sign(f, i, '=') || is_sign(f, i, ';') || is_sign(f, i, ',')) {
            return i > 0 && f->word[i - 1].kind == NAME ? i - 1 : -1;
        } else if (f->word[i].kind != NAME && !is_sign(f, i, '*')) {
            return -1;
        }
    }
    return -1;
}

/* The next ; or , that stands in no brackets; -1: there is none, or a < makes it uncertain. */
static int end_from(const struct file *f, int i)
{
    for (; i >= 0 && i < f->words && !f->word[i].directive; i++) {
        if (is_sign(f, i, ';') || is_sign(f, i, ',')) return i;
        if (is_sign(f, i, '(') || is_sign(f, i, '[') || is_sign(f, i, '{')) i = matching(f, i);
        if (i < 0 || is_sign(f, i, '<')) return -1;
    }
    return -1;
}

static void tell_of(struct file *f, int name, int semicolon)
{
    char text[600];
    int length = (int)f->word[name].length;
    const char *start = f->text + f->word[name].at;
    int n = snprintf(text, sizeof text,
                     " static const ::emu::DeviceVariable emu_variable_%.*s __attribute__((unused))(%.*s);",
                     length, start, length, start);
    if (n > 0 && (size_t)n < sizeof text) edit(f, end_of(f, semicolon), 0, text);
}

/* Of int a, b[2]; all the names; one without a ; that is known to be its end is left alone. */
static void tell_of_all(struct file *f, int first)
{
    int name[32], names = 0, end;
    for (int at = first; at >= 0 && names < 32; at = name_from(f, end + 1)) {
        name[names++] = at;
        end = end_from(f, at);
        if (end < 0) return;
        if (is_sign(f, end, ';')) {
            for (int i = 0; i < names; i++) tell_of(f, name[i], end);
            return;
        }
    }
}

void rewrite_variables(struct file *f)
{
    int told = -1; /* a variable may be __device__ and __constant__ */
    for (int i = 0; i < f->words; i++) {
        if (f->word[i].scope || f->word[i].directive) continue;
        if (!is_word(f, i, "__device__") && !is_word(f, i, "__constant__")) continue;
        int begin = begin_of(f, i), name = name_from(f, i + 1);
        if (begin < 0 || name < 0 || name == told || !defines(f, begin, name)) continue;
        tell_of_all(f, told = name);
    }
}
