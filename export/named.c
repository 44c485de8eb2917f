/* named.c - see named.h. */
#include "named.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

const char *named_layer(const struct layer *layer, int l, char text[NAMED_TEXT])
{
    snprintf(text, NAMED_TEXT, "%.24s%d", layer->word->name, l);
    return text;
}

const char *named_shape(int dims, const int *dim, char *text)
{
    size_t used = 0;
    for (int d = 0; d < dims; d++)
        used += (size_t)snprintf(text + used, NAMED_SHAPE - used, "%s%d", d ? ", " : "(", dim[d]);
    snprintf(text + used, NAMED_SHAPE - used, "%s", dims ? ")" : "()");
    return text;
}

/* ---- the list ---- */

static struct named vector_of(size_t elements, float *x)
{
    return (struct named){ .dims = 1, .dim = { (int)elements }, .elements = elements, .x = x };
}

/* Only weights have more than one dimension: layers that have any know their fan_in. */
static struct named parameter(const struct layer *layer, int p, float *x)
{
    struct named n = vector_of(layer->elements[p], x);
    if (p || !layer->fan_in) return n;
    n.dim[0] = layer->out.channels, n.dim[1] = layer->fan_in, n.dims = 2;
    if (!layer->window.rows) return n;
    n.dim[1] = layer->in.channels / layer->window.groups;
    n.dim[2] = layer->window.rows, n.dim[3] = layer->window.cols, n.dims = 4;
    return n;
}

static void add(struct named *list, int *n, const char *layer, const char *name, struct named is)
{
    snprintf(is.name, sizeof is.name, "%.30s.%.16s", layer, name);
    list[(*n)++] = is;
}

int named_list(const struct layer *layer, int layers, float *param, float *buffer,
               struct named named[NAMED_MOST])
{
    char name[NAMED_TEXT];
    int n = 0;
    for (int l = 0; l < layers; l++) {
        const struct layer *is = &layer[l];
        named_layer(is, l, name);
        for (int p = 0; p < LAYER_PARAMS; p++) {
            if (!is->elements[p]) continue;
            add(named, &n, name, is->kind->param[p], parameter(is, p, param));
            param += is->elements[p];
        }
        for (int b = 0; b < LAYER_BUFFERS; b++) {
            if (!is->buffered[b]) continue;
            add(named, &n, name, is->kind->buffer[b], vector_of(is->buffered[b], buffer));
            buffer += is->buffered[b];
        }
    }
    return n;
}

/* ---- a trained network ---- */

static int check_finite(const struct named *named, char *error)
{
    for (size_t k = 0; k < named->elements; k++)
        if (!isfinite(named->x[k])) return error_set(error, "%s is NaN or infinite", named->name);
    return 1;
}

/* of the shape that the network takes images in */
static void add_input(struct snapshot *s)
{
    const struct dataset *d = s->t->data;
    const struct shape in = s->t->net.layer[0].in;
    const size_t features = (size_t)d->features, plane = features / (size_t)d->channels;
    const int is_planes = in.rows && !d->column;
    const size_t scales = is_planes ? (size_t)in.channels : features;
    float *scale = memory_need(scales, sizeof *scale);
    for (size_t k = 0; k < scales; k++)
        scale[k] = 1 / (d->column ? d->column[k] : d->deviation[is_planes ? k : k / plane]);
    s->mean = vector_of(features, d->mean);
    s->scale = vector_of(scales, scale);
    strcpy(s->mean.name, "input.mean");
    strcpy(s->scale.name, "input.scale");
    if (!in.rows) return;
    s->mean.dims = s->scale.dims = 3;
    s->mean.dim[0] = s->scale.dim[0] = in.channels;
    s->mean.dim[1] = in.rows, s->scale.dim[1] = is_planes ? 1 : in.rows;
    s->mean.dim[2] = in.cols, s->scale.dim[2] = is_planes ? 1 : in.cols;
}

int snapshot_make(struct snapshot *s, struct trainer *t, int epoch, char *error)
{
    memset(s, 0, sizeof *s);
    s->t = t, s->epoch = epoch;
    s->tensors = named_list(t->net.layer, t->net.layers, trainer_tested(t), t->net.buffer, s->named);
    add_input(s);
    int ok = check_finite(&s->mean, error) && check_finite(&s->scale, error);
    for (int k = 0; ok && k < s->tensors; k++) ok = check_finite(&s->named[k], error);
    if (!ok) snapshot_free(s);
    return ok;
}

void snapshot_free(struct snapshot *s)
{
    free(s->scale.x);
    memset(s, 0, sizeof *s);
}

/* ---- bytes ---- */

void named_bytes(const float *x, size_t n, unsigned char *to)
{
    for (size_t k = 0; k < n; k++) {
        uint32_t bits;
        memcpy(&bits, &x[k], sizeof bits);
        for (int b = 0; b < 4; b++) *to++ = (unsigned char)(bits >> 8 * b);
    }
}

void named_write(FILE *out, const float *x, size_t n)
{
    enum { AT_ONCE = 1024 };
    unsigned char bytes[4 * AT_ONCE];
    for (size_t k = 0; k < n; k += AT_ONCE) {
        const size_t some = n - k < AT_ONCE ? n - k : AT_ONCE;
        named_bytes(x + k, some, bytes);
        fwrite(bytes, 4, some, out);
    }
}
