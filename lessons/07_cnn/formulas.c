/* formulas.c - the formulas of lesson 7, each with both of its sides in C.
 *
 * The left side is the library's routine, or the complex step of its forward; the right side is the formula
 * as the page has it. A side has at most MAX_SIDE numbers: of larger arrays the first ones.
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum {
    N = 2,
    C = 3,
    H = 5,
    W = 6,
    K = 4,
    R = 3,
    S = 2,
    STRIDE = 2,
    PAD = 1
}; /* a swapped index cannot hide */
enum { P = (H + 2 * PAD - R) / STRIDE + 1, Q = (W + 2 * PAD - S) / STRIDE + 1 };
enum { XS = N * C * H * W, WS = K * C * R * S, YS = N * K * P * Q };
enum {
    WIDE_P = H + 2 * PAD - R + 1,
    WIDE_Q = W + 2 * PAD - S + 1,
    WIDE = N * K * WIDE_P * WIDE_Q
}; /* stride 1 */
enum { POOL_P = (H - 2) / 2 + 1, POOL_Q = (W - 2) / 2 + 1, POOLS = N * C * POOL_P * POOL_Q };

typedef double _Complex number;

static const double step_size = 0x1p-300;
static double x[XS], w[WS], b[K], dy[YS], wide_dy[WIDE], pool_dy[POOLS];

static void fill(uint64_t seed, uint64_t stream, int n, double *out)
{
    static float random[WIDE + XS];
    philox_uniform(seed, stream, (size_t)n, -1, 1, random);
    for (int k = 0; k < n; k++) out[k] = (double)random[k];
}

void lesson_07_draw(uint64_t seed)
{
    fill(seed, 1, XS, x), fill(seed, 2, WS, w), fill(seed, 3, K, b), fill(seed, 4, YS, dy);
    fill(seed, 5, WIDE, wide_dy), fill(seed, 6, POOLS, pool_dy);
}

static int least(int n)
{
    return n < MAX_SIDE ? n : MAX_SIDE;
}

static double x_at(int n, int c, int h, int v)
{
    return h < 0 || h >= H || v < 0 || v >= W ? 0 : x[((n * C + c) * H + h) * W + v];
}

static double w_at(int k, int c, int r, int s)
{
    return w[((k * C + c) * R + r) * S + s];
}

static void forward(double *y)
{
    conv2d_forward_f64(N, C, H, W, K, R, S, STRIDE, 1, 1, PAD, PAD, PAD, PAD, x, w, b, y);
}

/* ---- forward ---- */

/* windows that begin every STRIDE numbers and end within the padded rows, counted */
static int size_left(double *out)
{
    out[0] = 0;
    for (int top = -PAD; top + R <= H + PAD; top += STRIDE) out[0]++;
    return 1;
}

static int size_right(double *out)
{
    out[0] = (H + 2 * PAD - R) / STRIDE + 1;
    return 1;
}

static int forward_left(double *out)
{
    static double y[YS];
    forward(y);
    for (int k = 0; k < least(YS); k++) out[k] = y[k];
    return least(YS);
}

static int forward_right(double *out)
{
    for (int i = 0; i < least(YS); i++) {
        int n = i / (K * P * Q), k = i / (P * Q) % K, p = i / Q % P, q = i % Q;
        out[i] = b[k];
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                    out[i] += w_at(k, c, r, s) * x_at(n, c, p * STRIDE + r - PAD, q * STRIDE + s - PAD);
    }
    return least(YS);
}

/* the product of the matrices w (K,C R S) and the windows (C R S,P Q) of each image */
static int product_right(double *out)
{
    static double windows[C * R * S][N * P * Q];
    for (int row = 0; row < C * R * S; row++)
        for (int i = 0; i < N * P * Q; i++)
            windows[row][i] = x_at(i / (P * Q), row / (R * S), i / Q % P * STRIDE + row / S % R - PAD,
                                   i % Q * STRIDE + row % S - PAD);
    for (int i = 0; i < least(YS); i++) {
        int n = i / (K * P * Q), k = i / (P * Q) % K;
        out[i] = b[k];
        for (int row = 0; row < C * R * S; row++)
            out[i] += w[k * C * R * S + row] * windows[row][n * P * Q + i % (P * Q)];
    }
    return least(YS);
}

/* ---- backward: the complex step of sum dy y ---- */

/* the derivative by number k of x (which = 0), w (1) or b (2) */
static double derivative(int which, int k)
{
    static number to[3][XS + WS], y[YS];
    for (int i = 0; i < XS; i++) to[0][i] = CMPLX(x[i], which == 0 && i == k ? step_size : 0);
    for (int i = 0; i < WS; i++) to[1][i] = CMPLX(w[i], which == 1 && i == k ? step_size : 0);
    for (int i = 0; i < K; i++) to[2][i] = CMPLX(b[i], which == 2 && i == k ? step_size : 0);
    conv2d_forward_cplx(N, C, H, W, K, R, S, STRIDE, 1, 1, PAD, PAD, PAD, PAD, to[0], to[1], to[2], y);
    double sum = 0;
    for (int i = 0; i < YS; i++) sum += dy[i] * cimag(y[i]) / step_size;
    return sum;
}

