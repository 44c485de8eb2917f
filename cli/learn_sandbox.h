/* learn_sandbox.h - a process that can compute and nothing else. */
#ifndef RUNGS_LEARN_SANDBOX_H
#define RUNGS_LEARN_SANDBOX_H

#include <stddef.h>

#include "../base/error.h"

/* From now on this process may read and write what is open, allocate some memory, and end; any other system
 * call is refused with SIGSYS. 0 with error set where the system has no such filter. */
int sandbox_enter(char *error);

/* 0 with error set if loading that library would run code of it: constructors, indirect functions. */
int sandbox_may_load(const char *library, const char *shown, char *error);

enum { MOST_GAPS = 24, KEPT_BYTES = 1024 };

/* ranges of this program's code */
struct gaps {
    int n;
    struct {
        void *at;
        size_t bytes;
    } gap[MOST_GAPS];
};

typedef void code_fn(void);

/* All of this program's code but the pages of `kept`, functions of at most KEPT_BYTES. Who takes it away with
 * munmap leaves a process nothing else to call: no oracle, no reference. None where the program's own
 * functions call a sanitizer. */
void sandbox_gaps(code_fn *const *kept, int n, struct gaps *gaps);

#endif
