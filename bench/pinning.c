/* pinning.c - pinned threads and a clean environment; see pinning.h. */
#include "pinning.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/exit_code.h"
#include "../base/process.h"
#include "../base/cpus.h"
#include "../base/memory.h"
#include "../optimized/team.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { CANNOT_START = 127 };

extern char **environ;

/* ---- cores ---- */

static struct cpus cpus; /* cpus.n is 0 until they are known */

static const char settled[] = "RUNGS_BENCH_SETTLED"; /* set by pinning_settle for its child */

const struct cpus *pinning_cpus(void)
{
    if (!cpus.n) (void)cpus_read(&cpus, NULL);
    return &cpus;
}

int pinning_cores(void)
{
    return pinning_cpus()->n < PINNING_MAX ? pinning_cpus()->n : PINNING_MAX;
}

static void pin(pid_t thread, int id)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(id, &set);
    (void)sched_setaffinity(thread, sizeof set, &set); /* refused: the number is only noisier */
}

void pinning_pin_self(void)
{
    pin(0, pinning_cpus()->id[0]);
}

static void unpin(pid_t thread)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < pinning_cpus()->n; i++) CPU_SET(pinning_cpus()->id[i], &set);
    (void)sched_setaffinity(thread, sizeof set, &set);
}

void pinning_unpin_self(void)
{
    unpin(0);
}

/* ---- other people's threads ---- */

static pid_t known[PINNING_MAX];
static int known_count;

/* the threads of this process in the order of their ids, at most PINNING_MAX */
static int list_threads(pid_t *id)
{
    DIR *dir = opendir("/proc/self/task");
    struct dirent *entry;
    int n = 0;
    if (!dir) return 0;
    while ((entry = readdir(dir)) && n < PINNING_MAX) {
        pid_t thread = (pid_t)atol(entry->d_name);
        int at = n;
        if (thread <= 0) continue;
        for (; at > 0 && id[at - 1] > thread; at--) id[at] = id[at - 1];
        id[at] = thread;
        n++;
    }
    closedir(dir);
    return n;
}

void pinning_note_threads(void)
{
    known_count = list_threads(known);
}

void pinning_adopt(void)
{
    pid_t now[PINNING_MAX];
    int n = list_threads(now), next = 1;
    for (int i = 0; i < n; i++) {
        int old = 0;
        for (int k = 0; k < known_count; k++) old |= known[k] == now[i];
        if (!old) pin(now[i], pinning_cpus()->id[next++ % pinning_cores()]);
    }
}

static void nothing(int piece, void *arg)
{
    (void)piece, (void)arg;
}

void pinning_start_team(void)
{
    pinning_note_threads();
    team_use(pinning_cores());
    team_run(pinning_cores(), nothing, NULL);
    pinning_adopt();
}

void pinning_unpin_all(void)
{
    pid_t thread[PINNING_MAX];
    int n = list_threads(thread);
    for (int i = 0; i < n; i++) unpin(thread[i]);
}

/* 'R' for a thread that runs or wants to; 0 if the thread is gone */
static char state_of(pid_t thread)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/self/task/%ld/stat", (long)thread);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *end = strrchr(text, ')'); /* the name before it may hold anything */
    return end && end[1] == ' ' ? end[2] : 0;
}

void pinning_wait_quiet(void)
{
    pid_t thread[PINNING_MAX], self = (pid_t)syscall(SYS_gettid);
    double give_up = clock_seconds() + 0.1;
    for (int busy = 1; busy && clock_seconds() < give_up;) {
        int n = list_threads(thread);
        busy = 0;
        for (int i = 0; i < n; i++) busy |= thread[i] != self && state_of(thread[i]) == 'R';
        if (busy) nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
    }
}

/* ---- our own threads ---- */

struct team {
    pthread_barrier_t start;
    void (*work)(int k, void *arg);
    void *arg;
};

struct member {
    pthread_t thread;
    struct team *team;
    int k;
};

static void *member_main(void *p)
{
    struct member *m = p;
    pin(0, pinning_cpus()->id[m->k % pinning_cores()]);
    pthread_barrier_wait(&m->team->start);
    m->team->work(m->k, m->team->arg);
    return NULL;
}

