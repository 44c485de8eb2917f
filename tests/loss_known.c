/* loss_known.c - known answers of the losses: numbers worked out by hand, and what
 * must hold for any numbers. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../reference/philox.h"
#include "../reference/reference.h"

#define EPS DBL_EPSILON

static int failed, passed;

static void near(double got, double want, double bound, const char *what)
{
    int ok = fabs(got - want) <= bound;
    if (!ok) printf("NOT OK: %s: got %.17g, expected %.17g\n", what, got, want);
    failed += !ok;
    passed += ok;
}

static void draw(uint64_t stream, int n, double low, double high, double *x)
{
    float f[1000];
    philox_uniform(7, stream, (size_t)n, (float)low, (float)high, f);
    for (int k = 0; k < n; k++) x[k] = (double)f[k];
}

/* ---- one element, by hand ---- */

static double loss_of(void (*forward)(int, const double *, const double *, double *, int), double y, double t)
{
    double loss;
    forward(1, &y, &t, &loss, REDUCE_MEAN);
    return loss;
}

static double derivative_of(void (*backward)(int, const double *, const double *, const double *, double *,
                                             int),
                            double y, double t)
{
    double one = 1, dy;
    backward(1, &y, &t, &one, &dy, REDUCE_MEAN);
    return dy;
}

static double huber(double y, double t, double delta)
{
    double loss;
    huber_forward_f64(1, &y, &t, &loss, delta, REDUCE_MEAN);
    return loss;
}

static double huber_derivative(double y, double t, double delta)
{
    double one = 1, dy;
    huber_backward_f64(1, &y, &t, &one, &dy, delta, REDUCE_MEAN);
    return dy;
}

static void elements(void)
{
    const double ln2 = 0.69314718055994531;
    near(loss_of(mse_forward_f64, 3, 1), 4, 0, "mse of 3 and 1");
    near(derivative_of(mse_backward_f64, 3, 1), 4, 0, "its slope");
    near(loss_of(mae_forward_f64, 1, 3.5), 2.5, 0, "mae of 1 and 3.5");
    near(derivative_of(mae_backward_f64, 1, 3.5), -1, 0, "its slope");
    near(derivative_of(mae_backward_f64, 2, 2), 0, 0, "mae's slope at 0 is 0");
    near(huber(1, 0.5, 1), 0.125, 0, "huber inside");
    near(huber(3, 0, 1), 2.5, 0, "huber outside");
    near(huber(3, 0, 2), 4, 0, "huber outside, delta 2");
    for (double delta = 0.5; delta < 5; delta *= 2) {
        near(huber(delta, 0, delta), delta * delta / 2, 0, "huber at delta");
        near(huber(nextafter(delta, 9), 0, delta), delta * delta / 2, 8 * EPS * delta * delta,
             "huber beyond delta");
        near(huber_derivative(delta, 0, delta), delta, 0, "huber's slope at delta");
        near(huber_derivative(0, nextafter(delta, 9), delta), -delta, 0, "huber's slope beyond delta");
    }
    near(loss_of(bce_forward_f64, 0.5, 0.25), ln2, EPS, "bce of one half is ln 2 for any label");
    near(loss_of(bce_forward_f64, 0.25, 1), 2 * ln2, 2 * EPS, "bce of a quarter, label 1");
    near(derivative_of(bce_backward_f64, 0.25, 1), -4, 0, "its slope");
    near(loss_of(bce_forward_f64, 0, 1), 100, 0, "bce sure and wrong at 0");
    near(loss_of(bce_forward_f64, 1, 0), 100, 0, "bce sure and wrong at 1");
    near(loss_of(bce_forward_f64, 1, 1), 0, 0, "bce sure and right");
    near(derivative_of(bce_backward_f64, 0, 1), -1e12, 0, "bce's steepest slope");
    near(loss_of(bce_forward_f64, 1 + 0x1p-23, 1), 0, 0, "bce of 1.0000001, as of 1");
    near(loss_of(bce_forward_f64, -0x1p-24, 0), 0, 0, "bce a little below 0, as of 0");
    near(derivative_of(bce_backward_f64, 1 + 0x1p-23, 1), 0, 0, "its slope");
    near(isnan(loss_of(bce_forward_f64, 1 + 0x1p-20, 1)) && isnan(derivative_of(bce_backward_f64, 1.5, 0)), 1,
         0, "bce of what is no probability is NaN");
    near(loss_of(bce_logits_forward_f64, 0, 0.3), ln2, EPS, "bce of logit 0");
    near(loss_of(bce_logits_forward_f64, 1e4, 0), 1e4, 0, "bce of logit 1e4, label 0");
    near(loss_of(bce_logits_forward_f64, -1e4, 0), 0, 0, "bce of logit -1e4, label 0");
    near(loss_of(bce_logits_forward_f64, -1e4, 1), 1e4, 0, "bce of logit -1e4, label 1");
    near(derivative_of(bce_logits_backward_f64, -1e4, 1), -1, 0, "its slope");
    for (double z = -30; z < 31; z += 1.5) {
        double p, e = exp(-fabs(z));
        sigmoid_forward_f64(1, &z, &p);
        near(loss_of(bce_logits_forward_f64, z, 0.2), loss_of(bce_forward_f64, p, 0.2),
             8 * EPS * (fabs(z) + 1 / e), "bce of logits is bce behind a sigmoid");
    }
}

