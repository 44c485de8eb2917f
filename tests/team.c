/* team.c - the threads of the rungs: every piece is done once, by whoever is free, and who waits
 * does not keep a core busy.
 *
 * A sibling that stands still is made by hand: the piece that it does ends only when all others are done, or
 * after PATIENCE seconds, and then it counts as a failure. Wrong teams, which must fail: one that deals its
 * pieces out for good, as OpenMP's static schedule does, and one whose threads spin.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../optimized/team.h"

static int failed;

static void expect(int ok, const char *what)
{
    printf("%s  %s\n", ok ? "ok  " : "FAIL", what);
    failed |= !ok;
}

typedef void run_fn(int pieces, team_fn *work, void *arg);

/* ---- every piece once ---- */

enum { MOST = 1000 };

struct count {
    atomic_int times[MOST];
};

static void count(int piece, void *arg)
{
    struct count *c = arg;
    atomic_fetch_add(&c->times[piece], 1);
}

/* a team that forgets the last piece of an odd number */
static void forgets_one(int pieces, team_fn *work, void *arg)
{
    for (int piece = 0; piece < pieces / 2 * 2; piece++) work(piece, arg);
}

static int all_once(run_fn *run)
{
    static const int numbers[] = { 0, 1, 2, 3, 7, 64, MOST };
    static struct count c;
    int right = 1;
    for (int threads = 1; threads <= 9; threads += 2)
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            for (int again = 0; again < 20; again++) {
                memset(&c, 0, sizeof c);
                team_use(threads);
                run(numbers[i], count, &c);
                for (int piece = 0; piece < MOST; piece++)
                    right &= atomic_load(&c.times[piece]) == (piece < numbers[i]);
            }
    return right;
}

/* ---- a sibling that stands still ---- */

enum { PIECES = 40 };
static const double PATIENCE = 2, A_MOMENT = 0.5;

struct stall {
    pthread_t caller;
    double begin;
    atomic_int others, stopped,
        in_vain; /* pieces that are done; a sibling has stopped; it waited for nothing */
};

/* The first sibling that comes stops; the caller leaves it a moment to get a piece. */
static void stop_sibling(int piece, void *arg)
{
    struct stall *s = arg;
    double now = clock_seconds(), give_up = now + PATIENCE;
    (void)piece;
    if (!pthread_equal(pthread_self(), s->caller) && !atomic_exchange(&s->stopped, 1)) {
        while (atomic_load(&s->others) < PIECES - 1 && clock_seconds() < give_up) usleep(100);
        atomic_store(&s->in_vain, atomic_load(&s->others) < PIECES - 1);
        return;
    }
    while (!atomic_load(&s->stopped) && clock_seconds() < s->begin + A_MOMENT) usleep(100);
    atomic_fetch_add(&s->others, 1);
}

struct half {
    int from, to;
    team_fn *work;
    void *arg;
};

static void *do_half(void *p)
{
    const struct half *h = p;
    for (int piece = h->from; piece < h->to; piece++) h->work(piece, h->arg);
    return NULL;
}

/* a half of the pieces for each of two threads, come what may */
static void dealt_out(int pieces, team_fn *work, void *arg)
{
    struct half half[2] = { { 0, pieces / 2, work, arg }, { pieces / 2, pieces, work, arg } };
    pthread_t sibling;
    if (pthread_create(&sibling, NULL, do_half, &half[1])) exit(1);
    do_half(&half[0]);
    pthread_join(sibling, NULL);
}

/* Is everything else done while one sibling stands still? On a busy machine the caller may work
 * alone for half a second. */
static int goes_on(run_fn *run, int threads)
{
    for (int again = 0; again < 20; again++) {
        struct stall s = { .caller = pthread_self(), .begin = clock_seconds() };
        team_use(threads);
        run(PIECES, stop_sibling, &s);
        if (atomic_load(&s.stopped)) return !atomic_load(&s.in_vain);
    }
    return 0;
}

/* ---- waiting ---- */

/* is there a thread, besides this one, that runs or wants to? */
static int somebody_runs(void)
{
    int running = 0;
    DIR *dir = opendir("/proc/self/task");
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[300], text[512] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/stat", entry->d_name);
        FILE *f = atol(entry->d_name) > 0 && atol(entry->d_name) != getpid() ? fopen(path, "r") : NULL;
        if (f && fgets(text, sizeof text, f)) running |= strstr(text, ") R") != NULL;
        if (f) fclose(f);
    }
    if (dir) closedir(dir);
    return running;
}

