/* streams.cu - what is done in a stream may be done late: mistakes of a host that does not wait, or waits for
 * something else. */
#include <cstdlib>
#include <cstring>
#include <cuda_runtime.h>

#include "zoo.h"

enum { N = 64 };
static const size_t BYTES = N * sizeof(float);

__global__ void twice(const float *x, float *y)
{
    y[threadIdx.x] = 2 * x[threadIdx.x];
}

__global__ void add_to(const float *x, float *y)
{
    y[threadIdx.x] += x[threadIdx.x];
}

/* Two streams, and what the rows of this file share of them. */
struct Streams {
    cudaStream_t a, b;
    explicit Streams(unsigned flags = cudaStreamNonBlocking)
    {
        cudaStreamCreateWithFlags(&a, flags);
        cudaStreamCreateWithFlags(&b, flags);
    }
    ~Streams()
    {
        cudaStreamDestroy(a);
        cudaStreamDestroy(b);
    }
};

/* To pageable memory an asynchronous copy is done when it returns; to pinned memory it is not. */
template <bool right> static void pinned_read_early_run(const zoo_arrays &a)
{
    Streams s;
    float *host;
    cudaMallocHost(&host, BYTES);
    twice<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaMemcpyAsync(host, a.y, BYTES, cudaMemcpyDeviceToHost, s.a);
    if (right) cudaStreamSynchronize(s.a);
    float first = host[0]; /* BUG: pinned_read_early */
    cudaMemcpy(a.y, &first, sizeof first, cudaMemcpyHostToDevice);
    cudaFreeHost(host);
}

/* From pageable memory an asynchronous copy has taken its bytes when it returns. */
template <bool right> static void pinned_overwritten_early_run(const zoo_arrays &a)
{
    Streams s;
    float *pinned, *pageable = (float *)malloc(BYTES);
    cudaMallocHost(&pinned, BYTES);
    float *from = right ? pageable : pinned;
    for (int i = 0; i < N; i++) from[i] = (float)i;
    cudaMemcpyAsync(a.y, from, BYTES, cudaMemcpyHostToDevice, s.a);
    memset(from, 0, BYTES); /* BUG: pinned_overwritten_early */
    cudaStreamSynchronize(s.a);
    cudaFreeHost(pinned);
    free(pageable);
}

template <bool right> static void managed_read_early_run(const zoo_arrays &a)
{
    float *shared;
    cudaMallocManaged(&shared, BYTES);
    twice<<<1, N>>>(a.x, shared);
    if (right) cudaDeviceSynchronize();
    float last = shared[N - 1]; /* BUG: managed_read_early */
    cudaMemset(a.y, 0, BYTES);
    cudaMemcpy(a.y, &last, sizeof last, cudaMemcpyHostToDevice);
    cudaFree(shared);
}

/* What a kernel only reads the host may read meanwhile, but not write. */
template <bool right> static void managed_written_early_run(const zoo_arrays &a)
{
    float *shared, sum = 0;
    cudaMallocManaged(&shared, BYTES);
    for (int i = 0; i < N; i++) shared[i] = 1;
    twice<<<1, N>>>(shared, a.y);
    for (int i = 0; i < N; i++) sum += shared[i];
    if (right) cudaDeviceSynchronize();
    shared[0] = sum; /* BUG: managed_written_early */
    cudaDeviceSynchronize();
    cudaFree(shared);
}

/* A pointer within a structure. */
struct Task {
    int n;
    float *to;
};
__global__ void do_task(const float *x, Task task)
{
    if ((int)threadIdx.x < task.n) task.to[threadIdx.x] = x[threadIdx.x];
}
template <bool right> static void task_read_early_run(const zoo_arrays &a)
{
    Task task = { N, nullptr };
    cudaMallocManaged(&task.to, BYTES);
    do_task<<<1, N>>>(a.x, task);
    if (right) cudaStreamSynchronize(0);
    float first = task.to[0]; /* BUG: task_read_early */
    cudaMemset(a.y, 0, BYTES);
    cudaMemcpy(a.y, &first, sizeof first, cudaMemcpyHostToDevice);
    cudaFree(task.to);
}

