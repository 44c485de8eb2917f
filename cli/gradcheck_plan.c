/* gradcheck_plan.c - from two prototypes and some options to a plan; see gradcheck_plan.h. */
#include "gradcheck_plan.h"

#include <stdarg.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct maker {
    struct plan *plan;
    const struct plan_options *o;
    char *reason;
};

/* a sentence, the prototype and a caret */
__attribute__((format(printf, 4, 5))) static int point_at(struct maker *m, const struct proto *p, int at,
                                                          const char *format, ...)
{
    char sentence[240], lines[256];
    va_list list;
    va_start(list, format);
    vsnprintf(sentence, sizeof sentence, format, list);
    va_end(list);
    proto_point(p->text, at, lines, sizeof lines);
    return error_set(m->reason, "%s, column %d: %s\n%s",
                     p == &m->plan->loss ? "the first prototype" : "the gradient's prototype", at + 1,
                     sentence, lines);
}

/* ---- lists of NAME=VALUE ---- */

struct item {
    const char *name, *value; /* not ended; value is NULL if there is no '=' */
    int name_length, value_length;
};

/* The next item of a list; 0 at its end. Only line ends separate the values of --data:
 * paths may hold commas. */
static int next_item(const char **list, const char *separators, struct item *item)
{
    const char *at = *list;
    if (!at) return 0;
    at += strspn(at, separators);
    if (!*at) return 0;
    int n = (int)strcspn(at, separators);
    const char *equals = memchr(at, '=', (size_t)n);
    *item = (struct item){ at, equals ? equals + 1 : NULL, equals ? (int)(equals - at) : n,
                           equals ? n - (int)(equals - at) - 1 : 0 };
    *list = at + n;
    return 1;
}

static int is_item(const struct item *item, const char *name)
{
    return (size_t)item->name_length == strlen(name) && !strncmp(item->name, name, (size_t)item->name_length);
}

/* The last item of that name; 0 if there is none. */
static int find_item(const char *list, const char *separators, const char *name, struct item *found)
{
    struct item item;
    int any = 0;
    while (next_item(&list, separators, &item))
        if (is_item(&item, name)) *found = item, any = 1;
    return any;
}

static int read_whole(const struct item *item, long long *value)
{
    char text[24], *end;
    if (!item->value || item->value_length < 1 || item->value_length >= (int)sizeof text) return 0;
    snprintf(text, sizeof text, "%.*s", item->value_length, item->value);
    errno = 0;
    *value = strtoll(text, &end, 10);
    return !*end && !errno && *value >= INT_MIN && *value <= INT_MAX;
}

static int read_real(const char *from, int n, double *value)
{
    char text[48], *end;
    if (n < 1 || n >= (int)sizeof text) return 0;
    snprintf(text, sizeof text, "%.*s", n, from);
    *value = strtod(text, &end);
    return !*end && isfinite(*value);
}

/* ---- sizes ---- */

static int look_up_size(void *ctx, const char *name, long long *value)
{
    const struct maker *m = ctx;
    struct item item;
    return find_item(m->o->size, ",\n", name, &item) && read_whole(&item, value);
}

static int read_shape(struct maker *m, const struct proto *p, const struct proto_arg *a,
                      struct plan_tensor *t)
{
    struct proto_error error;
    t->nd = a->nd;
    t->elements = 1;
    for (int k = 0; k < a->nd; k++) {
        if (!proto_size(p->text, a->dim[k], look_up_size, m, &t->dim[k], &error))
            return point_at(m, p, error.at, "%s", error.reason);
        if (t->elements > ((size_t)1 << 40) / t->dim[k])
            return point_at(m, p, a->at, "%s is too large", a->name);
        t->elements *= t->dim[k];
    }
    return 1;
}

/* ---- the inputs' values ---- */

