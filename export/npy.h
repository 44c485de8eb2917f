/* npy.h - arrays in NumPy's format 1.0: a header, then the numbers as the caller writes them, the lowest byte
 * first. */
#ifndef RUNGS_NPY_H
#define RUNGS_NPY_H

#include <stdio.h>

/* type: "<f4" or "<i4". The numbers begin at a multiple of 64 bytes, as NumPy wants them, so that they can be
 * mapped. */
void npy_header(FILE *out, const char *type, int dims, const int *dim);

/* n whole numbers; named_write (named.h) writes floats */
void npy_ints(FILE *out, const int *x, size_t n);

#endif
