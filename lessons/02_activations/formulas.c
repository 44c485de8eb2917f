/* formulas.c - the formulas of lesson 2, each with both of its sides in C.
 *
 * A formula that defines a function has the library's routine on its left side, one that states a derivative
 * the complex step of the loss L = sum over k of dy_k y_k, so that dy is the upstream gradient and no formula
 * of this lesson is used to get it. C has no complex expm1, log1p and erf: their complex values are made
 * here, of exp, log and a series, and gelu_complex is itself compared with the library, in act.gelu. The
 * right side is the formula as printed.
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include <math.h>
#include "../../optimized/cpu/gelu_poly.h"
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { K = 12, N = 3, C = 4 }; /* elements; rows and columns for the softmax */

typedef double _Complex complex_number;
typedef void complex_fn(int n, const complex_number *x, complex_number *y);

static double x[K], dy[K];
static const double alpha = 0.7, slope = 0.01, pi = 3.14159265358979324;

void lesson_02_draw(uint64_t seed)
{
    float random[2 * K];
    philox_uniform(seed, 0, 2 * K, -1, 1, random);
    for (int k = 0; k < K; k++) {
        x[k] = 3 * (double)random[k];
        dy[k] = (double)random[K + k];
    }
}

/* ---- left sides ---- */

#define LEFT(name, call)              \
    static int name##_left(double *y) \
    {                                 \
        call;                         \
        return K;                     \
    }
LEFT(sigmoid, sigmoid_forward_f64(K, x, y))
LEFT(tanh, tanh_forward_f64(K, x, y))
LEFT(relu, relu_forward_f64(K, x, y))
LEFT(leaky, leaky_relu_forward_f64(K, x, y, slope))
LEFT(elu, elu_forward_f64(K, x, y, alpha))
LEFT(softplus, softplus_forward_f64(K, x, y))
LEFT(silu, silu_forward_f64(K, x, y))
LEFT(gelu, gelu_forward_f64(K, x, y))
LEFT(gelu_tanh, gelu_tanh_forward_f64(K, x, y))
LEFT(softmax, softmax_forward_f64(N, C, x, y))

static void leaky_complex(int n, const complex_number *in, complex_number *y)
{
    leaky_relu_forward_cplx(n, in, y, slope);
}

static void elu_complex(int n, const complex_number *in, complex_number *y)
{
    for (int k = 0; k < n; k++) y[k] = creal(in[k]) > 0 ? in[k] : alpha * (cexp(in[k]) - 1);
}

static void softplus_complex(int n, const complex_number *in, complex_number *y)
{
    for (int k = 0; k < n; k++) y[k] = clog(1 + cexp(in[k]));
}

/* erf(z) = 2 / sqrt(pi) sum over n of (-1)^n z^(2n+1) / (n! (2n+1)), exact to some 1e-14 for |z| < 2.2 */
static complex_number erf_series(complex_number z)
{
    complex_number term = z, sum = z;
    for (int n = 1; n < 60; n++) {
        term *= -z * z / n;
        sum += term / (2 * n + 1);
    }
    return 2 / sqrt(pi) * sum;
}

static void gelu_complex(int n, const complex_number *in, complex_number *y)
{
    for (int k = 0; k < n; k++) y[k] = in[k] / 2 * (1 + erf_series(in[k] / sqrt(2)));
}

static void softmax_complex(int n, const complex_number *in, complex_number *y)
{
    softmax_forward_cplx(n / C, C, in, y);
}

/* out[k] = dL/dx[k] by complex step */
static int derivatives(complex_fn *f, double *out)
{
    const double h = 0x1p-300;
    for (int k = 0; k < K; k++) {
        complex_number in[K], y[K], L = 0;
        for (int j = 0; j < K; j++) in[j] = CMPLX(x[j], j == k ? h : 0);
        f(K, in, y);
        for (int j = 0; j < K; j++) L += dy[j] * y[j];
        out[k] = cimag(L) / h;
    }
    return K;
}

#define DERIVATIVES(name, f)                       \
    static int name##_derivative_left(double *out) \
    {                                              \
        return derivatives(f, out);                \
    }
DERIVATIVES(sigmoid, sigmoid_forward_cplx)
DERIVATIVES(tanh, tanh_forward_cplx)
DERIVATIVES(relu, relu_forward_cplx)
DERIVATIVES(leaky, leaky_complex)
DERIVATIVES(elu, elu_complex)
DERIVATIVES(softplus, softplus_complex)
DERIVATIVES(silu, silu_forward_cplx)
DERIVATIVES(gelu, gelu_complex)
DERIVATIVES(gelu_tanh, gelu_tanh_forward_cplx)
DERIVATIVES(softmax, softmax_complex)

/* ---- right sides: one element v = x[k] of a forward; of a backward, where y = f(v) ---- */

#define RIGHT(name, expression)          \
    static int name##_right(double *out) \
    {                                    \
        for (int k = 0; k < K; k++) {    \
            double v = x[k];             \
            out[k] = (expression);       \
        }                                \
        return K;                        \
    }
