/* random.c - counter-based random numbers: the k-th number of a stream is a hash of (seed, stream, k), no
 * state.
 *
 * Any number can be had at any time in any order, so masked directions, retries and reports repeat
 * exactly. */
#include "gc_internal.h"

/* David Stafford's variant 13 of the 64-bit finalizer: every input bit reaches every output bit. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t gc_random_bits(uint64_t seed, uint64_t stream, uint64_t k)
{
    const uint64_t golden = 0x9e3779b97f4a7c15u; /* odd: multiples of it do not meet */
    return mix(mix(mix(seed + golden) ^ (stream * golden)) + (k + 1) * golden);
}

double gc_random_unit(uint64_t seed, uint64_t stream, uint64_t k)
{
    return (double)(gc_random_bits(seed, stream, k) >> 11) * 0x1p-53;
}
