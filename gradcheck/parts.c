/* parts.c - a flat array that is several tensors, one after the other: the same problem with each of them as
 * an input of its own.
 *
 *     x[W: 16 x 8][b: 16]...   <- gathered before every call -   W, b, ...
 *     g[W: 16 x 8][b: 16]...   - handed out behind it ->         dW, db, ...
 *
 * The callbacks see the flat array and nothing else. It lies between guard pages and is read-only during a
 * call, so a mistake with it is found as it would be without this file. */
#include <stdlib.h>
#include <string.h>

#include "gc_internal.h"

enum { COMPLEX_BYTES = 2 * sizeof(double) };

struct parts {
    gc_problem p; /* what the checker sees; its ctx is this */
    const gc_problem *of;
    int input, count;               /* which input of `of` is flat, and of how many parts */
    gc_tensor in[GC_MAX_TENSORS];   /* of p  */
    gc_tensor flat[GC_MAX_TENSORS]; /* inputs of `of` during a call, and what has their shapes: */
    gc_tensor beside[GC_MAX_TENSORS], grad[GC_MAX_TENSORS];
    char *x, *complex_x, *v, *g;
};

static size_t bytes_of(const gc_tensor *t, size_t size)
{
    return gc_elements(t) * size;
}

/* parts -> flat; what has no data is NaN there */
static void gather(const struct parts *s, const gc_tensor *in, size_t size, char *flat)
{
    for (int k = 0; k < s->count; k++) {
        const gc_tensor *part = &in[s->input + k];
        if (part->data)
            memcpy(flat, part->data, bytes_of(part, size));
        else
            memset(flat, 0xff, bytes_of(part, size));
        flat += bytes_of(part, size);
    }
}

static void hand_out(const struct parts *s, const char *flat, size_t size, const gc_tensor *to)
{
    for (int k = 0; k < s->count; k++) {
        const gc_tensor *part = &to[s->input + k];
        if (part->data && memcmp(part->data, flat, bytes_of(part, size)))
            memcpy(part->data, flat, bytes_of(part, size));
        flat += bytes_of(part, size);
    }
}

/* The tensors of `of`: the flat one in the place of its parts. */
static const gc_tensor *join(const struct parts *s, const gc_tensor *in, char *flat, gc_tensor *to)
{
    for (int i = 0; i < s->of->nin; i++) {
        to[i] = s->of->in[i];
        if (i != s->input) to[i].data = in[i < s->input ? i : i + s->count - 1].data;
    }
    to[s->input].data = flat;
    return to;
}

static size_t size_of_one(const struct parts *s)
{
    return gc_size_of(s->of->in[s->input].dt);
}

static const gc_tensor *inputs(struct parts *s, const gc_tensor *in, size_t size, char *flat)
{
    if (gc_is_child()) gc_memory_read_only(flat, 0);
    gather(s, in, size, flat);
    if (gc_is_child()) gc_memory_read_only(flat, 1);
    return join(s, in, flat, s->flat);
}

static int call_forward(struct parts *s, gc_forward f, const gc_tensor *in, size_t size, char *flat,
                        gc_tensor *out)
{
    int refused = f(s->of->ctx, inputs(s, in, size, flat), out);
    hand_out(s, flat, size, in); /* what was written to the input shows in the parts */
    return refused;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct parts *s = ctx;
    return call_forward(s, s->of->forward, in, size_of_one(s), s->x, out);
}

static int oracle(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct parts *s = ctx;
    return call_forward(s, s->of->oracle, in, size_of_one(s), s->x, out);
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct parts *s = ctx;
    return call_forward(s, s->of->forward_complex, in, COMPLEX_BYTES, s->complex_x, out);
}

static int has_data(const struct parts *s, const gc_tensor *in)
{
    for (int k = 0; k < s->count; k++)
        if (in[s->input + k].data) return 1;
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    struct parts *s = ctx;
    size_t size = size_of_one(s);
    const gc_tensor *flat = inputs(s, in, size, s->x);
    gather(s, din, size, s->g);
    join(s, din, has_data(s, din) ? s->g : NULL, s->grad);
    int refused = s->of->backward(s->of->ctx, flat, out, dout, s->grad);
    hand_out(s, s->g, size, din);
    hand_out(s, s->x, size, in);
    return refused;
}

