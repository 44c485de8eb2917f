/* rule.c - the optimizers' rules and the slips people make with them; see rule.h.
 *
 * Sources: momentum as in Sutskever et al. 2013 (with v = mu v + g, as PyTorch has it; the same walk at a
 * constant learning rate); Nesterov's form as in PyTorch; Adam: Kingma & Ba 2015, algorithm 1, and the form
 * at the end of its section 2 (GC_ADAM_HAT); AdamW: Loshchilov & Hutter 2019, algorithm 2; RMSprop: Hinton's
 * lecture 6e, 2012; Adagrad: Duchi, Hazan & Singer 2011; Adadelta: Zeiler 2012; AMSGrad: Reddi, Kale & Kumar
 * 2018; NAdam: Dozat 2016 with PyTorch's schedule of mu; Lion: Chen et al. 2023; schedule-free AdamW: Defazio
 * et al. 2024, with the mean's weights of their code (rate squared). */
#include "rule.h"

#include <math.h>
#include <stddef.h>

enum {
    UPHILL = 1 << 0,
    LR_TWICE = 1 << 1,
    NO_LR = 1 << 2,
    NO_DECAY = 1 << 3,
    DECAY_UPHILL = 1 << 4,
    DECAY_APART = 1 << 5,   /* w -= lr wd w beside the step */
    DECAY_COUPLED = 1 << 6, /* wd w added to g */
    DECAY_BARE = 1 << 7,    /* w -= wd w, without lr */
    DAMPENED = 1 << 8,      /* v = mu v + (1 - mu) g */
    NO_MOMENTUM = 1 << 9,
    NESTEROV_OFF = 1 << 10, /* steps with v */
    NESTEROV_ON = 1 << 11,  /* steps with d + mu v */
    OLD_STATE = 1 << 12,    /* steps with the state before its update */
    NO_BIAS1 = 1 << 13,
    NO_BIAS2 = 1 << 14,
    BIAS_LATE = 1 << 15,  /* t counted from 0 */
    BIAS_EARLY = 1 << 16, /* t counted from 2 */
    EPS_INSIDE = 1 << 17,
    EPS_OUTSIDE = 1 << 18,
    EPS_HAT = 1 << 19, /* beside the root of the uncorrected s1 */
    NO_EPS = 1 << 20,
    BETAS_SWAPPED = 1 << 21,
    ONE_BETA = 1 << 22, /* b1 in both moments */
    NO_ROOT = 1 << 23,
    NO_SQUARE = 1 << 24, /* |g| where g g belongs */
    SQUARE_OF_MEAN = 1 << 25,
    NO_SHARE = 1 << 26,      /* s = b s + g, without (1 - b) */
    ACCUMULATED = 1 << 27,   /* RMSprop that never forgets, Adagrad that does */
    DECAY_MOMENT = 1 << 28,  /* the decay enters the second moment alone */
    MAX_CORRECTED = 1 << 29, /* AMSGrad: the maximum of the corrected moments */
    MU_CONSTANT = 1 << 30    /* NAdam: mu is b1 in every step */
};

#define NOT_CENTERED (1U << 31) /* RMSprop without the mean subtracted; no int */

enum {
    PLAIN = 1 << GC_SGD,
    HEAVY = 1 << GC_MOMENTUM,
    NESTEROV = 1 << GC_NESTEROV,
    ADAM = 1 << GC_ADAM,
    HAT = 1 << GC_ADAM_HAT,
    ADAMW = 1 << GC_ADAMW,
    RMS = 1 << GC_RMSPROP,
    RMS_INSIDE = 1 << GC_RMSPROP_INSIDE,
    ADAGRAD = 1 << GC_ADAGRAD,
    ADADELTA = 1 << GC_ADADELTA,
    AMSGRAD = 1 << GC_AMSGRAD,
    NADAM = 1 << GC_NADAM,
    LION = 1 << GC_LION,
    FREE = 1 << GC_SCHEDULE_FREE,
    VELOCITY = HEAVY | NESTEROV,
    MOMENTS = ADAM | HAT | ADAMW | AMSGRAD | NADAM,
    SCALED = MOMENTS | RMS | RMS_INSIDE | ADAGRAD | ADADELTA | FREE,
    DECAYED = PLAIN | VELOCITY | MOMENTS | LION | FREE,
    ALL = PLAIN | VELOCITY | SCALED | LION
};

