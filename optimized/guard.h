/* guard.h - buffers that notice every byte read or written outside them.
 *
 * One side of a buffer touches a page that may not be accessed, so stepping over it faults at once; the bytes
 * left on the other side are filled with a pattern and looked at afterwards. Run a function once with the
 * guard at the end and once with it at the start. An input can be made read-only for the call.
 */
#ifndef RUNGS_GUARD_H
#define RUNGS_GUARD_H

#include <stddef.h>

enum guard_side { GUARD_AT_END, GUARD_AT_START };

struct guard {
    const char *name;    /* for the report                     */
    unsigned char *data; /* bytes long, 4-byte aligned at least */
    size_t bytes;
    unsigned char *pages; /* the whole mapping, guards included */
    size_t pages_bytes;
};

/* bytes of memory, a multiple of 4; returns 0 if the system refuses. name must outlive the guard. */
int guard_make(struct guard *g, const char *name, size_t bytes, enum guard_side side);
void guard_free(struct guard *g);

void guard_read_only(struct guard *g, int on);

/* 1 if the pattern beside the buffer is untouched */
int guard_intact(const struct guard *g);

/* From now on a fault ends the process: on_fault gets a sentence ("writes to its input x") and the exit code
 * is 1. Works in any thread. */
void guard_watch(void (*on_fault)(const char *sentence));

#endif
