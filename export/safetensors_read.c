/* safetensors_read.c - safetensors files from anywhere: see foreign.h, and safetensors.h for the format.
 *
 * The header is JSON of one form: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...},
 * with the keys in any order, and "__metadata__", an object of texts. The tensors must cover the data without
 * gaps and overlaps, as the format wants it.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

enum { HEADER_MOST = 1 << 24, TEXT_MOST = 1 << 16, WORD = 24 };

struct reader {
    const char *name; /* of the file */
    const char *at;   /* in the header, which ends with a 0 */
    char *text;       /* TEXT_MOST bytes for the last text */
    char *error;
};

struct entry {
    char dtype[WORD];
    int dims, has_dtype, has_shape, has_offsets;
    size_t dim[NPY_DIMS], from, to; /* from, to: in the data */
};

static const struct dtype {
    const char *name;
    char kind;
    int size;
} dtypes[] = { { "F32", 'f', 4 }, { "F64", 'f', 8 }, { "F16", 'f', 2 }, { "BF16", 'f', 2 }, { "I64", 'i', 8 },
               { "I32", 'i', 4 }, { "I16", 'i', 2 }, { "I8", 'i', 1 },  { "U64", 'u', 8 },  { "U32", 'u', 4 },
               { "U16", 'u', 2 }, { "U8", 'u', 1 },  { "BOOL", 'b', 1 } };

static int damaged(const struct reader *r, const char *what)
{
    return error_set(r->error, "%s is no safetensors file, or damaged: %s", r->name, what);
}

/* ---- JSON ---- */

/* the next character that is no space; 0: the end */
static char next(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r') r->at++;
    return *r->at;
}

static int skip(struct reader *r, char c)
{
    if (next(r) != c) return 0;
    r->at++;
    return 1;
}

/* four hexadecimal digits; -1: there are none */
static int get_code(struct reader *r)
{
    int code = 0;
    for (int k = 0; k < 4; k++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = *r->at ? strchr(digits, tolower((unsigned char)*r->at)) : NULL;
        if (!digit) return -1;
        code = 16 * code + (int)(digit - digits);
        r->at++;
    }
    return code;
}

/* One character behind a backslash. What is not ASCII becomes a byte that no name may have. */
static int get_escaped(struct reader *r, char *to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char c = *r->at, *which = c ? strchr(from, c) : NULL;
    if (c) r->at++;
    if (which) *to = into[which - from];
    if (which || c != 'u') return which != NULL;
    int code = get_code(r);
    *to = (char)(code < 128 ? code : 0x7f);
    return code >= 0;
}

/* into r->text, *n bytes */
static int get_text(struct reader *r, size_t *n)
{
    *n = 0;
    if (!skip(r, '"')) return damaged(r, "a text is missing in its header");
    while (*r->at && *r->at != '"') {
        if (*n == TEXT_MOST - 1) return damaged(r, "its header has an endless text");
        char c = *r->at++;
        if (c == '\\' && !get_escaped(r, &c)) return damaged(r, "its header has a wrong escape");
        r->text[(*n)++] = c;
    }
    r->text[*n] = '\0';
    return skip(r, '"') || damaged(r, "its header is cut off");
}

/* the same, and the colon behind it */
static int get_key(struct reader *r, size_t *n)
{
    return get_text(r, n) && (skip(r, ':') || damaged(r, "a colon is missing in its header"));
}

static int get_number(struct reader *r, size_t *x)
{
    if (!isdigit((unsigned char)next(r))) return damaged(r, "a number is missing in its header");
    for (*x = 0; isdigit((unsigned char)*r->at); r->at++) {
        if (*x > SIZE_MAX / 16) return damaged(r, "a number in its header is too large");
        *x = 10 * *x + (size_t)(*r->at - '0');
    }
    return 1;
}

