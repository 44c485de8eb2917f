/* peer_frameworks.c - operations of PyTorch, JAX and oneDNN 3 as peers: a Python program (peer_onednn3.py and
 * peer_frameworks.py, whose text is in this program) runs them in processes of their own, one for each
 * framework and number of threads, on the same cores as the rungs' threads.
 *
 * A call with the arrays of the check is checked like a rung's. What is timed is a batch of calls, by the
 * child's clock: the loop in which a training makes them, without the pipe. */
#include "peer_frameworks.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/cpus.h"
#include "pinning.h"

/* ---- processes ---- */

enum { SEATS = 8 }; /* numbers of threads that one bench asks for */

struct seat {
    int threads; /* 0: free */
    struct peer_child child;
    const struct peer_op *op; /* what it has the arrays of; NULL: nothing */
    int size[MAX_SIZES];
    uint64_t arrays; /* the checksum of those that it reads */
};

static struct framework {
    const char *name, *get;
    int threads;
    struct peer *peer;
    struct seat seat[SEATS];
} frameworks[FRAMEWORKS] = {
    { .name = "torch_fused", .get = "python3 -m pip install torch numpy" },
    { .name = "torch_foreach", .get = "python3 -m pip install torch numpy" },
    { .name = "jax", .get = "python3 -m pip install jax optax" },
    { .name = "torch", .get = "python3 -m pip install torch numpy" },
    { .name = "torch_channels_last", .get = "python3 -m pip install torch numpy" },
    { .name = "onednn3", .get = "python3 -m pip install onednn numpy" },
    { .name = "onednn3_own_layout", .get = "python3 -m pip install onednn numpy" },
};

static const char *interpreter(void)
{
    const char *own = getenv("RUNGS_PEER_PYTHON");
    return own && *own ? own : "python3";
}

/* its first line: "ready TEXT", or why there is nothing to race; 0 and the reason in child->lost */
static int greet(struct peer_child *child, char line[PEER_LINE])
{
    if (!peer_child_line(child, line)) return 0;
    if (!strncmp(line, "ready ", 6)) return 1;
    if (!strncmp(line, "absent ", 7)) return peer_child_lose(child, "%.150s", line + 7);
    return peer_child_lose(child, "it answers '%.60s'", line);
}

int peer_framework_start(const char *framework, int threads, struct peer_child *child, char line[PEER_LINE])
{
    char count[12], cpus[6 * PINNING_MAX] = "";
    const char *argv[] = { interpreter(), "-c", peer_frameworks_text, framework, count, cpus, NULL };
    snprintf(count, sizeof count, "%d", threads);
    for (int k = 0, used = 0; k < pinning_cores(); k++)
        used += snprintf(cpus + used, sizeof cpus - (size_t)used, k ? ",%d" : "%d", pinning_cpus()->id[k]);
    return peer_child_start(child, argv) && greet(child, line);
}

/* The process for as many threads as were set, started if it was not; NULL where the framework is lost */
static struct seat *seat_of(struct framework *f)
{
    char line[PEER_LINE];
    for (int k = 0; k < SEATS && !*f->peer->lost; k++) {
        struct seat *s = &f->seat[k];
        if (s->threads == f->threads) return s;
        if (s->threads) continue;
        s->threads = f->threads;
        if (peer_framework_start(f->name, s->threads, &s->child, line)) return s;
        snprintf(f->peer->lost, sizeof f->peer->lost, "%s", s->child.lost);
    }
    return NULL;
}

/* the child is lost, and with it the framework; returns 0 */
static int lose(struct framework *f, const struct seat *s)
{
    if (!*f->peer->lost) snprintf(f->peer->lost, sizeof f->peer->lost, "%s", s->child.lost);
    return 0;
}

void peer_frameworks_close(void)
{
    for (struct framework *f = frameworks; f < frameworks + FRAMEWORKS; f++)
        for (int k = 0; k < SEATS; k++) peer_child_end(&f->seat[k].child);
}

/* ---- requests ---- */

