/* 7.1 seven_loops - a convolution, forward
 *
 *   x (N,C,H,W) images   w (K,C/groups,R,S) kernels   b (K)   ->   y (N,K,P,Q)
 *   y[n][k][p][q] = b[k] + sum over c, r, s of x[n][first + c][h][v] w[k][c][r][s]
 *                   h = p stride + r dilation - top        v = q stride + s dilation - left
 *
 * A dense layer from an image of 28 x 28 to another has 614,656 weights. A kernel of 3 x 3 has nine, because
 * it slides: `stride` pixels at a time, its numbers `dilation` apart, from `top` rows above the image and
 * `left` columns before it. Out there x is 0. A kernel sees only the C / groups planes of its group: K /
 * groups kernels share a group, and `first` is its first plane. How many of the nine weights does the corner
 * of an image meet?
 *
 * Four of the seven loops are there. `at` gives the index of element (i,j,k,l) of an array (.,J,K,L).
 */
#include <stddef.h>
#ifndef real
#define real float
#endif

static int results(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

static size_t at(int i, int j, int k, int l, int J, int K, int L)
{
    return (((size_t)i * (size_t)J + (size_t)j) * (size_t)K + (size_t)k) * (size_t)L + (size_t)l;
}

void conv2d_forward(int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups,
                    int top, int left, int bottom, int right, const real *x, const real *w, const real *b,
                    real *y)
{
    int P = results(H, top, bottom, R, stride, dilation), Q = results(W, left, right, S, stride, dilation);
    (void)C, (void)groups, (void)x, (void)w; /* the sum is missing */
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++) y[at(n, k, p, q, K, P, Q)] = b[k];
}
