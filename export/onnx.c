/* onnx.c - see onnx.h. */
#include "onnx.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "onnx_layers.h"

/* ---- what can be refused ---- */

/* A message of protocol buffers is shorter than 2 GiB; all but the numbers of a network of LAYERS_MOST layers
 * takes far less than what is left here. */
static int check(const struct snapshot *s, char *error)
{
    const struct network *net = &s->t->net;
    size_t numbers = s->mean.elements + s->scale.elements + net->params + net->buffered;
    for (int l = 0; l < net->layers - 1; l++)
        if (!onnx_layer_find(net->layer[l].word->name))
            return error_set(error, "layer %d, %s, cannot be written as ONNX", l, net->layer[l].word->name);
    if (numbers < (INT_MAX >> 2) - (1 << 18)) return 1;
    return error_set(error,
                     "its %zu numbers do not fit an ONNX file, which is smaller than 2 GiB; "
                     "--safetensors has no such limit",
                     numbers);
}

/* ---- the ends of the graph ---- */

static void put_value(struct onnx_graph *g, enum graph_field field, const char *name, int dims,
                      const int *dim)
{
    struct proto value = { 0 }, type = { 0 }, tensor = { 0 }, shape = { 0 }, batch = { 0 };
    proto_text(&batch, DIM_NAME, "N");
    proto_message(&shape, SHAPE_DIM, &batch);
    for (int d = 0; d < dims; d++) {
        struct proto extent = { 0 };
        proto_integer(&extent, DIM_VALUE, dim[d]);
        proto_message(&shape, SHAPE_DIM, &extent);
    }
    proto_integer(&tensor, TYPE_ELEMENTS, OF_FLOATS);
    proto_message(&tensor, TYPE_SHAPE, &shape);
    proto_message(&type, TYPE_TENSOR, &tensor);
    proto_text(&value, VALUE_NAME, name);
    proto_message(&value, VALUE_TYPE, &type);
    proto_message(&g->fields, field, &value);
}

static void put_tensor(struct onnx_graph *g, const struct named *n)
{
    struct proto tensor = { 0 };
    for (int d = 0; d < n->dims; d++) proto_integer(&tensor, TENSOR_DIM, n->dim[d]);
    proto_integer(&tensor, TENSOR_TYPE, OF_FLOATS);
    proto_text(&tensor, TENSOR_NAME, n->name);
    named_bytes(n->x, n->elements, proto_bytes(&tensor, TENSOR_RAW, 4 * n->elements));
    proto_message(&g->fields, GRAPH_TENSOR, &tensor);
}

/* what the network sees of the pixels */
static void put_begin(struct onnx_graph *g, const struct snapshot *s)
{
    strcpy(g->value, "pixels");
    strcpy(g->layer, "input");
    onnx_node(g, "Sub", "centred", (const char *const[]){ "", s->mean.name, NULL }, NULL);
    onnx_node(g, "Mul", "", (const char *const[]){ "", s->scale.name, NULL }, NULL);
}

/* p0 = 1 - p1, side by side */
static void put_two_classes(struct onnx_graph *g)
{
    char one[ONNX_NAME], p1[ONNX_NAME];
    struct proto a = { 0 };
    strcpy(p1, g->value);
    onnx_number(g, "one", 1, one);
    onnx_node(g, "Sub", "other", (const char *const[]){ one, "", NULL }, NULL);
    onnx_integer(&a, "axis", 1);
    onnx_node(g, "Concat", "both", (const char *const[]){ "", p1, NULL }, &a);
}

/* what becomes of the last numbers, as network_probabilities has it */
static void put_end(struct onnx_graph *g, const struct network *net)
{
    const struct layer_kind *loss = net->layer[net->layers - 1].kind;
    struct proto same = { 0 };
    named_layer(&net->layer[net->layers - 1], net->layers - 1, g->layer);
    if (!loss->has_target) {
        struct proto a = { 0 };
        onnx_integer(&a, "axis", 1);
        onnx_map(g, "Softmax", "p", &a);
    } else if (loss->is_logit) {
        onnx_map(g, "Sigmoid", "p", NULL);
    }
    if (net->outputs < net->classes) put_two_classes(g);
    proto_text(&same, NODE_INPUT, g->value);
    proto_text(&same, NODE_OUTPUT, "probabilities");
    proto_text(&same, NODE_NAME, "probabilities");
    proto_text(&same, NODE_OP, "Identity");
    proto_message(&g->fields, GRAPH_NODE, &same);
}

/* ---- the whole ---- */

static void put_graph(struct onnx_graph *g, const struct snapshot *s)
{
    const struct network *net = &s->t->net;
    const struct shape in = net->layer[0].in;
    put_begin(g, s);
    for (int l = 0; l < net->layers - 1; l++) {
        const struct onnx_layer *is = onnx_layer_find(net->layer[l].word->name);
        named_layer(&net->layer[l], l, g->layer);
        is->put(g, &net->layer[l], is);
    }
    put_end(g, net);
    proto_text(&g->fields, GRAPH_NAME, "rungs");
    put_tensor(g, &s->mean);
    put_tensor(g, &s->scale);
    for (int k = 0; k < s->tensors; k++) put_tensor(g, &s->named[k]);
    put_value(g, GRAPH_INPUT, "pixels", in.rows ? 3 : 1, (const int[]){ in.channels, in.rows, in.cols });
    put_value(g, GRAPH_OUTPUT, "probabilities", 1, &net->classes);
}

static void put_metadata(struct proto *model, const char *key, const char *value)
{
    struct proto entry = { 0 };
    proto_text(&entry, METADATA_KEY, key);
    proto_text(&entry, METADATA_VALUE, value);
    proto_message(model, MODEL_METADATA, &entry);
}

int onnx_write(FILE *out, const struct snapshot *s, char *error)
{
    struct onnx_graph g = { .value = "" };
    struct proto model = { 0 }, opset = { 0 };
    char *text, epoch[16];
    if (!check(s, error)) return 0;
    put_graph(&g, s);
    proto_integer(&model, MODEL_IR, ONNX_IR);
    proto_text(&model, MODEL_PRODUCER, "rungs");
    proto_message(&model, MODEL_GRAPH, &g.fields);
    proto_text(&opset, OPSET_DOMAIN, "");
    proto_integer(&opset, OPSET_VERSION, ONNX_OPSET);
    proto_message(&model, MODEL_OPSETS, &opset);
    text = memory_need(NETFILE_BYTES, 1);
    netfile_text(&s->t->file, text);
    snprintf(epoch, sizeof epoch, "%d", s->epoch);
    put_metadata(&model, "rungs", "1");
    put_metadata(&model, "epoch", epoch);
    put_metadata(&model, "network", text);
    free(text);
    fwrite(model.bytes, 1, model.n, out);
    proto_free(&model);
    return 1;
}
