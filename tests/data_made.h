/* data_made.h - made-up IDX files and data sets for tests. */
#ifndef RUNGS_DATA_MADE_H
#define RUNGS_DATA_MADE_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of an IDX file of that rank (3 images, 1 labels) with count entries of rows x cols
 * (1x1 for labels), labels below 10; images of a class have their own bright pixels.
 * Allocated; *bytes says how long. */
unsigned char *made_idx(int rank, int count, int rows, int cols, uint64_t seed, size_t *bytes);

/* Writes bytes to a file, packed by gzip if the name ends with .gz. Ends the program if that fails. */
void made_file(const char *path, const unsigned char *bytes, size_t n);

/* Writes the four files of a data set into a folder, which is made: the training files
 * packed, the others plain. */
void made_set(const char *folder, int train, int test, int rows, int cols);

#endif
