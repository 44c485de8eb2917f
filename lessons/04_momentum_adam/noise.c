/* noise.c - CSV: the loss of four ways to step in noisy gradients (noisy.h), after so many steps: lowest,
 * median and highest of five seeds. */
#include "../spread.h"
#include "noisy.h"

#include <stdlib.h>

enum { SEEDS = 5, MARKS = 24 };

/* 1, 2, 3, 4, 6, 8, 11, 16, ... 4096: powers of the square root of 2 */
static int mark(int k)
{
    return k == 0 ? 1 : (int)floor(pow(2, (k + 1) / 2.0) + 0.5);
}

int main(void)
{
    static double seen[WAYS][MARKS][SEEDS];
    for (int way = 0; way < WAYS; way++)
        for (int s = 0; s < SEEDS; s++) {
            struct walker p = begin((enum way)way);
            for (int t = 1, k = 0; t <= STEPS; t++) {
                step(&p, (uint64_t)s + 1, t);
                if (k < MARKS && t == mark(k)) seen[way][k++][s] = loss(&p);
            }
        }
    printf("steps");
    for (int way = 0; way < WAYS; way++) {
        static const char *const names[] = { "constant", "averaged", "schedule_free", "decaying" };
        printf(",%s_low,%s,%s_high", names[way], names[way], names[way]);
    }
    putchar('\n');
    for (int k = 0; k < MARKS; k++) {
        printf("%d", mark(k));
        for (int way = 0; way < WAYS; way++) {
            double *five = seen[way][k];
            spread_sort(SEEDS, five);
            printf(",%.3g,%.3g,%.3g", five[0], five[SEEDS / 2], five[SEEDS - 1]);
        }
        putchar('\n');
    }
    return 0;
}
