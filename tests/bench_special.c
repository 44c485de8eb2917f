/* bench_special.c - the sweep over special arguments: every rung in float is within its bound there, so
 * that what it marks in a peer is the peer's; and contestants that are wrong at one argument only are
 * found, with the right figures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/special.h"
#include "../optimized/check.h"

static int failed;

static void expect(int ok, const char *what, const struct special *s)
{
    if (!ok)
        printf("FAIL: %s: %s is %.9g, not %.9g (%g bounds)\n", what, s->at, s->got, s->expected, s->bounds);
    failed |= !ok;
}

struct called {
    const struct op *op;
    const struct rung *rung;
    float at, instead; /* where the rung is right, but what is handed out is not */
    int calls;
};

static void call(void *with, const int *size, void *const *buf)
{
    struct called *c = with;
    float *out = buf[c->op->narg - 1];
    int n = size[0] * (c->op->kind == OP_ROWS ? size[1] : 1);
    float first = *(const float *)buf[0];
    op_call(c->op, c->rung->run, size, buf);
    c->calls++;
    if (first == c->at || (isnan(first) && isnan(c->at)))
        out[c->op->arg[c->op->narg - 1].ndim ? n - 1 : 0] = c->instead;
}

static struct special sweep(const char *op_name, const struct rung *rung, float at, float instead)
{
    struct called c = { .op = op_find(op_name), .at = at, .instead = instead };
    c.rung = rung ? rung : c.op->cpu;
    struct special worst = special_worst(c.op, call, &c);
    if ((c.op->kind == OP_MAP || c.op->kind == OP_ROWS) && c.calls < 100)
        failed = 1, printf("FAIL: %s was called %d times\n", op_name, c.calls);
    return worst;
}

static void check_rungs(void)
{
    int rungs = 0, operations = 0;
    const float nowhere = 12345;
    for (const struct op *const *op = ops; *op; op++) {
        int swept = (*op)->kind == OP_MAP || (*op)->kind == OP_ROWS;
        operations += swept;
        for (const struct rung *r = (*op)->cpu; swept && r->name; r++) {
            char name[80];
            if (rung_is_reduced(r->needs) || rung_lacks(r->needs)) continue;
            struct special worst = sweep((*op)->name, r, nowhere, 0);
            snprintf(name, sizeof name, "%s of %s is beyond its bound", r->name, (*op)->name);
            expect(!*worst.at, name, &worst);
            rungs++;
        }
    }
    printf("%d rungs of %d operations are within their bounds at special arguments\n", rungs, operations);
    if (rungs < 3 * operations || operations < 40) failed = 1, puts("FAIL: too few were looked at");
}

/* |got - expected| in units of 8 roundings of the result, each of which may also err by
 * (1 + range)^2 subnormals */
static int figures_are(const struct special *s, const char *at, long double range, long double got,
                       long double expected)
{
    long double unit = 0x1p-24L * fabsl(expected) + 0x1p-149L * (1 + range) * (1 + range);
    double bounds = (double)(fabsl(got - expected) / (8 * unit));
    return !strcmp(s->at, at) && s->got == (double)got &&
           fabsl((long double)s->expected - expected) <= 1e-15L * fabsl(expected) &&
           fabs(s->bounds / bounds - 1) < 1e-6;
}

static void check_wrong(void)
{
    struct special s = sweep("softplus_forward", NULL, -20, -1.9e-6f);
    expect(figures_are(&s, "y at x = -20", 20, (long double)-1.9e-6f, log1pl(expl(-20))), "softplus(-20) < 0",
           &s);
    s = sweep("sigmoid_forward", NULL, -87, 0);
    expect(figures_are(&s, "y at x = -87", 20, 0, 1 / (1 + expl(87))), "sigmoid(-87) = 0", &s);
    s = sweep("sigmoid_forward", NULL, -100, 0);
    expect(!*s.at, "a result that is no normal number may be 0", &s);
    s = sweep("elu_forward", NULL, -1e-8f, 0);
    expect(figures_are(&s, "y at x = -1e-08", 8, 0, expm1l((long double)-1e-8f)), "elu(-1e-8) = 0", &s);
    s = sweep("tanh_forward", NULL, 1000, NAN);
    expect(!strcmp(s.at, "y at x = 1000") && isnan(s.got) && s.expected == 1 && isinf(s.bounds),
           "tanh(1000) = NaN", &s);
    s = sweep("relu_forward", NULL, NAN, 0);
    expect(!strncmp(s.at, "y at x = nan", 12) && s.got == 0 && isnan(s.expected) && isinf(s.bounds),
           "relu(NaN) = 0", &s);
    s = sweep("relu_forward", NULL, INFINITY, 3e38f);
    expect(!strcmp(s.at, "y at x = inf") && isinf(s.bounds), "relu(inf) is finite", &s);
    s = sweep("tanh_backward", NULL, 1, 1e-3f);
    expect(!strcmp(s.at, "dx at y = 1") && s.expected == 0 && s.bounds > 1e3,
           "the derivative where tanh has become 1", &s);
    s = sweep("softmax_forward", NULL, -80, 1);
    expect(!strcmp(s.at, "y at x = -80, 0 ..."), "a row", &s);
    s = sweep("bce_logits_forward", NULL, 50, 0);
    expect(!strcmp(s.at, "loss at y = 50, t = 0") && s.got == 0 && s.expected == 50, "a loss with its target",
           &s);
    s = sweep("xent_forward", NULL, -1000, 0);
    expect(!strcmp(s.at, "loss at z = -1000, 0 ..., label = 0") && s.got == 0, "a loss with its label", &s);
    s = sweep("dense_forward", NULL, 1, 1);
    expect(!*s.at, "a product is not swept", &s);
}

int main(void)
{
    check_rungs();
    check_wrong();
    return failed;
}
