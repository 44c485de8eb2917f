/* emu_api.cu - the runtime API: what it does, and the error codes with which it refuses. */
#include <cuda_profiler_api.h>
#include <cstring>
#include <emu/testing.h>
#include <string>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu_test.h"

__global__ void use_dynamic(int *to)
{
    extern __shared__ int last[];
    last[threadIdx.x] = (int)threadIdx.x;
    __syncthreads();
    to[threadIdx.x] = last[blockDim.x - 1 - threadIdx.x];
}

__global__ void nothing()
{
}

/* As many static bytes as there may be, and as there may not be. */
template <int BYTES> __global__ void with_static(int *to)
{
    __shared__ char tile[BYTES];
    tile[threadIdx.x] = (char)threadIdx.x;
    __syncthreads();
    to[threadIdx.x] = tile[threadIdx.x];
}

__global__ void with_parameters(int *to, float value, long long number)
{
    to[threadIdx.x] = (int)value + (int)number;
}

template <int N> __global__ void nothing_of()
{
}

/* The error of the last launch, taken back. */
static cudaError_t after_launch()
{
    cudaError_t error = cudaGetLastError();
    EXPECT(cudaPeekAtLastError() == cudaSuccess, "cudaGetLastError takes the error back");
    return error;
}

static void check_launch_limits()
{
    nothing<<<1, 1024>>>();
    EXPECT(after_launch() == cudaSuccess, "1024 threads");
    nothing<<<1, 1025>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "1025 threads");
    nothing<<<1, dim3(32, 32, 2)>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "32 x 32 x 2 threads");
    nothing<<<1, dim3(1, 1, 65)>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "65 threads in z");
    nothing<<<0, 32>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "no blocks");
    nothing<<<1, 0>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "no threads");
    nothing<<<dim3(1, 65536), 32>>>();
    EXPECT(after_launch() == cudaErrorInvalidConfiguration, "65536 blocks in y");
    nothing<<<dim3(1, 1, 65535), 1>>>();
    EXPECT(after_launch() == cudaSuccess, "65535 blocks in z");
}

static void check_dynamic_limits()
{
    int *to = to_device(std::vector<int>(1024, 0));
    use_dynamic<<<1, 1024, 48 << 10>>>(to);
    EXPECT(after_launch() == cudaSuccess && to_host(to, 1)[0] == 1023, "48 KB");
    use_dynamic<<<1, 1024, (48 << 10) + 4>>>(to);
    EXPECT(after_launch() == cudaErrorInvalidValue, "48 KB and a bit");
    CUDA(cudaFuncSetAttribute(use_dynamic, cudaFuncAttributeMaxDynamicSharedMemorySize, 100 << 10));
    use_dynamic<<<1, 32, 100 << 10>>>(to);
    EXPECT(after_launch() == cudaSuccess, "100 KB, asked for");
    nothing<<<1, 32, 100 << 10>>>();
    EXPECT(after_launch() == cudaErrorInvalidValue, "100 KB, asked for by another kernel");
    EXPECT(cudaFuncSetAttribute(nothing_of<3>, cudaFuncAttributeMaxDynamicSharedMemorySize, 227 << 10) ==
               cudaSuccess,
           "227 KB for a template");
    nothing_of<3><<<1, 32, 227 << 10>>>();
    EXPECT(after_launch() == cudaSuccess, "227 KB");
    EXPECT(cudaFuncSetAttribute(nothing, cudaFuncAttributeMaxDynamicSharedMemorySize, 228 << 10) ==
               cudaErrorInvalidValue,
           "228 KB");
    EXPECT(after_launch() == cudaErrorInvalidValue, "its error is kept");
    with_static<(47 << 10)><<<1, 32, 1 << 10>>>(to);
    EXPECT(after_launch() == cudaSuccess, "47 KB static, 1 KB dynamic");
    with_static<(47 << 10)><<<1, 32, (1 << 10) + 4>>>(to);
    EXPECT(after_launch() == cudaErrorInvalidValue, "47 KB static, more than 1 KB dynamic");
    cudaFuncAttributes attributes;
    CUDA(cudaFuncGetAttributes(&attributes, with_static<(47 << 10)>));
    EXPECT(attributes.sharedSizeBytes == 47 << 10, "static bytes: %zu", attributes.sharedSizeBytes);
    CUDA(cudaFree(to));
}