const struct gc_slip gc_slips[] = {
    { NO_BIAS1 | NO_BIAS2, MOMENTS, "without bias correction" },
    { NO_BIAS1, MOMENTS, "without the bias correction of the first moment" },
    { NO_BIAS2, MOMENTS, "without the bias correction of the second moment" },
    { BIAS_EARLY, MOMENTS, "with t one too large in the bias correction: it counts from 2" },
    { BIAS_LATE, MOMENTS, "with t one too small in the bias correction: t starts at 0" },
    { NO_BIAS2, FREE, "without bias correction" },
    { BIAS_EARLY, FREE, "with t one too large in the bias correction: it counts from 2" },
    { EPS_INSIDE, ADAM | ADAMW | AMSGRAD | NADAM | RMS | ADAGRAD | FREE, "with eps inside the square root" },
    { EPS_OUTSIDE, RMS_INSIDE, "with eps outside the square root (GC_RMSPROP)" },
    { MAX_CORRECTED, AMSGRAD, "with the maximum of the corrected second moments" },
    { MU_CONSTANT, NADAM, "with the same mu in every step, as before Dozat's schedule" },
    { EPS_HAT, ADAM | ADAMW, "with eps beside the root of the uncorrected second moment (GC_ADAM_HAT)" },
    { EPS_OUTSIDE, HAT, "with eps beside the root of the corrected second moment (GC_ADAM)" },
    { NO_EPS, SCALED, "without eps" },
    { BETAS_SWAPPED, MOMENTS | LION, "with beta1 and beta2 exchanged" },
    { ONE_BETA, MOMENTS, "with beta1 in both moments" },
    { ONE_BETA, LION, "with beta1 in both places" },
    { NO_ROOT, SCALED & ~ADADELTA, "without the square root" },
    { NO_SQUARE, SCALED & ~(ADADELTA | FREE), "with |g| where its square belongs" },
    { SQUARE_OF_MEAN, MOMENTS, "with the square of the first moment in place of the gradient's" },
    { NO_SHARE, MOMENTS | RMS | RMS_INSIDE | LION, "without the factors (1 - beta)" },
    { ACCUMULATED, RMS | RMS_INSIDE, "with squares summed and never forgotten: that is Adagrad" },
    { DECAY_COUPLED, ADAMW, "with weight decay coupled, added to the gradient: that is Adam with L2" },
    { DECAY_COUPLED, LION | FREE, "with weight decay coupled, added to the gradient" },
    { DECAY_APART, PLAIN | VELOCITY | ADAM | HAT | AMSGRAD | NADAM,
      "with weight decay apart from the gradient, decoupled" },
    { DECAY_BARE, ADAMW | LION, "with weight decay without the learning rate" },
    { DECAY_MOMENT, ADAM | HAT | AMSGRAD | NADAM, "with weight decay in the second moment alone" },
    { NO_DECAY, DECAYED, "without weight decay" },
    { DECAY_UPHILL, DECAYED, "with weight decay of the wrong sign" },
    { NOT_CENTERED, RMS | RMS_INSIDE, "without the square of the mean subtracted: it is not centered" },
    { NO_MOMENTUM, RMS | RMS_INSIDE, "without momentum" },
    { DAMPENED, VELOCITY, "with the momentum dampened: (1 - mu) g enters the velocity" },
    { NESTEROV_ON, HEAVY, "with Nesterov's momentum" },
    { NESTEROV_OFF, NESTEROV, "with plain momentum" },
    { NO_MOMENTUM, VELOCITY | MOMENTS, "without momentum" },
    { OLD_STATE, VELOCITY | MOMENTS | RMS | RMS_INSIDE, "with the momentum from before its update" },
    { LR_TWICE, ALL, "with the learning rate applied twice" },
    { NO_LR, ALL, "without the learning rate" },
    { UPHILL, ALL, "with the wrong sign: it climbs" },
    { 0, 0, NULL },
};

