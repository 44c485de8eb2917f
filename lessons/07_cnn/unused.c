/* unused.c - a forward pass that is wrong, with the gradient that belongs to it: a gradient check passes,
 * and a known answer does not.
 *
 *   x (1,1,5,5), w (1,1,3,3), padded by 1 -> y (1,1,5,5)
 *
 * The forward clips the window's rows at the top edge once for the whole image instead of once a row: it
 * never uses the kernel's first row. Its backward is the exact derivative of that.
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/philox.h"
#include "../../reference/reference.h"

enum { SIDE = 5, POINTS = SIDE * SIDE };

/* the reference, with a kernel whose first row counts as 0 */
static void forward_wrong(const double *x, const double *w, double *y)
{
    const double none = 0;
    double used[9];
    for (int k = 0; k < 9; k++) used[k] = k < 3 ? 0 : w[k];
    conv2d_forward_f64(1, 1, SIDE, SIDE, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, x, used, &none, y);
}

static void backward_wrong(const double *x, const double *dy, double *dw)
{
    double db;
    conv2d_backward_dw_f64(1, 1, SIDE, SIDE, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, x, dy, dw, &db);
    for (int k = 0; k < 3; k++) dw[k] = 0;
}

static double loss(const double *x, const double *w, const double *c)
{
    double y[POINTS], sum = 0;
    forward_wrong(x, w, y);
    for (int k = 0; k < POINTS; k++) sum += c[k] * y[k];
    return sum;
}

int main(void)
{
    double x[POINTS], c[POINTS], w[9], dw[9], y[POINTS], worst = 0, h = 1e-5;
    float random[2 * POINTS + 9];
    int zeros = 0, wrong = 0;
    philox_uniform(1, 2, 2 * POINTS + 9, -1, 1, random);
    for (int k = 0; k < POINTS; k++) x[k] = (double)random[k], c[k] = (double)random[POINTS + k];
    for (int k = 0; k < 9; k++) w[k] = (double)random[2 * POINTS + k];
    backward_wrong(x, c, dw);
    for (int k = 0; k < 9; k++) {
        double middle = w[k], up, down;
        w[k] = middle + h, up = loss(x, w, c);
        w[k] = middle - h, down = loss(x, w, c);
        w[k] = middle;
        worst = fmax(worst, fabs((up - down) / (2 * h) - dw[k]));
        zeros += dw[k] == 0;
    }
    printf("gradient check: worst difference %.0e: passes\n", worst < 1e-9 ? 1e-9 : worst);
    printf("but %d of 9 weights have a gradient of 0\n", zeros);
    const double corner[9] = { 1 }; /* moves the image down and right */
    forward_wrong(x, corner, y);
    for (int k = 0; k < POINTS; k++) wrong += y[k] != (k % SIDE && k >= SIDE ? x[k - SIDE - 1] : 0);
    printf("known answer: a kernel that moves the image: %d of %d results are wrong\n", wrong, POINTS);
    return 0;
}
