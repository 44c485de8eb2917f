/* check.c - is this rung right? One rung at one shape, between guard pages; see check.h. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "guard.h"

struct stage { /* the guarded buffers of one operation */
    struct guard guard[MAX_ARGS];
    void *buf[MAX_ARGS];
};

static void stage_open(struct stage *s, const struct check_case *c, enum guard_side side)
{
    for (int a = 0; a < c->op->narg; a++) {
        const char *name = c->op->arg[a].name;
        if (!guard_make(&s->guard[a], name, c->bytes[a], side))
            memory_fail("out of memory: cannot allocate %zu bytes for %s of %s at %s; try a smaller shape",
                        c->bytes[a], name, c->op->name, c->shape);
        s->buf[a] = s->guard[a].data;
    }
}

static void stage_close(struct stage *s, const struct op *op)
{
    for (int a = 0; a < op->narg; a++) guard_free(&s->guard[a]);
}

/* one call; 0 if it was wrong, with the reason in result */
static int call_once(const struct rung *rung, const struct check_case *c, struct stage *s,
                     struct check *result)
{
    const struct op *op = c->op;
    check_case_load(c, s->buf);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_IN) guard_read_only(&s->guard[a], 1);
    op_call(op, rung->run, c->size, s->buf);
    for (int a = 0; a < op->narg; a++) {
        if (op->arg[a].access == ARG_IN) guard_read_only(&s->guard[a], 0);
        if (guard_intact(&s->guard[a])) continue;
        snprintf(result->reason, sizeof result->reason, "at %s it writes outside %s", c->shape,
                 op->arg[a].name);
        result->verdict = CHECK_FAIL;
        return 0;
    }
    return check_case_compare(c, s->buf, result);
}

/* 1 if the outputs in the stage are, bit for bit, those in keep (which is filled if `store`) */
static int same_bits(const struct check_case *c, const struct stage *s, void **keep, int store)
{
    for (int a = 0; a < c->op->narg; a++) {
        size_t bytes = c->bytes[a];
        if (c->op->arg[a].access == ARG_IN) continue;
        if (store) {
            keep[a] = memory_need(bytes, 1);
            memcpy(keep[a], s->buf[a], bytes);
        } else if (memcmp(keep[a], s->buf[a], bytes)) {
            return 0;
        }
    }
    return 1;
}

/* The outputs must be the same bits when output over[0] is written over input over[1] */
static void check_in_place(const struct rung *rung, const struct check_case *c, void **first,
                           struct check *result)
{
    const struct op *op = c->op;
    const int out = op->over[0], in = op->over[1];
    struct stage s;
    stage_open(&s, c, GUARD_AT_END);
    check_case_load(c, s.buf);
    s.buf[out] = s.buf[in];
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access == ARG_IN && a != in) guard_read_only(&s.guard[a], 1);
    op_call(op, rung->run, c->size, s.buf);
    int right = guard_intact(&s.guard[in]) && same_bits(c, &s, first, 0);
    stage_close(&s, op);
    if (right) return;
    snprintf(result->reason, sizeof result->reason,
             "at %s %s written over %s differs from what it is elsewhere", c->shape, op->arg[out].name,
             op->arg[in].name);
    result->verdict = CHECK_FAIL;
}

/* both guard sides; each: data A, data B in the same buffers, A again with the same bits as the first time;
 * then in place */
static void check_between_guards(const struct rung *rung, const struct check_case *A,
                                 const struct check_case *B, struct check *result)
{
    const struct op *op = A->op;
    void *first[MAX_ARGS] = { 0 };
    for (int side = GUARD_AT_END; side <= GUARD_AT_START && result->verdict == CHECK_PASS; side++) {
        struct stage s;
        stage_open(&s, A, (enum guard_side)side);
        if (call_once(rung, A, &s, result) && same_bits(A, &s, first, side == GUARD_AT_END) &&
            call_once(rung, B, &s, result) && call_once(rung, A, &s, result) && same_bits(A, &s, first, 0)) {
            stage_close(&s, op);
            continue;
        }
        if (result->verdict == CHECK_PASS) {
            snprintf(result->reason, sizeof result->reason,
                     "not deterministic at %s: a second call gives different bits", A->shape);
            result->verdict = CHECK_FAIL;
        }
        stage_close(&s, op);
    }
    if (result->verdict == CHECK_PASS && op->over[0]) check_in_place(rung, A, first, result);
    for (int a = 0; a < op->narg; a++) free(first[a]);
}

struct check check_rung_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    struct check result = { .verdict = CHECK_PASS, .shapes = 1 };
    struct check_case *A = check_case_make(op, size, seed),
                      *B = check_case_make(op, size, check_second_seed(seed));
    if (rung_has_own_bound(rung->needs)) check_case_bounds(A, rung->needs), check_case_bounds(B, rung->needs);
    check_between_guards(rung, A, B, &result);
    check_case_free(A);
    check_case_free(B);
    return result;
}

struct check check_rung_on(const struct check_case *c, const struct rung *rung)
{
    struct check result = { .verdict = CHECK_PASS, .shapes = 1 };
    for (int side = GUARD_AT_END; side <= GUARD_AT_START && result.verdict == CHECK_PASS; side++) {
        struct stage s;
        stage_open(&s, c, (enum guard_side)side);
        call_once(rung, c, &s, &result);
        stage_close(&s, c->op);
    }
    return result;
}

struct check check_rung(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed)
{
    static const struct check_way on_this_cpu = { guard_watch, check_rung_at };
    const char *lacks = rung_lacks(rung->needs);
    int only[2][MAX_SIZES] = { { 0 } };
    if (lacks) {
        struct check skipped = { .verdict = CHECK_SKIP };
        snprintf(skipped.reason, sizeof skipped.reason, "this machine has no %s", lacks);
        return skipped;
    }
    if (shape) memcpy(only[0], shape, (size_t)op->nsize * sizeof *shape);
    return check_apart(&on_this_cpu, op, rung, shape ? (const int(*)[MAX_SIZES])only : op->check_shapes,
                       seed);
}
