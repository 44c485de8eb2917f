/* device.cpp - the devices, and their properties: those of a small Hopper, 9.0. */
#include <cstdio>
#include "cuda_runtime_api.h"
#include "devices.h"
#include "host_memory.h"
#include "launch.h"
#include "streams.h"

using namespace emu;

static cudaError_t check_device(int device, Where where)
{
    if (device_exists(device)) return cudaSuccess;
    return refuse(cudaErrorInvalidDevice, where, "there is no device %d; %s", device,
                  devices_in_words().c_str());
}

cudaError_t cudaGetDeviceCount(int *count)
{
    *count = (int)options.devices;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device)
{
    *device = device_now();
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device, Where where)
{
    cudaError_t error = check_device(device, where);
    if (!error) device_choose(device);
    return error;
}

cudaError_t cudaInitDevice(int device, unsigned, unsigned, Where where)
{
    return check_device(device, where);
}

cudaError_t cudaSetDeviceFlags(unsigned)
{
    return cudaSuccess;
}

cudaError_t cudaGetDeviceFlags(unsigned *flags)
{
    *flags = cudaDeviceMapHost;
    return cudaSuccess;
}

/* The first that has at least this compute capability: all have the same. */
cudaError_t cudaChooseDevice(int *device, const cudaDeviceProp *, Where where)
{
    if (!device) return no_result("cudaChooseDevice", where);
    *device = 0;
    return cudaSuccess;
}

/* ---- properties ---- */

/* Few multiprocessors, so that persistent kernels stay small. */
static void say_what_runs(cudaDeviceProp &p)
{
    snprintf(p.name, sizeof p.name, "emulated on the CPU");
    p.major = 9;
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
    p.concurrentKernels = p.asyncEngineCount = p.deviceOverlap = 1;
    p.computePreemptionSupported = p.unifiedFunctionPointers = 1;
    p.streamPrioritiesSupported = p.memoryPoolsSupported = p.cooperativeLaunch = 1;
    p.singleToDoublePrecisionPerfRatio = 2;
}

static void say_memory(cudaDeviceProp &p)
{
    p.totalGlobalMem = (size_t)16 << 30;
    p.sharedMemPerBlock = SHARED_DEFAULT;
    p.sharedMemPerBlockOptin = SHARED_MOST;
    p.sharedMemPerMultiprocessor = 228 << 10;
    p.reservedSharedMemPerBlock = 1 << 10;
    p.totalConstMem = 64 << 10;
    p.memPitch = 0x7fffffff;
    p.l2CacheSize = p.accessPolicyMaxWindowSize = 1 << 20;
    p.persistingL2CacheMaxSize = p.l2CacheSize / 4 * 3;
    p.globalL1CacheSupported = p.localL1CacheSupported = 1;
    p.managedMemory = p.concurrentManagedAccess = p.unifiedAddressing = p.canMapHostMemory = 1;
    p.hostRegisterSupported = p.canUseHostPointerForRegisteredMem = 1;
    p.hostNumaId = p.deviceNumaId = -1;
}

static void set(int *to, int a, int b)
{
    to[0] = a, to[1] = b;
}
static void set(int *to, int a, int b, int c)
{
    to[0] = a, to[1] = b, to[2] = c;
}

