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
                   "%s gets %zu bytes of temporary storage; it needs %zu, which a call with a null pointer "
                   "for the storage and the same sizes says",
                   call, *bytes, needed);
    else if (!in_device_arena(storage))
        *error =
            refuse(cudaErrorInvalidValue, where,
                   "%s gets temporary storage that is no memory of the device; cudaMalloc gives it", call);
    return 0;
}

} // namespace emu
