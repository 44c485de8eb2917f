/* npy.c - see npy.h. The format: numpy.lib.format of NumPy's documentation. */
#include "npy.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MOST = 1 << 16 };

struct header { /* what the dictionary says */
    char descr[16];
    int has_descr, has_order, has_shape, is_fortran;
};

/* ---- the dictionary's text ---- */

struct text {
    const char *at;
};

static int skip(struct text *t, const char *word)
{
    size_t n = strlen(word);
    while (isspace((unsigned char)*t->at)) t->at++;
    if (strncmp(t->at, word, n) != 0) return 0;
    t->at += n;
    return 1;
}

/* the next character that is no space */
static char next(struct text *t)
{
    skip(t, "");
    return *t->at;
}

/* 'text' or "text", without escapes; 0 if there is none, or it is too long */
static int get_text(struct text *t, char *to, size_t room)
{
    const char quote = skip(t, "'") ? '\'' : skip(t, "\"") ? '"' : 0;
    const char *end = quote ? strchr(t->at, quote) : NULL;
    if (!end || (size_t)(end - t->at) >= room) return 0;
    memcpy(to, t->at, (size_t)(end - t->at));
    to[end - t->at] = '\0';
    t->at = end + 1;
    return 1;
}

/* a whole number, which Python 2 may have written with an L */
static int get_extent(struct text *t, size_t *extent)
{
    const size_t most = SIZE_MAX / 16;
    if (!isdigit((unsigned char)next(t))) return 0;
    for (*extent = 0; isdigit((unsigned char)*t->at); t->at++) {
        if (*extent > most) return 0;
        *extent = 10 * *extent + (size_t)(*t->at - '0');
    }
    if (*t->at == 'L') t->at++;
    return 1;
}

static int get_shape(struct text *t, struct npy *a)
{
    if (!skip(t, "(")) return 0;
    while (!skip(t, ")")) {
        if (a->dims == NPY_DIMS || !get_extent(t, &a->dim[a->dims++])) return 0;
        if (!skip(t, ",")) return skip(t, ")");
    }
    return 1;
}

/* one key and its value */
static int get_entry(struct text *t, struct header *h, struct npy *a, const char *name, char *error)
{
    char key[16];
    if (!get_text(t, key, sizeof key) || !skip(t, ":"))
        return error_set(error, "%s is a damaged .npy file: its header is no dictionary", name);
    if (!strcmp(key, "descr") && !h->has_descr) {
        h->has_descr = 1;
        if (get_text(t, h->descr, sizeof h->descr)) return 1;
        return error_set(error, "%s holds structures with several fields; save one array of numbers", name);
    }
    if (!strcmp(key, "fortran_order") && !h->has_order) {
        h->has_order = 1;
        h->is_fortran = skip(t, "True");
        if (h->is_fortran || skip(t, "False")) return 1;
    }
    if (!strcmp(key, "shape") && !h->has_shape) {
        h->has_shape = 1;
        if (get_shape(t, a)) return 1;
        return error_set(error, "%s is a damaged .npy file: its shape is none of up to %d extents", name,
                         NPY_DIMS);
    }
    return error_set(error, "%s is a damaged .npy file: its header has a wrong '%s'", name, key);
}

static int get_dictionary(const char *text, struct header *h, struct npy *a, const char *name, char *error)
{
    struct text t = { text };
    int opened = skip(&t, "{");
    while (opened && !skip(&t, "}")) {
        if (!get_entry(&t, h, a, name, error)) return 0;
        if (!skip(&t, ",") && next(&t) != '}') opened = 0;
    }
    if (opened && !next(&t) && h->has_descr && h->has_order && h->has_shape) return 1;
    return error_set(error,
                     "%s is a damaged .npy file: its header is no dictionary of descr, fortran_order "
                     "and shape",
                     name);
}

/* ---- the type ---- */

/* "<f4": the order of bytes, the kind, the size; *is_swapped: the highest byte comes first */
static int get_type(const char *descr, struct npy *a, int *is_swapped, const char *name, char *error)
{
    static const char *const known[] = { "f2", "f4", "f8", "i1", "i2", "i4",
                                         "i8", "u1", "u2", "u4", "u8", "b1" };
    const char *type = *descr && strchr("<>=|", *descr) ? descr + 1 : descr;
    *is_swapped = *descr == '>';
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (!strcmp(type, known[k])) {
            a->kind = type[0], a->size = type[1] - '0';
            return 1;
        }
    const char *what = *type == 'O'                   ? "Python objects"
                       : *type == 'c'                 ? "complex numbers"
                       : *type == 'S' || *type == 'U' ? "texts"
                                                      : "no numbers that are read here";
    return error_set(error, "%s holds %s (dtype %.15s); save it as float32, or another type of numbers", name,
                     what, descr);
}

static int count(struct npy *a, const char *name, char *error)
{
    char shape[NPY_SHAPE];
    a->elements = 1;
    for (int d = 0; d < a->dims; d++) {
        if (a->dim[d] && a->elements > SIZE_MAX / 16 / a->dim[d])
            return error_set(error, "%s claims the shape %s, which no memory holds", name,
                             npy_shape(a, shape));
        a->elements *= a->dim[d];
    }
    return 1;
}

