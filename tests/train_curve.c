/* train_curve.c - does the training run of a small MLP on every rung follow the naive run's loss curve?
 *
 *     train_curve portable|avx2|avx512       the rungs that need just that; 77 if this machine lacks it
 *
 * How far may it stray? Rungs add the same numbers in another order, so every operation of every step rounds
 * otherwise, and what comes later amplifies it. The bound is made of three things:
 *
 * 1. One operation, by analysis. An output element is a sum of terms t; with K roundings on a term's way
 *    float misses it by at most K u sum|t|, u = 2^-24, in any order of summation: this is ops/op_common.c's
 *    own bound. Taking the roundings as independent and of mean 0 (Higham & Mary, SIAM J. Sci. Comput.
 *    41(5), 2019), the error's standard deviation is at most sqrt(K) u sum|t|, as K roundings, none larger
 *    than u sum|t|, add in squares.
 * 2. The growth, by experiment in double: RUNS copies of the run in double, in which every output element of
 *    every operation is moved up or down at random by just that standard deviation (Monte Carlo arithmetic:
 *    Parker, UCLA CSD-970002, 1997). So no rung's noise is larger anywhere than that of the copies. They have
 *    in them everything that makes errors grow, also the ReLUs that switch in one run and not in another,
 *    which no linear estimate sees. spread_t is the largest distance of their losses from the undisturbed
 *    double run, over all copies and all steps up to t.
 * 3. A factor of 4, because RUNS copies do not show the extremes: the largest of eight normal deviates is
 *    beyond 0.8 standard deviations with a probability of 0.99, and 4 times that is beyond 3; in fact sum|t|
 *    overestimates the partial sums that are rounded, so right rungs stay far inside.
 *
 * Both float runs are then within B_t = 4 spread_t of the double run, hence within 2 B_t of each other. Wrong
 * rungs are shown to leave that band.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../optimized/team.h"
#include "../reference/philox.h"
#include "../reference/reference.h"
#include "../train/optimizer.h"
#include "network_made.h"

enum { LAYERS = 3, N = 33, IN = 60, CLASSES = 10, STEPS = 200, RUNS = 8 };
static const int size[LAYERS + 1] = { IN, 49, 23, CLASSES }; /* off every tile */
static const float lr = 0.1f;

/* ---- the examples: ten clouds, a fresh batch for every step ---- */

struct batch {
    float x[N * IN];
    double x64[N * IN];
    int label[N];
};

static struct batch *batches; /* (STEPS) */

static void make_batches(void)
{
    static float center[CLASSES * IN];
    batches = memory_need(STEPS, sizeof *batches);
    philox_uniform(1, 1000, CLASSES * IN, -1, 1, center);
    for (int t = 0; t < STEPS; t++) {
        struct batch *b = &batches[t];
        philox_uniform(1, 2000 + (uint64_t)t, N * IN, -2, 2, b->x);
        for (int n = 0; n < N; n++) {
            b->label[n] = (int)(philox_word(2, (uint64_t)t, (uint64_t)n) % CLASSES);
            for (int i = 0; i < IN; i++) b->x[n * IN + i] += center[b->label[n] * IN + i];
        }
        for (int k = 0; k < N * IN; k++) b->x64[k] = (double)b->x[k];
    }
}

/* ---- the run in double ---- */

struct run64 {
    size_t params, act;
    double *param, *dparam, *a, *da, *p; /* as in reference/mlp.c                     */
    double *bound;                       /* of the operation at hand                  */
    uint64_t seed, noise;                /* of the disturbance, 0: none; words used up */
};

static struct run64 run64_make(const float *start, uint64_t seed)
{
    struct run64 r = { .params = mlp_params_f64(LAYERS, size),
                       .act = N * mlp_neurons_f64(LAYERS, size),
                       .seed = seed };
    size_t most = r.params > r.act ? r.params : r.act;
    r.param = memory_need(r.params, sizeof(double)), r.dparam = memory_need(r.params, sizeof(double));
    r.a = memory_need(r.act, sizeof(double)), r.da = memory_need(r.act, sizeof(double));
    r.p = memory_need(N * CLASSES, sizeof(double)), r.bound = memory_need(most, sizeof(double));
    for (size_t k = 0; k < r.params; k++) r.param[k] = (double)start[k];
    return r;
}

