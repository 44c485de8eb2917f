/* story.c - one weight's story: how far each optimizer of the page optimizers.md moves it, in units of
 * the rate, when its gradient is 1 for 40 steps, then once 20, then 1 again, and from step 81 on 0.1.
 * CSV on stdout.
 */
#include <stdio.h>

#define NUMBER     double
#define STEP(name) name##_f64
#include "optimizers.h"

static double gradient(int t)
{
    return t == 41 ? 20 : t <= 80 ? 1 : 0.1;
}

int main(void)
{
    static double state[OPTIMIZERS][STATES];
    enum { LAST = 160 };
    printf("step");
    for (int i = 0; i < OPTIMIZERS; i++) printf(",%s", optimizers[i].name);
    putchar('\n');
    for (int t = 1; t <= LAST; t++) {
        const double dw = gradient(t);
        printf("%d", t);
        for (int i = 0; i < OPTIMIZERS; i++) {
            double w = 0, *const kept[STATES] = { &state[i][0], &state[i][1], &state[i][2] };
            optimizers[i].step(1, &dw, &w, kept, 1, (uint64_t)t);
            printf(",%.6g", -w + 0);
        }
        putchar('\n');
    }
    return 0;
}
