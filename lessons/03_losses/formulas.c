/* formulas.c - the formulas of lesson 3, each with both of its sides in C.
 *
 * A loss has the library's routine on its left side, a gradient the complex step of the loss; the right side
 * is the formula as printed, loop by loop. For the losses that C has for real numbers only (bce, bce_logits)
 * the complex step goes through the definition -t log p - (1 - t) log(1 - p).
 */
#include "../lesson.h"

#include <complex.h>
#undef I
#include <math.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { n = 7, N = 3, C = 5 }; /* pairwise different: a swapped index cannot hide */

typedef double _Complex number;

static const double delta = 0.6, smoothing = 0.1, step_size = 0x1p-300;
static double y[n], t[n], upstream[n];  /* numbers and targets in (-1, 1)               */
static double odds[n], yes[n], prob[n]; /* logits, targets and probabilities in (0, 1)  */
static double z[N * C], soft[N * C];    /* rows of logits, soft labels                  */
static int label[N], some[N];           /* a label for every row; one of them taken off */

static void fill(uint64_t seed, uint64_t stream, int count, float low, float high, double *out)
{
    float random[N * C];
    philox_uniform(seed, stream, (size_t)count, low, high, random);
    for (int k = 0; k < count; k++) out[k] = (double)random[k];
}

void lesson_03_draw(uint64_t seed)
{
    fill(seed, 0, n, -1, 1, y), fill(seed, 1, n, -1, 1, t), fill(seed, 2, n, -1, 1, upstream);
    fill(seed, 3, n, -4, 4, odds), fill(seed, 4, n, 0.1f, 0.9f, yes), fill(seed, 5, n, 0.1f, 0.9f, prob);
    fill(seed, 6, N * C, -3, 3, z), fill(seed, 7, N * C, 0, 1, soft);
    for (int k = 0; k < N; k++) some[k] = label[k] = (int)(philox_word(seed, 8, (uint64_t)k) % C);
    some[philox_word(seed, 9, 0) % N] = -1;
}

/* ---- complex steps: out[k] = d(loss)/d(input k) ---- */

typedef number loss_of_numbers(const number *in);

static int derivatives(const double *at, int count, loss_of_numbers *loss, double *out)
{
    number in[N * C];
    for (int k = 0; k < count; k++) in[k] = at[k];
    for (int k = 0; k < count; k++) {
        in[k] = CMPLX(at[k], step_size);
        out[k] = cimag(loss(in)) / step_size;
        in[k] = at[k];
    }
    return count;
}

static const number *targets(void)
{
    static number out[n];
    for (int k = 0; k < n; k++) out[k] = t[k];
    return out;
}

#define ELEMENTWISE(name, call)          \
    static number name(const number *in) \
    {                                    \
        number loss;                     \
        call;                            \
        return loss;                     \
    }

ELEMENTWISE(mse_mean, mse_forward_cplx(n, in, targets(), &loss, REDUCE_MEAN))
ELEMENTWISE(mse_sum, mse_forward_cplx(n, in, targets(), &loss, REDUCE_SUM))
ELEMENTWISE(mse_half, mse_forward_cplx(n, in, targets(), &loss, REDUCE_SUM); loss /= 2)
ELEMENTWISE(mae_mean, mae_forward_cplx(n, in, targets(), &loss, REDUCE_MEAN))
ELEMENTWISE(huber_mean, huber_forward_cplx(n, in, targets(), &loss, delta, REDUCE_MEAN))
ELEMENTWISE(xent_mean, xent_forward_cplx(N, C, in, label, &loss, 0, REDUCE_MEAN))
ELEMENTWISE(xent_some, xent_forward_cplx(N, C, in, some, &loss, 0, REDUCE_MEAN))
ELEMENTWISE(xent_smooth, xent_forward_cplx(N, C, in, label, &loss, smoothing, REDUCE_MEAN))

static number xent_soft(const number *in)
{
    number loss, t_soft[N * C];
    for (int k = 0; k < N * C; k++) t_soft[k] = soft[k];
    xent_soft_forward_cplx(N, C, in, t_soft, &loss, REDUCE_MEAN);
    return loss;
}

