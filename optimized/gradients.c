/* gradients.c - operations as problems of the gradient checker; see gradients.h. */
#include "gradients.h"

#include <complex.h>
#undef I
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../base/memory.h"
#include "ops/op_common.h"

struct gradient {
    const struct op *backward, *forward; /* NULL in an MLP */
    const struct rung *rung, *forward_rung;
    const struct device *device; /* where rung runs; NULL: here */
    any_fn *own_f64;             /* a backward in double; NULL: the reference */
    int size[MAX_SIZES];
    int tensor_of[MAX_ARGS];  /* forward's argument -> tensor among the problem's inputs or outputs, or -1 */
    void *aside[MAX_ARGS];    /* forward's outputs that get no upstream gradient, room for double _Complex */
    void *spare[MAX_ARGS];    /* the same for all outputs, when a backward needs the forward once more      */
    void *unwanted[MAX_ARGS]; /* gradients that nobody asked for                                           */
    struct mlp *mlp;
    gc_tensor in[GC_MAX_TENSORS], out[MAX_ARGS];
    gc_problem problem;
};

/* ---- what an operation is ---- */

static const struct op *forward_of(const struct op *op)
{
    return op->forward ? op_forward(op) : op->gradient_of;
}

static int is_optimizer(const struct op *op)
{
    return op->kind == OP_STEP;
}

int gradient_known(const struct op *op)
{
    return forward_of(op) != NULL || is_optimizer(op);
}

/* ---- names ---- */

/* the argument called prefix + name, or -1 */
static int named(const struct op *op, const char *prefix, const char *name)
{
    size_t n = strlen(prefix);
    for (int a = 0; a < op->narg; a++)
        if (!strncmp(op->arg[a].name, prefix, n) && !strcmp(op->arg[a].name + n, name)) return a;
    return -1;
}

static gc_tensor tensor_of(const struct gradient *g, const struct arg *a)
{
    gc_tensor t = { .name = a->name, .dt = g->rung ? GC_F32 : GC_F64, .nd = a->ndim };
    for (int d = 0; d < a->ndim; d++) t.dim[d] = (size_t)op_extent(g->forward, a->dim[d], g->size);
    if (a->dtype != DT_F32) t.dt = GC_I32;
    if (a->domain == DOMAIN_PROBABILITY) t.flags = GC_POSITIVE;
    return t;
}

/* ---- callbacks ---- */

/* the forward's buffers: inputs from in, outputs to out or, if out is NULL, to spare */
static void forward_buffers(const struct gradient *g, const gc_tensor *in, gc_tensor *out, void **buf)
{
    for (int a = 0; a < g->forward->narg; a++) {
        int t = g->tensor_of[a];
        if (g->forward->arg[a].access != ARG_OUT)
            buf[a] = in[t].data;
        else if (out && t >= 0)
            buf[a] = out[t].data;
        else
            buf[a] = out ? g->aside[a] : g->spare[a];
    }
}

static void run_forward(const struct gradient *g, void *const *buf)
{
    if (g->rung)
        op_call(g->forward, g->forward_rung ? g->forward_rung->run : NULL, g->size, buf);
    else
        op_f64(g->forward, g->size, buf);
}

/* 0 where a probability has left (0,1): there the forward is not defined, or has a kink */
static int is_defined(const struct gradient *g, const gc_tensor *in)
{
    for (int a = 0; a < g->forward->narg; a++) {
        if (g->forward->arg[a].domain != DOMAIN_PROBABILITY) continue;
        const gc_tensor *p = &in[g->tensor_of[a]];
        for (size_t k = 0, n = op_elements(g->forward, a, g->size); k < n; k++) {
            double x = p->dt == GC_F64 ? ((const double *)p->data)[k] : (double)((const float *)p->data)[k];
            if (!(x > 0 && x < 1)) return 0;
        }
    }
    return 1;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    void *buf[MAX_ARGS];
    if (!is_defined(ctx, in)) return 1;
    forward_buffers(ctx, in, out, buf);
    run_forward(ctx, buf);
    return 0;
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct gradient *g = ctx;
    void *buf[MAX_ARGS];
    forward_buffers(g, in, out, buf);
    g->forward->cplx(g->size, buf, g->forward->scalar);
    return 0;
}

