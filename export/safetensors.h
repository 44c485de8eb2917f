/* safetensors.h - the weights of a trained network in the safetensors format: 8 bytes with the header's
 * length, a header of JSON, and the numbers.
 *
 * The header is padded with spaces so that the numbers begin at a multiple of 8 bytes; they follow each
 * other without gaps, in the order of the list in named.h, behind input.mean and input.scale. All are F32.
 * "__metadata__" has the version of this layout ("rungs": "1"), the epoch, and the network file's text.
 */
#ifndef RUNGS_SAFETENSORS_H
#define RUNGS_SAFETENSORS_H

#include "named.h"

/* 0 and a sentence if there is not enough memory; nothing was written then. */
int safetensors_write(FILE *out, const struct snapshot *s, char *error);

#endif
