/* reach.c - how many steps make which singular values 1, by coefficients: from which s on the result is
 * 0.68 or more, up to s = 1, and between which numbers it then lies. s is a share of the matrix's length. */
#include <math.h>
#include <stdio.h>
#include "../../reference/muon.h"

enum { POINTS = 40000 };

static double point(int k)
{
    return pow(10, -6 + 6.0 * k / POINTS);
}

static double after(int coefficients, uint64_t steps, double s)
{
    s /= muon_margin(coefficients);
    for (uint64_t step = 0; step < steps; step++) {
        struct muon_triple p = muon_triple(coefficients, step);
        s *= p.a + s * s * (p.b + s * s * p.c);
    }
    return s;
}

static void row(const char *name, int coefficients, uint64_t steps, double least)
{
    int first = POINTS;
    double low, high;
    while (first > 0 && after(coefficients, steps, point(first - 1)) >= least) first--;
    low = high = after(coefficients, steps, point(first));
    for (int k = first; k <= POINTS; k++) {
        double s = after(coefficients, steps, point(k));
        low = fmin(low, s), high = fmax(high, s);
    }
    printf("  %-10s %2d %11.5f   %.3f to %.3f\n", name, (int)steps, point(first), low, high);
}

int main(void)
{
    static const int steps[] = { 3, 4, 5, 6, 8, 10 };
    puts("  coefficients steps from s  0.68 or more:");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        row("Jordan", MUON_JORDAN, (uint64_t)steps[i], 0.68);
        row("Polar", MUON_POLAR, (uint64_t)steps[i], 0.68);
        row("classical", MUON_CLASSICAL, (uint64_t)steps[i], 0.68);
    }
    return 0;
}