static int call_on_device(const struct gradient *g, void *const *buf)
{
    char error[DEVICE_ERROR];
    if (device_call(g->device, g->backward, g->rung, g->size, buf, error)) return 0;
    fprintf(stderr, "%s: %s\n", g->rung->name, error);
    return 1;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const struct gradient *g = ctx;
    const struct op *f = g->forward, *b = g->backward;
    void *again[MAX_ARGS], *buf[MAX_ARGS];
    forward_buffers(g, in, NULL, again);
    run_forward(g, again);
    for (int a = 0; a < b->narg; a++) {
        const char *name = b->arg[a].name;
        int same = named(f, "", name), of = *name == 'd' ? named(f, "", name + 1) : -1;
        int t = same >= 0 ? g->tensor_of[same] : of >= 0 ? g->tensor_of[of] : -1;
        if (same >= 0 && f->arg[same].access == ARG_OUT)
            buf[a] = t >= 0 ? out[t].data : again[same];
        else if (same >= 0)
            buf[a] = in[t].data;
        else if (b->arg[a].access == ARG_OUT)
            buf[a] = din[t].data ? din[t].data : g->unwanted[a];
        else
            buf[a] = dout[t].data;
    }
    if (g->device) return call_on_device(g, buf);
    if (g->rung)
        op_call(b, g->rung->run, g->size, buf);
    else if (g->own_f64)
        b->call_f64(g->own_f64, g->size, buf, b->scalar);
    else
        op_f64(b, g->size, buf);
    return 0;
}

/* a fifth of those that may be missing are */
static void fill_labels(const struct arg *arg, uint64_t seed, uint64_t stream, size_t n, size_t classes,
                        int32_t *label)
{
    for (size_t k = 0; k < n; k++) {
        uint32_t word = philox_word(seed, stream, k);
        label[k] =
            arg->domain == DOMAIN_INDEX_OR_NONE && word >> 16 < 0x10000 / 5 ? -1 : (int32_t)(word % classes);
    }
}

/* The random stream of tensor t at a point. Figures are published that were drawn when no operation had more
 * than 6 arguments: those keep their streams. */
static uint64_t stream_of(int point, int t)
{
    return (uint64_t)point * 6 + (uint64_t)t % 6 + ((uint64_t)t / 6 << 32);
}

static int fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    const struct gradient *g = ctx;
    /* Where an activation y is saturated, a float has few digits of 1 - y left, and a gradient in float is
     * that far from one in double. `rungs check` looks there, at the same y for both. */
    float range = g->forward->range < 2 ? g->forward->range : 2;
    for (int a = 0; a < g->forward->narg; a++) {
        const struct arg *arg = &g->forward->arg[a];
        if (arg->access == ARG_OUT) continue;
        int t = g->tensor_of[a];
        size_t n = op_elements(g->forward, a, g->size);
        uint64_t stream = stream_of(point, t);
        float *x = in[t].dt == GC_F64 ? memory_need(n, sizeof *x) : in[t].data;
        if (arg_is_index(arg))
            fill_labels(arg, seed, stream, n, (size_t)op_extent(g->forward, arg->below, g->size), in[t].data);
        else if (arg->dtype != DT_F32)
            for (size_t k = 0; k < n; k++) ((int32_t *)in[t].data)[k] = (int32_t)philox_word(seed, stream, k);
        else if (arg->domain == DOMAIN_PROBABILITY)
            philox_uniform(seed, stream, n, 0.125f, 0.875f, x); /* a difference must not leave (0,1) */
        else
            philox_uniform(seed, stream, n, -range, range, x);
        if (in[t].dt == GC_F64) {
            for (size_t k = 0; k < n; k++) ((double *)in[t].data)[k] = (double)x[k];
            free(x);
        }
    }
    return 0;
}

