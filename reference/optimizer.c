/* optimizer.c - rules that turn a gradient into a step; Adam and its relatives are in adam.c.
 *
 * All arguments have n elements, and all but the gradient dw are updated in place: the weights w and what an
 * optimizer keeps between steps. That is 0 before the first step where nothing else is said. Names, defaults
 * and places of eps are PyTorch's. t counts steps from 1. */
#include "real.h"
#include "reference.h"

/* w = w - lr dw, in place: stochastic gradient descent */
void REF(sgd_step)(int n, const real *dw, real *w, real lr)
{
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}

/* Heavy ball (Polyak, 1964): m is a velocity that dw pushes and mu lets decay.
 *
 *   m = mu m + (1 - dampening) dw
 *   w = w - lr m                     or, with nesterov = 1,  w = w - lr (dw + mu m)
 *
 * The rate multiplies the velocity when it is used; where m = mu m - lr dw, w = w + m (Sutskever et al.,
 * 2013), older gradients keep the rate of their own step. PyTorch begins with m = dw: so does a first
 * step with dampening = 0. */
void REF(momentum_step)(int n, const real *dw, real *w, real *m, double lr, double mu, double dampening,
                        uint64_t nesterov)
{
    for (int k = 0; k < n; k++) {
        m[k] = (real)mu * m[k] + (real)(1 - dampening) * dw[k];
        w[k] -= (real)lr * (nesterov ? dw[k] + (real)mu * m[k] : m[k]);
    }
}

/* RMSprop (Hinton, lecture 6e, 2012): v is the running mean of the squared gradient.
 *
 *   v = alpha v + (1 - alpha) dw^2
 *   w = w - lr dw / (sqrt(v) + eps)  or, with eps_inside = 1 (Keras),  w = w - lr dw / sqrt(v + eps)
 *
 * With centered = 1, m is the running mean of the gradient, and its square is subtracted (Graves, 2013):
 *
 *   m = alpha m + (1 - alpha) dw     and v - m^2 in v's place in the step
 *
 * No square of a mean exceeds the mean of the squares, but rounded ones do, where gradients hardly change:
 * what is below 0 is 0 then. With mu above 0, b is a velocity, and the rate is outside of it:
 *
 *   b = mu b + dw / (sqrt(v) + eps),  w = w - lr b
 *
 * m is NULL where centered is 0, and b where mu is 0. */
void REF(rmsprop_step)(int n, const real *dw, real *w, real *v, real *m, real *b, double lr, double alpha,
                       double eps, uint64_t eps_inside, uint64_t centered, double mu)
{
    const real inside = (real)(eps_inside ? eps : 0), outside = (real)(eps_inside ? 0 : eps);
    for (int k = 0; k < n; k++) {
        v[k] = (real)alpha * v[k] + (real)(1 - alpha) * dw[k] * dw[k];
        real spread = v[k];
        if (centered) {
            m[k] = (real)alpha * m[k] + (real)(1 - alpha) * dw[k];
            spread -= m[k] * m[k];
            if (re(spread) < 0) spread = 0;
        }
        real under = sqrt(spread + inside) + outside;
        if (mu > 0) {
            b[k] = (real)mu * b[k] + dw[k] / under;
            w[k] -= (real)lr * b[k];
        } else {
            w[k] -= (real)lr * dw[k] / under;
        }
    }
}

/* AdaGrad (Duchi, Hazan and Singer, 2011): v sums all squared gradients. It may start above 0: at 0.1 in
 * optax and TensorFlow.
 *
 *   v = v + dw^2
 *   w = w - lr / (1 + (t - 1) lr_decay) dw / (sqrt(v) + eps)
 */
void REF(adagrad_step)(int n, const real *dw, real *w, real *v, double lr, double lr_decay, double eps,
                       uint64_t t)
{
    const real rate = (real)(lr / (1 + (double)(t - 1) * lr_decay));
    for (int k = 0; k < n; k++) {
        v[k] += dw[k] * dw[k];
        w[k] -= rate * dw[k] / (sqrt(v[k]) + (real)eps);
    }
}

/* Adadelta (Zeiler, 2012): RMSprop whose rate is the root of the running mean u of squared steps, so that a
 * step has the unit of a weight. Both eps are inside the roots: that of u is where the first step comes from.
 *
 *   v = rho v + (1 - rho) dw^2
 *   step = sqrt(u + eps) / sqrt(v + eps) dw
 *   u = rho u + (1 - rho) step^2
 *   w = w - lr step
 */
void REF(adadelta_step)(int n, const real *dw, real *w, real *v, real *u, double lr, double rho, double eps)
{
    for (int k = 0; k < n; k++) {
        v[k] = (real)rho * v[k] + (real)(1 - rho) * dw[k] * dw[k];
        real step = sqrt(u[k] + (real)eps) / sqrt(v[k] + (real)eps) * dw[k];
        u[k] = (real)rho * u[k] + (real)(1 - rho) * step * step;
        w[k] -= (real)lr * step;
    }
}

/* the sign of x: 0 of 0, NaN of NaN */
static real sign(real x)
{
    return re(x) > 0 ? 1 : re(x) < 0 ? -1 : x;
}

/* Lion (Chen et al., 2023): a step of size lr in every weight. One beta mixes the gradient in for the sign,
 * the other for what is kept; the decay is decoupled and comes first.
 *
 *   w = (1 - lr wd) w - lr sign(beta1 m + (1 - beta1) dw)
 *   m = beta2 m + (1 - beta2) dw
 */
void REF(lion_step)(int n, const real *dw, real *w, real *m, double lr, double beta1, double beta2, double wd)
{
    for (int k = 0; k < n; k++) {
        real mix = (real)beta1 * m[k] + (real)(1 - beta1) * dw[k];
        w[k] = (real)(1 - lr * wd) * w[k] - (real)lr * sign(mix);
        m[k] = (real)beta2 * m[k] + (real)(1 - beta2) * dw[k];
    }
}