/* sum of upstream times the losses of the elements: whatever follows a loss that is not reduced */
static number weighted(const number *in)
{
    number loss[n], sum = 0;
    mse_forward_cplx(n, in, targets(), loss, REDUCE_NONE);
    for (int k = 0; k < n; k++) sum += upstream[k] * loss[k];
    return sum;
}

static number bce_defined(const number *in)
{
    number sum = 0;
    for (int k = 0; k < n; k++) sum -= yes[k] * clog(in[k]) + (1 - yes[k]) * clog(1 - in[k]);
    return sum / n;
}

static number bce_of_logits(const number *in)
{
    number p[n];
    sigmoid_forward_cplx(n, in, p);
    return bce_defined(p);
}

static number squared_sigmoid(const number *in)
{
    number p, target = yes[0], loss;
    sigmoid_forward_cplx(1, in, &p);
    mse_forward_cplx(1, &p, &target, &loss, REDUCE_SUM);
    return loss;
}

/* ---- numbers: mse, mae, huber ---- */

static int mse_mean_left(double *out)
{
    mse_forward_f64(n, y, t, out, REDUCE_MEAN);
    return 1;
}

static double squares(void)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += pow(y[k] - t[k], 2);
    return sum;
}

static int mse_mean_right(double *out)
{
    return *out = squares() / n, 1;
}

static int mse_sum_left(double *out)
{
    mse_forward_f64(n, y, t, out, REDUCE_SUM);
    return 1;
}

static int mse_sum_right(double *out)
{
    return *out = squares(), 1;
}

static int mse_half_left(double *out)
{
    number in[n];
    for (int k = 0; k < n; k++) in[k] = y[k];
    return *out = creal(mse_half(in)), 1;
}

static int mse_half_right(double *out)
{
    return *out = squares() / 2, 1;
}

static int mse_mean_derivative(double *out)
{
    return derivatives(y, n, mse_mean, out);
}

static int mse_sum_derivative(double *out)
{
    return derivatives(y, n, mse_sum, out);
}

static int mse_half_derivative(double *out)
{
    return derivatives(y, n, mse_half, out);
}

static int differences(double factor, double *out)
{
    for (int k = 0; k < n; k++) out[k] = factor * (y[k] - t[k]);
    return n;
}

static int mse_mean_gradient(double *out)
{
    return differences(2.0 / n, out);
}

static int mse_sum_gradient(double *out)
{
    return differences(2, out);
}

static int mse_half_gradient(double *out)
{
    return differences(1, out);
}

static int none_derivative(double *out)
{
    return derivatives(y, n, weighted, out);
}

static int none_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = upstream[k] * 2 * (y[k] - t[k]);
    return n;
}

static int mae_left(double *out)
{
    mae_forward_f64(n, y, t, out, REDUCE_MEAN);
    return 1;
}

static int mae_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) *out += fabs(y[k] - t[k]) / n;
    return 1;
}

static int mae_derivative(double *out)
{
    return derivatives(y, n, mae_mean, out);
}

static int mae_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (y[k] > t[k] ? 1.0 : -1.0) / n;
    return n;
}

static int huber_left(double *out)
{
    huber_forward_f64(n, y, t, out, delta, REDUCE_MEAN);
    return 1;
}

static int huber_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) {
        double d = fabs(y[k] - t[k]);
        *out += (d <= delta ? d * d / 2 : delta * (d - delta / 2)) / n;
    }
    return 1;
}

static int huber_derivative(double *out)
{
    return derivatives(y, n, huber_mean, out);
}

static int huber_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = fmax(-delta, fmin(delta, y[k] - t[k])) / n;
    return n;
}

/* ---- yes or no ---- */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static int bce_left(double *out)
{
    bce_forward_f64(n, prob, yes, out, REDUCE_MEAN);
    return 1;
}

static int bce_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++) *out -= (yes[k] * log(prob[k]) + (1 - yes[k]) * log(1 - prob[k])) / n;
    return 1;
}

static int bce_derivative(double *out)
{
    return derivatives(prob, n, bce_defined, out);
}

