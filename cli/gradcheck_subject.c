/* gradcheck_subject.c - a subject is opened, narrowed and checked in a child; see gradcheck.h. */
#include "gradcheck.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../base/memory.h"

/* ---- in the child ---- */

static void on_progress(void *ctx, const char *what, double done)
{
    struct outcome *out = ctx;
    snprintf(out->stage, sizeof out->stage, "%s", what);
    out->done = done;
}

gc_options outcome_options(const struct settings *set, struct outcome *out)
{
    gc_options o = set->o;
    o.progress = on_progress;
    o.progress_ctx = out;
    return o;
}

/* Copies only what is filled: a result is three megabytes, of which most are never touched. */
void outcome_keep(struct outcome *out, gc_result *r)
{
    if (out->results < OUTCOME_RESULTS) {
        gc_result *to = &out->result[out->results++];
        memcpy(to, r, offsetof(gc_result, tensor));
        for (int i = 0; i < r->ntensors && i < GC_MAX_TENSORS; i++) {
            const gc_tensor_result *t = &r->tensor[i];
            size_t samples = (size_t)(t->samples > GC_MAX_SAMPLES ? GC_MAX_SAMPLES : t->samples);
            memcpy(&to->tensor[i], t, offsetof(gc_tensor_result, sample) + samples * sizeof *t->sample);
        }
    }
    gc_free(r);
}

static int same_name(const char *wanted, const char *name)
{
    return !strcmp(wanted, name) || (*wanted == 'd' && !strcmp(wanted + 1, name));
}

int subject_narrow(struct subject *s, const char *name, char *error)
{
    char list[400] = "";
    int found = -1;
    for (int i = 0; i < s->problem.nin; i++) {
        if (!(s->in[i].flags & GC_GRAD)) continue;
        size_t have = strlen(list);
        snprintf(list + have, sizeof list - have, "%s%s", have ? ", " : "", s->in[i].name);
        if (!strcmp(name, s->in[i].name) || (found < 0 && same_name(name, s->in[i].name))) found = i;
    }
    if (found < 0)
        return error_set(error, "--only %.60s: %s has no gradient by a tensor of that name; it has %s", name,
                         s->name, *list ? list : "none");
    for (int i = 0; i < s->problem.nin; i++) {
        if (i == found) continue;
        s->in[i].flags &= ~(unsigned)GC_GRAD;
        if (s->twin.forward) s->twin_in[i].flags &= ~(unsigned)GC_GRAD;
    }
    return 1;
}

/* bytes that this process has mapped already: results are large, but hardly touched */
static rlim_t mapped(long page)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%llu", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return (rlim_t)pages * (rlim_t)page;
}

/* An endless allocation ends here, and not with the machine. Sanitizers map more than there is. */
static void limit_memory(void)
{
    struct rlimit limit = { 0, 0 };
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (RUNGS_SANITIZED || pages <= 0 || page <= 0 || getrlimit(RLIMIT_AS, &limit)) return;
    rlim_t most = (rlim_t)pages * (rlim_t)page + mapped(page);
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < most) return;
    limit.rlim_cur = most;
    setrlimit(RLIMIT_AS, &limit);
}

struct task {
    struct subject *s;
    const struct settings *set;
    struct outcome *out;
    subject_work *work;
};

static struct outcome *running; /* for a lack of memory in the suite's own code, wherever it is noticed */

static void on_no_memory(const char *sentence)
{
    running->refused = 1;
    running->ending = EXIT_RESOURCES;
    snprintf(running->reason, sizeof running->reason, "%s", sentence);
}

static void refuse(struct outcome *out)
{
    out->refused = 1;
    out->ending = gradcheck_refusal;
}

/* Code with OpenMP gets more threads than there are cores, unless the user has said how many: threads
 * that are interrupted meet where they otherwise rarely do. */
static void crowd_threads(void)
{
    char threads[24];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(threads, sizeof threads, "%ld", cores > 0 && cores < 512 ? 2 * cores : 4);
    setenv("OMP_NUM_THREADS", threads, 0);
}

