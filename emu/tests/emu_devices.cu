/* emu_devices.cu - several GPUs: what a right program does with them, and the error codes of wrong calls. */
#include <cstring>
#include <emu/testing.h>
#include <string>
#include <thread>
#include "emu_test.h"

enum { N = 1000, DEVICES = 3 };
static const size_t BYTES = N * sizeof(float);

__device__ int launches = 5, unused, calls[2] = { 1, 2 };
__constant__ float factor[2];
static __device__ volatile int seen;
__managed__ int of_all;
__constant__ const float half = 0.5f;
namespace inner
{
__device__ float last = half;
}

__global__ void scale(const float *x, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < N) y[i] = factor[0] * x[i];
    if (i != 0) return;
    launches++;
    calls[1] += launches;
    seen = launches;
    inner::last += factor[1];
}

__global__ void add_to(const float *x, float *y)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < N) y[i] += x[i];
}

__global__ void count_all()
{
    of_all++;
}

static const dim3 GRID(4), BLOCK(256);

/* The error of a call that is wrong, whose finding is taken back. */
static void expect_error(const char *call, cudaError_t error, cudaError_t expected)
{
    EXPECT(error == expected, "%s gives %s", call, cudaGetErrorName(error));
    EXPECT(cudaGetLastError() == expected, "%s: the last error", call);
    emu::forget_findings();
}
#define REFUSES(error, call) expect_error(#call, call, error)

static float *filled(float value)
{
    return to_device(std::vector<float>(N, value));
}

static void check_choice()
{
    int count, device, found;
    char id[DEVICES][16];
    CUDA(cudaGetDeviceCount(&count));
    EXPECT(count == DEVICES, "%d devices", count);
    for (int d = 0; d < count; d++) {
        cudaDeviceProp p;
        CUDA(cudaSetDevice(d));
        CUDA(cudaGetDevice(&device));
        CUDA(cudaGetDeviceProperties(&p, d));
        CUDA(cudaDeviceGetPCIBusId(id[d], sizeof id[d], d));
        CUDA(cudaDeviceGetByPCIBusId(&found, id[d]));
        EXPECT(device == d && found == d && p.pciBusID == d, "device %d: %d, %s is %d", d, device, id[d],
               found);
    }
    EXPECT(strcmp(id[0], id[1]) && strcmp(id[1], id[2]), "bus ids differ");
    REFUSES(cudaErrorInvalidDevice, cudaSetDevice(DEVICES));
    REFUSES(cudaErrorInvalidDevice, cudaSetDevice(-1));
    std::thread other([] {
        int its = 9;
        CUDA(cudaGetDevice(&its));
        EXPECT(its == 0, "a new thread of the host begins with device 0, not %d", its);
        CUDA(cudaSetDevice(1));
    });
    other.join();
    CUDA(cudaGetDevice(&device));
    EXPECT(device == DEVICES - 1, "another thread's choice changes nothing: %d", device);
    CUDA(cudaSetDevice(0));
}

static void check_peer_calls()
{
    int can = 9, rank = 9;
    CUDA(cudaDeviceCanAccessPeer(&can, 0, 1));
    EXPECT(can == 1, "0 can access 1");
    CUDA(cudaDeviceCanAccessPeer(&can, 1, 1));
    EXPECT(can == 0, "1 is no peer of itself");
    CUDA(cudaDeviceGetP2PAttribute(&rank, cudaDevP2PAttrPerformanceRank, 0, 1));
    EXPECT(rank == 0, "all are equally far: %d", rank);
    REFUSES(cudaErrorInvalidDevice, cudaDeviceCanAccessPeer(&can, 0, DEVICES));
    REFUSES(cudaErrorInvalidDevice, cudaDeviceEnablePeerAccess(DEVICES, 0));
    REFUSES(cudaErrorInvalidDevice, cudaDeviceEnablePeerAccess(0, 0));
    REFUSES(cudaErrorInvalidValue, cudaDeviceEnablePeerAccess(1, 1));
    REFUSES(cudaErrorPeerAccessNotEnabled, cudaDeviceDisablePeerAccess(1));
    CUDA(cudaDeviceEnablePeerAccess(1, 0));
    unsigned long findings = emu::findings();
    EXPECT(cudaDeviceEnablePeerAccess(1, 0) == cudaErrorPeerAccessAlreadyEnabled, "enabled twice");
    EXPECT(emu::findings() == findings, "programs find out by it: a note");
    cudaGetLastError();
    CUDA(cudaDeviceDisablePeerAccess(1));
    REFUSES(cudaErrorPeerAccessNotEnabled, cudaDeviceDisablePeerAccess(1));
    REFUSES(cudaErrorInvalidDevice, cudaDeviceDisablePeerAccess(DEVICES));
}

