/* matrices.c - an experiment: one variable, what is done to the hidden layers' matrices, each at every
 * rate of a sweep, five seeds for each. CSV on stdout: lowest, median and highest loss of the 5120 images
 * after training, the same of the share that is right of 2000 others, and the way there, the mean loss of
 * each 40 batches, median over the seeds. `./rungs lesson 4 matrices` made matrices.csv; it takes some ten
 * minutes.
 *
 * A 784-128-64-10 perceptron as clothes.h has it. Muon moves its two hidden matrices, (128,784) and
 * (64,128), on the best vectors of the machine, so the last digits are the machine's; the last layer and
 * all biases are left to Adam, at a rate from the middle of its good ones. */
#define HIDDEN "dense 128\nrelu\ndense 64\nrelu\n"
#include "clothes.h"
#include "sweep.h"

enum { MATRICES = 2 };

static const int shape[MATRICES][2] = { { 128, 784 }, { 64, 128 } };
static const double adams_rate = 0.00316;

static const struct contestant {
    const char *name;
    step_fn *all;     /* what moves all parameters; NULL: Muon moves the matrices */
    int coefficients; /* of Muon */
    uint64_t steps;
    int first_half, last_half; /* the rates are 10^(half / 2) */
} contestants[] = {
    { "momentum", heavy_ball, 0, 0, -5, -2 },      { "Adam", adam, 0, 0, -7, -4 },
    { "Muon", NULL, MUON_JORDAN, 5, -5, -2 },      { "polar", NULL, MUON_POLAR, 5, -4, -3 },
    { "exact", NULL, MUON_CLASSICAL, 12, -4, -4 }, { "normalised", NULL, MUON_JORDAN, 0, -3, 0 },
};

/* parameters `at` to `to` by Adam */
static void adam_on(size_t at, size_t to, uint64_t t)
{
    float *const own[STATES] = { state[0] + at, state[1] + at };
    adam((int)(to - at), net.dparam + at, net.param + at, own, adams_rate, t);
}

static void muon_on_matrices(const struct contestant *c, double rate, uint64_t t)
{
    const struct rung *rung = rung_find(op_find("muon_step"), "02_half");
    size_t at = 0;
    for (int k = 0; k < MATRICES; k++) {
        int rows = shape[k][0], cols = shape[k][1];
        size_t weights = (size_t)rows * (size_t)cols;
        ((muon_step_fn *)(c->steps ? rung->run : RUN(muon_step, muon_step_f32)))(
            rows, cols, net.dparam + at, net.param + at, state[0] + at, rate, 0.95, 1, 0, MUON_ORIGINAL,
            c->coefficients, c->steps, 1e-7);
        adam_on(at + weights, at + weights + (size_t)rows, t); /* its biases */
        at += weights + (size_t)rows;
    }
    adam_on(at, net.params, t);
}

static void move(const void *how, double rate, uint64_t t)
{
    const struct contestant *c = how;
    if (c->all)
        c->all((int)net.params, net.dparam, net.param, state, rate, t);
    else
        muon_on_matrices(c, rate, t);
}

int main(void)
{
    int code = load_clothes("matrices");
    if (code != LOADED) return code;
    sweep_header();
    for (size_t i = 0; i < sizeof contestants / sizeof *contestants; i++) {
        const struct contestant *c = &contestants[i];
        sweep_rows(c->name, move, c, c->first_half, c->last_half);
    }
    leave_clothes();
    return 0;
}
