/* 6.5 same_everywhere - the mask does not depend on who draws it
 *
 *   y[k] = x[k] / (1 - p) where element k is kept, else 0        bit k % 32 of mask[k / 32] is 1 if it is
 *
 * draw(seed, stream, number) is Philox: not a state that changes with each call, but a function, so its value
 * number k is the same wherever it is computed. Element k is kept if value k is not below p: the suite's code
 * for CPUs decides this with 16 bits of stream 0 and, where they equal those of p, 16 bits of stream 1.
 *
 * Here each thread draws numbers of its own, counted from its own first one. That is random enough, but it
 * depends on the number of threads: a different grid gives a different mask, and no run can be repeated on
 * another machine. Draw the value that belongs to the element. The grader chooses the grid: grid_blocks
 * blocks of grid_threads threads.
 */
#include <cuda_runtime.h>
#include <stdint.h>

extern "C" {
int grid_blocks = 4, grid_threads = 64;
}

/* block `number` of the stream (seed, stream): four words of 32 bits */
__device__ void philox(uint64_t seed, uint64_t stream, uint64_t number, uint32_t word[4])
{
    uint32_t a = (uint32_t)number, b = (uint32_t)(number >> 32), c = (uint32_t)stream,
             d = (uint32_t)(stream >> 32), k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint32_t p = __umulhi(0xD2511F53u, a), q = __umulhi(0xCD9E8D57u, c), low = 0xD2511F53u * a;
        a = q ^ b ^ k0, b = 0xCD9E8D57u * c, c = p ^ d ^ k1, d = low;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    word[0] = a, word[1] = b, word[2] = c, word[3] = d;
}

/* value `number` of the stream: 16 bits */
__device__ uint32_t draw(uint64_t seed, uint64_t stream, uint64_t number)
{
    uint32_t word[4];
    philox(seed, stream, number / 8, word);
    return word[number % 8 / 2] >> number % 2 * 16 & 0xffff;
}

/* below: p times 2^32 */
__device__ bool is_kept(uint64_t seed, uint64_t number, uint64_t below)
{
    uint32_t value = draw(seed, 0, number);
    if (value != below >> 16) return value > below >> 16;
    return draw(seed, 1, number) >= (below & 0xffff);
}

/* thread t draws words t, t + threads, t + 2 threads, ... of the mask */
__global__ void drop(int n, const float *x, float *y, uint32_t *mask, float scale, uint64_t below,
                     uint64_t seed)
{
    int thread = blockIdx.x * blockDim.x + threadIdx.x, threads = gridDim.x * blockDim.x;
    /* STUB */
    uint64_t next = (uint64_t)thread << 32;
    /* END */
    for (int word = thread; word < (n + 31) / 32; word += threads) {
        uint32_t bits = 0;
        for (int i = 0; i < 32 && 32 * word + i < n; i++) {
            int k = 32 * word + i;
            /* SOLUTION */
            bool kept = is_kept(seed, (uint64_t)k, below);
            /* STUB */
            bool kept = is_kept(seed, next++, below);
            /* END */
            bits |= (uint32_t)kept << i;
            y[k] = kept ? x[k] * scale : 0;
        }
        mask[word] = bits;
    }
}

extern "C" void dropout_forward(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    drop<<<grid_blocks, grid_threads>>>(n, x, y, mask, (float)(1 / (1 - p)), (uint64_t)(p * 0x1p32), seed);
}
