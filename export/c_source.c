/* c_source.c - see c_source.h. The functions of the layers are texts of c_layers.c; here they are called. */
#include "c_source.h"

#include <string.h>

#include "c_layers.h"

struct writer {
    FILE *out;
    struct trainer *t;
    const float *param;
};

/* ---- what can be refused ---- */

static int check(const struct writer *w, char *error)
{
    const struct network *net = &w->t->net;
    for (int l = 0; l < net->layers - 1; l++)
        if (!c_layer_find(net->layer[l].word->name))
            return error_set(error, "layer %d, %s, cannot be written as C", l, net->layer[l].word->name);
    return 1;
}

/* ---- numbers ---- */

/* Hexadecimal, so that each is the same float again */
static void put_numbers(FILE *out, const char *name, int layer, const float *x, size_t n)
{
    char number[16] = "";
    if (layer >= 0) snprintf(number, sizeof number, "%d", layer);
    fprintf(out, "static const float %s%s[%zu] = {", name, number, n);
    for (size_t k = 0; k < n; k++) fprintf(out, "%s%af,", k % 6 ? " " : "\n    ", (double)x[k]);
    fputs("\n};\n", out);
}

static void put_parameters(const struct writer *w)
{
    const struct network *net = &w->t->net;
    const float *param = w->param, *buffer = net->buffer;
    for (int l = 0; l < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        for (int p = 0; p < LAYER_PARAMS; p++) {
            if (!layer->elements[p]) continue;
            put_numbers(w->out, layer->kind->param[p], l, param, layer->elements[p]);
            param += layer->elements[p];
        }
        for (int b = 0; b < LAYER_BUFFERS; b++) {
            if (!layer->buffered[b]) continue;
            put_numbers(w->out, layer->kind->buffer[b], l, buffer, layer->buffered[b]);
            buffer += layer->buffered[b];
        }
    }
}

/* ---- functions ---- */

/* each once, of the layers that the network has */
static void put_functions(const struct writer *w)
{
    const struct network *net = &w->t->net;
    for (int l = 0; l < net->layers - 1; l++) {
        const struct c_layer *is = c_layer_find(net->layer[l].word->name);
        int was_there = 0;
        for (int k = 0; k < l; k++) was_there |= c_layer_find(net->layer[k].word->name) == is;
        if (!was_there && is->text) fprintf(w->out, "%s\n", is->text);
    }
}

/* the call of layer l, whose input is in x; 1 if its output is in y */
static int put_call(const struct writer *w, int l, const char *x, const char *y)
{
    const struct layer *layer = &w->t->net.layer[l];
    const struct c_layer *is = c_layer_find(layer->word->name);
    const struct shape in = layer->in, out = layer->out;
    if (!is->text) return 0;
    fprintf(w->out, "    %s_layer(", layer->word->name);
    switch (is->call) {
    case CALL_MAP: fprintf(w->out, "%d, %s", shape_features(in), x); break;
    case CALL_MAP_WITH:
        fprintf(w->out, "%d, %s, %af", shape_features(in), x, (double)(float)layer->value[0]);
        break;
    case CALL_DENSE:
        fprintf(w->out, "%d, %d, w%d, b%d, %s, %s", shape_features(in), out.channels, l, l, x, y);
        break;
    case CALL_CONV:
        fprintf(w->out, "%d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, w%d, b%d, %s, %s",
                in.channels / layer->window.groups, in.rows, in.cols, out.channels, out.rows, out.cols,
                layer->window.rows, layer->window.pad, layer->window.stride, layer->window.dilation,
                layer->window.groups, l, l, x, y);
        break;
    case CALL_POOL:
        fprintf(w->out, "%d, %d, %d, %d, %d, %d, %d, %d, %d, %s, %s", in.channels, in.rows, in.cols, out.rows,
                out.cols, layer->window.rows, layer->window.pad, layer->window.stride,
                layer->word->layer == &layer_avgpool && layer->value[4] > 0, x, y);
        break;
    case CALL_PLANES: fprintf(w->out, "%d, %d, %s, %s", in.channels, in.rows * in.cols, x, y); break;
    case CALL_NORM:
        fprintf(w->out, "%d, %d, gamma%d, beta%d, running_mean%d, running_var%d, %af, %s", in.channels,
                in.rows ? in.rows * in.cols : 1, l, l, l, l, (double)(float)layer->value[1], x);
        break;
    }
    fputs(");\n", w->out);
    return is->call == CALL_DENSE || is->call == CALL_CONV || is->call == CALL_POOL ||
           is->call == CALL_PLANES;
}