static int bce_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (prob[k] - yes[k]) / (prob[k] * (1 - prob[k])) / n;
    return n;
}

static int bce_logits_left(double *out)
{
    bce_logits_forward_f64(n, odds, yes, out, REDUCE_MEAN);
    return 1;
}

static int bce_logits_right(double *out)
{
    *out = 0;
    for (int k = 0; k < n; k++)
        *out += (fmax(odds[k], 0) - odds[k] * yes[k] + log(1 + exp(-fabs(odds[k])))) / n;
    return 1;
}

static int bce_logits_derivative(double *out)
{
    return derivatives(odds, n, bce_of_logits, out);
}

static int bce_logits_gradient(double *out)
{
    for (int k = 0; k < n; k++) out[k] = (sigmoid(odds[k]) - yes[k]) / n;
    return n;
}

static int square_derivative(double *out)
{
    return derivatives(odds, 1, squared_sigmoid, out);
}

static int square_gradient(double *out)
{
    double p = sigmoid(odds[0]);
    return *out = 2 * (p - yes[0]) * p * (1 - p), 1;
}

/* ---- classes ---- */

/* p[c] = e^z[c] / sum of e^z, as defined, for row r */
static double p_of(int r, int c)
{
    double sum = 0;
    for (int k = 0; k < C; k++) sum += exp(z[r * C + k]);
    return exp(z[r * C + c]) / sum;
}

static double q_of(int r, int c)
{
    return (1 - smoothing) * (c == label[r]) + smoothing / C;
}

static int softmax_left(double *out)
{
    softmax_forward_f64(N, C, z, out);
    return N * C;
}

static int softmax_right(double *out)
{
    for (int k = 0; k < N * C; k++) out[k] = p_of(k / C, k % C);
    return N * C;
}

static int xent_left(double *out)
{
    xent_forward_f64(N, C, z, label, out, 0, REDUCE_MEAN);
    return 1;
}

static int xent_right(double *out)
{
    *out = 0;
    for (int r = 0; r < N; r++) *out -= log(p_of(r, label[r])) / N;
    return 1;
}

static int xent_lse_right(double *out)
{
    *out = 0;
    for (int r = 0; r < N; r++) {
        double max = z[r * C], sum = 0;
        for (int c = 1; c < C; c++) max = fmax(max, z[r * C + c]);
        for (int c = 0; c < C; c++) sum += exp(z[r * C + c] - max);
        *out += (max + log(sum) - z[r * C + label[r]]) / N;
    }
    return 1;
}

/* the sum of e^(z - m) of each whole row, m its maximum */
static int online_left(double *out)
{
    for (int r = 0; r < N; r++) {
        double max = z[r * C];
        out[r] = 0;
        for (int c = 1; c < C; c++) max = fmax(max, z[r * C + c]);
        for (int c = 0; c < C; c++) out[r] += exp(z[r * C + c] - max);
    }
    return N;
}

/* the same in two blocks: s of the first, by its own maximum, then the formula with the second */
static int online_right(double *out)
{
    enum { FIRST = 2 };
    for (int r = 0; r < N; r++) {
        double before = fmax(z[r * C], z[r * C + 1]), after = before, sum = 0;
        for (int c = 0; c < FIRST; c++) sum += exp(z[r * C + c] - before);
        for (int c = FIRST; c < C; c++) after = fmax(after, z[r * C + c]);
        out[r] = sum * exp(before - after);
        for (int c = FIRST; c < C; c++) out[r] += exp(z[r * C + c] - after);
    }
    return N;
}

static int xent_derivative(double *out)
{
    return derivatives(z, N * C, xent_mean, out);
}

static int xent_gradient(double *out)
{
    for (int k = 0; k < N * C; k++) out[k] = (p_of(k / C, k % C) - (k % C == label[k / C])) / N;
    return N * C;
}

/* the target that the library's gradient holds: dz = (p - q) / N */
static int q_left(double *out)
{
    double p[N * C], loss;
    softmax_forward_f64(N, C, z, p);
    xent_with_gradient_f64(N, C, z, label, &loss, out, smoothing, REDUCE_MEAN);
    for (int k = 0; k < N * C; k++) out[k] = p[k] - N * out[k];
    return N * C;
}

