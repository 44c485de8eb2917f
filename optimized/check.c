/* check.c - is this rung right? See check.h. */
#include "check.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/error.h"
#include "../base/exit_code.h"
#include "../base/memory.h"
#include "../base/process.h"
#include "../reference/philox.h"
#include "guard.h"

/* ---- problems ---- */

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
        /* an input in float, and in double while the bounds are computed; an output's oracle and bound in double */
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

static struct check_case *make_case(const struct op *op, const int *size, check_fill_fn *fill,
                                    const void *with)
{
    struct check_case *c = memory_need(1, sizeof *c);
    void *buf[MAX_ARGS];
    c->op = op;
    memcpy(c->size, size, (size_t)op->nsize * sizeof *size);
    op_shape_text(op, size, c->shape);
    for (int a = 0; a < op->narg; a++) {
        c->elements[a] = op_elements(op, a, size);
        c->bytes[a] = op_arg_bytes(op, a, size, sizeof(float));
        buf[a] = wide_buffer(op, a, size);
    }
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
    return c;
}

static void begin_making(void), end_making(double seconds);

struct check_case *check_case_make_with(const struct op *op, const int *size, check_fill_fn *fill,
                                        const void *with)
{
    char purpose[100 + SHAPE_TEXT], shape[SHAPE_TEXT];
    double start = clock_seconds();
    snprintf(purpose, sizeof purpose, "%.50s at %s", op->name, op_shape_text(op, size, shape));
    memory_for(purpose);
    begin_making();
    struct check_case *c = make_case(op, size, fill, with);
    end_making(clock_seconds() - start);
    memory_for(NULL);
    return c;
}

struct check_case *check_case_make(const struct op *op, const int *size, uint64_t seed)
{
    return check_case_make_with(op, size, fill_at_random, &seed);
}

/* input a as the oracle takes it */
static void *input_f64(const struct check_case *c, int a)
{
    double *wide = wide_buffer(c->op, a, c->size);
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
    for (int a = 0; a < c->op->narg; a++) {
        free(c->input[a]);
        free(c->oracle[a]);
        free(c->bound[a]);
    }
    free(c);
}

int check_poison(const struct arg *arg)
{
    return arg->dtype == DT_F32 ? 0xff : 0x5a;
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
                          char *why, size_t room)
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
    snprintf(why, room, "at %s %zu of %zu elements of %s are wrong; first %s = %s", c->shape, wrong,
             c->elements[a], c->op->arg[a].name, element, value);
}

int check_case_compare(const struct check_case *c, void *const *buf, struct check *result)
{
    for (int a = 0; a < c->op->narg; a++) {
        size_t first = 0;
        if (!c->oracle[a]) continue;
        size_t wrong = count_wrong(c, a, buf[a], &first, &result->worst);
        if (wrong) {
            explain_wrong(c, a, buf[a], wrong, first, result->why, sizeof result->why);
        } else if (!c->bound[a] && memcmp(buf[a], c->oracle[a], c->bytes[a])) {
            snprintf(result->why, sizeof result->why, "at %s bits of %s behind the last element are not 0",
                     c->shape, c->op->arg[a].name);
        } else {
            continue;
        }
        result->verdict = CHECK_FAIL;
        return 0;
    }
    return 1;
}

/* ---- one rung at one shape ---- */

struct stage { /* the guarded buffers of one operation */
    struct guard guard[MAX_ARGS];
    void *buf[MAX_ARGS];
};

static void stage_open(struct stage *s, const struct check_case *c, enum guard_side side)
{
    for (int a = 0; a < c->op->narg; a++) {
        const char *name = c->op->arg[a].name;
        if (!guard_make(&s->guard[a], name, c->bytes[a], side))
            memory_fail("out of memory: cannot allocate %zu bytes for %s of %s at %s; try a smaller shape",
                        c->bytes[a], name, c->op->name, c->shape);
        s->buf[a] = s->guard[a].data;
    }
}

static void stage_close(struct stage *s, const struct op *op)
{
    for (int a = 0; a < op->narg; a++) guard_free(&s->guard[a]);
}

/* one call; 0 if it was wrong, with the reason in result */
static int call_once(const struct rung *rung, const struct check_case *c, struct stage *s,
                     struct check *result)
{
    const struct op *op = c->op;
    check_case_load(c, s->buf);
    for (int a = 0; a < op->narg; a++)
        if (!is_output(op, a)) guard_read_only(&s->guard[a], 1);
    op_call(op, rung->run, c->size, s->buf);
    for (int a = 0; a < op->narg; a++) {
        if (!is_output(op, a)) guard_read_only(&s->guard[a], 0);
        if (guard_intact(&s->guard[a])) continue;
        snprintf(result->why, sizeof result->why, "at %s it writes outside %s", c->shape, op->arg[a].name);
        result->verdict = CHECK_FAIL;
        return 0;
    }
    return check_case_compare(c, s->buf, result);
}

