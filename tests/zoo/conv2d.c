/* conv2d.c - y (N,K,P,Q) = x (N,C,H,W) correlated with w (K,C,R,S), stride 2, padding 1, plus b (K): where
 * the index arithmetic of the backward goes wrong. */
#include <string.h>

#include "units.h"

enum { N = 2, C = 2, H = 4, WIDTH = 5, K = 2, R = 3, S = 2, STRIDE = 2, PAD = 1 };
enum { P = (H + 2 * PAD - R) / STRIDE + 1, Q = (WIDTH + 2 * PAD - S) / STRIDE + 1 };
enum { X = 1, W = 2, B = 4 };

enum {
    right,
    dw_flipped,
    dw_without_padding,
    dw_without_stride,
    dw_channels_swapped,
    dw_first_image,
    dw_mean_over_batch,
    dw_last_kernel_row,
    dw_last_output_column,
    dw_overwritten,
    dw_mean_over_pixels,
    dw_interior_only,
    dx_flipped,
    dx_padding_off_by_one,
    dx_without_stride,
    dx_border_row,
    dx_overwritten,
    dx_first_filter,
    dx_one_channel,
    dx_channels_swapped,
    dx_wrong_image,
    dx_padding_column,
    db_one_column,
    db_first_image,
    db_mean_over_pixels,
    db_missing,
    db_channels_swapped,
    upstream_transposed,
    dw_one_part_in_1e4,
    dx_corner
};

static int x_at(int n, int c, int h, int w)
{
    return ((n * C + c) * H + h) * WIDTH + w;
}

static int w_at(int k, int c, int r, int s)
{
    return ((k * C + c) * R + r) * S + s;
}

static int y_at(int n, int k, int p, int q)
{
    return ((n * K + k) * P + p) * Q + q;
}

static int inside(int h, int w)
{
    return h >= 0 && h < H && w >= 0 && w < WIDTH;
}

static int forward(void *ctx, const gc_tensor *in, gc_tensor *out)
{
    const double *x = in[0].data, *w = in[1].data, *b = in[2].data;
    double *y = out[0].data;
    (void)ctx;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int pq = 0; pq < P * Q; pq++) {
                int top = pq / Q * STRIDE - PAD, left = pq % Q * STRIDE - PAD;
                double sum = b[k];
                for (int c = 0; c < C; c++)
                    for (int r = 0; r < R; r++)
                        for (int s = 0; s < S; s++)
                            if (inside(top + r, left + s))
                                sum += x[x_at(n, c, top + r, left + s)] * w[w_at(k, c, r, s)];
                y[y_at(n, k, pq / Q, pq % Q)] = sum;
            }
    return 0;
}

/* one element of dw */
static double dw_sum(int m, const double *x, const double *dy, int k, int c, int r, int s)
{
    int images = m == dw_first_image ? 1 : N, columns = m == dw_last_output_column ? Q - 1 : Q;
    int stride = m == dw_without_stride ? 1 : STRIDE, pad = m == dw_without_padding ? 0 : PAD;
    double sum = 0;
    for (int n = 0; n < images; n++)
        for (int p = 0; p < P; p++)
            for (int q = 0; q < columns; q++) {
                int h = p * stride - pad + r, w = q * stride - pad + s;
                if (m == dw_interior_only && (h == 0 || w == 0)) continue;
                if (!inside(h, w)) continue;
                double term = dy[y_at(n, k, p, q)] * x[x_at(n, c, h, w)];
                sum = m == dw_overwritten ? term : sum + term;
            }
    if (m == dw_mean_over_batch) sum /= N;
    if (m == dw_mean_over_pixels) sum /= P * Q;
    return m == dw_one_part_in_1e4 ? sum * (1 + 1e-4) : sum;
}

static void backward_dw(int m, const double *x, const double *dy, double *dw)
{
    for (int k = 0; k < K; k++)
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++) {
                    int at = w_at(k, c, r, s);
                    if (m == dw_flipped) at = w_at(k, c, R - 1 - r, S - 1 - s);
                    if (m == dw_channels_swapped) at = w_at(c, k, r, s); /* in bounds, for K == C */
                    dw[at] = m == dw_last_kernel_row && r == R - 1 ? 0 : dw_sum(m, x, dy, k, c, r, s);
                }
}

/* one output pixel's share of dx */
static void scatter(int m, const double *w, double dy, int n, int k, int p, int q, double *dx)
{
    int stride = m == dx_without_stride ? 1 : STRIDE, pad = m == dx_padding_off_by_one ? PAD - 1 : PAD;
    int channels = m == dx_one_channel ? 1 : C;
    for (int c = 0; c < channels; c++)
        for (int r = 0; r < R; r++)
            for (int s = 0; s < S; s++) {
                int h = p * stride - pad + r, v = q * stride - (m == dx_padding_column ? 0 : pad) + s;
                int from = w_at(k, c, r, s);
                if (m == dx_flipped) from = w_at(k, c, R - 1 - r, S - 1 - s);
                if (m == dx_channels_swapped) from = w_at(c, k, r, s);
                if (!inside(h, v)) continue;
                double *to = dx + x_at(m == dx_wrong_image ? N - 1 - n : n, c, h, v);
                *to = m == dx_overwritten ? dy * w[from] : *to + dy * w[from];
            }
}