/* ---- the numbers ---- */

static void swap(unsigned char *x, int n)
{
    for (int k = 0; k < n / 2; k++) {
        unsigned char low = x[k];
        x[k] = x[n - 1 - k], x[n - 1 - k] = low;
    }
}

/* Where the element is in the file whose place in the order of C is `index`: in Fortran's, the first
 * extent runs fastest. */
static size_t fortran_place(const struct npy *a, const size_t *index)
{
    size_t at = 0;
    for (int d = a->dims - 1; d >= 0; d--) at = at * a->dim[d] + index[d];
    return at;
}

static int to_c_order(struct npy *a, const char *name, char *error)
{
    const size_t size = (size_t)a->size;
    size_t index[NPY_DIMS] = { 0 };
    unsigned char *data = malloc(a->elements * size + 1);
    if (!data) return error_set(error, "out of memory for %s", name);
    for (size_t k = 0; k < a->elements; k++) {
        memcpy(data + k * size, a->data + fortran_place(a, index) * size, size);
        for (int d = a->dims - 1; d >= 0 && ++index[d] == a->dim[d]; d--) index[d] = 0;
    }
    free(a->data);
    a->data = data;
    return 1;
}

double npy_number(const struct npy *a, size_t k)
{
    uint64_t bits = 0;
    for (int b = a->size; b-- > 0;) bits = bits << 8 | a->data[k * (size_t)a->size + (size_t)b];
    if (a->kind == 'u') return (double)bits;
    if (a->kind == 'b') return bits != 0;
    if (a->kind == 'i') return (double)(int64_t)(bits << (64 - 8 * a->size)) / ldexp(1, 64 - 8 * a->size);
    if (a->size == 8) {
        double x;
        memcpy(&x, &bits, sizeof x);
        return x;
    }
    if (a->size == 4) {
        uint32_t low = (uint32_t)bits;
        float x;
        memcpy(&x, &low, sizeof x);
        return (double)x;
    }
    const int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    const double size = exponent == 31 ? fraction ? (double)NAN : HUGE_VAL
                        : exponent     ? ldexp(1024 + fraction, exponent - 25)
                                       : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

const char *npy_shape(const struct npy *a, char *text)
{
    size_t used = (size_t)snprintf(text, NPY_SHAPE, "(");
    for (int d = 0; d < a->dims; d++)
        used += (size_t)snprintf(text + used, NPY_SHAPE - used, "%s%zu", d ? ", " : "", a->dim[d]);
    snprintf(text + used, NPY_SHAPE - used, ")");
    return text;
}

/* ---- the file ---- */

/* The dictionary, with a 0 behind it; NULL and a sentence. free() it. */
static char *read_header(struct source *s, char *error)
{
    unsigned char begin[12];
    size_t got = source_read(s, begin, 10), n = got == 10 ? (size_t)begin[8] | (size_t)begin[9] << 8 : 0;
    char *text;
    if (*s->reason) return error_set(error, "%s", s->reason), NULL;
    if (got < 10 || memcmp(begin, "\x93NUMPY", 6))
        return error_set(error, "%s is not a .npy file of NumPy", s->name), NULL;
    if (begin[6] < 1 || begin[6] > 3)
        return error_set(error, "%s is a .npy file of version %d; versions 1 to 3 are known", s->name,
                         begin[6]),
               NULL;
    if (begin[6] > 1 && source_read(s, begin + 10, 2) == 2)
        n |= (size_t)begin[10] << 16 | (size_t)begin[11] << 24;
    if (n > HEADER_MOST)
        return error_set(error, "%s is a damaged .npy file: it claims a header of %zu bytes", s->name, n),
               NULL;
    text = malloc(n + 1);
    if (!text) return error_set(error, "out of memory for %s", s->name), NULL;
    got = source_read(s, text, n);
    text[got] = '\0';
    if (got == n && !*s->reason && strlen(text) == n) return text;
    free(text);
    return error_set(error, "%s is a damaged .npy file: its header is cut off", s->name), NULL;
}

static int read_rest(struct source *s, const char *text, struct npy *a, char *error)
{
    struct header h = { .has_descr = 0 };
    int is_swapped;
    if (!get_dictionary(text, &h, a, s->name, error) || !get_type(h.descr, a, &is_swapped, s->name, error) ||
        !count(a, s->name, error))
        return 0;
    a->data = source_read_rest(s, a->elements * (size_t)a->size, error);
    if (!a->data) return 0;
    for (size_t k = 0; is_swapped && k < a->elements; k++) swap(a->data + k * (size_t)a->size, a->size);
    return !h.is_fortran || a->dims < 2 || to_c_order(a, s->name, error);
}

int npy_read(struct source *s, struct npy *a, char *error)
{
    memset(a, 0, sizeof *a);
    char *text = read_header(s, error);
    int ok = text && read_rest(s, text, a, error);
    free(text);
    if (!ok) {
        error_one_line(error);
        npy_free(a);
    }
    return ok;
}

void npy_free(struct npy *a)
{
    free(a->data);
    memset(a, 0, sizeof *a);
}