static int read_range(struct maker *m, struct plan_tensor *t)
{
    struct item item;
    if (!find_item(m->o->range, ",\n", t->name, &item)) return 1;
    const char *colon = item.value ? memchr(item.value, ':', (size_t)item.value_length) : NULL;
    int left = colon ? (int)(colon - item.value) : 0;
    if (!colon || !read_real(item.value, left, &t->low) ||
        !read_real(colon + 1, item.value_length - left - 1, &t->high) || t->low > t->high ||
        (t->dt == GC_I32 &&
         (t->low < INT_MIN || t->high > INT_MAX || floor(t->low) < t->low || floor(t->high) < t->high)))
        return error_set(m->reason,
                         "--range %.*s: write the least and the largest value, like --range %s=0:3",
                         item.name_length + item.value_length + 1, item.name, t->name);
    t->has_range = 1;
    return 1;
}

static void store(struct plan_tensor *t, size_t i, double value)
{
    if (t->dt == GC_F64) ((double *)t->data)[i] = value;
    if (t->dt == GC_F32) ((float *)t->data)[i] = (float)value;
    if (t->dt == GC_I32) ((int *)t->data)[i] = (int)value;
}

static int read_data(struct maker *m, struct plan_tensor *t)
{
    struct item item;
    char path[1024];
    if (!find_item(m->o->data, "\n", t->name, &item)) return 1;
    if (!item.value_length || item.value_length >= (int)sizeof path)
        return error_set(m->reason,
                         "--data %.60s: write the tensor and a file of its numbers, like --data %s=%s.txt",
                         t->name, t->name, t->name);
    snprintf(path, sizeof path, "%.*s", item.value_length, item.value);
    double *x = t->elements <= SIZE_MAX / sizeof *x ? malloc(t->elements * sizeof *x) : NULL;
    t->data = calloc(t->elements, t->dt == GC_F64 ? sizeof(double) : sizeof(float));
    int ok = x && t->data
                 ? numbers_read(path, t->elements, x, m->reason)
                 : error_set(m->reason, "out of memory for the %zu numbers of %s", t->elements, t->name);
    for (size_t i = 0; ok && i < t->elements; i++) {
        if (t->dt == GC_I32 && (x[i] < INT_MIN || x[i] > INT_MAX || floor(x[i]) < x[i]))
            ok = error_set(m->reason, "%s: %g is not a whole number, but %s is an array of int", path, x[i],
                           t->name);
        else
            store(t, i, x[i]);
    }
    free(x);
    return ok;
}

static int read_set(struct maker *m, struct plan_tensor *t)
{
    struct item item;
    double value;
    if (!find_item(m->o->set, ",\n", t->name, &item)) return 1;
    if (!item.value || !read_real(item.value, item.value_length, &value))
        return error_set(m->reason, "--set %.60s needs a number, like --set %s=0.1", t->name, t->name);
    t->data = calloc(t->elements, sizeof(double));
    if (!t->data) return error_set(m->reason, "out of memory");
    for (size_t i = 0; i < t->elements; i++) store(t, i, value);
    t->flags |= GC_FIXED;
    return 1;
}

static int read_values(struct maker *m, struct plan_tensor *t)
{
    struct item item;
    if (find_item(m->o->linear, ",\n", t->name, &item)) t->flags |= GC_LINEAR;
    if (find_item(m->o->positive, ",\n", t->name, &item)) t->flags |= GC_POSITIVE;
    if (find_item(m->o->fixed, ",\n", t->name, &item)) t->flags |= GC_FIXED;
    if (!read_range(m, t) || !read_data(m, t) || !read_set(m, t)) return 0;
    if (t->dt == GC_I32 && !t->has_range && !t->data)
        return error_set(
            m->reason,
            "%s is an array of int, and its values are not known: add --range %s=0:9 (both ends count), or "
            "--data %s=FILE",
            t->name, t->name, t->name);
    if (t->flags & GC_FIXED && !t->data)
        return error_set(m->reason, "--fixed %s needs its numbers: --data %s=FILE", t->name, t->name);
    return 1;
}

/* ---- the first prototype ---- */

static gc_dtype dtype_of(enum proto_type type)
{
    return type == PROTO_FLOAT ? GC_F32 : type == PROTO_INT ? GC_I32 : GC_F64;
}

static int is_integer(const struct proto_arg *a)
{
    return a->type == PROTO_INT || a->type == PROTO_OTHER_INTEGER;
}