static void run64_free(struct run64 *r)
{
    free(r->param), free(r->dparam), free(r->a), free(r->da), free(r->p), free(r->bound);
}

/* x (n) moved by bound / divisor, up or down */
static void shake(struct run64 *r, size_t n, double divisor, double *x)
{
    uint32_t word = 0;
    for (size_t k = 0; k < n; k++) {
        if (k % 32 == 0) word = philox_word(r->seed, 0, r->noise++);
        x[k] += (word >> k % 32 & 1 ? r->bound[k] : -r->bound[k]) / divisor;
    }
}

/* Computes an operation in double and disturbs its outputs as float rounding might: a sum of K roundings by
 * the bound / sqrt(K); the softmax, whose bound is no sum of many, by the whole of it. */
static void operate(struct run64 *r, const char *name, int s0, int s1, int s2, void *const *buf)
{
    const int sizes[MAX_SIZES] = { s0, s1, s2 };
    const struct op *op = op_find(name);
    double K = op->kind == OP_PRODUCT ? op->terms(sizes) + 1 : 1;
    op_f64(op, sizes, buf);
    for (int a = 0; a < op->narg && r->seed; a++) {
        if (op->arg[a].access != ARG_OUT) continue;
        op->bound(op, sizes, buf, a, rung_precision(NEED_NONE), r->bound);
        shake(r, op_elements(op, a, sizes), sqrt(K), buf[a]);
    }
}

/* mlp_forward, operation by operation; the ReLU apart, so that the noise comes before it as rounding does */
static double forward64(struct run64 *r, struct batch *b)
{
    double *a = b->x64, *w = r->param, *z = r->a, loss;
    for (int l = 0; l < LAYERS; l++) {
        int in = size[l], out = size[l + 1];
        double *bias = w + (size_t)out * (size_t)in;
        operate(r, "dense_forward", N, in, out, (void *[]){ a, w, bias, z });
        if (l < LAYERS - 1) relu_forward_f64(N * out, z, z);
        a = z;
        z += (size_t)N * (size_t)out;
        w = bias + out;
    }
    operate(r, "softmax_xent_forward", N, CLASSES, 0, (void *[]){ a, b->label, r->p, &loss });
    return loss;
}

/* mlp_backward, likewise */
static void backward64(struct run64 *r, struct batch *b)
{
    double one = 1;
    size_t at = r->act - N * CLASSES, wat = r->params;
    operate(r, "softmax_xent_backward", N, CLASSES, 0, (void *[]){ r->p, b->label, &one, r->da + at });
    for (int l = LAYERS - 1; l >= 0; l--) {
        int in = size[l], out = size[l + 1];
        double *dz = r->da + at;
        wat -= (size_t)out * ((size_t)in + 1);
        at -= l > 0 ? (size_t)N * (size_t)in : 0;
        double *a = l > 0 ? r->a + at : b->x64, *dw = r->dparam + wat;
        operate(r, "dense_backward_dw", N, in, out, (void *[]){ a, dz, dw, dw + (size_t)out * (size_t)in });
        if (l == 0) break;
        operate(r, "dense_backward_dx", N, in, out, (void *[]){ r->param + wat, dz, r->da + at });
        relu_backward_f64(N * in, a, r->da + at, r->da + at);
    }
}

/* w - lr dw: three roundings at most, none larger than |w| + 2 lr |dw| */
static void update64(struct run64 *r)
{
    const double u = 0x1p-24, rate = (double)lr;
    for (size_t k = 0; k < r->params; k++)
        r->bound[k] = 3 * u * (fabs(r->param[k]) + 2 * rate * fabs(r->dparam[k]));
    mlp_update_f64(LAYERS, size, r->dparam, r->param, rate);
    if (r->seed) shake(r, r->params, 1, r->param);
}

/* loss (STEPS) of a run in double; seed 0: undisturbed */
static void run_double(const float *start, uint64_t seed, double *loss)
{
    struct run64 r = run64_make(start, seed);
    for (int t = 0; t < STEPS; t++) {
        loss[t] = forward64(&r, &batches[t]);
        backward64(&r, &batches[t]);
        update64(&r);
    }
    run64_free(&r);
}