static auto chosen(bool) -> void (*)(int *, float, long long)
{
    return with_parameters;
}

static void check_launch_by_address()
{
    int *to = to_device(std::vector<int>(32, 0));
    float value = 40;
    long long number = 2;
    void *arguments[] = { &to, &value, &number };
    CUDA(cudaLaunchKernel(with_parameters, 1, 32, arguments, 0, nullptr));
    EXPECT(to_host(to, 32)[31] == 42, "cudaLaunchKernel");
    CUDA(cudaLaunchKernel((const void *)chosen(true), 1, 32, arguments, 0, nullptr));
    CUDA(cudaLaunchCooperativeKernel(with_parameters, dim3(2), dim3(16), arguments));
    EXPECT(cudaLaunchKernel(with_parameters, 1, 1025, arguments) == cudaErrorInvalidConfiguration,
           "1025 threads");
    (void)cudaGetLastError();
    CUDA(cudaFree(to));
}

static unsigned long protections; /* how often the emulator has let somebody touch an array, or no more */

extern "C" int mprotect(void *address, size_t bytes, int protection) noexcept
{
    protections++;
    return (int)syscall(SYS_mprotect, address, bytes, protection);
}

/* Of a copy of so many rows and a cudaMemset of them. */
static unsigned long protections_of_rows(size_t rows)
{
    char *from, *to;
    CUDA(cudaMalloc(&from, 64 * rows));
    CUDA(cudaMalloc(&to, 64 * rows));
    unsigned long before = protections;
    CUDA(cudaMemset2D(from, 64, 7, 32, rows));
    CUDA(cudaMemcpy2D(to, 64, from, 64, 32, rows, cudaMemcpyDeviceToDevice));
    CUDA(cudaDeviceSynchronize());
    unsigned long spent = protections - before;
    CUDA(cudaFree(from));
    CUDA(cudaFree(to));
    return spent;
}

static void check_rows()
{
    unsigned long one = protections_of_rows(1), many = protections_of_rows(1000);
    EXPECT(one > 0 && many == one, "1000 rows change the protection of pages %lu times, 1 row %lu times",
           many, one);
}

static void check_copies()
{
    std::vector<int> host(64), back(64);
    for (int i = 0; i < 64; i++) host[i] = i;
    int *device = to_device(host), *other;
    CUDA(cudaMalloc(&other, 64 * sizeof(int)));
    CUDA(cudaMemcpy(other, device, 64 * sizeof(int), cudaMemcpyDeviceToDevice));
    CUDA(cudaMemset(other + 32, 0, 4 * sizeof(int)));
    CUDA(cudaMemcpyAsync(back.data(), other, 64 * sizeof(int), cudaMemcpyDefault, 0));
    EXPECT(back[31] == 31 && back[32] == 0 && back[36] == 36, "copies and cudaMemset");
    CUDA(cudaMemcpy2D(back.data(), 8, other, 16, 8, 16, cudaMemcpyDeviceToHost));
    EXPECT(back[2] == 4 && back[31] == 61, "cudaMemcpy2D takes every other pair");

    auto refused = [](cudaError_t error, const char *what) {
        EXPECT(error == cudaErrorInvalidValue && cudaGetLastError() == error, "%s is not refused", what);
    };
    refused(cudaMemcpy(other, host.data(), 65 * sizeof(int), cudaMemcpyHostToDevice), "a copy past the end");
    refused(cudaMemcpy(back.data(), host.data(), 4, cudaMemcpyDeviceToHost), "a host pointer as a device's");
    refused(cudaMemcpy(other, device, 4, cudaMemcpyHostToDevice), "a device pointer as the host's");
    refused(cudaMemcpy(other, nullptr, 4, cudaMemcpyHostToDevice), "a null pointer");
    refused(cudaMemset(other + 64, 0, 4), "cudaMemset past the end");
    CUDA(cudaFree(other));
    refused(cudaMemcpy(other, host.data(), 4, cudaMemcpyHostToDevice), "freed memory");
    refused(cudaFree(other), "freeing twice");
    refused(cudaFree(device + 1), "freeing the middle");
    CUDA(cudaFree(device));
    CUDA(cudaFree(nullptr));
}

