/* free.c - the numbers of the page schedule_free.md, section "By hand": three steps of schedule-free
 * descent on L = w^2 / 2 from 4, at the rate 0.5. */
#include <stdio.h>

int main(void)
{
    const double rate = 0.5, beta = 0.9;
    double z = 4, x = 4, y = 4;
    puts("schedule-free descent, rate 0.5, beta 0.9");
    for (int t = 1; t <= 3; t++) {
        double g = y, c = 1.0 / t;
        z -= rate * g;
        x = (1 - c) * x + c * z;
        y = beta * x + (1 - beta) * z;
        printf("  step %d      g %8.4f   z %8.4f   x %8.4f   y %8.4f\n", t, g, z, x, y);
    }
    return 0;
}
