/* host_memory.cpp - the runtime API's memory functions. */
#include <cstdlib>
#include "cuda_runtime_api.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"
#include "unwritten.h"

using namespace emu;

/* ---- allocation ---- */

static cudaError_t allocate(void **address, size_t bytes, Home home, const char *call, Where where)
{
    if (!address)
        return refuse(cudaErrorInvalidValue, where, "%s has no address to put the array's in", call);
    *address = nullptr;
    if (bytes == 0 && home == Home::device) return cudaSuccess;
    if (bytes == 0) return refuse(cudaErrorInvalidValue, where, "%s of no bytes", call);
    faults_install(); /* the host may touch device memory before any kernel runs */
    *address = device_allocate(bytes, home, where);
    if (*address) return cudaSuccess;
    return refuse(cudaErrorMemoryAllocation, where, "%s of %zu bytes fails", call, bytes);
}

cudaError_t cudaMalloc(void **address, size_t bytes, Where where)
{
    return allocate(address, bytes, Home::device, "cudaMalloc", where);
}

cudaError_t cudaMallocManaged(void **address, size_t bytes, unsigned, Where where)
{
    return allocate(address, bytes, Home::managed, "cudaMallocManaged", where);
}

cudaError_t cudaMallocHost(void **address, size_t bytes, unsigned, Where where)
{
    return allocate(address, bytes, Home::pinned, "cudaMallocHost", where);
}

cudaError_t cudaMallocPitch(void **address, size_t *pitch, size_t width, size_t height, Where where)
{
    const size_t to = 512;
    if (!pitch || width > SIZE_MAX - to)
        return refuse(cudaErrorInvalidValue, where, "cudaMallocPitch of rows of %zu bytes", width);
    *pitch = (width + to - 1) / to * to;
    if (height && *pitch > SIZE_MAX / height)
        return refuse(cudaErrorMemoryAllocation, where, "cudaMallocPitch of %zu rows of %zu bytes fails",
                      height, *pitch);
    return allocate(address, *pitch * height, Home::device, "cudaMallocPitch", where);
}

/* ---- freeing ---- */

/* The line of the call is `where` or, if `caller` is given, that of this return address. */
static cudaError_t release(void *address, bool pinned, const char *call, Where where, const void *caller)
{
    if (!address || (device_pinned(address) == pinned && device_free(address))) return cudaSuccess;
    if (caller) where = source_of(caller);
    if (!in_device_arena(address))
        return refuse(cudaErrorInvalidValue, where,
                      "%s of host memory; use free or delete, as for malloc or new", call);
    std::string what = describe_device(address);
    if (device_begins(address))
        return refuse(cudaErrorInvalidValue, where, "%s of %s; it needs %s", call, what.c_str(),
                      pinned ? "cudaFree" : "cudaFreeHost");
    return refuse(cudaErrorInvalidValue, where, "%s of %s; it takes the address of a live allocation, once",
                  call, what.c_str());
}

/* Programs hand these two on as functions of one parameter, so the line comes from the return address. */
cudaError_t cudaFree(void *address)
{
    return release(address, false, "cudaFree", {}, __builtin_return_address(0));
}

cudaError_t cudaFreeHost(void *address)
{
    return release(address, true, "cudaFreeHost", {}, __builtin_return_address(0));
}

cudaError_t cudaFreeAsync(void *address, cudaStream_t, Where where)
{
    return release(address, false, "cudaFreeAsync", where, nullptr);
}

cudaError_t cudaHostRegister(void *address, size_t bytes, unsigned, Where where)
{
    if (address && bytes) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "cudaHostRegister of no memory");
}

