/* optimizer.c - an optimizer at work; see optimizer.h. */
#include "optimizer.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

enum { PIECE = DECAY_MOST }; /* 64 KiB of each array, a multiple of every vector */

/* those that the line has a value for are as it says */
static void set_scalars(struct optimizer *o)
{
    const struct word *word = o->line->choice;
    memcpy(o->scalar, o->op->scalar, sizeof o->scalar);
    for (int s = 0; s < o->op->nscalar; s++)
        for (int v = 0; v < grammar_values(word); v++)
            if (!strcmp(word->value[v].name, o->scalar[s].name)) {
                o->scalar[s].real = o->line->value[v].number;
                o->scalar[s].count = (uint64_t)o->line->value[v].number;
            }
}

/* ---- pieces ---- */

/* cuts off n parameters from `at`; counts alone if there is no memory for the pieces yet */
static void cut(struct optimizer *o, size_t at, size_t n, int decays)
{
    for (size_t end = at + n; at < end; at += PIECE, o->pieces++)
        if (o->piece)
            o->piece[o->pieces] = (struct piece){ at, (int)(end - at < PIECE ? end - at : PIECE), decays };
}

/* Where something decays, weights and biases are in different pieces: a bias does not make a layer's output
 * more sensitive to its input, and its shrinking only shifts that. */
static void cut_all(struct optimizer *o, const struct network *net)
{
    size_t at = 0;
    o->pieces = 0;
    if (net_line_number(o->line, "wd") == 0 && !decay_is_on(&o->decay)) {
        cut(o, 0, o->n, 0);
        return;
    }
    for (int l = 0; l < net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) {
            cut(o, at, net->layer[l].elements[p], decay_covers(&o->decay, &net->layer[l], p));
            at += net->layer[l].elements[p];
        }
}

/* ---- the optimizer ---- */

void optimizer_make(struct optimizer *o, const struct netfile *file, const struct network *net,
                    const char *level)
{
    const size_t n = net->params;
    const struct net_line *line = netfile_line(file, "optimizer");
    const struct optimizer_kind *kind = line->choice->optimizer;
    const struct rung *rung = rung_at_level(op_find(kind->op), level);
    memset(o, 0, sizeof *o);
    o->kind = kind, o->line = line, o->op = op_find(kind->op), o->run = rung->run, o->rung = rung->name;
    schedule_make(&o->schedule, file);
    decay_make(&o->decay, file, level);
    o->n = n, o->dw = net->dparam, o->w = net->param;
    set_scalars(o);
    cut_all(o, net);
    o->piece = memory_need((size_t)o->pieces, sizeof *o->piece);
    cut_all(o, net);
    for (int s = 0; s < kind->states; s++) {
        o->state[s] = memory_huge(n * sizeof(float));
        if (!o->state[s])
            memory_fail("out of memory: cannot allocate %zu bytes for the optimizer's state",
                        n * sizeof(float));
    }
}

void optimizer_free(struct optimizer *o)
{
    free(o->piece);
    for (int s = 0; s < OPTIMIZER_STATES; s++) memory_huge_free(o->state[s], o->n * sizeof(float));
    memset(o, 0, sizeof *o);
}

void optimizer_begin(struct optimizer *o, struct moment now)
{
    int warms_up = op_scalar(o->op, "warmup") != NULL;
    double lr = schedule_lr(&o->schedule, now, !warms_up);
    o->lr = lr;
    for (int s = 0; s < o->op->nscalar; s++) {
        if (!strcmp(o->scalar[s].name, "lr")) o->scalar[s].real = lr;
        if (!strcmp(o->scalar[s].name, "t")) o->scalar[s].count = (uint64_t)now.step + 1;
        if (!strcmp(o->scalar[s].name, "warmup"))
            o->scalar[s].count = (uint64_t)schedule_warmup(&o->schedule, now);
    }
    memcpy(o->undecayed, o->scalar, sizeof o->scalar);
    for (int s = 0; s < o->op->nscalar; s++)
        if (!strcmp(o->scalar[s].name, "wd")) o->undecayed[s].real = 0;
    decay_clip(&o->decay, o->n, o->dw);
}

void optimizer_piece(const struct optimizer *o, int piece)
{
    const struct piece *p = &o->piece[piece];
    int size[MAX_SIZES] = { p->n }, states = 0;
    void *buf[MAX_ARGS];
    for (int a = 0; a < o->op->narg; a++) {
        const char *name = o->op->arg[a].name;
        buf[a] = !strcmp(name, "dw")  ? o->dw + p->at
                 : !strcmp(name, "w") ? o->w + p->at
                                      : o->state[states++] + p->at;
    }
    if (p->decays) decay_before(&o->decay, p->n, o->dw + p->at, o->w + p->at, o->lr);
    o->op->call(o->run, size, buf, p->decays ? o->scalar : o->undecayed);
    if (p->decays) decay_after(&o->decay, p->n, o->w + p->at, o->lr);
}

float *optimizer_tested(const struct optimizer *o, long steps)
{
    return o->kind->averages && steps ? o->state[o->kind->states - 1] : o->w;
}

void optimizer_step(const struct optimizer *o)
{
    for (int k = 0; k < o->pieces; k++) optimizer_piece(o, k);
}