/* ---- opening ---- */

static void describe(struct gradient *g)
{
    const struct op *f = g->forward, *b = g->backward;
    for (int a = 0; a < f->narg; a++) {
        size_t n = op_elements(f, a, g->size);
        gc_tensor t = tensor_of(g, &f->arg[a]);
        int gradient = named(b, "d", t.name), wanted = gradient >= 0;
        g->tensor_of[a] = -1;
        if (f->arg[a].access == ARG_OUT) {
            g->aside[a] = memory_need(n, sizeof(double _Complex));
            g->spare[a] = memory_need(n, sizeof(double _Complex));
            if (wanted) g->tensor_of[a] = g->problem.nout, g->out[g->problem.nout++] = t;
        } else {
            if (wanted) t.flags |= GC_GRAD | (f->linear_in >> a & 1 ? (unsigned)GC_LINEAR : 0U);
            g->tensor_of[a] = g->problem.nin, g->in[g->problem.nin++] = t;
        }
    }
    for (int a = 0; a < b->narg; a++)
        if (b->arg[a].access == ARG_OUT)
            g->unwanted[a] = memory_need(op_elements(b, a, g->size), sizeof(double));
}

static struct gradient *new_gradient(const char *name)
{
    struct gradient *g = memory_need(1, sizeof *g);
    memset(g, 0, sizeof *g);
    g->problem.name = name, g->problem.ctx = g;
    g->problem.in = g->in, g->problem.out = g->out;
    return g;
}

struct gradient *gradient_open(const struct op *backward_op, const struct rung *rung, const int *size)
{
    const struct op *f = forward_of(backward_op);
    if (!f) return NULL;
    struct gradient *g = new_gradient(backward_op->name);
    g->backward = backward_op, g->forward = f, g->rung = rung;
    if (rung && f->cpu) {
        g->forward_rung = rung_find(f, rung->name);
        if (!g->forward_rung || rung_lacks(g->forward_rung->needs)) g->forward_rung = f->cpu;
    }
    memcpy(g->size, size, (size_t)f->nsize * sizeof *size);
    describe(g);
    g->problem.forward = forward, g->problem.backward = backward, g->problem.fill = fill;
    if (!rung && f->cplx) g->problem.forward_complex = forward_complex;
    return g;
}

struct gradient *gradient_open_f64(const struct op *backward_op, any_fn *run, const int *size)
{
    struct gradient *g = backward_op->call_f64 ? gradient_open(backward_op, NULL, size) : NULL;
    if (g) g->own_f64 = run;
    return g;
}

const gc_problem *gradient_problem(const struct gradient *g)
{
    return &g->problem;
}

/* ---- a whole network ---- */

enum { MLP_LAYERS = 6 };

struct mlp {
    int L, N, size[MLP_LAYERS + 1];
    size_t params, neurons;
    double _Complex *param, *act, *p; /* wide enough for every precision */
    double *dact, *dparam;
    char name[2 * MLP_LAYERS][16];
};

static size_t elements(const gc_tensor *t)
{
    return t->dim[0] * (t->nd > 1 ? t->dim[1] : 1);
}

static void pack(const struct mlp *m, const gc_tensor *in, int width, void *param)
{
    char *to = param;
    for (int t = 0; t < 2 * m->L; t++) {
        size_t n = elements(&in[t]);
        memcpy(to, in[t].data, n * (size_t)width * sizeof(double));
        to += n * (size_t)width * sizeof(double);
    }
}

static int mlp_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct mlp *m = ((struct gradient *)ctx)->mlp;
    pack(m, in, 1, m->param);
    mlp_forward_f64(m->L, m->size, m->N, (double *)m->param, in[2 * m->L].data, in[2 * m->L + 1].data,
                    (double *)m->act, (double *)m->p, out[0].data);
    return 0;
}

