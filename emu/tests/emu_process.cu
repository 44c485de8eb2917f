/* emu_process.cu MODE - what a user sees of a failure: a sentence, an exit code. emu_process.sh runs it. */
#include <cstring>
#include "emu_test.h"

__global__ void divergent(int *to)
{
    if (threadIdx.x < 32)
        __syncthreads();
    else
        __syncthreads();
    to[threadIdx.x] = 1;
}

__global__ void past_the_end(int *to)
{
    to[threadIdx.x + 64] = 1;
}

__global__ void for_ever(int *to)
{
    while (*(volatile int *)to == 0) {
    }
}

__device__ int look(volatile int *at)
{
    return *at;
}

/* Nobody but time knows whether these two end. */
__global__ void asks(int *to)
{
    while (look(to) == 0) {
    }
}
__global__ void computes(int *to)
{
    for (int i = 0; i >= 0; i = (i + 1) % 1024) to[i % 64] += i;
}

__global__ void right(int *to)
{
    to[threadIdx.x] = (int)threadIdx.x;
}

__global__ void asserts(const int *from)
{
    assert(from[threadIdx.x] != 0 || threadIdx.x < 40);
}

int main(int, char **arguments)
{
    const char *mode = arguments[1];
    int *to = to_device(std::vector<int>(64, 0));
    if (!strcmp(mode, "divergent")) divergent<<<1, 64>>>(to);
    if (!strcmp(mode, "past")) past_the_end<<<1, 64>>>(to);
    if (!strcmp(mode, "for_ever")) for_ever<<<1, 1>>>(to);
    if (!strcmp(mode, "asks")) asks<<<1, 1>>>(to);
    if (!strcmp(mode, "computes")) computes<<<1, 1>>>(to);
    if (!strcmp(mode, "right")) right<<<1, 64>>>(to);
    if (!strcmp(mode, "host")) to[0] = 1;
    if (!strcmp(mode, "assert")) { /* the host's code goes on, as on a GPU: every call fails until a reset */
        asserts<<<1, 64>>>(to);
        cudaError_t first = cudaDeviceSynchronize(), stays = cudaMemset(to, 0, 4);
        printf("%s, %s\n", cudaGetErrorName(first), cudaGetErrorString(stays));
        cudaDeviceReset();
        return cudaGetLastError() == cudaSuccess ? 3 : 4;
    }
    if (!strcmp(mode, "unwaited")) {
        right<<<1, 64>>>(to);
        return 0;
    }
    if (!strcmp(mode, "devices")) {
        int count;
        CUDA(cudaGetDeviceCount(&count));
        printf("%d devices\n", count);
    }
    printf("done: %d\n", to_host(to, 64)[63]);
    if (strcmp(mode, "leak")) CUDA(cudaFree(to));
    return 0;
}
