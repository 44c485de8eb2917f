/* tar_made.h - made-up tar archives in memory, for tests. */
#ifndef RUNGS_TAR_MADE_H
#define RUNGS_TAR_MADE_H

#include <stddef.h>

struct tar_made { /* begins all zero; free bytes */
    unsigned char *bytes;
    size_t n;
};

/* Appends a member of that type ('0' a file, '5' a folder, ...), with its data. */
void tar_add(struct tar_made *t, const char *name, char type, const unsigned char *bytes, size_t n);

/* Appends the end: two blocks of zeros. */
void tar_end(struct tar_made *t);

/* Appends a byte. */
void tar_byte(struct tar_made *t, unsigned char byte);

/* Where the header of a member begins, counted from 0 */
size_t tar_header(const struct tar_made *t, size_t member);

/* Makes the sum of a header right. */
void tar_sum(unsigned char *header);

#endif
