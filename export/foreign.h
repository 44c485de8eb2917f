/* foreign.h - tensors from somewhere else: a safetensors file, a .npz archive or a folder of .npy files.
 *
 * All of them are untrusted: what a file claims is compared with what it holds before anything is believed.
 */
#ifndef RUNGS_FOREIGN_H
#define RUNGS_FOREIGN_H

#include "../train/npy.h"

enum { FOREIGN_NAME = 128, FOREIGN_MOST = 4096 };

struct foreign_tensor {
    char name[FOREIGN_NAME]; /* printable; of .npy files without the ending */
    struct npy array;
};

struct foreign {
    int tensors;
    struct foreign_tensor *tensor; /* in the order of the file, of a folder by name */
};

/* 0 and a sentence if it is none of them, or damaged; *f is then all zero. */
int foreign_read(const char *path, struct foreign *f, char *error);
void foreign_free(struct foreign *f);

/* The one of that name, or -1 */
int foreign_find(const struct foreign *f, const char *name);

/* A tensor more, all zero but for its name, which has n bytes. NULL and a sentence if the name is no
 * printable text or there already, or there are too many; file: for the sentence. */
struct foreign_tensor *foreign_add(struct foreign *f, const char *name, size_t n, const char *file,
                                   char *error);

/* foreign_read of a safetensors file: safetensors_read.c */
int safetensors_read(struct source *s, struct foreign *f, char *error);

#endif
