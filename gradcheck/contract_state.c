/* contract_state.c - nothing of a call may be kept for the next: other addresses, another point in between,
 * other numbers at the same address. The second set of arrays has its guard pages on the other side. */
#include <math.h>
#include <string.h>

#include "contract.h"

static int open_tensor(gc_tensor *to, const gc_tensor *like, const char *prefix)
{
    char name[GC_NAME + 1];
    size_t bytes = gc_elements(like) * gc_size_of(like->dt);
    *to = *like;
    to->data = gc_memory_new_low(bytes);
    if (!to->data) return 0;
    gc_text(name, sizeof name, "%s%s", prefix, gc_name_of(like));
    gc_memory_name(to->data, name);
    memset(to->data, 0, bytes);
    return 1;
}

void gc_close_there(struct gc_contract *c)
{
    for (int i = 0; i < GC_MAX_TENSORS; i++) {
        gc_memory_free(c->there.in[i].data), gc_memory_free(c->there.out[i].data);
        gc_memory_free(c->there.din[i].data), gc_memory_free(c->there.dout[i].data);
    }
    memset(&c->there, 0, sizeof c->there);
}

/* Arrays at addresses that no call has seen. */
static int open_there(struct gc_contract *c)
{
    const gc_problem *p = c->run->p;
    int fine = 1;
    gc_close_there(c);
    for (int t = 0; t < p->nin; t++) {
        c->there.din[t] = p->in[t];
        c->there.din[t].data = NULL;
        fine &= open_tensor(&c->there.in[t], &p->in[t], "");
        if (c->here.din[t].data) fine &= open_tensor(&c->there.din[t], &p->in[t], "d");
    }
    for (int k = 0; k < p->nout; k++)
        fine &=
            open_tensor(&c->there.out[k], &p->out[k], "") && open_tensor(&c->there.dout[k], &p->out[k], "d");
    if (!fine) {
        gc_finding *f = gc_note(c->run->r, GC_CONTRACT, -1, c->run->point, GC_INCONCLUSIVE);
        gc_text(f->detail, sizeof f->detail, "memory");
        gc_text(f->reason, sizeof f->reason, "out of memory for a second set of arrays");
        c->broken = 1;
    }
    return fine;
}

static void copy_data(gc_tensor *to, const gc_tensor *from, size_t n)
{
    memcpy(to->data, from->data, n * gc_size_of(from->dt));
}

/* The first numbers, there. */
static void load_there(struct gc_contract *c)
{
    for (int t = 0; t < c->run->p->nin; t++) copy_data(&c->there.in[t], &c->here.in[t], c->run->nin[t]);
    for (int k = 0; k < c->run->p->nout; k++) copy_data(&c->there.dout[k], &c->here.dout[k], c->run->nout[k]);
}

/* Another point nearby, legal where x is: every element times a number between 1/2 and 1. */
static void move_there(struct gc_contract *c)
{
    for (int t = 0; t < c->run->p->nin; t++) {
        if (!gc_has_gradient(c->run, t) || c->run->in[t].flags & GC_FIXED) continue;
        for (size_t i = 0; i < c->run->nin[t]; i++) {
            double factor = 1 - 0.5 * gc_random_unit(c->run->o.seed, 7000 + (uint64_t)t, i);
            gc_set(&c->there.in[t], i, factor * c->run->x[t][i]);
        }
    }
}

/* Forward and backward of the second arrays; 0 if they were not as at first, which is then
 * told with these words. */
static int same_there(struct gc_contract *c, const char *detail, const char *words)
{
    struct gc_gap gap;
    const gc_problem *p = c->run->p;
    if (!gc_scene_forward(c, &c->there, (double)NAN, &c->now)) return 0;
    int k = gc_changed_output(c, &c->now, 1, &gap);
    if (k >= 0) {
        gc_text(gc_broken_output(c, detail)->reason, GC_TEXT, "forward %s: " GC_EACH, words, gap.i, "",
                gc_name_of(&p->out[k]), gap.is, gap.was);
        return 0;
    }
    if (!gc_scene_backward(c, &c->there, gc_nothing(c), &c->now)) return 0;
    int t = gc_changed_gradient(c, &c->now, 1, 1, &gap);
    if (t >= 0)
        gc_text(gc_broken_gradient(c, t, detail, &gap)->reason, GC_TEXT, "backward %s: " GC_EACH, words,
                gap.i, "d", gc_name_of(&p->in[t]), gap.is, gap.was);
    return t < 0;
}

