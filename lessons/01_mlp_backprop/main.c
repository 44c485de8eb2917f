/* main.c - the network of the section "By hand": two inputs, two hidden neurons, one output; every number.
 *
 *   x (1,2) -> z (1,2) -> a = sigmoid(z) (1,2) -> y (1,1) -> L = (y - t)^2
 *
 * cc main.c librungs_reference.a -lm compiles it on its own.
 */
#include <stdio.h>
#include "../../reference/reference.h"

enum { N = 1, IN = 2, HID = 2, OUT = 1 };

static const double x[N * IN] = { 2, -1 }, t[N * OUT] = { 1 }, lr = 0.1;
static double w1[HID * IN] = { 0.5, 1.5, 1, -0.25 }, b1[HID] = { -0.5, -0.25 };
static double w2[OUT * HID] = { 1.5, -0.75 }, b2[OUT] = { 0.5 };
static double z[N * HID], a[N * HID], y[N * OUT], L;
static double dy[N * OUT], dw2[OUT * HID], db2[OUT], da[N * HID], dz[N * HID], dw1[HID * IN], db1[HID];

static void show(const char *name, int n, const double *v)
{
    printf("  %-4s", name);
    for (int k = 0; k < n; k++) printf(" %8.4f", v[k]);
    putchar('\n');
}

static void forward(void)
{
    dense_forward_f64(N, IN, HID, x, w1, b1, z);
    sigmoid_forward_f64(N * HID, z, a);
    dense_forward_f64(N, HID, OUT, a, w2, b2, y);
    mse_forward_f64(N * OUT, y, t, &L, REDUCE_MEAN);
}

static void backward(void)
{
    const double one = 1; /* dL/dL */
    mse_backward_f64(N * OUT, y, t, &one, dy, REDUCE_MEAN);
    dense_backward_dw_f64(N, HID, OUT, a, dy, dw2, db2);
    dense_backward_dx_f64(N, HID, OUT, w2, dy, da);
    sigmoid_backward_f64(N * HID, a, da, dz);
    dense_backward_dw_f64(N, IN, HID, x, dz, dw1, db1);
}

static void update(void)
{
    sgd_step_f64(HID * IN, dw1, w1, lr);
    sgd_step_f64(HID, db1, b1, lr);
    sgd_step_f64(OUT * HID, dw2, w2, lr);
    sgd_step_f64(OUT, db2, b2, lr);
}

int main(void)
{
    puts("given");
    show("x", N * IN, x), show("t", N * OUT, t), show("lr", 1, &lr);
    show("w1", HID * IN, w1), show("b1", HID, b1), show("w2", OUT * HID, w2), show("b2", OUT, b2);
    puts("forward");
    forward();
    show("z", N * HID, z), show("a", N * HID, a), show("y", N * OUT, y), show("L", 1, &L);
    puts("backward");
    backward();
    show("dy", N * OUT, dy), show("dw2", OUT * HID, dw2), show("db2", OUT, db2);
    show("da", N * HID, da), show("dz", N * HID, dz), show("dw1", HID * IN, dw1), show("db1", HID, db1);
    puts("update");
    update();
    show("w1", HID * IN, w1), show("b1", HID, b1), show("w2", OUT * HID, w2), show("b2", OUT, b2);
    puts("forward again");
    forward();
    show("z", N * HID, z), show("a", N * HID, a), show("y", N * OUT, y), show("L", 1, &L);
    return 0;
}
