/* errata.c - what article 000 prints about weight decay in its section 4.5, against the truth: w = 2,
 * dw = 0.4 of the loss without decay, rate 0.1, lambda 0.5. */
#include <complex.h>
#undef I
#include <math.h>

#include "../errata.h"
#include "../../reference/reference.h"

static const double w = 2, dw = 0.4, lr = 0.1, lambda = 0.5;

/* w after a step with the gradient dw + decay w */
static double after(double gradient, double decay)
{
    double moved = w;
    sgd_decay_step_f64(1, &gradient, &moved, lr, decay);
    return moved;
}

/* the slope of the printed penalty, l w^2, by complex step of the library's square */
static double printed_slope(void)
{
    const double h = 0x1p-300;
    double _Complex at = CMPLX(w, h), value;
    l2_penalty_forward_cplx(1, &at, &value, 2 * lambda);
    return cimag(value) / h;
}

int main(void)
{
    const double one = 1, printed_step = w - lr * (dw + printed_slope());
    double slope, half, update = fabs(after(dw, 0) - w), decayed = fabs(after(dw, lambda) - w);
    l2_penalty_backward_f64(1, &w, &one, &slope, lambda);
    l2_penalty_backward_f64(1, &w, &one, &half, 2 * (lambda / 2));
    errata_head();
    errata_row("000 4.5", "J + l sum w^2, l the decay: its slope", printed_slope(), slope, half,
               "l/2 sum w^2 has it");
    errata_row("000 4.5", "the same: w after a step", printed_step, after(dw, lambda), w - lr * (dw + half),
               "it decays twice as fast");
    errata_row("000 4.5", "larger l, smaller update: at most", update, decayed, update + lr * lambda * w,
               "weights shrink, not updates");
    return errata_end();
}
