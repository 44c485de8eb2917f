/* on_device.c - a network's operations on a CUDA device; see on_device.h. */
#include "on_device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "checkpoint.h"

struct on_device {
    const struct device *device;
    const struct rung *rung[NETWORK_CALLS]; /* of each call; NULL: it runs on the CPU          */
    void *memory[HOME_ARENA + 1];           /* of parameters, gradients, buffers and the arena */
    void *data[NETWORK_TENSORS];            /* each tensor there: in one of these, or its own  */
    char is_own[NETWORK_TENSORS];
    char name[CHECKPOINT_NAME], failure[DEVICE_ERROR];
};

/* ---- copies ---- */

/* 1 if the device did it; what it refuses first is kept */
static int done(struct on_device *o, int fine)
{
    if (fine || *o->failure) return fine;
    const char *said = o->device->module->error();
    snprintf(o->failure, sizeof o->failure, "%s", *said ? said : "it gives no reason");
    return 0;
}

static void upload(struct on_device *o, int tensor, const void *from, size_t bytes)
{
    if (from && bytes && !*o->failure) done(o, o->device->module->upload(o->data[tensor], from, bytes));
}

static void download(struct on_device *o, int tensor, void *to, size_t bytes)
{
    if (to && bytes && !*o->failure) done(o, o->device->module->download(to, o->data[tensor], bytes));
}

/* of a tensor with n examples: those whose elements are made for the full batch have as many as its part */
static size_t bytes_of(const struct network *net, int tensor, int n)
{
    const struct tensor *t = &net->tensor[tensor];
    const size_t bytes = t->elements * sizeof(float);
    const int grows = tensor == net->input || tensor == net->label || tensor == net->guess;
    return grows ? bytes / (size_t)net->batch * (size_t)n : bytes;
}

static int goes_there(const struct network *net, int tensor, int is_back)
{
    const enum tensor_home home = net->tensor[tensor].home;
    if (is_back) return tensor == net->upstream;
    return home == HOME_PARAM || home == HOME_BUFFER || tensor == net->input || tensor == net->label ||
           tensor == net->target;
}

/* a test changes no buffers */
static int comes_back(const struct network *net, int tensor, int is_back)
{
    const enum tensor_home home = net->tensor[tensor].home;
    if (is_back) return home == HOME_GRADIENT;
    if (tensor == net->guess) return home == HOME_ARENA;
    return tensor == net->loss || (home == HOME_BUFFER && !net->is_testing);
}

void on_device_begin(struct on_device *o, const struct network *net, int n, void *const *host, int is_back)
{
    for (int k = 0; k < net->tensors; k++)
        if (goes_there(net, k, is_back)) upload(o, k, host[k], bytes_of(net, k, n));
}

void on_device_end(struct on_device *o, const struct network *net, int n, void *const *host, int is_back)
{
    if (!*o->failure) done(o, o->device->module->synchronise());
    for (int k = 0; k < net->tensors; k++)
        if (comes_back(net, k, is_back)) download(o, k, host[k], bytes_of(net, k, n));
    if (*o->failure && !is_back) *(float *)host[net->loss] = NAN;
}

void on_device_fetch(struct on_device *o, const struct network *net, int tensor, int n, void *const *host)
{
    const size_t each = net->tensor[tensor].elements / (size_t)net->batch;
    download(o, tensor, host[tensor], each * (size_t)n * sizeof(float));
}

/* ---- calls ---- */

/* On the CPU, with what the device has. Parameters and what the caller has are the same here and there. */
static void call_here(struct on_device *o, const struct network *net, const struct call *c, const int *size,
                      void *const *host)
{
    void *buf[MAX_ARGS];
    for (int a = 0; a < c->op->narg; a++) {
        const enum tensor_home home = net->tensor[c->tensor[a]].home;
        buf[a] = host[c->tensor[a]];
        if (c->op->arg[a].access != ARG_OUT && (home == HOME_ARENA || home == HOME_BUFFER))
            download(o, c->tensor[a], buf[a], op_arg_bytes(c->op, a, size, sizeof(float)));
    }
    if (*o->failure) return;
    c->op->call(c->run, size, buf, c->scalar);
    for (int a = 0; a < c->op->narg; a++)
        if (c->op->arg[a].access != ARG_IN)
            upload(o, c->tensor[a], buf[a], op_arg_bytes(c->op, a, size, sizeof(float)));
}

