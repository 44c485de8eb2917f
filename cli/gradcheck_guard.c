/* gradcheck_guard.c - work in a child process, and files that must not stay behind; see gradcheck.h.
 *
 * The gradient checker runs user code in a child of its own. This one stands around it: it opens the
 * user's library, whose constructors are user code too, and catches all that is printed, so that a
 * report is the report alone. */
#include "gradcheck.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/progress.h"

/* ---- files that must not stay behind ---- */

enum { MOST_FILES = 16 };

static char folder[PATH_MAX], file[MOST_FILES][PATH_MAX];
static volatile sig_atomic_t files, has_folder;
static volatile pid_t running; /* the child, 0: none */

void guard_remove_folder(void)
{
    for (int i = 0; i < files; i++) unlink(file[i]);
    if (has_folder) rmdir(folder);
    files = has_folder = 0;
}

/* async-signal-safe: the program is being ended from outside */
static void on_end(int number)
{
    if (running > 0) kill(running, SIGKILL);
    guard_remove_folder();
    signal(number, SIG_DFL);
    raise(number);
}

static const int endings[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

const char *guard_folder(char *error)
{
    const char *tmp = getenv("TMPDIR");
    if (!tmp || !*tmp) tmp = "/tmp";
    if (snprintf(folder, sizeof folder, "%s/rungs-gradcheck-XXXXXX", tmp) >= (int)sizeof folder - NAME_MAX) {
        error_set(error, "the path in TMPDIR is too long");
        gradcheck_ends(EXIT_OUTPUT);
        return NULL;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) signal(endings[i], on_end);
    if (!mkdtemp(folder)) {
        error_set(error, "cannot make a folder for temporary files in %s: %s; set TMPDIR", tmp,
                  strerror(errno));
        gradcheck_ends(EXIT_OUTPUT);
        return NULL;
    }
    has_folder = 1;
    return folder;
}

const char *guard_file(const char *name)
{
    if (!has_folder || files == MOST_FILES) return NULL;
    if (snprintf(file[files], PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) return NULL;
    return file[files++];
}

/* ---- the child ---- */

/* beside the child's memory: work came back */
struct ending {
    int done;
};

static void become_child(const int *out, const int *err)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) signal(endings[i], SIG_DFL);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) signal(faults[i], SIG_DFL);
    if (!freopen("/dev/null", "r", stdin)) close(STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    close(out[0]), close(out[1]), close(err[0]), close(err[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is worth the most */
}

/* ---- what it says ---- */

static void keep_spoken(struct spoken *s, const char *text, size_t n)
{
    if (s->bytes < SPOKEN_HEAD) {
        size_t room = SPOKEN_HEAD - s->bytes, take = n < room ? n : room;
        memcpy(s->head + s->bytes, text, take);
    }
    if (n >= SPOKEN_TAIL) {
        memcpy(s->tail, text + n - SPOKEN_TAIL, SPOKEN_TAIL);
    } else {
        size_t old = s->bytes < SPOKEN_TAIL ? s->bytes : SPOKEN_TAIL;
        size_t stay = old + n > SPOKEN_TAIL ? SPOKEN_TAIL - n : old;
        memmove(s->tail, s->tail + old - stay, stay);
        memcpy(s->tail + stay, text, n);
    }
    s->bytes += n;
}

/* 0 at the end of the pipe */
static int drain(int from, struct spoken *s)
{
    char text[4096];
    ssize_t n = read(from, text, sizeof text);
    if (n > 0) keep_spoken(s, text, (size_t)n);
    return n > 0 || (n < 0 && errno == EINTR);
}

/* how long the child may run, as things stand */
static double limit(const struct guard *g)
{
    return g->seconds + (g->more_if && *(volatile const int *)g->more_if ? g->more : 0);
}

/* Drains until the child has ended, or its time is over: 1 if it ended, with its status. */
static int watch(struct guard *g, pid_t pid, int out, int err, int *status)
{
    struct pollfd from[2] = { { .fd = out, .events = POLLIN }, { .fd = err, .events = POLLIN } };
    double began = clock_seconds();
    char time[32];
    struct progress bar;
    int ended = 0,
        more = 64; /* pipes full that may still be there after the end: a child's child may go on */
    progress_begin(&bar, stderr);
    while ((!ended && clock_seconds() - began < limit(g)) || (ended && more-- > 0)) {
        int open = from[0].fd >= 0 || from[1].fd >= 0, got = poll(from, 2, ended ? 0 : open ? 50 : 2);
        if (ended && got <= 0) break;
        for (int k = 0; k < 2 && got > 0; k++)
            if (from[k].revents && !drain(from[k].fd, k ? &g->err : &g->out)) from[k].fd = -1;
        ended = ended || waitpid(pid, status, WNOHANG) == pid;
        double spent = clock_seconds() - began;
        if (g->done && spent > 0.5)
            progress_show(&bar, *g->done, "%.100s  %s", g->what, progress_time(spent, time));
    }
    progress_end(&bar);
    return ended;
}

static void wait_for(struct guard *g, pid_t pid, int out, int err, const struct ending *ending)
{
    int status = 0;
    running = pid;
    if (!watch(g, pid, out, err, &status)) {
        g->end = GUARD_LATE;
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    } else if (ending->done) {
        g->end = GUARD_DONE;
    } else if (WIFSIGNALED(status)) {
        g->end = GUARD_SIGNAL;
        g->code = WTERMSIG(status);
    } else {
        g->end = GUARD_EXIT;
        g->code = WEXITSTATUS(status);
    }
    running = 0;
}

void guard_run(struct guard *g, void (*work)(void *), void *arg)
{
    int out[2], err[2];
    struct ending *ending = guard_shared(sizeof *ending);
    g->end = GUARD_NO_CHILD;
    memset(&g->out, 0, sizeof g->out);
    memset(&g->err, 0, sizeof g->err);
    if (!ending) return;
    if (!pipe(out)) {
        if (!pipe(err)) {
            fflush(NULL); /* or the child would print the parent's text again */
            pid_t pid = fork();
            if (pid == 0) {
                become_child(out, err);
                work(arg);
                fflush(NULL);
                ending->done = 1;
                _exit(0);
            }
            close(out[1]), close(err[1]);
            if (pid > 0) wait_for(g, pid, out[0], err[0], ending);
            close(err[0]);
        } else {
            close(out[1]);
        }
        close(out[0]);
    }
    munmap(ending, sizeof *ending);
}

void *guard_shared(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}
