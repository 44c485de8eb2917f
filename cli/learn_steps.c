/* learn_steps.c - a step of a network with the student's functions, beside steps with rungs of ours in
 * their place: what is said of them, and whether that is fast enough; see learn.h. */
#include "learn.h"

#include <stdio.h>
#include <string.h>

/* Of a rung's speed that is as fast, as in a race of rungs */
static const double enough = 0.8;

/* The most that a median may be in doubt, as a share of it */
static const double doubt = 0.2;

static int is_noisy(const struct stats *s)
{
    return !(s->high - s->low <= doubt * s->median);
}

static const struct step_time *rung_named(const struct step_times *t, const char *name)
{
    for (int k = 0; k < t->rungs; k++)
        if (!strcmp(t->rung[k].name, name)) return &t->rung[k];
    return NULL;
}

int steps_in_doubt(const struct step_times *t, const char *reach)
{
    const struct step_time *r = rung_named(t, reach);
    return is_noisy(&t->own.seconds) || !r || is_noisy(&r->seconds);
}

/* the seconds of a step: the functions' and all else's */
static double step_of(const struct step_times *t, const struct step_time *of)
{
    return t->rest + of->seconds.median;
}

static void put_step(const struct step_times *t, const struct step_time *of, FILE *f)
{
    fprintf(f, "%-22s %8.2f ms a step, %8.2f ms of it in the exercise's functions\n", of->name,
            1e3 * step_of(t, of), 1e3 * of->seconds.median);
}

/* the slowest rung that is faster, and the fastest that is not; NULL: there is none */
static void put_place(const struct step_times *t, FILE *f)
{
    const struct step_time *above = NULL, *below = NULL;
    const double own = step_of(t, &t->own);
    for (int k = 0; k < t->rungs; k++) {
        const struct step_time *r = &t->rung[k];
        if (step_of(t, r) < own && (!above || step_of(t, r) > step_of(t, above))) above = r;
        if (step_of(t, r) >= own && (!below || step_of(t, r) < step_of(t, below))) below = r;
    }
    if (above && below)
        fprintf(f, "yours is between %s and %s\n", below->name, above->name);
    else if (below)
        fprintf(f, "yours is faster than %s, the best of these\n", below->name);
    else if (above)
        fprintf(f, "yours is slower than %s, the slowest of these\n", above->name);
}

int steps_judge(const struct step_times *t, const char *reach, FILE *f)
{
    const struct step_time *r = rung_named(t, reach);
    if (!r) return fprintf(f, "the rung %s could not be measured\n", reach), EXIT_RESOURCES;
    put_step(t, &t->own, f);
    for (int k = 0; k < t->rungs; k++) put_step(t, &t->rung[k], f);
    if (steps_in_doubt(t, reach))
        return fprintf(f, "too noisy to judge: something else uses this machine; try again, or --no-race\n"),
               EXIT_RESOURCES;
    put_place(t, f);
    const double share = step_of(t, r) / step_of(t, &t->own);
    if (share >= enough) return EXIT_OK;
    fprintf(f, "a step has %.2f of the speed of one with %s; the gate is %.2g\n", share, reach, enough);
    return EXIT_WRONG;
}
