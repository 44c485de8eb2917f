/* gradcheck_compile.h - runs the system's C compiler: $CC, or cc. */
#ifndef RUNGS_GRADCHECK_COMPILE_H
#define RUNGS_GRADCHECK_COMPILE_H

#include "gradcheck.h"

/* gc.h, as it was when this program was built: an installed program needs no source tree */
extern const char gradcheck_header[];

/* Writes a file into the folder of temporary files; its path, or NULL with why set. */
const char *compile_put(const char *name, const char *text, char *why);

/* Makes the shared object `to` from `source`, with `more` (ends with NULL) before it on the command line. 0 with why set:
 * a sentence and the compiler's first messages. */
int compile_library(const char *source, const char *to, const char *const *more, char *why, size_t room);

#endif
