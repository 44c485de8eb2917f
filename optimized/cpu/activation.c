/* activation.c - the CPU ladders of relu, leaky_relu, sigmoid and tanh: n elements of any shape, forward and derivative.
 *
 * A forward is bound by arithmetic as long as exp comes from libm, which takes one number at a time; with sixteen at
 * a time it nears the bandwidth of the memory, where every backward is from the start.
 */
#include "activation_rungs.h"
#include "exp_portable.h"

/* ---- 01_polynomial: exp and tanh without calls or branches. ----
 *
 * libm's exp is a call for every number. A polynomial and some arithmetic on the exponent's bits are straight code,
 * which the compiler turns into vectors by itself: four numbers an instruction with the SSE2 that every x86-64 has. */

static void sigmoid_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) y[k] = sigmoid_portable(x[k]);
}

static void tanh_polynomial(int n, const float *x, float *y)
{
    for (int k = 0; k < n; k++) {
        float a = magnitude(x[k]), s = x[k] * x[k];
        float e = exp_polynomial(2 * (a > TANH_ONE ? TANH_ONE : a)), large = 1 - 2 / (e + 1);
        float p = TANH_P0 + s * (TANH_P1 + s * (TANH_P2 + s * (TANH_P3 + s * TANH_P4)));
        float small = x[k] + x[k] * s * p;
        y[k] = a < TANH_SPLIT ? small : x[k] < 0 ? -large : large;
    }
}

/* ---- 02_avx2, 03_avx512, 04_threads: see activation_rungs.h. ---- */

FORWARD_RUNS(relu, relu_forward_f32)
BACKWARD_RUNS(relu_backward, relu_backward_f32)
FORWARD_RUNS_WITH(leaky_relu, leaky_relu_forward_f32)
BACKWARD_RUNS_WITH(leaky_relu_backward, leaky_relu_backward_f32)
FORWARD_RUNS(sigmoid, sigmoid_polynomial)
BACKWARD_RUNS(sigmoid_backward, sigmoid_backward_f32)
FORWARD_RUNS(tanh, tanh_polynomial)
BACKWARD_RUNS(tanh_backward, tanh_backward_f32)

/* ---- the ladders ---- */

LADDER(relu_forward, relu);
LADDER(relu_backward, relu_backward);
LADDER(leaky_relu_forward, leaky_relu);
LADDER(leaky_relu_backward, leaky_relu_backward);
LADDER_POLYNOMIAL(sigmoid_forward, sigmoid);
LADDER(sigmoid_backward, sigmoid_backward);
LADDER_POLYNOMIAL(tanh_forward, tanh);
LADDER(tanh_backward, tanh_backward);
