/* by_hand.c - exercise 1.2: a network of two inputs, two hidden neurons and one output, every number by the
 * reference.
 *
 *   x (1,2) -> z (1,2) -> a = max(0, z) (1,2) -> y (1,1) -> L = (y - t)^2
 */
#include "learn.h"

enum { N = 1, IN = 2, HID = 2, OUT = 1 };

const struct answer *by_hand_answers(void)
{
    static const double x[N * IN] = { 1, 2 }, t[N * OUT] = { 0.5 }, one = 1;
    static const double w1[HID * IN] = { 0.5, -0.25, 0.25, 0.5 }, b1[HID] = { 0.1, -0.2 };
    static const double w2[OUT * HID] = { -0.5, 1 }, b2[OUT] = { 0.3 };
    double z[N * HID], a[N * HID], y[N * OUT], L;
    double dy[N * OUT], dw2[OUT * HID], db2[OUT], da[N * HID], dz[N * HID], dw1[HID * IN], db1[HID];
    dense_forward_f64(N, IN, HID, x, w1, b1, z);
    relu_forward_f64(N * HID, z, a);
    dense_forward_f64(N, HID, OUT, a, w2, b2, y);
    mse_forward_f64(N * OUT, y, t, &L, REDUCE_MEAN);
    mse_backward_f64(N * OUT, y, t, &one, dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, HID, OUT, a, dy, dw2, db2);
    dense_backward_dx_f64(N, HID, OUT, w2, dy, da);
    relu_backward_f64(N * HID, a, da, dz);
    dense_backward_dw_f64(N, IN, HID, x, dz, dw1, db1);
    static struct answer answers[10];
    const struct answer right[] = {
        { "a_1",
          a[0],
          1e-6,
          0,
          { { b1[0] + w1[0] * x[0] + w1[2] * x[1], "neuron 1 with column 1 of w1, not row 1" } } },
        { "a_2",
          a[1],
          1e-6,
          0,
          { { b1[1] + w1[1] * x[0] + w1[3] * x[1], "neuron 2 with column 2 of w1, not row 2" } } },
        { "y", y[0], 1e-6, 0, { { y[0] - b2[0], "y without b2" } } },
        { "L",
          L,
          1e-6,
          0,
          { { L / 2, "half of the square: here L has no 1/2" }, { y[0] - t[0], "y - t, not its square" } } },
        { "dy", dy[0], 1e-6, 0, { { dy[0] / 2, "y - t: the square's slope is twice as much" } } },
        { "dw2_2", dw2[1], 1e-6, 0, { { dy[0] * a[0], "dy times a_1: that is dw2_1" } } },
        { "da_2", da[1], 1e-6, 0, { { dy[0] * a[1], "dy times a_2: that is dw2_2" }, { da[0], "da_1" } } },
        { "dw1_12",
          dw1[1],
          1e-6,
          0,
          { { dw1[0], "dw1_11, for input 1" }, { dw1[2], "dw1_21, of neuron 2" } } },
        { "dw1_22",
          dw1[3],
          1e-6,
          0,
          { { dw1[2], "dw1_21, for input 1" }, { dw1[1], "dw1_12, of neuron 1" } } },
        { 0 },
    };
    for (size_t k = 0; k < sizeof right / sizeof *right; k++) answers[k] = right[k];
    return answers;
}
