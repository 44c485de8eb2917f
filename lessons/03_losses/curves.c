/* curves.c - how wrong is a yes, by two losses? CSV on stdout.
 *
 * The answer is yes (target 1) and the network's logit is z, so that it says p = sigmoid(z). For each z: the
 * squared error of p and the cross-entropy, and the slope of each by z.
 */
#include <stdio.h>
#include "../../reference/reference.h"

int main(void)
{
    const double t = 1, one = 1;
    puts("z,p,mse,mse_slope,xent,xent_slope");
    for (double z = -8; z <= 8; z += 0.25) {
        double p, mse, dp, mse_slope, xent, xent_slope;
        sigmoid_forward_f64(1, &z, &p);
        mse_with_gradient_f64(1, &p, &t, &mse, &dp, REDUCE_MEAN);
        sigmoid_backward_f64(1, &p, &dp, &mse_slope);
        bce_logits_forward_f64(1, &z, &t, &xent, REDUCE_MEAN);
        bce_logits_backward_f64(1, &z, &t, &one, &xent_slope, REDUCE_MEAN);
        printf("%.2f,%.5f,%.5f,%.5f,%.5f,%.5f\n", z, p, mse, mse_slope, xent, xent_slope);
    }
    return 0;
}
