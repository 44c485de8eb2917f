/* write_the_checker.c - exercise 1.6: layers y (m) = f(x) (n) with a point x each, and gradients of them, 16
 * right and 21 wrong.
 */
#include "judged.h"

#include <math.h>

#include "../reference/philox.h"
#include "../reference/reference.h"
#include "write_the_checker.h"

static uint64_t seed; /* of all points and layers */

/* number k of a stream, in [-1, 1) */
static double noise(uint64_t stream, int k)
{
    return philox_word(seed, stream, (uint64_t)k) * 0x1p-31 - 1;
}

static void fill(uint64_t stream, int n, double *x)
{
    for (int k = 0; k < n; k++) x[k] = noise(stream, k);
}

/* ---- dense: y (N,OUT) = u (N,IN) w (OUT,IN)^T, as a function of w and as one of u ---- */

enum { N = 5, IN = 4, OUT = 3, WEIGHTS = OUT * IN, INPUTS = N * IN, OUTPUTS = N * OUT };

static void by_weight(const double *w, double *y)
{
    double u[INPUTS], b[OUT] = { 0 };
    fill(1, INPUTS, u);
    dense_forward_f64(N, IN, OUT, u, w, b, y);
}

/* dw of the examples from `from` on */
static void dw_from(int from, const double *dy, double *dw)
{
    double u[INPUTS], db[OUT];
    fill(1, INPUTS, u);
    dense_backward_dw_f64(N - from, IN, OUT, u + from * IN, dy + from * OUT, dw, db);
}

static void dw(const double *w, const double *dy, double *dx)
{
    (void)w;
    dw_from(0, dy, dx);
}

static void dw_averaged(const double *w, const double *dy, double *dx)
{
    dw(w, dy, dx);
    for (int k = 0; k < WEIGHTS; k++) dx[k] /= N;
}

static void dw_transposed(const double *w, const double *dy, double *dx)
{
    double right[WEIGHTS];
    dw(w, dy, right);
    for (int o = 0; o < OUT; o++)
        for (int i = 0; i < IN; i++) dx[i * OUT + o] = right[o * IN + i];
}

static void dw_of_ones(const double *w, const double *dy, double *dx)
{
    double ones[OUTPUTS];
    (void)dy;
    for (int k = 0; k < OUTPUTS; k++) ones[k] = 1;
    dw(w, ones, dx);
}

static void dw_last(const double *w, const double *dy, double *dx)
{
    (void)w;
    dw_from(N - 1, dy, dx);
}

static void dw_adds(const double *w, const double *dy, double *dx)
{
    double right[WEIGHTS];
    dw(w, dy, right);
    for (int k = 0; k < WEIGHTS; k++) dx[k] += right[k];
}

static void by_input(const double *u, double *y)
{
    double w[WEIGHTS], b[OUT] = { 0 };
    fill(2, WEIGHTS, w);
    dense_forward_f64(N, IN, OUT, u, w, b, y);
}

static void du(const double *u, const double *dy, double *dx)
{
    double w[WEIGHTS];
    (void)u;
    fill(2, WEIGHTS, w);
    dense_backward_dx_f64(N, IN, OUT, w, dy, dx);
}

static void du_negative(const double *u, const double *dy, double *dx)
{
    du(u, dy, dx);
    for (int k = 0; k < INPUTS; k++) dx[k] = -dx[k];
}

static void du_one_percent(const double *u, const double *dy, double *dx)
{
    du(u, dy, dx);
    dx[13] *= 1.01;
}

static void du_lost(const double *u, const double *dy, double *dx)
{
    du(u, dy, dx);
    dx[INPUTS - 1] = 0;
}

static void du_swapped(const double *u, const double *dy, double *dx)
{
    du(u, dy, dx);
    double other = dx[6];
    dx[6] = dx[7], dx[7] = other;
}

/* ---- element by element: y[k] = f(x[k]) ---- */

enum { ELEMENTS = 12 };

