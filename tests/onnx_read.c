/* onnx_read.c - the walk through the fields; see onnx_read.h. */
#include "onnx_read.h"

#include <string.h>

/* ---- fields of a message ---- */

struct field {
    int number, how; /* 0 a number, 2 bytes, 5 four bytes */
    uint64_t x;
    const unsigned char *bytes;
    size_t n;
};

struct walk {
    const unsigned char *at, *end;
    int is_damaged;
};

static uint64_t varint(struct walk *w)
{
    uint64_t x = 0;
    for (int k = 0; k < 10; k++) {
        if (w->at == w->end) break;
        unsigned char byte = *w->at++;
        x |= (uint64_t)(byte & 127) << 7 * k;
        if (byte < 128) return x;
    }
    w->is_damaged = 1;
    return 0;
}

/* 0 at the end, or if it is damaged */
static int next(struct walk *w, struct field *f)
{
    if (w->is_damaged || w->at == w->end) return 0;
    uint64_t key = varint(w);
    *f = (struct field){ .number = (int)(key >> 3), .how = (int)(key & 7) };
    if (f->how == 0) {
        f->x = varint(w);
        return !w->is_damaged;
    }
    f->n = f->how == 5 ? 4 : f->how == 2 ? (size_t)varint(w) : SIZE_MAX;
    if (w->is_damaged || f->n > (size_t)(w->end - w->at)) return !(w->is_damaged = 1);
    f->bytes = w->at;
    w->at += f->n;
    return 1;
}

static struct walk into(const struct field *f)
{
    return (struct walk){ f->bytes, f->bytes + f->n, f->how != 2 };
}

static int text(struct walk *w, const struct field *f, char to[NAME])
{
    if (f->how != 2 || f->n >= NAME) return !(w->is_damaged = 1);
    memcpy(to, f->bytes, f->n);
    to[f->n] = '\0';
    return 1;
}

/* ends a walk of a part: what is damaged there is so as a whole */
static void done(struct walk *w, const struct walk *part)
{
    w->is_damaged |= part->is_damaged;
}

/* ---- messages ---- */

static void tensor(struct walk *w, const struct field *of, struct onnx_tensor *t)
{
    struct walk part = into(of);
    struct field f;
    *t = (struct onnx_tensor){ .dims = 0 };
    while (next(&part, &f))
        if (f.number == 1 && f.how == 0 && t->dims < 4)
            t->dim[t->dims++] = (int64_t)f.x;
        else if (f.number == 2 && f.how == 0)
            t->type = (int)f.x;
        else if (f.number == 8)
            text(&part, &f, t->name);
        else if (f.number == 9 && f.how == 2)
            t->raw = f.bytes, t->bytes = f.n;
        else
            part.is_damaged = 1;
    size_t elements = 1;
    for (int d = 0; d < t->dims; d++) elements *= (size_t)t->dim[d];
    if (t->bytes != elements * (t->type == 1 ? 4 : t->type == 7 ? 8 : 0)) part.is_damaged = 1;
    done(w, &part);
}

static void attribute(struct walk *w, const struct field *of, struct onnx_attribute *a)
{
    struct walk part = into(of);
    struct field f;
    uint32_t bits;
    *a = (struct onnx_attribute){ .type = 0 };
    while (next(&part, &f))
        if (f.number == 1) {
            text(&part, &f, a->name);
        } else if (f.number == 2 && f.how == 5) {
            bits = (uint32_t)f.bytes[0] | (uint32_t)f.bytes[1] << 8 | (uint32_t)f.bytes[2] << 16 |
                   (uint32_t)f.bytes[3] << 24;
            memcpy(&a->f, &bits, sizeof bits);
        } else if (f.number == 3 && f.how == 0)
            a->i = (int64_t)f.x;
        else if (f.number == 5)
            tensor(&part, &f, &a->tensor);
        else if (f.number == 8 && f.how == 0 && a->ints < INTS)
            a->list[a->ints++] = (int64_t)f.x;
        else if (f.number == 20 && f.how == 0)
            a->type = (int)f.x;
        else
            part.is_damaged = 1;
    done(w, &part);
}

