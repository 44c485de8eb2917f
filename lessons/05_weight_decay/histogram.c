/* histogram.c - the weights of the first layer after training, for three lambdas: CSV on stdout.
 *
 * Seed 1 of gap.c's runs: how many of the 6272 weights are in each bin of a width of 0.02, and for L1 with
 * soft threshold the same; beside it those that are exactly 0.
 */
#include "clothes.h"

enum {
    HALF = 20,
    BINS = 2 * HALF + 1,
    RUNS = 4
}; /* bins around 0, 0.02, ..., 0.4; the last ones take the rest */

static void sgd(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_decay_step_f32(n, dw, w, r->lr, r->lambda);
}

static void proximal(const struct rule *r, int n, const float *dw, float *w, float *m, float *v, int t)
{
    (void)m, (void)v, (void)t;
    sgd_step_f32(n, dw, w, (float)r->lr);
    soft_threshold_f32(n, w, r->lr, r->lambda);
}

int main(void)
{
    static const struct rule rule[RUNS] = {
        { sgd, 0.2, 0, 0 }, { sgd, 0.2, 0.01, 0 }, { sgd, 0.2, 0.1, 0 }, { proximal, 0.2, 0.001, 0 }
    };
    static int count[RUNS][BINS], zeros[RUNS];
    int code = read_images();
    if (code) return code;
    for (int i = 0; i < RUNS; i++) {
        static struct result r;
        train(&rule[i], 40, 1, &r);
        for (int k = 0; k < W1; k++) {
            long bin = lround((double)r.w[k] / 0.02) + HALF;
            count[i][bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
            zeros[i] += r.w[k] == 0;
        }
    }
    puts("weight,none,l2_0.01,l2_0.1,l1_0.001,zeros_none,zeros_l2_0.01,zeros_l2_0.1,zeros_l1_0.001");
    for (int b = 0; b < BINS; b++)
        printf("%.2f,%d,%d,%d,%d,%d,%d,%d,%d\n", 0.02 * (b - HALF), count[0][b], count[1][b], count[2][b],
               count[3][b], zeros[0], zeros[1], zeros[2], zeros[3]);
    return 0;
}
