/* emu/pools.h - memory in the order of streams: cudaMallocAsync and its pools. */
#ifndef EMU_POOLS_H
#define EMU_POOLS_H

#include "../driver_types.h"
#include "core.h"

typedef struct CUmemPoolHandle_st *cudaMemPool_t;

typedef enum cudaMemAllocationType {
    cudaMemAllocationTypeInvalid = 0,
    cudaMemAllocationTypePinned = 1,
    cudaMemAllocationTypeManaged = 2
} cudaMemAllocationType;
typedef enum cudaMemAllocationHandleType {
    cudaMemHandleTypeNone = 0,
    cudaMemHandleTypePosixFileDescriptor = 1
} cudaMemAllocationHandleType;
typedef enum cudaMemAccessFlags {
    cudaMemAccessFlagsProtNone = 0,
    cudaMemAccessFlagsProtRead = 1,
    cudaMemAccessFlagsProtReadWrite = 3
} cudaMemAccessFlags;

struct cudaMemPoolProps {
    cudaMemAllocationType allocType;
    cudaMemAllocationHandleType handleTypes;
    cudaMemLocation location;
    void *win32SecurityAttributes;
    size_t maxSize;
    unsigned short usage;
    unsigned char reserved[54];
};
struct cudaMemAccessDesc {
    cudaMemLocation location;
    cudaMemAccessFlags flags;
};

typedef enum cudaMemPoolAttr {
    cudaMemPoolReuseFollowEventDependencies = 1,
    cudaMemPoolReuseAllowOpportunistic = 2,
    cudaMemPoolReuseAllowInternalDependencies = 3,
    cudaMemPoolAttrReleaseThreshold = 4,
    cudaMemPoolAttrReservedMemCurrent = 5,
    cudaMemPoolAttrReservedMemHigh = 6,
    cudaMemPoolAttrUsedMemCurrent = 7,
    cudaMemPoolAttrUsedMemHigh = 8
} cudaMemPoolAttr;

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t *pool, int device, EMU_HERE);
cudaError_t cudaDeviceGetMemPool(cudaMemPool_t *pool, int device, EMU_HERE);
cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t pool, EMU_HERE);
cudaError_t cudaMemPoolCreate(cudaMemPool_t *pool, const cudaMemPoolProps *properties, EMU_HERE);
cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool, EMU_HERE);
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t pool, size_t bytes, EMU_HERE);
cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void *value, EMU_HERE);
cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr attribute, void *value, EMU_HERE);
cudaError_t cudaMemPoolSetAccess(cudaMemPool_t pool, const cudaMemAccessDesc *access, size_t count, EMU_HERE);
cudaError_t cudaMallocFromPoolAsync(void **address, size_t bytes, cudaMemPool_t pool, cudaStream_t stream,
                                    EMU_HERE);
cudaError_t cudaMallocAsync(void **address, size_t bytes, cudaStream_t stream, EMU_HERE);

template <class T> cudaError_t cudaMallocAsync(T **address, size_t bytes, cudaStream_t stream, EMU_HERE)
{
    return cudaMallocAsync((void **)address, bytes, stream, where_);
}
template <class T>
cudaError_t cudaMallocAsync(T **address, size_t bytes, cudaMemPool_t pool, cudaStream_t stream, EMU_HERE)
{
    return cudaMallocFromPoolAsync((void **)address, bytes, pool, stream, where_);
}
template <class T>
cudaError_t cudaMallocFromPoolAsync(T **address, size_t bytes, cudaMemPool_t pool, cudaStream_t stream,
                                    EMU_HERE)
{
    return cudaMallocFromPoolAsync((void **)address, bytes, pool, stream, where_);
}

#endif
