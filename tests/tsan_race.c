/* tsan_race.c - shows that ThreadSanitizer sees a race between the threads of a team, and
 * understands that a run ends.
 *
 *   tsan_race barrier   each piece reads what another wrote in the run before: right
 *   tsan_race race      the same in one run: a data race, which must be reported
 *
 * The threads run in a child process, as those of `rungs check` do.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../optimized/team.h"

enum { THREADS = 4 };
static int slot[THREADS], sum[THREADS];

static void set(int me, void *arg)
{
    (void)arg;
    slot[me] = me;
}

static void add(int me, void *arg)
{
    (void)arg;
    sum[me] = slot[me] + slot[(me + 1) % THREADS];
}

static atomic_int begun; /* pieces of this run; relaxed, so that it orders nothing else */

/* Pieces of one thread do not race: each waits, for a second at most, until another has begun. */
static void set_and_add(int me, void *arg)
{
    const struct timespec moment = { 0, 100 * 1000 };
    atomic_fetch_add_explicit(&begun, 1, memory_order_relaxed);
    for (int i = 0; i < 10000 && atomic_load_explicit(&begun, memory_order_relaxed) < 2; i++)
        nanosleep(&moment, NULL);
    set(me, arg);
    add(me, arg);
}

static void with_barrier(void)
{
    team_run(THREADS, set, NULL);
    team_run(THREADS, add, NULL);
}

static void without_barrier(void)
{
    atomic_store_explicit(&begun, 0, memory_order_relaxed);
    team_run(THREADS, set_and_add, NULL);
}

static int child(int racy)
{
    team_use(THREADS);
    for (int i = 0; i < (racy ? 10 : 100); i++) { /* on a loaded machine each second racy run waits in vain */
        if (racy)
            without_barrier();
        else
            with_barrier();
    }
    int total = 0;
    for (int i = 0; i < THREADS; i++) total += sum[i];
    return total == 12 ? 0 : 1;
}

int main(int argc, char **argv)
{
    int racy = argc == 2 && !strcmp(argv[1], "race"), status;
    pid_t pid = fork();
    if (!pid) return child(racy);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
