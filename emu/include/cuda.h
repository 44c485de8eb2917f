/* cuda.h - of the driver API what asks about the device; contexts, modules and launches are not here. */
#ifndef EMU_CUDA_H
#define EMU_CUDA_H

#include "cuda_runtime.h"

#ifdef __cplusplus

typedef cudaError_t CUresult;
typedef int CUdevice;

inline CUresult cuInit(unsigned flags)
{
    return flags ? cudaErrorInvalidValue : cudaSuccess;
}
inline CUresult cuDriverGetVersion(int *version)
{
    return cudaDriverGetVersion(version);
}
inline CUresult cuDeviceGetCount(int *count)
{
    return cudaGetDeviceCount(count);
}
inline CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    int count = 0;
    if (cudaError_t error = cudaGetDeviceCount(&count)) return error;
    if (ordinal < 0 || ordinal >= count) return cudaErrorInvalidDevice;
    *device = ordinal;
    return cudaSuccess;
}
inline CUresult cuDeviceGetName(char *name, int room, CUdevice device)
{
    cudaDeviceProp properties;
    cudaError_t error = room > 0 ? cudaGetDeviceProperties(&properties, device) : cudaErrorInvalidValue;
    int i = 0;
    for (; !error && i < room - 1 && properties.name[i]; i++) name[i] = properties.name[i];
    if (!error) name[i] = '\0';
    return error;
}
inline CUresult cuDeviceTotalMem(size_t *bytes, CUdevice device)
{
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, device);
    if (!error) *bytes = properties.totalGlobalMem;
    return error;
}
inline CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device)
{
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, device);
    if (!error) *major = properties.major, *minor = properties.minor;
    return error;
}
inline CUresult cuMemGetInfo(size_t *unused, size_t *total)
{
    return cudaMemGetInfo(unused, total);
}
inline CUresult cuGetErrorName(CUresult error, const char **name)
{
    *name = cudaGetErrorName(error);
    return cudaSuccess;
}
inline CUresult cuGetErrorString(CUresult error, const char **text)
{
    *text = cudaGetErrorString(error);
    return cudaSuccess;
}

#endif

#endif
