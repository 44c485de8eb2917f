/* ulp.c - how exact are three activations in float, and where? CSV on stdout.
 *
 *   textbook    the formula as it is printed everywhere, typed in: 1 / (1 + exp(-x)) and so on
 *   naive       rung 00, the reference: the same functions of libm, arranged so that
 *               nothing cancels or overflows
 *   polynomial  rung 01, no libm at all
 *
 * For each stretch of a quarter, the largest error over 4000 floats, in units in the last place
 * (ulp) of the exact value, which the reference in double supplies; never below 0.01, since a
 * logarithmic axis has no zero.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../optimized/op.h"
#include "../../reference/reference.h"

enum { SAMPLES = 4000, FURTHEST = 12, METHODS = 3 };

static float textbook_sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

static float textbook_tanh(float x)
{
    return (expf(x) - expf(-x)) / (expf(x) + expf(-x));
}

static float textbook_gelu(float x)
{
    return x / 2 * (1 + erff(x * 0.70710678f));
}

static const struct {
    const char *name, *op;
    float (*textbook)(float x);
    void (*exact)(int n, const double *x, double *y);
} subject[] = {
    { "sigmoid", "sigmoid_forward", textbook_sigmoid, sigmoid_forward_f64 },
    { "tanh", "tanh_forward", textbook_tanh, tanh_forward_f64 },
    { "gelu", "gelu_forward", textbook_gelu, gelu_forward_f64 },
};
enum { SUBJECTS = sizeof subject / sizeof *subject };

static double in_ulp(float y, double exact)
{
    int e = -125;
    if (exact != 0) (void)frexp(exact, &e);
    return fabs((double)y - exact) / ldexp(1, (e < -125 ? -125 : e) - 24);
}

static double largest(const float *y, const double *exact)
{
    double most = 0.01;
    for (int k = 0; k < SAMPLES; k++) most = fmax(most, in_ulp(y[k], exact[k]));
    return most;
}

/* by the rung of that name */
static void by_rung(const char *op_name, const char *rung, float *x, float *y)
{
    const struct op *op = op_find(op_name);
    int n = SAMPLES;
    op_call(op, rung_find(op, rung)->run, &n, (void *const[]){ x, y });
}

static void row(double from)
{
    static float x[SAMPLES], y[SAMPLES];
    static double wide[SAMPLES], exact[SAMPLES];
    printf("%.3f", from + 0.125);
    for (int k = 0; k < SAMPLES; k++) {
        x[k] = (float)(from + 0.25 * (k + 0.5) / SAMPLES);
        wide[k] = (double)x[k];
    }
    for (int s = 0; s < SUBJECTS; s++) {
        subject[s].exact(SAMPLES, wide, exact);
        for (int k = 0; k < SAMPLES; k++) y[k] = subject[s].textbook(x[k]);
        printf(",%.2f", largest(y, exact));
        by_rung(subject[s].op, "00_naive", x, y);
        printf(",%.2f", largest(y, exact));
        by_rung(subject[s].op, "01_polynomial", x, y);
        printf(",%.2f", largest(y, exact));
    }
    putchar('\n');
}

int main(void)
{
    printf("x");
    for (int s = 0; s < SUBJECTS; s++)
        printf(",%s textbook,%s naive,%s polynomial", subject[s].name, subject[s].name, subject[s].name);
    putchar('\n');
    for (int k = -4 * FURTHEST; k < 4 * FURTHEST; k++) row(k / 4.0);
    return 0;
}
