/* host_memory.cpp - the runtime API's memory functions. */
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>
#include "cuda_runtime_api.h"
#include "device_variables.h"
#include "host_copy.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "modules.h"
#include "unwritten.h"

using namespace emu;

/* ---- allocation ---- */

static cudaError_t allocate(void **address, size_t bytes, Home home, const char *call, Where where)
{
    Guard guard;
    if (!address)
        return refuse(cudaErrorInvalidValue, where, "%s has no address to put the array's in", call);
    *address = nullptr;
    if (cudaError_t error = stream_allows(call, where)) return error;
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

/* ---- freeing ---- */

static cudaError_t refuse_release(const void *address, bool pinned, const char *call, Where where)
{
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

/* It waits for the device, as CUDA's does; of what all devices use, for all. The line of the call is that of
 * the return address `caller`. */
static cudaError_t release(void *address, bool pinned, const char *call, const void *caller)
{
    Guard guard;
    if (!address) return cudaSuccess;
    bool legal = device_begins(address) && device_pinned(address) == pinned;
    if (!legal) return refuse_release(address, pinned, call, source_of(caller));
    if (stream_calls_host()) return stream_allows(call, source_of(caller));
    if (!current && device_managed(address))
        stream_wait_all();
    else if (!current)
        stream_wait_device(device_of(address));
    return device_free(address) ? cudaSuccess : refuse_release(address, pinned, call, source_of(caller));
}

/* Programs hand these two on as functions of one parameter, so the line comes from the return address. */
cudaError_t cudaFree(void *address)
{
    return release(address, false, "cudaFree", __builtin_return_address(0));
}

cudaError_t cudaFreeHost(void *address)
{
    return release(address, true, "cudaFreeHost", __builtin_return_address(0));
}

/* The memory is gone when the stream gets here: what another stream still does with it may come too late. */
cudaError_t cudaFreeAsync(void *address, cudaStream_t stream, Where where)
{
    Guard guard;
    if (cudaError_t error = stream_check("cudaFreeAsync", stream, where)) return error;
    if (!address) return cudaSuccess;
    if (!device_begins(address) || device_pinned(address))
        return refuse_release(address, false, "cudaFreeAsync", where);
    auto run = [=] {
        if (!device_free(address)) refuse_release(address, false, "cudaFreeAsync", where);
    };
    stream_submit(stream, { "cudaFreeAsync", where, run, {} });
    return cudaSuccess;
}

/* ---- memory of the host that the device may use ---- */

static std::map<const char *, size_t> registered; /* bytes by start */

bool emu::is_registered(const void *address)
{
    auto after = registered.upper_bound((const char *)address);
    if (after == registered.begin()) return false;
    --after;
    return (const char *)address < after->first + after->second;
}

bool emu::any_registered()
{
    return !registered.empty();
}

cudaError_t cudaHostRegister(void *address, size_t bytes, unsigned, Where where)
{
    if (!address || !bytes) return refuse(cudaErrorInvalidValue, where, "cudaHostRegister of no memory");
    if (is_registered(address) || in_device_arena(address))
        return refuse(cudaErrorHostMemoryAlreadyRegistered, where,
                      "cudaHostRegister of memory that the device may use already");
    registered[(const char *)address] = bytes;
    return cudaSuccess;
}

cudaError_t cudaHostUnregister(void *address, Where where)
{
    if (!registered.count((const char *)address))
        return refuse(cudaErrorHostMemoryNotRegistered, where,
                      "cudaHostUnregister of memory that is not registered; it takes the address that "
                      "cudaHostRegister was given");
    stream_wait_all();
    registered.erase((const char *)address);
    return cudaSuccess;
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
    attributes->device = device ? device_of(address) : 0;
    attributes->devicePointer = device ? (void *)address : nullptr;
    attributes->hostPointer = device && !managed ? nullptr : (void *)address;
    return cudaSuccess;
}

/* ---- copies ---- */

namespace
{
/* One end of a copy. */
struct End {
    const void *address;
    bool device, host; /* may be used as; managed memory as both */
};
} // namespace

static const void *symbol_now; /* what cudaMemcpyToSymbol or its like was given, during its call */

/* &table, where the program has not asked for the address on the device: on a GPU it is the host's. */
static bool is_by_name(const void *address)
{
    const Variable *variable = device_variable_at(address);
    return variable && variable->start != symbol_now && !is_symbol(address);
}

/* cudaSuccess and the end, or the error after a finding. */
static cudaError_t look_at(const Call &call, const char *which, const void *address, size_t bytes, End *end)
{
    bool arena;
    if (!address)
        return refuse(cudaErrorInvalidValue, call.where, "%s: %s is a null pointer", call.name, which);
    if (is_by_name(address))
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s: %s is the host's address of %s, a variable of the device, which a GPU's copy does "
                      "not reach: cudaMemcpyToSymbol and cudaMemcpyFromSymbol take the variable, "
                      "cudaGetSymbolAddress gives its address",
                      call.name, which, plain_name(*device_variable_at(address)).c_str());
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

/* Which ends lie in device memory, as far as the copy goes. */
struct Direction {
    bool to_device, from_device;
};

static cudaError_t check_direction(const Call &call, const End &to, const End &from, cudaMemcpyKind kind,
                                   Direction *direction)
{
    const char *said = "its kind", *legal = "cudaMemcpyDefault";
    *direction = { !to.host, !from.host };
    if (kind == cudaMemcpyDefault) return cudaSuccess;
    for (const auto &d : directions) {
        bool right = fits(to, d.to_device) && fits(from, d.from_device);
        *direction = { d.to_device, d.from_device };
        if (d.kind == kind && right) return cudaSuccess;
        if (d.kind == kind) said = d.name;
        if (right) legal = d.name;
    }
    return refuse(cudaErrorInvalidValue, call.where,
                  "%s says %s, but it copies from %s memory to %s memory: that is %s", call.name, said,
                  from.host ? "host" : "device", to.host ? "host" : "device", legal);
}

/* The whole extent of rows. */
static size_t extent(size_t pitch, size_t width, size_t height)
{
    return pitch * (height - 1) + width;
}

/* Lets the host touch rows, or no more: their array at once, row by row only where they lie in several. */
static void touch_rows(const char *first, size_t pitch, size_t width, size_t height, bool allowed)
{
    const bool together = device_bytes_from(first) >= extent(pitch, width, height);
    for (size_t row = 0; row < (together ? 1 : height); row++) host_touch(first + row * pitch, allowed);
}

static void move_area(const Call &call, const Area &a, const std::vector<char> &staged, bool comes_to_host)
{
    touch_rows(a.to, a.to_pitch, a.width, a.height, true);
    touch_rows(a.from, a.from_pitch, a.width, a.height, true);
    for (size_t row = 0; row < a.height; row++) {
        char *to = a.to + row * a.to_pitch;
        const char *from = a.from + row * a.from_pitch;
        tell(&Hooks::host_copy, to, from, a.width, call.name, call.where);
        if (comes_to_host) check_copied(from, a.width, call.name, call.where);
        memmove(to, staged.empty() ? from : &staged[row * a.width], a.width);
    }
    touch_rows(a.to, a.to_pitch, a.width, a.height, false);
    touch_rows(a.from, a.from_pitch, a.width, a.height, false);
}

/* Host memory that the GPU cannot reach: neither pinned, nor registered, nor managed. */
static bool is_pageable(const void *address)
{
    return !in_device_arena(address) && !is_registered(address);
}

/* Both devices of a copy between two are done with what came before it, and what follows there waits for it,
 * as in default streams: if it is in one. Else its stream alone orders it. */
static Ticket submit_in_order(const Call &call, const Area &a, cudaStream_t stream, Operation operation)
{
    int here = stream_device(stream), to = device_of(a.to), from = device_of(a.from);
    bool between = stream_is_default(stream) && to >= 0 && from >= 0 && to != from && !device_managed(a.to) &&
                   !device_managed(a.from);
    if (!between) return stream_submit(stream, std::move(operation));
    Ticket before = stream_mark(stream_default(to), call.name, call.where);
    before = stream_mark(stream_default(from), call.name, call.where, before);
    stream_mark(stream, call.name, call.where, before);
    Ticket copy = stream_submit(stream, std::move(operation));
    for (int device : { to, from })
        if (device != here) stream_mark(stream_default(device), call.name, call.where, copy);
    return copy;
}

/* What CUDA promises of a copy when its call returns ("API synchronization behavior" in its reference):
 * from pageable memory the bytes are staged; to pageable memory, and between arrays of the host, the copy
 * is done; all else may be still to come, unless the call is not one of the asynchronous. */
static void submit_copy(const Call &call, const Area &a, Direction direction, bool async, cudaStream_t stream)
{
    std::vector<char> staged;
    bool from_pageable = !direction.from_device && is_pageable(a.from);
    bool to_pageable = !direction.to_device && is_pageable(a.to);
    bool between_hosts = !direction.from_device && !direction.to_device;
    bool on_device = direction.from_device && direction.to_device;
    bool wait = to_pageable || between_hosts || (!async && !on_device);
    if (from_pageable && !wait && !captures_stream(stream_at(stream)))
        for (size_t row = 0; row < a.height; row++)
            staged.insert(staged.end(), a.from + row * a.from_pitch, a.from + row * a.from_pitch + a.width);
    bool comes_to_host = direction.from_device && !direction.to_device && !device_managed(a.from);
    Operation operation = { call.name, call.where, nullptr, {} };
    operation.claims = { { a.from, extent(a.from_pitch, a.width, a.height), false },
                         { a.to, extent(a.to_pitch, a.width, a.height), true } };
    operation.run = [=, staged = std::move(staged)] { move_area(call, a, staged, comes_to_host); };
    Ticket ticket = submit_in_order(call, a, stream, std::move(operation));
    if (wait) stream_wait(ticket);
}

cudaError_t emu::copy_area(const Call &call, const Area &a, cudaMemcpyKind kind, bool async,
                           cudaStream_t stream)
{
    Guard guard;
    if (cudaError_t error = stream_check(call.name, stream, call.where)) return error;
    if (a.width > a.to_pitch || a.width > a.from_pitch)
        return refuse(cudaErrorInvalidPitchValue, call.where,
                      "%s: rows of %zu bytes do not fit the pitches, %zu and %zu bytes", call.name, a.width,
                      a.to_pitch, a.from_pitch);
    if (a.width == 0 || a.height == 0) return cudaSuccess;
    Direction direction = {};
    for (size_t row = 0; row < a.height; row++) {
        End target, source;
        char *to = a.to ? a.to + row * a.to_pitch : nullptr;
        const char *from = a.from ? a.from + row * a.from_pitch : nullptr;
        if (cudaError_t error = look_at(call, "the destination", to, a.width, &target)) return error;
        if (cudaError_t error = look_at(call, "the source", from, a.width, &source)) return error;
        if (cudaError_t error = check_direction(call, target, source, kind, &direction)) return error;
    }
    submit_copy(call, a, direction, async, stream);
    return cudaSuccess;
}

static cudaError_t copy(const Call &call, void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                        bool async = false, cudaStream_t stream = nullptr)
{
    return copy_area(call, { (char *)to, bytes, (const char *)from, bytes, bytes, 1 }, kind, async, stream);
}

cudaError_t emu::copy_rows(const char *call, Where where, const Rows &r, cudaMemcpyKind kind, bool async,
                           cudaStream_t stream)
{
    Area area = { (char *)r.to, r.to_pitch, (const char *)r.from, r.from_pitch, r.width, r.height };
    return copy_area({ call, where }, area, kind, async, stream);
}

/* ---- setting bytes ---- */

/* Done when the call returns only if the memory is pinned and the call is not one of the asynchronous. */
cudaError_t emu::set_rows(const Call &call, void *address, size_t pitch, int value, size_t width,
                          size_t height, bool async, cudaStream_t stream)
{
    Guard guard;
    if (cudaError_t error = stream_check(call.name, stream, call.where)) return error;
    if (width > pitch)
        return refuse(cudaErrorInvalidPitchValue, call.where,
                      "%s: rows of %zu bytes do not fit a pitch of %zu", call.name, width, pitch);
    if (width == 0 || height == 0) return cudaSuccess;
    for (size_t row = 0; row < height; row++) {
        End end;
        const char *at = address ? (const char *)address + row * pitch : nullptr;
        if (cudaError_t error = look_at(call, "the memory", at, width, &end)) return error;
        if (!end.device)
            return refuse(cudaErrorInvalidValue, call.where,
                          "%s of host memory; it takes what cudaMalloc gave", call.name);
    }
    auto run = [=] {
        touch_rows((char *)address, pitch, width, height, true);
        for (size_t row = 0; row < height; row++) {
            char *at = (char *)address + row * pitch;
            memset(at, value, width);
            tell(&Hooks::host_set, at, width);
        }
        touch_rows((char *)address, pitch, width, height, false);
    };
    Claim claim = { address, extent(pitch, width, height), true };
    Ticket ticket = stream_submit(stream, { call.name, call.where, run, { claim } });
    if (!async && device_pinned(address)) stream_wait(ticket);
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, Where where)
{
    return copy({ "cudaMemcpy", where }, to, from, bytes, kind);
}

cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                         size_t height, cudaMemcpyKind kind, Where where)
{
    Area area = { (char *)to, to_pitch, (const char *)from, from_pitch, width, height };
    return copy_area({ "cudaMemcpy2D", where }, area, kind, false, nullptr);
}

void emu::bytes_of_larger(int value, size_t size, Where where)
{
    note_at(where,
            "this sets each byte to %d, not each element: one of %zu bytes becomes 0x%0*llx; a kernel or "
            "cudaMemcpy sets elements",
            value, size, 2 * (int)size, 0x0101010101010101ull * (unsigned)value >> (64 - 8 * size));
}

void emu::size_of_pointer(const char *name, Where where)
{
    report_at("size", where,
              "sizeof(%s) is the size of the pointer, %zu bytes, not of the array that it points to: that is "
              "the number of elements times sizeof(*%s)",
              name, sizeof(void *), name);
}

cudaError_t cudaMemset(void *address, int value, size_t bytes, Where where)
{
    return set_rows({ "cudaMemset", where }, address, bytes, value, bytes, 1, false, nullptr);
}

cudaError_t cudaMemset2D(void *address, size_t pitch, int value, size_t width, size_t height, Where where)
{
    return set_rows({ "cudaMemset2D", where }, address, pitch, value, width, height, false, nullptr);
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream, Where where)
{
    return copy({ "cudaMemcpyAsync", where }, to, from, bytes, kind, true, stream);
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t stream, Where where)
{
    Area area = { (char *)to, to_pitch, (const char *)from, from_pitch, width, height };
    return copy_area({ "cudaMemcpy2DAsync", where }, area, kind, true, stream);
}

cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t stream, Where where)
{
    return set_rows({ "cudaMemsetAsync", where }, address, bytes, value, bytes, 1, true, stream);
}

