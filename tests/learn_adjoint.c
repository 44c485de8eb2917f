/* learn_adjoint.c - the dot test of 7.2 alone: right backwards of a convolution pass it, and no wrong one of
 * the list does, though no derivative is measured. */
#include <stdio.h>
#include <string.h>

#include "../base/error.h"
#include "../learn/property.h"

static const struct mistake *called; /* NULL: ours */

static void call(const struct op *op, const int *size, void *const *buf)
{
    op_call(op, called ? called->run : op->cpu->run, size, buf);
}

int main(void)
{
    static const char *const names[] = { "conv2d_backward_dx", "conv2d_backward_dw" };
    int failed = 0, rejected = 0;
    for (int i = 0; i < 2; i++) {
        char error[ERROR_TEXT] = "";
        const struct op *op = exercise_op_find(names[i]);
        called = NULL;
        if (!convolution_adjoint(op, call, error))
            printf("FAIL: %s, ours: %s\n", names[i], error), failed = 1;
        for (called = mistakes; called->op; called++) {
            if (strcmp(called->op, names[i]) != 0) continue;
            rejected++;
            if (!convolution_adjoint(op, call, error)) continue;
            printf("FAIL: %s \"%s\" passes\n", names[i], called->name);
            failed = 1;
        }
    }
    if (rejected < 14) printf("FAIL: there are only %d wrong ones\n", rejected), failed = 1;
    return failed;
}