template <bool right> static void event_forgotten_run(const zoo_arrays &a)
{
    Streams s;
    cudaEvent_t ready;
    float *between;
    cudaEventCreate(&ready);
    cudaMalloc(&between, BYTES);
    twice<<<1, N, 0, s.a>>>(a.x, between);
    cudaEventRecord(ready, s.a);
    if (right) cudaStreamWaitEvent(s.b, ready);
    twice<<<1, N, 0, s.b>>>(between, a.y);
    cudaFree(between);
    cudaEventDestroy(ready);
}

/* An event marks what went before it in its stream, not what comes after. */
template <bool right> static void event_too_early_run(const zoo_arrays &a)
{
    Streams s;
    cudaEvent_t ready;
    float *between;
    cudaEventCreate(&ready);
    cudaMalloc(&between, BYTES);
    if (!right) cudaEventRecord(ready, s.a);
    twice<<<1, N, 0, s.a>>>(a.x, between);
    if (right) cudaEventRecord(ready, s.a);
    cudaStreamWaitEvent(s.b, ready);
    twice<<<1, N, 0, s.b>>>(between, a.y);
    cudaFree(between);
    cudaEventDestroy(ready);
}

template <bool right> static void waits_for_other_stream_run(const zoo_arrays &a)
{
    Streams s;
    float *host;
    cudaMallocHost(&host, BYTES);
    twice<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaMemcpyAsync(host, a.y, BYTES, cudaMemcpyDeviceToHost, s.a);
    cudaStreamSynchronize(right ? s.a : s.b);
    float first = host[0]; /* BUG: waits_for_other_stream */
    cudaMemcpy(a.y, &first, sizeof first, cudaMemcpyHostToDevice);
    cudaFreeHost(host);
}

/* The default stream waits for other streams, unless they are cudaStreamNonBlocking. */
template <bool right> static void non_blocking_run(const zoo_arrays &a)
{
    Streams s(right ? cudaStreamDefault : cudaStreamNonBlocking);
    float host[N], *between;
    cudaMalloc(&between, BYTES);
    twice<<<1, N, 0, s.a>>>(a.x, between);
    cudaMemcpy(host, between, BYTES, cudaMemcpyDeviceToHost); /* BUG: non_blocking */
    cudaMemcpy(a.y, host, BYTES, cudaMemcpyHostToDevice);
    cudaFree(between);
}

/* ... nor do they wait for it. */
template <bool right> static void default_after_run(const zoo_arrays &a)
{
    Streams s(right ? cudaStreamDefault : cudaStreamNonBlocking);
    float *between;
    cudaMalloc(&between, BYTES);
    twice<<<1, N>>>(a.x, between);
    twice<<<1, N, 0, s.a>>>(between, a.y);
    cudaDeviceSynchronize();
    cudaFree(between);
}

/* cudaMemset returns before the bytes are set. */
template <bool right> static void memset_elsewhere_run(const zoo_arrays &a)
{
    Streams s;
    cudaMemsetAsync(a.y, 0, BYTES, right ? s.b : s.a);
    add_to<<<1, N, 0, s.b>>>(a.x, a.y);
    cudaDeviceSynchronize();
}

/* Two additions, whose order makes no difference, at one time. */
template <bool right> static void two_updates_run(const zoo_arrays &a)
{
    Streams s;
    cudaEvent_t first;
    cudaEventCreate(&first);
    cudaMemset(a.y, 0, BYTES);
    cudaDeviceSynchronize();
    add_to<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaEventRecord(first, s.a);
    if (right) cudaStreamWaitEvent(s.b, first);
    add_to<<<1, N, 0, s.b>>>(a.x, a.y);
    cudaDeviceSynchronize();
    cudaEventDestroy(first);
}

/* ... also if the host waits for the second, which then runs first. */
template <bool right> static void second_waited_for_run(const zoo_arrays &a)
{
    Streams s;
    cudaMemset(a.y, 0, BYTES);
    cudaDeviceSynchronize();
    add_to<<<1, N, 0, s.a>>>(a.x, a.y);
    if (right) cudaStreamSynchronize(s.a);
    add_to<<<1, N, 0, s.b>>>(a.x, a.y);
    cudaStreamSynchronize(s.b);
    cudaDeviceSynchronize();
}