static void both_signs(double *x)
{
    fill(3, ELEMENTS, x);
    x[1] = -fabs(x[1]), x[2] = fabs(x[2]);
}

static void with_zeros(double *x)
{
    fill(3, ELEMENTS, x);
    x[0] = x[5] = x[ELEMENTS - 1] = 0;
}

static void up_to_thirty(double *x)
{
    for (int k = 0; k < ELEMENTS; k++) x[k] = 30 * noise(4, k);
}

static void millions(double *x)
{
    for (int k = 0; k < ELEMENTS; k++) x[k] = 1e6 * (1.5 + noise(5, k));
}

static void millionths(double *x)
{
    for (int k = 0; k < ELEMENTS; k++) x[k] = 1e-6 * (1.5 + noise(5, k));
}

/* the derivative d of each element, times dy */
#define ELEMENTWISE(name, d)                                        \
    static void name(const double *x, const double *dy, double *dx) \
    {                                                               \
        for (int k = 0; k < ELEMENTS; k++) {                        \
            const double X = x[k], DY = dy[k];                      \
            (void)X;                                                \
            dx[k] = (d);                                            \
        }                                                           \
    }

static void relu(const double *x, double *y)
{
    relu_forward_f64(ELEMENTS, x, y);
}
ELEMENTWISE(relu_slope, X > 0 ? DY : 0)
ELEMENTWISE(relu_no_mask, DY)

static void absolute(const double *x, double *y)
{
    for (int k = 0; k < ELEMENTS; k++) y[k] = fabs(x[k]);
}
ELEMENTWISE(absolute_slope, X == 0 ? 0 : X > 0 ? DY : -DY)

static void hyperbolic(const double *x, double *y)
{
    tanh_forward_f64(ELEMENTS, x, y);
}
ELEMENTWISE(tanh_slope, DY *(1 - tanh(X) * tanh(X)))
ELEMENTWISE(tanh_of_input, DY *(1 - X * X))

static void sigmoid(const double *x, double *y)
{
    sigmoid_forward_f64(ELEMENTS, x, y);
}
ELEMENTWISE(sigmoid_slope, DY *exp(-fabs(X)) / ((1 + exp(-fabs(X))) * (1 + exp(-fabs(X)))))
ELEMENTWISE(sigmoid_unsigned, fabs(DY) / (2 + exp(X) + exp(-X)))

static void cubes(const double *x, double *y)
{
    for (int k = 0; k < ELEMENTS; k++) y[k] = x[k] * x[k] * x[k];
}
ELEMENTWISE(cubes_slope, DY * 3 * X * X)
ELEMENTWISE(cubes_half, DY * 1.5 * X * X)
ELEMENTWISE(cubes_nearly, DY * 3.0003 * X * X)

static void lifted(const double *x, double *y)
{
    for (int k = 0; k < ELEMENTS; k++) y[k] = 1e8 + sin(x[k]);
}
ELEMENTWISE(lifted_slope, DY *cos(X))
ELEMENTWISE(lifted_zero, 0 * DY)

/* near the end of what it is defined for */
static void roots(const double *x, double *y)
{
    for (int k = 0; k < ELEMENTS; k++) y[k] = sqrt(x[k]);
}
ELEMENTWISE(roots_slope, DY / (2 * sqrt(X)))

/* ---- rows: (ROWS,C) ---- */

enum { ROWS = 3, C = 5, LOGITS = ROWS * C };

static const int labels[ROWS] = { 4, 0, 2 };

static void logits(double *x)
{
    for (int k = 0; k < LOGITS; k++) x[k] = 2 * noise(6, k);
}

static void softmax(const double *x, double *y)
{
    softmax_forward_f64(ROWS, C, x, y);
}

static void softmax_slope(const double *x, const double *dy, double *dx)
{
    double p[LOGITS];
    softmax(x, p);
    softmax_backward_f64(ROWS, C, p, dy, dx);
}

