/* picture.h - an image file as planes of bytes: PGM and PPM (Netpbm's P2, P3, P5, P6) by a reader of our own,
 * PNG by libpng, where the program was built with it. Bits of another depth are scaled to 0..255.
 */
#ifndef RUNGS_PICTURE_H
#define RUNGS_PICTURE_H

#include "source.h"

struct picture {
    int channels, rows, cols; /* channels: 1, grey, or 3, red, green and blue */
    unsigned char *pixel;     /* (channels, rows, cols)                       */
};

enum { PICTURE_MOST = 1 << 24 }; /* bytes of pixel */

/* Reads a whole file; its first bytes tell which kind it is. 0 and a sentence: *p is then all zero. */
int picture_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error);
int picture_read_file(const char *path, struct picture *p, char *error);
void picture_free(struct picture *p);

/* The same of the two kinds, whose first bytes were seen */
int pnm_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error);
int png_read(const char *name, const unsigned char *bytes, size_t n, struct picture *p, char *error);

/* Allocates p->pixel for that size, all zero; 0 and a sentence if it is larger than PICTURE_MOST. */
int picture_make(struct picture *p, const char *name, size_t channels, size_t rows, size_t cols, char *error);

#endif
