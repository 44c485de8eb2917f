/* known_optimizers.c - known answers of the optimizers' steps: five steps as PyTorch 2.15.0 and optax 0.2.8
 * made them in double, and the first steps by which frameworks differ, each by one call of ours.
 *
 * The gradients of the five steps are floats, so that float and double have the same ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../reference/reference.h"
#include "step_checks.h"

static int failed, passed;

static void near(double got, double want, double bound, const char *op, const char *what)
{
    int ok = fabs(got - want) <= bound;
    if (!ok) printf("NOT OK  %s, %s: got %.17g, expected %.17g\n", op, what, got, want);
    failed += !ok;
    passed += ok;
}

/* ---- five steps ---- */

enum { WEIGHTS = 3, STEPS = 5 };

static const float start[WEIGHTS] = { 1, -0.5F, 0 };
static const float gradient[STEPS][WEIGHTS] = { { 0.5F, -1, 0x1p-23F },
                                                { 0.25F, -2, 0 },
                                                { -1, 0.5F, -5 * 0x1p-24F },
                                                { 2, 1, 0x1p-13F },
                                                { 0.125F, -0.25F, 0x1p-23F } };

/* the weights after the five steps; of schedule-free AdamW those are where the gradient is taken */
static const struct walked {
    const char *op, *by;
    double w[WEIGHTS];
} walked[] = {
    { "sgd_step lr=0.1", "torch SGD", { 0.8125, -0.32499999999999996, -1.220107078552246e-05 } },
    { "momentum_step lr=0.1",
      "torch SGD",
      { 0.58777000000000013, 0.29680999999999996, -2.3173333406448368e-05 } },
    { "momentum_step lr=0.1 nesterov=1",
      "torch SGD",
      { 0.44149299999999997, 0.39212900000000006, -3.3057070851325992e-05 } },
    { "rmsprop_step", "torch RMSprop", { 0.85019554956777577, -0.36268796383389446, -0.083530575121362208 } },
    { "rmsprop_step lr=0.1 alpha=0.9",
      "torch RMSprop",
      { 0.52067040085233618, -0.07373475590860698, -0.29587278219348895 } },
    { "rmsprop_step centered=1",
      "torch RMSprop",
      { 0.8490399107049731, -0.3615451972893983, -0.08409470212273235 } },
    { "rmsprop_step mu=0.9",
      "torch RMSprop",
      { 0.502519224782809, 0.09133492389581066, -0.22059054990607443 } },
    { "rmsprop_step lr=0.1 alpha=0.9 eps=1e-6 centered=1 mu=0.8",
      "torch RMSprop",
      { -0.44246373597077987, 1.1443398807721854, -0.5567570067572416 } },
    { "rmsprop_step eps_inside=1 centered=1",
      "optax rmsprop",
      { 0.849040138668145, -0.36154524065582017, -0.012111925594339006 } },
    { "adagrad_step", "torch Adagrad", { 0.98503783098305797, -0.48624286980333514, -0.010719466052802046 } },
    { "adadelta_step",
      "torch Adadelta",
      { 0.9929546248801272, -0.49604171279644649, -0.00012191986870373959 } },
    { "adadelta_step lr=0.5 rho=0.95",
      "torch Adadelta",
      { 0.99503768464088849, -0.49716601821703138, -6.0982630358741591e-05 } },
    { "adam_step", "torch Adam", { 0.9974694556177115, -0.4970067860233286, -0.0022121706090538567 } },
    { "adam_step", "optax adam", { 0.9974694556177115, -0.4970067860233286, -0.0022121706090538562 } },
    { "adamw_step", "torch AdamW", { 0.99741952465881989, -0.49698186934158978, -0.0022121175440304509 } },
    { "adamw_step lr=0.1 beta1=0.8 beta2=0.99 wd=0.5",
      "torch AdamW",
      { 0.55505871060597012, -0.14744313666226386, -0.19829169878602995 } },
    { "amsgrad_step lr=0.1 beta1=0.8 beta2=0.9",
      "torch Adam, amsgrad",
      { 0.75355171425613687, -0.2244103842768716, -0.21313700898161869 } },
    { "nadam_step", "torch NAdam", { 0.99632069677122925, -0.49678511046494794, -0.0027788705242907975 } },
    { "nadam_step lr=0.1 beta1=0.8 beta2=0.99 momentum_decay=0.1",
      "torch NAdam",
      { 0.79784774282912174, -0.32696739215327025, -0.15577889981352375 } },
    { "nadam_step lr=1 momentum_decay=1000000",
      "optax nadam",
      { -1.8446814707693178, 2.6872224092152681, -2.3110841220246239 } },
    { "lion_step", "optax lion", { 0.99970000000000003, -0.49990000000000001, -0.00030000000000000003 } },
    { "lion_step lr=0.1 wd=0.1", "optax lion", { 0.6569105489, -0.37941552395000006, -0.29407950100000002 } },
    { "schedule_free_step",
      "optax schedule_free_adamw",
      { 0.99654220183543729, -0.49627643786157127, -0.0021654403290655541 } },
    { "schedule_free_step lr=0.1 wd=0.1",
      "optax schedule_free_adamw",
      { 0.83243484694058201, -0.3383428195065562, -0.084933197595793611 } },
    { "schedule_free_step lr=0.0625 beta1=0.8 beta2=0.99 wd=0.1",
      "optax schedule_free_adamw",
      { 0.88945666052379957, -0.39908639316899253, -0.056889688930093329 } },
};

