/* onnx_layers.c - see onnx_layers.h. */
#include "onnx_layers.h"

#include <string.h>

/* ---- dense, conv, batchnorm ---- */

static void put_flat(struct onnx_graph *g, const char *part)
{
    struct proto a = { 0 };
    onnx_integer(&a, "axis", 1);
    onnx_map(g, "Flatten", part, &a);
}

static void put_flatten(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    (void)is;
    if (layer->in.rows) put_flat(g, "");
}

/* a node whose inputs are what comes in and these tensors of the layer */
static void put_with(struct onnx_graph *g, const char *op, const char *const *parts, struct proto *attributes)
{
    char name[ONNX_INPUTS][ONNX_NAME];
    const char *input[ONNX_INPUTS + 1] = { "" };
    int n = 1;
    for (; parts[n - 1]; n++) input[n] = onnx_name(g, parts[n - 1], name[n]);
    input[n] = NULL;
    onnx_node(g, op, "", input, attributes);
}

static const char *const w_and_b[] = { "w", "b", NULL };

static void put_dense(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    struct proto a = { 0 };
    if (layer->in.rows) put_flat(g, "flat");
    onnx_integer(&a, "transB", 1);
    put_with(g, is->op, w_and_b, &a);
}

static void put_conv(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    const int64_t side = layer->window.rows, pad = layer->window.pad, stride = layer->window.stride,
                  dilation = layer->window.dilation;
    struct proto a = { 0 };
    onnx_integers(&a, "kernel_shape", 2, (const int64_t[]){ side, side });
    onnx_integers(&a, "pads", 4, (const int64_t[]){ pad, pad, pad, pad });
    onnx_integers(&a, "strides", 2, (const int64_t[]){ stride, stride });
    onnx_integers(&a, "dilations", 2, (const int64_t[]){ dilation, dilation });
    onnx_integer(&a, "group", layer->window.groups);
    put_with(g, is->op, w_and_b, &a);
}

static void put_batchnorm(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    struct proto a = { 0 };
    onnx_float(&a, "epsilon", (float)layer->value[1]);
    put_with(g, is->op, (const char *const[]){ "gamma", "beta", "running_mean", "running_var", NULL }, &a);
}

/* ---- pooling ---- */

/* How far the last window reaches over the end of an extent. Before opset 22 the definition of ceil_mode
 * counts a last window that begins beyond the end, and runtimes do not; padding that is as long as the last
 * window needs leaves nothing to define. */
static int64_t overhang(int extent, int windows, const struct layer *layer)
{
    const int64_t pad = layer->window.pad,
                  needed = (windows - 1ll) * layer->window.stride + layer->window.rows - extent - pad;
    return needed > pad ? needed : pad;
}

static void put_windows(struct onnx_graph *g, const struct layer *layer, const char *op, const int64_t *pads)
{
    const int64_t side = layer->window.rows, stride = layer->window.stride;
    struct proto a = { 0 };
    onnx_integers(&a, "kernel_shape", 2, (const int64_t[]){ side, side });
    onnx_integers(&a, "strides", 2, (const int64_t[]){ stride, stride });
    onnx_integers(&a, "pads", 4, pads);
    onnx_map(g, op, "", &a);
}

static void put_maxpool(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    const int64_t pad = layer->window.pad;
    put_windows(g, layer, is->op,
                (const int64_t[]){ pad, pad, overhang(layer->in.rows, layer->out.rows, layer),
                                   overhang(layer->in.cols, layer->out.cols, layer) });
}

/* AveragePool divides by what is no padding. Where zeros of the padding count, but not those beyond it that a
 * window reaches, they are made part of the image first. */
