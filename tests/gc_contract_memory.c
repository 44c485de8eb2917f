/* gc_contract_memory.c - arrays between guard pages, and children that die in every way: each death is told,
 * the parent keeps its handlers and its output, and no child is left behind. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../gradcheck/gc_internal.h"

enum way {
    PAST,
    READ_PAST,
    BEFORE,
    READ_ONLY,
    GIVEN_BACK,
    NULL_POINTER,
    STACK,
    EXIT,
    ABORT,
    LOOP,
    TRAP,
    KILL,
    FINE
};

static const struct row {
    enum way way;
    gc_verdict expect;
    int tensor;
    const char *word;
} rows[] = {
    { PAST, GC_CONTRACT_BROKEN, 1, "backward wrote 8 bytes past the end of dW" },
    { READ_PAST, GC_CONTRACT_BROKEN, 1, "backward read just past the end of dW" },
    { BEFORE, GC_CONTRACT_BROKEN, 1, "backward read 8 bytes before the start of W" },
    { READ_ONLY, GC_CONTRACT_BROKEN, 1, "backward wrote to its input W" },
    { GIVEN_BACK, GC_CONTRACT_BROKEN, 1, "held W in an earlier call" },
    { NULL_POINTER, GC_CRASH, -1, "null pointer" },
    { STACK, GC_CRASH, -1, "stack overflowed" },
    { EXIT, GC_CRASH, -1, "status 3" },
    { ABORT, GC_CRASH, -1, "abort()" },
    { LOOP, GC_CRASH, -1, "backward did not return within 1 s" },
    { TRAP, GC_CRASH, -1, "illegal instruction" },
    { KILL, GC_CRASH, -1, "signal 9" },
    { FINE, GC_PASS, -1, "" },
};

struct job {
    enum way way;
    gc_result *r;
    double *dw, *w;
};

static int deep(volatile int *depth)
{
    volatile char frame[4096];
    frame[0] = (char)++*depth;
    return *depth > 0 ? deep(depth) + frame[0] : 0;
}

__attribute__((no_sanitize("undefined"))) /* or that sanitizer ends the process first */
static void
touch_memory(const struct job *j)
{
    double *volatile dw = j->dw, *volatile w = j->w, *volatile nowhere = NULL;
    volatile double seen = 0;
    switch (j->way) {
    case PAST: *(volatile double *)(dw + 4) = 1; break;
    case READ_PAST: seen = *(volatile double *)(dw + 3); break;
    case BEFORE: seen = *(volatile double *)(w - 1); break;
    case READ_ONLY: gc_memory_read_only(w, 1), *(volatile double *)(w + 1) = 2; break;
    case GIVEN_BACK: gc_memory_free(w), *(volatile double *)w = 1; break;
    case NULL_POINTER: *(volatile double *)nowhere = 1; break;
    default: break;
    }
    (void)seen;
}

static void die(void *arg)
{
    struct job *j = arg;
    volatile int depth = 1;
    gc_stage(j->r, "backward, poison, point 1");
    touch_memory(j);
    if (j->way == STACK) depth = deep(&depth);
    if (j->way == EXIT) exit(3);
    if (j->way == ABORT) abort();
    if (j->way == TRAP) raise(SIGILL);
    if (j->way == KILL) raise(SIGKILL);
    while (j->way == LOOP) depth++;
}

static int expect(int fine, const char *what)
{
    if (!fine) printf("not so: %s\n", what);
    return !fine;
}

static gc_result *result(void)
{
    gc_options o = gc_defaults();
    gc_result *r = gc_result_new("memory", &o);
    gc_text(r->tensor[0].name, GC_NAME, "x");
    gc_text(r->tensor[1].name, GC_NAME, "W");
    r->ntensors = 2;
    return r;
}

static int deaths(void)
{
    int bad = 0;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        struct job j = { rows[k].way, result(), gc_memory_new(24), gc_memory_new_low(24) };
        gc_memory_name(j.dw, "dW"), gc_memory_name(j.w, "W");
        gc_in_child(j.r, 1, die, &j);
        int told =
            j.r->verdict == GC_PASS || (j.r->findings == 1 && j.r->finding[0].tensor == rows[k].tensor);
        if (j.r->verdict != rows[k].expect || !strstr(j.r->reason, rows[k].word) || !told) {
            printf("death %d: %s, %s\n", (int)k, gc_verdict_name(j.r->verdict), j.r->reason);
            bad++;
        }
        gc_memory_free(j.dw), gc_memory_free(j.w), gc_free(j.r);
    }
    bad += expect(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "no child is left");
    return bad;
}

