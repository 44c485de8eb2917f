/* learn_race.c - the gate of rungs: a race with the ladder, in a child process; see learn.h. */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../bench/race.h"
#include "gradcheck_guard.h"
#include "gradcheck_load.h"

/* This share of a rung's speed is enough: a shared machine's noise can take away nearly as much. */
static const double enough = 0.8;

/* The largest uncertainty of a median, as a share of it: beyond that somebody else uses the machine. */
static const double doubt = 0.2;

enum { MOST_RACERS = 8, MOST_TRIES = 3 };

struct race_work {
    const struct submission *s;
    const struct op *op;
    int is_loaded, ran, tries, n; /* n: the student's and rungs of the ladder */
    char error[ERROR_TEXT];
    struct contestant racer[MOST_RACERS];
    double flops;
    int has_roof;
    struct roofs roofs; /* of one thread */
    struct bound roof;  /* what they allow */
};

/* the student's function, then the ladder up to the rung behind the one to reach, as far as it runs here */
static int line_up(const struct op *op, const struct rung *own, const char *reach, struct contestant *c)
{
    int n = 0, reached = 0;
    c[n++] = (struct contestant){ .name = "yours", .rung = own, .threads = 1, .is_outside = 1 };
    for (const struct rung *r = op->cpu; r->name && n < MOST_RACERS && reached < 2; r++) {
        if (rung_lacks(r->needs)) continue;
        c[n++] = (struct contestant){ .name = r->name, .rung = r, .threads = 1 };
        reached += reached || !strcmp(r->name, reach);
    }
    return n;
}

static const struct contestant *racer(const struct race_work *w, const char *name)
{
    for (int i = 0; i < w->n; i++)
        if (!strcmp(w->racer[i].name, name)) return &w->racer[i];
    return NULL;
}

static int is_noisy(const struct contestant *c)
{
    return c->outcome == RACE_MEASURED && c->seconds.high - c->seconds.low > doubt * c->seconds.median;
}

static int is_in_doubt(const struct race_work *w)
{
    const struct contestant *reach = racer(w, w->s->exercise->reach);
    return is_noisy(&w->racer[0]) || (reach && is_noisy(reach));
}

/* A roof is measured again if something was faster than that: then it was too low. */
static void find_roof(struct race_work *w, const struct op *op, const int *size)
{
    const struct contestant *reach = racer(w, w->s->exercise->reach);
    for (int again = 0; again < 2 && reach && points_measure(&w->roofs); again++) {
        w->roof = points_roof(&w->roofs, op, size, reach->rung);
        w->has_roof = 1;
        double best = fmin(w->racer[0].seconds.median, reach->seconds.median);
        if (best * ROOF_MARGIN >= w->roof.seconds) break;
    }
}

static void race(void *arg)
{
    struct race_work *w = arg;
    const struct exercise *e = w->s->exercise;
    static struct rung own;
    int size[MAX_SIZES];
    own = (struct rung){ .name = "yours", .idea = "" };
    void *library = library_open_as(w->s->binary, w->s->shown, w->error);
    void *at = library ? library_symbol_as(library, w->s->binary, w->s->shown, w->op->name, w->error) : NULL;
    *(void **)&own.run = at; /* POSIX: a pointer of dlsym is a function's */
    w->is_loaded = at && op_parse_shape(w->op, e->race, size, w->error);
    if (!w->is_loaded) return;
    struct check_case *c = check_case_make(w->op, size, w->s->seed);
    w->n = line_up(w->op, &own, e->reach, w->racer);
    w->flops = c->flops;
    do w->ran = race_run(&race_quick, c, w->racer, w->n);
    while (w->ran && is_in_doubt(w) && ++w->tries < MOST_TRIES);
    if (w->ran && w->racer[0].outcome == RACE_MEASURED) find_roof(w, w->op, size);
    check_case_free(c);
}

static void put_racer(const struct race_work *w, const struct contestant *c, FILE *f)
{
    const struct contestant *naive = &w->racer[1];
    const double seconds = c->seconds.median;
    if (c->outcome != RACE_MEASURED) return;
    fprintf(f, "%-14s %7.2f GFLOP/s  %5.2f x %s", c->name, w->flops / seconds / 1e9,
            naive->seconds.median / seconds, naive->name);
    if (w->has_roof) fprintf(f, "  %5.1f %% of the roof", 100 * points_share(w->roof.seconds, seconds));
    fputc('\n', f);
}

static void put_points(const struct race_work *w, const struct contestant *own,
                       const struct contestant *reach, FILE *f)
{
    if (!w->has_roof) {
        fprintf(f, "no points: there was no memory to measure the roof\n");
        return;
    }
    fprintf(f, "roof (%s): %.3g s, measured after the race\n", w->roof.name, w->roof.seconds);
    fprintf(f, "points: yours %d, %s %d\n", points_of(points_share(w->roof.seconds, own->seconds.median)),
            reach->name, points_of(points_share(w->roof.seconds, reach->seconds.median)));
}

/* the table, and whether the student's is fast enough */
static int judge(const struct race_work *w, FILE *f)
{
    const struct contestant *own = &w->racer[0], *reach = racer(w, w->s->exercise->reach);
    if (own->outcome != RACE_MEASURED) return fprintf(f, "%s\n", own->note), EXIT_WRONG;
    if (!reach || reach->outcome != RACE_MEASURED)
        return fprintf(f, "the rung %s could not be measured\n", w->s->exercise->reach), EXIT_RESOURCES;
    fprintf(f, "%s\n", points_formula);
    for (int i = 0; i < w->n; i++) put_racer(w, &w->racer[i], f);
    if (is_in_doubt(w))
        return fprintf(f, "too noisy to judge: something else uses this machine; try again, or --no-race\n"),
               EXIT_RESOURCES;
    put_points(w, own, reach, f);
    double share = reach->seconds.median / own->seconds.median;
    if (share >= enough) return EXIT_OK;
    fprintf(f, "that is %.2f of the speed of %s (%s); the gate is %.2g\n", share, reach->name,
            reach->rung->idea, enough);
    return EXIT_WRONG;
}

int gate_race(const struct submission *s, const struct op *op, FILE *f)
{
    struct guard g = { .seconds = 2.0 * s->seconds };
    struct race_work *w = guard_shared(sizeof *w);
    int code = EXIT_RESOURCES;
    if (!w) return fprintf(f, "out of memory for the race of %s\n", op->name), code;
    w->s = s, w->op = op;
    guard_run(&g, race, w);
    if (g.end != GUARD_DONE)
        code = gate_say_ending(&g, op->name, f);
    else if (!w->is_loaded)
        code = EXIT_WRONG, fprintf(f, "%s\n", w->error);
    else if (!w->ran)
        fprintf(f, "out of memory for the race of %s\n", op->name);
    else
        code = judge(w, f);
    munmap(w, sizeof *w);
    return code;
}
