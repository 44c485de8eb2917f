/* export_onnx.c - ONNX models of the eleven programs and of every layer, read and run by a second reader
 * (onnx_read.h): they say what the network says. Then every mistake of one step: an attribute, a tensor, an
 * operator or the order of two inputs changed; each must be refused or make other probabilities. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../export/c_layers.h"
#include "../export/onnx.h"
#include "../export/onnx_layers.h"
#include "../reference/philox.h"
#include "../train/scale.h"
#include "network_made.h"
#include "onnx_read.h"

enum { EXAMPLES = 3, CLASSES = 10 };

static const double bound = 1e-5; /* of a probability, in float and in double */
static int failed, mistakes;
static double largest;

static void expect(int ok, const char *what, const char *of)
{
    if (ok) return;
    failed = 1;
    printf("FAIL: %s (%s)\n", what, of);
}

/* ---- a network and its model ---- */

struct made_model {
    struct trainer t;
    struct dataset data;
    unsigned char *file;
    size_t n;
    struct onnx_model model;
    float *x;    /* (EXAMPLES, features), as the model gets them */
    float *said; /* (EXAMPLES, classes), what the network makes of them */
};

/* images of three colours; labels are of no importance here */
static struct dataset colours(int side)
{
    struct dataset data = made_data(EXAMPLES, EXAMPLES, side), grey = data;
    const size_t plane = (size_t)(side * side);
    data.channels = 3, data.features = 3 * side * side, data.set = data_find("cifar10");
    data.mean = memory_need(3 * plane, sizeof *data.mean);
    data.test.image = memory_need(EXAMPLES * 3 * plane, 1);
    for (size_t k = 0; k < EXAMPLES * 3 * plane; k++)
        data.test.image[k] = (unsigned char)philox_word(5, 1, k);
    free(grey.mean);
    free(grey.test.image);
    return data;
}

/* parameters and statistics of which each matters */
static void shake(struct network *net)
{
    for (size_t k = 0; k < net->params; k++)
        net->param[k] += 0.05f * ((float)(philox_word(9, 0, k) % 1000) / 500 - 0.9f);
    for (size_t k = 0; k < net->buffered; k++)
        net->buffer[k] = 0.3f + (float)(philox_word(9, 1, k) % 1000) / 500;
}

static void ask(struct made_model *m)
{
    const int features = m->data.features, classes = m->t.net.classes;
    float *seen = memory_need((size_t)(EXAMPLES * features), sizeof *seen);
    int label[EXAMPLES] = { 0 };
    m->x = memory_need((size_t)(EXAMPLES * features), sizeof *m->x);
    m->said = memory_need((size_t)(EXAMPLES * classes), sizeof *m->said);
    for (int k = 0; k < EXAMPLES; k++) {
        const int image = k % m->data.test.n;
        split_numbers(&m->data.test, features, image, m->x + k * features);
        memcpy(seen + k * features, m->x + k * features, (size_t)features * sizeof *seen);
        data_standardize(&m->data, seen + k * features);
    }
    m->t.net.is_testing = 1;
    network_forward(&m->t.net, EXAMPLES, seen, label);
    for (int k = 0; k < EXAMPLES; k++) network_probabilities(&m->t.net, k, m->said + k * classes);
    free(seen);
}

/* the largest difference of a probability; infinite if the model is refused */
static double difference(const struct made_model *m, const struct onnx_model *model)
{
    double y[EXAMPLES * CLASSES], most = 0;
    const int classes = m->t.net.classes;
    if (!onnx_run(model, EXAMPLES, m->x, classes, y)) return HUGE_VAL;
    for (int k = 0; k < EXAMPLES * classes; k++) {
        double d = fabs(y[k] - (double)m->said[k]);
        if (!(d <= most)) most = d;
    }
    return most;
}

static int make(struct made_model *m, const struct netfile *file, const char *name, int is_shaken)
{
    static struct snapshot s;
    char error[ERROR_TEXT] = "";
    FILE *out = open_memstream((char **)&m->file, &m->n);
    int ok = out && scale_data(&m->data, file, error) && trainer_make(&m->t, &m->data, file, "naive", error);
    if (ok && is_shaken) shake(&m->t.net);
    ok = ok && snapshot_make(&s, &m->t, 1, error) && onnx_write(out, &s, error);
    if (ok) snapshot_free(&s);
    if (out) fclose(out);
    expect(ok, error, name);
    ok = ok && onnx_read(m->file, m->n, &m->model);
    expect(ok, "the model is not read", name);
    if (!ok) return 0;
    ask(m);
    return 1;
}

static void drop(struct made_model *m)
{
    trainer_free(&m->t);
    data_free(&m->data);
    free(m->file);
    free(m->x);
    free(m->said);
}