/* The optimizer's numbers as a slip leaves them. */
struct numbers {
    long double lr, mu, share, b1, b2, eps, wd, decay;
};

static struct numbers numbers_of(const gc_optimizer *o, unsigned slips)
{
    struct numbers k = { (long double)o->lr, (long double)o->mu,   1 - (long double)o->dampening,
                         (long double)o->b1, (long double)o->b2,   (long double)o->eps,
                         (long double)o->wd, (long double)o->decay };
    if ((1U << o->rule) & (RMS | RMS_INSIDE)) k.mu = (long double)o->momentum;
    if (slips & DAMPENED) k.share *= 1 - k.mu;
    if (slips & LR_TWICE) k.lr *= k.lr;
    if (slips & NO_LR) k.lr = 1;
    if (slips & UPHILL) k.lr = -k.lr;
    if (slips & NO_DECAY) k.wd = 0;
    if (slips & DECAY_UPHILL) k.wd = -k.wd;
    if (slips & NO_MOMENTUM) k.mu = k.b1 = 0;
    if (slips & NO_EPS) k.eps = 0;
    if (slips & BETAS_SWAPPED) k.b1 = (long double)o->b2, k.b2 = (long double)o->b1;
    if (slips & ONE_BETA) k.b2 = k.b1;
    return k;
}

static void velocity_step(const struct numbers *k, gc_rule rule, unsigned slips, long double g,
                          struct gc_walker *x)
{
    int apart = !!(slips & DECAY_APART);
    int nesterov = (rule == GC_NESTEROV || slips & NESTEROV_ON) && !(slips & NESTEROV_OFF);
    long double mu = rule == GC_SGD ? 0 : k->mu, share = rule == GC_SGD ? 1 : k->share;
    long double d = g + (apart ? 0 : k->wd * x->w), size = fabsl(g) + fabsl(k->wd * x->w);
    long double before = x->s0;
    x->s0 = mu * x->s0 + share * d;
    x->magnitude = mu * x->magnitude + share * size;
    long double v = slips & OLD_STATE ? before : x->s0;
    x->w -= k->lr * (nesterov ? d + mu * v : v) + (apart ? k->lr * k->wd * x->w : 0);
    x->path += fabsl(k->lr) * (nesterov ? size + mu * x->magnitude : x->magnitude);
}

/* What divides the first moment. */
static long double divisor(const struct numbers *k, gc_rule rule, unsigned slips, long double s,
                           long double c2)
{
    int hat = (rule == GC_ADAM_HAT || slips & EPS_HAT) && !(slips & EPS_OUTSIDE);
    int inside = (rule == GC_RMSPROP_INSIDE || slips & EPS_INSIDE) && !(slips & EPS_OUTSIDE);
    if (slips & NO_ROOT) return s / c2 + k->eps;
    if (inside) return sqrtl(s / c2 + k->eps);
    if (hat) return (sqrtl(s) + k->eps) / sqrtl(c2);
    return sqrtl(s / c2) + k->eps;
}

static long double to_the(long double b, int t)
{
    long double power = 1;
    while (t-- > 0) power *= b;
    return power;
}

/* What a step is made of: so much of the gradient, and so much of its mean */
struct share {
    long double gradient, mean;
};

static struct share adam_share(const struct numbers *k, unsigned slips, int power)
{
    return (struct share){ 0, 1 / (slips & NO_BIAS1 ? 1 : 1 - to_the(k->b1, power)) };
}

static struct share nadam_share(const struct numbers *k, unsigned slips, int t)
{
    int late = !!(slips & BIAS_EARLY) - !!(slips & BIAS_LATE);
    long double mu = 0, next = 0, product = 1;
    for (int s = 1; s <= t + 1; s++) {
        mu = next;
        next = k->b1 * (slips & MU_CONSTANT ? 1 : 1 - powl(0.96L, (s + late) * k->decay) / 2);
        if (s <= t) product *= next;
    }
    if (slips & NO_BIAS1) product = 0;
    return (struct share){ (1 - mu) / (1 - product), next / (1 - product * next) };
}

