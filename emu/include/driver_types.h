/* driver_types.h - the types and numbers of the runtime API; values as NVIDIA's. */
#ifndef EMU_DRIVER_TYPES_H
#define EMU_DRIVER_TYPES_H
#define __DRIVER_TYPES_H__ /* NVIDIA's guard, which the helpers of its samples look for */

#include <cstddef>
#include "vector_types.h"

#define CUDART_VERSION 13000

/* number, name, cudaGetErrorString */
#define EMU_ERRORS(E)                                                                                     \
    E(0, cudaSuccess, "no error")                                                                         \
    E(1, cudaErrorInvalidValue, "invalid argument")                                                       \
    E(2, cudaErrorMemoryAllocation, "out of memory")                                                      \
    E(3, cudaErrorInitializationError, "initialization error")                                            \
    E(9, cudaErrorInvalidConfiguration, "invalid configuration argument")                                 \
    E(12, cudaErrorInvalidPitchValue, "invalid pitch argument")                                           \
    E(13, cudaErrorInvalidSymbol, "invalid device symbol")                                                \
    E(17, cudaErrorInvalidDevicePointer, "invalid device pointer")                                        \
    E(21, cudaErrorInvalidMemcpyDirection, "invalid copy direction for memcpy")                           \
    E(98, cudaErrorInvalidDeviceFunction, "invalid device function")                                      \
    E(100, cudaErrorNoDevice, "no CUDA-capable device is detected")                                       \
    E(101, cudaErrorInvalidDevice, "invalid device ordinal")                                              \
    E(400, cudaErrorInvalidResourceHandle, "invalid resource handle")                                     \
    E(600, cudaErrorNotReady, "device not ready")                                                         \
    E(700, cudaErrorIllegalAddress, "an illegal memory access was encountered")                           \
    E(701, cudaErrorLaunchOutOfResources, "too many resources requested for launch")                      \
    E(712, cudaErrorHostMemoryAlreadyRegistered,                                                          \
      "part or all of the requested memory range is already mapped")                                      \
    E(713, cudaErrorHostMemoryNotRegistered, "pointer does not correspond to a registered memory region") \
    E(719, cudaErrorLaunchFailure, "unspecified launch failure")                                          \
    E(720, cudaErrorCooperativeLaunchTooLarge, "too many blocks in cooperative launch")                   \
    E(800, cudaErrorNotPermitted, "operation not permitted")                                              \
    E(801, cudaErrorNotSupported, "operation not supported")                                              \
    E(999, cudaErrorUnknown, "unknown error")

#define EMU_ENUMERATOR(number, name, text) name = number,
typedef enum cudaError { EMU_ERRORS(EMU_ENUMERATOR) } cudaError_t;
#undef EMU_ENUMERATOR

typedef enum cudaMemcpyKind {
    cudaMemcpyHostToHost = 0,
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
    cudaMemcpyDefault = 4
} cudaMemcpyKind;

typedef struct CUstream_st *cudaStream_t;
typedef struct CUevent_st *cudaEvent_t;
#define cudaStreamLegacy    ((cudaStream_t)1)
#define cudaStreamPerThread ((cudaStream_t)2)

typedef void (*cudaHostFn_t)(void *argument);
typedef void (*cudaStreamCallback_t)(cudaStream_t stream, cudaError_t status, void *argument);

enum {
    cudaStreamDefault = 0,
    cudaStreamNonBlocking = 1,
    cudaEventDefault = 0,
    cudaEventBlockingSync = 1,
    cudaEventDisableTiming = 2,
    cudaHostAllocDefault = 0,
    cudaHostAllocPortable = 1,
    cudaHostAllocMapped = 2,
    cudaHostAllocWriteCombined = 4,
    cudaHostRegisterDefault = 0,
    cudaHostRegisterPortable = 1,
    cudaHostRegisterMapped = 2,
    cudaMemAttachGlobal = 1,
    cudaMemAttachHost = 2,
    cudaMemAttachSingle = 4,
    cudaDeviceScheduleAuto = 0,
    cudaDeviceScheduleSpin = 1,
    cudaDeviceScheduleYield = 2,
    cudaDeviceScheduleBlockingSync = 4,
    cudaDeviceBlockingSync = 4,
    cudaDeviceMapHost = 8,
    cudaCpuDeviceId = -1,
    cudaSharedmemCarveoutDefault = -1,
    cudaSharedmemCarveoutMaxL1 = 0,
    cudaSharedmemCarveoutMaxShared = 100
};