cudaError_t cudaHostUnregister(void *address, Where where)
{
    return address ? cudaSuccess : refuse(cudaErrorInvalidValue, where, "cudaHostUnregister of no memory");
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *address, Where where)
{
    bool device;
    if (!attributes || !device_range(address, 1, &device))
        return refuse(cudaErrorInvalidValue, where, "cudaPointerGetAttributes of %s",
                      attributes ? describe_device(address).c_str() : "nothing");
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

namespace
{
/* A call that moves bytes, for sentences. */
struct Call {
    const char *name; /* "cudaMemcpy" */
    Where where;
};

/* One end of a copy. */
struct End {
    const void *address;
    bool device, host; /* may be used as; managed memory as both */
};
} // namespace

/* cudaSuccess and the end, or the error after a finding. */
static cudaError_t look_at(const Call &call, const char *which, const void *address, size_t bytes, End *end)
{
    bool arena;
    if (!address)
        return refuse(cudaErrorInvalidValue, call.where, "%s: %s is a null pointer", call.name, which);
    if (!device_range(address, bytes, &arena)) {
        size_t there = device_bytes_from(address);
        if (there)
            return refuse(cudaErrorInvalidValue, call.where,
                          "%s of %zu bytes: %s is %s, so at most %zu bytes are possible", call.name, bytes,
                          which, describe_device(address).c_str(), there);
        return refuse(cudaErrorInvalidValue, call.where, "%s: %s is %s", call.name, which,
                      describe_device(address).c_str());
    }
    const Module *module = arena ? nullptr : module_at(address);
    *end = { address, arena || module, !arena || device_managed(address) };
    return cudaSuccess;
}

static const struct {
    cudaMemcpyKind kind;
    bool to_device, from_device;
    const char *name;
} directions[] = {
    { cudaMemcpyHostToHost, false, false, "cudaMemcpyHostToHost" },
    { cudaMemcpyHostToDevice, true, false, "cudaMemcpyHostToDevice" },
    { cudaMemcpyDeviceToHost, false, true, "cudaMemcpyDeviceToHost" },
    { cudaMemcpyDeviceToDevice, true, true, "cudaMemcpyDeviceToDevice" },
};

static bool fits(const End &end, bool device)
{
    return device ? end.device : end.host;
}

static cudaError_t check_direction(const Call &call, const End &to, const End &from, cudaMemcpyKind kind)
{
    const char *said = "its kind", *legal = "cudaMemcpyDefault";
    if (kind == cudaMemcpyDefault) return cudaSuccess;
    for (const auto &d : directions) {
        bool right = fits(to, d.to_device) && fits(from, d.from_device);
        if (d.kind == kind && right) return cudaSuccess;
        if (d.kind == kind) said = d.name;
        if (right) legal = d.name;
    }
    return refuse(cudaErrorInvalidValue, call.where,
                  "%s says %s, but it copies from %s memory to %s memory: that is %s", call.name, said,
                  from.host ? "host" : "device", to.host ? "host" : "device", legal);
}

static cudaError_t copy(const Call &call, void *to, const void *from, size_t bytes, cudaMemcpyKind kind)
{
    if (bytes == 0) return cudaSuccess;
    End target, source;
    if (cudaError_t error = look_at(call, "the destination", to, bytes, &target)) return error;
    if (cudaError_t error = look_at(call, "the source", from, bytes, &source)) return error;
    if (cudaError_t error = check_direction(call, target, source, kind)) return error;
    host_touch(to, true);
    host_touch(from, true);
    tell(&Hooks::host_copy, to, from, bytes, call.name, call.where);
    if (target.host && !source.host) check_copied(from, bytes, call.name, call.where);
    memmove(to, from, bytes);
    host_touch(to, false);
    host_touch(from, false);
    return cudaSuccess;
}

static cudaError_t copy_rows(const Call &call, void *to, size_t to_pitch, const void *from, size_t from_pitch,
                             size_t width, size_t height, cudaMemcpyKind kind)
{
    if (width > to_pitch || width > from_pitch)
        return refuse(cudaErrorInvalidPitchValue, call.where,
                      "%s: rows of %zu bytes do not fit the pitches, %zu and %zu bytes", call.name, width,
                      to_pitch, from_pitch);
    for (size_t row = 0; row < height; row++) {
        cudaError_t error =
            copy(call, (char *)to + row * to_pitch, (const char *)from + row * from_pitch, width, kind);
        if (error) return error;
    }
    return cudaSuccess;
}

static cudaError_t set(const Call &call, void *address, int value, size_t bytes)
{
    if (bytes == 0) return cudaSuccess;
    End end;
    if (cudaError_t error = look_at(call, "the memory", address, bytes, &end)) return error;
    if (!end.device)
        return refuse(cudaErrorInvalidValue, call.where, "%s of host memory; it takes what cudaMalloc gave",
                      call.name);
    host_touch(address, true);
    memset(address, value, bytes);
    tell(&Hooks::host_set, address, bytes);
    host_touch(address, false);
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, Where where)
{
    return copy({ "cudaMemcpy", where }, to, from, bytes, kind);
}

cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                         size_t height, cudaMemcpyKind kind, Where where)
{
    return copy_rows({ "cudaMemcpy2D", where }, to, to_pitch, from, from_pitch, width, height, kind);
}

cudaError_t cudaMemset(void *address, int value, size_t bytes, Where where)
{
    return set({ "cudaMemset", where }, address, value, bytes);
}

cudaError_t cudaMemset2D(void *address, size_t pitch, int value, size_t width, size_t height, Where where)
{
    Call call = { "cudaMemset2D", where };
    if (width > pitch)
        return refuse(cudaErrorInvalidPitchValue, where,
                      "cudaMemset2D: rows of %zu bytes do not fit a pitch of %zu", width, pitch);
    for (size_t row = 0; row < height; row++)
        if (cudaError_t error = set(call, (char *)address + row * pitch, value, width)) return error;
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t,
                            Where where)
{
    return copy({ "cudaMemcpyAsync", where }, to, from, bytes, kind);
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t, Where where)
{
    return copy_rows({ "cudaMemcpy2DAsync", where }, to, to_pitch, from, from_pitch, width, height, kind);
}

cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t, Where where)
{
    return set({ "cudaMemsetAsync", where }, address, value, bytes);
}

cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, int, cudaStream_t, Where where)
{
    bool device;
    if (device_range(address, bytes, &device) && device) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "cudaMemPrefetchAsync of memory that is not managed");
}

cudaError_t emu_copy_symbol(void *symbol, size_t symbol_bytes, void *host, size_t bytes, size_t offset,
                            bool to_symbol, Where where)
{
    Call call = { to_symbol ? "cudaMemcpyToSymbol" : "cudaMemcpyFromSymbol", where };
    if (offset > symbol_bytes || bytes > symbol_bytes - offset)
        return refuse(cudaErrorInvalidValue, where, "%s of %zu bytes at offset %zu; the symbol has %zu bytes",
                      call.name, bytes, offset, symbol_bytes);
    char *part = (char *)symbol + offset;
    return to_symbol ? copy(call, part, host, bytes, cudaMemcpyDefault)
                     : copy(call, host, part, bytes, cudaMemcpyDefault);
}
