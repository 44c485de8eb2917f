/* zeros.c - L1 by its slope and by soft threshold: how many weights become exactly 0. CSV on stdout.
 *
 * As gap.c, with L1: the weights of the first layer that are exactly 0 in per cent, the loss of the 5,000
 * test images, and the wrong ones in per cent; lowest, median and highest of five seeds. `./rungs lesson 5
 * zeros` made zeros.csv.
 */
#include "clothes.h"

static void by_slope(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    static float sum[W1];
    const float one = 1;
    (void)m, (void)v, (void)t;
    l1_penalty_backward_f32(n, w, &one, sum, r->lambda);
    for (int k = 0; k < n; k++) sum[k] += dw[k];
    sgd_step_f32(n, sum, w, (float)r->lr);
}

static void proximal(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_step_f32(n, dw, w, (float)r->lr);
    soft_threshold_f32(n, w, r->lr, r->lambda);
}

static void run(const struct rule *rule)
{
    double of[3][SEEDS];
    for (int s = 0; s < SEEDS; s++) {
        static struct result r;
        int zeros = 0;
        train(rule, 40, (uint64_t)s + 1, &r);
        for (int k = 0; k < W1; k++) zeros += r.w[k] == 0;
        of[0][s] = 100.0 * zeros / W1, of[1][s] = r.test_loss, of[2][s] = r.test_error;
    }
    print_spread(of[0], "%.2f"), print_spread(of[1], "%.4f"), print_spread(of[2], "%.2f");
}

int main(void)
{
    static const double lambda[] = { 1e-4, 3e-4, 1e-3, 2e-3, 4e-3 };
    int code = read_images();
    if (code) return code;
    puts("lambda,slope_zeros_low,slope_zeros,slope_zeros_high,slope_loss_low,slope_loss,slope_loss_high,"
         "slope_error_low,slope_error,slope_error_high,zeros_low,zeros,zeros_high,loss_low,loss,loss_high,"
         "error_low,error,error_high");
    for (size_t i = 0; i < sizeof lambda / sizeof *lambda; i++) {
        printf("%g", lambda[i]);
        run(&(struct rule){ by_slope, 0.2, lambda[i], 0 });
        run(&(struct rule){ proximal, 0.2, lambda[i], 0 });
        putchar('\n');
    }
    return 0;
}