/* The default stream and one that does not wait for it. */
template <bool right> static void update_beside_default_run(const zoo_arrays &a)
{
    Streams s(right ? cudaStreamDefault : cudaStreamNonBlocking);
    cudaMemset(a.y, 0, BYTES);
    cudaDeviceSynchronize();
    add_to<<<1, N>>>(a.x, a.y);
    add_to<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaDeviceSynchronize();
}

/* The copy brings what is there already; it may still tear what the kernel reads. */
template <bool right> static void copy_beside_kernel_run(const zoo_arrays &a)
{
    Streams s;
    float *between;
    cudaMalloc(&between, BYTES);
    cudaMemcpy(between, a.x, BYTES, cudaMemcpyDeviceToDevice);
    cudaDeviceSynchronize();
    cudaMemcpyAsync(between, a.x, BYTES, cudaMemcpyDeviceToDevice, s.b);
    if (right) cudaStreamSynchronize(s.b);
    twice<<<1, N, 0, s.a>>>(between, a.y);
    cudaDeviceSynchronize();
    cudaFree(between);
}

template <bool right> static void two_copies_run(const zoo_arrays &a)
{
    Streams s;
    cudaMemcpyAsync(a.y, a.x, BYTES, cudaMemcpyDeviceToDevice, s.a);
    cudaMemcpyAsync(a.y, a.x, BYTES, cudaMemcpyDeviceToDevice, right ? s.a : s.b);
    cudaDeviceSynchronize();
}

static void fill_with_two(void *numbers)
{
    for (int i = 0; i < N; i++) ((float *)numbers)[i] = 2;
}
template <bool right> static void host_function_late_run(const zoo_arrays &a)
{
    Streams s;
    float numbers[N] = { 0 };
    cudaLaunchHostFunc(s.a, fill_with_two, numbers);
    if (right) cudaStreamSynchronize(s.a);
    cudaMemcpy(a.y, numbers, BYTES, cudaMemcpyHostToDevice);
    cudaDeviceSynchronize();
}

static void calls_cuda(void *stream)
{
    cudaStreamSynchronize((cudaStream_t)stream); /* BUG: host_function_calls_cuda */
}
template <bool right> static void host_function_calls_cuda_run(const zoo_arrays &a)
{
    static float numbers[N];
    Streams s;
    twice<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaLaunchHostFunc(s.a, right ? fill_with_two : calls_cuda, right ? (void *)numbers : (void *)s.b);
    cudaDeviceSynchronize();
}

static void on_done(cudaStream_t, cudaError_t, void *numbers)
{
    fill_with_two(numbers);
}
template <bool right> static void callback_late_run(const zoo_arrays &a)
{
    Streams s;
    float numbers[N] = { 0 };
    twice<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaStreamAddCallback(s.a, on_done, numbers, 0);
    if (right) cudaStreamSynchronize(s.a);
    cudaMemcpy(a.y, numbers, BYTES, cudaMemcpyHostToDevice);
    cudaDeviceSynchronize();
}

/* Freed in the order of a stream that does not use it. */
template <bool right> static void freed_in_other_stream_run(const zoo_arrays &a)
{
    Streams s;
    float *between;
    cudaMallocAsync(&between, BYTES, s.a);
    twice<<<1, N, 0, s.a>>>(a.x, between);
    twice<<<1, N, 0, s.a>>>(between, a.y);
    cudaFreeAsync(between, right ? s.a : s.b);
    cudaDeviceSynchronize();
}

/* A question is no wait. */
template <bool right> static void query_for_wait_run(const zoo_arrays &a)
{
    Streams s;
    float *host;
    cudaMallocHost(&host, BYTES);
    twice<<<1, N, 0, s.a>>>(a.x, a.y);
    cudaMemcpyAsync(host, a.y, BYTES, cudaMemcpyDeviceToHost, s.a);
    while (cudaStreamQuery(s.a) == cudaErrorNotReady && right) {
    }
    float first = host[0]; /* BUG: query_for_wait */
    cudaMemcpy(a.y, &first, sizeof first, cudaMemcpyHostToDevice);
    cudaFreeHost(host);
}

