/* decay.c - rules that keep weights small: penalties in the loss, decay in the step, and limits.
 *
 * w holds n weights of any shape, without the biases. A penalty is added to the loss, and its gradient to the
 * loss's; dloss is the gradient of whatever follows with respect to the penalty, 1 where the loss is the end.
 */
#include "real.h"
#include "reference.h"

static inline real magnitude(real w)
{
    return re(w) < 0 ? -w : w;
}

/* the slope of |w|; at the kink w = 0 it is taken to be 0, and a NaN stays a NaN */
static inline real slope(real w)
{
    return re(w) > 0 ? 1 : re(w) < 0 ? -1 : w;
}

/* ---- L2 ---- */

/* loss (1) = lambda/2 sum of w^2: with the 1/2 the gradient is lambda w, and lambda is what an optimizer
 * calls weight decay */
void REF(l2_penalty_forward)(int n, const real *w, real *loss, double lambda)
{
    wide sum = 0;
    for (int k = 0; k < n; k++) sum += (wide)w[k] * (wide)w[k];
    *loss = (real)((wide)lambda / 2 * sum);
}

/* dw = dloss lambda w */
void REF(l2_penalty_backward)(int n, const real *w, const real *dloss, real *dw, double lambda)
{
    for (int k = 0; k < n; k++) dw[k] = *dloss * (real)lambda * w[k];
}

/* ---- L1 ---- */

/* loss (1) = lambda sum of |w| */
void REF(l1_penalty_forward)(int n, const real *w, real *loss, double lambda)
{
    wide sum = 0;
    for (int k = 0; k < n; k++) sum += (wide)magnitude(w[k]);
    *loss = (real)((wide)lambda * sum);
}

/* dw = dloss lambda sign(w) */
void REF(l1_penalty_backward)(int n, const real *w, const real *dloss, real *dw, double lambda)
{
    for (int k = 0; k < n; k++) dw[k] = *dloss * (real)lambda * slope(w[k]);
}

/* ---- elastic net: both (Zou and Hastie, 2005) ---- */

/* loss (1) = l1 sum of |w| + l2/2 sum of w^2 */
void REF(elastic_penalty_forward)(int n, const real *w, real *loss, double l1, double l2)
{
    wide sum = 0, squares = 0;
    for (int k = 0; k < n; k++) sum += (wide)magnitude(w[k]), squares += (wide)w[k] * (wide)w[k];
    *loss = (real)((wide)l1 * sum + (wide)l2 / 2 * squares);
}

/* dw = dloss (l1 sign(w) + l2 w) */
void REF(elastic_penalty_backward)(int n, const real *w, const real *dloss, real *dw, double l1, double l2)
{
    for (int k = 0; k < n; k++) dw[k] = *dloss * ((real)l1 * slope(w[k]) + (real)l2 * w[k]);
}

/* ---- decay in the step, all in place ---- */

/* w = w - lr (dw + wd w): coupled. dw is the loss's gradient, wd w that of wd/2 sum of w^2. */
void REF(sgd_decay_step)(int n, const real *dw, real *w, double lr, double wd)
{
    for (int k = 0; k < n; k++) w[k] -= (real)lr * (dw[k] + (real)wd * w[k]);
}

/* w = (1 - lr wd) w: decoupled, before the step of any optimizer, which never hears of it */
void REF(weight_decay_step)(int n, real *w, double lr, double wd)
{
    for (int k = 0; k < n; k++) w[k] *= (real)(1 - lr * wd);
}

/* ---- proximal steps, in place, after the step of the loss ----
 *
 * Where a penalty has a kink, a step along its slope never lands on the kink. A proximal step goes to the
 * minimum over u of (u - w)^2 / 2 + lr times the penalty of u, and that is often exactly 0. */

/* w, lr lambda nearer to 0, and exactly 0 if it is not farther away than that: L1's proximal step */
void REF(soft_threshold)(int n, real *w, double lr, double lambda)
{
    const real t = (real)(lr * lambda);
    for (int k = 0; k < n; k++)
        w[k] = re(w[k]) > re(t) ? w[k] - t : re(w[k]) < -re(t) ? w[k] + t : w[k] - w[k];
}

/* the same for l1 sum of |w| + l2/2 sum of w^2: soft_threshold by lr l1, then a shrinking by 1 + lr l2 */
void REF(elastic_net)(int n, real *w, double lr, double l1, double l2)
{
    REF(soft_threshold)(n, w, lr, l1);
    for (int k = 0; k < n; k++) w[k] /= (real)(1 + lr * l2);
}

/* ---- max-norm (Srebro and Shraibman, 2005; with dropout: Srivastava et al., 2014) ---- */

/* a row of w (rows,cols), the weights of one output, that is longer than c gets the length c, in place */
void REF(max_norm)(int rows, int cols, real *w, double c)
{
    for (int row = 0; row < rows; row++, w += cols) {
        wide squares = 0;
        for (int k = 0; k < cols; k++) squares += (wide)w[k] * (wide)w[k];
        wide length = sqrt(squares);
        if (re(length) > c)
            for (int k = 0; k < cols; k++) w[k] *= (real)((wide)c / length);
    }
}
