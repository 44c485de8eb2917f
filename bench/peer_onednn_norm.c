/* peer_onednn_norm.c - batch normalization by oneDNN's primitives; peer_onednn.c has the interface and says
 * why it is used without headers.
 *
 * x (N,C,HW) is a tensor of three extents in the library's plain layout. Of its pooling, the mean counts what
 * is beyond the padding in ceil mode, and the maximum's places are places in their window: other
 * operations. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "peer_library.h"
#include "peer_onednn.h"

enum { TRAINING = 64, BACKWARD = 128, USE_SCALE = 0x8, USE_SHIFT = 0x10, F32 = 3 };
enum { SRC = 1, DST = 17, MEAN = 49, VARIANCE = 50, SCALE = 51, SHIFT = 52 }; /* the roles of tensors */
enum { DIFF_SRC = 129, DIFF_DST = 145, DIFF_SCALE = 255, DIFF_SHIFT = 256 };

static struct {
    int (*forward_desc)(void *d, int prop, const void *data, float epsilon, unsigned flags);
    int (*backward_desc)(void *d, int prop, const void *diff, const void *data, float epsilon,
                         unsigned flags);
} norm;

int peer_onednn_norm_open(void *library)
{
    norm.forward_desc = (int (*)(void *, int, const void *, float, unsigned))peer_function(
        library, "dnnl_batch_normalization_forward_desc_init");
    norm.backward_desc = (int (*)(void *, int, const void *, const void *, float, unsigned))peer_function(
        library, "dnnl_batch_normalization_backward_desc_init");
    return norm.forward_desc && norm.backward_desc;
}

/* ---- what is kept between calls: one problem ---- */

enum { TENSORS = 8 };

static struct {
    const struct peer_op *o;
    int size[3], threads, n;
    struct onednn_tensor tensor[TENSORS];
    void *data[TENSORS], *primitive;
} kept;

static void discard(void)
{
    for (int i = 0; i < kept.n; i++) (void)dnnl.memory_destroy(kept.tensor[i].memory);
    if (kept.primitive) (void)dnnl.primitive_destroy(kept.primitive);
    memset(&kept, 0, sizeof kept);
}

/* The primitive for data of that shape; NULL if the library has none */
static void *make_primitive(const struct op *op, const void *data)
{
    struct onednn_descriptor forward, back;
    const float eps = (float)op->scalar[0].real;
    const unsigned flags = USE_SCALE | USE_SHIFT;
    void *forward_desc = NULL, *desc = NULL, *primitive = NULL, *engine = peer_onednn_engine();
    int ok = !norm.forward_desc(&forward, TRAINING, data, eps, flags) &&
             !dnnl.primitive_desc_create(&forward_desc, &forward, NULL, engine, NULL);
    if (ok && op->forward)
        ok = !norm.backward_desc(&back, BACKWARD, data, data, eps, flags) &&
             !dnnl.primitive_desc_create(&desc, &back, NULL, engine, forward_desc);
    ok = ok && !dnnl.primitive_create(&primitive, desc ? desc : forward_desc);
    if (desc) (void)dnnl.primitive_desc_destroy(desc);
    if (forward_desc) (void)dnnl.primitive_desc_destroy(forward_desc);
    return ok ? primitive : NULL;
}

/* 0 if the library refuses */
static int make(const struct peer_op *o, const int *size, void *const *buf)
{
    const struct op *op = op_find(o->op);
    const int *role = o->detail;
    struct onednn_descriptor x, of_channels;
    kept.o = o, kept.threads = peer_onednn_threads();
    memcpy(kept.size, size, sizeof kept.size);
    if (dnnl.memory_desc_init_by_strides(&x, 3, (const int64_t[]){ size[0], size[1], size[2] }, F32, NULL) ||
        dnnl.memory_desc_init_by_strides(&of_channels, 1, (const int64_t[]){ size[1] }, F32, NULL))
        return 0;
    for (; kept.n < op->narg; kept.n++) {
        struct onednn_tensor *t = &kept.tensor[kept.n];
        t->role = role[kept.n];
        kept.data[kept.n] = buf[kept.n];
        if (dnnl.memory_create(&t->memory, op->arg[kept.n].ndim == 3 ? &x : &of_channels,
                               peer_onednn_engine(), buf[kept.n]))
            return 0;
    }
    kept.primitive = make_primitive(op, &x);
    return kept.primitive != NULL;
}

/* the outputs stay as they are if the library refuses, which a check then says */
static void run(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    (void)p;
    if (kept.o != o || kept.threads != peer_onednn_threads() || memcmp(kept.size, size, sizeof kept.size)) {
        discard();
        if (!make(o, size, buf)) {
            fprintf(stderr, "rungs: oneDNN refuses %s at this shape\n", o->how);
            discard();
            return;
        }
    }
    for (int i = 0; i < kept.n; i++) {
        if (kept.data[i] == buf[i]) continue;
        kept.data[i] = buf[i];
        (void)dnnl.memory_set_data_handle(kept.tensor[i].memory, buf[i]);
    }
    (void)dnnl.primitive_execute(kept.primitive, peer_onednn_stream(), kept.n, kept.tensor);
    (void)dnnl.stream_wait(peer_onednn_stream());
}

const struct peer_op peer_onednn_norms[] = {
    { "batch_norm_forward", .how = "dnnl_batch_normalization", .call = run,
      .detail = (const int[]){ SRC, SCALE, SHIFT, DST, MEAN, VARIANCE } },
    { "batch_norm_backward", .how = "dnnl_batch_normalization", .call = run,
      .detail = (const int[]){ SRC, SCALE, MEAN, VARIANCE, DIFF_DST, DIFF_SRC, DIFF_SCALE, DIFF_SHIFT } },
    { 0 },
};