static void check_allocations()
{
    int *managed, *pinned;
    char *pitched;
    size_t pitch;
    void *huge;
    CUDA(cudaMallocManaged(&managed, 4 * sizeof(int)));
    managed[3] = 7;
    CUDA(cudaMemcpy(managed, managed + 3, sizeof(int), cudaMemcpyDefault));
    EXPECT(managed[0] == 7, "managed memory is the host's too");
    CUDA(cudaMallocHost(&pinned, 4 * sizeof(int)));
    pinned[0] = 1;
    CUDA(cudaMemcpy(pinned, managed, sizeof(int), cudaMemcpyDeviceToHost));
    CUDA(cudaMallocPitch(&pitched, &pitch, 100, 3));
    EXPECT(pitch >= 100 && pitch % 256 == 0, "cudaMallocPitch: %zu", pitch);
    CUDA(cudaMemset2D(pitched, pitch, 5, 100, 3));
    EXPECT(cudaMalloc(&huge, (size_t)1 << 50) == cudaErrorMemoryAllocation && !huge, "a petabyte");
    EXPECT(cudaGetLastError() == cudaErrorMemoryAllocation, "its error is kept");
    cudaPointerAttributes attributes;
    CUDA(cudaPointerGetAttributes(&attributes, pitched));
    EXPECT(attributes.type == cudaMemoryTypeDevice, "what a pointer is");
    for (int i = 0; i < 300; i++) { /* addresses: CUDA's alignment */
        void *p;
        CUDA(cudaMalloc(&p, 1 + (size_t)i * 7));
        EXPECT((size_t)p % 256 == 0, "cudaMalloc gives %p", p);
        CUDA(cudaFree(p));
    }
    CUDA(cudaFree(managed));
    CUDA(cudaFreeHost(pinned));
    CUDA(cudaFree(pitched));
}

static void add_one(void *number)
{
    ++*(int *)number;
}

static void check_streams_and_events()
{
    cudaStream_t stream;
    cudaEvent_t begin, end, never;
    float milliseconds = -1;
    int called = 0;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaEventCreate(&begin));
    CUDA(cudaEventCreateWithFlags(&end, cudaEventDefault));
    CUDA(cudaEventCreate(&never));
    CUDA(cudaEventRecord(begin, stream));
    nothing<<<1, 32, 0, stream>>>();
    CUDA(cudaLaunchHostFunc(stream, add_one, &called));
    CUDA(cudaEventRecord(end, stream));
    CUDA(cudaStreamWaitEvent(stream, end));
    CUDA(cudaEventSynchronize(end));
    CUDA(cudaStreamSynchronize(stream));
    CUDA(cudaEventElapsedTime(&milliseconds, begin, end));
    EXPECT(milliseconds == 0 && called == 1, "there is no time here");
    EXPECT(cudaEventElapsedTime(&milliseconds, begin, never) == cudaErrorInvalidResourceHandle,
           "not recorded");
    CUDA(cudaEventDestroy(begin));
    EXPECT(cudaEventRecord(begin, stream) == cudaErrorInvalidResourceHandle, "a destroyed event");
    CUDA(cudaStreamDestroy(stream));
    EXPECT(cudaStreamSynchronize(stream) == cudaErrorInvalidResourceHandle, "a destroyed stream");
    CUDA(cudaEventDestroy(end));
    CUDA(cudaEventDestroy(never));
    (void)cudaGetLastError();
}