static int use_size(struct maker *m, const struct proto *p, const struct proto_arg *a, struct plan_use *use)
{
    *use = (struct plan_use){ .role = PLAN_SIZE, .by_value = !a->pointer };
    if (look_up_size(m, a->name, &use->number)) return 1;
    return point_at(m, p, a->at, "the value of '%s' is not known; add --size %s=NUMBER", a->name, a->name);
}

/* const int *n: one number by reference, as Fortran hands over its sizes, if a size of that name is known */
static int is_size_by_reference(struct maker *m, const struct proto_arg *a)
{
    long long value;
    return a->pointer && a->constant && is_integer(a) && !a->nd && look_up_size(m, a->name, &value);
}

static int new_tensor(struct maker *m, const struct proto *p, const struct proto_arg *a,
                      struct plan_tensor *list, int *n)
{
    if (*n == GC_MAX_TENSORS)
        return point_at(m, p, a->at, "a problem has at most %d inputs and %d outputs", GC_MAX_TENSORS,
                        GC_MAX_TENSORS);
    struct plan_tensor *t = &list[(*n)++];
    *t = (struct plan_tensor){ .name = a->name, .dt = dtype_of(a->type) };
    if (a->pointer && !a->nd && a->constant && is_integer(a))
        return point_at(
            m, p, a->at,
            "how many numbers has '%s'? Write const %s %s[n], or for a size by reference --size %s=NUMBER",
            a->name, a->spelling, a->name, a->name);
    if (a->pointer && !a->nd)
        return point_at(m, p, a->at, "how many numbers has '%s'? Write %s%s %s[n] or %s[16,8]", a->name,
                        a->constant ? "const " : "", a->spelling, a->name, a->name);
    return read_shape(m, p, a, t);
}

static int use_loss_arg(struct maker *m, int i)
{
    struct plan *plan = m->plan;
    const struct proto *p = &plan->loss;
    const struct proto_arg *a = &p->arg[i];
    struct plan_use *use = &plan->loss_use[i];
    *use = (struct plan_use){ .by_value = !a->pointer };
    if (a->type == PROTO_VOID) {
        use->role = PLAN_NULL;
        return 1;
    }
    if ((!a->pointer && is_integer(a)) || is_size_by_reference(m, a)) return use_size(m, p, a, use);
    if (!a->pointer || a->constant) {
        use->role = PLAN_INPUT;
        use->index = plan->nin;
        return new_tensor(m, p, a, plan->in, &plan->nin) && read_values(m, &plan->in[use->index]);
    }
    if (is_integer(a)) /* an index that the forward remembers, as max-pooling does */
        use->role = PLAN_CACHE;
    else
        use->role = PLAN_OUTPUT;
    use->index = use->role == PLAN_CACHE ? plan->ncache : plan->nout;
    return use->role == PLAN_CACHE ? new_tensor(m, p, a, plan->cache, &plan->ncache)
                                   : new_tensor(m, p, a, plan->out, &plan->nout);
}

static int use_loss(struct maker *m)
{
    struct plan *plan = m->plan;
    const struct proto *p = &plan->loss;
    if (p->type == PROTO_DOUBLE || p->type == PROTO_FLOAT) {
        plan->returns_loss = 1;
        plan->out[plan->nout++] =
            (struct plan_tensor){ .name = "loss", .dt = dtype_of(p->type), .elements = 1 };
    }
    for (int i = 0; i < p->args; i++)
        if (!use_loss_arg(m, i)) return 0;
    if (!plan->nin)
        return point_at(m, p, p->at, "'%s' has no input: inputs are const arrays, or numbers by value",
                        p->name);
    if (!plan->nout)
        return point_at(m, p, p->at,
                        "'%s' has no output: it returns double, or writes an array that is not const",
                        p->name);
    return 1;
}

/* ---- the gradient's prototype: whose gradient is this? ---- */

static int find_tensor(const struct plan_tensor *list, int n, const char *name, int length, int exact)
{
    for (int i = 0; i < n; i++) {
        const char *candidate = list[i].name;
        if ((int)strlen(candidate) != length) continue;
        if (exact ? !strncmp(candidate, name, (size_t)length) : !strncasecmp(candidate, name, (size_t)length))
            return i;
    }
    return -1;
}

