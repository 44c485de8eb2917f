/* pools.cpp - cudaMallocAsync and memory pools. The pools count; the memory is cudaMalloc's. */
#include <map>
#include <set>
#include "devices.h"
#include "emu/graphs.h"
#include "host_memory.h"
#include "launch.h"

using namespace emu;

struct CUmemPoolHandle_st {
    uint64_t used, used_most, threshold;
    int reuse[3];
    int device = 0;       /* where its memory is */
    unsigned readers = 0; /* other devices that may use it, a bit for each */
};

static std::set<cudaMemPool_t> &pools = *new std::set<cudaMemPool_t>;
static CUmemPoolHandle_st of_graphs;

/* The pools of each device: its default one, and what cudaMallocAsync takes from. */
static struct OfDevice {
    CUmemPoolHandle_st standard = { 0, 0, 0, { 1, 1, 1 } };
    cudaMemPool_t chosen = &standard;
    OfDevice()
    {
        static int made;
        standard.device = made++;
        pools.insert(&standard);
    }
} of_device[DEVICES_MOST];

/* Of live allocations: their pool and size. */
static std::map<const void *, std::pair<cudaMemPool_t, size_t>> &owners =
    *new std::map<const void *, std::pair<cudaMemPool_t, size_t>>;

static void take(cudaMemPool_t pool, const void *address, size_t bytes)
{
    if (!owners.insert({ address, { pool, bytes } }).second) return;
    if (pool != &of_graphs) device_set_readers(address, pool->readers);
    pool->used += bytes;
    if (pool->used > pool->used_most) pool->used_most = pool->used;
}

static void forget(const void *address)
{
    auto found = owners.find(address);
    if (found == owners.end()) return;
    found->second.first->used -= found->second.second;
    owners.erase(found);
}

[[maybe_unused]] static const bool told = (device_freed = forget, true);

/* ---- allocating ---- */

cudaError_t cudaMallocFromPoolAsync(void **address, size_t bytes, cudaMemPool_t pool, cudaStream_t stream,
                                    Where where)
{
    const char *call = "cudaMallocAsync";
    if (!pools.count(pool))
        return refuse(cudaErrorInvalidValue, where, "%s from a pool that does not exist, or no longer", call);
    if (!address || !bytes)
        return refuse(cudaErrorInvalidValue, where, "%s of %zu bytes, or without a place for the address",
                      call, bytes);
    if (cudaError_t error = stream_check(call, stream, where)) return error;
    OnDevice on(pool->device);
    if (cudaError_t error = cudaMalloc(address, bytes, where)) return error;
    void *start = *address;
    if (!captures_stream(stream_at(stream))) {
        take(pool, start, bytes);
        return cudaSuccess;
    }
    device_suspend(start); /* the address is the graph's; there is memory from its node on */
    auto run = [=] {
        device_revive(start);
        take(&of_graphs, start, bytes);
    };
    stream_submit(stream, { "cudaMallocAsync", where, run, {} });
    return cudaSuccess;
}

cudaError_t cudaMallocAsync(void **address, size_t bytes, cudaStream_t stream, Where where)
{
    int device = stream_at(stream) ? stream_device(stream) : 0; /* of no stream: the call says so */
    return cudaMallocFromPoolAsync(address, bytes, of_device[device].chosen, stream, where);
}

/* ---- pools ---- */

static cudaError_t check_pool(const char *call, cudaMemPool_t pool, const void *value, Where where)
{
    if (pools.count(pool) && value) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "%s of %s", call,
                  value ? "a pool that does not exist, or no longer" : "a null pointer");
}

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t *pool, int device, Where where)
{
    if (!pool || !device_exists(device))
        return refuse(cudaErrorInvalidValue, where, "cudaDeviceGetDefaultMemPool of device %d", device);
    *pool = &of_device[device].standard;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetMemPool(cudaMemPool_t *pool, int device, Where where)
{
    if (!pool || !device_exists(device))
        return refuse(cudaErrorInvalidValue, where, "cudaDeviceGetMemPool of device %d", device);
    *pool = of_device[device].chosen;
    return cudaSuccess;
}

cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t pool, Where where)
{
    if (!device_exists(device))
        return refuse(cudaErrorInvalidValue, where, "cudaDeviceSetMemPool of device %d", device);
    if (cudaError_t error = check_pool("cudaDeviceSetMemPool", pool, pool, where)) return error;
    of_device[device].chosen = pool;
    return cudaSuccess;
}

