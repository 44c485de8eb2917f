/* file.h - files and folders whose names a user gives, treated alike by every verb.
 *
 * A regular file is replaced as a whole or left as it was: the text goes to a new file beside it, whose name
 * nobody can foresee, and takes its place at the end with the permissions of the old one. A symbolic link
 * stays, and the file it points to is replaced. A device, pipe or FIFO is written to directly, and "-" is
 * standard output. A folder, or a place in a folder that does not exist, is refused.
 *
 * Functions return 0 and leave a sentence in error (ERROR_TEXT bytes, error.h) where they fail. */
#ifndef RUNGS_FILE_H
#define RUNGS_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "error.h"

enum { FILE_PATH = 4096 };

struct file_out {
    FILE *out;                  /* write to this; NULL if it is not open                      */
    char path[FILE_PATH];       /* where the text belongs: behind symbolic links              */
    char unfinished[FILE_PATH]; /* where it is until file_keep; empty where written directly  */
};

/* Can a file be written there? Asked before the work whose result it is to hold; changes nothing. */
int file_can_write(const char *path, char *error);

int file_open(struct file_out *f, const char *path, char *error);

/* Closes the file and puts it in its place. If anything was lost on the way, what was
 * there before still is. */
int file_keep(struct file_out *f, char *error);

/* Flushes a stream: 0, or the error number of the first of all its writes that failed.
 * Once, before it is closed. */
int file_failure(FILE *stream);

/* Closes it and forgets what was written. */
void file_drop(struct file_out *f);

/* A copy of `from` at `to`, by the same rules. */
int file_copy(const char *from, const char *to, char *error);

/* Opens a file that grows while the program runs and is to be read meanwhile: emptied first, then written
 * directly. NULL and a sentence. */
FILE *file_open_growing(const char *path, char *error);

/* The folder of the program that runs, without a slash at the end: what belongs to it is beside it in a
 * build, and below folder/.. where it is installed. 0 if the system does not say, or room is too small. */
int folder_of_program(char *folder, size_t room);

/* 1 if both names mean the same regular file, there already or not */
int file_is_same(const char *one, const char *other);

/* Can files be written into that folder, or can it be made? Changes nothing. */
int folder_can_write(const char *path, char *error);

/* Makes the folder and those above it where they are missing, and makes sure that files
 * can be written into it. */
int folder_make(const char *path, char *error);

/* The same, and keeps all others that ask likewise out until folder_release, or the end of the program. */
int folder_take(const char *path, int *lock, char *error);
void folder_release(int lock);

/* A folder that appears as a whole, or not at all. */
struct folder_out {
    char path[FILE_PATH];       /* where it belongs                         */
    char unfinished[FILE_PATH]; /* where its files are written until folder_keep */
};

/* The place must be free, or an empty folder: files that are there already are nobody's to remove. The
 * folders above it are made where they are missing. */
int folder_open(struct folder_out *f, const char *path, char *error);

/* Puts it in its place. If that fails, or with folder_drop, it and the files in it are gone. */
int folder_keep(struct folder_out *f, char *error);
void folder_drop(struct folder_out *f);

/* Makes a folder of one's own for working files, under $TMPDIR or /tmp; its name into path. */
int folder_make_temporary(char path[FILE_PATH], char *error);

/* Removes a folder and the files in it; folders in it stay, and so then does it. */
void folder_remove(const char *path);

#endif