/* The index in list of the tensor that "dW", "grad_W", "W_grad" or "gW" names; --map goes first. -1: none. */
static int stripped(const struct maker *m, const char *name, const struct plan_tensor *list, int n)
{
    static const char *const prefixes[] = { "d_", "d", "grad_", "g_", "g", "D", NULL };
    static const char *const suffixes[] = { "_grad", "_bar", "grad", NULL };
    struct item item;
    int length = (int)strlen(name);
    if (find_item(m->o->map, ",\n", name, &item) && item.value)
        return find_tensor(list, n, item.value, item.value_length, 1);
    for (int exact = 1; exact >= 0; exact--) {
        for (const char *const *p = prefixes; *p; p++) {
            int k = (int)strlen(*p), found = -1;
            if (length > k && !strncmp(name, *p, (size_t)k))
                found = find_tensor(list, n, name + k, length - k, exact);
            if (found >= 0) return found;
        }
        for (const char *const *s = suffixes; *s; s++) {
            int k = (int)strlen(*s), found = -1;
            if (length > k && !strcmp(name + length - k, *s))
                found = find_tensor(list, n, name, length - k, exact);
            if (found >= 0) return found;
        }
    }
    return -1;
}

/* the output whose upstream gradient this is */
static int upstream_of(const struct maker *m, const char *name)
{
    static const char *const usual[] = { "upstream", "dout",  "grad_out", "grad_output",
                                         "dL",       "dloss", "seed",     NULL };
    int found = stripped(m, name, m->plan->out, m->plan->nout);
    if (found >= 0 || m->plan->nout != 1) return found;
    for (const char *const *u = usual; *u; u++)
        if (!strcasecmp(name, *u)) return 0;
    return -1;
}

static void list_names(const struct plan_tensor *t, int n, char *list, size_t room)
{
    *list = '\0';
    for (int i = 0; i < n; i++) {
        size_t have = strlen(list);
        snprintf(list + have, room - have, "%s%s", i ? ", " : "", t[i].name);
    }
}

/* an array in the gradient's prototype has the same type and, if it says one, the same size */
static int same_shape(struct maker *m, const struct proto_arg *a, const struct plan_tensor *t)
{
    struct plan_tensor own = { 0 };
    static const char *const type[] = { "float", "double", "int" };
    if (dtype_of(a->type) != t->dt)
        return point_at(m, &m->plan->grad, a->at, "'%s' is of %s, but %s is of %s", a->name, a->spelling,
                        t->name, type[t->dt]);
    if (!a->nd) return 1;
    if (!read_shape(m, &m->plan->grad, a, &own)) return 0;
    if (own.elements != t->elements)
        return point_at(m, &m->plan->grad, a->at, "'%s' has %zu numbers, but %s has %zu", a->name,
                        own.elements, t->name, t->elements);
    return 1;
}

static int use_as(struct maker *m, int i, enum plan_role role, int index, const struct plan_tensor *t)
{
    const struct proto_arg *a = &m->plan->grad.arg[i];
    m->plan->grad_use[i] = (struct plan_use){ .role = role, .index = index, .by_value = !a->pointer };
    if (!a->pointer && t->elements != 1)
        return point_at(m, &m->plan->grad, a->at, "'%s' is one number, but %s has %zu", a->name, t->name,
                        t->elements);
    return same_shape(m, a, t);
}

