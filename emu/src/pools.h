/* pools.h - what the rest of the emulator tells memory pools. */
#ifndef EMU_SRC_POOLS_H
#define EMU_SRC_POOLS_H

namespace emu
{

void pool_freed(const void *address); /* an allocation, of a pool or not, is gone */

} // namespace emu
#endif
