/* wrong_but_descends.h - what exercise 4.3 hands to the student: a step of an optimizer, which keeps its own
 * state and forgets it at t = 1. */
#ifndef RUNGS_WRONG_BUT_DESCENDS_H
#define RUNGS_WRONG_BUT_DESCENDS_H

typedef void optimizer_fn(int n, const double *dw, double *w, double lr, double beta1, double beta2,
                          double eps, int t);

int wrong_but_descends(optimizer_fn *step);
int wrong_but_descends_entry(struct channel *c, void (*student)(void));

static struct channel *optimizer_channel;

static void optimizer_step(int n, const double *dw, double *w, double lr, double beta1, double beta2,
                           double eps, int t)
{
    struct channel *c = optimizer_channel;
    channel_begin(c, 0);
    c->size[0] = n, c->size[1] = t;
    c->scalar[0] = lr, c->scalar[1] = beta1, c->scalar[2] = beta2, c->scalar[3] = eps;
    channel_put(c, dw, (size_t)n * sizeof *dw);
    channel_put(c, w, (size_t)n * sizeof *w);
    c->ask(c);
    channel_get(c, 1, w);
}

int wrong_but_descends_entry(struct channel *c, void (*student)(void))
{
    optimizer_channel = c;
    return ((int (*)(optimizer_fn *))student)(optimizer_step);
}

#endif
