/* peer_onednn_images.c - convolution and pooling by oneDNN, version 2 of its interface, as two peers.
 *
 * "onednn" is handed tensors (N,C,H,W), as the rungs are: what it wants in another layout is reordered in the
 * timed call, and back. For "onednn_own_layout" all tensors are in the layout that it prefers before the
 * clock starts, and results stay there; a result is reordered when it is compared. That layout is the one
 * that it chooses for a convolution, and for a pooling the one that a convolution leaves: channels in blocks
 * of a vector's length.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/memory.h"
#include "peer_library.h"
#include "peer_onednn.h"

enum { ANY_LAYOUT = 1, BLOCKS_OF_16 = 69, BLOCKS_OF_8 = 93, LAYOUT_OF_ROLE = 255 };
enum { DIRECT = 1, MAX = 0x1ff, MEAN_INCLUDING = 0x2ff, MEAN_EXCLUDING = 0x3ff };
enum { TENSORS = 4 };

/* Which of the library's operations it is, with which tensors */
struct kind {
    void *(*describe)(const struct kind *k, const struct op *op, const int *size);
    int algorithm, backward, own;    /* backward: the role of what it computes, or 0 */
    int role[TENSORS], arg[TENSORS]; /* the operation's arguments that they are; role 0: no more */
};

/* A tensor as the rungs have it and, where that is another, as the primitive wants it */
struct side {
    void *plain, *inner; /* memory objects; the same one if the layouts are the same */
    void *reorder;       /* a primitive; NULL if they are */
    float *room;         /* of the inner one */
    int is_output;
};

struct kept {
    const struct peer_op *o;
    const struct op *op;
    int size[MAX_SIZES], threads, n;
    struct side side[TENSORS];
    struct dnnl_tensor tensor[TENSORS + 1];
    void *primitive, *workspace; /* the workspace's memory object, of a maximum */
    void *places;                /* what it holds */
    size_t bytes;
};

/* ---- layouts ---- */

/* 0 if the library refuses */
static int plain_layout(struct dnnl_descriptor *d, int n, const int64_t *extent)
{
    int64_t stride[5] = { 0 };
    for (int i = n - 1; i >= 0; i--) stride[i] = i < n - 1 ? stride[i + 1] * extent[i + 1] : 1;
    return !peer_dnnl.memory_desc_init_by_strides(d, n, extent, DNNL_F32, stride);
}

static int tagged_layout(struct dnnl_descriptor *d, int n, const int64_t *extent, int tag)
{
    return !peer_dnnl.memory_desc_init_by_tag(d, n, extent, DNNL_F32, tag);
}

static int channel_block(void)
{
    return rung_lacks(NEED_AVX512) ? 8 : 16;
}

/* ---- convolution: sizes as in optimized/ops/conv.c ---- */

enum { N, C, H, W, K, R, S, STRIDE, DILATION, GROUPS, TOP, LEFT, BOTTOM, RIGHT };

/* of argument a; kernels of several groups have one more, in front. Returns how many. */
static int extents_of(const struct op *op, int a, const int *size, int64_t extent[5])
{
    const struct arg *arg = &op->arg[a];
    int n = 0, is_kernel = *arg->name != 'd' ? *arg->name == 'w' : arg->name[1] == 'w';
    if (is_kernel && size[GROUPS] > 1) extent[n++] = size[GROUPS];
    for (int d = 0; d < arg->ndim; d++) extent[n++] = op_extent(op, arg->dim[d], size);
    if (n == 5) extent[1] /= size[GROUPS];
    return n;
}

/* The primitive's descriptor for a descriptor and, of a backward, its forward's; NULL if there is none */
static void *described(const struct dnnl_descriptor *d, const struct dnnl_descriptor *forward)
{
    void *desc = NULL, *hint = NULL;
    if (forward && peer_dnnl.primitive_desc_create(&hint, forward, NULL, peer_dnnl.engine, NULL)) return NULL;
    if (peer_dnnl.primitive_desc_create(&desc, d, NULL, peer_dnnl.engine, hint)) desc = NULL;
    if (hint) (void)peer_dnnl.primitive_desc_destroy(hint);
    return desc;
}

