/* conv_threads.cu - rung 00 of convolution: one thread per number of the result.
 *
 *   y (N,K,P,Q) = x (N,C,H,W) correlated with w (K,C/groups,R,S), + b (K); see reference/conv.c
 *
 * ---- 00_naive ----
 *
 * Neighbouring lanes have neighbouring numbers of a row, of y or of dx: at stride 1 they read neighbouring
 * numbers of x or of dy, and the same number of w. All that is read comes from memory or a cache each time:
 * two loads for each multiply-add, beside some ten instructions for places and edges. dx gathers: a thread
 * asks, for each number of the kernel, whether a result reads its x by it. It could scatter as the reference
 * does, but then many threads add to one number, which takes atomics, whose order, and so the last bits,
 * differ from run to run.
 *
 * dw has few results, K C/groups R S, and a sum over all images for each: 288 threads, a ninth of one
 * multiprocessor's, for the kernels of 1 -> 32 planes. Prediction: a hundredth of the machine for forward and
 * dx, a thousandth for dw.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"
#include "elements.h"

namespace
{

__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_forward(conv v, const float *x, const float *w, const float *b, float *y)
{
    const size_t t = thread_of_grid();
    if (t >= v.y_at(v.N, 0)) return;
    const int p = (int)(t % v.y_plane) / v.Q, q = (int)(t % v.y_plane) % v.Q;
    const int k = (int)(t / v.y_plane % v.K), n = (int)(t / v.y_plane / v.K), first = k / v.k_per * v.c_per;
    float sum = 0;
    for (int c = 0; c < v.c_per; c++)
        for (int r = 0; r < v.R; r++)
            for (int s = 0; s < v.S; s++) {
                const int h = p * v.stride + r * v.dilation - v.top;
                const int column = q * v.stride + s * v.dilation - v.left;
                if (h < 0 || h >= v.H || column < 0 || column >= v.W) continue;
                sum += x[v.x_at(n, first + c) + (size_t)h * v.W + column] * w[v.w_at(k, c) + r * v.S + s];
            }
    y[t] = sum + b[k];
}

__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_dx(conv v, const float *w, const float *dy, float *dx)
{
    const size_t t = thread_of_grid();
    if (t >= v.x_at(v.N, 0)) return;
    const int h = (int)(t % v.x_plane) / v.W, column = (int)(t % v.x_plane) % v.W;
    const int c = (int)(t / v.x_plane % v.C), n = (int)(t / v.x_plane / v.C), first = c / v.c_per * v.k_per;
    float sum = 0;
    for (int k = first; k < first + v.k_per; k++)
        for (int r = 0; r < v.R; r++) {
            const int p = result_that_reads(h, v.top, r, v.stride, v.dilation, v.P);
            for (int s = 0; p >= 0 && s < v.S; s++) {
                const int q = result_that_reads(column, v.left, s, v.stride, v.dilation, v.Q);
                if (q >= 0)
                    sum += dy[v.y_at(n, k) + (size_t)p * v.Q + q] * w[v.w_at(k, c % v.c_per) + r * v.S + s];
            }
        }
    dx[t] = sum;
}

__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_dw(conv v, const float *x, const float *dy, float *dw)
{
    const size_t t = thread_of_grid();
    if (t >= v.w_at(v.K, 0)) return;
    const int r = (int)(t % v.w_plane) / v.S, s = (int)(t % v.w_plane) % v.S;
    const int c = (int)(t / v.w_plane % v.c_per), k = (int)(t / v.w_plane / v.c_per);
    float sum = 0;
    for (int n = 0; n < v.N; n++) {
        const float *plane = x + v.x_at(n, k / v.k_per * v.c_per + c), *back = dy + v.y_at(n, k);
        for (int p = 0; p < v.P; p++)
            for (int q = 0; q < v.Q; q++) {
                const int h = p * v.stride + r * v.dilation - v.top;
                const int column = q * v.stride + s * v.dilation - v.left;
                if (h < 0 || h >= v.H || column < 0 || column >= v.W) continue;
                sum += back[(size_t)p * v.Q + q] * plane[(size_t)h * v.W + column];
            }
    }
    dw[t] = sum;
}

__global__ void __launch_bounds__(ELEMENT_THREADS) naive_db(conv v, const float *dy, float *db)
{
    const int k = (int)thread_of_grid();
    if (k >= v.K) return;
    float sum = 0;
    for (int n = 0; n < v.N; n++)
        for (int i = 0; i < v.y_plane; i++) sum += dy[v.y_at(n, k) + i];
    db[k] = sum;
}

} // namespace

void conv_forward_naive(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    naive_forward<<<blocks_of_elements(v.y_at(N, 0)), ELEMENT_THREADS>>>(v, x, w, b, y);
}

void conv_dx_naive(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    naive_dx<<<blocks_of_elements(v.x_at(N, 0)), ELEMENT_THREADS>>>(v, w, dy, dx);
}

void conv_dw_naive(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const conv v = conv_of(CONV_GIVEN);
    naive_dw<<<blocks_of_elements(v.w_at(K, 0)), ELEMENT_THREADS>>>(v, x, dy, dw);
    naive_db<<<blocks_of_elements((size_t)K), ELEMENT_THREADS>>>(v, dy, db);
}
