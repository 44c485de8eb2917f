/* layers.c - the kinds of layers and their shapes; see layers.h. */
#include "layers.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>

#include "../reference/windows.h"

/* ---- the kinds ---- */

static int fit_dense(struct layer *layer, const struct net_line *line, char *error)
{
    int in = shape_features(layer->in), out = (int)line->value[0].number;
    layer->out = (struct shape){ .channels = out };
    layer->elements[0] = (size_t)in * (size_t)out;
    layer->elements[1] = (size_t)out;
    layer->fan_in = in;
    layer->fan_out = out;
    if (layer->elements[0] + layer->elements[1] <= INT_MAX) return 1;
    return error_set(error, "has %zu parameters, more than the largest int; at most %d features would fit",
                     layer->elements[0] + layer->elements[1], INT_MAX / (in + 1));
}

static int fit_same(struct layer *layer, const struct net_line *line, char *error)
{
    (void)line, (void)error;
    layer->out = layer->in;
    return 1;
}

/* softmax_xent keeps its probabilities for the way back; with smoothing the way back begins at its input
 * again */
static const struct layer_kind layer_smoothed_xent = { .forward = "xent_forward",
                                                       .backward_dx = "xent_backward" };

static int fit_target(struct layer *layer, const struct net_line *line, char *error)
{
    char text[EXTENTS_TEXT];
    (void)line;
    layer->out = (struct shape){ .channels = 1 };
    if (!layer->in.rows) return 1;
    return error_set(error,
                     "takes one number per class, such as 10, and gets %s; a line `dense 10` before it "
                     "would fit",
                     shape_text(layer->in, text));
}

static int fit_classes(struct layer *layer, const struct net_line *line, char *error)
{
    if (line->value[0].number > 0) layer->kind = &layer_smoothed_xent;
    return fit_target(layer, line, error);
}

const struct layer_kind layer_dense = {
    .forward = "dense_forward",
    .backward_dx = "dense_backward_dx",
    .backward_dw = "dense_backward_dw",
    .param = { "w", "b" },
    .relu_forward = "dense_relu_forward",
    .relu_backward_dx = "dense_relu_backward_dx",
    .fit = fit_dense,
};

#define ACTIVATION_LAYER(f)                                              \
    const struct layer_kind layer_##f = { .forward = #f "_forward",      \
                                          .backward_dx = #f "_backward", \
                                          .fit = fit_same };
ACTIVATION_LAYER(relu)
ACTIVATION_LAYER(leaky_relu)
ACTIVATION_LAYER(elu)
ACTIVATION_LAYER(sigmoid)
ACTIVATION_LAYER(tanh)
ACTIVATION_LAYER(softplus)
ACTIVATION_LAYER(gelu)
ACTIVATION_LAYER(gelu_tanh)
ACTIVATION_LAYER(silu)

static int gets_image(const struct layer *layer, char *error)
{
    char text[EXTENTS_TEXT];
    if (layer->in.rows) return 1;
    return error_set(error, "takes channels x rows x columns, and gets %s; an input like 1x28x28 would fit",
                     shape_text(layer->in, text));
}

/* ---- conv ---- */

/* Weights are (out, channels / groups, side, side): each result is a sum over fan_in of them. Their products
 * are 64 bits wide until they are known to fit. */
static int fit_weights(struct layer *layer, int out, int side, char *error)
{
    const int groups = layer->window.groups, channels = layer->in.channels;
    if (channels % groups || out % groups)
        return error_set(error, "has %d groups, which must divide the %d channels that come in and out=%d",
                         groups, channels, out);
    const int64_t fan_in = (int64_t)(channels / groups) * side * side;
    if (fan_in > INT_MAX || fan_in * out + out > INT_MAX)
        return error_set(error, "has more parameters than the largest int: %d kernels of %lld", out,
                         (long long)fan_in);
    layer->fan_in = (int)fan_in;
    layer->fan_out = out / groups * side * side; /* no more than the weights */
    layer->elements[0] = (size_t)(fan_in * out);
    layer->elements[1] = (size_t)out;
    return 1;
}

/* How many windows of `side` fit along an extent, and 0 if none does */
static int64_t windows(const struct layer *layer, int extent, int side)
{
    const int64_t room = extent + 2ll * layer->window.pad - (int64_t)layer->window.dilation * (side - 1) - 1;
    return room < 0 ? 0 : room / layer->window.stride + 1;
}

