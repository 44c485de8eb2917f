/* learn_kernel_apart.c - a run of a stranger's kernels: in a process without the grader's code, files or
 * other processes; see learn_kernel.h.
 *
 * A file of kernels has host code, too, which is the reason for all of this. Before the library is loaded,
 * this program's own code is taken away (learn_sandbox.h), and the system refuses every file but the
 * system's libraries and every call that loading one does not need; once it is loaded, files are refused
 * as well. Inputs and outputs lie in memory that both processes share, and the comparison is the grader's,
 * when the process has ended. What the emulator finds and counts it keeps in the stranger's process: who
 * knows where can forge that, though not the values. */
#include "learn_kernel.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#include "learn_sandbox.h"

/* Before an array lies a zone with a pattern, behind it nothing: the emulator tells of the first byte
 * there. */
enum { ZONE = 256, BESIDE = 0xa5, MOST_SHAPES = 16 };

/* where an argument is at one shape: an image of its allocation in the shared memory */
struct placed {
    size_t image, whole, begins; /* its first byte there, its bytes, and where in it the array begins */
};

struct plan {
    const char *binary, *name;
    char blocks_name[40], threads_name[40];
    const int *grid;
    const struct op *op;
    int shapes;
    int size[MOST_SHAPES][MAX_SIZES];
    struct placed placed[MOST_SHAPES][MAX_ARGS];
    struct gaps gaps;
    struct sandbox_filter filter; /* from when the library is loaded on */
};

/* what the two processes share, and behind it the images */
struct shared {
    int is_loaded, is_done;
    int asked; /* the first system call that was refused once the library was loaded, or 0 */
    char error[DEVICE_ERROR];
    unsigned char images[];
};

/* emu::module_at, of the emulator in the library */
typedef const void *module_fn(const void *address);

static struct plan plan;
static struct shared *shared;

/* ---- the stranger's process ----
 *
 * What is called here is not this program's own code, but for what plan_code keeps. */

/* The C library's, called by its address: a program's own table of such calls is among what is taken away. */
static int (*volatile unmap)(void *, size_t) = munmap;
static void *(*volatile open_library)(const char *, int) = dlopen;
static void *(*volatile find_symbol)(void *, const char *) = dlsym;
static char *(*volatile what_failed)(void) = dlerror;
static int (*volatile control)(int, ...) = prctl;
static void (*volatile end_process)(int) = _exit;
static void (*volatile leave)(int) = exit;

/* A call that the filter refuses gets EPERM, and is remembered: the emulator can do without what it asks
 * for. */
static void on_refused(int number, siginfo_t *info, void *context)
{
    ucontext_t *at = context;
    (void)number;
    if (shared->is_loaded && !shared->is_done && !shared->asked) shared->asked = info->si_syscall;
#if defined __x86_64__
    at->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined __aarch64__
    at->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#else
    (void)at;
#endif
}

/* the last thing that exit does here: what this program has asked for before may be taken away */
static void on_exit_done(void)
{
    end_process(EXIT_OK);
}

__attribute__((noinline, noreturn)) static void fail_with(const char *sentence)
{
    volatile char *to = shared->error;
    for (int k = 0; sentence && sentence[k] && k < DEVICE_ERROR - 1; k++)
        to[k] = sentence[k], to[k + 1] = '\0';
    for (;;) end_process(EXIT_WRONG);
}

__attribute__((noinline)) static void run_shape(const struct device_module *m, any_fn *run, int k)
{
    void *memory[MAX_ARGS], *buf[MAX_ARGS];
    const int narg = plan.op->narg;
    buf[0] = NULL; /* an initialiser for all of it could be a call of memset */
    for (int a = 0; a < narg; a++) {
        const struct placed *p = &plan.placed[k][a];
        memory[a] = m->allocate(p->whole);
        if (!memory[a] || !m->upload(memory[a], shared->images + p->image, p->whole)) fail_with(m->error());
        buf[a] = (char *)memory[a] + p->begins;
    }
    plan.op->call(run, plan.size[k], buf, plan.op->scalar);
    if (!m->synchronise()) fail_with(m->error());
    for (int a = 0; a < narg; a++) {
        const struct placed *p = &plan.placed[k][a];
        if (!m->download(shared->images + p->image, memory[a], p->whole)) fail_with(m->error());
        m->release(memory[a]);
    }
}

