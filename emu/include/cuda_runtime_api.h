/* cuda_runtime_api.h - the host's functions. What a GPU may do later is done as late, or as early, as
 * streams and events allow (CUEMU_STREAMS); there is no time (cudaEventElapsedTime gives 0).
 */
#ifndef EMU_CUDA_RUNTIME_API_H
#define EMU_CUDA_RUNTIME_API_H

#include "driver_types.h"
#ifndef __cplusplus
#include "emu/c_api.h"
#else
#include "emu/arrays.h"
#include "emu/core.h"
#include "emu/graphs.h"
#include "emu/texture_objects.h"

/* ---- errors ---- */
cudaError_t cudaGetLastError();
cudaError_t cudaPeekAtLastError();
const char *cudaGetErrorString(cudaError_t error);
const char *cudaGetErrorName(cudaError_t error);

/* ---- device ---- */
cudaError_t cudaGetDeviceCount(int *count);
cudaError_t cudaGetDevice(int *device);
cudaError_t cudaSetDevice(int device, EMU_HERE);
cudaError_t cudaInitDevice(int device, unsigned device_flags, unsigned flags, EMU_HERE);
cudaError_t cudaSetDeviceFlags(unsigned flags);
cudaError_t cudaGetDeviceFlags(unsigned *flags);
cudaError_t cudaChooseDevice(int *device, const cudaDeviceProp *properties, EMU_HERE);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device, EMU_HERE);
cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device, EMU_HERE);
cudaError_t cudaDeviceGetPCIBusId(char *text, int size, int device, EMU_HERE);
cudaError_t cudaDeviceGetByPCIBusId(int *device, const char *text, EMU_HERE);
cudaError_t cudaDeviceCanAccessPeer(int *can, int device, int peer, EMU_HERE);
cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags, EMU_HERE);
cudaError_t cudaDeviceDisablePeerAccess(int peer, EMU_HERE);
cudaError_t cudaDeviceGetP2PAttribute(int *value, cudaDeviceP2PAttr attribute, int from, int to, EMU_HERE);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaDeviceReset();
cudaError_t cudaDeviceSetLimit(cudaLimit limit, size_t value);
cudaError_t cudaDeviceGetLimit(size_t *value, cudaLimit limit, EMU_HERE);
cudaError_t cudaDeviceSetCacheConfig(cudaFuncCache config);
cudaError_t cudaDeviceGetCacheConfig(cudaFuncCache *config);
cudaError_t cudaDeviceSetSharedMemConfig(cudaSharedMemConfig config);
cudaError_t cudaDeviceGetSharedMemConfig(cudaSharedMemConfig *config);
cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest);
cudaError_t cudaDriverGetVersion(int *version);
cudaError_t cudaRuntimeGetVersion(int *version);
cudaError_t cudaMemGetInfo(size_t *unused, size_t *total);

/* ---- memory ---- */
cudaError_t cudaMalloc(void **address, size_t bytes, EMU_HERE);
cudaError_t cudaMallocManaged(void **address, size_t bytes, unsigned flags = cudaMemAttachGlobal, EMU_HERE);
cudaError_t cudaMallocHost(void **address, size_t bytes, unsigned flags = 0, EMU_HERE);
cudaError_t cudaMallocPitch(void **address, size_t *pitch, size_t width, size_t height, EMU_HERE);
cudaError_t cudaFree(void *address);
cudaError_t cudaFreeHost(void *address);
cudaError_t cudaHostRegister(void *address, size_t bytes, unsigned flags, EMU_HERE);
cudaError_t cudaHostUnregister(void *address, EMU_HERE);
cudaError_t cudaHostGetFlags(unsigned *flags, void *address, EMU_HERE);
cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t *handle, void *address, EMU_HERE);
cudaError_t cudaIpcOpenMemHandle(void **address, cudaIpcMemHandle_t handle, unsigned flags, EMU_HERE);
cudaError_t cudaIpcCloseMemHandle(void *address, EMU_HERE);
cudaError_t cudaIpcGetEventHandle(cudaIpcEventHandle_t *handle, cudaEvent_t event, EMU_HERE);
cudaError_t cudaIpcOpenEventHandle(cudaEvent_t *event, cudaIpcEventHandle_t handle, EMU_HERE);
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes *attributes, const void *address, EMU_HERE);
cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                         size_t height, cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpyPeer(void *to, int to_device, const void *from, int from_device, size_t bytes,
                           EMU_HERE);
cudaError_t cudaMemcpyPeerAsync(void *to, int to_device, const void *from, int from_device, size_t bytes,
                                cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemset(void *address, int value, size_t bytes, EMU_HERE);
cudaError_t cudaMemset2D(void *address, size_t pitch, int value, size_t width, size_t height, EMU_HERE);
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width,
                              size_t height, cudaMemcpyKind kind, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, int device, cudaStream_t stream = nullptr,
                                 EMU_HERE);
