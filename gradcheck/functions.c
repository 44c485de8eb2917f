/* functions.c - analytic against numeric with a function of the tensor's own values: a term or a factor of
 * it that is missing. A test of a row in pattern.c. */
#include <math.h>
#include <stdlib.h>

#include "diagnose.h"
#include "gc_internal.h"

static double exponential(double x)
{
    return exp(x);
}

static double falling(double x)
{
    return exp(-x);
}

static double square(double x)
{
    return x * x;
}

static double cube(double x)
{
    return x * x * x;
}

static double inverse(double x)
{
    return 1 / x;
}

static double inverse_square(double x)
{
    return 1 / (x * x);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double sigmoid_derivative(double x)
{
    return sigmoid(x) * sigmoid(-x);
}

static double tanh_derivative(double x)
{
    return 1 / (cosh(x) * cosh(x));
}

static double one_less_square(double x)
{
    return 1 - x * x;
}

/* %s in a name: the tensor */
static const struct {
    const char *name;
    double (*of)(double x);
    int may_be_term; /* of a sum over the elements, which reached each of them */
} functions[] = {
    { "exp(%s)", exponential, 1 },
    { "exp(-%s)", falling, 1 },
    { "%s^2", square, 1 },
    { "%s^3", cube, 1 },
    { "1/%s", inverse, 1 },
    { "1/%s^2", inverse_square, 0 },
    { "sigmoid(%s)", sigmoid, 1 },
    { "sigmoid'(%s)", sigmoid_derivative, 1 },
    { "tanh(%s)", tanh, 1 },
    { "tanh'(%s)", tanh_derivative, 1 },
    { "sin(%s)", sin, 1 },
    { "cos(%s)", cos, 1 },
    { "(1 - %s^2)", one_less_square, 0 },
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static struct gc_term added(const gc_sample *s, double with, double c)
{
    (void)c;
    return (struct gc_term){ s->numeric, with, 1 };
}

static struct gc_term multiplied(const gc_sample *s, double with, double c)
{
    return (struct gc_term){ 0, with * s->numeric, fabs(c * with) };
}

static struct gc_term divided(const gc_sample *s, double with, double c)
{
    return (struct gc_term){ 0, s->numeric / with, fabs(c / with) };
}

/* All values of the function, or 0: one is not finite, or 0 */
static int values(const struct gc_view *v, double (*of)(double), double *to)
{
    for (size_t i = 0; i < v->n; i++) {
        to[i] = of(v->e->x[i]);
        if (!gc_is_finite(to[i]) || !(fabs(to[i]) > 1e-300)) return 0;
    }
    return 1;
}

static int says(const struct gc_view *v, struct gc_words *w, gc_relation rel, const double *with,
                const char *name)
{
    double c = gc_fitted(v, rel, with, 3);
    if (!(fabs(c) > 0)) return 0;
    if (rel == added) {
        gc_text(w->pattern, GC_TEXT, "analytic = numeric %c %.6g * %s", c > 0 ? '+' : '-', fabs(c), name);
        gc_text(w->cause, GC_TEXT,
                "a term of %s, as of a sum over it: it is missing, or the sign or a factor of it is wrong",
                name);
    } else {
        gc_text(w->pattern, GC_TEXT, "analytic = %.6g * numeric %c %s", c, rel == multiplied ? '*' : '/',
                name);
        gc_text(w->cause, GC_TEXT,
                rel == multiplied ? "the factor %s is one too many" : "the factor %s is missing", name);
    }
    return 1;
}

int gc_function_of_value(const struct gc_view *v, struct gc_words *w)
{
    double *with = v->e->x ? malloc(v->n * sizeof *with) : NULL;
    int found = 0;
    for (int k = 0; with && k < FUNCTIONS && !found; k++) {
        char name[GC_TEXT];
        gc_text(name, sizeof name, functions[k].name, v->t->name);
        if (!values(v, functions[k].of, with)) continue;
        found = (functions[k].may_be_term && says(v, w, added, with, name)) ||
                says(v, w, multiplied, with, name) || says(v, w, divided, with, name);
    }
    free(with);
    return found;
}
