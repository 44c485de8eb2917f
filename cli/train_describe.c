/* train_describe.c - rungs train NETWORK --describe: the layers, the calls of a step and what they cost,
 * the memory, and how fast a step could be under the roofs of this machine. */
#include "train.h"

#include <stdio.h>
#include <string.h>

#include "../base/terminal.h"
#include "../bench/machine.h"
#include "../bench/report.h"
#include "../bench/roof.h"
#include "../optimized/team.h"

struct cost {
    double flops, bytes, seconds;
};

static void print_layers(const struct network *net, const struct netfile *file)
{
    char in[EXTENTS_TEXT], out[EXTENTS_TEXT];
    printf("%s, batch %d, rung %s\n\n%-5s %-14s %-12s %-12s %12s\n", file->name,
           (int)netfile_number(file, "batch"), net->rung, "layer", "", "in", "out", "parameters");
    for (int l = 0; l < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        printf("%5d %-14s %-12s %-12s %12zu\n", l, layer->word->name, shape_text(layer->in, in),
               l < net->layers - 1 ? shape_text(layer->out, out) : "loss", layers_params(layer, 1));
    }
    printf("%5s %-14s %-12s %-12s %12zu\n", "", "all", "", "", net->params);
}

static void print_row(const char *layer, const char *name, const struct cost *c)
{
    char time[24];
    printf("%5s %-24s %9.3f %9.3f %9.2f  %10s\n", layer, name, c->flops / 1e6, c->bytes / 1e6,
           c->flops / c->bytes, report_seconds(c->seconds, time));
}

static struct cost cost_of(const struct op *op, const int *size, const struct roofs *roofs)
{
    return (struct cost){ op->flops(size), op_bytes(op, size),
                          roof_bound(roofs, op, size, roof_best_isa(roofs, 1), 0).seconds };
}

static void add(struct cost *all, const struct cost *c)
{
    all->flops += c->flops, all->bytes += c->bytes, all->seconds += c->seconds;
}

/* the calls of a step, way forward, way back and update; returns the sum */
static struct cost print_calls(const struct network *net, const struct netfile *file,
                               const struct roofs *roofs)
{
    struct cost all = { 0 };
    char layer[12];
    const struct op *step = op_find(netfile_line(file, "optimizer")->choice->optimizer->op);
    int size[MAX_SIZES] = { (int)net->params };
    printf("\n%5s %-24s %9s %9s %9s  %10s\n", "layer", "operation", "Mflop", "MB", "flop/byte", "at least");
    for (int k = 0; k < net->calls; k++) {
        const struct call *c = &net->call[k];
        int sizes[MAX_SIZES];
        network_sizes(c, (int)netfile_number(file, "batch"), sizes);
        struct cost cost = cost_of(c->op, sizes, roofs);
        snprintf(layer, sizeof layer, "%d", c->layer);
        print_row(layer, c->op->name, &cost);
        add(&all, &cost);
    }
    struct cost cost = cost_of(step, size, roofs);
    print_row("", step->name, &cost);
    add(&all, &cost);
    print_row("", "a step", &all);
    return all;
}

static void print_memory(const struct network *net, const struct netfile *file)
{
    const double MiB = 1 << 20, f = sizeof(float);
    int states = netfile_line(file, "optimizer")->choice->optimizer->states;
    printf("\nmemory: parameters %.2f MiB, their gradients as much, optimizer's state %.2f MiB;\n",
           f * (double)net->params / MiB, f * states * (double)net->params / MiB);
    printf("between the layers %.2f MiB, for batches of up to %d: %.2f MiB if nothing were shared,\n"
           "and %.2f MiB are in use at once\n",
           f * (double)net->arena_elements / MiB, net->batch, f * (double)arena_unshared(net) / MiB,
           f * (double)arena_least(net) / MiB);
}

static void print_expected(const struct cost *all, int batch, const struct roofs *roofs)
{
    char time[24];
    printf("\nexpected under the measured roofs of this machine (%d thread%s, %.1f Gflop/s, %.1f GB/s from "
           "DRAM):\n"
           "a step takes %s or more, and no more than %.0f images/s are possible\n",
           roofs->threads, roofs->threads == 1 ? "" : "s", roofs->fma[roof_best_isa(roofs, 1)] / 1e9,
           roofs->bytes[LEVEL_DRAM][0] / 1e9, report_seconds(all->seconds, time), batch / all->seconds);
}

int training_describe(const struct training *what)
{
    static struct netfile file;
    static struct network net;
    static struct roofs roofs;
    char options[CHECKPOINT_OPTIONS], why[ERROR_TEXT];
    team_use(what->threads);
    int code = training_file(what, NULL, &file, options, why);
    if (code) return args_fail(code, "train", "%s", why);
    if (!network_design(&net, &file, trainer_most(&file), what->height, why))
        return args_fail(EXIT_USAGE, "train", "%s", why);
    struct machine m = machine_facts();
    if (!roof_measure(&roofs, &m, team_threads()))
        return args_fail(EXIT_RESOURCES, "train", "out of memory for the bandwidth measurement");
    print_layers(&net, &file);
    struct cost all = print_calls(&net, &file, &roofs);
    print_memory(&net, &file);
    print_expected(&all, (int)netfile_number(&file, "batch"), &roofs);
    return EXIT_OK;
}