/* 1 if the outputs in the stage are, bit for bit, those in keep (which is filled if `store`) */
static int same_bits(const struct check_case *c, const struct stage *s, void **keep, int store)
{
    for (int a = 0; a < c->op->narg; a++) {
        size_t bytes = c->bytes[a];
        if (!is_output(c->op, a)) continue;
        if (store) {
            keep[a] = memory_need(bytes, 1);
            memcpy(keep[a], s->buf[a], bytes);
        } else if (memcmp(keep[a], s->buf[a], bytes)) {
            return 0;
        }
    }
    return 1;
}

/* The outputs must be the same bits when output over[0] is written over input over[1] */
static void check_in_place(const struct rung *rung, const struct check_case *c, void **first,
                           struct check *result)
{
    const struct op *op = c->op;
    const int out = op->over[0], in = op->over[1];
    struct stage s;
    stage_open(&s, c, GUARD_AT_END);
    check_case_load(c, s.buf);
    s.buf[out] = s.buf[in];
    for (int a = 0; a < op->narg; a++)
        if (!is_output(op, a) && a != in) guard_read_only(&s.guard[a], 1);
    op_call(op, rung->run, c->size, s.buf);
    int right = guard_intact(&s.guard[in]) && same_bits(c, &s, first, 0);
    stage_close(&s, op);
    if (right) return;
    snprintf(result->why, sizeof result->why, "at %s %s written over %s differs from what it is elsewhere",
             c->shape, op->arg[out].name, op->arg[in].name);
    result->verdict = CHECK_FAIL;
}

/* both guard sides; each: data A, data B in the same buffers, A again with the same bits as the first time; then in place */
static void check_between_guards(const struct rung *rung, const struct check_case *A,
                                 const struct check_case *B, struct check *result)
{
    const struct op *op = A->op;
    void *first[MAX_ARGS] = { 0 };
    for (int side = GUARD_AT_END; side <= GUARD_AT_START && result->verdict == CHECK_PASS; side++) {
        struct stage s;
        stage_open(&s, A, (enum guard_side)side);
        if (call_once(rung, A, &s, result) && same_bits(A, &s, first, side == GUARD_AT_END) &&
            call_once(rung, B, &s, result) && call_once(rung, A, &s, result) && same_bits(A, &s, first, 0)) {
            stage_close(&s, op);
            continue;
        }
        if (result->verdict == CHECK_PASS) {
            snprintf(result->why, sizeof result->why,
                     "not deterministic at %s: a second call gives different bits", A->shape);
            result->verdict = CHECK_FAIL;
        }
        stage_close(&s, op);
    }
    if (result->verdict == CHECK_PASS && op->over[0]) check_in_place(rung, A, first, result);
    for (int a = 0; a < op->narg; a++) free(first[a]);
}

struct check check_rung_at(const struct op *op, const struct rung *rung, const int *size, uint64_t seed)
{
    struct check result = { .verdict = CHECK_PASS, .shapes = 1 };
    struct check_case *A = check_case_make(op, size, seed), *B = check_case_make(op, size, seed + 1000003);
    if (rung_is_coarse(rung->needs)) check_case_bounds(A, rung->needs), check_case_bounds(B, rung->needs);
    check_between_guards(rung, A, B, &result);
    check_case_free(A);
    check_case_free(B);
    return result;
}

struct check check_rung_on(const struct check_case *c, const struct rung *rung)
{
    struct check result = { .verdict = CHECK_PASS, .shapes = 1 };
    for (int side = GUARD_AT_END; side <= GUARD_AT_START && result.verdict == CHECK_PASS; side++) {
        struct stage s;
        stage_open(&s, c, (enum guard_side)side);
        call_once(rung, c, &s, &result);
        stage_close(&s, c->op);
    }
    return result;
}

/* ---- one rung at all shapes, in a child ---- */

/* in memory that the parent sees */
static struct shared {
    struct check result;
    int making;  /* the problem is being made; no rung runs */
    int calling; /* nothing has been said yet of how this shape went */
} * shared;

static const char *shared_at; /* the shape that the child is at */

static void on_fault(const char *sentence)
{
    shared->calling = 0;
    shared->result.verdict = CHECK_FAIL;
    snprintf(shared->result.why, sizeof shared->result.why, "at %s it %s", shared_at, sentence);
}

static void on_no_memory(const char *sentence)
{
    shared->calling = 0;
    shared->result.verdict = CHECK_RESOURCES;
    snprintf(shared->result.why, sizeof shared->result.why, "%s", sentence);
}

enum { ORACLE_SECONDS = 120 };

unsigned check_shape_seconds = 120;

static void begin_making(void)
{
    if (!shared) return;
    shared->making = 1;
    alarm(ORACLE_SECONDS); /* whatever the limit of a rung is */
}

