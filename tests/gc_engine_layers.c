/* gc_engine_layers.c - problems of several tensors: the wrong one is named and no other; floats, refusals,
 * NaN, the complex step, and problems that are none. */
#include <complex.h>
#undef I

#include "gc_engine_made.h"

enum { N = 4, IN = 5, OUT = 3, SEEDS = 10 };

/* ---- y = tanh(x W + b), in both types ---- */

struct dense {
    int wrong;      /* this input's gradient is; -1: none */
    int how;        /* 0: 1 % too large, 1: NaN in one element, 2: not written */
    int other;      /* the complex forward takes the modulus somewhere */
    int refuse;     /* this many calls of the forward, then none */
    int reject_all; /* NaN from the forward */
    int writes;     /* the forward writes to its input */
    int calls;
    int accumulate;
};

static double at(const gc_tensor *t, size_t i)
{
    return t->dt == GC_F32 ? (double)((const float *)t->data)[i] : ((const double *)t->data)[i];
}

static void put(gc_tensor *t, size_t i, double v)
{
    if (t->dt == GC_F32)
        ((float *)t->data)[i] = (float)v;
    else
        ((double *)t->data)[i] = v;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct dense *d = ctx;
    if (d->calls++ < d->refuse) return 1;
    if (d->writes) put((gc_tensor *)(uintptr_t)&in[0], 1, 0.25);
    for (size_t n = 0; n < N; n++)
        for (size_t o = 0; o < OUT; o++) {
            double a = at(&in[2], o);
            for (size_t i = 0; i < IN; i++) a += at(&in[0], n * IN + i) * at(&in[1], i * OUT + o);
            put(&out[0], n * OUT + o, d->reject_all ? (double)NAN : tanh(a));
        }
    return 0;
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    const struct dense *d = ctx;
    double g[3][N * IN + IN * OUT + OUT] = { { 0 } };
    const size_t size[3] = { N * IN, IN * OUT, OUT };
    for (size_t n = 0; n < N; n++)
        for (size_t o = 0; o < OUT; o++) {
            double y = at(&out[0], n * OUT + o), da = at(&dout[0], n * OUT + o) * (1 - y * y);
            g[2][o] += da;
            for (size_t i = 0; i < IN; i++) {
                g[0][n * IN + i] += da * at(&in[1], i * OUT + o);
                g[1][i * OUT + o] += da * at(&in[0], n * IN + i);
            }
        }
    for (int t = 0; t < 3; t++)
        for (size_t i = 0; i < size[t]; i++) {
            double v = g[t][i];
            if (t == d->wrong && d->how == 0) v *= 1.01;
            if (t == d->wrong && d->how == 1 && i == 2) v = (double)NAN;
            if (t == d->wrong && d->how == 2 && i == size[t] - 1) continue;
            put(&din[t], i, v + (d->accumulate ? at(&din[t], i) : 0));
        }
    return 0;
}

static int forward_complex(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const struct dense *d = ctx;
    const double complex *x = in[0].data, *w = in[1].data, *b = in[2].data;
    double complex *y = out[0].data;
    for (size_t n = 0; n < N; n++)
        for (size_t o = 0; o < OUT; o++) {
            double complex a = b[o];
            for (size_t i = 0; i < IN; i++) a += x[n * IN + i] * w[i * OUT + o];
            y[n * OUT + o] = ctanh(d->other && o == 1 ? (creal(a) < 0 ? -1 : 1) * cabs(a) : a);
        }
    return 0;
}

struct layer {
    gc_tensor in[3], out[1];
    gc_problem p;
    struct dense d;
    gc_options o;
};

