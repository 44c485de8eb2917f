/* gap.c - the experiment of lesson 5: one variable, lambda, everything else fixed. CSV on stdout.
 *
 * 40 epochs of SGD at rate 0.2 on 1,000 images, weights decaying and biases not; see clothes.h. Lowest,
 * median and highest of five seeds: the loss of the images that it was trained with, that of 5,000 others,
 * and the wrong ones in per cent of either; then the root of the mean square of the weights, median.
 */
#include "clothes.h"

static void sgd(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_decay_step_f32(n, dw, w, r->lr, r->lambda);
}

static double root_mean_square(const float *w)
{
    float first, second;
    l2_penalty_forward_f32(W1, w, &first, 2), l2_penalty_forward_f32(W2, w + W1 + B1, &second, 2);
    return sqrt((double)(first + second) / (W1 + W2));
}

int main(void)
{
    static const double lambda[] = { 0, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1 };
    int code = read_images();
    if (code) return code;
    puts("lambda,train_loss_low,train_loss,train_loss_high,test_loss_low,test_loss,test_loss_high,"
         "train_error_low,train_error,train_error_high,test_error_low,test_error,test_error_high,"
         "weight_low,weight,weight_high");
    for (size_t i = 0; i < sizeof lambda / sizeof *lambda; i++) {
        double of[5][SEEDS];
        for (int s = 0; s < SEEDS; s++) {
            static struct result r;
            train(&(struct rule){ sgd, 0.2, lambda[i], 0 }, 40, (uint64_t)s + 1, &r);
            of[0][s] = r.train_loss, of[1][s] = r.test_loss, of[2][s] = r.train_error;
            of[3][s] = r.test_error, of[4][s] = root_mean_square(r.w);
        }
        printf("%g", lambda[i]);
        print_spread(of[0], "%.4f"), print_spread(of[1], "%.4f"), print_spread(of[2], "%.1f");
        print_spread(of[3], "%.2f"), print_spread(of[4], "%.4f");
        putchar('\n');
    }
    return 0;
}