/* What divides it; AMSGrad keeps the largest */
static long double divided_by(const struct numbers *k, gc_rule rule, unsigned slips, long double c2,
                              struct gc_walker *x)
{
    if (rule != GC_AMSGRAD) return divisor(k, rule, slips, x->s1, c2);
    x->s2 = fmaxl(x->s2, slips & MAX_CORRECTED ? x->s1 / c2 : x->s1);
    return divisor(k, rule, slips, x->s2, slips & MAX_CORRECTED ? 1 : c2);
}

static void moments_step(const struct numbers *k, gc_rule rule, unsigned slips, int t, long double g,
                         struct gc_walker *x)
{
    int apart = (rule == GC_ADAMW || slips & DECAY_APART) && !(slips & DECAY_COUPLED);
    int power = t + !!(slips & BIAS_EARLY) - !!(slips & BIAS_LATE);
    long double share1 = slips & NO_SHARE ? 1 : 1 - k->b1, share2 = slips & NO_SHARE ? 1 : 1 - k->b2;
    long double decay = k->wd * x->w, d = g + (apart ? 0 : decay), size = fabsl(g) + fabsl(decay);
    long double before = x->s0;
    x->s0 = k->b1 * x->s0 + share1 * (slips & DECAY_MOMENT ? g : d);
    x->magnitude = k->b1 * x->magnitude + share1 * size;
    long double square = slips & NO_SQUARE ? fabsl(d) : slips & SQUARE_OF_MEAN ? x->s0 * x->s0 : d * d;
    x->s1 = k->b2 * x->s1 + share2 * square;
    long double c2 = slips & NO_BIAS2 ? 1 : 1 - to_the(k->b2, power);
    struct share of = rule == GC_NADAM ? nadam_share(k, slips, t) : adam_share(k, slips, power);
    long double under = divided_by(k, rule, slips, c2, x), bare = slips & DECAY_BARE ? 1 : k->lr;
    long double step = of.gradient * d + of.mean * (slips & OLD_STATE ? before : x->s0);
    x->w -= k->lr * step / under + (apart ? bare * decay : 0);
    x->path +=
        fabsl(k->lr) * ((of.gradient * size + of.mean * x->magnitude) / under + (apart ? fabsl(decay) : 0));
}

/* The mean of squares, less the square of the mean if it is centered; long double keeps it above 0, but for
 * rounding */
static long double spread_of(const struct numbers *k, int centered, unsigned slips, long double g,
                             struct gc_walker *x)
{
    if (!centered) return x->s0;
    x->s1 = k->b2 * x->s1 + (slips & NO_SHARE ? 1 : 1 - k->b2) * g;
    return slips & NOT_CENTERED ? x->s0 : fmaxl(x->s0 - x->s1 * x->s1, 0);
}

/* RMSprop and Adagrad; s2 is the velocity of RMSprop's momentum */
static void root_step(const struct numbers *k, const gc_optimizer *o, unsigned slips, int t, long double g,
                      struct gc_walker *x)
{
    gc_rule rule = o->rule;
    int sums = (rule == GC_ADAGRAD) != !!(slips & ACCUMULATED);
    long double square = slips & NO_SQUARE ? fabsl(g) : g * g;
    if (sums)
        x->s0 += square;
    else
        x->s0 = k->b2 * x->s0 + (slips & NO_SHARE ? 1 : 1 - k->b2) * square;
    long double rate = rule == GC_ADAGRAD ? k->lr / (1 + (t - 1) * k->decay) : k->lr;
    long double mu = rule == GC_ADAGRAD ? 0 : k->mu, before = x->s2;
    int centered = rule != GC_ADAGRAD && o->centered;
    long double step = g / divisor(k, rule, slips, spread_of(k, centered, slips, g, x), 1);
    x->s2 = mu * x->s2 + step;
    x->magnitude = mu * x->magnitude + fabsl(step);
    x->w -= rate * (slips & OLD_STATE ? before : x->s2);
    x->path += fabsl(rate) * x->magnitude;
}

static void delta_step(const struct numbers *k, long double g, struct gc_walker *x)
{
    x->s0 = k->b2 * x->s0 + (1 - k->b2) * g * g;
    long double step = sqrtl((x->s1 + k->eps) / (x->s0 + k->eps)) * g;
    x->s1 = k->b2 * x->s1 + (1 - k->b2) * step * step;
    x->w -= k->lr * step;
    x->path += fabsl(k->lr * step);
}

