/* check_case.c - problems: their inputs, oracle and bounds, and how outputs compare with them; see
 * check_case.h. */
#include "check_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/error.h"
#include "../base/memory.h"
#include "../reference/philox.h"

static int arg_named(const struct op *op, const char *name)
{
    for (int a = 0; a < op->narg; a++)
        if (!strcmp(op->arg[a].name, name)) return a;
    return -1;
}

static int is_output(const struct op *op, int a)
{
    return op->arg[a].access != ARG_IN;
}

/* a stream of its own for each name, so that "x" is the same for a forward and its backward */
static uint64_t stream_of(const char *name)
{
    uint64_t h = 5381;
    for (; *name; name++) h = h * 33 + (unsigned char)*name;
    return h;
}

static void fill_labels(const struct arg *arg, int classes, uint64_t seed, size_t n, const float *x,
                        int *label)
{
    /* of a check's two problems, whose seeds are an odd number apart, one has no label in its first row */
    for (size_t k = 0; k < n; k++) {
        int pick = (int)(x[k] * (float)classes), none = k ? k % 29 == 7 : seed % 2;
        label[k] = pick < classes ? pick : classes - 1;
        if (arg->domain == DOMAIN_INDEX_OR_NONE && none) label[k] = -1;
    }
}

static void fill_floats(const struct op *op, const struct arg *arg, uint64_t stream, uint64_t seed, size_t n,
                        double *to)
{
    enum { VALUES = 5 }; /* of DOMAIN_REPEATED: twice as many, and every other element is one of them */
    float *x = memory_need(n, sizeof *x), low = -op->range, high = op->range;
    if (arg->domain == DOMAIN_PROBABILITY) low = 0x1p-10f, high = 1 - 0x1p-10f;
    if (arg->domain == DOMAIN_NONNEG) low = 0;
    philox_uniform(seed, stream, n, low, high, x);
    for (size_t k = 0; k < n; k++) {
        to[k] = (double)x[k];
        if (arg->domain == DOMAIN_REPEATED && philox_word(seed, ~stream, k) % 2)
            to[k] = floor(to[k] * VALUES / (double)high) * (double)high / VALUES;
        if (arg->domain != DOMAIN_PROBABILITY && k % 29 == 7) to[k] = 0; /* some exact zeros */
    }
    free(x);
}

static void fill_at_random(const void *with, const struct op *op, int a, const int *size, void *buf)
{
    const struct arg *arg = &op->arg[a];
    uint64_t seed = *(const uint64_t *)with, stream = stream_of(arg->name);
    size_t n = op_elements(op, a, size);
    if (arg->dtype == DT_F32) {
        fill_floats(op, arg, stream, seed, n, buf);
    } else if (arg_is_index(arg)) {
        float *x = memory_need(n, sizeof *x);
        philox_uniform(seed, stream, n, 0, 1, x);
        fill_labels(arg, op_extent(op, arg->below, size), seed, n, x, buf);
        free(x);
    } else {
        unsigned char *byte = buf;
        size_t bytes = op_arg_bytes(op, a, size, 0);
        for (size_t k = 0; k < bytes; k++) byte[k] = (unsigned char)philox_word(seed, stream, k);
        if (arg->dtype == DT_BITS && n % 32) ((uint32_t *)buf)[n / 32] &= (1U << n % 32) - 1;
    }
}

static void *wide_buffer(const struct op *op, int a, const int *size)
{
    return memory_need(op_arg_bytes(op, a, size, sizeof(double)), 1);
}

/* Fills all inputs; a backward's are its forward's, too */
static void fill_f64(const struct op *op, const int *size, check_fill_fn *fill, const void *with,
                     void *const *buf)
{
    const struct op *forward = op_forward(op);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_OUT) fill(with, op, a, size, buf[a]);
    if (!forward) return;

    void *fbuf[MAX_ARGS];
    for (int f = 0; f < forward->narg; f++) {
        fbuf[f] = wide_buffer(forward, f, size);
        if (forward->arg[f].access != ARG_OUT) fill(with, forward, f, size, fbuf[f]);
    }
    op_f64(forward, size, fbuf);
    for (int a = 0; a < op->narg; a++) {
        int f = arg_named(forward, op->arg[a].name);
        if (f >= 0 && !is_output(op, a)) memcpy(buf[a], fbuf[f], op_arg_bytes(op, a, size, sizeof(double)));
    }
    for (int f = 0; f < forward->narg; f++) free(fbuf[f]);
}

