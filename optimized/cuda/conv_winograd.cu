/* conv_winograd.cu - Winograd's rung of convolution, forward and dx: 3 x 3 windows with fewer
 * multiplications.
 *
 * ---- winograd2: a tile of 2 x 2 results takes 16 multiplications for each pair of planes instead of 36 ----
 *
 *   u = G w G^T      v = B^T x B      y = A^T (sum over c of u v) A + b
 *
 * as in cpu/conv_winograd.h, which says where it comes from; ops/conv_bound.c has the bound. For each of the
 * 16 places the sum over c is a product of matrices, m (K,tiles) = u (K,C) v (C,tiles), rung 07 of dense. One
 * kernel transforms w, one x, 16 launches multiply, and one transforms back. A thread has one tile of one
 * plane, and neighbouring lanes neighbouring tiles: what they store lies side by side.
 *
 * Relieves arithmetic: 4/9 of the multiplications. Costs memory: v is four times x, m four times y, both
 * written and read, in scratch for as many images as 256 MB hold. Of 64 -> 64 planes, that is some 12 bytes
 * moved for each 64 multiply-adds of a result and plane: an H100 needs as long for the one as for the other.
 * dx is dy correlated with the turned kernels. Other windows than 3 x 3 of stride 1 in one group go to the
 * rung in the background (conv_async.cu). Prediction: 0.7 to 1.2 x for 64 planes, 1.2 to 1.8 x for 256.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"
#include "elements.h"
#include "product_async.h"
#include "scratch.h"

namespace
{

enum { PLACES = 16, MOST_FLOATS = 1 << 26 };

/* y (N,K,P,Q) of x (N,C,H,W) and w, of which number r of kernel k on plane c is w[k w_k + c w_c + r], or
 * 8 - r if turned */
struct winograd {
    int N, C, H, W, K, P, Q;
    int top, left;
    const float *x, *w, *bias; /* bias: or nullptr */
    float *y;
    size_t w_k, w_c;
    bool turned;
    int down, across; /* tiles of a plane */
};

/* (a,b,c,d) <- B^T (a,b,c,d) */
__device__ void to_points(float &a, float &b, float &c, float &d)
{
    const float first = a - c, second = b + c, third = c - b, fourth = b - d;
    a = first, b = second, c = third, d = fourth;
}

/* (a,b,c,d) <- G (a,b,c) */
__device__ void weights_to_points(float a, float b, float c, float (&u)[4])
{
    u[0] = a, u[1] = (a + b + c) / 2, u[2] = (a - b + c) / 2, u[3] = c;
}

/* u (16,K,C): one thread per kernel and plane */
__global__ void __launch_bounds__(ELEMENT_THREADS) transform_weights(winograd g, float *u)
{
    const size_t t = thread_of_grid(), apart = (size_t)g.K * g.C;
    if (t >= apart) return;
    const float *w = g.w + t / g.C * g.w_k + t % g.C * g.w_c;
    float rows[3][4], column[4];
#pragma unroll
    for (int r = 0; r < 3; r++) {
        const float *line = w + (g.turned ? 8 - 3 * r : 3 * r);
        const int next = g.turned ? -1 : 1;
        weights_to_points(line[0], line[next], line[2 * next], rows[r]);
    }
#pragma unroll
    for (int j = 0; j < 4; j++) {
        weights_to_points(rows[0][j], rows[1][j], rows[2][j], column);
#pragma unroll
        for (int i = 0; i < 4; i++) u[(i * 4 + j) * apart + t] = column[i];
    }
}

/* v (16,C,tiles) of `images` images from x on: one thread per plane and tile */
__global__ void __launch_bounds__(ELEMENT_THREADS)
    transform_x(winograd g, int images, const float *x, float *v)
{
    const int each = g.down * g.across, tiles = images * each;
    const size_t t = thread_of_grid(), apart = (size_t)g.C * tiles;
    if (t >= apart) return;
    const int c = (int)(t / tiles), n = (int)(t % tiles) / each, tile = (int)(t % tiles) % each;
    const int h0 = tile / g.across * 2 - g.top, w0 = tile % g.across * 2 - g.left;
    const float *plane = x + ((size_t)n * g.C + c) * g.H * g.W;
    float d[4][4];
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const int h = h0 + i, w = w0 + j;
            d[i][j] = h >= 0 && h < g.H && w >= 0 && w < g.W ? plane[(size_t)h * g.W + w] : 0;
        }
