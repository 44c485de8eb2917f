/* emu_threads.cu - threads of the host use the device; one waits for another by the host's means alone. */
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include "emu_test.h"

__global__ void add(int *to, int value)
{
    to[threadIdx.x] += value;
}

/* Each thread has a stream and arrays of its own. */
static void work(int value, int *sum)
{
    cudaStream_t stream;
    CUDA(cudaStreamCreate(&stream));
    for (int round = 0; round < 50; round++) {
        int *device, host[64];
        CUDA(cudaMalloc(&device, sizeof host));
        CUDA(cudaMemsetAsync(device, 0, sizeof host, stream));
        for (int i = 0; i < 4; i++) add<<<1, 64, 0, stream>>>(device, value);
        CUDA(cudaMemcpyAsync(host, device, sizeof host, cudaMemcpyDeviceToHost, stream));
        CUDA(cudaStreamSynchronize(stream));
        CUDA(cudaFree(device));
        *sum += host[round];
    }
    CUDA(cudaStreamDestroy(stream));
}

struct Signal {
    std::mutex mutex;
    std::condition_variable changed;
    bool set = false;
};

static void CUDART_CB raise(cudaStream_t, cudaError_t, void *argument)
{
    Signal &signal = *static_cast<Signal *>(argument);
    std::lock_guard<std::mutex> lock(signal.mutex);
    signal.set = true;
    signal.changed.notify_one();
}

/* Nothing of CUDA waits: the callback must come all the same. */
static void check_callback()
{
    Signal signal;
    std::thread asks([&] { CUDA(cudaStreamAddCallback(nullptr, raise, &signal, 0)); });
    std::unique_lock<std::mutex> lock(signal.mutex);
    bool came = signal.changed.wait_for(lock, std::chrono::seconds(20), [&] { return signal.set; });
    EXPECT(came, "the callback comes without a wait of CUDA's");
    lock.unlock();
    asks.join();
}

int main()
{
    int sums[3] = {};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; i++) threads.emplace_back(work, i + 1, &sums[i]);
    for (std::thread &thread : threads) thread.join();
    for (int i = 0; i < 3; i++) EXPECT(sums[i] == 50 * 4 * (i + 1), "thread %d: %d", i, sums[i]);
    check_callback();
    return finish();
}