void check_fill_f64(const struct op *op, const int *size, uint64_t seed, void *const *buf)
{
    fill_f64(op, size, fill_at_random, &seed, buf);
}

int check_room(const struct op *op, const int *size, int cases, char *error)
{
    char shape[SHAPE_TEXT];
    double bytes = 0;
    size_t available = memory_available();
    op_shape_text(op, size, shape);
    for (int a = 0; a < op->narg; a++) {
        size_t n = op_elements_or_none(op, a, size);
        if (!n)
            return error_set(error, "out of memory: %s of %s at %s has more elements than any memory",
                             op->arg[a].name, op->name, shape);
        /* an input in float, and in double while the bounds are computed; an output's oracle and bound in
         * double */
        if (op->arg[a].dtype == DT_F32)
            bytes += (double)n * (is_output(op, a) ? 16.0 * cases : 4.0 * cases + 8);
        else
            bytes += (double)op_arg_bytes(op, a, size, sizeof(float)) * cases;
    }
    if (bytes <= (double)available) return 1;
    return error_set(
        error,
        "out of memory: cannot allocate %.0f bytes for %s at %s, as %zu are available; try a smaller shape",
        bytes, op->name, shape, available);
}

/* input a as a rung gets it: what the oracle is to see is rounded on the way */
static void *round_input(const struct check_case *c, int a, void *wide)
{
    void *input = memory_need(c->bytes[a], 1);
    if (c->op->arg[a].dtype != DT_F32) return memcpy(input, wide, c->bytes[a]);
    for (size_t k = 0; k < c->elements[a]; k++) {
        float rounded = (float)((double *)wide)[k];
        ((float *)input)[k] = rounded;
        ((double *)wide)[k] = (double)rounded;
    }
    return input;
}

/* argument a of a call in double */
static void *wide_argument(const struct check_case *c, int a)
{
    return memory_need(c->op->arg[a].dtype == DT_F32 ? c->elements[a] * sizeof(double) : c->bytes[a], 1);
}

static void fill_case(struct check_case *c, check_fill_fn *fill, const void *with)
{
    const struct op *op = c->op;
    const int *size = c->size;
    void *buf[MAX_ARGS];
    for (int a = 0; a < op->narg; a++) {
        c->elements[a] = op_elements(op, a, size);
        c->bytes[a] = op_arg_bytes(op, a, size, sizeof(float));
        buf[a] = wide_argument(c, a);
    }
    c->flops = op->flops(size), c->traffic = op_bytes(op, size);
    fill_f64(op, size, fill, with, buf);
    for (int a = 0; a < op->narg; a++)
        if (op->arg[a].access != ARG_OUT) c->input[a] = round_input(c, a, buf[a]);
    op_f64(op, size, buf);
    for (int a = 0; a < op->narg; a++) {
        if (!is_output(op, a)) {
            free(buf[a]);
            continue;
        }
        c->oracle[a] = buf[a];
        if (op->arg[a].dtype == DT_F32) c->bound[a] = memory_need(c->elements[a], sizeof(double));
    }
    check_case_bounds(c, NEED_NONE);
}

static void (*on_begin)(void), (*on_end)(double seconds);

void check_case_on_making(void (*begin)(void), void (*end)(double seconds))
{
    on_begin = begin;
    on_end = end;
}

struct check_case *check_case_make_with(const struct op *op, const int *size, check_fill_fn *fill,
                                        const void *with)
{
    struct check_case *c = memory_need(1, sizeof *c);
    char purpose[100 + SHAPE_TEXT];
    double start = clock_seconds();
    c->op = op;
    memcpy(c->size, size, (size_t)op->nsize * sizeof *size);
    snprintf(purpose, sizeof purpose, "%.50s at %s", op->name, op_shape_text(op, size, c->shape));
    memory_for(purpose);
    if (on_begin) on_begin();
    fill_case(c, fill, with);
    c->seconds = clock_seconds() - start;
    if (on_end) on_end(c->seconds);
    memory_for(NULL);
    return c;
}

