/* program.c - layers become calls of operations; see network.h, and layers.h for what the arguments' names
 * mean. */
#include <limits.h>
#include <string.h>

#include "network.h"

struct maker {
    struct network *net;
    const char *level;
    int output[LAYERS_MOST + 1],
        gradient[LAYERS_MOST + 1]; /* tensors by layer + 1; -1: none yet; [0]: the input's */
};

/* A call's layer; the layers whose outputs go in and come out; and the one whose output's gradient a way
 * back computes. These are neighbours, unless an operation does the work of two layers. */
struct around {
    int layer, in, out, back;
};

static int new_tensor(struct network *net, const char *name, int layer, enum tensor_home home)
{
    int t = net->tensors++;
    net->tensor[t] =
        (struct tensor){ .name = name, .layer = layer, .home = home, .first = -1, .memory_of = t };
    return t;
}

/* ---- sizes ---- */

/* of one example; *is_batch: the size grows with their number */
static int size_by_name(const struct op *op, const struct layer *layer, const char *name, int *is_batch)
{
    const struct shape in = layer->in;
    const struct {
        const char *name;
        int size;
    } of_window[] = { { "c", in.channels },
                      { "h", in.rows },
                      { "w", in.cols },
                      { "r", layer->window.rows },
                      { "s", layer->window.cols },
                      { "pad", layer->window.pad },
                      { "stride", layer->window.stride },
                      { "ceil", layer->window.ceil },
                      { "H", in.rows },
                      { "W", in.cols },
                      { "K", layer->out.channels },
                      { "R", layer->window.rows },
                      { "S", layer->window.cols },
                      { "dilation", layer->window.dilation },
                      { "groups", layer->window.groups },
                      { "top", layer->window.pad },
                      { "left", layer->window.pad },
                      { "bottom", layer->window.pad },
                      { "right", layer->window.pad } };
    int is_elements = op->kind == OP_MAP && !strcmp(name, "n");
    *is_batch = is_elements || !strcmp(name, "N") || !strcmp(name, "n");
    if (*is_batch) return is_elements ? shape_features(in) : 1;
    if (!strcmp(name, "HW")) return in.rows ? in.rows * in.cols : 1;
    if (!strcmp(name, "IN")) return shape_features(in);
    if (!strcmp(name, "OUT")) return shape_features(layer->out);
    for (size_t k = 0; k < sizeof of_window / sizeof *of_window; k++)
        if (!strcmp(name, of_window[k].name)) return of_window[k].size;
    return in.channels; /* C */
}

void network_sizes(const struct call *c, int n, int *size)
{
    for (int i = 0; i < c->op->nsize; i++) size[i] = c->size[i] * (c->is_batch[i] ? n : 1);
}

/* ---- tensors ---- */

/* which of the n names that a kind lists it is, -1: none */
static int named(const char *const *list, int n, const char *name)
{
    for (int k = 0; k < n && list[k]; k++)
        if (!strcmp(list[k], name)) return k;
    return -1;
}

static int param_named(const struct layer *layer, const char *name)
{
    return named(layer->kind->param, LAYER_PARAMS, name);
}

static int buffer_named(const struct layer *layer, const char *name)
{
    return named(layer->kind->buffer, LAYER_BUFFERS, name);
}

static int tensor_of_layer(struct network *net, const char *name, int layer, enum tensor_home home)
{
    for (int t = 0; t < net->tensors; t++)
        if (net->tensor[t].layer == layer && net->tensor[t].home == home &&
            !strcmp(net->tensor[t].name, name))
            return t;
    return new_tensor(net, name, layer, home);
}

/* a layer's output, or its gradient; made when it is first needed */
static int along(struct maker *m, int *of_layer, int layer, const char *name)
{
    int *t = &of_layer[layer + 1];
    if (*t < 0) *t = new_tensor(m->net, name, layer, HOME_ARENA);
    return *t;
}

