/* right.c - right gradients that a checker is tempted to blame: kinks by every legal convention, dead units,
 * noise, offsets, extreme scales, float inside, one element, a million. */
#include <string.h>

#include "units.h"

/* ---- element by element: y = f(x) ---- */

enum { LENGTH = 19 };

static double
noise(uint64_t bits) /* noise in [-1,1] from the bits of a number: the same for the same number */
{
    return 2 * zoo_unit(bits, 7) - 1;
}

static double noisy(double x, double amount)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return x * (1 + amount * noise(bits));
}

/* NAME(x): value, slope */
#define UNITS(U)                                                                              \
    U(constant, 3, 0)                                                                         \
    U(affine, 2 - 3 * x, -3)                                                                  \
    U(relu_derivative_one_at_zero, x > 0 ? x : 0, x >= 0)                                     \
    U(relu_derivative_half_at_zero, x > 0 ? x : 0, x > 0 ? 1 : x < 0 ? 0 : 0.5)               \
    U(abs_derivative_zero_at_zero, fabs(x), x > 0 ? 1 : x < 0 ? -1 : 0)                       \
    U(abs_derivative_minus_one_at_zero, fabs(x), x > 0 ? 1 : -1)                              \
    U(clamp_open, x > 1 ? 1 : x < -1 ? -1 : x, x > -1 && x < 1)                               \
    U(clamp_closed, x > 1 ? 1 : x < -1 ? -1 : x, x >= -1 && x <= 1)                           \
    U(huber, fabs(x) < 1 ? x * x / 2 : fabs(x) - 0.5, x > 1 ? 1 : x < -1 ? -1 : x)            \
    U(hard_sigmoid, x > 3 ? 1 : x < -3 ? 0 : x / 6 + 0.5, x > -3 && x < 3 ? 1.0 / 6 : 0)      \
    U(dead, 0 * x, 0)                                                                         \
    U(steep_tanh, tanh(100 * x), 100 / (cosh(100 * x) * cosh(100 * x)))                       \
    U(fast_sine, sin(50 * x), 50 * cos(50 * x))                                               \
    U(offset, x *x *x + 1e6, 3 * x * x)                                                       \
    U(cancellation, (x * x + 1e8) - 1e8, 2 * x)                                               \
    U(noise_1e_7, noisy(exp(x), 1e-7), exp(x))                                                \
    U(noise_1e_5, noisy(sin(x), 1e-5), cos(x))                                                \
    U(float_inside, (double)(float)(x * x), 2 * x)                                            \
    U(float_exp_inside, (double)expf((float)x), exp(x))                                       \
    U(saturated, zoo_sigmoid(30 * x), 30 * zoo_sigmoid(30 * x) * zoo_sigmoid(-30 * x))        \
    U(wide_range, exp(20 * x), 20 * exp(20 * x))                                              \
    U(tiny_outputs, 1e-30 * sin(x), 1e-30 * cos(x))                                           \
    U(huge_outputs, 1e30 * sin(x), 1e30 * cos(x))                                             \
    U(cusp_of_degree_three_halves, fabs(x) * sqrt(fabs(x)), 1.5 * copysign(sqrt(fabs(x)), x)) \
    U(log_of_positive, log(x), 1 / x)                                                         \
    U(root_of_positive, sqrt(x), 0.5 / sqrt(x))                                               \
    U(reciprocal_of_positive, 1 / x, -1 / (x * x))                                            \
    U(power_of_positive, pow(x, 2.5), 2.5 * pow(x, 1.5))                                      \
    U(entropy_of_positive, x *log(x), log(x) + 1)                                             \
    U(small_inputs, tanh(1e6 * x), 1e6 / (cosh(1e6 * x) * cosh(1e6 * x)))                     \
    U(large_inputs, sin(1e-6 * x), 1e-6 * cos(1e-6 * x))                                      \
    U(refuses_negative, sqrt(x), 0.5 / sqrt(x))                                               \
    U(round_number, nearbyint(x), 0)

#define NUMBER(name, value, derivative) name,
enum { UNITS(NUMBER) COUNT };

static double value_of(int unit, double x)
{
    switch (unit) {
#define VALUE(name, value, derivative) \
    case name: return value;
        UNITS(VALUE)
    default: return 0;
    }
}

static double derivative_of(int unit, double x)
{
    switch (unit) {
#define DERIVATIVE(name, value, derivative) \
    case name: return derivative;
        UNITS(DERIVATIVE)
    default: return 0;
    }
}

