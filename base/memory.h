/* memory.h - memory for programs (not for rungs): checked, and backed by huge pages where that matters. */
#ifndef RUNGS_MEMORY_H
#define RUNGS_MEMORY_H

#include <stddef.h>

/* count * size zeroed bytes; ends the program with one sentence and EXIT_RESOURCES if the product overflows or
 * memory is short */
void *memory_need(size_t count, size_t size);

/* bytes of zeroed memory on a 2 MiB boundary, huge pages advised, every page touched; NULL if refused.
 * The first touch of a 4 KiB page costs microseconds: timed code must never pay for it. */
void *memory_huge(size_t bytes);
void memory_huge_free(void *p, size_t bytes);

#endif
