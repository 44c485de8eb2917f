/* clusters.c - __cluster_dims__(x, y, z) of a kernel: the extent is copied into its body, where the
 * emulator finds it as the value of a variable (emu/core.h). */
#include "cu2cpp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The brace that opens the body of the function whose declaration word i is in; -1: it has none here. */
static int body_after(const struct file *f, int i)
{
    for (; i < f->words && !is_sign(f, i, ';'); i++) {
        if (is_sign(f, i, '{')) return i;
        if (is_sign(f, i, '(')) i = matching(f, i);
        if (i < 0) return -1;
    }
    return -1;
}

void rewrite_clusters(struct file *f)
{
    for (int i = 0; i < f->words; i++) {
        if (!is_word(f, i, "__cluster_dims__") || !is_sign(f, i + 1, '(') || f->word[i].directive) continue;
        int close = matching(f, i + 1), body = close < 0 ? -1 : body_after(f, close);
        if (body < 0) continue;
        size_t from = f->word[i + 1].at, length = end_of(f, close) - from;
        char *text = must_grow(NULL, length + 30);
        sprintf(text, " EMU_CLUSTER_DIMS%.*s", (int)length, f->text + from);
        for (char *c = text; *c; c++)
            if (*c == '\n') *c = ' ';
        edit(f, end_of(f, body), 0, text);
        free(text);
    }
}
