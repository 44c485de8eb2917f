/* optimizers.c - wrong and right optimizers; see optimizers.h. */
#include "optimizers.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum mistake {
    right,
    uphill,
    lr_twice,
    no_lr,
    no_decay,
    decay_uphill,
    decay_twice,
    decay_apart,
    decay_bare,
    coupled,
    dampened,
    forgets,
    nesterov_for_plain,
    plain_for_nesterov,
    nesterov_without_gradient,
    old_velocity,
    no_tail,
    one_too_many,
    reads_before_start,
    own_buffer,
    clears_gradient,
    no_bias,
    no_bias1,
    no_bias2,
    t_from_0,
    t_from_2,
    counts_itself,
    corrects_once,
    eps_inside,
    other_eps,
    no_eps,
    betas_swapped,
    one_beta,
    one_moment_for_all,
    no_root,
    no_square,
    no_share,
    square_of_mean,
    old_moment,
    only_sign,
    float_inside,
    sums_exchanged,
    max_corrected,
    mu_constant,
    old_mu,
    zero_is_positive,
    no_warmup,
    even_mean,
    at_the_mean
};

/* What a step works with; a gc_optimizer's ctx points to one. */
struct recipe {
    double lr, mu, b1, b2, eps, wd, decay, warmup;
    int plain, nesterov, apart, hat, sums, inside; /* which right rule it is */
    enum mistake mistake;
};

#define is(m) ((int)(k->mistake == (m)))

enum { BUFFER = 1024 };
static double double_buffer[BUFFER];
static float float_buffer[BUFFER];
static int own_count;

#define real       double
#define STEP(name) double_##name
#include "optimizer_steps.h"
#undef real
#undef STEP
#define real       float
#define STEP(name) float_##name
#include "optimizer_steps.h"

/* Adam whose second moment never shrinks (AMSGrad without bias correction, after Reddi et
 * al. 2018): an own rule. */
static void own_step(const struct recipe *k, size_t n, const double *g, double *w, double *m, double *v)
{
    for (size_t i = 0; i < n; i++) {
        m[i] = k->b1 * m[i] + (1 - k->b1) * g[i];
        double next = k->b2 * v[i] + (1 - k->b2) * g[i] * g[i];
        v[i] = is(forgets) || next > v[i] ? next : v[i];
        w[i] -= k->lr * m[i] / (sqrt(v[i]) + k->eps);
    }
}

static int own_rule(void *ctx, int t, size_t n, const void *g, void *w, void *m, void *v)
{
    (void)t;
    own_step(ctx, n, g, w, m, v);
    return 0;
}

static int own_reference(void *ctx, int t, size_t n, const void *g, void *w, void *m, void *v)
{
    struct recipe k = *(struct recipe *)ctx;
    (void)t;
    k.mistake = right;
    own_step(&k, n, g, w, m, v);
    return 0;
}

#define NUMBERS .lr = 0.01, .mu = 0.9, .b1 = 0.9, .b2 = 0.999, .eps = 1e-8, .wd = 0.05
/* clang-format off */
#define RECIPE(...) &(struct recipe) { NUMBERS, __VA_ARGS__ }
#define ROW(title, words, type, function, which, is_wrong, reason, ...) \
    { title, words, { title, type, function, which, NUMBERS, NULL, RECIPE(__VA_ARGS__) }, is_wrong, reason }
/* of the rules that have numbers of their own: a decay of mu, a warm-up */
#define OTHER_ROW(title, words, type, function, which, is_wrong, reason, slip)                               \
    { title, words,                                                                                          \
      { title, type, function, which, NUMBERS, NULL, RECIPE(.decay = 0.1, .warmup = 3, .mistake = slip), 0, 0.1, \
        3, 0 },                                                                                              \
      is_wrong, reason }
