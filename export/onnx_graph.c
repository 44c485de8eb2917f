/* onnx_graph.c - see onnx_graph.h. */
#include "onnx_graph.h"

#include <stdio.h>
#include <string.h>

const char *onnx_name(const struct onnx_graph *g, const char *part, char *text)
{
    snprintf(text, ONNX_NAME, "%.47s.%.30s", g->layer, part);
    return text;
}

/* ---- nodes ---- */

void onnx_node(struct onnx_graph *g, const char *op, const char *part, const char *const *inputs,
               struct proto *attributes)
{
    struct proto node = { 0 };
    char output[ONNX_NAME];
    onnx_name(g, *part ? part : "y", output);
    for (const char *const *in = inputs; *in; in++) proto_text(&node, NODE_INPUT, **in ? *in : g->value);
    proto_text(&node, NODE_OUTPUT, output);
    proto_text(&node, NODE_NAME, output);
    proto_text(&node, NODE_OP, op);
    if (attributes) proto_fields(&node, attributes);
    proto_message(&g->fields, GRAPH_NODE, &node);
    strcpy(g->value, output);
}

void onnx_map(struct onnx_graph *g, const char *op, const char *part, struct proto *attributes)
{
    onnx_node(g, op, part, (const char *const[]){ "", NULL }, attributes);
}

/* ---- attributes ---- */

/* without its value */
static struct proto attribute(const char *name, enum attribute_type type)
{
    struct proto a = { 0 };
    proto_text(&a, ATTRIBUTE_NAME, name);
    proto_integer(&a, ATTRIBUTE_TYPE, type);
    return a;
}

void onnx_integer(struct proto *attributes, const char *name, int64_t x)
{
    struct proto a = attribute(name, IS_INT);
    proto_integer(&a, ATTRIBUTE_INT, x);
    proto_message(attributes, NODE_ATTRIBUTE, &a);
}

void onnx_integers(struct proto *attributes, const char *name, int n, const int64_t *x)
{
    struct proto a = attribute(name, IS_INTS);
    for (int k = 0; k < n; k++) proto_integer(&a, ATTRIBUTE_INTS, x[k]);
    proto_message(attributes, NODE_ATTRIBUTE, &a);
}

void onnx_float(struct proto *attributes, const char *name, float x)
{
    struct proto a = attribute(name, IS_FLOAT);
    proto_float(&a, ATTRIBUTE_FLOAT, x);
    proto_message(attributes, NODE_ATTRIBUTE, &a);
}

/* ---- constants ---- */

static const char *constant(struct onnx_graph *g, const char *part, struct proto *tensor, char *text)
{
    struct proto a = attribute("value", IS_TENSOR), all = { 0 };
    char before[ONNX_NAME];
    strcpy(before, g->value);
    proto_message(&a, ATTRIBUTE_TENSOR, tensor);
    proto_message(&all, NODE_ATTRIBUTE, &a);
    onnx_node(g, "Constant", part, (const char *const[]){ NULL }, &all);
    strcpy(text, g->value);
    strcpy(g->value, before);
    return text;
}

const char *onnx_number(struct onnx_graph *g, const char *part, float x, char *text)
{
    struct proto tensor = { 0 };
    proto_integer(&tensor, TENSOR_TYPE, OF_FLOATS);
    named_bytes(&x, 1, proto_bytes(&tensor, TENSOR_RAW, 4));
    return constant(g, part, &tensor, text);
}

const char *onnx_integers_input(struct onnx_graph *g, const char *part, int n, const int64_t *x, char *text)
{
    struct proto tensor = { 0 };
    proto_integer(&tensor, TENSOR_DIM, n);
    proto_integer(&tensor, TENSOR_TYPE, OF_INT64);
    unsigned char *at = proto_bytes(&tensor, TENSOR_RAW, 8 * (size_t)n);
    for (int k = 0; k < n; k++)
        for (int b = 0; b < 8; b++) *at++ = (unsigned char)((uint64_t)x[k] >> 8 * b);
    return constant(g, part, &tensor, text);
}
