/* op_common.c - error bounds, counts and shapes that operations share; see op_common.h. */
#include "op_common.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../base/memory.h"

/* ---- error bounds ---- */

/* sum|terms| of every element of output a: the oracle's own result for the absolute values of its
 * inputs, each times `scale` */
static void magnitude_of(const struct op *op, const int *size, void *const *buf, int a, double scale,
                         double *magnitude)
{
    void *copy[MAX_ARGS];
    for (int i = 0; i < op->narg; i++) {
        size_t n = op_elements(op, i, size), bytes = op_arg_bytes(op, i, size, sizeof(double));
        copy[i] = memory_need(bytes, 1);
        if (op->arg[i].dtype != DT_F32)
            memcpy(copy[i], buf[i], bytes);
        else if (op->arg[i].access == ARG_IN)
            for (size_t k = 0; k < n; k++) ((double *)copy[i])[k] = scale * fabs(((const double *)buf[i])[k]);
    }
    op_f64(op, size, copy);
    memcpy(magnitude, copy[a], op_elements(op, a, size) * sizeof *magnitude);
    for (int i = 0; i < op->narg; i++) free(copy[i]);
}

/* |fl(sum) - sum| <= gamma * sum|terms|, gamma = k UNIT / (1 - k UNIT), for any order of summation with k
 * roundings on a term's way (Higham, Accuracy and Stability of Numerical Algorithms,
 * 2nd ed., section 3.1). */
static void bound_float_sum(const struct op *op, const int *size, void *const *buf, int a, double tiny,
                            double *bound)
{
    double k = op->terms(size) + 1.0, gamma = k * UNIT / (1 - k * UNIT);
    magnitude_of(op, size, buf, a, 1, bound);
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++) bound[e] = gamma * bound[e] + k * tiny;
}

/* Operands rounded with a relative error of at most r: each product errs by 2 r + r^2 of itself, and so
 *
 *   |fl(sum of rounded) - sum| <= gamma * S(r) + S(r) - S(0),   S(r) = sum|terms| of inputs times (1 + r).
 *
 * Tensor cores add the products of 4 terms or more and the sum so far in one step, truncating each to the
 * digits of the largest: two errors of at most 2^-23 a term, counting the sum's (Fasi, Higham, Mikaitis
 * and Pranesh, Numerical behavior of NVIDIA tensor cores, PeerJ Computer Science 7:e330, 2021). Hence
 * gamma of 2 k and 2 UNIT. */
static void bound_reduced_sum(const struct op *op, const int *size, void *const *buf, int a,
                              struct precision d, double *bound)
{
    double k = 2 * (op->terms(size) + 1.0), gamma = k * 2 * UNIT / (1 - k * 2 * UNIT);
    size_t n = op_elements(op, a, size);
    double *exact = memory_need(n, sizeof *exact);
    magnitude_of(op, size, buf, a, 1, exact);
    magnitude_of(op, size, buf, a, 1 + d.unit, bound);
    for (size_t e = 0; e < n; e++) bound[e] = gamma * bound[e] + (bound[e] - exact[e]) + k * d.tiny;
    free(exact);
}

void bound_sum(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
               double *bound)
{
    if (d.unit > UNIT)
        bound_reduced_sum(op, size, buf, a, d, bound);
    else
        bound_float_sum(op, size, buf, a, d.tiny, bound);
}

/* What is lost below the normal numbers may be multiplied by two inputs afterwards. */
void bound_relative(const struct op *op, const int *size, void *const *buf, int a, struct precision d,
                    double *bound)
{
    double k = op->terms(size), factor = pow(1 + (double)op->range, 2);
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = k * d.unit * fabs(((const double *)buf[a])[e]) + k * factor * d.tiny;
}

double reduced_unit(struct precision d)
{
    return d.unit > UNIT ? d.unit : 0;
}

double sum_depth(double n)
{
    return 2 * sqrt(n) + 8;
}

