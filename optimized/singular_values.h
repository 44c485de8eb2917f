/* singular_values.h - the singular values of a small matrix, in double. */
#ifndef RUNGS_SINGULAR_VALUES_H
#define RUNGS_SINGULAR_VALUES_H

/* s (k) <- those of x (rows,cols), k = min(rows, cols), largest first, each to some 1e-15 of the largest */
void singular_values(int rows, int cols, const double *x, double *s);

#endif