static int mlp_forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct mlp *m = ((struct gradient *)ctx)->mlp;
    pack(m, in, 2, m->param);
    mlp_forward_cplx(m->L, m->size, m->N, m->param, in[2 * m->L].data, in[2 * m->L + 1].data, m->act, m->p,
                     out[0].data);
    return 0;
}

/* The reference takes the loss itself as the end of the chain; an upstream factor goes in after it. */
static int mlp_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    struct mlp *m = ((struct gradient *)ctx)->mlp;
    double loss, v = *(double *)dout[0].data;
    const double *from = m->dparam;
    (void)out;
    pack(m, in, 1, m->param);
    mlp_forward_f64(m->L, m->size, m->N, (double *)m->param, in[2 * m->L].data, in[2 * m->L + 1].data,
                    (double *)m->act, (double *)m->p, &loss);
    mlp_backward_f64(m->L, m->size, m->N, (double *)m->param, in[2 * m->L].data, in[2 * m->L + 1].data,
                     (double *)m->act, (double *)m->p, m->dact, m->dparam);
    for (int t = 0; t < 2 * m->L; t++) {
        size_t n = elements(&in[t]);
        for (size_t k = 0; k < n && din[t].data; k++) ((double *)din[t].data)[k] = v * from[k];
        from += n;
    }
    return 0;
}

static int mlp_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    const struct mlp *m = ((struct gradient *)ctx)->mlp;
    for (int t = 0; t < 2 * m->L + 2; t++) {
        size_t n = elements(&in[t]);
        uint64_t stream = (uint64_t)point * GC_MAX_TENSORS + (uint64_t)t;
        for (size_t k = 0; k < n; k++) {
            uint32_t word = philox_word(seed, stream, k);
            if (in[t].dt == GC_I32)
                ((int32_t *)in[t].data)[k] = (int32_t)(word % (uint32_t)m->size[m->L]);
            else
                ((double *)in[t].data)[k] = word * 0x1p-31 - 1; /* [-1, 1) */
        }
    }
    return 0;
}

struct gradient *gradient_open_mlp(int L, const int *size, int N)
{
    if (L < 1 || L > MLP_LAYERS || N < 1) return NULL;
    struct gradient *g = new_gradient("mlp");
    struct mlp *m = g->mlp = memory_need(1, sizeof *m);
    m->L = L, m->N = N;
    memcpy(m->size, size, ((size_t)L + 1) * sizeof *size);
    m->params = mlp_params_f64(L, size), m->neurons = mlp_neurons_f64(L, size) * (size_t)N;
    m->param = memory_need(m->params, sizeof *m->param);
    m->act = memory_need(m->neurons, sizeof *m->act);
    m->p = memory_need((size_t)N * (size_t)size[L], sizeof *m->p);
    m->dact = memory_need(m->neurons, sizeof *m->dact);
    m->dparam = memory_need(m->params, sizeof *m->dparam);
    for (int l = 0; l < L; l++) {
        size_t IN = (size_t)size[l], OUT = (size_t)size[l + 1];
        snprintf(m->name[2 * l], sizeof *m->name, "w%d", l);
        snprintf(m->name[2 * l + 1], sizeof *m->name, "b%d", l);
        g->in[2 * l] = (gc_tensor){ m->name[2 * l], NULL, GC_F64, 2, { OUT, IN }, GC_GRAD };
        g->in[2 * l + 1] = (gc_tensor){ m->name[2 * l + 1], NULL, GC_F64, 1, { OUT }, GC_GRAD };
    }
    g->in[2 * L] = (gc_tensor){ "x", NULL, GC_F64, 2, { (size_t)N, (size_t)size[0] }, 0 };
    g->in[2 * L + 1] = (gc_tensor){ "label", NULL, GC_I32, 1, { (size_t)N }, 0 };
    g->out[0] = (gc_tensor){ "loss", NULL, GC_F64, 0, { 0 }, 0 };
    g->problem.nin = 2 * L + 2, g->problem.nout = 1;
    g->problem.forward = mlp_forward, g->problem.backward = mlp_backward;
    g->problem.forward_complex = mlp_forward_complex, g->problem.fill = mlp_fill;
    return g;
}

