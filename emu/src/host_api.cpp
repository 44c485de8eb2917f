/* host_api.cpp - the rest of the runtime API: the device's properties, streams, events, functions. */
#include <cstdio>
#include <set>
#include "cuda_runtime_api.h"
#include "launch.h"

using namespace emu;

/* ---- the device ---- */

static cudaError_t check_device(int device)
{
    return device == 0 ? cudaSuccess : note_error(cudaErrorInvalidDevice);
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

cudaError_t cudaSetDevice(int device)
{
    return check_device(device);
}

cudaError_t cudaSetDeviceFlags(unsigned)
{
    return cudaSuccess;
}

/* As a small Hopper: 9.0, with few multiprocessors, so that persistent kernels stay small. */
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device)
{
    if (!properties) return note_error(cudaErrorInvalidValue);
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
    p.managedMemory = p.unifiedAddressing = p.canMapHostMemory = 1;
    *properties = p;
    return check_device(device);
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device)
{
    cudaDeviceProp p;
    if (!value) return note_error(cudaErrorInvalidValue);
    if (cudaError_t error = cudaGetDeviceProperties(&p, device)) return error;
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
    case cudaDevAttrCooperativeLaunch: *value = p.cooperativeLaunch; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = (int)p.sharedMemPerBlockOptin; return cudaSuccess;
    }
    return note_error(cudaErrorInvalidValue);
}

cudaError_t cudaDeviceSynchronize()
{
    return cudaPeekAtLastError();
}

cudaError_t cudaDeviceReset()
{
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

/* ---- streams and events: only whether a handle is alive matters ---- */

struct CUstream_st {
};
struct CUevent_st {
    bool recorded;
};
static std::set<cudaStream_t> streams;
static std::set<cudaEvent_t> events;

static cudaError_t check_stream(cudaStream_t stream)
{
    bool known =
        !stream || stream == cudaStreamLegacy || stream == cudaStreamPerThread || streams.count(stream);
    return known ? cudaSuccess : note_error(cudaErrorInvalidResourceHandle);
}

static cudaError_t check_event(cudaEvent_t event)
{
    return events.count(event) ? cudaSuccess : note_error(cudaErrorInvalidResourceHandle);
}

cudaError_t cudaStreamCreate(cudaStream_t *stream)
{
    if (!stream) return note_error(cudaErrorInvalidValue);
    streams.insert(*stream = new CUstream_st);
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned)
{
    return cudaStreamCreate(stream);
}

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned, int)
{
    return cudaStreamCreate(stream);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    if (!streams.erase(stream)) return note_error(cudaErrorInvalidResourceHandle);
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    cudaError_t error = check_stream(stream);
    return error ? error : cudaPeekAtLastError();
}

cudaError_t cudaStreamQuery(cudaStream_t stream)
{
    return check_stream(stream);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    cudaError_t error = check_stream(stream);
    return error ? error : check_event(event);
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *argument)
{
    if (!function) return note_error(cudaErrorInvalidValue);
    if (cudaError_t error = check_stream(stream)) return error;
    function(argument);
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *event)
{
    if (!event) return note_error(cudaErrorInvalidValue);
    events.insert(*event = new CUevent_st{ false });
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned)
{
    return cudaEventCreate(event);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    if (cudaError_t error = check_event(event)) return error;
    event->recorded = true;
    return check_stream(stream);
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    return check_event(event);
}

cudaError_t cudaEventQuery(cudaEvent_t event)
{
    return check_event(event);
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to)
{
    if (!milliseconds) return note_error(cudaErrorInvalidValue);
    if (!events.count(from) || !events.count(to) || !from->recorded || !to->recorded)
        return note_error(cudaErrorInvalidResourceHandle);
    *milliseconds = 0; /* an emulator's time would say nothing about a GPU's */
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    if (!events.erase(event)) return note_error(cudaErrorInvalidResourceHandle);
    delete event;
    return cudaSuccess;
}

/* ---- functions ---- */

static cudaError_t set_dynamic_limit(const void *address, int bytes)
{
    Function &function = function_at(address);
    if (bytes < 0 || (size_t)bytes + function.static_bytes > SHARED_MOST)
        return note_error(cudaErrorInvalidValue);
    function.dynamic_limit = (size_t)bytes;
    return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void *function, cudaFuncAttribute attribute, int value)
{
    if (!function) return note_error(cudaErrorInvalidDeviceFunction);
    switch (attribute) {
    case cudaFuncAttributeMaxDynamicSharedMemorySize: return set_dynamic_limit(function, value);
    case cudaFuncAttributePreferredSharedMemoryCarveout:
        return value >= -1 && value <= 100 ? cudaSuccess : note_error(cudaErrorInvalidValue);
    }
    return note_error(cudaErrorInvalidValue);
}

cudaError_t cudaFuncSetCacheConfig(const void *function, cudaFuncCache)
{
    return function ? cudaSuccess : note_error(cudaErrorInvalidDeviceFunction);
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, const void *function)
{
    if (!attributes || !function) return note_error(cudaErrorInvalidValue);
    *attributes = {};
    attributes->maxThreadsPerBlock = (int)THREADS_MOST;
    attributes->sharedSizeBytes = function_at(function).static_bytes;
    attributes->maxDynamicSharedSizeBytes = (int)function_at(function).dynamic_limit;
    attributes->ptxVersion = attributes->binaryVersion = 90;
    return cudaSuccess;
}

/* By threads and dynamic shared memory alone: registers are not known here. */
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const void *function, int threads,
                                                          size_t dynamic_bytes)
{
    cudaDeviceProp p;
    cudaGetDeviceProperties(&p, 0);
    if (!blocks || !function || threads < 1) return note_error(cudaErrorInvalidValue);
    size_t by_threads = (size_t)p.maxThreadsPerMultiProcessor / (((size_t)threads + 31) / 32 * 32);
    size_t shared_bytes = dynamic_bytes + function_at(function).static_bytes + p.reservedSharedMemPerBlock;
    size_t by_memory = p.sharedMemPerMultiprocessor / shared_bytes;
    size_t most = by_threads < by_memory ? by_threads : by_memory;
    *blocks = most < (size_t)p.maxBlocksPerMultiProcessor ? (int)most : p.maxBlocksPerMultiProcessor;
    return cudaSuccess;
}
