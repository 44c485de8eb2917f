/* activation.c - y = f(x), element by element: nine functions and the slips in their derivatives. */
#include <string.h>

#include "units.h"

enum { LENGTH = 37 }; /* no multiple of a vector */
enum { X = 1 };

static const double slope = 0.1; /* of leaky_relu */
static const double alpha = 0.8; /* of elu */
static const double beta = 2.0;  /* of softplus: log(1 + exp(beta x)) / beta */

enum {
    right,
    without_y, /* general slips */
    without_1_minus_y,
    at_y,
    at_x,
    plus_for_minus,
    sign,
    upstream_ignored,
    upstream_twice,
    last_skipped,
    no_tail,
    first_only,
    neighbour,
    zero,
    one,
    saturates_early, /* tanh, sigmoid */
    not_squared,
    all_pass, /* the ReLU family */
    branch_inverted,
    guided,
    leaks,
    negative_half_of_the_kink,
    nan_at_the_kink,
    mask_of_the_neighbour,
    derivative_on_the_right,
    derivative_missing,
    derivative_inverted,
    alpha_missing,
    y_without_alpha,
    negative_branch_one,
    beta_missing,
    beta_twice,
    linear_too_early,
    y_for_exp,
    phi_missing, /* GELU, SiLU */
    phi_without_root,
    phi_without_half,
    tanh_formula,
    tail_to_six_digits,
    cubic_without_three,
    sech_missing,
    constant_to_three_digits,
    half_missing,
    product_rule_first_half,
    product_rule_second_half,
    y_for_s,
    upper_bound_forgotten, /* hard tanh */
    bounds_from_y,
    cubed_twice
};

static double sigmoid_y(double x)
{
    return zoo_sigmoid(x);
}

static double sigmoid_dx(int m, double x, double y)
{
    switch (m) {
    case without_y: return 1 - y;
    case without_1_minus_y: return y;
    case at_y: return zoo_sigmoid(y) * (1 - zoo_sigmoid(y));
    case at_x: return x * (1 - x);
    case plus_for_minus: return y * (1 + y);
    case saturates_early: return fabs(x) > 1 ? 0 : y * (1 - y);
    default: return y * (1 - y);
    }
}

static double tanh_y(double x)
{
    return tanh(x);
}

static double tanh_dx(int m, double x, double y)
{
    switch (m) {
    case not_squared: return 1 - y;
    case at_y: return 1 - tanh(y) * tanh(y);
    case at_x: return 1 - x * x;
    case plus_for_minus: return 1 + y * y;
    case saturates_early: return fabs(x) > 1 ? 0 : 1 - y * y;
    case sign: return y * y - 1;
    default: return 1 - y * y;
    }
}

static double relu_y(double x)
{
    return x > 0 ? x : 0;
}

static double relu_dx(int m, double x, double y)
{
    (void)y;
    switch (m) {
    case all_pass: return 1;
    case branch_inverted: return x < 0;
    case leaks: return x > 0 ? 1 : 0.01;
    case negative_half_of_the_kink: return x > 0 ? 1 : x < 0 ? 0 : -0.5;
    case nan_at_the_kink: return (1 + x / fabs(x)) / 2;
    default: return x > 0;
    }
}

static double leaky_y(double x)
{
    return x > 0 ? x : slope * x;
}

static double leaky_dx(int m, double x, double y)
{
    (void)y;
    switch (m) {
    case derivative_missing: return x > 0;
    case derivative_on_the_right: return x > 0 ? slope : 1;
    case derivative_inverted: return x > 0 ? 1 : 1 / slope;
    case all_pass: return 1;
    default: return x > 0 ? 1 : slope;
    }
}

static double elu_y(double x)
{
    return x > 0 ? x : alpha * expm1(x);
}

static double elu_dx(int m, double x, double y)
{
    switch (m) {
    case alpha_missing: return x > 0 ? 1 : exp(x);
    case y_without_alpha: return x > 0 ? 1 : y;
    case negative_branch_one: return 1;
    case branch_inverted: return x > 0 ? alpha * exp(x) : 1;
    default: return x > 0 ? 1 : y + alpha;
    }
}

