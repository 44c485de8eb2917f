/* arch.c - __CUDA_ARCH__: nvcc compiles a file for the host, where it is not defined, and for the GPU;
 * here there is one compilation. So what the word means depends on where it is:
 *
 *   in a __global__ or __device__ function             EMU_CUDA_ARCH, the emulated architecture
 *   in one that is also of the host                    its body is written twice, for the GPU and as it was;
 *                                                      a call takes the one that fits
 *   in an #if at file scope, around device code        EMU_CUDA_ARCH
 *   elsewhere in code or an #if                        as it is: not defined
 *
 * An #if that chooses by the number between macros, or a macro that has the number in it, is for the GPU's
 * code too. Where a choice may be wrong, a sentence says so. */
#include "cu2cpp.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ARCH[] = "__CUDA_ARCH__", OURS[] = "EMU_CUDA_ARCH";

/* ---- functions ---- */

enum code { OTHER, DEVICE, BOTH }; /* OTHER: the host's, or no function */

/* A macro's name, which may mean __host__ __device__ */
static int is_capital(const struct file *f, int i)
{
    const char *c = f->text + f->word[i].at, *end = c + f->word[i].length;
    if (f->word[i].kind != NAME || end - c < 3) return 0;
    while (c < end && !islower((unsigned char)*c)) c++;
    return c == end;
}

/* What the words before the brace at `open` declare. */
static enum code code_of(const struct file *f, int open)
{
    int device = 0, host = 0, macro = 0, parameters = 0;
    for (int i = open - 1; i >= 0 && !f->word[i].directive; i--) {
        if (is_sign(f, i, ';') || is_sign(f, i, '{') || is_sign(f, i, '}')) break;
        device |= is_word(f, i, "__device__") || is_word(f, i, "__global__");
        host |= is_word(f, i, "__host__");
        macro |= is_capital(f, i);
        parameters |= is_sign(f, i, ')');
    }
    if (!parameters || !(device || macro)) return OTHER;
    return host || !device ? BOTH : DEVICE;
}

/* The function around word i: the brace that opens its body, and what it is. */
static enum code function_around(const struct file *f, int i, int *open)
{
    for (int scope = f->word[i].scope; scope > 0; scope--) {
        int j = i - 1;
        while (j >= 0 && !(is_sign(f, j, '{') && !f->word[j].directive && f->word[j].scope == scope - 1 &&
                           f->word[j + 1].scope == scope))
            j--;
        enum code code = j < 0 ? OTHER : code_of(f, j);
        *open = j;
        if (code != OTHER) return code;
    }
    return OTHER;
}

static int end_of_body(const struct file *f, int open)
{
    int i = open + 1;
    while (i < f->words &&
           !(is_sign(f, i, '}') && !f->word[i].directive && f->word[i].scope == f->word[open].scope))
        i++;
    return i;
}

/* The body between `open` and `close`, once more, for the GPU: before it as it is, for the host. */
static void write_twice(struct file *f, int open, int close)
{
    size_t begin = end_of(f, open), end = f->word[close].at, from = begin, n;
    char *text = must_grow(NULL, 2 * (end - begin) + 300); /* OURS is no longer than ARCH */
    n = (size_t)sprintf(text, " if (::emu::in_device_code()) {\n#line %d\n", f->word[open].line);
    for (int i = open + 1; i <= close; i++) {
        int here = i < close && is_word(f, i, ARCH);
        if (!here && i < close) continue;
        size_t at = f->word[i].at;
        memcpy(text + n, f->text + from, at - from), n += at - from;
        if (here) n += (size_t)sprintf(text + n, "%s", OURS);
        from = here ? end_of(f, i) : at;
    }
    sprintf(text + n, "\n#line %d\n} else {", f->word[open].line);
    edit(f, begin, 0, text);
    edit(f, end, 0, "}");
    free(text);
}

/* ---- #if outside of functions ---- */

static int first_of_directive(const struct file *f, int i)
{
    while (i > 0 && f->word[i - 1].directive == f->word[i].directive) i--;
    return i;
}

