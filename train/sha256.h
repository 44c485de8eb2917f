/* sha256.h - SHA-256 (FIPS 180-4), by which well-known files are recognized. */
#ifndef RUNGS_SHA256_H
#define RUNGS_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64, SHA256_TEXT = 65 };

struct sha256 {
    uint32_t hash[8];
    uint64_t bytes;                    /* so far                             */
    unsigned char block[SHA256_BLOCK]; /* the last ones, not yet a whole one */
};

struct sha256 sha256_begin(void);
void sha256_add(struct sha256 *s, const void *bytes, size_t n);
void sha256_end(struct sha256 *s, char text[SHA256_TEXT]); /* 64 digits, lower case */

#endif