static int dx_left(double *out)
{
    for (int k = 0; k < least(XS); k++) out[k] = derivative(0, k);
    return least(XS);
}

/* over all k, p, q, r, s whose product read x_nchw */
static int dx_right(double *out)
{
    for (int i = 0; i < least(XS); i++) {
        int n = i / (C * H * W), c = i / (H * W) % C, h = i / W % H, v = i % W;
        out[i] = 0;
        for (int k = 0; k < K; k++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++) {
                    int r = h + PAD - p * STRIDE, s = v + PAD - q * STRIDE;
                    if (r < 0 || r >= R || s < 0 || s >= S) continue;
                    out[i] += dy[((n * K + k) * P + p) * Q + q] * w_at(k, c, r, s);
                }
    }
    return least(XS);
}

static int dw_left(double *out)
{
    for (int k = 0; k < least(WS); k++) out[k] = derivative(1, k);
    return least(WS);
}

static int dw_right(double *out)
{
    for (int i = 0; i < least(WS); i++) {
        int k = i / (C * R * S), c = i / (R * S) % C, r = i / S % R, s = i % S;
        out[i] = 0;
        for (int n = 0; n < N; n++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++)
                    out[i] += dy[((n * K + k) * P + p) * Q + q] *
                              x_at(n, c, p * STRIDE + r - PAD, q * STRIDE + s - PAD);
    }
    return least(WS);
}

static int db_left(double *out)
{
    for (int k = 0; k < K; k++) out[k] = derivative(2, k);
    return K;
}

static int db_right(double *out)
{
    for (int k = 0; k < K; k++) {
        out[k] = 0;
        for (int i = 0; i < N * P * Q; i++) out[k] += dy[(i / (P * Q) * K + k) * P * Q + i % (P * Q)];
    }
    return K;
}

/* ---- stride 1: dx is dy under the turned kernels, padded by R - 1 - PAD and S - 1 - PAD ---- */

static int turned_left(double *out)
{
    static double dx[XS];
    conv2d_backward_dx_f64(N, C, H, W, K, R, S, 1, 1, 1, PAD, PAD, PAD, PAD, w, wide_dy, dx);
    for (int k = 0; k < least(XS); k++) out[k] = dx[k];
    return least(XS);
}

static int turned_right(double *out)
{
    for (int i = 0; i < least(XS); i++) {
        int n = i / (C * H * W), c = i / (H * W) % C, h = i / W % H, v = i % W;
        out[i] = 0;
        for (int k = 0; k < K; k++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++) {
                    int p = h + r - (R - 1 - PAD), q = v + s - (S - 1 - PAD);
                    if (p < 0 || p >= WIDE_P || q < 0 || q >= WIDE_Q) continue;
                    out[i] +=
                        w_at(k, c, R - 1 - r, S - 1 - s) * wide_dy[((n * K + k) * WIDE_P + p) * WIDE_Q + q];
                }
    }
    return least(XS);
}

/* ---- dy y = dx x = dw w, without a bias ---- */

static int adjoint_left(double *out)
{
    static double y[YS];
    const double none[K] = { 0 };
    conv2d_forward_f64(N, C, H, W, K, R, S, STRIDE, 1, 1, PAD, PAD, PAD, PAD, x, w, none, y);
    out[0] = 0;
    for (int k = 0; k < YS; k++) out[0] += dy[k] * y[k];
    return 1;
}

static int adjoint_right(double *out)
{
    static double dx[XS];
    conv2d_backward_dx_f64(N, C, H, W, K, R, S, STRIDE, 1, 1, PAD, PAD, PAD, PAD, w, dy, dx);
    out[0] = 0;
    for (int k = 0; k < XS; k++) out[0] += dx[k] * x[k];
    return 1;
}

/* ---- two neighbours in a row by four multiplications ---- */

static int winograd_left(double *out)
{
    for (int k = 0; k < 2; k++) out[k] = x[k] * w[0] + x[k + 1] * w[1] + x[k + 2] * w[2];
    return 2;
}

static int winograd_right(double *out)
{
    double a = (x[0] - x[2]) * w[0], d = (x[1] - x[3]) * w[2], c = (x[2] - x[1]) * (w[0] - w[1] + w[2]) / 2,
           e = (x[1] + x[2]) * (w[0] + w[1] + w[2]) / 2;
    out[0] = a + e + c;
    out[1] = e - c - d;
    return 2;
}

