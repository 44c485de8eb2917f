/* ulp.c - the errors of rungs over the floats; see ulp.h.
 *
 * Of the time an exhaustive run takes, most would go into looking for the largest error, number by
 * number. So a block of floats is first asked, in vectors, whether any of its errors is above the largest
 * so far, and seldom is. */
#include "ulp.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "team.h"

static const uint64_t floats = UINT64_C(1) << 32;

/* ---- which operations ---- */

int ulp_outputs(const struct op *op, int out[ULP_OUTPUTS])
{
    int n = 0, inputs = 0;
    if (op->kind != OP_MAP || op_scalar(op, "seed")) return 0; /* of one that draws, no function of x */
    for (int a = 0; a < op->narg; a++) {
        if (op->arg[a].ndim != 1 || op->arg[a].dtype != DT_F32) return 0;
        if (op->arg[a].access == ARG_IN && op->arg[a].domain == DOMAIN_ANY) inputs++;
        if (op->arg[a].access == ARG_OUT && n < ULP_OUTPUTS) out[n++] = a;
    }
    int slope = inputs == 2 && op->forward && !strcmp(op->arg[1].name, "dy");
    return n + inputs == op->narg && (inputs == 1 || slope) ? n : 0;
}

int ulp_is_derivative(const struct op *op, int a)
{
    return op->forward != NULL || a == 2;
}

int ulp_has(const struct op *op, int a, unsigned needs, enum ulp_measure measure)
{
    return measure == ULP_ERROR || ulp_is_derivative(op, a) || rung_is_reduced(needs);
}

double ulp_bits(double error)
{
    return 23 - log2(error);
}

/* ---- a block of numbers, the exact results and their units ---- */

enum { BLOCK = 20000 }; /* more than the piece of a thread, so that 04_threads cuts it */

struct block {
    const struct op *op;
    int n, outputs, out[ULP_OUTPUTS];
    unsigned needs[ULP_OUTPUTS]; /* whose bounds per_bound[] holds */
    double low, high;            /* numbers outside are ignored */
    float x[BLOCK], one[BLOCK], y[ULP_OUTPUTS][BLOCK];
    double wide_x[BLOCK], wide_one[BLOCK], exact[ULP_OUTPUTS][BLOCK];
    double per_ulp[ULP_OUTPUTS][BLOCK], per_bound[ULP_OUTPUTS][BLOCK]; /* 1 / ulp, 1 / bound */
};

/* the operation's buffers, its outputs being out[] */
static void place(const struct block *b, void *x, void *one, void *const out[], void **buf)
{
    buf[0] = x;
    buf[1] = one;
    for (int i = 0; i < b->outputs; i++) buf[b->out[i]] = out[i];
}

static void place_wide(struct block *b, void **buf)
{
    place(b, b->wide_x, b->wide_one, (void *const[]){ b->exact[0], b->exact[1] }, buf);
}

/* A derivative at y is of interest where its forward has values. All those that are taken at y never fall. */
static void find_range(struct block *b)
{
    const struct op *forward = op_forward(b->op);
    double end[] = { -(double)INFINITY, (double)INFINITY }, y[2];
    b->low = end[0], b->high = end[1];
    if (!forward || strcmp(b->op->arg[0].name, "y")) return;
    op_f64(forward, (const int[]){ 2 }, (void *const[]){ end, y });
    b->low = y[0], b->high = y[1];
}

static struct block *block_make(const struct op *op)
{
    struct block *b = memory_need(1, sizeof *b);
    b->op = op;
    b->outputs = ulp_outputs(op, b->out);
    find_range(b);
    for (int k = 0; k < BLOCK; k++) {
        b->one[k] = 1;
        b->wide_one[k] = 1;
        for (int i = 0; i < ULP_OUTPUTS; i++) b->per_ulp[i][k] = 0x1p23; /* of 1: stays so for derivatives */
    }
    return b;
}

static void add(struct block *b, float x)
{
    if ((double)x < b->low || (double)x > b->high) return;
    b->x[b->n++] = x;
}

/* 2^-e of numbers from 2^e on, times 2^23; below the normal floats, as of the smallest of them */
static void find_ulp(const double *exact, double *per_ulp, int n)
{
    const uint64_t lowest = 1023 - 126;
    for (int k = 0; k < n; k++) {
        uint64_t bits;
        memcpy(&bits, &exact[k], sizeof bits);
        uint64_t e = bits >> 52 & 2047;
        bits = (2046 - (e < lowest ? lowest : e)) << 52;
        double power;
        memcpy(&power, &bits, sizeof power);
        per_ulp[k] = power * 0x1p23;
    }
}

