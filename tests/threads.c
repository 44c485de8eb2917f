/* threads.c - a rung gives the same bits for any number of threads: 1, 2, 3, 5, 8, more
 * threads than the machine has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../optimized/check.h"
#include "../base/memory.h"
#include "../optimized/team.h"

static const int shapes[][MAX_SIZES] = { { 64, 784, 512 },  { 64, 512, 256 },   { 300, 200, 100 },
                                         { 129, 255, 131 }, { 37, 2050, 41 },   { 513, 70, 99 },
                                         { 70, 1030, 600 }, { 1, 3000, 1000 },  { 64, 256, 10 },
                                         { 5, 5, 5 },       { 200, 130, 1030 }, { 0 } };

static const int lengths[][MAX_SIZES] = { { 20000 }, { 100003 }, { 0 } };
static const int rows[][MAX_SIZES] = { { 300, 100 }, { 4096, 2 },   { 1031, 10 },
                                       { 77, 1025 }, { 16, 20000 }, { 0 } };
static const int matrices[][MAX_SIZES] = { { 129, 255 }, { 260, 260 }, { 0 } };
static const int planes[][MAX_SIZES] = { { 33, 70, 31 }, { 300, 65, 1 }, { 4, 3, 20000 }, { 0 } };
static const int windows[][MAX_SIZES] = { { 9, 3, 20, 21, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
                                          { 1, 32, 17, 16, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1 },
                                          { 20, 6, 15, 14, 16, 5, 5, 2, 1, 2, 2, 0, 1, 2 },
                                          { 3, 24, 30, 31, 24, 3, 3, 1, 1, 24, 1, 1, 1, 1 },
                                          { 0 } };

static const int pooled[][MAX_SIZES] = { { 9, 33, 30, 37, 3, 3, 1, 2, 1 },
                                         { 40, 3, 64, 64, 2, 2, 0, 2, 0 },
                                         { 0 } };

static const int (*shapes_of(const struct op *op))[MAX_SIZES]
{
    return op->kind == OP_ROWS     ? rows
           : op->nsize == 1        ? lengths
           : op->nsize == 2        ? matrices
           : op->kind != OP_WINDOW ? shapes
           : op->nsize > 14        ? windows
           : op->nsize > 3         ? pooled
                                   : planes;
}

static int same_bits(const struct op *op, const struct rung *rung, const int *size)
{
    static const int counts[] = { 1, 2, 3, 5, 8 };
    struct check_case *c = check_case_make(op, size, 7);
    void *buf[MAX_ARGS], *first[MAX_ARGS] = { 0 };
    int same = 1;
    for (int a = 0; a < op->narg; a++) buf[a] = memory_need(c->elements[a], sizeof(float));
    for (size_t t = 0; t < sizeof counts / sizeof *counts; t++) {
        team_use(counts[t]);
        check_case_load(c, buf);
        op_call(op, rung->run, size, buf);
        for (int a = 0; a < op->narg; a++) {
            size_t bytes = c->elements[a] * sizeof(float);
            if (!c->oracle[a]) continue;
            if (t == 0) first[a] = memcpy(memory_need(bytes, 1), buf[a], bytes);
            if (!memcmp(first[a], buf[a], bytes)) continue;
            char text[SHAPE_TEXT];
            printf("%s %s at %s: %d threads give different bits from 1\n", op->name, rung->name,
                   op_shape_text(op, size, text), counts[t]);
            same = 0;
        }
    }
    for (int a = 0; a < op->narg; a++) free(buf[a]), free(first[a]);
    check_case_free(c);
    return same;
}

/* The test itself must notice a sum that is cut between threads. */
struct cut_dot {
    int n, parts;
    const float *x, *w;
    float part[8];
};

static void part_of_dot(int p, void *arg)
{
    struct cut_dot *d = arg;
    d->part[p] = 0;
    for (int i = p; i < d->n; i += d->parts) d->part[p] += d->x[i] * d->w[i];
}

static void sum_cut_between_threads(int N, int IN, int OUT, const float *x, const float *w, const float *b,
                                    float *y)
{
    for (int k = 0; k < N * OUT; k++) {
        struct cut_dot d = { .n = IN, .parts = team_threads(), .x = x + k / OUT * IN, .w = w + k % OUT * IN };
        y[k] = b[k % OUT];
        team_run(d.parts, part_of_dot, &d);
        for (int p = 0; p < d.parts; p++) y[k] += d.part[p];
    }
}

/* a sum of n elements that is cut between threads */
static void loss_cut_between_threads(int n, const float *y, const float *t, float *loss, int reduction)
{
    int parts = team_threads();
    float sum = 0;
    (void)reduction;
    for (int p = 0; p < parts; p++) {
        float part = 0;
        for (int k = p; k < n; k += parts) part += (y[k] - t[k]) * (y[k] - t[k]);
        sum += part;
    }
    *loss = sum / (float)n;
}

/* those of a dense layer from its epilogue on, and what is called by that name */
static int has_threads(const struct op *op, const struct rung *r)
{
    int is_dense = op->kind == OP_PRODUCT && op->nsize == 3;
    return is_dense ? strncmp(r->name, "06", 2) >= 0 : strstr(r->name, "threads") != NULL;
}

int main(void)
{
    int failed = 0, passed = 0;
    for (const struct op *const *op = op_all(); *op; op++)
        for (const struct rung *r = (*op)->cpu; r->name; r++)
            for (const int(*size)[MAX_SIZES] = shapes_of(*op); !rung_lacks(r->needs) && **size; size++) {
                if (!has_threads(*op, r)) continue;
                int ok = same_bits(*op, r, *size);
                passed += ok;
                failed += !ok;
            }
    const int size[] = { 3, 1000, 3 };
    const struct rung wrong = { "a sum cut between threads", RUN(dense_forward, sum_cut_between_threads),
                                NEED_NONE, "" };
    const int length[] = { 100003 }, more_than_chunks[] = { 5000011 };
    failed +=
        !same_bits(op_find("mse_forward"), rung_find(op_find("mse_forward"), "04_threads"), more_than_chunks);
    const struct rung wrong_loss = { "a loss cut between threads", RUN(mse_forward, loss_cut_between_threads),
                                     NEED_NONE, "" };
    printf("the next lines must complain:\n");
    failed += same_bits(op_find("dense_forward"), &wrong, size);
    failed += same_bits(op_find("mse_forward"), &wrong_loss, length);
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
