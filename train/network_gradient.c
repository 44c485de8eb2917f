/* network_gradient.c - a network in double and in float, for the gradient checker; see network_gradient.h. */
#include "network_gradient.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "on_device.h"

/* the checker's tensors: the parameters, then x and label */
enum { MOST_PARAMS = GC_MAX_TENSORS - 2 };

struct network_gradient {
    struct network *net;
    const struct decay *decay; /* NULL: no penalty */
    void *added;               /* of a penalty to a gradient: as many as all parameters */
    int n, in_float, params;   /* examples; tensors of parameters                              */
    size_t width;              /* bytes of a number                                            */
    size_t at[MOST_PARAMS];    /* where in the network's parameters each tensor begins         */
    char name[MOST_PARAMS][GC_NAME];
    void *start[MOST_PARAMS + 1]; /* the parameters and x, in this precision               */
    int *label;
    void *own[NETWORK_TENSORS]; /* memory of each tensor that needs some of its own       */
    void *data[NETWORK_TENSORS];
    gc_tensor in[GC_MAX_TENSORS], out[1];
    gc_problem problem;
};

/* ---- running it ---- */

/* Tensor t of the parameters, or their gradients, in the checker's tensors; NULL: it did not ask for this
 * one. */
static void *param_in(const struct network_gradient *g, const struct tensor *t, const gc_tensor *tensor)
{
    int k = g->params - 1;
    while (g->at[k] > t->at) k--;
    return tensor[k].data ? (char *)tensor[k].data + (t->at - g->at[k]) * g->width : NULL;
}

static void point(struct network_gradient *g, const gc_tensor *in, void *loss, const void *upstream,
                  const gc_tensor *din)
{
    const struct network *net = g->net;
    for (int k = 0; k < net->tensors; k++) {
        const struct tensor *t = &net->tensor[k];
        void *wanted = t->home == HOME_GRADIENT && din ? param_in(g, t, din) : NULL;
        g->data[k] = t->home == HOME_PARAM ? param_in(g, t, in) : wanted ? wanted : g->own[k];
        if (t->home == HOME_ARENA && g->in_float) g->data[k] = net->data[k];
    }
    g->data[net->input] = in[g->params].data;
    g->data[net->label] = in[g->params + 1].data;
    g->data[net->loss] = loss;
    g->data[net->upstream] = (void *)(uintptr_t)upstream; /* which is only read */
}

static void set_targets(const struct network_gradient *g)
{
    const struct network *net = g->net;
    void *t = net->target < 0 ? NULL : g->data[net->target];
    for (int k = 0; t && k < g->n * net->outputs; k++) {
        double value = network_target(net, k % net->outputs, g->label[k / net->outputs]);
        if (g->in_float)
            ((float *)t)[k] = (float)value;
        else
            ((double *)t)[k] = value;
    }
}

static void run_call(const struct network_gradient *g, const struct call *c)
{
    int size[MAX_SIZES];
    void *buf[MAX_ARGS];
    network_sizes(c, g->n, size);
    for (int a = 0; a < c->op->narg; a++) buf[a] = g->data[c->tensor[a]];
    if (g->in_float)
        c->op->call(c->run, size, buf, c->scalar);
    else
        c->op->f64(size, buf, c->scalar);
}

/* forward, or back after that */
static void run(const struct network_gradient *g, int is_back)
{
    const struct network *net = g->net;
    struct on_device *on = g->in_float ? net->on : NULL;
    const int to = is_back ? net->calls : net->forwards;
    if (!is_back) set_targets(g);
    if (on) on_device_begin(on, net, g->n, g->data, is_back);
    for (int k = is_back ? net->forwards : 0; k < to; k++) {
        const struct call *c = &net->call[k];
        if (c->when == CALL_IN_TESTS || c->when == CALL_UPDATE)
            continue; /* a step's loss depends on neither */
        if (on)
            on_device_call(on, net, c, g->n, g->data, 0);
        else
            run_call(g, c);
    }
    if (on) on_device_end(on, net, g->n, g->data, is_back);
}

/* ---- the penalty ---- */

static void call(const struct network_gradient *g, const struct rule *r, int n, void *const *buf)
{
    const int size[MAX_SIZES] = { n };
    if (g->in_float)
        r->op->call(r->run, size, buf, r->scalar);
    else
        r->op->f64(size, buf, r->scalar);
}

static void add(const struct network_gradient *g, void *to, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (g->in_float)
            ((float *)to)[k] += ((const float *)g->added)[k];
        else
            ((double *)to)[k] += ((const double *)g->added)[k];
}

/* 1 if the penalty is for tensor t, a parameter or its gradient */
static int is_kept_small(const struct network_gradient *g, const struct tensor *t)
{
    const struct layer *layer = &g->net->layer[t->layer];
    int is_weights = !strcmp(t->home == HOME_PARAM ? t->name : t->name + 1, layer->kind->param[0]);
    return decay_covers(g->decay, layer, !is_weights);
}

