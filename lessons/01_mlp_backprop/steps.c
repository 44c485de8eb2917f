/* steps.c - how wrong is a numerical gradient, for each step h? CSV on stdout.
 *
 * The gradient of a 6-5-4-3 perceptron's loss by its weights, with random inputs, by four methods:
 *   forward   (L(w + h) - L(w)) / h           in double
 *   central   (L(w + h) - L(w - h)) / 2h      in double
 *   central32 the same                        in float
 *   complex   Im L(w + ih) / h
 * against mlp_backward in double. The number is the largest error over all weights and ten draws, as a
 * fraction of the largest gradient; never below 2^-53, since a chart with a logarithmic axis has no zero.
 */
#include <complex.h>
#undef I
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { LAYERS = 3, N = 7, PARAMS = 5 * 7 + 4 * 6 + 3 * 5, NEURONS = 5 + 4 + 3, CLASSES = 3, DRAWS = 10 };
enum { FORWARD, CENTRAL, CENTRAL32, COMPLEX, METHODS };

static const int size[LAYERS + 1] = { 6, 5, 4, CLASSES };
static float param32[PARAMS], x32[N * 6];
static double param[PARAMS], x[N * 6];
static double _Complex paramc[PARAMS], xc[N * 6];
static int label[N];

static void draw(int seed)
{
    philox_uniform((uint64_t)seed, 0, PARAMS, -1, 1, param32);
    philox_uniform((uint64_t)seed, 1, N * 6, -1, 1, x32);
    for (int k = 0; k < PARAMS; k++) paramc[k] = param[k] = (double)param32[k];
    for (int k = 0; k < N * 6; k++) xc[k] = x[k] = (double)x32[k];
    for (int n = 0; n < N; n++) label[n] = (int)(philox_word((uint64_t)seed, 2, (uint64_t)n) % CLASSES);
}

static double loss(void)
{
    double act[N * NEURONS], p[N * CLASSES], L;
    mlp_forward_f64(LAYERS, size, N, param, x, label, act, p, &L);
    return L;
}

static double loss_at(int k, double step)
{
    double kept = param[k];
    param[k] += step;
    double L = loss();
    param[k] = kept;
    return L;
}

static float loss32_at(int k, float step)
{
    float act[N * NEURONS], p[N * CLASSES], L, kept = param32[k];
    param32[k] += step;
    mlp_forward_f32(LAYERS, size, N, param32, x32, label, act, p, &L);
    param32[k] = kept;
    return L;
}

static double complex_slope(int k, double h)
{
    double _Complex act[N * NEURONS], p[N * CLASSES], L, kept = paramc[k];
    paramc[k] = CMPLX(creal(kept), h);
    mlp_forward_cplx(LAYERS, size, N, paramc, xc, label, act, p, &L);
    paramc[k] = kept;
    return cimag(L) / h;
}

static void gradient(double *g)
{
    double act[N * NEURONS], dact[N * NEURONS], p[N * CLASSES], L;
    mlp_forward_f64(LAYERS, size, N, param, x, label, act, p, &L);
    mlp_backward_f64(LAYERS, size, N, param, x, label, act, p, dact, g);
}

/* raises worst[method] to this draw's error at step h */
static void errors_at(double h, double *worst)
{
    double g[PARAMS], largest = 0;
    float h32 = (float)h;
    gradient(g);
    for (int k = 0; k < PARAMS; k++) largest = fmax(largest, fabs(g[k]));
    for (int k = 0; k < PARAMS; k++) {
        double slope[METHODS];
        slope[FORWARD] = (loss_at(k, h) - loss()) / h;
        slope[CENTRAL] = (loss_at(k, h) - loss_at(k, -h)) / (2 * h);
        slope[CENTRAL32] = (double)((loss32_at(k, h32) - loss32_at(k, -h32)) / (2 * h32));
        slope[COMPLEX] = complex_slope(k, h);
        for (int m = 0; m < METHODS; m++) worst[m] = fmax(worst[m], fabs(slope[m] - g[k]) / largest);
    }
}

int main(void)
{
    puts("h,forward,central,central32,complex");
    for (int digits = 1; digits <= 15; digits++) {
        double h = pow(10, -digits), worst[METHODS] = { 0x1p-53, 0x1p-53, 0x1p-53, 0x1p-53 };
        for (int seed = 1; seed <= DRAWS; seed++) {
            draw(seed);
            errors_at(h, worst);
        }
        printf("%.0e,%.1e,%.1e,%.1e,%.1e\n", h, worst[FORWARD], worst[CENTRAL], worst[CENTRAL32],
               worst[COMPLEX]);
    }
    return 0;
}