static void open_layer(struct layer *l, gc_dtype dt)
{
    *l = (struct layer){ .d = { .wrong = -1 }, .o = gc_defaults() };
    l->in[0] = (gc_tensor){ .name = "x", .dt = dt, .nd = 2, .dim = { N, IN }, .flags = GC_GRAD };
    l->in[1] = (gc_tensor){ .name = "W", .dt = dt, .nd = 2, .dim = { IN, OUT }, .flags = GC_GRAD };
    l->in[2] = (gc_tensor){ .name = "b", .dt = dt, .nd = 1, .dim = { OUT }, .flags = GC_GRAD };
    l->out[0] = (gc_tensor){ .name = "y", .dt = dt, .nd = 2, .dim = { N, OUT } };
    l->p =
        (gc_problem){ .name = "dense", .nin = 3, .nout = 1, .in = l->in, .out = l->out, .forward = forward };
    l->p.backward = backward, l->p.ctx = &l->d;
    l->o.fork = 0;
}

/* Checks, and expects a verdict and, if not NULL, a word of the reason. */
static gc_result *expect(struct layer *l, gc_verdict wanted, const char *word, const char *what)
{
    gc_result *r = gc_check(&l->p, &l->o);
    made_expect(r->verdict == wanted, r, "%s", what);
    made_expect(!word || strstr(r->reason, word), r, "%s: the reason lacks '%s'", what, word ? word : "");
    return r;
}

/* ---- one wrong tensor ---- */

static void naming(void)
{
    for (int wrong = -1; wrong < 3; wrong++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct layer l;
            open_layer(&l, GC_F64);
            l.d.wrong = wrong, l.o.seed = seed;
            gc_result *r = expect(&l, wrong < 0 ? GC_PASS : GC_FAIL, NULL, "one wrong tensor of three");
            for (int t = 0; t < 3; t++)
                made_expect((r->tensor[t].verdict == GC_FAIL) == (t == wrong), r, "tensor %s",
                            r->tensor[t].name);
            made_expect(r->backwards > 0 && r->forwards > 100 && r->points == 4, r, "counts");
            gc_free(r);
        }
}

static void not_a_number(void)
{
    for (int wrong = 0; wrong < 3; wrong++) {
        struct layer l;
        open_layer(&l, GC_F64);
        l.d.wrong = wrong, l.d.how = 1;
        gc_result *r = expect(&l, GC_FAIL, "NaN", "NaN in a gradient");
        for (int t = 0; t < 3; t++)
            made_expect((r->tensor[t].verdict == GC_FAIL) == (t == wrong), r, "NaN: tensor %s",
                        r->tensor[t].name);
        gc_free(r);
        l.d.how = 2, l.o.checks = GC_DIRECTION;
        gc_free(expect(&l, GC_CONTRACT_BROKEN, "never writes it", "an element that is not written"));
    }
}

static void contracts(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    l.o.checks = GC_DIRECTION | GC_ELEMENTS;
    l.d.accumulate = 1;
    gc_free(expect(&l, GC_CONTRACT_BROKEN, "adds to it", "adding without saying so"));
    l.p.accumulate = 1;
    gc_free(expect(&l, GC_PASS, NULL, "adding as said"));
    open_layer(&l, GC_F64);
    l.o.checks = GC_DIRECTION;
    l.d.writes = 1;
    gc_free(expect(&l, GC_CONTRACT_BROKEN, "writes to its input x", "a forward that writes to its input"));
}

/* ---- points that are refused ---- */

static void refusals(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    l.d.refuse = 2;
    gc_result *r = expect(&l, GC_PASS, NULL, "two calls refused");
    made_expect(r->refused == 2, r, "%d points were refused, not 2", r->refused);
    gc_free(r);
    l.d.calls = 0, l.d.refuse = 1 << 20;
    r = expect(&l, GC_INCONCLUSIVE, "refused", "every call refused");
    made_expect(r->points == 0 && gc_exit_code(r) == 2, r, "no point was looked at");
    gc_free(r);
    l.d.refuse = 0, l.d.reject_all = 1;
    gc_free(expect(&l, GC_INCONCLUSIVE, "NaN", "a forward that is NaN"));
}

/* ---- float ---- */

