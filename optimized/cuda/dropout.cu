/* dropout.cu - the CUDA ladders of dropout_forward, dropout_backward and dropout_backward_recomputed, of n
 * elements each. The mask is the CPU's, bit for bit: it follows from the seed and an element's number alone.
 *
 * Predictions are for n of many millions on an H100: 3.35 TB/s of memory, and 14.8 T integer instructions
 * per second, 64 per clock of each multiprocessor. An element moves 8 bytes and a bit, which takes 2.4 ps; a
 * block of Philox is some 80 integer instructions, 5.4 ps. So a block for each element binds by arithmetic;
 * where a block serves four or eight, memory is the limit again.
 */
#include <cuda_runtime.h>

#include "../../reference/dropout.h"
#include "../op.h"
#include "elements.h"
#include "ladders.h"
#include "philox.h"

namespace
{

drop drop_of(double p, uint64_t seed)
{
    const uint64_t threshold = dropout_threshold(p);
    return { seed, (uint32_t)(threshold >> 16), (uint32_t)(threshold & 0xffff), (float)(1 / (1 - p)) };
}

/* The rungs of the forward and those of the way back that draws the mask once more are the same kernels: with
 * MASK they also write it. */

/* ---- 00_naive: a thread per word of the mask, which it makes of 32 elements ----
 *
 * No thread needs another. But lanes are 128 bytes apart: each request of a warp is 32 sectors of 32 bytes
 * for 128 bytes that are used, and the cache must keep all of them until the other elements' turn.
 * Prediction: 10 to 30 % of the bandwidth. */
template <bool MASK>
__global__ void __launch_bounds__(ELEMENT_THREADS)
    naive_words(int n, const float *x, float *y, uint32_t *mask, drop d)
{
    const size_t from = 32 * thread_of_grid();
    if (from >= (size_t)n) return;
    uint32_t word = 0;
    for (int i = 0; i < 32 && from + i < (size_t)n; i++) {
        const size_t k = from + i;
        const uint32_t keep = kept_of<1>(d, philox_block(d.seed, 0, k / 8), k / 8, (int)(k % 8));
        word |= keep << i;
        y[k] = keep ? x[k] * d.scale : 0;
    }
    if (MASK) mask[from / 32] = word;
}

struct by_words {
    template <bool MASK> static void run(int n, const float *x, float *y, uint32_t *mask, const drop &d)
    {
        naive_words<MASK><<<blocks_of_elements(((size_t)n + 31) / 32), ELEMENT_THREADS>>>(n, x, y, mask, d);
    }
};

/* ---- 01_ballot: a thread per element; a warp votes for its word ----
 *
 * Neighbouring lanes have neighbouring floats, 4 sectors per request, and __ballot_sync makes the word of 32
 * lanes' bits in one instruction. Lanes beyond n vote for dropping: bits behind the last are 0. Relieves the
 * memory. Prediction: 2 to 4 x; the multiplications bind then, as each thread draws a block of its own. */
template <bool MASK>
__global__ void __launch_bounds__(ELEMENT_THREADS)
    voting_warps(int n, const float *x, float *y, uint32_t *mask, drop d)
{
    const size_t k = thread_of_grid();
    const bool here = k < (size_t)n;
    const uint32_t keep = here ? kept_of<1>(d, philox_block(d.seed, 0, k / 8), k / 8, (int)(k % 8)) : 0;
    if (here) y[k] = keep ? x[k] * d.scale : 0;
    if (!MASK) return;
    const uint32_t word = __ballot_sync(~0u, (int)keep);
    if (here && threadIdx.x % 32 == 0) mask[k / 32] = word;
}

struct by_ballot {
    template <bool MASK> static void run(int n, const float *x, float *y, uint32_t *mask, const drop &d)
    {
        voting_warps<MASK><<<blocks_of_elements((size_t)n), ELEMENT_THREADS>>>(n, x, y, mask, d);
    }
};

/* ---- 02_fours: four elements per thread ----
 *
 * A float4 in one instruction, and half of a block of Philox: a quarter of the multiplications. Eight lanes
 * have a word of the mask, put together by three shuffles. Relieves the integer units. Prediction: 1.5 to
 * 2.5 x: 80 to 95 % of the bandwidth.
 *
 * Here and in 03_pairs, arrays that are not on 16 bytes are left to 01_ballot, and the last elements, fewer
 * than four, are done singly. */

__device__ float4 kept_four(float4 v, uint32_t keep, float scale)
{
    return { keep & 1 ? v.x * scale : 0, keep & 2 ? v.y * scale : 0, keep & 4 ? v.z * scale : 0,
             keep & 8 ? v.w * scale : 0 };
}

__device__ void keep_up_to(int n, const float *x, float *y, size_t from, uint32_t keep, float scale)
{
    if (from + 4 <= (size_t)n)
        put_four(y + from, 0, 0, kept_four(four_at(x + from, 0, 0), keep, scale));
    else
        for (int i = 0; from + i < (size_t)n; i++) y[from + i] = keep >> i & 1 ? x[from + i] * scale : 0;
}

/* bits of COUNT elements, the first of which is `from`, a multiple of that; 0 for those beyond n */
template <int COUNT> __device__ uint32_t kept_before(int n, const drop &d, size_t from)
{
    if (from >= (size_t)n) return 0;
    const uint32_t keep = kept_of<COUNT>(d, philox_block(d.seed, 0, from / 8), from / 8, (int)(from % 8));
    const size_t left = (size_t)n - from;
    return left < COUNT ? keep & ((1u << left) - 1) : keep;
}

template <bool MASK>
__global__ void __launch_bounds__(ELEMENT_THREADS)
    fours_each(int n, const float *x, float *y, uint32_t *mask, drop d)
{
    const size_t from = 4 * thread_of_grid();
    const uint32_t keep = kept_before<4>(n, d, from);
    keep_up_to(n, x, y, from, keep, d.scale);
    if (!MASK) return;
    uint32_t word = keep << from % 32;
    for (int lanes = 1; lanes < 8; lanes *= 2) word |= __shfl_xor_sync(~0u, word, lanes);
    if (from < (size_t)n && from % 32 == 0) mask[from / 32] = word;
}

/* ---- 03_pairs: nothing of a block is thrown away ----
 *
 * A warp has 256 elements. If a thread took the eight of a block, as two float4, lanes would be 32 bytes
 * apart and each request would touch twice the sectors. So a lane takes four of the first 128 elements and
 * four of the others; two neighbouring lanes need two blocks, draw one each, and exchange their eight bits,
 * in one shuffle. These are a byte of the mask, which the lane stores by itself: 32 bytes of a warp are one
 * sector. Relieves the integer units. Prediction: 1.0 to 1.1 x: 85 to 95 % of the bandwidth.
 *
 * Lanes beyond n, up to the end of the last word, write zeros into the mask. */
template <bool MASK>
__global__ void __launch_bounds__(ELEMENT_THREADS)
    pairs_of_lanes(int n, const float *x, float *y, uint32_t *mask, drop d)
{
    const int lane = threadIdx.x % 32, odd = lane % 2;
    const size_t warp = thread_of_grid() / 32, number = 32 * warp + 16 * odd + lane / 2;
    const uint32_t mine = kept_before<8>(n, d, 8 * number), other = __shfl_xor_sync(~0u, mine, 1);
    const uint32_t keep[2] = { odd ? other >> 4 : mine, odd ? mine >> 4 : other };
    const size_t from = 256 * warp + 4 * lane, then = from + 128;
    if (then + 4 <= (size_t)n) {
        const float4 v = four_at(x + from, 0, 0), w = four_at(x + then, 0, 0); /* both on their way */
        put_four(y + from, 0, 0, kept_four(v, keep[0], d.scale));
        put_four(y + then, 0, 0, kept_four(w, keep[1], d.scale));
    } else {
        keep_up_to(n, x, y, from, keep[0], d.scale);
        keep_up_to(n, x, y, then, keep[1], d.scale);
    }
    if (MASK && 8 * number < ((size_t)n + 31) / 32 * 32)
        reinterpret_cast<unsigned char *>(mask)[number] = (unsigned char)mine;
}

bool on_16(const float *x, const float *y)
{
    return (uintptr_t)x % 16 == 0 && (uintptr_t)y % 16 == 0;
}

struct by_four_each {
    template <bool MASK> static void run(int n, const float *x, float *y, uint32_t *mask, const drop &d)
    {
        if (!on_16(x, y)) return by_ballot::run<MASK>(n, x, y, mask, d);
        fours_each<MASK><<<blocks_of_elements(((size_t)n + 3) / 4), ELEMENT_THREADS>>>(n, x, y, mask, d);
    }
};

struct by_pairs {
    template <bool MASK> static void run(int n, const float *x, float *y, uint32_t *mask, const drop &d)
    {
        if (!on_16(x, y)) return by_ballot::run<MASK>(n, x, y, mask, d);
        pairs_of_lanes<MASK>
            <<<blocks_of_elements(((size_t)n + 255) / 256 * 32), ELEMENT_THREADS>>>(n, x, y, mask, d);
    }
};

template <class HOW> void forward(int n, const float *x, float *y, uint32_t *mask, double p, uint64_t seed)
{
    HOW::template run<true>(n, x, y, mask, drop_of(p, seed));
}

template <class HOW> void recomputed(int n, const float *dy, float *dx, double p, uint64_t seed)
{
    HOW::template run<false>(n, dy, dx, nullptr, drop_of(p, seed));
}

/* ---- the way back with the forward's mask: a pass of elements.h ----
 *
 * A warp's 32 elements share a word of the mask: one sector instead of four. The rungs and their predictions
 * are those of elements.h, which tells them. */
struct kept_pass {
    const uint32_t *mask;
    const float *dy;
    float *dx, scale;