int pinning_run(int threads, void (*work)(int k, void *arg), void *arg)
{
    struct team team = { .work = work, .arg = arg };
    struct member *m = calloc((size_t)threads, sizeof *m);
    int ok = m && !pthread_barrier_init(&team.start, NULL, (unsigned)threads);
    (void)pinning_cpus();
    for (int k = 1; ok && k < threads; k++) {
        m[k] = (struct member){ .team = &team, .k = k };
        if (pthread_create(&m[k].thread, NULL, member_main, &m[k])) {
            /* those already waiting at the barrier can never leave it */
            memory_fail("cannot start %d threads; try fewer with --threads", threads);
        }
    }
    if (ok) {
        m[0] = (struct member){ .team = &team, .k = 0 };
        member_main(&m[0]);
        for (int k = 1; k < threads; k++) pthread_join(m[k].thread, NULL);
        pthread_barrier_destroy(&team.start);
    }
    free(m);
    return ok;
}

/* ---- the environment ---- */

static const char *const steering[] = { "OPENBLAS_", "GOTO_", "BLIS_", "OMP_",   "GOMP_",
                                        "KMP_",      "MKL_",  "DNNL_", "ONEDNN_" };

/* set for the child, whatever they were */
static const char *const fixed[] = {
    "OMP_PROC_BIND=close",
    "OMP_DYNAMIC=false",
    ("GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:"
     "glibc.malloc.trim_threshold=8589934592:glibc.malloc.top_pad=268435456"),
};

static int steers(const char *entry)
{
    for (size_t i = 0; i < COUNT(steering); i++)
        if (!strncmp(entry, steering[i], strlen(steering[i]))) return 1;
    return 0;
}

static int is_fixed(const char *entry)
{
    for (size_t i = 0; i < COUNT(fixed); i++)
        if (!strncmp(entry, fixed[i], strcspn(fixed[i], "=") + 1)) return 1;
    return 0;
}

/* The child's environment; it lives until the program ends. */
static char **clean_environment(char *settled_entry, char *places)
{
    size_t n = 0, used = 0;
    while (environ[n]) n++;
    char **env = memory_need(n + COUNT(fixed) + 3, sizeof *env);
    for (char **e = environ; *e; e++) {
        if (steers(*e)) fprintf(stderr, "rungs bench: cleared for this run: %s\n", *e);
        if (!steers(*e) && !is_fixed(*e)) env[used++] = *e;
    }
    for (size_t i = 0; i < COUNT(fixed); i++) env[used++] = (char *)(uintptr_t)fixed[i];
    env[used++] = settled_entry;
    env[used++] = places;
    return env;
}

/* "OMP_PLACES={0},{1}": for the libraries that use OpenMP */
static void write_places(char *places, size_t room)
{
    size_t p = (size_t)snprintf(places, room, "OMP_PLACES=");
    for (int i = 0; i < pinning_cores(); i++)
        p += (size_t)snprintf(places + p, room - p, i ? ",{%d}" : "{%d}", pinning_cpus()->id[i]);
}

int pinning_settle(char *const *argv, int *exit_code)
{
    static char entry[] = "RUNGS_BENCH_SETTLED=1", places[PINNING_MAX * 8 + 32];
    if (getenv(settled)) return 1;
    write_places(places, sizeof places);
    char **env = clean_environment(entry, places);
    fflush(NULL);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* nobody would read the numbers of an orphan */
        if (getppid() == parent) execve("/proc/self/exe", argv, env);
        _exit(CANNOT_START);
    }
    struct sigaction before, ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGINT, &ignore, &before); /* Ctrl-C reaches the child, which ends in its own way */
    int code = child > 0 ? process_wait(child) : CANNOT_START;
    sigaction(SIGINT, &before, NULL);
    free(env);
    if (code == CANNOT_START) {
        fprintf(stderr, "rungs bench: cannot start a child process, so threads stay unpinned\n");
        return 1;
    }
    if (code > 128) { /* the shell is to see the signal that ended the child */
        signal(code - 128, SIG_DFL);
        raise(code - 128);
    }
    *exit_code = code < 0 ? EXIT_RESOURCES : code;
    return 0;
}
