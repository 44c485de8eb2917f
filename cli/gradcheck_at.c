/* gradcheck_at.c - --at: which element of which gradient is looked at alone. */
#include "gradcheck.h"

#include <stdlib.h>

/* ---- the index ---- */

/* "2,1,0", or one number that counts through the whole tensor; 0 with error set */
static int read_index(const char *text, const gc_tensor *t, size_t *flat, char *error)
{
    size_t index[GC_MAX_DIMS], n = gc_elements(t);
    int count = 0;
    for (const char *p = text; count < GC_MAX_DIMS;) {
        char *end;
        if (*p < '0' || *p > '9')
            return error_set(error, "--at %.60s: it must be whole numbers like 2,1,0", text);
        index[count++] = strtoull(p, &end, 10);
        if (!*end) break;
        if (*end != ',' || count == GC_MAX_DIMS)
            return error_set(error, "--at %.60s: it must be whole numbers like 2,1,0", text);
        p = end + 1;
    }
    if (count == 1 && t->nd != 1) {
        *flat = index[0];
        return *flat < n ? 1
                         : error_set(error, "--at %s: %s has %zu elements, counted from 0", text, t->name, n);
    }
    if (count != t->nd) return error_set(error, "--at %.60s: %s has %d indexes", text, t->name, t->nd);
    *flat = 0;
    for (int k = 0; k < count; k++) {
        if (index[k] >= t->dim[k])
            return error_set(error, "--at %.60s: index %d of %s ends at %zu", text, k + 1, t->name,
                             t->dim[k] - 1);
        *flat = *flat * t->dim[k] + index[k];
    }
    return 1;
}

/* ---- the element ---- */

int subject_at_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    int tensor = -1;
    size_t index = 0;
    for (int i = 0; i < s->problem.nin; i++) {
        if (!(s->in[i].flags & GC_GRAD)) continue;
        if (tensor >= 0)
            return error_set(out->reason, "--at needs --only: %s has more than one gradient", s->name);
        tensor = i;
    }
    if (tensor < 0) return error_set(out->reason, "%s has no input with a gradient", s->name);
    if (!s->problem.forward || !s->problem.backward)
        return error_set(out->reason, "--at needs a forward and a backward; %s has only one", s->name);
    if (!read_index(set->at, &s->in[tensor], &index, out->reason)) return 0;
    outcome_keep(out, gc_check_element(&s->problem, tensor, index, &o, out->vrow, OUTCOME_ROWS, &out->vrows,
                                       &out->ladder_h, &out->ladder_error));
    return 1;
}
