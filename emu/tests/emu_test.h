/* emu_test.h - what the emulator's tests share. */
#ifndef EMU_TEST_H
#define EMU_TEST_H

#include <cstdio>
#include <cstdlib>
#include <vector>
#include <cuda_runtime.h>

inline int wrong_expectations;

/* Counts and prints what is not as the test expects it. */
#define EXPECT(condition, ...)                              \
    do {                                                    \
        if (!(condition)) {                                 \
            wrong_expectations++;                           \
            fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
            fprintf(stderr, __VA_ARGS__);                   \
            fprintf(stderr, "\n");                          \
        }                                                   \
    } while (0)

/* Ends the test if a CUDA function fails. */
#define CUDA(call)                                                                                     \
    do {                                                                                               \
        cudaError_t error_ = (call);                                                                   \
        if (error_ != cudaSuccess) {                                                                   \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(error_)); \
            exit(1);                                                                                   \
        }                                                                                              \
    } while (0)

template <class T> T *to_device(const std::vector<T> &host, EMU_HERE)
{
    T *device;
    CUDA(cudaMalloc(&device, host.size() * sizeof(T), where_));
    CUDA(cudaMemcpy(device, host.data(), host.size() * sizeof(T), cudaMemcpyHostToDevice));
    return device;
}

template <class T> std::vector<T> to_host(const T *device, size_t count)
{
    std::vector<T> host(count);
    CUDA(cudaGetLastError());
    CUDA(cudaDeviceSynchronize());
    CUDA(cudaMemcpy(host.data(), device, count * sizeof(T), cudaMemcpyDeviceToHost));
    return host;
}

inline int finish()
{
    if (wrong_expectations) fprintf(stderr, "%d expectations not met\n", wrong_expectations);
    return wrong_expectations != 0;
}

#endif