static int each_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    for (int k = 0; k < LENGTH; k++) {
        if (zoo_mistake(ctx) == refuses_negative && x[k] <= 0) return 1;
        ((double *)out[0].data)[k] = value_of(zoo_mistake(ctx), x[k]);
    }
    return 0;
}

static int each_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    const double *x = in[0].data, *dy = dout[0].data;
    (void)out;
    for (int k = 0; k < LENGTH; k++)
        ((double *)din[0].data)[k] = dy[k] * derivative_of(zoo_mistake(ctx), x[k]);
    return 0;
}

static int each_fill(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    int unit = zoo_mistake(ctx);
    double size = unit == small_inputs ? 1e-6 : unit == large_inputs ? 1e6 : 1;
    for (int k = 0; k < LENGTH; k++) {
        double z = zoo_normal(seed + 1000 * (uint64_t)point, (uint64_t)k);
        ((double *)in[0].data)[k] = size * (unit == refuses_negative ? exp(z) : z);
    }
    return 0;
}

static void each_build(struct zoo_problem *z)
{
    int unit = z->mistake, positive = unit >= log_of_positive && unit <= entropy_of_positive;
    zoo_input(z, "x", GC_GRAD | (positive ? GC_POSITIVE : 0), ZOO_DIMS(LENGTH));
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.forward = each_forward;
    z->p.backward = each_backward;
    if (unit == small_inputs || unit == large_inputs || unit == refuses_negative) z->p.fill = each_fill;
}

/* ---- dead layer: every unit below the kink ---- */

static int below_zero(void *ctx, int point, uint64_t seed, gc_tensor *in)
{
    (void)ctx;
    for (int k = 0; k < LENGTH; k++)
        ((double *)in[0].data)[k] = -0.2 - zoo_unit(seed + 1000 * (uint64_t)point, (uint64_t)k);
    return 0;
}

static void dead_layer_build(struct zoo_problem *z)
{
    z->mistake = relu_derivative_one_at_zero;
    each_build(z);
    z->p.fill = below_zero;
}

/* ---- at x = 0 for good: the point is given ---- */

static void given_zeros_build(struct zoo_problem *z)
{
    z->mistake = abs_derivative_zero_at_zero;
    each_build(z);
    z->in[0].data = zoo_memory(z, LENGTH * sizeof(double));
}

/* ---- one element ---- */

static int one_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    (void)ctx;
    *(double *)out[0].data = sin(*(double *)in[0].data);
    return 0;
}

static int one_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                        gc_tensor *din)
{
    const struct zoo_problem *z = ctx;
    (void)out;
    *(double *)din[0].data = cos(*(double *)in[0].data) * (z->p.no_upstream ? 1 : *(double *)dout[0].data);
    return 0;
}

static void one_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, 0, NULL);
    zoo_output(z, "y", 0, NULL);
    z->p.forward = one_forward;
    z->p.backward = one_backward;
}

static void no_upstream_build(struct zoo_problem *z)
{
    one_build(z);
    z->p.no_upstream = 1;
}

/* ---- a million elements: loss = mean of c x^2, c = 1 ... 8 in turn ---- */

enum { MILLION = 1000000, LANES = 8 };

static int million_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double part[LANES] = { 0 }, loss = 0;
    (void)ctx;
    for (int k = 0; k < MILLION; k += LANES)
        for (int j = 0; j < LANES; j++) part[j] += x[k + j] * x[k + j];
    for (int j = 0; j < LANES; j++) loss += (j + 1) * part[j] / MILLION;
    *(double *)out[0].data = loss;
    return 0;
}

static int million_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    const double *x = in[0].data, up = *(const double *)dout[0].data;
    double *dx = din[0].data;
    (void)out, (void)ctx;
    for (int k = 0; k < MILLION; k++) dx[k] = up * 2 / MILLION * (k % LANES + 1) * x[k];
    return 0;
}

static void million_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(MILLION));
    zoo_output(z, "loss", 0, NULL);
    z->o.n_points = 1;
    z->o.checks &=
        ~(unsigned)GC_ELEMENTS; /* 80 ladders of a million terms: the row `many` has them shorter */
    z->p.forward = million_forward;
    z->p.backward = million_backward;
}

/* ---- deep and narrow: 20 layers of 4, residual so that the gradient arrives; adds
 * to din by contract ---- */

enum { DEPTH = 20, WIDTH = 4 };

