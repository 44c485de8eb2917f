/* learn_remote.c - a student's functions in a process of their own; see learn_remote.h.
 *
 * Memory that both processes share has a request, and a slot per argument. An argument ends where its slot
 * does, and the page behind may not be touched in the student's process; before it are bytes that must
 * stay.
 */
#include "learn_remote.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/exit_code.h"
#include "../learn/judged.h"
#include "gradcheck.h"
#include "learn_sandbox.h"

/* UNTOUCHED: bytes that are a NaN in float and in double, so that who reads them has one, too */
enum { SLOT = 1 << 26, PAGE = 1 << 16, BEFORE = 64, UNTOUCHED = 0xff, MOST_CALLED = 4 };

/* of a call, and of the answer to the loading */
struct request {
    char error[ERROR_TEXT]; /* why the code was not loaded; "": it was */
    int function, is_f64;   /* which one                                */
    int verdict;            /* of a function that judges                */
    const struct op *op;    /* in the operations' own table, which both processes have */
    int size[MAX_SIZES];
    struct scalar scalar[MAX_SCALARS];
    size_t at[MAX_ARGS]; /* offset of each argument in the slots */
    int signal;          /* that ended the process, or 0         */
    int exits;           /* it called exit               */
    int behind;          /* it touched the page behind argument behind - 1, or 0 */
};

static struct {
    pid_t worker;
    int to, from; /* pipes: one byte asks, one answers */
    struct request *request;
    unsigned char *slots;
    struct remote_code code;
} remote;

static const struct op *current; /* of remote_op: the original */
static size_t sent_at[MAX_ARGS]; /* request->at, where the student's process cannot change it */
static void (*tell_failure)(const char *sentence);
static double last_seconds;

void remote_on_failure(void (*tell)(const char *sentence))
{
    tell_failure = tell;
}

/* ---- the student's process ---- */

struct called {
    any_fn *run, *run_f64;
};

static any_fn *symbol_of(void *library, const char *file, const char *name, char *error)
{
    any_fn *run;
    void *at = library_symbol_as(library, file, remote.code.shown, name, error);
    *(void **)&run = at; /* POSIX: a pointer of dlsym is a function's */
    return run;
}

static int load_into(const struct remote_code *c, struct called *called, char *error)
{
    if (c->is_stranger && (!sandbox_may_load(c->binary, c->shown, error) ||
                           (c->binary_f64 && !sandbox_may_load(c->binary_f64, c->shown, error))))
        return 0;
    void *library = library_open_as(c->binary, c->shown, error);
    void *wide = library && c->binary_f64 ? library_open_as(c->binary_f64, c->shown, error) : NULL;
    if (!library || (c->binary_f64 && !wide)) return 0;
    for (int k = 0; k < MOST_CALLED && c->function[k]; k++) {
        called[k].run = symbol_of(library, c->binary, c->function[k], error);
        if (called[k].run && wide) called[k].run_f64 = symbol_of(wide, c->binary_f64, c->function[k], error);
        if (!called[k].run || (wide && !called[k].run_f64)) return 0;
    }
    return 1;
}

/* The C library's, called by its address: a program's own table of such calls is among what is taken away. */
static ssize_t (*volatile read_bytes)(int, void *, size_t) = read;
static ssize_t (*volatile write_bytes)(int, const void *, size_t) = write;
static int (*volatile unmap)(void *, size_t) = munmap;
static void (*volatile end_process)(int) = _exit;

/* Async-signal-safe, and with the system calls that a stranger has. */
static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    struct request *r = remote.request;
    uintptr_t at = (uintptr_t)info->si_addr, first = (uintptr_t)remote.slots;
    r->signal = number;
    if ((number == SIGSEGV || number == SIGBUS) && at >= first && at < first + (uintptr_t)MAX_ARGS * SLOT)
        r->behind = (int)((at - first) / SLOT) + 1;
    end_process(EXIT_WRONG);
}

