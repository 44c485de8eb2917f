/* 7.3 passes_yet_wrong - the right output must be known without a convolution: a kernel with a single 1 moves
 * the image, and zeros come in at the border. With all sizes different, and a 1 in one place after another,
 * every mix-up shows. The gradient of a linear function needs one number: the sums of dy y, dx x and dw w are
 * equal.
 */
#include <math.h>

typedef void conv_fn(const int size[7], const double *x, const double *w, double *y);
typedef void conv_gradient_fn(const int size[7], const double *x, const double *w, const double *dy,
                              double *dx, double *dw);

enum { C = 2, H = 5, W = 7, K = 3, R = 3, S = 4, PAD = 2, P = H + 2 * PAD - R + 1, Q = W + 2 * PAD - S + 1 };
enum { PIXELS = C * H * W, TAPS = K * C * R * S, OUTPUTS = K * P * Q };

static const int sizes[7] = { C, H, W, K, R, S, PAD };

/* irregular numbers of both signs */
static void fill(int n, double *x, double from)
{
    for (int k = 0; k < n; k++) x[k] = sin(from + k * k);
}

/* Written so that NaN is not near; one of the right ones computes in float. */
static int is_near(double a, double b)
{
    return fabs(a - b) <= 1e-5 * (1 + fabs(b));
}

/* x[c][h][w], and 0 outside */
static double pixel(const double *x, int c, int h, int w)
{
    return h >= 0 && h < H && w >= 0 && w < W ? x[(c * H + h) * W + w] : 0;
}

/* the kernel's only 1 is at k, c, r, s */
static int moves_image(conv_fn *forward, int k, int c, int r, int s)
{
    double x[PIXELS], w[TAPS] = { 0 }, y[OUTPUTS];
    fill(PIXELS, x, 1);
    w[((k * C + c) * R + r) * S + s] = 1;
    for (int i = 0; i < OUTPUTS; i++) y[i] = NAN;
    forward(sizes, x, w, y);
    for (int i = 0; i < OUTPUTS; i++) {
        int of = i / (P * Q), p = i / Q % P, q = i % Q;
        if (!is_near(y[i], of == k ? pixel(x, c, p + r - PAD, q + s - PAD) : 0)) return 0;
    }
    return 1;
}

static double dot(int n, const double *a, const double *b)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += a[k] * b[k];
    return sum;
}

static int is_adjoint(conv_fn *forward, conv_gradient_fn *backward, double from)
{
    double x[PIXELS], w[TAPS], y[OUTPUTS], dy[OUTPUTS], dx[PIXELS], dw[TAPS];
    fill(PIXELS, x, from), fill(TAPS, w, from + 1), fill(OUTPUTS, dy, from + 2);
    forward(sizes, x, w, y);
    backward(sizes, x, w, dy, dx, dw);
    double right = dot(OUTPUTS, dy, y);
    return is_near(dot(PIXELS, dx, x), right) && is_near(dot(TAPS, dw, w), right);
}

int passes_yet_wrong(conv_fn *forward, conv_gradient_fn *backward)
{
    for (int k = 0; k < K; k++)
        for (int c = 0; c < C; c++)
            for (int r = 0; r < R; r++)
                for (int s = 0; s < S; s++)
                    if (!moves_image(forward, k, c, r, s)) return 1;
    for (int times = 0; times < 5; times++)
        if (!is_adjoint(forward, backward, 10 * times)) return 1;
    return 0;
}