/* Asked again for a while: threads fall asleep after their last work. */
static int falls_asleep(void)
{
    double give_up = clock_seconds() + PATIENCE;
    while (clock_seconds() < give_up) {
        if (!somebody_runs()) return 1;
        usleep(20000);
    }
    return 0;
}

static atomic_int spinning;

static void *spin(void *arg)
{
    (void)arg;
    while (atomic_load(&spinning)) continue;
    return NULL;
}

static int spinner_falls_asleep(void)
{
    pthread_t spinner;
    atomic_store(&spinning, 1);
    if (pthread_create(&spinner, NULL, spin, NULL)) exit(1);
    int asleep = falls_asleep();
    atomic_store(&spinning, 0);
    pthread_join(spinner, NULL);
    return asleep;
}

/* ---- calls in calls, from several threads, in children, without threads ---- */

static void count_within(int piece, void *arg)
{
    (void)piece;
    team_run(MOST, count, arg);
}

static int nested(void)
{
    static struct count c;
    int right = 1;
    memset(&c, 0, sizeof c);
    team_use(3);
    team_run(10, count_within, &c);
    for (int piece = 0; piece < MOST; piece++) right &= atomic_load(&c.times[piece]) == 10;
    return right;
}

static void *many_runs(void *arg)
{
    static _Thread_local struct count c;
    int *right = arg;
    for (int again = 0; again < 300; again++) {
        memset(&c, 0, sizeof c);
        team_run(64, count, &c);
        for (int piece = 0; piece < 64; piece++) *right &= atomic_load(&c.times[piece]) == 1;
    }
    return NULL;
}

static int from_several_threads(void)
{
    enum { CALLERS = 4 };
    pthread_t caller[CALLERS];
    int right[CALLERS], all = 1;
    team_use(3);
    for (int k = 0; k < CALLERS; k++) {
        right[k] = 1;
        if (pthread_create(&caller[k], NULL, many_runs, &right[k])) exit(1);
    }
    for (int k = 0; k < CALLERS; k++) {
        pthread_join(caller[k], NULL);
        all &= right[k];
    }
    return all;
}

/* all pieces are done, and the child ends, with its own threads or, where it gets none, alone */
static int in_a_child(int may_have_threads)
{
    fflush(stdout);
    pid_t child = fork();
    int status = -1;
    if (child == 0) {
        struct rlimit none = { 0, 0 };
        if (!may_have_threads) setrlimit(RLIMIT_AS, &none); /* a thread's stack cannot be had */
        alarm(30);
        exit(all_once(team_run) ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- runs that end before they are announced ----
 *
 * A member that still looks for pieces of one run may do all pieces of the next, while the caller is between
 * dealing them out and announcing the run: who waits for its end must see it all the same. If not, the alarm
 * ends the test. ThreadSanitizer slows the caller down enough to meet that within some thousand runs. */
static int short_runs(void)
{
    static struct count c;
    enum { RUNS = 300000 };
    long all = 0, done = 0;
    memset(&c, 0, sizeof c);
    team_use(8);
    alarm(120);
    for (int k = 0; k < RUNS; k++) {
        team_run(1 + k % 3, count, &c);
        all += 1 + k % 3;
    }
    alarm(0);
    for (int piece = 0; piece < 3; piece++) done += atomic_load(&c.times[piece]);
    return done == all;
}

/* `short`: that alone, for ThreadSanitizer */
int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "short")) {
        expect(short_runs(), "runs that end before they are announced end");
        return failed;
    }
    expect(all_once(team_run), "every piece is done once");
    expect(!all_once(forgets_one), "a piece that is forgotten is noticed");
    expect(goes_on(team_run, 2) && goes_on(team_run, 4),
           "a sibling that stands still holds up its own piece only");
    expect(!goes_on(dealt_out, 2), "pieces that are dealt out for good are noticed");
    expect(falls_asleep(), "threads without work fall asleep");
    expect(!spinner_falls_asleep(), "a thread that spins is noticed");
    expect(nested(), "a run within a piece is done");
    expect(from_several_threads(), "runs from several threads at once are done");
    expect(short_runs(), "runs that end before they are announced end");
    expect(in_a_child(1), "a child process has threads of its own");
#if !defined SANITIZED /* a sanitizer needs memory itself */
    expect(in_a_child(0), "without threads the caller does it all");
#endif
    return failed;
}