/* Each device has its own variables, __managed__ ones are of all. */
static void check_variables()
{
    float *x[DEVICES], *y[DEVICES], numbers[2];
    for (int d = 0; d < DEVICES; d++) {
        CUDA(cudaSetDevice(d));
        numbers[0] = (float)d + 1, numbers[1] = 10.0f * (float)d;
        CUDA(cudaMemcpyToSymbol(factor, numbers, sizeof numbers));
        x[d] = filled(2);
        y[d] = filled(0);
    }
    for (int round = 0; round < 2; round++)
        for (int d = 0; d < DEVICES; d++) {
            CUDA(cudaSetDevice(d));
            if (d || round) scale<<<GRID, BLOCK>>>(x[d], y[d]);
        }
    for (int d = 0; d < DEVICES; d++) {
        int how_often, own[2], volatile_one, runs = d ? 2 : 1;
        float last;
        CUDA(cudaSetDevice(d));
        CUDA(cudaMemcpyFromSymbol(&how_often, launches, sizeof launches));
        CUDA(cudaMemcpyFromSymbol(own, calls, sizeof calls));
        CUDA(cudaMemcpyFromSymbol(&volatile_one, seen, sizeof seen));
        CUDA(cudaMemcpyFromSymbol(&last, inner::last, sizeof last));
        EXPECT(how_often == 5 + runs && volatile_one == how_often, "launches on %d: %d, %d", d, how_often,
               volatile_one);
        EXPECT(own[0] == 1 && own[1] == 2 + (runs == 2 ? 6 + 7 : 6), "calls on %d: %d", d, own[1]);
        EXPECT(last == 0.5f + (float)runs * 10 * (float)d, "inner::last on %d: %g", d, (double)last);
        EXPECT(to_host(y[d], N)[N - 1] == 2 * ((float)d + 1), "factor on %d", d);
        count_all<<<1, 1>>>();
        CUDA(cudaDeviceSynchronize());
        EXPECT(of_all == d + 1, "managed: %d", of_all);
        cudaPointerAttributes a;
        CUDA(cudaPointerGetAttributes(&a, x[d]));
        EXPECT(a.device == d && a.type == cudaMemoryTypeDevice, "x of %d is on %d", d, a.device);
        CUDA(cudaFree(x[d]));
        CUDA(cudaFree(y[d]));
    }
}

/* Copies between devices need no access; in default streams both devices wait for them. */
static void check_copies()
{
    float two[2] = { 3, 0 };
    CUDA(cudaSetDevice(0));
    CUDA(cudaMemcpyToSymbol(factor, two, sizeof two));
    float *x = filled(1), *y = filled(0);
    CUDA(cudaSetDevice(1));
    float *z = filled(5), *w = filled(0);
    CUDA(cudaSetDevice(0));
    scale<<<GRID, BLOCK>>>(x, y);
    CUDA(cudaSetDevice(2));
    CUDA(cudaMemcpyPeer(z, 1, y, 0, BYTES)); /* after the kernel of 0, before that of 1 */
    CUDA(cudaSetDevice(1));
    add_to<<<GRID, BLOCK>>>(z, w);
    EXPECT(to_host(w, N)[7] == 3, "cudaMemcpyPeer: %g", (double)to_host(w, N)[7]);
    CUDA(cudaMemcpy(y, w, BYTES, cudaMemcpyDefault));
    CUDA(cudaSetDevice(0));
    add_to<<<GRID, BLOCK>>>(x, y);
    EXPECT(to_host(y, N)[7] == 4, "cudaMemcpy: %g", (double)to_host(y, N)[7]);
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaMemcpyPeerAsync(z, 1, x, 0, BYTES, stream));
    CUDA(cudaMemcpyPeerAsync(y, 0, z, 1, BYTES, stream));
    CUDA(cudaStreamSynchronize(stream));
    EXPECT(to_host(y, N)[7] == 1, "cudaMemcpyPeerAsync");
    REFUSES(cudaErrorInvalidValue, cudaMemcpyPeer(z, 0, x, 0, BYTES));
    REFUSES(cudaErrorInvalidValue, cudaMemcpyPeer(z, 1, two, 0, sizeof two));
    REFUSES(cudaErrorInvalidValue, cudaMemcpyPeer(z, 1, x, 0, BYTES + 1));
    REFUSES(cudaErrorInvalidDevice, cudaMemcpyPeer(z, DEVICES, x, 0, BYTES));
    CUDA(cudaStreamDestroy(stream));
    for (float *array : { x, y, z, w }) CUDA(cudaFree(array));
}

