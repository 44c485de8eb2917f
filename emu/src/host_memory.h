/* host_memory.h - what the runtime API asks of device memory. */
#ifndef EMU_HOST_MEMORY_H
#define EMU_HOST_MEMORY_H

#include "emu_internal.h"

namespace emu
{

void *device_allocate(size_t size, bool managed, Where where); /* nullptr: too much, or nothing */
bool device_free(void *address);                               /* false: no live allocation begins there */

/* Is all of it in one allocation, or outside device memory altogether? */
bool device_range(const void *address, size_t bytes, bool *device);

bool device_managed(const void *address);           /* may the host touch it too? */
void host_touch(const void *address, bool allowed); /* a copy is about to touch this allocation, or has */

} // namespace emu
#endif
