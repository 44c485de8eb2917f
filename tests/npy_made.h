/* npy_made.h - made-up .npy files and ZIP archives in memory, for tests. */
#ifndef RUNGS_NPY_MADE_H
#define RUNGS_NPY_MADE_H

#include <stddef.h>

struct made { /* begins all zero; free bytes */
    unsigned char *bytes;
    size_t n;
};

void made_add(struct made *m, const void *bytes, size_t n);

/* Appends the beginning of a .npy file of that version, whose header is this text and a line end. */
void made_npy(struct made *m, int version, const char *header);

/* Appends a ZIP archive of members, as numpy.savez writes them: what stands before each has its sizes in an
 * extra field. */
void made_zip(struct made *m, int members, const char *const *name, const struct made *member,
              int is_deflated);

#endif
