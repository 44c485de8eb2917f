/* arrays.h - what textures, surfaces and copies know of a cudaArray. */
#ifndef EMU_SRC_ARRAYS_H
#define EMU_SRC_ARRAYS_H

#include "cuda_runtime_api.h"
#include "emu_internal.h"
#include "host_copy.h"

/* Its rows lie one behind the other. Never deleted: who still has it must hear that it is freed. */
struct cudaArray {
    cudaChannelFormatDesc channel;
    cudaExtent extent; /* as it was asked for: 0 where the array has no such dimension */
    unsigned flags;
    char *memory;
    size_t element, pitch, rows, slices;
    emu::Where where;
    bool freed;
};

namespace emu
{

/* Bytes of an element: 1, 2 or 4 components of 8, 16 or 32 bits each, all alike; 0: there is no such. */
size_t element_bytes(const cudaChannelFormatDesc &channel);

/* Is it a live array? If not, a finding with the call's name. */
cudaError_t array_check(const Call &call, const cudaArray *array);

/* What cudaMallocPitch or cudaMalloc3D has given to the allocation that begins there, 0: nothing */
size_t pitch_of(const void *address);

} // namespace emu
#endif