/* Half of every number, so that a pointer kept from an earlier call is seen. */
static void scramble_here(struct gc_contract *c)
{
    const gc_problem *p = c->run->p;
    for (int t = 0; t < p->nin; t++)
        for (size_t i = 0; c->run->x[t] && i < c->run->nin[t]; i++)
            gc_set(&c->here.in[t], i, 0.5 * c->run->x[t][i]);
    for (int k = 0; k < p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&c->here.out[k], i, 0.5 * c->base.out[k][i]);
    gc_load_upstream(c, &c->here, 0.5);
}

void gc_restore_here(struct gc_contract *c)
{
    const gc_problem *p = c->run->p;
    for (int t = 0; t < p->nin; t++)
        for (size_t i = 0; c->run->x[t] && i < c->run->nin[t]; i++)
            gc_set(&c->here.in[t], i, c->run->x[t][i]);
    for (int k = 0; k < p->nout; k++)
        for (size_t i = 0; i < c->run->nout[k]; i++) gc_set(&c->here.out[k], i, c->base.out[k][i]);
    gc_load_upstream(c, &c->here, 1);
}

void gc_contract_addresses(struct gc_contract *c)
{
    c->doing = "other addresses";
    if (!open_there(c)) return;
    load_there(c);
    if (!c->run->p->forward)
        for (int k = 0; k < c->run->p->nout; k++)
            copy_data(&c->there.out[k], &c->here.out[k], c->run->nout[k]);
    scramble_here(c);
    same_there(c, "other addresses", "gives another result when the same numbers lie elsewhere in memory");
}

/* Is the gradient right again just after its forward? Then the forward leaves behind what its backward
 * uses, as much code does, and from here on a forward comes before every backward. */
static int is_cached(struct gc_contract *c)
{
    struct gc_gap gap;
    c->run->caches = 1;
    for (int again = 0; again < 3 && c->run->caches; again++)
        c->run->caches = gc_scene_backward(c, &c->here, gc_nothing(c), &c->now) &&
                         gc_changed_gradient(c, &c->now, 1, 0, &gap) < 0;
    if (!c->run->caches) return 0;
    gc_text(c->run->r->calls, GC_TEXT,
            "the backward uses what the forward before it left behind: it must be called just after its own");
    return !c->broken;
}

/* The backward here, and just before it the forward of the other point, which need not be legal. 0: one did
 * not run */
static int backward_after_other(struct gc_contract *c)
{
    c->lenient = 1;
    int legal = c->run->p->forward && gc_scene_forward(c, &c->there, (double)NAN, &c->now);
    c->lenient = 0;
    c->alone = 1;
    int ran = !c->broken && legal && gc_scene_backward(c, &c->here, gc_nothing(c), &c->now);
    c->alone = 0;
    return ran;
}

/* A call that fails now and then must not be taken for one that needs its forward. */
static int changes_every_time(struct gc_contract *c)
{
    struct gc_gap gap;
    for (int again = 0; again < 4; again++)
        if (!backward_after_other(c) || gc_changed_gradient(c, &c->now, 1, 0, &gap) < 0) return 0;
    return 1;
}

/* Nothing of a call may be kept for the next, unless it is the forward of this backward. */
void gc_contract_stale(struct gc_contract *c)
{
    struct gc_gap gap;
    const gc_problem *p = c->run->p;
    int legal;
    c->doing = "stale state";
    if (!open_there(c)) return;
    load_there(c);
    move_there(c);
    if (!backward_after_other(c)) return;
    int t = gc_really_changed(c, 1, &gap);
    int every_time = t >= 0 && changes_every_time(c);
    if (c->broken) return;
    if (t >= 0 && !(every_time && is_cached(c))) {
        gc_text(gc_broken_gradient(c, t, "stale state", &gap)->reason, GC_TEXT,
                "backward gives another gradient after a forward at another point (element %zu of d%s: %.9g, "
                "%.9g): it uses "
                "what the last forward left behind; it gets in and out, and can take or recompute everything "
                "from them",
                gap.i, gc_name_of(&p->in[t]), gap.is, gap.was);
        return;
    }
    c->lenient = 1;
    legal = gc_scene_backward(c, &c->there, gc_nothing(c), &c->now);
    c->lenient = 0;
    if (!legal) return;
    load_there(c); /* where the other point's numbers were */
    same_there(c, "stale cache", "keeps results by address: the array holds other numbers now, yet");
}
