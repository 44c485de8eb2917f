/* peer_onednn.c - activations, softmax and softmax with cross-entropy by oneDNN's primitives,
 * version 2 of its interface.
 *
 * What a program keeps between its calls is made at the first call of an operation at a shape and with a
 * number of threads, and kept: the primitive, and a memory object for each tensor.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "peer_library.h"
#include "peer_onednn.h"

/* ---- the interface ---- */

struct peer_dnnl peer_dnnl;
static void (*set_openmp_threads)(int threads);

void peer_dnnl_set_threads(int n)
{
    peer_dnnl.threads = n;
    set_openmp_threads(n);
    team_use(n);
}

/* the name of a function that the library does not have, or NULL */
static const char *find_functions(void *library)
{
    const char *lacks = NULL;
#define F(name, parameters)                                                    \
    peer_dnnl.name = (int(*) parameters)peer_function(library, "dnnl_" #name); \
    if (!peer_dnnl.name && !lacks) lacks = "dnnl_" #name;
    DNNL_FUNCTIONS(F)
#undef F
#define F(type, name, parameters)                                               \
    peer_dnnl.name = (type(*) parameters)peer_function(library, "dnnl_" #name); \
    if (!peer_dnnl.name && !lacks) lacks = "dnnl_" #name;
    DNNL_QUESTIONS(F)
#undef F
    return lacks;
}

void peer_onednn_open(void *library, struct peer *p)
{
    const char *lacks = find_functions(library);
    char error[80];
    set_openmp_threads = p->set_threads;
    p->set_threads = peer_dnnl_set_threads;
    if (lacks)
        snprintf(error, sizeof error, "it has no %s", lacks);
    else if (rung_lacks(NEED_AVX2))
        snprintf(error, sizeof error, "without FMA its exp is too coarse");
    else if (peer_dnnl.engine_create(&peer_dnnl.engine, DNNL_CPU, 0) ||
             peer_dnnl.stream_create(&peer_dnnl.stream, peer_dnnl.engine, DNNL_IN_ORDER))
        snprintf(error, sizeof error, "it has no engine");
    else
        return;
    size_t used = strlen(p->pick);
    snprintf(p->pick + used, sizeof p->pick - used, ", products only: %s", error);
    p->knows[1] = p->knows[2] = NULL;
    peer_dnnl.stream = NULL;
}

/* ---- what is kept between calls ---- */

enum { KEPT = 16, TENSORS = 3 }; /* a race has one shape and a few numbers of threads at a time */

/* Which of the library's operations it is, with which tensors */
struct kind {
    int dimensions, algorithm;
    float alpha;
    int (*describe)(const struct kind *k, void *d, const void *data);
    int (*describe_forward)(const struct kind *k, void *d, const void *data); /* of a backward; else NULL */
    int role[TENSORS],
        arg[TENSORS]; /* the tensors, and the operation's arguments that they are; role 0: no more */
};

struct kept {
    const struct peer_op *o;
    int size[MAX_SIZES], threads, n;
    struct dnnl_tensor tensor[TENSORS];
    void *data[TENSORS], *primitive;
};

static struct kept kept[KEPT];

static void discard(struct kept *e)
{
    for (int i = 0; i < e->n; i++) (void)peer_dnnl.memory_destroy(e->tensor[i].memory);
    if (e->primitive) (void)peer_dnnl.primitive_destroy(e->primitive);
    *e = (struct kept){ 0 };
}

/* the primitive for tensors like `data`; NULL if the library has none */
static void *make_primitive(const struct kind *k, const void *data)
{
    struct dnnl_descriptor d, forward;
    void *forward_desc = NULL, *desc = NULL, *primitive = NULL;
    int ok = !k->describe_forward ||
             (!k->describe_forward(k, &forward, data) &&
              !peer_dnnl.primitive_desc_create(&forward_desc, &forward, NULL, peer_dnnl.engine, NULL));
    ok = ok && !k->describe(k, &d, data) &&
         !peer_dnnl.primitive_desc_create(&desc, &d, NULL, peer_dnnl.engine, forward_desc) &&
         !peer_dnnl.primitive_create(&primitive, desc);
    if (desc) (void)peer_dnnl.primitive_desc_destroy(desc);
    if (forward_desc) (void)peer_dnnl.primitive_desc_destroy(forward_desc);
    return ok ? primitive : NULL;
}

/* 0 if the library refuses */
static int make(struct kept *e, const struct peer_op *o, const int *size, void *const *buf)
{
    const struct kind *k = o->detail;
    struct dnnl_descriptor data;
    int64_t extent[MAX_SIZES];
    e->o = o;
    e->threads = peer_dnnl.threads;
    memcpy(e->size, size, (size_t)k->dimensions * sizeof *size);
    for (int i = 0; i < k->dimensions; i++) extent[i] = size[i];
    if (peer_dnnl.memory_desc_init_by_strides(&data, k->dimensions, extent, DNNL_F32, NULL)) return 0;
    for (; e->n < TENSORS && k->role[e->n]; e->n++) {
        struct dnnl_tensor *t = &e->tensor[e->n];
        t->role = k->role[e->n];
        e->data[e->n] = buf[k->arg[e->n]];
        if (peer_dnnl.memory_create(&t->memory, &data, peer_dnnl.engine, e->data[e->n])) return 0;
    }
    e->primitive = make_primitive(k, &data);
    return e->primitive != NULL;
}

static int is_for(const struct kept *e, const struct peer_op *o, const int *size)
{
    size_t bytes = (size_t)((const struct kind *)o->detail)->dimensions * sizeof *size;
    return e->o == o && e->threads == peer_dnnl.threads && !memcmp(e->size, size, bytes);
}

/* NULL after a sentence */
static struct kept *kept_for(const struct peer_op *o, const int *size, void *const *buf)
{
    static int latest;
    if (is_for(&kept[latest], o, size)) return &kept[latest];
    for (int i = 0; i < KEPT; i++)
        if (is_for(&kept[i], o, size)) return &kept[latest = i];
    latest = (latest + 1) % KEPT;
    struct kept *e = &kept[latest];
    discard(e);
    if (make(e, o, size, buf)) return e;
    fprintf(stderr, "rungs: oneDNN refuses %s at this shape\n", o->how);
    discard(e);
    return NULL;
}

/* the outputs stay as they are if the library refuses, which a check then says */
static void run(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const struct kind *k = o->detail;
    struct kept *e = kept_for(o, size, buf);
    (void)p;
    if (!e) return;
    for (int i = 0; i < e->n; i++) {
        if (e->data[i] == buf[k->arg[i]]) continue;
        e->data[i] = buf[k->arg[i]];
        (void)peer_dnnl.memory_set_data_handle(e->tensor[i].memory, e->data[i]);
    }
    (void)peer_dnnl.primitive_execute(e->primitive, peer_dnnl.stream, e->n, e->tensor);
    (void)peer_dnnl.stream_wait(peer_dnnl.stream);
}

/* ---- its operations ---- */

static int eltwise(const struct kind *k, void *d, const void *data)
{
    return peer_dnnl.eltwise_forward_desc_init(d, DNNL_TRAINING, k->algorithm, data, k->alpha, 0);
}

static int eltwise_gradient(const struct kind *k, void *d, const void *data)
{
    return peer_dnnl.eltwise_backward_desc_init(d, k->algorithm, data, data, k->alpha, 0);
}

static int softmax(const struct kind *k, void *d, const void *data)
{
    return peer_dnnl.softmax_forward_desc_init(d, DNNL_TRAINING, data, k->dimensions - 1);
}

static int softmax_gradient(const struct kind *k, void *d, const void *data)
{
    return peer_dnnl.softmax_backward_desc_init(d, data, data, k->dimensions - 1);
}

/* ---- cross-entropy: its softmax, and a program's own loops for the rest ----
 *
 * Its log softmax is no help: the log in it errs by up to 24 units of 1 (log 1 is -1.4e-6), and
 * a loss near 0 is lost. */

#if defined __x86_64__
#define LOOP __attribute__((target("avx2,fma"))) static /* as a program for this machine would be compiled */
#else
#define LOOP static
#endif

enum { ROWS_SHARED = 1 << 15 }; /* elements from which on threads share the rows */

/* room for n numbers, the same at every call */
static float *scratch(size_t n)
{
    static float *room;
    static size_t have;
    if (n > have) {
        free(room);
        room = memory_need(n, sizeof *room);
        have = n;
    }
    return room;
}

static int labelled(int N, const int *label)
{
    int count = 0;
    for (int n = 0; n < N; n++) count += label[n] >= 0;
    return count;
}

/* of -log p[label] over the rows that have a label */
static float mean_loss(int N, int C, const float *p, const int *label)
{
    double total = 0;
    int count = labelled(N, label);
    for (int n = 0; n < N; n++)
        if (label[n] >= 0) total -= (double)logf(p[(size_t)n * (size_t)C + (size_t)label[n]]);
    return count ? (float)(total / count) : 0;
}

/* z, label -> p, loss */
static void softmax_xent(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const int *label = buf[1];
    run(p, o, size, buf);
    *(float *)buf[3] = mean_loss(size[0], size[1], buf[2], label);
}

/* z, label -> loss */
static void xent_forward(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    const int *label = buf[1];
    float *prob = scratch((size_t)size[0] * (size_t)size[1]);
    run(p, o, size, (void *const[]){ buf[0], prob });
    *(float *)buf[2] = mean_loss(size[0], size[1], prob, label);
}

/* from p: dz = up (p - onehot(label)), or 0 if there is no label */
LOOP void row_gradient(int C, int label, float up, float *dz)
{
    for (int c = 0; c < C; c++) dz[c] = label < 0 ? 0 : up * dz[c];
    if (label >= 0) dz[label] -= up;
}

struct gradient {
    int N, C, shares;
    const int *label;
    float up, *dz;
};

static void gradient_share(int share, void *arg)
{
    const struct gradient *g = arg;
    int end = (int)((long)g->N * (share + 1) / g->shares);
    for (int n = (int)((long)g->N * share / g->shares); n < end; n++)
        row_gradient(g->C, g->label[n], g->up, g->dz + (size_t)n * (size_t)g->C);
}

static void rows_gradient(int N, int C, const int *label, float up, float *dz)
{
    struct gradient g = { N, C, (size_t)N * (size_t)C >= ROWS_SHARED ? peer_dnnl.threads : 1, label, up, dz };
    team_run(g.shares, gradient_share, &g);
}

/* z, label, dloss -> dz */
static void xent_backward(const struct peer *p, const struct peer_op *o, const int *size, void *const *buf)
{
    int count = labelled(size[0], buf[1]);
    run(p, o, size, buf);
    rows_gradient(size[0], size[1], buf[1], *(const float *)buf[2] / (float)(count ? count : 1), buf[3]);
}

/* z, label -> loss, dz */
static void xent_with_gradient(const struct peer *p, const struct peer_op *o, const int *size,
                               void *const *buf)
{
    const int *label = buf[1];
    int count = labelled(size[0], label);
    run(p, o, size, buf);
    *(float *)buf[2] = mean_loss(size[0], size[1], buf[3], label);
    rows_gradient(size[0], size[1], label, 1 / (float)(count ? count : 1), buf[3]);
}

/* ---- the terms of its formulas, where they cancel ---- */

static double terms_elu(double x, double dy)
{
    (void)dy;
    return x > 0 ? 0 : exp(x) + 1;
}

static double terms_softplus(double x, double dy)
{
    (void)dy;
    return fabs(x) + log1p(exp(-x));
}

static double terms_gelu(double x, double dy)
{
    (void)dy;
    return fabs(x) / 2 * (1 + fabs(erf(x * 0.70710678118654752)));
}

static double terms_gelu_gradient(double x, double dy)
{
    double p = exp(-x * x / 2) * 0.39894228040143268;
    return fabs(dy) * (0.5 + fabs(erf(x * 0.70710678118654752)) / 2 + fabs(x) * p);
}

static double terms_silu_gradient(double x, double dy)
{
    double s = 1 / (1 + exp(-x));
    return fabs(dy) * s * (1 + fabs(x) * (1 + s));
}

static double tanh_of_half_w(double x)
{
    return tanh(0.7978845608028654 * x * (1 + 0.044715 * x * x));
}

static double terms_gelu_tanh(double x, double dy)
{
    (void)dy;
    return fabs(x) / 2 * (1 + fabs(tanh_of_half_w(x)));
}

static double terms_gelu_tanh_gradient(double x, double dy)
{
    double t = fabs(tanh_of_half_w(x)), slope = 0.7978845608028654 * (1 + 0.134145 * x * x);
    return fabs(dy) / 2 * (1 + t) * (1 + fabs(x) * (1 + t) * slope);
}

/* ---- the table ---- */

#define FORWARD(number, alpha_)                                                         \
    .call = run, .detail = &(const struct kind)                                         \
    {                                                                                   \
        .dimensions = 1, .algorithm = (number), .alpha = (alpha_), .describe = eltwise, \
        .role = { DNNL_SRC, DNNL_DST }, .arg = {                                        \
            0,                                                                          \
            1                                                                           \
        }                                                                               \
    }
#define BACKWARD(at, number, alpha_)                                                             \
    .call = run, .detail = &(const struct kind)                                                  \
    {                                                                                            \
        .dimensions = 1, .algorithm = (number), .alpha = (alpha_), .describe = eltwise_gradient, \
        .describe_forward = eltwise, .role = { (at), DNNL_DIFF_DST, DNNL_DIFF_SRC }, .arg = {    \
            0,                                                                                   \
            1,                                                                                   \
            2                                                                                    \
        }                                                                                        \
    }

#define ROWS(f, to)                                                                      \
    .detail = &(const struct kind)                                                       \
    {                                                                                    \
        .dimensions = 2, .describe = f, .role = { DNNL_SRC, DNNL_DST }, .arg = { 0, to } \
    }

/* the numbers of its algorithms, and the parameters of our operations */
enum {
    RELU = 0x1f,
    TANH = 0x2f,
    ELU = 0x3f,
    SOFT_RELU = 0x9f,
    LOGISTIC = 0xaf,
    GELU_TANH = 0xcf,
    SWISH = 0xdf
};
enum { GELU_ERF = 0x30, RELU_DST = 0x100, TANH_DST = 0x101, ELU_DST = 0x102, LOGISTIC_DST = 0x104 };
#define LEAKY_SLOPE 0.01f

const struct peer_op peer_onednn_ops[] = {
    { "relu_forward", .how = "dnnl_eltwise_relu", FORWARD(RELU, 0) },
    { "relu_backward", .how = "dnnl_eltwise_relu_use_dst_for_bwd", BACKWARD(DNNL_DST, RELU_DST, 0) },
    { "leaky_relu_forward", .how = "dnnl_eltwise_relu", FORWARD(RELU, LEAKY_SLOPE) },
    { "leaky_relu_backward", .how = "dnnl_eltwise_relu_use_dst_for_bwd",
      BACKWARD(DNNL_DST, RELU_DST, LEAKY_SLOPE) },
    { "elu_forward", .how = "dnnl_eltwise_elu", FORWARD(ELU, 1), .formula = "exp(x) - 1",
      .terms = terms_elu },
    { "elu_backward", .how = "dnnl_eltwise_elu_use_dst_for_bwd", BACKWARD(DNNL_DST, ELU_DST, 1) },
    { "sigmoid_forward", .how = "dnnl_eltwise_logistic", FORWARD(LOGISTIC, 0) },
    { "sigmoid_backward", .how = "dnnl_eltwise_logistic_use_dst_for_bwd",
      BACKWARD(DNNL_DST, LOGISTIC_DST, 0) },
    { "tanh_forward", .how = "dnnl_eltwise_tanh", FORWARD(TANH, 0) },
    { "tanh_backward", .how = "dnnl_eltwise_tanh_use_dst_for_bwd", BACKWARD(DNNL_DST, TANH_DST, 0) },
    { "softplus_forward", .how = "dnnl_eltwise_soft_relu", FORWARD(SOFT_RELU, 0),
      .formula = "x + log(1 + exp(-x))", .terms = terms_softplus },
    { "softplus_backward", .how = "dnnl_eltwise_soft_relu", BACKWARD(DNNL_SRC, SOFT_RELU, 0) },
    { "gelu_forward", .how = "dnnl_eltwise_gelu_erf", FORWARD(GELU_ERF, 0),
      .formula = "x/2 (1 + erf(x / sqrt 2))", .terms = terms_gelu },
    { "gelu_backward", .how = "dnnl_eltwise_gelu_erf", BACKWARD(DNNL_SRC, GELU_ERF, 0),
      .formula = "dy (1/2 + erf(x / sqrt 2)/2 + x p(x))", .terms = terms_gelu_gradient },
    { "gelu_tanh_forward", .how = "dnnl_eltwise_gelu_tanh", FORWARD(GELU_TANH, 0),
      .formula = "x/2 (1 + tanh(w/2))", .terms = terms_gelu_tanh },
    { "gelu_tanh_backward", .how = "dnnl_eltwise_gelu_tanh", BACKWARD(DNNL_SRC, GELU_TANH, 0),
      .formula = "dy/2 (1 + t) (1 + x (1 - t) w'/2), t = tanh(w/2)", .terms = terms_gelu_tanh_gradient },
    { "silu_forward", .how = "dnnl_eltwise_swish", FORWARD(SWISH, 1) },
    { "silu_backward", .how = "dnnl_eltwise_swish", BACKWARD(DNNL_SRC, SWISH, 1),
      .formula = "dy s (1 + x (1 - s))", .terms = terms_silu_gradient },
    { "softmax_forward", .how = "dnnl_softmax", .call = run, ROWS(softmax, 1) },
    { "softmax_backward", .how = "dnnl_softmax", .call = run,
      .detail = &(const struct kind){ .dimensions = 2,
                                      .describe = softmax_gradient,
                                      .describe_forward = softmax,
                                      .role = { DNNL_DST, DNNL_DIFF_DST, DNNL_DIFF_SRC },
                                      .arg = { 0, 1, 2 } } },
    { "softmax_xent_forward", .how = "dnnl_softmax", .call = softmax_xent, ROWS(softmax, 2) },
    { "xent_forward", .how = "dnnl_softmax", .call = xent_forward, ROWS(softmax, 1) },
    { "xent_backward", .how = "dnnl_softmax", .call = xent_backward, ROWS(softmax, 3), PEER_XENT_GRADIENT },
    { "xent_with_gradient", .how = "dnnl_softmax", .call = xent_with_gradient, ROWS(softmax, 3),
      PEER_XENT_GRADIENT },
    { 0 },
};
