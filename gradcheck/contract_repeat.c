/* contract_repeat.c - the same call again must give the same, and many times: of a call that goes wrong
 * once in ten times, 44 show it with 99 % (0.9^44 = 1 %).
 *
 * Half of the repetitions run with more threads than there are cores, if the program has OpenMP: threads
 * that are interrupted meet where they otherwise rarely do, and buffers made for a number of threads are
 * too small. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "contract.h"

double gc_rate_seen(const gc_result *r)
{
    return r->repeats > 0 ? 1 - pow(0.01, 1.0 / r->repeats) : 1;
}

/* ---- threads ---- */

#if defined __linux__ && defined __GNUC__
/* there if the program is linked with OpenMP */
extern int omp_get_max_threads(void) __attribute__((weak));
extern void omp_set_num_threads(int threads) __attribute__((weak));

/* How many threads there were, after setting another number; 0: the program has no threads of OpenMP, or
 * the user has said how many. */
static int set_threads(int threads)
{
    if (!omp_get_max_threads || !omp_set_num_threads || getenv("OMP_NUM_THREADS")) return 0;
    int before = omp_get_max_threads();
    omp_set_num_threads(threads);
    return before;
}
#else
static int set_threads(int threads)
{
    (void)threads;
    return 0;
}
#endif

static int more_than_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores < 512 ? 2 * (int)cores : 4;
}

/* ---- the test ---- */

/* How often one of the callbacks gave something else, and where it was first. */
struct changes {
    int times, tensor;
    struct gc_gap gap;
};

/* A spread of some roundings is a sum in varying order, and is only measured. */
static void count(struct gc_contract *c, struct changes *changes, int tensor, const struct gc_gap *gap,
                  double allowed, int other_threads)
{
    if (tensor < 0) return;
    if (gap->rel <= allowed) {
        if (!other_threads) c->spread = fmax(c->spread, gap->rel);
        return;
    }
    if (!changes->times++) changes->tensor = tensor, changes->gap = *gap;
}

static double allowed_of(gc_dtype dt, int other_threads)
{
    return other_threads ? gc_other_order(dt) : gc_rounding(dt);
}

/* One more call of both. 0: refused, or broken otherwise */
static int call_again(struct gc_contract *c, int other_threads, struct changes *forward,
                      struct changes *backward)
{
    const gc_problem *p = c->run->p;
    struct gc_gap gap;
    double spread = c->spread;
    c->spread = 0; /* the first call is the measure */
    int ran = gc_scene_forward(c, &c->here, (double)NAN, &c->now);
    int k = ran ? gc_changed_output(c, &c->now, other_threads, &gap) : -1;
    c->spread = spread;
    if (k >= 0) count(c, forward, k, &gap, allowed_of(p->out[k].dt, other_threads), other_threads);
    if (!ran || !gc_scene_backward(c, &c->here, gc_nothing(c), &c->now)) return 0;
    c->spread = 0;
    int t = gc_changed_gradient(c, &c->now, 1, other_threads, &gap);
    c->spread = spread;
    if (t >= 0) count(c, backward, t, &gap, allowed_of(p->in[t].dt, other_threads), other_threads);
    return 1;
}

static void say_backward(gc_finding *f, const struct changes *b, const char *name, int calls)
{
    gc_text(f->detail, sizeof f->detail, "repeat");
    gc_text(f->reason, GC_TEXT,
            "backward called again with the same arguments gives something else in %d of %d calls: " GC_EACH
            "; uninitialised memory, state kept between calls, or two threads that add at once",
            b->times, calls, b->gap.i, "d", name, b->gap.is, b->gap.was);
}

static void say_changes(struct gc_contract *c, const struct changes *forward, const struct changes *backward,
                        int calls)
{
    const gc_problem *p = c->run->p;
    if (forward->times) {
        gc_text(gc_broken_output(c, "repeat")->reason, GC_TEXT,
                "forward called again with the same inputs gives something else in %d of %d calls: " GC_EACH
                "; something is not initialised, is kept between calls, or is added by two threads at once",
                forward->times, calls, forward->gap.i, "", gc_name_of(&p->out[forward->tensor]),
                forward->gap.is, forward->gap.was);
    } else if (backward->times) {
        gc_finding *f = gc_broken_gradient(c, backward->tensor, "repeat", &backward->gap);
        say_backward(f, backward, gc_name_of(&p->in[backward->tensor]), calls);
    }
}

