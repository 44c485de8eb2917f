/* beside.c - the gradient at points beside the run's: is a small number a gradient, or the rounding of sums
 * that cancel? The rounding is another one at every point. */
#include "gc_internal.h"

#include <math.h>
#include <stdlib.h>

#define BESIDE (int)(sizeof((struct gc_run *)0)->beside / sizeof *((struct gc_run *)0)->beside)

/* Every input with a gradient to x + 1e-3 of its size, in a direction of the point's own; amount 0: back. */
static void move_all(struct gc_run *run, int which, double amount)
{
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        for (size_t i = 0; i < run->nin[t]; i++) {
            double u = 2 * gc_random_unit(run->o.seed, 8000 + (uint64_t)(t + 100 * which), i) - 1;
            gc_set(&run->in[t], i, run->x[t][i] * (1 + amount * u));
        }
    }
}

/* 0: refused, or no memory */
static int open_beside(struct gc_run *run, int which)
{
    double **g = run->beside[which];
    for (int t = 0; t < run->p->nin; t++)
        if (run->g[t] && !g[t] && !(g[t] = malloc(run->nin[t] * sizeof(double)))) return 0;
    move_all(run, which, 1e-3);
    int ok = gc_run_forward(run) && gc_run_gradient(run, g);
    move_all(run, which, 0);
    return ok;
}

/* Gradients at the points beside this one, computed when they are first asked for. */
static int know_beside(struct gc_run *run)
{
    if (run->beside_known) return run->beside_known > 0;
    if (!run->p->forward || !run->p->backward) return 0;
    run->beside_known = 1;
    for (int which = 0; which < BESIDE; which++)
        if (!open_beside(run, which)) run->beside_known = -1;
    gc_run_loss(run); /* out[] at the point again */
    return run->beside_known > 0;
}

static double slope_beside(const struct gc_run *run, int tensor, const double *d, size_t element,
                           double *const *g)
{
    if (!d) return g[tensor][element];
    double sum = 0;
    const double *at = d;
    for (int t = tensor < 0 ? 0 : tensor; t < run->p->nin && (tensor < 0 || t == tensor); t++) {
        if (!gc_has_gradient(run, t)) continue;
        for (size_t i = 0; i < run->nin[t]; i++) sum += g[t][i] * at[i];
        at += run->nin[t];
    }
    return sum;
}

int gc_is_steady(struct gc_run *run, int tensor, const double *d, size_t element, double a)
{
    if (fabs(a) <= 0) return 0;
    if (!know_beside(run)) return 1;
    for (int which = 0; which < BESIDE; which++) {
        double other = slope_beside(run, tensor, d, element, run->beside[which]);
        if (!(fabs(other - a) <= 0.1 * fabs(a))) return 0;
    }
    return 1;
}
