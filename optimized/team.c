/* team.c - a few threads that take pieces of work from each other; see team.h.
 *
 * Each member has a range of pieces. It takes them from the front; whoever has none left takes from the back
 * of the others' ranges. On an idle machine everybody does its own range, which is the same part of an array
 * in each call and is still in that core's cache.
 */
#include "team.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "../base/clock.h"
#include "../base/cpus.h"

struct member {
    _Alignas(128) _Atomic uint64_t range; /* its pieces that nobody has taken yet: first << 32 | end */
    atomic_int asleep;
    long preempted;      /* as the kernel last counted it */
    double wanted_until; /* others seem to want its core, in microseconds */
    int not_on;          /* the core that it was last kept off; -1: none */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
};

static struct member member[TEAM_MOST]; /* number 0 is whoever calls team_run */
static int started;                     /* members that have a thread, or 0 before the first run */
static atomic_int wanted;               /* by team_use; 0: nothing said */
static atomic_flag in_use = ATOMIC_FLAG_INIT;

/* The run. Whoever has taken one of its pieces may read work and arg: they change only
 * when all pieces are done. */
static team_fn *work;
static void *argument;
static _Alignas(128) atomic_int left;      /* pieces that are not done                                      */
static _Alignas(128) atomic_uint job;      /* number of the run << 9 | how many members take part           */
static _Alignas(128) atomic_uint all_done; /* the last `job` whose pieces are all done                      */
static atomic_uint running;                /* the next `job`, from before its first piece can be taken      */
static atomic_int ending;

enum { MEMBER_BITS = 9 };

/* ---- how many ---- */

static int default_threads;

static void find_default(void)
{
    const char *text = getenv("OMP_NUM_THREADS"); /* what batch systems set, and what users know */
    long said = text ? strtol(text, NULL, 10) : 0;
    struct cpus c;
    if (said < 1) said = cpus_read(&c, NULL) ? c.threads : 1;
    default_threads = said > TEAM_MOST ? TEAM_MOST : (int)said;
}

int team_threads(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int threads = atomic_load_explicit(&wanted, memory_order_relaxed);
    if (threads) return threads;
    pthread_once(&once, find_default);
    return default_threads;
}

void team_use(int threads)
{
    atomic_store(&wanted, threads < 0 ? 0 : threads > TEAM_MOST ? TEAM_MOST : threads);
}

/* ---- waiting ----
 *
 * To wake a sleeper takes some ten microseconds, so a thread first looks, in vain if it must, for a
 * millisecond: on a core that nobody else wants this takes nobody's time. Where others want it, it looks for
 * LOOK_US and sleeps. Whether they do is known to the kernel, which counts how often it took the core away
 * from this thread, and is seen in the clock, which jumps while this happens. sched_yield would not do: it
 * may hand the core to the very thread that we wait for, while the core next to it is free. */

enum { LOOK_US = 20, LOOK_ALONE_US = 1000, JUMP_US = 30, COUNTS_US = 5000, REMEMBER_US = 50000 };

static double now_us(void)
{
    return 1e6 * clock_seconds();
}

/* how often the kernel has taken the core away from this thread */
static long times_preempted(void)
{
#if defined RUSAGE_THREAD
    struct rusage usage;
    if (!getrusage(RUSAGE_THREAD, &usage)) return usage.ru_nivcsw;
#endif
    return 0;
}

/* Do others want this thread's core? Each time that it was taken away counts for a
 * while, several for longer. */
static int is_core_wanted(struct member *me, double now)
{
    long times = times_preempted();
    double until = me->wanted_until > now ? me->wanted_until : now;
    until += (double)(times - me->preempted) * COUNTS_US;
    me->wanted_until = until < now + REMEMBER_US ? until : now + REMEMBER_US;
    me->preempted = times;
    return me->wanted_until > now;
}

static int has_changed(atomic_uint *word, unsigned old)
{
    for (int look = 0; look < 32; look++) {
        if (atomic_load_explicit(word, memory_order_acquire) != old) return 1;
#if defined __x86_64__
        __builtin_ia32_pause();
#endif
    }
    return 0;
}