static int q_right(double *out)
{
    for (int k = 0; k < N * C; k++) out[k] = q_of(k / C, k % C);
    return N * C;
}

static int smooth_left(double *out)
{
    xent_forward_f64(N, C, z, label, out, smoothing, REDUCE_MEAN);
    return 1;
}

static int smooth_right(double *out)
{
    *out = 0;
    for (int k = 0; k < N * C; k++) *out -= q_of(k / C, k % C) * log(p_of(k / C, k % C)) / N;
    return 1;
}

static int smooth_derivative(double *out)
{
    return derivatives(z, N * C, xent_smooth, out);
}

static int smooth_gradient(double *out)
{
    for (int k = 0; k < N * C; k++) out[k] = (p_of(k / C, k % C) - q_of(k / C, k % C)) / N;
    return N * C;
}

static int soft_left(double *out)
{
    xent_soft_forward_f64(N, C, z, soft, out, REDUCE_MEAN);
    return 1;
}

static int soft_right(double *out)
{
    *out = 0;
    for (int k = 0; k < N * C; k++) *out -= soft[k] * log(p_of(k / C, k % C)) / N;
    return 1;
}

static int soft_derivative(double *out)
{
    return derivatives(z, N * C, xent_soft, out);
}

static int soft_gradient(double *out)
{
    for (int k = 0; k < N * C; k++) {
        double sum = 0;
        for (int c = 0; c < C; c++) sum += soft[k / C * C + c];
        out[k] = (p_of(k / C, k % C) * sum - soft[k]) / N;
    }
    return N * C;
}

static int some_left(double *out)
{
    xent_forward_f64(N, C, z, some, out, 0, REDUCE_MEAN);
    return 1;
}

static int some_right(double *out)
{
    double sum = 0, count = 0;
    for (int r = 0; r < N; r++)
        if (some[r] >= 0) sum -= log(p_of(r, some[r])), count++;
    return *out = sum / count, 1;
}

static int some_derivative(double *out)
{
    return derivatives(z, N * C, xent_some, out);
}

static int some_gradient(double *out)
{
    double count = 0;
    for (int r = 0; r < N; r++) count += some[r] >= 0;
    for (int k = 0; k < N * C; k++)
        out[k] = (some[k / C] >= 0) / count * (p_of(k / C, k % C) - (k % C == some[k / C]));
    return N * C;
}

#define DY "\\frac{\\partial L}{\\partial y_k}"
#define DZ "\\frac{\\partial L}{\\partial z_{nc}}"

