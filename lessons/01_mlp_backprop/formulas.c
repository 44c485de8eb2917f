/* formulas.c - the formulas of lesson 1, each with both of its sides in C.
 *
 * A formula that defines something (forward, loss, update) has the library's routine on its left side. One
 * that states a derivative has the complex step of the loss there: no formula of this lesson is used to get
 * it. The right side is the formula as printed, loop by loop. Two networks serve as ground:
 *
 *   smooth  x (N,IN) -> z (N,HID) -> a = sigmoid(z) -> y (N,OUT) -> L = mse(y, t)
 *   kinked  x (N,IN) -> z (N,HID) -> a = relu(z)    -> y (N,OUT) -> L = cross-entropy(softmax(y), label)
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include <math.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { N = 3, IN = 4, HID = 5, OUT = 2 }; /* pairwise different: a swapped index cannot hide */

struct net { /* numbers only, so that an element is known by its place */
    double _Complex x[N][IN], w1[HID][IN], b1[HID], z[N][HID], a[N][HID];
    double _Complex w2[OUT][HID], b2[OUT], y[N][OUT], t[N][OUT], p[N][OUT], L;
};

enum start { FROM_X, FROM_Z, FROM_A, FROM_Y }; /* what is given; the rest is computed */

static struct net smooth, kinked;
static int label[N];

static void run(struct net *n, int is_kinked, enum start from)
{
    if (from <= FROM_X) dense_forward_cplx(N, IN, HID, n->x[0], n->w1[0], n->b1, n->z[0]);
    if (from <= FROM_Z) (is_kinked ? relu_forward_cplx : sigmoid_forward_cplx)(N * HID, n->z[0], n->a[0]);
    if (from <= FROM_A) dense_forward_cplx(N, HID, OUT, n->a[0], n->w2[0], n->b2, n->y[0]);
    if (is_kinked)
        softmax_xent_forward_cplx(N, OUT, n->y[0], label, n->p[0], &n->L);
    else
        mse_forward_cplx(N * OUT, n->y[0], n->t[0], &n->L, REDUCE_MEAN);
}

void lesson_01_draw(uint64_t seed)
{
    enum { COUNT = sizeof smooth / sizeof(double _Complex) };
    float random[COUNT];
    for (int k = 0; k < 2; k++) {
        struct net *n = k ? &kinked : &smooth;
        philox_uniform(seed, (uint64_t)k, COUNT, -1, 1, random);
        for (int e = 0; e < COUNT; e++) ((double _Complex *)n)[e] = (double)random[e];
        for (int e = 0; e < N; e++) label[e] = (int)(philox_word(seed, 2, (uint64_t)e) % OUT);
        run(n, k, FROM_X);
    }
}

/* out[k] = dL/d(element k of v) by complex step: Im L(v + ih) / h */
static int derivatives(const struct net *n, const double _Complex *v, int count, enum start from, double *out)
{
    const double h = 0x1p-300;
    for (int k = 0; k < count; k++) {
        struct net moved = *n;
        ((double _Complex *)&moved)[v - (const double _Complex *)n + k] += CMPLX(0, h);
        run(&moved, n == &kinked, from);
        out[k] = cimag(moved.L) / h;
    }
    return count;
}

static int values(const double _Complex *v, int count, double *out)
{
    for (int k = 0; k < count; k++) out[k] = creal(v[k]);
    return count;
}

/* ---- forward and loss: what the library made | the formula as printed ---- */

static int z_left(double *out)
{
    return values(smooth.z[0], N * HID, out);
}

static int z_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < HID; o++) {
            double sum = 0;
            for (int i = 0; i < IN; i++) sum += creal(smooth.x[n][i]) * creal(smooth.w1[o][i]);
            *out++ = creal(smooth.b1[o]) + sum;
        }
    return N * HID;
}

static int sigmoid_left(double *out)
{
    return values(smooth.a[0], N * HID, out);
}

static int sigmoid_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < HID; o++) *out++ = 1 / (1 + exp(-creal(smooth.z[n][o])));
    return N * HID;
}

static int relu_left(double *out)
{
    return values(kinked.a[0], N * HID, out);
}

static int relu_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < HID; o++) *out++ = fmax(0, creal(kinked.z[n][o]));
    return N * HID;
}

static int mse_left(double *out)
{
    return values(&smooth.L, 1, out);
}

static int mse_right(double *out)
{
    *out = 0;
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) *out += pow(creal(smooth.y[n][o]) - creal(smooth.t[n][o]), 2);
    *out /= N * OUT;
    return 1;
}

static int softmax_left(double *out)
{
    return values(kinked.p[0], N * OUT, out);
}

