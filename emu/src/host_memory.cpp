/* host_memory.cpp - the runtime API's memory functions. */
#include <cstdlib>
#include "cuda_runtime_api.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"

using namespace emu;

/* ---- allocation ---- */

static cudaError_t allocate(void **address, size_t bytes, bool managed, Where where)
{
    if (!address) return note_error(cudaErrorInvalidValue);
    *address = nullptr;
    if (bytes == 0) return managed ? note_error(cudaErrorInvalidValue) : cudaSuccess;
    faults_install(); /* the host may touch device memory before any kernel runs */
    *address = device_allocate(bytes, managed, where);
    return *address ? cudaSuccess : note_error(cudaErrorMemoryAllocation);
}

cudaError_t cudaMalloc(void **address, size_t bytes, Where where)
{
    return allocate(address, bytes, false, where);
}

cudaError_t cudaMallocManaged(void **address, size_t bytes, unsigned, Where where)
{
    return allocate(address, bytes, true, where);
}

cudaError_t cudaMallocHost(void **address, size_t bytes, unsigned, Where where)
{
    return allocate(address, bytes, true, where);
}

cudaError_t cudaMallocPitch(void **address, size_t *pitch, size_t width, size_t height, Where where)
{
    const size_t to = 512;
    if (!pitch || width > SIZE_MAX - to) return note_error(cudaErrorInvalidValue);
    *pitch = (width + to - 1) / to * to;
    if (height && *pitch > SIZE_MAX / height) return note_error(cudaErrorMemoryAllocation);
    return allocate(address, *pitch * height, false, where);
}

cudaError_t cudaFree(void *address)
{
    return !address || device_free(address) ? cudaSuccess : note_error(cudaErrorInvalidValue);
}

cudaError_t cudaFreeAsync(void *address, cudaStream_t)
{
    return cudaFree(address);
}

cudaError_t cudaFreeHost(void *address)
{
    return cudaFree(address);
}

cudaError_t cudaHostRegister(void *address, size_t bytes, unsigned)
{
    return address && bytes ? cudaSuccess : note_error(cudaErrorInvalidValue);
}

cudaError_t cudaHostUnregister(void *address)
{
    return address ? cudaSuccess : note_error(cudaErrorInvalidValue);
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *address)
{
    bool device;
    if (!attributes || !device_range(address, 1, &device)) return note_error(cudaErrorInvalidValue);
    bool managed = device && device_managed(address);
    attributes->type = managed  ? cudaMemoryTypeManaged
                       : device ? cudaMemoryTypeDevice
                                : cudaMemoryTypeUnregistered;
    attributes->device = 0;
    attributes->devicePointer = device ? (void *)address : nullptr;
    attributes->hostPointer = device && !managed ? nullptr : (void *)address;
    return cudaSuccess;
}

/* ---- copies ---- */

/* One end of a copy. */
struct End {
    const void *address;
    bool device, host; /* may be used as; managed memory as both */
};

static bool look_at(const void *address, size_t bytes, End *end)
{
    bool arena;
    if (!address || !device_range(address, bytes, &arena)) return false;
    const Module *module = arena ? nullptr : module_at(address);
    *end = { address, arena || module, !arena || device_managed(address) };
    return true;
}

static bool direction_fits(const End &to, const End &from, cudaMemcpyKind kind)
{
    switch (kind) {
    case cudaMemcpyHostToHost: return to.host && from.host;
    case cudaMemcpyHostToDevice: return to.device && from.host;
    case cudaMemcpyDeviceToHost: return to.host && from.device;
    case cudaMemcpyDeviceToDevice: return to.device && from.device;
    case cudaMemcpyDefault: return true;
    }
    return false;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind)
{
    if (bytes == 0) return cudaSuccess;
    End target, source;
    if (!look_at(to, bytes, &target) || !look_at(from, bytes, &source))
        return note_error(cudaErrorInvalidValue);
    if (!direction_fits(target, source, kind)) return note_error(cudaErrorInvalidValue);
    host_touch(to, true);
    host_touch(from, true);
    memmove(to, from, bytes);
    host_touch(to, false);
    host_touch(from, false);
    return cudaSuccess;
}

cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                         size_t height, cudaMemcpyKind kind)
{
    if (width > to_pitch || width > from_pitch) return note_error(cudaErrorInvalidPitchValue);
    for (size_t row = 0; row < height; row++) {
        cudaError_t error =
            cudaMemcpy((char *)to + row * to_pitch, (const char *)from + row * from_pitch, width, kind);
        if (error) return error;
    }
    return cudaSuccess;
}

cudaError_t cudaMemset(void *address, int value, size_t bytes)
{
    if (bytes == 0) return cudaSuccess;
    End end;
    if (!look_at(address, bytes, &end) || !end.device) return note_error(cudaErrorInvalidValue);
    host_touch(address, true);
    memset(address, value, bytes);
    host_touch(address, false);
    return cudaSuccess;
}

cudaError_t cudaMemset2D(void *address, size_t pitch, int value, size_t width, size_t height)
{
    if (width > pitch) return note_error(cudaErrorInvalidPitchValue);
    for (size_t row = 0; row < height; row++)
        if (cudaError_t error = cudaMemset((char *)address + row * pitch, value, width)) return error;
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t)
{
    return cudaMemcpy(to, from, bytes, kind);
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t)
{
    return cudaMemcpy2D(to, to_pitch, from, from_pitch, width, height, kind);
}

cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t)
{
    return cudaMemset(address, value, bytes);
}

cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, int, cudaStream_t)
{
    bool device;
    return device_range(address, bytes, &device) && device ? cudaSuccess : note_error(cudaErrorInvalidValue);
}

cudaError_t emu_copy_symbol(void *symbol, size_t symbol_bytes, void *host, size_t bytes, size_t offset,
                            bool to_symbol)
{
    if (!host || offset > symbol_bytes || bytes > symbol_bytes - offset)
        return note_error(cudaErrorInvalidValue);
    char *part = (char *)symbol + offset;
    return to_symbol ? cudaMemcpy(part, host, bytes, cudaMemcpyDefault)
                     : cudaMemcpy(host, part, bytes, cudaMemcpyDefault);
}
