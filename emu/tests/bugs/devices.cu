/* devices.cu - two GPUs: arrays, streams, events and waits of the wrong one. x and y are on device 0. */
#include <cublas_v2.h>
#include <cuda_runtime.h>
#include <emu/testing.h>

#include "zoo.h"

enum { N = 64 };
static const size_t BYTES = N * sizeof(float);

__global__ void doubled(const float *x, float *y)
{
    y[threadIdx.x] = 2 * x[threadIdx.x];
}

__global__ void added(const float *x, float *y)
{
    y[threadIdx.x] += x[threadIdx.x];
}

namespace
{
/* Two devices; at the end the first is current, and what the second has done is there. */
struct Two {
    Two()
    {
        emu::options.devices = 2;
    }
    ~Two()
    {
        for (int d : { 1, 0 }) {
            cudaSetDevice(d);
            cudaDeviceSynchronize();
        }
    }
};
} // namespace

/* The commonest of all: the array is meant for device 1. */
template <bool right> static void device_forgotten_run(const zoo_arrays &a)
{
    Two two;
    float *x, *y;
    if (right) cudaSetDevice(1);
    cudaMalloc(&x, BYTES);
    cudaSetDevice(1);
    cudaMalloc(&y, BYTES);
    cudaMemcpy(x, a.x, BYTES, cudaMemcpyDefault);
    doubled<<<1, N>>>(x, y);
    cudaMemcpy(a.y, y, BYTES, cudaMemcpyDefault);
    cudaFree(x);
    cudaFree(y);
}

/* ... or the launch is: after a loop over the devices the last one is current. */
template <bool right> static void loop_left_current_run(const zoo_arrays &a)
{
    Two two;
    float *x[2];
    for (int d = 0; d < 2; d++) {
        cudaSetDevice(d);
        cudaMalloc(&x[d], BYTES);
        cudaMemcpy(x[d], a.x, BYTES, cudaMemcpyDefault);
    }
    for (int d = 0; d < 2; d++) {
        if (right) cudaSetDevice(d);
        doubled<<<1, N>>>(x[d], x[d]);
        cudaMemcpy(a.y + d * N, x[d], BYTES, cudaMemcpyDefault);
    }
    for (float *array : x) cudaFree(array);
}

/* Access is for kernels of the device that is current when it is enabled. */
template <bool right> static void access_the_wrong_way_run(const zoo_arrays &a)
{
    Two two;
    float *y;
    cudaSetDevice(right ? 1 : 0);
    cudaDeviceEnablePeerAccess(right ? 0 : 1, 0);
    cudaSetDevice(1);
    cudaMalloc(&y, BYTES);
    doubled<<<1, N>>>(a.x, y);
    cudaMemcpy(a.y, y, BYTES, cudaMemcpyDefault);
    cudaFree(y);
}

/* ... and for what cudaMalloc gave: a pool's memory has rights of its own. */
template <bool right> static void access_to_a_pool_run(const zoo_arrays &a)
{
    Two two;
    float *x, *y;
    cudaMemPool_t pool;
    cudaMemAccessDesc access = {};
    access.location = { cudaMemLocationTypeDevice, 1 };
    access.flags = cudaMemAccessFlagsProtReadWrite;
    cudaMallocAsync(&x, BYTES, 0);
    cudaMemcpy(x, a.x, BYTES, cudaMemcpyDefault);
    cudaDeviceSynchronize();
    cudaDeviceGetDefaultMemPool(&pool, 0);
    if (right) cudaMemPoolSetAccess(pool, &access, 1);
    cudaSetDevice(1);
    cudaDeviceEnablePeerAccess(0, 0);
    cudaMalloc(&y, BYTES);
    doubled<<<1, N>>>(x, y);
    cudaMemcpy(a.y, y, BYTES, cudaMemcpyDefault);
    cudaFree(x);
    cudaFree(y);
}

template <bool right> static void stream_of_other_run(const zoo_arrays &a)
{
    Two two;
    cudaStream_t s;
    cudaStreamCreate(&s);
    cudaSetDevice(1);
    if (right) cudaSetDevice(0);
    doubled<<<1, N, 0, s>>>(a.x, a.y); /* BUG: stream_of_other */
    (void)cudaGetLastError();
    cudaStreamDestroy(s);
}

template <bool right> static void event_of_other_run(const zoo_arrays &a)
{
    Two two;
    cudaEvent_t done;
    cudaEventCreate(&done);
    doubled<<<1, N>>>(a.x, a.y);
    cudaSetDevice(right ? 0 : 1);
    cudaEventRecord(done); /* BUG: event_of_other */
    (void)cudaGetLastError();
    cudaEventSynchronize(done);
    cudaEventDestroy(done);
}

/* cudaDeviceSynchronize waits for the current device alone. */
template <bool right> static void waits_for_other_device_run(const zoo_arrays &a)
{
    Two two;
    float *pinned, *x;
    cudaMallocHost(&pinned, BYTES);
    cudaSetDevice(1);
    cudaMalloc(&x, BYTES);
    cudaMemcpy(x, a.x, BYTES, cudaMemcpyDefault);
    doubled<<<1, N>>>(x, pinned);
    cudaSetDevice(right ? 1 : 0);
    cudaDeviceSynchronize();
    float first = pinned[0]; /* BUG: waits_for_other_device */
    cudaMemset(a.y, 0, BYTES);
    cudaMemcpy(a.y, &first, sizeof first, cudaMemcpyHostToDevice);
    cudaFreeHost(pinned);
    cudaFree(x);
}

