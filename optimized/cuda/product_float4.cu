/* product_float4.cu - rungs 05 and 06: four floats per instruction, and where a warp's outputs lie.
 *
 * Both are one kernel; they differ in which outputs a thread owns.
 */
#include "dense_rungs.h"
#include "product.h"

enum { BM = 128, BN = 128, BK = 8, T = 8, THREADS = BM * BN / (T * T) };

/* a tile by lines of one k; four floats of padding keep a line on 16 bytes, see fill_by_four */
template <int ROWS> struct shared_lines {
    float4 four[BK][(ROWS + 4) / 4]; /* in fours, so that it lies on 16 bytes */

    __device__ float *line(int k)
    {
        return &four[k][0].x;
    }
};

/* As fill of product_tiles.cu, four floats a load. An operand that lies across k goes to shared memory
 * as it is. One that lies along k is turned: the 32 lanes of a warp hold 16 rows by 8 k, and write one
 * float of each four at a time, to 16 rows of two lines four apart: 4 * (128 + 4) floats, which is half
 * way round the 32 banks. */
template <int ROWS, layout LAYOUT>
__device__ void fill_by_four(shared_lines<ROWS> &tile, const operand<LAYOUT> &from, int i0, int k0)
{
    for (int e = threadIdx.x; e < ROWS * BK / 4; e += THREADS) {
        if (LAYOUT == ACROSS_K) {
            int i = e % (ROWS / 4), k = e / (ROWS / 4);
            tile.four[k][i] = from.four_at(i0 + 4 * i, k0 + k);
        } else {
            int i = e / (BK / 4), k = e % (BK / 4) * 4;
            float4 v = from.four_at(i0 + i, k0 + k);
            tile.line(k)[i] = v.x;
            tile.line(k + 1)[i] = v.y;
            tile.line(k + 2)[i] = v.z;
            tile.line(k + 3)[i] = v.w;
        }
    }
}

/* Which outputs a thread owns: four rows from m and four from m + m_apart, columns likewise.
 * All are multiples of 4. */
struct share {
    int m, m_apart, n, n_apart;
};

template <class OWNS, class P> __global__ void __launch_bounds__(THREADS, 2) float4_kernel(P p)
{
    __shared__ shared_lines<BM> a;
    __shared__ shared_lines<BN> b;
    const share own = OWNS::of(threadIdx.x);
    corner at = corner_of_block<BM, BN>(p);
    float sum[T][T] = {};
    for (int k0 = 0; k0 < p.K; k0 += BK) {
        fill_by_four(a, p.a, at.m, k0);
        fill_by_four(b, p.b, at.n, k0);
        __syncthreads();
#pragma unroll 2 /* more would need more registers than two blocks leave */
        for (int k = 0; k < BK; k++) {
            float4 a4[2] = { a.four[k][own.m / 4], a.four[k][(own.m + own.m_apart) / 4] };
            float4 b4[2] = { b.four[k][own.n / 4], b.four[k][(own.n + own.n_apart) / 4] };
            const float ak[T] = { a4[0].x, a4[0].y, a4[0].z, a4[0].w, a4[1].x, a4[1].y, a4[1].z, a4[1].w };
            const float bk[T] = { b4[0].x, b4[0].y, b4[0].z, b4[0].w, b4[1].x, b4[1].y, b4[1].z, b4[1].w };
#pragma unroll
            for (int i = 0; i < T; i++)
#pragma unroll
                for (int j = 0; j < T; j++) sum[i][j] += ak[i] * bk[j];
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < T; i++) {
        int m = at.m + own.m + i % 4 + i / 4 * own.m_apart;
        p.store_four(m, at.n + own.n, &sum[i][0]);
        p.store_four(m, at.n + own.n + own.n_apart, &sum[i][4]);
    }
}

/* ---- 05_float4: memory and shared memory are read, and c is written, four floats at a time. ----
 * A quarter of the load and store instructions for the same bytes. Counted: dx has 256 requests to memory
 * where rung 04 has 1,024, and 4,096 to shared memory instead of 16,384; sectors and passes over the banks
 * are the same. Where a row is no multiple of four floats, or a pointer does not lie on 16 bytes, loads from
 * memory are single floats again. Prediction: 1.2 to 1.4 x. */

struct by_block {
    __device__ static share of(int t)
    {
        return { t / 16 * 4, BM / 2, t % 16 * 4, BN / 2 };
    }
};

template <class P> static void vectors(const P &p)
{
    float4_kernel<by_block><<<blocks_for<BM, BN>(p), THREADS>>>(p);
}

DENSE_RUNG(vectors, bias_gradient)

/* ---- 06_warptile: a warp owns 32 x 64 outputs instead of 16 x 128. ----
 * For each k, the lanes of a warp need 32 different floats of a and 64 of b, in rung 05 16 and 128: a third
 * fewer words. Each is handed to four or eight lanes. The emulator, which takes four passes for every request
 * of float4, counts no difference; hardware may merge passes that want the same words. Relieves shared
 * memory, perhaps. Prediction: 1 to 1.1 x, and warps that need fewer of the tile's lines. */

struct by_warp {
    __device__ static share of(int t)
    {
        int warp = t / 32, lane = t % 32;
        return { warp / 2 * 32 + lane / 8 * 4, 16, warp % 2 * 64 + lane % 8 * 4, 32 };
    }
};

template <class P> static void warptile(const P &p)
{
    float4_kernel<by_warp><<<blocks_for<BM, BN>(p), THREADS>>>(p);
}

DENSE_RUNG(warptile, bias_gradient)