static void backward_dx(int m, const double *w, const double *dy, double *dx)
{
    int filters = m == dx_first_filter ? 1 : K;
    memset(dx, 0, N * C * H * WIDTH * sizeof *dx);
    for (int n = 0; n < N; n++)
        for (int k = 0; k < filters; k++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < Q; q++) scatter(m, w, dy[y_at(n, k, p, q)], n, k, p, q, dx);
    for (int nc = 0; nc < N * C && m == dx_border_row; nc++)
        for (int v = 0; v < WIDTH; v++) dx[x_at(0, nc, 0, v)] = 0;
    if (m == dx_corner) dx[0] *= 1.001;
}

static void backward_db(int m, const double *dy, double *db)
{
    int images = m == db_first_image ? 1 : N, columns = m == db_one_column ? 1 : Q;
    for (int k = 0; k < K; k++) {
        double sum = 0;
        for (int n = 0; n < images; n++)
            for (int p = 0; p < P; p++)
                for (int q = 0; q < columns; q++) sum += dy[y_at(n, k, p, q)];
        if (m == db_mean_over_pixels) sum /= P * Q;
        db[m == db_channels_swapped ? K - 1 - k : k] = m == db_missing ? 0 : sum;
    }
}

static int backward(void *ctx, const gc_tensor *in, const gc_tensor *out, const gc_tensor *dout,
                    gc_tensor *din)
{
    int m = zoo_mistake(ctx);
    const double *given = dout[0].data;
    double dy[N * K * P * Q];
    (void)out;
    for (int k = 0; k < N * K * P * Q; k++) { /* (N,P,Q,K) read as (N,K,P,Q) */
        int n = k / (K * P * Q), rest = k % (K * P * Q);
        dy[k] = given[m == upstream_transposed ? n * K * P * Q + rest % (P * Q) * K + rest / (P * Q) : k];
    }
    backward_dx(m, in[1].data, dy, din[0].data);
    backward_dw(m, in[0].data, dy, din[1].data);
    backward_db(m, dy, din[2].data);
    return 0;
}

static void build(struct zoo_problem *z)
{
    zoo_input(z, "x", GC_GRAD | GC_LINEAR, ZOO_DIMS(N, C, H, WIDTH));
    zoo_input(z, "w", GC_GRAD | GC_LINEAR, ZOO_DIMS(K, C, R, S));
    zoo_input(z, "b", GC_GRAD | GC_LINEAR, ZOO_DIMS(K));
    zoo_output(z, "y", ZOO_DIMS(N, K, P, Q));
    z->p.forward = forward;
    z->p.backward = backward;
}

#define WRONG(name, tensors, words) ZOO_WRONG("conv2d", name, tensors, words)

static const struct zoo_case rows[] = {
    ZOO_RIGHT("conv2d"),
    WRONG(dw_flipped, W, "the kernel of dw flipped: convolution for correlation"),
    WRONG(dw_without_padding, W, "the padding is forgotten in dw"),
    WRONG(dw_without_stride, W, "the stride is forgotten in dw"),
    WRONG(dw_channels_swapped, W, "dw stored as (C,K,R,S)"),
    WRONG(dw_first_image, W, "dw of the first image alone"),
    WRONG(dw_mean_over_batch, W, "dw averaged over the batch"),
    WRONG(dw_last_kernel_row, W, "the last kernel row of dw left at zero"),
    WRONG(dw_last_output_column, W, "the last output column is not summed into dw"),
    WRONG(dw_overwritten, W, "= instead of += over the pixels"),
    WRONG(dw_mean_over_pixels, W, "dw averaged over the output pixels"),
    WRONG(dw_interior_only, W, "the first row and column of the image do not reach dw"),
    WRONG(dx_flipped, X, "dx with the kernel flipped"),
    WRONG(dx_padding_off_by_one, X, "dx shifted by one: the padding off by one"),
    WRONG(dx_without_stride, X, "the stride is forgotten in dx"),
    WRONG(dx_border_row, X, "the first image row of dx left at zero"),
    WRONG(dx_overwritten, X, "= instead of += where windows overlap"),
    WRONG(dx_first_filter, X, "dx of the first filter alone"),
    WRONG(dx_one_channel, X, "only the first channel of dx"),
    WRONG(dx_channels_swapped, X, "dx reads w as (C,K,R,S)"),
    WRONG(dx_wrong_image, X, "dx in the other image of the batch"),
    WRONG(dx_padding_column, X, "the padding is forgotten for columns, not for rows"),
    WRONG(db_one_column, B, "db sums one output column only"),
    WRONG(db_first_image, B, "db of the first image alone"),
    WRONG(db_mean_over_pixels, B, "db averaged over the output pixels"),
    WRONG(db_missing, B, "no db at all"),
    WRONG(db_channels_swapped, B, "db in reverse order"),
    WRONG(upstream_transposed, X | W | B, "dy read as channels-last"),
    WRONG(dw_one_part_in_1e4, W, "dw too large by 1e-4"),
    WRONG(dx_corner, X, "one corner pixel of dx wrong by 1e-3"),
};

const struct zoo_table zoo_conv2d = ZOO_TABLE(rows);
