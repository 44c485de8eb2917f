/* nvcc_words.c - lists of words for command lines; see nvcc.h. Their texts live as long as the program. */
#include "nvcc.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory) return memory;
    exit(args_fail(EXIT_RESOURCES, "nvcc", "out of memory for the command line"));
}

void nvcc_add(struct nvcc_words *to, const char *word)
{
    if (to->n + 2 > to->room) {
        to->room = to->room ? 2 * to->room : 16;
        to->word = must(realloc(to->word, to->room * sizeof *to->word));
    }
    to->word[to->n++] = word;
    to->word[to->n] = NULL;
}

void nvcc_add_all(struct nvcc_words *to, const char *const *word)
{
    while (word && *word) nvcc_add(to, *word++);
}

static struct nvcc_words texts; /* all that nvcc_text has made */

const char *nvcc_text(const char *format, ...)
{
    char *text;
    va_list list;
    va_start(list, format);
    if (vasprintf(&text, format, list) < 0) text = NULL;
    va_end(list);
    nvcc_add(&texts, must(text));
    return text;
}

/* Appends the word that begins at text and ends before one of `ends` that is not quoted; returns its end. */
static const char *take_word(struct nvcc_words *to, const char *text, const char *ends)
{
    char *word = must(malloc(strlen(text) + 1)), quote = 0;
    size_t n = 0;
    for (; *text && (quote || !strchr(ends, *text)); text++) {
        if (*text == '\\' && text[1] && quote != '\'') {
            word[n++] = *++text;
        } else if (*text == quote || (!quote && strchr("\"'", *text))) {
            quote = quote ? 0 : *text;
        } else {
            word[n++] = *text;
        }
    }
    word[n] = '\0';
    nvcc_add(&texts, word);
    nvcc_add(to, word);
    return text;
}

void nvcc_split(struct nvcc_words *to, const char *text, int spaces)
{
    const char *ends = spaces ? ", \t\n" : ",";
    while (*text) {
        if (strchr(ends, *text))
            text++;
        else
            text = take_word(to, text, ends);
    }
}

void nvcc_split_shell(struct nvcc_words *to, const char *text)
{
    while (*text) {
        if (isspace((unsigned char)*text))
            text++;
        else
            text = take_word(to, text, " \t\r\n\f\v");
    }
}