static const struct op *op_of(const char *name)
{
    const struct op *op = op_find_with(name);
    if (!op) failed++, printf("NOT OK  there is no %s\n", name);
    return op;
}

static void begin(struct walk *walk, const struct op *op)
{
    walk_begin(walk, op, NULL, WEIGHTS);
    for (int k = 0; k < WEIGHTS; k++) walk_put(walk, 1, k, start[k]);
}

static void check_walk(const char *name, const char *by, const struct walk *walk, int a, const double *want)
{
    for (int k = 0; k < WEIGHTS; k++) near(walk_value(walk, a, k), want[k], 4e-15, name, by);
}

static void check_walks(void)
{
    for (size_t i = 0; i < sizeof walked / sizeof *walked; i++) {
        struct walk walk;
        begin(&walk, op_of(walked[i].op));
        for (int t = 1; t <= STEPS; t++) walk_step(&walk, t, gradient[t - 1]);
        check_walk(walked[i].op, walked[i].by, &walk, 1, walked[i].w);
    }
}

/* PyTorch's velocity begins with the first gradient, whatever the dampening */
static void check_dampening(void)
{
    static const double torch[] = { 0.69150749999999994, 0.10316, -1.1611075401306153e-05 };
    struct walk walk;
    begin(&walk, op_of("momentum_step lr=0.1"));
    for (int t = 1; t <= STEPS; t++) {
        walk_set(&walk, "dampening", t == 1 ? 0 : 0.5);
        walk_step(&walk, t, gradient[t - 1]);
    }
    check_walk("momentum_step dampening=0.5", "torch SGD", &walk, 1, torch);
}

static const double rates[] = { 0.1, 0.05, 0.2, 0.1, 0.01 };

static void check_rates(const char *op, const char *by, const double *torch)
{
    struct walk walk;
    begin(&walk, op_of(op));
    for (int t = 1; t <= STEPS; t++) {
        walk_set(&walk, "lr", rates[t - 1]);
        walk_step(&walk, t, gradient[t - 1]);
    }
    check_walk(op, by, &walk, 1, torch);
}

static void check_five_rates(void)
{
    static const double sgd[] = { 0.80604699999999996, 0.26749099999999998, -1.3264085173606873e-05 };
    static const double rmsprop[] = { -2.6391096303424346, 5.130219417348444, -1.07829574483519 };
    check_rates("momentum_step", "torch SGD, five rates", sgd);
    check_rates("rmsprop_step mu=0.9", "torch RMSprop, five rates", rmsprop);
}

/* optax keeps the rate of its own step in the velocity: u = mu u + lr step, which is our velocity without a
 * rate, of steps that have one */
static void check_rate_in_velocity(void)
{
    static const double optax[] = { -0.783116734361075, 3.1882605873428167, -0.28453278834623763 };
    struct walk steps;
    double w[WEIGHTS], velocity[WEIGHTS] = { 0 };
    begin(&steps, op_of("rmsprop_step"));
    for (int k = 0; k < WEIGHTS; k++) w[k] = (double)start[k];
    for (int t = 1; t <= STEPS; t++) {
        for (int k = 0; k < WEIGHTS; k++) walk_put(&steps, 1, k, 0);
        walk_set(&steps, "lr", rates[t - 1]);
        walk_step(&steps, t, gradient[t - 1]);
        for (int k = 0; k < WEIGHTS; k++) {
            velocity[k] = 0.9 * velocity[k] + walk_value(&steps, 1, k);
            w[k] += velocity[k];
        }
    }
    for (int k = 0; k < WEIGHTS; k++)
        near(w[k], optax[k], 1e-7, "rmsprop_step mu=0.9", "optax, five rates in float");
}

