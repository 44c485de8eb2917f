/* fuzz_wrong_tar.c - a reader of tar archives that goes to the next header without looking how much there
 * is; the fuzzer must break it within a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../train/tar.h"

enum { BLOCK = 512, SIZE = 124, TYPE = 156 };

int tar_next(struct source *s, struct tar_member *m, char *error)
{
    size_t to_next = (m->size + BLOCK - 1) / BLOCK * BLOCK - m->read;
    s->at += to_next;
    s->left -= to_next;
    *m = (struct tar_member){ 0 };
    if (s->left < BLOCK) {
        error_set(error, "too short");
        return -1;
    }
    snprintf(m->name, TAR_NAME, "%.100s", (const char *)s->at);
    m->is_file = 1;
    m->size = strtoull((const char *)s->at + SIZE, NULL, 8);
    s->at += BLOCK;
    s->left -= BLOCK;
    return *m->name ? 1 : 0;
}

size_t tar_read(struct source *s, struct tar_member *m, void *into, size_t n)
{
    size_t left = m->size - m->read, got = source_read(s, into, n < left ? n : left);
    m->read += got;
    return got;
}
