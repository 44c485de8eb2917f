/* idx.h - files of the MNIST family: an IDX header, then unsigned bytes.
 *
 *   00 00 08 rank | rank sizes, 4 bytes each, most significant first | the elements, row-major
 *
 * Images have rank 3 (count, rows, columns), labels rank 1 (count). Plain or gzip.
 */
#ifndef RUNGS_IDX_H
#define RUNGS_IDX_H

#include <stddef.h>
#include "sha256.h"
#include "source.h"

enum { IDX_LABELS = 1, IDX_IMAGES = 3 };

struct idx {
    int rank;
    int size[3];         /* each >= 1; unused ones are 1           */
    size_t elements;     /* their product                          */
    unsigned char *data; /* free it with idx_free                  */
};

/* Reads a whole file of that rank. 0 and a sentence if it is anything else, or claims more than this
 * machine's memory holds: *idx is then all zero. */
int idx_read(struct source *s, int rank, struct idx *idx, char *error);
int idx_read_file(const char *path, int rank, struct idx *idx, char *error);
void idx_free(struct idx *idx);

/* The SHA-256 of the file that was read, unpacked */
void idx_sha256(const struct idx *idx, char text[SHA256_TEXT]);

/* 1 if all labels are in 0..classes-1, else 0 and a sentence */
int idx_labels_below(const struct idx *labels, int classes, const char *name, char *error);

#endif