/* a convolution lets the library choose all layouts, but for the bias */
static void *convolution(const struct kind *k, const struct op *op, const int *size)
{
    const int *s = size;
    int64_t stride[] = { s[STRIDE], s[STRIDE] }, gap[] = { s[DILATION] - 1, s[DILATION] - 1 };
    int64_t before[] = { s[TOP], s[LEFT] }, after[] = { s[BOTTOM], s[RIGHT] };
    struct dnnl_descriptor x, w, b, y, forward, d, *const of[] = { &x, &w, &b, &y };
    for (int a = 0; a < 4; a++) {
        int64_t extent[5];
        int n = extents_of(op_find("conv2d_forward"), a, size, extent);
        if (!(n == 1 ? plain_layout(of[a], n, extent) : tagged_layout(of[a], n, extent, ANY_LAYOUT)))
            return NULL;
    }
    (void)op;
    const void *bias = k->backward == DNNL_DIFF_SRC ? NULL : &b;
    if (peer_dnnl.dilated_convolution_forward_desc_init(&forward, DNNL_TRAINING, DIRECT, &x, &w, bias, &y,
                                                        stride, gap, before, after))
        return NULL;
    if (!k->backward) return described(&forward, NULL);
    if (k->backward == DNNL_DIFF_SRC ? peer_dnnl.dilated_convolution_backward_data_desc_init(
                                           &d, DIRECT, &x, &w, &y, stride, gap, before, after)
                                     : peer_dnnl.dilated_convolution_backward_weights_desc_init(
                                           &d, DIRECT, &x, &w, &b, &y, stride, gap, before, after))
        return NULL;
    return described(&d, &forward);
}

/* ---- pooling: sizes as in optimized/ops/pool.c ---- */

struct pool {
    int N, C, H, W, R, S, pad, stride, ceil;
};

static int more_after(int side, int window, const struct pool *z, int windows)
{
    int needed = (windows - 1) * z->stride + window - side - z->pad;
    return needed > z->pad ? needed : z->pad;
}

static void *pooling(const struct kind *k, const struct op *op, const int *size)
{
    struct pool z;
    memcpy(&z, size, sizeof z);
    int x_arg = k->backward ? op->narg - 1 : 0, y_arg = 1 - !!k->backward;
    int64_t x_extent[5], y_extent[5];
    for (int d = 0; d < 4; d++) {
        x_extent[d] = op_extent(op, op->arg[x_arg].dim[d], size);
        y_extent[d] = op_extent(op, op->arg[y_arg].dim[d], size);
    }
    int64_t stride[] = { z.stride, z.stride }, window[] = { z.R, z.S }, before[] = { z.pad, z.pad };
    int64_t after[] = { more_after(z.H, z.R, &z, (int)y_extent[2]),
                        more_after(z.W, z.S, &z, (int)y_extent[3]) };
    int tag = channel_block() == 16 ? BLOCKS_OF_16 : BLOCKS_OF_8;
    struct dnnl_descriptor x, y, forward, d;
    if (!(k->own ? tagged_layout(&x, 4, x_extent, tag) : plain_layout(&x, 4, x_extent)) ||
        !(k->own ? tagged_layout(&y, 4, y_extent, tag) : plain_layout(&y, 4, y_extent)) ||
        peer_dnnl.pooling_forward_desc_init(&forward, DNNL_TRAINING, k->algorithm, &x, &y, stride, window,
                                            before, after))
        return NULL;
    if (!k->backward) return described(&forward, NULL);
    if (peer_dnnl.pooling_backward_desc_init(&d, k->algorithm, &x, &y, stride, window, before, after))
        return NULL;
    return described(&d, &forward);
}

/* Place number k of the workspace, in bytes or in ints */
static int place_at(const struct kept *e, size_t k, size_t all)
{
    return e->bytes == all ? ((const unsigned char *)e->places)[k] : ((const int *)e->places)[k];
}

/* The library's places of the maxima in their windows, in the layout of its results -> the rungs' indexes:
 * places in the plane */
