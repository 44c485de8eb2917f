/* property_step.c - what is true of right steps of optimizers, over many of them; see property.h. */
#include "property.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../reference/philox.h"

enum { N = 64, STEPS = 100 };

static const int of_n[MAX_SIZES] = { N };

/* w (N), the weights before the first step */
static void begin(float *w)
{
    philox_uniform(51, 0, N, -1, 1, w);
}

/* dw (N), the gradient of step t */
static void gradient(int t, float *dw)
{
    philox_uniform(51, (uint64_t)t, N, -1, 1, dw);
}

/* the largest difference, NaN if there is one */
static double distance(const float *a, const float *b)
{
    double most = 0;
    for (int k = 0; k < N; k++) {
        double d = fabs((double)a[k] - (double)b[k]);
        if (isnan(d)) return d;
        if (d > most) most = d;
    }
    return most;
}

/* ---- decay in the loss, coupled, decoupled ---- */

static const double rate = 0.01, decay = 0.3;

struct path {
    float w[N], m[N], v[N];
};

/* what moves the weights by a gradient: gradient descent, or Adam */
static void move(struct path *p, float *dw, int adam, int t)
{
    if (adam)
        adam_step_f32(N, dw, p->w, p->m, p->v, rate, 0.9, 0.999, 1e-8, (uint64_t)t);
    else
        sgd_step_f32(N, dw, p->w, (float)rate);
}

static const struct op *with(const char *name, const char *set)
{
    char error[ERROR_TEXT];
    const struct op *op = exercise_op_find(name), *other = op_with(op, set, error);
    return other ? other : op;
}

/* the gradient of the loss with its penalty */
static void penalized(call_fn *own, const struct path *p, float *dw)
{
    float one = 1, more[N];
    void *const buf[] = { (void *)p->w, &one, more };
    own(with("l2_penalty_backward", "lambda=0.3"), of_n, buf);
    for (int k = 0; k < N; k++) dw[k] += more[k];
}

/* STEPS steps with the decay in the loss, or decoupled */
static void go(call_fn *own, struct path *p, int decoupled, int adam)
{
    float dw[N];
    memset(p, 0, sizeof *p);
    begin(p->w);
    for (int t = 1; t <= STEPS; t++) {
        void *const buf[] = { p->w };
        gradient(t, dw);
        if (decoupled)
            own(with("weight_decay_step", "lr=0.01 wd=0.3"), of_n, buf);
        else
            penalized(own, p, dw);
        move(p, dw, adam, t);
    }
}

static void go_coupled(call_fn *own, struct path *p)
{
    float dw[N];
    begin(p->w);
    for (int t = 1; t <= STEPS; t++) {
        void *const buf[] = { dw, p->w };
        gradient(t, dw);
        own(with("sgd_decay_step", "lr=0.01 wd=0.3"), of_n, buf);
    }
}

/* Asked when all three are there. Each step rounds a few times, numbers of about 1: 100 of them stay far
 * below 1e-4. */
int one_decay_for_sgd(const struct op *op, call_fn *own, char *error)
{
    static struct path in_loss, coupled, decoupled, adam_in_loss, adam_decoupled;
    if (strcmp(op->name, "weight_decay_step") != 0) return 1;
    go(own, &in_loss, 0, 0), go_coupled(own, &coupled), go(own, &decoupled, 1, 0);
    go(own, &adam_in_loss, 0, 1), go(own, &adam_decoupled, 1, 1);
    double a = distance(in_loss.w, coupled.w), b = distance(coupled.w, decoupled.w);
    error_set(error,
              "after %d steps with lr = %g, decay %g: by gradient descent, in the loss and coupled are %.1e "
              "apart, coupled and decoupled %.1e; by Adam, in the loss and decoupled are %.2g apart",
              STEPS, rate, decay, a, b, distance(adam_in_loss.w, adam_decoupled.w));
    return a <= 1e-4 && b <= 1e-4;
}

/* ---- who decays ---- */

enum { TENSORS = 5 };

static double norm(const float *w)
{
    double sum = 0;
    for (int k = 0; k < N; k++) sum += (double)w[k] * (double)w[k];
    return sqrt(sum);
}