/* ---- max-pooling, windows of 2 x 2 that touch ---- */

static int pool_left(double *out)
{
    int where[POOLS];
    maxpool_forward_f64(N, C, H, W, 2, 2, 0, 2, 0, x, out, where);
    return POOLS;
}

static int pool_right(double *out)
{
    for (int i = 0; i < POOLS; i++) {
        int plane = i / (POOL_P * POOL_Q), p = i / POOL_Q % POOL_P, q = i % POOL_Q;
        out[i] = -2;
        for (int k = 0; k < 4; k++) {
            double here = x[(plane * H + 2 * p + k / 2) * W + 2 * q + k % 2];
            if (here > out[i]) out[i] = here;
        }
    }
    return POOLS;
}

static int pool_dx_left(double *out)
{
    static number at[XS], y[POOLS];
    int where[POOLS];
    for (int k = 0; k < least(XS); k++) {
        for (int i = 0; i < XS; i++) at[i] = CMPLX(x[i], i == k ? step_size : 0);
        maxpool_forward_cplx(N, C, H, W, 2, 2, 0, 2, 0, at, y, where);
        out[k] = 0;
        for (int i = 0; i < POOLS; i++) out[k] += pool_dy[i] * cimag(y[i]) / step_size;
    }
    return least(XS);
}

static int pool_dx_right(double *out)
{
    double y[POOLS];
    (void)pool_right(y);
    for (int i = 0; i < least(XS); i++) {
        int plane = i / (H * W), p = i / W % H / 2, q = i % W / 2;
        out[i] = 0;
        if (p >= POOL_P || q >= POOL_Q) continue;
        int window = (plane * POOL_P + p) * POOL_Q + q;
        if (x[i] == y[window]) out[i] = pool_dy[window];
    }
    return least(XS);
}

const struct formula lesson_07_formulas[] = {
    { "conv.size",
      "P = \\left\\lfloor \\frac{H + 2 \\cdot \\mathrm{pad} - R}{\\mathrm{stride}} \\right\\rfloor + 1",
      size_left, size_right, 0 },
    { "conv.fwd", "y_{nkpq} = b_k + \\sum_{c,r,s} w_{kcrs}\\, x_{nc,\\,p+r,\\,q+s}", forward_left,
      forward_right, 0 },
    { "conv.bwd.dx",
      "\\frac{\\partial L}{\\partial x_{nchv}} = \\sum_{k} \\sum_{p+r=h} \\sum_{q+s=v} \\frac{\\partial L}{\\partial "
      "y_{nkpq}}\\, w_{kcrs}",
      dx_left, dx_right, 0 },
    { "conv.bwd.dw",
      "\\frac{\\partial L}{\\partial w_{kcrs}} = \\sum_{n,p,q} \\frac{\\partial L}{\\partial y_{nkpq}}\\, "
      "x_{nc,\\,p+r,\\,q+s}",
      dw_left, dw_right, 0 },
    { "conv.bwd.db",
      "\\frac{\\partial L}{\\partial b_k} = \\sum_{n,p,q} \\frac{\\partial L}{\\partial y_{nkpq}}", db_left,
      db_right, 0 },
    { "conv.turned",
      "\\frac{\\partial L}{\\partial x_{nchv}} = \\sum_{k,r,s} w_{kc,\\,R-1-r,\\,S-1-s}\\, \\frac{\\partial L}{\\partial "
      "y_{nk,\\,h+r-R+1,\\,v+s-S+1}}",
      turned_left, turned_right, 0 },
    { "conv.adjoint",
      "\\sum_{n,k,p,q} \\frac{\\partial L}{\\partial y_{nkpq}}\\, y_{nkpq} = \\sum_{n,c,h,v} \\frac{\\partial "
      "L}{\\partial x_{nchv}}\\, x_{nchv}",
      adjoint_left, adjoint_right, 0 },
    { "conv.product", "y_{nk,\\,pQ+q} = b_k + \\sum_{i=0}^{CRS-1} w_{ki}\\, X_{i,\\,pQ+q}", forward_left,
      product_right, 0 },
    { "conv.winograd", "(y_0, y_1) = \\left( (x_0 - x_2) w_0 + e + c,\\ e - c - (x_1 - x_3) w_2 \\right)",
      winograd_left, winograd_right, 0 },
    { "pool.fwd", "y_{ncpq} = \\max_{r,s} x_{nc,\\,2p+r,\\,2q+s}", pool_left, pool_right, 0 },
    { "pool.bwd",
      "\\frac{\\partial L}{\\partial x_{nchv}} = \\frac{\\partial L}{\\partial y_{ncpq}} [x_{nchv} = y_{ncpq}]",
      pool_dx_left, pool_dx_right, 0 },
    { 0 },
};
