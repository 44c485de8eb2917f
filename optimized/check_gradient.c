/* check_gradient.c - a backward in double against the complex step of its forward.
 *
 * With v the upstream gradient and L(x) = sum v * y(x), the gradient is dL/dx_k = Im L(x + i h e_k) / h. There is
 * no subtraction in it, so h can be so small that no trace of h^2 is left, and the result is exact to rounding.
 */
#include "check.h"

#include <complex.h>
#undef I
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../reference/philox.h"
#include "memory.h"

static const double step = 0x1p-300;

enum { SAMPLES = 100 };

struct pair { /* a backward and its forward, at one shape */
    const struct op *backward, *forward;
    const int *size;
    void *b[MAX_ARGS]; /* double, as check_fill_f64 leaves them, then the f64 gradients */
    void *f[MAX_ARGS]; /* double _Complex */
};

static int named(const struct op *op, const char *prefix, const char *name)
{
    size_t n = strlen(prefix);
    for (int a = 0; a < op->narg; a++)
        if (!strncmp(op->arg[a].name, prefix, n) && !strcmp(op->arg[a].name + n, name)) return a;
    return -1;
}

/* the forward's inputs: from the backward if it has them, else made from the same seed */
static void load_forward(struct pair *p, uint64_t seed)
{
    void *fresh[MAX_ARGS];
    for (int a = 0; a < p->forward->narg; a++)
        fresh[a] = memory_need(op_elements(p->forward, a, p->size), sizeof(double));
    check_fill_f64(p->forward, p->size, seed, fresh);
    for (int a = 0; a < p->forward->narg; a++) {
        size_t n = op_elements(p->forward, a, p->size);
        p->f[a] = memory_need(n, sizeof(double _Complex));
        for (size_t k = 0; k < n; k++) {
            if (p->forward->arg[a].role == ROLE_LABEL)
                ((int *)p->f[a])[k] = ((int *)fresh[a])[k];
            else
                ((double _Complex *)p->f[a])[k] = ((double *)fresh[a])[k];
        }
        free(fresh[a]);
    }
}

/* Im sum v * y / h, with element k of forward input a moved by ih */
static double derivative(struct pair *p, int a, size_t k)
{
    double _Complex *x = p->f[a], kept = x[k];
    double sum = 0;
    x[k] = CMPLX(creal(kept), step);
    p->forward->cplx(p->size, p->f);
    x[k] = kept;
    for (int y = 0; y < p->forward->narg; y++) {
        int v = named(p->backward, "d", p->forward->arg[y].name);
        if (p->forward->arg[y].role != ROLE_OUT || v < 0) continue;
        for (size_t e = 0, n = op_elements(p->forward, y, p->size); e < n; e++)
            sum += ((double *)p->b[v])[e] * cimag(((double _Complex *)p->f[y])[e]);
    }
    return sum / step;
}

/* the largest number of the upstream gradients */
static double largest_upstream(const struct pair *p)
{
    double upstream = 0;
    for (int a = 0; a < p->backward->narg; a++) {
        if (p->backward->arg[a].role != ROLE_IN || p->backward->arg[a].name[0] != 'd') continue;
        for (size_t k = 0, n = op_elements(p->backward, a, p->size); k < n; k++)
            upstream = fmax(upstream, fabs(((const double *)p->b[a])[k]));
    }
    return upstream;
}

static void compare(struct pair *p, int out, uint64_t seed, struct check *result)
{
    const double *g = p->b[out], upstream = largest_upstream(p);
    const char *name = p->backward->arg[out].name;
    int by = named(p->forward, "", name + 1); /* "dw" is the gradient by "w" */
    size_t n = op_elements(p->backward, out, p->size);
    double largest = 0;
    for (size_t k = 0; k < n; k++) largest = fmax(largest, fabs(g[k]));
    for (size_t s = 0; s < SAMPLES && s < n; s++) {
        size_t k = n <= SAMPLES ? s : philox_word(seed, (uint64_t)out, s) % n;
        double exact = derivative(p, by, k), err = fabs(g[k] - exact);
        /* A backward that works from its forward's output y is given y rounded. That moves 1 - y by up to eps/2
         * however small 1 - y is, and the gradient by a few eps |dy|, which is no fault of the backward. */
        if (err <= 1e-12 * fmax(largest, fabs(exact)) + 4 * DBL_EPSILON * upstream) {
            if (err > 0) result->worst = fmax(result->worst, err / fmax(largest, upstream));
            continue;
        }
        char shape[40];
        snprintf(result->why, sizeof result->why, "at %s element %zu of %s is %.15g, complex step says %.15g",
                 op_shape_text(p->backward, p->size, shape), k, name, g[k], exact);
        result->verdict = CHECK_FAIL;
        return;
    }
}

static void check_shape(const struct op *op, const int *size, uint64_t seed, struct check *result)
{
    struct pair p = { .backward = op, .forward = op_find(op->forward), .size = size };
    for (int a = 0; a < op->narg; a++) p.b[a] = memory_need(op_elements(op, a, size), sizeof(double));
    check_fill_f64(op, size, seed, p.b);
    op->f64(size, p.b);
    load_forward(&p, seed);
    for (int a = 0; a < op->narg && result->verdict == CHECK_PASS; a++)
        if (op->arg[a].role == ROLE_OUT) compare(&p, a, seed, result);
    for (int a = 0; a < op->narg; a++) free(p.b[a]);
    for (int a = 0; a < p.forward->narg; a++) free(p.f[a]);
    result->shapes++;
}

struct check check_gradient(const struct op *op, uint64_t seed)
{
    enum { SMALL = 4000 }; /* flops; the reference has no blocks or tails, so small shapes show all it does */
    struct check result = { .verdict = CHECK_PASS };
    if (!op->forward) {
        result.verdict = CHECK_SKIP;
        snprintf(result.why, sizeof result.why, "it is no gradient of a listed operation");
        return result;
    }
    for (const int(*size)[MAX_SIZES] = op->check_shapes; **size && result.verdict == CHECK_PASS; size++)
        if (op->flops(*size) <= SMALL) check_shape(op, *size, seed, &result);
    return result;
}
