/* cli_demo_counts.c - counted from the table of operations: the rungs that run here, those that do
 * not, and the backwards. */
#include <stdio.h>

#include "../optimized/op.h"

int main(void)
{
    int here = 0, lacking = 0, backwards = 0;
    for (const struct op *const *op = ops; *op; op++) {
        int times = 1; /* with its own parameters, and with each set */
        while ((*op)->sets && (*op)->sets[times - 1]) times++;
        for (const struct rung *r = (*op)->cpu; r->name; r++)
            *(rung_lacks(r->needs) ? &lacking : &here) += times;
        if ((*op)->forward) backwards += times;
    }
    printf("%d %d %d\n", here, lacking, backwards);
    return 0;
}