/* up to `most` numbers in brackets; *n of them */
static int get_numbers(struct reader *r, size_t *x, int most, int *n)
{
    *n = 0;
    if (!skip(r, '[')) return damaged(r, "a list is missing in its header");
    if (skip(r, ']')) return 1;
    do {
        if (*n == most) return damaged(r, "a list in its header is too long");
        if (!get_number(r, &x[(*n)++])) return 0;
    } while (skip(r, ','));
    return skip(r, ']') || damaged(r, "a list in its header does not end");
}

/* ---- entries ---- */

static int get_field(struct reader *r, struct entry *e)
{
    char key[WORD];
    size_t n, offset[2];
    int offsets;
    if (!get_key(r, &n)) return 0;
    snprintf(key, sizeof key, "%.23s", r->text);
    if (!strcmp(key, "dtype") && !e->has_dtype) {
        if (!get_text(r, &n)) return 0;
        snprintf(e->dtype, sizeof e->dtype, "%.23s", r->text);
        return e->has_dtype = 1;
    }
    if (!strcmp(key, "shape") && !e->has_shape) {
        e->has_shape = 1;
        return get_numbers(r, e->dim, NPY_DIMS, &e->dims);
    }
    if (strcmp(key, "data_offsets") || e->has_offsets)
        return damaged(r, "a tensor has more than dtype, shape and data_offsets");
    if (!get_numbers(r, offset, 2, &offsets)) return 0;
    if (offsets != 2 || offset[0] > offset[1]) return damaged(r, "data_offsets are no two numbers that rise");
    e->from = offset[0], e->to = offset[1];
    return e->has_offsets = 1;
}

static int get_entry(struct reader *r, struct entry *e)
{
    memset(e, 0, sizeof *e);
    if (!skip(r, '{')) return damaged(r, "a tensor is no object");
    do {
        if (!get_field(r, e)) return 0;
    } while (skip(r, ','));
    if (!skip(r, '}')) return damaged(r, "a tensor does not end");
    return (e->has_dtype && e->has_shape && e->has_offsets) ||
           damaged(r, "a tensor lacks dtype, shape or data_offsets");
}

/* an object of texts, which are left out */
static int skip_metadata(struct reader *r)
{
    size_t n;
    if (!skip(r, '{')) return damaged(r, "its metadata are no object");
    if (skip(r, '}')) return 1;
    do {
        if (!get_key(r, &n) || !get_text(r, &n)) return 0;
    } while (skip(r, ','));
    return skip(r, '}') || damaged(r, "its metadata do not end");
}

/* ---- tensors ---- */

/* as long as the entry claims */
static int set_type(struct reader *r, const struct entry *e, struct foreign_tensor *t)
{
    const struct dtype *is = NULL;
    struct npy *a = &t->array;
    for (size_t k = 0; k < sizeof dtypes / sizeof *dtypes; k++)
        if (!strcmp(dtypes[k].name, e->dtype)) is = &dtypes[k];
    if (!is)
        return error_set(r->error, "%s: %s is of the type %s, which is not read here; save it as F32",
                         r->name, t->name, e->dtype);
    a->kind = is->kind, a->size = is->size, a->dims = e->dims, a->elements = 1;
    for (int d = 0; d < e->dims; d++) {
        a->dim[d] = e->dim[d];
        if (a->dim[d] && a->elements > SIZE_MAX / 16 / a->dim[d])
            return damaged(r, "a shape has more numbers than fit any memory");
        a->elements *= a->dim[d];
    }
    return a->elements * (size_t)a->size == e->to - e->from ||
           damaged(r, "a tensor has other bytes than its shape needs");
}

/* The upper half of a float becomes a float. */
static int widen(struct npy *a)
{
    unsigned char *wide = calloc(a->elements + 1, 4);
    if (!wide) return 0;
    for (size_t k = 0; k < a->elements; k++) memcpy(wide + 4 * k + 2, a->data + 2 * k, 2);
    free(a->data);
    a->data = wide;
    a->size = 4;
    return 1;
}

