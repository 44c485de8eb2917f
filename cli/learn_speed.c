/* learn_speed.c - how fast a stranger's rung is beside one of ours; see learn.h.
 *
 * The clock is the system's, the code is in its own process, which has one thread: a round sends new inputs
 * there, asks how much of a processor the first call on them took, checks its results, and calls our rung on
 * the same inputs. Nothing can be kept from one round for the next, and a result that is not right has no
 * speed. */
#include "learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../base/clock.h"
#include "../optimized/check.h"
#include "gradcheck_guard.h"
#include "learn_remote.h"

/* the first ones touch memory for the first time; FEWEST are enough of a rung that is slow */
enum { ROUNDS = 11, WARM_UP = 2, FEWEST = 6, LONG = 3 /* seconds */ };

struct speed_work {
    const struct submission *s;
    const struct op *op;
    const struct rung *reach;
    int size[MAX_SIZES];
    int n; /* of rounds that were right */
    double ratio[ROUNDS], seconds[ROUNDS];
};

/* in the place of the function that another process has */
static void unused(void)
{
}

static double own_seconds(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)) return (double)NAN;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* our seconds over the student's, *theirs, on the inputs of the case; NaN if the results are not right */
static double compare(const struct speed_work *w, const struct check_case *c, void *const *buf,
                      double *theirs)
{
    struct check result = { .verdict = CHECK_PASS };
    check_case_load(c, buf);
    op_call(remote_op(w->op), unused, c->size, buf);
    *theirs = remote_seconds();
    if (!check_case_compare(c, buf, &result)) return (double)NAN;
    check_case_load(c, buf);
    double began = own_seconds();
    op_call(w->op, w->reach->run, c->size, buf);
    return (own_seconds() - began) / *theirs;
}

static double measure_round(const struct speed_work *w, int number, double *theirs)
{
    struct check_case *c = check_case_make(w->op, w->size, (w->s->seed << 8) + (uint64_t)number + 1);
    void *buf[MAX_ARGS] = { NULL };
    int ok = 1;
    for (int a = 0; a < w->op->narg; a++) ok &= (buf[a] = malloc(c->bytes[a])) != NULL;
    double ratio = ok ? compare(w, c, buf, theirs) : (double)NAN;
    for (int a = 0; a < w->op->narg; a++) free(buf[a]);
    check_case_free(c);
    return ratio;
}

static void measure(void *arg)
{
    struct speed_work *w = arg;
    remote_on_failure(NULL);
    double began = clock_seconds();
    for (int k = -WARM_UP; k < ROUNDS && !(w->n >= FEWEST && clock_seconds() > began + LONG); k++) {
        double theirs = 0, ratio = measure_round(w, k + WARM_UP, &theirs);
        if (!(ratio > 0)) {
            w->n = 0;
            return;
        }
        if (k >= 0) w->seconds[w->n] = theirs, w->ratio[w->n++] = ratio;
    }
}

static const struct rung *rung_named(const struct op *op, const char *name)
{
    for (const struct rung *r = op->cpu; r->name; r++)
        if (!strcmp(r->name, name) && !rung_lacks(r->needs)) return r;
    return NULL;
}

static void keep(const struct speed_work *w, struct performance *p)
{
    const struct roofs *roofs = w->s->roofs;
    p->ratio = stats_of(w->ratio, w->n);
    p->seconds = stats_of(w->seconds, w->n);
    if (roofs)
        p->share = points_share(points_roof(roofs, w->op, w->size, w->reach).seconds, p->seconds.median);
}

void speed_measure(const struct submission *s)
{
    const struct exercise *e = s->exercise;
    const struct op *op = exercise_op_find(e->function[0]);
    char error[ERROR_TEXT];
    struct guard g = { .seconds = 2.0 * s->seconds + 10 };
    struct speed_work *w = guard_shared(sizeof *w);
    if (!w) return;
    *w = (struct speed_work){ .s = s, .op = op, .reach = rung_named(op, e->reach) };
    g.end = GUARD_NO_CHILD;
    if (w->reach && op_parse_shape(op, e->race, w->size, error)) guard_run(&g, measure, w);
    if (g.end == GUARD_DONE && w->n >= FEWEST) keep(w, s->performance);
    munmap(w, sizeof *w);
}
