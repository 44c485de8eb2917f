/* 5.4 free_decay - a decay that costs no time
 *
 *   w = w - lr (dw + wd w)          n weights; decoupled decay and SGD are the same formula
 *
 * This is right: first the decay, then the step. But w is read twice and written twice, 20 bytes per weight
 * with dw, and where memory sets the pace the decay takes as long as the step. In the loop of the step it is
 * one multiplication, which nothing waits for: not a byte more than SGD without decay.
 *
 * Write one loop with `keep`, which is 1 - lr wd. The grader counts bytes between a cache of 64 KiB and
 * memory. First write down what you expect of your version, as a number after the =:
 * prediction: bytes per element =
 */

static void sgd_portable(int n, const float *restrict dw, float *restrict w, float lr, float keep)
{
    for (int k = 0; k < n; k++) w[k] *= keep;
    for (int k = 0; k < n; k++) w[k] -= lr * dw[k];
}

void sgd_decay_step(int n, const float *dw, float *w, double lr, double wd)
{
    sgd_portable(n, dw, w, (float)lr, (float)(1 - lr * wd));
}