/* With access, kernels use the other's arrays. */
static void check_access()
{
    CUDA(cudaSetDevice(0));
    float *x = filled(1), *of_host, *managed;
    CUDA(cudaSetDevice(1));
    float *y = filled(2);
    CUDA(cudaDeviceEnablePeerAccess(0, 0));
    add_to<<<GRID, BLOCK>>>(x, y);
    CUDA(cudaDeviceDisablePeerAccess(0)); /* what was launched may */
    EXPECT(to_host(y, N)[N - 1] == 3, "1 reads an array of 0");
    CUDA(cudaMallocHost(&of_host, BYTES));
    CUDA(cudaMallocManaged(&managed, BYTES));
    for (int i = 0; i < N; i++) of_host[i] = 1, managed[i] = 10;
    for (int d = 0; d < 2; d++) {
        CUDA(cudaSetDevice(d));
        add_to<<<GRID, BLOCK>>>(of_host, managed);
        CUDA(cudaDeviceSynchronize());
    }
    EXPECT(managed[N - 1] == 12, "what is of all: %g", (double)managed[N - 1]);
    CUDA(cudaFreeHost(of_host));
    for (float *array : { x, y, managed }) CUDA(cudaFree(array));
}

static void check_streams()
{
    cudaStream_t s[2];
    cudaEvent_t done[2];
    float *x[2], *y[2], milliseconds;
    for (int d = 0; d < 2; d++) {
        CUDA(cudaSetDevice(d));
        CUDA(cudaStreamCreate(&s[d]));
        CUDA(cudaEventCreate(&done[d]));
        x[d] = filled(1), y[d] = filled(0);
        CUDA(cudaDeviceEnablePeerAccess(1 - d, 0));
        CUDA(cudaDeviceSynchronize());
    }
    CUDA(cudaSetDevice(0));
    add_to<<<GRID, BLOCK, 0, s[0]>>>(x[0], y[0]);
    CUDA(cudaEventRecord(done[0], s[0]));
    CUDA(cudaSetDevice(1));
    CUDA(cudaStreamWaitEvent(s[1], done[0])); /* of the other device: legal */
    add_to<<<GRID, BLOCK, 0, s[1]>>>(y[0], y[1]);
    CUDA(cudaMemcpyAsync(x[0], x[1], BYTES, cudaMemcpyDefault, s[0])); /* so is a copy */
    CUDA(cudaEventRecord(done[1], s[1]));
    add_to<<<1, 1, 0, s[0]>>>(x[1], y[1]);
    expect_error("a launch into a stream of device 0", cudaPeekAtLastError(), cudaErrorInvalidResourceHandle);
    REFUSES(cudaErrorInvalidResourceHandle, cudaEventRecord(done[1], s[0]));
    REFUSES(cudaErrorInvalidResourceHandle, cudaEventRecord(done[0], 0));
    CUDA(cudaEventSynchronize(done[0]));
    CUDA(cudaEventSynchronize(done[1]));
    REFUSES(cudaErrorInvalidResourceHandle, cudaEventElapsedTime(&milliseconds, done[0], done[1]));
    EXPECT(to_host(y[1], N)[0] == 1, "across devices: %g", (double)to_host(y[1], N)[0]);
    for (int d = 0; d < 2; d++) {
        CUDA(cudaSetDevice(d));
        CUDA(cudaDeviceSynchronize());
        CUDA(cudaDeviceDisablePeerAccess(1 - d));
        CUDA(cudaStreamDestroy(s[d]));
        CUDA(cudaEventDestroy(done[d]));
        CUDA(cudaFree(x[d]));
        CUDA(cudaFree(y[d]));
    }
}

/* cudaDeviceSynchronize waits for the current device, cudaDeviceReset frees its arrays. */
static void check_one_alone()
{
    float *x[2], *y[2];
    for (int d = 0; d < 2; d++) {
        CUDA(cudaSetDevice(d));
        x[d] = filled(1), y[d] = filled(1);
        CUDA(cudaDeviceSynchronize());
    }
    for (int d = 0; d < 2; d++) {
        CUDA(cudaSetDevice(d));
        add_to<<<GRID, BLOCK>>>(x[d], y[d]);
    }
    CUDA(cudaDeviceSynchronize());
    EXPECT(cudaStreamQuery(0) == cudaSuccess, "device 1 is done");
    CUDA(cudaSetDevice(0));
    if (emu::options.streams == emu::Streams::late)
        EXPECT(cudaStreamQuery(0) == cudaErrorNotReady, "nothing has waited for device 0");
    CUDA(cudaDeviceSynchronize());
    CUDA(cudaDeviceReset());
    cudaPointerAttributes a;
    REFUSES(cudaErrorInvalidValue, cudaPointerGetAttributes(&a, x[0]));
    CUDA(cudaSetDevice(1));
    EXPECT(to_host(y[1], N)[3] == 2, "the arrays of device 1 stay");
    CUDA(cudaFree(x[1]));
    CUDA(cudaFree(y[1]));
}