#define OTHER(title, words, function, which, reason, slip)                        \
    OTHER_ROW(title, words, GC_F64, double_##function, which, 1, reason, slip), \
        OTHER_ROW(title " f32", words, GC_F32, float_##function, which, 1, reason, slip)
#define OTHER_RIGHT(title, words, function, which)                               \
    OTHER_ROW(title, words, GC_F64, double_##function, which, 0, NULL, right), \
        OTHER_ROW(title " f32", words, GC_F32, float_##function, which, 0, NULL, right)
/* clang-format on */
#define RIGHT(title, words, function, which, ...)                                                \
    ROW(title, words, GC_F64, double_##function, which, 0, NULL, .mistake = right, __VA_ARGS__), \
        ROW(title " f32", words, GC_F32, float_##function, which, 0, NULL, .mistake = right, __VA_ARGS__)
#define WRONG(title, words, function, which, reason, ...)                        \
    ROW(title, words, GC_F64, double_##function, which, 1, reason, __VA_ARGS__), \
        ROW(title " f32", words, GC_F32, float_##function, which, 1, reason, __VA_ARGS__)
#define VELOCITY(title, words, which, reason, ...) WRONG(title, words, velocity, which, reason, __VA_ARGS__)
#define ADAM(title, words, reason, ...)            WRONG("Adam, " title, words, adam, GC_ADAM, reason, __VA_ARGS__)
#define ADAMW(title, words, reason, ...) \
    WRONG("AdamW, " title, words, adam, GC_ADAMW, reason, .apart = 1, __VA_ARGS__)
#define RMSPROP(title, words, reason, ...) \
    WRONG("RMSprop, " title, words, rms, GC_RMSPROP, reason, __VA_ARGS__)

const struct zoo_optimizer zoo_optimizers[] = {
    VELOCITY("SGD, uphill", "w += lr g", GC_SGD, "wrong sign", .plain = 1, .mistake = uphill),
    VELOCITY("SGD, lr twice", "lr in the gradient and in the step", GC_SGD, "applied twice", .plain = 1,
             .mistake = lr_twice),
    VELOCITY("SGD, no lr", "w -= g", GC_SGD, "without the learning rate", .plain = 1, .mistake = no_lr),
    VELOCITY("SGD, no decay", "weight decay forgotten", GC_SGD, "without weight decay", .plain = 1,
             .mistake = no_decay),
    VELOCITY("SGD, decay uphill", "g - wd w", GC_SGD, "decay of the wrong sign", .plain = 1,
             .mistake = decay_uphill),
    VELOCITY("SGD, decay twice", "g + 2 wd w", GC_SGD, "SGD gives", .plain = 1, .mistake = decay_twice),
    VELOCITY("SGD, no tail", "a loop over blocks of four", GC_SGD, "tail", .plain = 1, .mistake = no_tail),
    VELOCITY("SGD, one too many", "i <= n", GC_SGD, "past the end of", .plain = 1, .mistake = one_too_many),
    VELOCITY("SGD, reads g[-1]", "an index one too small", GC_SGD, "before the start of g", .plain = 1,
             .mistake = reads_before_start),
    VELOCITY("SGD, clears g", "zero_grad inside the step", GC_SGD, "wrote to its input g", .plain = 1,
             .mistake = clears_gradient),
    VELOCITY("momentum, dampened", "v = mu v + (1 - mu) g", GC_MOMENTUM, "dampened", .mistake = dampened),
    VELOCITY("momentum, forgets", "v = g", GC_MOMENTUM, "without momentum", .mistake = forgets),
    VELOCITY("momentum, Nesterov", "Nesterov's step", GC_MOMENTUM, "Nesterov", .mistake = nesterov_for_plain),
    VELOCITY("momentum, old v", "steps with v before its update", GC_MOMENTUM, "before its update",
             .mistake = old_velocity),
    VELOCITY("momentum, decay apart", "decoupled weight decay", GC_MOMENTUM, "decoupled",
             .mistake = decay_apart),
    VELOCITY("momentum, own buffer", "the velocity in a static array", GC_MOMENTUM, "state of its own",
             .mistake = own_buffer),
    VELOCITY("Nesterov, plain", "steps with v", GC_NESTEROV, "plain momentum", .nesterov = 1,
             .mistake = plain_for_nesterov),
    VELOCITY("Nesterov, without g", "steps with mu v", GC_NESTEROV, "Nesterov momentum gives", .nesterov = 1,
             .mistake = nesterov_without_gradient),
    ADAM("no bias correction", "the moments as they are", "without bias correction", .mistake = no_bias),
    ADAM("no bias correction of m", "m as it is", "of the first moment", .mistake = no_bias1),
    ADAM("no bias correction of v", "v as it is", "of the second moment", .mistake = no_bias2),
    ADAM("t from 0", "1 - b^(t-1)", "t starts at 0", .mistake = t_from_0),
    ADAM("t from 2", "1 - b^(t+1)", "it counts from 2", .mistake = t_from_2),
    ADAM("counts itself", "a static t", "state of its own", .mistake = counts_itself),
    ADAM("corrects once", "bias correction in the first step only", "Adam gives", .mistake = corrects_once),
    ADAM("eps inside", "sqrt(v + eps)", "inside the square root", .mistake = eps_inside),
    ADAM("eps hat", "eps beside the uncorrected root", "GC_ADAM_HAT", .mistake = other_eps),
    ADAM("no eps", "m / sqrt(v)", "without eps", .mistake = no_eps),
    ADAM("betas exchanged", "b2 where b1 belongs", "beta1 and beta2 exchanged", .mistake = betas_swapped),
    ADAM("one beta", "b1 in both moments", "beta1 in both", .mistake = one_beta),
    ADAM("one moment for all", "m[0], v[0]", "Adam gives", .mistake = one_moment_for_all),
    ADAM("no root", "m / (v + eps)", "without the square root", .mistake = no_root),
    ADAM("no square", "v of |g|", "square belongs", .mistake = no_square),
    ADAM("no share", "m = b1 m + g", "(1 - beta)", .mistake = no_share),
    ADAM("square of the mean", "v of m m", "square of the first moment", .mistake = square_of_mean),
    ADAM("old m", "steps with m before its update", "before its update", .mistake = old_moment),
    ADAM("sign only", "lr sign(m)", "Adam gives", .mistake = only_sign),
    ADAM("lr twice", "lr in alpha_t and in the step", "applied twice", .mistake = lr_twice),
    ADAM("uphill", "w += step", "wrong sign", .mistake = uphill),
    ADAM("decay apart", "AdamW in Adam's name", "decoupled", .mistake = decay_apart),
    ROW("Adam, float inside", "v rounded to float", GC_F64, double_adam, GC_ADAM, 1, "Adam gives",
        .mistake = float_inside),
    ADAMW("coupled", "wd w added to g", "coupled", .mistake = coupled),
    ADAMW("bare decay", "w -= wd w", "without the learning rate", .mistake = decay_bare),
    ADAMW("no bias correction", "the moments as they are", "without bias correction", .mistake = no_bias),
    WRONG("Adam hat, eps beside the corrected root", "GC_ADAM in its place", adam, GC_ADAM_HAT, "GC_ADAM)",
          .hat = 1, .mistake = other_eps),
    RMSPROP("eps inside", "sqrt(s + eps)", "inside the square root", .mistake = other_eps),
    RMSPROP("never forgets", "s += g g", "Adagrad", .mistake = sums_exchanged),
    RMSPROP("no share", "s = b2 s + g g", "(1 - beta)", .mistake = no_share),
    RMSPROP("no root", "g / (s + eps)", "without the square root", .mistake = no_root),
    WRONG("RMSprop inside, eps outside", "GC_RMSPROP in its place", rms, GC_RMSPROP_INSIDE, "GC_RMSPROP)",
          .inside = 1, .mistake = other_eps),
    WRONG("Adagrad, forgets", "s = g g", rms, GC_ADAGRAD, "Adagrad gives", .sums = 1, .mistake = forgets),
    WRONG("Adagrad, eps inside", "sqrt(s + eps)", rms, GC_ADAGRAD, "inside the square root", .sums = 1,
          .mistake = other_eps),
    WRONG("Adagrad, no square", "s += |g|", rms, GC_ADAGRAD, "square belongs", .sums = 1,
          .mistake = no_square),
    OTHER("AMSGrad, max of corrected", "max(most, v / c2)", amsgrad, GC_AMSGRAD, "maximum of the corrected",
          max_corrected),
    OTHER("AMSGrad, forgets", "most = v", amsgrad, GC_AMSGRAD, "AMSGrad gives", forgets),
    OTHER("NAdam, constant mu", "mu = b1", nadam, GC_NADAM, "same mu in every step", mu_constant),
    OTHER("NAdam, old mu", "mu(t) for mu(t+1)", nadam, GC_NADAM, "NAdam gives", old_mu),
    OTHER("Adadelta, forgets", "u = (1 - rho) step step", delta, GC_ADADELTA, "Adadelta gives", forgets),
    OTHER("Lion, betas exchanged", "b2 in the sign", lion, GC_LION, "beta1 and beta2 exchanged",
          betas_swapped),
    OTHER("Lion, one beta", "b1 in both places", lion, GC_LION, "beta1 in both places", one_beta),
    OTHER("Lion, coupled", "wd w added to g", lion, GC_LION, "coupled", coupled),
    OTHER("Lion, sign(0) = 1", "w moves without a gradient", lion, GC_LION, "of g = 0", zero_is_positive),
    OTHER("schedule-free, no warm-up", "the full rate at once", schedule_free, GC_SCHEDULE_FREE,
          "schedule-free AdamW gives", no_warmup),
    OTHER("schedule-free, even mean", "c = 1 / t in the warm-up", schedule_free, GC_SCHEDULE_FREE,
          "schedule-free AdamW gives", even_mean),
    OTHER("schedule-free, at the mean", "the gradient at x", schedule_free, GC_SCHEDULE_FREE,
          "schedule-free AdamW gives", at_the_mean),
    { "own rule, forgets its maximum",
      "v = next",
      { "own rule", GC_F64, own_rule, GC_OWN_RULE, NUMBERS, own_reference, RECIPE(.mistake = forgets) },
      1,
      "your own rule gives" },
    { "own rule",
      "its reference in double",
      { "own rule", GC_F64, own_rule, GC_OWN_RULE, NUMBERS, own_reference, RECIPE(.mistake = right) },
      0,
      NULL },

    RIGHT("SGD", "g + wd w", velocity, GC_SGD, .plain = 1),
    RIGHT("momentum", "v = mu v + g", velocity, GC_MOMENTUM, .nesterov = 0),
    RIGHT("momentum, Sutskever's form", "v = mu v - lr g, the same walk", sutskever, GC_MOMENTUM,
          .nesterov = 0),
    RIGHT("Nesterov", "PyTorch's form", velocity, GC_NESTEROV, .nesterov = 1),
    RIGHT("Adam", "algorithm 1", adam, GC_ADAM, .hat = 0),
    RIGHT("Adam hat", "eps beside the uncorrected root, declared", adam, GC_ADAM_HAT, .hat = 1),
    RIGHT("AdamW", "decay apart", adam, GC_ADAMW, .apart = 1),
    RIGHT("RMSprop", "eps outside the root", rms, GC_RMSPROP, .sums = 0),
    RIGHT("RMSprop inside", "eps inside the root, declared", rms, GC_RMSPROP_INSIDE, .inside = 1),
    RIGHT("Adagrad", "s += g g", rms, GC_ADAGRAD, .sums = 1),
    OTHER_RIGHT("AMSGrad", "max(most, v)", amsgrad, GC_AMSGRAD),
    OTHER_RIGHT("NAdam", "PyTorch's mu(t)", nadam, GC_NADAM),
    OTHER_RIGHT("Adadelta", "both eps inside", delta, GC_ADADELTA),
    OTHER_RIGHT("Lion", "decay apart", lion, GC_LION),
    OTHER_RIGHT("schedule-free", "decay at w", schedule_free, GC_SCHEDULE_FREE),
    { NULL, NULL, { .name = NULL }, 0, NULL },
};
