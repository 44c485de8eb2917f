/* data_made.h - made-up IDX files and data sets for tests. */
#ifndef RUNGS_DATA_MADE_H
#define RUNGS_DATA_MADE_H

#include <stddef.h>
#include <stdint.h>

#include "../train/data.h"

/* The bytes of an IDX file of that rank (3 images, 1 labels) with count entries of rows x cols
 * (1x1 for labels), labels below 10; images of a class have their own bright pixels.
 * Allocated; *bytes says how long. */
unsigned char *made_idx(int rank, int count, int rows, int cols, uint64_t seed, size_t *bytes);

/* Writes bytes to a file, packed by gzip if the name ends with .gz. Ends the program if that fails. */
void made_file(const char *path, const unsigned char *bytes, size_t n);

/* Writes the four files of a data set into a folder, which is made: the training files
 * packed, the others plain. */
void made_set(const char *folder, int train, int test, int rows, int cols);

/* The bytes of a CIFAR file with count records of that many label bytes: record k has the labels
 * (seed + k) % classes, of two the last, and random pixels, of which those of the class are bright. */
unsigned char *made_cifar(int label_bytes, int count, int classes, uint64_t seed, size_t *bytes);

/* Writes all files of a CIFAR set into a folder, which is made: each file to train on has `train` images, and
 * is packed, that to test with has `test`, and is plain. */
void made_cifar_set(const struct data_set *set, const char *folder, int train, int test);

#endif
