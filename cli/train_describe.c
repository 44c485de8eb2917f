/* train_describe.c - rungs train NETWORK --describe: the layers, the calls of a step and what they cost,
 * the memory, and how fast a step could be under the roofs of this machine. */
#include "train.h"

#include <stdio.h>
#include <string.h>

#include "../base/json.h"
#include "../bench/machine.h"
#include "../bench/report.h"
#include "../bench/roof.h"
#include "../optimized/team.h"
#include "../train/decay.h"

struct cost {
    double flops, bytes, seconds; /* seconds: at least, under the roofs */
};

struct line { /* an operation of a step */
    int layer;
    const char *name;
    struct cost cost;
};

struct description {
    const struct netfile *file;
    const struct network *net;
    const char *options; /* as training_file gives them */
    const struct roofs *roofs;
    int batch, calls;
    struct line call[NETWORK_CALLS + 8], update; /* way forward and way back, what is done to the gradient
                                                  * and the weights beside the optimizer; the optimizer */
    struct cost step;                            /* all of them */
    struct {
        double parameters, gradients, state, between, unshared, least; /* bytes */
    } memory;
};

/* ---- what there is to say ---- */

static struct cost cost_of(const struct op *op, const int *size, const struct roofs *roofs)
{
    return (struct cost){ op->flops(size), op_bytes(op, size),
                          roof_bound(roofs, op, size, op->flops(size), roof_best_isa(roofs, 1), 0).seconds };
}

static void add(struct cost *all, const struct cost *c)
{
    all->flops += c->flops, all->bytes += c->bytes, all->seconds += c->seconds;
}

/* what clips the gradient and keeps weights small */
static void describe_decay(struct description *d)
{
    static struct decay decay;
    size_t covered = 0;
    decay_make(&decay, d->file, "best");
    for (int l = 0; l < d->net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++)
            if (decay_covers(&decay, &d->net->layer[l], p)) covered += d->net->layer[l].elements[p];
    const struct rule *rule[] = { &decay.clip_value, &decay.clip_norm, &decay.penalty_gradient, &decay.shrink,
                                  &decay.proximal };
    for (int k = 0; k < 5; k++) {
        int size[MAX_SIZES] = { (int)(k < 2 ? d->net->params : covered) };
        if (!rule[k]->run) continue;
        d->call[d->calls] = (struct line){ -1, rule[k]->op->name, cost_of(rule[k]->op, size, d->roofs) };
        add(&d->step, &d->call[d->calls++].cost);
    }
    if (!decay.max_norm.run) return;
    struct line *limit = &d->call[d->calls++];
    *limit = (struct line){ .layer = -1, .name = decay.max_norm.op->name };
    for (int l = 0; l < d->net->layers; l++) {
        const struct layer *layer = &d->net->layer[l];
        if (!layer->fan_in) continue;
        int size[MAX_SIZES] = { (int)layer->elements[0] / layer->fan_in, layer->fan_in };
        struct cost c = cost_of(decay.max_norm.op, size, d->roofs);
        add(&limit->cost, &c);
    }
    add(&d->step, &limit->cost);
}

/* of the optimizer's step: its matrices, and all other parameters */
static struct cost cost_of_update(const struct description *d)
{
    const struct net_line *line = netfile_line(d->file, "optimizer");
    const struct optimizer_kind *kind = line->choice->optimizer;
    int rest = (int)d->net->params;
    struct cost all = { 0 };
    for (int l = 0; kind->rest && l < d->net->layers; l++) {
        const struct layer *layer = &d->net->layer[l];
        if (!optimizer_has_matrix(d->net, l)) continue;
        int size[MAX_SIZES] = { (int)layer->elements[0] / layer->fan_in, layer->fan_in };
        struct cost c = cost_of(optimizer_op(line), size, d->roofs);
        rest -= (int)layer->elements[0];
        add(&all, &c);
    }
    struct cost c = cost_of(kind->rest ? op_find(kind->rest) : optimizer_op(line),
                            (const int[MAX_SIZES]){ rest }, d->roofs);
    add(&all, &c);
    return all;
}

static void describe_calls(struct description *d)
{
    const struct network *net = d->net;
    const struct op *step = op_find(netfile_line(d->file, "optimizer")->choice->optimizer->op);
    for (int k = 0; k < net->calls; k++) {
        const struct call *c = &net->call[k];
        int size[MAX_SIZES];
        if (c->when == CALL_IN_TESTS) continue;
        network_sizes(c, d->batch, size);
        d->call[d->calls] = (struct line){ c->layer, c->op->name, cost_of(c->op, size, d->roofs) };
        add(&d->step, &d->call[d->calls++].cost);
    }
    describe_decay(d);
    d->update = (struct line){ -1, step->name, cost_of_update(d) };
    add(&d->step, &d->update.cost);
}

