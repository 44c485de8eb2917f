/* clothes.c - the experiment of lesson 4: one variable, the optimizer, each at every rate of a sweep,
 * five seeds for each. CSV on stdout: lowest, median and highest loss of the 5120 images after training;
 * the same of the share that is right of 2000 others; and the way there, the mean loss of each 40
 * batches, median over the seeds. Takes minutes; `./rungs lesson 4 clothes` made clothes.csv.
 */
#include "clothes.h"
#include "sweep.h"

static void move(const void *how, double rate, uint64_t t)
{
    const struct optimizer *o = how;
    o->step((int)net.params, net.dparam, net.param, state, rate, t);
}

int main(void)
{
    int code = load_clothes("clothes");
    if (code != LOADED) return code;
    sweep_header();
    for (int i = 0; i < OPTIMIZERS; i++) sweep_rows(optimizers[i].name, move, &optimizers[i], -8, 2);
    leave_clothes();
    return 0;
}
