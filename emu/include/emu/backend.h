/* emu/backend.h - for functions that have inline PTX for the GPU and a C++ body
 * here: what such a body may do.
 *
 *   #ifdef __CUDAEMU__
 *   #include <emu/backend.h>
 *   ...
 *
 * A body that reads or writes memory for the hardware says so with emu::mark_access (size in bytes), or the
 * checkers take its accesses for the kernel's own. Barriers are emu::phase_init, phase_arrive,
 * phase_expect_bytes, phase_complete_bytes and parity_wait on a 64-bit word in shared memory. A wait of
 * another kind is a loop around emu::yield(where_); whoever ends it calls emu::progress(). emu::fail() is the
 * way to refuse. EMU_HERE as the last parameter gives where_, the line of the call.
 */
#ifndef EMU_BACKEND_H
#define EMU_BACKEND_H

#include "core.h"
#include "phase_barrier.h"

#endif