/* Of compute capability 9.0: "Technical Specifications per Compute Capability" in the Programming Guide */
static void say_textures(cudaDeviceProp &p)
{
    p.textureAlignment = p.surfaceAlignment = 512;
    p.texturePitchAlignment = 32;
    p.maxTexture1D = p.maxTexture2D[0] = 131072;
    p.maxTexture2D[1] = 65536;
    p.maxTexture1DMipmap = p.maxTexture2DMipmap[0] = p.maxTexture2DMipmap[1] = 32768;
    p.maxTexture1DLinear = 1 << 28;
    set(p.maxTexture2DLinear, 131072, 65000, 2097120);
    set(p.maxTexture2DGather, 32768, 32768);
    set(p.maxTexture3D, 16384, 16384, 16384);
    set(p.maxTexture3DAlt, 8192, 8192, 32768);
    p.maxTextureCubemap = p.maxSurface1D = p.maxSurfaceCubemap = 32768;
    set(p.maxTexture1DLayered, 32768, 2048);
    set(p.maxTexture2DLayered, 32768, 32768, 2048);
    set(p.maxTextureCubemapLayered, 32768, 2046);
    set(p.maxSurface2D, 131072, 65536);
    set(p.maxSurface3D, 16384, 16384, 16384);
    set(p.maxSurface1DLayered, 32768, 2048);
    set(p.maxSurface2DLayered, 32768, 32768, 2048);
    set(p.maxSurfaceCubemapLayered, 32768, 2046);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device, Where where)
{
    if (!properties) return no_result("cudaGetDeviceProperties", where);
    cudaDeviceProp p = {};
    say_what_runs(p);
    say_memory(p);
    say_textures(p);
    p.pciBusID = device;
    p.uuid.bytes[0] = (char)device;
    *properties = p;
    return check_device(device, where);
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device, Where where)
{
    cudaDeviceProp p;
    if (!value) return no_result("cudaDeviceGetAttribute", where);
    if (cudaError_t error = cudaGetDeviceProperties(&p, device, where)) return error;
    switch (attribute) {
#define ATTRIBUTE(number, name, of_p) \
    case cudaDevAttr##name: *value = (int)(of_p); return cudaSuccess;
        EMU_ATTRIBUTES(ATTRIBUTE)
    case cudaDevAttrMax: break;
    }
    return refuse(cudaErrorInvalidValue, where,
                  "cudaDeviceGetAttribute of attribute %d, which does not exist", attribute);
}

cudaError_t cudaDeviceGetPCIBusId(char *text, int size, int device, Where where)
{
    if (!text || size < 13) return no_result("cudaDeviceGetPCIBusId", where);
    snprintf(text, (size_t)size, "0000:%02x:00.0", (unsigned)device & 0xff);
    return check_device(device, where);
}

cudaError_t cudaDeviceGetByPCIBusId(int *device, const char *text, Where where)
{
    if (!device || !text) return no_result("cudaDeviceGetByPCIBusId", where);
    unsigned domain, bus, slot;
    bool known = sscanf(text, "%x:%x:%x", &domain, &bus, &slot) == 3 && !domain && !slot;
    *device = known ? (int)bus : -1;
    return check_device(*device, where);
}

/* ---- limits ---- */

static size_t limits[7] = { 1 << 10, 1 << 20, 8 << 20, 2, 2048, 64, 0 }; /* a GPU's, by cudaLimit */

/* Noted, so that cudaDeviceGetLimit answers; stacks, heap and output are as large as the host's. */
cudaError_t cudaDeviceSetLimit(cudaLimit limit, size_t value)
{
    if ((size_t)limit >= sizeof limits / sizeof *limits)
        return refuse(cudaErrorUnsupportedLimit, source_of(__builtin_return_address(0)),
                      "cudaDeviceSetLimit of limit %d, which does not exist", (int)limit);
    limits[limit] = value;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetLimit(size_t *value, cudaLimit limit, Where where)
{
    if (!value) return no_result("cudaDeviceGetLimit", where);
    if ((size_t)limit >= sizeof limits / sizeof *limits)
        return refuse(cudaErrorUnsupportedLimit, where,
                      "cudaDeviceGetLimit of limit %d, which does not exist", (int)limit);
    *value = limits[limit];
    return cudaSuccess;
}

cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache)
{
    return cudaSuccess;
}

cudaError_t cudaDeviceGetCacheConfig(cudaFuncCache *config)
{
    *config = cudaFuncCachePreferNone;
    return cudaSuccess;
}

cudaError_t cudaDeviceSetSharedMemConfig(cudaSharedMemConfig)
{
    return cudaSuccess;
}

cudaError_t cudaDeviceGetSharedMemConfig(cudaSharedMemConfig *config)
{
    *config = cudaSharedMemBankSizeFourByte;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest)
{
    if (least) *least = 0;
    if (greatest) *greatest = -5;
    return cudaSuccess;
}

cudaError_t cudaDeviceReset()
{
    stream_wait_device(device_now());
    device_free_all(device_now());
    for (int peer = 0; peer < (int)options.devices; peer++) device_set_reach(device_now(), peer, false);
    forget_error();
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