/* Tells the grader what ends the process. On a stack of its own, because the usual one may be full. */
static void watch_signals(void)
{
    static char stack[1 << 16];
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS };
    static const int ordinary[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
    const stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigaltstack(&own, NULL);
    for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) sigaction(faults[k], &action, NULL);
    for (size_t k = 0; k < sizeof ordinary / sizeof *ordinary; k++) signal(ordinary[k], SIG_DFL);
}

/* Standard streams go nowhere, or to stderr, for stdout is the report's; what else is open is closed. */
static void keep_streams(int in, int out, int is_stranger)
{
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(is_stranger ? nowhere : STDERR_FILENO, STDOUT_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is worth the most */
    if (!is_stranger) return;
    dup2(nowhere, STDERR_FILENO);
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
        if (fd != in && fd != out) close(fd);
}

static int to_grader, from_grader;

/* for the stubs in the student's library */
static void ask_grader(struct channel *c)
{
    char byte;
    (void)c;
    if (write_bytes(to_grader, "?", 1) != 1 || read_bytes(from_grader, &byte, 1) != 1) end_process(EXIT_OK);
}

/* Takes away the gaps first: from then on there is no code but this, what `kept` of plan_gaps names, and
 * libraries. */
__attribute__((noinline, noreturn)) static void answer_calls(int in, int out, const struct called *called,
                                                             const struct gaps *gaps)
{
    struct request *r = remote.request;
    char byte;
    for (int k = 0; k < gaps->n; k++) unmap(gaps->gap[k].at, gaps->gap[k].bytes);
    if (write_bytes(out, "", 1) != 1) end_process(EXIT_OK);
    while (read_bytes(in, &byte, 1) == 1) {
        void *buf[MAX_ARGS];
        for (int a = 0; a < MAX_ARGS; a++) buf[a] = remote.slots + r->at[a];
        const struct called *c = &called[r->function];
        if (remote.code.is_judge)
            r->verdict = ((entry_fn *)c->run)((struct channel *)remote.slots, called[1].run);
        else if (r->is_f64)
            r->op->call_f64(c->run_f64, r->size, buf, r->scalar);
        else
            r->op->call(c->run, r->size, buf, r->scalar);
        if (write_bytes(out, "", 1) != 1) break;
    }
    for (;;) end_process(EXIT_OK);
}

/* the first thing that exit does, for it was asked for last: what was asked for before may be taken away */
static void on_exit_called(void)
{
    remote.request->exits = 1;
    end_process(EXIT_WRONG);
}

static void plan_gaps(struct gaps *gaps)
{
    code_fn *kept[4 + 2 * MOST_CALLED] = { (code_fn *)answer_calls, (code_fn *)on_signal,
                                           (code_fn *)ask_grader, on_exit_called };
    int n = 4;
    for (int k = 0; k < MOST_CALLED && remote.code.function[k] && !remote.code.is_judge; k++) {
        const struct op *op = exercise_op_find(remote.code.function[k]);
        kept[n++] = (code_fn *)op->call;
        if (op->call_f64) kept[n++] = (code_fn *)op->call_f64;
    }
    sandbox_gaps(kept, n, gaps);
}

static void be_worker(int in, int out)
{
    struct called called[MOST_CALLED] = { { NULL, NULL } };
    struct gaps gaps = { 0 };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    to_grader = out, from_grader = in;
    watch_signals();
    keep_streams(in, out, remote.code.is_stranger);
    for (int a = 0; a < MAX_ARGS; a++)
        mprotect(remote.slots + (size_t)(a + 1) * SLOT - PAGE, PAGE, PROT_NONE);
    if (remote.code.is_stranger) plan_gaps(&gaps);
    if (!load_into(&remote.code, called, remote.request->error) ||
        (remote.code.is_stranger && !sandbox_enter(remote.request->error))) {
        if (!*remote.request->error)
            error_set(remote.request->error, "%s cannot be loaded", remote.code.shown);
        _exit(EXIT_INPUT);
    }
    atexit(on_exit_called);
    answer_calls(in, out, called, &gaps);
}

/* ---- the grader's ---- */

/* 0 with the sentence of a process that has ended */
static int say_ending(char *error)
{
    const struct request *r = remote.request;
    if (r->signal == SIGSYS)
        return error_set(error, "asks the system for something: strangers' code may not");
    if (r->exits) return error_set(error, "calls exit, which ends its process: a function must return");
    if (r->behind) return error_set(error, "reads or writes beyond the end of an argument");
    if (r->signal) return error_set(error, "crashes: signal %d (%s)", r->signal, strsignal(r->signal));
    return error_set(error, "ends its process");
}

/* 1 when it has answered, with what; 0 with a sentence if it is late or has ended */
static int wait_for_byte(char *byte, char *error)
{
    struct pollfd from = { .fd = remote.from, .events = POLLIN };
    int got;
    while ((got = poll(&from, 1, (int)remote.code.seconds * 1000)) < 0 && errno == EINTR) {
    }
    if (got == 0) {
        kill(remote.worker, SIGKILL);
        return error_set(error, "ran for over %u s: an endless loop, or far too slow", remote.code.seconds);
    }
    if (got > 0 && read(remote.from, byte, 1) == 1) return 1;
    return say_ending(error);
}

static int wait_for_answer(char *error)
{
    char byte;
    return wait_for_byte(&byte, error);
}

static void fail(const char *sentence)
{
    if (tell_failure) tell_failure(sentence);
    _exit(EXIT_WRONG);
}

static int number_of(const char *name)
{
    for (int k = 0; k < MOST_CALLED && remote.code.function[k]; k++)
        if (!strcmp(remote.code.function[k], name)) return k;
    return 0;
}

/* The argument at the end of its slot; one that is the same memory as an earlier one shares its slot. */
static void send_arg(const struct op *op, int a, const int *size, size_t width, void *const *buf)
{
    size_t bytes = op_arg_bytes(op, a, size, width);
    for (int b = 0; b < a; b++)
        if (buf[b] == buf[a]) {
            remote.request->at[a] = sent_at[a] = sent_at[b];
            return;
        }
    if (bytes > SLOT - PAGE - BEFORE) fail("needs more memory than is shared with it");
    remote.request->at[a] = sent_at[a] = (size_t)(a + 1) * SLOT - PAGE - bytes;
    unsigned char *to = remote.slots + sent_at[a];
    memset(to - BEFORE, UNTOUCHED, BEFORE);
    memcpy(to, buf[a], bytes);
}

static void receive_arg(const struct op *op, int a, const int *size, size_t width, void *const *buf)
{
    const unsigned char *from = remote.slots + sent_at[a];
    size_t bytes = op_arg_bytes(op, a, size, width);
    char sentence[100];
    int is_alone = 1;
    for (int b = 0; b < op->narg; b++) is_alone &= b == a || buf[b] != buf[a];
    for (int k = 1; k <= BEFORE; k++)
        if (from[-k] != UNTOUCHED) {
            snprintf(sentence, sizeof sentence, "writes before the beginning of %.40s", op->arg[a].name);
            fail(sentence);
        }
    if (op->arg[a].access != ARG_IN) {
        memcpy(buf[a], from, bytes);
    } else if (is_alone && memcmp(buf[a], from, bytes)) {
        snprintf(sentence, sizeof sentence, "writes to its input %.40s", op->arg[a].name);
        fail(sentence);
    }
}

static double worker_seconds(void)
{
    clockid_t clock;
    struct timespec now;
    if (clock_getcpuclockid(remote.worker, &clock) || clock_gettime(clock, &now)) return (double)NAN;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void call(const int *size, void *const *buf, const struct scalar *v, int is_f64)
{
    const struct op *op = current;
    struct request *r = remote.request;
    size_t width = is_f64 ? sizeof(double) : sizeof(float);
    char error[ERROR_TEXT] = "";
    r->function = number_of(op_base(op)->name), r->is_f64 = is_f64, r->op = op_base(op);
    memcpy(r->size, size, (size_t)op->nsize * sizeof *size);
    memcpy(r->scalar, v, sizeof r->scalar);
    for (int a = 0; a < op->narg; a++) send_arg(op, a, size, width, buf);
    double began = worker_seconds();
    if (write(remote.to, "", 1) != 1 ? !say_ending(error) : !wait_for_answer(error)) fail(error);
    last_seconds = worker_seconds() - began;
    for (int a = 0; a < op->narg; a++) receive_arg(op, a, size, width, buf);
}

double remote_seconds(void)
{
    return last_seconds;
}

static void call_f32(any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    (void)run;
    call(size, buf, v, 0);
}

static void call_f64(any_fn *run, const int *size, void *const *buf, const struct scalar *v)
{
    (void)run;
    call(size, buf, v, 1);
}

const struct op *remote_op(const struct op *op)
{
    static struct op own;
    own = *op;
    own.call = call_f32, own.call_f64 = call_f64;
    current = op;
    return &own;
}

/* one request of the function that judges: what is served is a copy, which it cannot change meanwhile */
static void serve_one(const char *(*serve)(struct channel *c), struct channel *shared)
{
    static struct channel own;
    const size_t head = offsetof(struct channel, data);
    memcpy(&own, shared, head);
    const size_t used = channel_used(&own);
    if (used > CHANNEL_BYTES) fail("hands over arrays that are too large");
    memcpy(own.data, shared->data, used);
    const char *sentence = serve(&own);
    if (sentence) fail(sentence);
    memcpy(shared, &own, head + used);
}

int remote_judge(const char *(*serve)(struct channel *c))
{
    struct channel *shared = (struct channel *)remote.slots;
    const double until = clock_seconds() + remote.code.seconds;
    char error[ERROR_TEXT] = "", byte;
    remote.request->function = 0;
    shared->ask = ask_grader;
    for (;;) {
        if (write(remote.to, "", 1) != 1 ? !say_ending(error) : !wait_for_byte(&byte, error)) fail(error);
        if (byte != '?') return remote.request->verdict;
        if (clock_seconds() > until) {
            kill(remote.worker, SIGKILL);
            snprintf(error, sizeof error, "judges for over %u s: an endless loop", remote.code.seconds);
            fail(error);
        }
        serve_one(serve, shared);
    }
}

static int make_shared(char *error)
{
    size_t bytes = (size_t)MAX_ARGS * SLOT;
    remote.request =
        mmap(NULL, sizeof *remote.request, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    remote.slots =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (remote.request != MAP_FAILED && remote.slots != MAP_FAILED) return 1;
    return error_set(error, "out of memory for a process to call %s in", remote.code.shown);
}

int remote_open(const struct remote_code *code, char *error)
{
    int ask[2], reply[2];
    remote.code = *code;
    signal(SIGPIPE, SIG_IGN);
    if (!make_shared(error)) return 0;
    if (pipe2(ask, O_CLOEXEC) || pipe2(reply, O_CLOEXEC))
        return error_set(error, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    remote.worker = fork();
    if (remote.worker == 0) {
        close(ask[1]), close(reply[0]);
        be_worker(ask[0], reply[1]);
    }
    close(ask[0]), close(reply[1]);
    remote.to = ask[1], remote.from = reply[0];
    if (remote.worker < 0)
        return error_set(error, "cannot start a process to call %s in: %s", code->shown, strerror(errno));
    char late[ERROR_TEXT];
    if (wait_for_answer(late)) return 1;
    return error_set(error, "%s", *remote.request->error ? remote.request->error : late);
}

void remote_close(void)
{
    if (remote.worker > 0) {
        kill(remote.worker, SIGKILL);
        while (waitpid(remote.worker, NULL, 0) < 0 && errno == EINTR) {
        }
        close(remote.to), close(remote.from);
    }
    if (remote.request && remote.request != MAP_FAILED) munmap(remote.request, sizeof *remote.request);
    if (remote.slots && remote.slots != MAP_FAILED) munmap(remote.slots, (size_t)MAX_ARGS * SLOT);
    memset(&remote, 0, sizeof remote);
}