/* 0: nothing has changed, and it is time to sleep */
static int look(struct member *me, atomic_uint *word, unsigned old)
{
    double start = now_us(), now = start, limit = LOOK_US;
    while (now - start < limit) {
        if (has_changed(word, old)) return 1;
        double before = now;
        now = now_us();
        if (now - before > JUMP_US) limit = 0;
        if (now - start >= limit && limit == LOOK_US && !is_core_wanted(me, now)) limit = LOOK_ALONE_US;
    }
    return 0;
}

/* returns when *word is no longer `old` */
static void await(struct member *me, atomic_uint *word, unsigned old)
{
    if (look(me, word, old)) return;
    pthread_mutex_lock(&me->lock);
    atomic_store(&me->asleep, 1);
    while (atomic_load(word) == old) pthread_cond_wait(&me->wake, &me->lock);
    atomic_store(&me->asleep, 0);
    pthread_mutex_unlock(&me->lock);
}

/* A thread that is woken may be put onto the core of the one that woke it, and share it for milliseconds
 * while another core is free. So it may run on all cores of its caller but the one where that is now. */
static void keep_off_this_core(struct member *m)
{
#if defined CPU_SETSIZE
    cpu_set_t set;
    int here = sched_getcpu();
    if (m == member || here == m->not_on || here < 0 || sched_getaffinity(0, sizeof set, &set) ||
        CPU_COUNT(&set) < 2)
        return;
    CPU_CLR(here, &set);
    if (!pthread_setaffinity_np(m->thread, sizeof set, &set)) m->not_on = here;
#endif
}

/* To be called after the word that m waits for has changed: either m sees it, or we see that m sleeps. */
static void rouse(struct member *m)
{
    if (!atomic_load(&m->asleep)) return;
    keep_off_this_core(m);
    pthread_mutex_lock(&m->lock);
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
}

/* ---- pieces ---- */

/* takes a piece from the front or the back of the member's range; -1: it is empty */
static int take(struct member *from, int back)
{
    uint64_t range = atomic_load_explicit(&from->range, memory_order_acquire);
    for (;;) {
        uint32_t first = (uint32_t)(range >> 32), end = (uint32_t)range;
        if (first >= end) return -1;
        uint64_t rest = back ? range - 1 : range + (UINT64_C(1) << 32);
        if (atomic_compare_exchange_weak_explicit(&from->range, &range, rest, memory_order_acq_rel,
                                                  memory_order_acquire))
            return back ? (int)end - 1 : (int)first;
    }
}

/* Does pieces until none is left to take. The number of the run may have changed since this member last
 * looked: a piece that it got is a piece of the run that is going on. */
static void take_part(int self, int members)
{
    int done = 0, piece;
    for (int k = 0; k < members; k++)
        while ((piece = take(&member[(self + k) % members], k > 0)) >= 0) {
            work(piece, argument);
            done++;
        }
    if (!done || atomic_fetch_sub(&left, done) != done) return;
    atomic_store(&all_done, atomic_load(&running));
    if (self) rouse(&member[0]);
}

static void *worker(void *arg)
{
    struct member *me = arg;
    unsigned self = (unsigned)(me - member), seen = 0;
    while (!atomic_load(&ending)) {
        unsigned now = atomic_load(&job), members = now % (1u << MEMBER_BITS);
        if (now != seen && self < members) take_part((int)self, (int)members);
        seen = now;
        await(me, &job, seen);
    }
    return NULL;
}

/* ---- starting and ending ---- */

/* workers end when the process does, or when the library is unloaded, and not in the middle of a piece */
static void end_workers(void)
{
    if (atomic_flag_test_and_set(&in_use)) return; /* exit in the middle of a run: the system ends them */
    atomic_store(&ending, 1);
    atomic_fetch_add(&job, 1u << MEMBER_BITS);
    for (int m = 1; m < started; m++) rouse(&member[m]);
    for (int m = 1; m < started; m++) pthread_join(member[m].thread, NULL);
    started = 1;
}

static void prepare_member(struct member *m)
{
    atomic_store(&m->range, 0);
    atomic_store(&m->asleep, 0);
    m->preempted = 0;
    m->wanted_until = 0;
    m->not_on = -1;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->wake, NULL);
}

