/* child.c - user code in a child process: a crash, exit() or an endless loop becomes a sentence, not the
 * end.
 *
 * Parent and child share the result (an anonymous shared mapping), so what the child found before it died
 * is there. The child alone installs signal handlers; the parent waits with a deadline and always reaps. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <ucontext.h>
#endif

#include "../base/clock.h"
#include "gc_internal.h"

enum access { TOUCHED, READ, WRITTEN };

struct fault {
    int signal; /* 0: none */
    int code;
    int location; /* GC_PAST_END ... of gc_memory_describe */
    int stack;    /* the stack overflowed */
    enum access access;
    uintptr_t address;
    char what[GC_TEXT];
};

/* What parent and child share; the result comes first. */
struct shared {
    gc_result r;
    int finished;
    struct fault fault;
};

static struct shared no_memory; /* the result when no memory is left for one */

void *gc_shared_new(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void gc_shared_free(void *p, size_t bytes)
{
    if (p) munmap(p, bytes);
}

gc_result *gc_result_new(const char *name, const gc_options *o)
{
    struct shared *s = gc_shared_new(sizeof *s);
    if (!s) {
        s = &no_memory;
        s->r.verdict = GC_CRASH;
        gc_text(s->r.reason, sizeof s->r.reason, "out of memory for the result; free some and try again");
    }
    gc_text(s->r.name, sizeof s->r.name, "%s", name ? name : "");
    s->r.seed = o->seed;
    if (o->repeat) gc_text(s->r.repeat, sizeof s->r.repeat, "%s", o->repeat);
    return &s->r;
}

void gc_free(gc_result *r)
{
    if (r && r != &no_memory.r) munmap(r, sizeof(struct shared));
}

/* ---- in the child ---- */

static struct shared *mine; /* where the handler writes */
static uintptr_t stack_top;

static enum access access_of(const void *context)
{
#if defined __x86_64__ && defined REG_ERR
    const ucontext_t *c = context;
    return c->uc_mcontext.gregs[REG_ERR] & 2 ? WRITTEN : READ;
#else
    (void)context;
    return TOUCHED;
#endif
}

/* Near the lower end that the limit allows the stack to have? */
static int is_stack_overflow(uintptr_t address)
{
    const uintptr_t slop = (uintptr_t)4 << 20;
    struct rlimit limit;
    if (address >= stack_top || getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY) return 0;
    uintptr_t depth = stack_top - address;
    return depth + slop > limit.rlim_cur && depth < limit.rlim_cur + slop;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    struct fault *f = &mine->fault;
    if (!f->signal) { /* the first of several threads */
        f->signal = number;
        f->code = info->si_code;
        f->address = (uintptr_t)info->si_addr;
        if (number == SIGSEGV || number == SIGBUS) {
            f->access = access_of(context);
            f->location = gc_memory_describe(info->si_addr, f->what, sizeof f->what);
            f->stack = f->location == GC_ELSEWHERE && is_stack_overflow(f->address);
        }
    }
    _exit(1);
}

static void watch_faults(void)
{
    static unsigned char alternative[1 << 16]; /* a stack overflow must be reportable too */
    static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    stack_t stack = { .ss_sp = alternative, .ss_size = sizeof alternative };
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigset_t open;
    sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    sigemptyset(&open);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigaction(signals[i], &action, NULL);
        sigaddset(&open, signals[i]);
    }
    sigprocmask(SIG_UNBLOCK, &open, NULL);
}

int gc_is_child(void)
{
    return mine != NULL;
}

static void child(struct shared *s, void (*work)(void *), void *arg)
{
    struct rlimit no_core = { 0, 0 };
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* do not outlive the parent in an endless loop */
#endif
    setrlimit(RLIMIT_CORE, &no_core);
    mine = s;
    stack_top = (uintptr_t)&no_core;
    watch_faults();
    work(arg);
    s->finished = 1;
    fflush(NULL);
    _exit(0);
}

/* ---- in the parent ---- */

/* Waits for the child: 1 with its status (-1: unknown), 0 if it had to be killed. `end` becomes
 * readable when it ends. */