static double softplus_y(double x)
{
    return ((x > 0 ? beta * x : 0) + log1p(exp(-fabs(beta * x)))) / beta;
}

static double softplus_dx(int m, double x, double y)
{
    switch (m) {
    case beta_missing: return zoo_sigmoid(x);
    case beta_twice: return beta * zoo_sigmoid(beta * x);
    case linear_too_early: return x > 0.5 ? 1 : zoo_sigmoid(beta * x);
    case sign: return zoo_sigmoid(-beta * x);
    case at_y: return zoo_sigmoid(beta * y);
    case y_for_exp: return 1 - exp(-y);
    default: return zoo_sigmoid(beta * x);
    }
}

static double density(double x) /* of the normal distribution */
{
    return exp(-x * x / 2) / sqrt(2 * ZOO_PI);
}

static double distribution(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

static double gelu_y(double x)
{
    return x * distribution(x);
}

static double gelu_tanh_derivative(int m, double x)
{
    double c = m == constant_to_three_digits ? 0.798 : sqrt(2 / ZOO_PI);
    double t = tanh(sqrt(2 / ZOO_PI) * (x + 0.044715 * x * x * x));
    double inner = c * (1 + (m == cubic_without_three ? 1 : 3) * 0.044715 * x * x);
    double sech2 = m == sech_missing ? 1 : 1 - t * t;
    return (1 + t) / (m == half_missing ? 1 : 2) + x * sech2 * inner / 2;
}

static double gelu_dx(int m, double x, double y)
{
    (void)y;
    switch (m) {
    case phi_missing: return distribution(x);
    case phi_without_root: return distribution(x) + x * density(x) * sqrt(2 * ZOO_PI);
    case phi_without_half: return distribution(x) + x * exp(-x * x) / sqrt(2 * ZOO_PI);
    case tanh_formula: return gelu_tanh_derivative(right, x);
    case tail_to_six_digits: return distribution(x) + x * density(x) * (x < -1 ? 1 + 1e-6 : 1);
    default: return distribution(x) + x * density(x);
    }
}

static double gelu_tanh_y(double x)
{
    return x / 2 * (1 + tanh(sqrt(2 / ZOO_PI) * (x + 0.044715 * x * x * x)));
}

static double gelu_tanh_dx(int m, double x, double y)
{
    (void)y;
    return gelu_tanh_derivative(m, x);
}

static double silu_y(double x)
{
    return x * zoo_sigmoid(x);
}

static double silu_dx(int m, double x, double y)
{
    double s = zoo_sigmoid(x);
    switch (m) {
    case product_rule_first_half: return s;
    case product_rule_second_half: return x * s * (1 - s);
    case y_for_s: return y * (1 + x * (1 - y));
    case without_y: return 1 + x * (1 - s);
    default: return s * (1 + x * (1 - s));
    }
}

static double hard_tanh_y(double x)
{
    return x > 1 ? 1 : x < -1 ? -1 : x;
}

static double hard_tanh_dx(int m, double x, double y)
{
    switch (m) {
    case upper_bound_forgotten: return x > -1;
    case bounds_from_y: return y <= 1 && y >= -1; /* always */
    default: return x > -1 && x < 1;
    }
}

static double cube_y(double x)
{
    return x * x * x;
}

static double cube_dx(int m, double x, double y)
{
    switch (m) {
    case at_y: return 3 * y * y;
    case cubed_twice: return 3 * x * x * x;
    default: return 3 * x * x;
    }
}

typedef double derivative_fn(int m, double x, double y);

/* dx = dy f'(x), with the slips that any element-wise backward can have */
static void apply(int m, derivative_fn *f, const double *x, const double *y, const double *dy, double *dx)
{
    int length = m == no_tail        ? LENGTH / 8 * 8
                 : m == last_skipped ? LENGTH - 1
                 : m == first_only   ? 1
                                     : LENGTH;
    memset(dx, 0, LENGTH * sizeof *dx);
    for (int k = 0; k < length; k++) {
        int from = m == neighbour || m == mask_of_the_neighbour ? (k + 1) % LENGTH : k;
        double up = m == upstream_ignored ? 1 : m == upstream_twice ? dy[k] * dy[k] : dy[k];
        dx[k] = up * f(m, x[from], y[from]);
        if (m == zero) dx[k] = 0;
        if (m == one) dx[k] = up;
        if (m == guided && up < 0) dx[k] = 0; /* guided backpropagation is not the gradient */
    }
}

#define ACTIVATION(name)                                                                                    \
    static int name##_forward(void *ctx, const gc_tensor *in, gc_tensor *out)                               \
    {                                                                                                       \
        const double *x = in[0].data;                                                                       \
        double *y = out[0].data;                                                                            \
        (void)ctx;                                                                                          \
        for (int k = 0; k < LENGTH; k++) y[k] = name##_y(x[k]);                                             \
        return 0;                                                                                           \
    }                                                                                                       \
    static int name##_backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout, \
                               gc_tensor *din)                                                              \
    {                                                                                                       \
        apply(zoo_mistake(ctx), name##_dx, in[0].data, out[0].data, dout[0].data, din[0].data);             \
        return 0;                                                                                           \
    }                                                                                                       \
    static void name##_build(struct zoo_problem *z)                                                         \
    {                                                                                                       \
        build(z, name##_forward, name##_backward);                                                          \
    }

static void build(struct zoo_problem *z, gc_forward forward, gc_backward backward)
{
    zoo_input(z, "x", GC_GRAD, ZOO_DIMS(LENGTH));
    zoo_output(z, "y", ZOO_DIMS(LENGTH));
    z->p.forward = forward;
    z->p.backward = backward;
}

ACTIVATION(sigmoid)
ACTIVATION(tanh)
ACTIVATION(relu)
ACTIVATION(leaky)
ACTIVATION(elu)
ACTIVATION(softplus)
ACTIVATION(gelu)
ACTIVATION(gelu_tanh)
ACTIVATION(silu)
ACTIVATION(hard_tanh)
ACTIVATION(cube)

#define RIGHT(unit)                                                   \
    {                                                                 \
#unit, "right", "nothing", unit##_build, right, 0, GC_PASS, 0 \
    }
#define WRONG(unit, name, words)                               \
    {                                                          \
#unit, #name, words, unit##_build, name, X, GC_FAIL, 0 \
    }
#define BREACH(unit, name, words)                                         \
    {                                                                     \
#unit, #name, words, unit##_build, name, X, GC_CONTRACT_BROKEN, 0 \
    }
#define ONLY(unit, name, only, words)                             \
    {                                                             \
#unit, #name, words, unit##_build, name, X, GC_FAIL, only \
    }

static const struct zoo_case rows[] = {
    RIGHT(sigmoid),
    WRONG(sigmoid, without_y, "1 - y: the factor y is missing"),
    WRONG(sigmoid, without_1_minus_y, "y: the factor 1 - y is missing"),
    WRONG(sigmoid, at_y, "the derivative at y instead of x"),
    WRONG(sigmoid, at_x, "x (1 - x): x taken for y"),
    WRONG(sigmoid, plus_for_minus, "y (1 + y)"),
    WRONG(sigmoid, saturates_early, "zero for |x| > 1"),
    BREACH(sigmoid, upstream_ignored, "dy taken as 1"),
    BREACH(sigmoid, upstream_twice, "dy multiplied in twice"),
    WRONG(sigmoid, last_skipped, "the last element left at zero"),
    WRONG(sigmoid, no_tail, "in eights, without the tail"),
    WRONG(sigmoid, neighbour, "the derivative at the next element"),
    RIGHT(tanh),
    WRONG(tanh, not_squared, "1 - y instead of 1 - y^2"),
    WRONG(tanh, at_y, "1 - tanh(y)^2: tanh applied twice"),
    WRONG(tanh, at_x, "1 - x^2: x taken for y"),
    WRONG(tanh, plus_for_minus, "1 + y^2"),
    WRONG(tanh, sign, "y^2 - 1"),
    WRONG(tanh, saturates_early, "zero for |x| > 1"),
    WRONG(tanh, first_only, "only the first element"),
    WRONG(tanh, zero, "no gradient at all"),
    RIGHT(relu),
    WRONG(relu, all_pass, "no mask: the gradient of the identity"),
    WRONG(relu, branch_inverted, "the mask inverted"),
    WRONG(relu, guided, "negative upstream gradients dropped"),
    WRONG(relu, leaks, "0.01 on the negative side, as leaky ReLU has"),
    WRONG(relu, mask_of_the_neighbour, "the mask shifted by one"),
    ONLY(relu, negative_half_of_the_kink, GC_KINKS, "-0.5 at x = 0 exactly: outside [0, 1]"),
    WRONG(relu, nan_at_the_kink, "(1 + x / |x|) / 2: NaN at x = 0"),
    RIGHT(leaky),
    WRONG(leaky, derivative_missing, "zero on the negative side"),
    WRONG(leaky, derivative_on_the_right, "the slope on the wrong side"),
    WRONG(leaky, derivative_inverted, "1/slope for slope"),
    WRONG(leaky, all_pass, "1 on both sides"),
    RIGHT(elu),
    WRONG(elu, alpha_missing, "exp(x) without alpha"),
    WRONG(elu, y_without_alpha, "y instead of y + alpha"),
    WRONG(elu, negative_branch_one, "1 on the negative side"),
    WRONG(elu, branch_inverted, "the branches exchanged"),
    RIGHT(softplus),
    WRONG(softplus, beta_missing, "sigmoid(x) instead of sigmoid(beta x)"),
    WRONG(softplus, beta_twice, "beta multiplied in, though the forward divides by it"),
    WRONG(softplus, linear_too_early, "1 beyond 0.5: the threshold of another beta"),
    WRONG(softplus, sign, "sigmoid(-beta x)"),
    WRONG(softplus, at_y, "sigmoid at y"),
    WRONG(softplus, y_for_exp, "1 - exp(-y), right for beta = 1 alone"),
    RIGHT(gelu),
    WRONG(gelu, phi_missing, "Phi(x) alone: the x phi(x) of the product rule is missing"),
    WRONG(gelu, phi_without_root, "phi without 1/sqrt(2 pi)"),
    WRONG(gelu, phi_without_half, "exp(-x^2) for exp(-x^2/2)"),
    WRONG(gelu, tanh_formula, "the derivative of the tanh approximation"),
    WRONG(gelu, tail_to_six_digits, "a tail known to six digits"),
    RIGHT(gelu_tanh),
    WRONG(gelu_tanh, cubic_without_three, "0.044715 x^2 without the 3 of the cube"),
    WRONG(gelu_tanh, sech_missing, "1 - t^2 is missing"),
    WRONG(gelu_tanh, constant_to_three_digits, "0.798 for sqrt(2/pi)"),
    WRONG(gelu_tanh, half_missing, "1 + t without its half"),
    RIGHT(silu),
    WRONG(silu, product_rule_first_half, "s alone"),
    WRONG(silu, product_rule_second_half, "x s (1 - s) alone"),
    WRONG(silu, y_for_s, "y where sigmoid(x) belongs"),
    WRONG(silu, without_y, "1 + x (1 - s): the outer s is missing"),
    RIGHT(hard_tanh),
    WRONG(hard_tanh, upper_bound_forgotten, "the gradient passes above the upper bound"),
    WRONG(hard_tanh, bounds_from_y, "the clipped y is compared with the bounds: never outside"),
    RIGHT(cube),
    WRONG(cube, at_y, "3 y^2"),
    WRONG(cube, cubed_twice, "3 x^3"),
    WRONG(cube, one, "the derivative is missing altogether"),
};

const struct zoo_table zoo_activation = ZOO_TABLE(rows);