static void layer(const double *w, const double *h, double *next)
{
    for (int j = 0; j < WIDTH; j++) {
        double a = 0;
        for (int i = 0; i < WIDTH; i++) a += w[j * WIDTH + i] * h[i];
        next[j] = h[j] + tanh(a) / 2;
    }
}

static int deep_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    double h[DEPTH + 1][WIDTH];
    (void)ctx;
    memcpy(h[0], in[1].data, sizeof h[0]);
    for (int l = 0; l < DEPTH; l++) layer((double *)in[0].data + l * WIDTH * WIDTH, h[l], h[l + 1]);
    memcpy(out[0].data, h[DEPTH], sizeof h[0]);
    return 0;
}

static int deep_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                         gc_tensor *din)
{
    double h[DEPTH + 1][WIDTH], dh[WIDTH];
    (void)ctx, (void)out;
    memcpy(h[0], in[1].data, sizeof h[0]);
    memcpy(dh, dout[0].data, sizeof dh);
    for (int l = 0; l < DEPTH; l++) layer((double *)in[0].data + l * WIDTH * WIDTH, h[l], h[l + 1]);
    for (int l = DEPTH - 1; l >= 0; l--) {
        const double *w = (const double *)in[0].data + l * WIDTH * WIDTH;
        double *dw = (double *)din[0].data + l * WIDTH * WIDTH, before[WIDTH];
        memcpy(before, dh, sizeof before);
        for (int j = 0; j < WIDTH; j++) {
            double t = 2 * (h[l + 1][j] - h[l][j]), da = dh[j] / 2 * (1 - t * t);
            for (int i = 0; i < WIDTH; i++) {
                dw[j * WIDTH + i] += da * h[l][i];
                before[i] += da * w[j * WIDTH + i];
            }
        }
        memcpy(dh, before, sizeof dh);
    }
    for (int j = 0; j < WIDTH; j++) ((double *)din[1].data)[j] += dh[j];
    return 0;
}

static void deep_build(struct zoo_problem *z)
{
    zoo_input(z, "w", GC_GRAD, ZOO_DIMS(DEPTH, WIDTH, WIDTH));
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(WIDTH));
    zoo_output(z, "h", ZOO_DIMS(WIDTH));
    z->p.forward = deep_forward;
    z->p.backward = deep_backward;
    z->p.accumulate = 1;
}

/* ---- float inputs, computed in double: y = (sum x)^2 tanh(x) ---- */

static int float_inputs_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const float *x = in[0].data;
    double sum = 0;
    (void)ctx;
    for (int k = 0; k < LENGTH; k++) sum += (double)x[k];
    for (int k = 0; k < LENGTH; k++) ((double *)out[0].data)[k] = sum * sum * tanh((double)x[k]);
    return 0;
}

static int float_inputs_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                                 gc_tensor *din)
{
    const float *x = in[0].data;
    const double *dy = dout[0].data;
    double sum = 0, through = 0;
    (void)ctx, (void)out;
    for (int k = 0; k < LENGTH; k++) sum += (double)x[k];
    for (int k = 0; k < LENGTH; k++) through += 2 * sum * dy[k] * tanh((double)x[k]);
    for (int k = 0; k < LENGTH; k++) {
        double t = tanh((double)x[k]);
        ((float *)din[0].data)[k] = (float)(through + sum * sum * dy[k] * (1 - t * t));
    }
    return 0;
}

static void float_inputs_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(LENGTH))->dt = GC_F32;
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.forward = float_inputs_forward;
    z->p.backward = float_inputs_backward;
}

/* ---- maximum of all, by two conventions; the largest of ties anywhere ---- */

enum { first_maximum, shared_maximum };

static int maximum_forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data;
    double *y = out[0].data;
    (void)ctx;
    *y = x[0];
    for (int k = 1; k < LENGTH; k++) *y = x[k] > *y ? x[k] : *y;
    return 0;
}

static int maximum_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                            gc_tensor *din)
{
    const double *x = in[0].data, y = *(const double *)out[0].data, up = *(const double *)dout[0].data;
    double *dx = din[0].data;
    int ties = 0, given = 0;
    for (int k = 0; k < LENGTH; k++) ties += x[k] >= y;
    for (int k = 0; k < LENGTH; k++) {
        dx[k] = x[k] < y ? 0 : zoo_mistake(ctx) == shared_maximum ? up / ties : given++ ? 0 : up;
    }
    return 0;
}

