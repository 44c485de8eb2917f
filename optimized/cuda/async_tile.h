/* async_tile.h - tiles of operands that cp.async copies into shared memory while the threads compute (rungs 07, 08).
 *
 * cp.async copies 16 bytes without passing through registers, so a tile lies in shared memory as the operand does in
 * memory: lines along k, or lines across k. The padding keeps readers apart: eight lines of KS + 4 floats (KS = 16 or
 * 32) begin in different groups of four banks, four lines of ROWS + 8 floats in different groups of eight.
 */
#ifndef RUNGS_CUDA_ASYNC_TILE_H
#define RUNGS_CUDA_ASYNC_TILE_H

#include <cuda_pipeline.h>

#include "product.h"

template <layout LAYOUT, int ROWS, int KS> struct async_tile {
    static constexpr int LINES = LAYOUT == ALONG_K ? ROWS : KS;
    static constexpr int LENGTH = LAYOUT == ALONG_K ? KS : ROWS;
    static constexpr int PITCH = LENGTH + (LAYOUT == ALONG_K ? 4 : 8); /* floats from line to line */
    float4 four[LINES][PITCH / 4];

    __device__ const float *at(int i, int k) const
    {
        return &four[0][0].x + (LAYOUT == ALONG_K ? i * PITCH + k : k * PITCH + i);
    }

    /* element (i,k) and the next three in its line */
    __device__ float4 four_at(int i, int k) const
    {
        return LAYOUT == ALONG_K ? four[i][k / 4] : four[k][i / 4];
    }

    /* Starts the copy from row i0 and k0 on, with zeros where the operand ends; the caller commits. What cannot be
     * copied sixteen bytes at a time goes four at a time. */
    template <int THREADS> __device__ void start_copy(const operand<LAYOUT> &from, int i0, int k0)
    {
        for (int e = threadIdx.x; e < LINES * LENGTH / 4; e += THREADS) {
            int line = e / (LENGTH / 4), x = e % (LENGTH / 4);
            int i = i0 + (LAYOUT == ALONG_K ? line : 4 * x), k = k0 + (LAYOUT == ALONG_K ? 4 * x : line);
            float4 *to = &four[line][x];
            if (from.by_four) {
                bool inside = from.has(i, k);
                __pipeline_memcpy_async(to, inside ? from.address(i, k) : from.p, 16, inside ? 0 : 16);
                continue;
            }
            for (int j = 0; j < 4; j++) {
                int ij = i + (LAYOUT == ALONG_K ? 0 : j), kj = k + (LAYOUT == ALONG_K ? j : 0);
                bool inside = from.has(ij, kj);
                __pipeline_memcpy_async(&to->x + j, inside ? from.address(ij, kj) : from.p, 4,
                                        inside ? 0 : 4);
            }
        }
    }
};

#endif
