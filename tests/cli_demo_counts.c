/* cli_demo_counts.c - counted from the table of operations: the rungs that run here, those that do
 * not, the backwards, and the operations with two rungs here or more: the ladders. */
#include <stdio.h>

#include "../optimized/op.h"

int main(void)
{
    int here = 0, lacking = 0, backwards = 0, ladders = 0;
    for (const struct op *const *op = ops; *op; op++) {
        int before = here, times = 1; /* with its own parameters, and with each set */
        while ((*op)->sets && (*op)->sets[times - 1]) times++;
        for (const struct rung *r = (*op)->cpu; r->name; r++)
            *(rung_lacks(r->needs) ? &lacking : &here) += times;
        ladders += here - before >= 2 * times;
        if ((*op)->forward) backwards += times;
    }
    printf("%d %d %d %d\n", here, lacking, backwards, ladders);
    return 0;
}