static void describe_memory(struct description *d)
{
    const double f = sizeof(float), params = f * (double)d->net->params;
    d->memory.parameters = d->memory.gradients = params;
    d->memory.state = params * optimizer_states(netfile_line(d->file, "optimizer"));
    d->memory.between = f * (double)d->net->arena_elements;
    d->memory.unshared = f * (double)arena_unshared(d->net);
    d->memory.least = f * (double)arena_least(d->net);
}

/* The line of a setting, "" if it is as the grammar has it: see net_line_text */
static const char *setting_text(const struct net_line *line, char *text)
{
    char standard[GRAMMAR_TEXT] = "";
    net_line_text(line, text);
    if (line->word->standard)
        snprintf(standard, sizeof standard, "%s%s%s", line->word->name, *line->word->standard ? " " : "",
                 line->word->standard);
    return line->word->place == PLACE_SETTING && strcmp(text, standard) ? text : "";
}

/* ---- for people ---- */

static void print_settings(const struct description *d)
{
    char text[GRAMMAR_TEXT];
    const char *between = "\nsettings: ";
    for (int l = 0; l < d->file->lines; l++) {
        if (!*setting_text(&d->file->line[l], text)) continue;
        printf("%s%s", between, text);
        between = "; ";
    }
    putchar('\n');
}

static void print_layers(const struct description *d)
{
    const struct network *net = d->net;
    char in[EXTENTS_TEXT], out[EXTENTS_TEXT];
    printf("%s, batch %d, rung %s\n\n%-5s %-14s %-12s %-12s %12s\n", d->file->name, d->batch, net->rung,
           "layer", "", "in", "out", "parameters");
    for (int l = 0; l < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        printf("%5d %-14s %-12s %-12s %12zu\n", l, layer->word->name, shape_text(layer->in, in),
               l < net->layers - 1 ? shape_text(layer->out, out) : "loss", layers_params(layer, 1));
    }
    printf("%5s %-14s %-12s %-12s %12zu\n", "", "all", "", "", net->params);
}

static void print_line(const char *layer, const char *name, const struct cost *c)
{
    char time[24];
    printf("%5s %-24s %9.3f %9.3f %9.2f  %10s\n", layer, name, c->flops / 1e6, c->bytes / 1e6,
           c->flops / c->bytes, report_seconds(c->seconds, time));
}

static void print_calls(const struct description *d)
{
    char layer[12];
    printf("\n%5s %-24s %9s %9s %9s  %10s\n", "layer", "operation", "Mflop", "MB", "flop/byte", "at least");
    for (int k = 0; k < d->calls; k++) {
        if (d->call[k].layer >= 0)
            snprintf(layer, sizeof layer, "%d", d->call[k].layer);
        else
            *layer = '\0';
        print_line(layer, d->call[k].name, &d->call[k].cost);
    }
    print_line("", d->update.name, &d->update.cost);
    print_line("", "a step", &d->step);
}

static void print_memory(const struct description *d)
{
    const double MiB = 1 << 20;
    printf("\nmemory: parameters %.2f MiB, their gradients as much, optimizer's state %.2f MiB;\n",
           d->memory.parameters / MiB, d->memory.state / MiB);
    printf("between the layers %.2f MiB, for batches of up to %d: %.2f MiB if nothing were shared,\n"
           "and %.2f MiB are in use at once\n",
           d->memory.between / MiB, d->net->batch, d->memory.unshared / MiB, d->memory.least / MiB);
}

static double roof_flops(const struct roofs *r)
{
    return r->fma[roof_best_isa(r, 1)];
}

static double roof_bytes(const struct roofs *r)
{
    return r->bytes[LEVEL_DRAM][0];
}

static void print_expected(const struct description *d)
{
    const struct roofs *roofs = d->roofs;
    char time[24];
    printf("\nexpected under the measured roofs of this machine (%d thread%s, %.1f Gflop/s, %.1f GB/s from "
           "DRAM):\n"
           "a step takes %s or more, and no more than %.0f images/s are possible\n",
           roofs->threads, roofs->threads == 1 ? "" : "s", roof_flops(roofs) / 1e9, roof_bytes(roofs) / 1e9,
           report_seconds(d->step.seconds, time), d->batch / d->step.seconds);
}