__attribute__((noinline, noreturn)) static void run_alone(void)
{
    static const char no_function[] = "it has no function of that name: declare it as extern \"C\"",
                      no_grid[] = "it has no variables grid_blocks and grid_threads, extern \"C\"";
    any_fn *run;
    for (int k = 0; k < plan.gaps.n; k++) unmap(plan.gaps.gap[k].at, plan.gaps.gap[k].bytes);
    void *library = open_library(plan.binary, RTLD_NOW);
    if (!library) fail_with(what_failed());
    const struct device_module *m = find_symbol(library, "rungs_cuda_module");
    *(void **)&run = find_symbol(library, plan.name); /* POSIX: a pointer of dlsym is a function's */
    if (!m || !run) fail_with(no_function);
    module_fn *module_at;
    *(void **)&module_at = find_symbol(library, "_ZN3emu9module_atEPKv");
    if (module_at) module_at(*(void **)&run); /* it reads the library's file the first time */
    if (plan.grid) {
        int *blocks = find_symbol(library, plan.blocks_name),
            *threads = find_symbol(library, plan.threads_name);
        if (!blocks || !threads) fail_with(no_grid);
        *blocks = plan.grid[0], *threads = plan.grid[1];
    }
    if (control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &plan.filter.program)) end_process(EXIT_RESOURCES);
    shared->is_loaded = 1;
    for (int k = 0; k < plan.shapes; k++) run_shape(m, run, k);
    shared->is_done = 1;
    for (;;) leave(EXIT_OK); /* the emulator writes what it has counted */
}

/* ---- on the way there ---- */

static void watch_calls(void)
{
    static char stack[1 << 16];
    const stack_t own = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction action = { .sa_sigaction = on_refused,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    sigaltstack(&own, NULL);
    sigaction(SIGSYS, &action, NULL);
}

static void plan_code(void)
{
    code_fn *const kept[] = {
        run_alone,    (code_fn *)run_shape,    (code_fn *)fail_with, (code_fn *)on_refused,
        on_exit_done, (code_fn *)plan.op->call
    };
    sandbox_gaps(kept, sizeof kept / sizeof *kept, &plan.gaps);
}

/* In the child; does not return. */
static void be_stranger(void *arg)
{
    const struct kernel_run *r = arg;
    static struct sandbox_filter loading;
    const struct rlimit memory = { 4UL << 30, 4UL << 30 };
    const char *read[MOST_PATHS + 1];
    const char *const write[] = { "/dev/null", r->folder, NULL };
    int n = 0;
    kernel_set_emulator(r);
    setenv("CUEMU_CORES", "1", 1); /* it would start processes */
    sandbox_system_paths(read);
    while (read[n]) n++;
    read[n] = r->binary, read[n + 1] = NULL;
    setrlimit(RLIMIT_DATA, &memory);
    plan_code();
    for (int fd = STDERR_FILENO + 1; fd < 1024; fd++) close(fd);
    if (!sandbox_files(read, write, shared->error) || !sandbox_kernel_filter(&loading, 1) ||
        !sandbox_kernel_filter(&plan.filter, r->folder != NULL))
        _exit(EXIT_RESOURCES);
    watch_calls();
    atexit(on_exit_done);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &loading.program)) _exit(EXIT_RESOURCES);
    run_alone();
}

/* ---- the grader's ---- */

static size_t place(struct placed *p, size_t image, size_t bytes)
{
    p->begins = ZONE + (ZONE - bytes % ZONE) % ZONE;
    p->whole = p->begins + bytes;
    p->image = image;
    return image + (p->whole + ZONE - 1) / ZONE * ZONE;
}

static void plan_run(const struct kernel_run *r, size_t *bytes)
{
    const char *behind = r->name + strlen(op_base(r->op)->name); /* of one of several versions: "_2" */
    plan = (struct plan){ .binary = r->binary, .name = r->name, .grid = r->grid, .op = r->op };
    snprintf(plan.blocks_name, sizeof plan.blocks_name, "grid_blocks%.10s", behind);
    snprintf(plan.threads_name, sizeof plan.threads_name, "grid_threads%.10s", behind);
    *bytes = 0;
    for (const int(*size)[MAX_SIZES] = r->shapes; **size && plan.shapes < MOST_SHAPES; size++) {
        const int k = plan.shapes++;
        memcpy(plan.size[k], *size, sizeof plan.size[k]);
        for (int a = 0; a < r->op->narg; a++)
            *bytes = place(&plan.placed[k][a], *bytes, op_arg_bytes(r->op, a, *size, sizeof(float)));
    }
}