/* what becomes of the last numbers, as network_probabilities has it */
static void put_end(const struct writer *w, const char *x)
{
    const struct network *net = &w->t->net;
    const struct layer_kind *loss = net->layer[net->layers - 1].kind;
    char y[64];
    if (!loss->has_target) {
        fprintf(w->out,
                "    float sum = 0, most = %s[0];\n"
                "    for (int c = 1; c < %d; c++) if (%s[c] > most) most = %s[c];\n"
                "    for (int c = 0; c < %d; c++) sum += p[c] = expf(%s[c] - most);\n"
                "    for (int c = 0; c < %d; c++) p[c] /= sum;\n",
                x, net->classes, x, x, net->classes, x, net->classes);
    } else if (net->outputs < net->classes) {
        snprintf(y, sizeof y, "%s%s[0]%s", loss->is_logit ? "1 / (1 + expf(-" : "", x,
                 loss->is_logit ? "))" : "");
        fprintf(w->out, "    p[1] = %s;\n    p[0] = 1 - p[1];\n", y);
    } else {
        snprintf(y, sizeof y, "%s%s[c]%s", loss->is_logit ? "1 / (1 + expf(-" : "", x,
                 loss->is_logit ? "))" : "");
        fprintf(w->out, "    for (int c = 0; c < %d; c++) p[c] = %s;\n", net->classes, y);
    }
    fprintf(w->out,
            "    int best = 0;\n"
            "    for (int c = 1; c < %d; c++) if (p[c] > p[best]) best = c;\n"
            "    return best;\n}\n\n",
            net->classes);
}

/* of a number of the user's examples */
static const char *pixel_type(const struct dataset *d)
{
    return d->train.real ? "float" : "unsigned char";
}

static void put_classify(const struct writer *w)
{
    const struct network *net = &w->t->net;
    const struct dataset *d = w->t->data;
    int most = d->features;
    for (int l = 0; l < net->layers; l++)
        if (shape_features(net->layer[l].out) > most) most = shape_features(net->layer[l].out);
    fprintf(
        w->out,
        "int classify(const %s *pixels, float *p);\n\n"
        "int classify(const %s *pixels, float *p)\n{\n"
        "    static float room[2][%d];\n"
        "    for (int i = 0; i < %d; i++) room[0][i] = ((float)pixels[i] - pixel_mean[i]) * (1 / pixel_deviation[i / %d]);\n",
        pixel_type(d), pixel_type(d), most, d->features, d->column ? 1 : d->rows * d->cols);
    int at = 0;
    for (int l = 0; l < net->layers - 1; l++)
        at ^= put_call(w, l, at ? "room[1]" : "room[0]", at ? "room[0]" : "room[1]");
    put_end(w, at ? "room[1]" : "room[0]");
}

static void put_main(const struct writer *w)
{
    fprintf(w->out,
            "#ifndef NO_MAIN\nint main(void)\n{\n"
            "    static %s pixels[%d];\n    float p[%d];\n"
            "    while (fread(pixels, 1, sizeof pixels, stdin) == sizeof pixels) {\n"
            "        printf(\"%%d\", classify(pixels, p));\n"
            "        for (int c = 0; c < %d; c++) printf(\" %%.9g\", (double)p[c]);\n"
            "        putchar('\\n');\n    }\n    return 0;\n}\n#endif\n",
            pixel_type(w->t->data), w->t->data->features, w->t->net.classes, w->t->net.classes);
}

int c_source_write(FILE *out, const struct snapshot *s, const char *origin, char *error)
{
    const struct dataset *d = s->t->data;
    struct writer w = { out, s->t, s->named[0].x };
    if (!check(&w, error)) return 0;
    fprintf(out,
            "/* A trained network, written by `rungs export` from %s.\n"
            " * Its images are %d x %d x %d %s: channels, rows, columns. Compile it with -lm. */\n"
            "#include <math.h>\n#include <stdio.h>\n\n",
            origin, d->channels, d->rows, d->cols, d->train.real ? "floats" : "bytes");
    put_numbers(out, "pixel_mean", -1, d->mean, (size_t)d->features);
    put_numbers(out, "pixel_deviation", -1, d->column ? d->column : d->deviation,
                (size_t)(d->column ? d->features : d->channels));
    put_parameters(&w);
    fputc('\n', out);
    put_functions(&w);
    put_classify(&w);
    put_main(&w);
    return 1;
}