cudaError_t cudaMemPoolCreate(cudaMemPool_t *pool, const cudaMemPoolProps *properties, Where where)
{
    bool legal = pool && properties && properties->allocType == cudaMemAllocationTypePinned;
    if (!legal || !device_exists(properties->location.id))
        return refuse(cudaErrorInvalidValue, where,
                      "cudaMemPoolCreate needs a place for its result, and properties of "
                      "cudaMemAllocationTypePinned on a device that exists");
    pools.insert(*pool = new CUmemPoolHandle_st{ 0, 0, 0, { 1, 1, 1 }, properties->location.id });
    return cudaSuccess;
}

cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool, Where where)
{
    if (cudaError_t error = check_pool("cudaMemPoolDestroy", pool, pool, where)) return error;
    for (OfDevice &of : of_device) {
        if (pool == &of.standard)
            return refuse(cudaErrorInvalidValue, where, "cudaMemPoolDestroy of the device's default pool");
        if (of.chosen == pool) of.chosen = &of.standard;
    }
    pools.erase(pool); /* what was taken from it still counts there */
    return cudaSuccess;
}

cudaError_t cudaMemPoolTrimTo(cudaMemPool_t pool, size_t, Where where)
{
    return check_pool("cudaMemPoolTrimTo", pool, pool, where);
}

/* It begins and ends for kernels that are launched from now on. */
cudaError_t cudaMemPoolSetAccess(cudaMemPool_t pool, const cudaMemAccessDesc *access, size_t count,
                                 Where where)
{
    if (cudaError_t error = check_pool("cudaMemPoolSetAccess", pool, access, where)) return error;
    for (size_t i = 0; i < count; i++) {
        int device = access[i].location.id;
        if (access[i].location.type != cudaMemLocationTypeDevice || !device_exists(device))
            return refuse(cudaErrorInvalidValue, where, "cudaMemPoolSetAccess for device %d; %s", device,
                          devices_in_words().c_str());
        stream_run_device(device);
        unsigned bit = 1u << device;
        pool->readers = access[i].flags ? pool->readers | bit : pool->readers & ~bit;
    }
    for (const auto &owner : owners)
        if (owner.second.first == pool) device_set_readers(owner.first, pool->readers);
    return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void *value, Where where)
{
    if (cudaError_t error = check_pool("cudaMemPoolSetAttribute", pool, value, where)) return error;
    switch (attribute) {
    case cudaMemPoolReuseFollowEventDependencies:
    case cudaMemPoolReuseAllowOpportunistic:
    case cudaMemPoolReuseAllowInternalDependencies:
        pool->reuse[attribute - 1] = *(int *)value;
        return cudaSuccess;
    case cudaMemPoolAttrReleaseThreshold: pool->threshold = *(uint64_t *)value; return cudaSuccess;
    case cudaMemPoolAttrUsedMemHigh:
    case cudaMemPoolAttrReservedMemHigh:
        if (*(uint64_t *)value == 0) {
            pool->used_most = pool->used;
            return cudaSuccess;
        }
        break;
    default: break;
    }
    return refuse(cudaErrorInvalidValue, where,
                  "cudaMemPoolSetAttribute of attribute %d, which cannot be set to this value",
                  (int)attribute);
}

cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void *value, Where where)
{
    if (cudaError_t error = check_pool("cudaMemPoolGetAttribute", pool, value, where)) return error;
    switch (attribute) {
    case cudaMemPoolReuseFollowEventDependencies:
    case cudaMemPoolReuseAllowOpportunistic:
    case cudaMemPoolReuseAllowInternalDependencies:
        *(int *)value = pool->reuse[attribute - 1];
        return cudaSuccess;
    case cudaMemPoolAttrReleaseThreshold: *(uint64_t *)value = pool->threshold; return cudaSuccess;
    case cudaMemPoolAttrReservedMemCurrent:
    case cudaMemPoolAttrUsedMemCurrent: *(uint64_t *)value = pool->used; return cudaSuccess;
    case cudaMemPoolAttrReservedMemHigh:
    case cudaMemPoolAttrUsedMemHigh: *(uint64_t *)value = pool->used_most; return cudaSuccess;
    }
    return refuse(cudaErrorInvalidValue, where,
                  "cudaMemPoolGetAttribute of attribute %d, which does not exist", (int)attribute);
}

cudaError_t cudaDeviceGetGraphMemAttribute(int device, cudaGraphMemAttributeType attribute, void *value,
                                           Where where)
{
    if (!device_exists(device) || !value)
        return refuse(cudaErrorInvalidValue, where, "cudaDeviceGetGraphMemAttribute of device %d", device);
    bool most = attribute == cudaGraphMemAttrUsedMemHigh || attribute == cudaGraphMemAttrReservedMemHigh;
    *(uint64_t *)value = most ? of_graphs.used_most : of_graphs.used;
    return cudaSuccess;
}
