/* 5.2 exact_zeros - weights that L1 makes exactly 0
 *
 *   w = sign(w) max(|w| - lr lambda, 0)        n weights, in place
 *
 * A step along the slope of lambda |w| overshoots 0, comes back, and never ends at 0. The proximal step is
 * the minimum over u of (u - w)^2 / 2 + lr lambda |u|: any w closer to 0 than lr lambda becomes 0.
 */
#ifndef real
#define real float
#endif

void soft_threshold(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++) w[k] -= w[k] > 0 ? t : w[k] < 0 ? -t : 0; /* the subgradient's step */
}