const struct formula lesson_03_formulas[] = {
    { "loss.mse.mean", "L = \\frac{1}{n} \\sum_{k} (y_k - t_k)^2", mse_mean_left, mse_mean_right, 0 },
    { "loss.mse.mean.grad", DY " = \\frac{2}{n}\\, (y_k - t_k)", mse_mean_derivative, mse_mean_gradient, 0 },
    { "loss.mse.sum", "L = \\sum_{k} (y_k - t_k)^2", mse_sum_left, mse_sum_right, 0 },
    { "loss.mse.sum.grad", DY " = 2\\, (y_k - t_k)", mse_sum_derivative, mse_sum_gradient, 0 },
    { "loss.mse.half", "L = \\frac{1}{2} \\sum_{k} (y_k - t_k)^2", mse_half_left, mse_half_right, 0 },
    { "loss.mse.half.grad", DY " = y_k - t_k", mse_half_derivative, mse_half_gradient, 0 },
    { "loss.none.grad",
      "\\frac{\\partial S}{\\partial y_k} = \\frac{\\partial S}{\\partial L_k}\\, 2\\, (y_k - t_k)",
      none_derivative, none_gradient, 0 },
    { "loss.mae", "L = \\frac{1}{n} \\sum_{k} |y_k - t_k|", mae_left, mae_right, 0 },
    { "loss.mae.grad", DY " = \\frac{1}{n} \\operatorname{sign}(y_k - t_k)", mae_derivative, mae_gradient,
      0 },
    { "loss.huber",
      "L = \\frac{1}{n} \\sum_{k} \\begin{cases} \\frac{1}{2} (y_k - t_k)^2 & \\text{if } |y_k - t_k| \\le "
      "\\delta "
      "\\\\ \\delta\\, (|y_k - t_k| - \\frac{1}{2} \\delta) & \\text{else} \\end{cases}",
      huber_left, huber_right, 0 },
    { "loss.huber.grad", DY " = \\frac{1}{n} \\max(-\\delta,\\ \\min(\\delta,\\ y_k - t_k))",
      huber_derivative, huber_gradient, 0 },
    { "loss.bce", "L = -\\frac{1}{n} \\sum_{k} \\left( t_k \\log p_k + (1 - t_k) \\log (1 - p_k) \\right)",
      bce_left, bce_right, 0 },
    { "loss.bce.grad",
      "\\frac{\\partial L}{\\partial p_k} = \\frac{1}{n}\\, \\frac{p_k - t_k}{p_k\\, (1 - p_k)}",
      bce_derivative, bce_gradient, 0 },
    { "loss.bce.logits",
      "L = \\frac{1}{n} \\sum_{k} \\left( \\max(z_k,\\ 0) - z_k t_k + \\log (1 + e^{-|z_k|}) \\right)",
      bce_logits_left, bce_logits_right, 0 },
    { "loss.bce.logits.grad", "\\frac{\\partial L}{\\partial z_k} = \\frac{1}{n}\\, (p_k - t_k)",
      bce_logits_derivative, bce_logits_gradient, 0 },
    { "loss.mse.sigmoid", "\\frac{\\partial}{\\partial z} (\\sigma(z) - t)^2 = 2\\, (p - t)\\, p\\, (1 - p)",
      square_derivative, square_gradient, 0 },
    { "loss.softmax", "p_{nc} = \\frac{e^{z_{nc}}}{\\sum_{k} e^{z_{nk}}}", softmax_left, softmax_right, 0 },
    { "loss.xent", "L = -\\frac{1}{N} \\sum_{n} \\log p_{n \\ell_n}", xent_left, xent_right, 0 },
    { "loss.xent.lse",
      "L = \\frac{1}{N} \\sum_{n} \\left( m_n + \\log \\sum_{c} e^{z_{nc} - m_n} - z_{n \\ell_n} \\right)",
      xent_left, xent_lse_right, 0 },
    { "loss.online", "s' = s\\, e^{m - m'} + \\sum_{c\\ \\text{in the block}} e^{z_c - m'}", online_left,
      online_right, 0 },
    { "loss.xent.grad", DZ " = \\frac{1}{N}\\, (p_{nc} - [c = \\ell_n])", xent_derivative, xent_gradient, 0 },
    { "loss.smooth.q", "q_{nc} = (1 - \\varepsilon)\\, [c = \\ell_n] + \\frac{\\varepsilon}{C}", q_left,
      q_right, 0 },
    { "loss.smooth", "L = -\\frac{1}{N} \\sum_{n} \\sum_{c} q_{nc} \\log p_{nc}", smooth_left, smooth_right,
      0 },
    { "loss.smooth.grad", DZ " = \\frac{1}{N}\\, (p_{nc} - q_{nc})", smooth_derivative, smooth_gradient, 0 },
    { "loss.soft", "L = -\\frac{1}{N} \\sum_{n} \\sum_{c} t_{nc} \\log p_{nc}", soft_left, soft_right, 0 },
    { "loss.soft.grad", DZ " = \\frac{1}{N}\\, \\left( p_{nc} \\sum_{k} t_{nk} - t_{nc} \\right)",
      soft_derivative, soft_gradient, 0 },
    { "loss.ignore", "L = -\\frac{1}{M} \\sum_{n:\\, \\ell_n \\ge 0} \\log p_{n \\ell_n}", some_left,
      some_right, 0 },
    { "loss.ignore.grad", DZ " = \\frac{[\\ell_n \\ge 0]}{M}\\, (p_{nc} - [c = \\ell_n])", some_derivative,
      some_gradient, 0 },
    { 0 },
};
