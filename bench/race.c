/* race.c - interleaved timing with checks around it; see race.h. */
#include "race.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#if defined __x86_64__
#include <emmintrin.h>
#endif

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../base/memory.h"
#include "../optimized/team.h"
#include "bare.h"
#include "pinning.h"

const struct race race_full = { .samples = 15, .sample_seconds = 0.02, .call_limit = 1 };
const struct race race_quick = { .samples = 7, .sample_seconds = 0.002, .call_limit = 0.25 };

/* ---- calling ---- */

static void use_threads(const struct contestant *c)
{
    if (c->peer) c->peer->set_threads(c->threads);
    if (c->rung || c->is_bare) team_use(c->threads);
    if (c->set_threads) c->set_threads(c->threads);
}

static void call(const struct contestant *c, const struct op *op, const int *size, void *const *buf)
{
    if (c->rung)
        op_call(op, c->rung->run, size, buf);
    else if (c->is_bare)
        bare_call(op, size, buf);
    else
        c->peer_op->call(c->peer, c->peer_op, size, buf);
}

/* ---- the buffers: one arena for all contestants ---- */

enum {
    LINE = 64,
    GAP = 5 * LINE
}; /* the gap keeps buffers of 2^n bytes from meeting in the same cache sets */

struct arena {
    void *base;
    size_t bytes;
    void *buf[MAX_ARGS];
};

static size_t buffer_room(const struct check_case *p, int a)
{
    return (p->bytes[a] + LINE - 1) / LINE * LINE + GAP;
}

static int arena_open(struct arena *m, const struct check_case *p)
{
    size_t used = 0;
    m->bytes = 0;
    for (int a = 0; a < p->op->narg; a++) m->bytes += buffer_room(p, a);
    m->base = memory_huge(m->bytes);
    if (!m->base) return 0;
    for (int a = 0; a < p->op->narg; a++) {
        m->buf[a] = (char *)m->base + used;
        used += buffer_room(p, a);
    }
    return 1;
}

int race_can_flush(void)
{
#if defined __x86_64__
    return 1;
#else
    return 0;
#endif
}

static void flush(const struct arena *m)
{
#if defined __x86_64__
    for (const char *line = m->base; line < (const char *)m->base + m->bytes; line += LINE) _mm_clflush(line);
    _mm_mfence();
#else
    (void)m;
#endif
}

/* ---- checks ---- */

static int inputs_intact(const struct check_case *p, void *const *buf, char *error, size_t room)
{
    for (int a = 0; a < p->op->narg; a++) {
        if (!p->input[a] || p->op->arg[a].access == ARG_INOUT) continue;
        if (!memcmp(p->input[a], buf[a], p->bytes[a])) continue;
        snprintf(error, room, "it changes its input %s", p->op->arg[a].name);
        return 0;
    }
    return 1;
}

/* 1 and a note if the contestant is a peer whose process is no more */
static int is_lost(struct contestant *c)
{
    if (!c->peer || !*c->peer->lost) return 0;
    c->outcome = RACE_LEFT_OUT;
    snprintf(c->note, sizeof c->note, "left out: %.230s", c->peer->lost);
    return 1;
}

/* 1 if the outputs are right; else 0 and the reason, in error or result */
static int is_right(const struct contestant *c, const struct check_case *p, void *const *buf,
                    struct check *result, char *error, size_t room)
{
    if (c->peer && c->peer_op->judge) return c->peer_op->judge(p, buf, error, room);
    return check_case_compare(p, buf, result);
}

/* Compares what the buffers hold now; 0 and a note if that is wrong. */
static int verify(struct contestant *c, const struct check_case *p, void *const *buf, const char *when)
{
    struct check result = { .verdict = CHECK_PASS };
    char error[200] = "";
    if (c->is_bare) return 1;
    if (is_lost(c)) return 0;
    if (inputs_intact(p, buf, error, sizeof error) && is_right(c, p, buf, &result, error, sizeof error))
        return 1;
    c->outcome = RACE_WRONG;
    snprintf(c->note, sizeof c->note, "FAIL %s timing: %.220s", when, error[0] ? error : result.reason);
    return 0;
}

static int verify_call(struct contestant *c, const struct check_case *p, void *const *buf, const char *when)
{
    check_case_load(p, buf);
    call(c, p->op, p->size, buf);
    return verify(c, p, buf, when);
}

static int updates(const struct op *op)
{
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_INOUT) return 1;
    return 0;
}

/* What the calls have updated becomes again what it was before the first: else weights would run off in ten
 * thousand calls, into infinities or subnormals, which take another time. Never timed. */
static void restore(const struct check_case *p, void *const *buf)
{
    for (int a = 0; a < p->op->narg; a++)
        if (p->op->arg[a].access == ARG_INOUT) memcpy(buf[a], p->input[a], p->bytes[a]);
}

/* ---- timing ---- */

