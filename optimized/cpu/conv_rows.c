/* conv_rows.c - rung 01 of convolution: forward, dx, dw + db, a row of results at a time.
 *
 *   x (N,C,H,W)   w (K,C/groups,R,S)   b (K)   y, dy (N,K,P,Q)
 */
#include "conv_rungs.h"

/* ---- 01_rows: the loop along a row is the inner one ----
 *
 * Changed: the seven loops ask for every product whether it lies in the image, and walk a kernel of R x S for
 * one result. Here a number of the kernel meets a whole row of results before the next one comes, and which
 * results it meets is worked out once. Relieves: the branches, and the wait of each addition for the one
 * before it; neighbours in a row are independent, so that the compiler makes vectors of them where the stride
 * is 1. */

void conv_store_pass(const struct conv_store *store, size_t n, float *results)
{
    if (store->relu)
        for (size_t i = 0; i < n; i++) results[i] = results[i] <= 0 ? 0 : results[i];
    if (store->mask)
        for (size_t i = 0; i < n; i++) results[i] = store->mask[i] > 0 ? results[i] : 0;
}

/* y (n) += a x, x `step` apart */
static void add_scaled(int n, float a, const float *x, int step, float *restrict y)
{
    if (step == 1)
        for (int i = 0; i < n; i++) y[i] += a * x[i];
    else
        for (int i = 0; i < n; i++) y[i] += a * x[(ptrdiff_t)i * step];
}

/* y (P,Q) += x (H,W) correlated with w (R,S) */
static void plane_forward(const struct conv *v, const float *x, const float *w, float *y)
{
    for (int r = 0; r < v->R; r++) {
        struct conv_range rows = conv_rows(v, r);
        for (int p = rows.from; p < rows.end; p++) {
            const float *row = x + (ptrdiff_t)(p * v->stride + r * v->dilation - v->top) * v->W;
            for (int s = 0; s < v->S; s++) {
                struct conv_range q = conv_columns(v, s);
                add_scaled(q.end - q.from, w[r * v->S + s],
                           row + q.from * v->stride + s * v->dilation - v->left, v->stride,
                           y + (ptrdiff_t)p * v->Q + q.from);
            }
        }
    }
}

void conv_forward_rows(CONV_SIZES, const float *x, const float *w, const float *b, float *y)
{
    const struct conv v = conv_of(CONV_GIVEN);
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++) {
            float *yk = y + conv_y(&v, n, k);
            for (size_t i = 0; i < v.y_plane; i++) yk[i] = b ? b[k] : 0;
            for (int c = 0; c < v.c_per; c++)
                plane_forward(&v, x + conv_x(&v, n, k / v.k_per * v.c_per + c), w + conv_w(&v, k, c), yk);
        }
}

/* dx (n, step apart) += a dy */
static void spread_scaled(int n, float a, const float *dy, int step, float *restrict dx)
{
    if (step == 1)
        for (int i = 0; i < n; i++) dx[i] += a * dy[i];
    else
        for (int i = 0; i < n; i++) dx[(ptrdiff_t)i * step] += a * dy[i];
}

/* dx (H,W) += what dy (P,Q) sends back through w (R,S) */
static void plane_dx(const struct conv *v, const float *w, const float *dy, float *dx)
{
    for (int r = 0; r < v->R; r++) {
        struct conv_range rows = conv_rows(v, r);
        for (int p = rows.from; p < rows.end; p++) {
            float *row = dx + (ptrdiff_t)(p * v->stride + r * v->dilation - v->top) * v->W;
            for (int s = 0; s < v->S; s++) {
                struct conv_range q = conv_columns(v, s);
                spread_scaled(q.end - q.from, w[r * v->S + s], dy + (ptrdiff_t)p * v->Q + q.from, v->stride,
                              row + q.from * v->stride + s * v->dilation - v->left);
            }
        }
    }
}

void conv_dx_rows(CONV_SIZES, const float *w, const float *dy, float *dx)
{
    const struct conv v = conv_of(CONV_GIVEN);
    for (int n = 0; n < N; n++)
        for (int c = 0; c < C; c++) {
            float *dxc = dx + conv_x(&v, n, c);
            for (size_t i = 0; i < v.x_plane; i++) dxc[i] = 0;
            int group = c / v.c_per, first = group * v.k_per;
            for (int k = first; k < first + v.k_per; k++)
                plane_dx(&v, w + conv_w(&v, k, c - group * v.c_per), dy + conv_y(&v, n, k), dxc);
        }
}

enum { LANES = 16 };

/* sum of dy (n) x (n, step apart): sums that do not wait for each other */
static float dot_strided(int n, const float *dy, const float *x, int step)
{
    float lane[LANES] = { 0 }, sum = 0;
    int i = 0;
    if (step == 1)
        for (; i + LANES <= n; i += LANES)
            for (int l = 0; l < LANES; l++) lane[l] += dy[i + l] * x[i + l];
    for (int l = 0; l < LANES; l++) sum += lane[l];
    for (; i < n; i++) sum += dy[i] * x[(ptrdiff_t)i * step];
    return sum;
}

/* dw (R,S) += sum of dy (P,Q) x (H,W) */
static void plane_dw(const struct conv *v, const float *x, const float *dy, float *dw)
{
    for (int r = 0; r < v->R; r++) {
        struct conv_range rows = conv_rows(v, r);
        for (int p = rows.from; p < rows.end; p++) {
            const float *row = x + (ptrdiff_t)(p * v->stride + r * v->dilation - v->top) * v->W;
            for (int s = 0; s < v->S; s++) {
                struct conv_range q = conv_columns(v, s);
                dw[r * v->S + s] +=
                    dot_strided(q.end - q.from, dy + (ptrdiff_t)p * v->Q + q.from,
                                row + q.from * v->stride + s * v->dilation - v->left, v->stride);
            }
        }
    }
}

void conv_db_rows(const struct conv *v, const float *dy, float *db)
{
    for (int k = 0; k < v->K && db; k++) {
        float lane[LANES] = { 0 }, sum = 0;
        for (int n = 0; n < v->N; n++) {
            const float *plane = dy + conv_y(v, n, k);
            size_t i = 0;
            for (; i + LANES <= v->y_plane; i += LANES)
                for (int l = 0; l < LANES; l++) lane[l] += plane[i + (size_t)l];
            for (int l = 0; i < v->y_plane; i++, l++) lane[l] += plane[i];
        }
        for (int l = 0; l < LANES; l++) sum += lane[l];
        db[k] = sum;
    }
}

void conv_dw_rows(CONV_SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const struct conv v = conv_of(CONV_GIVEN);
    for (int k = 0; k < K; k++) {
        for (int c = 0; c < v.c_per; c++) {
            float *dwkc = dw + conv_w(&v, k, c);
            for (size_t i = 0; i < v.w_plane; i++) dwkc[i] = 0;
            for (int n = 0; n < N; n++)
                plane_dw(&v, x + conv_x(&v, n, k / v.k_per * v.c_per + c), dy + conv_y(&v, n, k), dwkc);
        }
    }
    conv_db_rows(&v, dy, db);
}
