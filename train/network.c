/* network.c - memory for a network, and running it; see network.h. */
#include "network.h"

#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "on_device.h"
#include "start.h"

/* ---- making ---- */

int network_design(struct network *net, const struct netfile *file, int batch, const char *level, char *error)
{
    memset(net, 0, sizeof *net);
    net->layers = layers_of(file, net->layer, error);
    net->batch = batch;
    net->start = netfile_line(file, "init")->choice->start;
    net->params = layers_params(net->layer, net->layers);
    net->buffered = layers_buffered(net->layer, net->layers);
    if (net->layers && program_make(net, level, error)) {
        net->outputs = shape_features(net->layer[net->layers - 1].in);
        net->classes = net->target >= 0 && net->outputs == 1 ? 2 : net->outputs;
        arena_plan(net);
        return 1;
    }
    memset(net, 0, sizeof *net);
    return 0;
}

int network_widths(const struct network *net, int *width)
{
    int n = 0;
    width[n++] = shape_features(net->layer[0].in);
    for (int l = 0; l < net->layers; l++)
        if (layers_params(&net->layer[l], 1)) width[n++] = shape_features(net->layer[l].out);
    return n;
}

__attribute__((noreturn)) static void lack_memory(const struct network *net, size_t bytes)
{
    memory_fail(
        "out of memory: cannot allocate %zu bytes for a network of %zu parameters and a batch of %d; try "
        "fewer neurons",
        bytes, net->params, net->batch);
}

static void point_to_data(struct network *net, float *param)
{
    for (int k = 0; k < net->tensors; k++) {
        const struct tensor *t = &net->tensor[k];
        float *const home[] = { [HOME_CALLER] = NULL,
                                [HOME_PARAM] = param,
                                [HOME_GRADIENT] = net->dparam,
                                [HOME_BUFFER] = net->buffer,
                                [HOME_ARENA] = net->arena };
        net->data[k] = home[t->home] ? home[t->home] + t->at : NULL;
    }
}

int network_make(struct network *net, const struct netfile *file, int batch, const char *level, char *error)
{
    if (!network_design(net, file, batch, level, error)) return 0;
    size_t params = net->params * sizeof(float), buffer = net->buffered * sizeof(float),
           arena = net->arena_elements * sizeof(float), bytes = 2 * params + buffer + arena;
    if (bytes > memory_available()) lack_memory(net, bytes); /* rather than be killed when it is touched */
    net->param = memory_lean(params);
    net->dparam = memory_lean(params);
    net->arena = memory_lean(arena);
    if (buffer) net->buffer = memory_lean(buffer);
    if (!net->param || !net->dparam || !net->arena || (buffer && !net->buffer)) lack_memory(net, bytes);
    point_to_data(net, net->param);
    return 1;
}

void network_use(struct network *net, float *param)
{
    point_to_data(net, param ? param : net->param);
}

int network_on(struct network *net, const struct device *d, const char *level, char *error)
{
    char reason[DEVICE_ERROR];
    struct on_device *on = on_device_open(d, net, level, reason);
    if (!on) return error_set(error, "%s", reason);
    on_device_close(net->on);
    net->on = on;
    net->rung = on_device_name(on);
    return 1;
}

const char *network_failure(const struct network *net)
{
    return net->on ? on_device_failure(net->on) : NULL;
}

void network_free(struct network *net)
{
    on_device_close(net->on);
    memory_lean_free(net->param, net->params * sizeof(float));
    memory_lean_free(net->dparam, net->params * sizeof(float));
    memory_lean_free(net->buffer, net->buffered * sizeof(float));
    memory_lean_free(net->arena, net->arena_elements * sizeof(float));
    memset(net, 0, sizeof *net);
}

/* n floats of the same value; returns where they end */
static float *fill(float *x, size_t n, float value)
{
    for (size_t k = 0; k < n; k++) x[k] = value;
    return n ? x + n : x;
}

static void start_layer(const struct layer *layer, float **param, float **buffer)
{
    for (int p = 0; p < LAYER_PARAMS; p++)
        *param = fill(*param, layer->elements[p], layer->kind->param_start[p]);
    for (int b = 0; b < LAYER_BUFFERS; b++)
        *buffer = fill(*buffer, layer->buffered[b], layer->kind->buffer_start[b]);
}

void network_init(struct network *net, uint64_t seed)
{
    float *param = net->param, *buffer = net->buffer;
    uint64_t stream = 0;
    for (int l = 0; l < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        float *w = param;
        start_layer(layer, &param, &buffer);
        if (!layer->fan_in) continue;
        const struct start_kind *start = net->start;
        float n = (float)layer->fan_in + (start->counts_outputs ? (float)layer->fan_out : 0),
              limit = sqrtf(start->square / n);
        size_t weights = layer->elements[0], biases = layer->elements[1];
        if (start->is_ones) {
            fill(w, weights + biases, 1);
            continue;
        }
        philox_uniform(seed, stream < 16 ? stream : stream + (1ull << 32), weights, -limit, limit, w);
        if (start->moves_biases)
            philox_uniform(seed, stream + (1ull << 34), biases, -limit, limit, w + weights);
        stream++;
    }
}

/* ---- running ---- */

/* Other random numbers in every layer and step: streams of their own, which neither the start nor the order
 * of the examples takes. */
static uint64_t seed_of(const struct network *net, int layer)
{
    uint64_t stream = (1ull << 33) + (uint64_t)layer;
    return (uint64_t)philox_word(net->seed, stream, 2 * net->draw) << 32 |
           philox_word(net->seed, stream, 2 * net->draw + 1);
}

