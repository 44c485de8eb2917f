/* errata.c - what the articles print about losses: each formula's value as printed, and the true one.
 *
 *   numbers   the three of the section "By hand": y = (2, 1, -1), t = (1.5, 1, 1)
 *   answers   four yes or no: p = (0.9, 0.8, 0.3, 0.6), t = (1, 0, 0, 1)
 *   classes   the section's logits (2, 1, -1) and label 1
 *   outputs   the ten of article 004, section 4.3, and its label 0
 */
#include <complex.h>
#undef I
#include "../../reference/reference.h"
#include "../errata.h"

enum { NUMBERS = 3, ANSWERS = 4, CLASSES = 3, OUTPUTS = 10 };

static const double y[NUMBERS] = { 2, 1, -1 }, t[NUMBERS] = { 1.5, 1, 1 };
static const double answer[ANSWERS] = { 0.9, 0.8, 0.3, 0.6 }, yes[ANSWERS] = { 1, 0, 0, 1 };

static double squares(void)
{
    double sum = 0;
    for (int k = 0; k < NUMBERS; k++) sum += (t[k] - y[k]) * (t[k] - y[k]);
    return sum;
}

static double mse(int reduction)
{
    double loss;
    mse_forward_f64(NUMBERS, y, t, &loss, reduction);
    return loss;
}

/* the articles' "MSE" with 1/2 and without 1/n, and with 1/n */
static void half_for_mean(const char *where, const char *formula)
{
    errata_row(where, formula, squares() / 2, mse(REDUCE_MEAN), squares() / NUMBERS, "half the sum, no mean");
}

static void mean(const char *where, const char *formula)
{
    errata_right(where, formula, squares() / NUMBERS, mse(REDUCE_MEAN));
}

/* ---- yes or no ---- */

static double answers_as_printed(void)
{
    double sum = 0;
    for (int k = 0; k < ANSWERS; k++) sum -= yes[k] * log(answer[k]);
    return sum;
}

static double answers(int reduction)
{
    double loss;
    bce_forward_f64(ANSWERS, answer, yes, &loss, reduction);
    return loss;
}

static double answers_correct(void)
{
    double sum = 0;
    for (int k = 0; k < ANSWERS; k++) sum -= yes[k] * log(answer[k]) + (1 - yes[k]) * log(1 - answer[k]);
    return sum;
}

/* x log(value), and 0 where x is 0 */
static double times_log(double x, double value)
{
    return x == 0 ? 0 : x * log(value);
}

/* a network's raw output where a probability is wanted; the loss that takes it as it is */
static void raw_output(const char *formula, double output, double target, const char *mistake)
{
    double truth, p = 1 / (1 + exp(-output));
    bce_logits_forward_f64(1, &output, &target, &truth, REDUCE_MEAN);
    errata_row("001 II 4.3", formula, -times_log(target, output) - times_log(1 - target, 1 - output), truth,
               -(target * log(p) + (1 - target) * log(1 - p)), mistake);
}

/* the delta of a sigmoid's logit -2, target 1 */
static void sigmoid_delta(void)
{
    const double h = 0x1p-300, logit = -2, target = 1;
    double _Complex z = CMPLX(logit, h), p;
    sigmoid_forward_cplx(1, &z, &p);
    double out = creal(p), slope = out * (1 - out), truth = -cimag(clog(p)) / h;
    errata_row("002 core 3", "delta = f'(z) (output - truth), with its CE", slope * (out - target), truth,
               out - target, "that is the square's");
}

/* ---- classes ---- */

static double classes(void)
{
    const double z[CLASSES] = { 2, 1, -1 };
    const int label = 1;
    double loss;
    xent_forward_f64(1, CLASSES, z, &label, &loss, 0, REDUCE_MEAN);
    return loss;
}

/* -sum of t log p with t = (0, 1, 0), p by the definition */
static double classes_as_printed(void)
{
    return -log(exp(1) / (exp(2) + exp(1) + exp(-1)));
}

static void ten_outputs(void)
{
    const double out[OUTPUTS] = { 0.1, 0.05, 0.08, 0.12, 0.09, 0.1, 0.15, 0.1, 0.1, 0.1 };
    const int label = 0;
    double z[OUTPUTS], p[OUTPUTS], loss, dz[OUTPUTS], sum = 0, sum_p = 0;
    for (int k = 0; k < OUTPUTS; k++) z[k] = log(out[k]), sum += out[k];
    softmax_forward_f64(1, OUTPUTS, z, p);
    xent_with_gradient_f64(1, OUTPUTS, z, &label, &loss, dz, 0, REDUCE_MEAN);
    for (int k = 0; k < OUTPUTS; k++) sum_p += p[k];
    errata_row("004 4.2", "dL/dz = (y - y*) s'(z), with the CE of 5.2",
               (out[label] - 1) * out[label] * (1 - out[label]), dz[label], p[label] - 1,
               "that is the square's");
    errata_row("004 4.3", "sigmoids as a distribution: their sum", sum, 1, sum_p, "softmax has sum 1");
}

int main(void)
{
    const double half = 0.5;
    double dy[NUMBERS];
    mse_backward_f64(NUMBERS, y, t, &half, dy, REDUCE_SUM);
    errata_head();
    mean("000 3.3", "MSE = 1/n sum (y_i - yhat_i)^2");
    errata_row("000 3.3", "CE = -sum y_i log(yhat_i), y_i 0 or 1", answers_as_printed(), answers(REDUCE_SUM),
               answers_correct(), "a no costs nothing");
    errata_right("000 3.3", "the same over the classes of one example", classes_as_printed(), classes());
    mean("000 4.1", "J = 1/n sum (y_i - yhat_i)^2");
    half_for_mean("001 II 4.1", "MSE = 1/2 sum (y_i - yhat_i)^2");
    raw_output("BCELoss of a raw output 1.5, y = 1", 1.5, 1, "a loss below 0");
    raw_output("BCELoss of a raw output 1.5, y = 0", 1.5, 0, "log of a negative number");
    raw_output("BCELoss of a raw output -0.5, y = 1", -0.5, 1, "log of a negative number");
    mean("002 1.1", "MSE = 1/n sum (y_i - yhat_i)^2");
    errata_row("002 1.1", "CE = -1/n sum y_i log(yhat_i), y_i 0 or 1", answers_as_printed() / ANSWERS,
               answers(REDUCE_MEAN), answers_correct() / ANSWERS, "a no costs nothing");
    errata_row("002 1.1", "the same over the classes of one example", classes_as_printed() / CLASSES,
               classes(), classes_as_printed(), "1/n is for examples");
    sigmoid_delta();
    half_for_mean("003 4.2", "MSE: L = 1/2 sum (y_i - a_i)^2");
    errata_row("003 4.2", "dL/da_i = -2 (y_i - a_i) of that L", -2 * (t[0] - y[0]), dy[0], y[0] - t[0],
               "L has 1/2");
    half_for_mean("004 4.1", "MSE: L = 1/2 sum (y_i - yhat_i)^2");
    errata_right("004 4.1", "CE: L = -sum y_i log(yhat_i), classes", classes_as_printed(), classes());
    ten_outputs();
    return errata_end();
}