static void buffers_at(int k, void **buf)
{
    for (int a = 0; a < plan.op->narg; a++)
        buf[a] = shared->images + plan.placed[k][a].image + plan.placed[k][a].begins;
}

static void fill_images(struct check_case *const *cases)
{
    void *buf[MAX_ARGS];
    for (int k = 0; k < plan.shapes; k++) {
        for (int a = 0; a < plan.op->narg; a++)
            memset(shared->images + plan.placed[k][a].image, BESIDE, plan.placed[k][a].begins);
        buffers_at(k, buf);
        check_case_load(cases[k], buf);
    }
}

static int fail_at(const struct check_case *c, struct check *check, const char *what, const char *argument)
{
    check->verdict = CHECK_FAIL;
    snprintf(check->reason, sizeof check->reason, "at %s it writes %.20s %.40s", c->shape, what, argument);
    return 0;
}

/* 1 if what came back is right */
static int compare(const struct check_case *c, int k, struct check *check)
{
    void *buf[MAX_ARGS];
    buffers_at(k, buf);
    for (int a = 0; a < c->op->narg; a++) {
        const unsigned char *before = shared->images + plan.placed[k][a].image;
        for (size_t i = 0; i < plan.placed[k][a].begins; i++)
            if (before[i] != BESIDE) return fail_at(c, check, "before", c->op->arg[a].name);
        if (!c->oracle[a] && memcmp(buf[a], c->input[a], c->bytes[a]) != 0)
            return fail_at(c, check, "to its input", c->op->arg[a].name);
    }
    return check_case_compare(c, buf, check);
}

static void judge(struct kernel_run *r, struct check_case *const *cases)
{
    struct kernel_told *told = r->told;
    void *buf[MAX_ARGS];
    told->is_loaded = shared->is_loaded, told->is_done = shared->is_done;
    /* who has blocked the signal is ended by it */
    told->asked = shared->asked || (r->guard.end == GUARD_SIGNAL && r->guard.code == SIGSYS);
    snprintf(told->error, sizeof told->error, "%.*s", DEVICE_ERROR - 1, shared->error);
    if (!shared->is_done) {
        told->check.verdict = shared->is_loaded && *told->error ? CHECK_FAIL : CHECK_PASS;
        snprintf(told->check.reason, sizeof told->check.reason, "%.300s", told->error);
        told->is_done = *told->error != 0; /* it has said why not */
        return;
    }
    for (int k = 0; k < plan.shapes; k++) {
        if (!compare(cases[k], k, &told->check) && !r->outputs) return;
        buffers_at(k, buf);
        for (int a = 0; a < plan.op->narg; a++) {
            if (!cases[k]->oracle[a]) continue;
            told->bits = kernel_add_bits(told->bits, buf[a], cases[k]->bytes[a]);
            if (r->outputs) memcpy(r->outputs + told->kept, buf[a], cases[k]->bytes[a]);
            told->kept += cases[k]->bytes[a];
        }
    }
}

int kernel_run_apart(struct kernel_run *r)
{
    struct check_case *cases[MOST_SHAPES];
    size_t bytes;
    plan_run(r, &bytes);
    shared = guard_shared(sizeof *shared + bytes);
    if (!shared) return 0;
    /* the oracle is asked when the process has ended: it must not be in its memory */
    for (int k = 0; k < plan.shapes; k++) cases[k] = check_case_make(r->op, plan.size[k], r->seed);
    fill_images(cases);
    for (int k = 0; k < plan.shapes; k++) check_case_free(cases[k]);
    guard_run(&r->guard, be_stranger, r);
    for (int k = 0; k < plan.shapes; k++) cases[k] = check_case_make(r->op, plan.size[k], r->seed);
    judge(r, cases);
    for (int k = 0; k < plan.shapes; k++) check_case_free(cases[k]);
    munmap(shared, sizeof *shared + bytes);
    shared = NULL;
    return 1;
}
