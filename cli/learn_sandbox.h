/* learn_sandbox.h - a process that can compute and nothing else. */
#ifndef RUNGS_LEARN_SANDBOX_H
#define RUNGS_LEARN_SANDBOX_H

#include "../base/error.h"

/* From now on this process may read and write what is open, allocate some memory, and end; any other system
 * call is refused with SIGSYS. 0 with error set where the system has no such filter. */
int sandbox_enter(char *error);

/* 0 with error set if loading that library would run code of it: constructors, indirect functions. */
int sandbox_may_load(const char *library, const char *shown, char *error);

#endif
