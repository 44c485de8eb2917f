/* prototype.h - the signature of an operation, for a kernel from outside (with.h). */
#ifndef RUNGS_PROTOTYPE_H
#define RUNGS_PROTOTYPE_H

#include <stdio.h>

#include "../optimized/op.h"

/* Writes a file of C, or CUDA C++, that compiles: what the function gets, and its
 * definition, which does nothing. */
void prototype_write(FILE *f, const struct op *op, int is_cuda);

/* Writes a call of it at a shape, with the operation's own scalars; argument a is argument[a]. */
void prototype_call(FILE *f, const struct op *op, const int *size);

/* Writes its declaration alone, with `real` (the name of a type) in the place of float. */
void prototype_declare(FILE *f, const struct op *op, const char *real);

#endif