/* ---- for programs ---- */

static void json_layers(struct json *j, const struct network *net)
{
    char text[EXTENTS_TEXT];
    json_list(j, "layers");
    for (int l = 0; l < net->layers; l++) {
        const struct layer *layer = &net->layer[l];
        json_on_one_line(j);
        json_object(j, NULL);
        json_text(j, "word", layer->word->name);
        json_text(j, "in", shape_text(layer->in, text));
        json_text(j, "out", l < net->layers - 1 ? shape_text(layer->out, text) : NULL);
        json_integer(j, "parameters", (long long)layers_params(layer, 1));
        json_end(j);
    }
    json_end(j);
}

static void json_settings(struct json *j, const struct netfile *file)
{
    char text[GRAMMAR_TEXT];
    json_list(j, "settings");
    for (int l = 0; l < file->lines; l++)
        if (*setting_text(&file->line[l], text)) json_text(j, NULL, text);
    json_end(j);
}

static void json_line(struct json *j, const char *key, const struct line *line)
{
    json_on_one_line(j);
    json_object(j, key);
    if (line->layer >= 0) json_integer(j, "layer", line->layer);
    if (line->name) json_text(j, "op", line->name);
    json_number(j, "flops", line->cost.flops);
    json_number(j, "bytes", line->cost.bytes);
    json_number(j, "flops_per_byte", line->cost.flops / line->cost.bytes);
    json_number(j, "least_seconds", line->cost.seconds);
    json_end(j);
}

static void json_memory(struct json *j, const struct description *d)
{
    json_object(j, "memory");
    json_integer(j, "largest_batch", d->net->batch);
    json_number(j, "parameter_bytes", d->memory.parameters);
    json_number(j, "gradient_bytes", d->memory.gradients);
    json_number(j, "optimizer_bytes", d->memory.state);
    json_number(j, "between_bytes", d->memory.between);
    json_number(j, "between_bytes_unshared", d->memory.unshared);
    json_number(j, "between_bytes_at_once", d->memory.least);
    json_end(j);
}

static void json_roofs(struct json *j, const struct roofs *roofs)
{
    json_object(j, "roofs");
    json_integer(j, "threads", roofs->threads);
    json_number(j, "flops_per_second", roof_flops(roofs));
    json_number(j, "dram_bytes_per_second", roof_bytes(roofs));
    json_end(j);
}

static void print_json(const struct description *d)
{
    struct json j = json_begin(stdout);
    json_object(&j, NULL);
    json_text(&j, "network", d->file->name);
    training_options_json(&j, d->options);
    json_integer(&j, "batch", d->batch);
    json_text(&j, "rung", d->net->rung);
    json_layers(&j, d->net);
    json_settings(&j, d->file);
    json_integer(&j, "parameters", (long long)d->net->params);
    json_list(&j, "calls");
    for (int k = 0; k < d->calls; k++) json_line(&j, NULL, &d->call[k]);
    json_end(&j);
    json_line(&j, "update", &d->update);
    json_line(&j, "step", &(struct line){ -1, NULL, d->step });
    json_memory(&j, d);
    json_roofs(&j, d->roofs);
    json_number(&j, "most_samples_per_second", d->batch / d->step.seconds);
    json_end(&j);
}

int training_describe(const struct training *what)
{
    static struct netfile file;
    static struct network net;
    static struct roofs roofs;
    static struct description d;
    char options[CHECKPOINT_OPTIONS], error[ERROR_TEXT];
    team_use(what->threads);
    int code = training_file(what, NULL, &file, options, error);
    if (code) return args_fail(code, "train", "%s", error);
    if (!network_design(&net, &file, trainer_most(&file), what->level, error))
        return args_fail(EXIT_USAGE, "train", "%s", error);
    struct machine m = machine_facts();
    if (!roof_measure(&roofs, &m, team_threads()))
        return args_fail(EXIT_RESOURCES, "train", "out of memory for the bandwidth measurement");
    d = (struct description){ &file, &net, options, &roofs, .batch = (int)netfile_number(&file, "batch") };
    describe_calls(&d);
    describe_memory(&d);
    if (what->as_json) {
        print_json(&d);
        return EXIT_OK;
    }
    print_layers(&d);
    print_settings(&d);
    print_calls(&d);
    print_memory(&d);
    print_expected(&d);
    return EXIT_OK;
}
