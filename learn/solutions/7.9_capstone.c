/* 7.9 capstone - each weight is multiplied by whole rows: y row += weight * x row, shifted, and its two
 * gradients likewise. Which part of a row a weight meets is known before the row begins, so nothing is tested
 * in the loop; and neighbours in a row are neighbours in memory, so the compiler vectorizes it.
 */
#include <stddef.h>

#define SIZES                                                                                       \
    int N, int C, int H, int W, int K, int R, int S, int stride, int dilation, int groups, int top, \
        int left, int bottom, int right
#define GIVEN N, C, H, W, K, R, S, stride, dilation, groups, top, left, bottom, right

static int outputs(int extent, int before, int behind, int window, int stride, int dilation)
{
    return (extent + before + behind - dilation * (window - 1) - 1) / stride + 1;
}

/* results [from, to) whose pixel i * stride + shift is one of n */
struct span {
    int from, to;
};

static struct span inside(int many, int n, int stride, int shift)
{
    struct span s = { shift < 0 ? (-shift + stride - 1) / stride : 0, 0 };
    s.to = shift < n ? (n - 1 - shift) / stride + 1 : 0;
    if (s.to > many) s.to = many;
    return s;
}

/* what is done with a part of a row: n results, beginning at y, and their pixels, beginning at x */
typedef void row_fn(int n, int stride, float *x, float *w, float *y);

static void row_forward(int n, int stride, float *x, float *w, float *y)
{
    const float weight = *w;
    if (stride == 1)
        for (int i = 0; i < n; i++) y[i] += weight * x[i];
    else
        for (int i = 0; i < n; i++) y[i] += weight * x[i * stride];
}

static void row_dx(int n, int stride, float *x, float *w, float *y)
{
    const float weight = *w;
    if (stride == 1)
        for (int i = 0; i < n; i++) x[i] += weight * y[i];
    else
        for (int i = 0; i < n; i++) x[i * stride] += weight * y[i];
}

static void row_dw(int n, int stride, float *x, float *w, float *y)
{
    enum { LANES = 4 };
    float lane[LANES] = { 0 };
    int i = 0;
    for (; i + LANES <= n && stride == 1; i += LANES)
        for (int l = 0; l < LANES; l++) lane[l] += x[i + l] * y[i + l];
    for (; i < n; i++) lane[0] += x[i * stride] * y[i];
    *w += (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* all rows that one weight of a plane of x and one of y meets: pixel (p stride + down, q stride + along) */
static inline void plane(struct span p, struct span q, int stride, int down, int along, int W, int Q,
                         float *x, float *w, float *y, row_fn *row)
{
    for (int i = p.from; i < p.to && q.from < q.to; i++)
        row(q.to - q.from, stride, x + (ptrdiff_t)(i * stride + down) * W + q.from * stride + along, w,
            y + (ptrdiff_t)i * Q + q.from);
}

/* Every weight and every plane that it meets; row writes to one of the three. */
static inline void all_planes(SIZES, float *x, float *w, float *y, row_fn *row)
{
    const int P = outputs(H, top, bottom, R, stride, dilation),
              Q = outputs(W, left, right, S, stride, dilation);
    const int planes = C / groups, taps = R * S;
    for (int n = 0; n < N; n++)
        for (int k = 0; k < K; k++)
            for (int i = 0; i < planes * taps; i++) {
                int c = k / (K / groups) * planes + i / taps;
                int down = i % taps / S * dilation - top, along = i % S * dilation - left;
                plane(inside(P, H, stride, down), inside(Q, W, stride, along), stride, down, along, W, Q,
                      x + (ptrdiff_t)(n * C + c) * H * W, w + k * planes * taps + i,
                      y + (ptrdiff_t)(n * K + k) * P * Q, row);
            }
}

void conv2d_forward(SIZES, const float *x, const float *w, const float *b, float *y)
{
    const int P = outputs(H, top, bottom, R, stride, dilation),
              Q = outputs(W, left, right, S, stride, dilation);
    float *to = y;
    for (int k = 0; k < N * K; k++)
        for (int i = 0; i < P * Q; i++) *to++ = b[k % K];
    all_planes(GIVEN, (float *)x, (float *)w, y, row_forward);
}

void conv2d_backward_dx(SIZES, const float *w, const float *dy, float *dx)
{
    for (ptrdiff_t i = 0; i < (ptrdiff_t)N * C * H * W; i++) dx[i] = 0;
    all_planes(GIVEN, dx, (float *)w, (float *)dy, row_dx);
}

void conv2d_backward_dw(SIZES, const float *x, const float *dy, float *dw, float *db)
{
    const int P = outputs(H, top, bottom, R, stride, dilation),
              Q = outputs(W, left, right, S, stride, dilation);
    for (int i = 0; i < K * (C / groups) * R * S; i++) dw[i] = 0;
    for (int k = 0; k < K; k++) db[k] = 0;
    all_planes(GIVEN, (float *)x, dw, (float *)dy, row_dw);
    for (int k = 0; k < N * K; k++)
        for (int i = 0; i < P * Q; i++) db[k % K] += *dy++;
}