static void softmax_diagonal(const double *x, const double *dy, double *dx)
{
    double p[LOGITS];
    softmax(x, p);
    for (int k = 0; k < LOGITS; k++) dx[k] = dy[k] * p[k] * (1 - p[k]);
}

static void softmax_zero(const double *x, const double *dy, double *dx)
{
    (void)x, (void)dy;
    for (int k = 0; k < LOGITS; k++) dx[k] = 0;
}

static void cross_entropy(const double *x, double *y)
{
    xent_forward_f64(ROWS, C, x, labels, y, 0, REDUCE_MEAN);
}

static void cross_entropy_slope(const double *x, const double *dy, double *dx)
{
    xent_backward_f64(ROWS, C, x, labels, dy, dx, 0, REDUCE_MEAN);
}

static void cross_entropy_of_sum(const double *x, const double *dy, double *dx)
{
    xent_backward_f64(ROWS, C, x, labels, dy, dx, 0, REDUCE_SUM);
}

/* rows made to have mean 0 and variance 1 */
static double row_of(const double *x, double *y)
{
    double mean = 0, variance = 0;
    for (int c = 0; c < C; c++) mean += x[c] / C;
    for (int c = 0; c < C; c++) variance += (x[c] - mean) * (x[c] - mean) / C;
    for (int c = 0; c < C; c++) y[c] = (x[c] - mean) / sqrt(variance);
    return sqrt(variance);
}

static void normalised(const double *x, double *y)
{
    for (int k = 0; k < LOGITS; k += C) row_of(x + k, y + k);
}

/* dx = (dy - mean of dy - y mean of (dy y)) / deviation; without the last of these where it is fixed */
static void normalised_by(const double *x, const double *dy, double *dx, int is_fixed)
{
    double y[LOGITS];
    for (int k = 0; k < LOGITS; k += C) {
        double deviation = row_of(x + k, y + k), mean = 0, along = 0;
        for (int c = 0; c < C; c++) mean += dy[k + c] / C, along += dy[k + c] * y[k + c] / C;
        if (is_fixed) along = 0;
        for (int c = 0; c < C; c++) dx[k + c] = (dy[k + c] - mean - y[k + c] * along) / deviation;
    }
}

static void normalised_slope(const double *x, const double *dy, double *dx)
{
    normalised_by(x, dy, dx, 0);
}

static void normalised_fixed(const double *x, const double *dy, double *dx)
{
    normalised_by(x, dy, dx, 1);
}

/* ---- images: one channel of SIDE x SIDE ---- */

enum { SIDE = 5, PIXELS = SIDE * SIDE, EVEN = 4, WINDOWS = EVEN * EVEN / 4 };

static void image(double *x)
{
    fill(7, PIXELS, x);
}

/* windows of 2 x 2: in the first all four are equal */
static void image_with_ties(double *x)
{
    fill(7, EVEN * EVEN, x);
    x[0] = x[1] = x[EVEN] = x[EVEN + 1] = 0.5;
}

#define PADDED 1, 1, SIDE, SIDE, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1

static void convolved(const double *x, double *y)
{
    double w[9], b = 0;
    fill(8, 9, w);
    conv2d_forward_f64(PADDED, x, w, &b, y);
}

static void convolved_slope(const double *x, const double *dy, double *dx)
{
    double w[9];
    (void)x;
    fill(8, 9, w);
    conv2d_backward_dx_f64(PADDED, w, dy, dx);
}

static void convolved_inside(const double *x, const double *dy, double *dx)
{
    convolved_slope(x, dy, dx);
    for (int k = 0; k < SIDE; k++) dx[k] = dx[PIXELS - 1 - k] = 0;
}

static void pooled_with(const double *x, double *y, int *index)
{
    maxpool_forward_f64(1, 1, EVEN, EVEN, 2, 2, 0, 2, 0, x, y, index);
}

static void pooled(const double *x, double *y)
{
    int index[WINDOWS];
    pooled_with(x, y, index);
}

