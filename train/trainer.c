/* trainer.c - epochs, batches and tests; see trainer.h. */
#include "trainer.h"

#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../reference/philox.h"

#define MLP                                                                                           \
    {                                                                                                 \
        .hidden_layers = 2, .hidden = { 512, 256 }, .epochs = 10, .batch = 64, .lr = 0.1f, .seed = 1, \
        .height = "best"                                                                              \
    }

const struct train_preset train_presets[] = {
    { "fashion-mlp", "clothes: a multi-layer perceptron on Fashion-MNIST", "fashion-mnist", MLP },
    { "mnist-mlp", "handwritten digits: a multi-layer perceptron on MNIST", "mnist", MLP },
    { 0 },
};

const struct train_preset *train_preset_find(const char *name)
{
    for (const struct train_preset *p = train_presets; p->name; p++)
        if (!strcmp(p->name, name)) return p;
    return NULL;
}

int train_parse_hidden(const char *text, struct train_settings *settings)
{
    int hidden[NETWORK_LAYERS] = { 0 }, n = 0;
    if (!strcmp(text, "none")) {
        settings->hidden_layers = 0;
        return 1;
    }
    for (;;) {
        char *end;
        if (n == NETWORK_LAYERS - 1 || *text < '0' || *text > '9') return 0;
        long neurons = strtol(text, &end, 10);
        if (neurons < 1 || neurons > NETWORK_WIDEST) return 0;
        hidden[n++] = (int)neurons;
        if (!*end) break;
        if (*end != ',') return 0;
        text = end + 1;
    }
    memcpy(settings->hidden, hidden, sizeof hidden);
    settings->hidden_layers = n;
    return 1;
}

/* ---- making ---- */

enum {
    TEST_BATCH = 256,
    SHUFFLES = NETWORK_LAYERS
}; /* random streams: layers take 0..15, epoch e takes 16 + e */

static int largest_batch(const struct train_settings *s)
{
    return s->batch > TEST_BATCH ? s->batch : TEST_BATCH;
}

int trainer_make(struct trainer *t, const struct dataset *data, const struct train_settings *settings,
                 char *why)
{
    int size[NETWORK_LAYERS + 1], layers = settings->hidden_layers + 1, batch = largest_batch(settings);
    *t = (struct trainer){ .data = data, .settings = *settings };
    size[0] = data->features;
    for (int l = 1; l < layers; l++) size[l] = settings->hidden[l - 1];
    size[layers] = DATA_CLASSES;
    if (!network_make(&t->net, layers, size, batch, settings->height, why)) {
        *t = (struct trainer){ 0 };
        return 0;
    }
    int most = data->train.n > data->test.n ? data->train.n : data->test.n;
    t->order = memory_need((size_t)most, sizeof *t->order);
    t->label = memory_need((size_t)batch, sizeof *t->label);
    t->x = memory_need((size_t)batch * (size_t)data->features, sizeof *t->x);
    network_init(&t->net, settings->seed);
    return 1;
}

void trainer_free(struct trainer *t)
{
    network_free(&t->net);
    free(t->order);
    free(t->label);
    free(t->x);
    *t = (struct trainer){ 0 };
}

/* ---- training ---- */

int trainer_steps_per_epoch(const struct trainer *t)
{
    return (int)(((long)t->data->train.n + t->settings.batch - 1) / t->settings.batch);
}

static int count_right(const struct trainer *t, int n)
{
    int right = 0;
    for (int k = 0; k < n; k++) right += network_guess(&t->net, k) == t->label[k];
    return right;
}

int trainer_step(struct trainer *t, struct train_step *step)
{
    int left = t->data->train.n - t->done, n = left < t->settings.batch ? left : t->settings.batch;
    if (!t->done) philox_shuffle(t->settings.seed, SHUFFLES + (uint64_t)t->epoch, t->data->train.n, t->order);
    data_gather(t->data, &t->data->train, n, t->order + t->done, t->x, t->label);
    step->n = n;
    step->loss = network_forward(&t->net, n, t->x, t->label);
    step->right = count_right(t, n);
    if (!isfinite(step->loss)) return 0;
    network_backward(&t->net, n, t->x, t->label);
    network_update(&t->net, t->settings.lr);
    t->done += n;
    if (t->done == t->data->train.n) {
        t->done = 0;
        t->epoch++;
    }
    return 1;
}

struct train_test trainer_test(struct trainer *t)
{
    struct train_test result = { .n = t->data->test.n };
    int index[TEST_BATCH];
    for (int at = 0; at < result.n; at += TEST_BATCH) {
        int n = result.n - at < TEST_BATCH ? result.n - at : TEST_BATCH;
        for (int k = 0; k < n; k++) index[k] = at + k;
        data_gather(t->data, &t->data->test, n, index, t->x, t->label);
        result.loss += (double)network_forward(&t->net, n, t->x, t->label) * n;
        for (int k = 0; k < n; k++) result.confusion[t->label[k]][network_guess(&t->net, k)]++;
    }
    result.loss /= result.n;
    for (int c = 0; c < DATA_CLASSES; c++) result.right += result.confusion[c][c];
    return result;
}

/* ---- checkpoints ---- */

struct checkpoint trainer_checkpoint(const struct trainer *t)
{
    struct checkpoint c = { .layers = t->net.layers,
                            .batch = t->settings.batch,
                            .lr = t->settings.lr,
                            .seed = t->settings.seed,
                            .epoch = t->epoch,
                            .param = t->net.param };
    memcpy(c.size, t->net.size, sizeof c.size);
    snprintf(c.set, sizeof c.set, "%s", t->data->set->name);
    snprintf(c.rung, sizeof c.rung, "%s", t->net.rung);
    return c;
}

int trainer_restore(struct trainer *t, const struct checkpoint *c, char *why)
{
    const struct train_settings *s = &t->settings;
    if (strcmp(c->set, t->data->set->name))
        return error_set(why, "the checkpoint was trained on %s, not on %s", c->set, t->data->set->name);
    if (c->layers != t->net.layers || memcmp(c->size, t->net.size, ((size_t)c->layers + 1) * sizeof *c->size))
        return error_set(why, "the checkpoint holds a network of different sizes");
    if (c->batch != s->batch || c->lr != s->lr || c->seed != s->seed)
        return error_set(why, "the checkpoint was trained with --batch %d --lr %g --seed %llu", c->batch,
                         (double)c->lr, (unsigned long long)c->seed);
    memcpy(t->net.param, c->param, t->net.params * sizeof *c->param);
    t->epoch = c->epoch;
    t->done = 0;
    return 1;
}

struct train_settings train_settings_of(const struct checkpoint *c, const char *height)
{
    struct train_settings s = { .hidden_layers = c->layers - 1,
                                .epochs = c->epoch,
                                .batch = c->batch,
                                .lr = c->lr,
                                .seed = c->seed,
                                .height = height };
    memcpy(s.hidden, c->size + 1, (size_t)s.hidden_layers * sizeof *s.hidden);
    return s;
}
