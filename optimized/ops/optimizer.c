/* optimizer.c - one step of an optimizer on n weights. */
#include "parts.h"
#include "../../gradcheck/gc.h"

#include <math.h>

#define SGD_RATE 0.125 /* a power of two: exact in every precision */

CALLS(sgd_step, s[0], p[0], p[1], SGD_RATE)

#define LESSON .lesson = "01"

/* w' = w - lr dw: three roundings at most, none larger than |w'| + 2 lr |dw| >= |w| + lr |dw| */
static void bound_sgd(const struct op *op, const int *size, void *const *buf, int a, struct digits d,
                      double *bound)
{
    const double *dw = buf[0], *w = buf[a];
    for (size_t e = 0, n = op_elements(op, a, size); e < n; e++)
        bound[e] = 3 * d.unit * (fabs(w[e]) + 2 * (double)SGD_RATE * fabs(dw[e])) + d.tiny;
}

const struct op op_sgd_step = {
    IDENTITY(sgd_step),
    LESSON,
    EACH,
    .kind = OP_STEP,
    .rule = GC_SGD,
    .formula = "w = w - lr dw",
    ARGS({ "dw", INPUT, 1, { 0 } }, { "w", UPDATED, 1, { 0 } }),
    .range = 1,
    .terms = four_terms,
    .bound = bound_sgd,
};