static void floats(void)
{
    struct layer l;
    open_layer(&l, GC_F32);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        l.o.seed = seed;
        l.d.wrong = -1;
        gc_result *r = gc_check(&l.p, &l.o);
        made_expect(r->verdict == GC_PASS || (r->verdict == GC_INCONCLUSIVE && strstr(r->reason, "double")),
                    r, "a right layer in float, seed %d", (int)seed);
        made_expect(r->f32_inside, r, "float is not noticed");
        gc_free(r);
        l.d.wrong = 1; /* by 1 %: seen through the rounding */
        r = expect(&l, GC_FAIL, NULL, "a layer in float, wrong by 1 %");
        made_expect(r->tensor[0].verdict != GC_FAIL && r->tensor[2].verdict != GC_FAIL, r,
                    "right tensors in float");
        gc_free(r);
    }
    /* float inputs, a double forward: sharp again, for the realised step is used */
    l.out[0].dt = GC_F64;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        l.o.seed = seed;
        l.d.wrong = -1;
        gc_free(expect(&l, GC_PASS, NULL, "float inputs, double outputs"));
        l.d.wrong = (int)(seed % 3);
        gc_free(expect(&l, GC_FAIL, NULL, "float inputs, double outputs, 1 % wrong"));
    }
}

/* ---- the complex step ---- */

static void complex_steps(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    l.p.forward_complex = forward_complex;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        l.o.seed = seed, l.o.checks = GC_STANDARD;
        l.d = (struct dense){ .wrong = -1 };
        gc_result *r = expect(&l, GC_PASS, NULL, "the complex step of a right layer");
        made_expect(r->checks & GC_COMPLEX, r, "the complex step was not run");
        gc_free(r);
        l.d.wrong = 1, l.o.checks = GC_COMPLEX;
        r = expect(&l, GC_FAIL, "complex step", "the complex step of a wrong layer");
        made_expect(r->tensor[0].verdict != GC_FAIL && r->tensor[2].verdict != GC_FAIL, r,
                    "complex step: right tensors");
        gc_free(r);
        l.d.wrong = -1, l.d.other = 1, l.o.checks = GC_STANDARD;
        gc_free(expect(&l, GC_INCONCLUSIVE, "not the same function", "a complex forward with a modulus"));
    }
}

/* ---- points of one's own ---- */

static double given_x[N * IN];

static int looks_at_x(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    struct dense *d = ctx;
    int same = !memcmp(in[0].data, given_x, sizeof given_x);
    if (d->calls == 0 && !same) d->other = 1; /* the first point is the caller's, to the last bit */
    if (d->calls > 0 && !same) d->writes = 1; /* and the others are not; here: they moved */
    d->calls++;
    struct dense plain = { .wrong = -1 };
    return forward(&plain, in, out);
}

static void given_data(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    made_fill(given_x, N * IN, 9);
    l.in[0].data = given_x;
    l.p.forward = looks_at_x;
    gc_free(expect(&l, GC_PASS, NULL, "given data"));
    made_expect(!l.d.other && l.d.writes, NULL, "the first point is given, the others are not");
    l.d = (struct dense){ .wrong = -1 };
    l.in[0].flags = GC_FIXED; /* no gradient, and no moving */
    l.p.backward = NULL;
    l.p.oracle = forward;
    gc_free(expect(&l, GC_PASS, NULL, "a forward and its oracle at fixed data"));
    made_expect(!l.d.writes, NULL, "fixed data stay");
}

/* ---- positive inputs: outside their domain the function refuses ---- */

static double entropy(const double *x, size_t n, void *ctx)
{
    double sum = 0;
    (void)ctx;
    for (size_t i = 0; i < n; i++) sum += x[i] * log(x[i]);
    return sum;
}

static void entropy_grad(const double *x, size_t n, double *g, void *ctx)
{
    for (size_t i = 0; i < n; i++) g[i] = log(x[i]) + *(const double *)ctx;
}

static void domains(void)
{
    const double x[] = { 1e-6, 0.3, 1e-3, 2, 1e4 };
    gc_options o = gc_defaults();
    double right = 1, wrong = 1.001;
    gc_result *r = gc_check_scalar(entropy, entropy_grad, x, 5, &right, &o);
    made_expect(r->verdict == GC_PASS, r, "x log x");
    gc_free(r);
    r = gc_check_scalar(entropy, entropy_grad, x, 5, &wrong, &o);
    made_expect(r->verdict == GC_FAIL, r, "x log x, wrong");
    gc_free(r);
}

