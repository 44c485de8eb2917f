/* bench_networks.c - see bench_networks.h. */
#include "bench_networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
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

const char *bench_network_name(int k)
{
    return k < (int)(sizeof networks / sizeof *networks) ? networks[k].name : NULL;
}

/* the layers in the words of peer_networks.py */
static void describe(struct bench_network *b)
{
    const struct network *net = &b->net;
    char *words = b->words;
    const struct net_line *line = netfile_line(&b->file, "optimizer");
    const struct shape in = net->layer[0].in;
    size_t used = (size_t)snprintf(words, sizeof b->words, "%s %g %dx%dx%dx%d", line->choice->name,
                                   net_line_number(line, "lr"), BENCH_BATCH, in.channels, in.rows, in.cols);
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

int bench_network_make(struct bench_network *b, int k, char *error)
{
    struct network *net = &b->net;
    memset(b, 0, sizeof *b);
    char text[1024];
    size_t n = (size_t)snprintf(text, sizeof text, "rungs-network 1\n%s", networks[k].lines);
    if (!netfile_parse(&b->file, networks[k].name, text, n, error) ||
        !network_make(net, &b->file, BENCH_BATCH, "best", error))
        return 0;
    network_init(net, 1);
    optimizer_make(&b->optimizer, &b->file, net, "best");
    describe(b);
    const size_t pixels = (size_t)shape_features(net->layer[0].in) * BENCH_BATCH;
    float *x = memory_lean(pixels * sizeof *x);
    if (!x) memory_fail("out of memory for %zu pixels", pixels);
    philox_uniform(2, 0, pixels, -1.5f, 1.5f, x);
    for (int i = 0; i < BENCH_BATCH; i++) b->label[i] = (int)(philox_word(3, 0, (uint64_t)i) % 10);
    b->given = (struct peer_network){ b->words, net->params, pixels, BENCH_BATCH, NULL, x, b->label };
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
    network_forward(&b->net, BENCH_BATCH, b->given.x, b->label);
    network_backward(&b->net, BENCH_BATCH);
    optimizer_begin(&b->optimizer, (struct moment){ .epochs = 1, .step = number, .steps = BENCH_MOST_STEPS });
    team_run(b->optimizer.pieces, move_piece, &b->optimizer);
    optimizer_end(&b->optimizer);
}
