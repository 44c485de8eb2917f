/* 4.2 adam_exact - one step of Adam, to the letter (Kingma and Ba, 2015, algorithm 1)
 *
 *   m = beta1 m + (1 - beta1) dw           c1 = 1 - beta1^t
 *   v = beta2 v + (1 - beta2) dw^2         c2 = 1 - beta2^t
 *   w = w - lr (m / c1) / (sqrt(v / c2) + eps)
 *
 * dw, w, m and v have n elements; w, m and v are updated in place; t counts steps from 1 and may be a
 * million. eps is outside the root, and is added after the correction.
 */
#include <math.h>
#include <stdint.h>
#ifndef real
#define real float
#endif

void adam_step(int n, const real *dw, real *w, real *m, real *v, double lr, double beta1, double beta2,
               double eps, uint64_t t)
{
    (void)t; /* the correction of the first steps is missing */
    for (int k = 0; k < n; k++) {
        m[k] = (real)(beta1 * m[k] + (1 - beta1) * dw[k]);
        v[k] = (real)(beta2 * v[k] + (1 - beta2) * dw[k] * dw[k]);
        w[k] -= (real)(lr * m[k] / (sqrt(v[k]) + eps));
    }
}