/* ---- what is no problem ---- */

static void no_problems(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    l.in[0].dim[1] = 0;
    gc_free(expect(&l, GC_INCONCLUSIVE, "no elements", "a tensor without elements"));
    l.in[0].dim[1] = (size_t)-1;
    gc_free(expect(&l, GC_INCONCLUSIVE, "too many", "a tensor of SIZE_MAX elements"));
    open_layer(&l, GC_F64);
    l.in[0].dt = GC_I32, l.in[0].flags = 0;
    gc_free(expect(&l, GC_INCONCLUSIVE, "cannot be drawn", "integers without data"));
    l.in[0].flags = GC_GRAD;
    gc_free(expect(&l, GC_INCONCLUSIVE, "no gradient", "the gradient of integers"));
    open_layer(&l, GC_F64);
    l.in[0].flags = GC_FIXED;
    gc_free(expect(&l, GC_INCONCLUSIVE, "GC_FIXED", "fixed data that are not there"));
    open_layer(&l, GC_F64);
    l.p.no_upstream = 1;
    gc_free(expect(&l, GC_INCONCLUSIVE, "one element", "twelve losses"));
    open_layer(&l, GC_F64);
    l.p.nin = 40;
    gc_free(expect(&l, GC_INCONCLUSIVE, "40 inputs", "forty inputs"));
    open_layer(&l, GC_F64);
    l.p.forward = NULL, l.p.backward = NULL;
    gc_free(expect(&l, GC_INCONCLUSIVE, "neither", "no callbacks"));
    open_layer(&l, GC_F64);
    l.in[0].flags = l.in[1].flags = l.in[2].flags = 0;
    gc_free(expect(&l, GC_INCONCLUSIVE, "GC_GRAD", "no gradients wanted"));
    gc_result *r = gc_check(NULL, NULL);
    made_expect(r->verdict == GC_INCONCLUSIVE && *r->reason, r, "no problem at all");
    gc_free(r);
    r = gc_check_scalar(NULL, NULL, NULL, 0, NULL, NULL);
    made_expect(r->verdict == GC_INCONCLUSIVE && *r->reason, r, "no loss at all");
    gc_free(r);
    r = gc_check_scalar(entropy, entropy_grad, NULL, 0, NULL, NULL);
    made_expect(r->verdict == GC_INCONCLUSIVE && *r->reason, r, "a loss of nothing");
    gc_free(r);
}

/* ---- options ---- */

static int steps_told;
static double done_last;

static void progress(void *ctx, const char *what, double done)
{
    steps_told += *what != 0 && done >= done_last && ctx == &steps_told;
    done_last = done;
}

static void options(void)
{
    struct layer l;
    open_layer(&l, GC_F64);
    l.o.progress = progress, l.o.progress_ctx = &steps_told;
    l.o.rtol = (double)NAN, l.o.h = -1, l.o.n_points = -3, l.o.n_dir = 0, l.o.max_elem = 0, l.o.timeout_s = 0;
    gc_free(expect(&l, GC_PASS, NULL, "senseless options"));
    made_expect(steps_told > 4 && done_last >= 1, NULL, "progress was told %d times, last %g", steps_told,
                done_last);
    l.d.wrong = 0;
    gc_free(expect(&l, GC_FAIL, NULL, "senseless options, wrong gradient"));
    l.o = gc_defaults(), l.o.rtol = 0.05;
    gc_free(expect(&l, GC_PASS, NULL, "a tolerance of 5 % for an error of 1 %"));
    l.o = gc_defaults(), l.o.h = 1e-3;
    gc_free(expect(&l, GC_FAIL, NULL, "a first step of one's own"));
}

int main(void)
{
    naming();
    not_a_number();
    contracts();
    refusals();
    floats();
    complex_steps();
    given_data();
    domains();
    no_problems();
    options();
    return made_failures() != 0;
}
