/* site_models.c - what the interactive figures of the site compute; see site_models.h. */
#include "site_models.h"

#include <math.h>

#include "../reference/muon.h"
#include "../reference/reference.h"
#include "explain_page.h"

void model_network(const double in[NETWORK_IN], double out[NETWORK_OUT])
{
    enum { N = 1, IN = 2, HID = 2, OUT = 1 };
    const double *w1 = in, *b1 = in + 4, *w2 = in + 6, *b2 = in + 8, *x = in + 9, *t = in + 11, one = 1;
    double *dw1 = out + 1, *db1 = out + 5, *dw2 = out + 7, *db2 = out + 9;
    double z[N * HID], a[N * HID], y[N * OUT], dy[N * OUT], da[N * HID], dz[N * HID];
    dense_forward_f64(N, IN, HID, x, w1, b1, z);
    relu_forward_f64(N * HID, z, a);
    dense_forward_f64(N, HID, OUT, a, w2, b2, y);
    mse_forward_f64(N * OUT, y, t, out, REDUCE_MEAN);
    mse_backward_f64(N * OUT, y, t, &one, dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, HID, OUT, a, dy, dw2, db2);
    dense_backward_dx_f64(N, HID, OUT, w2, dy, da);
    relu_backward_f64(N * HID, a, da, dz);
    dense_backward_dw_f64(N, IN, HID, x, dz, dw1, db1);
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
