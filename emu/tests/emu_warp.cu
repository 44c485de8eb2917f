/* emu_warp.cu - shuffles, votes, matches, reductions, __syncwarp, and the block's barriers with predicates.
 * Every lane computes what it should have got. */
#include "emu_test.h"

/* Each check of a thread adds to its own counter. */
__device__ void check(int *wrong, bool right)
{
    if (!right) wrong[blockIdx.x * blockDim.x + threadIdx.x]++;
}

template <class T> __device__ T value_of(int lane)
{
    return (T)(lane * 3 + 1);
}

template <class T> __device__ void check_shuffles(int *wrong, int width)
{
    int lane = threadIdx.x % 32, first = lane / width * width, last = first + width - 1;
    T mine = value_of<T>(lane);
    check(wrong, __shfl_sync(0xffffffff, mine, 5, width) == value_of<T>(first + 5 % width));
    check(wrong, __shfl_sync(0xffffffff, mine, lane * 7, width) == value_of<T>(first + lane * 7 % width));
    for (int delta = 0; delta <= 32; delta++) {
        int up = lane - delta < first ? lane : lane - delta, down = lane + delta > last ? lane : lane + delta;
        check(wrong, __shfl_up_sync(0xffffffff, mine, delta, width) == value_of<T>(up));
        check(wrong, __shfl_down_sync(0xffffffff, mine, delta, width) == value_of<T>(down));
        int other = lane ^ delta;
        check(wrong,
              __shfl_xor_sync(0xffffffff, mine, delta, width) == value_of<T>(other > last ? lane : other));
    }
}

__global__ void shuffles(int *wrong)
{
    for (int width = 1; width <= 32; width *= 2) {
        check_shuffles<int>(wrong, width);
        check_shuffles<unsigned>(wrong, width);
        check_shuffles<long long>(wrong, width);
        check_shuffles<unsigned long>(wrong, width);
        check_shuffles<float>(wrong, width);
        check_shuffles<double>(wrong, width);
    }
}

__global__ void parts_of_a_warp(int *wrong)
{
    int lane = threadIdx.x % 32;
    if (lane < 8) {
        int sum = lane;
        for (int apart = 4; apart > 0; apart /= 2) sum += __shfl_xor_sync(0xff, sum, apart);
        check(wrong, sum == 28);
    } else if (lane % 2) { /* lanes 9, 11, ... 31: a mask with holes */
        unsigned odd = 0xaaaaaa00;
        check(wrong, __ballot_sync(odd, lane > 20) == (odd & 0xffe00000));
        check(wrong, __shfl_sync(odd, lane, 9) == 9);
        __syncwarp(odd);
    }
    __syncwarp();
    check(wrong, __popc(__ballot_sync(0xffffffff, 1)) == 32);
}

__global__ void votes(int *wrong)
{
    int lane = threadIdx.x % 32;
    check(wrong, __ballot_sync(0xffffffff, lane % 3 == 0) == 0x49249249);
    check(wrong, __all_sync(0xffffffff, lane < 32) && !__all_sync(0xffffffff, lane != 7));
    check(wrong, __any_sync(0xffffffff, lane == 31) && !__any_sync(0xffffffff, lane == 32));
    check(wrong, __match_any_sync(0xffffffff, lane % 4) == 0x11111111u << lane % 4);
    int all;
    check(wrong, __match_all_sync(0xffffffff, 7LL, &all) == 0xffffffff && all);
    check(wrong, __match_all_sync(0xffffffff, lane / 31, &all) == 0 && !all);
    check(wrong, __reduce_add_sync(0xffffffff, lane) == 496);
    check(wrong, __reduce_add_sync(0xffffffff, -lane) == -496);
    check(wrong,
          __reduce_min_sync(0xffffffff, lane - 16) == -16 && __reduce_max_sync(0xffffffff, lane - 16) == 15);
    check(wrong,
          __reduce_min_sync(0xffffffff, 5u + lane) == 5 && __reduce_max_sync(0xffffffff, 5u + lane) == 36);
    check(wrong, __reduce_and_sync(0xffffffff, 0xf0u | lane) == 0xf0);
    check(wrong, __reduce_or_sync(0xffffffff, 1u << lane) == 0xffffffff);
    check(wrong, __reduce_xor_sync(0xffffffff, 1u << lane % 31) == (0x7fffffffu & ~1u));
}

__global__ void active(int *wrong)
{
    int lane = threadIdx.x % 32;
    check(wrong, __activemask() == 0xffffffff);
    if (lane % 4 == 1) {
        unsigned mask = __activemask();
        check(wrong, mask == 0x22222222);
        check(wrong, __popc(__ballot_sync(mask, 1)) == 8);
    }
    if (lane >= 30) return;
    check(wrong, __activemask() == 0x3fffffff);
}

__global__ void barriers(int *wrong)
{
    int t = threadIdx.x, n = blockDim.x;
    check(wrong, __syncthreads_count(t % 3 == 0) == (n + 2) / 3);
    check(wrong, __syncthreads_and(t < n) != 0 && __syncthreads_and(t != 1) == 0);
    check(wrong, __syncthreads_or(t == n - 1) != 0 && __syncthreads_or(t == n) == 0);
}

/* A warp's lanes hand values on through shared memory, in turn. */
__global__ void relay(int *wrong)
{
    __shared__ volatile int slot;
    int lane = threadIdx.x;
    if (lane == 0) slot = 0;
    __syncwarp();
    for (int turn = 0; turn < 32; turn++) {
        if (turn == lane) {
            int seen = slot;
            check(wrong, seen == turn);
            slot = seen + 1;
        }
        __syncwarp();
    }
}

template <class Kernel> static void expect_right(const char *name, Kernel kernel, int blocks, int threads)
{
    int *wrong, count = blocks * threads;
    CUDA(cudaMalloc(&wrong, count * sizeof(int)));
    CUDA(cudaMemset(wrong, 0, count * sizeof(int)));
    kernel<<<blocks, threads>>>(wrong);
    std::vector<int> seen = to_host(wrong, count);
    for (int i = 0; i < count; i++) EXPECT(seen[i] == 0, "%s: thread %d: %d wrong", name, i, seen[i]);
    CUDA(cudaFree(wrong));
}

int main()
{
    expect_right("shuffles", shuffles, 2, 64);
    expect_right("parts_of_a_warp", parts_of_a_warp, 1, 96);
    expect_right("votes", votes, 1, 64);
    expect_right("active", active, 1, 64);
    expect_right("barriers", barriers, 2, 45);
    expect_right("relay", relay, 1, 32);
    return finish();
}