static int hessian(void *ctx, const gc_tensor *in, const gc_tensor *dout, const gc_tensor *v, gc_tensor *dv)
{
    struct parts *s = ctx;
    size_t size = size_of_one(s);
    const gc_tensor *flat = inputs(s, in, size, s->x);
    gather(s, v, size, s->v);
    gather(s, dv, size, s->g);
    join(s, v, s->v, s->beside);
    join(s, dv, has_data(s, dv) ? s->g : NULL, s->grad);
    int refused = s->of->hessian(s->of->ctx, flat, dout, s->beside, s->grad);
    hand_out(s, s->g, size, dv);
    return refused;
}

static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    struct parts *s = ctx;
    size_t size = size_of_one(s);
    if (gc_is_child()) gc_memory_read_only(s->x, 0);
    gather(s, in, size, s->x);
    join(s, in, s->x, s->flat);
    int refused = s->of->fill(s->of->ctx, point, seed, s->flat);
    hand_out(s, s->x, size, in);
    return refused;
}

/* ---- making it ---- */

static void describe(struct parts *s, const gc_tensor *part)
{
    const gc_tensor *x = &s->of->in[s->input];
    char *data = x->data;
    for (int i = 0; i < s->of->nin; i++)
        if (i != s->input) s->in[i < s->input ? i : i + s->count - 1] = s->of->in[i];
    for (int k = 0; k < s->count; k++) {
        gc_tensor *to = &s->in[s->input + k];
        *to = part[k];
        to->dt = x->dt;
        to->flags = x->flags | part[k].flags;
        to->data = data;
        if (data) data += bytes_of(to, gc_size_of(x->dt));
    }
    s->p = (gc_problem){ .name = s->of->name,
                         .nin = s->of->nin + s->count - 1,
                         .nout = s->of->nout,
                         .in = s->in,
                         .out = s->of->out,
                         .forward = s->of->forward ? forward : NULL,
                         .backward = s->of->backward ? backward : NULL,
                         .forward_complex = s->of->forward_complex ? forward_complex : NULL,
                         .oracle = s->of->oracle ? oracle : NULL,
                         .oracle_rtol = s->of->oracle_rtol,
                         .hessian = s->of->hessian ? hessian : NULL,
                         .fill = s->of->fill ? fill : NULL,
                         .accumulate = s->of->accumulate,
                         .no_upstream = s->of->no_upstream,
                         .depth = s->of->depth,
                         .ctx = s };
}

static char *new_flat(size_t bytes, const char *prefix, const gc_tensor *x)
{
    char name[GC_NAME];
    char *made = gc_memory_new(bytes);
    gc_text(name, sizeof name, "%s%s", prefix, x->name ? x->name : "the input");
    if (made) gc_memory_name(made, name);
    return made;
}

/* Are these the parts of that tensor? */
static int fit(const gc_problem *p, int input, const gc_tensor *part, int count)
{
    size_t sum = 0, n = input >= 0 && input < p->nin ? gc_elements(&p->in[input]) : 0;
    if (!n || count < 1 || p->nin + count - 1 > GC_MAX_TENSORS || p->in[input].dt == GC_I32) return 0;
    for (int k = 0; k < count; k++) {
        size_t elements =
            part[k].name && part[k].nd >= 0 && part[k].nd <= GC_MAX_DIMS ? gc_elements(&part[k]) : 0;
        if (!elements || elements > n - sum) return 0;
        sum += elements;
    }
    return sum == n;
}

gc_problem *gc_parts_open(const gc_problem *p, int input, const gc_tensor *part, int count)
{
    struct parts *s = fit(p, input, part, count) ? calloc(1, sizeof *s) : NULL;
    if (!s) return NULL;
    const gc_tensor *x = &p->in[input];
    size_t n = gc_elements(x), bytes = n * gc_size_of(x->dt);
    s->of = p, s->input = input, s->count = count;
    s->x = new_flat(bytes, "", x);
    s->g = new_flat(bytes, "d", x);
    s->v = p->hessian ? new_flat(bytes, "the direction in ", x) : NULL;
    s->complex_x = p->forward_complex ? new_flat(n * COMPLEX_BYTES, "complex ", x) : NULL;
    if (!s->x || !s->g || (p->hessian && !s->v) || (p->forward_complex && !s->complex_x)) {
        gc_parts_close(&s->p);
        return NULL;
    }
    describe(s, part);
    return &s->p;
}

void gc_parts_close(gc_problem *p)
{
    struct parts *s = (struct parts *)p; /* p is its first member */
    if (!s) return;
    gc_memory_free(s->x);
    gc_memory_free(s->g);
    gc_memory_free(s->v);
    gc_memory_free(s->complex_x);
    free(s);
}