static void pooled_slope(const double *x, const double *dy, double *dx)
{
    int index[WINDOWS];
    double y[WINDOWS];
    pooled_with(x, y, index);
    maxpool_backward_f64(1, 1, EVEN, EVEN, 2, 2, 0, 2, 0, index, dy, dx);
}

static void pooled_shared(const double *x, const double *dy, double *dx)
{
    (void)x;
    for (int k = 0; k < EVEN * EVEN; k++) dx[k] = dy[k / EVEN / 2 * 2 + k % EVEN / 2] / 4;
}

/* ---- all of them ---- */

static void weights(double *x)
{
    fill(2, WEIGHTS, x);
}

static void inputs(double *x)
{
    fill(1, INPUTS, x);
}

enum {
    BY_WEIGHT,
    BY_INPUT,
    RELU,
    RELU_KINK,
    ABSOLUTE,
    TANH,
    SIGMOID,
    SOFTMAX,
    CE,
    NORM,
    CONV,
    POOL,
    LARGE,
    SMALL,
    LIFTED,
    ROOTS
};

static const struct {
    int n, m;
    void (*point)(double *x);
    forward_fn *forward;
} layers[] = {
    [BY_WEIGHT] = { WEIGHTS, OUTPUTS, weights, by_weight },
    [BY_INPUT] = { INPUTS, OUTPUTS, inputs, by_input },
    [RELU] = { ELEMENTS, ELEMENTS, both_signs, relu },
    [RELU_KINK] = { ELEMENTS, ELEMENTS, with_zeros, relu },
    [ABSOLUTE] = { ELEMENTS, ELEMENTS, with_zeros, absolute },
    [TANH] = { ELEMENTS, ELEMENTS, both_signs, hyperbolic },
    [SIGMOID] = { ELEMENTS, ELEMENTS, up_to_thirty, sigmoid },
    [SOFTMAX] = { LOGITS, LOGITS, logits, softmax },
    [CE] = { LOGITS, 1, logits, cross_entropy },
    [NORM] = { LOGITS, LOGITS, logits, normalised },
    [CONV] = { PIXELS, PIXELS, image, convolved },
    [POOL] = { EVEN * EVEN, WINDOWS, image_with_ties, pooled },
    [LARGE] = { ELEMENTS, ELEMENTS, millions, cubes },
    [SMALL] = { ELEMENTS, ELEMENTS, millionths, cubes },
    [LIFTED] = { ELEMENTS, ELEMENTS, both_signs, lifted },
    [ROOTS] = { ELEMENTS, ELEMENTS, millionths, roots },
};

#define RIGHT(layer, function, name, about)                                \
    {                                                                      \
        name, about, 0, (any_fn *)(0 ? (backward_fn *)0 : function), layer \
    }
#define FALSE(layer, function, name, about)                                \
    {                                                                      \
        name, about, 1, (any_fn *)(0 ? (backward_fn *)0 : function), layer \
    }