/* a child process has none of its parent's threads */
static void forget_workers(void)
{
    started = 0;
    atomic_flag_clear(&in_use);
}

/* A worker gets no signals: a handler runs on a thread of the program's own. 0: it cannot be started. */
static int start_worker(struct member *m)
{
    sigset_t all, old;
    prepare_member(m);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int ok = !pthread_create(&m->thread, NULL, worker, m);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return ok;
}

/* the members there are, `members` of them if the system has the threads */
static int start(int members)
{
    static int registered;
    if (!started) {
        if (!registered) registered = !pthread_atfork(NULL, NULL, forget_workers) && !atexit(end_workers);
        if (!registered) return 1;
        prepare_member(&member[0]);
        started = 1;
    }
    while (started < members && start_worker(&member[started])) started++;
    return members < started ? members : started;
}

/* ---- on a loaded machine ----
 *
 * A thread that is preempted in the middle of a piece holds up the run until its turn comes again,
 * milliseconds later. Where others want the cores all the time that happens so often that one thread alone
 * is faster. So after a run that waited longer for a piece than the caller's own part had taken, the caller
 * goes on alone for a while: a millisecond, and twice as long each time that the team is held up again soon
 * after it came together. */

enum { STALL_US = 200, ALONE_US = 1000, ALONE_MOST_US = 512000, SOON_US = 20000, SOON = 4 };

static _Atomic double alone_until; /* in microseconds, and alone_for: written by whoever holds in_use */
static double alone_for;

int team_present(void)
{
    int threads = team_threads();
    return threads > 1 && now_us() < atomic_load_explicit(&alone_until, memory_order_relaxed) ? 1 : threads;
}

static void note_stall(double now)
{
    double together = now - alone_until;
    int soon = together < SOON_US || together < SOON * alone_for;
    alone_for = soon && alone_for < ALONE_MOST_US ? 2 * alone_for : soon ? alone_for : ALONE_US;
    alone_until = now + alone_for;
}

/* ---- a run ---- */

static void deal(int pieces, int members)
{
    for (int m = 0; m < members; m++) {
        uint64_t first = (uint64_t)pieces * (uint64_t)m / (uint64_t)members;
        uint64_t end = (uint64_t)pieces * ((uint64_t)m + 1) / (uint64_t)members;
        atomic_store_explicit(&member[m].range, first << 32 | end, memory_order_release);
    }
}

static void run_together(int pieces, int members, double begin)
{
    unsigned number = (atomic_load(&job) >> MEMBER_BITS) + 1, now = number << MEMBER_BITS | (unsigned)members;
    unsigned before = atomic_load(&all_done);
    /* a member that still looks for pieces of the last run may do all of this one before it is announced */
    atomic_store(&running, now);
    atomic_store(&left, pieces);
    deal(pieces, members);
    atomic_store(&job, now);
    for (int m = 1; m < members; m++) rouse(&member[m]);
    take_part(0, members);
    if (atomic_load_explicit(&all_done, memory_order_acquire) != before) return;
    double own_end = now_us();
    await(&member[0], &all_done, before);
    double end = now_us();
    if (end - own_end > own_end - begin + STALL_US) note_stall(end);
}

static void run_alone(int pieces, team_fn *piece_of_work, void *arg)
{
    for (int piece = 0; piece < pieces; piece++) piece_of_work(piece, arg);
}

void team_run(int pieces, team_fn *piece_of_work, void *arg)
{
    int members = pieces < 2 ? 1 : team_threads() < pieces ? team_threads() : pieces;
    if (members < 2 || atomic_flag_test_and_set(&in_use)) {
        run_alone(pieces, piece_of_work, arg);
        return;
    }
    double now = now_us();
    if (now < atomic_load_explicit(&alone_until, memory_order_relaxed)) {
        run_alone(pieces, piece_of_work, arg);
    } else {
        members = start(members);
        work = piece_of_work;
        argument = arg;
        run_together(pieces, members, now);
    }
    atomic_flag_clear(&in_use);
}