static int tensor_by_name(struct maker *m, struct around at, const char *name)
{
    struct network *net = m->net;
    const struct layer *layer = &net->layer[at.layer];
    if (layer->kind->has_target && !strcmp(name, "y")) return along(m, m->output, at.in, "y");
    if (layer->kind->has_target && !strcmp(name, "dy")) return along(m, m->gradient, at.back, "dy");
    if (!strcmp(name, "x") || !strcmp(name, "z") || !strcmp(name, "a"))
        return along(m, m->output, at.in, "y");
    if (!strcmp(name, "y")) return along(m, m->output, at.out, "y");
    if (!strcmp(name, "dx") || !strcmp(name, "dz")) return along(m, m->gradient, at.back, "dy");
    if (!strcmp(name, "dy")) return along(m, m->gradient, at.out, "dy");
    if (!strcmp(name, "label") || !strcmp(name, "loss") || !strcmp(name, "dloss"))
        return tensor_of_layer(net, name, at.layer, HOME_CALLER);
    if (param_named(layer, name) >= 0) return tensor_of_layer(net, name, at.layer, HOME_PARAM);
    if (*name == 'd' && param_named(layer, name + 1) >= 0)
        return tensor_of_layer(net, name, at.layer, HOME_GRADIENT);
    if (buffer_named(layer, name) >= 0) return tensor_of_layer(net, name, at.layer, HOME_BUFFER);
    return tensor_of_layer(net, name, at.layer, HOME_ARENA);
}

/* ---- calls ---- */

static void use(struct network *net, const struct call *c, int a)
{
    int size[MAX_SIZES];
    struct tensor *t = &net->tensor[c->tensor[a]];
    network_sizes(c, net->batch, size);
    if (t->first < 0) {
        t->first = net->calls;
        t->dtype = c->op->arg[a].dtype;
        t->elements = (op_arg_bytes(c->op, a, size, sizeof(float)) + sizeof(float) - 1) / sizeof(float);
    }
    t->last = net->calls;
}

/* those that the layer's line has a value for are as it says */
static void set_scalars(struct call *c, const struct layer *layer)
{
    c->seed = c->count = -1;
    memcpy(c->scalar, c->op->scalar, sizeof c->scalar);
    for (int s = 0; s < c->op->nscalar; s++) {
        if (!strcmp(c->scalar[s].name, "seed")) c->seed = s;
        if (!strcmp(c->scalar[s].name, "count")) c->count = s;
        for (int v = 0; v < grammar_values(layer->word); v++)
            if (!strcmp(layer->word->value[v].name, c->scalar[s].name))
                c->scalar[s].real = layer->value[v], c->scalar[s].count = (uint64_t)layer->value[v];
    }
}

static void add_call(struct maker *m, const char *op_name, struct around at, enum call_when when)
{
    struct network *net = m->net;
    const struct op *op = op_find(op_name);
    const struct rung *rung = rung_at_level(op, m->level);
    struct call *c = &net->call[net->calls];
    *c = (struct call){ .op = op, .rung = rung, .run = rung->run, .layer = at.layer, .when = when };
    for (int i = 0; i < op->nsize; i++)
        if (!op->size[i].derive)
            c->size[i] = size_by_name(op, &net->layer[at.layer], op->size[i].name, &c->is_batch[i]);
    set_scalars(c, &net->layer[at.layer]);
    for (int a = 0; a < op->narg; a++) {
        c->tensor[a] = tensor_by_name(m, at, op->arg[a].name);
        use(net, c, a);
    }
    net->calls++;
}

static int is_relu(const struct network *net, int layer)
{
    return layer >= 0 && layer < net->layers && net->layer[layer].kind == &layer_relu;
}

static void make_forward(struct maker *m)
{
    for (int l = 0; l < m->net->layers; l++) {
        const struct layer_kind *kind = m->net->layer[l].kind;
        if (!kind->forward) {
            m->output[l + 1] = m->output[l]; /* layer l's are at l + 1 */
        } else if (kind->relu_forward && is_relu(m->net, l + 1)) {
            add_call(m, kind->relu_forward, (struct around){ l, l - 1, l + 1, l - 1 }, CALL_ALWAYS);
            l++;
        } else {
            struct around at = { l, l - 1, l, l - 1 };
            add_call(m, kind->forward, at, kind->in_tests ? CALL_IN_TRAINING : CALL_ALWAYS);
            if (kind->in_tests) add_call(m, kind->in_tests, at, CALL_IN_TESTS);
            if (kind->update) add_call(m, kind->update, at, CALL_UPDATE);
        }
    }
    m->net->forwards = m->net->calls;
}

/* The ReLU that made what comes into a layer, if only layers that pass its mask on lie between; else -1 */
static int relu_behind(const struct network *net, int layer)
{
    do layer--;
    while (layer >= 0 && layer_passes_mask(net->layer[layer].kind));
    return is_relu(net, layer) ? layer : -1;
}

/* Gradients of what lies below the first parameter are not needed. A layer that can apply a ReLU's mask to
 * the gradient of its input does so, even if a pooling lies between them: there are fewer numbers behind it,
 * and what the ReLU made need not be kept. */
