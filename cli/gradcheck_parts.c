/* gradcheck_parts.c - --tensors W:16x8,b:16: the tensors that a flat input is made of, each checked and
 * reported by itself. */
#include "gradcheck.h"

#include <stdlib.h>
#include <string.h>

/* ---- the text ---- */

static int bad_text(const char *at, char *error)
{
    return error_set(error,
                     "--tensors: '%.60s' does not begin with NAME:SIZE, or NAME:16x8 for 16 rows of 8; the "
                     "tensors are separated by commas",
                     at);
}

/* "16x8": fills nd and dim, and returns where it ends; NULL: no shape */
static const char *read_shape(const char *p, gc_tensor *t)
{
    for (;;) {
        char *end;
        if (*p < '0' || *p > '9' || t->nd == GC_MAX_DIMS) return NULL;
        t->dim[t->nd++] = strtoull(p, &end, 10);
        if (*end != 'x') return end;
        p = end + 1;
    }
}

/* How many there are, with their names in `names`; 0 with error set. */
static int read_parts(const char *text, gc_tensor part[GC_MAX_TENSORS], char names[][GC_NAME], char *error)
{
    int count = 0;
    for (const char *p = text;; p++) {
        size_t length = strcspn(p, ":,");
        gc_tensor *t = &part[count];
        if (count == GC_MAX_TENSORS)
            return error_set(error, "--tensors: there are more than %d tensors", (int)GC_MAX_TENSORS);
        if (p[length] != ':' || !length || length >= GC_NAME) return bad_text(p, error);
        *t = (gc_tensor){ .name = names[count] };
        memcpy(names[count], p, length);
        names[count][length] = '\0';
        for (int k = 0; k < count; k++)
            if (!strcmp(names[k], names[count]))
                return error_set(error, "--tensors: there are two tensors called %s", names[k]);
        const char *end = read_shape(p + length + 1, t);
        if (!end || (*end && *end != ',')) return bad_text(p, error);
        if (!gc_elements(t))
            return error_set(error, "--tensors: %s has no elements, or too many", names[count]);
        count++;
        p = end;
        if (!*p) return count;
    }
}

/* ---- the subject ---- */

/* the only input that has a gradient; -1 with error set */
static int flat_input(const struct subject *s, char *error)
{
    int found = -1, n = 0;
    for (int i = 0; i < s->problem.nin; i++)
        if (s->in[i].flags & GC_GRAD) found = i, n++;
    if (n == 1) return found;
    error_set(error, "--tensors names the parts of one flat input, but %s has %d inputs with a gradient",
              s->name, n);
    return -1;
}

int subject_split(struct subject *s, const char *text, char *error)
{
    static char names[GC_MAX_TENSORS][GC_NAME];
    static gc_problem whole; /* what is behind the parts, for as long as they are used */
    static gc_tensor whole_in[GC_MAX_TENSORS];
    static gc_problem *parts;
    gc_tensor part[GC_MAX_TENSORS];
    int count = read_parts(text, part, names, error), input = count ? flat_input(s, error) : -1;
    if (input < 0) return 0;
    size_t n = gc_elements(&s->in[input]), sum = 0;
    for (int k = 0; k < count; k++) sum += gc_elements(&part[k]);
    if (sum != n)
        return error_set(error, "--tensors: they have %zu elements together, but %s has %zu", sum,
                         s->in[input].name, n);
    if (s->problem.nin + count - 1 > GC_MAX_TENSORS)
        return error_set(error, "--tensors: with the other inputs of %s there are more than %d tensors",
                         s->name, (int)GC_MAX_TENSORS);
    gc_parts_close(parts);
    whole = s->problem;
    memcpy(whole_in, s->in, sizeof whole_in);
    whole.in = whole_in;
    parts = gc_parts_open(&whole, input, part, count);
    if (!parts) {
        error_set(error, "out of memory for %zu numbers", n);
        return gradcheck_ends(EXIT_RESOURCES);
    }
    s->problem = *parts;
    memcpy(s->in, parts->in, (size_t)parts->nin * sizeof *s->in);
    s->problem.in = s->in;
    return 1;
}