RIGHT(sigmoid, 1 / (1 + exp(-v)))
RIGHT(tanh, (exp(v) - exp(-v)) / (exp(v) + exp(-v)))
RIGHT(relu, fmax(0, v))
RIGHT(leaky, v > 0 ? v : slope * v)
RIGHT(elu, v > 0 ? v : alpha * (exp(v) - 1))
RIGHT(softplus, log(1 + exp(v)))
RIGHT(silu, v / (1 + exp(-v)))
RIGHT(gelu, v / 2 * (1 + creal(erf_series(v / sqrt(2)))))
RIGHT(gelu_tanh, v / 2 * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 * v * v * v))))

/* the same, times dy, and with y at hand */
#define RIGHT_DERIVATIVE(name, expression)          \
    static int name##_derivative_right(double *out) \
    {                                               \
        double y_of[K];                             \
        name##_left(y_of);                          \
        for (int k = 0; k < K; k++) {               \
            double v = x[k], y = y_of[k];           \
            (void)v, (void)y;                       \
            out[k] = dy[k] * (expression);          \
        }                                           \
        return K;                                   \
    }
static double logistic(double v)
{
    return 1 / (1 + exp(-v));
}

static double density(double v)
{
    return exp(-v * v / 2) / sqrt(2 * pi);
}

static double gelu_w(double v)
{
    return sqrt(8 / pi) * (v + 0.044715 * v * v * v);
}

RIGHT_DERIVATIVE(sigmoid, y *(1 - y))
RIGHT_DERIVATIVE(tanh, (1 - y) * (1 + y))
RIGHT_DERIVATIVE(relu, y > 0)
RIGHT_DERIVATIVE(leaky, y > 0 ? 1 : slope)
RIGHT_DERIVATIVE(elu, y > 0 ? 1 : y + alpha)
RIGHT_DERIVATIVE(softplus, logistic(v))
RIGHT_DERIVATIVE(silu, logistic(v) * (1 + v * (1 - logistic(v))))
RIGHT_DERIVATIVE(gelu, (1 + erf(v / sqrt(2))) / 2 + v * density(v))
RIGHT_DERIVATIVE(gelu_tanh, logistic(gelu_w(v)) * (1 + v * (1 - logistic(gelu_w(v))) * sqrt(8 / pi) *
                                                           (1 + 3 * 0.044715 * v * v)))

static int softmax_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            double sum = 0;
            for (int j = 0; j < C; j++) sum += exp(x[n * C + j]);
            *out++ = exp(x[n * C + c]) / sum;
        }
    return K;
}

/* dy_c/dx_j of the first row, by complex step */
static int jacobian_left(double *out)
{
    for (int c = 0; c < C; c++)
        for (int j = 0; j < C; j++) {
            complex_number in[C], y[C];
            for (int i = 0; i < C; i++) in[i] = CMPLX(x[i], i == j ? 0x1p-300 : 0);
            softmax_forward_cplx(1, C, in, y);
            *out++ = cimag(y[c]) / 0x1p-300;
        }
    return C * C;
}

static int jacobian_right(double *out)
{
    double y[K];
    softmax_left(y);
    for (int c = 0; c < C; c++)
        for (int j = 0; j < C; j++) *out++ = y[c] * ((c == j) - y[j]);
    return C * C;
}

static int softmax_derivative_right(double *out)
{
    double y[K];
    softmax_left(y);
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            double sum = 0;
            for (int j = 0; j < C; j++) sum += dy[n * C + j] * y[n * C + j];
            *out++ = y[n * C + c] * (dy[n * C + c] - sum);
        }
    return K;
}

/* ---- how they are made ---- */

static int exp_left(double *out)
{
    for (int k = 0; k < K; k++) out[k] = exp(20 * x[k]) / exp(60); /* one size for all */
    return K;
}

static int exp_right(double *out)
{
    for (int k = 0; k < K; k++) {
        double v = 20 * x[k], n = rint(v / log(2)), r = v - n * log(2);
        out[k] = pow(2, n) * (1 + expm1(r)) / exp(60);
    }
    return K;
}

static int tanh_exp_right(double *out)
{
    for (int k = 0; k < K; k++) {
        double v = fabs(x[k]);
        out[k] = copysign(1 - 2 / (exp(2 * v) + 1), x[k]);
    }
    return K;
}

/* x P(x) where P(-a) a = G(a) exp(-a^2 / 2); G by the library's polynomial in t, coefficients in float */
static int gelu_G_right(double *out)
{
    static const float g[] = { GELU_G0, GELU_G1, GELU_G2, GELU_G3, GELU_G4,
                               GELU_G5, GELU_G6, GELU_G7, GELU_G8, GELU_G9 };
    for (int k = 0; k < K; k++) {
        double a = fmax(fabs(x[k]), (double)GELU_SPLIT), v = copysign(a, x[k]), G = 0;
        double t = (a - (double)GELU_K) / (a + (double)GELU_K);
        for (int i = 9; i >= 0; i--) G = G * t + (double)g[i];
        out[k] = fmax(0, v) - G * exp(-a * a / 2);
    }
    return K;
}

