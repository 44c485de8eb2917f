/* check_apart.c - a rung at all of its shapes in a child process, so that a crash or an endless loop is a
 * verdict; see check.h. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/exit_code.h"
#include "../base/memory.h"
#include "../base/process.h"

/* in memory that the parent sees */
static struct shared {
    struct check result;
    int making;  /* the problem is being made; no rung runs */
    int calling; /* nothing has been said yet of how this shape went */
} * shared;

static const char *shared_at; /* the shape that the child is at */

static void on_fault(const char *sentence)
{
    shared->calling = 0;
    shared->result.verdict = CHECK_FAIL;
    snprintf(shared->result.reason, sizeof shared->result.reason, "at %s it %s", shared_at, sentence);
}

static void on_no_memory(const char *sentence)
{
    shared->calling = 0;
    shared->result.verdict = CHECK_RESOURCES;
    snprintf(shared->result.reason, sizeof shared->result.reason, "%s", sentence);
}

enum { ORACLE_SECONDS = 120 };

unsigned check_shape_seconds = 120;

static void begin_making(void)
{
    shared->making = 1;
    alarm(ORACLE_SECONDS); /* whatever the limit of a rung is */
}

/* A rung is called some ten times, and the naive one is not much faster than the oracle, which is computed
 * twice. */
static void end_making(double seconds)
{
    shared->making = 0;
    alarm(check_shape_seconds + (unsigned)(30 * seconds));
}

static void check_shapes_in_child(const struct check_way *way, const struct op *op, const struct rung *rung,
                                  const int (*shapes)[MAX_SIZES], uint64_t seed)
{
    static char text[SHAPE_TEXT];
    struct check *all = &shared->result;
    shared_at = text;
    memory_on_failure(on_no_memory);
    check_case_on_making(begin_making, end_making);
    signal(SIGXCPU, SIG_DFL); /* so that the parent sees what ended it */
    way->watch(on_fault);
    for (const int(*size)[MAX_SIZES] = shapes; **size; size++) {
        op_shape_text(op, *size, text);
        snprintf(all->reason, sizeof all->reason, "at %s it", text); /* judge_ending knows how it ended */
        shared->calling = 1;
        alarm(check_shape_seconds);
        struct check one = way->at(op, rung, *size, seed);
        shared->calling = 0;
        one.shapes += all->shapes;
        if (all->worst > one.worst) one.worst = all->worst;
        int wrong = one.verdict != CHECK_PASS;
        if (!wrong) one.verdict = CHECK_FAIL; /* until the last shape is done: an early death is a failure */
        *all = one;
        if (wrong) _exit(EXIT_WRONG);
    }
    all->verdict = CHECK_PASS;
    all->reason[0] = '\0';
    _exit(EXIT_OK);
}

/* completes the sentence of a child that a rung ended without one: "at 5x6x7 it" */
static void say_how_it_ended(struct check *result, int code)
{
    size_t n = strlen(result->reason);
    char *rest = result->reason + n;
    if (code == 128 + SIGALRM)
        snprintf(rest, sizeof result->reason - n, " ran for over %u s: an endless loop, or far too slow",
                 check_shape_seconds);
    else if (code > 128)
        snprintf(rest, sizeof result->reason - n, " ended the process by signal %d (%s)", code - 128,
                 strsignal(code - 128));
    else
        snprintf(rest, sizeof result->reason - n, " ended the process with exit code %d", code);
}

/* What ended the child from outside is not the rung's mistake: a limit on CPU time, the kernel's lack of
 * memory, or an oracle that takes too long. */
static void judge_ending(struct check *result, int code, int making, int calling)
{
    int number = code - 128; /* of the signal */
    if (result->verdict != CHECK_FAIL) return;
    if (number != SIGXCPU && number != SIGKILL && !(number == SIGALRM && making)) {
        if (calling) say_how_it_ended(result, code);
        return;
    }
    result->verdict = CHECK_RESOURCES;
    if (number == SIGXCPU)
        snprintf(result->reason, sizeof result->reason,
                 "out of time: the limit on CPU time (ulimit -t) ended the check");
    else if (number == SIGKILL)
        snprintf(result->reason, sizeof result->reason,
                 "out of memory or time: the system killed the check; try a smaller shape");
    else
        snprintf(result->reason, sizeof result->reason,
                 "out of time: the double oracle takes over %d s; try a smaller shape", ORACLE_SECONDS);
}

static struct check no_child(const char *what)
{
    struct check result = { .verdict = CHECK_RESOURCES };
    snprintf(result.reason, sizeof result.reason, "cannot start a process for the check: %s: %s", what,
             strerror(errno));
    return result;
}

struct check check_apart(const struct check_way *way, const struct op *op, const struct rung *rung,
                         const int (*shapes)[MAX_SIZES], uint64_t seed)
{
    struct check result;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        shared = NULL;
        return no_child("mmap");
    }
    *shared = (struct shared){ .result = { .verdict = CHECK_FAIL } };
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) check_shapes_in_child(way, op, rung, shapes, seed);
    if (child < 0) {
        result = no_child("fork");
    } else {
        int code = process_wait(child);
        result = shared->result;
        judge_ending(&result, code, shared->making, shared->calling);
    }
    munmap(shared, sizeof *shared);
    shared = NULL;
    return result;
}