static struct framework *framework_of(const struct peer *p)
{
    for (struct framework *f = frameworks; f < frameworks + FRAMEWORKS; f++)
        if (!strcmp(f->name, p->name)) return f;
    return NULL;
}

static int say(struct seat *s, const char *text)
{
    return peer_child_send(&s->child, text, strlen(text));
}

/* "open adam_step n=1000 dw:in:f4:1000 w:inout:f4:1000 ... lr=0.001 ... t=3": sizes, arrays, scalars */
static void opening(const struct op *op, const int *size, char *text, size_t room)
{
    static const char *const access[] = { [ARG_IN] = "in", [ARG_OUT] = "out", [ARG_INOUT] = "inout" };
    static const char *const type[] = { [DT_F32] = "f4", [DT_I32] = "i4", [DT_U8] = "u1", [DT_BITS] = "u4" };
    size_t used = (size_t)snprintf(text, room, "open %s ", op_base(op)->name);
    for (int i = 0; i < op->nsize; i++)
        if (!op->size[i].derive)
            used += (size_t)snprintf(text + used, room - used, "%s%s=%d", i ? "," : "", op->size[i].name,
                                     size[i]);
    for (int a = 0; a < op->narg; a++) {
        const struct arg *arg = &op->arg[a];
        used += (size_t)snprintf(text + used, room - used, " %s:%s:%s:", arg->name, access[arg->access],
                                 type[arg->dtype]);
        for (int d = 0; d < arg->ndim; d++)
            used += (size_t)snprintf(text + used, room - used, "%s%d", d ? "x" : "",
                                     op_extent(op, arg->dim[d], size));
    }
    for (int k = 0; k < op->nscalar; k++) {
        const struct scalar *v = &op->scalar[k];
        double value = v->kind == SCALAR_REAL ? v->real : (double)v->count;
        used += (size_t)snprintf(text + used, room - used, " %s=%.17g", v->name, value);
    }
    snprintf(text + used, room - used, "\n");
}

static size_t bytes_of(const struct op *op, int a, const int *size)
{
    return op_arg_bytes(op, a, size, sizeof(float));
}

/* Goes on with a checksum over n bytes, eight at a time. Each step is a bijection, so no change of a single
 * word goes unnoticed; the shift brings high bits down, or two changed signs would cancel each other. */
static uint64_t checksum_bytes(uint64_t sum, const unsigned char *bytes, size_t n)
{
    for (size_t k = 0; k < n; k += sizeof sum) {
        uint64_t word = 0;
        memcpy(&word, bytes + k, n - k < sizeof word ? n - k : sizeof word);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
        sum ^= sum >> 32;
    }
    return sum;
}

static uint64_t checksum(const struct op *op, const int *size, void *const *buf)
{
    uint64_t sum = 0;
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_OUT) sum = checksum_bytes(sum, buf[a], bytes_of(op, a, size));
    return sum;
}

/* gives the child the arrays, if it does not have them; 0 where it is lost */
static int give(struct seat *s, const struct peer_op *o, const struct op *op, const int *size,
                void *const *buf)
{
    char text[1024], line[PEER_LINE];
    const size_t sizes = (size_t)op->nsize * sizeof *size;
    uint64_t arrays = checksum(op, size, buf);
    if (s->op == o && !memcmp(s->size, size, sizes) && s->arrays == arrays) return 1;
    opening(op, size, text, sizeof text);
    if (!say(s, text)) return 0;
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_OUT && !peer_child_send(&s->child, buf[a], bytes_of(op, a, size)))
            return 0;
    if (!peer_child_line(&s->child, line)) return 0;
    if (strcmp(line, "ok")) return peer_child_lose(&s->child, "it answers '%.100s'", line);
    s->op = o, s->arrays = arrays;
    memcpy(s->size, size, sizes);
    return 1;
}

/* one call with what is in buf, into buf */
static int once(struct seat *s, const struct op *op, const int *size, void *const *buf)
{
    char line[PEER_LINE];
    if (!say(s, "once\n") || !peer_child_line(&s->child, line)) return 0;
    if (strcmp(line, "outputs")) return peer_child_lose(&s->child, "it answers '%.100s'", line);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_IN && !peer_child_receive(&s->child, buf[a], bytes_of(op, a, size)))
            return 0;
    return 1;
}

