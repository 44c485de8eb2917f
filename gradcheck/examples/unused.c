/* unused.c - a filter of five weights whose loops end at four: the gradient belongs to the forward, and
 * both are wrong. smooth_plainly is the filter written another way, as an oracle. */
#include <stddef.h>

enum { TAPS = 5, USED = 4 /* should be TAPS */, SIGNAL = 12, OUT = SIGNAL - TAPS + 1 };

static const double signal[SIGNAL] = { 0.2, 0.9, -0.4, 1.3, 0.7, -1.1, 0.5, 0.8, -0.6, 0.1, 1.2, -0.3 };

double smooth(const double *w, size_t n, void *ctx)
{
    double loss = 0;
    (void)n, (void)ctx;
    for (int i = 0; i < OUT; i++) {
        double y = 0;
        for (int k = 0; k < USED; k++) y += w[k] * signal[i + k];
        loss += y * y / 2;
    }
    return loss;
}

void smooth_grad(const double *w, size_t n, double *g, void *ctx)
{
    (void)ctx;
    for (size_t k = 0; k < n; k++) g[k] = 0;
    for (int i = 0; i < OUT; i++) {
        double y = 0;
        for (int k = 0; k < USED; k++) y += w[k] * signal[i + k];
        for (int k = 0; k < USED; k++) g[k] += y * signal[i + k];
    }
}

double smooth_plainly(const double *w, size_t n, void *ctx)
{
    double loss = 0;
    (void)n, (void)ctx;
    for (int i = 0; i < OUT; i++) {
        const double *s = signal + i;
        double y = w[0] * s[0] + w[1] * s[1] + w[2] * s[2] + w[3] * s[3] + w[4] * s[4];
        loss += y * y / 2;
    }
    return loss;
}
