/* decay.c - clipping, penalties, decay and proximal steps; see decay.h. */
#include "decay.h"

#include <string.h>

void decay_rule(struct rule *r, const char *op, const char *level)
{
    r->op = op_find(op);
    r->run = rung_at_level(r->op, level)->run;
    memcpy(r->scalar, r->op->scalar, sizeof r->scalar);
}

static void set(struct rule *r, const char *scalar, double x)
{
    for (int s = 0; s < r->op->nscalar; s++)
        if (!strcmp(r->scalar[s].name, scalar)) r->scalar[s].real = x;
}

/* with this one value, unless it is 0, which stands for none */
static void make_with(struct rule *r, const char *op, const char *level, const char *scalar, double x)
{
    if (x == 0) return;
    decay_rule(r, op, level);
    set(r, scalar, x);
}

void decay_make(struct decay *d, const struct netfile *file, const char *level)
{
    const struct net_line *clip = netfile_line(file, "clip"), *decay = netfile_line(file, "weight_decay"),
                          *l1 = netfile_line(file, "l1");
    double of_squares = net_line_number(decay, "coupled"), of_sizes = net_line_number(l1, "penalty");
    memset(d, 0, sizeof *d);
    make_with(&d->clip_value, "clip_value", level, "clip_value", net_line_number(clip, "value"));
    make_with(&d->clip_norm, "clip_norm", level, "max_norm", net_line_number(clip, "norm"));
    make_with(&d->shrink, "weight_decay_step", level, "wd", net_line_number(decay, "decoupled"));
    make_with(&d->proximal, "soft_threshold", level, "lambda", net_line_number(l1, "proximal"));
    make_with(&d->max_norm, "max_norm", level, "c", netfile_number(file, "max_norm"));
    d->biases = net_line_number(decay, "biases") > 0;
    if (of_squares == 0 && of_sizes == 0) return;
    struct rule *both[] = { &d->penalty, &d->penalty_gradient };
    for (int k = 0; k < 2; k++) {
        decay_rule(both[k], k ? "elastic_penalty_backward" : "elastic_penalty_forward", level);
        set(both[k], "l1", of_sizes);
        set(both[k], "l2", of_squares);
    }
}

int decay_is_on(const struct decay *d)
{
    return d->penalty.run || d->shrink.run || d->proximal.run;
}

int decay_covers(const struct decay *d, const struct layer *layer, int param)
{
    return layer->fan_in > 0 && (param == 0 || d->biases);
}

static void call(const struct rule *r, int n, void *const *buf)
{
    r->op->call(r->run, (const int[MAX_SIZES]){ n }, buf, r->scalar);
}

void decay_clip(struct decay *d, size_t n, float *dw)
{
    if (d->clip_value.run) call(&d->clip_value, (int)n, (void *const[]){ dw });
    if (d->clip_norm.run) call(&d->clip_norm, (int)n, (void *const[]){ dw, &d->norm });
}

/* the same with the rate of this step */
static void call_at(const struct rule *r, int n, float *w, double lr)
{
    struct rule now = *r;
    set(&now, "lr", lr);
    call(&now, n, (void *const[]){ w });
}

void decay_before(const struct decay *d, int n, float *dw, float *w, double lr)
{
    float one = 1, added[DECAY_MOST];
    if (d->penalty_gradient.run) {
        call(&d->penalty_gradient, n, (void *const[]){ w, &one, added });
        for (int k = 0; k < n; k++) dw[k] += added[k];
    }
    if (d->shrink.run) call_at(&d->shrink, n, w, lr);
}

void decay_after(const struct decay *d, int n, float *w, double lr)
{
    if (d->proximal.run) call_at(&d->proximal, n, w, lr);
}

void decay_limit(const struct decay *d, int rows, int cols, float *w)
{
    const int size[MAX_SIZES] = { rows, cols };
    if (d->max_norm.run)
        d->max_norm.op->call(d->max_norm.run, size, (void *const[]){ w }, d->max_norm.scalar);
}
