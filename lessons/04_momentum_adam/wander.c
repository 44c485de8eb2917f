/* wander.c - CSV: where three ways to step in noisy gradients (noisy.h) are at each of 60 steps: z of a
 * constant rate, and z and x of schedule-free descent, in the same noise. */
#include "noisy.h"

int main(void)
{
    struct walker plain = begin(CONSTANT), averaging = begin(SCHEDULE_FREE);
    puts("steps,constant_x,constant_y,z_x,z_y,x_x,x_y");
    for (int t = 0; t <= 60; t++) {
        if (t) step(&plain, 3, t), step(&averaging, 3, t);
        printf("%d,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f\n", t, plain.z[0], plain.z[1], averaging.z[0],
               averaging.z[1], averaging.x[0], averaging.x[1]);
    }
    return 0;
}