/* torch's initial_accumulator_value is what v holds before the first step */
static void check_accumulator(void)
{
    static const double torch[] = { 0.88025482377631092, -0.36563158740223944, -2.967994892736779e-05 };
    struct walk walk;
    begin(&walk, op_of("adagrad_step lr=0.1 lr_decay=0.1"));
    for (int k = 0; k < WEIGHTS; k++) walk.wide[2][k] = 0.1;
    for (int t = 1; t <= STEPS; t++) walk_step(&walk, t, gradient[t - 1]);
    check_walk("adagrad_step, v from 0.1", "torch Adagrad", &walk, 1, torch);
}

/* what schedule-free AdamW is evaluated with */
static void check_average(void)
{
    static const double optax[] = { 0.89994266439852311, -0.39756772870260754, -0.04968803292919894 };
    struct walk walk;
    begin(&walk, op_of("schedule_free_step lr=0.0625 beta1=0.8 beta2=0.99 wd=0.1"));
    for (int t = 1; t <= STEPS; t++) walk_step(&walk, t, gradient[t - 1]);
    check_walk("schedule_free_step, x", "optax schedule_free_eval_params", &walk, 4, optax);
}

/* optax's warm-up weighs step t with the rate of step t, and takes that of step t - 1: the first is none */
static void check_warmup(void)
{
    static const double optax[] = { 0.95322214308601461, -0.52042940017735151, -0.040098638985617295 };
    struct walk walk;
    begin(&walk, op_of("schedule_free_step warmup=4"));
    for (int t = 1; t <= STEPS; t++) {
        walk_set(&walk, "lr", 0.1 * fmin(1, (t - 1) / 4.0) / fmin(1, t / 4.0));
        walk_step(&walk, t, gradient[t - 1]);
    }
    for (int k = 0; k < WEIGHTS; k++) /* its rates are floats */
        near(walk_value(&walk, 1, k), optax[k], 1e-8, "schedule_free_step warmup=4", "optax, a step late");
}

/* ---- the same name, other numbers: the first step of a weight at 0, with a rate of 1 ----
 *
 * Each is one call of an operation; what a framework has as a default of its own is a scalar, or a first
 * value of the state. Measured in float: the last figure is theirs. */

static const struct first {
    const char *by, *op;
    double gradient, v; /* v: before the step */
    double step, within;
} firsts[] = {
    { "PyTorch, Paddle: Adam", "adam_step lr=1 t=1", 1, 0, 0.9999999, 1e-7 },
    { "Keras: eps 1e-7 beside the uncorrected root: 1e-7 / sqrt(1 - 0.999)",
      "adam_step lr=1 eps=3.16227766e-6 t=1", 1, 0, 0.99999, 1e-5 },
    { "MLX: no bias correction, as after many steps", "adam_step lr=1 t=1000000000", 1, 0, 3.16, 0.005 },
    { "optax: a gradient of eps", "adam_step lr=1 t=1", 1e-8, 0, 0.5, 1e-7 },
    { "Paddle: a gradient of eps = 1e-7", "adam_step lr=1 eps=1e-7 t=1", 1e-7, 0, 0.5, 1e-7 },
    { "Keras: a gradient of eps = 1e-7", "adam_step lr=1 eps=3.16227766e-6 t=1", 1e-7, 0, 0.031, 5e-4 },
    { "PyTorch, MXNet, Paddle: NAdam", "nadam_step lr=1 t=1", 1, 0, 1.0565, 5e-5 },
    { "Keras: NAdam whose mu(t) is beta1 (1 - 0.96^t / 2)", "nadam_step lr=1 momentum_decay=1 t=1", 1, 0,
      1.0628, 5e-5 },
    { "optax: NAdam whose mu is beta1", "nadam_step lr=1 momentum_decay=1000000 t=1", 1, 0, 1.474, 5e-4 },
    { "optax: RMSprop, alpha 0.9", "rmsprop_step lr=1 alpha=0.9", 1, 0, 3.16, 0.005 },
    { "PyTorch: RMSprop, alpha 0.99", "rmsprop_step lr=1", 1, 0, 9.99999905, 1e-6 },
    { "Keras: eps 1e-7 inside the root", "rmsprop_step lr=1 alpha=0.9 eps=1e-7 eps_inside=1", 1e-4, 0, 0.31,
      0.005 },
    { "optax: AdaGrad from 0.1", "adagrad_step lr=1 t=1", 1, 0.1, 0.9535, 5e-5 },
    { "PyTorch: AdaGrad from 0", "adagrad_step lr=1 t=1", 1, 0, 1, 1e-7 },
    { "PyTorch: Adadelta", "adadelta_step lr=1", 1, 0, 0.00316226203, 1e-9 },
    { "optax: Lion", "lion_step lr=1", 1, 0, 1, 0 },
};

