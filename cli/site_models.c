/* site_models.c - what the interactive figures of the site compute; see site_models.h. */
#include "site_models.h"

#include <math.h>
#include <string.h>

#include "../learn/learn.h"
#include "../reference/muon.h"
#include "../reference/reference.h"
#include "explain_page.h"

void model_network(const double in[NETWORK_IN], double out[NETWORK_OUT])
{
    struct by_hand h;
    by_hand_compute(in, &h);
    const double all[NETWORK_OUT] = { h.L,      h.dw1[0], h.dw1[1], h.dw1[2], h.dw1[3],
                                      h.db1[0], h.db1[1], h.dw2[0], h.dw2[1], h.db2[0] };
    memcpy(out, all, sizeof all);
}

double model_ravine(double rate, double momentum, int steps)
{
    double w[2] = { 3, 1 }, m[2] = { 0, 0 };
    for (int i = 0; i < steps; i++) {
        const double dw[2] = { w[0], 9 * w[1] };
        momentum_step_f64(2, dw, w, m, rate, momentum, 0, 0);
    }
    return (w[0] * w[0] + 9 * w[1] * w[1]) / 2;
}

double model_singular(double s, int steps)
{
    const double x[4] = { s, 0, 0, sqrt(1 - s * s) }; /* its norm is 1: nothing is divided */
    double y[4];
    newton_schulz_f64(2, 2, x, y, MUON_JORDAN, (uint64_t)steps, 0);
    return y[0];
}

int model_sectors(int stride, int offset, int size, int which[MODEL_LANES])
{
    long at[MODEL_LANES];
    for (int i = 0; i < MODEL_LANES; i++) at[i] = (long)size * (offset + (long)i * stride);
    return explain_sectors(at, which);
}

double model_roof(double peak, double bandwidth, double intensity)
{
    return fmin(peak, bandwidth * intensity);
}
