/* emu/legacy.h - names that CUDA has given up, and that programs of its first ten years still use. */
#ifndef EMU_LEGACY_H
#define EMU_LEGACY_H

#include "cuda_runtime_api.h"

inline cudaError_t cudaThreadSynchronize()
{
    return cudaDeviceSynchronize();
}
inline cudaError_t cudaThreadExit()
{
    return cudaDeviceReset();
}
inline cudaError_t cudaThreadSetLimit(cudaLimit limit, size_t value)
{
    return cudaDeviceSetLimit(limit, value);
}
inline cudaError_t cudaThreadSetCacheConfig(cudaFuncCache config)
{
    return cudaDeviceSetCacheConfig(config);
}

/* the result codes of the driver API, which programs compare those of the runtime with */
constexpr cudaError_t CUDA_SUCCESS = cudaSuccess;

#endif
