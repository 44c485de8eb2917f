/* optimizers.h - the optimizers of lesson 4's experiments behind one signature, each with PyTorch's
 * defaults but for the rate, and momentum 0.9. A program defines NUMBER (double) and STEP(name)
 * (name##_f64) before it.
 */
#include <stdint.h>
#include "../../reference/reference.h"

enum { STATES = 3 };

/* step t (1, 2, ...): dw (n) -> w (n); what is kept between steps, (n) each, starts as zeros */
typedef void step_fn(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t);

static void sgd(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)state, (void)t;
    STEP(sgd_step)(n, dw, w, (NUMBER)lr);
}

static void heavy_ball(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)t;
    STEP(momentum_step)(n, dw, w, state[0], lr, 0.9, 0, 0);
}

static void nesterov(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)t;
    STEP(momentum_step)(n, dw, w, state[0], lr, 0.9, 0, 1);
}

static void rmsprop(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)t;
    STEP(rmsprop_step)(n, dw, w, state[0], NULL, NULL, lr, 0.99, 1e-8, 0, 0, 0);
}

static void adagrad(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    STEP(adagrad_step)(n, dw, w, state[0], lr, 0, 1e-10, t);
}

static void adadelta(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)t;
    STEP(adadelta_step)(n, dw, w, state[0], state[1], lr, 0.9, 1e-6);
}

static void adam(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    STEP(adam_step)(n, dw, w, state[0], state[1], lr, 0.9, 0.999, 1e-8, t);
}

static void amsgrad(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    STEP(amsgrad_step)(n, dw, w, state[0], state[1], state[2], lr, 0.9, 0.999, 1e-8, t);
}

static void nadam(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    STEP(nadam_step)(n, dw, w, state[0], state[1], lr, 0.9, 0.999, 1e-8, 0.004, t);
}

static void lion(int n, const NUMBER *dw, NUMBER *w, NUMBER *const *state, double lr, uint64_t t)
{
    (void)t;
    STEP(lion_step)(n, dw, w, state[0], lr, 0.9, 0.99, 0);
}

static const struct optimizer {
    const char *name;
    step_fn *step;
} optimizers[] = {
    { "sgd", sgd },         { "heavy_ball", heavy_ball }, { "nesterov", nesterov },
    { "rmsprop", rmsprop }, { "adagrad", adagrad },       { "adadelta", adadelta },
    { "adam", adam },       { "amsgrad", amsgrad },       { "nadam", nadam },
    { "lion", lion },
};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };
