/* learn_kernel_run.c - CUDA kernels in the emulator, in several orders of their threads; see learn_kernel.h.
 *
 * The function is called as a rung is, with arrays in the emulator's device memory. What the emulator says is
 * on the standard error of the process in which that happens. */
#include "learn_kernel.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/memory.h"
#include "../optimized/device.h"

/* ---- one run ---- */

size_t kernel_output_bytes(const struct exercise *e)
{
    const struct op *op = exercise_op_find(e->function[0]);
    size_t bytes = 0;
    for (const int(*size)[MAX_SIZES] = e->kernel->shapes; **size; size++)
        for (int a = 0; a < op->narg; a++)
            if (op->arg[a].access != ARG_IN) bytes += op_arg_bytes(op, a, *size, sizeof(float));
    return bytes;
}

/* the bits of all outputs, as they are on the device; and themselves, where they are wanted */
static int add_outputs(struct kernel_run *r, const struct device *d, const struct check_case *c,
                       void *const *buf)
{
    struct kernel_told *told = r->told;
    int ok = 1;
    for (int a = 0; a < c->op->narg && ok; a++) {
        if (!c->oracle[a]) continue;
        void *host = memory_need(c->bytes[a] + 1, 1);
        ok = d->module->download(host, buf[a], c->bytes[a]);
        told->bits = kernel_add_bits(told->bits, host, c->bytes[a]);
        if (r->outputs) memcpy(r->outputs + told->kept, host, c->bytes[a]);
        told->kept += c->bytes[a];
        free(host);
    }
    return ok;
}

/* 1 if it is right at that shape */
static int run_at(struct kernel_run *r, const struct device *d, const struct rung *own, const int *size)
{
    struct kernel_told *told = r->told;
    struct check_case *c = check_case_make(r->op, size, r->seed);
    void *buf[MAX_ARGS];
    int ok = device_stage_to_the_end(d, c, buf, told->error);
    if (!ok) {
        told->check.verdict = CHECK_RESOURCES;
        snprintf(told->check.reason, sizeof told->check.reason, "%.300s", told->error);
    } else {
        ok = device_verify(d, own, c, buf, &told->check);
        if (ok || r->outputs) ok &= add_outputs(r, d, c, buf);
        device_unstage(d, c, buf);
    }
    check_case_free(c);
    return ok;
}

/* What the grid is to be, where the file leaves that open; 0 if it has no variables for it. */
static int set_grid(const struct kernel_run *r, void *library)
{
    const char *behind = r->name + strlen(op_base(r->op)->name); /* of one of several versions: "_2" */
    char name[40];
    int *blocks, *threads;
    snprintf(name, sizeof name, "grid_blocks%.10s", behind);
    blocks = dlsym(library, name);
    snprintf(name, sizeof name, "grid_threads%.10s", behind);
    threads = dlsym(library, name);
    if (blocks && threads) *blocks = r->grid[0], *threads = r->grid[1];
    return blocks && threads;
}

/* In the child, which then ends as a program does: the emulator writes what it has counted. */
static void run_all(void *arg)
{
    struct kernel_run *r = arg;
    struct kernel_told *told = r->told;
    struct rung own = { r->name, NULL, NEED_NONE, "" };
    kernel_set_emulator(r);
    const struct device *d = device_open(r->binary, told->error);
    void *library = d ? dlopen(r->binary, RTLD_NOW) : NULL; /* the same once more */
    void *at = library ? dlsym(library, r->name) : NULL;
    *(void **)&own.run = at; /* POSIX: a pointer of dlsym is a function's */
    if (d && !at) error_set(told->error, "it has no function %s: declare it as extern \"C\"", r->name);
    if (at && r->grid && !set_grid(r, library))
        at = NULL, error_set(told->error, "it has no variables grid_blocks and grid_threads, extern \"C\"");
    told->is_loaded = at != NULL;
    for (const int(*size)[MAX_SIZES] = r->shapes; at && **size; size++)
        if (!run_at(r, d, &own, *size) && !r->outputs) break;
    told->is_done = 1;
    exit(EXIT_OK);
}

int kernel_start(struct kernel_run *r)
{
    r->told = guard_shared(sizeof *r->told);
    if (!r->told) return 0;
    r->guard = (struct guard){ .seconds = 4.0 * r->seconds };
    if (r->is_stranger) return kernel_run_apart(r);
    guard_run(&r->guard, run_all, r);
    return 1;
}

void kernel_end(struct kernel_run *r)
{
    if (r->told) munmap(r->told, sizeof *r->told);
    r->told = NULL;
}