static const struct version gradients[] = {
    RIGHT(BY_WEIGHT, dw, "dense, dw", ""),
    RIGHT(BY_INPUT, du, "dense, dx", ""),
    RIGHT(RELU, relu_slope, "ReLU", ""),
    RIGHT(RELU_KINK, relu_slope, "ReLU at its kink", "0 is between the slopes of both sides"),
    RIGHT(ABSOLUTE, absolute_slope, "|x| at 0", "0 is between the slopes of both sides"),
    RIGHT(TANH, tanh_slope, "tanh", ""),
    RIGHT(SIGMOID, sigmoid_slope, "sigmoid far out", "a gradient of 1e-12 is not 0"),
    RIGHT(SOFTMAX, softmax_slope, "softmax", ""),
    RIGHT(CE, cross_entropy_slope, "cross-entropy", "y is one number"),
    RIGHT(NORM, normalised_slope, "layer norm", ""),
    RIGHT(CONV, convolved_slope, "convolution", ""),
    RIGHT(POOL, pooled_slope, "max-pool with a tie", "one of four equal numbers gets it all"),
    RIGHT(LARGE, cubes_slope, "cubes of millions", "h = 1e-5 is lost in rounding"),
    RIGHT(SMALL, cubes_slope, "cubes of millionths", "h = 1e-5 is larger than x"),
    RIGHT(LIFTED, lifted_slope, "1e8 + sin(x)", "eight of y's 16 digits depend on x"),
    RIGHT(ROOTS, roots_slope, "roots of millionths", "with h = 1e-5 one of the points is negative"),
    FALSE(BY_WEIGHT, dw_averaged, "averaged", "the gradient is divided by the number of examples"),
    FALSE(BY_WEIGHT, dw_transposed, "transposed", "dw is written as (IN,OUT)"),
    FALSE(BY_WEIGHT, dw_of_ones, "upstream ignored", "it is right where dy is 1"),
    FALSE(BY_WEIGHT, dw_last, "last example", "dw is that of the last example alone"),
    FALSE(BY_WEIGHT, dw_adds, "adds to dx", "it is right where dx held zeros"),
    FALSE(BY_INPUT, du_negative, "sign", "it has the wrong sign"),
    FALSE(BY_INPUT, du_one_percent, "one of twenty", "element 13 is one percent too large"),
    FALSE(BY_INPUT, du_lost, "last element", "the last element is 0"),
    FALSE(BY_INPUT, du_swapped, "swapped", "elements 6 and 7 have changed places"),
    FALSE(RELU, relu_no_mask, "mask missing", "negative x pass, too: it is right where x is positive"),
    FALSE(TANH, tanh_of_input, "1 - x^2", "for tanh(x) = y the slope is 1 - y^2"),
    FALSE(SIGMOID, sigmoid_unsigned, "sign of the upstream", "it is right where dy is positive"),
    FALSE(SOFTMAX, softmax_diagonal, "diagonal alone",
          "p (1 - p): what y gets from the other logits is missing"),
    FALSE(SOFTMAX, softmax_zero, "0", "a softmax adds up to 1: it is right where dy is the same everywhere"),
    FALSE(CE, cross_entropy_of_sum, "missing 1/N", "the gradient of a sum, where y is a mean"),
    FALSE(NORM, normalised_fixed, "deviation fixed", "the deviation depends on x, too"),
    FALSE(CONV, convolved_inside, "border lost", "the first row and the last have gradient 0"),
    FALSE(POOL, pooled_shared, "shared",
          "all four of a window get a quarter: right for a mean, and where they are equal"),
    FALSE(SMALL, cubes_half, "half of next to nothing", "1e-12 and half of it are both near 0"),
    FALSE(LARGE, cubes_nearly, "fourth digit", "it is off by one in ten thousand"),
    FALSE(LIFTED, lifted_zero, "0, and y nearly constant", "eight digits of y do depend on x"),
    { 0 },
};

static const char *serve(const struct version *v, struct handed *h)
{
    const int n = layers[v->variant].n, m = layers[v->variant].m, is_back = h->which == CHECKER_BACKWARD;
    const size_t of_n = (size_t)n * sizeof(double), of_m = (size_t)m * sizeof(double);
    seed = h->seed;
    if (h->which == CHECKER_POINT && h->arrays == 1 && h->bytes[0] == CHECKER_MOST * sizeof(double)) {
        layers[v->variant].point(h->array[0]);
        h->size[0] = n, h->size[1] = m;
        return NULL;
    }
    if (h->arrays != 2 + is_back || h->bytes[0] != of_n || h->bytes[1] != of_m ||
        (is_back && h->bytes[2] != of_n))
        return "calls a layer with the wrong arrays";
    if (is_back)
        ((backward_fn *)v->run)(h->array[0], h->array[1], h->array[2]);
    else
        layers[v->variant].forward(h->array[0], h->array[1]);
    return NULL;
}

const struct judged judged_gradients = { "learn/write_the_checker.h", gradients,      serve,
                                         write_the_checker_entry,     wrong_checkers, 1 };
