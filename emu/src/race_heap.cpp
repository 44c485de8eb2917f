/* race_heap.cpp - what kernels allocate by malloc and new, which they may use as on a GPU: race_host.cpp
 * asks. */
#include <cstdlib>
#include <map>
#include "fiber.h"
#include "race.h"

namespace emu
{

static std::map<uintptr_t, size_t> *device_heap; /* bytes by start; nullptr: no kernel has allocated any */

bool is_allocated_by_kernel(uintptr_t address)
{
    if (!device_heap) return false;
    auto after = device_heap->upper_bound(address);
    if (after == device_heap->begin()) return false;
    --after;
    return address < after->first + after->second;
}

#ifdef __GLIBC__
extern "C" void *__libc_malloc(size_t);
extern "C" void __libc_free(void *);

static bool noting;

/* The checkers' own memory is none of the kernel's. */
static void note_allocation(void *start, size_t size)
{
    if (!is_kernels() || telling || noting || !start) return;
    noting = true;
    if (!device_heap) device_heap = new std::map<uintptr_t, size_t>;
    (*device_heap)[(uintptr_t)start] = size;
    noting = false;
}

static void note_free(void *start)
{
    if (!device_heap || noting || (current && !is_kernels())) return;
    noting = true;
    device_heap->erase((uintptr_t)start);
    noting = false;
}

extern "C" void *malloc(size_t size)
{
    void *start = __libc_malloc(size);
    note_allocation(start, size);
    return start;
}

extern "C" void free(void *start)
{
    note_free(start);
    __libc_free(start);
}
#endif

} // namespace emu