/* An operation that updates its arguments is called so many times at most before they are
 * restored: few enough that they stay near what they were, many enough that the clock, read before
 * and after, costs nothing. */
enum { UPDATES = 64 };

/* a peer that times itself, on arrays of its own: one in another process, or of another layout */
static int is_apart(const struct contestant *c)
{
    return c->peer && c->peer_op->batch;
}

/* seconds of so many calls, from where the arguments began; NaN if the peer is lost */
static double time_calls(const struct contestant *c, const struct check_case *p, void *const *buf, long calls)
{
    if (is_apart(c)) return c->peer_op->batch(c->peer, c->peer_op, calls);
    restore(p, buf);
    double start = clock_seconds();
    for (long i = 0; i < calls; i++) call(c, p->op, p->size, buf);
    return clock_seconds() - start;
}

/* seconds per call, over at least `calls` calls and at least `least` seconds; NaN if the peer is lost */
static double time_warm(const struct contestant *c, const struct check_case *p, void *const *buf, long calls,
                        double least)
{
    double elapsed = 0;
    long done = 0, left = calls, together = updates(p->op) ? UPDATES : calls;
    do {
        long now = left < together ? left : together;
        double seconds = time_calls(c, p, buf, now);
        if (isnan(seconds)) return (double)NAN;
        elapsed += seconds;
        done += now;
        left -= now;
        if (left <= 0) left = done / 8 + 1; /* if the clock says that it is not enough: a little more */
    } while (done < calls || elapsed < least);
    return elapsed / (double)done;
}

static double time_cold(const struct contestant *c, const struct check_case *p, const struct arena *m,
                        double least)
{
    double elapsed = 0;
    int done = 0;
    do {
        restore(p, m->buf);
        flush(m);
        double start = clock_seconds();
        call(c, p->op, p->size, m->buf);
        elapsed += clock_seconds() - start;
        done++;
    } while (elapsed < least && done < COLD_CALLS);
    return elapsed / done;
}

/* Seconds per call, roughly: doubles the number of calls until they take a while.
 * Warms everything up, too. */
static double time_roughly(const struct contestant *c, const struct check_case *p, void *const *buf,
                           double least)
{
    for (long calls = 1;; calls *= 2) {
        double seconds = time_warm(c, p, buf, calls, 0);
        if (!(seconds * (double)calls < least)) return seconds;
    }
}

static double flops_of(const struct check_case *p)
{
    return p->op->flops(p->size);
}

/* First call, verification and rough time; 0 if the contestant takes no part in the rounds. */
static int qualify(const struct race *r, struct contestant *c, const struct check_case *p, void *const *buf,
                   double *rough)
{
    const char *lacks = c->rung ? rung_lacks(c->rung->needs) : NULL;
    c->outcome = RACE_LEFT_OUT;
    if (lacks) {
        snprintf(c->note, sizeof c->note, "skipped: this machine has no %s", lacks);
        return 0;
    }
    if (c->peer && c->peer_op->lacks && c->peer_op->lacks(p->op, p->size)) {
        snprintf(c->note, sizeof c->note, "skipped: %.230s", c->peer_op->lacks(p->op, p->size));
        return 0;
    }
    if (c->refused) {
        c->outcome = RACE_WRONG;
        snprintf(c->note, sizeof c->note, "FAIL before timing: %.230s", c->refused);
        return 0;
    }
    if (r->cold && is_apart(c)) {
        snprintf(c->note, sizeof c->note, "skipped: the peer's own copies of the operands cannot be flushed");
        return 0;
    }
    if (c->rate > 0 && flops_of(p) / c->rate > 2 * r->call_limit) {
        snprintf(c->note, sizeof c->note, "too slow at this size: about %.2g s a call",
                 flops_of(p) / c->rate);
        return 0;
    }
    use_threads(c);
    pinning_wait_quiet();
    double start = clock_seconds();
    if (!verify_call(c, p, buf, "before")) return 0;
    double first = clock_seconds() - start;
    /* the first call of a peer apart starts its process and carries all arrays: it says nothing of a step */
    *rough =
        first > 4 * r->call_limit && !is_apart(c) ? first : time_roughly(c, p, buf, r->sample_seconds / 4);
    if (is_lost(c)) return 0;
    if (*rough > r->call_limit) {
        snprintf(c->note, sizeof c->note, "too slow at this size: %.2g s a call", *rough);
        return 0;
    }
    c->outcome = RACE_MEASURED;
    return 1;
}

/* One sample: the workers of the others asleep, its own awake, its data where its calls leave them. */
static double take_sample(const struct race *r, const struct contestant *c, const struct check_case *p,
                          const struct arena *m, double rough)
{
    const double warm_up = 0.001;
    use_threads(c);
    pinning_wait_quiet();
    if (rough < 5 * warm_up && !is_apart(c)) /* it restores its arrays, and so warms them, itself */
        (void)time_warm(c, p, m->buf, 1, warm_up);
    if (r->cold) return time_cold(c, p, m, r->sample_seconds);
    long calls = (long)(r->sample_seconds / rough) + 1;
    return time_warm(c, p, m->buf, calls, r->sample_seconds);
}

