/* helper_cuda.h - checkCudaErrors and its kin, by the names of the helpers that CUDA's samples bring: for
 * programs that include them and have none. A folder of the program's own comes first.
 */
#ifndef EMU_HELPER_CUDA_H
#define EMU_HELPER_CUDA_H
#define COMMON_HELPER_CUDA_H_

#include <cuda_runtime_api.h>
#include <cstdio>
#include <cstdlib>

#include "helper_string.h"

#ifndef MAX
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif

inline const char *_cudaGetErrorEnum(cudaError_t error)
{
    return cudaGetErrorName(error);
}
#ifdef CUBLAS_API_H_
inline const char *_cudaGetErrorEnum(cublasStatus_t status)
{
    return cublasGetStatusName(status);
}
#endif
#ifdef CURAND_H_
inline const char *_cudaGetErrorEnum(curandStatus_t status)
{
    switch (status) {
#define EMU_NAME(number, name) \
    case name: return #name;
        EMU_CURAND_STATUSES(EMU_NAME)
#undef EMU_NAME
    }
    return "unknown curandStatus_t";
}
#endif

/* Ends the program with a sentence if a call has failed. */
template <class T> void check(T result, const char *call, const char *file, int line)
{
    if (!result) return;
    fprintf(stderr, "CUDA error at %s:%d code=%d(%s) \"%s\"\n", file, line, (int)result,
            _cudaGetErrorEnum(result), call);
    exit(EXIT_FAILURE);
}
#define checkCudaErrors(call) check((call), #call, __FILE__, __LINE__)

inline void emu_last_error(const char *message, const char *file, int line, bool ends)
{
    cudaError_t error = cudaGetLastError();
    if (error == cudaSuccess) return;
    fprintf(stderr, "%s(%d): getLastCudaError(): %s: (%d) %s\n", file, line, message, (int)error,
            cudaGetErrorString(error));
    if (ends) exit(EXIT_FAILURE);
}
#define getLastCudaError(message)   emu_last_error(message, __FILE__, __LINE__, true)
#define printLastCudaError(message) emu_last_error(message, __FILE__, __LINE__, false)

inline int ftoi(float value)
{
    return value >= 0 ? (int)(value + 0.5f) : (int)(value - 0.5f);
}

/* Lanes for float of a multiprocessor (CUDA C++ Programming Guide, "Compute Capabilities"). */
inline int _ConvertSMVer2Cores(int major, int minor)
{
    return (major == 6 && minor == 0) || (major == 7) || (major == 8 && minor == 0) ? 64 : 128;
}
inline const char *_ConvertSMVer2ArchName(int major, int minor)
{
    static const char *const names[] = { "Pascal", "Volta", "Ampere", "Hopper", "Blackwell" };
    return names[major <= 6 ? 0 : major == 7 && minor < 5 ? 1 : major <= 8 ? 2 : major == 9 ? 3 : 4];
}

/* There is one device, 0. */
inline int gpuGetMaxGflopsDeviceId()
{
    return 0;
}
inline int gpuDeviceInit(int device)
{
    checkCudaErrors(cudaSetDevice(device));
    return device;
}
inline int findCudaDevice(int argc, const char **argv)
{
    cudaDeviceProp properties;
    int device = checkCmdLineFlag(argc, argv, "device") ? getCmdLineArgumentInt(argc, argv, "device") : 0;
    gpuDeviceInit(device);
    checkCudaErrors(cudaGetDeviceProperties(&properties, device));
    printf("GPU Device %d: \"%s\" with compute capability %d.%d\n\n", device, properties.name,
           properties.major, properties.minor);
    return device;
}
inline bool checkCudaCapabilities(int major, int minor)
{
    cudaDeviceProp properties;
    checkCudaErrors(cudaGetDeviceProperties(&properties, 0));
    return properties.major > major || (properties.major == major && properties.minor >= minor);
}

#endif