/* to the loss that of each parameter, or, if upstream is there, to each gradient its own */
static void add_penalty(const struct network_gradient *g, void *loss, const void *upstream)
{
    const struct network *net = g->net;
    enum tensor_home home = upstream ? HOME_GRADIENT : HOME_PARAM;
    if (!g->decay || !g->decay->penalty.run) return;
    for (int k = 0; k < net->tensors; k++) {
        const struct tensor *t = &net->tensor[k];
        if (t->home != home || !is_kept_small(g, t)) continue;
        int of = 0; /* the parameter at the same place */
        while (net->tensor[of].home != HOME_PARAM || net->tensor[of].at != t->at) of++;
        void *w = g->data[of];
        if (upstream) {
            call(g, &g->decay->penalty_gradient, (int)t->elements,
                 (void *const[]){ w, (void *)(uintptr_t)upstream, g->added });
            add(g, g->data[k], t->elements);
        } else {
            call(g, &g->decay->penalty, (int)t->elements, (void *const[]){ w, g->added });
            add(g, loss, 1);
        }
    }
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct network_gradient *g = ctx;
    point(g, in, out[0].data, NULL, NULL);
    run(g, 0);
    add_penalty(g, out[0].data, NULL);
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    struct network_gradient *g = ctx;
    double loss;
    (void)out;
    point(g, in, &loss, dout[0].data, din);
    run(g, 0);
    run(g, 1);
    add_penalty(g, NULL, dout[0].data);
    return 0;
}

/* ---- making it ---- */

/* n floats of x in this precision */
static void *numbers(const struct network_gradient *g, size_t n, const float *x)
{
    void *to = memory_need(n, g->width);
    for (size_t k = 0; k < n; k++)
        if (g->in_float)
            ((float *)to)[k] = x[k];
        else
            ((double *)to)[k] = (double)x[k];
    return to;
}

static int count_params(const struct network *net)
{
    int n = 0;
    for (int k = 0; k < net->tensors; k++) n += net->tensor[k].home == HOME_PARAM;
    return n;
}

/* flags: GC_GRAD, or 0 for one that is not looked at */
static void add_param(struct network_gradient *g, const char *name, size_t at, size_t n, unsigned flags)
{
    int k = g->params++;
    g->at[k] = at;
    snprintf(g->name[k], GC_NAME, "%s", name);
    g->start[k] = numbers(g, n, g->net->param + at);
    g->in[k] = (gc_tensor){ g->name[k], g->start[k], g->in_float ? GC_F32 : GC_F64, 1, { n }, flags };
}

/* The gradient of a bias is 0, whatever the bias is, if what comes behind, layers aside that pass a shift on,
 * takes every channel's mean away: in double that is checked, in float there is rounding error alone. */
static int has_digits(const struct network_gradient *g, const struct tensor *t)
{
    const struct layer *layer = g->net->layer;
    int next = t->layer + 1;
    if (!g->in_float || (strcmp(t->name, "b") && strcmp(t->name, "beta"))) return 1;
    while (layer_passes_shift(&layer[next])) next++; /* the last layer is a loss */
    return !layer[next].kind->ignores_shift;
}

/* each parameter by its name, or, where they are more than the checker takes, all as one */
static void add_params(struct network_gradient *g)
{
    const struct network *net = g->net;
    char name[GC_NAME];
    if (count_params(net) > MOST_PARAMS) {
        add_param(g, "parameters", 0, net->params, GC_GRAD);
        return;
    }
    for (int l = 0; l < net->layers; l++)
        for (int k = 0; k < net->tensors; k++) {
            const struct tensor *t = &net->tensor[k];
            if (t->home != HOME_PARAM || t->layer != l) continue;
            snprintf(name, sizeof name, "%.30s%d", t->name, l);
            add_param(g, name, t->at, t->elements, has_digits(g, t) ? GC_GRAD : 0);
        }
}

struct network_gradient *network_gradient_open(struct network *net, const struct decay *decay, int n,
                                               const float *x, const int *label, int in_float)
{
    struct network_gradient *g = memory_need(1, sizeof *g);
    size_t features = (size_t)shape_features(net->layer[0].in), N = (size_t)n;
    gc_dtype type = in_float ? GC_F32 : GC_F64;
    g->net = net, g->decay = decay, g->n = n, g->in_float = in_float;
    g->width = in_float ? sizeof(float) : sizeof(double);
    g->added = memory_need(net->params, g->width);
    add_params(g);
    g->start[MOST_PARAMS] = numbers(g, N * features, x);
    g->label = memory_need(N, sizeof *g->label);
    memcpy(g->label, label, N * sizeof *label);
    g->in[g->params] = (gc_tensor){ "x", g->start[MOST_PARAMS], type, 2, { N, features }, GC_FIXED };
    g->in[g->params + 1] = (gc_tensor){ "label", g->label, GC_I32, 1, { N }, GC_FIXED };
    g->out[0] = (gc_tensor){ "loss", NULL, type, 0, { 0 }, 0 };
    for (int k = 0; k < net->tensors; k++) {
        enum tensor_home home = net->tensor[k].home;
        if (home == HOME_GRADIENT || (home == HOME_ARENA && !in_float))
            g->own[k] = memory_need(net->tensor[k].elements, g->width);
    }
    g->problem = (gc_problem){ .name = "network",
                               .nin = g->params + 2,
                               .nout = 1,
                               .in = g->in,
                               .out = g->out,
                               .forward = forward,
                               .backward = backward,
                               .depth = net->calls,
                               .ctx = g };
    return g;
}

const gc_problem *network_gradient_problem(const struct network_gradient *g)
{
    return &g->problem;
}

void network_gradient_close(struct network_gradient *g)
{
    for (int k = 0; k < NETWORK_TENSORS; k++) free(g->own[k]);
    for (int k = 0; k <= MOST_PARAMS; k++) free(g->start[k]);
    free(g->label);
    free(g->added);
    free(g);
}
