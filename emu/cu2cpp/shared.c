/* shared.c - declarations of shared memory, and __noinline__.
 *
 * A dynamic array becomes a pointer. In a function it is set when the declaration runs; at file scope the
 * emulator sets it before each launch (emu/launch.h). */
#include "cu2cpp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a declaration's specifiers ---- */

/* If a specifier that may stand beside __shared__ ends at i: its first word, else -1. */
static int begin_of_specifier(const struct file *f, int i)
{
    static const char *const plain[] = { "extern", "static", "volatile", "const", "__shared__" };
    static const char *const with[] = { "alignas", "__align__", "__attribute__" };
    for (unsigned w = 0; w < sizeof plain / sizeof *plain; w++)
        if (is_word(f, i, plain[w])) return i;
    int open = is_sign(f, i, ')') ? matching_back(f, i) : -1;
    for (unsigned w = 0; open > 0 && w < sizeof with / sizeof *with; w++)
        if (is_word(f, open - 1, with[w])) return open - 1;
    return -1;
}

/* The first word after the specifier that begins at i; i: none begins there. */
static int after_specifier(const struct file *f, int i)
{
    if (begin_of_specifier(f, i) == i) return i + 1;
    int end = is_sign(f, i + 1, '(') ? matching(f, i + 1) : -1;
    return end >= 0 && begin_of_specifier(f, end) == i ? end + 1 : i;
}

static char *text_of(const struct file *f, int from, int to) /* of words from..to-1 */
{
    size_t at = f->word[from].at, length = to > from ? end_of(f, to - 1) - at : 0;
    char *text = must_grow(NULL, length + 1);
    memcpy(text, f->text + at, length);
    text[length] = '\0';
    return text;
}

/* ---- extern __shared__ ---- */

/* The text that takes the place of a declaration, growing. */
struct made {
    char *text;
    size_t length;
};

static void put(struct made *m, const char *text)
{
    size_t length = strlen(text);
    m->text = must_grow(m->text, m->length + length + 1);
    memcpy(m->text + m->length, text, length + 1);
    m->length += length;
}

/* One array: `type` is "float ", `dimensions` what follows its [], "[32]" or "". */
static void put_array(struct made *m, const char *type, const char *name, const char *dimensions,
                      int file_scope)
{
    char *pointer = must_grow(NULL, 2 * (strlen(type) + strlen(dimensions)) + 3 * strlen(name) + 400);
    const char *open = *dimensions ? "(*" : "*", *close = *dimensions ? ")" : "";
    if (file_scope)
        sprintf(
            pointer,
            "static EMU_FILE_SHARED %s%s%s%s%s; static const ::emu::FileShared %s_file_shared_((void **)&%s); ",
            type, open, name, close, dimensions, name, name);
    else
        sprintf(pointer, "%s%s%s%s%s = (%s%s%s%s)::emu::dynamic_shared({ __FILE__, __LINE__ }); ", type, open,
                name, close, dimensions, type, open, close, dimensions);
    put(m, pointer);
    free(pointer);
}

/* Was this array declared at file scope before? Then this declaration says nothing new. */
static int is_declared(const struct file *f, const char *name, int before)
{
    for (int i = 0; i < before; i++)
        if (is_word(f, i, name) && is_sign(f, i + 1, '[') && f->word[i].scope == 0 && !f->word[i].directive) {
            int k = i;
            while (k > 0 && !is_sign(f, k, ';') && !is_sign(f, k, '}') && !is_word(f, k, "__shared__")) k--;
            if (is_word(f, k, "__shared__")) return 1;
        }
    return 0;
}

/* Puts the declarators between `from` and the semicolon at `end`, of that type; 0: not understood. */
static int put_declarators(struct file *f, struct made *m, const char *type, int from, int end)
{
    int file_scope = f->word[from].scope == 0 && !f->word[from].directive; /* a macro is for functions */
    for (int i = from; i < end;) {
        if (f->word[i].kind != NAME || !is_sign(f, i + 1, '[') || !is_sign(f, i + 2, ']')) return 0;
        int next = i + 3;
        while (is_sign(f, next, '[') && matching(f, next) > 0) next = matching(f, next) + 1;
        if (next != end && !is_sign(f, next, ',')) return 0;
        char *name = text_of(f, i, i + 1), *dimensions = next > i + 3 ? text_of(f, i + 3, next) : NULL;
        if (!file_scope || !is_declared(f, name, i))
            put_array(m, type, name, dimensions ? dimensions : "", file_scope);
        free(name), free(dimensions);
        i = next + (next < end);
    }
    return 1;
}