/* the problem with the bounds of a rung that has its own; NULL for others, and for no rung */
static struct check_case *own_case(const struct rung *rung, const struct check_case *p)
{
    if (!rung || !rung_has_own_bound(rung->needs)) return NULL;
    struct check_case *own = check_case_rebound(p);
    check_case_bounds(own, rung->needs);
    return own;
}

int race_run(const struct race *r, const struct check_case *p, struct contestant *c, int n)
{
    struct arena m;
    double *sample = memory_need((size_t)n * (size_t)r->samples, sizeof *sample);
    double *rough = memory_need((size_t)n, sizeof *rough);
    struct check_case **own = memory_need((size_t)n, sizeof *own);
    int opened = arena_open(&m, p);
    for (int i = 0; i < n; i++) own[i] = c[i].peer ? peer_case(c[i].peer_op, p) : own_case(c[i].rung, p);
    for (int i = 0; opened && i < n && !interrupt_asked(); i++)
        qualify(r, &c[i], own[i] ? own[i] : p, m.buf, &rough[i]);
    for (int s = 0; opened && s < r->samples && !interrupt_asked(); s++) {
        for (int turn = 0; turn < n; turn++) {
            int i = (turn + s) % n;
            if (r->progress) r->progress(s * n + turn, r->samples * n);
            if (c[i].outcome != RACE_MEASURED) continue;
            sample[(size_t)i * (size_t)r->samples + (size_t)s] = take_sample(r, &c[i], p, &m, rough[i]);
            /* What the timed calls left behind must be right as well. Where updated arguments have moved on,
             * or the results are not in these buffers, the next call from where they began must do. */
            restore(p, m.buf);
            if (updates(p->op) || is_apart(&c[i])) call(&c[i], p->op, p->size, m.buf);
            verify(&c[i], own[i] ? own[i] : p, m.buf, "while");
        }
    }
    for (int i = 0; opened && i < n && !interrupt_asked(); i++) {
        if (c[i].outcome != RACE_MEASURED) continue;
        use_threads(&c[i]);
        if (verify_call(&c[i], own[i] ? own[i] : p, m.buf, "after"))
            c[i].seconds = stats_of(sample + (size_t)i * (size_t)r->samples, r->samples);
    }
    if (opened) memory_huge_free(m.base, m.bytes);
    for (int i = 0; i < n; i++) check_case_rebound_free(own[i]);
    free(own);
    free(sample);
    free(rough);
    return opened;
}

/* ---- the probe ---- */

enum { PROBE_FLOPS = 40000000 };

/* the largest of the bench shapes, or where there are none of the check shapes, that even a
 * slow rung does in a moment */
const int *race_probe_shape(const struct op *op)
{
    const int(*shapes)[MAX_SIZES] = **op->bench_shapes ? op->bench_shapes : op->check_shapes;
    const int(*best)[MAX_SIZES] = shapes;
    for (const int(*s)[MAX_SIZES] = shapes; **s; s++)
        if (op->flops(*s) <= PROBE_FLOPS && op->flops(*s) > op->flops(*best)) best = s;
    return *best;
}

static double cpu_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void race_probe(const struct op *op, struct contestant *c, int n)
{
    struct check_case *p = check_case_make(op, race_probe_shape(op), 1);
    struct arena m;
    int opened = arena_open(&m, p);
    if (opened) check_case_load(p, m.buf);
    for (int i = 0; opened && i < n; i++) {
        if (c[i].rung && rung_lacks(c[i].rung->needs)) continue;
        use_threads(&c[i]);
        pinning_wait_quiet();
        call(&c[i], op, p->size, m.buf);
        double others = cpu_clock(CLOCK_THREAD_CPUTIME_ID) - cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
        double start = clock_seconds(), seconds = time_roughly(&c[i], p, m.buf, 0.005),
               wall = clock_seconds() - start;
        others += cpu_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_clock(CLOCK_THREAD_CPUTIME_ID);
        c[i].rate = seconds > 0 ? op->flops(p->size) / seconds : 0;
        c[i].solo = c[i].threads > 1 && others < 0.1 * wall;
    }
    if (opened) memory_huge_free(m.base, m.bytes);
    check_case_free(p);
}

/* ---- the sweep ---- */

struct called {
    const struct contestant *c;
    const struct op *op;
};

static void call_contestant(void *with, const int *size, void *const *buf)
{
    const struct called *of = with;
    call(of->c, of->op, size, buf);
}

void race_sweep(const struct op *op, struct contestant *c, int n)
{
    for (int i = 0; i < n; i++) {
        if (!c[i].peer || c[i].peer_op->judge) continue; /* what is drawn is no function of its argument */
        use_threads(&c[i]);
        c[i].worst = special_worst(op, call_contestant, &(struct called){ &c[i], op });
    }
}
