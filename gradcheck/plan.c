/* plan.c - how much is looked at, by the problem's size, and how long that takes.
 *
 * A check of a small problem makes as many calls as it likes. Of a large one, whose calls take
 * milliseconds and more, a PASS costs at most 200 forwards and 20 backwards up to six tensors, and about 16
 * forwards more for each further one: at the first point directions of each tensor and a few elements, at
 * another and at the rounded point directions of all tensors together. What fails is then looked at as
 * closely as in a small problem. */
#include <string.h>

#include "../base/clock.h"
#include "gc_internal.h"

enum { MANY = 44, FEW = 7 };                       /* repetitions */
enum { DIRECTIONS = 6, ELEMENTS = 6, POINTS = 2 }; /* of a large problem: for all its tensors together */

static int gradients(const struct gc_run *run)
{
    int n = 0;
    for (int t = 0; t < run->p->nin; t++) n += gc_has_gradient(run, t);
    return n ? n : 1;
}

int gc_directions_planned(const struct gc_run *run)
{
    int few = DIRECTIONS / gradients(run);
    if (!run->large || run->o.n_dir != gc_defaults().n_dir || few >= run->o.n_dir) return run->o.n_dir;
    return few > 1 ? few : 1;
}

size_t gc_elements_planned(const struct gc_run *run, int tensor)
{
    size_t few = (size_t)(ELEMENTS / gradients(run));
    if (!run->large || run->suspect[tensor]) return run->o.max_elem;
    return few > 1 ? few : 1;
}

/* Many, unless the problem is large or the repetitions would take a twentieth of the time there is. */
int gc_repeats_planned(const struct gc_run *run)
{
    size_t numbers = 0;
    for (int t = 0; t < run->p->nin; t++) numbers += run->nin[t];
    for (int k = 0; k < run->p->nout; k++) numbers += run->nout[k];
    double seconds = run->r->forward_seconds + run->r->backward_seconds;
    double most = seconds > 0 ? 0.05 * run->o.timeout_s / seconds : MANY;
    if (numbers > GC_LARGE || most <= FEW) return FEW;
    return most < MANY ? (int)most : MANY;
}

/* ---- how long ---- */

enum { LADDER = 14, NOISE = 13 }; /* calls, as they mostly are */

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

/* Calls of the forward at a point, roughly. */
static double forwards_at(const struct gc_run *run, int point)
{
    int first = point == 0, rounded = point == run->o.n_points;
    double calls = 1 + NOISE;
    if (run->large && !first) return calls + (rounded ? 2 : 1) * LADDER;
    for (int t = 0; t < run->p->nin; t++) {
        if (!gc_has_gradient(run, t)) continue;
        double n = (double)run->nin[t], most = (double)gc_elements_planned(run, t);
        double looked = n <= most ? n : run->large ? most : GC_MOST_CHOSEN;
        if (run->o.checks & GC_DIRECTION && !rounded) calls += gc_directions_planned(run) * LADDER;
        if (run->o.checks & GC_ELEMENTS && !rounded) calls += 2 * (first ? looked : lesser(n, 64));
        if (rounded) calls += 4 * LADDER + 2 * lesser(n, 256);
    }
    return calls;
}

void gc_plan(struct gc_run *run)
{
    size_t numbers = 0;
    for (int t = 0; t < run->p->nin; t++)
        if (gc_has_gradient(run, t)) numbers += run->nin[t];
    run->large = numbers > GC_LARGE && !run->o.thorough;
    if (run->large && run->o.n_points == gc_defaults().n_points) run->o.n_points = POINTS;
    int repeats = run->o.checks & GC_CONTRACT ? gc_repeats_planned(run) : 0;
    run->forwards_planned = repeats + 6, run->backwards_planned = repeats + 8;
    for (int point = 0; point <= run->o.n_points; point++)
        run->forwards_planned += forwards_at(run, point), run->backwards_planned++;
}

static double left(double planned, size_t made, double seconds)
{
    return planned > (double)made ? (planned - (double)made) * seconds : 0;
}

double gc_seconds_left(const struct gc_run *run)
{
    const gc_result *r = run->r;
    return left(run->forwards_planned, r->forwards, r->forward_seconds) +
           left(run->backwards_planned, r->backwards, r->backward_seconds);
}

/* "1.5 s", "20 ms" */
static void say_seconds(double seconds, char *text, size_t room)
{
    static const char *const unit[] = { "s", "ms", "us", "ns" };
    int k = 0;
    while (k < 3 && seconds < 0.9995) seconds *= 1000, k++;
    gc_text(text, room, "%.3g %s", seconds, unit[k]);
}

void gc_show_progress(struct gc_run *run, int always)
{
    char call[24], rest[24], what[GC_TEXT];
    double now = clock_seconds();
    gc_result *r = run->r;
    if (!run->started) run->started = now;
    double remaining = gc_seconds_left(run), spent = now - run->started;
    r->expected_seconds = spent + remaining;
    if (!run->o.progress || (!always && now - run->shown < 0.1)) return;
    run->shown = now;
    say_seconds(r->forward_seconds, call, sizeof call), say_seconds(remaining, rest, sizeof rest);
    gc_text(what, sizeof what, "%.*s, a forward takes %s, about %s left", (int)strcspn(r->stage, ",:"),
            r->stage, call, rest);
    double all = spent + remaining;
    run->o.progress(run->o.progress_ctx, what, all > 0 && spent < 0.99 * all ? spent / all : 0.99);
}