/* loss (STEPS) of the undisturbed double run, bound (STEPS): B */
static void make_bound(const float *start, double *loss, double *bound)
{
    const double factor = 4;
    static double moved[STEPS], spread[STEPS];
    run_double(start, 0, loss);
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        run_double(start, seed, moved);
        for (int t = 0; t < STEPS; t++) spread[t] = fmax(spread[t], fabs(moved[t] - loss[t]));
    }
    for (int t = 0; t < STEPS; t++) {
        if (t) spread[t] = fmax(spread[t], spread[t - 1]);
        bound[t] = factor * spread[t];
    }
}

/* ---- the runs in float ---- */

struct run32 {
    struct netfile file;
    struct network net;
    struct optimizer optimizer;
};

static void make_run(struct run32 *r, const char *level)
{
    char error[ERROR_TEXT];
    made_mlp(&r->file, LAYERS, size);
    if (!network_make(&r->net, &r->file, N, level, error)) {
        printf("FAIL: %s\n", error);
        exit(1);
    }
    optimizer_make(&r->optimizer, &r->file, &r->net, level);
    network_init(&r->net, 4);
}

static void free_run(struct run32 *r)
{
    optimizer_free(&r->optimizer);
    network_free(&r->net);
}

static void run_float(struct run32 *r, float *loss)
{
    network_init(&r->net, 4);
    for (int t = 0; t < STEPS; t++) {
        loss[t] = network_forward(&r->net, N, batches[t].x, batches[t].label);
        network_backward(&r->net, N);
        optimizer_begin(&r->optimizer, (struct moment){ .epochs = 1, .step = t, .steps = STEPS });
        optimizer_step(&r->optimizer);
    }
}

/* the largest |a - b| as a fraction of times * bound; NaN if there is one */
static double worst(const float *a, const float *b, double times, const double *bound)
{
    double most = 0;
    for (int t = 0; t < STEPS; t++) {
        double part = fabs((double)a[t] - (double)b[t]) / (times * bound[t]);
        if (!(part <= most)) most = part;
    }
    return most;
}

static int failed;

static void verdict(const char *name, double part, int should_pass)
{
    int pass = part <= 1;
    failed |= pass != should_pass;
    printf("%s  %-28s strays by %.2g of the bound\n", pass == should_pass ? "ok  " : "FAIL", name, part);
}

/* one height with one thread and with three: within the band, and the same bits */
static void check_level(const char *name, const float *naive, const double *bound)
{
    static float loss[STEPS], again[STEPS];
    static struct run32 run;
    make_run(&run, name);
    size_t bytes = run.net.params * sizeof(float);
    run_float(&run, loss);
    verdict(name, worst(loss, naive, 2, bound), 1);
    float *param = memory_need(bytes, 1);
    memcpy(param, run.net.param, bytes);
    team_use(3);
    run_float(&run, again);
    team_use(1);
    if (memcmp(loss, again, sizeof loss) || memcmp(param, run.net.param, bytes)) {
        failed = 1;
        printf("FAIL  %s: three threads give different bits from one\n", name);
    }
    free(param);
    free_run(&run);
}

/* ---- wrong rungs ---- */

static float coarse(float x) /* eight bits of mantissa are left, as in bfloat16 */
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= 0xffff0000u;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void dw_low_precision(int n, int in, int out, const float *x, const float *dy, float *dw, float *db)
{
    dense_backward_dw_f32(n, in, out, x, dy, dw, db);
    for (int k = 0; k < in * out; k++) dw[k] = coarse(dw[k]);
}

static void dw_without_last_example(int n, int in, int out, const float *x, const float *dy, float *dw,
                                    float *db)
{
    dense_backward_dw_f32(n - 1, in, out, x, dy, dw, db);
}

static void dw_without_db(int n, int in, int out, const float *x, const float *dy, float *dw, float *db)
{
    dense_backward_dw_f32(n, in, out, x, dy, dw, db);
    for (int o = 0; o < out; o++) db[o] = 0;
}

static void dw_without_tail(int n, int in, int out, const float *x, const float *dy, float *dw, float *db)
{
    dense_backward_dw_f32(n, in, out, x, dy, dw, db);
    for (int o = 0; o < out; o++) dw[o * in + in - 1] = 0;
}