static void run_task(void *arg)
{
    struct task *t = arg;
    struct outcome *out = running = t->out;
    if (t->set->o.fork) {
        memory_on_failure(on_no_memory);
        limit_memory();
        crowd_threads();
    }
    if (!t->s->open(t->s, out->reason) ||
        (t->set->tensors && !subject_split(t->s, t->set->tensors, out->reason)) ||
        (t->set->only && !subject_narrow(t->s, t->set->only, out->reason))) {
        refuse(out);
        return;
    }
    out->opened = 1;
    if (!t->set->o.fork)
        guard_remove_folder(); /* what is loaded stays loaded; a crash would leave the files */
    if (!t->work(t->s, t->set, out)) refuse(out);
}

/* ---- in the parent ---- */

/* the end of the child, where nobody expected it, becomes a result */
static void note_crash(const struct subject *s, const struct settings *set, struct outcome *out,
                       const struct guard *g)
{
    const char *when = out->opened ? "while it was checked" : "while it was loaded: look at its constructors";
    if (out->results == OUTCOME_RESULTS) out->results--;
    gc_result *r = &out->result[out->results++];
    memset(r, 0, offsetof(gc_result, tensor));
    snprintf(r->name, sizeof r->name, "%s", s->name);
    r->verdict = GC_CRASH;
    r->seed = set->o.seed;
    snprintf(r->stage, sizeof r->stage, "%s", out->opened ? out->stage : "loading");
    switch (g->end) {
    case GUARD_SIGNAL:
        snprintf(r->reason, sizeof r->reason, "%.100s crashed (%s) %s", s->code, strsignal(g->code), when);
        break;
    case GUARD_EXIT:
        snprintf(r->reason, sizeof r->reason, "%.100s ended the process with status %d %s", s->code, g->code,
                 when);
        break;
    case GUARD_LATE:
        snprintf(r->reason, sizeof r->reason, "%.100s did not come back within %u s %s", s->code,
                 set->o.timeout_s, when);
        break;
    default: break;
    }
}

static void refuse_child(struct outcome *out)
{
    out->refused = 1;
    out->ending = EXIT_RESOURCES;
    error_set(out->reason, "cannot start a process for the check: the system refused");
}

/* The results of a check lie in shared memory, and each tensor in several copies: with less than this the
 * checker itself would be what fails. */
static const size_t least_memory = (size_t)56 << 20;

struct outcome *subject_run(struct subject *s, const struct settings *set, subject_work *work, int *exit_code)
{
    struct outcome *out = memory_available() < least_memory ? NULL : guard_shared(sizeof *out);
    struct task task = { s, set, out, work };
    if (!out) {
        *exit_code = args_fail(EXIT_RESOURCES, s->verb,
                               "out of memory: a check needs %zu bytes, and %zu are available", least_memory,
                               memory_available());
        return NULL;
    }
    if (set->o.fork) {
        /* the check has a time-out of its own; this one is for what runs before, between and after */
        struct guard g = { .seconds = set->o.timeout_s,
                           .more = *gradcheck_mode() ? set->o.timeout_s : 3.0 * set->o.timeout_s + 5,
                           .more_if = &out->opened,
                           .done = &out->done,
                           .what = out->stage };
        guard_run(&g, run_task, &task);
        if (g.end == GUARD_NO_CHILD) refuse_child(out);
        if (g.end != GUARD_DONE && !out->refused) note_crash(s, set, out, &g);
        out->said = g.out;
        out->cried = g.err;
    } else {
        run_task(&task);
    }
    if (!out->refused) return out;
    *exit_code = args_fail(out->ending, s->verb, "%s", out->reason);
    return NULL;
}

/* ---- the work ---- */

static int failing_tensor(const gc_result *r)
{
    for (int i = 0; i < r->ntensors; i++)
        if (r->tensor[i].verdict == GC_FAIL) return i;
    return -1;
}

int subject_check_work(struct subject *s, const struct settings *set, struct outcome *out)
{
    gc_options o = outcome_options(set, out);
    char error[ERROR_TEXT];
    outcome_keep(out, gc_check(&s->problem, &o));
    int wrong = failing_tensor(&out->result[0]);
    if (!set->svg || wrong < 0 || !subject_narrow(s, s->in[wrong].name, error)) return 1;
    out->vrows = gc_vcurve(&s->problem, s->twin.forward ? &s->twin : NULL, &o, out->vrow, OUTCOME_ROWS,
                           &out->ladder_h, &out->ladder_error);
    return 1;
}