static void call(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const struct op *op = op_find_with(o->op);
    struct framework *f = framework_of(p);
    struct seat *s = seat_of(f);
    if (!s || !give(s, o, op, size, buf) || !once(s, op, size, buf))
        if (s) lose(f, s);
}

static double batch(const struct peer *p, const struct peer_op *o, long calls)
{
    char text[40], line[PEER_LINE], *end;
    struct framework *f = framework_of(p);
    struct seat *s = seat_of(f);
    if (!s || s->op != o) return (double)NAN;
    snprintf(text, sizeof text, "batch %ld\n", calls);
    double begin = clock_seconds();
    if (!say(s, text) || !peer_child_line(&s->child, line)) return lose(f, s), (double)NAN;
    double elapsed = clock_seconds() - begin, seconds = strtod(line + 8, &end);
    if (!strncmp(line, "seconds ", 8) && !*end && seconds > 0 && seconds <= elapsed) return seconds;
    peer_child_lose(&s->child, "it answers '%.60s' to a batch that took %.3g s", line, elapsed);
    return lose(f, s), (double)NAN;
}

/* ---- as peers ---- */

#define CALLED(name, functions) .op = name, .call = call, .batch = batch, .how = functions

/* optax takes 1 - beta^t in float: of a small t, few digits are left */
#define CORRECTIONS .formula = "1 - beta^t", .all_terms = peer_terms_adam

/* random numbers of their own: see peer_random.c */
#define DRAWN .judge = peer_judge_dropout

static const struct peer_op torch_steps[] = {
    { CALLED("sgd_step", "torch.optim.SGD") },
    { CALLED("sgd_decay_step", "torch.optim.SGD, weight_decay") },
    { CALLED("momentum_step", "torch.optim.SGD") },
    { CALLED("adam_step", "torch.optim.Adam") },
    { CALLED("adamw_step", "torch.optim.AdamW") },
    { 0 },
};

static const struct peer_op torch_dropout[] = {
    { CALLED("dropout_forward", "torch.native_dropout"), DRAWN },
    { CALLED("dropout_bytes_forward", "torch.native_dropout"), DRAWN },
    { CALLED("dropout_bytes_backward", "aten.native_dropout_backward") },
    { 0 },
};

static const struct peer_op torch_images[] = {
    { CALLED("conv2d_forward", "torch.conv2d") },
    { CALLED("conv2d_backward_dx", "aten.convolution_backward") },
    { CALLED("conv2d_backward_dw", "aten.convolution_backward") },
    { CALLED("conv2d_relu_forward", "torch.conv2d, relu_") },
    { CALLED("conv2d_relu_backward_dx", "aten.convolution_backward, threshold_backward") },
    { CALLED("maxpool_forward", "aten.max_pool2d_with_indices") },
    { CALLED("maxpool_backward", "aten.max_pool2d_with_indices_backward") },
    { CALLED("avgpool_forward", "aten.avg_pool2d") },
    { CALLED("avgpool_backward", "aten.avg_pool2d_backward") },
    { CALLED("avgpool_forward count_include_pad=0", "aten.avg_pool2d") },
    { CALLED("avgpool_backward count_include_pad=0", "aten.avg_pool2d_backward") },
    { CALLED("batch_norm_forward", "torch.native_batch_norm") },
    { CALLED("batch_norm_backward", "aten.native_batch_norm_backward") },
    { 0 },
};

