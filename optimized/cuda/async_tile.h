/* async_tile.h - tiles of operands that cp.async copies into shared memory while the
 * threads compute (rungs 07, 08).
 *
 * cp.async copies 16 bytes without passing through registers, so a tile lies in shared memory as the operand
 * does in memory: lines along k, or lines across k. Eight lanes that read the same k of neighbouring lines,
 * or write two whole lines, must find different groups of four banks. Lines of 16 floats along k are half way
 * round the banks; there the fours of a line are exchanged ("swizzled") by half the line's number. Longer
 * lines are padded: KS + 4 floats, so that eight lines begin in different groups of four banks; lines across
 * k ROWS + 8, so that four begin in different groups of eight.
 */
#ifndef RUNGS_CUDA_ASYNC_TILE_H
#define RUNGS_CUDA_ASYNC_TILE_H

#include <cuda_pipeline.h>

#include "product.h"

template <layout LAYOUT, int ROWS, int KS> struct async_tile {
    static constexpr int LINES = LAYOUT == ALONG_K ? ROWS : KS;
    static constexpr int LENGTH = LAYOUT == ALONG_K ? KS : ROWS;
    static constexpr bool SWIZZLED = LAYOUT == ALONG_K && KS == 16;
    static constexpr int PITCH = LENGTH + (SWIZZLED            ? 0
                                           : LAYOUT == ALONG_K ? 4
                                                               : 8); /* floats from line to line */
    float4 four[LINES][PITCH / 4];

    /* where the x-th four of a line lies */
    __device__ static int place(int line, int x)
    {
        return SWIZZLED ? x ^ (line / 2 % 4) : x;
    }

    __device__ const float *at(int i, int k) const
    {
        static_assert(!SWIZZLED, "elements of swizzled lines are not PITCH apart");
        return &four[0][0].x + (LAYOUT == ALONG_K ? i * PITCH + k : k * PITCH + i);
    }

    /* element (i,k) and the next three in its line */
    __device__ float4 four_at(int i, int k) const
    {
        return LAYOUT == ALONG_K ? four[i][place(i, k / 4)] : four[k][i / 4];
    }

    /* Starts the copy from row i0 and k0 on, with zeros where the operand ends; the caller commits. What
     * cannot be copied sixteen bytes at a time goes four at a time. */
    template <int THREADS> __device__ void start_copy(const operand<LAYOUT> &from, int i0, int k0)
    {
#pragma unroll 1 /* addresses kept for later rounds would cost registers */
        for (int e = threadIdx.x; e < LINES * LENGTH / 4; e += THREADS) {
            int line = e / (LENGTH / 4), x = e % (LENGTH / 4);
            int i = i0 + (LAYOUT == ALONG_K ? line : 4 * x), k = k0 + (LAYOUT == ALONG_K ? 4 * x : line);
            float4 *to = &four[line][place(line, x)];
            const float *p = from.address(i, k);
            int n = from.neighbours(i, k);
            if (from.by_four)
                __pipeline_memcpy_async(to, n > 0 ? p : from.p, 16, n > 0 ? 0 : 16);
            else
#pragma unroll 1
                for (int j = 0; j < 4; j++)
                    __pipeline_memcpy_async(&to->x + j, n > j ? p + j : from.p, 4, n > j ? 0 : 4);
        }
    }
};

#endif