/* ---- problems that are kept ---- */

enum { KEPT_BYTES = 128 << 20 }; /* at most; a check's shapes are small */

static struct kept {
    uint64_t seed;
    struct check_case *c;
} * kept;
static int n_kept;

static struct check_case *find_kept(const struct op *op, const int *size, uint64_t seed)
{
    for (int i = 0; i < n_kept; i++)
        if (kept[i].seed == seed && kept[i].c->op == op &&
            !memcmp(kept[i].c->size, size, (size_t)op->nsize * sizeof *size))
            return kept[i].c;
    return NULL;
}

struct check_case *check_case_make(const struct op *op, const int *size, uint64_t seed)
{
    struct check_case *c = on_begin ? find_kept(op, size, seed) : NULL;
    if (!c) return check_case_make_with(op, size, fill_at_random, &seed);
    on_end(c->seconds); /* its rung has the time that it would have had */
    return c;
}

uint64_t check_second_seed(uint64_t seed)
{
    return seed + 1000003;
}

/* what the problems take: an input in float, an output's oracle and bound in double */
static double bytes_of(const struct op *op, const int (*shapes)[MAX_SIZES])
{
    double bytes = 0;
    for (const int(*size)[MAX_SIZES] = shapes; **size; size++)
        for (int a = 0; a < op->narg; a++) bytes += 2.0 * 20 * (double)op_elements(op, a, *size);
    return bytes;
}

static void keep(const struct op *op, const int *size, uint64_t seed)
{
    if (find_kept(op, size, seed)) return;
    struct check_case *c = check_case_make(op, size, seed);
    c->is_kept = 1;
    kept[n_kept++] = (struct kept){ seed, c };
}

void check_case_keep(const struct op *op, const int (*shapes)[MAX_SIZES], uint64_t seed)
{
    size_t n = 0;
    check_case_keep_none();
    if (bytes_of(op, shapes) > fmin(KEPT_BYTES, (double)memory_available() / 4)) return;
    while (*shapes[n]) n++;
    kept = memory_need(2 * n + 1, sizeof *kept);
    for (size_t i = 0; i < n; i++) {
        keep(op, shapes[i], seed);
        keep(op, shapes[i], check_second_seed(seed));
    }
}

void check_case_keep_none(void)
{
    for (int i = 0; i < n_kept; i++) {
        kept[i].c->is_kept = 0;
        check_case_free(kept[i].c);
    }
    free(kept);
    kept = NULL;
    n_kept = 0;
}

/* input a as the oracle takes it */
static void *input_f64(const struct check_case *c, int a)
{
    double *wide = wide_argument(c, a);
    if (c->op->arg[a].dtype != DT_F32) return memcpy(wide, c->input[a], c->bytes[a]);
    for (size_t k = 0; k < c->elements[a]; k++) wide[k] = (double)((float *)c->input[a])[k];
    return wide;
}

void check_case_bounds(struct check_case *c, unsigned needs)
{
    void *buf[MAX_ARGS];
    for (int a = 0; a < c->op->narg; a++) buf[a] = c->oracle[a] ? c->oracle[a] : input_f64(c, a);
    for (int a = 0; a < c->op->narg; a++)
        if (c->bound[a]) op_bound(c->op, c->size, buf, a, needs, c->bound[a]);
    for (int a = 0; a < c->op->narg; a++)
        if (!c->oracle[a]) free(buf[a]);
}

struct check_case *check_case_rebound(const struct check_case *c)
{
    struct check_case *own = memory_need(1, sizeof *own);
    *own = *c;
    for (int a = 0; a < c->op->narg; a++) {
        if (!c->bound[a]) continue;
        own->bound[a] = memory_need(c->elements[a], sizeof *own->bound[a]);
        memcpy(own->bound[a], c->bound[a], c->elements[a] * sizeof *own->bound[a]);
    }
    return own;
}

void check_case_rebound_free(struct check_case *own)
{
    for (int a = 0; own && a < own->op->narg; a++) free(own->bound[a]);
    free(own);
}

void check_case_free(struct check_case *c)
{
    if (c->is_kept) return;
    for (int a = 0; a < c->op->narg; a++) {
        free(c->input[a]);
        free(c->oracle[a]);
        free(c->bound[a]);
    }
    free(c);
}

