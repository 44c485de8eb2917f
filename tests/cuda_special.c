/* cuda_special.c [RUNG] - the losses' CUDA rungs at numbers that a check does not draw: equal logits, logits
 * of 1e4, of 3e38, masked by -infinity, rising and falling; probabilities of 0 and 1. RUNGS_CUDA names the
 * module; with RUNG, only rungs of that name. The oracle and its bounds are those of every check. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/device.h"
#include "../base/memory.h"

static int passed, failed;

/* ---- logits ---- */

/* What a logit is: `oracle` gives the same answer where double has no room for the device's, or no bound */
struct logit {
    float device;
    double oracle;
};

static struct logit same(float z)
{
    return (struct logit){ z, (double)z };
}

/* C logits, of which `at` is the label's */
enum kind {
    EQUAL,
    HIGH,
    LOW,
    BOTH,
    HUGE_ALIKE,
    LOWEST_ALIKE,
    RISING,
    FALLING,
    ZEROS,
    HUGE_LABEL,
    MASKED,
    KINDS
};

static const char *const name_of[KINDS] = { "equal logits",      "logits of 1e4",      "logits of -1e4",
                                            "logits of +-1e4",   "logits of 3e38",     "logits of -3e38",
                                            "rising logits",     "falling logits",     "zeros of both signs",
                                            "one logit of 3e38", "logits of -infinity" };

static struct logit logit_of(enum kind kind, int c, int C, int at)
{
    switch (kind) {
    case EQUAL: return same(2.5f);
    case HIGH: return same(1e4f);
    case LOW: return same(-1e4f);
    case BOTH: return same(c % 2 ? 1e4f : -1e4f);
    case HUGE_ALIKE: return same(3e38f);
    case LOWEST_ALIKE: return same(-3e38f);
    case RISING: return same((float)c * 10 / (float)C);
    case FALLING: return same((float)(C - c) * 10 / (float)C);
    case ZEROS: return same(c % 2 ? 0 : -0.0f);
    case HUGE_LABEL: return c == at ? (struct logit){ 3e38f, 200 } : same(0); /* e^-200 is 0 in float */
    case MASKED: return c == at || c % 7 == 0 ? same(1) : (struct logit){ -INFINITY, -200 };
    case KINDS: break;
    }
    return same(0);
}

/* Targets that give every class a part would have an infinite loss there */
static int has_one_class(const struct op *op)
{
    return !strcmp(op->arg[1].name, "label") && !strstr(op->name, "smooth");
}

/* ---- elements ---- */

struct pair {
    float y, t;
};

static const struct pair distances[] = { { 0, 0 }, { -0.0f, 0 }, { 1e4f, -1e4f }, { 1, 2 },      { 2, 1 },
                                         { 1, 0 }, { -1, 0 },    { 1e-20f, 0 },   { 1e4f, 1e4f } };
static const struct pair probabilities[] = { { 0, 0 },
                                             { 0, 1 },
                                             { 1, 0 },
                                             { 1, 1 },
                                             { 0, 0.5f },
                                             { 1, 0.5f },
                                             { 1e-30f, 1 },
                                             { 1e-30f, 0 },
                                             { 0.5f, 0.5f },
                                             { 0.25f, 1 },
                                             { 0x1.fffffep-1f, 0 },
                                             { 1.0000001f, 1 },
                                             { 1.0000001f, 0 },
                                             { -1e-8f, 0 },
                                             { -0x1.fffffep-21f, 1 } };
static const struct pair no_probabilities[] = {
    { 0x1.00001p0f, 1 }, { -0x1p-20f, 0 }, { 1.5f, 0.5f }, { -INFINITY, 1 }, { NAN, 0 }
};
static const struct pair logits[] = { { 0, 0 },       { -0.0f, 1 }, { 1e4f, 1 },   { 1e4f, 0 },
                                      { -1e4f, 1 },   { -1e4f, 0 }, { 88, 0 },     { -88, 1 },
                                      { -110, 0.5f }, { 1e37f, 1 }, { -1e37f, 0 }, { 1e37f, 0.5f } };

static const struct pair *pairs_of(const struct op *op, int *n)
{
    int is_logits = !strncmp(op->name, "bce_logits", 10), is_bce = !strncmp(op->name, "bce", 3) && !is_logits;
    *n = (int)(is_logits ? sizeof logits
               : is_bce  ? sizeof probabilities
                         : sizeof distances) /
         (int)sizeof *logits;
    return is_logits ? logits : is_bce ? probabilities : distances;
}

/* ---- one problem ---- */

struct problem {
    const struct op *op;
    int size[MAX_SIZES];
    void *device[MAX_ARGS]; /* float or int: what the rung sees, and writes */
    void *oracle[MAX_ARGS]; /* double or int                                */
};

static void begin(struct problem *p, const struct op *op, int rows, int width)
{
    p->op = op;
    p->size[0] = rows;
    p->size[1] = width;
    for (int a = 0; a < op->narg; a++) {
        p->device[a] = memory_need(op_elements(op, a, p->size), sizeof(float));
        p->oracle[a] = memory_need(op_elements(op, a, p->size), sizeof(double));
    }
}

static void end(struct problem *p)
{
    for (int a = 0; a < p->op->narg; a++) free(p->device[a]), free(p->oracle[a]);
}