/* Hints of where managed memory should be: nothing moves here. */
static cudaError_t hint(const Call &call, const void *address, size_t bytes)
{
    bool device;
    if (device_range(address, bytes, &device) && device && device_managed(address)) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, call.where, "%s of memory that is not managed", call.name);
}

cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, int, cudaStream_t stream, Where where)
{
    if (cudaError_t error = stream_check("cudaMemPrefetchAsync", stream, where)) return error;
    return hint({ "cudaMemPrefetchAsync", where }, address, bytes);
}

cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, cudaMemLocation, unsigned,
                                 cudaStream_t stream, Where where)
{
    return cudaMemPrefetchAsync(address, bytes, 0, stream, where);
}

cudaError_t cudaMemAdvise(const void *address, size_t bytes, cudaMemoryAdvise, int, Where where)
{
    return hint({ "cudaMemAdvise", where }, address, bytes);
}

cudaError_t cudaMemAdvise(const void *address, size_t bytes, cudaMemoryAdvise, cudaMemLocation, Where where)
{
    return hint({ "cudaMemAdvise", where }, address, bytes);
}

cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, void *address, size_t bytes, unsigned, Where where)
{
    if (cudaError_t error = stream_check("cudaStreamAttachMemAsync", stream, where)) return error;
    return hint({ "cudaStreamAttachMemAsync", where }, address, bytes);
}

