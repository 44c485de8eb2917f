/* newton.c - CSV: what five steps make of a singular value s, by Jordan's, Polar Express's and the classical
 * coefficients; s is a share of the matrix's length. */
#include <math.h>
#include <stdio.h>
#include "../../reference/muon.h"

static double after(int coefficients, double s)
{
    s /= muon_margin(coefficients);
    for (uint64_t step = 0; step < 5; step++) {
        struct muon_triple p = muon_triple(coefficients, step);
        s *= p.a + s * s * (p.b + s * s * p.c);
    }
    return s;
}

int main(void)
{
    enum { POINTS = 1200 };
    puts("s,jordan,polar,classical");
    for (int k = 0; k <= POINTS; k++) {
        double s = pow(10, -4.0 + 4.0 * k / POINTS);
        printf("%.5g,%.4f,%.4f,%.4f\n", s, after(MUON_JORDAN, s), after(MUON_POLAR, s),
               after(MUON_CLASSICAL, s));
    }
    return 0;
}
