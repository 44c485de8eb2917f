/* optimizer.c - an optimizer at work; see optimizer.h. */
#include "optimizer.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"

enum { PIECE = DECAY_MOST }; /* 64 KiB of each array, a multiple of every vector */

const struct op *optimizer_op(const struct net_line *line)
{
    const struct word *word = line->choice;
    const struct op *base = op_find(word->optimizer->op);
    struct op like = *base;
    for (int s = 0; s < like.nscalar; s++)
        for (int v = 0; v < grammar_values(word); v++)
            if (strcmp(word->value[v].name, like.scalar[s].name) != 0)
                continue;
            else if (like.scalar[s].kind == SCALAR_REAL)
                like.scalar[s].real = line->value[v].number;
            else
                like.scalar[s].count = (uint64_t)line->value[v].number;
    return op_like(base, &like);
}

/* ---- pieces ---- */

/* cuts off n parameters from `at`; counts alone if there is no memory for the pieces yet */
static void cut(struct optimizer *o, size_t at, size_t n, int decays)
{
    for (size_t end = at + n; at < end; at += PIECE, o->pieces++)
        if (o->piece)
            o->piece[o->pieces] = (struct piece){ at, (int)(end - at < PIECE ? end - at : PIECE), decays };
}

int optimizer_has_matrix(const struct network *net, int layer)
{
    int last = net->layers - 1;
    while (last > 0 && !net->layer[last].fan_in) last--;
    return net->layer[layer].fan_in > 0 && layer < last;
}

static void add_matrix(struct optimizer *o, size_t at, const struct layer *layer)
{
    int cols = layer->fan_in, rows = (int)(layer->elements[0] / (size_t)cols);
    if (o->matrix) o->matrix[o->matrices] = (struct matrix){ at, rows, cols };
    o->matrices++;
}

/* Where something decays, weights and biases are in different pieces: a bias does not make a layer's output
 * more sensitive to its input, and its shrinking only shifts that. */