/* A rung is called some ten times, and the naive one is not much faster than the oracle, which is computed twice. */
static void end_making(double seconds)
{
    if (!shared) return;
    shared->making = 0;
    alarm(check_shape_seconds + (unsigned)(30 * seconds));
}

static void check_shapes_in_child(const struct check_way *way, const struct op *op, const struct rung *rung,
                                  const int (*shapes)[MAX_SIZES], uint64_t seed)
{
    static char text[SHAPE_TEXT];
    struct check *all = &shared->result;
    shared_at = text;
    memory_on_failure(on_no_memory);
    signal(SIGXCPU, SIG_DFL); /* so that the parent sees what ended it */
    way->watch(on_fault);
    for (const int(*size)[MAX_SIZES] = shapes; **size; size++) {
        op_shape_text(op, *size, text);
        snprintf(all->why, sizeof all->why, "at %s it", text); /* judge_ending knows how it ended */
        shared->calling = 1;
        alarm(check_shape_seconds);
        struct check one = way->at(op, rung, *size, seed);
        shared->calling = 0;
        one.shapes += all->shapes;
        if (all->worst > one.worst) one.worst = all->worst;
        int wrong = one.verdict != CHECK_PASS;
        if (!wrong) one.verdict = CHECK_FAIL; /* until the last shape is done: an early death is a failure */
        *all = one;
        if (wrong) _exit(EXIT_WRONG);
    }
    all->verdict = CHECK_PASS;
    all->why[0] = '\0';
    _exit(EXIT_OK);
}

/* completes the sentence of a child that a rung ended without one: "at 5x6x7 it" */
static void say_how_it_ended(struct check *result, int code)
{
    size_t n = strlen(result->why);
    char *rest = result->why + n;
    if (code == 128 + SIGALRM)
        snprintf(rest, sizeof result->why - n, " ran for over %u s: an endless loop, or far too slow",
                 check_shape_seconds);
    else if (code > 128)
        snprintf(rest, sizeof result->why - n, " ended the process by signal %d (%s)", code - 128,
                 strsignal(code - 128));
    else
        snprintf(rest, sizeof result->why - n, " ended the process with exit code %d", code);
}

/* What ended the child from outside is not the rung's mistake: a limit on CPU time, the kernel's lack of memory, or an
 * oracle that takes too long. */
static void judge_ending(struct check *result, int code, int making, int calling)
{
    int number = code - 128; /* of the signal */
    if (result->verdict != CHECK_FAIL) return;
    if (number != SIGXCPU && number != SIGKILL && !(number == SIGALRM && making)) {
        if (calling) say_how_it_ended(result, code);
        return;
    }
    result->verdict = CHECK_RESOURCES;
    if (number == SIGXCPU)
        snprintf(result->why, sizeof result->why,
                 "out of time: the limit on CPU time (ulimit -t) ended the check");
    else if (number == SIGKILL)
        snprintf(result->why, sizeof result->why,
                 "out of memory or time: the system killed the check; try a smaller shape");
    else
        snprintf(result->why, sizeof result->why,
                 "out of time: the double oracle takes over %d s; try a smaller shape", ORACLE_SECONDS);
}

static struct check no_child(const char *what)
{
    struct check result = { .verdict = CHECK_RESOURCES };
    snprintf(result.why, sizeof result.why, "cannot start a process for the check: %s: %s", what,
             strerror(errno));
    return result;
}

struct check check_apart(const struct check_way *way, const struct op *op, const struct rung *rung,
                         const int (*shapes)[MAX_SIZES], uint64_t seed)
{
    struct check result;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        shared = NULL;
        return no_child("mmap");
    }
    *shared = (struct shared){ .result = { .verdict = CHECK_FAIL } };
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) check_shapes_in_child(way, op, rung, shapes, seed);
    if (child < 0) {
        result = no_child("fork");
    } else {
        int code = process_wait(child);
        result = shared->result;
        judge_ending(&result, code, shared->making, shared->calling);
    }
    munmap(shared, sizeof *shared);
    shared = NULL;
    return result;
}

struct check check_rung(const struct op *op, const struct rung *rung, const int *shape, uint64_t seed)
{
    static const struct check_way on_this_cpu = { guard_watch, check_rung_at };
    const char *lacks = rung_lacks(rung->needs);
    int only[2][MAX_SIZES] = { { 0 } };
    if (lacks) {
        struct check skipped = { .verdict = CHECK_SKIP };
        snprintf(skipped.why, sizeof skipped.why, "this machine has no %s", lacks);
        return skipped;
    }
    if (shape) memcpy(only[0], shape, (size_t)op->nsize * sizeof *shape);
    return check_apart(&on_this_cpu, op, rung, shape ? (const int(*)[MAX_SIZES])only : op->check_shapes,
                       seed);
}
