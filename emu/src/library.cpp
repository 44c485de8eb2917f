/* library.cpp - operations of NVIDIA's libraries: see library.h. To a GPU they are kernels like others;
 * here the host computes them, and tells the checkers what they read and write. */
#include "library.h"
#include "devices.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"
#include "unwritten.h"

namespace emu
{

size_t bytes_of(cudaDataType_t type)
{
    switch (type) {
    case CUDA_R_8I:
    case CUDA_R_8U: return 1;
    case CUDA_R_16F:
    case CUDA_R_16BF: return 2;
    case CUDA_R_32F:
    case CUDA_R_32I:
    case CUDA_R_32U: return 4;
    case CUDA_R_64F: return 8;
    default: return 0;
    }
}

/* ---- where arrays are ---- */

/* From the first byte that the operation touches to the last. */
static size_t extent_of(const Operand &o)
{
    size_t one = (o.count - 1) * o.pitch + o.bytes;
    return (size_t)std::llabs(o.stride) * (o.batches - 1) + one;
}

static const void *lowest_of(const Operand &o)
{
    return o.stride < 0 ? (const char *)o.start + o.stride * (long long)(o.batches - 1) : o.start;
}

static bool is_empty(const Operand &o)
{
    return !o.bytes || !o.count || !o.batches;
}

bool library_reaches(const LibraryCall &call, const Operand &o)
{
    bool arena;
    if (is_empty(o)) return true;
    const void *lowest = lowest_of(o);
    size_t extent = extent_of(o);
    if (!o.start) {
        refuse(cudaErrorIllegalAddress, call.where, "%s: %s is a null pointer", call.name, o.name.c_str());
    } else if (!device_range(lowest, extent, &arena)) {
        size_t there = device_bytes_from(lowest);
        std::string where = describe_device(lowest);
        if (there)
            refuse(cudaErrorIllegalAddress, call.where,
                   "%s: %s needs %zu bytes from its start on, which is %s, so there are %zu", call.name,
                   o.name.c_str(), extent, where.c_str(), there);
        else
            refuse(cudaErrorIllegalAddress, call.where, "%s: %s is %s", call.name, o.name.c_str(),
                   where.c_str());
    } else if (!arena && !is_symbol(lowest) && !is_registered(lowest)) {
        refuse(cudaErrorIllegalAddress, call.where,
               "%s: %s is host memory, which a GPU cannot reach; it needs cudaMalloc and a copy", call.name,
               o.name.c_str());
    } else {
        return true;
    }
    return false;
}

bool library_host_reaches(const LibraryCall &call, const char *name, const void *address, const char *remedy)
{
    if (!address) {
        report_at("error", call.where, "%s: %s is a null pointer", call.name, name);
        return false;
    }
    if (!in_device_arena(address) || device_managed(address)) return true;
    report_at("host", call.where, "%s: %s is memory of the device (%s), but the host reads or writes it; %s",
              call.name, name, describe_device(address).c_str(), remedy);
    return false;
}

/* ---- what they touch ---- */

/* Each run of an array, in bytes. */
static void each_run(const Operand &o, const std::function<void(const char *start, size_t bytes)> &run)
{
    bool whole = o.pitch == o.bytes || o.count == 1;
    for (size_t batch = 0; batch < o.batches; batch++) {
        const char *start = (const char *)o.start + o.stride * (long long)batch;
        if (whole)
            run(start, o.bytes * o.count);
        else
            for (size_t i = 0; i < o.count; i++) run(start + i * o.pitch, o.bytes);
    }
}

static void check_reads(const LibraryCall &call, const Operand &o)
{
    if (reads_are_watched || listening())
        each_run(o, [&](const char *start, size_t bytes) {
            tell(&Hooks::called_library, (const void *)start, bytes, false, call.name, o.name.c_str(),
                 call.where);
        });
    size_t fresh = 0;
    const char *first = nullptr;
    if (reads_are_watched) return;
    each_run(o, [&](const char *start, size_t bytes) {
        const char *at = nullptr;
        fresh += fresh_bytes(start, bytes, &at);
        if (!first) first = at;
    });
    if (fresh)
        tell_unwritten(call.where, std::string(call.name) + " reads " + o.name + ", of which " +
                                       std::to_string(fresh) +
                                       " bytes are as cudaMalloc left them: nobody has written them, or they "
                                       "were computed from what nobody has written; the first is " +
                                       describe(first));
}

bool library_uses(const LibraryCall &call, const std::vector<Operand> &operands)
{
    for (const Operand &o : operands)
        if (!library_reaches(call, o)) return false;
    for (const Operand &o : operands)
        if (!is_empty(o) && o.reads && (!o.reads_if || o.reads_if())) check_reads(call, o);
    for (const Operand &o : operands)
        if (!is_empty(o) && o.writes && listening())
            each_run(o, [&](const char *start, size_t bytes) {
                tell(&Hooks::called_library, (const void *)start, bytes, true, call.name, o.name.c_str(),
                     call.where);
            });
    return true;
}

/* False after a finding: another device's array, whose memory this one may not use. */
static bool is_on_device(const LibraryCall &call, const Operand &o)
{
    int device = stream_device(call.stream), owner = is_empty(o) ? -1 : device_of(o.start);
    if (owner < 0 || device_usable(o.start, device)) return true;
    refuse(
        cudaErrorIllegalAddress, call.where,
        "%s runs on device %d, but %s is %s; cudaSetDevice(%d) belongs before its allocation, or device %d "
        "needs cudaDeviceEnablePeerAccess(%d, 0)",
        call.name, device, o.name.c_str(), describe_device(o.start).c_str(), device, device, owner);
    return false;
}

Ticket library_submit(const LibraryCall &call, const std::vector<Operand> &operands,
                      std::function<void()> run)
{
    if (stream_check(call.name, call.stream, call.where)) return 0;
    for (const Operand &o : operands)
        if (!library_reaches(call, o) || !is_on_device(call, o)) return 0;
    Operation operation = { call.name, call.where, nullptr, {}, true };
    for (const Operand &o : operands)
        if (!is_empty(o)) operation.claims.push_back({ lowest_of(o), extent_of(o), o.writes });
    operation.run = [call, operands, run = std::move(run)] {
        count_library_kernel();
        device_open();
        if (library_uses(call, operands)) run();
        device_close();
    };
    return stream_submit(call.stream, std::move(operation));
}

} // namespace emu
