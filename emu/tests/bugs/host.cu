/* host.cu - mistakes of the host: CUDA refuses a call, and nobody looks at its error code. */
#include <cstdlib>
#include <cuda_runtime.h>

#include "zoo.h"

template <bool right> __global__ void fill(float *y, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) y[i] = 1;
}

/* Each of these writes y by the kernel above, so that the only difference is the host's call. */
template <bool right> static void launch_fill(const zoo_arrays &a)
{
    fill<right><<<1, 64>>>(a.y, 64);
}

template <bool right> static void copy_past_end_run(const zoo_arrays &a)
{
    static float host[128];
    float *d;
    cudaMalloc(&d, 64 * sizeof(float));
    cudaMemcpy(d, host, (right ? 64 : 65) * sizeof(float), cudaMemcpyHostToDevice); /* BUG: copy_past_end */
    launch_fill<right>(a);
    cudaFree(d);
}

/* The number of elements where the number of bytes belongs, the other way round. */
template <bool right> static void copy_bytes_of_bytes_run(const zoo_arrays &a)
{
    static float host[1024];
    float *d;
    cudaMalloc(&d, 64 * sizeof(float));
    launch_fill<right>(a);
    size_t bytes = 64 * sizeof(float) * (right ? 1 : sizeof(float));
    cudaMemcpy(d, host, bytes, cudaMemcpyHostToDevice); /* BUG: copy_bytes_of_bytes */
    cudaFree(d);
}

template <bool right> static void copy_wrong_way_run(const zoo_arrays &a)
{
    float host[64];
    launch_fill<right>(a);
    cudaMemcpyKind kind = right ? cudaMemcpyDeviceToHost : cudaMemcpyHostToDevice;
    cudaMemcpy(host, a.y, sizeof host, kind); /* BUG: copy_wrong_way */
}

/* Destination and source are swapped, the kind is not. */
template <bool right> static void copy_swapped_run(const zoo_arrays &a)
{
    float host[64] = { 0 };
    launch_fill<right>(a);
    float *to = right ? host : a.y, *from = right ? a.y : host;
    cudaMemcpy(to, from, sizeof host, cudaMemcpyDeviceToHost); /* BUG: copy_swapped */
}

template <bool right> static void copy_to_nothing_run(const zoo_arrays &a)
{
    float host[64] = { 0 }, *d = nullptr;
    if (right) cudaMalloc(&d, sizeof host);
    cudaMemcpy(d, host, sizeof host, cudaMemcpyHostToDevice); /* BUG: copy_to_nothing */
    launch_fill<right>(a);
    cudaFree(d);
}

template <bool right> static void copy_to_freed_run(const zoo_arrays &a)
{
    float host[64] = { 0 }, *d;
    cudaMalloc(&d, sizeof host);
    if (!right) cudaFree(d);
    cudaMemcpyAsync(d, host, sizeof host, cudaMemcpyHostToDevice); /* BUG: copy_to_freed */
    launch_fill<right>(a);
    if (right) cudaFree(d);
}

/* The pitch is in bytes, as the width is. */
template <bool right> static void rows_too_wide_run(const zoo_arrays &a)
{
    float host[4][16] = {};
    char *d;
    size_t pitch;
    cudaMallocPitch(&d, &pitch, sizeof host[0], 4);
    size_t of_host = right ? sizeof host[0] : 16;
    cudaMemcpy2D(d, pitch, host, of_host, sizeof host[0], 4, cudaMemcpyHostToDevice); /* BUG: rows_too_wide */
    launch_fill<right>(a);
    cudaFree(d);
}

template <bool right> static void memset_past_end_run(const zoo_arrays &a)
{
    float *d;
    cudaMalloc(&d, 100 * sizeof(float));
    cudaMemset(d, 0, (right ? 100 : 101) * sizeof(float)); /* BUG: memset_past_end */
    launch_fill<right>(a);
    cudaFree(d);
}

template <bool right> static void memset_of_host_run(const zoo_arrays &a)
{
    float *host = (float *)malloc(64 * sizeof(float)), *d;
    cudaMalloc(&d, 64 * sizeof(float));
    cudaMemset(right ? d : host, 0, 64 * sizeof(float)); /* BUG: memset_of_host */
    launch_fill<right>(a);
    cudaFree(d);
    free(host);
}

