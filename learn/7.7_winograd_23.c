/* 7.7 winograd_23 - nine products per result are more than it takes
 *
 *   y (K,P,Q) = x (C,H,W) correlated with w (K,C,3,3), + b (K), two by two results at a time: F(2x2,3x3)
 *
 * In one dimension, results y0, y1 of a kernel g0, g1, g2 on numbers d0..d3 take six products, or four:
 *
 *   m0 = (d0 - d2) g0        m1 = (d1 + d2) (g0 + g1 + g2) / 2      y0 = m0 + m1 + m2
 *   m3 = (d1 - d3) g2        m2 = (d2 - d1) (g0 - g1 + g2) / 2      y1 = m1 - m2 - m3
 *
 * The sums of g do not depend on the position, nor the sums of d on the kernel. In two dimensions the same is
 * done to the rows and then to the columns: 16 products in place of 36. u (K,C,4,4) holds the sums of w,
 * computed by kernel_sums(). Products are added up over the planes c before y is computed from them.
 *
 * Write tile() with products of u only. The multiplications by one half in kernel_sums are counted, too.
 * First write down what you expect, 1 being what the formula of 7.1 takes, as a number after the =:
 * prediction: multiplications per product =
 */
#include <stddef.h>
#include <stdlib.h>

struct conv {
    int C, H, W, K, R, S, stride, dilation, top, left, P, Q;
    int planes, kernels; /* of a group */
};

/* element (i,j,k,l) of an array (.,J,K,L) */
static size_t at(int i, int j, int k, int l, int J, int K, int L)
{
    return (((size_t)i * (size_t)J + (size_t)j) * (size_t)K + (size_t)k) * (size_t)L + (size_t)l;
}

static int results(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

/* y[k][p][q] of one image x, without the bias */
static float one(const struct conv *v, const float *x, const float *w, int k, int p, int q)
{
    float sum = 0;
    int first = k / v->kernels * v->planes;
    for (int c = 0; c < v->planes; c++)
        for (int r = 0; r < v->R; r++)
            for (int s = 0; s < v->S; s++) {
                int i = p * v->stride + r * v->dilation - v->top,
                    j = q * v->stride + s * v->dilation - v->left;
                if (i < 0 || i >= v->H || j < 0 || j >= v->W) continue;
                sum += x[at(0, first + c, i, j, v->C, v->H, v->W)] * w[at(k, c, r, s, v->planes, v->R, v->S)];
            }
    return sum;
}

/* four sums of three numbers: g is read every g_apart numbers, u is written every u_apart */
static void three_to_four(const float *g, int g_apart, float *u, int u_apart)
{
    float g0 = g[0], g1 = g[g_apart], g2 = g[2 * g_apart];
    u[0] = g0, u[u_apart] = (g0 + g1 + g2) / 2;
    u[2 * u_apart] = (g0 - g1 + g2) / 2, u[3 * u_apart] = g2;
}

/* u (4,4) of a kernel w (3,3) */
static void kernel_sums(const float *w, float *u)
{
    float half[3][4];
    for (int r = 0; r < 3; r++) three_to_four(w + 3 * r, 1, half[r], 1);
    for (int s = 0; s < 4; s++) three_to_four(half[0] + s, 4, u + s, 4);
}

/* y (K,2,2) without the bias; d (C,4,4) is what the four windows see, w (K,C,3,3), u (K,C,4,4) */
static void tile(int C, int K, const float *d, const float *w, const float *u, float *y)
{
    (void)u;
    for (int k = 0; k < K; k++)
        for (int p = 0; p < 2; p++)
            for (int q = 0; q < 2; q++) {
                float sum = 0;
                for (int c = 0; c < C; c++)
                    for (int r = 0; r < 3; r++)
                        for (int s = 0; s < 3; s++)
                            sum += d[(size_t)c * 16 + (p + r) * 4 + q + s] * w[at(k, c, r, s, C, 3, 3)];
                y[(size_t)k * 4 + p * 2 + q] = sum;
            }
}

/* d (C,4,4): what the four windows at p, q see, 0 beyond the edges */
static void gather(const struct conv *v, const float *x, int p, int q, float *d)
{
    for (int c = 0; c < v->C; c++)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) {
                int h = p + i - v->top, l = q + j - v->left;
                d[c * 16 + i * 4 + j] =
                    h < 0 || h >= v->H || l < 0 || l >= v->W ? 0 : x[at(0, c, h, l, v->C, v->H, v->W)];
            }
}

static void in_tiles(const struct conv *v, const float *x, const float *w, const float *b, float *y)
{
    const size_t kernels = (size_t)v->K * v->C;
    float *u = malloc((16 * kernels + 16 * (size_t)v->C + 4 * (size_t)v->K) * sizeof *u);
    if (!u) abort();
    float *d = u + 16 * kernels, *four = d + 16 * (size_t)v->C;
    for (size_t i = 0; i < kernels; i++) kernel_sums(w + 9 * i, u + 16 * i);
    for (int p = 0; p < v->P; p += 2)
        for (int q = 0; q < v->Q; q += 2) {
            gather(v, x, p, q, d);
            tile(v->C, v->K, d, w, u, four);
            for (int k = 0; k < v->K; k++)
                for (int i = 0; i < 4; i++)
                    if (p + i / 2 < v->P && q + i % 2 < v->Q)
                        y[at(0, k, p + i / 2, q + i % 2, v->K, v->P, v->Q)] = b[k] + four[k * 4 + i];
        }
    free(u);
}

/* y (K,P,Q) of one image x (C,H,W); kernels of another size, stride, ... have no tiles */
static void image(const struct conv *v, const float *x, const float *w, const float *b, float *y)
{
    if (v->R == 3 && v->S == 3 && v->stride == 1 && v->dilation == 1 && v->kernels == v->K) {
        in_tiles(v, x, w, b, y);
        return;
    }
    for (int k = 0; k < v->K; k++)
        for (int p = 0; p < v->P; p++)
            for (int q = 0; q < v->Q; q++) y[at(0, k, p, q, v->K, v->P, v->Q)] = b[k] + one(v, x, w, k, p, q);
}

void conv2d_forward(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                    int top, int left, int bottom, int right, const float *x, const float *w, const float *b,
                    float *y)
{
    const int P = results(H, top, bottom, R, stride, dilation),
              Q = results(W, left, right, S, stride, dilation);
    const struct conv v = { C, H, W, K, R, S, stride, dilation, top, left, P, Q, C / groups, K / groups };
    for (int n = 0; n < N; n++) image(&v, x + at(n, 0, 0, 0, C, H, W), w, b, y + at(n, 0, 0, 0, K, P, Q));
}