static void sign_step(const struct numbers *k, unsigned slips, long double g, struct gc_walker *x)
{
    long double coupled = slips & DECAY_COUPLED ? k->wd * x->w : 0, d = g + coupled;
    long double decay = (slips & DECAY_BARE ? 1 : k->lr) * (k->wd * x->w - coupled);
    long double share1 = slips & NO_SHARE ? 1 : 1 - k->b1, share2 = slips & NO_SHARE ? 1 : 1 - k->b2;
    long double mix = k->b1 * x->s0 + share1 * d;
    x->s0 = k->b2 * x->s0 + share2 * d;
    x->w -= decay + k->lr * ((mix > 0) - (mix < 0));
    x->path += fabsl(decay) + fabsl(k->lr);
}

/* s0, s1 and s2 are z, the second moment and x. A weight goes no farther than z does. */
static void free_step(const struct numbers *k, unsigned slips, int t, long double warmup, long double g,
                      struct gc_walker *x)
{
    long double sum = 0, factor = 0, coupled = slips & DECAY_COUPLED ? k->wd * x->w : 0;
    for (int s = 1; s <= t; s++) {
        factor = s < warmup ? s / warmup : 1;
        sum += factor * factor;
    }
    if (t == 1) x->s0 = x->s2 = x->w;
    x->s1 = k->b2 * x->s1 + (1 - k->b2) * (g + coupled) * (g + coupled);
    long double c2 = slips & NO_BIAS2 ? 1 : 1 - to_the(k->b2, t + !!(slips & BIAS_EARLY));
    long double under = divisor(k, GC_SCHEDULE_FREE, slips, x->s1, c2), decay = k->wd * x->w - coupled;
    x->s0 -= factor * k->lr * ((g + coupled) / under + decay);
    x->s2 += factor * factor / sum * (x->s0 - x->s2);
    x->w = k->b1 * x->s2 + (1 - k->b1) * x->s0;
    x->path += fabsl(factor * k->lr) * ((fabsl(g) + fabsl(coupled)) / under + fabsl(decay));
}

void gc_rule_step(const gc_optimizer *o, unsigned slips, int t, long double g, struct gc_walker *x)
{
    struct numbers k = numbers_of(o, slips);
    unsigned family = 1U << o->rule;
    if (family & (PLAIN | VELOCITY)) velocity_step(&k, o->rule, slips, g, x);
    if (family & MOMENTS) moments_step(&k, o->rule, slips, t, g, x);
    if (family & (RMS | RMS_INSIDE | ADAGRAD)) root_step(&k, o, slips, t, g, x);
    if (family & ADADELTA) delta_step(&k, g, x);
    if (family & LION) sign_step(&k, slips, g, x);
    if (family & FREE) free_step(&k, slips, t, (long double)o->warmup, g, x);
}

static double first_nadam(const gc_optimizer *o, double d)
{
    double mu = o->b1 * (1 - pow(0.96, o->decay) / 2), next = o->b1 * (1 - pow(0.96, 2 * o->decay) / 2);
    return -o->lr * (1 + next / (1 - mu * next) * (1 - o->b1)) * d / (fabs(d) + o->eps);
}

/* what a first gradient's square is multiplied by in RMSprop: 1 - b2, less the square of that if centered */
static double first_spread(const gc_optimizer *o)
{
    return (1 - o->b2) * (o->centered ? o->b2 : 1);
}

