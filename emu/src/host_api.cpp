/* host_api.cpp - the rest of the runtime API: what it says of kernels by their address. */
#include "cuda_runtime_api.h"
#include "launch.h"

using namespace emu;

/* ---- functions ---- */

static cudaError_t no_function(const char *call, Where where)
{
    return refuse(cudaErrorInvalidDeviceFunction, where, "%s of a null pointer; it takes a kernel", call);
}

static cudaError_t set_dynamic_limit(const void *address, int bytes, Where where)
{
    Function &function = function_at(address);
    size_t most = SHARED_MOST - function.static_bytes;
    if (bytes < 0 || (size_t)bytes > most)
        return refuse(
            cudaErrorInvalidValue, where,
            "cudaFuncSetAttribute asks for %d bytes of dynamic shared memory; at most %zu are possible beside "
            "%zu of static",
            bytes, most, function.static_bytes);
    function.dynamic_limit = (size_t)bytes;
    return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void *function, cudaFuncAttribute attribute, int value, Where where)
{
    if (!function) return no_function("cudaFuncSetAttribute", where);
    if (attribute == cudaFuncAttributeMaxDynamicSharedMemorySize)
        return set_dynamic_limit(function, value, where);
    if (attribute == cudaFuncAttributeNonPortableClusterSizeAllowed) {
        function_at(function).large_clusters = value != 0;
        return cudaSuccess;
    }
    if (attribute == cudaFuncAttributeClusterSchedulingPolicyPreference) return cudaSuccess;
    bool carveout =
        attribute == cudaFuncAttributePreferredSharedMemoryCarveout && value >= -1 && value <= 100;
    if (carveout) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where,
                  "cudaFuncSetAttribute of attribute %d with value %d; a carveout is a percentage, or -1",
                  attribute, value);
}

cudaError_t cudaFuncSetCacheConfig(const void *function, cudaFuncCache, Where where)
{
    return function ? cudaSuccess : no_function("cudaFuncSetCacheConfig", where);
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, const void *function, Where where)
{
    if (!attributes) return no_result("cudaFuncGetAttributes", where);
    if (!function) return no_function("cudaFuncGetAttributes", where);
    *attributes = {};
    attributes->maxThreadsPerBlock = (int)THREADS_MOST;
    attributes->sharedSizeBytes = function_at(function).static_bytes;
    attributes->maxDynamicSharedSizeBytes = (int)function_at(function).dynamic_limit;
    attributes->ptxVersion = attributes->binaryVersion = 90;
    attributes->preferredShmemCarveout = cudaSharedmemCarveoutDefault;
    const Function &known = function_at(function);
    attributes->nonPortableClusterSizeAllowed = known.large_clusters;
    attributes->clusterDimMustBeSet = known.cluster.x != 0;
    attributes->requiredClusterWidth = (int)known.cluster.x;
    attributes->requiredClusterHeight = (int)known.cluster.y;
    attributes->requiredClusterDepth = (int)known.cluster.z;
    return cudaSuccess;
}

/* By threads and dynamic shared memory alone: registers are not known here. */
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const void *function, int threads,
                                                          size_t dynamic_bytes, Where where)
{
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    if (!blocks) return no_result("cudaOccupancyMaxActiveBlocksPerMultiprocessor", where);
    if (!function) return no_function("cudaOccupancyMaxActiveBlocksPerMultiprocessor", where);
    if (threads < 1)
        return refuse(
            cudaErrorInvalidValue, where,
            "cudaOccupancyMaxActiveBlocksPerMultiprocessor of blocks of %d threads; they have at least 1",
            threads);
    size_t by_threads = (size_t)p.maxThreadsPerMultiProcessor / (((size_t)threads + 31) / 32 * 32);
    size_t shared_bytes = dynamic_bytes + function_at(function).static_bytes + p.reservedSharedMemPerBlock;
    size_t by_memory = p.sharedMemPerMultiprocessor / shared_bytes;
    size_t most = by_threads < by_memory ? by_threads : by_memory;
    *blocks = most < (size_t)p.maxBlocksPerMultiProcessor ? (int)most : p.maxBlocksPerMultiProcessor;
    return cudaSuccess;
}

cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t *bytes, const void *function, int blocks,
                                                      int threads, Where where)
{
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    if (!bytes) return no_result("cudaOccupancyAvailableDynamicSMemPerBlock", where);
    if (!function) return no_function("cudaOccupancyAvailableDynamicSMemPerBlock", where);
    if (blocks < 1 || threads < 1)
        return refuse(cudaErrorInvalidValue, where,
                      "cudaOccupancyAvailableDynamicSMemPerBlock of %d blocks of %d threads; 1 is the least",
                      blocks, threads);
    size_t share = p.sharedMemPerMultiprocessor / (size_t)blocks;
    size_t taken = p.reservedSharedMemPerBlock + function_at(function).static_bytes;
    size_t left = share > taken ? share - taken : 0, most = SHARED_MOST - function_at(function).static_bytes;
    *bytes = left < most ? left : most;
    return cudaSuccess;
}

/* The largest block, a multiple of a warp, that keeps the most threads on a multiprocessor. */
cudaError_t emu::best_block(int *blocks, int *threads, const void *function, size_t (*dynamic)(int, void *),
                            void *argument, int limit, Where where)
{
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    if (!blocks || !threads) return no_result("cudaOccupancyMaxPotentialBlockSize", where);
    int most = limit > 0 && limit < p.maxThreadsPerBlock ? limit : p.maxThreadsPerBlock, best = 0;
    for (int size = most; size > 0; size = (size - 1) / p.warpSize * p.warpSize) {
        int resident;
        size_t bytes = dynamic(size, argument);
        if (bytes > function_at(function).dynamic_limit) continue;
        cudaError_t error =
            cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, function, size, bytes, where);
        if (error) return error;
        if (resident * size <= best) continue;
        best = resident * size;
        *threads = size;
        *blocks = resident * p.multiProcessorCount;
    }
    if (best) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where,
                  "cudaOccupancyMaxPotentialBlockSize: no block fits the shared memory that it would use");
}