/* 1 / bound; NaN where there is no bound, or one right answer */
static void find_bounds(struct block *b, int i, unsigned needs)
{
    void *buf[MAX_ARGS];
    double *bound = b->per_bound[i], farthest = rung_is_reduced(needs) ? (double)INFINITY : (double)FLT_MAX;
    place_wide(b, buf);
    op_bound(b->op, &b->n, buf, b->out[i], needs, bound);
    for (int k = 0; k < b->n; k++) {
        double one = fabs(b->wide_x[k]) <= farthest ? 1 : (double)NAN;
        bound[k] = (bound[k] <= DBL_MAX ? one : (double)NAN) / bound[k];
    }
    b->needs[i] = needs;
}

static void find_exact(struct block *b)
{
    void *buf[MAX_ARGS];
    for (int k = 0; k < b->n; k++) b->wide_x[k] = (double)b->x[k];
    place_wide(b, buf);
    op_f64(b->op, &b->n, buf);
    for (int i = 0; i < b->outputs; i++) {
        b->needs[i] = ~0U; /* nobody's */
        if (!ulp_is_derivative(b->op, b->out[i])) find_ulp(b->exact[i], b->per_ulp[i], b->n);
    }
}

/* ---- the largest error of a block ---- */

struct view {
    const float *x, *y;
    const double *exact, *per; /* per: 1 / the unit of the error; not finite: there is one right answer */
    double free;               /* an error that counts as none */
    int n;
};

static inline __attribute__((always_inline)) double error_at(const struct view *v, int k)
{
    return (fabs((double)v->y[k] - v->exact[k]) - v->free) * v->per[k];
}

/* 1 if an error of the block is above `largest`, or if something in it is NaN; a NaN for a NaN is right */
static inline __attribute__((always_inline)) int compare(const struct view *v, double largest)
{
    int above = 0;
    for (int k = 0; k < v->n; k++)
        above |= !(error_at(v, k) <= largest) & !((v->exact[k] != v->exact[k]) & (v->y[k] != v->y[k]));
    return above;
}

#if defined __x86_64__
__attribute__((target("avx2"))) static int compare_avx2(const struct view *v, double largest)
{
    return compare(v, largest);
}
#endif

static int any_above(const struct view *v, double largest)
{
#if defined __x86_64__
    if (rung_isa() & NEED_AVX2) return compare_avx2(v, largest);
#endif
    return compare(v, largest);
}

static double full_error_at(const struct view *v, int k)
{
    const double wrong_kind = (double)INFINITY;
    double exact = v->exact[k], y = (double)v->y[k];
    if (isnan(exact) || isnan(y)) return isnan(exact) && isnan(y) ? 0 : wrong_kind;
    int one_answer = isinf(exact) || isinf(y) || !isfinite(v->per[k]);
    return !one_answer ? error_at(v, k) : y == (double)(float)exact ? 0 : wrong_kind;
}

static void raise_peak(struct ulp_peak *peak, struct ulp_peak *limit, const struct view *v)
{
    if (!any_above(v, peak->error)) return;
    for (int k = 0; k < v->n; k++) {
        double error = full_error_at(v, k);
        struct ulp_peak *p = isfinite(v->x[k]) || isfinite(error) ? peak : limit;
        if (error > p->error) *p = (struct ulp_peak){ error, v->x[k] };
    }
}

static void look_at(struct block *b, struct ulp_rung *r, int i)
{
    int reduced = rung_is_reduced(r->needs);
    struct view v = { b->x, b->y[i], b->exact[i], b->per_ulp[i], 0, b->n };
    if (!any_above(&v, 0)) return; /* no error at all: most floats are so near to 0 or so far from it */
    if (reduced) v.free = rung_precision(r->needs).tiny;
    raise_peak(&r->peak[i][ULP_ERROR], &r->limit[i], &v);
    if (!ulp_has(b->op, b->out[i], r->needs, ULP_BOUND)) return;
    if (b->needs[i] != r->needs) find_bounds(b, i, r->needs);
    v.per = b->per_bound[i];
    v.free = 0;
    raise_peak(&r->peak[i][ULP_BOUND], &r->limit[i], &v);
}