/* numbers of a channel in n examples that come into a layer */
static uint64_t channel_numbers(const struct layer *layer, int n)
{
    return (uint64_t)n * (layer->in.rows ? (uint64_t)layer->in.rows * (uint64_t)layer->in.cols : 1);
}

static int is_due(const struct network *net, const struct call *c)
{
    return c->when == CALL_ALWAYS || net->is_testing == (c->when == CALL_IN_TESTS);
}

static void run_call(struct network *net, struct call *c, int n)
{
    int size[MAX_SIZES];
    void *buf[MAX_ARGS];
    const int *over = c->op->over;
    const int skips = net->is_testing && net->layer[c->layer].kind->only_training;
    if (c->count >= 0) c->scalar[c->count].count = channel_numbers(&net->layer[c->layer], n);
    if (c->seed >= 0) c->scalar[c->seed].count = seed_of(net, c->layer);
    if (net->on) {
        on_device_call(net->on, net, c, n, net->data, skips);
        return;
    }
    network_sizes(c, n, size);
    for (int a = 0; a < c->op->narg; a++) buf[a] = net->data[c->tensor[a]];
    if (skips)
        memmove(buf[over[0]], buf[over[1]], op_arg_bytes(c->op, over[0], size, sizeof(float)));
    else
        c->op->call(c->run, size, buf, c->scalar);
}

static void run(struct network *net, int from, int to, int n)
{
    for (int k = from; k < to; k++)
        if (is_due(net, &net->call[k])) run_call(net, &net->call[k], n);
}

/* of an operation of the way forward: its output, if it is a layer's */
static void tell(const struct network *net, const struct call *c, int n, network_seen_fn *seen, void *context)
{
    for (int a = 0; a < c->op->narg; a++) {
        const struct tensor *t = &net->tensor[c->tensor[a]];
        if (strcmp(c->op->arg[a].name, "y")) continue;
        if (net->on) on_device_fetch(net->on, net, c->tensor[a], n, net->data);
        seen(context, t->layer, net->data[c->tensor[a]]);
    }
}

double network_target(const struct network *net, int c, int label)
{
    return net->outputs == 1 ? label : c == label;
}

static void set_targets(const struct network *net, int n, const int *label)
{
    float *t = net->target < 0 ? NULL : (float *)net->data[net->target];
    for (int k = 0; t && k < n; k++)
        for (int c = 0; c < net->outputs; c++) *t++ = (float)network_target(net, c, label[k]);
}

float network_watch(struct network *net, int n, const float *x, const int *label, network_seen_fn *seen,
                    void *context)
{
    float loss = 0;
    net->data[net->input] = (void *)(uintptr_t)x; /* operations get all as void *, and read only these */
    net->data[net->label] = (void *)(uintptr_t)label;
    net->data[net->loss] = &loss;
    set_targets(net, n, label);
    if (net->on) on_device_begin(net->on, net, n, net->data, 0);
    for (int k = 0; k < net->forwards; k++) {
        run(net, k, k + 1, n);
        if (seen && is_due(net, &net->call[k])) tell(net, &net->call[k], n, seen, context);
    }
    if (net->on) on_device_end(net->on, net, n, net->data, 0);
    net->data[net->loss] = NULL;
    return loss;
}

float network_forward(struct network *net, int n, const float *x, const int *label)
{
    return network_watch(net, n, x, label, NULL, NULL);
}

void network_backward(struct network *net, int n)
{
    float one = 1;
    net->data[net->upstream] = &one;
    if (net->on) on_device_begin(net->on, net, n, net->data, 1);
    run(net, net->forwards, net->calls, n);
    if (net->on) on_device_end(net->on, net, n, net->data, 1);
    net->data[net->upstream] = NULL;
}

int network_guess(const struct network *net, int k)
{
    int best = 0;
    const float *p = (const float *)net->data[net->guess] + (size_t)k * (size_t)net->outputs;
    if (net->outputs < net->classes) return *p > net->layer[net->layers - 1].kind->threshold;
    for (int c = 1; c < net->classes; c++)
        if (p[c] > p[best]) best = c;
    return best;
}

/* ---- probabilities ---- */

/* y (n) -> p (n), in double */
static void softmax(int n, const float *y, float *p)
{
    double sum = 0, most = (double)y[0];
    for (int c = 1; c < n; c++) most = fmax(most, (double)y[c]);
    for (int c = 0; c < n; c++) sum += exp((double)y[c] - most);
    for (int c = 0; c < n; c++) p[c] = (float)(exp((double)y[c] - most) / sum);
}

static float probability(const struct layer_kind *loss, float y)
{
    return loss->is_logit ? (float)(1 / (1 + exp(-(double)y))) : y;
}

void network_probabilities(const struct network *net, int k, float *p)
{
    const struct layer_kind *loss = net->layer[net->layers - 1].kind;
    const float *y = (const float *)net->data[net->guess] + (size_t)k * (size_t)net->outputs;
    if (!loss->has_target && !strcmp(net->tensor[net->guess].name, "p")) {
        memcpy(p, y, (size_t)net->outputs * sizeof *p);
    } else if (!loss->has_target) {
        softmax(net->outputs, y, p);
    } else if (net->outputs < net->classes) {
        p[1] = probability(loss, *y);
        p[0] = 1 - p[1];
    } else {
        for (int c = 0; c < net->outputs; c++) p[c] = probability(loss, y[c]);
    }
}
