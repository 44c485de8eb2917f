/* conv_im2col.cu - rung 02 of convolution: forward, dx, dw as matrix products.
 *
 * ---- 02_im2col: the windows are copied side by side, and the dense layer's product does the rest ----
 *
 * With k and c the planes of a group, crs the numbers of a kernel and pq the results of a plane, of one image
 *
 *   y (k,pq) = w (k,crs) cols (crs,pq) + b      dcols (crs,pq) = w^T dy (k,pq)      dw (k,crs) += dy cols^T
 *
 * where row (c,r,s) of cols is what number (r,s) of a kernel meets in plane c. The products are rung 07 of
 * dense (product_async.cu): 128 x 128 tiles, copies in the background, no thought of windows. dx is gathered:
 * a thread adds the R S numbers of dcols that its x was copied to.
 *
 * Counted for 8 -> 64 planes of 8 x 32, with 3 x 3: forward loads 6,080 sectors and stores 4,352, of which y
 * is 2,048. Relieves the arithmetic units, which had places and edges to work out for each multiply-add.
 * Costs memory: every number of x is written R S times and read again, in scratch for one image; and
 * launches, one or two for each image and group. A product
 * does as many multiply-adds for each number of cols as a group has planes of y: from some 64 on, memory is
 * not the limit. Prediction: 2 to 5 x where
 * groups have 64 planes or more on both sides; slower than rung 01 for few planes, where tiles of 128 x 128
 * are mostly empty, and a hundred times so for a group per plane.
 */
#include <cuda_runtime.h>

#include "conv.h"
#include "conv_rungs.h"
#include "elements.h"
#include "product_async.h"
#include "scratch.h"

namespace
{

/* cols (C R S,P Q) <- x of one image, 0 beyond the edges: one thread per number of cols */
__global__ void __launch_bounds__(ELEMENT_THREADS) im2col(conv v, const float *x, float *cols)
{
    const size_t t = thread_of_grid();
    const int p = (int)(t % v.y_plane) / v.Q, q = (int)(t % v.y_plane) % v.Q;
    const int tap = (int)(t / v.y_plane % v.w_plane), c = (int)(t / v.y_plane / v.w_plane);
    if (c >= v.C) return;
    const int h = p * v.stride + tap / v.S * v.dilation - v.top;
    const int column = q * v.stride + tap % v.S * v.dilation - v.left;
    const bool inside = h >= 0 && h < v.H && column >= 0 && column < v.W;
    cols[t] = inside ? x[v.x_at(0, c) + (size_t)h * v.W + column] : 0;
}

/* dx of one image <- dcols (C R S,P Q): one thread per number of dx */
__global__ void __launch_bounds__(ELEMENT_THREADS) col2im(conv v, const float *dcols, float *dx)
{
    const size_t t = thread_of_grid();
    const int h = (int)(t % v.x_plane) / v.W, column = (int)(t % v.x_plane) % v.W, c = (int)(t / v.x_plane);
    if (c >= v.C) return;
    float sum = 0;
    for (int r = 0; r < v.R; r++) {
        const int p = result_that_reads(h, v.top, r, v.stride, v.dilation, v.P);
        for (int s = 0; p >= 0 && s < v.S; s++) {
            const int q = result_that_reads(column, v.left, s, v.stride, v.dilation, v.Q);
            if (q >= 0) sum += dcols[((size_t)c * v.w_plane + r * v.S + s) * v.y_plane + (size_t)p * v.Q + q];
        }
    }
    dx[t] = sum;
}

size_t cols_of(const conv &v)
{
    return (size_t)v.C * v.w_plane * v.y_plane;
}

void copy_windows(const conv &v, const float *x, float *cols)
{
    im2col<<<blocks_of_elements(cols_of(v)), ELEMENT_THREADS>>>(v, x, cols);
}

} // namespace

void conv_forward_im2col(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const conv v = conv_of(CONV_GIVEN);
    if (!counts_in_int(v)) return conv_forward_naive(CONV_GIVEN, x, w, b, y);
    const int crs = v.c_per * v.w_plane, pq = v.y_plane;
    float *cols = static_cast<float *>(scratch(cols_of(v) * sizeof *cols));
    if (!cols) return;
    for (int n = 0; n < N; n++) {
        copy_windows(v, x + v.x_at(n, 0), cols);
        for (int group = 0; group < groups; group++) {
            const int k = group * v.k_per;
            product_async(biased_rows_product(v.k_per, pq, crs, w + v.w_at(k, 0),
                                              cols + (size_t)group * crs * pq, y + v.y_at(n, k),
                                              add_bias_of_row{ b + k, pq }));
        }
    }
}

void conv_dx_im2col(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const conv v = conv_of(CONV_GIVEN);
    if (!counts_in_int(v)) return conv_dx_naive(CONV_GIVEN, w, dy, dx);
    const int crs = v.c_per * v.w_plane, pq = v.y_plane;
    float *dcols = static_cast<float *>(scratch(cols_of(v) * sizeof *dcols));
    if (!dcols) return;
    for (int n = 0; n < N; n++) {
        for (int group = 0; group < groups; group++) {
            const int k = group * v.k_per;
            product_async(dw_product(crs, pq, v.k_per, w + v.w_at(k, 0), dy + v.y_at(n, k),
                                     dcols + (size_t)group * crs * pq, plain()));
        }
        col2im<<<blocks_of_elements(v.x_at(1, 0)), ELEMENT_THREADS>>>(v, dcols, dx + v.x_at(n, 0));
    }
}

void conv_dw_im2col(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const conv v = conv_of(CONV_GIVEN);
    if (!counts_in_int(v)) return conv_dw_naive(CONV_GIVEN, x, dy, dw, db);
    const int crs = v.c_per * v.w_plane, pq = v.y_plane;
    float *cols = static_cast<float *>(scratch(cols_of(v) * sizeof *cols));
    if (!cols) return;
    for (int n = 0; n < N; n++) {
        copy_windows(v, x + v.x_at(n, 0), cols);
        for (int group = 0; group < groups; group++) {
            const int k = group * v.k_per;
            float *own = dw + v.w_at(k, 0);
            product_async(growing_product(v.k_per, crs, pq, dy + v.y_at(n, k),
                                          cols + (size_t)group * crs * pq, own,
                                          add_to{ n > 0 ? own : nullptr }));
        }
    }
    conv_db(v, dy, db);
}
