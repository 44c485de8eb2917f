/* philox.h - the counter-based random numbers of the whole suite (Philox4x32-10: Salmon, Moraes, Dror,
 * Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * There is no state: block number `counter` of stream (seed, stream) is always the same four words, on
 * every machine and in any order, so a test, a resumed training run and a kernel draw the same numbers.
 */
#ifndef RUNGS_PHILOX_H
#define RUNGS_PHILOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* the bijection itself: 128-bit counter and 64-bit key -> four words */
void philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* word k of the stream */
uint32_t philox_word(uint64_t seed, uint64_t stream, uint64_t k);

/* x[0..n-1] uniform in [low, high), never high itself: words 0..n-1 of the stream, 24 bits each; low < high,
 * both finite */
void philox_uniform(uint64_t seed, uint64_t stream, size_t n, float low, float high, float *x);

/* order[0..n-1] = a random permutation of 0..n-1 (Fisher-Yates) */
void philox_shuffle(uint64_t seed, uint64_t stream, int n, int *order);

#ifdef __cplusplus
}
#endif
#endif