template <bool right> static void time_too_early_run(const zoo_arrays &a)
{
    cudaEvent_t begin, end;
    float milliseconds;
    cudaEventCreate(&begin);
    cudaEventCreate(&end);
    cudaEventRecord(begin);
    twice<<<1, N>>>(a.x, a.y);
    cudaEventRecord(end);
    if (right) cudaEventSynchronize(end);
    cudaEventElapsedTime(&milliseconds, begin, end); /* BUG: time_too_early */
    (void)cudaGetLastError();
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
}

/* One buffer for two rounds: the second is filled while the first is still to be copied. */
template <bool right> static void buffer_refilled_run(const zoo_arrays &a)
{
    Streams s;
    cudaEvent_t taken;
    float *buffer;
    cudaEventCreate(&taken);
    cudaMallocHost(&buffer, BYTES);
    for (int round = 0; round < 2; round++) {
        if (right && round) cudaEventSynchronize(taken);
        for (int i = 0; i < N; i++) buffer[i] = (float)(round * N + i); /* BUG: buffer_refilled */
        cudaMemcpyAsync(a.y + round * N, buffer, BYTES, cudaMemcpyHostToDevice, s.a);
        cudaEventRecord(taken, s.a);
    }
    cudaStreamSynchronize(s.a);
    cudaEventDestroy(taken);
    cudaFreeHost(buffer);
}

#define TOUCHES "host code touches, at streams.cu:...it needs cudaDeviceSynchronize"

static const zoo_bug bugs[] = {
    ZOO(pinned_read_early, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(pinned_overwritten_early, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(managed_read_early, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(managed_written_early, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(task_read_early, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(event_forgotten, 64, "64 of 64 outputs are NaN", "", nullptr,
        "unwritten: ...a read of byte 0 of the 256"),
    ZOO(event_too_early, 64, "64 of 64 outputs are NaN", "", nullptr,
        "unwritten: ...a read of byte 0 of the 256"),
    ZOO(waits_for_other_stream, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(non_blocking, 64, "unwritten: ...of which 256 are as cudaMalloc left them", "",
        "unwritten: ...of which 256 are as cudaMalloc left them", "unwritten: ...nobody has written 256"),
    ZOO(default_after, 64, "64 of 64 outputs are NaN", "", nullptr,
        "unwritten: ...a read of byte 0 of the 256"),
    ZOO(memset_elsewhere, 64, nullptr, "", nullptr, "race: ...cudaMemsetAsync at"),
    ZOO(two_updates, 64, nullptr, nullptr, nullptr, "race: ...add_to at...streams that do not wait for each"),
    ZOO(second_waited_for, 64, nullptr, nullptr, nullptr,
        "race: ...add_to at...streams that do not wait for each"),
    ZOO(update_beside_default, 64, nullptr, nullptr, nullptr, "race: ...streams that do not wait for each"),
    ZOO(copy_beside_kernel, 64, nullptr, nullptr, nullptr,
        "race: ...cudaMemcpyAsync at...cudaStreamWaitEvent"),
    ZOO(two_copies, 64, nullptr, nullptr, nullptr, "race: ...cudaMemcpyAsync at...cudaStreamWaitEvent"),
    ZOO(host_function_late, 64, nullptr, "", nullptr, nullptr),
    ZOO(host_function_calls_cuda, 64, "error: ...cudaStreamSynchronize is called by a function of the host",
        "", nullptr, "error: ...cudaStreamSynchronize is called by a function of the host"),
    ZOO(callback_late, 64, nullptr, "", nullptr, nullptr),
    ZOO(freed_in_other_stream, 64, "freed since", "", nullptr, "freed since"),
    ZOO(query_for_wait, 64, TOUCHES, "", nullptr, TOUCHES),
    ZOO(time_too_early, 64, "error: ...may still be to come; it needs cudaEventSynchronize", "", nullptr,
        "error: ...may still be to come; it needs cudaEventSynchronize"),
    ZOO(buffer_refilled, 128, TOUCHES, "", nullptr, TOUCHES),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_streams = { __FILE__, bugs };
