/* contracts.c - one small layer, y = tanh(x W^T + b), whose forward and backward break the rules of
 * the call in the ways that real ones do; see contracts.h. Most are right functions of their
 * arguments when called once. */
#include "contracts.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { N = 5, IN = 7, OUT = 3 };
enum { X, W, B };

enum rule {
    kept,
    f_accumulates,
    f_leaves_last,
    f_counts_calls,
    f_random,
    f_writes_input,
    f_borrows_input,
    f_reads_past_end,
    f_reads_before_start,
    f_caches_by_address,
    f_refuses_later,
    b_accumulates,
    b_reads_gradient,
    b_leaves_last,
    b_writes_past_end,
    b_writes_before_start,
    b_clears_too_much,
    b_reads_past_end,
    b_writes_output,
    b_writes_upstream,
    b_borrows_input,
    b_ignores_upstream,
    b_adds_constant,
    b_clips_upstream,
    b_normalizes,
    b_refuses_zero,
    b_uses_last_forward,
    b_keeps_pointer,
    b_caches_by_address,
    b_random,
    b_overwrites,
    b_varying_order,
    b_rarely_varying,
    d_endless,
    d_null,
    d_wild,
    d_exit,
    d_abort,
    d_divides,
    d_recurses,
    d_killed
};

struct layer {
    enum rule rule;
    int adds; /* the backward's contract is += */
};

#define is(r) (l->rule == (r))

/* What broken code keeps between calls. */
static int calls;
static const double *cached_address, *first_x;
static double cached[OUT * IN], last_y[N * OUT];

static double *writable(const gc_tensor *t)
{
    return t->data;
}

static double noise(void)
{
    static unsigned state = 1;
    state = state * 1664525u + 1013904223u;
    return state / 4294967296.0;
}

/* w, or what was seen at its address first */
static const double *by_address(const double *w)
{
    if (cached_address != w) {
        cached_address = w;
        memcpy(cached, w, sizeof cached);
    }
    return cached;
}

static double dot_row(const double *x, const double *w, double b)
{
    double sum = b;
    for (int i = 0; i < IN; i++) sum += x[i] * w[i];
    return sum;
}

static int break_forward(const struct layer *l, const gc_tensor *in, gc_tensor *out)
{
    double *x = writable(&in[X]), *w = writable(&in[W]), *y = out[0].data;
    volatile double seen = 0;
    calls++;
    if (is(f_writes_input)) x[3] *= 0.5;
    if (is(f_borrows_input)) seen = w[2], w[2] = 0, w[2] = seen;
    if (is(f_reads_past_end)) seen = *(volatile double *)(w + OUT * IN);
    if (is(f_reads_before_start)) seen = *(volatile double *)(x - 1);
    if (is(f_counts_calls)) y[0] += 1e-3 * calls;
    if (is(f_random)) y[0] += 1e-3 * noise();
    (void)seen;
    return is(f_refuses_later) && calls > 5;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct layer *l = ctx;
    const double *x = in[X].data, *w = in[W].data, *b = in[B].data;
    double *y = out[0].data;
    if (is(f_caches_by_address)) w = by_address(w);
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            if (is(f_leaves_last) && n == N - 1 && o == OUT - 1) break;
            double value = tanh(dot_row(x + n * IN, w + o * IN, b[o]));
            y[n * OUT + o] = is(f_accumulates) ? y[n * OUT + o] + value : value;
        }
    memcpy(last_y, y, sizeof last_y);
    return break_forward(l, in, out);
}

static int deep(volatile int *depth)
{
    volatile char frame[4096];
    frame[0] = (char)++*depth;
    return *depth > 0 ? deep(depth) + frame[0] : 0;
}

/* Ends the process, or never ends. (Sanitizers would end it first.) */
__attribute__((no_sanitize("undefined"))) static void die(const struct layer *l, const gc_tensor *in)
{
    volatile int zero = 0, depth = 1;
    double *volatile nowhere = NULL;
    while (is(d_endless)) zero = 0;
    if (is(d_null)) *nowhere = 1;
    if (is(d_wild)) writable(&in[X])[(size_t)1 << 40] = 1;
    if (is(d_exit)) exit(3);
    if (is(d_abort)) abort();
    if (is(d_divides)) depth = (int)in[X].dim[0] / zero;
    if (is(d_recurses)) depth = deep(&depth);
    if (is(d_killed)) raise(SIGKILL);
}

