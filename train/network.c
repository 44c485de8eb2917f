/* network.c - the network, composed of rungs; see network.h and, for the mathematics, reference/mlp.c. */
#include "network.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"
#include "../reference/reference.h"

/* ---- making ---- */

static int check_height(const char *height, char *why)
{
    const struct op *dense = op_find("dense_forward");
    if (rung_at_height(dense, height)) return 1;
    const struct rung *named = rung_find(dense, height);
    if (named)
        return error_set(why, "the rung %s needs %s, which this machine lacks", height,
                         rung_lacks(named->needs));
    return error_set(
        why, "there is no rung '%s'; use naive, best or one that `rungs list dense_forward` shows", height);
}

static any_fn *run_at(const char *op, const char *height)
{
    return rung_at_height(op_find(op), height)->run;
}

static void choose_rungs(struct network *net, const char *height)
{
    net->rung = rung_at_height(op_find("dense_forward"), height)->name;
    net->dense_forward = (dense_forward_fn *)run_at("dense_forward", height);
    net->dense_backward_dw = (dense_backward_dw_fn *)run_at("dense_backward_dw", height);
    net->dense_relu_forward = (dense_relu_forward_fn *)run_at("dense_relu_forward", height);
    net->dense_relu_backward_dx = (dense_relu_backward_dx_fn *)run_at("dense_relu_backward_dx", height);
    net->softmax_xent_forward = (softmax_xent_forward_fn *)run_at("softmax_xent_forward", height);
    net->softmax_xent_backward = (softmax_xent_backward_fn *)run_at("softmax_xent_backward", height);
    net->sgd_step = (sgd_step_fn *)run_at("sgd_step", height);
}

static int check_sizes(int layers, const int *size, int batch, char *why)
{
    size_t params = 0, neurons = 0;
    if (layers < 1 || layers > NETWORK_LAYERS)
        return error_set(why, "a network of %d layers: it must have 1 to %d", layers, NETWORK_LAYERS);
    for (int l = 0; l <= layers; l++)
        if (size[l] < 1 || size[l] > NETWORK_WIDEST)
            return error_set(why, "a layer of %d neurons: it must have 1 to %d", size[l], NETWORK_WIDEST);
    for (int l = 0; l < layers; l++) {
        params += (size_t)size[l + 1] * ((size_t)size[l] + 1);
        neurons += (size_t)size[l + 1];
    }
    if (params > INT_MAX)
        return error_set(why, "the network has %zu parameters, more than the largest int", params);
    if (batch < 1 || neurons * (size_t)batch > INT_MAX)
        return error_set(why, "a batch of %d: it must be 1 to %d for this network", batch,
                         (int)(INT_MAX / neurons));
    return 1;
}

__attribute__((noreturn)) static void lack_memory(const struct network *net, size_t bytes)
{
    memory_fail(
        "out of memory: cannot allocate %zu bytes for a network of %zu parameters and a batch of %d; try "
        "fewer neurons",
        bytes, net->params, net->batch);
}

int network_make(struct network *net, int layers, const int *size, int batch, const char *height, char *why)
{
    memset(net, 0, sizeof *net);
    if (!check_sizes(layers, size, batch, why) || !check_height(height, why)) return 0;
    net->layers = layers;
    net->batch = batch;
    memcpy(net->size, size, ((size_t)layers + 1) * sizeof *size);
    net->params = mlp_params_f32(layers, size);
    net->neurons = mlp_neurons_f32(layers, size);
    size_t act = net->neurons * (size_t)batch * sizeof(float),
           out = (size_t)batch * (size_t)size[layers] * sizeof(float),
           bytes = 2 * net->params * sizeof(float) + 2 * act + out;
    if (bytes > memory_available()) lack_memory(net, bytes); /* rather than be killed when it is touched */
    net->param = memory_huge(net->params * sizeof(float));
    net->dparam = memory_huge(net->params * sizeof(float));
    net->act = memory_huge(act);
    net->dact = memory_huge(act);
    net->p = memory_huge(out);
    if (!net->param || !net->dparam || !net->act || !net->dact || !net->p) lack_memory(net, bytes);
    choose_rungs(net, height);
    return 1;
}

void network_free(struct network *net)
{
    size_t act = net->neurons * (size_t)net->batch * sizeof(float);
    memory_huge_free(net->param, net->params * sizeof(float));
    memory_huge_free(net->dparam, net->params * sizeof(float));
    memory_huge_free(net->act, act);
    memory_huge_free(net->dact, act);
    memory_huge_free(net->p, (size_t)net->batch * (size_t)net->size[net->layers] * sizeof(float));
    memset(net, 0, sizeof *net);
}

void network_init(struct network *net, uint64_t seed)
{
    float *w = net->param;
    for (int l = 0; l < net->layers; l++) {
        size_t weights = (size_t)net->size[l] * (size_t)net->size[l + 1], biases = (size_t)net->size[l + 1];
        float limit = sqrtf(6 / (float)net->size[l]);
        philox_uniform(seed, (uint64_t)l, weights, -limit, limit, w);
        memset(w + weights, 0, biases * sizeof *w);
        w += weights + biases;
    }
}

/* ---- running: mlp_forward, mlp_backward and mlp_update of reference/mlp.c, on rungs ---- */

float network_forward(struct network *net, int n, const float *x, const int *label)
{
    const float *a = x, *w = net->param;
    float *z = net->act, loss = 0;
    for (int l = 0; l < net->layers; l++) {
        int in = net->size[l], out = net->size[l + 1];
        const float *b = w + (size_t)out * (size_t)in;
        (l < net->layers - 1 ? net->dense_relu_forward : net->dense_forward)(n, in, out, a, w, b, z);
        a = z;
        z += (size_t)n * (size_t)out;
        w = b + out;
    }
    net->softmax_xent_forward(n, net->size[net->layers], a, label, net->p, &loss);
    return loss;
}

void network_backward(struct network *net, int n, const float *x, const int *label)
{
    const float one = 1;
    size_t at = (net->neurons - (size_t)net->size[net->layers]) * (size_t)n, wat = net->params;
    net->softmax_xent_backward(n, net->size[net->layers], net->p, label, &one, net->dact + at);
    for (int l = net->layers - 1; l >= 0; l--) {
        int in = net->size[l], out = net->size[l + 1];
        const float *dz = net->dact + at;
        wat -= (size_t)out * ((size_t)in + 1);
        at -= l > 0 ? (size_t)n * (size_t)in : 0;
        const float *a = l > 0 ? net->act + at : x;
        float *dw = net->dparam + wat;
        net->dense_backward_dw(n, in, out, a, dz, dw, dw + (size_t)out * (size_t)in);
        if (l > 0) net->dense_relu_backward_dx(n, in, out, a, net->param + wat, dz, net->dact + at);
    }
}

void network_update(struct network *net, float lr)
{
    net->sgd_step((int)net->params, net->dparam, net->param, lr);
}

int network_guess(const struct network *net, int k)
{
    int classes = net->size[net->layers], best = 0;
    const float *p = net->p + (size_t)k * (size_t)classes;
    for (int c = 1; c < classes; c++)
        if (p[c] > p[best]) best = c;
    return best;
}