typedef enum cudaFuncAttribute {
    cudaFuncAttributeMaxDynamicSharedMemorySize = 8,
    cudaFuncAttributePreferredSharedMemoryCarveout = 9
} cudaFuncAttribute;

typedef enum cudaFuncCache {
    cudaFuncCachePreferNone,
    cudaFuncCachePreferShared,
    cudaFuncCachePreferL1,
    cudaFuncCachePreferEqual
} cudaFuncCache;

typedef enum cudaLimit { cudaLimitStackSize, cudaLimitPrintfFifoSize, cudaLimitMallocHeapSize } cudaLimit;

typedef enum cudaDeviceAttr {
    cudaDevAttrMaxThreadsPerBlock = 1,
    cudaDevAttrMaxSharedMemoryPerBlock = 8,
    cudaDevAttrWarpSize = 10,
    cudaDevAttrClockRate = 13,
    cudaDevAttrGpuOverlap = 15,
    cudaDevAttrMultiProcessorCount = 16,
    cudaDevAttrKernelExecTimeout = 17,
    cudaDevAttrIntegrated = 18,
    cudaDevAttrCanMapHostMemory = 19,
    cudaDevAttrComputeMode = 20,
    cudaDevAttrConcurrentKernels = 31,
    cudaDevAttrMemoryClockRate = 36,
    cudaDevAttrL2CacheSize = 38,
    cudaDevAttrMaxThreadsPerMultiProcessor = 39,
    cudaDevAttrComputeCapabilityMajor = 75,
    cudaDevAttrComputeCapabilityMinor = 76,
    cudaDevAttrMaxSharedMemoryPerMultiprocessor = 81,
    cudaDevAttrManagedMemory = 83,
    cudaDevAttrCooperativeLaunch = 95,
    cudaDevAttrMaxSharedMemoryPerBlockOptin = 97
} cudaDeviceAttr;

typedef enum cudaComputeMode {
    cudaComputeModeDefault,
    cudaComputeModeExclusive,
    cudaComputeModeProhibited,
    cudaComputeModeExclusiveProcess
} cudaComputeMode;

struct cudaFuncAttributes {
    size_t sharedSizeBytes, constSizeBytes, localSizeBytes;
    int maxThreadsPerBlock, numRegs, ptxVersion, binaryVersion, maxDynamicSharedSizeBytes;
};

typedef enum cudaMemoryType {
    cudaMemoryTypeUnregistered,
    cudaMemoryTypeHost,
    cudaMemoryTypeDevice,
    cudaMemoryTypeManaged
} cudaMemoryType;

struct cudaPointerAttributes {
    cudaMemoryType type;
    int device;
    void *devicePointer, *hostPointer;
};

/* What a program may ask of the device; what the emulator cannot know is 0. */
struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem, sharedMemPerBlock, sharedMemPerBlockOptin, sharedMemPerMultiprocessor;
    size_t reservedSharedMemPerBlock, totalConstMem, memPitch;
    int major, minor, multiProcessorCount, warpSize, regsPerBlock, regsPerMultiprocessor;
    int maxThreadsPerBlock, maxThreadsPerMultiProcessor, maxBlocksPerMultiProcessor;
    int maxThreadsDim[3], maxGridSize[3];
    int l2CacheSize, memoryBusWidth, memoryClockRate, clockRate, concurrentKernels, asyncEngineCount;
    int managedMemory, unifiedAddressing, cooperativeLaunch, integrated, canMapHostMemory, ECCEnabled;
    int computeMode, kernelExecTimeoutEnabled, deviceOverlap;
    int pciBusID, pciDeviceID, pciDomainID;
};

#endif
