/* layers.h - the kinds of layers: which operations make each, and what shape comes out of it.
 *
 * A kind only names its operations. Their arguments' names (op.h) say what each tensor is:
 *
 *   x z a   the layer's input        y         its output
 *   dx dz   the input's gradient     dy        the output's
 *   dw db   a parameter's gradient   w b       the parameters: those that the kind lists
 *   label   the true classes         loss      the mean loss; dloss is its gradient, 1
 *   t       the targets that a loss has in the label's place; there y and dy are the loss's input
 *
 *   running_mean, ...       what the layer keeps between steps without a gradient:
 *      the buffers that it lists
 *
 * and any other is workspace of the layer, kept from its forward operation to its backward one. Likewise
 * their sizes: N is the batch, IN and C the features that come in (C the channels of images, HW their
 * positions), OUT those that go out, and n the batch's elements; of images, n is the batch, c h w are
 * channels, rows and columns, and r s pad stride ceil the window. A convolution writes them in capitals, K
 * for the channels that go out, and its padding as top, left, bottom and right. Their scalars have the values
 * of the line; a seed changes with the step. program.c makes the calls.
 */
#ifndef RUNGS_LAYERS_H
#define RUNGS_LAYERS_H

#include "netfile.h"

enum { LAYERS_MOST = 64, LAYER_PARAMS = 2, LAYER_BUFFERS = 2 };

struct layer {
    const struct word *word;        /* "dense"; the last layer is the loss: "softmax_xent" */
    const struct layer_kind *kind;  /* the word's, or what its values make of it           */
    int line;                       /* where the file has it                               */
    struct shape in, out;           /* of one example; out of a loss: 1                    */
    size_t elements[LAYER_PARAMS];  /* of each parameter                                   */
    size_t buffered[LAYER_BUFFERS]; /* of each buffer                                     */
    struct {
        int rows, cols, pad, stride, ceil, dilation, groups; /* of a layer with windows */
    } window;
    double value[WORD_VALUES]; /* of its line: an operation's scalar of the same name gets it */
    int fan_in, fan_out;       /* inputs of one output, and outputs of one input, if it has weights */
};

struct layer_kind {
    /* operations; NULL: it has none. Without a forward, what comes in goes out, in another shape */
    const char *forward, *backward_dx, *backward_dw;
    const char *param[LAYER_PARAMS]; /* "w", "b": the first is its weights      */
    const char *relu_forward;        /* the forward and a relu behind it in one operation, or NULL */
    const char *relu_backward_dx;    /* the way back through it and a relu before it in one        */

    int only_training;    /* 1: in a test, what comes in goes out    */
    const char *in_tests; /* the operation that takes the forward's place in a test; NULL: the forward     */
    const char *update;   /* the operation on its buffers after the forward of a training step, or NULL    */
    const char *buffer[LAYER_BUFFERS];
    int has_target;    /* 1: a loss of numbers and targets. A single number per example tells two classes
                        * apart, its target is the class; of more, that of the class has target 1 */
    float threshold;   /* then a single number above this means class 1 */
    int is_logit;      /* 1: what comes in are logits: their sigmoid is the probability */
    int ignores_shift; /* 1: its output does not change with what is added to all of an input channel */
    float param_start[LAYER_PARAMS],
        buffer_start[LAYER_BUFFERS]; /* what each begins with; weights: see network_init */

    /* Fills in `out` and what follows, or another kind, in a layer whose `in` is known. 0 and the rest of a
     * sentence ("takes ...") in error. */
    int (*fit)(struct layer *layer, const struct net_line *line, char *error);
};

extern const struct layer_kind layer_dense, layer_relu, layer_leaky_relu, layer_elu, layer_sigmoid,
    layer_tanh, layer_softplus, layer_gelu, layer_gelu_tanh, layer_silu, layer_conv, layer_maxpool,
    layer_avgpool, layer_globalavgpool, layer_flatten, layer_dropout, layer_batchnorm, layer_softmax_xent,
    layer_bce, layer_bce_logits, layer_mse;

/* The layers of a network file, the loss last, with their shapes; returns how many. 0 and a sentence, which
 * names the layer, the shapes and what would fit, if they do not fit each other, or are too many. */
int layers_of(const struct netfile *file, struct layer layer[LAYERS_MOST], char *error);

/* 1 if it computes each element from the same element that comes in, in a test as in training */
int layer_is_activation(const struct layer_kind *kind);

/* 1 if each number that comes out positive is one that came in positive, perhaps scaled, and others get no
 * gradient: behind a ReLU, what comes out says where the gradient is 0 as well as what comes in */
int layer_passes_mask(const struct layer_kind *kind);

/* 1 if a number added to all of a channel that comes in adds numbers to all of those that go out: dense
 * layers and windows that reach no padding */
int layer_passes_shift(const struct layer *layer);

/* All parameters of them, and all that is in their buffers */
size_t layers_params(const struct layer *layer, int layers);
size_t layers_buffered(const struct layer *layer, int layers);

#endif