cudaError_t cudaMemPrefetchAsync(const void *address, size_t bytes, cudaMemLocation location, unsigned flags,
                                 cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemAdvise(const void *address, size_t bytes, cudaMemoryAdvise advice, int device, EMU_HERE);
cudaError_t cudaMemAdvise(const void *address, size_t bytes, cudaMemoryAdvise advice,
                          cudaMemLocation location, EMU_HERE);
cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, void *address, size_t bytes = 0,
                                     unsigned flags = cudaMemAttachSingle, EMU_HERE);
cudaError_t cudaFreeAsync(void *address, cudaStream_t stream, EMU_HERE);

/* ---- streams and events ---- */
cudaError_t cudaStreamCreate(cudaStream_t *stream, EMU_HERE);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags, EMU_HERE);
cudaError_t cudaStreamCreateWithPriority(cudaStream_t *stream, unsigned flags, int priority, EMU_HERE);
cudaError_t cudaStreamGetPriority(cudaStream_t stream, int *priority, EMU_HERE);
cudaError_t cudaStreamGetFlags(cudaStream_t stream, unsigned *flags, EMU_HERE);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream, EMU_HERE);
cudaError_t cudaStreamQuery(cudaStream_t stream, EMU_HERE);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags = 0, EMU_HERE);
cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *argument, EMU_HERE);
cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t function, void *argument,
                                  unsigned flags, EMU_HERE);
cudaError_t cudaStreamSetAttribute(cudaStream_t stream, cudaStreamAttrID attribute,
                                   const cudaStreamAttrValue *value, EMU_HERE);
cudaError_t cudaStreamGetAttribute(cudaStream_t stream, cudaStreamAttrID attribute,
                                   cudaStreamAttrValue *value, EMU_HERE);
cudaError_t cudaCtxResetPersistingL2Cache();
cudaError_t cudaEventCreate(cudaEvent_t *event, EMU_HERE);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags, EMU_HERE);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaEventSynchronize(cudaEvent_t event, EMU_HERE);
cudaError_t cudaEventQuery(cudaEvent_t event, EMU_HERE);
cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t from, cudaEvent_t to, EMU_HERE);
cudaError_t cudaEventDestroy(cudaEvent_t event);

inline cudaError_t cudaEventCreate(cudaEvent_t *event, unsigned flags, EMU_HERE)
{
    return cudaEventCreateWithFlags(event, flags, where_);
}

/* ---- kernels by their address ---- */
cudaError_t cudaFuncSetAttribute(const void *function, cudaFuncAttribute attribute, int value, EMU_HERE);
cudaError_t cudaFuncSetCacheConfig(const void *function, cudaFuncCache config, EMU_HERE);
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, const void *function, EMU_HERE);
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, const void *function, int threads,
                                                          size_t dynamic_bytes, EMU_HERE);

cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t *bytes, const void *function, int blocks,
                                                      int threads, EMU_HERE);
namespace emu
{
cudaError_t best_block(int *blocks, int *threads, const void *function, size_t (*dynamic)(int, void *),
                       void *argument, int limit, Where where);
}

/* ---- symbols: __device__ and __constant__ variables are variables here ---- */
struct EmuSymbol {
    void *address;
    size_t bytes;
};
cudaError_t emu_copy_symbol(const EmuSymbol &symbol, void *host, size_t bytes, size_t offset, bool to_symbol,
                            bool async, cudaStream_t stream, emu::Where where);

cudaError_t emu_symbol_address(void **address, void *symbol);

/* ---- mistakes that the types of arguments show ---- */

namespace emu
{
void size_of_pointer(const char *name, Where where);
void bytes_of_larger(int value, size_t size, Where where);

/* bytes, which are sizeof(name) and the size of an array in a call (cu2cpp/sizes.c). Of a pointer to a
 * pointer that may be right. */
template <class T> size_t size_of(const char *name, size_t bytes, EMU_HERE)
{
    typedef std::remove_pointer_t<std::decay_t<T>> Element;
    if constexpr (std::is_pointer_v<std::remove_reference_t<T>> && !std::is_pointer_v<Element>)
        size_of_pointer(name, where_);
    return bytes;
}
template <class T> void check_byte(int value, Where where)
{
    if (std::is_arithmetic_v<T> && sizeof(T) > 1 && value > 0 && value < 32)
        bytes_of_larger(value, sizeof(T), where);
}
} // namespace emu

template <class T> cudaError_t cudaMemset(T *address, int value, size_t bytes, EMU_HERE)
{
    emu::check_byte<T>(value, where_);
    return cudaMemset((void *)address, value, bytes, where_);
}
template <class T>
cudaError_t cudaMemsetAsync(T *address, int value, size_t bytes, cudaStream_t stream = 0, EMU_HERE)
{
    emu::check_byte<T>(value, where_);
    return cudaMemsetAsync((void *)address, value, bytes, stream, where_);
}

/* ---- forms that templates make of the above ---- */

