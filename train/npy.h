/* npy.h - arrays in NumPy's .npy format, versions 1.0 to 3.0: a header that is the text of a Python
 * dictionary, and the numbers. Arrays of an .npz file are read the same way: see zip.h.
 *
 *     struct source s;  struct npy a;  char error[ERROR_TEXT];
 *     if (!source_open(&s, "x.npy", error) || !npy_read(&s, &a, error)) ...
 *     for (size_t k = 0; k < a.elements; k++) x[k] = (float)npy_number(&a, k);
 *     npy_free(&a);
 *     source_close(&s);
 */
#ifndef RUNGS_NPY_H
#define RUNGS_NPY_H

#include <stddef.h>
#include "source.h"

enum { NPY_DIMS = 8, NPY_SHAPE = 200 };

struct npy {
    char kind; /* 'f' floats, 'i' and 'u' whole numbers with and without a sign, 'b' truths */
    int size;  /* bytes per element: 1, 2, 4, 8; floats 2, 4, 8                             */
    int dims;  /* 0: a single number                                                        */
    size_t dim[NPY_DIMS], elements;
    unsigned char
        *data; /* (elements) in the order of C and the lowest byte first, however the file has them */
};

/* 0 and a sentence if it is no such file, or holds anything but numbers: complex ones, texts, structures,
 * Python's objects. *a is then all zero. The data must end with the array. */
int npy_read(struct source *s, struct npy *a, char *error);
void npy_free(struct npy *a);

/* Element k. Whole numbers of more than 53 bits are rounded. */
double npy_number(const struct npy *a, size_t k);

/* "(10, 784)", "(10)" or "()"; text holds NPY_SHAPE bytes */
const char *npy_shape(const struct npy *a, char *text);

#endif
