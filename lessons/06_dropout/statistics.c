/* statistics.c - the numbers of batch_norm.md: three numbers of one channel, forward and back;
 * two, of which no gradient comes back; what is kept for evaluation, by the rules of two
 * frameworks; and numbers far from 0.
 *
 *   x (M) -> mean, var, z (M), y (M)      dy (M) -> dx (M), dgamma, dbeta      gamma = 3, beta = 0.5, eps = 0
 */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { MOST = 3 };

static const double gain = 3, beta = 0.5;

static void show(const char *name, int count, const double *v)
{
    printf("  %-24s", name);
    for (int k = 0; k < count; k++) printf(" %8.4f", fabs(v[k]) < 1e-12 ? 0 : v[k]); /* what cancels */
    putchar('\n');
}

static void there_and_back(int M, const double *x, const double *dy)
{
    const double one = 1, none = 0;
    double z[MOST], y[MOST], dx[MOST], mean, var, dgamma, dbeta;
    batch_norm_forward_f64(M, 1, 1, x, &one, &none, z, &mean, &var, 0);
    batch_norm_eval_f64(M, 1, 1, x, &gain, &beta, &mean, &var, y, 0);
    batch_norm_backward_f64(M, 1, 1, x, &gain, &mean, &var, dy, dx, &dgamma, &dbeta, 0);
    show("x", M, x), show("mean", 1, &mean), show("var", 1, &var), show("z", M, z), show("y", M, y);
    show("dy", M, dy), show("dbeta", 1, &dbeta), show("dgamma", 1, &dgamma), show("dx", M, dx);
}

/* of the batch 0, 2, momentum 1/2, from 0 and 1 */
static void kept(uint64_t unbiased, const char *name)
{
    const double mean = 1, var = 1;
    double running[2] = { 0, 1 };
    batch_norm_update_f64(1, &mean, &var, &running[0], &running[1], 0.5, 2, unbiased);
    show(name, 2, running);
}

/* all in float */
static void far_from_0(void)
{
    const float x[2] = { 9999, 10001 }, one = 1, none = 0;
    float y[2], mean, var, square = 0;
    batch_norm_forward_f32(2, 1, 1, x, &one, &none, y, &mean, &var, 1e-5);
    for (int k = 0; k < 2; k++) square += x[k] * x[k] / 2;
    double in_two = (double)var, in_one = (double)(square - mean * mean), z = (double)y[0];
    show("var in two passes", 1, &in_two), show("z of 9999", 1, &z), show("var in one pass", 1, &in_one);
}

int main(void)
{
    const double three[] = { 0, 2, 4 }, up3[] = { 1, 0, 0 }, two[] = { 0, 2 }, up2[] = { 0.1, 0.2 };
    puts("three numbers");
    there_and_back(3, three, up3);
    puts("two numbers");
    there_and_back(2, two, up2);
    puts("running mean and variance, after one step with 0, 2");
    kept(1, "unbiased");
    kept(0, "biased");
    puts("9999 and 10001, in float");
    far_from_0();
    return 0;
}
