/* wrong_rmsprop.c - steps of RMSprop as they are done wrongly, centered and with momentum too; see
 * wrong_steps.h. */
#include <math.h>

#include "../reference/reference.h"
#include "wrong_steps.h"

#define RMSPROP(name)                                                                           \
    static void name(int n, const float *dw, float *w, float *v, float *m, float *b, double lr, \
                     double alpha, double eps, uint64_t eps_inside, uint64_t centered, double mu)

RMSPROP(eps_in_the_other_place)
{
    rmsprop_step_f32(n, dw, w, v, m, b, lr, alpha, eps, !eps_inside, centered, mu);
}

RMSPROP(squares_summed)
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)alpha * v[k] + dw[k] * dw[k];
        w[k] -= (float)lr * dw[k] / (eps_inside ? sqrtf(v[k] + (float)eps) : sqrtf(v[k]) + (float)eps);
    }
    (void)m, (void)b, (void)centered, (void)mu;
}

RMSPROP(root_before_update)
{
    for (int k = 0; k < n; k++) {
        w[k] -= (float)lr * dw[k] / (eps_inside ? sqrtf(v[k] + (float)eps) : sqrtf(v[k]) + (float)eps);
        v[k] = (float)alpha * v[k] + (float)(1 - alpha) * dw[k] * dw[k];
    }
    (void)m, (void)b, (void)centered, (void)mu;
}

RMSPROP(mean_left_in) /* m is kept, and not used */
{
    for (int k = 0; k < n; k++) m[k] = (float)alpha * m[k] + (float)(1 - alpha) * dw[k];
    rmsprop_step_f32(n, dw, w, v, NULL, b, lr, alpha, eps, eps_inside, 0, mu);
    (void)centered;
}

RMSPROP(old_mean_subtracted)
{
    for (int k = 0; k < n; k++) {
        float before = m[k];
        v[k] = (float)alpha * v[k] + (float)(1 - alpha) * dw[k] * dw[k];
        m[k] = (float)alpha * m[k] + (float)(1 - alpha) * dw[k];
        float spread = fmaxf(v[k] - before * before, 0);
        w[k] -= (float)lr * dw[k] / (sqrtf(spread) + (float)eps);
    }
    (void)b, (void)eps_inside, (void)centered, (void)mu;
}

RMSPROP(negative_spread) /* PyTorch 2.15.0: a NaN once rounding has it below 0 */
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)alpha * v[k] + (float)(1 - alpha) * dw[k] * dw[k];
        m[k] = (float)alpha * m[k] + (float)(1 - alpha) * dw[k];
        w[k] -= (float)lr * dw[k] / (sqrtf(v[k] - m[k] * m[k]) + (float)eps);
    }
    (void)b, (void)eps_inside, (void)centered, (void)mu;
}

RMSPROP(nan_is_no_spread) /* fmaxf(NaN, 0) is 0 */
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)alpha * v[k] + (float)(1 - alpha) * dw[k] * dw[k];
        m[k] = (float)alpha * m[k] + (float)(1 - alpha) * dw[k];
        float spread = fmaxf(v[k] - m[k] * m[k], 0), g = isnan(dw[k]) ? 0 : dw[k];
        w[k] -= (float)lr * g / (sqrtf(spread) + (float)eps);
    }
    (void)b, (void)eps_inside, (void)centered, (void)mu;
}

RMSPROP(momentum_of_gradients) /* the velocity is divided, not what it sums */
{
    for (int k = 0; k < n; k++) {
        v[k] = (float)alpha * v[k] + (float)(1 - alpha) * dw[k] * dw[k];
        b[k] = (float)mu * b[k] + dw[k];
        w[k] -= (float)lr * b[k] / (sqrtf(v[k]) + (float)eps);
    }
    (void)m, (void)eps_inside, (void)centered;
}

RMSPROP(rate_in_the_velocity) /* Keras, optax: the same walk while the rate stays */
{
    for (int k = 0; k < n; k++) {
        float from = 0;
        rmsprop_step_f32(1, dw + k, &from, v + k, NULL, NULL, lr, alpha, eps, eps_inside, 0, 0);
        b[k] = (float)mu * b[k] - from;
        w[k] -= b[k];
    }
    (void)m, (void)centered;
}

RMSPROP(no_velocity)
{
    rmsprop_step_f32(n, dw, w, v, m, NULL, lr, alpha, eps, eps_inside, centered, 0);
    for (int k = 0; k < n; k++) b[k] *= (float)mu;
}

const struct wrong wrong_rmsprop[] = {
    WRONG_STEP("rmsprop_step", eps_in_the_other_place, "five steps", "eps inside the square root"),
    WRONG_STEP("rmsprop_step eps_inside=1", eps_in_the_other_place, "five steps",
               "eps outside the square root"),
    WRONG_STEP("rmsprop_step", squares_summed, "five steps", "without the factors"),
    WRONG_STEP("rmsprop_step", root_before_update, "five steps", "gives"),
    WRONG_STEP("rmsprop_step centered=1", mean_left_in, "five steps", "not centered"),
    WRONG_STEP("rmsprop_step centered=1", old_mean_subtracted, "five steps", "gives"),
    WRONG_STEP("rmsprop_step centered=1", negative_spread, "one step", "nan"),
    WRONG_STEP("rmsprop_step centered=1", nan_is_no_spread, "NaN", "not nan"),
    WRONG_STEP("rmsprop_step mu=0.9", momentum_of_gradients, "five steps", "gives"),
    WRONG_STEP("rmsprop_step mu=0.9", rate_in_the_velocity, "changing rate", "a rate that changes"),
    WRONG_STEP("rmsprop_step centered=1 mu=0.9", no_velocity, "five steps", "without momentum"),
    { NULL, { NULL, NULL, NEED_NONE, NULL }, NULL, NULL },
};
