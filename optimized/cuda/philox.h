/* philox.h - the suite's random numbers (reference/philox.h) on the device, and which elements dropout keeps
 * (reference/dropout.h): the same bits. */
#ifndef RUNGS_CUDA_PHILOX_H
#define RUNGS_CUDA_PHILOX_H

#include <cuda_runtime.h>
#include <stdint.h>

/* Block `number` of the stream (seed, stream): ten rounds, each two multiplications that give 64 bits. 80
 * instructions, nearly all of what dropout computes. */
__device__ inline uint4 philox_block(uint64_t seed, uint64_t stream, uint64_t number)
{
    uint4 c = { (uint32_t)number, (uint32_t)(number >> 32), (uint32_t)stream, (uint32_t)(stream >> 32) };
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        const uint32_t p = __umulhi(0xD2511F53u, c.x), q = __umulhi(0xCD9E8D57u, c.z);
        c = { q ^ c.y ^ k0, 0xCD9E8D57u * c.z, p ^ c.w ^ k1, 0xD2511F53u * c.x };
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return c;
}

/* one of the four words */
__device__ inline uint32_t word_of(uint4 block, int i)
{
    return i < 2 ? (i ? block.y : block.x) : i == 2 ? block.z : block.w;
}

/* What all elements of a call share. An element is dropped if the upper half of its number is below top, or
 * equal to it and the lower half below low. top is 2^16 where p = 1: then everything is below. */
struct drop {
    uint64_t seed;
    uint32_t top, low;
    float scale; /* 1 / (1 - p) */
};

/* The rare case, once in 65,536 elements: the upper half of element k's number is top. A block of the second
 * stream has the lower half. */
__device__ inline bool tie_is_kept(const drop &d, uint64_t k)
{
    uint4 block = philox_block(d.seed, 1, k / 8);
    return (word_of(block, (int)(k % 8 / 2)) >> k % 2 * 16 & 0xffff) >= d.low;
}

/* Bits of COUNT elements from 8 number + first on, of the block of that number, bit 0 the first: 1 where
 * kept */
template <int COUNT>
__device__ inline uint32_t kept_of(const drop &d, uint4 block, uint64_t number, int first)
{
    uint32_t kept = 0;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
        uint32_t half = word_of(block, (first + i) / 2) >> (first + i) % 2 * 16 & 0xffff;
        bool keep = half > d.top || (half == d.top && tie_is_kept(d, 8 * number + (uint64_t)(first + i)));
        kept |= (uint32_t)keep << i;
    }
    return kept;
}

#endif
