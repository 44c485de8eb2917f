/* optimizer_rungs.c - what checks of small shapes cannot see of optimizers' rungs: streaming stores, which
 * begin at millions of weights, at every alignment; and gradients that overflow v, whose step is 0. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/op.h"

static int passed, failed;

static void expect(int ok, const char *op, const char *rung, const char *what)
{
    passed += ok;
    failed += !ok;
    if (!ok) printf("FAIL: %s %s: %s\n", op, rung, what);
}

/* ---- streaming stores ---- */

enum { LONG = (1 << 22) + 13, LINE = 16 /* floats */ };

static float small_number(size_t k)
{
    return (float)(k * 2654435761u % 1024 + 1) / 1024;
}

/* the operation's arrays of n floats behind each other, each `off` floats behind a line's beginning, with a
 * line that must stay as it is before and behind */
static float *arrays(const struct op *op, int n, int off, void **buf)
{
    size_t room = ((size_t)n + 4 * LINE) / LINE * LINE, all = room * (size_t)op->narg;
    float *memory = memory_huge(all * sizeof *memory);
    if (!memory) memory_fail("%zu floats", all);
    for (size_t k = 0; k < all; k++) memory[k] = small_number(k);
    for (int a = 0; a < op->narg; a++) buf[a] = memory + (size_t)a * room + LINE + off;
    return memory;
}

static int same_as(const struct op *op, any_fn *one, any_fn *other, int n, int off)
{
    void *a[MAX_ARGS], *b[MAX_ARGS];
    float *first = arrays(op, n, off, a), *second = arrays(op, n, off, b);
    size_t bytes = ((size_t)n + 4 * LINE) / LINE * LINE * (size_t)op->narg * sizeof *first;
    op_call(op, one, &n, a);
    op_call(op, other, &n, b);
    int same = !memcmp(first, second, bytes);
    memory_huge_free(first, bytes);
    memory_huge_free(second, bytes);
    return same;
}

/* A wrong version, which the comparison must notice: the weights before the first boundary are forgotten. */
static const struct rung *sgd;
static void without_head(int n, const float *dw, float *w, float lr)
{
    int head = (int)((32 - (size_t)w % 32) % 32 / sizeof *w);
    ((sgd_step_fn *)sgd->run)(n - head, dw + head, w + head, lr);
}

static void check_streams(const struct op *op)
{
    const struct rung *stream = rung_find(op, "stream"), *plain = rung_find(op, "reciprocal");
    if (!plain) plain = rung_find(op, "avx2");
    if (!stream || rung_lacks(stream->needs)) return;
    for (int off = 0; off < 9; off += off ? 7 : 1)
        expect(same_as(op, stream->run, plain->run, LONG - off, off), op->name, stream->name,
               "other bits than without streaming stores");
}

/* ---- an infinite v ---- */

static void check_overflow(const struct op *op)
{
    enum { N = 37 };
    float array[MAX_ARGS][N];
    void *buf[MAX_ARGS];
    const int n = N;
    for (const struct rung *r = op->cpu; r->name; r++) {
        if (rung_lacks(r->needs)) continue;
        for (int a = 0; a < op->narg; a++) {
            buf[a] = array[a];
            for (int k = 0; k < N; k++) array[a][k] = strcmp(op->arg[a].name, "dw") ? 1 : 1e30f;
        }
        op_call(op, r->run, &n, buf);
        int finite = 1;
        for (int k = 0; k < N; k++) finite &= fabsf(array[1][k]) <= 1;
        expect(finite, op->name, r->name,
               "a gradient that overflows v gives a weight that is a NaN or moved");
    }
}

int main(void)
{
    sgd = rung_find(op_find("sgd_step"), "avx2");
    for (int i = 0; ops[i]; i++)
        if (ops[i]->kind == OP_STEP && ops[i]->nsize == 1) check_streams(ops[i]);
    check_overflow(op_find("adam_step"));
    if (sgd && !rung_lacks(sgd->needs))
        expect(!same_as(op_find("sgd_step"), RUN(sgd_step, without_head), sgd->run, 1000, 3), "sgd_step",
               "without_head", "was not rejected");
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
