/* onnx_layers.h - the layers as nodes of an ONNX graph, as they compute in a test. */
#ifndef RUNGS_ONNX_LAYERS_H
#define RUNGS_ONNX_LAYERS_H

#include "onnx_graph.h"

struct onnx_layer {
    const char *word; /* of the network file                                                      */
    void (*put)(struct onnx_graph *g, const struct layer *layer, const struct onnx_layer *is);
    const char *op;        /* for put: the operator, or the first of them                                 */
    const char *attribute; /* for put: the operator's name of the layer's first value, or NULL            */
};

/* NULL if it cannot be written */
const struct onnx_layer *onnx_layer_find(const char *word);

#endif
