/* 7.3 passes_yet_wrong - a test for a padded convolution that is more than a gradient check
 *
 *   size = { C, H, W, K, R, S, pad }   x (C,H,W), w (K,C,R,S), y (K,P,Q), P = H + 2 pad - R + 1, Q alike
 *
 *   forward(size, x, w, y)   y[k][p][q] = sum over c, r, s of w[k][c][r][s] x[c][p + r - pad][q + s - pad],
 *                            where x is 0 outside the image
 *   backward(size, x, w, dy, dx, dw)      dx and dw of L = the sum of dy y
 *
 * Your function is called with one convolution after another. It returns 1 if the convolution is wrong, 0 if
 * it is right. Nine are wrong; eight of those pass every gradient check, because their gradients are exact,
 * but of a different function. Three are right, and one of them computes in float. Sizes up to 16, pad less
 * than R and S.
 *
 * The version below is a gradient check, which those eight pass.
 */
#include <math.h>

typedef void conv_fn(const int size[7], const double *x, const double *w, double *y);
typedef void conv_gradient_fn(const int size[7], const double *x, const double *w, const double *dy,
                              double *dx, double *dw);

enum { PIXELS = 4 * 5, TAPS = 9, OUTPUTS = 4 * 5 };

static double loss(conv_fn *forward, const int *size, const double *x, const double *w, const double *dy)
{
    double y[OUTPUTS] = { 0 }, sum = 0;
    forward(size, x, w, y);
    for (int k = 0; k < OUTPUTS; k++) sum += dy[k] * y[k];
    return sum;
}

int passes_yet_wrong(conv_fn *forward, conv_gradient_fn *backward)
{
    const int size[7] = { 1, 4, 5, 1, 3, 3, 1 };
    double x[PIXELS], w[TAPS], dy[OUTPUTS], dx[PIXELS] = { 0 }, dw[TAPS] = { 0 };
    for (int k = 0; k < PIXELS; k++) x[k] = sin(1 + k * k), dy[k] = cos(2 + k * k);
    for (int k = 0; k < TAPS; k++) w[k] = sin(3 + k * k);
    backward(size, x, w, dy, dx, dw);
    for (int k = 0; k < TAPS; k++) {
        double at = w[k];
        w[k] = at + 0.5; /* it is linear: any h will do */
        double high = loss(forward, size, x, w, dy);
        w[k] = at - 0.5;
        double low = loss(forward, size, x, w, dy);
        w[k] = at;
        if (fabs(dw[k] - (high - low)) > 1e-5) return 1;
    }
    return 0;
}