/* a result of the gradient function */
static int use_written(struct maker *m, int i)
{
    struct plan *plan = m->plan;
    const struct proto_arg *a = &plan->grad.arg[i];
    char list[100];
    int length = (int)strlen(a->name), of = stripped(m, a->name, plan->in, plan->nin);
    if (of >= 0 && plan->in[of].dt == GC_I32)
        return point_at(m, &plan->grad, a->at, "%s is of whole numbers and has no gradient",
                        plan->in[of].name);
    if (of >= 0) {
        if (plan->in[of].flags & GC_GRAD)
            return point_at(m, &plan->grad, a->at, "'%s' is a second gradient by %s", a->name,
                            plan->in[of].name);
        plan->in[of].flags |= GC_GRAD;
        return use_as(m, i, PLAN_GRADIENT, of, &plan->in[of]);
    }
    int same = find_tensor(plan->cache, plan->ncache, a->name, length, 1);
    if (same >= 0) return use_as(m, i, PLAN_CACHE, same, &plan->cache[same]);
    same = find_tensor(plan->out, plan->nout, a->name, length, 1);
    if (same >= 0) return use_as(m, i, PLAN_OUTPUT, same, &plan->out[same]);
    list_names(plan->in, plan->nin, list, sizeof list);
    return point_at(m, &plan->grad, a->at,
                    "'%s' is the gradient by none of %s; add --map %s=NAME (or write const)", a->name, list,
                    a->name);
}

/* something the gradient function reads */
static int use_read(struct maker *m, int i)
{
    struct plan *plan = m->plan;
    const struct proto_arg *a = &plan->grad.arg[i];
    char list[80], more[80];
    int length = (int)strlen(a->name), of;
    struct item item;
    if (!find_item(m->o->map, ",\n", a->name, &item)) {
        if ((of = find_tensor(plan->in, plan->nin, a->name, length, 1)) >= 0)
            return use_as(m, i, PLAN_INPUT, of, &plan->in[of]);
        if ((of = find_tensor(plan->cache, plan->ncache, a->name, length, 1)) >= 0)
            return use_as(m, i, PLAN_CACHE, of, &plan->cache[of]);
        if ((of = find_tensor(plan->out, plan->nout, a->name, length, 1)) >= 0)
            return use_as(m, i, PLAN_OUTPUT, of, &plan->out[of]);
    }
    if ((of = upstream_of(m, a->name)) >= 0) return use_as(m, i, PLAN_UPSTREAM, of, &plan->out[of]);
    list_names(plan->in, plan->nin, list, sizeof list);
    list_names(plan->out, plan->nout, more, sizeof more);
    return point_at(m, &plan->grad, a->at,
                    "'%s' is neither an input (%s) nor an output (%s), nor the gradient by an output (d%s)",
                    a->name, list, more, plan->out[0].name);
}

static int use_grad_arg(struct maker *m, int i)
{
    struct plan *plan = m->plan;
    const struct proto_arg *a = &plan->grad.arg[i];
    if (a->type == PROTO_VOID) {
        plan->grad_use[i] = (struct plan_use){ .role = PLAN_NULL };
        return 1;
    }
    if ((!a->pointer && is_integer(a)) || is_size_by_reference(m, a))
        return use_size(m, &plan->grad, a, &plan->grad_use[i]);
    return !a->pointer || a->constant ? use_read(m, i) : use_written(m, i);
}

/* ---- outputs and caches ---- */

static int has_upstream(const struct plan *plan, int output)
{
    for (int i = 0; i < plan->grad.args; i++)
        if (plan->grad_use[i].role == PLAN_UPSTREAM && plan->grad_use[i].index == output) return 1;
    return 0;
}

/* the one output of a gradient without upstream: what is returned, or the only single number; -1 */
static int the_loss(const struct plan *plan)
{
    int single = -1;
    if (plan->returns_loss) return 0;
    for (int k = 0; k < plan->nout; k++) {
        if (plan->out[k].elements != 1) continue;
        if (single >= 0) return -1;
        single = k;
    }
    return single;
}

static void renumber(struct plan_use *use, int n, int output, int cache)
{
    for (int i = 0; i < n; i++) {
        if (use[i].role == PLAN_OUTPUT && use[i].index == output)
            use[i] = (struct plan_use){ .role = PLAN_CACHE, .index = cache, .by_value = use[i].by_value };
        else if ((use[i].role == PLAN_OUTPUT || use[i].role == PLAN_UPSTREAM) && use[i].index > output)
            use[i].index--;
    }
}

/* What the loss writes without a gradient coming back for it is no output of the problem:
 * a cache, a by-product. */