static int arrays(void)
{
    char text[80];
    double *end = gc_memory_new(3 * sizeof *end), *low = gc_memory_new_low(3 * sizeof *low);
    float *odd = gc_memory_new(5 * sizeof *odd);
    gc_memory_name(end, "a"), gc_memory_name(low, "b");
    int bad = expect(end && low && odd, "arrays");
    bad += expect((uintptr_t)end % sizeof *end == 0 && (uintptr_t)odd % sizeof *odd == 0,
                  "aligned to their element");
    bad += expect(gc_memory_intact(end, text, sizeof text) && gc_memory_intact(low, text, sizeof text),
                  "intact at first");
    end[-2] = 1;
    bad +=
        expect(!gc_memory_intact(end, text, sizeof text) && strstr(text, "before the start of a"), "before");
    low[4] = 1;
    bad += expect(!gc_memory_intact(low, text, sizeof text) && strstr(text, "past the end of b"), "after");
    bad +=
        expect(gc_memory_describe(end + 1, text, sizeof text) == GC_INSIDE && !strcmp(text, "a"), "inside");
    bad += expect(gc_memory_describe(&bad, text, sizeof text) == GC_ELSEWHERE && !*text, "elsewhere");
    bad += expect(!gc_memory_new((size_t)-1), "no array of all memory");
    gc_memory_free(end), gc_memory_free(low), gc_memory_free(odd), gc_memory_free(NULL);
    for (int k = 0; k < 70000; k++)
        gc_memory_free(gc_memory_new(8)); /* more than a process may map at once */
    end = gc_memory_new(0);
    bad += expect(end != NULL, "an array again, and an empty one");
    gc_memory_free(end);
    return bad;
}

static void handler(int number)
{
    (void)number;
}

static void nothing(void *arg)
{
    printf("%s", (const char *)arg);
}

/* The parent's handlers stay; what it has not printed yet is not printed twice; SIGCHLD may be ignored. */
static int parent(const char *program)
{
    struct sigaction mine = { .sa_handler = handler }, now;
    int bad = 0;
    sigaction(SIGBUS, &mine, NULL);
    signal(SIGCHLD, SIG_IGN);
    gc_result *r = result();
    gc_in_child(r, 5, nothing, "");
    bad += expect(r->verdict == GC_PASS, "a child whose end the system swallows");
    gc_free(r);
    signal(SIGCHLD, SIG_DFL);
    sigaction(SIGBUS, NULL, &now);
    bad += expect(now.sa_handler == handler && !gc_is_child(), "the parent's handlers");
    char command[600], line[80] = "";
    snprintf(command, sizeof command, "'%s' say", program);
    FILE *p = popen(command, "r");
    bad += expect(p && fgets(line, sizeof line, p) && !strcmp(line, "once twice\n") &&
                      !fgets(line, sizeof line, p),
                  "no text is printed twice, or lost");
    if (p) pclose(p);
    return bad;
}

static void *wait_for_end(void *end)
{
    return pthread_mutex_lock(end) ? NULL : end;
}

/* A child that hangs after threads ran (as one with OpenMP does) is told with that reason. */
static int threads(void)
{
    pthread_mutex_t end = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    struct job j = { LOOP, result(), NULL, NULL };
    pthread_mutex_lock(&end);
    int bad = expect(!pthread_create(&thread, NULL, wait_for_end, &end), "a thread");
    gc_in_child(j.r, 1, die, &j);
    bad += expect(strstr(j.r->reason, "OMP_NUM_THREADS=1") != NULL, "threads before the fork are named");
    pthread_mutex_unlock(&end);
    if (!bad) pthread_join(thread, NULL);
    gc_free(j.r);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        gc_result *r = result();
        printf("once "); /* still in the buffer when the child begins */
        gc_in_child(r, 5, nothing, "twice\n");
        gc_free(r);
        return 0;
    }
    int bad = arrays() + deaths() + parent(argv[0]) + threads();
    printf("memory and children: %d amiss\n", bad);
    return bad != 0;
}
