/* false_friends.c - exercise 3.6: six losses of N rows of C logits z, each once right and once wrong. With
 * each of the twelve a network learns, and its loss falls. The tests that find too little are wrong
 * submissions.
 */
#include "judged.h"

#include <math.h>
#include <stdint.h>

#include "../reference/philox.h"
#include "../reference/reference.h"
#include "false_friends.h"
#include "learn.h"

enum { MOST_ROWS = 64, MOST_CLASSES = 64 };

/* ---- the loss of one row, and its gradient ---- */

typedef double row_fn(int C, const double *z, int label, double *dz);

static double smoothed(int C, const double *z, int label, double *dz, double smoothing)
{
    double loss, one = 1;
    xent_forward_f64(1, C, z, &label, &loss, smoothing, REDUCE_MEAN);
    xent_backward_f64(1, C, z, &label, &one, dz, smoothing, REDUCE_MEAN);
    return loss;
}

static double cross_entropy_row(int C, const double *z, int label, double *dz)
{
    return smoothed(C, z, label, dz, 0);
}

static double smoothed_row(int C, const double *z, int label, double *dz)
{
    return smoothed(C, z, label, dz, 0.1);
}

/* a yes or no for each class: log(1 + exp(z)) - t z */
static double logistic_row(int C, const double *z, int label, double *dz)
{
    double loss = 0;
    for (int c = 0; c < C; c++) {
        double e = exp(-fabs(z[c])), p = z[c] > 0 ? 1 / (1 + e) : e / (1 + e);
        loss += fmax(z[c], 0) - (c == label) * z[c] + log1p(e);
        dz[c] = p - (c == label);
    }
    return loss;
}

static double logistic_overflows_row(int C, const double *z, int label, double *dz)
{
    double loss = 0;
    for (int c = 0; c < C; c++) {
        loss += log(1 + exp(z[c])) - (c == label) * z[c];
        dz[c] = 1 / (1 + exp(-z[c])) - (c == label);
    }
    return loss;
}

/* max(0, 1 + largest other logit - the label's) */
static double hinge_row(int C, const double *z, int label, double *dz)
{
    int other = label == 0;
    for (int c = 0; c < C; c++) {
        dz[c] = 0;
        if (c != label && z[c] > z[other]) other = c;
    }
    double margin = 1 + z[other] - z[label];
    if (margin > 0) dz[other] = 1, dz[label] = -1;
    return fmax(margin, 0);
}

static double squared_row(int C, const double *z, int label, double *dz)
{
    double loss = 0;
    for (int c = 0; c < C; c++) {
        dz[c] = z[c] - (c == label);
        loss += dz[c] * dz[c] / 2;
    }
    return loss;
}

/* squared up to a difference of 1, then straight */
static double huber_unclipped_row(int C, const double *z, int label, double *dz)
{
    double loss = 0;
    for (int c = 0; c < C; c++) {
        double r = fabs(dz[c] = z[c] - (c == label));
        loss += r < 1 ? r * r / 2 : r - 0.5;
    }
    return loss;
}

static double huber_row(int C, const double *z, int label, double *dz)
{
    double loss = huber_unclipped_row(C, z, label, dz);
    for (int c = 0; c < C; c++) dz[c] = fmin(fmax(dz[c], -1), 1);
    return loss;
}

/* ---- all rows ---- */

/* how rows become one loss: MEAN is right */
enum { MEAN, NO_SHARE, FIRST_LABEL, BY_PLACE, SUM };

/* what row n counts in the loss */
static double weight(int variant, int n, int N)
{
    if (variant == BY_PLACE) return 2.0 * (n + 1) / ((double)N * (N + 1));
    return variant == SUM ? 1 : 1.0 / N;
}

static double all_rows(const struct version *v, int N, int C, const double *z, const int *label, double *dz)
{
    row_fn *row = (row_fn *)v->run;
    double loss = 0;
    for (int n = 0; n < N; n++, z += C, dz += C) {
        double share = weight(v->variant, n, N);
        loss += share * row(C, z, label[n], dz);
        if (v->variant == FIRST_LABEL) row(C, z, label[0], dz);
        if (v->variant == NO_SHARE) share = 1;
        for (int c = 0; c < C; c++) dz[c] *= share;
    }
    return loss;
}

#define ROW(row) ((any_fn *)(0 ? (row_fn *)0 : (row)))
static const struct version losses[] = {
    { "cross-entropy", "", 0, ROW(cross_entropy_row), MEAN },
    { "smoothed cross-entropy", "its least value is not 0", 0, ROW(smoothed_row), MEAN },
    { "logistic", "", 0, ROW(logistic_row), MEAN },
    { "hinge", "it has kinks, where it has no derivative", 0, ROW(hinge_row), MEAN },
    { "squared", "it grows large with the logits", 0, ROW(squared_row), MEAN },
    { "Huber", "its second derivative jumps", 0, ROW(huber_row), MEAN },
    { "missing 1/N", "the loss is a mean, the gradient that of a sum", 1, ROW(cross_entropy_row), NO_SHARE },
    { "first label", "the gradient of each row is taken with the first row's label", 1, ROW(smoothed_row),
      FIRST_LABEL },
    { "overflow", "exp(z) is infinite from z = 710 on", 1, ROW(logistic_overflows_row), MEAN },
    { "weighted by place", "later rows count more, in the loss and in its gradient", 1, ROW(hinge_row),
      BY_PLACE },
    { "sum", "a sum over the rows, not a mean, in the loss and in its gradient", 1, ROW(squared_row), SUM },
    { "not clipped", "beyond a difference of 1 the gradient keeps growing, as that of a squared error does",
      1, ROW(huber_unclipped_row), MEAN },
    { 0 },
};

