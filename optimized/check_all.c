/* check_all.c - see check_all.h. */
#include "check_all.h"

#include <math.h>
#include <string.h>

struct run {
    const struct checking *what;
    finding_fn *tell;
    void *context;
    int number, of;
    struct check_counts counts;
};

static const struct rung *ladder_of(const struct checking *what, const struct op *op)
{
    if (what->outside) return what->outside;
    return what->device ? device_ladder(what->device, op) : op->cpu;
}

/* A ladder on a device has no gradient of its own, and a single rung or a function from outside has none. An
 * optimizer has a trajectory in its place. */
static int has_gradient(const struct checking *what, const struct op *op)
{
    return !what->device && !what->outside && !what->rung && !what->shape &&
           (op->forward || op->kind == OP_STEP);
}

static int count_of(const struct checking *what, const struct op *op)
{
    int n = has_gradient(what, op);
    for (const struct rung *r = ladder_of(what, op); r && r->name; r++) n += !what->rung || r == what->rung;
    return n;
}

static void add(struct check_counts *n, const struct finding *f)
{
    static char lacks[sizeof f->check.reason];
    int *passed = f->rung ? &n->rungs : f->op->kind == OP_STEP ? &n->trajectories : &n->gradients;
    double *worst = f->rung ? &n->worst_rung : &n->worst_gradient;
    switch (f->check.verdict) {
    case CHECK_PASS:
        ++*passed;
        if (passed != &n->trajectories) *worst = fmax(*worst, f->check.worst);
        break;
    case CHECK_FAIL: n->failed++; break;
    case CHECK_SKIP: n->skipped++; break;
    default: n->lacks = strcpy(lacks, f->check.reason); break;
    }
}

static void found(struct run *run, const struct op *op, const struct rung *rung, struct check check)
{
    struct finding f = {
        op,    rung,          rung ? rung->name : op->kind == OP_STEP ? "trajectory" : "gradient",
        check, ++run->number, run->of
    };
    add(&run->counts, &f);
    run->tell(&f, run->context);
}

static struct check check_one(const struct checking *what, const struct op *op, const struct rung *r)
{
    if (what->outside) return what->check_outside(op, r, what->shape, what->seed);
    if (what->device) return check_device_rung(what->device, op, r, what->shape, what->seed);
    return check_rung(op, r, what->shape, what->seed);
}

static void check_op(struct run *run, const struct op *op)
{
    const struct checking *what = run->what;
    if (ladder_of(what, op) && !what->outside && !what->rung && !what->shape)
        check_case_keep(op, what->device ? op->device_shapes : op->check_shapes, what->seed);
    for (const struct rung *r = ladder_of(what, op); r && r->name && !run->counts.lacks; r++) {
        if (what->rung && r != what->rung) continue;
        found(run, op, r, check_one(what, op, r));
    }
    check_case_keep_none();
    if (has_gradient(what, op) && !run->counts.lacks) found(run, op, NULL, check_gradient(op, what->seed));
}

struct check_counts check_all(const struct checking *what, finding_fn *tell, void *context)
{
    struct run run = { .what = what, .tell = tell, .context = context };
    const struct op *const only[] = { what->op, NULL }, *const *list = what->op ? only : op_all();
    for (const struct op *const *op = list; *op; op++) run.of += count_of(what, *op);
    for (const struct op *const *op = list; *op && !run.counts.lacks; op++) check_op(&run, *op);
    return run.counts;
}
