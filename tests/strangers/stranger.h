/* stranger.h - what a file of the second zoo is written with: losses and their gradients in the style
 * of other people's C.
 *
 * A unit is a loss f(x), its gradient and where x lies; a row is one version of the gradient: BUG(ctx)
 * is the number of its mistake, 0 where it is right. Rows are measured by measure.c, and their labels
 * are proved by prove.c with differences in long double: each file is compiled once more with
 * STRANGERS_LONG, where double and float both mean long double. So the mathematics of float code is
 * proved, and what rounds is the code under test alone. */
#ifndef STRANGER_H
#define STRANGER_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What a good report names; a row may have several, any of which will do. causes.c has the words for
 * each. */
enum cause {
    NOTHING = 0,           /* the gradient is right                                                     */
    FACTOR = 1 << 0,       /* a constant factor: a 2, a half, a scale, a unit                           */
    MEAN = 1 << 1,         /* a mean or an average: its 1/N is missing, or is there twice               */
    SIGN = 1 << 2,         /* the sign                                                                  */
    TERM = 1 << 3,         /* a term is missing, or is there and should not be; whole paths as well     */
    PENALTY = 1 << 4,      /* the derivative of a penalty on the weights                                */
    CHAIN = 1 << 5,        /* a factor that depends on x: a derivative of an inner function             */
    INDEX = 1 << 6,        /* the right values in wrong places: transposed, shifted, exchanged, flipped */
    RANGE = 1 << 7,        /* elements that never get their gradient: a loop too short, a tensor left out */
    SUM = 1 << 8,          /* = where += belongs, a sum of which some summands are left                 */
    MASK = 1 << 9,         /* a condition: the wrong elements get a gradient, or do not                 */
    ACCUMULATES = 1 << 10, /* += where = belongs, never cleared                                         */
    STALE = 1 << 11,       /* state of an earlier call                                                  */
    UNSTEADY = 1 << 12,    /* the same call gives other numbers                                         */
    WRITES_X = 1 << 13,    /* the input is changed                                                      */
    NOT_FINITE = 1 << 14,  /* NaN or infinity                                                           */
    PRECISION = 1 << 15,   /* too few digits: float in the gradient, a coarse constant, a coarse step   */
    FORMULA = 1 << 16,     /* a wrong formula, of which no pattern is left in the numbers               */
    CAUSES = 17
};

/* what is asked of a unit */
enum {
    DROWNED = 1, /* in double nothing, or too little, can be measured: INCONCLUSIVE is the right verdict */
    CACHES = 2,  /* the loss leaves behind what its gradient uses */
    SELDOM = 4,  /* wrong ones are wrong at some points only, or in some calls */
    FEW = 8,     /* only some of the points say anything, the rest is saturated: INCONCLUSIVE will do */
    SINGLE = 16, /* computes in float behind doubles: INCONCLUSIVE will do where it is right */
    WAVES = 64,  /* finer than the usual steps: the proof begins at 1e-7 */
    SIZES = 32   /* x[k] is multiplied by stranger_sizes[k % 4] */
};

static const double stranger_sizes[4] = { 1e9, 1e-12, 1e-6, 50 };

/* Of the first fields every third row was kept apart until the checker's causes were counted. KEPT has been
 * looked at since; THIRD are fields written then, before the conditions of causes changed. */
enum part { OPEN, KEPT, THIRD, PARTS };

typedef double loss64(const double *x, size_t n, void *ctx);
typedef void grad64(const double *x, size_t n, double *g, void *ctx);
typedef float loss32(const float *x, size_t n, void *ctx);
typedef void grad32(const float *x, size_t n, float *g, void *ctx);
typedef long double loss_long(const long double *x, size_t n, void *ctx);
typedef void grad_long(const long double *x, size_t n, long double *g, void *ctx);

struct unit {
    const char *name;
    size_t n;
    double lo, hi; /* x is drawn from here */
    unsigned flags;
    loss64 *loss; /* these two or the next two */
    grad64 *grad;
    loss32 *float_loss;
    grad32 *float_grad;
};

struct row {
    const struct unit *unit;
    const char *name;
    enum part part;
    int bug;
    unsigned cause;    /* of enum cause */
    const char *words; /* the mistake; of a right row, what tempts a checker to blame it */
};

struct long_row {
    const char *name;
    loss_long *loss;
    grad_long *grad;
};

struct field {
    const char *name;
    const struct row *row;
    const struct long_row *(*long_row)(int i);
    int rows;
};

/* other people's code, and its twin in long double, convert as they like */
#pragma GCC diagnostic ignored "-Wdouble-promotion"

#define BUG(ctx) (*(const int *)(ctx))

/* UNIT: NAME_loss and NAME_grad in double; FLOAT_UNIT: the same in float. RIGHT and WRONG are rows:
 * the unit, the mistake (an enumerator, and its name), its cause and its words. FIELD makes the table. */
#ifndef STRANGERS_LONG

#define UNIT(name, n, lo, hi, flags) \
    static const struct unit name = { #name, n, lo, hi, flags, name##_loss, name##_grad, NULL, NULL };
#define FLOAT_UNIT(name, n, lo, hi, flags) \
    static const struct unit name = { #name, n, lo, hi, flags, NULL, NULL, name##_loss, name##_grad };
#define RIGHT(part, unit, words)                \
    {                                           \
        &unit, "right", part, 0, NOTHING, words \
    }
#define WRONG(part, unit, bug, cause, words) \
    {                                        \
        &unit, #bug, part, bug, cause, words \
    }
#define FIELD(of)                                        \
    const struct long_row *strangers_##of##_long(int i); \
    extern const struct field strangers_##of;            \
    const struct field strangers_##of = { #of, rows, strangers_##of##_long, sizeof rows / sizeof *rows };
#define ROWS static const struct row rows[]

#else

#ifdef __clang__
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
#define double long double
#define float double
#define exp      expl
#define log      logl
#define sqrt     sqrtl
#define tanh     tanhl
#define sinh     sinhl
#define cosh     coshl
#define fabs     fabsl
#define sin      sinl
#define cos      cosl
#define tan      tanl
#define asin     asinl
#define acos     acosl
#define atan     atanl
#define atan2    atan2l
#define pow      powl
#define fmax     fmaxl
#define fmin     fminl
#define log1p    log1pl
#define expm1    expm1l
#define log2     log2l
#define exp2     exp2l
#define log10    log10l
#define floor    floorl
#define ceil     ceill
#define round    roundl
#define fmod     fmodl
#define hypot    hypotl
#define erf      erfl
#define erfc     erfcl
#define cbrt     cbrtl
#define copysign copysignl
#define lgamma   lgammal
#define tgamma   tgammal
#define ldexp    ldexpl
#define expf     expl
#define logf     logl
#define sqrtf    sqrtl
#define tanhf    tanhl
#define fabsf    fabsl
#define sinf     sinl
#define cosf     cosl
#define powf     powl
#define fmaxf    fmaxl
#define fminf    fminl
#define atan2f   atan2l
#define floorf   floorl
#define log1pf   log1pl

#define UNIT(name, n, lo, hi, flags)         static const struct long_row name = { #name, name##_loss, name##_grad };
#define FLOAT_UNIT                           UNIT
#define RIGHT(part, unit, words)             &unit
#define WRONG(part, unit, bug, cause, words) &unit
#define FIELD(of)                                        \
    const struct long_row *strangers_##of##_long(int i); \
    const struct long_row *strangers_##of##_long(int i)  \
    {                                                    \
        return rows[i];                                  \
    }
#define ROWS static const struct long_row *const rows[]

#endif
#endif
