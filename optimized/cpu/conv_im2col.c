/* conv_im2col.c - rung 02 of convolution: forward, dx, dw + db as matrix products.
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 */
#include "../workspace.h"
#include "conv_rungs.h"
#include "gemm.h"

#include <string.h>

/* ---- 02_im2col: the windows are copied side by side, and a matrix product does the rest ----
 *
 * Changed: with k the planes of y of a group, crs the numbers of a kernel and pq the results of a plane,
 *
 *   y (k,pq) = w (k,crs) cols (crs,pq)     dcols (crs,pq) = w^T dy (k,pq)     dw (k,crs) = dy cols^T
 *
 * of one image and one group, where row (c,r,s) of cols is what number (r,s) of a kernel meets in plane c.
 * The products are those of the dense layer (gemm.h): cache blocks, register tiles, the best instructions of
 * this machine. dx is the sum of the rows of dcols, each put back to where it was read (col2im).
 *
 * Relieves: arithmetic, which rung 01 does with two loads and a store for each multiplication. Costs: memory;
 * each number of x is written R S times and read again. Prediction (lesson 7): 2 to 8 x where a group has 16
 * planes or more on both sides; less for few planes, where copying is most of the work, and slower than rung
 * 01 for depthwise kernels. */

static size_t window(const struct conv *v) /* numbers of a kernel: the rows of cols */
{
    return (size_t)v->c_per * v->w_plane;
}

/* Where number (r,s) of a kernel meets row p of the results: its place in a plane of x, of result q = 0 */
static ptrdiff_t row_of_x(const struct conv *v, int p, int r, int s)
{
    return ((ptrdiff_t)p * v->stride + (ptrdiff_t)r * v->dilation - v->top) * v->W +
           (ptrdiff_t)s * v->dilation - v->left;
}

/* row (P,Q) <- what number (r,s) of a kernel meets in plane x (H,W), 0 beyond the edges */
static void gather_row(const struct conv *v, const float *x, int r, int s, float *row)
{
    struct conv_range rows = conv_rows(v, r), q = conv_columns(v, s);
    memset(row, 0, v->y_plane * sizeof *row);
    for (int p = rows.from; p < rows.end; p++) {
        const float *from = x + row_of_x(v, p, r, s);
        float *to = row + (ptrdiff_t)p * v->Q;
        for (int i = q.from; i < q.end; i++) to[i] = from[(ptrdiff_t)i * v->stride];
    }
}

/* dx (H,W) += row (P,Q): the way back */
static void scatter_row(const struct conv *v, const float *row, int r, int s, float *dx)
{
    struct conv_range rows = conv_rows(v, r), q = conv_columns(v, s);
    for (int p = rows.from; p < rows.end; p++) {
        const float *from = row + (ptrdiff_t)p * v->Q;
        float *to = dx + row_of_x(v, p, r, s);
        for (int i = q.from; i < q.end; i++) to[(ptrdiff_t)i * v->stride] += from[i];
    }
}

/* cols (crs,pq) <- x of one image and group */
static void im2col(const struct conv *v, const float *x, float *cols)
{
    for (int c = 0; c < v->c_per; c++)
        for (int r = 0; r < v->R; r++)
            for (int s = 0; s < v->S; s++, cols += v->y_plane)
                gather_row(v, x + (size_t)c * v->x_plane, r, s, cols);
}

/* dx of one image and group <- dcols (crs,pq) */
static void col2im(const struct conv *v, const float *dcols, float *dx)
{
    memset(dx, 0, (size_t)v->c_per * v->x_plane * sizeof *dx);
    for (int c = 0; c < v->c_per; c++)
        for (int r = 0; r < v->R; r++)
            for (int s = 0; s < v->S; s++, dcols += v->y_plane)
                scatter_row(v, dcols, r, s, dx + (size_t)c * v->x_plane);
}

/* cols, or NULL: products count in int, and a machine has only so much memory. Then rung 01 does the work. */
static float *room(const struct conv *v)
{
    size_t most = (size_t)1 << 31;
    return window(v) < most ? workspace_floats_of_caller(window(v) * v->y_plane) : NULL;
}

void conv_forward_im2col(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    float *cols = room(&v);
    const int crs = (int)window(&v), pq = (int)v.y_plane;
    if (!cols) {
        conv_forward_rows(CONV_GIVEN, x, w, b, y);
        return;
    }
    for (int n = 0; n < N; n++)
        for (int group = 0; group < groups; group++) {
            int k = group * v.k_per;
            struct gemm g = { .M = v.k_per, .N = pq, .K = crs };
            g.a = w + conv_w(&v, k, 0), g.a_row = crs, g.a_col = 1;
            g.b = cols, g.b_row = pq, g.b_col = 1;
            g.c = y + conv_y(&v, n, k), g.c_row = pq, g.c_col = 1;
            g.bias = b + k, g.bias_rows = 1;
            im2col(&v, x + conv_x(&v, n, group * v.c_per), cols);
            gemm_run(gemm_best(), &g);
        }
}

void conv_dx_im2col(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    float *dcols = room(&v);
    const int crs = (int)window(&v), pq = (int)v.y_plane;
    if (!dcols) {
        conv_dx_rows(CONV_GIVEN, w, dy, dx);
        return;
    }
    for (int n = 0; n < N; n++)
        for (int group = 0; group < groups; group++) {
            int k = group * v.k_per;
            struct gemm g = { .M = crs, .N = pq, .K = v.k_per };
            g.a = w + conv_w(&v, k, 0), g.a_row = 1, g.a_col = crs;
            g.b = dy + conv_y(&v, n, k), g.b_row = pq, g.b_col = 1;
            g.c = dcols, g.c_row = pq, g.c_col = 1;
            gemm_run(gemm_best(), &g);
            col2im(&v, dcols, dx + conv_x(&v, n, group * v.c_per));
        }
}

void conv_dw_im2col(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const struct conv v = conv_of(CONV_GIVEN);
    float *cols = room(&v);
    const int crs = (int)window(&v), pq = (int)v.y_plane;
    if (!cols) {
        conv_dw_rows(CONV_GIVEN, x, dy, dw, db);
        return;
    }
    for (int n = 0; n < N; n++)
        for (int group = 0; group < groups; group++) {
            int k = group * v.k_per;
            struct gemm g = { .M = v.k_per, .N = crs, .K = pq, .add = n > 0 };
            g.a = dy + conv_y(&v, n, k), g.a_row = pq, g.a_col = 1;
            g.b = cols, g.b_row = 1, g.b_col = pq;
            g.c = dw + conv_w(&v, k, 0), g.c_row = crs, g.c_col = 1;
            im2col(&v, x + conv_x(&v, n, group * v.c_per), cols);
            gemm_run(gemm_best(), &g);
        }
    conv_db_rows(&v, dy, db);
}