static const char *serve(const struct version *v, struct handed *h)
{
    const int N = h->size[0], C = h->size[1], *label = h->array[1];
    if (N < 1 || N > MOST_ROWS || C < 2 || C > MOST_CLASSES)
        return "calls a loss with over 64 rows or classes";
    const size_t bytes = (size_t)N * (size_t)C * sizeof(double);
    if (h->arrays != 3 || h->bytes[0] != bytes || h->bytes[1] != (size_t)N * sizeof(int) ||
        h->bytes[2] != bytes)
        return "calls a loss with the wrong arrays";
    for (int n = 0; n < N; n++)
        if (label[n] < 0 || label[n] >= C) return "calls a loss with a label that is no class";
    h->scalar[0] = all_rows(v, N, C, h->array[0], label, h->array[2]);
    return NULL;
}

/* ---- tests that find too little, or too much ---- */

/* A test of some parts, of which each finds something: elements of the gradient, the rows one by one */
struct parts {
    int rows, elements; /* 0: all */
    double logits, tolerance;
    int has_mean, has_order, has_large;
};

enum { N = 5, C = 4 };

static double loss_at(loss_fn *loss, int rows, const double *z, const int *label)
{
    double unused[N * C] = { 0 };
    return loss(rows, C, z, label, unused);
}

static int finds_gradient(loss_fn *loss, const struct parts *p, double *z, const int *label)
{
    const double h = 1e-5;
    double dz[N * C] = { 0 };
    loss(p->rows, C, z, label, dz);
    for (int k = 0; k < (p->elements ? p->elements : p->rows * C); k++) {
        double at = z[k], high, low;
        z[k] = at + h, high = loss_at(loss, p->rows, z, label);
        z[k] = at - h, low = loss_at(loss, p->rows, z, label);
        z[k] = at;
        if (fabs(dz[k] - (high - low) / (2 * h)) > p->tolerance) return 1;
    }
    return 0;
}

/* 1 if the loss is not the mean of its rows' losses, forwards or, if asked, of the last two alone */
static int finds_mean(loss_fn *loss, const struct parts *p, const double *z, const int *label)
{
    double mean = 0;
    const double twice[2 * C] = { 1, -2, 3, 0.5, 1, -2, 3, 0.5 };
    const int same[2] = { 1, 1 };
    if (p->has_mean && fabs(loss_at(loss, 2, twice, same) - loss_at(loss, 1, twice, same)) > p->tolerance)
        return 1;
    for (int n = 0; n < p->rows; n++) mean += loss_at(loss, 1, z + n * C, label + n) / p->rows;
    return p->has_order && fabs(mean - loss_at(loss, p->rows, z, label)) > p->tolerance;
}

static int finds(loss_fn *loss, struct parts p)
{
    static const int label[N] = { 0, 2, 1, 3, 2 };
    double z[N * C], large[C] = { 800, -800, 0, 0 };
    for (int k = 0; k < N * C; k++) z[k] = p.logits * (philox_word(3, 6, (uint64_t)k) * 0x1p-31 - 1);
    return finds_gradient(loss, &p, z, label) || finds_mean(loss, &p, z, label) ||
           (p.has_large && !isfinite(loss_at(loss, 1, large, label)));
}

static int nothing(loss_fn *loss)
{
    (void)loss;
    return 0;
}

static int everything(loss_fn *loss)
{
    (void)loss;
    return 1;
}

static int first_element(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 1, 3, 1e-6, 1, 1, 1 });
}

static int one_row(loss_fn *loss)
{
    return finds(loss, (struct parts){ 1, 0, 3, 1e-6, 0, 1, 1 });
}

static int small_logits(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 0, 0.01, 1e-6, 1, 1, 1 });
}

static int gradient_alone(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 0, 3, 1e-6, 0, 0, 1 });
}

static int same_rows(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 0, 3, 1e-6, 1, 0, 1 });
}

static int never_large(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 0, 3, 1e-6, 1, 1, 0 });
}

static int too_exact(loss_fn *loss)
{
    return finds(loss, (struct parts){ N, 0, 3, 1e-13, 1, 1, 1 });
}

#define WRONG(...) WRONG_JUDGE("false_friends", __VA_ARGS__)
static const struct mistake wrong[] = {
    WRONG(nothing, "accuses nothing", "it accepts every loss"),
    WRONG(everything, "accuses everything", "it accuses every loss"),
    WRONG(first_element, "first element", "it checks one element of the gradient"),
    WRONG(one_row, "one row", "with one row a sum is a mean"),
    WRONG(small_logits, "small logits", "it never leaves the neighbourhood of 0"),
    WRONG(gradient_alone, "gradient alone", "it checks that dz is the loss's gradient, and nothing else"),
    WRONG(same_rows, "rows all alike", "where all rows are alike their weights do not show"),
    WRONG(never_large, "never large", "it never tries large logits"),
    WRONG(too_exact, "too exact", "it requires more digits than differences have"),
    { 0 },
};

const struct judged judged_losses = { "learn/false_friends.h", losses, serve, false_friends_entry, wrong, 1 };
