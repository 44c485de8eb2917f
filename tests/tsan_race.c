/* tsan_race.c - shows that ThreadSanitizer sees a race between OpenMP threads, and understands their barrier.
 *
 *   tsan_race barrier   each thread reads what another wrote before the barrier: right
 *   tsan_race race      the same without the barrier: a data race, which must be reported
 *
 * The threads run in a child process, as those of `rungs check` do.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <omp.h>

enum { THREADS = 4 };
static int slot[THREADS], sum[THREADS];

static void with_barrier(void)
{
#pragma omp parallel num_threads(THREADS)
    {
        int me = omp_get_thread_num();
        slot[me] = me;
#pragma omp barrier
        sum[me] = slot[me] + slot[(me + 1) % THREADS];
    }
}

static void without_barrier(void)
{
#pragma omp parallel num_threads(THREADS)
    {
        int me = omp_get_thread_num();
        slot[me] = me;
        sum[me] = slot[me] + slot[(me + 1) % THREADS];
    }
}

static int child(int racy)
{
    for (int i = 0; i < 100; i++) {
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
