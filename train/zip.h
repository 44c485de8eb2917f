/* zip.h - ZIP archives, and so .npz files: the members stored or deflated, below 4 GiB, neither encrypted nor
 * split over several files.
 *
 *     struct source s;  struct zip z;  size_t n;  char error[ERROR_TEXT];
 *     if (!source_open(&s, "x.npz", error) || !zip_read(&s, &z, error)) ...
 *     for (int k = 0; k < z.members; k++) unsigned char *bytes = zip_member(&z, k, &n, error);
 *     zip_free(&z);
 */
#ifndef RUNGS_ZIP_H
#define RUNGS_ZIP_H

#include <stddef.h>
#include <stdint.h>
#include "source.h"

enum { ZIP_NAME = 128 };

struct zip_member {
    char name[ZIP_NAME]; /* as the archive has it: "w.npy" */
    int is_deflated;
    uint32_t crc;
    size_t at, packed, bytes; /* where its bytes begin; how many there, and unpacked */
};

struct zip {
    const char *name; /* of the source */
    unsigned char *file;
    size_t n;
    int members;
    struct zip_member *member;
};

/* All of the archive, with the members as its directory at the end lists them. 0 and a sentence if it is
 * none, or a part is not where the directory says, or two members have one name; *z is then all zero. */
int zip_read(struct source *s, struct zip *z, char *error);
void zip_free(struct zip *z);

/* The bytes of a member, unpacked, whose CRC-32 is right. NULL and a sentence; free() it. */
unsigned char *zip_member(const struct zip *z, int k, size_t *n, char *error);

#endif