static void look(struct block *b, struct ulp_rung *rung, int rungs)
{
    void *buf[MAX_ARGS];
    if (!b->n) return;
    find_exact(b);
    place(b, b->x, b->one, (void *const[]){ b->y[0], b->y[1] }, buf);
    for (int r = 0; r < rungs; r++) {
        for (int i = 0; i < b->outputs;
             i++) /* NaNs: what a rung does not write is not what the last one wrote */
            memset(b->y[i], 0xff, (size_t)b->n * sizeof *b->y[i]);
        if (rung[r].call)
            rung[r].call(rung[r].context, &b->n, buf);
        else
            op_call(b->op, rung[r].run, &b->n, buf);
        for (int i = 0; i < b->outputs; i++) look_at(b, &rung[r], i);
    }
    b->n = 0;
}

/* ---- which numbers ---- */

void ulp_look(const struct op *op, struct ulp_rung *rung, int rungs, const float *x, size_t n)
{
    struct block *b = block_make(op);
    for (size_t k = 0; k < n; k++) {
        add(b, x[k]);
        if (b->n == BLOCK) look(b, rung, rungs);
    }
    look(b, rung, rungs);
    free(b);
}

void ulp_special(const struct op *op, struct ulp_rung *rung, int rungs)
{
    static const float at[] = { 0,      INFINITY, NAN,    0x1p-149f, 0x1p-126f, 0x1.fffffep127f,
                                88.72f, 89,       104,    103.97f,   0.625f,    0.8125f,
                                10,     95,       108.6f, 110,       13.5f,     14.2f,
                                14.5f,  10.2f,    10.6f,  11,        1.28f,     0.75f };
    enum { N = sizeof at / sizeof *at };
    float x[2 * N];
    for (int k = 0; k < N; k++) x[k] = at[k], x[N + k] = -at[k];
    ulp_look(op, rung, rungs, x, 2 * N);
}

/* the order in which a sweep meets the floats, which decides between equal errors */
static uint32_t order_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void merge_peak(struct ulp_peak *into, const struct ulp_peak *from)
{
    if (from->error > into->error || (from->error == into->error && order_of(from->at) < order_of(into->at)))
        *into = *from;
}

static void merge(struct ulp_rung *into, const struct ulp_rung *from, int rungs)
{
    for (int r = 0; r < rungs; r++)
        for (int i = 0; i < ULP_OUTPUTS; i++) {
            for (int m = 0; m < ULP_MEASURES; m++) merge_peak(&into[r].peak[i][m], &from[r].peak[i][m]);
            merge_peak(&into[r].limit[i], &from[r].limit[i]);
        }
}

/* the numbers of one block of a sweep */
static void fill(struct block *b, uint64_t number, uint32_t step)
{
    uint64_t at = number * BLOCK * step;
    for (int k = 0; k < BLOCK && at < floats; k++, at += step) {
        uint32_t bits = (uint32_t)at;
        float x;
        memcpy(&x, &bits, sizeof x);
        add(b, x);
    }
}

struct sweep {
    const struct op *op;
    struct ulp_rung *rung;
    int rungs;
    uint32_t step;
    uint64_t blocks;
    _Atomic uint64_t next, done;
    pthread_mutex_t lock; /* for rung[] */
    void (*progress)(double done);
};

/* A thread's share is whatever blocks it gets to. They ascend: the first of equal errors is
 * the one that it keeps. */
static void sweep_share(int share, void *arg)
{
    struct sweep *s = arg;
    struct block *b = block_make(s->op);
    struct ulp_rung *mine = memory_need((size_t)s->rungs, sizeof *mine);
    pthread_mutex_lock(&s->lock);
    memcpy(mine, s->rung, (size_t)s->rungs * sizeof *mine);
    pthread_mutex_unlock(&s->lock);
    for (uint64_t k; (k = s->next++) < s->blocks;) {
        fill(b, k, s->step);
        look(b, mine, s->rungs);
        uint64_t now = ++s->done;
        if (s->progress && share == 0) s->progress((double)now / (double)s->blocks);
    }
    pthread_mutex_lock(&s->lock);
    merge(s->rung, mine, s->rungs);
    pthread_mutex_unlock(&s->lock);
    free(mine);
    free(b);
}

void ulp_sweep(const struct op *op, struct ulp_rung *rung, int rungs, uint32_t step,
               void (*progress)(double done))
{
    const uint64_t a_block = (uint64_t)step * BLOCK;
    struct sweep s = { .op = op,
                       .rung = rung,
                       .rungs = rungs,
                       .step = step,
                       .blocks = (floats + a_block - 1) / a_block,
                       .lock = PTHREAD_MUTEX_INITIALIZER,
                       .progress = progress };
    team_run(team_threads(), sweep_share, &s);
}
