/* temporary.h - a folder for working files that is gone when the program is.
 *
 * Its name has the number of the process: what a killed one (SIGKILL) has left is removed by the next that
 * makes a folder of the same kind. For other signals the caller watches (interrupt.h). */
#ifndef RUNGS_TEMPORARY_H
#define RUNGS_TEMPORARY_H

#include "file.h"

/* Makes $TMPDIR/KIND-NUMBER-xxxxxx, or below /tmp, and removes those whose process is no more. KIND is a word
 * like "rungs-nvcc". 0 and a sentence if it fails. folder_remove ends it. */
int temporary_make(char path[FILE_PATH], const char *kind, char *error);

#endif
