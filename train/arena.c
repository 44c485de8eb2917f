/* arena.c - one arena for all tensors that only live for a while; see network.h.
 *
 * A tensor is in use from the call that writes it to the last one that reads it. Two that are not in use at
 * the same time may have the same place, and one may be written over another where its operation allows
 * that and nobody reads the other again. The largest tensor gets its place first, the lowest that is free
 * all the time that it needs it (Pisarchyk and Lee, "Efficient memory management for deep neural net
 * inference", 2020, section 5.2).
 */
#include <string.h>

#include "network.h"

enum { LINE = 16 }; /* floats: tensors begin at cache lines */

static size_t room(const struct tensor *t)
{
    return (t->elements + LINE - 1) / LINE * LINE;
}

static int is_placed_itself(const struct network *net, int t)
{
    return net->tensor[t].home == HOME_ARENA && net->tensor[t].memory_of == t;
}

/* ---- written over each other ---- */

static void share_within_calls(struct network *net)
{
    for (int k = 0; k < net->calls; k++) {
        const struct call *c = &net->call[k];
        if (c->op->over[0] == c->op->over[1]) continue;
        struct tensor *out = &net->tensor[c->tensor[c->op->over[0]]];
        struct tensor *in = &net->tensor[net->tensor[c->tensor[c->op->over[1]]].memory_of];
        if (out->home != HOME_ARENA || in->home != HOME_ARENA || out->first != k || in->last != k ||
            out->elements > in->elements)
            continue;
        out->memory_of = in->memory_of;
        in->last = out->last;
    }
}

/* ---- places ---- */

static int is_in_the_way(const struct tensor *a, const struct tensor *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest place for t beside those that have theirs already: 0, or right behind one of them. */
static size_t lowest_place(const struct network *net, const int *placed, int n, const struct tensor *t)
{
    size_t best = 0;
    int is_free = 0;
    for (int candidate = -1; candidate < n; candidate++) {
        const struct tensor *before = candidate < 0 ? NULL : &net->tensor[placed[candidate]];
        size_t at = before ? before->at + room(before) : 0;
        int fits = !is_free || at < best;
        for (int k = 0; k < n && fits; k++) {
            const struct tensor *other = &net->tensor[placed[k]];
            fits = !is_in_the_way(t, other) || at + room(t) <= other->at || other->at + room(other) <= at;
        }
        if (fits) best = at, is_free = 1;
    }
    return best;
}

/* the largest that has no place yet, the first of equals; -1: all have one */
static int next_to_place(const struct network *net, const char *has_place)
{
    int next = -1;
    for (int t = 0; t < net->tensors; t++)
        if (is_placed_itself(net, t) && !has_place[t] &&
            (next < 0 || net->tensor[t].elements > net->tensor[next].elements))
            next = t;
    return next;
}

void arena_plan(struct network *net)
{
    char has_place[NETWORK_TENSORS] = { 0 };
    int placed[NETWORK_TENSORS], n = 0, t;
    share_within_calls(net);
    net->arena_elements = 0;
    while ((t = next_to_place(net, has_place)) >= 0) {
        struct tensor *tensor = &net->tensor[t];
        tensor->at = lowest_place(net, placed, n, tensor);
        if (tensor->at + room(tensor) > net->arena_elements) net->arena_elements = tensor->at + room(tensor);
        has_place[t] = 1;
        placed[n++] = t;
    }
    for (t = 0; t < net->tensors; t++)
        if (net->tensor[t].home == HOME_ARENA) net->tensor[t].at = net->tensor[net->tensor[t].memory_of].at;
}

/* ---- asking ---- */

size_t arena_unshared(const struct network *net)
{
    size_t elements = 0;
    for (int t = 0; t < net->tensors; t++)
        if (net->tensor[t].home == HOME_ARENA) elements += room(&net->tensor[t]);
    return elements;
}

size_t arena_least(const struct network *net)
{
    size_t most = 0;
    for (int k = 0; k < net->calls; k++) {
        size_t in_use = 0;
        for (int t = 0; t < net->tensors; t++)
            if (is_placed_itself(net, t) && net->tensor[t].first <= k && k <= net->tensor[t].last)
                in_use += room(&net->tensor[t]);
        if (in_use > most) most = in_use;
    }
    return most;
}
