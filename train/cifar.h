/* cifar.h - files of the CIFAR sets in their binary form: images of 32 x 32 pixels in red, green and blue.
 *
 *   label, 1 byte (CIFAR-100: 2, the coarse and then the fine one) | 32 x 32 red | as many green | blue
 *
 * and so on: a file is as many such records as it has, without a header. (Krizhevsky, "Learning multiple
 * layers of features from tiny images", 2009; https://www.cs.toronto.edu/~kriz/cifar.html)
 */
#ifndef RUNGS_CIFAR_H
#define RUNGS_CIFAR_H

#include "sha256.h"
#include "tar.h"

enum { CIFAR_SIDE = 32, CIFAR_CHANNELS = 3, CIFAR_PIXELS = CIFAR_CHANNELS * CIFAR_SIDE * CIFAR_SIDE };

struct cifar {
    int n;
    unsigned char *image; /* (n, 3, 32, 32) */
    unsigned char *label; /* (n): the fine ones */
    char sha256[SHA256_TEXT];
};

/* Reads a whole file, or, if member is not NULL, that member of a tar archive. name: for sentences. 0 and a
 * sentence if it holds no whole records, or a label that is not below classes: *c is then all zero. */
int cifar_read(struct source *s, struct tar_member *member, const char *name, int label_bytes, int classes,
               struct cifar *c, char *error);
void cifar_free(struct cifar *c);

/* Appends the images of `more` and frees them. 0 and a sentence if they are too many. */
int cifar_join(struct cifar *c, struct cifar *more, char *error);

#endif
