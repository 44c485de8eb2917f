/* bench_networks.c - see bench_networks.h. */
#include "bench_networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../train/networks.h"
#include "../reference/philox.h"

#define CLASSIFIES "dense 10\nloss softmax_xent\nbatch 64\ndata "
static const struct {
    const char *name, *lines;
} networks[] = {
    { "fc512-fc256",
      "input 1x28x28\ndense 512\nrelu\ndense 256\nrelu\n" CLASSIFIES "mnist\noptimizer adam lr=1e-3\n" },
    { "conv32-fc128", "input 1x28x28\nconv out=32 kernel=3\nrelu\nmaxpool 2\ndense 128\nrelu\n" CLASSIFIES
                      "mnist\noptimizer adam lr=1e-3\n" },
    { "conv32-conv64-fc128",
      "input 3x32x32\nconv out=32 kernel=3 pad=1\nrelu\nmaxpool 2\nconv out=64 kernel=3 pad=1\nrelu\n"
      "maxpool 2\ndense 128\nrelu\n" CLASSIFIES "cifar10\noptimizer adam lr=1e-3\n" },
    { "lenet",
      "input 3x32x32\nconv out=6 kernel=5\nrelu\nmaxpool 2\nconv out=16 kernel=5\nrelu\nmaxpool 2\n"
      "dense 120\nrelu\ndense 84\nrelu\n" CLASSIFIES "cifar10\noptimizer momentum lr=1e-2 mu=0.9\n" },
};

/* ---- chosen ones ---- */

enum { CHOSEN = 16 };
static char chosen[CHOSEN][NETFILE_VALUE];
static int choices; /* 0: the networks above */

static int choose(const char *name, char *error)
{
    static struct netfile file;
    if (!network_text_find(name))
        return error_set(error, "there is no network '%s'; `rungs train --list` names them", name);
    if (choices == CHOSEN) return error_set(error, "more than %d networks", CHOSEN);
    snprintf(chosen[choices++], sizeof *chosen, "%s", name);
    bench_network_file(choices - 1, &file);
    if (strcmp(netfile_line(&file, "loss")->choice->name, "softmax_xent"))
        return error_set(error, "%s: frameworks are raced with the loss softmax_xent", name);
    if (netfile_number(&file, "batch") > BENCH_MOST_BATCH)
        return error_set(error, "%s: its batch is larger than %d", name, BENCH_MOST_BATCH);
    return 1;
}

int bench_networks_choose(const char *names, char *error)
{
    char name[NETFILE_VALUE];
    choices = 0;
    for (const char *at = names; at && *at; at += strcspn(at, ","), at += *at == ',') {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
        if (!choose(name, error)) return 0;
    }
    return 1;
}

void bench_network_file(int k, struct netfile *file)
{
    char error[ERROR_TEXT], text[1024];
    if (choices) {
        network_text_read(chosen[k], file);
        if (!netfile_set_dropout(file, "0", error)) memory_fail("%s: %s", chosen[k], error);
        return;
    }
    size_t n = (size_t)snprintf(text, sizeof text, "rungs-network 1\n%s", networks[k].lines);
    if (!netfile_parse(file, networks[k].name, text, n, error)) memory_fail("%s", error);
}

const char *bench_network_name(int k)
{
    if (choices) return k < choices ? chosen[k] : NULL;
    return k < (int)(sizeof networks / sizeof *networks) ? networks[k].name : NULL;
}

void bench_network_describe(struct bench_network *b)
{
    const struct network *net = &b->net;
    char *words = b->words;
    const struct net_line *line = netfile_line(&b->file, "optimizer");
    const struct shape in = net->layer[0].in;
    size_t used = (size_t)snprintf(words, sizeof b->words, "%s %g %dx%dx%dx%d", line->choice->name,
                                   net_line_number(line, "lr"), b->batch, in.channels, in.rows, in.cols);
    for (int l = 0; l + 1 < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        char *to = words + used;
        const size_t room = sizeof b->words - used;
        if (layer->kind == &layer_conv)
            used += (size_t)snprintf(to, room, " conv:%d:%d:%d", layer->out.channels, layer->window.rows,
                                     layer->window.pad);
        else if (layer->kind == &layer_relu)
            used += (size_t)snprintf(to, room, " relu");
        else
            used += (size_t)snprintf(to, room, " %s:%.0f", layer->word->name, layer->value[0]);
    }
}

int bench_network_make(struct bench_network *b, int k, const char *level, char *error)
{
    struct network *net = &b->net;
    memset(b, 0, sizeof *b);
    bench_network_file(k, &b->file);
    b->batch = (int)netfile_number(&b->file, "batch");
    if (!network_make(net, &b->file, b->batch, level, error)) return 0;
    network_init(net, 1);
    optimizer_make(&b->optimizer, &b->file, net, level);
    bench_network_describe(b);
    const size_t pixels = (size_t)shape_features(net->layer[0].in) * (size_t)b->batch;
    float *x = memory_lean(pixels * sizeof *x);
    if (!x) memory_fail("out of memory for %zu pixels", pixels);
    philox_uniform(2, 0, pixels, -1.5f, 1.5f, x);
    for (int i = 0; i < b->batch; i++) b->label[i] = (int)(philox_word(3, 0, (uint64_t)i) % 10);
    b->given = (struct peer_network){ b->words, net->params, pixels, (size_t)b->batch, NULL, x, b->label };
    return 1;
}

void bench_network_keep(struct bench_network *b)
{
    const size_t n = b->net.params;
    float *start = memory_need(n, sizeof *start);
    memcpy(start, b->net.param, n * sizeof *start);
    b->given.param = start;
}

void bench_network_free(struct bench_network *b)
{
    memory_lean_free((void *)(uintptr_t)b->given.x, b->given.pixels * sizeof *b->given.x);
    free((void *)(uintptr_t)b->given.param);
    optimizer_free(&b->optimizer);
    network_free(&b->net);
}

void bench_network_restore(struct bench_network *b)
{
    struct network *net = &b->net;
    memcpy(net->param, b->given.param, net->params * sizeof *net->param);
    for (int s = 0; s < b->optimizer.states; s++)
        memset(b->optimizer.state[s], 0, net->params * sizeof *b->optimizer.state[s]);
}

static void move_piece(int piece, void *arg)
{
    optimizer_piece(arg, piece);
}

void bench_network_step(struct bench_network *b, long number)
{
    network_forward(&b->net, b->batch, b->given.x, b->label);
    network_backward(&b->net, b->batch);
    optimizer_begin(&b->optimizer, (struct moment){ .epochs = 1, .step = number, .steps = BENCH_MOST_STEPS });
    team_run(b->optimizer.pieces, move_piece, &b->optimizer);
    optimizer_end(&b->optimizer);
}