void on_device_call(struct on_device *o, const struct network *net, const struct call *c, int n,
                    void *const *host, int skips)
{
    int size[MAX_SIZES];
    void *buf[MAX_ARGS];
    const int *over = c->op->over;
    const struct rung *rung = o->rung[c - net->call];
    if (*o->failure) return;
    network_sizes(c, n, size);
    for (int a = 0; a < c->op->narg; a++) buf[a] = o->data[c->tensor[a]];
    if (skips) {
        if (buf[over[0]] != buf[over[1]])
            done(o, o->device->module->copy(buf[over[0]], buf[over[1]],
                                            op_arg_bytes(c->op, over[0], size, sizeof(float))));
    } else if (rung) {
        c->op->call(rung->run, size, buf, c->scalar);
    } else {
        call_here(o, net, c, size, host);
    }
}

/* ---- making ---- */

static int allocate(struct on_device *o, void **p, size_t bytes)
{
    return !bytes || done(o, (*p = o->device->module->allocate(bytes)) != NULL);
}

static int make_places(struct on_device *o, const struct network *net)
{
    const size_t elements[HOME_ARENA + 1] = { [HOME_PARAM] = net->params,
                                              [HOME_GRADIENT] = net->params,
                                              [HOME_BUFFER] = net->buffered,
                                              [HOME_ARENA] = net->arena_elements };
    for (int home = 0; home <= HOME_ARENA; home++)
        if (!allocate(o, &o->memory[home], elements[home] * sizeof(float))) return 0;
    for (int k = 0; k < net->tensors; k++) {
        const struct tensor *t = &net->tensor[k];
        if (t->home != HOME_CALLER)
            o->data[k] = (float *)o->memory[t->home] + t->at;
        else if (!(o->is_own[k] = allocate(o, &o->data[k], t->elements * sizeof(float))))
            return 0;
    }
    return 1;
}

static int check_level(const struct device *d, const char *level, char *error)
{
    const struct op *dense = op_find("dense_forward");
    const struct rung *named = rung_in(device_ladder(d, dense), level);
    if (device_rung_at_level(d, dense, level)) return 1;
    if (named)
        snprintf(error, DEVICE_ERROR, "the rung %s needs %s, which %s lacks", level, device_lacks(d, named),
                 d->facts.name);
    else
        snprintf(error, DEVICE_ERROR,
                 "there is no CUDA rung '%s'; use naive, best or one that `rungs list dense_forward` shows",
                 level);
    return 0;
}

struct on_device *on_device_open(const struct device *d, const struct network *net, const char *level,
                                 char *error)
{
    if (!check_level(d, level, error)) return NULL;
    struct on_device *o = memory_need(1, sizeof *o);
    o->device = d;
    snprintf(o->name, sizeof o->name, "CUDA %s",
             device_rung_at_level(d, op_find("dense_forward"), level)->name);
    for (int k = 0; k < net->calls; k++) o->rung[k] = device_rung_at_level(d, net->call[k].op, level);
    if (make_places(o, net)) return o;
    snprintf(error, DEVICE_ERROR, "%s", o->failure);
    on_device_close(o);
    return NULL;
}

void on_device_close(struct on_device *o)
{
    if (!o) return;
    for (int k = 0; k < NETWORK_TENSORS; k++)
        if (o->is_own[k]) o->device->module->release(o->data[k]);
    for (int home = 0; home <= HOME_ARENA; home++) o->device->module->release(o->memory[home]);
    free(o);
}

const char *on_device_failure(const struct on_device *o)
{
    return *o->failure ? o->failure : NULL;
}

const char *on_device_name(const struct on_device *o)
{
    return o->name;
}

int on_device_calls_here(const struct on_device *o, const struct network *net)
{
    int calls = 0;
    for (int k = 0; k < net->calls; k++) calls += !o->rung[k];
    return calls;
}
