/* fuzz_table.c - libFuzzer's target for the reader of tables. The first byte of the input is left out. What
 * is read has as many numbers as a second reader of the same text finds, which takes whole lines; what is
 * refused leaves a sentence and nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../train/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int holds)
{
    if (!holds) abort();
}

/* The lines that are not blank, and all commas in them; the first line is left out if it has anything but
 * numbers. */
static void count(const char *text, size_t *lines, size_t *commas, int is_names)
{
    *lines = *commas = 0;
    for (int first = 1; *text; first = 0) {
        size_t length = strcspn(text, "\n"), blank = 0, here = 0;
        for (size_t k = 0; k < length; k++) {
            blank += strchr(" \t\r", text[k]) != NULL;
            here += text[k] == ',';
        }
        if (blank < length && !(first && is_names)) ++*lines, *commas += here;
        text += length + (text[length] == '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct table t;
    char error[ERROR_TEXT] = "", *text;
    size_t lines, commas;
    if (!n) return 0;
    bytes++, n--;
    source_memory(&s, "input", bytes, n);
    if (!table_read(&s, &t, error)) {
        must(*error && !strchr(error, '\n') && !t.n && !t.x && !t.label);
        return 0;
    }
    must((text = malloc(n + 1)) != NULL);
    memcpy(text, bytes, n);
    text[n] = '\0';
    must(strlen(text) == n);
    int is_names = strspn(text, "0123456789, \t\r") != strcspn(text, "\n");
    count(text, &lines, &commas, is_names);
    if (lines != (size_t)t.n) count(text, &lines, &commas, !is_names); /* a number above 255 is a name, too */
    must((size_t)t.n == lines && (size_t)t.n * (size_t)t.features == commas);
    unsigned sum = 0;
    for (size_t k = 0; k < commas; k++) sum += t.x[k];
    for (int k = 0; k < t.n; k++) sum += t.label[k];
    must(sum <= 255 * (commas + lines));
    table_free(&t);
    free(text);
    return 0;
}
