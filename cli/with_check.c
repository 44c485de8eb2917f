/* with_check.c - checks a kernel from outside as any rung is checked, in a child
 * that loads it; see with.h. */
#include "with.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../optimized/guard.h"

void with_watch(void (*on_fault)(const char *sentence))
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0);
    guard_watch(on_fault);
}

/* 0 after a failure, which is in result */
static int is_loaded(struct check *result)
{
    char error[ERROR_TEXT];
    if (with_current()->ladder->run || with_load(with_current(), error)) return 1;
    result->verdict = CHECK_FAIL;
    snprintf(result->reason, sizeof result->reason, "%.300s", error);
    return 0;
}

static struct check check_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    struct check result = { .shapes = 1 };
    (void)rung;
    return is_loaded(&result) ? check_rung_at(op, with_current()->ladder, size, seed) : result;
}

static const struct check_case *made; /* of with_check_on */

static struct check check_on(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    struct check result = { .shapes = 1 };
    (void)op, (void)rung, (void)size, (void)seed;
    return is_loaded(&result) ? check_rung_on(made, with_current()->ladder) : result;
}

/* 1 if this machine lacks an instruction set; result then names it */
static int is_skipped(const struct rung *rung, struct check *result)
{
    const char *lacks = rung_lacks(rung->needs);
    *result = (struct check){ .verdict = CHECK_SKIP };
    if (lacks) snprintf(result->reason, sizeof result->reason, "this machine has no %s", lacks);
    return lacks != NULL;
}

struct check with_check(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed)
{
    static const struct check_way way = { with_watch, check_at };
    struct check skipped;
    int only[2][MAX_SIZES] = { { 0 } };
    if (is_skipped(rung, &skipped)) return skipped;
    if (shape) memcpy(only[0], shape, (size_t)op->nsize * sizeof *shape);
    return check_apart(&way, op, rung, shape ? (const int(*)[MAX_SIZES])only : op->check_shapes, seed);
}

struct check with_check_on(const struct check_case *problem, const struct rung *rung)
{
    static const struct check_way way = { with_watch, check_on };
    int only[2][MAX_SIZES] = { { 0 } };
    memcpy(only[0], problem->size, (size_t)problem->op->nsize * sizeof *problem->size);
    made = problem;
    return check_apart(&way, problem->op, rung, (const int(*)[MAX_SIZES])only, 1);
}