void check_case_load(const struct check_case *c, void *const *buf)
{
    for (int a = 0; a < c->op->narg; a++) {
        if (c->input[a])
            memcpy(buf[a], c->input[a], c->bytes[a]);
        else
            memset(buf[a], check_poison(&c->op->arg[a]), c->bytes[a]);
    }
}

/* "dw[3][17]" for element k of argument a */
static void element_name(const struct check_case *c, int a, size_t k, char *text, size_t room)
{
    const struct arg *arg = &c->op->arg[a];
    size_t used = (size_t)snprintf(text, room, "%s", arg->name), row = c->elements[a];
    for (int d = 0; d < arg->ndim && used < room; d++) {
        row /= (size_t)op_extent(c->op, arg->dim[d], c->size);
        used += (size_t)snprintf(text + used, room - used, "[%zu]", k / row);
        k %= row;
    }
}

/* what check_case_load leaves in an output is told from what was computed */
static const char *or_not_written(const struct arg *arg, const void *got, size_t first)
{
    const unsigned char *byte = (const unsigned char *)got + first * sizeof(float);
    int poison = check_poison(arg);
    if (arg->dtype != DT_F32 && arg->dtype != DT_I32) return "";
    return byte[0] == poison && byte[1] == poison && byte[2] == poison && byte[3] == poison ? " (not written)"
                                                                                            : "";
}

/* element k of what is not DT_F32 */
static long value_of(enum dtype dtype, const void *data, size_t k)
{
    if (dtype == DT_BITS) return ((const uint32_t *)data)[k / 32] >> k % 32 & 1;
    return dtype == DT_U8 ? ((const unsigned char *)data)[k] : ((const int *)data)[k];
}

/* the wrong elements of output a, the first of them in *first; errors within their bounds raise worst */
static size_t count_wrong(const struct check_case *c, int a, const void *got, size_t *first, double *worst)
{
    const double *oracle = c->oracle[a], *bound = c->bound[a];
    enum dtype dtype = c->op->arg[a].dtype;
    size_t wrong = 0;
    for (size_t k = 0; k < c->elements[a]; k++) {
        double err = bound ? fabs((double)((const float *)got)[k] - oracle[k]) : 0;
        if (bound ? err <= bound[k]
                  : value_of(dtype, got, k) == value_of(dtype, oracle, k)) { /* so that NaN fails */
            if (bound && bound[k] > 0 && err / bound[k] > *worst) *worst = err / bound[k];
        } else if (!wrong++) {
            *first = k;
        }
    }
    return wrong;
}

static void explain_wrong(const struct check_case *c, int a, const void *got, size_t wrong, size_t first,
                          char *error, size_t room)
{
    const char *left = or_not_written(&c->op->arg[a], got, first);
    char element[60], value[120];
    enum dtype dtype = c->op->arg[a].dtype;
    element_name(c, a, first, element, sizeof element);
    if (c->bound[a])
        snprintf(value, sizeof value, "%.9g%s, expected %.9g +- %.1e", (double)((const float *)got)[first],
                 left, ((double *)c->oracle[a])[first], c->bound[a][first]);
    else
        snprintf(value, sizeof value, "%ld%s, expected %ld", value_of(dtype, got, first), left,
                 value_of(dtype, c->oracle[a], first));
    snprintf(error, room, "at %s: %zu of %zu elements of %s are wrong; first %s = %s", c->shape, wrong,
             c->elements[a], c->op->arg[a].name, element, value);
}

int check_case_compare(const struct check_case *c, void *const *buf, struct check *result)
{
    for (int a = 0; a < c->op->narg; a++) {
        size_t first = 0;
        if (!c->oracle[a]) continue;
        size_t wrong = count_wrong(c, a, buf[a], &first, &result->worst);
        if (wrong) {
            explain_wrong(c, a, buf[a], wrong, first, result->reason, sizeof result->reason);
        } else if (!c->bound[a] && memcmp(buf[a], c->oracle[a], c->bytes[a])) {
            snprintf(result->reason, sizeof result->reason,
                     "at %s bits of %s behind the last element are not 0", c->shape, c->op->arg[a].name);
        } else {
            continue;
        }
        result->verdict = CHECK_FAIL;
        return 0;
    }
    return 1;
}