static int reap(pid_t pid, int end, double seconds, int *status)
{
    double deadline = clock_seconds() + seconds;
    struct pollfd ends = { .fd = end, .events = POLLIN };
    for (int ended = end < 0;;) {
        pid_t got = waitpid(pid, status, WNOHANG);
        if (got == pid) return 1;
        if (got < 0 && errno != EINTR) { /* SIGCHLD is ignored in this program: the system reaped it */
            *status = -1;
            return 1;
        }
        double left = deadline - clock_seconds();
        if (!(left > 0)) break;
        if (ended) /* nothing to poll: the child is going, or another process holds the pipe */
            poll(NULL, 0, 2);
        else if (poll(&ends, 1, left < 0.2 ? 1 + (int)(1000 * left) : 200) > 0)
            ended = 1;
    }
    kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
    }
    return 0;
}

/* Threads of this process, 1 if it cannot be told. */
static int count_threads(void)
{
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) return 1;
    for (struct dirent *e; (e = readdir(tasks));) n += e->d_name[0] != '.';
    closedir(tasks);
    return n;
}

static const char *signal_words(const struct fault *f)
{
    switch (f->signal) {
    case SIGFPE:
        return f->code == FPE_INTDIV ? "an integer was divided by zero" : "an arithmetic trap (SIGFPE)";
    case SIGILL: return "an illegal instruction: built for another machine?";
    case SIGABRT: return "it called abort(), or an assertion failed";
    case SIGBUS: return "a bus error";
    default: return "a segmentation fault";
    }
}

/* The part of a stage that says who ran. */
static void who_ran(const gc_result *r, char *who, size_t room)
{
    gc_text(who, room, "%s", r->stage[0] ? r->stage : "the code under test");
    who[strcspn(who, ",:")] = 0;
}

/* A fault in one of our arrays: a broken contract. */
static void say_broken(gc_finding *f, const struct fault *fault, const char *who)
{
    static const char *const verbs[] = { "accessed", "read", "wrote" };
    const char *verb = verbs[fault->access];
    switch (fault->location) {
    case GC_INSIDE:
        gc_text(f->detail, sizeof f->detail, "read-only");
        gc_text(f->reason, sizeof f->reason,
                "%s wrote to its input %s; inputs are shared with other layers: work on a copy, or write to "
                "an output",
                who, fault->what);
        break;
    case GC_GIVEN_BACK:
        gc_text(f->detail, sizeof f->detail, "stale pointer");
        gc_text(f->reason, sizeof f->reason,
                "%s %s an array that held %s in an earlier call: keep no pointers between calls", who, verb,
                fault->what);
        break;
    default:
        gc_text(f->detail, sizeof f->detail, "guard page");
        gc_text(f->reason, sizeof f->reason, "%s %s %s: compare its loop bounds with the tensor's dim[]", who,
                verb, fault->what);
    }
}

static void say_crashed(gc_finding *f, const struct fault *fault, const char *who)
{
    static const char *const verbs[] = { "access to", "read of", "write to" };
    gc_text(f->detail, sizeof f->detail, "crash");
    if (fault->stack)
        gc_text(f->reason, sizeof f->reason,
                "crashed in %s: the stack overflowed; look for endless recursion or a large local array",
                who);
    else if (fault->signal == SIGSEGV && fault->code != SEGV_MAPERR && fault->code != SEGV_ACCERR)
        gc_text(f->reason, sizeof f->reason,
                "crashed in %s: an impossible address, or a vector access that needs more alignment than its "
                "element has",
                who);
    else if (fault->signal == SIGSEGV && fault->address < 4096)
        gc_text(f->reason, sizeof f->reason, "crashed in %s: %s address %lu, a null pointer", who,
                verbs[fault->access], (unsigned long)fault->address);
    else if (fault->signal == SIGSEGV || fault->signal == SIGBUS)
        gc_text(f->reason, sizeof f->reason,
                "crashed in %s: %s, %s address %#lx, which is none of the tensors'", who, signal_words(fault),
                verbs[fault->access], (unsigned long)fault->address);
    else
        gc_text(f->reason, sizeof f->reason, "crashed in %s: %s", who, signal_words(fault));
}

static void say_ended(gc_finding *f, int status, const char *who)
{
    gc_text(f->detail, sizeof f->detail, "exit");
    if (status != -1 && WIFSIGNALED(status))
        gc_text(f->reason, sizeof f->reason, "%s was killed by signal %d (%s)%s", who, WTERMSIG(status),
                strsignal(WTERMSIG(status)),
                WTERMSIG(status) == SIGKILL ? "; is the machine out of memory?" : "");
    else
        gc_text(
            f->reason, sizeof f->reason,
            "%s ended the process with status %d: return a code instead of calling exit() (if a sanitizer "
            "did, its report stands above)",
            who, status == -1 ? -1 : WEXITSTATUS(status));
}