static void check_model(const struct made_model *m, const char *name)
{
    const struct onnx_model *model = &m->model;
    const struct shape in = m->t.net.layer[0].in;
    expect(model->ir == 7 && model->opset == 13, "its version", name);
    expect(!strcmp(model->input.name, "pixels") && model->input.type == 1 &&
               model->input.dims == (in.rows ? 4 : 2) && model->input.dim[0] == -1 &&
               model->input.dim[1] == in.channels &&
               (!in.rows || (model->input.dim[2] == in.rows && model->input.dim[3] == in.cols)),
           "its input", name);
    expect(!strcmp(model->output.name, "probabilities") && model->output.dims == 2 &&
               model->output.dim[0] == -1 && model->output.dim[1] == m->t.net.classes,
           "its output", name);
    for (int k = 0; k < model->nodes; k++)
        expect(strcmp(model->node[k].op, "Dropout") != 0, "a node for dropout", name);
    double d = difference(m, model);
    expect(d <= bound, "its probabilities", name);
    if (!(d <= largest)) largest = d;
}

/* ---- mistakes of one step ---- */

static void must_differ(const struct made_model *m, const struct onnx_model *model, const char *what,
                        const char *of)
{
    mistakes++;
    if (difference(m, model) > bound) return;
    failed = 1;
    printf("FAIL: %s of %s changed, and the model says the same\n", what, of);
}

/* Padding that grows by the stride is one more window. */
static int64_t step_of(const struct onnx_node *n, const struct onnx_attribute *a, int k)
{
    for (int s = 0; s < n->attributes && !strcmp(a->name, "pads"); s++)
        if (!strcmp(n->attribute[s].name, "strides")) return n->attribute[s].list[k % 2];
    return 1;
}

static void change_attributes(const struct made_model *m, int node, struct onnx_model *model)
{
    for (int k = 0; k < m->model.node[node].attributes; k++) {
        struct onnx_node *n = &model->node[node];
        struct onnx_attribute *a = &n->attribute[k];
        const struct onnx_attribute was = *a;
        const char *of = n->name;
        a->f *= 3;
        if (a->type == 1) must_differ(m, model, a->name, of);
        a->f = was.f;
        a->i = !a->i;
        if (a->type == 2) must_differ(m, model, a->name, of);
        a->i = was.i;
        for (int i = 0; i < a->ints; i++) {
            a->list[i] += step_of(n, a, i);
            must_differ(m, model, a->name, of);
            a->list[i] = was.list[i];
        }
    }
}

static void change_inputs(const struct made_model *m, int node, struct onnx_model *model)
{
    struct onnx_node *n = &model->node[node];
    const struct onnx_node was = *n;
    const int commutes = !strcmp(n->op, "Mul") || !strcmp(n->op, "Add");
    for (int i = 0; i + 1 < was.inputs && !commutes; i++) {
        strcpy(n->input[i], was.input[i + 1]);
        strcpy(n->input[i + 1], was.input[i]);
        must_differ(m, model, "the order of inputs", was.name);
        *n = was;
    }
    if (was.inputs && strcmp(was.op, "Identity") && strcmp(was.op, "Flatten")) { /* left out */
        strcpy(n->op, "Identity");
        n->inputs = 1, n->attributes = 0;
        must_differ(m, model, "the operator", was.name);
        *n = was;
    }
}

/* all numbers of a tensor, and a matrix or a kernel transposed */
static void change_tensor(const struct made_model *m, int tensor, struct onnx_model *model)
{
    struct onnx_tensor *t = &model->tensor[tensor];
    const struct onnx_tensor was = *t;
    unsigned char *raw = memory_need(t->bytes, 1);
    memcpy(raw, was.raw, was.bytes);
    t->raw = raw;
    for (size_t k = 0; k < was.bytes; k += 4) {
        float x;
        memcpy(&x, raw + k, 4);
        x = 1.25f * x + 0.125f;
        memcpy(raw + k, &x, 4);
    }
    must_differ(m, model, "the numbers", was.name);
    const size_t rows = (size_t)was.dim[0], cols = was.bytes / 4 / rows;
    for (size_t k = 0; k < rows * cols; k++)
        memcpy(raw + 4 * k, was.raw + 4 * (k % rows * cols + k / rows), 4);
    if (was.dims > 1 && rows > 1 && cols > 1) must_differ(m, model, "the order of numbers", was.name);
    *t = was;
    free(raw);
}

static void change_all(const struct made_model *m)
{
    static struct onnx_model model;
    model = m->model;
    for (int k = 0; k < m->model.nodes; k++) {
        change_attributes(m, k, &model);
        change_inputs(m, k, &model);
    }
    for (int k = 0; k < m->model.tensors; k++) change_tensor(m, k, &model);
}

/* ---- all of them ---- */

#define END "dense 10\nloss softmax_xent\ndata mnist\noptimizer sgd lr=1\n"