void op_bound(const struct op *op, const int *size, void *const *buf, int a, unsigned needs, double *bound)
{
    op->bound(op, size, buf, a, rung_precision(needs), bound);
}

/* ---- reductions ---- */

const char *const reduction_words[] = {
    [REDUCE_NONE] = "none", [REDUCE_MEAN] = "mean", [REDUCE_SUM] = "sum", NULL
};

int reduction_of(const struct op *op)
{
    return (int)op_scalar(op, "reduction")->count;
}

void follow_reduction(struct op *op)
{
    int reduction = reduction_of(op);
    op->formula = op->formulas[reduction];
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, "loss") || !strcmp(op->arg[a].name, "dloss"))
            op->arg[a].ndim = reduction == REDUCE_NONE; /* as many as the first size says */
}

/* ---- counts ---- */

int four_terms(const int *s)
{
    (void)s;
    return 4;
}

int eight_terms(const int *s)
{
    (void)s;
    return 8;
}

double flops_each(const int *s)
{
    return s[0];
}

/* ---- shapes: 1, around the widths of vectors, odd, large ---- */

const int each_check[][MAX_SIZES] = { { 1 },  { 2 },  { 3 },  { 7 },  { 8 },  { 9 },    { 15 },   { 16 },
                                      { 17 }, { 31 }, { 33 }, { 63 }, { 65 }, { 1000 }, { 4099 }, { 0 } };

const int each_bench[][MAX_SIZES] = { { 1000 }, { 100000 }, { 1000000 }, { 10000000 }, { 0 } };

const int rows_check[][MAX_SIZES] = { { 1, 1 },  { 1, 2 },  { 3, 1 },   { 2, 10 },   { 64, 10 }, { 7, 15 },
                                      { 5, 16 }, { 4, 17 }, { 33, 65 }, { 2, 1000 }, { 300, 3 }, { 0 } };

const int rows_bench[][MAX_SIZES] = { { 64, 10 }, { 256, 1000 }, { 4096, 1000 }, { 0 } };

/* ---- shapes for devices: 1, thin, around the edges of the tiles (32, 64, 128, 256) and of their depths (8,
 * 16, 32, 64), more k than all stages hold (6 of 64), more rows than a group of tiles (8 of 128), rows of
 * whole float4 and others ---- */

const int products_device[][MAX_SIZES] = {
    { 1, 1, 1 },     { 3, 2, 5 },       { 1, 9, 33 },     { 33, 1, 7 },
    { 17, 31, 1 },   { 31, 64, 33 },    { 65, 16, 127 },  { 16, 129, 130 },
    { 130, 67, 64 }, { 128, 128, 128 }, { 5, 513, 257 },  { 5, 257, 12 },
    { 9, 5, 513 },   { 513, 70, 6 },    { 1030, 129, 3 }, { 0 },
};

/* around the lanes of a warp, the warps of a block (8 rows of them, 128 rows of threads), the longest row of
 * a warp (1024) and those that registers keep (8186, 16378); rows that begin on and off 16 bytes */
const int rows_device[][MAX_SIZES] = {
    { 1, 1 },    { 3, 2 },    { 130, 3 },  { 2, 31 },   { 9, 32 },   { 7, 33 },    { 5, 127 }, { 2, 256 },
    { 2, 1000 }, { 2, 1024 }, { 3, 1025 }, { 2, 4100 }, { 3, 5000 }, { 1, 16500 }, { 0 },
};

/* fours with heads and tails, blocks of 256 threads, more than all threads of the emulator's 4
 * multiprocessors take at once, by single floats (8192) and by two fours (65536) */
const int each_device[][MAX_SIZES] = {
    { 1 },   { 2 },   { 3 },   { 4 },    { 5 },    { 7 },    { 8 },     { 31 },    { 33 },
    { 127 }, { 255 }, { 257 }, { 1023 }, { 1026 }, { 8201 }, { 40000 }, { 70003 }, { 0 },
};
