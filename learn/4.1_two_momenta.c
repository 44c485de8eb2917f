/* 4.1 two_momenta - one path, by two conventions
 *
 *   heavy ball     v = mu v + dw               w = w - lr v          PyTorch's SGD: v is a sum
 *   running mean   m = mu m + (1 - mu) dw      w = w - rate m        what Adam keeps: m is a mean
 *
 * dw, w and m have n elements, w and m are updated in place, m is 0 before the first step. Someone tells you
 * "lr = 0.1, momentum 0.9" and means the first. Your optimizer has the second, and with rate = lr it hardly
 * moves. Which rate takes its weights along the same path, to 1e-6 over 100 steps? m must remain a mean.
 */
#ifndef real
#define real float
#endif

void mean_momentum_step(int n, const real *dw, real *w, real *m, double lr, double mu)
{
    const real rate = (real)lr; /* is it? */
    for (int k = 0; k < n; k++) {
        m[k] = (real)mu * m[k] + (real)(1 - mu) * dw[k];
        w[k] -= rate * m[k];
    }
}
