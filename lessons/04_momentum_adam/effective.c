/* effective.c - how far does Adam move a weight, in units of the rate? The network of clothes.h, seed 1, rate
 * 0.001. CSV on stdout: at step t quantiles of |w' - w| / rate = |m hat| / (sqrt(v hat) + eps), over the
 * weights whose gradient was ever other than 0; and the loss of all training images before that step.
 */
#include "clothes.h"

enum { QUANTILES = 5 };
static const double rate = 0.001, quantile[QUANTILES] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

static int ascending(const void *p, const void *q)
{
    float left = *(const float *)p, right = *(const float *)q;
    return (left > right) - (left < right);
}

/* 1, 2, 3, 4, 6, 8, 11, 16, ... */
static int mark(int k)
{
    return k < 1 ? 1 : (int)floor(pow(2, (k + 1) / 2.0) + 0.5);
}

int main(void)
{
    int code = load_clothes("effective");
    if (code != LOADED) return code;
    float *before = memory_need(net.params, sizeof *before), *step = memory_need(net.params, sizeof *step);
    begin(1);
    puts("step,p05,p25,p50,p75,p95,loss");
    for (int t = 1, k = 0; t <= STEPS; t++) {
        int shown = t == mark(k) || t == STEPS;
        double loss = shown ? measure(&clothes.train, TRAIN).loss : 0;
        (void)gradient(1, t);
        memcpy(before, net.param, net.params * sizeof *before);
        adam((int)net.params, net.dparam, net.param, state, rate, (uint64_t)t);
        if (!shown) continue;
        size_t n = 0;
        for (size_t i = 0; i < net.params; i++)
            if (state[1][i] > 0) step[n++] = fabsf(net.param[i] - before[i]) / (float)rate;
        qsort(step, n, sizeof *step, ascending);
        printf("%d", t);
        for (int q = 0; q < QUANTILES; q++)
            printf(",%.3f", (double)step[(size_t)((double)(n - 1) * quantile[q])]);
        printf(",%.4f", loss);
        putchar('\n');
        while (mark(k) <= t) k++;
    }
    free(before), free(step);
    leave_clothes();
    return 0;
}
