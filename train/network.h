/* network.h - a network that runs: the layers of a network file as a list of calls of operations, each on a
 * rung of the same height, whose tensors are in memory that was planned once.
 *
 * program.c makes the calls from the layers, arena.c gives the tensors their places. With height "naive",
 * layers of dense and relu compute the same bits as the mlp_ functions of reference/mlp.c in float.
 */
#ifndef RUNGS_NETWORK_H
#define RUNGS_NETWORK_H

#include <stddef.h>
#include <stdint.h>
#include "../base/error.h"
#include "../optimized/op.h"
#include "layers.h"

enum { NETWORK_CALLS = 4 * LAYERS_MOST, NETWORK_TENSORS = 12 * LAYERS_MOST };

enum tensor_home {
    HOME_CALLER,   /* x, label, loss, dloss: not in the network's memory  */
    HOME_PARAM,    /* a parameter: a part of param                        */
    HOME_GRADIENT, /* its gradient: the same part of dparam               */
    HOME_BUFFER,   /* kept between steps, without a gradient: a part of buffer */
    HOME_ARENA     /* outputs, their gradients, workspace: planned        */
};

struct tensor {
    const char *name; /* as its operations call it                                                        */
    int layer;        /* whose it is; -1: the network's own input                                         */
    enum tensor_home home;
    enum dtype dtype; /* of the argument that it first was                                              */
    size_t elements;  /* at the full batch, in floats' worth of memory */
    size_t at;        /* its first element in its home                                                   */
    int first, last;  /* the calls that use it first and last; NETWORK_CALLS: it is read after the last  */
    int memory_of;    /* the tensor whose place it takes: itself, or one that it is written over         */
};

enum call_when {
    CALL_ALWAYS,
    CALL_IN_TRAINING,
    CALL_IN_TESTS,
    CALL_UPDATE /* in training, and nothing of this step depends on it */
};

struct call {
    enum call_when when;
    const struct op *op;
    const struct rung *rung;
    any_fn *run;
    int layer;
    int size[MAX_SIZES];     /* for one example                                          */
    int is_batch[MAX_SIZES]; /* 1: the size grows with the number of examples            */
    struct scalar scalar[MAX_SCALARS];
    int seed,
        count; /* which scalar is the seed of random numbers, and how many numbers a channel has; -1: none */
    int tensor[MAX_ARGS]; /* of each argument: an index into the network's tensors    */
};

struct on_device;

struct network {
    int layers; /* with the loss */
    struct layer layer[LAYERS_MOST];
    const struct start_kind *start;
    int batch;   /* the most examples that it takes at once */
    int outputs; /* numbers that the loss gets for each example */
    int classes; /* that it tells apart: as many, or two by one number */
    size_t params, buffered, arena_elements;
    float *param, *dparam, *buffer, *arena;

    int calls, forwards; /* calls[0..forwards-1] are the way forward, the others the way back */
    struct call call[NETWORK_CALLS];
    int tensors, input, label, loss, upstream,
        guess;  /* x, label, loss, dloss; (N, classes), probabilities or what they are made of: the largest
                * is the class */
    int target; /* the targets (N, outputs), made of the label; -1: the loss takes the label itself */
    struct tensor tensor[NETWORK_TENSORS];
    void *data[NETWORK_TENSORS];
    const char *rung;     /* of the products, to tell people                   */
    struct on_device *on; /* NULL: the operations run on the CPU; see network_on */

    int is_testing;      /* 1: layers that are only for training do nothing                      */
    uint64_t seed, draw; /* the layers' random numbers follow from these: draw is the step's number */
};

/* Makes a network with all parameters 0. height: see rung_at_level. 0 and a sentence if shapes do not fit,
 * or the height is unknown or not for this machine; *net is then all zero. A lack of memory ends the
 * program, as in memory_need. */
int network_make(struct network *net, const struct netfile *file, int batch, const char *level, char *error);
void network_free(struct network *net);

/* From now on the network's operations run on a CUDA device (on_device.h). level: of its rungs. 0 and a
 * sentence if the level is unknown or the device has no room; the network is then as before. */
struct device;
int network_on(struct network *net, const struct device *d, const char *level, char *error);

/* What the device refused, in a sentence, or NULL: from then on the loss is NaN */
const char *network_failure(const struct network *net);

/* The same without memory, for asking: `data` is not filled in, and nothing runs. */
int network_design(struct network *net, const struct netfile *file, int batch, const char *level,
                   char *error);

/* The parameters' start, of the kind that the file has (start.h). Layers with weights are counted from 0: the
 * weights of layer k take stream k of the seed up to 15, then k + 2^32, as an epoch's order takes 16 + the
 * epoch; biases that are not 0 take stream k + 2^34. */
void network_init(struct network *net, uint64_t seed);

/* From now on the way forward takes its parameters from there; NULL: from net->param again */
void network_use(struct network *net, float *param);

/* x (n, features), label (n), 1 <= n <= batch; returns the mean loss */
float network_forward(struct network *net, int n, const float *x, const int *label);

/* The same, and after each operation that computes a layer's output tells which layer's it is, and where: y
 * (n, ...). A later operation may write over it. */
typedef void network_seen_fn(void *context, int layer, const float *y);
float network_watch(struct network *net, int n, const float *x, const int *label, network_seen_fn *seen,
                    void *context);

/* After network_forward with the same n, while x and label are as they were -> dparam */
void network_backward(struct network *net, int n);

/* What a loss of numbers wants of output c of an example with that label: see layer_kind's has_target */
double network_target(const struct network *net, int c, int label);

/* The class with the largest probability for example k of the last network_forward; the first one of
 * equals */
int network_guess(const struct network *net, int k);

/* The features of the input, then those that come out of each layer with parameters; width holds
 * LAYERS_MOST + 1 numbers. Returns how many. */
int network_widths(const struct network *net, int *width);

/* What it makes of each class for that example: p (classes). Softmax or sigmoid of what comes out, or, of a
 * loss of numbers that are no logits, what comes out itself, which need not be from 0 to 1. */
void network_probabilities(const struct network *net, int k, float *p);

/* The sizes of a call with n examples */
void network_sizes(const struct call *c, int n, int *size);

/* program.c: the calls and tensors of net->layer[]. 0 and a sentence. */
int program_make(struct network *net, const char *level, char *error);

/* arena.c: places in the arena for all tensors that live there, such that no two that are in use at the
 * same time overlap. */
void arena_plan(struct network *net);

/* What the arena would hold if no two tensors shared a place, and the most that is in use at any one time:
 * no plan can be smaller. */
size_t arena_unshared(const struct network *net);
size_t arena_least(const struct network *net);

#endif