const char *kernel_finding(struct kernel_run *r)
{
    for (char *line = r->guard.err.head; line && *line;
         line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (!strncmp(line, "emu: ", 5) && strncmp(line, "emu: note", 9) != 0) {
            line[strcspn(line, "\n")] = '\0';
            return line + 5;
        }
    return NULL;
}

/* ---- what is said of it ---- */

/* The line of the student's file that the sentence names, as it stands there */
static void put_line(const struct submission *s, const char *sentence, FILE *f)
{
    const char *source = submission_source(s), *slash = strrchr(source, '/'),
               *name = slash ? slash + 1 : source;
    size_t length = strlen(name), room = 0;
    for (const char *at = sentence; (at = strstr(at, name)); at += length) {
        char *text = NULL;
        long wanted = at[length] == ':' ? strtol(at + length + 1, NULL, 10) : 0;
        FILE *file = wanted > 0 ? fopen(source, "r") : NULL;
        if (!file) continue;
        for (long k = 0; k < wanted && getline(&text, &room, file) >= 0; k++)
            if (k + 1 == wanted) fprintf(f, "%5ld | %.*s\n", wanted, (int)strcspn(text, "\r\n"), text);
        free(text), text = NULL, room = 0;
        fclose(file);
    }
}

/* The sentence; where the array was allocated is no line of the student's. */
static void put_finding(const char *finding, FILE *f)
{
    const char *at = strstr(finding, " allocated at runtime.cu");
    const char *from = at ? strstr(finding, "illegal address at ") : NULL,
               *end = from ? strstr(from, ": byte ") : NULL;
    if (end)
        fprintf(f, "%.*s: beyond the end of an array\n", (int)(end - finding), finding);
    else
        fprintf(f, "%s\n", finding);
}

/* what the student's code printed: its first lines */
static void put_printed(const struct kernel_run *r, FILE *f)
{
    enum { LINES = 10 };
    const char *at = r->guard.out.head;
    if (*at) fputs("it printed:\n", f);
    for (int k = 0; k < LINES && *at; k++) {
        int n = (int)strcspn(at, "\n");
        fprintf(f, "    %.*s\n", n, at);
        at += n + (at[n] == '\n');
    }
    if (*at) fputs("    ...\n", f);
}

int kernel_had_finding;

/* The gate at which it failed in *gate, and why on f; EXIT_OK if it did not. */
static int judge_run(const struct submission *s, struct kernel_run *r, enum gate *gate, FILE *f)
{
    const struct kernel_told *told = r->told;
    const char *finding = kernel_finding(r);
    kernel_had_finding = finding != NULL;
    *gate = GATE_VALUES;
    if (r->guard.end == GUARD_NO_CHILD) return gate_say_ending(&r->guard, r->op->name, f);
    if (finding) {
        *gate = GATE_CHECKERS;
        put_finding(finding, f);
        put_line(s, finding, f);
        if (told->is_done && told->check.verdict == CHECK_PASS)
            fprintf(f, "All values are right in this order of the threads (%s): that proves nothing.\n",
                    r->order);
        return EXIT_WRONG;
    }
    if (told->asked)
        return *gate = GATE_CHECKERS,
               fprintf(f, "%s asks the system for something: strangers' code may not\n", r->op->name),
               EXIT_WRONG;
    if (!told->is_done) return *gate = GATE_CHECKERS, gate_say_ending(&r->guard, r->op->name, f);
    if (!told->is_loaded) return *gate = GATE_COMPILE, fprintf(f, "%s\n", told->error), EXIT_WRONG;
    if (told->check.verdict == CHECK_PASS) return EXIT_OK;
    fprintf(f, "%s\n", told->check.reason);
    if (r->grid)
        fprintf(f, "with %d block%s of %d threads\n", r->grid[0], r->grid[0] == 1 ? "" : "s", r->grid[1]);
    if (op_set(r->op)) fprintf(f, "with %s\n", op_set(r->op));
    fprintf(f, "in this order of the threads: %s\n", r->order);
    return told->check.verdict == CHECK_FAIL ? EXIT_WRONG : EXIT_RESOURCES;
}

/* ---- gates ---- */

static const char *const orders[] = { "forward", "reverse", "random:1", NULL };

/* in every order of its threads: right, and the same bits */
static int pass_orders(const struct submission *s, struct kernel_run *r, enum gate *gate, FILE *f)
{
    uint64_t first = 0;
    int code = EXIT_OK;
    for (const char *const *order = orders; *order && !code; order++) {
        r->order = *order;
        if (!kernel_start(r)) return fprintf(f, "out of memory for a run\n"), EXIT_RESOURCES;
        code = judge_run(s, r, gate, f);
        if (code) put_printed(r, f);
        if (order == orders) first = r->told->bits;
        if (!code && r->told->bits != first) {
            code = EXIT_WRONG;
            fprintf(f,
                    "not deterministic: the order %s of its threads gives different bits from the order %s\n",
                    r->order, *orders);
        }
        kernel_end(r);
    }
    return code;
}

/* with every grid and every set of scalars */
int kernel_pass(const struct submission *s, const char *binary, const char *name, enum gate *gate, FILE *f)
{
    static const int none[2][2] = { { 1, 1 }, { 0 } };
    const struct exercise *e = s->exercise;
    const struct kernel_task *t = e->kernel;
    const struct op *op = exercise_op_find(e->function[0]), *with;
    int code = EXIT_OK;
    for (int k = 0; !code && (with = exercise_op(e, op, k)); k++)
        for (const int(*grid)[2] = t->grids ? t->grids : none; **grid && !code; grid++) {
            struct kernel_run r = { .binary = binary,
                                    .name = name,
                                    .op = with,
                                    .shapes = t->shapes,
                                    .grid = t->grids ? *grid : NULL,
                                    .seed = s->seed,
                                    .seconds = s->seconds,
                                    .is_stranger = s->is_stranger };
            code = pass_orders(s, &r, gate, f);
        }
    return code;
}