/* dz = dout * (1 - y y), with what goes wrong about the upstream gradient */
static void upstream(const struct layer *l, const gc_tensor *out, const gc_tensor *dout, double *dz)
{
    const double *y = is(b_uses_last_forward) ? last_y : (const double *)out[0].data, *dy = dout[0].data;
    double squares = 0;
    for (int k = 0; k < N * OUT; k++) squares += dy[k] * dy[k];
    for (int k = 0; k < N * OUT; k++) {
        double v = is(b_ignores_upstream) ? 1 : dy[k];
        if (is(b_adds_constant)) v += 1e-6;
        if (is(b_clips_upstream)) v = v > 1 ? 1 : v < -1 ? -1 : v;
        if (is(b_normalizes)) v = v / squares * squares;
        dz[k] = v * (1 - y[k] * y[k]);
    }
}

/* Writes or adds one element of a gradient, as the layer's contract or mistake has it. */
static void put(const struct layer *l, double *d, int i, double value)
{
    if ((l->adds && !is(b_overwrites)) || is(b_accumulates))
        d[i] += value;
    else
        d[i] = value;
}

/* What surrounds the gradients and should be left alone. */
static void break_backward(const struct layer *l, const gc_tensor *in, const gc_tensor *out,
                           const gc_tensor *dout, gc_tensor *din)
{
    double *dx = din[X].data, *dw = din[W].data, *db = din[B].data, *w = writable(&in[W]);
    volatile double seen = 0;
    if (is(b_writes_past_end)) ((volatile double *)dw)[OUT * IN + 1] = 0;
    if (is(b_writes_before_start)) ((volatile double *)dx)[-1] = 0;
    if (is(b_clears_too_much))
        for (int i = 0; i < N * (IN + 1); i++) ((volatile double *)dx)[i] = 0;
    if (is(b_reads_past_end)) seen = ((volatile double *)writable(&dout[0]))[N * OUT];
    if (is(b_writes_output)) writable(&out[0])[0] = 0;
    if (is(b_writes_upstream)) writable(&dout[0])[1] *= 2;
    if (is(b_borrows_input)) seen = w[2], w[2] = 0, w[2] = seen;
    if (is(b_reads_gradient)) dx[0] *= 0.5;
    if (is(b_random)) db[0] += 1e-3 * noise();
    (void)seen;
}

static void sum_rows(const struct layer *l, const double *x, const double *dz, double *dw, double *db)
{
    int call = calls++, first = is(b_varying_order) ? call % N : 0; /* as threads would finish */
    if (is(b_rarely_varying)) first = call % 8 == 2;
    for (int o = 0; o < OUT; o++) {
        double sum = 0;
        for (int n = 0; n < N; n++) sum += dz[(n + first) % N * OUT + o];
        if (!(is(b_leaves_last) && o == OUT - 1)) put(l, db, o, sum);
        for (int i = 0; i < IN; i++) {
            sum = 0;
            for (int n = 0; n < N; n++) sum += dz[n * OUT + o] * x[n * IN + i];
            put(l, dw, o * IN + i, sum);
        }
    }
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const struct layer *l = ctx;
    const double *x = in[X].data, *w = in[W].data, *dy = dout[0].data;
    double dz[N * OUT], old = ((double *)din[X].data)[0];
    die(l, in);
    if (!first_x) first_x = x;
    if (is(b_keeps_pointer)) x = first_x;
    if (is(b_caches_by_address)) w = by_address(w);
    if (is(b_refuses_zero) && fabs(dy[0]) <= 0) return 1;
    upstream(l, out, dout, dz);
    sum_rows(l, x, dz, din[W].data, din[B].data);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            double sum = 0;
            for (int o = 0; o < OUT; o++) sum += dz[n * OUT + o] * w[o * IN + i];
            put(l, din[X].data, n * IN + i, sum);
        }
    if (is(b_reads_gradient)) ((double *)din[X].data)[0] += old;
    break_backward(l, in, out, dout, din);
    return 0;
}

static const gc_tensor inputs[] = {
    { "x", NULL, GC_F64, 2, { N, IN }, GC_GRAD },
    { "W", NULL, GC_F64, 2, { OUT, IN }, GC_GRAD },
    { "b", NULL, GC_F64, 1, { OUT }, GC_GRAD },
};
static const gc_tensor output = { "y", NULL, GC_F64, 2, { N, OUT }, 0 };

/* clang-format off */
#define LAYER(title, breaks, adding)                                                                              \
    { .name = title, .nin = 3, .nout = 1, .in = inputs, .out = &output, .forward = forward, .backward = backward, \
      .accumulate = adding, .ctx = &(struct layer) { breaks, adding } }
