/* tsan_race.c - shows that ThreadSanitizer sees a race between OpenMP threads, and understands their barrier.
 *
 *   tsan_race barrier   each thread reads what another wrote before the barrier: right
 *   tsan_race race      the same without the barrier: a data race, which must be reported
 */
#include <stdio.h>
#include <string.h>
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

int main(int argc, char **argv)
{
    int racy = argc == 2 && !strcmp(argv[1], "race");
    for (int i = 0; i < 100; i++) {
        if (racy)
            without_barrier();
        else
            with_barrier();
    }
    int total = 0;
    for (int i = 0; i < THREADS; i++) total += sum[i];
    printf("%s: %d\n", racy ? "race" : "barrier", total);
    return 0;
}
