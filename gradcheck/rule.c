/* rule.c - the optimizers' rules and the slips people make with them; see rule.h.
 *
 * Sources: momentum as in Sutskever et al. 2013 (with v = mu v + g, as PyTorch has it; the same walk at a
 * constant learning rate); Nesterov's form as in PyTorch; Adam: Kingma & Ba 2015, algorithm 1, and the form
 * at the end of its section 2 (GC_ADAM_HAT); AdamW: Loshchilov & Hutter 2019, algorithm 2; RMSprop: Hinton's
 * lecture 6e, 2012; Adagrad: Duchi, Hazan & Singer 2011. */
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
    NO_SHARE = 1 << 26,    /* s = b s + g, without (1 - b) */
    ACCUMULATED = 1 << 27, /* RMSprop that never forgets, Adagrad that does */
    DECAY_MOMENT = 1 << 28 /* the decay enters the second moment alone */
};

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
    VELOCITY = HEAVY | NESTEROV,
    MOMENTS = ADAM | HAT | ADAMW,
    SCALED = MOMENTS | RMS | RMS_INSIDE | ADAGRAD,
    DECAYED = PLAIN | VELOCITY | MOMENTS,
    ALL = PLAIN | VELOCITY | SCALED
};

const struct gc_slip gc_slips[] = {
    { NO_BIAS1 | NO_BIAS2, MOMENTS, "without bias correction" },
    { NO_BIAS1, MOMENTS, "without the bias correction of the first moment" },
    { NO_BIAS2, MOMENTS, "without the bias correction of the second moment" },
    { BIAS_EARLY, MOMENTS, "with t one too large in the bias correction: it counts from 2" },
    { BIAS_LATE, MOMENTS, "with t one too small in the bias correction: t starts at 0" },
    { EPS_INSIDE, ADAM | ADAMW | RMS | ADAGRAD, "with eps inside the square root" },
    { EPS_OUTSIDE, RMS_INSIDE, "with eps outside the square root (GC_RMSPROP)" },
    { EPS_HAT, ADAM | ADAMW, "with eps beside the root of the uncorrected second moment (GC_ADAM_HAT)" },
    { EPS_OUTSIDE, HAT, "with eps beside the root of the corrected second moment (GC_ADAM)" },
    { NO_EPS, SCALED, "without eps" },
    { BETAS_SWAPPED, MOMENTS, "with beta1 and beta2 exchanged" },
    { ONE_BETA, MOMENTS, "with beta1 in both moments" },
    { NO_ROOT, SCALED, "without the square root" },
    { NO_SQUARE, SCALED, "with |g| where its square belongs" },
    { SQUARE_OF_MEAN, MOMENTS, "with the square of the first moment in place of the gradient's" },
    { NO_SHARE, MOMENTS | RMS | RMS_INSIDE, "without the factors (1 - beta)" },
    { ACCUMULATED, RMS | RMS_INSIDE, "with squares summed and never forgotten: that is Adagrad" },
    { DECAY_COUPLED, ADAMW, "with weight decay coupled, added to the gradient: that is Adam with L2" },
    { DECAY_APART, PLAIN | VELOCITY | ADAM | HAT, "with weight decay apart from the gradient, decoupled" },
    { DECAY_BARE, ADAMW, "with weight decay without the learning rate" },
    { DECAY_MOMENT, ADAM | HAT, "with weight decay in the second moment alone" },
    { NO_DECAY, DECAYED, "without weight decay" },
    { DECAY_UPHILL, DECAYED, "with weight decay of the wrong sign" },
    { DAMPENED, VELOCITY, "with the momentum dampened: (1 - mu) g enters the velocity" },
    { NESTEROV_ON, HEAVY, "with Nesterov's momentum" },
    { NESTEROV_OFF, NESTEROV, "with plain momentum" },
    { NO_MOMENTUM, VELOCITY | MOMENTS, "without momentum" },
    { OLD_STATE, VELOCITY | MOMENTS, "with the momentum from before its update" },
    { LR_TWICE, ALL, "with the learning rate applied twice" },
    { NO_LR, ALL, "without the learning rate" },
    { UPHILL, ALL, "with the wrong sign: it climbs" },
    { 0, 0, NULL },
};

/* The optimizer's numbers as a slip leaves them. */
struct numbers {
    long double lr, mu, b1, b2, eps, wd;
};

