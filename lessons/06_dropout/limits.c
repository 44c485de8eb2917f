/* limits.c - dropout with p = 1 and with p = 0: what the rule of each framework makes of 1, infinity and NaN,
 * all of them dropped, or all of them kept. */
#include <math.h>
#include <stdio.h>
#include "../../reference/reference.h"

enum { n = 3 };

static const float x[n] = { 1, INFINITY, NAN };

static void show(const char *rule, const float *y)
{
    printf("  %-34s", rule);
    for (int k = 0; k < n; k++)
        if (isnan(y[k])) /* its sign differs between machines */
            printf(" %8s", "nan");
        else
            printf(" %8.4g", (double)y[k]);
    putchar('\n');
}

/* of mask 0 or 1 everywhere */
static void rules(float mask, float p)
{
    float y[n];
    for (int k = 0; k < n; k++) y[k] = x[k] * mask / (1 - p);
    show("x mask / (1 - p)", y);
    for (int k = 0; k < n; k++) y[k] = x[k] * (p < 1 ? mask / (1 - p) : 0);
    show("x times a scaled mask, 0 if p = 1", y);
    for (int k = 0; k < n; k++) y[k] = mask != 0 ? x[k] / (1 - p) : 0;
    show("x / (1 - p) where kept, else 0", y);
}

int main(void)
{
    float y[n];
    uint32_t mask;
    show("x", x);
    puts("p = 1, all dropped");
    rules(0, 1);
    dropout_forward_f32(n, x, y, &mask, 1, 1);
    show("Rungs", y);
    puts("p = 0, all kept");
    rules(1, 0);
    dropout_forward_f32(n, x, y, &mask, 0, 1);
    show("Rungs", y);
    return 0;
}