/* The declaration of words begin..end, whose type begins at `type`. */
static void rewrite_extern(struct file *f, int begin, int type, int end)
{
    struct made m = { NULL, 0 };
    char *kept = must_grow(NULL, 32), *name;
    int first = type; /* declarator */
    while (first < end && !is_sign(f, first + 1, '[')) first++;
    *kept = '\0';
    for (int i = begin; i < type; i++)
        if (is_word(f, i, "volatile") && !strstr(kept, "volatile")) strcat(kept, "volatile ");
    name = text_of(f, type, first);
    put(&m, kept), put(&m, name), put(&m, " ");
    free(kept), free(name);
    char *of_type = m.text, *inside = strstr(of_type, "__shared__");
    if (inside) memset(inside, ' ', strlen("__shared__"));
    m = (struct made){ NULL, 0 };
    put(&m, "");
    if (first == type || first >= end || !put_declarators(f, &m, of_type, first, end)) {
        complain(f, f->word[begin].line,
                 "left as it is: a dynamic array is declared as extern __shared__ TYPE NAME[];");
    } else {
        size_t at = f->word[begin].at, cut = end_of(f, end) - at;
        for (size_t i = at; i < at + cut; i++)
            if (f->text[i] == '\n') put(&m, "\n");
        edit(f, at, cut, m.text);
    }
    free(of_type), free(m.text);
}

/* ---- the others ---- */

/* C++ wants an alignment before what __shared__ is here, and has `static` in it already. */
static void rewrite_static(struct file *f, int begin, int type)
{
    for (int i = begin, end; i < type && (end = after_specifier(f, i)) > i; i = end) {
        if (is_word(f, i, "static")) edit_word(f, i, "");
        if (!is_word(f, i, "alignas")) continue;
        char *align = text_of(f, i, end), *moved = must_grow(NULL, strlen(align) + 2);
        sprintf(moved, "%s ", align);
        edit(f, f->word[begin].at, 0, moved);
        edit(f, f->word[i].at, end_of(f, end - 1) - f->word[i].at, "");
        free(align), free(moved);
    }
}

/* extern TYPE __shared__ NAME[]: the extern, where the type is plain words; else -1 */
static int extern_before_type(const struct file *f, int shared)
{
    int i = shared - 1;
    while (i > 0 && f->word[i].kind == NAME && !is_word(f, i, "extern")) i--;
    return i >= 0 && i < shared - 1 && is_word(f, i, "extern") ? i : -1;
}

static void rewrite_declaration(struct file *f, int shared)
{
    int begin = shared, type = shared + 1, is_extern = 0, last = shared;
    for (int i;
         (i = begin_of_specifier(f, begin - 1)) >= 0 && f->word[i].directive == f->word[shared].directive;)
        begin = i;
    while (type < f->words && after_specifier(f, type) > type) type = after_specifier(f, type);
    for (int i = begin; i < type; i++) is_extern |= is_word(f, i, "extern");
    while (last < f->words && !is_sign(f, last, ';')) last++;
    if (last == f->words || f->word[last].directive != f->word[shared].directive) return;
    int outer = is_extern ? -1 : extern_before_type(f, shared);
    if (outer >= 0)
        rewrite_extern(f, outer, outer + 1, last);
    else if (is_extern)
        rewrite_extern(f, begin, type, last);
    else
        rewrite_static(f, begin, type);
}

void rewrite_shared(struct file *f)
{
    for (int i = 0; i < f->words; i++) {
        int defined = f->word[i].directive && is_word(f, i - 1, "define");
        if (is_word(f, i, "__shared__") && !defined) rewrite_declaration(f, i);
        if (is_word(f, i, "__noinline__") && !defined && !is_sign(f, i - 1, '('))
            edit_word(f, i, "__attribute__((noinline))");
    }
}