static int fit_conv(struct layer *layer, const struct net_line *line, char *error)
{
    const int out = (int)net_line_number(line, "out"), side = (int)net_line_number(line, "kernel"),
              pad = (int)net_line_number(line, "pad"), dilation = (int)net_line_number(line, "dilation");
    char text[EXTENTS_TEXT];
    if (!gets_image(layer, error)) return 0;
    layer->window.rows = layer->window.cols = side;
    layer->window.pad = pad;
    layer->window.stride = (int)net_line_number(line, "stride");
    layer->window.dilation = dilation;
    layer->window.groups = (int)net_line_number(line, "groups");
    const int64_t rows = windows(layer, layer->in.rows, side), cols = windows(layer, layer->in.cols, side);
    if (!rows || !cols)
        return error_set(error, "has kernels that reach over %lld pixels, and gets %s with pad=%d around it",
                         (long long)dilation * (side - 1) + 1, shape_text(layer->in, text), pad);
    if ((layer->in.rows + 2ll * pad) * (layer->in.cols + 2ll * pad) > INT_MAX)
        return error_set(error, "gets %s, which pad=%d makes too large: at most %d positions would fit",
                         shape_text(layer->in, text), pad, INT_MAX);
    if (rows * cols > EXTENTS_MOST / out)
        return error_set(error, "makes %dx%lldx%lld of each example; at most %d numbers would fit", out,
                         (long long)rows, (long long)cols, EXTENTS_MOST);
    layer->out = (struct shape){ out, (int)rows, (int)cols };
    return fit_weights(layer, out, side, error);
}

const struct layer_kind layer_conv = {
    .forward = "conv2d_forward",
    .backward_dx = "conv2d_backward_dx",
    .backward_dw = "conv2d_backward_dw",
    .param = { "w", "b" },
    .relu_forward = "conv2d_relu_forward",
    .relu_backward_dx = "conv2d_relu_backward_dx",
    .fit = fit_conv,
};

/* ---- the others ---- */

/* of values SIDE, stride (0: SIDE), pad, ceil */
static int fit_windows(struct layer *layer, const struct net_line *line, char *error)
{
    const int rows = layer->in.rows, cols = layer->in.cols, side = (int)line->value[0].number,
              pad = (int)net_line_number(line, "pad"), ceil_mode = (int)net_line_number(line, "ceil"),
              apart = (int)net_line_number(line, "stride"), stride = apart ? apart : side;
    char text[EXTENTS_TEXT];
    if (!gets_image(layer, error)) return 0;
    if (pad >= side)
        return error_set(error, "has pad=%d, but it must be less than the windows' side, %d", pad, side);
    const int down = windows_along(rows, side, pad, stride, ceil_mode),
              across = windows_along(cols, side, pad, stride, ceil_mode);
    if (down < 1 || across < 1)
        return error_set(error, "takes windows of %dx%d, and gets %s; `%s %d` would fit", side, side,
                         shape_text(layer->in, text), layer->word->name, rows < cols ? rows : cols);
    if ((int64_t)down * across > EXTENTS_MOST / layer->in.channels)
        return error_set(error, "makes %dx%dx%d of each example; at most %d numbers would fit",
                         layer->in.channels, down, across, EXTENTS_MOST);
    layer->window.rows = layer->window.cols = side;
    layer->window.pad = pad, layer->window.stride = stride, layer->window.ceil = ceil_mode;
    layer->out = (struct shape){ layer->in.channels, down, across };
    return 1;
}

const struct layer_kind layer_maxpool = { .forward = "maxpool_forward",
                                          .backward_dx = "maxpool_backward",
                                          .fit = fit_windows };
const struct layer_kind layer_avgpool = { .forward = "avgpool_forward",
                                          .backward_dx = "avgpool_backward",
                                          .fit = fit_windows };

static int fit_planes(struct layer *layer, const struct net_line *line, char *error)
{
    (void)line;
    if (!gets_image(layer, error)) return 0;
    layer->out = (struct shape){ .channels = layer->in.channels };
    return 1;
}

const struct layer_kind layer_globalavgpool = { .forward = "global_avgpool_forward",
                                                .backward_dx = "global_avgpool_backward",
                                                .fit = fit_planes };

static int fit_flat(struct layer *layer, const struct net_line *line, char *error)
{
    (void)line, (void)error;
    layer->out = (struct shape){ .channels = shape_features(layer->in) };
    return 1;
}

/* the same numbers in the same order: no operation */
const struct layer_kind layer_flatten = { .fit = fit_flat };

const struct layer_kind layer_dropout = {
    .forward = "dropout_forward", .backward_dx = "dropout_backward", .only_training = 1, .fit = fit_same
};