template <bool right> static void free_twice_run(const zoo_arrays &a)
{
    float *d;
    cudaMalloc(&d, 64 * sizeof(float));
    launch_fill<right>(a);
    cudaFree(d);
    if (!right) cudaFree(d); /* BUG: free_twice */
}

template <bool right> static void free_of_host_run(const zoo_arrays &a)
{
    float *host = (float *)malloc(64 * sizeof(float)), *d;
    cudaMalloc(&d, 64 * sizeof(float));
    launch_fill<right>(a);
    cudaFree(right ? d : host); /* BUG: free_of_host */
    if (!right) cudaFree(d);
    free(host);
}

template <bool right> static void free_moved_pointer_run(const zoo_arrays &a)
{
    float *d;
    cudaMalloc(&d, 64 * sizeof(float));
    launch_fill<right>(a);
    cudaFree(right ? d : d + 32); /* BUG: free_moved_pointer */
}

template <bool right> static void pinned_freed_as_device_run(const zoo_arrays &a)
{
    float *pinned;
    cudaMallocHost(&pinned, 64 * sizeof(float));
    launch_fill<right>(a);
    if (right)
        cudaFreeHost(pinned);
    else
        cudaFree(pinned); /* BUG: pinned_freed_as_device */
}

static __constant__ float weights[16];

template <bool right> static void symbol_overflow_run(const zoo_arrays &a)
{
    float host[32] = { 0 };
    cudaMemcpyToSymbol(weights, host, right ? sizeof weights : sizeof host); /* BUG: symbol_overflow */
    launch_fill<right>(a);
}

template <bool right> static void symbol_offset_run(const zoo_arrays &a)
{
    float host[16] = { 0 };
    size_t offset = (right ? 8 : 12) * sizeof(float);
    cudaMemcpyToSymbol(weights, host, 8 * sizeof(float), offset); /* BUG: symbol_offset */
    launch_fill<right>(a);
}

template <bool right> static void event_not_recorded_run(const zoo_arrays &a)
{
    cudaEvent_t begin, end;
    float milliseconds;
    cudaEventCreate(&begin);
    cudaEventCreate(&end);
    cudaEventRecord(begin);
    launch_fill<right>(a);
    if (right) cudaEventRecord(end), cudaEventSynchronize(end);
    cudaEventElapsedTime(&milliseconds, begin, end); /* BUG: event_not_recorded */
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
}

template <bool right> static void event_without_time_run(const zoo_arrays &a)
{
    cudaEvent_t event[2];
    float milliseconds;
    for (cudaEvent_t &e : event)
        cudaEventCreateWithFlags(&e, right ? cudaEventDefault : cudaEventDisableTiming);
    cudaEventRecord(event[0]);
    launch_fill<right>(a);
    cudaEventRecord(event[1]), cudaEventSynchronize(event[1]);
    cudaEventElapsedTime(&milliseconds, event[0], event[1]); /* BUG: event_without_time */
    for (cudaEvent_t e : event) cudaEventDestroy(e);
}

template <bool right> static void times_swapped_run(const zoo_arrays &a)
{
    cudaEvent_t event[2];
    float milliseconds;
    for (cudaEvent_t &e : event) cudaEventCreate(&e);
    cudaEventRecord(event[0]);
    launch_fill<right>(a);
    cudaEventRecord(event[1]), cudaEventSynchronize(event[1]);
    cudaEventElapsedTime(&milliseconds, event[!right], event[right]); /* BUG: times_swapped */
    for (cudaEvent_t e : event) cudaEventDestroy(e);
}

template <bool right> static void stream_destroyed_run(const zoo_arrays &a)
{
    cudaStream_t stream;
    cudaStreamCreate(&stream);
    launch_fill<right>(a);
    if (!right) cudaStreamDestroy(stream);
    cudaStreamSynchronize(stream); /* BUG: stream_destroyed */
    if (right) cudaStreamDestroy(stream);
}

/* clang-format off */
#define HOST(name, words) { #name, name##_run<false>, name##_run<true>, 64, { words, nullptr, nullptr, nullptr } }
/* clang-format on */