void gc_contract_repeat(struct gc_contract *c)
{
    struct changes forward = { 0 }, backward = { 0 };
    int calls = gc_repeats_planned(c->run), done = 0, threads = 0;
    c->doing = "repeat";
    for (int again = 0; again < calls; again++, done++) {
        if (again == calls / 2) threads = set_threads(more_than_cores());
        c->light = again % 8 != 0; /* each tells of a fault in any before it */
        if (!call_again(c, threads > 0, &forward, &backward)) break;
    }
    c->light = 0;
    if (threads > 0) set_threads(threads);
    if (!c->broken) say_changes(c, &forward, &backward, done);
    c->run->r->repeats = done;
}

/* ---- what changed, or chance? ---- */

static void say_chance(struct gc_contract *c, int shown, int times)
{
    gc_finding *f = gc_find(c->run->r, GC_CONTRACT, c->tensor);
    if (!f) return;
    const char *who = c->tensor < 0 ? "forward" : "backward", *d = c->tensor < 0 ? "" : "d";
    const char *name = c->tensor < 0 ? "an output" : gc_name_of(&c->run->p->in[c->tensor]);
    gc_text(f->detail, sizeof f->detail, "repeat");
    gc_text(
        f->reason, GC_TEXT,
        "%s goes wrong now and then: %s%s changed in one of many calls alike, and again in %d of %d more; "
        "two threads that add at once, uninitialised memory, or random numbers",
        who, d, name, shown, times);
}

void gc_contract_attribute(struct gc_contract *c, void (*test)(struct gc_contract *))
{
    enum { TIMES = 4 };
    int shown = 0, tensor = c->tensor;
    c->trying = 1;
    for (int again = 0; again < TIMES; again++) {
        c->broken = c->changed = 0;
        test(c);
        gc_restore_here(c);
        shown += c->changed;
    }
    c->trying = 0, c->broken = c->changed = 1, c->tensor = tensor;
    if (shown < TIMES) say_chance(c, shown, TIMES);
}

/* ---- a gradient that looks wrong ---- */

/* The element of din[tensor] that is farthest from g, in numbers of its largest. */
static struct gc_gap farthest(const struct gc_run *run, int tensor)
{
    struct gc_gap gap = { 0, 0, 0, 0 };
    double size = gc_largest(run->g[tensor], run->nin[tensor]);
    for (size_t i = 0; i < run->nin[tensor]; i++) {
        double was = run->g[tensor][i], is = gc_get(&run->din[tensor], i), off = fabs(is - was);
        if (!gc_is_finite(was) && !gc_is_finite(is)) continue;
        double rel = off <= 0 ? 0 : size > 0 && gc_is_finite(off) ? off / size : HUGE_VAL;
        if (rel > gap.rel) gap = (struct gc_gap){ i, was, is, rel };
    }
    return gap;
}

int gc_gradient_repeats(struct gc_run *run, int tensor)
{
    struct changes changes = { 0 };
    int calls = gc_repeats_planned(run), done = 0;
    gc_stage(run->r, "backward, repeat, point %d", run->point);
    if (run->p->forward && !gc_run_forward(run)) return 1;
    for (; done < calls && gc_run_backward(run, run->p->accumulate ? 0 : 0xff); done++) {
        struct gc_gap gap = farthest(run, tensor);
        if (gap.rel > gc_other_order(run->in[tensor].dt) && !changes.times++) changes.gap = gap;
    }
    if (!changes.times) return 1;
    gc_finding *f = gc_note(run->r, GC_CONTRACT, tensor, run->point, GC_CONTRACT_BROKEN);
    f->is_element = 1, f->index = changes.gap.i;
    f->analytic = changes.gap.is, f->numeric = changes.gap.was;
    say_backward(f, &changes, run->r->tensor[tensor].name, done);
    return 0;
}