static void check_device()
{
    int count = 0, device = -1, value = 0, blocks = 0, threads = 0;
    cudaDeviceProp properties;
    cudaFuncAttributes attributes;
    CUDA(cudaGetDeviceCount(&count));
    CUDA(cudaGetDevice(&device));
    CUDA(cudaGetDeviceProperties(&properties, 0));
    EXPECT(count == 1 && device == 0 && properties.major == 9 && properties.warpSize == 32, "the device");
    EXPECT(strstr(properties.name, "emulated"), "its name says what it is: %s", properties.name);
    EXPECT(cudaSetDevice(1) == cudaErrorInvalidDevice, "there is no second one");
    (void)cudaGetLastError();
    CUDA(cudaDeviceGetAttribute(&value, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0));
    EXPECT(value == 227 << 10, "an attribute");
    CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, use_dynamic, 256, 32 << 10));
    EXPECT(blocks == 6, "%d blocks fit a multiprocessor", blocks);
    CUDA(cudaOccupancyMaxPotentialBlockSize(&blocks, &threads, nothing, 0, 0));
    EXPECT(threads == 1024, "the largest block");
    CUDA(cudaFuncGetAttributes(&attributes, nothing));
    EXPECT(attributes.maxThreadsPerBlock == 1024, "a kernel's attributes");
    EXPECT(!strcmp(cudaGetErrorString(cudaErrorInvalidValue), "invalid argument"), "an error's text");
    EXPECT(!strcmp(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation"),
           "an error's name");
    CUDA(cudaProfilerStart());
    CUDA(cudaDeviceSynchronize());
    EXPECT(cudaThreadSynchronize() == CUDA_SUCCESS, "an old name");
    CUDA(cudaDeviceReset());
}

/* What is refused is a finding too, with the line of the call and what would be legal. */
static void check_sentences()
{
    struct {
        int line;
        const char *words;
    } expected[32];
    int count = 0;
    int *device = to_device(std::vector<int>(64, 0)), host[64], *gone;
    static __constant__ int table[4];
    emu::forget_findings();
#define SAYS(call, text) (void)(call), expected[count++] = { __LINE__, text }
    SAYS((nothing<<<1, 2048>>>(), 0), "its block has 2048 threads; at most 1024 are possible");
    SAYS((nothing<<<0, 32>>>(), 0), "its grid is (0,1,1); each extent must be at least 1");
    SAYS((nothing<<<dim3(1, 70000), 32>>>(), 0), "65535 in y and in z");
    SAYS((use_dynamic<<<1, 32, 1 << 20>>>(device), 0), "1048576 bytes of dynamic shared memory");
    SAYS((nothing<<<1, 32, 64 << 10>>>(), 0), "cudaFuncSetAttribute(nothing");
    SAYS(cudaMemcpy(host, device, 260, cudaMemcpyDeviceToHost),
         "byte 0 of the 256 bytes allocated at emu_api.cu:");
    SAYS(cudaMemcpy(host, device, 4, cudaMemcpyHostToDevice), "that is cudaMemcpyDeviceToHost");
    SAYS(cudaMemcpyToSymbol(table, host, 20), "20 bytes at offset 0; the symbol has 16 bytes");
    SAYS(cudaMemset(host, 0, 4), "host memory; it takes what cudaMalloc gave");
    SAYS(cudaFree(host), "host memory; use free or delete");
    SAYS(cudaFreeHost(device), "it needs cudaFree ");
    CUDA(cudaMalloc(&gone, 4));
    CUDA(cudaFree(gone));
    SAYS(cudaFree(gone), "freed since; it takes the address of a live allocation, once");
    SAYS(cudaMemcpy(gone, host, 4, cudaMemcpyHostToDevice), "the destination is byte 0 of the 4 bytes");
#undef SAYS
    EXPECT(emu::found().size() == (size_t)count, "%zu sentences for %d calls", emu::found().size(), count);
    for (int i = 0; i < count && i < (int)emu::found().size(); i++) {
        const std::string &said = emu::found()[i].what;
        std::string line = "emu_api.cu:" + std::to_string(expected[i].line) + ": ";
        EXPECT(said.find(line) != std::string::npos && said.find(expected[i].words) != std::string::npos,
               "said '%s', not '%s...%s'", said.c_str(), line.c_str(), expected[i].words);
    }
    (void)cudaGetLastError();
    CUDA(cudaFree(device));
}

int main()
{
    emu::options.throws = true; /* in silence */
    check_launch_limits();
    check_dynamic_limits();
    check_launch_by_address();
    check_rows();
    check_copies();
    check_allocations();
    check_streams_and_events();
    check_device();
    check_sentences();
    emu::forget_findings(); /* all of them were meant */
    return finish();
}