static int copy_numbers(struct reader *r, const struct entry *e, const unsigned char *data, struct npy *a)
{
    size_t n = e->to - e->from;
    a->data = malloc(n + 1);
    if (!a->data) return error_set(r->error, "out of memory for %s", r->name);
    if (n) memcpy(a->data, data + e->from, n);
    return strcmp(e->dtype, "BF16") || widen(a) || error_set(r->error, "out of memory for %s", r->name);
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to > y->to) - (x->to < y->to);
}

/* the entries are sorted; empty ones may be anywhere between others */
static int covers(const struct entry *e, int n, size_t bytes)
{
    size_t at = 0;
    for (int k = 0; k < n; at = e[k++].to)
        if (e[k].from != at) return 0;
    return at == bytes;
}

/* Fills f with what the header lists; entry: what it claims, in the same order. */
static int get_list(struct reader *r, struct foreign *f, struct entry *entry)
{
    if (!skip(r, '{')) return damaged(r, "its header is no object");
    int is_empty = skip(r, '}');
    while (!is_empty) {
        size_t n;
        if (!get_key(r, &n)) return 0;
        if (!strcmp(r->text, "__metadata__")) {
            if (!skip_metadata(r)) return 0;
        } else {
            struct foreign_tensor *t = foreign_add(f, r->text, n, r->name, r->error);
            if (!t || !get_entry(r, &entry[f->tensors - 1]) || !set_type(r, &entry[f->tensors - 1], t))
                return 0;
        }
        if (!skip(r, ',')) break;
    }
    if (!is_empty && !skip(r, '}')) return damaged(r, "its header is cut off");
    return !next(r) || damaged(r, "its header goes on behind its end");
}

static int get_tensors(struct reader *r, struct foreign *f, const unsigned char *data, size_t bytes)
{
    struct entry *entry = calloc(2 * FOREIGN_MOST, sizeof *entry);
    if (!entry) return error_set(r->error, "out of memory for %s", r->name);
    int ok = get_list(r, f, entry);
    struct entry *sorted = entry + FOREIGN_MOST;
    memcpy(sorted, entry, (size_t)f->tensors * sizeof *entry);
    qsort(sorted, (size_t)f->tensors, sizeof *entry, by_place);
    if (ok && !covers(sorted, f->tensors, bytes))
        ok = damaged(r, "its tensors do not cover its data without gaps and overlaps");
    for (int k = 0; ok && k < f->tensors; k++) ok = copy_numbers(r, &entry[k], data, &f->tensor[k].array);
    free(entry);
    return ok;
}

/* ---- the file ---- */

static int read_all(struct source *s, struct foreign *f, struct reader *r)
{
    size_t n, header = 0;
    unsigned char *file = source_read_all(s, &n, r->error);
    if (!file) return 0;
    for (int b = 8; n >= 8 && b-- > 0;) header = header << 8 | file[b];
    char *text = NULL;
    int ok = n >= 8 && header <= n - 8 && header <= HEADER_MOST;
    if (!ok) {
        damaged(r, "it is shorter than its header claims");
    } else {
        text = malloc(header + 1);
        ok = text != NULL || error_set(r->error, "out of memory for %s", r->name);
    }
    if (ok) {
        memcpy(text, file + 8, header);
        text[header] = '\0';
        r->at = text;
        ok = strlen(text) == header ? get_tensors(r, f, file + 8 + header, n - 8 - header)
                                    : damaged(r, "its header is no text");
    }
    free(text);
    free(file);
    return ok;
}

int safetensors_read(struct source *s, struct foreign *f, char *error)
{
    struct reader r = { .name = s->name, .text = malloc(TEXT_MOST), .error = error };
    int ok = r.text ? read_all(s, f, &r) : error_set(error, "out of memory for %s", s->name);
    free(r.text);
    if (!ok) foreign_free(f);
    return ok;
}