static void put_avgpool(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    int64_t pad = layer->window.pad, low = overhang(layer->in.rows, layer->out.rows, layer),
            right = overhang(layer->in.cols, layer->out.cols, layer);
    if (pad && layer->value[4] > 0) {
        char pads[ONNX_NAME];
        onnx_integers_input(g, "pads", 8, (const int64_t[]){ 0, 0, pad, pad, 0, 0, pad, pad }, pads);
        onnx_node(g, "Pad", "padded", (const char *const[]){ "", pads, NULL }, NULL);
        low -= pad, right -= pad, pad = 0;
    }
    put_windows(g, layer, is->op, (const int64_t[]){ pad, pad, low, right });
}

/* out: one number per channel */
static void put_globalavgpool(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    (void)layer;
    onnx_map(g, is->op, "mean", NULL);
    put_flat(g, "");
}

/* ---- activations ---- */

static void put_map(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    struct proto a = { 0 };
    if (is->attribute) onnx_float(&a, is->attribute, (float)layer->value[0]);
    onnx_map(g, is->op, "", &a);
}

static void put_nothing(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    (void)g, (void)layer, (void)is;
}

/* value = value op number */
static void with_number(struct onnx_graph *g, const char *op, const char *part, const char *number_part,
                        float x)
{
    char number[ONNX_NAME];
    onnx_number(g, number_part, x, number);
    onnx_node(g, op, part, (const char *const[]){ "", number, NULL }, NULL);
}

/* x times g->value */
static void times(struct onnx_graph *g, const char *part, const char *x)
{
    onnx_node(g, "Mul", part, (const char *const[]){ "", x, NULL }, NULL);
}

static void put_silu(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    char x[ONNX_NAME];
    (void)layer;
    strcpy(x, g->value);
    onnx_map(g, is->op, "sigmoid", NULL);
    times(g, "", x);
}

/* x/2 (1 + f): the operator Gelu came with opset 20 */
static void put_half(struct onnx_graph *g, const char *x)
{
    with_number(g, "Add", "sum", "one", 1);
    times(g, "product", x);
    with_number(g, "Mul", "", "half", 0.5f);
}

static void put_gelu(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    char x[ONNX_NAME];
    (void)layer;
    strcpy(x, g->value);
    with_number(g, "Mul", "scaled", "root_half", 0.70710678f);
    onnx_map(g, is->op, "erf", NULL);
    put_half(g, x);
}

/* tanh(sqrt(2 / pi) (x + 0.044715 x^3)) */
static void put_gelu_tanh(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is)
{
    char x[ONNX_NAME];
    (void)layer;
    strcpy(x, g->value);
    times(g, "square", x);
    times(g, "cube", x);
    with_number(g, "Mul", "small", "factor", 0.044715f);
    onnx_node(g, "Add", "inner", (const char *const[]){ "", x, NULL }, NULL);
    with_number(g, "Mul", "scaled", "root", 0.79788456f);
    onnx_map(g, is->op, "tanh", NULL);
    put_half(g, x);
}

static const struct onnx_layer layers[] = {
    { "dense", put_dense, "Gemm", NULL },
    { "conv", put_conv, "Conv", NULL },
    { "maxpool", put_maxpool, "MaxPool", NULL },
    { "avgpool", put_avgpool, "AveragePool", NULL },
    { "globalavgpool", put_globalavgpool, "GlobalAveragePool", NULL },
    { "batchnorm", put_batchnorm, "BatchNormalization", NULL },
    { "flatten", put_flatten, "Flatten", NULL },
    { "dropout", put_nothing, NULL, NULL },
    { "relu", put_map, "Relu", NULL },
    { "leaky_relu", put_map, "LeakyRelu", "alpha" },
    { "elu", put_map, "Elu", "alpha" },
    { "sigmoid", put_map, "Sigmoid", NULL },
    { "tanh", put_map, "Tanh", NULL },
    { "softplus", put_map, "Softplus", NULL },
    { "gelu", put_gelu, "Erf", NULL },
    { "gelu_tanh", put_gelu_tanh, "Tanh", NULL },
    { "silu", put_silu, "Sigmoid", NULL },
};

const struct onnx_layer *onnx_layer_find(const char *word)
{
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++)
        if (!strcmp(layers[k].word, word)) return &layers[k];
    return NULL;
}
