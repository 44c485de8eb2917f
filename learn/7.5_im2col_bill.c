/* 7.5 im2col_bill - what it costs to make a convolution a matrix product
 *
 *   y (K,P Q) = w (K,C R S) cols (C R S,P Q) + b (K)          of one image and one group
 *
 * 7.1's seven loops test for every product whether it is inside the image. Copy the windows side by side
 * first: row (c,r,s) of cols holds what number (r,s) of a kernel meets in plane c at each of the P Q places,
 * and 0 where that is outside the image. What is left is the product of exercise 1.1, and as fast.
 *
 * The bill first: how many bytes does cols take at n1 c8 h14 w14 k16 r3 s3 pad1, in float? The image takes
 * 6272. Write the number after the =; it must be exact:
 * prediction: bytes of cols =
 *
 * Then write group() with cols. `product` is provided, and not used yet.
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
__attribute__((unused)) static float one(const struct conv *v, const float *x, const float *w, int k, int p,
                                         int q)
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

/* y (K,n) = w (K,m) cols (m,n) + b (K) */
static inline void product(int K, int m, int n, const float *w, const float *cols, const float *b,
                           float *restrict y)
{
    for (int k = 0; k < K; k++) {
        for (int j = 0; j < n; j++) y[(size_t)k * n + j] = b[k];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                y[(size_t)k * n + j] += w[(size_t)k * m + i] * cols[(size_t)i * n + j];
    }
}

/* planes k..k+kernels-1 of y (K,P,Q), of one image x (C,H,W) */
static void group(const struct conv *v, const float *x, const float *w, const float *b, float *y, int k)
{
    for (int i = k; i < k + v->kernels; i++)
        for (int p = 0; p < v->P; p++)
            for (int q = 0; q < v->Q; q++) y[at(0, i, p, q, v->K, v->P, v->Q)] = b[i] + one(v, x, w, i, p, q);
}

/* y (K,P,Q) of one image x (C,H,W) */
static void image(const struct conv *v, const float *x, const float *w, const float *b, float *y)
{
    for (int k = 0; k < v->K; k += v->kernels) group(v, x, w, b, y, k);
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