template <class T> cudaError_t cudaMalloc(T **address, size_t bytes, EMU_HERE)
{
    return cudaMalloc((void **)address, bytes, where_);
}
template <class T>
cudaError_t cudaMallocManaged(T **address, size_t bytes, unsigned flags = cudaMemAttachGlobal, EMU_HERE)
{
    return cudaMallocManaged((void **)address, bytes, flags, where_);
}
template <class T> cudaError_t cudaMallocHost(T **address, size_t bytes, unsigned flags = 0, EMU_HERE)
{
    return cudaMallocHost((void **)address, bytes, flags, where_);
}
template <class T> cudaError_t cudaHostAlloc(T **address, size_t bytes, unsigned flags, EMU_HERE)
{
    return cudaMallocHost((void **)address, bytes, flags, where_);
}
template <class T>
cudaError_t cudaMallocPitch(T **address, size_t *pitch, size_t width, size_t height, EMU_HERE)
{
    return cudaMallocPitch((void **)address, pitch, width, height, where_);
}
template <class T> cudaError_t cudaHostGetDevicePointer(T **device, void *host, unsigned)
{
    *device = (T *)host;
    return cudaSuccess;
}

template <class T>
cudaError_t cudaMemcpyToSymbol(const T &symbol, const void *from, size_t bytes, size_t offset = 0,
                               cudaMemcpyKind = cudaMemcpyHostToDevice, EMU_HERE)
{
    return emu_copy_symbol({ (void *)&symbol, sizeof symbol }, (void *)from, bytes, offset, true, false, 0,
                           where_);
}
template <class T>
cudaError_t cudaMemcpyToSymbolAsync(const T &symbol, const void *from, size_t bytes, size_t offset,
                                    cudaMemcpyKind, cudaStream_t stream = 0, EMU_HERE)
{
    return emu_copy_symbol({ (void *)&symbol, sizeof symbol }, (void *)from, bytes, offset, true, true,
                           stream, where_);
}
template <class T>
cudaError_t cudaMemcpyFromSymbol(void *to, const T &symbol, size_t bytes, size_t offset = 0,
                                 cudaMemcpyKind = cudaMemcpyDeviceToHost, EMU_HERE)
{
    return emu_copy_symbol({ (void *)&symbol, sizeof symbol }, to, bytes, offset, false, false, 0, where_);
}
template <class T>
cudaError_t cudaMemcpyFromSymbolAsync(void *to, const T &symbol, size_t bytes, size_t offset, cudaMemcpyKind,
                                      cudaStream_t stream = 0, EMU_HERE)
{
    return emu_copy_symbol({ (void *)&symbol, sizeof symbol }, to, bytes, offset, false, true, stream,
                           where_);
}
template <class T> cudaError_t cudaGetSymbolAddress(void **address, const T &symbol)
{
    return emu_symbol_address((void **)address, (void *)&symbol);
}
template <class T> cudaError_t cudaGetSymbolSize(size_t *bytes, const T &symbol)
{
    *bytes = sizeof symbol;
    return cudaSuccess;
}

template <class... P>
cudaError_t cudaFuncSetAttribute(void (*function)(P...), cudaFuncAttribute attribute, int value, EMU_HERE)
{
    return cudaFuncSetAttribute((const void *)function, attribute, value, where_);
}
template <class... P>
cudaError_t cudaFuncSetCacheConfig(void (*function)(P...), cudaFuncCache config, EMU_HERE)
{
    return cudaFuncSetCacheConfig((const void *)function, config, where_);
}
template <class... P>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes *attributes, void (*function)(P...), EMU_HERE)
{
    return cudaFuncGetAttributes(attributes, (const void *)function, where_);
}
template <class... P>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, void (*function)(P...), int threads,
                                                          size_t dynamic_bytes, EMU_HERE)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void *)function, threads,
                                                         dynamic_bytes, where_);
}
template <class F>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, F function, int threads,
                                                                   size_t dynamic_bytes, unsigned, EMU_HERE)
{
    return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, (const void *)function, threads,
                                                         dynamic_bytes, where_);
}
template <class... P>
cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t *bytes, void (*function)(P...), int blocks,
                                                      int threads, EMU_HERE)
{
    return cudaOccupancyAvailableDynamicSMemPerBlock(bytes, (const void *)function, blocks, threads, where_);
}
/* bytes_of says how much dynamic shared memory a block of so many threads takes. */
template <class Bytes, class F>
cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int *blocks, int *threads, F function,
                                                           Bytes bytes_of, int limit = 0, EMU_HERE)
{
    auto bytes = [](int size, void *of) { return (size_t)(*static_cast<Bytes *>(of))(size); };
    return emu::best_block(blocks, threads, (const void *)function, bytes, &bytes_of, limit, where_);
}
template <class F>
cudaError_t cudaOccupancyMaxPotentialBlockSize(int *blocks, int *threads, F function, size_t bytes = 0,
                                               int limit = 0, EMU_HERE)
{
    auto same = [=](int) { return bytes; };
    return cudaOccupancyMaxPotentialBlockSizeVariableSMem(blocks, threads, function, same, limit, where_);
}

#endif
#endif
