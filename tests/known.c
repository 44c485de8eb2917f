/* known.c - known answers: numbers that come from elsewhere than this program. */
#include <complex.h>
#undef I
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../reference/philox.h"
#include "../reference/reference.h"

static int failed, passed;

static void expect(int ok, const char *what)
{
    if (!ok) printf("NOT OK: %s\n", what);
    failed += !ok;
    passed += ok;
}

static void expect_near(double got, double want, double bound, const char *what)
{
    if (!(fabs(got - want) <= bound)) printf("%s: got %.17g, expected %.17g\n", what, got, want);
    expect(fabs(got - want) <= bound, what);
}

/* the vectors of the authors' own kat_vectors file for philox4x32-10 */
static void philox(void)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } row[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        philox4x32(row[i].counter, row[i].key, out);
        expect(!memcmp(out, row[i].out, sizeof out), "philox4x32-10 gives its published numbers");
    }
    float x[1000], y[5];
    double mean = 0, square = 0;
    philox_uniform(1, 2, 1000, -1, 1, x);
    philox_uniform(1, 2, 5, -1, 1, y);
    expect(!memcmp(x, y, sizeof y), "the first numbers of a stream do not depend on how many are drawn");
    for (int k = 0; k < 1000; k++) {
        expect(x[k] >= -1 && x[k] < 1, "uniform numbers stay in [low, high)");
        mean += (double)x[k] / 1000;
        square += (double)x[k] * (double)x[k] / 1000;
    }
    expect_near(mean, 0, 4 / sqrt(3 * 1000.), "the mean of U(-1,1) is 0, within four standard errors");
    expect_near(square, 1. / 3, 4 * sqrt(4. / 45 / 1000),
                "the mean square is 1/3, within four standard errors");
    int order[101], seen[101] = { 0 }, moved = 0;
    philox_shuffle(3, 4, 101, order);
    for (int k = 0; k < 101; k++) seen[order[k]]++, moved += order[k] != k;
    for (int k = 0; k < 101; k++) expect(seen[k] == 1, "a shuffle keeps every number once");
    expect(moved > 80, "a shuffle moves things");
}

/* low + (high - low) u, rounded: what a first version of philox_uniform returned */
static float rounded_up(float low, float high, float u)
{
    return low + (high - low) * u;
}

/* Ranges in which the largest u, 1 - 2^-24, rounds up to high, and others: no draw may leave [low, high), and
 * every draw that rounding leaves inside must keep its bits, as committed figures rest on them. */
static void uniform_ends(void)
{
    static const float range[][2] = { { 0, 1 },
                                      { -1, 1 },
                                      { 1, 2 },
                                      { 0.5f, 1 },
                                      { 1, 0x1.000002p0f },
                                      { -2, -1 },
                                      { -1, 0 },
                                      { 1000, 1001 },
                                      { 0x1.fffffep23f, 0x1p24f },
                                      { 0, 0x1p-149f },
                                      { -0x1p-149f, 0x1p-149f },
                                      { 0, 0x1.fffffep127f },
                                      { -0x1.fffffep127f, 0x1.fffffep127f },
                                      { -0x1.fffffep127f, -0x1.fffffcp127f } };
    enum { RANGES = sizeof range / sizeof *range, AT = 2170657, MANY = 1 << 12 };
    static float x[AT + 1], draw[MANY];
    int ends = 0;
    philox_uniform(4, 1, AT + 1, 1, 2, x);
    expect(philox_word(4, 1, AT) >> 8 == 0xffffff,
           "element 2170657 of seed 4, stream 1 is the largest there is");
    expect(rounded_up(1, 2, 1 - 0x1p-24f) == 2, "which rounds up to 2");
    expect(x[AT] == 0x1.fffffep0f, "uniform numbers of [1, 2) are below 2");
    for (int r = 0; r < RANGES; r++) {
        const float low = range[r][0], high = range[r][1];
        philox_uniform(4, (uint64_t)r, MANY, low, high, draw);
        for (int k = 0; k < MANY; k++) {
            float u = (float)(philox_word(4, (uint64_t)r, (uint64_t)k) >> 8) * 0x1p-24f;
            float plain = rounded_up(low, high, u);
            expect(draw[k] >= low && draw[k] < high,
                   "uniform numbers stay in [low, high), whatever these are");
            expect(draw[k] == plain || !(plain < high),
                   "and are low + (high - low) u wherever that is below high");
            ends += plain == high;
        }
    }
    expect(ends > 1000, "the rounded sum reaches high often enough to be noticed");
}

/* two examples, three inputs, two outputs, worked out by hand */
static void dense(void)
{
    const double x[] = { 1, 2, 3, -1, 0, 2 }, w[] = { 1, 0, -1, 2, 1, 0.5 }, b[] = { 10, -1 };
    const double dy[] = { 1, -2, 0.5, 4 }, want_y[] = { 8, 4.5, 7, -2 };
    const double want_dx[] = { -3, -2, -2, 8.5, 4, 1.5 }, want_dw[] = { 0.5, 2, 4, -6, -4, 2 },
                 want_db[] = { 1.5, 2 };
    double y[4], dx[6], dw[6], db[2];
    dense_forward_f64(2, 3, 2, x, w, b, y);
    dense_backward_dx_f64(2, 3, 2, w, dy, dx);
    dense_backward_dw_f64(2, 3, 2, x, dy, dw, db);
    for (int k = 0; k < 4; k++) expect_near(y[k], want_y[k], 0, "y = x w^T + b by hand");
    for (int k = 0; k < 6; k++) expect_near(dx[k], want_dx[k], 0, "dx = dy w by hand");
    for (int k = 0; k < 6; k++) expect_near(dw[k], want_dw[k], 0, "dw = dy^T x by hand");
    for (int k = 0; k < 2; k++) expect_near(db[k], want_db[k], 0, "db = column sums of dy by hand");
}