/* A graph whose nodes run on two devices. */
static void check_graph()
{
    cudaStream_t s[2];
    cudaEvent_t fork, join;
    float *x[2], *y[2];
    for (int d = 1; d >= 0; d--) {
        CUDA(cudaSetDevice(d));
        CUDA(cudaStreamCreateWithFlags(&s[d], cudaStreamNonBlocking));
        CUDA(cudaEventCreate(d ? &join : &fork));
        x[d] = filled(1), y[d] = filled(0);
        CUDA(cudaDeviceSynchronize());
    }
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    CUDA(cudaStreamBeginCapture(s[0], cudaStreamCaptureModeRelaxed));
    CUDA(cudaEventRecord(fork, s[0]));
    CUDA(cudaStreamWaitEvent(s[1], fork));
    add_to<<<GRID, BLOCK, 0, s[0]>>>(x[0], y[0]);
    CUDA(cudaSetDevice(1));
    add_to<<<GRID, BLOCK, 0, s[1]>>>(x[1], y[1]);
    CUDA(cudaEventRecord(join, s[1]));
    CUDA(cudaSetDevice(0));
    CUDA(cudaStreamWaitEvent(s[0], join));
    CUDA(cudaStreamEndCapture(s[0], &graph));
    CUDA(cudaGraphInstantiate(&exec, graph, 0));
    for (int i = 0; i < 2; i++) CUDA(cudaGraphLaunch(exec, s[0]));
    CUDA(cudaStreamSynchronize(s[0]));
    EXPECT(to_host(y[0], N)[0] == 2 && to_host(y[1], N)[0] == 2, "a graph of two devices");
    CUDA(cudaGraphExecDestroy(exec));
    CUDA(cudaGraphDestroy(graph));
    for (int d = 0; d < 2; d++) {
        CUDA(cudaFree(x[d]));
        CUDA(cudaFree(y[d]));
        CUDA(cudaStreamDestroy(s[d]));
    }
}

/* Memory of a stream belongs to its device. */
static void check_pools()
{
    cudaStream_t stream;
    cudaMemPool_t pool[2];
    float *x;
    cudaPointerAttributes a;
    CUDA(cudaSetDevice(1));
    CUDA(cudaStreamCreate(&stream));
    CUDA(cudaSetDevice(0));
    CUDA(cudaMallocAsync(&x, BYTES, stream));
    CUDA(cudaPointerGetAttributes(&a, x));
    EXPECT(a.device == 1, "cudaMallocAsync in a stream of device 1 gives memory of %d", a.device);
    for (int d = 0; d < 2; d++) CUDA(cudaDeviceGetDefaultMemPool(&pool[d], d));
    EXPECT(pool[0] != pool[1], "each device has its pool");
    cudaMemAccessDesc access = {};
    access.location = { cudaMemLocationTypeDevice, 0 };
    access.flags = cudaMemAccessFlagsProtReadWrite;
    CUDA(cudaMemPoolSetAccess(pool[1], &access, 1));
    CUDA(cudaMemsetAsync(x, 0, BYTES, stream));
    CUDA(cudaStreamSynchronize(stream));
    float *y = filled(1);
    add_to<<<GRID, BLOCK>>>(x, y);
    EXPECT(to_host(y, N)[0] == 1, "device 0 uses the pool of device 1");
    CUDA(cudaFree(y));
    access.location.id = DEVICES;
    REFUSES(cudaErrorInvalidValue, cudaMemPoolSetAccess(pool[1], &access, 1));
    CUDA(cudaFreeAsync(x, stream));
    CUDA(cudaStreamSynchronize(stream));
    CUDA(cudaStreamDestroy(stream));
}

/* One thread of the host for each device. */
static void work(int device, float *result)
{
    CUDA(cudaSetDevice(device));
    float *x = filled((float)device), *y = filled(1);
    for (int i = 0; i < 10; i++) add_to<<<GRID, BLOCK>>>(x, y);
    *result = to_host(y, N)[N / 2];
    CUDA(cudaFree(x));
    CUDA(cudaFree(y));
}

static void check_threads()
{
    float result[DEVICES] = {};
    std::vector<std::thread> threads;
    for (int d = 0; d < DEVICES; d++) threads.emplace_back(work, d, &result[d]);
    for (std::thread &thread : threads) thread.join();
    for (int d = 0; d < DEVICES; d++)
        EXPECT(result[d] == 1 + 10 * (float)d, "thread %d: %g", d, (double)result[d]);
}

int main()
{
    EXPECT(emu::options.devices == 1, "without CUEMU_DEVICES there is one");
    emu::options.devices = DEVICES;
    check_peer_calls();
    check_variables();
    check_copies();
    check_access();
    check_streams();
    check_one_alone();
    check_graph();
    check_pools();
    check_choice();
    EXPECT(emu::found().empty(), "nothing is found in what is right: %s", emu::found().front().what.c_str());
    check_threads();
    return finish();
}