static void write_indexes(const struct kept *e, int *index)
{
    const struct op *op = e->op;
    struct pool z;
    memcpy(&z, e->size, sizeof z);
    int P = op_extent(op, op->arg[1].dim[2], e->size), Q = op_extent(op, op->arg[1].dim[3], e->size);
    int block = ((const struct kind *)e->o->detail)->own ? channel_block() : 1;
    size_t blocks = (size_t)((z.C + block - 1) / block), plane = (size_t)P * (size_t)Q;
    size_t all = (size_t)z.N * blocks * plane * (size_t)block;
    for (int n = 0; n < z.N; n++)
        for (int c = 0; c < z.C; c++)
            for (size_t pq = 0; pq < plane; pq++) {
                size_t outer = ((size_t)n * blocks + (size_t)(c / block)) * plane + pq;
                int place = place_at(e, outer * (size_t)block + (size_t)(c % block), all);
                int row = (int)(pq / (size_t)Q) * z.stride - z.pad + place / z.S;
                int column = (int)(pq % (size_t)Q) * z.stride - z.pad + place % z.S;
                *index++ = row * z.W + column;
            }
}

/* ---- what is kept between calls ---- */

enum { KEPT = 16 }; /* a race has one shape, two layouts and a few numbers of threads */

static struct kept kept[KEPT];

static void discard(struct kept *e)
{
    for (int i = 0; i < e->n; i++) {
        struct side *s = &e->side[i];
        if (s->reorder) (void)peer_dnnl.primitive_destroy(s->reorder);
        if (s->inner && s->inner != s->plain) (void)peer_dnnl.memory_destroy(s->inner);
        if (s->plain) (void)peer_dnnl.memory_destroy(s->plain);
        free(s->room);
    }
    if (e->workspace) (void)peer_dnnl.memory_destroy(e->workspace);
    if (e->primitive) (void)peer_dnnl.primitive_destroy(e->primitive);
    free(e->places);
    *e = (struct kept){ 0 };
}

static void *make_reorder(const void *from, const void *to)
{
    void *desc = NULL, *primitive = NULL;
    if (peer_dnnl.reorder_primitive_desc_create(&desc, from, peer_dnnl.engine, to, peer_dnnl.engine, NULL))
        return NULL;
    if (peer_dnnl.primitive_create(&primitive, desc)) primitive = NULL;
    (void)peer_dnnl.primitive_desc_destroy(desc);
    return primitive;
}

/* tensor i of the primitive that desc describes; 0 if the library refuses */
static int make_side(struct kept *e, int i, const void *desc, void *const *buf)
{
    const struct kind *k = e->o->detail;
    struct side *s = &e->side[i];
    struct dnnl_descriptor plain;
    int64_t extent[5];
    int n, a = k->arg[i];
    if (k->describe == convolution) {
        n = extents_of(e->op, a, e->size, extent);
    } else {
        n = e->op->arg[a].ndim;
        for (int d = 0; d < n; d++) extent[d] = op_extent(e->op, e->op->arg[a].dim[d], e->size);
    }
    e->n = i + 1;
    s->is_output = e->op->arg[a].access == ARG_OUT;
    const void *inner = peer_dnnl.primitive_desc_query_md(desc, LAYOUT_OF_ROLE, k->role[i]);
    if (!inner || !plain_layout(&plain, n, extent) ||
        peer_dnnl.memory_create(&s->plain, &plain, peer_dnnl.engine, buf[a]))
        return 0;
    s->inner = s->plain;
    if (!peer_dnnl.memory_desc_equal(&plain, inner)) {
        s->room = memory_need(1, peer_dnnl.memory_desc_get_size(inner));
        s->inner = NULL;
        if (peer_dnnl.memory_create(&s->inner, inner, peer_dnnl.engine, s->room)) return 0;
        s->reorder = s->is_output ? make_reorder(inner, &plain) : make_reorder(&plain, inner);
        if (!s->reorder) return 0;
    }
    e->tensor[i] = (struct dnnl_tensor){ k->role[i], s->inner };
    return 1;
}

static int make_workspace(struct kept *e, const void *desc)
{
    const void *layout = peer_dnnl.primitive_desc_query_md(desc, LAYOUT_OF_ROLE, DNNL_WORKSPACE);
    if (!layout) return 0;
    e->bytes = peer_dnnl.memory_desc_get_size(layout);
    e->places = memory_need(1, e->bytes);
    if (peer_dnnl.memory_create(&e->workspace, layout, peer_dnnl.engine, e->places)) return 0;
    e->tensor[e->n] = (struct dnnl_tensor){ DNNL_WORKSPACE, e->workspace };
    return 1;
}

