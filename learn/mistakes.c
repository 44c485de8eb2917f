/* mistakes.c - the list of wrong versions, and which of them a function is; see learn.h. */
#include "learn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/check_case.h"
#include "judged.h"
#include "wrong.h"

const struct mistake mistakes[] = {
#define MISTAKE(op, function, name, about) \
    { #op, name, about, RUN(op, function##_f32), (any_fn *)(0 ? (__typeof__(op##_f64) *)0 : function##_f64) },
#include "mistakes.h"
#undef MISTAKE
    { 0 },
};

int exercise_has_mistake(const struct exercise *e, const struct mistake *m)
{
    if (e->kind == EXERCISE_KERNEL) return 0; /* kernels.c has its own */
    for (int i = 0; i < MOST_FUNCTIONS && e->function[i]; i++)
        if (!strcmp(e->function[i], m->op)) return 1;
    return 0;
}

/* *k becomes how many are left to pass over, where there are not so many */
static const struct mistake *wrong_number(const struct exercise *e, int *k)
{
    static char text[40];
    static struct mistake wrong;
    for (const struct answer *a = e->answers(); a->name; a++)
        for (const struct slip *s = a->slip; s->about; s++) {
            if ((*k)--) continue;
            snprintf(text, sizeof text, "%.9g", s->value);
            wrong = (struct mistake){ .op = a->name, .name = text, .about = s->about };
            return &wrong;
        }
    return NULL;
}

const struct mistake *exercise_mistake(const struct exercise *e, int k)
{
    const struct mistake *own = e->judged ? e->judged->wrong : e->wrong;
    if (own) {
        for (; own->op; own++)
            if (k-- == 0) return own;
        return NULL;
    }
    const struct mistake *number = e->answers ? wrong_number(e, &k) : NULL;
    if (number || e->kind == EXERCISE_NUMBERS) return number;
    for (const struct mistake *m = mistakes; m->op; m++)
        if (exercise_has_mistake(e, m) && k-- == 0) return m;
    return NULL;
}

/* ---- which one is it? ---- */

/* the most flops of a problem on which functions are compared */
enum { MATCH_FLOPS = 100000 };

/* the buffers of a call in float, with the inputs in them */
static void **make_buffers(const struct check_case *c)
{
    void **buf = memory_need((size_t)c->op->narg, sizeof *buf);
    for (int a = 0; a < c->op->narg; a++) buf[a] = memory_need(c->bytes[a] + 1, 1);
    check_case_load(c, buf);
    return buf;
}

static void free_buffers(const struct check_case *c, void **buf)
{
    for (int a = 0; a < c->op->narg; a++) free(buf[a]);
    free(buf);
}

/* two NaN are alike, and so are two equal infinities */
static int is_near(double a, double b, double bound)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= bound;
}

/* the same of what is no float: bytes must be equal */
static int is_same(const struct check_case *c, int a, void *const *own, void *const *wrong, int *differs)
{
    if (memcmp(own[a], wrong[a], c->bytes[a]) != 0) return 0;
    if (memcmp(wrong[a], c->oracle[a], c->bytes[a]) != 0) *differs = 1;
    return 1;
}

int outputs_alike(const struct check_case *c, void *const *own, void *const *wrong, int *differs)
{
    for (int a = 0; a < c->op->narg; a++) {
        const float *x = own[a], *y = wrong[a];
        if (c->oracle[a] && !c->bound[a] && !is_same(c, a, own, wrong, differs)) return 0;
        const double *oracle = c->oracle[a], *bound = c->bound[a];
        for (size_t k = 0; bound && k < c->elements[a]; k++) {
            if (!is_near((double)x[k], (double)y[k], 2 * bound[k])) return 0;
            if (!is_near((double)y[k], oracle[k], bound[k])) *differs = 1;
        }
    }
    return 1;
}

/* the same for all small problems of an operation */
static int is_alike_at_all(const struct op *op, call_fn *run, const struct mistake *m, int *differs)
{
    int alike = 1;
    for (const int(*size)[MAX_SIZES] = op->check_shapes; alike && **size; size++) {
        if (op->flops(*size) > MATCH_FLOPS) continue;
        struct check_case *c = check_case_make(op, *size, 1);
        void **own = make_buffers(c), **wrong = make_buffers(c);
        run(op, c->size, own);
        op_call(op, m->run, c->size, wrong);
        alike = outputs_alike(c, own, wrong, differs);
        free_buffers(c, own), free_buffers(c, wrong);
        check_case_free(c);
    }
    return alike;
}

static int computes(const struct exercise *e, const struct op *op, call_fn *run, const struct mistake *m)
{
    int differs = 0;
    const struct op *with;
    for (int k = 0; (with = exercise_op(e, op, k)); k++)
        if (!is_alike_at_all(with, run, m, &differs)) return 0;
    return differs;
}

const struct mistake *mistake_match(const struct exercise *e, const struct op *op, call_fn *run)
{
    for (const struct mistake *m = mistakes; m->op; m++)
        if (!strcmp(m->op, op->name) && computes(e, op, run, m)) return m;
    return NULL;
}
