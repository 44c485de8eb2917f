/* cost.c - what an optimizer's step costs for each weight, counted from the operations' own
 * descriptions: bytes that it keeps between steps, bytes of memory that it reads and writes, operations
 * of its formula. */
#include <stdio.h>
#include "../../optimized/op.h"

static const char *const names[] = { "sgd_step",     "momentum_step", "lion_step",         "rmsprop_step",
                                     "adagrad_step", "adadelta_step", "adam_step",         "adamw_step",
                                     "nadam_step",   "amsgrad_step",  "schedule_free_step" };

int main(void)
{
    const int one[MAX_SIZES] = { 1 };
    puts("per weight          kept   read and written   operations");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct op *op = op_find(names[i]);
        int kept = 0;
        for (int a = 0; a < op->narg; a++) kept += op->arg[a].access == ARG_INOUT;
        printf("  %-18s %2d bytes         %2.0f bytes       %2.0f\n", op->name, 4 * (kept - 1),
               op_bytes(op, one), op->flops(one));
    }
    return 0;
}