/* 0 if the library refuses */
static int make(struct kept *e, const struct peer_op *o, const struct op *op, const int *size,
                void *const *buf)
{
    const struct kind *k = o->detail;
    e->o = o, e->op = op, e->threads = peer_dnnl.threads;
    memcpy(e->size, size, (size_t)op->nsize * sizeof *size);
    void *desc = k->describe(k, op, size);
    int ok = desc != NULL;
    for (int i = 0; ok && i < TENSORS && k->role[i]; i++) ok = make_side(e, i, desc, buf);
    if (ok && k->algorithm == MAX) ok = make_workspace(e, desc);
    ok = ok && !peer_dnnl.primitive_create(&e->primitive, desc);
    if (desc) (void)peer_dnnl.primitive_desc_destroy(desc);
    return ok;
}

static int is_of_size(const struct kept *e, const int *size)
{
    return e->o && !memcmp(e->size, size, (size_t)e->op->nsize * sizeof *size);
}

/* A primitive runs on as many threads as there were when it was made. NULL if there is none. */
static struct kept *find(const struct peer_op *o, const int *size)
{
    for (int i = 0; i < KEPT; i++)
        if (kept[i].o == o && kept[i].threads == peer_dnnl.threads && is_of_size(&kept[i], size))
            return &kept[i];
    return NULL;
}

/* what is of another size is of a race before: its memory may be much */
static struct kept *room_for(const int *size)
{
    static int latest;
    for (int i = 0; i < KEPT; i++)
        if (!is_of_size(&kept[i], size)) discard(&kept[i]);
    latest = (latest + 1) % KEPT;
    discard(&kept[latest]);
    return &kept[latest];
}

/* NULL after a sentence */
static struct kept *kept_for(const struct peer_op *o, const int *size, void *const *buf)
{
    struct kept *e = find(o, size);
    if (e) return e;
    e = room_for(size);
    if (make(e, o, op_find_with(o->op), size, buf)) return e;
    fprintf(stderr, "rungs: oneDNN refuses %s at this shape\n", o->how);
    discard(e);
    return NULL;
}

/* ---- calls ---- */

static void reorder(const struct side *s)
{
    const struct dnnl_tensor way[] = { { DNNL_SRC, s->is_output ? s->inner : s->plain },
                                       { DNNL_DST, s->is_output ? s->plain : s->inner } };
    if (s->reorder) (void)peer_dnnl.primitive_execute(s->reorder, peer_dnnl.stream, 2, way);
}

static void reorder_all(const struct kept *e, int outputs)
{
    for (int i = 0; i < e->n; i++)
        if (e->side[i].is_output == outputs) reorder(&e->side[i]);
}

/* 0 if the library fails */
static int compute(const struct kept *e)
{
    return !peer_dnnl.primitive_execute(e->primitive, peer_dnnl.stream, e->n + (e->workspace != NULL),
                                        e->tensor) &&
           !peer_dnnl.stream_wait(peer_dnnl.stream);
}

static int compute_plain(const struct kept *e)
{
    reorder_all(e, 0);
    if (!compute(e)) return 0;
    reorder_all(e, 1);
    return !peer_dnnl.stream_wait(peer_dnnl.stream);
}

static int last_size[MAX_SIZES]; /* of the last call */

/* the outputs stay as they are if the library refuses, which a check then says */
static void call(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const struct kind *k = o->detail;
    struct kept *e = kept_for(o, size, buf);
    (void)p;
    if (!e) return;
    memcpy(last_size, size, (size_t)e->op->nsize * sizeof *size);
    for (int i = 0; i < e->n; i++) (void)peer_dnnl.memory_set_data_handle(e->side[i].plain, buf[k->arg[i]]);
    if (compute_plain(e) && k->algorithm == MAX) write_indexes(e, buf[e->op->narg - 1]);
}