/* how far one call moves a weight at 0 */
static double first_call(const char *name, double g, double v)
{
    const struct op *op = op_of(name);
    const int size[MAX_SIZES] = { 1 };
    float arg[MAX_ARGS] = { (float)g };
    void *buf[MAX_ARGS];
    for (int a = 0; a < op->narg; a++) {
        buf[a] = &arg[a];
        if (!strcmp(op->arg[a].name, "v")) arg[a] = (float)v;
    }
    op_call(op, op->cpu->run, size, buf);
    return -(double)arg[1];
}

static void check_firsts(void)
{
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        const struct first *f = &firsts[i];
        near(first_call(f->op, f->gradient, f->v), f->step, f->within, f->op, f->by);
    }
}

/* Two first steps that no scalar gives: betas that are floats, in one of two places alone. optax takes the
 * corrections from 0.9F and 0.999F, MXNet the means. */
static double adam_of_floats(double beta1, double beta2, double c1, double c2)
{
    double m = 1 - beta1, v = 1 - beta2;
    return m / c1 / (sqrt(v / c2) + 1e-8);
}

static void check_float_betas(void)
{
    const double b1 = (double)0.9F, b2 = (double)0.999F;
    near(adam_of_floats(0.9, 0.999, 1 - b1, 1 - b2), 0.9999933, 1e-7, "Adam", "optax: corrections of floats");
    near(adam_of_floats(b1, b2, 1 - 0.9, 1 - 0.999), 1.0000062, 5e-7, "Adam", "MXNet: means of floats");
}

/* The rate falls from 1 to 0.1 before the second step, whose gradient is 0. Keras keeps what the rate was
 * when a gradient came: m = mu m + lr dw, which is 1 - dampening for lr, and a rate of 1. */
static void check_rate_inside(void)
{
    const char *const forms[] = { "PyTorch: the rate outside", "Keras: the rate inside" };
    const double step[] = { 0.09, 0.9 };
    for (int inside = 0; inside < 2; inside++) {
        struct walk walk;
        const float one = 1, none = 0;
        walk_begin(&walk, op_of("momentum_step lr=1"), NULL, 1);
        walk_step(&walk, 1, &one);
        walk_set(&walk, inside ? "dampening" : "lr", inside ? 0.9 : 0.1);
        double before = walk_value(&walk, 1, 0);
        walk_step(&walk, 2, &none);
        near(before - walk_value(&walk, 1, 0), step[inside], 1e-15, "momentum_step", forms[inside]);
    }
}

/* (3, 4) clipped to a norm of 5 */
static void check_clip(void)
{
    float dw[] = { 3, 4 }, norm;
    clip_norm_f32(2, dw, &norm, 5, 1e-6);
    near((double)dw[0], 2.9999993, 3e-7, "clip_norm", "PyTorch: 3 of (3, 4)");
    near((double)dw[1], 3.99999905, 3e-7, "clip_norm", "PyTorch: 4 of (3, 4)");
    near((double)norm, 5, 0, "clip_norm", "the norm before");
    dw[0] = 3, dw[1] = 4;
    clip_norm_f32(2, dw, &norm, 5, 0);
    near((double)dw[0], 3, 0, "clip_norm eps=0", "optax: 3 of (3, 4)");
    near((double)dw[1], 4, 0, "clip_norm eps=0", "optax: 4 of (3, 4)");
}

int main(void)
{
    check_walks();
    check_dampening();
    check_five_rates();
    check_rate_in_velocity();
    check_accumulator();
    check_average();
    check_warmup();
    check_firsts();
    check_float_betas();
    check_rate_inside();
    check_clip();
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
