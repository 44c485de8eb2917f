/* c_source.h - a trained network as one C file without dependencies: plain loops that any compiler takes, and
 * the parameters in it.
 *
 * int classify(const unsigned char *pixels, float *p);    the class, and p (classes): network_probabilities
 *
 * and a main, unless NO_MAIN is defined, that reads images of raw bytes from standard input and prints the
 * class and the probabilities of each.
 */
#ifndef RUNGS_C_SOURCE_H
#define RUNGS_C_SOURCE_H

#include <stdio.h>

#include "named.h"

/* origin: for the comment, "digits.ckpt, epoch 3". 0 and a sentence if a layer is none that can be written;
 * nothing was written then. */
int c_source_write(FILE *out, const struct snapshot *s, const char *origin, char *error);

#endif
