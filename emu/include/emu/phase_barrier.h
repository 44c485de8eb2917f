/* emu/phase_barrier.h - the 64-bit barrier that lies in shared memory: behind cuda::barrier, the __mbarrier_
 * functions, and the seams of kernels that use it by PTX on a GPU.
 *
 * A phase is over when all expected arrivals have come and all bytes that were announced have been copied.
 */
#ifndef EMU_PHASE_BARRIER_H
#define EMU_PHASE_BARRIER_H

#include "core.h"

namespace emu
{

const unsigned PHASE_ARRIVALS_MOST = 0xffe;

void phase_init(uint64_t *barrier, unsigned arrivals, Where where);

/* All return the number of the phase that the call belongs to; it grows by one with
 * each phase, modulo 2^16. */
unsigned phase_arrive(uint64_t *barrier, unsigned arrivals, Where where);
unsigned phase_drop(uint64_t *barrier, Where where);                         /* and is not expected again */
unsigned phase_expect_bytes(uint64_t *barrier, unsigned bytes, Where where); /* does not arrive           */
void phase_complete_bytes(uint64_t *barrier, unsigned bytes, Where where);

bool phase_over(const uint64_t *barrier, unsigned phase, Where where); /* true: has also told the checkers */
bool parity_over(const uint64_t *barrier, unsigned parity, Where where);
void phase_wait(const uint64_t *barrier, unsigned phase, Where where);
void parity_wait(const uint64_t *barrier, unsigned parity, Where where);

/* cp.async whose bytes arrive before the barrier's current phase ends. */
void async_copy_for(uint64_t *barrier, void *to, const void *from, size_t bytes, Where where);

} // namespace emu
#endif
