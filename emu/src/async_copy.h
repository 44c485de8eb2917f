/* async_copy.h - copies that end with a phase of a barrier. */
#ifndef EMU_ASYNC_COPY_H
#define EMU_ASYNC_COPY_H

#include <cstdint>

namespace emu
{

void async_finish_for(const uint64_t *barrier,
                      unsigned long phase); /* it ends: so do the copies it waits for */
void async_start_block();                   /* nothing is in flight any more                 */
void async_leave(unsigned slot);            /* the block leaves the CPU, and comes back      */
void async_return(unsigned slot);

} // namespace emu
#endif
