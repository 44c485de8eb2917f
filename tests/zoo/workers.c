/* workers.c - the self-test's tasks on all cores. Children take the tasks in turn and hand back what they
 * counted and printed; the parent adds and prints it in the tasks' order, so that the text is the same on
 * any machine. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

enum { MOST_WORKERS = 64, TEXT = 8192 };

struct done {
    int done;
    struct zoo_totals totals;
    char text[TEXT];
};

/* what parent and children share */
struct shared {
    int next;
    struct done task[];
};

static void run_one(const struct zoo_work *w, int i, struct done *d)
{
    FILE *out = fmemopen(d->text, sizeof d->text, "w");
    if (!out) return;
    w->task(i, w->ctx, &d->totals, out);
    fclose(out);
    __atomic_store_n(&d->done, 1, __ATOMIC_RELEASE);
}

static void run_next(const struct zoo_work *w, struct shared *s)
{
    for (int i; (i = __atomic_fetch_add(&s->next, 1, __ATOMIC_RELAXED)) < w->n;) run_one(w, i, &s->task[i]);
}

static int start_workers(const struct zoo_work *w, struct shared *s, pid_t *worker)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int started = 0, most = cores > MOST_WORKERS ? MOST_WORKERS : (int)cores;
    fflush(NULL); /* or each child would print the parent's text again */
    for (; started < most && started < w->n; started++) {
        worker[started] = fork();
        if (worker[started] < 0) break;
        if (worker[started]) continue;
        run_next(w, s);
        _exit(0);
    }
    return started;
}

/* Waits until the task is done. 0: nobody is left who could do it */
static int await(const struct done *d, pid_t *worker, int *workers)
{
    const struct timespec pause = { 0, 2000000 };
    while (!__atomic_load_n(&d->done, __ATOMIC_ACQUIRE)) {
        int ended = 0;
        for (int k = 0; k < *workers; k++) {
            pid_t got = waitpid(worker[k], NULL, WNOHANG);
            if (got == 0 || (got < 0 && errno == EINTR)) continue;
            worker[k--] = worker[--*workers];
            ended = 1;
        }
        if (!*workers && !__atomic_load_n(&d->done, __ATOMIC_ACQUIRE)) return 0;
        if (!ended) nanosleep(&pause, NULL);
    }
    return 1;
}

static void add(struct zoo_totals *t, const struct zoo_totals *more)
{
    int *to = (int *)t;
    for (size_t k = 0; k < sizeof *t / sizeof(int); k++) to[k] += ((const int *)more)[k];
}

static void take(const struct zoo_work *w, int i, struct done *d, struct zoo_totals *t, FILE *out)
{
    if (!d->done) {
        fprintf(out, "AMISS  task %d of the self-test ended its process\n", i);
        d->totals.missed++;
    }
    if (w->before) w->before(i, w->ctx, t, out);
    add(t, &d->totals);
    d->text[TEXT - 1] = '\0';
    fputs(d->text, out);
    fflush(out);
}

void zoo_work(const struct zoo_work *w, struct zoo_totals *t, FILE *out)
{
    pid_t worker[MOST_WORKERS];
    size_t bytes = sizeof(struct shared) + (size_t)w->n * sizeof(struct done);
    struct shared *s = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED) {
        fprintf(out, "AMISS  out of memory for %d tasks of the self-test\n", w->n);
        t->missed++;
        return;
    }
    int workers = start_workers(w, s, worker);
    if (!workers) run_next(w, s);
    for (int i = 0; i < w->n; i++) {
        if (!s->task[i].done) await(&s->task[i], worker, &workers);
        take(w, i, &s->task[i], t, out);
    }
    for (int k = 0; k < workers; k++)
        while (waitpid(worker[k], NULL, 0) < 0 && errno == EINTR) {
        }
    munmap(s, bytes);
}