static void node(struct walk *w, const struct field *of, struct onnx_node *n)
{
    struct walk part = into(of);
    struct field f;
    *n = (struct onnx_node){ .inputs = 0 };
    while (next(&part, &f))
        if (f.number == 1 && n->inputs < INPUTS)
            text(&part, &f, n->input[n->inputs++]);
        else if (f.number == 2)
            text(&part, &f, n->output);
        else if (f.number == 3)
            text(&part, &f, n->name);
        else if (f.number == 4)
            text(&part, &f, n->op);
        else if (f.number == 5 && n->attributes < ATTRIBUTES)
            attribute(&part, &f, &n->attribute[n->attributes++]);
        else
            part.is_damaged = 1;
    if (!*n->op || !*n->output) part.is_damaged = 1;
    done(w, &part);
}

/* a dimension's number, or -1 if it has a name */
static int64_t dimension(struct walk *w, const struct field *of)
{
    struct walk part = into(of);
    struct field f;
    int64_t x = 0;
    char name[NAME];
    while (next(&part, &f))
        if (f.number == 1 && f.how == 0)
            x = (int64_t)f.x;
        else if (f.number == 2 && text(&part, &f, name))
            x = -1;
        else
            part.is_damaged = 1;
    done(w, &part);
    return x;
}

/* name=1, type=2 { tensor=1 { elements=1, shape=2 { dimension=1 ... } } } */
static void value(struct walk *w, const struct field *of, struct onnx_tensor *t, int depth)
{
    struct walk part = into(of);
    struct field f;
    while (next(&part, &f))
        if (depth == 0 && f.number == 1)
            text(&part, &f, t->name);
        else if ((depth == 0 && f.number == 2) || (depth == 1 && f.number == 1) ||
                 (depth == 2 && f.number == 2))
            value(&part, &f, t, depth + 1);
        else if (depth == 2 && f.number == 1 && f.how == 0)
            t->type = (int)f.x;
        else if (depth == 3 && f.number == 1 && t->dims < 4)
            t->dim[t->dims++] = dimension(&part, &f);
        else
            part.is_damaged = 1;
    done(w, &part);
}

static void graph(struct walk *w, const struct field *of, struct onnx_model *m)
{
    struct walk part = into(of);
    struct field f;
    char name[NAME] = "";
    while (next(&part, &f))
        if (f.number == 1 && m->nodes < NODES)
            node(&part, &f, &m->node[m->nodes++]);
        else if (f.number == 2)
            text(&part, &f, name);
        else if (f.number == 5 && m->tensors < TENSORS)
            tensor(&part, &f, &m->tensor[m->tensors++]);
        else if (f.number == 11 && !*m->input.name)
            value(&part, &f, &m->input, 0);
        else if (f.number == 12 && !*m->output.name)
            value(&part, &f, &m->output, 0);
        else
            part.is_damaged = 1;
    if (!*name) part.is_damaged = 1;
    done(w, &part);
}

static int64_t opset(struct walk *w, const struct field *of)
{
    struct walk part = into(of);
    struct field f;
    int64_t version = 0;
    while (next(&part, &f))
        if (f.number == 2 && f.how == 0)
            version = (int64_t)f.x;
        else if (f.number != 1 || f.n) /* the domain "" */
            part.is_damaged = 1;
    done(w, &part);
    return version;
}

int onnx_read(const unsigned char *file, size_t n, struct onnx_model *m)
{
    struct walk w = { file, file + n, 0 };
    struct field f;
    memset(m, 0, sizeof *m);
    while (next(&w, &f))
        if (f.number == 1 && f.how == 0)
            m->ir = (int64_t)f.x;
        else if (f.number == 7)
            graph(&w, &f, m);
        else if (f.number == 8)
            m->opset = opset(&w, &f);
        else if (f.number != 2 && f.number != 14) /* the producer, metadata */
            w.is_damaged = 1;
    return !w.is_damaged && m->nodes && m->opset && *m->input.name && *m->output.name;
}
