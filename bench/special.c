/* special.c - the errors at special arguments; see special.h. */
#include "special.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/check.h"

/* Two widest vectors and a tail, so that a library takes the way of its vectors */
enum { ELEMENTS = 35, ROWS = 4, COLUMNS = 19 };

/* ---- the arguments ---- */

enum { GRID = 110 }; /* -110 to 110 in steps of a half: exp is 0 or infinite in float beyond 104 */

/* each with both signs; up to 1e30 sums of them stay finite */
static const double magnitude[] = { 0,     1e-45, 1e-38, 1e-30,        1e-20,   1e-10, 1e-8,    1e-6,  1e-4,
                                    1e-2,  0.1,   0.25,  0.7517915702, 0.99999, 1.278, 1.00001, 87.25, 87.75,
                                    88.25, 88.75, 1e3,   1e4,          1e6,     1e10,  1e20,    1e30,  3e38 };
enum { MAGNITUDES = sizeof magnitude / sizeof *magnitude, WITH_SUMS = MAGNITUDES - 1 };

enum { FINITE = 4 * GRID + 1 + 2 * MAGNITUDES, ARGUMENTS = FINITE + 3 };

static double argument(int i)
{
    const double limit[] = { HUGE_VAL, -HUGE_VAL, nan("") };
    if (i >= FINITE) return limit[i - FINITE];
    if (i < 2 * MAGNITUDES) return i % 2 ? -magnitude[i / 2] : magnitude[i / 2];
    return (i - 2 * MAGNITUDES) / 2.0 - GRID;
}

static int has_sums(const struct op *op)
{
    int sums = op->kind != OP_MAP;
    for (int a = 0; a < op->narg; a++) sums |= op->arg[a].ndim == 0;
    return sums;
}

/* one call: the argument, and the target of a loss */
struct place {
    float x;
    int target; /* a probability of 0 or 1, or the number of a class */
};

static void fill(const void *what, const struct op *op, int a, const int *size, void *buf)
{
    const struct place *p = what;
    const struct arg *arg = &op->arg[a];
    size_t n = op_elements(op, a, size), row = arg->ndim == 2 ? (size_t)op_extent(op, arg->dim[1], size) : 1;
    for (size_t k = 0; k < n; k++) {
        if (arg_is_index(arg))
            ((int *)buf)[k] = p->target; /* other integers and bits stay 0 */
        else if (arg->dtype != DT_F32)
            continue;
        else if (arg->domain == DOMAIN_PROBABILITY)
            ((double *)buf)[k] = p->target;
        else
            ((double *)buf)[k] = k % row ? 0 : a ? 1 : (double)p->x; /* 1: what flows back */
    }
}

/* ---- the errors ---- */

/* in bounds; what is beyond float's range must be infinite */
static double error_in_bounds(double got, double expected, double bound)
{
    double error = fabs(got - expected);
    if (isnan(expected)) return isnan(got) ? 0 : HUGE_VAL;
    if (got == (double)(float)expected) return 0; /* the infinities, too */
    if (isinf((float)expected)) return HUGE_VAL;
    if (fabs(expected) < (double)FLT_MIN && error <= (double)FLT_MIN) return 0;
    return isfinite(error) && bound > 0 ? error / bound : HUGE_VAL;
}

/* "y at x = -20": the output, and the first element of each input that the argument decides */
static void describe(const struct check_case *c, int out, char *text, size_t room)
{
    int n = snprintf(text, room, "%s at", c->op->arg[out].name);
    for (int a = 0; a < c->op->narg; a++) {
        const struct arg *arg = &c->op->arg[a];
        int is_target = arg_is_index(arg) || arg->domain == DOMAIN_PROBABILITY;
        if (!c->input[a] || (a && !is_target) || n < 0 || (size_t)n >= room) continue;
        double first = arg_is_index(arg) ? *(int *)c->input[a] : (double)*(float *)c->input[a];
        n += snprintf(text + n, room - (size_t)n, "%s %s = %.6g%s", a ? "," : "", arg->name, first,
                      arg->ndim == 2 ? ", 0 ..." : "");
    }
}

static void compare(const struct check_case *c, void *const *buf, struct special *worst)
{
    for (int a = 0; a < c->op->narg; a++) {
        for (size_t k = 0; c->bound[a] && k < c->elements[a]; k++) {
            double got = (double)((float *)buf[a])[k], expected = ((double *)c->oracle[a])[k];
            double bounds = error_in_bounds(got, expected, c->bound[a][k]);
            if (!(bounds > 1) || (*worst->at && !(bounds > worst->bounds))) continue;
            *worst = (struct special){ .got = got, .expected = expected, .bounds = bounds };
            describe(c, a, worst->at, sizeof worst->at);
        }
    }
}

struct special special_worst(const struct op *op, special_call_fn *call, void *with)
{
    struct special worst = { 0 };
    const int each[MAX_SIZES] = { ELEMENTS }, rows[MAX_SIZES] = { ROWS, COLUMNS };
    const int *size = op->kind == OP_MAP ? each : rows, sums = has_sums(op);
    void *buf[MAX_ARGS];
    if (op->kind != OP_MAP && op->kind != OP_ROWS) return worst;
    for (int a = 0; a < op->narg; a++) buf[a] = memory_need(op_arg_bytes(op, a, size, sizeof(float)), 1);
    for (int i = 0; i < ARGUMENTS; i++) {
        if (i == FINITE && (*worst.at || sums)) break;
        if (sums && i / 2 >= WITH_SUMS && i < 2 * MAGNITUDES) continue;
        for (int target = 0; target < 2; target++) {
            struct place p = { (float)argument(i), target };
            struct check_case *c = check_case_make_with(op, size, fill, &p);
            check_case_load(c, buf);
            call(with, size, buf);
            compare(c, buf, &worst);
            check_case_free(c);
        }
    }
    for (int a = 0; a < op->narg; a++) free(buf[a]);
    return worst;
}