#define ROW(breaks, words, verdict, word) { #breaks, words, LAYER(#breaks, breaks, 0), verdict, word, 0 }
/* clang-format on */
#define BROKEN(rule, words, word) ROW(rule, words, GC_CONTRACT_BROKEN, word)
#define DEAD(rule, words, word)   ROW(rule, words, GC_CRASH, word)

const struct zoo_contract zoo_contracts[] = {
    BROKEN(f_accumulates, "y += in the forward", "adds to its outputs"),
    BROKEN(f_leaves_last, "the last y is not written", "unwritten"),
    BROKEN(f_counts_calls, "y depends on the number of calls", "called again with the same inputs"),
    BROKEN(f_random, "a generator without a seed in the forward", "called again with the same inputs"),
    BROKEN(f_writes_input, "x is scaled in place", "forward writes to its input x"),
    BROKEN(f_borrows_input, "W is changed and put back", "forward wrote to its input W"),
    BROKEN(f_reads_past_end, "W[OUT * IN]", "forward read just past the end of W"),
    BROKEN(f_reads_before_start, "x[-1]", "forward read 8 bytes before the start of x"),
    BROKEN(f_caches_by_address, "W transposed once per address", "by address"),
    BROKEN(f_refuses_later, "an error code that stays", "refuses"),
    BROKEN(b_accumulates, "+= in the backward", "adds to it"),
    BROKEN(b_reads_gradient, "dx = value + old dx", "adds to it"),
    BROKEN(b_leaves_last, "the last db is not written", "never writes it"),
    BROKEN(b_writes_past_end, "dW[OUT * IN + 1]", "backward wrote 8 bytes past the end of dW"),
    BROKEN(b_writes_before_start, "dx[-1]", "before the start of dx"),
    BROKEN(b_clears_too_much, "dx cleared with a wider row", "past the end of dx"),
    BROKEN(b_reads_past_end, "dy[N * OUT]", "backward read just past the end of dy"),
    BROKEN(b_writes_output, "1 - y y in place", "backward wrote to its input y"),
    BROKEN(b_writes_upstream, "dy scaled in place", "backward wrote to its input dy"),
    BROKEN(b_borrows_input, "W is changed and put back", "backward wrote to its input W"),
    BROKEN(b_ignores_upstream, "dy taken as ones", "ignores dout"),
    BROKEN(b_adds_constant, "dy + 1e-6", "not linear in dout"),
    BROKEN(b_clips_upstream, "dy clipped to [-1,1]", "not linear in dout"),
    BROKEN(b_normalizes, "dy divided by its norm and multiplied again", "an upstream gradient of zeros"),
    BROKEN(b_refuses_zero, "an error code for dy = 0", "refuses"),
    BROKEN(b_keeps_pointer, "the pointer to x kept from the first call", "elsewhere in memory"),
    BROKEN(b_caches_by_address, "W copied once per address", "by address"),
    BROKEN(b_random, "a generator without a seed in the backward", "called again with the same arguments"),
    { "b_overwrites", "= where += is promised", LAYER("b_overwrites", b_overwrites, 1), GC_CONTRACT_BROKEN,
      "must add to d", 0 },
    { "d_endless", "a loop without an end", LAYER("d_endless", d_endless, 0), GC_CRASH,
      "did not return within", 1 },
    DEAD(d_null, "a null pointer", "null pointer"),
    DEAD(d_wild, "an index computed in the wrong unit", "crashed in backward"),
    DEAD(d_exit, "exit(3)", "status 3"),
    DEAD(d_abort, "abort()", "abort()"),
    DEAD(d_divides, "an integer divided by zero", "divided by zero"),
    DEAD(d_recurses, "recursion without an end", "stack overflowed"),
    DEAD(d_killed, "killed from outside", "signal 9"),
    ROW(kept, "the layer as it should be", GC_PASS, NULL),
    ROW(b_uses_last_forward, "y of the last forward in a static array: right just after it", GC_PASS, NULL),
    ROW(b_varying_order, "sums in another order each time, equal to rounding", GC_PASS, NULL),
    ROW(b_rarely_varying, "sums in another order in one call of eight", GC_PASS, NULL),
    { "kept, adding", "+= where it is promised", LAYER("kept, adding", kept, 1), GC_PASS, NULL, 0 },
    { NULL, NULL, { .name = NULL }, GC_PASS, NULL, 0 },
};