/* with gradients of 0, tensors of rank 0 or 1 keep their norms, and the others lose a share lr wd per step */
int norms_stay(const struct op *op, call_fn *own, char *error)
{
    static const int size[MAX_SIZES] = { TENSORS, N };
    int rank[TENSORS] = { 2, 1, 4, 0, 3 };
    float dw[TENSORS][N] = { { 0 } }, w[TENSORS][N];
    void *const buf[] = { rank, dw, w };
    for (int t = 0; t < TENSORS; t++) begin(w[t]);
    const double before = norm(w[0]), share = pow(1 - op->scalar[0].real * op->scalar[1].real, STEPS);
    for (int step = 0; step < STEPS; step++) own(op, size, buf);
    for (int t = 0; t < TENSORS; t++) {
        double right = rank[t] >= 2 ? share : 1, yours = norm(w[t]) / before;
        if (!(fabs(yours - right) <= (rank[t] >= 2 ? 1e-4 : 0)))
            return error_set(
                error,
                "after %d steps with gradient 0, the norm of a tensor of rank %d is %.4f of what it "
                "was; it must be %.4f",
                STEPS, rank[t], yours, right);
    }
    return 1;
}

/* ---- one path by two momenta ---- */

/* Weights are below 0.3, and 100 roundings of half their last digit stay below 1e-6. */
int two_momenta_one_path(const struct op *op, call_fn *own, char *error)
{
    const struct op *slow = with(op_base(op)->name, "lr=0.001");
    const double lr = slow->scalar[0].real, mu = slow->scalar[1].real;
    float dw[N], ball[N], w[N], v[N] = { 0 }, m[N] = { 0 };
    void *const buf[] = { dw, w, m };
    begin(ball);
    for (int k = 0; k < N; k++) w[k] = ball[k] /= 8;
    for (int t = 1; t <= STEPS; t++) {
        gradient(t, dw);
        momentum_step_f32(N, dw, ball, v, lr, mu, 0, 0);
        own(slow, of_n, buf);
    }
    double apart = distance(ball, w);
    error_set(error,
              "after %d steps with lr = %g, mu = %g, your weights differ by %.1e from the heavy ball's",
              STEPS, lr, mu, apart);
    return apart <= 1e-6;
}

/* ---- schedule-free descent ---- */

static const double to = 0.3; /* the bowl's minimum, in every direction */

/* the mean of (w - to)^2 / 2 */
static double loss_at(const double *w)
{
    double sum = 0;
    for (int k = 0; k < N; k++) sum += (w[k] - to) * (w[k] - to) / 2 / N;
    return sum;
}

static double from(const float *yours, const double *right)
{
    float rounded[N];
    for (int k = 0; k < N; k++) rounded[k] = (float)right[k];
    return distance(yours, rounded);
}

/* STEPS steps on the bowl with gradients that are noisy, in three buffers x, y, z and in the student's two.
 * What is rounded is divided by beta and 1 - beta: it stays far below 1e-4. */
int average_of_z(const struct op *op, call_fn *own, char *error)
{
    const struct op *last = exercise_op_find("free_pair_average");
    const double lr = 0.1, beta = last->scalar[0].real;
    double x[N], y[N], z[N];
    float dw[N], pair_y[N], pair_z[N], average[N];
    void *const step[] = { dw, pair_y, pair_z }, *const mean[] = { pair_y, pair_z, average };
    begin(pair_y), begin(pair_z);
    for (int k = 0; k < N; k++) x[k] = y[k] = z[k] = (double)pair_y[k];
    for (int t = 1; t <= STEPS; t++) {
        char set[40];
        gradient(t, dw);
        for (int k = 0; k < N; k++) dw[k] += (float)(y[k] - to);
        for (int k = 0; k < N; k++) {
            z[k] -= lr * (double)dw[k];
            x[k] += (z[k] - x[k]) / t;
            y[k] = beta * x[k] + (1 - beta) * z[k];
        }
        snprintf(set, sizeof set, "t=%d", t);
        own(with("free_pair_step", set), of_n, step);
        if (!(from(pair_y, y) <= 1e-4 && from(pair_z, z) <= 1e-4))
            return error_set(error, "in step %d y differs by %.1e and z by %.1e from those of three buffers",
                             t, from(pair_y, y), from(pair_z, z));
    }
    if (op != last) return 1;
    own(last, of_n, mean);
    error_set(
        error,
        "after %d steps on a noisy bowl your x differs by %.1e from the mean of all z; the loss at z is %.4f, at y "
        "%.4f, at x %.4f",
        STEPS, from(average, x), loss_at(z), loss_at(y), loss_at(x));
    return from(average, x) <= 1e-4;
}