void gradient_close(struct gradient *g)
{
    if (!g) return;
    for (int a = 0; a < MAX_ARGS; a++) free(g->aside[a]), free(g->spare[a]), free(g->unwanted[a]);
    if (g->mlp)
        free(g->mlp->param), free(g->mlp->act), free(g->mlp->p), free(g->mlp->dact), free(g->mlp->dparam);
    free(g->mlp);
    free(g);
}

/* ---- checks ---- */

struct stepper {
    const struct op *op;
    const struct rung *rung;
};

/* Step t of an optimizer: its first argument is the gradient, then come the weights and its states, of which
 * the third lies behind the second. Its scalars are called lr, mu, beta1, beta2, eps and wd (weight decay),
 * or by the name that a rule of its own has; t counts steps. */
static int step(void *ctx, int t, size_t n, const void *dw, void *w, void *s0, void *s1)
{
    const struct stepper *s = ctx;
    int size[MAX_SIZES] = { (int)n };
    if (s->op->of_a_row) size[0] = 1, size[1] = (int)n;
    void *buf[MAX_ARGS] = { (void *)(uintptr_t)dw, w, s0, s1,
                            (char *)s1 + n * (s->rung ? sizeof(float) : sizeof(double)) };
    struct scalar scalar[MAX_SCALARS];
    memcpy(scalar, s->op->scalar, sizeof scalar);
    for (int i = 0; i < s->op->nscalar; i++)
        if (!strcmp(scalar[i].name, "t")) scalar[i].count = (uint64_t)t;
    if (s->rung)
        s->op->call(s->rung->run, size, buf, scalar);
    else
        s->op->f64(size, buf, scalar);
    return 0;
}

static int step_of_a_row(void *ctx, int t, size_t n, const void *dw, void *w, void *s0, void *s1)
{
    const struct op *op = ((const struct stepper *)ctx)->op;
    (void)t, (void)s1;
    op->of_a_row(op->scalar, n, dw, w, s0);
    return 0;
}

static double value_of(const struct op *op, const char *name)
{
    const struct scalar *s = op_scalar(op, name);
    return !s ? 0 : s->kind == SCALAR_COUNT ? (double)s->count : s->real;
}

/* How much a rung's step of a whole row may be off, relative to the longest move of an element: by its bound,
 * as it sums and iterates, where an elementwise rule has a few roundings. (1, ROW): dw, w, state */
static double row_tolerance(const struct op *op, const struct rung *rung)
{
    enum { ROW = 128 };
    const int size[MAX_SIZES] = { 1, ROW };
    float random[ROW];
    double x[3][ROW], before[ROW], bound[ROW], worst = 0, move = 0;
    void *const buf[] = { x[0], x[1], x[2] };
    for (int a = 0; a < 3; a++) {
        philox_uniform(1, (uint64_t)a, ROW, -1, 1, random);
        for (int k = 0; k < ROW; k++) x[a][k] = (double)random[k];
    }
    memcpy(before, x[1], sizeof before);
    op_f64(op, size, buf);
    op_bound(op, size, buf, 1, rung->needs, bound);
    for (int k = 0; k < ROW; k++) worst = fmax(worst, bound[k]), move = fmax(move, fabs(x[1][k] - before[k]));
    return worst / move;
}

