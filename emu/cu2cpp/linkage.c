/* linkage.c - with --own, for programs without separate compilation: there what is __device__ or __constant__
 * belongs to its file, and two files may give one name to different functions. At file scope it becomes
 * static.
 *
 * Kernels, functions that are also of the host, and templates keep their names for others, as nvcc has it; so
 * does what some declaration calls extern or friend, or what has a prototype without __device__. */
#include "cu2cpp.h"

#include <stdlib.h>
#include <string.h>

/* Names that are extern or friend, or of prototypes without __device__, in the file or in headers that were
 * read before it. */
static char **shared;
static int shared_count;

static int is_shared(const char *name)
{
    for (int i = 0; i < shared_count; i++)
        if (!strcmp(shared[i], name)) return 1;
    return 0;
}

static int is_one_of(const struct file *f, int i, const char *const *list)
{
    while (*list && !is_word(f, i, *list)) list++;
    return *list != NULL;
}

/* ---- one declaration ---- */

/* The name that the declaration which begins at `begin` declares: the word before its parameters, its [], its
 * value or its end. -1: it is an unusual one. */
static int name_of(const struct file *f, int begin)
{
    static const char *const with[] = { "__align__", "alignas", "__attribute__", "__launch_bounds__", NULL };
    for (int i = begin; i < f->words; i++) {
        if (f->word[i].directive || is_sign(f, i, '{') || is_sign(f, i, '<')) return -1;
        if (is_sign(f, i, '(') && is_one_of(f, i - 1, with)) {
            i = matching(f, i);
            if (i < 0) return -1;
        } else if (is_sign(f, i, '(') || is_sign(f, i, '[') || is_sign(f, i, '=') || is_sign(f, i, ';') ||
                   is_sign(f, i, ',')) {
            int named = i > begin && f->word[i - 1].kind == NAME && !is_sign(f, i - 2, ':');
            return named ? i - 1 : -1;
        }
    }
    return -1;
}

static char *name_at(const struct file *f, int i)
{
    char *name = must_grow(NULL, f->word[i].length + 1);
    memcpy(name, f->text + f->word[i].at, f->word[i].length);
    name[f->word[i].length] = '\0';
    return name;
}

/* Does a word before its name say where the declaration belongs, or that it is no such one? */
static int is_settled(const struct file *f, int begin, int name)
{
    static const char *const words[] = { "__host__", "__global__",      "extern",     "static",
                                         "inline",   "template",        "constexpr",  "typedef",
                                         "friend",   "__forceinline__", "__inline__", "__inline",
                                         "using",    "__managed__",     NULL };
    for (int i = begin; i < name; i++)
        if (is_one_of(f, i, words)) return 1;
    return is_word(f, name, "operator");
}

/* ---- the file ---- */

/* int f(int); at file scope: the name, f, is at i */
static int is_host_prototype(const struct file *f, int i)
{
    int before = i - 1;
    if (i < 1 || f->word[i].scope || f->word[i].directive || f->word[i].kind != NAME ||
        !is_sign(f, i + 1, '('))
        return 0;
    if (f->word[before].kind != NAME && !is_sign(f, before, '*') && !is_sign(f, before, '&')) return 0;
    int close = matching(f, i + 1);
    if (close < 0 || !is_sign(f, close + 1, ';')) return 0;
    while (before >= 0 && !f->word[before].directive && !is_sign(f, before, ';') &&
           !is_sign(f, before, '}') && !is_sign(f, before, '{'))
        if (is_word(f, before--, "__device__")) return 0;
    return 1;
}

static void note_shared(const struct file *f)
{
    for (int i = 0; i < f->words; i++) {
        int name = is_word(f, i, "extern") || is_word(f, i, "friend") ? name_of(f, i)
                   : is_host_prototype(f, i)                          ? i
                                                                      : -1;
        if (name < 0 || f->word[i].directive) continue;
        shared = must_grow(shared, (size_t)(shared_count + 1) * sizeof *shared);
        shared[shared_count++] = name_at(f, name);
    }
}

void rewrite_linkage(struct file *f)
{
    note_shared(f);
    for (int i = 0; i < f->words; i++) {
        int begin = is_word(f, i - 1, "const") || is_word(f, i - 1, "volatile") ? i - 1 : i;
        int starts = begin == 0 || is_sign(f, begin - 1, ';') || is_sign(f, begin - 1, '}') ||
                     is_sign(f, begin - 1, '{') || f->word[begin - 1].directive;
        if (f->word[i].scope || f->word[i].directive || !starts) continue;
        if (!is_word(f, i, "__device__") && !is_word(f, i, "__constant__")) continue;
        int name = name_of(f, begin);
        if (name < 0 || is_settled(f, begin, name)) continue;
        char *text = name_at(f, name);
        if (!is_shared(text)) edit(f, f->word[begin].at, 0, "static __attribute__((unused)) ");
        free(text);
    }
}

void forget_linkage(void)
{
    for (int i = 0; i < shared_count; i++) free(shared[i]);
    free(shared);
}
