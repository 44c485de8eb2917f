/* conv_reader.h - who reads what of the tiles of a product of convolution (conv_product.h), and the tile of
 * c that a thread keeps in registers (rungs 03 to 05).
 */
#ifndef RUNGS_CUDA_CONV_READER_H
#define RUNGS_CUDA_CONV_READER_H

#include <cuda_pipeline.h>

#include "conv_product.h"

enum { THREADS = 256 };

/* ---- who reads what ----
 *
 * A tile is BM rows of a, BJ columns of b, and BK of what is summed over. Neighbouring lanes read
 * neighbouring l of a, as w and dy lie in memory; of b, neighbouring places: columns, or l of dw. A thread's
 * columns are the same in every tile, and worked out once. */
template <class WAY, int BK> struct reader {
    static constexpr int OF_A = BM * BK / THREADS, OF_B = BJ * BK / THREADS; /* numbers per thread */
    static constexpr int COLUMNS = WAY::SUMS_PLACES ? OF_B : 1;

    const WAY &way;
    tile_at at;
    typename WAY::kind_of_column own[COLUMNS];

    __device__ reader(const WAY &way_, const tile_at &at_) : way(way_), at(at_)
    {
#pragma unroll
        for (int f = 0; f < COLUMNS; f++) own[f] = way.column(at.group, at.j + column_of(f));
    }
    /* its number f of a is (row_of(f), l_of_a()), of b (l_of_b(f), column_of(f)) */
    __device__ static int row_of(int f)
    {
        return (int)threadIdx.x / BK + f * (THREADS / BK);
    }
    __device__ static int l_of_a()
    {
        return (int)threadIdx.x % BK;
    }
    __device__ static int l_of_b(int f)
    {
        return WAY::SUMS_PLACES ? l_of_a() : (int)threadIdx.x / BJ + f * (THREADS / BJ);
    }
    __device__ static int column_of(int f)
    {
        return WAY::SUMS_PLACES ? row_of(f) : (int)threadIdx.x % BJ;
    }

    /* to(f, address) for this thread's numbers of a in the tile from l0 on; nullptr: a 0 */
    template <class TO> __device__ void a(int l0, TO to) const
    {
        const int l = l0 + l_of_a();
        const auto step = way.step(at.group, l);
#pragma unroll
        for (int f = 0; f < OF_A; f++) {
            const int m = at.m + row_of(f);
            to(f, m < way.M && l < at.end ? way.a(at.group, m, l, step) : nullptr);
        }
    }

    /* the same of b; beyond L, a table has no tap that meets anything */
    template <class TO> __device__ void b(int l0, TO to) const
    {
        if constexpr (WAY::SUMS_PLACES) {
            const int l = l0 + l_of_a();
            const auto step = way.step(at.group, l);
#pragma unroll
            for (int f = 0; f < OF_B; f++) to(f, l < at.end ? way.b(step, own[f]) : nullptr);
        } else {
#pragma unroll
            for (int f = 0; f < OF_B; f++) to(f, way.b(way.step(at.group, l0 + l_of_b(f)), own[0]));
        }
    }
};

/* starts the copy of a number to shared memory, or of a 0 for nullptr; the caller commits */
template <class WAY> __device__ void copy_one(const WAY &way, float *to, const float *from)
{
    __pipeline_memcpy_async(to, from ? from : way.some(), 4, from ? 0 : 4);
}

/* ---- tiles of a and b in shared memory, line l by line, and of c in registers ----
 *
 * Four floats of padding: the lanes of a warp, which fill 8 l of 4 rows or 16 of 2, write to 32 different
 * banks. */
template <int BK> struct conv_tile {
    float a[BK][BM + 32 / BK], b[BK][BJ + 32 / BK];
};

/* A thread has four rows and eight columns, 16 apart: 12 loads from shared memory, of neighbouring lanes from
 * neighbouring banks, for 32 multiply-adds. */
struct register_tile {
    enum { ROWS = 4, COLUMNS = 8, APART = 16 };
    float sum[ROWS][COLUMNS] = {};

    template <int BK> __device__ void multiply(const conv_tile<BK> &tile)
    {
        const int m = (int)threadIdx.x / APART, j = (int)threadIdx.x % APART;
        for (int l = 0; l < BK; l++) {
            float a[ROWS], b[COLUMNS];
#pragma unroll
            for (int i = 0; i < ROWS; i++) a[i] = tile.a[l][m + i * APART];
#pragma unroll
            for (int i = 0; i < COLUMNS; i++) b[i] = tile.b[l][j + i * APART];
#pragma unroll
            for (int i = 0; i < ROWS; i++)
#pragma unroll
                for (int k = 0; k < COLUMNS; k++) sum[i][k] += a[i] * b[k];
        }
    }

    template <class WAY> __device__ void store(const WAY &way, const tile_at &at) const
    {
        const int m = at.m + (int)threadIdx.x / APART, j = at.j + (int)threadIdx.x % APART;
#pragma unroll
        for (int k = 0; k < COLUMNS; k++)
#pragma unroll
            for (int i = 0; i < ROWS; i++)
                if (m + i * APART < way.M && j + k * APART < way.J)
                    way.store(at, m + i * APART, j + k * APART, sum[i][k]);
    }
};

#endif
