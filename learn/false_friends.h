/* false_friends.h - what exercise 3.6 hands to the student: a loss of N rows of C logits. */
#ifndef RUNGS_FALSE_FRIENDS_H
#define RUNGS_FALSE_FRIENDS_H

typedef double loss_fn(int N, int C, const double *z, const int *label, double *dz);

int false_friends(loss_fn *loss);
int false_friends_entry(struct channel *c, void (*student)(void));

static struct channel *false_friends_channel;

static double false_friends_loss(int N, int C, const double *z, const int *label, double *dz)
{
    struct channel *c = false_friends_channel;
    const size_t elements = (size_t)N * (size_t)C;
    channel_begin(c, 0);
    c->size[0] = N, c->size[1] = C;
    channel_put(c, z, elements * sizeof *z);
    channel_put(c, label, (size_t)N * sizeof *label);
    channel_put(c, dz, elements * sizeof *dz);
    c->ask(c);
    channel_get(c, 2, dz);
    return c->scalar[0];
}

int false_friends_entry(struct channel *c, void (*student)(void))
{
    false_friends_channel = c;
    return ((int (*)(loss_fn *))student)(false_friends_loss);
}

#endif