/* The input whose array or gradient ("d" before its name) the fault's words end with, or -1. */
static int tensor_of(const gc_result *r, const struct fault *f)
{
    const char *name = strrchr(f->what, ' ');
    name = name ? name + 1 : f->what;
    for (int i = 0; i < r->ntensors; i++)
        if (!strcmp(name, r->tensor[i].name) || (name[0] == 'd' && !strcmp(name + 1, r->tensor[i].name)))
            return i;
    return -1;
}

/* Calls had come back, and the last one is no longer under way than such a call may take. */
static int is_slow(const gc_result *r)
{
    double call = r->forward_seconds > r->backward_seconds ? r->forward_seconds : r->backward_seconds;
    return call > 0 && r->expected_seconds > 0 && clock_seconds() - r->called < 20 * call + 0.5;
}

/* The code is right so far, or wrong: the check did not come to its end. */
static void note_slow(gc_result *r, unsigned timeout_s)
{
    double all = r->expected_seconds > timeout_s ? r->expected_seconds : 2.0 * timeout_s;
    gc_finding *f = gc_note(r, GC_CONTRACT, -1, r->points, GC_INCONCLUSIVE);
    gc_text(f->detail, sizeof f->detail, "time-out");
    gc_text(
        f->reason, sizeof f->reason,
        "the check was not done within %u s: a forward takes %.2g s, a backward %.2g s, and all of it about "
        "%.2g s; give it that time",
        timeout_s, r->forward_seconds, r->backward_seconds, all);
    r->verdict = f->verdict;
    gc_text(r->reason, sizeof r->reason, "%s", f->reason);
}

static void note_death(struct shared *s, int in_time, int status, unsigned timeout_s, int threads)
{
    const struct fault *fault = &s->fault;
    gc_result *r = &s->r;
    char who[GC_TEXT];
    who_ran(r, who, sizeof who);
    int broken = in_time && fault->signal && fault->location != GC_ELSEWHERE;
    r->verdict = broken ? GC_CONTRACT_BROKEN : GC_CRASH;
    gc_finding *f = gc_note(r, GC_CONTRACT, broken ? tensor_of(r, fault) : -1, r->points, r->verdict);
    if (broken) {
        say_broken(f, fault, who);
    } else if (!in_time) {
        gc_text(f->detail, sizeof f->detail, "time-out");
        gc_text(f->reason, sizeof f->reason,
                "%s did not return within %u s: an endless loop, or give it more time%s", who, timeout_s,
                threads > 1
                    ? "; this process had threads before the check, and OpenMP does not survive a fork: "
                      "set fork = 0 or OMP_NUM_THREADS=1"
                    : "");
    } else if (fault->signal) {
        say_crashed(f, fault, who);
    } else {
        say_ended(f, status, who);
    }
    gc_text(r->reason, sizeof r->reason, "%s", f->reason);
}

void gc_in_child(gc_result *r, unsigned timeout_s, void (*work)(void *), void *arg)
{
    struct shared *s = (struct shared *)r;
    int ends[2] = { -1, -1 }, threads = count_threads(), status = 0;
    if (s == &no_memory) return;
    if (!timeout_s) timeout_s = gc_defaults().timeout_s;
    s->finished = 0;
    memset(&s->fault, 0, sizeof s->fault);
    if (pipe(ends)) ends[0] = ends[1] = -1;
    fflush(NULL); /* or the child would print the parent's text again */
    pid_t pid = fork();
    if (pid == 0) child(s, work, arg);
    if (ends[1] >= 0) close(ends[1]);
    if (pid < 0) { /* no process to be had: the checks still run, unguarded */
        work(arg);
        s->finished = 1;
    } else {
        int in_time = reap(pid, ends[0], timeout_s, &status);
        if (!s->finished && !in_time && is_slow(r))
            note_slow(r, timeout_s);
        else if (!s->finished)
            note_death(s, in_time, status, timeout_s, threads);
    }
    if (ends[0] >= 0) close(ends[0]);
}
