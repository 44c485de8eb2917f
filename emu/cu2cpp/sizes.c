/* sizes.c - cudaMemcpy(to, from, sizeof(to), ..): if `to` is a pointer, that is the pointer's size. The
 * compiler knows its type, so the size becomes emu::size_of<decltype(to)>(..), which says so. */
#include "cu2cpp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calls, which of their arguments is the size, and how many before it are arrays. */
static const struct call {
    const char *name;
    int size, arrays;
} calls[] = {
    { "cudaMemcpy", 2, 2 },      { "cudaMemcpyAsync", 2, 2 },   { "cudaMemset", 2, 1 },
    { "cudaMemsetAsync", 2, 1 }, { "cudaMalloc", 1, 1 },        { "cudaMallocHost", 1, 1 },
    { "cudaHostAlloc", 1, 1 },   { "cudaMallocManaged", 1, 1 },
};

static const struct call *call_at(const struct file *f, int i)
{
    if (f->word[i].directive || !is_sign(f, i + 1, '(')) return NULL;
    for (unsigned k = 0; k < sizeof calls / sizeof *calls; k++)
        if (is_word(f, i, calls[k].name)) return &calls[k];
    return NULL;
}

/* The first word of each of the first `most` arguments behind the ( at `open`, and the end of the last;
 * 0: there are fewer. */
static int find_arguments(const struct file *f, int open, int most, int *begin)
{
    int close = matching(f, open), count = 0;
    if (close < 0) return 0;
    begin[count++] = open + 1;
    for (int i = open + 1; i <= close && count <= most; i++) {
        if (i < close && (is_sign(f, i, '(') || is_sign(f, i, '[') || is_sign(f, i, '{'))) i = matching(f, i);
        if (i < 0) return 0;
        if (is_sign(f, i, ',') || i == close) begin[count++] = i + 1;
    }
    return count > most;
}

/* The name in sizeof(name) if words from..to-1 are nothing else, else -1. */
static int measured(const struct file *f, int from, int to)
{
    if (!is_word(f, from, "sizeof")) return -1;
    int name = to - from == 4 && is_sign(f, from + 1, '(') && is_sign(f, from + 3, ')') ? from + 2
               : to - from == 2                                                         ? from + 1
                                                                                        : -1;
    return name > 0 && f->word[name].kind == NAME ? name : -1;
}

/* Is the argument of words from..to-1 that name, alone or behind an & or a cast? */
static int is_that(const struct file *f, int from, int to, int name)
{
    const struct word *last = &f->word[to - 1], *w = &f->word[name];
    int behind = to - 1 == from || is_sign(f, to - 2, ')') || is_sign(f, to - 2, '&');
    return behind && to > from && last->kind == NAME && last->length == w->length &&
           !memcmp(f->text + last->at, f->text + w->at, w->length);
}

/* The & of an array's address belongs to cudaMalloc and its kin alone. */
static int has_address(const struct file *f, int to)
{
    return is_sign(f, to - 2, '&');
}

static void look_at(struct file *f, int i, const struct call *call)
{
    int begin[5];
    if (!find_arguments(f, i + 1, call->size + 1, begin)) return;
    int from = begin[call->size], to = begin[call->size + 1] - 1, name = measured(f, from, to);
    for (int k = 0; name > 0 && k < call->arrays; k++) {
        int end = begin[k + 1] - 1;
        if (!is_that(f, begin[k], end, name) || has_address(f, end) != (call->size == 1)) continue;
        char text[400];
        int length = (int)f->word[name].length;
        const char *word = f->text + f->word[name].at;
        int n = snprintf(text, sizeof text, "::emu::size_of<decltype(%.*s)>(\"%.*s\", ", length, word, length,
                         word);
        if (n < 0 || (size_t)n >= sizeof text) return;
        edit(f, f->word[from].at, 0, text);
        edit(f, end_of(f, to - 1), 0, ")");
        return;
    }
}

void rewrite_sizes(struct file *f)
{
    for (int i = 0; i < f->words; i++) {
        const struct call *call = call_at(f, i);
        if (call) look_at(f, i, call);
    }
}
