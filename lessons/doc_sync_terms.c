/* doc_sync_terms.c - a term of the field is explained where a reader first meets it; see doc_sync.h.
 *
 * The rule: where a term of the list first occurs on the page of its lesson (in prose or in a table, not in
 * code, markers or the title), it is in *italics*, and the sentence around it has words enough to explain it.
 * A later lesson builds on the earlier.
 */
#include "doc_sync.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *lesson, *term;
} terms[] = {
    { "01", "perceptron" },
    { "01", "batch" },
    { "01", "ReLU" },
    { "01", "logits" },
    { "01", "softmax" },
    { "01", "cross-entropy" },
    { "01", "epoch" },
    { "01", "seed" },
    { "01", "SIMD" },
    { "01", "FMA" },
    { "01", "roof" },
    { "01", "kernel" },
    { "01", "warp" },
    { "01", "lane" },
    { "01", "kink" },
    { "01", "sectors" },
    { "02", "Jacobian" },
    { "04", "ravine" },
    { "04", "momentum" },
    { "04", "bias correction" },
    { "04", "condition number" },
    { "04", "sweep" },
    { "05", "overfitting" },
    { "05", "weight decay" },
    { "05", "soft threshold" },
};

/* With italics a sentence of fewer words has only named the term. */
enum { EXPLAINS = 8 };

/* 1 if the word at `at` is the term, perhaps with an s */
static int is_term(const char *page, const char *at, const char *term)
{
    size_t n = strlen(term), stem = n - (term[n - 1] == 's');
    if (strncasecmp(at, term, stem) ||
        (at > page && (isalnum((unsigned char)at[-1]) || strchr("_`-/", at[-1]))))
        return 0;
    at += stem;
    at += *at == 's';
    return !isalnum((unsigned char)*at) && !strchr("_`", *at);
}

/* words of the sentence, or of the table's cell, around `at` */
static int words_around(const char *page, const char *at)
{
    const char *from = at;
    int n = 0;
    while (from > page && !strchr("|\n", from[-1]) &&
           !(from[-1] == ' ' && from - 2 >= page && from[-2] == '.'))
        from--;
    for (; *from && !strchr("|\n", *from) && !(*from == '.' && from > at && isspace((unsigned char)from[1]));
         from++)
        n += isalpha((unsigned char)*from) &&
             (isspace((unsigned char)from[1]) || ispunct((unsigned char)from[1]));
    return n;
}

/* the next place at or behind `at` that a reader sees as text; skips code, formulas, markers, titles, links'
 * targets */
static const char *skip_unseen(const char *page, const char *at)
{
    const char *end = NULL;
    int starts_line = at == page || at[-1] == '\n';
    if (starts_line && !strncmp(at, "```", 3))
        end = strstr(at + 3, "\n```");
    else if (starts_line && !strncmp(at, "<!--", 4))
        end = strstr(at, "-->");
    else if (starts_line && !strncmp(at, "# ", 2))
        end = strchr(at, '\n');
    else if (*at == '`')
        end = strchr(at + 1, '`');
    else if (!strncmp(at, "](", 2))
        end = strchr(at, ')');
    if (!end) return at;
    return end + strcspn(end + 1, "\n") * (*end == '\n') + 1;
}

static void check_term(struct text *t, const char *page, const char *term)
{
    size_t n = strlen(term);
    for (const char *at = page; *at; at++) {
        const char *seen = skip_unseen(page, at);
        if (seen != at) {
            at = seen - 1;
            continue;
        }
        if (!is_term(page, at, term)) continue;
        t->line = 1;
        for (const char *c = page; c < at; c++) t->line += *c == '\n';
        if (at == page || at[-1] != '*' || strncasecmp(at, term, n) || at[n] != '*')
            text_fault(t,
                       "'%s' is used here, before it is explained: its first place is the explanation, with "
                       "*%s* in italics",
                       term, term);
        else if (words_around(page, at) < EXPLAINS)
            text_fault(t, "the sentence with *%s* is too short to explain it", term);
        return;
    }
    t->line = 1;
    text_fault(t, "the page never explains '%s'", term);
}

void text_terms(struct text *t, const char *page)
{
    for (size_t i = 0; t->kind == PAGE_LESSON && i < sizeof terms / sizeof *terms; i++)
        if (!strcmp(terms[i].lesson, t->lesson->number)) check_term(t, page, terms[i].term);
}