static void cut_all(struct optimizer *o, const struct network *net)
{
    size_t at = 0;
    o->pieces = o->matrices = 0;
    if (!o->rest.run && net_line_number(o->line, "wd") == 0 && !decay_is_on(&o->decay)) {
        cut(o, 0, o->n, 0);
        return;
    }
    for (int l = 0; l < net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) {
            if (o->rest.run && p == 0 && optimizer_has_matrix(net, l))
                add_matrix(o, at, &net->layer[l]);
            else
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
    o->kind = kind, o->line = line, o->op = optimizer_op(line), o->run = rung->run, o->rung = rung->name;
    o->states = optimizer_states(line);
    schedule_make(&o->schedule, file);
    decay_make(&o->decay, file, level);
    o->n = n, o->net = net, o->dw = net->dparam, o->w = net->param;
    memcpy(o->scalar, o->op->scalar, sizeof o->scalar);
    if (kind->rest) decay_rule(&o->rest, kind->rest, level);
    cut_all(o, net);
    o->piece = memory_need((size_t)o->pieces + 1, sizeof *o->piece);
    o->matrix = memory_need((size_t)o->matrices + 1, sizeof *o->matrix);
    cut_all(o, net);
    for (int s = 0; s < o->states; s++) {
        o->state[s] = memory_lean(n * sizeof(float));
        if (!o->state[s])
            memory_fail("out of memory: cannot allocate %zu bytes for the optimizer's state",
                        n * sizeof(float));
    }
}

void optimizer_free(struct optimizer *o)
{
    free(o->piece);
    free(o->matrix);
    for (int s = 0; s < OPTIMIZER_STATES; s++) memory_lean_free(o->state[s], o->n * sizeof(float));
    memset(o, 0, sizeof *o);
}

/* ---- a step ---- */

/* the rate of what the line calls `name`, as the schedule has it now */
static double rate_of(const struct optimizer *o, const char *name)
{
    return net_line_number(o->line, name) * (o->lr / o->schedule.lr);
}

static void set_step(struct scalar *scalar, int n, double lr, struct moment now, long warmup)
{
    for (int s = 0; s < n; s++) {
        if (!strcmp(scalar[s].name, "lr")) scalar[s].real = lr;
        if (!strcmp(scalar[s].name, "t")) scalar[s].count = (uint64_t)now.step + 1;
        if (!strcmp(scalar[s].name, "warmup")) scalar[s].count = (uint64_t)warmup;
    }
}

/* the operation on its arguments from parameter `at` on */
static void call_on(const struct optimizer *o, const struct op *op, any_fn *run, const struct scalar *scalar,
                    const int *size, size_t at)
{
    void *buf[MAX_ARGS];
    int states = 0;
    for (int a = 0; a < op->narg; a++) {
        const char *name = op->arg[a].name;
        buf[a] = !strcmp(name, "dw") ? o->dw + at : !strcmp(name, "w") ? o->w + at : o->state[states++] + at;
    }
    op->call(run, size, buf, scalar);
}

static void move_matrix(const struct optimizer *o, const struct matrix *m)
{
    const int size[MAX_SIZES] = { m->rows, m->cols }, n = m->rows * m->cols;
    for (int at = 0; at < n; at += PIECE)
        decay_before(&o->decay, n - at < PIECE ? n - at : PIECE, o->dw + m->at + at, o->w + m->at + at,
                     o->lr);
    call_on(o, o->op, o->run, o->scalar, size, m->at);
    for (int at = 0; at < n; at += PIECE)
        decay_after(&o->decay, n - at < PIECE ? n - at : PIECE, o->w + m->at + at, o->lr);
}

/* the scalar that says how much of the velocity, or of the mean gradient, is kept: mu or beta1; -1: there is
 * none, or it is 0 */
static int momentum_of(const struct op *op)
{
    for (int s = 0; s < op->nscalar; s++)
        if ((!strcmp(op->scalar[s].name, "mu") || !strcmp(op->scalar[s].name, "beta1")) &&
            op->scalar[s].real > 0)
            return s;
    return -1;
}

int optimizer_has_momentum(const struct net_line *line)
{
    return momentum_of(optimizer_op(line)) >= 0;
}

void optimizer_begin(struct optimizer *o, struct moment now)
{
    int warms_up = op_scalar(o->op, "warmup") != NULL;
    long warmup = schedule_warmup(&o->schedule, now);
    o->lr = schedule_lr(&o->schedule, now, !warms_up);
    set_step(o->scalar, o->op->nscalar, o->lr, now, warmup);
    if (o->rest.run) set_step(o->rest.scalar, o->rest.op->nscalar, rate_of(o, "adam_lr"), now, warmup);
    double momentum = schedule_momentum(&o->schedule, now);
    if (momentum >= 0) o->scalar[momentum_of(o->op)].real = momentum;
    memcpy(o->undecayed, o->scalar, sizeof o->scalar);
    for (int s = 0; s < o->op->nscalar; s++)
        if (!strcmp(o->scalar[s].name, "wd")) o->undecayed[s].real = 0;
    decay_clip(&o->decay, o->n, o->dw);
    for (int k = 0; k < o->matrices; k++) move_matrix(o, &o->matrix[k]);
}

void optimizer_piece(const struct optimizer *o, int piece)
{
    const struct piece *p = &o->piece[piece];
    const int size[MAX_SIZES] = { p->n };
    const double lr = o->rest.run ? rate_of(o, "adam_lr") : o->lr;
    if (p->decays) decay_before(&o->decay, p->n, o->dw + p->at, o->w + p->at, lr);
    if (o->rest.run)
        call_on(o, o->rest.op, o->rest.run, o->rest.scalar, size, p->at);
    else
        call_on(o, o->op, o->run, p->decays ? o->scalar : o->undecayed, size, p->at);
    if (p->decays) decay_after(&o->decay, p->n, o->w + p->at, lr);
}

float *optimizer_tested(const struct optimizer *o, long steps)
{
    return o->kind->averages && steps ? o->state[o->states - 1] : o->w;
}

void optimizer_end(const struct optimizer *o)
{
    size_t at = 0;
    for (int l = 0; o->decay.max_norm.run && l < o->net->layers; l++)
        for (int p = 0; p < LAYER_PARAMS; p++) {
            const struct layer *layer = &o->net->layer[l];
            if (p == 0 && layer->fan_in > 0)
                decay_limit(&o->decay, (int)(layer->elements[0] / (size_t)layer->fan_in), layer->fan_in,
                            o->w + at);
            at += layer->elements[p];
        }
}

void optimizer_step(const struct optimizer *o)
{
    for (int k = 0; k < o->pieces; k++) optimizer_piece(o, k);
    optimizer_end(o);
}