double gc_first_step(const gc_optimizer *o, double g, double w)
{
    double d = g + o->wd * w;
    switch (o->rule) {
    case GC_SGD: return -o->lr * d;
    case GC_MOMENTUM: return -o->lr * (1 - o->dampening) * d;
    case GC_NESTEROV: return -o->lr * (1 + o->mu * (1 - o->dampening)) * d;
    case GC_AMSGRAD:
    case GC_ADAM: return -o->lr * d / (fabs(d) + o->eps); /* both moments are corrected to d and d d */
    case GC_ADAM_HAT: return -o->lr * d / (fabs(d) + o->eps / sqrt(1 - o->b2));
    case GC_ADAMW: return -o->lr * (g / (fabs(g) + o->eps) + o->wd * w);
    case GC_RMSPROP: return -o->lr * g / (sqrt(first_spread(o)) * fabs(g) + o->eps);
    case GC_RMSPROP_INSIDE: return -o->lr * g / sqrt(first_spread(o) * g * g + o->eps);
    case GC_ADAGRAD: return -o->lr * g / (fabs(g) + o->eps);
    case GC_ADADELTA: return -o->lr * g * sqrt(o->eps / ((1 - o->b2) * g * g + o->eps));
    case GC_NADAM: return first_nadam(o, d);
    case GC_LION: return -o->lr * ((g > 0) - (g < 0) + o->wd * w);
    case GC_SCHEDULE_FREE: return -o->lr / fmax(o->warmup, 1) * (g / (fabs(g) + o->eps) + o->wd * w);
    default: return (double)NAN;
    }
}

double gc_rule_conditioning(const gc_optimizer *o)
{
    unsigned family = 1U << o->rule;
    double b1 = family & MOMENTS ? 1 / (1 - o->b1) : 0;
    double b2 = family & (MOMENTS | RMS | RMS_INSIDE | ADADELTA | FREE) ? 1 / (1 - o->b2) : 0;
    return b1 + b2;
}

const char *gc_rule_name(gc_rule rule)
{
    static const char *const names[] = { "SGD",
                                         "momentum",
                                         "Nesterov momentum",
                                         "Adam",
                                         "Adam with eps hat",
                                         "AdamW",
                                         "RMSprop",
                                         "RMSprop, eps inside",
                                         "Adagrad",
                                         "Adadelta",
                                         "AMSGrad",
                                         "NAdam",
                                         "Lion",
                                         "schedule-free AdamW",
                                         "your own rule" };
    return names[rule];
}

int gc_rule_takes_zero(const gc_optimizer *o)
{
    return o->eps > 0 || (o->rule != GC_OWN_RULE && !((1U << o->rule) & SCALED));
}

int gc_rule_states(const gc_optimizer *o)
{
    if (o->rule == GC_OWN_RULE) return o->states == 3 ? 3 : 2;
    if ((1U << o->rule) & (RMS | RMS_INSIDE)) return o->centered && o->momentum > 0 ? 3 : 2;
    return (1U << o->rule) & (AMSGRAD | FREE) ? 3 : 2;
}

const char *gc_rule_complaint(const gc_optimizer *o)
{
    if (!o->step) return "step is NULL: there is nothing to check";
    if (o->dt != GC_F32 && o->dt != GC_F64) return "dt must be GC_F32 or GC_F64";
    if ((unsigned)o->rule > GC_OWN_RULE) return "rule is none of gc_rule's";
    if (o->rule == GC_OWN_RULE) return o->reference ? NULL : "GC_OWN_RULE needs a reference step in double";
    unsigned family = 1U << o->rule;
    if (!(o->lr > 0)) return "lr must be positive: give the optimizer the numbers that your step works with";
    if (family & VELOCITY && !(o->mu >= 0 && o->mu < 1)) return "mu must lie in [0, 1)";
    if (family & (RMS | RMS_INSIDE) && !(o->momentum >= 0 && o->momentum < 1))
        return "momentum must lie in [0, 1)";
    if (family & (MOMENTS | LION | FREE) && !(o->b1 >= 0 && o->b1 < 1)) return "b1 must lie in [0, 1)";
    if (family & (MOMENTS | RMS | RMS_INSIDE | ADADELTA | LION | FREE) && !(o->b2 >= 0 && o->b2 < 1))
        return "b2 must lie in [0, 1)";
    if (family & SCALED && !(o->eps >= 0)) return "eps must not be negative";
    return family & DECAYED && !(o->wd >= 0) ? "wd must not be negative" : NULL;
}

const char *gc_rule_untested(const gc_optimizer *o)
{
    int decays = o->rule != GC_OWN_RULE && (1U << o->rule) & DECAYED;
    return decays && o->wd <= 0 ? "wd is 0, so weight decay is not tested: give a wd to see it done" : NULL;
}
