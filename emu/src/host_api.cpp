/* host_api.cpp - the rest of the runtime API: the device's properties, functions. */
#include <cstdio>
#include "cuda_runtime_api.h"
#include "host_memory.h"
#include "launch.h"
#include "streams.h"

using namespace emu;

/* ---- the device ---- */

static cudaError_t check_device(int device, Where where)
{
    if (device == 0) return cudaSuccess;
    return refuse(cudaErrorInvalidDevice, where, "there is no device %d; the only one is 0", device);
}

/* A call with no address to put its result in. */
static cudaError_t no_result(const char *call, Where where)
{
    return refuse(cudaErrorInvalidValue, where, "%s gets a null pointer for its result", call);
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device)
{
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device, Where where)
{
    return check_device(device, where);
}

cudaError_t cudaSetDeviceFlags(unsigned)
{
    return cudaSuccess;
}

/* As a small Hopper: 9.0, with few multiprocessors, so that persistent kernels stay small. */
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device, Where where)
{
    if (!properties) return no_result("cudaGetDeviceProperties", where);
    cudaDeviceProp p = {};
    snprintf(p.name, sizeof p.name, "emulated on the CPU");
    p.major = 9;
    p.totalGlobalMem = (size_t)16 << 30;
    p.sharedMemPerBlock = SHARED_DEFAULT;
    p.sharedMemPerBlockOptin = SHARED_MOST;
    p.sharedMemPerMultiprocessor = 228 << 10;
    p.reservedSharedMemPerBlock = 1 << 10;
    p.totalConstMem = 64 << 10;
    p.multiProcessorCount = 4;
    p.warpSize = 32;
    p.regsPerBlock = p.regsPerMultiprocessor = 65536;
    p.maxThreadsPerBlock = (int)THREADS_MOST;
    p.maxThreadsPerMultiProcessor = 2048;
    p.maxBlocksPerMultiProcessor = 32;
    p.maxThreadsDim[0] = p.maxThreadsDim[1] = (int)THREADS_MOST;
    p.maxThreadsDim[2] = 64;
    p.maxGridSize[0] = 0x7fffffff;
    p.maxGridSize[1] = p.maxGridSize[2] = 65535;
    p.l2CacheSize = 1 << 20;
    p.managedMemory = p.unifiedAddressing = p.canMapHostMemory = p.cooperativeLaunch = 1;
    *properties = p;
    return check_device(device, where);
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device, Where where)
{
    cudaDeviceProp p;
    if (!value) return no_result("cudaDeviceGetAttribute", where);
    if (cudaError_t error = cudaGetDeviceProperties(&p, device, where)) return error;
    switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock: *value = p.maxThreadsPerBlock; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlock: *value = (int)p.sharedMemPerBlock; return cudaSuccess;
    case cudaDevAttrWarpSize: *value = p.warpSize; return cudaSuccess;
    case cudaDevAttrClockRate:
    case cudaDevAttrMemoryClockRate: *value = 0; return cudaSuccess; /* there is no time */
    case cudaDevAttrL2CacheSize: *value = p.l2CacheSize; return cudaSuccess;
    case cudaDevAttrMultiProcessorCount: *value = p.multiProcessorCount; return cudaSuccess;
    case cudaDevAttrMaxThreadsPerMultiProcessor: *value = p.maxThreadsPerMultiProcessor; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor: *value = p.major; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor: *value = p.minor; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        *value = (int)p.sharedMemPerMultiprocessor;
        return cudaSuccess;
    case cudaDevAttrManagedMemory: *value = p.managedMemory; return cudaSuccess;
    case cudaDevAttrGpuOverlap: *value = p.deviceOverlap; return cudaSuccess;
    case cudaDevAttrKernelExecTimeout: *value = p.kernelExecTimeoutEnabled; return cudaSuccess;
    case cudaDevAttrIntegrated: *value = p.integrated; return cudaSuccess;
    case cudaDevAttrCanMapHostMemory: *value = p.canMapHostMemory; return cudaSuccess;
    case cudaDevAttrComputeMode: *value = p.computeMode; return cudaSuccess;
    case cudaDevAttrConcurrentKernels: *value = p.concurrentKernels; return cudaSuccess;
    case cudaDevAttrCooperativeLaunch: *value = p.cooperativeLaunch; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = (int)p.sharedMemPerBlockOptin; return cudaSuccess;
    }
    return refuse(cudaErrorInvalidValue, where,
                  "cudaDeviceGetAttribute of attribute %d, which is not emulated", attribute);
}

cudaError_t cudaDeviceReset()
{
    stream_wait_all();
    device_free_all();
    return cudaSuccess;
}

cudaError_t cudaDeviceSetLimit(cudaLimit, size_t)
{
    return cudaSuccess;
}

cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache)
{
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *version)
{
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version)
{
    *version = CUDART_VERSION;
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t *unused, size_t *total)
{
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    *unused = *total = p.totalGlobalMem;
    return cudaSuccess;
}

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