static int softmax_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) {
            double sum = 0;
            for (int k = 0; k < OUT; k++) sum += exp(creal(kinked.y[n][k]));
            *out++ = exp(creal(kinked.y[n][o])) / sum;
        }
    return N * OUT;
}

static int xent_left(double *out)
{
    return values(&kinked.L, 1, out);
}

static int xent_right(double *out)
{
    *out = 0;
    for (int n = 0; n < N; n++) *out -= log(creal(kinked.p[n][label[n]])) / N;
    return 1;
}

/* ---- backward: complex step of the loss | the formula as printed ---- */

static int dy_left(double *out)
{
    return derivatives(&smooth, smooth.y[0], N * OUT, FROM_Y, out);
}

static int dy_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++)
            *out++ = 2.0 / (N * OUT) * (creal(smooth.y[n][o]) - creal(smooth.t[n][o]));
    return N * OUT;
}

static int dy_xent_left(double *out)
{
    return derivatives(&kinked, kinked.y[0], N * OUT, FROM_Y, out);
}

static int dy_xent_right(double *out)
{
    for (int n = 0; n < N; n++)
        for (int o = 0; o < OUT; o++) *out++ = (creal(kinked.p[n][o]) - (o == label[n])) / N;
    return N * OUT;
}

static int dz_left(double *out)
{
    return derivatives(&smooth, smooth.z[0], N * HID, FROM_Z, out);
}

static int dz_right(double *out)
{
    double da[N][HID];
    derivatives(&smooth, smooth.a[0], N * HID, FROM_A, da[0]);
    for (int n = 0; n < N; n++)
        for (int o = 0; o < HID; o++) *out++ = da[n][o] * creal(smooth.a[n][o]) * (1 - creal(smooth.a[n][o]));
    return N * HID;
}

static int dz_relu_left(double *out)
{
    return derivatives(&kinked, kinked.z[0], N * HID, FROM_Z, out);
}

static int dz_relu_right(double *out)
{
    double da[N][HID];
    derivatives(&kinked, kinked.a[0], N * HID, FROM_A, da[0]);
    for (int n = 0; n < N; n++)
        for (int o = 0; o < HID; o++) *out++ = creal(kinked.a[n][o]) > 0 ? da[n][o] : 0;
    return N * HID;
}

static int dw_left(double *out)
{
    return derivatives(&smooth, smooth.w1[0], HID * IN, FROM_X, out);
}

static int dw_right(double *out)
{
    double dz[N][HID];
    derivatives(&smooth, smooth.z[0], N * HID, FROM_Z, dz[0]);
    for (int o = 0; o < HID; o++)
        for (int i = 0; i < IN; i++) {
            double sum = 0;
            for (int n = 0; n < N; n++) sum += dz[n][o] * creal(smooth.x[n][i]);
            *out++ = sum;
        }
    return HID * IN;
}

static int db_left(double *out)
{
    return derivatives(&smooth, smooth.b1, HID, FROM_X, out);
}

static int db_right(double *out)
{
    double dz[N][HID];
    derivatives(&smooth, smooth.z[0], N * HID, FROM_Z, dz[0]);
    for (int o = 0; o < HID; o++) {
        out[o] = 0;
        for (int n = 0; n < N; n++) out[o] += dz[n][o];
    }
    return HID;
}

static int dx_left(double *out)
{
    return derivatives(&smooth, smooth.x[0], N * IN, FROM_X, out);
}

static int dx_right(double *out)
{
    double dz[N][HID];
    derivatives(&smooth, smooth.z[0], N * HID, FROM_Z, dz[0]);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < IN; i++) {
            double sum = 0;
            for (int o = 0; o < HID; o++) sum += dz[n][o] * creal(smooth.w1[o][i]);
            *out++ = sum;
        }
    return N * IN;
}

static int delta_right(double *out)
{
    double dy[N][OUT];
    derivatives(&smooth, smooth.y[0], N * OUT, FROM_Y, dy[0]);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < HID; i++) {
            double sum = 0, a = creal(smooth.a[n][i]);
            for (int o = 0; o < OUT; o++) sum += creal(smooth.w2[o][i]) * dy[n][o];
            *out++ = a * (1 - a) * sum;
        }
    return N * HID;
}

/* ---- update ---- */

static const double rate = 0.3;

static int sgd_left(double *out)
{
    double dw[HID * IN];
    derivatives(&smooth, smooth.w1[0], HID * IN, FROM_X, dw);
    values(smooth.w1[0], HID * IN, out);
    sgd_step_f64(HID * IN, dw, out, rate);
    return HID * IN;
}