#pragma unroll
    for (int i = 0; i < 4; i++) to_points(d[i][0], d[i][1], d[i][2], d[i][3]);
#pragma unroll
    for (int j = 0; j < 4; j++) to_points(d[0][j], d[1][j], d[2][j], d[3][j]);
#pragma unroll
    for (int e = 0; e < PLACES; e++) v[e * apart + t] = d[e / 4][e % 4];
}

/* y <- A^T m A + bias of `images` images, m (16,K,tiles): one thread per plane and tile */
__global__ void __launch_bounds__(ELEMENT_THREADS)
    transform_back(winograd g, int images, const float *m, float *y)
{
    const int each = g.down * g.across, tiles = images * each;
    const size_t t = thread_of_grid(), apart = (size_t)g.K * tiles;
    if (t >= apart) return;
    const int k = (int)(t / tiles), n = (int)(t % tiles) / each, tile = (int)(t % tiles) % each;
    const int p = tile / g.across * 2, q = tile % g.across * 2;
    float rows[2][4];
#pragma unroll
    for (int j = 0; j < 4; j++) {
        const float a = m[j * apart + t], b = m[(4 + j) * apart + t], c = m[(8 + j) * apart + t],
                    d = m[(12 + j) * apart + t];
        rows[0][j] = a + b + c, rows[1][j] = b - c - d;
    }
    const float bias = g.bias ? g.bias[k] : 0;
    float *plane = y + ((size_t)n * g.K + k) * g.P * g.Q;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        if (p + i >= g.P) continue;
        float *line = plane + (size_t)(p + i) * g.Q + q;
        line[0] = rows[i][0] + rows[i][1] + rows[i][2] + bias;
        if (q + 1 < g.Q) line[1] = rows[i][1] - rows[i][2] - rows[i][3] + bias;
    }
}

void run(winograd g)
{
    g.down = parts(g.P, 2), g.across = parts(g.Q, 2);
    const size_t kernels = (size_t)g.K * g.C, of_image = (size_t)g.down * g.across * (size_t)(g.C + g.K);
    const size_t fit = MOST_FLOATS / (PLACES * of_image);
    const int together = fit < 1 ? 1 : fit < (size_t)g.N ? (int)fit : g.N;
    float *u = static_cast<float *>(scratch(PLACES * (kernels + together * of_image) * sizeof *u));
    if (!u) return;
    transform_weights<<<blocks_of_elements(kernels), ELEMENT_THREADS>>>(g, u);
    for (int n = 0; n < g.N; n += together) {
        const int images = g.N - n < together ? g.N - n : together, tiles = images * g.down * g.across;
        const size_t inputs = (size_t)g.C * tiles, outputs = (size_t)g.K * tiles;
        float *v = u + PLACES * kernels, *m = v + PLACES * inputs;
        transform_x<<<blocks_of_elements(inputs), ELEMENT_THREADS>>>(g, images,
                                                                     g.x + (size_t)n * g.C * g.H * g.W, v);
        for (int e = 0; e < PLACES; e++)
            product_async(
                dx_product(g.K, tiles, g.C, u + e * kernels, v + e * inputs, m + e * outputs, plain()));
        transform_back<<<blocks_of_elements(outputs), ELEMENT_THREADS>>>(g, images, m,
                                                                         g.y + (size_t)n * g.K * g.P * g.Q);
    }
}

bool applies(const conv &v)
{
    return v.R == 3 && v.S == 3 && v.stride == 1 && v.dilation == 1 && v.groups == 1 && counts_in_int(v);
}

} // namespace

void conv_forward_winograd2(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    if (!applies(v)) return conv_forward_async(CONV_GIVEN, x, w, b, y);
    run({ N, C, H, W, K, v.P, v.Q, top, left, x, w, b, y, v.w_at(1, 0), 9, false, 0, 0 });
}

void conv_dx_winograd2(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    if (!applies(v)) return conv_dx_async(CONV_GIVEN, w, dy, dx);
    run({ N, K, v.P, v.Q, C, H, W, 2 - top, 2 - left, dy, w, nullptr, dx, 9, v.w_at(1, 0), true, 0, 0 });
}