/* Without reorders if the tensors are in the library's own layout, and without indexes. NaN if it fails. */
static double batch(const struct peer *p, const struct peer_op *o, long calls)
{
    const struct kept *e = find(o, last_size);
    int own = ((const struct kind *)o->detail)->own, ok = e != NULL;
    (void)p;
    double start = clock_seconds();
    for (long i = 0; ok && i < calls; i++) ok = own ? compute(e) : compute_plain(e);
    return ok ? clock_seconds() - start : (double)NAN;
}

int peer_onednn_own_open(void *library, struct peer *p)
{
    (void)library;
    p->set_threads = peer_dnnl_set_threads;
    snprintf(p->pick, sizeof p->pick, "%s",
             peer_dnnl.stream ? "tensors in its own layout, no reorder is timed"
                              : "has no functions of version 2: see onednn");
    return peer_dnnl.stream != NULL;
}

/* ---- the tables: [0] of plain tensors, [1] of the library's own layout ---- */

#define IN_BOTH(name, describe, algorithm, backward, roles, args)                          \
    static const struct kind name[] = { { describe, algorithm, backward, 0, roles, args }, \
                                        { describe, algorithm, backward, 1, roles, args } }
#define LIST(...)   \
    {               \
        __VA_ARGS__ \
    }
#define X_Y   LIST(DNNL_SRC, DNNL_DST)
#define DY_DX LIST(DNNL_DIFF_DST, DNNL_DIFF_SRC)

IN_BOTH(forward, convolution, DIRECT, 0, LIST(DNNL_SRC, DNNL_WEIGHTS, DNNL_BIAS, DNNL_DST), LIST(0, 1, 2, 3));
IN_BOTH(dx, convolution, DIRECT, DNNL_DIFF_SRC, LIST(DNNL_WEIGHTS, DNNL_DIFF_DST, DNNL_DIFF_SRC),
        LIST(0, 1, 2));
IN_BOTH(dw, convolution, DIRECT, DNNL_DIFF_WEIGHTS,
        LIST(DNNL_SRC, DNNL_DIFF_DST, DNNL_DIFF_WEIGHTS, DNNL_DIFF_BIAS), LIST(0, 1, 2, 3));
IN_BOTH(maxima, pooling, MAX, 0, X_Y, LIST(0, 1));
IN_BOTH(means, pooling, MEAN_INCLUDING, 0, X_Y, LIST(0, 1));
IN_BOTH(means_dx, pooling, MEAN_INCLUDING, DNNL_DIFF_SRC, DY_DX, LIST(0, 1));
IN_BOTH(true_means, pooling, MEAN_EXCLUDING, 0, X_Y, LIST(0, 1));
IN_BOTH(true_means_dx, pooling, MEAN_EXCLUDING, DNNL_DIFF_SRC, DY_DX, LIST(0, 1));

/* Of plain tensors the race times the calls, but for maxima, as their indexes are none of the library's */
#define PLAIN(kind) .call = call, .detail = &(kind)[0]
#define OWN(kind)   .call = call, .batch = batch, .detail = &(kind)[1]
#define IMAGES(AS)                                                                                      \
    { "conv2d_forward", .how = "dnnl_convolution_forward", AS(forward) },                               \
        { "conv2d_backward_dx", .how = "dnnl_convolution_backward_data", AS(dx) },                      \
        { "conv2d_backward_dw", .how = "dnnl_convolution_backward_weights", AS(dw) },                   \
        { "avgpool_forward", .how = "dnnl_pooling_forward", .lacks = peer_lacks_ceil, AS(means) },      \
        { "avgpool_backward", .how = "dnnl_pooling_backward", .lacks = peer_lacks_ceil, AS(means_dx) }, \
        { "avgpool_forward count_include_pad=0", .how = "dnnl_pooling_forward", AS(true_means) },       \
    {                                                                                                   \
        "avgpool_backward count_include_pad=0", .how = "dnnl_pooling_backward", AS(true_means_dx)       \
    }

const struct peer_op peer_onednn_images[] = {
    IMAGES(PLAIN),
    { "maxpool_forward", .how = "dnnl_pooling_forward", .batch = batch, PLAIN(maxima) },
    { 0 },
};

const struct peer_op peer_onednn_own[] = {
    IMAGES(OWN),
    { "maxpool_forward", .how = "dnnl_pooling_forward", OWN(maxima) },
    { 0 },
};
