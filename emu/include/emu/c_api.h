/* emu/c_api.h - the host's functions for C: their names without C++'s decoration, as NVIDIA's library has
 * them. cuda_runtime_api.h includes it in a .c file. A C file that includes no header at all and calls
 * one, or an object of another compiler, finds them too. Lines of findings come from the debug
 * information. */
#ifndef EMU_C_API_H
#define EMU_C_API_H

#include "driver_types.h"

/* name, parameters, and how the C++ function of the same name is called; `where_` is the line of the call */
#define EMU_C_CALLS(C)                                                                                       \
    C(cudaGetLastError, (void), ())                                                                          \
    C(cudaPeekAtLastError, (void), ())                                                                       \
    C(cudaGetDeviceCount, (int *count), (count))                                                             \
    C(cudaGetDevice, (int *device), (device))                                                                \
    C(cudaSetDevice, (int device), (device, where_))                                                         \
    C(cudaSetDeviceFlags, (unsigned flags), (flags))                                                         \
    C(cudaGetDeviceProperties, (struct cudaDeviceProp * properties, int device),                             \
      (properties, device, where_))                                                                          \
    C(cudaDeviceGetAttribute, (int *value, cudaDeviceAttr attribute, int device),                            \
      (value, attribute, device, where_))                                                                    \
    C(cudaDeviceCanAccessPeer, (int *can, int device, int peer), (can, device, peer, where_))                \
    C(cudaDeviceEnablePeerAccess, (int peer, unsigned flags), (peer, flags, where_))                         \
    C(cudaDeviceDisablePeerAccess, (int peer), (peer, where_))                                               \
    C(cudaMemcpyPeer, (void *to, int to_device, const void *from, int from_device, size_t bytes),            \
      (to, to_device, from, from_device, bytes, where_))                                                     \
    C(cudaMemcpyPeerAsync,                                                                                   \
      (void *to, int to_device, const void *from, int from_device, size_t bytes, cudaStream_t stream),       \
      (to, to_device, from, from_device, bytes, stream, where_))                                             \
    C(cudaDeviceSynchronize, (void), ())                                                                     \
    C(cudaThreadSynchronize, (void), ())                                                                     \
    C(cudaDeviceReset, (void), ())                                                                           \
    C(cudaThreadExit, (void), ())                                                                            \
    C(cudaDriverGetVersion, (int *version), (version))                                                       \
    C(cudaRuntimeGetVersion, (int *version), (version))                                                      \
    C(cudaMemGetInfo, (size_t * unused, size_t * total), (unused, total))                                    \
    C(cudaMalloc, (void **address, size_t bytes), (address, bytes, where_))                                  \
    C(cudaMallocManaged, (void **address, size_t bytes, unsigned flags), (address, bytes, flags, where_))    \
    C(cudaMallocHost, (void **address, size_t bytes), (address, bytes, 0u, where_))                          \
    C(cudaHostAlloc, (void **address, size_t bytes, unsigned flags), (address, bytes, flags, where_))        \
    C(cudaMallocPitch, (void **address, size_t *pitch, size_t width, size_t height),                         \
      (address, pitch, width, height, where_))                                                               \
    C(cudaFree, (void *address), (address))                                                                  \
    C(cudaFreeHost, (void *address), (address))                                                              \
    C(cudaHostRegister, (void *address, size_t bytes, unsigned flags), (address, bytes, flags, where_))      \
    C(cudaHostUnregister, (void *address), (address, where_))                                                \
    C(cudaHostGetDevicePointer, (void **device, void *host, unsigned flags), (device, host, flags))          \
    C(cudaMemcpy, (void *to, const void *from, size_t bytes, cudaMemcpyKind kind),                           \
      (to, from, bytes, kind, where_))                                                                       \
    C(cudaMemcpyAsync, (void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream), \
      (to, from, bytes, kind, stream, where_))                                                               \
    C(cudaMemcpy2D,                                                                                          \
      (void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,          \
       cudaMemcpyKind kind),                                                                                 \
      (to, to_pitch, from, from_pitch, width, height, kind, where_))                                         \
    C(cudaMemset, (void *address, int value, size_t bytes), (address, value, bytes, where_))                 \
    C(cudaMemsetAsync, (void *address, int value, size_t bytes, cudaStream_t stream),                        \
      (address, value, bytes, stream, where_))                                                               \
    C(cudaStreamCreate, (cudaStream_t * stream), (stream, where_))                                           \
    C(cudaStreamCreateWithFlags, (cudaStream_t * stream, unsigned flags), (stream, flags, where_))           \
    C(cudaStreamDestroy, (cudaStream_t stream), (stream))                                                    \
    C(cudaStreamSynchronize, (cudaStream_t stream), (stream, where_))                                        \
    C(cudaStreamQuery, (cudaStream_t stream), (stream, where_))                                              \
    C(cudaStreamWaitEvent, (cudaStream_t stream, cudaEvent_t event, unsigned flags),                         \
      (stream, event, flags, where_))                                                                        \
    C(cudaEventCreate, (cudaEvent_t * event), (event, where_))                                               \
    C(cudaEventCreateWithFlags, (cudaEvent_t * event, unsigned flags), (event, flags, where_))               \
    C(cudaEventRecord, (cudaEvent_t event, cudaStream_t stream), (event, stream, where_))                    \
    C(cudaEventSynchronize, (cudaEvent_t event), (event, where_))                                            \
    C(cudaEventQuery, (cudaEvent_t event), (event, where_))                                                  \
    C(cudaEventElapsedTime, (float *milliseconds, cudaEvent_t from, cudaEvent_t to),                         \
      (milliseconds, from, to, where_))                                                                      \
    C(cudaEventDestroy, (cudaEvent_t event), (event))

#ifndef __cplusplus
#define EMU_C_DECLARATION(name, parameters, arguments) cudaError_t name parameters;
EMU_C_CALLS(EMU_C_DECLARATION)
#undef EMU_C_DECLARATION
const char *cudaGetErrorString(cudaError_t error);
const char *cudaGetErrorName(cudaError_t error);
#endif

#endif