/* The default streams of two devices do not wait for each other. */
template <bool right> static void no_order_between_devices_run(const zoo_arrays &a)
{
    Two two;
    cudaEvent_t done;
    float *between;
    cudaMalloc(&between, BYTES);
    cudaEventCreate(&done);
    doubled<<<1, N>>>(a.x, between);
    cudaEventRecord(done);
    cudaSetDevice(1);
    cudaDeviceEnablePeerAccess(0, 0);
    if (right) cudaStreamWaitEvent(nullptr, done);
    doubled<<<1, N>>>(between, a.y);
    cudaDeviceSynchronize();
    cudaEventDestroy(done);
    cudaFree(between);
}

/* ... whatever the kernels compute: two additions, whose order makes no difference. */
template <bool right> static void both_devices_add_run(const zoo_arrays &a)
{
    Two two;
    cudaMemset(a.y, 0, BYTES);
    cudaDeviceSynchronize();
    added<<<1, N>>>(a.x, a.y);
    if (right) cudaDeviceSynchronize();
    cudaSetDevice(1);
    cudaDeviceEnablePeerAccess(0, 0);
    added<<<1, N>>>(a.x, a.y);
}

/* The copy waits for the current device's kernels, and the kernel is another's. */
template <bool right> static void copied_by_other_run(const zoo_arrays &a)
{
    Two two;
    float *x, *y, host[N];
    cudaSetDevice(1);
    cudaMalloc(&x, BYTES);
    cudaMalloc(&y, BYTES);
    cudaMemcpy(x, a.x, BYTES, cudaMemcpyDefault);
    doubled<<<1, N>>>(x, y);
    if (!right) cudaSetDevice(0);
    cudaMemcpy(host, y, BYTES, cudaMemcpyDeviceToHost); /* BUG: copied_by_other */
    cudaMemcpy(a.y, host, BYTES, cudaMemcpyHostToDevice);
    cudaFree(x);
    cudaFree(y);
}

template <bool right> static void peers_exchanged_run(const zoo_arrays &a)
{
    Two two;
    float *x;
    cudaSetDevice(1);
    cudaMalloc(&x, BYTES);
    cudaMemcpyPeer(x, right ? 1 : 0, a.x, right ? 0 : 1, BYTES); /* BUG: peers_exchanged */
    (void)cudaGetLastError();
    cudaMemcpyPeer(a.y, 0, x, 1, right ? BYTES : 0);
    cudaFree(x);
}

template <bool right> static void library_on_other_run(const zoo_arrays &a)
{
    Two two;
    cublasHandle_t handle;
    const float factor = 2;
    cudaMemcpy(a.y, a.x, BYTES, cudaMemcpyDeviceToDevice);
    cudaDeviceSynchronize();
    cudaSetDevice(right ? 0 : 1);
    cublasCreate(&handle);
    (void)cublasSscal(handle, N, &factor, a.y, 1); /* BUG: library_on_other */
    (void)cudaGetLastError();
    cublasDestroy(handle);
}

#define ILLEGAL \
    "illegal address at devices.cu:...on device 0, and the kernel, launched at devices.cu:...on device 1"
#define TOUCHES "host code touches, at devices.cu:...it needs cudaDeviceSynchronize"

static const zoo_bug bugs[] = {
    ZOO(device_forgotten, 64, ILLEGAL "...cudaSetDevice belongs before it", "", nullptr, ILLEGAL),
    ZOO(loop_left_current, 128, ILLEGAL, "", nullptr, ILLEGAL),
    ZOO(access_the_wrong_way, 64, ILLEGAL "...device 1 needs cudaDeviceEnablePeerAccess(0, 0)", "", nullptr,
        ILLEGAL),
    ZOO(access_to_a_pool, 64, ILLEGAL "...device 1 needs cudaMemPoolSetAccess", "", nullptr, ILLEGAL),
    ZOO(stream_of_other, 64, "error: ...cudaSetDevice(0) belongs before it (invalid resource handle)", "",
        "error: ...cudaSetDevice(0) belongs", "error: ...cudaSetDevice(0) belongs"),
    ZOO(event_of_other, 64, "error: ...both must be of one device (invalid resource handle)", "",
        "error: ...both must be of one device", "error: ...both must be of one device"),
    ZOO(waits_for_other_device, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(no_order_between_devices, 64, "64 of 64 outputs are NaN", "", nullptr,
        "unwritten: ...a read of byte 0 of the 256"),
    ZOO(both_devices_add, 64, nullptr, nullptr, nullptr, "race: ...two devices do not wait for each other"),
    ZOO(copied_by_other, 64, "unwritten: ...of which 256 are as cudaMalloc left them", "",
        "unwritten: ...of which 256 are as cudaMalloc left them", "unwritten: ...nobody has written 256"),
    ZOO(peers_exchanged, 64, "error: ...is said to be on device 0, but is byte 0 of the 256 bytes", "",
        "error: ...is said to be on device 0", "error: ...is said to be on device 0"),
    ZOO(library_on_other, 64, "error: ...cublasSscal runs on device 1, but x", "",
        "error: ...cublasSscal runs on device 1, but x", "error: ...cublasSscal runs on device 1, but x"),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_devices = { __FILE__, bugs };