static void put(struct problem *p, int a, size_t k, struct logit x)
{
    ((float *)p->device[a])[k] = x.device;
    ((double *)p->oracle[a])[k] = x.oracle;
}

/* 1 if all outputs of the rung are within the bound of the oracle */
static int is_right(const struct problem *p, const struct rung *r)
{
    int right = 1;
    for (int a = 0; a < p->op->narg; a++) {
        if (p->op->arg[a].access != ARG_OUT) continue;
        size_t n = op_elements(p->op, a, p->size);
        double *bound = memory_need(n, sizeof *bound);
        op_bound(p->op, p->size, p->oracle, a, r->needs, bound);
        for (size_t k = 0; k < n && right; k++) {
            double got = (double)((float *)p->device[a])[k], want = ((double *)p->oracle[a])[k];
            if (isnan(want) ? isnan(got) : fabs(got - want) <= bound[k]) continue;
            printf("      %s[%zu] = %.9g, expected %.9g +- %.2g\n", p->op->arg[a].name, k, got, want,
                   bound[k]);
            right = 0;
        }
        free(bound);
    }
    return right;
}

static void try_rungs(const struct device *d, struct problem *p, const char *what, const char *only)
{
    char error[DEVICE_ERROR] = "";
    op_f64(p->op, p->size, p->oracle);
    for (const struct rung *r = device_ladder(d, p->op); r->name; r++) {
        if (only && strcmp(only, r->name)) continue;
        for (int a = 0; a < p->op->narg; a++)
            if (p->op->arg[a].access == ARG_OUT)
                memset(p->device[a], 0xff, op_elements(p->op, a, p->size) * sizeof(float)); /* a NaN */
        int ok = device_call(d, p->op, r, p->size, p->device, error) && is_right(p, r);
        if (!ok) printf("FAIL  %s %s with %s%s%s\n", p->op->name, r->name, what, *error ? ": " : "", error);
        passed += ok;
        failed += !ok;
    }
}

/* ---- the operations ---- */

/* two rows; the second has no label where that is allowed */
static void try_logits(const struct device *d, const struct op *op, enum kind kind, int C, const char *only)
{
    struct problem p;
    int at[2] = { C / 2, op->arg[1].domain == DOMAIN_INDEX_OR_NONE ? -1 : C - 1 };
    begin(&p, op, 2, C);
    for (int k = 0; k < 2 * C; k++) put(&p, 0, (size_t)k, logit_of(kind, k % C, C, at[k / C]));
    if (!strcmp(op->arg[1].name, "label"))
        memcpy(p.device[1], at, sizeof at), memcpy(p.oracle[1], at, sizeof at);
    else
        for (int k = 0; k < 2 * C; k++) put(&p, 1, (size_t)k, same((float)(k % 3) / 4));
    if (op->arg[2].access == ARG_IN)
        for (size_t k = 0; k < op_elements(op, 2, p.size); k++) put(&p, 2, k, same(0.75f));
    try_rungs(d, &p, name_of[kind], only);
    end(&p);
}

static void try_pairs(const struct device *d, const struct op *op, const struct pair *pair, int n,
                      const char *what, const char *only)
{
    struct problem p;
    begin(&p, op, n, 0);
    for (int k = 0; k < n; k++)
        put(&p, 0, (size_t)k, same(pair[k].y)), put(&p, 1, (size_t)k, same(pair[k].t));
    if (op->arg[2].access == ARG_IN)
        for (size_t k = 0; k < op_elements(op, 2, p.size); k++) put(&p, 2, k, same(0.75f));
    try_rungs(d, &p, what, only);
    end(&p);
}

static void try_elements(const struct device *d, const struct op *op, const char *only)
{
    int n;
    const struct pair *pair = pairs_of(op, &n);
    try_pairs(d, op, pair, n, "special numbers", only);
    n = (int)(sizeof no_probabilities / sizeof *no_probabilities);
    if (pair == probabilities) try_pairs(d, op, no_probabilities, n, "no probabilities", only);
}

static int is_loss_of_elements(const struct op *op)
{
    return op->kind == OP_MAP && op->narg > 2 && !strcmp(op->arg[1].name, "t");
}

static int is_loss_of_rows(const struct op *op)
{
    return op->kind == OP_ROWS && !strcmp(op->arg[0].name, "z");
}

int main(int argc, char **argv)
{
    char error[DEVICE_ERROR];
    const struct device *d = device_open(NULL, error);
    if (!d) return fprintf(stderr, "cuda_special: %s\n", error), 77;
    for (const struct op *const *op = op_all(); *op; op++) {
        if (!device_ladder(d, *op)) continue;
        if (is_loss_of_elements(*op)) try_elements(d, *op, argc > 1 ? argv[1] : NULL);
        for (int kind = 0; kind < KINDS && is_loss_of_rows(*op); kind++) {
            if (kind >= HUGE_LABEL && !has_one_class(*op)) continue;
            try_logits(d, *op, (enum kind)kind, 13, argc > 1 ? argv[1] : NULL);
            try_logits(d, *op, (enum kind)kind, 1029, argc > 1 ? argv[1] : NULL);
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    d->module->close();
    return failed || !passed ? 1 : 0;
}