    struct fours {
        float4 dy;
        uint32_t bits;
    };
    bool alike() const
    {
        return alike_16(dy, dx);
    }
    const float *first() const
    {
        return dy;
    }
    __device__ void one(size_t k) const
    {
        dx[k] = mask[k / 32] >> k % 32 & 1 ? dy[k] * scale : 0;
    }
    /* Four neighbours may have bits in two words. */
    __device__ fours load(int head, size_t j) const
    {
        const size_t k = head + 4 * j;
        return { four_at(dy, head, j), __funnelshift_r(mask[k / 32], mask[(k + 3) / 32], k % 32) };
    }
    __device__ void store(int head, size_t j, const fours &v) const
    {
        put_four(dx, head, j, kept_four(v.dy, v.bits, scale));
    }
};

template <class HOW> void backward(int n, const uint32_t *mask, const float *dy, float *dx, double p)
{
    HOW::run(n, kept_pass{ mask, dy, dx, (float)(1 / (1 - p)) });
}

} // namespace

extern "C" const struct rung dropout_forward_cuda[] = {
    { "00_naive", RUN(dropout_forward, forward<by_words>), NEED_NONE, "one thread per word of the mask" },
    { "01_ballot", RUN(dropout_forward, forward<by_ballot>), NEED_NONE,
      "one per element; a warp votes for its word" },
    { "02_fours", RUN(dropout_forward, forward<by_four_each>), NEED_NONE,
      "four elements of a Philox block per thread" },
    { "03_pairs", RUN(dropout_forward, forward<by_pairs>), NEED_NONE,
      "two lanes share two blocks; a byte of the mask each" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung dropout_backward_recomputed_cuda[] = {
    { "00_naive", RUN(dropout_backward_recomputed, recomputed<by_words>), NEED_NONE,
      "one thread per 32 elements" },
    { "01_each", RUN(dropout_backward_recomputed, recomputed<by_ballot>), NEED_NONE,
      "one thread per element" },
    { "02_fours", RUN(dropout_backward_recomputed, recomputed<by_four_each>), NEED_NONE,
      "four elements of a Philox block per thread" },
    { "03_pairs", RUN(dropout_backward_recomputed, recomputed<by_pairs>), NEED_NONE,
      "two lanes share two blocks" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};

extern "C" const struct rung dropout_backward_cuda[] = {
    { "00_naive", RUN(dropout_backward, backward<by_naive>), NEED_NONE, "one thread per element" },
    { "01_stride", RUN(dropout_backward, backward<by_stride>), NEED_NONE,
      "as many threads as the machine holds" },
    { "02_float4", RUN(dropout_backward, backward<by_float4>), NEED_NONE,
      "four elements per load and store" },
    { "03_two_fours", RUN(dropout_backward, backward<by_two_fours>), NEED_NONE, "two loads on their way" },
    { nullptr, nullptr, NEED_NONE, nullptr },
};