static void activations(void)
{
    const double x[] = { 0, 1, -1, 2.5, -800, 800 };
    /* 1 / (1 + e^-x) and tanh x to 17 digits, by arithmetic of 50 digits */
    const double sigmoid[] = { 0.5, 0.73105857863000488, 0.26894142136999512, 0.92414181997875655, 0, 1 };
    const double hyperbolic[] = { 0, 0.76159415595576489, -0.76159415595576489, 0.98661429815143029, -1, 1 };
    double y[6];
    sigmoid_forward_f64(6, x, y);
    for (int k = 0; k < 6; k++) expect_near(y[k], sigmoid[k], 2 * DBL_EPSILON, "sigmoid");
    tanh_forward_f64(6, x, y);
    for (int k = 0; k < 6; k++) expect_near(y[k], hyperbolic[k], 2 * DBL_EPSILON, "tanh");
    const float f[] = { -2, -0.0f, 0, 3, NAN, INFINITY };
    float g[6];
    relu_forward_f32(6, f, g);
    expect(g[0] == 0 && g[1] == 0 && g[2] == 0 && g[3] == 3 && isnan(g[4]) && isinf(g[5]),
           "relu, a NaN stays a NaN");
}

static void losses(void)
{
    enum { C = 7 };
    double z[2 * C], moved[2 * C], p[2 * C], loss, shifted, one = 1, dz[2 * C];
    const int label[] = { 3, 6 };
    for (int k = 0; k < 2 * C; k++) z[k] = 2.5;
    softmax_xent_forward_f64(2, C, z, label, p, &loss);
    expect_near(loss, 1.9459101490553132, 4 * DBL_EPSILON, "equal logits give ln K");
    for (int k = 0; k < 2 * C; k++) z[k] = 0.3 * k - 1, moved[k] = z[k] + 1e4;
    softmax_xent_forward_f64(2, C, z, label, p, &loss);
    softmax_xent_forward_f64(2, C, moved, label, p, &shifted);
    expect_near(shifted, loss, 1e4 * 8 * DBL_EPSILON,
                "the loss does not change when all logits move together");
    softmax_xent_backward_f64(2, C, p, label, &one, dz);
    for (int n = 0; n < 2; n++) {
        double sum = 0, grad = 0;
        for (int c = 0; c < C; c++) sum += p[n * C + c], grad += dz[n * C + c];
        expect_near(sum, 1, C * DBL_EPSILON, "probabilities sum to 1");
        expect_near(grad, 0, C * DBL_EPSILON, "gradients of a row sum to 0");
    }
    const float far[] = { 0, 200, -200, 1e30f, 0, -1e30f };
    float pf[6], lf;
    const int zero[] = { 1, 0 };
    softmax_xent_forward_f32(2, 3, far, zero, pf, &lf);
    expect(isfinite(lf) && pf[1] == 1 && pf[3] == 1, "logits of 1e30 overflow nothing");
    const double y[] = { 1, 2, 4 }, t[] = { 1, 0, 1 };
    mse_forward_f64(3, y, t, &loss, REDUCE_MEAN);
    expect_near(loss, 13. / 3, DBL_EPSILON * 8, "mse by hand");
}

/* a network of several depths against the complex step of its own loss, element by element */
static void mlp(const int *size, int L, int N)
{
    enum { MOST = 2000 };
    double param[MOST], grad[MOST], x[MOST], act[MOST], dact[MOST], p[MOST], loss;
    double _Complex cparam[MOST], cx[MOST], cact[MOST], cp[MOST], closs;
    float draw[MOST];
    int label[64];
    size_t n = mlp_params_f64(L, size), nx = (size_t)N * (size_t)size[0];
    double largest = 0, worst = 0;
    philox_uniform(5, 1, MOST, -1, 1, draw);
    for (size_t k = 0; k < n; k++) cparam[k] = param[k] = (double)draw[k];
    philox_uniform(5, 2, MOST, -1, 1, draw);
    for (size_t k = 0; k < nx; k++) cx[k] = x[k] = (double)draw[k];
    for (int k = 0; k < N; k++) label[k] = k % size[L];
    mlp_forward_f64(L, size, N, param, x, label, act, p, &loss);
    mlp_backward_f64(L, size, N, param, x, label, act, p, dact, grad);
    for (size_t k = 0; k < n; k++) largest = fmax(largest, fabs(grad[k]));
    for (size_t k = 0; k < n; k++) {
        cparam[k] = CMPLX(param[k], 0x1p-300);
        mlp_forward_cplx(L, size, N, cparam, cx, label, cact, cp, &closs);
        cparam[k] = param[k];
        worst = fmax(worst, fabs(cimag(closs) * 0x1p300 - grad[k]) / largest);
    }
    expect(largest > 0, "the network has a gradient");
    expect_near(worst, 0, 1e-12, "mlp_backward is the gradient of mlp_forward");
    double before = loss;
    mlp_update_f64(L, size, grad, param, 1e-3 / largest);
    mlp_forward_f64(L, size, N, param, x, label, act, p, &loss);
    expect(loss < before, "a small step downhill lowers the loss");
}

int main(void)
{
    philox();
    uniform_ends();
    dense();
    activations();
    losses();
    mlp((const int[]){ 5, 3 }, 1, 4);
    mlp((const int[]){ 5, 7, 3 }, 2, 6);
    mlp((const int[]){ 4, 9, 1, 6, 2 }, 4, 3);
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
