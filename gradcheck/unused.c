/* unused.c - elements whose gradient was 0 in every trial. A forward that never uses some of its inputs
 * has the gradient 0 there, rightly: no difference objects, and only this tells. */
#include <stdlib.h>

#include "gc_internal.h"

/* More points, if a call is short: a unit that is switched off at a few points is on at one of so many. */
enum { MORE_TRIALS = 44 };

static void mark(struct gc_run *run)
{
    run->r->trials++;
    for (int t = 0; t < run->p->nin; t++)
        for (size_t i = 0; run->g[t] && run->used[t] && i < run->nin[t]; i++)
            run->used[t][i] |= !(run->g[t][i] <= 0 && run->g[t][i] >= 0);
}

void gc_note_used(struct gc_run *run)
{
    if (run->broken || !run->p->backward) return;
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t] && !run->used[t]) run->used[t] = calloc(run->nin[t], 1);
    mark(run);
}

/* Of the tensors that are not wrong: how many there are, and into the result. */
static size_t count(struct gc_run *run)
{
    size_t all = 0;
    for (int t = 0; t < run->p->nin; t++) {
        gc_tensor_result *r = &run->r->tensor[t];
        r->unused = 0;
        if (!run->used[t] || r->wrong) continue;
        for (size_t i = run->nin[t]; i-- > 0;)
            if (!run->used[t][i]) r->unused++, r->first_unused = i;
        all += r->unused;
    }
    return all;
}

/* The gradient at another random point, with nothing else looked at. 0: refused */
static int try_point(struct gc_run *run, int point)
{
    run->point = point, run->rounded = 0;
    for (int attempt = 0; gc_sample_point(run, attempt); attempt++) {
        if (run->refused || (run->p->forward && !gc_run_forward(run))) continue;
        if (gc_run_gradient(run, run->g)) return 1;
    }
    return 0;
}

void gc_count_unused(struct gc_run *run)
{
    int more = gc_repeats_planned(run) >= MORE_TRIALS ? MORE_TRIALS : 0;
    gc_stage(run->r, "forward, trials for elements that are not used");
    if (run->broken) return;
    for (int k = 1; k <= more && count(run); k++)
        if (try_point(run, run->o.n_points + k)) mark(run);
    count(run);
}
