/* paths_csv.h - the walks of paths.h as CSV. */
#include "paths.h"

/* CSV on stdout: the paths of all kinds, each at its best rate and mu */
static int print_paths(const struct valley *l, int steps)
{
    struct walker k[KINDS];
    for (int i = 0; i < KINDS; i++) {
        double rate = 0, mu = 0;
        fewest_steps(l, (enum kind)i, &rate, &mu);
        k[i] = at_start(l, (enum kind)i, rate, mu);
    }
    puts("step,sgd_x,sgd_y,heavy_x,heavy_y,nesterov_x,nesterov_y,adam_x,adam_y");
    for (int t = 0; t <= steps; t++) {
        printf("%d", t);
        for (int i = 0; i < KINDS; i++) {
            if (t) step(l, &k[i], t);
            printf(",%.5f,%.5f", k[i].w[0] + 0, k[i].w[1] + 0);
        }
        putchar('\n');
    }
    return 0;
}