static int gelu_far_left(double *out)
{
    double far[K];
    for (int k = 0; k < K; k++) far[k] = copysign(fmax(fabs(x[k]), (double)GELU_SPLIT), x[k]);
    gelu_forward_f64(K, far, out);
    return K;
}

#define UP "\\frac{\\partial L}{\\partial x_k} = \\frac{\\partial L}{\\partial y_k}"

const struct formula lesson_02_formulas[] = {
    { "act.relu", "y = \\max(0,\\ x)", relu_left, relu_right, 0 },
    { "act.relu.slope", UP "\\, [y_k > 0]", relu_derivative_left, relu_derivative_right, 0 },
    { "act.leaky", "y = \\max(0,\\ x) + s \\min(0,\\ x)", leaky_left, leaky_right, 0 },
    { "act.leaky.slope", UP "\\, ([y_k > 0] + s\\, [y_k \\le 0])", leaky_derivative_left,
      leaky_derivative_right, 0 },
    { "act.elu", "y = \\max(0,\\ x) + \\alpha\\, (e^{\\min(0,\\ x)} - 1)", elu_left, elu_right, 0 },
    { "act.elu.slope", UP "\\, ([y_k > 0] + (y_k + \\alpha)\\, [y_k \\le 0])", elu_derivative_left,
      elu_derivative_right, 0 },
    { "act.softplus", "y = \\log(1 + e^{x})", softplus_left, softplus_right, 0 },
    { "act.softplus.slope", UP "\\, \\sigma(x_k)", softplus_derivative_left, softplus_derivative_right, 0 },
    { "act.sigmoid", "y = \\sigma(x) = \\frac{1}{1 + e^{-x}}", sigmoid_left, sigmoid_right, 0 },
    { "act.sigmoid.slope", UP "\\, y_k\\, (1 - y_k)", sigmoid_derivative_left, sigmoid_derivative_right, 0 },
    { "act.tanh", "y = \\tanh(x) = \\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}", tanh_left, tanh_right, 0 },
    { "act.tanh.slope", UP "\\, (1 - y_k)\\, (1 + y_k)", tanh_derivative_left, tanh_derivative_right, 0 },
    { "act.silu", "y = x\\, \\sigma(x) = \\frac{x}{1 + e^{-x}}", silu_left, silu_right, 0 },
    { "act.silu.slope", UP "\\, \\sigma(x_k)\\, (1 + x_k\\, (1 - \\sigma(x_k)))", silu_derivative_left,
      silu_derivative_right, 0 },
    { "act.gelu", "y = x\\, P(x) = \\frac{x}{2} \\left(1 + \\operatorname{erf} \\frac{x}{\\sqrt{2}}\\right)",
      gelu_left, gelu_right, 0 },
    { "act.gelu.slope", UP "\\, \\left(P(x_k) + \\frac{x_k}{\\sqrt{2 \\pi}}\\, e^{-x_k^2 / 2}\\right)",
      gelu_derivative_left, gelu_derivative_right, 0 },
    { "act.gelu_tanh",
      "y = \\frac{x}{2} \\left(1 + \\tanh\\left(\\sqrt{2 / \\pi}\\, (x + 0.044715\\, x^3)\\right)\\right)",
      gelu_tanh_left, gelu_tanh_right, 0 },
    { "act.gelu_tanh.slope",
      UP "\\, \\sigma(w_k) \\left(1 + x_k\\, (1 - \\sigma(w_k))\\, \\sqrt{8 / \\pi}\\, (1 + 0.134145\\, "
         "x_k^2)\\right)",
      gelu_tanh_derivative_left, gelu_tanh_derivative_right, 0 },
    { "act.softmax", "y_{nc} = \\frac{e^{x_{nc}}}{\\sum_{j} e^{x_{nj}}}", softmax_left, softmax_right, 0 },
    { "act.softmax.jacobian", "\\frac{\\partial y_{nc}}{\\partial x_{nj}} = y_{nc}\\, ([c = j] - y_{nj})",
      jacobian_left, jacobian_right, 0 },
    { "act.softmax.slope",
      "\\frac{\\partial L}{\\partial x_{nc}} = y_{nc} \\left(\\frac{\\partial L}{\\partial y_{nc}} - "
      "\\sum_{j} "
      "\\frac{\\partial L}{\\partial y_{nj}}\\, y_{nj}\\right)",
      softmax_derivative_left, softmax_derivative_right, 0 },
    { "exp.split",
      "e^{x} = 2^{n}\\, (1 + m), \\quad m = e^{r} - 1, \\quad r = x - n \\ln 2, \\quad n = "
      "\\operatorname{round} \\frac{x}{\\ln 2}",
      exp_left, exp_right, 0 },
    { "tanh.exp", "\\tanh(x) = \\operatorname{sign}(x) \\left(1 - \\frac{2}{e^{2 |x|} + 1}\\right)",
      tanh_left, tanh_exp_right, 0 },
    { "gelu.G", "x\\, P(x) = \\max(0,\\ x) - G(|x|)\\, e^{-x^2 / 2}", gelu_far_left, gelu_G_right, 1e-8 },
    { 0 },
};
