/* memory.h - memory for programs (not for rungs): checked, and backed by huge pages where that matters.
 *
 * A lack of memory is nobody's mistake: the program ends with one sentence, "out of memory: cannot allocate
 * ...", and EXIT_RESOURCES (exit_code.h), wherever it is noticed. */
#ifndef RUNGS_MEMORY_H
#define RUNGS_MEMORY_H

#include <stddef.h>

/* count * size zeroed bytes; ends the program with one sentence and EXIT_RESOURCES if the product
 * overflows or memory is short */
void *memory_need(size_t count, size_t size);

/* What the memory that this thread asks for from now on is for, as it appears in that sentence:
 * "dense_forward at 64x784x512". NULL: nothing is said. */
void memory_for(const char *purpose);

/* Ends the program for lack of memory, or of another resource; the sentence begins with what it lacks. */
void memory_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* In a child process, whose parent shall say it: the sentence goes to `tell` in place of stderr. */
void memory_on_failure(void (*tell)(const char *sentence));

/* The bytes that this process may still allocate: memory and swap that are free, within the limits of its
 * cgroup and of RLIMIT_AS. SIZE_MAX where the system does not say. */
size_t memory_available(void);

/* bytes of zeroed memory on a 2 MiB boundary, huge pages advised, every page touched; NULL if refused.
 * The first touch of a 4 KiB page costs microseconds: timed code must never pay for it. */
void *memory_huge(size_t bytes);
void memory_huge_free(void *p, size_t bytes);

/* The same where megabytes count: up to half a huge page at the end is on small pages. */
void *memory_lean(size_t bytes);
void memory_lean_free(void *p, size_t bytes);

#endif
