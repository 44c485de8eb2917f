/* cores.h - blocks of a launch on several cores, where that changes nothing but the time.
 *
 * A launch that takes long goes on in copies of the process (fork), one for each core, each of which runs
 * some of the blocks that are left. What they have written to device memory is then put together. Each block
 * runs in one copy from its beginning to its end, so all else in the emulator knows of one block at a time.
 *
 * A copy gives up where its blocks do what other copies would have to see, or what has an order: atomics on
 * global memory, fences of the device, clocks, printf, memory of malloc that is kept, launches, writes to
 * __device__ variables, waiting for other blocks, a failure or a finding. So do all if two of them have
 * changed one word. Then the process, which has only waited, runs these blocks itself, and never again tries
 * with that kernel. So results, reports and their order are those of one core, unless blocks read what others
 * write, or write it too (a word that gets its old value back has not changed), with nothing that orders
 * them. */
#ifndef EMU_CORES_H
#define EMU_CORES_H

#include <cstddef>
#include "core_copy.h"

namespace emu
{

/* Around the blocks of a kernel. */
void cores_begin(size_t blocks);
void cores_end();

/* Before block number `next`: runs it and all others after it on several cores, if that pays. False: nothing
 * has happened. */
bool cores_run(size_t next, void (*run)(size_t linear));

} // namespace emu
#endif