static const char *const layers[] = {
    "input 1x12x12\nconv out=4 kernel=3 pad=1\nbatchnorm eps=0.1\nrelu\nmaxpool 3 stride=2 pad=1\nconv out=6 kernel=3 stride=2 dilation=2 "
    "pad=2 groups=2\nleaky_relu slope=0.2\navgpool 2 stride=1 pad=1 ceil=1\nelu alpha=1.3\ndropout p=0.3\nflatten\ndense 12\nbatchnorm eps=0.2\ntanh\n" END,
    "input 1x20x20\nmaxpool 3 stride=4 ceil=1\nconv out=4 kernel=2\navgpool 3 stride=4 pad=1 ceil=1\n" END,
    "input 1x13x13\nconv out=4 kernel=2\navgpool 5 stride=4 pad=2 ceil=1\navgpool 3 stride=2 ceil=1\n" END,
    "input 1x13x13\nconv out=4 kernel=2\navgpool 3 pad=1 stride=4 count_include_pad=0 ceil=1\n" END,
    "input 144\ndense 14\nsigmoid\ndense 14\nsoftplus\ndense 13\ngelu\ndense 12\ngelu_tanh\ndense 12\nsilu\n" END,
    "input 1x12x12\nconv out=8 kernel=3\ngelu\nglobalavgpool\ndense 10\nloss bce_logits\ndata mnist\noptimizer sgd lr=1\n",
    "input 144\ndense 10\nloss mse\ndata mnist\noptimizer sgd lr=1\n",
};

static void test_layers(void)
{
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
        static struct made_model m;
        static struct netfile file;
        memset(&m, 0, sizeof m);
        made_netfile(&file, layers[k]);
        int side = 12; /* of an input that is a row, too */
        sscanf(layers[k], "input 1x%dx", &side);
        m.data = made_data(EXAMPLES, EXAMPLES, side);
        if (!make(&m, &file, layers[k], 1)) continue;
        check_model(&m, layers[k]);
        change_all(&m);
        drop(&m);
    }
}

static void test_programs(void)
{
    int programs = 0;
    for (const struct network_text *text = network_texts; text->name; text++) {
        static struct made_model m;
        static struct netfile file;
        char error[ERROR_TEXT] = "";
        if (text->name[0] != 'a' || text->name[1] != '0') continue;
        memset(&m, 0, sizeof m);
        network_text_read(text->name, &file);
        const char *data = netfile_line(&file, "data")->value[0].text;
        if (!strcmp(data, "mnist"))
            m.data = made_data(EXAMPLES, EXAMPLES, 28);
        else if (!strcmp(data, "cifar10"))
            m.data = colours(32);
        else
            expect(trainer_load(&file, &m.data, error), error, text->name);
        programs++;
        if (!make(&m, &file, text->name, 0)) continue;
        check_model(&m, text->name);
        drop(&m);
    }
    expect(programs == 11, "not eleven programs", "");
}

/* ---- what cannot be written ---- */

static void test_refused(void)
{
    static struct made_model m;
    static struct netfile file;
    static struct snapshot s;
    static const struct word unknown = { .name = "whiten" };
    char error[ERROR_TEXT] = "", *bytes = NULL;
    size_t n = 1;
    made_netfile(&file, layers[0]);
    m.data = made_data(EXAMPLES, EXAMPLES, 12);
    if (!make(&m, &file, "refused", 0)) return;
    FILE *out = open_memstream(&bytes, &n);
    if (!out) exit(1);
    expect(snapshot_make(&s, &m.t, 1, error), error, "refused");
    m.t.net.layer[2].word = &unknown;
    expect(!onnx_write(out, &s, error) && strstr(error, "layer 2, whiten, cannot be written as ONNX"),
           "an unknown layer", error);
    m.t.net.layer[2].word = m.t.net.layer[1].word;
    s.mean.elements = (size_t)1 << 29;
    expect(!onnx_write(out, &s, error) && strstr(error, "smaller than 2 GiB"), "a model of 2 GiB", error);
    fclose(out);
    expect(!n, "a refused model was begun", "");
    free(bytes);
    snapshot_free(&s);
    drop(&m);
}

/* a layer that is added to the grammar is written in every format, or this fails */
static void test_every_layer(void)
{
    for (const struct word *w = grammar; w->name; w++) {
        if (w->place != PLACE_LAYER) continue;
        expect(onnx_layer_find(w->name) != NULL, "not written as ONNX", w->name);
        expect(c_layer_find(w->name) != NULL, "not written as C", w->name);
    }
}

int main(void)
{
    test_every_layer();
    test_programs();
    test_layers();
    test_refused();
    printf("18 models, probabilities within %.2g; %d mistakes of one step found\n", largest, mistakes);
    return failed;
}