static int fit_batchnorm(struct layer *layer, const struct net_line *line, char *error)
{
    size_t channels = (size_t)layer->in.channels;
    for (int p = 0; p < LAYER_PARAMS; p++) layer->elements[p] = channels;
    for (int b = 0; b < LAYER_BUFFERS; b++) layer->buffered[b] = channels;
    return fit_same(layer, line, error);
}

const struct layer_kind layer_batchnorm = {
    .forward = "batch_norm_forward",
    .backward_dw = "batch_norm_backward", /* dx with it */
    .in_tests = "batch_norm_eval",
    .update = "batch_norm_update",
    .param = { "gamma", "beta" },
    .param_start = { 1, 0 },
    .buffer = { "running_mean", "running_var" },
    .buffer_start = { 0, 1 },
    .ignores_shift = 1,
    .fit = fit_batchnorm,
};

const struct layer_kind layer_softmax_xent = { .forward = "softmax_xent_forward",
                                               .backward_dx = "softmax_xent_backward",
                                               .fit = fit_classes };

const struct layer_kind layer_bce = { .forward = "bce_forward",
                                      .backward_dx = "bce_backward",
                                      .has_target = 1,
                                      .threshold = 0.5f,
                                      .fit = fit_target };
const struct layer_kind layer_bce_logits = { .forward = "bce_logits_forward",
                                             .backward_dx = "bce_logits_backward",
                                             .has_target = 1,
                                             .is_logit = 1,
                                             .fit = fit_target };
const struct layer_kind layer_mse = { .forward = "mse_forward",
                                      .backward_dx = "mse_backward",
                                      .has_target = 1,
                                      .threshold = 0.5f,
                                      .fit = fit_target };

int layer_is_activation(const struct layer_kind *kind)
{
    return kind->fit == fit_same && !kind->only_training;
}

int layer_passes_mask(const struct layer_kind *kind)
{
    return kind == &layer_maxpool || kind == &layer_dropout || kind == &layer_flatten;
}

int layer_passes_shift(const struct layer *layer)
{
    return layer->kind == &layer_dense || layer->kind == &layer_maxpool ||
           (layer->kind == &layer_conv && !layer->window.pad);
}

/* ---- all of a file ---- */

/* "mine.net, line 3", or "mine.net" for a line that an option made; text holds ERROR_TEXT bytes */
static const char *where(const struct netfile *file, const struct net_line *line, char *text)
{
    snprintf(text, ERROR_TEXT, line->number ? "%s, line %d" : "%s", file->name, line->number);
    return text;
}

static int fit(const struct netfile *file, const struct net_line *line, struct layer *layer, char *error)
{
    char what[ERROR_TEXT], at[ERROR_TEXT];
    const struct word *word = line->choice ? line->choice : line->word;
    *layer = (struct layer){ .word = word, .kind = word->layer, .line = line->number, .in = layer->in };
    for (int v = 0; v < WORD_VALUES; v++) layer->value[v] = line->value[v].number;
    if (layer->kind->fit(layer, line, what)) return 1;
    return error_set(error, "%s: %s %s", where(file, line, at), word->name, what);
}

int layers_of(const struct netfile *file, struct layer layer[LAYERS_MOST], char *error)
{
    struct shape at = { 0 };
    size_t params = 0;
    char text[ERROR_TEXT];
    int n = 0;
    for (int l = 0; l < file->lines; l++) {
        const struct net_line *line = &file->line[l];
        enum word_place place = line->word->place;
        if (place == PLACE_INPUT) at = line->value[0].shape;
        if (place != PLACE_LAYER && place != PLACE_LOSS) continue;
        if (n == LAYERS_MOST)
            return error_set(error, "%s: this is more than %d layers", where(file, line, text), LAYERS_MOST);
        layer[n].in = at;
        if (!fit(file, line, &layer[n], error)) return 0;
        at = layer[n].out;
        params += layers_params(&layer[n++], 1);
        if (params > INT_MAX)
            return error_set(error,
                             "%s: the network has %zu parameters by this line, more than the largest int",
                             where(file, line, text), params);
    }
    return n;
}

size_t layers_params(const struct layer *layer, int layers)
{
    size_t params = 0;
    for (int l = 0; l < layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) params += layer[l].elements[p];
    return params;
}

size_t layers_buffered(const struct layer *layer, int layers)
{
    size_t n = 0;
    for (int l = 0; l < layers; l++)
        for (int b = 0; b < LAYER_BUFFERS; b++) n += layer[l].buffered[b];
    return n;
}