static void make_backward(struct maker *m)
{
    const struct network *net = m->net;
    int first = 0, masked = -1; /* the ReLU whose mask is applied already */
    while (first < net->layers && !layers_params(&net->layer[first], 1)) first++;
    for (int l = net->layers - 1; l >= first; l--) {
        const struct layer_kind *kind = net->layer[l].kind;
        struct around at = { l, l - 1, l, l - 1 };
        if (kind->backward_dw) add_call(m, kind->backward_dw, at, CALL_ALWAYS);
        if (l == first) break;
        if (!kind->forward || l == masked) {
            m->gradient[l] = m->gradient[l + 1];
        } else if (kind->relu_backward_dx && relu_behind(net, l) >= 0) {
            masked = relu_behind(net, l);
            add_call(m, kind->relu_backward_dx, at, CALL_ALWAYS);
        } else if (kind->backward_dx) {
            add_call(m, kind->backward_dx, at, CALL_ALWAYS);
        }
    }
}

/* ---- the whole ---- */

static int check_batch(const struct network *net, const char *name, char *error)
{
    int most = 1;
    for (int l = 0; l < net->layers; l++) {
        int in = shape_features(net->layer[l].in);
        if (in > most) most = in;
    }
    if (net->batch >= 1 && net->batch <= INT_MAX / most) return 1;
    return error_set(error, "%s: a batch of %d: it must be 1 to %d for this network", name, net->batch,
                     INT_MAX / most);
}

static int check_level(const char *level, char *error)
{
    const struct op *dense = op_find("dense_forward");
    if (rung_at_level(dense, level)) return 1;
    const struct rung *named = rung_find(dense, level);
    if (named)
        return error_set(error, "the rung %s needs %s, which this machine lacks", level,
                         rung_lacks(named->needs));
    return error_set(
        error, "there is no rung '%s'; use naive, best or one that `rungs list dense_forward` shows", level);
}

/* where each parameter and each buffer begins: in the order of the layers, each layer's in its own order */
static void place_params(struct network *net)
{
    size_t begin[LAYERS_MOST];
    for (int l = 0; l < net->layers; l++) begin[l] = layers_params(net->layer, l);
    for (int k = 0; k < net->tensors; k++) {
        struct tensor *t = &net->tensor[k];
        if (t->home != HOME_PARAM && t->home != HOME_GRADIENT) continue;
        int p = param_named(&net->layer[t->layer], t->home == HOME_PARAM ? t->name : t->name + 1);
        t->at = begin[t->layer];
        for (int before = 0; before < p; before++) t->at += net->layer[t->layer].elements[before];
    }
}

static void place_buffers(struct network *net)
{
    for (int k = 0; k < net->tensors; k++) {
        struct tensor *t = &net->tensor[k];
        if (t->home != HOME_BUFFER) continue;
        t->at = layers_buffered(net->layer, t->layer);
        for (int b = 0; b < buffer_named(&net->layer[t->layer], t->name); b++)
            t->at += net->layer[t->layer].buffered[b];
    }
}

static int keeps_probabilities(const struct network *net)
{
    const struct op *op = net->call[net->forwards - 1].op;
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, "p")) return 1;
    return 0;
}

int program_make(struct network *net, const char *level, char *error)
{
    struct maker m = { .net = net, .level = level };
    if (!check_level(level, error) || !check_batch(net, "the network", error)) return 0;
    for (int l = 0; l <= LAYERS_MOST; l++) m.output[l] = m.gradient[l] = -1;
    net->input = m.output[0] = new_tensor(net, "x", -1, HOME_CALLER);
    make_forward(&m);
    make_backward(&m);
    place_params(net);
    place_buffers(net);
    int last = net->layers - 1;
    net->label = tensor_of_layer(net, "label", last, HOME_CALLER);
    net->loss = tensor_of_layer(net, "loss", last, HOME_CALLER);
    net->upstream = tensor_of_layer(net, "dloss", last, HOME_CALLER);
    /* of the loss's input the largest is the class, too; the probabilities may round
     * two of them to one number */
    net->guess = keeps_probabilities(net) ? tensor_of_layer(net, "p", last, HOME_ARENA) : m.output[last];
    net->tensor[net->guess].last = NETWORK_CALLS;
    net->target = -1;
    if (net->layer[last].kind->has_target) {
        net->target = tensor_of_layer(net, "t", last, HOME_ARENA);
        net->tensor[net->target].first = 0; /* it is set before the first call */
    }
    net->rung = rung_at_level(op_find("dense_forward"), level)->name;
    return 1;
}