static const struct peer_op jax_all[] = {
    { CALLED("sgd_step", "optax.sgd") },
    { CALLED("sgd_decay_step", "optax.add_decayed_weights, sgd") },
    { CALLED("momentum_step", "optax.sgd") },
    { CALLED("adam_step", "optax.adam"), CORRECTIONS },
    { CALLED("adamw_step", "optax.adamw"), CORRECTIONS },
    { CALLED("conv2d_forward", "lax.conv_general_dilated") },
    { CALLED("conv2d_backward_dx", "jax.vjp of lax.conv_general_dilated") },
    { CALLED("conv2d_backward_dw", "jax.vjp of lax.conv_general_dilated") },
    { CALLED("conv2d_relu_forward", "lax.conv_general_dilated, jax.nn.relu") },
    { CALLED("conv2d_relu_backward_dx", "jax.vjp of lax.conv_general_dilated, where") },
    { CALLED("avgpool_forward", "lax.reduce_window"), .lacks = peer_lacks_ceil },
    { CALLED("avgpool_backward", "jax.vjp of lax.reduce_window"), .lacks = peer_lacks_ceil },
    { CALLED("batch_norm_forward", "sums and products") },
    { CALLED("batch_norm_backward", "sums and products") },
    { CALLED("dropout_forward", "jax.random.split, bernoulli, where"), DRAWN },
    { CALLED("dropout_bytes_forward", "jax.random.split, bernoulli, where"), DRAWN },
    { CALLED("dropout_bytes_backward", "where") },
    { 0 },
};

static const struct peer_op onednn3_images[] = {
    { CALLED("batch_norm_forward", "dnnl_batch_normalization_forward") },
    { CALLED("batch_norm_backward", "dnnl_batch_normalization_backward") },
    { CALLED("conv2d_forward", "dnnl_convolution_forward") },
    { CALLED("conv2d_backward_dx", "dnnl_convolution_backward_data") },
    { CALLED("conv2d_backward_dw", "dnnl_convolution_backward_weights") },
    { CALLED("maxpool_forward", "dnnl_pooling_forward") },
    { CALLED("avgpool_forward", "dnnl_pooling_forward"), .lacks = peer_lacks_ceil },
    { CALLED("avgpool_backward", "dnnl_pooling_backward"), .lacks = peer_lacks_ceil },
    { CALLED("avgpool_forward count_include_pad=0", "dnnl_pooling_forward") },
    { CALLED("avgpool_backward count_include_pad=0", "dnnl_pooling_backward") },
    { 0 },
};

static void set_fused(int threads)
{
    frameworks[0].threads = threads;
}

static void set_foreach(int threads)
{
    frameworks[1].threads = threads;
}

static void set_jax(int threads)
{
    frameworks[2].threads = threads;
}

static void set_torch(int threads)
{
    frameworks[3].threads = threads;
}

static void set_channels_last(int threads)
{
    frameworks[4].threads = threads;
}

static void set_onednn3(int threads)
{
    frameworks[5].threads = threads;
}

static void set_onednn3_own(int threads)
{
    frameworks[6].threads = threads;
}

const char *peer_framework_name(int which)
{
    return frameworks[which].name;
}

void peer_framework_ops(int which, const struct peer_op *knows[PEER_TABLES])
{
    static const struct peer_op *const ops_of[FRAMEWORKS][PEER_TABLES] = {
        { torch_steps, NULL },  { torch_steps, NULL }, { jax_all, NULL }, { torch_images, torch_dropout },
        { torch_images, NULL }, { onednn3_images },    { onednn3_images }
    };
    for (int t = 0; t < PEER_TABLES; t++) knows[t] = ops_of[which][t];
}

void peer_framework_open(struct peer *p, int which)
{
    static void (*const set[FRAMEWORKS])(int) = { set_fused,         set_foreach, set_jax,        set_torch,
                                                  set_channels_last, set_onednn3, set_onednn3_own };
    struct framework *f = &frameworks[which];
    char line[PEER_LINE];
    f->peer = p;
    f->threads = 1;
    p->set_threads = set[which];
    f->seat[0].threads = 1;
    p->open = peer_framework_start(f->name, 1, &f->seat[0].child, line);
    if (p->open)
        snprintf(p->pick, sizeof p->pick, "%.150s", line + 6);
    else
        snprintf(p->pick, sizeof p->pick, "is not here (%.60s); to race it: %s", f->seat[0].child.lost,
                 f->get);
}
