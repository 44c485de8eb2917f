/* 7.6 lanes_along_the_row - which axis gets the lanes
 *
 *   y (K,P,Q) = x (C,H,W) correlated with w (K,C,R,S), + b (K)
 *
 * From a single plane, im2col makes a matrix of 9 rows: copying is most of the work. Without it, neighbours
 * in a row of y need neighbours in a row of x, and the same numbers of w: four of them are one vector, at any
 * column. A multiply-add then needs a vector of x and a number of w. A tile of 4 kernels x 12 columns has
 * twelve sums in registers, and for each number (c,r,s) of the kernels it needs 3 vectors of x and 4 numbers
 * of w, for 12 multiply-adds.
 *
 * Write tile; image() calls it for all columns at which no window leaves the image. A quad is a vector
 * register of four floats: quads are added and multiplied like numbers, and a float times a quad is four
 * products. First write down what you expect, as a number after the =:
 * prediction: loads per multiply-add =
 */
#include <stddef.h>

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

typedef float quad __attribute__((vector_size(16), aligned(4))); /* four floats, any alignment */

enum { KERNELS = 4, COLUMNS = 12 };

static inline quad quad_at(const float *p)
{
    return *(const quad *)p;
}

/* y[k..k+3][p][q..q+11] of rows from..end-1 of the kernels; x begins with plane 0 of the window at q, w and b
 * with kernel k */
static void tile(const struct conv *v, int from, int end, const float *x, const float *w, const float *b,
                 float *y)
{
    const size_t x_plane = (size_t)v->H * v->W, y_plane = (size_t)v->P * v->Q,
                 kernel = (size_t)v->C * v->R * v->S;
    for (int k = 0; k < KERNELS; k++)
        for (int q = 0; q < COLUMNS; q++) { /* quad_at is provided, and not used yet */
            float sum = b[k];
            for (int c = 0; c < v->C; c++)
                for (int r = from; r < end; r++)
                    for (int s = 0; s < v->S; s++)
                        sum += w[k * kernel + (size_t)((c * v->R + r) * v->S + s)] *
                               x[c * x_plane + (size_t)(r * v->W + s + q)];
            y[k * y_plane + (size_t)q] = sum;
        }
}

/* 1 if tile can have these columns: twelve windows next to each other, none of which leaves the image */
static int is_inside(const struct conv *v, int k, int q)
{
    return v->stride == 1 && v->dilation == 1 && v->kernels == v->K && k + KERNELS <= v->K && q >= v->left &&
           q + COLUMNS <= v->Q && q - v->left + COLUMNS + v->S - 1 <= v->W;
}

/* row p of planes k..k+kernels-1 of y */
static void row(const struct conv *v, const float *x, const float *w, const float *b, float *y, int k,
                int kernels, int p)
{
    int from = v->top - p > 0 ? v->top - p : 0;
    int end = v->H + v->top - p < v->R ? v->H + v->top - p : v->R;
    for (int q = 0; q < v->Q;) {
        if (from < end && is_inside(v, k, q)) {
            tile(v, from, end, x + (ptrdiff_t)(p - v->top) * v->W + q - v->left,
                 w + at(k, 0, 0, 0, v->C, v->R, v->S), b + k, y + at(0, k, p, q, v->K, v->P, v->Q));
            q += COLUMNS;
            continue;
        }
        for (int i = k; i < k + kernels; i++)
            y[at(0, i, p, q, v->K, v->P, v->Q)] = b[i] + one(v, x, w, i, p, q);
        q++;
    }
}

/* y (K,P,Q) of one image x (C,H,W) */
static void image(const struct conv *v, const float *x, const float *w, const float *b, float *y)
{
    for (int k = 0; k < v->K; k += KERNELS)
        for (int p = 0; p < v->P; p++) row(v, x, w, b, y, k, k + KERNELS <= v->K ? KERNELS : v->K - k, p);
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