/* ---- reductions ---- */

#define REDUCTIONS(f, ...)                                                                               \
    {                                                                                                    \
        double sum, mean, each[N], dsum[N], dmean[N], deach[N], both[N], by_both, total = 0, half = 0.5, \
                                                                                  halves[N];             \
        for (int k = 0; k < N; k++) halves[k] = 0.5;                                                     \
        f##_forward_f64(N, y, t, &sum, __VA_ARGS__ REDUCE_SUM);                                          \
        f##_forward_f64(N, y, t, &mean, __VA_ARGS__ REDUCE_MEAN);                                        \
        f##_forward_f64(N, y, t, each, __VA_ARGS__ REDUCE_NONE);                                         \
        f##_backward_f64(N, y, t, &half, dsum, __VA_ARGS__ REDUCE_SUM);                                  \
        f##_backward_f64(N, y, t, &half, dmean, __VA_ARGS__ REDUCE_MEAN);                                \
        f##_backward_f64(N, y, t, halves, deach, __VA_ARGS__ REDUCE_NONE);                               \
        for (int k = 0; k < N; k++) total += each[k];                                                    \
        near(sum, total, N *EPS *total, #f ": the sum is the sum of all");                               \
        near(mean *N, total, 2 * N * EPS * total, #f ": n times the mean is the sum of all");            \
        for (int k = 0; k < N; k++) {                                                                    \
            near(dsum[k], deach[k], 0, #f ": the sum's gradient is each one's");                         \
            near(dmean[k] * N, dsum[k], 4 * EPS * fabs(dsum[k]),                                         \
                 #f ": n times the mean's gradient is the sum's");                                       \
        }                                                                                                \
        f##_with_gradient_f64(N, y, t, &by_both, both, __VA_ARGS__ REDUCE_MEAN);                         \
        near(by_both, mean, 0, #f ": the loss with its gradient");                                       \
        for (int k = 0; k < N; k++) near(both[k], 2 * dmean[k], 0, #f ": the gradient with its loss");   \
        f##_with_gradient_f64(N, y, t, each, both, __VA_ARGS__ REDUCE_NONE);                             \
        for (int k = 0; k < N; k++) near(both[k], 2 * deach[k], 0, #f ": each one's gradient");          \
    }

static void reductions(void)
{
    enum { N = 37 };
    const double delta = 0.5;
    double y[N], t[N];
    draw(1, N, 0.01, 0.99, y);
    draw(2, N, 0.01, 0.99, t);
    REDUCTIONS(mse, )
    REDUCTIONS(mae, )
    REDUCTIONS(huber, delta, )
    REDUCTIONS(bce, )
    REDUCTIONS(bce_logits, )
    double half = 0.5, dy[N];
    mse_backward_f64(N, y, t, &half, dy, REDUCE_SUM);
    for (int k = 0; k < N; k++)
        near(dy[k], y[k] - t[k], 0, "half the sum of squares, an upstream gradient of 1/2: y - t");
}

/* ---- rows ---- */

static double xent(int N, int C, const double *z, const int *label, double smoothing)
{
    double loss;
    xent_forward_f64(N, C, z, label, &loss, smoothing, REDUCE_MEAN);
    return loss;
}

static void rows_by_hand(void)
{
    const double ln3 = 1.0986122886681098, ln4 = 1.3862943611198906, z[] = { 0, ln3 }; /* p = 1/4, 3/4 */
    const double equal[] = { 5, 5, 5, 5, 5, 5, 5 }, far[] = { 1e4, -1e4, 100 }, soft[] = { 0.5, 0.25 };
    const int zero[] = { 0 }, one[] = { 1 }, last[] = { 6 };
    double one_more = 1, dz[7], loss;
    near(xent(1, 7, equal, last, 0), 1.9459101490553132, 4 * EPS, "equal logits give ln K");
    near(xent(1, 7, equal, last, 0.3), 1.9459101490553132, 8 * EPS, "equal logits give ln K, smoothed");
    near(xent(1, 2, z, zero, 0), ln4, 4 * EPS, "p = 1/4");
    near(xent(1, 2, z, one, 0), ln4 - ln3, 4 * EPS, "p = 3/4");
    near(xent(1, 2, z, zero, 0.1), 0.95 * ln4 + 0.05 * (ln4 - ln3), 4 * EPS, "p = 1/4, smoothed by 0.1");
    near(xent(1, 1, z, zero, 0.1), 0, 0, "one class");
    near(xent(1, 3, far, zero, 0), 0, 0, "logits of 1e4, right");
    near(xent(1, 3, far, one, 0), 2e4, 0, "logits of 1e4, wrong");
    xent_backward_f64(1, 2, z, zero, &one_more, dz, 0, REDUCE_MEAN);
    near(dz[0], -0.75, 2 * EPS, "p - 1");
    near(dz[1], 0.75, 2 * EPS, "p");
    xent_backward_f64(1, 2, z, zero, &one_more, dz, 0.1, REDUCE_MEAN);
    near(dz[0], 0.25 - 0.95, 2 * EPS, "p - 0.95");
    near(dz[1], 0.75 - 0.05, 2 * EPS, "p - 0.05");
    xent_soft_forward_f64(1, 2, z, soft, &loss, REDUCE_SUM);
    near(loss, 0.5 * ln4 + 0.25 * (ln4 - ln3), 4 * EPS, "soft labels of sum 3/4");
    xent_soft_backward_f64(1, 2, z, soft, &one_more, dz, REDUCE_SUM);
    near(dz[0], 0.75 * 0.25 - 0.5, 2 * EPS, "3/4 p - 1/2");
    near(dz[1], 0.75 * 0.75 - 0.25, 2 * EPS, "3/4 p - 1/4");
}

/* What holds for any logits: with |z| <= 6 and C = 11, a row's sum of exp errs by 11 + 12
 * units of itself at most. */
static void rows_by_law(double smoothing)
{
    enum { N = 9, C = 11 };
    const double bound = 40 * EPS;
    double z[N * C], moved[N * C], onehot[N * C] = { 0 }, each[N], dz[N * C], soft_dz[N * C], one = 1, loss,
                                              soft, sum;
    int label[N];
    draw(3, N * C, -6, 6, z);
    for (int k = 0; k < N * C; k++) moved[k] = z[k] + 512; /* exact: the draws have 24 bits */
    for (int n = 0; n < N; n++) {
        label[n] = 4 * n % C;
        for (int c = 0; c < C; c++) onehot[n * C + c] = (c == label[n] ? 1 - smoothing : 0) + smoothing / C;
    }
    loss = xent(N, C, z, label, smoothing);
    near(xent(N, C, moved, label, smoothing), loss, 600 * EPS, "logits that move together change nothing");
    xent_soft_forward_f64(N, C, z, onehot, &soft, REDUCE_MEAN);
    near(soft, loss, bound * 18, "a label is the soft label that is 1 there");
    xent_backward_f64(N, C, z, label, &one, dz, smoothing, REDUCE_MEAN);
    xent_soft_backward_f64(N, C, z, onehot, &one, soft_dz, REDUCE_MEAN);
    for (int n = 0; n < N; n++) {
        double row = 0;
        for (int c = 0; c < C; c++) row += dz[n * C + c];
        near(row, 0, bound, "the gradients of a row sum to 0");
    }
    for (int k = 0; k < N * C; k++) near(dz[k], soft_dz[k], bound, "and so is its gradient");
    xent_forward_f64(N, C, z, label, each, smoothing, REDUCE_NONE);
    xent_forward_f64(N, C, z, label, &sum, smoothing, REDUCE_SUM);
    for (int n = 0; n < N; n++) sum -= each[n];
    near(sum, 0, bound * 18 * N, "the sum is the sum of all rows");

    double all_none[N], z2[N * C], dnone[N * C];
    int none[N], few[N];
    for (int n = 0; n < N; n++) none[n] = -1, few[n] = n == 2 || n == 5 ? label[n] : -1;
    near(xent(N, C, z, none, smoothing), 0, 0, "no label at all: no loss");
    xent_backward_f64(N, C, z, none, &one, dnone, smoothing, REDUCE_MEAN);
    for (int k = 0; k < N * C; k++) near(dnone[k], 0, 0, "no label at all: no gradient");
    xent_forward_f64(N, C, z, few, all_none, smoothing, REDUCE_NONE);
    for (int n = 0; n < N; n++) near(all_none[n], few[n] < 0 ? 0 : each[n], 0, "each row's loss, or 0");
    near(xent(N, C, z, few, smoothing), (each[2] + each[5]) / 2, bound * 18,
         "the mean is over the rows that have a label");
    memcpy(z2, z, sizeof z2);
    for (int k = 0; k < C; k++) z2[k] = 777; /* row 0 has none */
    near(xent(N, C, z2, few, smoothing), xent(N, C, z, few, smoothing), 0,
         "a row without a label does not matter");
    xent_with_gradient_f64(N, C, z, few, &loss, dnone, smoothing, REDUCE_MEAN);
    near(loss, xent(N, C, z, few, smoothing), 0, "the loss with its gradient");
    for (int k = 0; k < N * C; k++)
        near(dnone[k], few[k / C] < 0 ? 0 : dz[k] * N / 2, bound, "over the rows that count");
}

int main(void)
{
    elements();
    reductions();
    rows_by_hand();
    rows_by_law(0);
    rows_by_law(0.25);
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? 1 : 0;
}
