/* cub.cpp - the two calls of CUB's algorithms for the device: one that asks for the size of the temporary
 * storage, one that brings it. */
#include "emu/cub_device.h"
#include "launch.h"
#include "memory.h"

namespace emu
{

int temporary_storage(const char *call, void *storage, size_t *bytes, size_t needed, cudaError_t *error,
                      Where where)
{
    if (!storage) {
        *bytes = needed;
        return 1;
    }
    if (*bytes < needed)
        *error =
            refuse(cudaErrorInvalidValue, where,
                   "%s gets %zu bytes of temporary storage; it needs %zu, which it tells if it is called "
                   "with the same sizes and a null pointer for the storage",
                   call, *bytes, needed);
    else if (!in_device_arena(storage))
        *error =
            refuse(cudaErrorInvalidValue, where,
                   "%s gets temporary storage that is not device memory; allocate it with cudaMalloc", call);
    return 0;
}

} // namespace emu
