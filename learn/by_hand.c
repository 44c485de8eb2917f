/* by_hand.c - exercise 1.2: a network of two inputs, two hidden neurons and one output, every number by the
 * reference.
 *
 *   x (1,2) -> z (1,2) -> a = max(0, z) (1,2) -> y (1,1) -> L = (y - t)^2
 */
#include "learn.h"

enum { N = 1, IN = 2, HID = 2, OUT = 1 };

const double by_hand_numbers[BY_HAND_NUMBERS] = { 0.5, -0.25, 0.25, 0.5, 0.1, -0.2, -0.5, 1, 0.3, 1, 2, 0.5 };

void by_hand_compute(const double in[BY_HAND_NUMBERS], struct by_hand *h)
{
    const double *w1 = in, *b1 = in + 4, *w2 = in + 6, *b2 = in + 8, *x = in + 9, *t = in + 11, one = 1;
    double z[N * HID], dz[N * HID];
    dense_forward_f64(N, IN, HID, x, w1, b1, z);
    relu_forward_f64(N * HID, z, h->a);
    dense_forward_f64(N, HID, OUT, h->a, w2, b2, h->y);
    mse_forward_f64(N * OUT, h->y, t, &h->L, REDUCE_MEAN);
    mse_backward_f64(N * OUT, h->y, t, &one, h->dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, HID, OUT, h->a, h->dy, h->dw2, h->db2);
    dense_backward_dx_f64(N, HID, OUT, w2, h->dy, h->da);
    relu_backward_f64(N * HID, h->a, h->da, dz);
    dense_backward_dw_f64(N, IN, HID, x, dz, h->dw1, h->db1);
}

const struct answer *by_hand_answers(void)
{
    const double *w1 = by_hand_numbers, *b1 = w1 + 4, *b2 = w1 + 8, *x = w1 + 9, *t = w1 + 11;
    struct by_hand h;
    by_hand_compute(by_hand_numbers, &h);
    const double *a = h.a, *y = h.y, *dy = h.dy, *da = h.da, *dw1 = h.dw1, *dw2 = h.dw2, L = h.L;
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
