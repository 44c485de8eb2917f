/* tar.h - reading a tar archive from its begin to its end: nothing in it is a path here, and no file is
 * written. What is read is the format of POSIX.1-1988 (ustar) and of older programs: files whose names are in
 * their own headers.
 *
 *     while ((more = tar_next(&s, &m, error)) > 0) ... read m.size bytes from s, or none ...
 */
#ifndef RUNGS_TAR_H
#define RUNGS_TAR_H

#include <stddef.h>
#include "source.h"

enum { TAR_NAME = 257 };

struct tar_member {
    char name[TAR_NAME];
    int is_file; /* 0: a folder or a link, without data    */
    size_t size; /* of its data                            */
    size_t read; /* of them, by tar_read                   */
};

/* Before the first member m must be all zero. Goes on behind what of the last member was not read. 1: a
 * member, whose data come next; 0: the archive has ended as it must, and so has the source; -1 and a
 * sentence. */
int tar_next(struct source *s, struct tar_member *m, char *error);

/* Up to n bytes of the member; fewer only at its end, or after an error, which leaves a sentence in
 * s->reason. */
size_t tar_read(struct source *s, struct tar_member *m, void *into, size_t n);

#endif
