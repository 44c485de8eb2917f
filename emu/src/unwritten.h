/* unwritten.h - sentences about memory that nobody has written. */
#ifndef EMU_UNWRITTEN_H
#define EMU_UNWRITTEN_H

#include "emu_internal.h"

namespace emu
{

extern bool reads_are_watched; /* does race_unwritten.cpp look at every read of this process? */

/* A finding, but a note after a refused call: what a kernel that did not run, or a copy that was refused,
 * should have written is no mistake of its own. */
void tell_unwritten(Where where, const std::string &text);

/* How many bytes of a range lie in aligned words that still hold the poison, and the first of them. */
size_t fresh_bytes(const void *start, size_t bytes, const char **first);

/* The same of an array of structures, perhaps: words that may be unused in each do not count, unless all are
 * fresh. */
size_t fresh_members(const void *start, size_t bytes, const char **first);

/* Do all words that a range touches hold the poison? */
bool is_fresh(const void *start, size_t bytes);

/* Of bytes that a call copies from device memory to the host: aligned words that still hold the poison. */
void check_copied(const void *from, size_t bytes, const char *call, Where where);

} // namespace emu
#endif
