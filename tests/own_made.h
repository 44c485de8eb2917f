/* own_made.h - files of a user's own data, written byte by byte and independently of the readers: for tests.
 * struct made is npy_made.h's. */
#ifndef RUNGS_OWN_MADE_H
#define RUNGS_OWN_MADE_H

#include "npy_made.h"

/* Appends text, without its '\0'. */
void made_text(struct made *m, const char *text);

/* Appends a PNG file: bits 1 to 16 per sample, color 0 (grey), 2 (colour), 3 (palette) or 6 (with alpha);
 * its rows, as the format has them, without filters, are `rows` rows of row_bytes bytes. palette: 3 bytes
 * each, or NULL */
void made_png(struct made *m, unsigned cols, unsigned rows, int bits, int color, const unsigned char *data,
              size_t row_bytes, const unsigned char *palette, unsigned colors);

/* Writes the bytes to FOLDER/NAME, whose folders are made, and frees them. */
void made_write(struct made *m, const char *folder, const char *name);

#endif
