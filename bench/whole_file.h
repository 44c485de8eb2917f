/* whole_file.h - a file that is there completely or not at all. */
#ifndef RUNGS_WHOLE_FILE_H
#define RUNGS_WHOLE_FILE_H

#include <stdio.h>

struct whole_file {
    FILE *out; /* write to this; NULL if it could not be opened */
    char path[1024], unfinished[1060];
};

/* Opens a file beside `path`, which is left alone. 0 after a sentence on stderr. */
int whole_file_open(struct whole_file *f, const char *path);

/* 1 if a file can be written there; 0 after a sentence: before the work whose result it shall hold */
int whole_file_possible(const char *path);

/* Puts what was written in the place of `path`, all at once. 0 after a sentence if anything was lost on the way; then
 * the old file is still there. */
int whole_file_keep(struct whole_file *f);

#endif
