/* 4.3 wrong_but_descends - a test that tells Adam from what is nearly Adam
 *
 *   step(n, dw, w, lr, beta1, beta2, eps, t)   step t = 1, 2, 3, ... of an optimizer: changes the n weights w
 *                          by the gradient dw. It keeps m and v itself, and resets them at t = 1; n up to 64
 *
 * Your function is called with one optimizer after another. It returns 1 if the optimizer is not Adam, 0 if
 * it is:
 *
 *   m = beta1 m + (1 - beta1) dw           c1 = 1 - beta1^t
 *   v = beta2 v + (1 - beta2) dw^2         c2 = 1 - beta2^t
 *   w = w - lr (m / c1) / (sqrt(v / c2) + eps)         from m = 0, v = 0
 *
 * Ten are not Adam. Four are, and one of them computes in float: do not require more than five digits of a
 * step. The version below takes a hundred steps on a parabola: with all fourteen w comes down.
 */
#include <math.h>

typedef void optimizer_fn(int n, const double *dw, double *w, double lr, double beta1, double beta2,
                          double eps, int t);

int wrong_but_descends(optimizer_fn *step)
{
    double w = 1;
    for (int t = 1; t <= 100; t++) {
        double dw = 2 * w;
        step(1, &dw, &w, 0.01, 0.9, 0.999, 1e-8, t);
    }
    return !(fabs(w) < 1);
}
