/* unstable.c - softmax and logarithm one after the other, and as one: what each makes of large logits.
 *
 * Three logits (x, 0, 0). The label is the first class, whose probability is nearly 1, or the second, whose
 * probability is nearly 0. Versions:
 *   naive      p = exp(z) / sum exp(z), loss = -log p
 *   two steps  the same, the largest logit taken off first
 *   fused      the library's: log of the sum, minus the label's logit
 * The truth is log1p(2 exp(-x)), plus x for the second class, in double. The first two
 * versions are wrong on purpose.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { C = 3 };

static float naive(const float *z, int label)
{
    float sum = 0;
    for (int c = 0; c < C; c++) sum += expf(z[c]);
    return -logf(expf(z[label]) / sum);
}

static double naive_double(const float *z, int label)
{
    double sum = 0;
    for (int c = 0; c < C; c++) sum += exp((double)z[c]);
    return -log(exp((double)z[label]) / sum);
}

static float two_steps(const float *z, int label)
{
    float p[C];
    softmax_forward_f32(1, C, z, p);
    return -logf(p[label]);
}

static float fused(const float *z, int label)
{
    float loss;
    xent_forward_f32(1, C, z, &label, &loss, 0, REDUCE_MEAN);
    return loss;
}

static void show(double value)
{
    if (isnan(value)) /* its sign differs between machines */
        printf(" %12s", "nan");
    else
        printf(" %12.6g", value + 0); /* -0 is 0 */
}

int main(void)
{
    static const float logit[] = { 10, 15, 50, 89, 100, 1000 };
    static const char *const of[] = { "first", "second" };
    printf("  %-6s %6s %12s %12s %12s %12s %12s\n", "label", "x", "naive double", "naive float", "two steps",
           "fused", "true");
    for (int label = 0; label < 2; label++)
        for (size_t k = 0; k < sizeof logit / sizeof *logit; k++) {
            const float z[C] = { logit[k], 0, 0 };
            double x = (double)logit[k];
            printf("  %-6s %6g", of[label], x);
            show(naive_double(z, label)), show((double)naive(z, label));
            show((double)two_steps(z, label)), show((double)fused(z, label));
            show(log1p(2 * exp(-x)) + (label ? x : 0));
            putchar('\n');
        }
    return 0;
}