/* Until CUDA 5 a variable could be named by a string. */
__constant__ float named_by_string[4];
template <bool right> static void symbol_by_string_run(const zoo_arrays &a)
{
    float values[4] = {};
    cudaMemset(a.y, 0, 256);
    if (right)
        cudaMemcpyToSymbol(named_by_string, values, sizeof values);
    else
        cudaMemcpyToSymbol("named_by_string", values, sizeof values); /* BUG: symbol_by_string */
}

/* The address of a __device__ variable in the host's code is that of another variable. */
template <bool right> static void copy_to_variable_run(const zoo_arrays &a)
{
    float values[16] = {};
    launch_fill<right>(a);
    if (right)
        cudaMemcpyToSymbol(weights, values, sizeof values);
    else
        cudaMemcpy(&weights, values, sizeof values, cudaMemcpyHostToDevice); /* BUG: copy_to_variable */
}

/* Of an array that cudaMalloc gave there is no symbol. */
template <bool right> static void symbol_of_pointer_run(const zoo_arrays &a)
{
    float values[2] = {}, *d;
    cudaMalloc(&d, sizeof values);
    launch_fill<right>(a);
    if (right)
        cudaMemcpy(d, values, sizeof values, cudaMemcpyHostToDevice);
    else
        cudaMemcpyToSymbol(d, values, sizeof values); /* BUG: symbol_of_pointer */
    cudaFree(d);
}

template <bool right> static void symbol_in_part_run(const zoo_arrays &a)
{
    float value = 1;
    launch_fill<right>(a);
    if (right)
        cudaMemcpyToSymbol(weights, &value, sizeof value, sizeof value);
    else
        cudaMemcpyToSymbol(weights[1], &value, sizeof value); /* BUG: symbol_in_part */
}

static const zoo_bug bugs[] = {
    HOST(event_without_time, "error: ...of an event made with cudaEventDisableTiming"),
    HOST(times_swapped, "time: ...so that the time is negative"),
    HOST(copy_to_variable, "error: ...cudaMemcpy: the destination is the host's address of weights"),
    HOST(symbol_of_pointer, "error: ...cudaMemcpyToSymbol takes a __device__ or __constant__ variable"),
    HOST(symbol_in_part, "error: ...cudaMemcpyToSymbol of a part of weights"),
    HOST(
        symbol_by_string,
        "error: ...names a variable by the string \"named_by_string\"...cudaMemcpyToSymbol(named_by_string, ..)"),
    HOST(copy_past_end, "error: ...cudaMemcpy of 260 bytes: the destination...at most 256 bytes"),
    HOST(copy_bytes_of_bytes, "error: ...cudaMemcpy of 1024 bytes...at most 256 bytes"),
    HOST(copy_wrong_way, "error: ...from device memory to host memory: that is cudaMemcpyDeviceToHost"),
    HOST(copy_swapped, "error: ...from host memory to device memory: that is cudaMemcpyHostToDevice"),
    HOST(copy_to_nothing, "error: ...the destination is a null pointer"),
    HOST(copy_to_freed, "error: ...cudaMemcpyAsync: the destination...freed since"),
    HOST(rows_too_wide, "error: ...rows of 64 bytes do not fit the pitches, 512 and 16"),
    HOST(memset_past_end, "error: ...cudaMemset of 404 bytes...at most 400 bytes"),
    HOST(memset_of_host, "error: ...cudaMemset of host memory"),
    HOST(free_twice, "error: ...freed since; it takes the address of a live allocation, once"),
    HOST(free_of_host, "error: ...cudaFree of host memory; use free or delete"),
    HOST(free_moved_pointer, "error: ...cudaFree of byte 128 of the 256 bytes"),
    HOST(pinned_freed_as_device, "error: ...it needs cudaFreeHost"),
    HOST(symbol_overflow, "error: ...cudaMemcpyToSymbol of 128 bytes at offset 0; the symbol has 64 bytes"),
    HOST(symbol_offset, "error: ...32 bytes at offset 48; the symbol has 64 bytes"),
    HOST(event_not_recorded, "error: ...never recorded; it needs cudaEventRecord"),
    HOST(stream_destroyed, "error: ...cudaStreamSynchronize of a stream that does not exist"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_host = { __FILE__, bugs };
