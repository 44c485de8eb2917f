/* fuzz_table.c - libFuzzer's target for the reader of tables. The first byte of the input says in which
 * column the class is. What is read has as many numbers as a second reader of the same text finds, which
 * takes whole lines and knows no quotes; what is refused leaves a sentence and nothing. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

/* The lines that are not blank, and all commas in them; the first of them is left out if it has names. */
static void count(const char *text, size_t *lines, size_t *commas, int is_names)
{
    *lines = *commas = 0;
    for (int first = 1; *text;) {
        size_t length = strcspn(text, "\n"), blank = 0, here = 0;
        for (size_t k = 0; k < length; k++) {
            blank += strchr(" \t\r", text[k]) != NULL;
            here += text[k] == ',';
        }
        if (blank < length) {
            if (!(first && is_names)) ++*lines, *commas += here;
            first = 0;
        }
        text += length + (text[length] == '\n');
    }
}

static void check_numbers(const struct table *t, const struct classes *classes)
{
    must(t->n > 0 && t->features > 0 && !t->x == !!t->real);
    for (size_t k = 0; k < (size_t)t->n * (size_t)t->features; k++)
        must(t->real ? (int)isfinite(t->real[k]) : t->x[k] <= 255);
    for (int k = 0; k < t->n; k++) must(classes->kind == CLASSES_NUMBERS || t->label[k] < classes->n);
}

static void check_counts(const struct table *t, const uint8_t *bytes, size_t n)
{
    size_t lines, commas;
    char *text = malloc(n + 1);
    must(text != NULL);
    memcpy(text, bytes, n);
    text[n] = '\0';
    must(strlen(text) == n);
    if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) memset(text, ' ', 3);
    count(text, &lines, &commas, 0);
    if (lines != (size_t)t->n) count(text, &lines, &commas, 1);
    must((size_t)t->n == lines && (size_t)t->n * (size_t)t->features == commas);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const label[] = { "first", "last", "b" };
    struct source s;
    struct table t;
    struct classes classes = { 0 };
    unsigned char to[CLASSES_MOST];
    char error[ERROR_TEXT] = "";
    if (!n) return 0;
    source_memory(&s, "input", bytes + 1, n - 1);
    if (table_read(&s, label[bytes[0] % 3], &classes, &t, error)) {
        check_numbers(&t, &classes);
        if (!memchr(bytes + 1, '"', n - 1)) check_counts(&t, bytes + 1, n - 1);
        classes_sort(&classes, to);
        table_free(&t);
    } else {
        must(*error && !strchr(error, '\n') && !t.n && !t.x && !t.real && !t.label);
    }
    classes_free(&classes);
    return 0;
}
