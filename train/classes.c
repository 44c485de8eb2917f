/* classes.c - see classes.h. */
#include "classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

int classes_find(const struct classes *c, const char *name)
{
    for (int k = 0; k < c->n; k++)
        if (!strcmp(c->name[k], name)) return k;
    return -1;
}

/* 1 and the number, "7" or, as some programs write it, "7.0" */
static int is_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return *text && strspn(text, "+-.0123456789eE") == strlen(text) && !*end;
}

static int add_name(struct classes *c, const char *text, const char **problem)
{
    const int found = classes_find(c, text);
    *problem = "is one class more than the 256 that there may be";
    if (found >= 0) return found;
    if (c->n == CLASSES_MOST) return -1;
    const size_t bytes = strlen(text) + 1;
    c->name[c->n] = memory_need(bytes, 1);
    memcpy(c->name[c->n], text, bytes);
    return c->n++;
}

int classes_add(struct classes *c, const char *text, const char **problem)
{
    double number;
    const int is_name = !is_number(text, &number);
    *problem = is_name ? "is a name, and the classes before it are numbers"
                       : "is a number, and the classes before it are names";
    if (!*text) *problem = "must be a class";
    if (!*text || c->kind == (is_name ? CLASSES_NUMBERS : CLASSES_NAMES)) return -1;
    c->kind = is_name ? CLASSES_NAMES : CLASSES_NUMBERS;
    if (is_name) return add_name(c, text, problem);
    *problem = "must be a whole number from 0 to 255, or a name";
    return number >= 0 && number < CLASSES_MOST && number == floor(number) ? (int)number : -1;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = strtod(*(char *const *)a, NULL), y = strtod(*(char *const *)b, NULL);
    return x < y ? -1 : x > y ? 1 : compare_texts(a, b);
}

void classes_sort(struct classes *c, unsigned char to[CLASSES_MOST])
{
    char *old[CLASSES_MOST];
    double number;
    int are_numbers = 1;
    for (int k = 0; k < CLASSES_MOST; k++) to[k] = (unsigned char)k;
    for (int k = 0; k < c->n; k++) {
        are_numbers = are_numbers && is_number(c->name[k], &number);
        old[k] = c->name[k];
    }
    qsort(c->name, (size_t)c->n, sizeof *c->name, are_numbers ? compare_numbers : compare_texts);
    for (int k = 0; k < c->n; k++) to[k] = (unsigned char)classes_find(c, old[k]);
}

void classes_free(struct classes *c)
{
    for (int k = 0; k < c->n; k++) free(c->name[k]);
    *c = (struct classes){ 0 };
}