static void dx_without_mask(int n, int in, int out, const float *a, const float *w, const float *dy,
                            float *dz)
{
    (void)a;
    dense_backward_dx_f32(n, in, out, w, dy, dz);
}

static void forward_low_precision(int n, int in, int out, const float *x, const float *w, const float *b,
                                  float *y)
{
    dense_relu_forward_f32(n, in, out, x, w, b, y);
    for (int k = 0; k < n * out; k++) y[k] = coarse(y[k]);
}

static void sgd_faster(int n, const float *dw, float *w, float rate)
{
    sgd_step_f32(n, dw, w, rate * 1.001f);
}

static void xent_nan(int n, int c, const float *p, const int *label, const float *dloss, float *dz)
{
    softmax_xent_backward_f32(n, c, p, label, dloss, dz);
    dz[0] = NAN;
}

static void check_wrong(const float *naive, const double *bound)
{
    static float loss[STEPS];
    static struct run32 run;
    static const struct {
        const char *what, *op;
        any_fn *run;
    } wrong[] = {
        { "dw with 8 bits", "dense_backward_dw", (any_fn *)dw_low_precision },
        { "dw without the last example", "dense_backward_dw", (any_fn *)dw_without_last_example },
        { "dw without db", "dense_backward_dw", (any_fn *)dw_without_db },
        { "dw without its last column", "dense_backward_dw", (any_fn *)dw_without_tail },
        { "dx without the ReLU's mask", "dense_relu_backward_dx", (any_fn *)dx_without_mask },
        { "forward with 8 bits", "dense_relu_forward", (any_fn *)forward_low_precision },
        { "a rate larger by 0.1 %", NULL, (any_fn *)sgd_faster },
        { "one NaN", "softmax_xent_backward", (any_fn *)xent_nan },
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        make_run(&run, "naive");
        if (wrong[k].op)
            made_replace(&run.net, wrong[k].op, wrong[k].run);
        else
            run.optimizer.run = wrong[k].run;
        run_float(&run, loss);
        verdict(wrong[k].what, worst(loss, naive, 2, bound), 0);
        free_run(&run);
    }
}

/* ---- */

static int needs_of(const char *isa)
{
    return !strcmp(isa, "portable") ? NEED_NONE
           : !strcmp(isa, "avx2")   ? NEED_AVX2
           : !strcmp(isa, "avx512") ? NEED_AVX512
                                    : -1;
}

static int rungs_that_need(unsigned needs)
{
    int n = 0;
    for (const struct rung *r = op_find("dense_forward")->cpu; r->name; r++) n += r->needs == needs;
    return n;
}

static void check_all(unsigned needs)
{
    static float naive[STEPS], exact[STEPS];
    static double loss64[STEPS], bound[STEPS];
    make_batches();
    static struct run32 run;
    make_run(&run, "naive");
    make_bound(run.net.param, loss64, bound);
    run_float(&run, naive);
    free_run(&run);
    printf("loss %.4f -> %.4f; B grows from %.2g to %.2g\n", loss64[0], loss64[STEPS - 1], bound[0],
           bound[STEPS - 1]);
    for (int t = 0; t < STEPS; t++) exact[t] = (float)loss64[t];
    verdict("naive against double", worst(naive, exact, 1, bound), 1);
    for (const struct rung *r = op_find("dense_forward")->cpu; r->name; r++)
        if (r->needs == needs) check_level(r->name, naive, bound);
    if (needs == NEED_NONE) check_wrong(naive, bound);
    free(batches);
}

int main(int argc, char **argv)
{
    int needs = argc == 2 ? needs_of(argv[1]) : -1;
    if (needs < 0) {
        fprintf(stderr, "usage: train_curve portable|avx2|avx512\n");
        return 64;
    }
    const char *lacks = rung_lacks((unsigned)needs);
    if (lacks || !rungs_that_need((unsigned)needs)) {
        printf("skipped: %s %s\n", lacks ? "this machine has no" : "no rung needs", lacks ? lacks : argv[1]);
        return 77;
    }
    team_use(1);
    check_all((unsigned)needs);
    return failed;
}