static struct numbers numbers_of(const gc_optimizer *o, unsigned slips)
{
    struct numbers k = { (long double)o->lr, (long double)o->mu,  (long double)o->b1,
                         (long double)o->b2, (long double)o->eps, (long double)o->wd };
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
    long double mu = rule == GC_SGD ? 0 : k->mu, share = slips & DAMPENED ? 1 - mu : 1;
    long double d = g + (apart ? 0 : k->wd * x->w), size = fabsl(g) + fabsl(k->wd * x->w);
    long double before = x->s0;
    x->s0 = mu * x->s0 + share * d;
    x->magnitude = mu * x->magnitude + size;
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
    long double c1 = slips & NO_BIAS1 ? 1 : 1 - to_the(k->b1, power);
    long double c2 = slips & NO_BIAS2 ? 1 : 1 - to_the(k->b2, power);
    long double under = divisor(k, rule, slips, x->s1, c2), bare = slips & DECAY_BARE ? 1 : k->lr;
    x->w -= k->lr * (slips & OLD_STATE ? before : x->s0) / c1 / under + (apart ? bare * decay : 0);
    x->path += fabsl(k->lr) * (x->magnitude / c1 / under + (apart ? fabsl(decay) : 0));
}

static void root_step(const struct numbers *k, gc_rule rule, unsigned slips, long double g,
                      struct gc_walker *x)
{
    int sums = (rule == GC_ADAGRAD) != !!(slips & ACCUMULATED);
    long double square = slips & NO_SQUARE ? fabsl(g) : g * g;
    if (sums)
        x->s0 += square;
    else
        x->s0 = k->b2 * x->s0 + (slips & NO_SHARE ? 1 : 1 - k->b2) * square;
    long double step = k->lr * g / divisor(k, rule, slips, x->s0, 1);
    x->w -= step;
    x->path += fabsl(step);
}

void gc_rule_step(const gc_optimizer *o, unsigned slips, int t, long double g, struct gc_walker *x)
{
    struct numbers k = numbers_of(o, slips);
    unsigned family = 1U << o->rule;
    if (family & (PLAIN | VELOCITY)) velocity_step(&k, o->rule, slips, g, x);
    if (family & MOMENTS) moments_step(&k, o->rule, slips, t, g, x);
    if (family & (RMS | RMS_INSIDE | ADAGRAD)) root_step(&k, o->rule, slips, g, x);
}

double gc_first_step(const gc_optimizer *o, double g, double w)
{
    double d = g + o->wd * w;
    switch (o->rule) {
    case GC_SGD:
    case GC_MOMENTUM: return -o->lr * d;
    case GC_NESTEROV: return -o->lr * (1 + o->mu) * d;
    case GC_ADAM: return -o->lr * d / (fabs(d) + o->eps); /* both moments are corrected to d and d d */
    case GC_ADAM_HAT: return -o->lr * d / (fabs(d) + o->eps / sqrt(1 - o->b2));
    case GC_ADAMW: return -o->lr * (g / (fabs(g) + o->eps) + o->wd * w);
    case GC_RMSPROP: return -o->lr * g / (sqrt(1 - o->b2) * fabs(g) + o->eps);
    case GC_RMSPROP_INSIDE: return -o->lr * g / sqrt((1 - o->b2) * g * g + o->eps);
    case GC_ADAGRAD: return -o->lr * g / (fabs(g) + o->eps);
    default: return (double)NAN;
    }
}

double gc_rule_conditioning(const gc_optimizer *o)
{
    unsigned family = 1U << o->rule;
    double b1 = family & MOMENTS ? 1 / (1 - o->b1) : 0;
    double b2 = family & (MOMENTS | RMS | RMS_INSIDE) ? 1 / (1 - o->b2) : 0;
    return b1 + b2;
}

const char *gc_rule_name(gc_rule rule)
{
    static const char *const names[] = {
        "SGD",   "momentum", "Nesterov momentum",   "Adam",    "Adam with eps hat",
        "AdamW", "RMSprop",  "RMSprop, eps inside", "Adagrad", "your own rule"
    };
    return names[rule];
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
    if (family & MOMENTS && !(o->b1 >= 0 && o->b1 < 1)) return "b1 must lie in [0, 1)";
    if (family & (MOMENTS | RMS | RMS_INSIDE) && !(o->b2 >= 0 && o->b2 < 1)) return "b2 must lie in [0, 1)";
    if (family & SCALED && !(o->eps >= 0)) return "eps must not be negative";
    return family & DECAYED && !(o->wd >= 0) ? "wd must not be negative" : NULL;
}

const char *gc_rule_untested(const gc_optimizer *o)
{
    int decays = o->rule != GC_OWN_RULE && (1U << o->rule) & DECAYED;
    return decays && o->wd <= 0 ? "wd is 0, so weight decay is not tested: give a wd to see it done" : NULL;
}
