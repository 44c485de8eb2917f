/* biases.c - should biases decay too? The runs of gap.c at two lambdas, with biases that decay and without:
 * the loss of the 5,000 test images and the wrong ones in per cent, median and range of five seeds.
 */
#include "clothes.h"

static void sgd(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_decay_step_f32(n, dw, w, r->lr, r->lambda);
}

static void run(const struct rule *rule)
{
    double loss[SEEDS], error[SEEDS];
    for (int s = 0; s < SEEDS; s++) {
        static struct result r;
        train(rule, 40, (uint64_t)s + 1, &r);
        loss[s] = r.test_loss, error[s] = r.test_error;
    }
    spread_sort(SEEDS, loss), spread_sort(SEEDS, error);
    printf("  %-7g %-18s %.4f  %.4f to %.4f   %.2f  %.2f to %.2f\n", rule->lambda,
           rule->biases_too ? "weights and biases" : "weights", loss[MID], loss[0], loss[TOP], error[MID],
           error[0], error[TOP]);
}

int main(void)
{
    static const double lambda[] = { 0.01, 0.1 };
    int code = read_images();
    if (code) return code;
    printf("  %-7s %-18s %-25s %s\n", "lambda", "what decays", "test loss, its range", "wrong, per cent");
    for (int i = 0; i < 4; i++) run(&(struct rule){ sgd, 0.2, lambda[i / 2], .biases_too = i % 2 });
    return 0;
}
