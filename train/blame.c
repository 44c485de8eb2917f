/* blame.c - see blame.h. */
#include "blame.h"

#include <math.h>
#include <stdio.h>

struct search {
    const struct network *net;
    int n, looked; /* examples; layers whose parameters were looked at */
    char *text;    /* "" until it is found */
};

static int is_finite(const float *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!isfinite(x[k])) return 0;
    return 1;
}

static void blame(struct search *s, const char *what, int layer)
{
    snprintf(s->text, ERROR_TEXT, "%s of layer %d (%s)", what, layer, s->net->layer[layer].word->name);
}

/* of the layers up to that one */
static void look_at_parameters(struct search *s, int layer)
{
    for (; s->looked <= layer && !*s->text; s->looked++)
        for (int k = 0; k < s->net->tensors && !*s->text; k++) {
            const struct tensor *t = &s->net->tensor[k];
            if (t->home != HOME_PARAM || t->layer != s->looked) continue;
            if (!is_finite(s->net->data[k], t->elements)) blame(s, t->name, t->layer);
        }
}

static void look_at_output(void *context, int layer, const float *y)
{
    struct search *s = context;
    look_at_parameters(s, layer);
    if (*s->text) return;
    const size_t numbers = (size_t)s->n * (size_t)shape_features(s->net->layer[layer].out);
    if (!is_finite(y, numbers)) blame(s, "the output", layer);
}

int network_blame(struct network *net, int n, const float *x, const int *label, char *text)
{
    struct search s = { .net = net, .n = n, .text = text };
    *text = '\0';
    if (!is_finite(x, (size_t)n * (size_t)shape_features(net->layer[0].in))) {
        snprintf(text, ERROR_TEXT, "the input");
        return 1;
    }
    network_watch(net, n, x, label, look_at_output, &s);
    look_at_parameters(&s, net->layers - 1);
    if (network_failure(net)) *text = '\0'; /* what a device that failed handed over says nothing */
    return *text != '\0';
}