static void maximum_build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(LENGTH));
    zoo_output(z, "y", 0, NULL);
    z->p.forward = maximum_forward;
    z->p.backward = maximum_backward;
}

/* GC_INCONCLUSIVE: anything but blame is right, as the precision asked for may not be there */
#define EACH(unit, expect, words)                             \
    {                                                         \
#unit, "right", words, each_build, unit, 0, expect, 0 \
    }
#define OWN(unit, of, number, expect, words)                   \
    {                                                          \
        unit, "right", words, of##_build, number, 0, expect, 0 \
    }

static const struct zoo_case rows[] = {
    EACH(constant, GC_PASS, "the gradient is zero everywhere"),
    EACH(affine, GC_PASS, "no curvature"),
    EACH(dead, GC_PASS, "the output is zero everywhere"),
    EACH(relu_derivative_one_at_zero, GC_PASS, "ReLU'(0) = 1 is a convention"),
    EACH(relu_derivative_half_at_zero, GC_PASS, "ReLU'(0) = 1/2 is one too"),
    EACH(abs_derivative_zero_at_zero, GC_PASS, "|x|' = 0 at 0"),
    EACH(abs_derivative_minus_one_at_zero, GC_PASS, "|x|' = -1 at 0"),
    EACH(clamp_open, GC_PASS, "no gradient at the bounds themselves"),
    EACH(clamp_closed, GC_PASS, "gradient at the bounds themselves"),
    EACH(huber, GC_PASS, "the second derivative jumps"),
    EACH(hard_sigmoid, GC_PASS, "kinks away from zero"),
    EACH(cusp_of_degree_three_halves, GC_PASS, "the second derivative is infinite at 0"),
    EACH(steep_tanh, GC_INCONCLUSIVE, "changes within 0.01"),
    EACH(fast_sine, GC_PASS, "a period of 0.13"),
    EACH(offset, GC_PASS, "an offset of 1e6 in the loss"),
    EACH(cancellation, GC_INCONCLUSIVE, "eight digits lost inside"),
    EACH(noise_1e_7, GC_INCONCLUSIVE, "relative noise of 1e-7"),
    EACH(noise_1e_5, GC_INCONCLUSIVE, "relative noise of 1e-5"),
    EACH(float_inside, GC_INCONCLUSIVE, "the value is rounded to float"),
    EACH(float_exp_inside, GC_INCONCLUSIVE, "computed in float"),
    EACH(saturated, GC_INCONCLUSIVE, "slopes down to 1e-40 of a value near 1"),
    EACH(wide_range, GC_INCONCLUSIVE, "values from 1e-70 to 1e70"),
    EACH(tiny_outputs, GC_PASS, "values of 1e-30"),
    EACH(huge_outputs, GC_PASS, "values of 1e30"),
    EACH(log_of_positive, GC_PASS, "log, its argument kept positive"),
    EACH(root_of_positive, GC_PASS, "sqrt, its argument kept positive"),
    EACH(reciprocal_of_positive, GC_PASS, "1/x, its argument kept positive"),
    EACH(power_of_positive, GC_PASS, "x^2.5, its argument kept positive"),
    EACH(entropy_of_positive, GC_PASS, "x log x, its argument kept positive"),
    EACH(small_inputs, GC_PASS, "inputs of 1e-6"),
    EACH(large_inputs, GC_PASS, "inputs of 1e6"),
    EACH(refuses_negative, GC_PASS, "points outside the domain are refused"),
    EACH(round_number, GC_INCONCLUSIVE, "jumps; flat between them"),
    OWN("dead_layer", dead_layer, 0, GC_PASS, "all units below the kink"),
    OWN("given_zeros", given_zeros, 0, GC_PASS, "the given point is a kink in every element"),
    OWN("one_element", one, 0, GC_PASS, "a scalar"),
    OWN("no_upstream", no_upstream, 0, GC_PASS, "a loss and its gradient, without an upstream gradient"),
    OWN("million", million, 0, GC_PASS, "1e6 elements"),
    OWN("deep_narrow", deep, 0, GC_PASS, "20 layers; adds to its gradients, as its contract says"),
    OWN("float_inputs", float_inputs, 0, GC_INCONCLUSIVE, "float inputs and gradients, computed in double"),
    OWN("maximum_first", maximum, first_maximum, GC_PASS, "the first of equal maxima gets the gradient"),
    OWN("maximum_shared", maximum, shared_maximum, GC_PASS, "equal maxima share it"),
};

const struct zoo_table zoo_right = ZOO_TABLE(rows);
