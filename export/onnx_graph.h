/* onnx_graph.h - the nodes of an ONNX graph as they are added, and the numbers of the fields of its messages
 * (onnx.proto of ONNX, opset 13).
 */
#ifndef RUNGS_ONNX_GRAPH_H
#define RUNGS_ONNX_GRAPH_H

#include "named.h"
#include "proto.h"

enum {
    ONNX_IR = 7, /* of ONNX 1.8, which came with opset 13: runtimes since 2020 read both */
    ONNX_OPSET = 13
};

enum model_field { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_GRAPH = 7, MODEL_OPSETS = 8, MODEL_METADATA = 14 };
enum opset_field { OPSET_DOMAIN = 1, OPSET_VERSION = 2 };
enum metadata_field { METADATA_KEY = 1, METADATA_VALUE = 2 };
enum graph_field { GRAPH_NODE = 1, GRAPH_NAME = 2, GRAPH_TENSOR = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12 };
enum node_field { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_NAME = 3, NODE_OP = 4, NODE_ATTRIBUTE = 5 };
enum attribute_field {
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_FLOAT = 2,
    ATTRIBUTE_INT = 3,
    ATTRIBUTE_TENSOR = 5,
    ATTRIBUTE_INTS = 8,
    ATTRIBUTE_TYPE = 20
};
enum attribute_type { IS_FLOAT = 1, IS_INT = 2, IS_TENSOR = 4, IS_INTS = 7 };
enum tensor_field { TENSOR_DIM = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9 };
enum tensor_type { OF_FLOATS = 1, OF_INT64 = 7 };
enum value_field { VALUE_NAME = 1, VALUE_TYPE = 2 };
enum type_field {
    TYPE_TENSOR = 1,
    TYPE_ELEMENTS = 1,
    TYPE_SHAPE = 2,
    SHAPE_DIM = 1,
    DIM_VALUE = 1,
    DIM_NAME = 2
};

enum { ONNX_NAME = 80, ONNX_INPUTS = 5 };

struct onnx_graph {
    struct proto fields;    /* of the graph: the nodes so far */
    char value[ONNX_NAME];  /* the tensor that the next node gets; node_put sets it to its own output */
    char layer[NAMED_TEXT]; /* whose nodes are added: "conv0" */
};

/* A node whose output is called LAYER.part, or, where part is "", LAYER.y. inputs: of which "" is g->value;
 * ends with NULL. attributes: of onnx_integer and the others, or NULL. */
void onnx_node(struct onnx_graph *g, const char *op, const char *part, const char *const *inputs,
               struct proto *attributes);

/* The same with g->value as its only input. */
void onnx_map(struct onnx_graph *g, const char *op, const char *part, struct proto *attributes);

/* A node that makes a number, or n of them for an operator's input; g->value stays. Returns its name in
 * text, ONNX_NAME bytes. */
const char *onnx_number(struct onnx_graph *g, const char *part, float x, char *text);
const char *onnx_integers_input(struct onnx_graph *g, const char *part, int n, const int64_t *x, char *text);

/* Attributes of a node */
void onnx_integer(struct proto *attributes, const char *name, int64_t x);
void onnx_integers(struct proto *attributes, const char *name, int n, const int64_t *x);
void onnx_float(struct proto *attributes, const char *name, float x);

/* "conv0.w": a tensor of the layer; text holds ONNX_NAME bytes */
const char *onnx_name(const struct onnx_graph *g, const char *part, char *text);

#endif