static int sort_outputs(struct maker *m)
{
    struct plan *plan = m->plan;
    int any = 0, loss = the_loss(plan);
    for (int k = 0; k < plan->nout; k++) any |= has_upstream(plan, k);
    plan->no_upstream = !any;
    if (!any && loss < 0)
        return point_at(
            m, &plan->grad, plan->grad.at,
            "'%s' reads no upstream gradient (const double d%s[...]), so '%s' must return the loss or write "
            "one single number",
            plan->grad.name, plan->out[0].name, plan->loss.name);
    for (int k = plan->nout - 1; k >= 0; k--) {
        if (any ? has_upstream(plan, k) : k == loss) continue;
        int cache = plan->ncache;
        if (plan->returns_loss && k == 0)
            plan->returns_loss = 0; /* its value is not looked at */
        else
            plan->cache[plan->ncache++] = plan->out[k];
        renumber(plan->loss_use, plan->loss.args, k, cache);
        renumber(plan->grad_use, plan->grad.args, k, cache);
        memmove(&plan->out[k], &plan->out[k + 1], (size_t)(--plan->nout - k) * sizeof *plan->out);
    }
    return 1;
}

/* ---- the whole ---- */

/* every name that an option gives must be one of the prototypes' */
static int check_names(struct maker *m, const char *option, const char *list, const char *separators,
                       int gradients)
{
    const struct plan *plan = m->plan;
    struct item item;
    while (next_item(&list, separators, &item)) {
        int known = 0;
        for (int i = 0; i < plan->loss.args && !gradients; i++)
            known |= is_item(&item, plan->loss.arg[i].name);
        for (int i = 0; i < plan->grad.args && gradients; i++)
            known |= is_item(&item, plan->grad.arg[i].name);
        if (!known)
            return error_set(m->reason, "%s %.*s: the %s has no argument of that name", option,
                             item.name_length < 60 ? item.name_length : 60, item.name,
                             gradients ? "gradient's prototype" : "first prototype");
    }
    return 1;
}

static int check_sizes(struct maker *m)
{
    const char *list = m->o->size;
    struct item item;
    long long value;
    while (next_item(&list, ",\n", &item))
        if (!read_whole(&item, &value))
            return error_set(m->reason, "--size %.*s: write a name and a whole number, like --size n=32",
                             item.name_length < 60 ? item.name_length : 60, item.name);
    return 1;
}

static int check_all_names(struct maker *m)
{
    const struct plan_options *o = m->o;
    return check_names(m, "--range", o->range, ",\n", 0) && check_names(m, "--set", o->set, ",\n", 0) &&
           check_names(m, "--data", o->data, "\n", 0) && check_names(m, "--linear", o->linear, ",\n", 0) &&
           check_names(m, "--positive", o->positive, ",\n", 0) &&
           check_names(m, "--fixed", o->fixed, ",\n", 0) && check_names(m, "--map", o->map, ",\n", 1);
}

static int read_proto(struct maker *m, const char *text, struct proto *p)
{
    struct proto_error error;
    if (proto_read(text, p, &error)) return 1;
    return point_at(m, p, error.at, "%s", error.reason);
}

int plan_make(struct plan *plan, const char *loss, const char *grad, const struct plan_options *o,
              char *error)
{
    struct maker m = { plan, o, error };
    memset(plan, 0, sizeof *plan);
    if (!read_proto(&m, loss, &plan->loss) || !read_proto(&m, grad, &plan->grad)) return 0;
    if (!check_sizes(&m) || !check_all_names(&m) || !use_loss(&m)) return 0;
    for (int i = 0; i < plan->grad.args; i++)
        if (!use_grad_arg(&m, i)) return 0;
    int gradients = 0;
    for (int i = 0; i < plan->nin; i++) gradients += (plan->in[i].flags & GC_GRAD) != 0;
    if (!gradients)
        return point_at(&m, &plan->grad, plan->grad.at,
                        "'%s' has no gradient: it writes no array like double *d%s", plan->grad.name,
                        plan->in[0].name);
    return sort_outputs(&m);
}

void plan_free(struct plan *plan)
{
    for (int i = 0; i < plan->nin; i++) free(plan->in[i].data);
    memset(plan, 0, sizeof *plan);
}
