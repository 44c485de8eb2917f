/* gradcheck_compile.h - runs the system's C compiler: $CC, or cc. */
#ifndef RUNGS_GRADCHECK_COMPILE_H
#define RUNGS_GRADCHECK_COMPILE_H

#include "gradcheck.h"

/* gc.h, as it was when this program was built: an installed program needs no source tree */
extern const char gradcheck_header[];

/* Writes a file into the folder of temporary files; its path, or NULL with error set. */
const char *compile_put(const char *name, const char *text, char *error);

/* Makes the shared object `to` from `source`, with `more` (ends with NULL) before it on the command line. 0
 * with error set: a sentence and the compiler's first messages. */
int compile_library(const char *source, const char *to, const char *const *more, char *error, size_t room);

/* The same from `input`, the preprocessed text of `source`; an error names `source`. */
int compile_library_from(const char *input, const char *source, const char *to, const char *const *more,
                         char *error, size_t room);

/* Runs any compiler, whose command line `word` is, to make the file `to`; likewise. advice: what to do if
 * there is no such program. Its warnings are in compile_said. */
int compile_run(const char *const *word, const char *advice, const char *source, const char *to, char *error,
                size_t room);

/* From now on a compiler has so much CPU time and memory: a source that needs more does not compile. */
void compile_limit(unsigned cpu_seconds, size_t bytes);

/* what the compiler said last, from the beginning; "" if nothing */
const char *compile_said(void);

/* $CC, or cc, into word, with its own words in buffer; returns how many */
int compile_words(char *buffer, size_t room, const char **word);

#endif