static int sgd_right(double *out)
{
    double dw[HID][IN];
    derivatives(&smooth, smooth.w1[0], HID * IN, FROM_X, dw[0]);
    for (int o = 0; o < HID; o++)
        for (int i = 0; i < IN; i++) *out++ = creal(smooth.w1[o][i]) - rate * dw[o][i];
    return HID * IN;
}

/* ---- checking: the derivative of the loss by one weight, from formulas of this lesson
 * | from values of L ---- */

static int chain_left(double *out)
{
    dw_right(out);
    return 1;
}

static double loss_at(double _Complex step)
{
    struct net moved = smooth;
    moved.w1[0][0] += step;
    run(&moved, 0, FROM_X);
    return creal(moved.L);
}

static int central_right(double *out)
{
    const double h = 1e-5;
    *out = (loss_at(h) - loss_at(-h)) / (2 * h);
    return 1;
}

static int complex_right(double *out)
{
    return derivatives(&smooth, smooth.w1[0], 1, FROM_X, out);
}

const struct formula lesson_01_formulas[] = {
    { "mlp.fwd.z", "z_{no} = b_o + \\sum_{i} x_{ni}\\, w_{oi}", z_left, z_right, 0 },
    { "mlp.fwd.sigmoid", "a_{no} = \\sigma(z_{no}) = \\frac{1}{1 + e^{-z_{no}}}", sigmoid_left, sigmoid_right,
      0 },
    { "mlp.fwd.relu", "a_{no} = \\max(0,\\ z_{no})", relu_left, relu_right, 0 },
    { "mlp.loss.mse", "L = \\frac{1}{N \\cdot OUT} \\sum_{n} \\sum_{o} (y_{no} - t_{no})^2", mse_left,
      mse_right, 0 },
    { "mlp.fwd.softmax", "p_{no} = \\frac{e^{y_{no}}}{\\sum_{k} e^{y_{nk}}}", softmax_left, softmax_right,
      0 },
    { "mlp.loss.xent", "L = -\\frac{1}{N} \\sum_{n} \\log p_{n \\ell_n}", xent_left, xent_right, 0 },
    { "mlp.bwd.mse", "\\frac{\\partial L}{\\partial y_{no}} = \\frac{2}{N \\cdot OUT}\\, (y_{no} - t_{no})",
      dy_left, dy_right, 0 },
    { "mlp.bwd.xent", "\\frac{\\partial L}{\\partial y_{no}} = \\frac{1}{N}\\, (p_{no} - [o = \\ell_n])",
      dy_xent_left, dy_xent_right, 0 },
    { "mlp.bwd.sigmoid",
      "\\frac{\\partial L}{\\partial z_{no}} = \\frac{\\partial L}{\\partial a_{no}}\\, a_{no}\\, (1 - "
      "a_{no})",
      dz_left, dz_right, 0 },
    { "mlp.bwd.relu",
      "\\frac{\\partial L}{\\partial z_{no}} = \\frac{\\partial L}{\\partial a_{no}}\\, [a_{no} > 0]",
      dz_relu_left, dz_relu_right, 0 },
    { "mlp.bwd.dw",
      "\\frac{\\partial L}{\\partial w_{oi}} = \\sum_{n} \\frac{\\partial L}{\\partial z_{no}}\\, x_{ni}",
      dw_left, dw_right, 0 },
    { "mlp.bwd.db", "\\frac{\\partial L}{\\partial b_{o}} = \\sum_{n} \\frac{\\partial L}{\\partial z_{no}}",
      db_left, db_right, 0 },
    { "mlp.bwd.dx",
      "\\frac{\\partial L}{\\partial x_{ni}} = \\sum_{o} \\frac{\\partial L}{\\partial z_{no}}\\, w_{oi}",
      dx_left, dx_right, 0 },
    { "mlp.bwd.delta",
      "\\frac{\\partial L}{\\partial z^{l}_{ni}} = a^{l}_{ni}\\, (1 - a^{l}_{ni}) \\sum_{o} w^{l+1}_{oi}\\, "
      "\\frac{\\partial L}{\\partial z^{l+1}_{no}}",
      dz_left, delta_right, 0 },
    { "mlp.sgd", "w'_{oi} = w_{oi} - \\eta\\, \\frac{\\partial L}{\\partial w_{oi}}", sgd_left, sgd_right,
      0 },
    { "mlp.check.central", "\\frac{\\partial L}{\\partial w} \\approx \\frac{L(w + h) - L(w - h)}{2h}",
      chain_left, central_right, 1e-7 },
    { "mlp.check.complex", "\\frac{\\partial L}{\\partial w} = \\frac{\\operatorname{Im} L(w + ih)}{h}",
      chain_left, complex_right, 0 },
    { 0 },
};