static int opens(const struct file *f, int hash)
{
    return is_word(f, hash + 1, "if") || is_word(f, hash + 1, "ifdef") || is_word(f, hash + 1, "ifndef");
}

static int is_hash(const struct file *f, int i)
{
    return f->word[i].directive && is_sign(f, i, '#') && first_of_directive(f, i) == i;
}

/* The words of the #if ... #endif that the directive at `hash` belongs to. */
static void find_group(const struct file *f, int hash, int *begin, int *end)
{
    int depth = opens(f, hash) ? 0 : 1;
    *begin = *end = hash;
    while (depth > 0 && --*begin > 0)
        if (is_hash(f, *begin)) depth += is_word(f, *begin + 1, "endif") - opens(f, *begin);
    depth = 1;
    while (depth > 0 && ++*end < f->words - 1)
        if (is_hash(f, *end)) depth += opens(f, *end) - is_word(f, *end + 1, "endif");
}

static int has_device_code(const struct file *f, int begin, int end)
{
    static const char *const words[] = { "__device__", "__global__", "__constant__", "__shared__" };
    for (int i = begin; i < end; i++)
        for (unsigned w = 0; w < sizeof words / sizeof *words; w++)
            if (is_word(f, i, words[w])) return 1;
    return 0;
}

/* Does the directive compare the number, rather than ask whether there is one? */
static int compares(const struct file *f, int i)
{
    return is_sign(f, i + 1, '<') || is_sign(f, i + 1, '>') || is_sign(f, i + 1, '/') ||
           (is_sign(f, i + 1, '=') && is_sign(f, i + 2, '='));
}

static int has_definition(const struct file *f, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (is_hash(f, i) && is_word(f, i + 1, "define")) return 1;
    return 0;
}

static int has_code(const struct file *f, int begin, int end)
{
    while (begin < end && f->word[begin].directive) begin++;
    return begin < end;
}

/* Is the word at i, in a directive outside of functions, for the GPU's code? */
static int is_for_device(const struct file *f, int i)
{
    int hash = first_of_directive(f, i), begin, end, compared = 0;
    if (is_word(f, hash + 1, "define")) {
        complain(f, f->word[i].line,
                 compares(f, i)
                     ? "note: this macro has __CUDA_ARCH__ in it, which is the GPU's in host code, too"
                     : "note: this macro has __CUDA_ARCH__ in it, which is not defined, not even in "
                       "kernels");
        return compares(f, i);
    }
    find_group(f, hash, &begin, &end);
    if (has_device_code(f, begin, end)) return 1;
    for (int k = hash; k < f->words && f->word[k].directive == f->word[hash].directive; k++)
        compared |= is_word(f, k, ARCH) && compares(f, k);
    if (compared && has_definition(f, begin, end)) return 1;
    if (has_definition(f, begin, end) || has_code(f, begin, end))
        complain(
            f, f->word[i].line,
            "note: an #if with __CUDA_ARCH__ that surrounds no function of the GPU: it is read as the host "
            "reads it, where __CUDA_ARCH__ is not defined");
    return 0;
}

/* ---- the file ---- */

/* Is it only asked for to be set: #ifndef __CUDA_ARCH__, #define __CUDA_ARCH__, #undef? */
static int is_set_here(const struct file *f, int i)
{
    return f->word[i].directive && (is_word(f, i - 1, "define") || is_word(f, i - 1, "undef"));
}

int rewrite_arch(struct file *f)
{
    int written = -1, before = f->edits; /* the end of the last body that was written twice */
    for (int i = 0; i < f->words; i++)
        if (is_word(f, i, ARCH) && is_set_here(f, i)) return 0; /* the file's own doing */
    for (int i = 0; i < f->words; i++) {
        int open;
        if (!is_word(f, i, ARCH) || i < written) continue;
        enum code code = function_around(f, i, &open);
        if (code == BOTH) {
            written = end_of_body(f, open);
            if (written == f->words) return f->edits > before;
            write_twice(f, open, written);
        } else if (code == DEVICE || (f->word[i].directive && is_for_device(f, i))) {
            edit_word(f, i, OURS);
        }
    }
    return f->edits > before;
}
