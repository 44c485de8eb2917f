/* rungs.c - solutions that no ladder of the suite has: text.c cuts them out by their names. */
#include <float.h>
#include <math.h>

/* Softmax of a row, x, y (C): m and the sum in one pass. From -FLT_MAX on, which is below all numbers but
 * -infinity, so that no difference is taken of two infinities. */
static void row(int C, const float *x, float *y)
{
    float m = -FLT_MAX, sum = 0;
    for (int c = 0; c < C; c++) {
        if (x[c] > m) {
            sum *= expf(m - x[c]);
            m = x[c];
        }
        sum += expf(x[c] - m);
    }
    for (int c = 0; c < C; c++) y[c] = expf(x[c] - m) / sum;
}

/* ---- 4.7 ---- */

/* a (k,k) = x (k,n) x^T: on and below the diagonal, and its mirror image */
static void gram(int k, int n, const float *x, float *a)
{
    for (int i = 0; i < k; i++)
        for (int j = 0; j <= i; j++) {
            float sum = 0;
            for (int l = 0; l < n; l++) sum += x[(size_t)i * n + l] * x[(size_t)j * n + l];
            a[(size_t)i * k + j] = a[(size_t)j * k + i] = sum;
        }
}

/* ---- 7.5 ---- */

/* to (P,Q): what number (r,s) of a kernel meets in a plane x (H,W) */
static void gather(const struct conv *v, const float *x, int r, int s, float *to)
{
    for (int p = 0; p < v->P; p++)
        for (int q = 0; q < v->Q; q++) {
            int i = p * v->stride + r * v->dilation - v->top, j = q * v->stride + s * v->dilation - v->left;
            int is_outside = i < 0 || i >= v->H || j < 0 || j >= v->W;
            to[(size_t)p * v->Q + q] = is_outside ? 0 : x[(size_t)i * v->W + j];
        }
}

/* planes k..k+kernels-1 of y (K,P,Q), of one image x (C,H,W) */
static void group(const struct conv *v, const float *x, const float *w, const float *b, float *y, int k)
{
    const int m = v->planes * v->R * v->S, n = v->P * v->Q, first = k / v->kernels * v->planes;
    float *cols = malloc((size_t)m * n * sizeof *cols), *to = cols;
    if (!cols) abort();
    for (int c = 0; c < v->planes; c++)
        for (int r = 0; r < v->R; r++)
            for (int s = 0; s < v->S; s++, to += n)
                gather(v, x + at(0, first + c, 0, 0, v->C, v->H, v->W), r, s, to);
    product(v->kernels, m, n, w + (size_t)k * m, cols, b + k, y + (size_t)k * n);
    free(cols);
}