static gc_result *check_optimizer(const struct op *op, const struct rung *rung, const gc_options *o)
{
    struct stepper s = { op, rung };
    gc_optimizer rule = { .name = op->name,
                          .dt = rung ? GC_F32 : GC_F64,
                          .step = step,
                          .rule = (gc_rule)op->rule,
                          .reference = op->of_a_row ? step_of_a_row : NULL,
                          .lr = value_of(op, "lr"),
                          .mu = value_of(op, "mu"),
                          .wd = value_of(op, "wd"),
                          .b1 = value_of(op, "beta1"),
                          .b2 = value_of(op, "beta2") + value_of(op, "alpha") + value_of(op, "rho"),
                          .eps = value_of(op, "eps"),
                          .dampening = value_of(op, "dampening"),
                          .decay = value_of(op, "lr_decay") + value_of(op, "momentum_decay"),
                          .warmup = value_of(op, "warmup"),
                          .centered = value_of(op, "centered") > 0,
                          .momentum = value_of(op, "mu"),
                          .ctx = &s };
    gc_options options = o ? *o : gc_defaults();
    if (rung && op->of_a_row && !(options.rtol > 0)) options.rtol = row_tolerance(op, rung);
    return gc_check_optimizer(&rule, &options);
}

/* Of a sum of products, both operands are rounded, and the sums are of floats. Elsewhere every step is
 * coarse: some eight, forward and back. */
static double reduced_roundings(const struct op *op)
{
    return op->bound == bound_sum ? 2 : 2 * 8;
}

/* a rung's two results; device NULL: a rung of the CPU */
static int check_rung_of(const struct device *device, const struct op *op, const struct rung *rung,
                         const int *size, const gc_options *o, gc_result *result[GRADIENT_RESULTS])
{
    struct gradient *truth = gradient_open(op, NULL, size);
    if (!truth) return 0;
    struct gradient *fast = gradient_open(op, rung, size);
    gc_options contract = o ? *o : gc_defaults(), values = contract;
    fast->device = device;
    contract.checks &= GC_CONTRACT | GC_ADJOINT;
    if (rung_is_reduced(rung->needs)) {
        contract.checks &= ~(unsigned)GC_ADJOINT; /* it has a tolerance for products of floats */
        if (!(values.rtol > 0)) values.rtol = reduced_roundings(op) * rung_precision(rung->needs).unit;
    }
    result[0] = gc_check(&fast->problem, &contract);
    result[1] = gc_check_precision_twin(&fast->problem, &truth->problem, &values);
    gradient_close(fast);
    gradient_close(truth);
    return 2;
}

int gradient_check(const struct op *op, const struct rung *rung, const int *size, const gc_options *o,
                   gc_result *result[GRADIENT_RESULTS])
{
    if (rung && !is_optimizer(op)) return check_rung_of(NULL, op, rung, size, o, result);
    struct gradient *truth = is_optimizer(op) ? NULL : gradient_open(op, NULL, size);
    if (!truth && !is_optimizer(op)) return 0;
    result[0] = truth ? gc_check(&truth->problem, o) : check_optimizer(op, rung, o);
    gradient_close(truth);
    return 1;
}

int gradient_check_on(const struct device *device, const struct op *op, const struct rung *rung,
                      const int *size, const gc_options *o, gc_result *result[GRADIENT_RESULTS])
{
    return is_optimizer(op) ? 0 : check_rung_of(device, op, rung, size, o, result);
}

static int is_extent(const struct op *op, int i)
{
    for (int a = 0; a < op->narg; a++)
        for (int d = 0; d < op->arg[a].ndim; d++)
            if (op->arg[a].dim[d] == i) return 1;
    return 0;
}

const int *gradient_shape(const struct op *op)
{
    const int(*best)[MAX_SIZES] = op->check_shapes;
    for (const int(*size)[MAX_SIZES] = op->check_shapes; **size; size++) {
        int ones = 0;
        for (int i = 0; i < op->nsize; i++) ones += is_extent(op, i) && op_extent(op, i, *size) < 3;
        if (!ones && op->flops(*size) <= 4000) return *size;
    }
    return *best;
}