/* Is it a string? Until CUDA 5 one could name a variable so. */
static cudaError_t refuse_string(const Call &call, const char *symbol, size_t bytes, Where where)
{
    const Module *module = module_at(symbol);
    bool text = module && !variable_at(*module, symbol) && bytes && symbol[bytes - 1] == '\0';
    for (size_t i = 0; text && i + 1 < bytes; i++)
        text = isalnum((unsigned char)symbol[i]) || symbol[i] == '_';
    if (!text) return cudaSuccess;
    return refuse(
        cudaErrorInvalidSymbol, where,
        "%s names a variable by the string \"%s\", which CUDA has not allowed since version 5: it takes "
        "the variable itself, %s(%s, ..)",
        call.name, symbol, call.name, symbol);
}

cudaError_t emu_copy_symbol(const EmuSymbol &s, void *host, size_t bytes, size_t offset, bool to_symbol,
                            bool async, cudaStream_t stream, Where where)
{
    static const char *const names[2][2] = { { "cudaMemcpyFromSymbol", "cudaMemcpyFromSymbolAsync" },
                                             { "cudaMemcpyToSymbol", "cudaMemcpyToSymbolAsync" } };
    Call call = { names[to_symbol][async], where };
    const Variable *variable = device_variable_at(s.address);
    if (cudaError_t error = refuse_string(call, (const char *)s.address, s.bytes, where)) return error;
    if (variable && variable->start != s.address)
        return refuse(cudaErrorInvalidSymbol, where,
                      "%s of a part of %s: it takes the variable itself, and the offset in bytes", call.name,
                      plain_name(*variable).c_str());
    if (!module_at(s.address))
        return refuse(
            cudaErrorInvalidSymbol, where,
            "%s takes a __device__ or __constant__ variable; this one is the host's (what a pointer "
            "points to is copied by cudaMemcpy)",
            call.name);
    if (offset > s.bytes || bytes > s.bytes - offset)
        return refuse(cudaErrorInvalidValue, where, "%s of %zu bytes at offset %zu; the symbol has %zu bytes",
                      call.name, bytes, offset, s.bytes);
    char *part = (char *)s.address + offset;
    cudaMemcpyKind kind = in_device_arena(host) ? cudaMemcpyDefault
                          : to_symbol           ? cudaMemcpyHostToDevice
                                                : cudaMemcpyDeviceToHost;
    symbol_now = s.address;
    cudaError_t error = to_symbol ? copy(call, part, host, bytes, kind, async, stream)
                                  : copy(call, host, part, bytes, kind, async, stream);
    symbol_now = nullptr;
    return error;
}

/* ---- variables that the host and the device know ---- */

static std::set<const void *> symbols; /* whose address on the device the program has asked for */

/* of __managed__ variables; where there are none the linker knows no such section */
extern "C" char __start_emu_managed[] __attribute__((weak));
extern "C" char __stop_emu_managed[] __attribute__((weak));

bool emu::is_symbol(const void *address)
{
    const char *at = (const char *)address;
    if (__start_emu_managed && at >= __start_emu_managed && at < __stop_emu_managed) return true;
    const Module *module = module_at(address);
    const Variable *variable = module ? variable_at(*module, address) : nullptr;
    return variable && symbols.count(variable->start);
}

cudaError_t emu_symbol_address(void **address, void *symbol)
{
    symbols.insert(symbol);
    *address = symbol;
    return cudaSuccess;
}
