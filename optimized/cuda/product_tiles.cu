/* product_tiles.cu - rungs 02 to 04: tiles in shared memory, then tiles in registers.
 *
 * An element of a is needed by all N columns of c. These rungs load it once for many: from memory to shared
 * memory for a block of threads, from shared memory to registers for one thread. Each step divides the
 * traffic one level further out by the size of its tile.
 */
#include "dense_rungs.h"
#include "product.h"

/* A tile of an operand in shared memory: ROWS rows (or columns) of c by KS. Lanes that read one k and
 * neighbouring rows find them in neighbouring banks. When a tile is filled from an operand that lies
 * along k, a warp writes 32 / KS rows of KS: with that many floats of padding per line, they too fall
 * into 32 different banks. */
template <int ROWS, int KS> struct shared_tile {
    float line[KS][ROWS + 32 / KS];
};

/* Fills a tile from row i0 and k0 on; 0 where the operand ends. Neighbouring threads
 * read neighbouring floats. */
template <int THREADS, int ROWS, int KS, layout LAYOUT>
__device__ void fill(shared_tile<ROWS, KS> &tile, const operand<LAYOUT> &from, int i0, int k0)
{
    for (int e = threadIdx.x; e < ROWS * KS; e += THREADS) {
        int i = LAYOUT == ALONG_K ? e / KS : e % ROWS;
        int k = LAYOUT == ALONG_K ? e % KS : e / ROWS;
        tile.line[k][i] = from.at(i0 + i, k0 + k);
    }
}

/* ---- 02_tile: a block loads 32 x 32 tiles of both operands into shared memory and uses each float 32 times.
 * ---- Relieves the memory: per 32 multiply-adds two floats cross it, instead of two for each. Now shared
 * memory is the limit: two loads for each multiply-add. Counted: 18,432 sectors for forward where rung 01
 * loads 540,672, and 131,072 requests to shared memory, all of one pass. Prediction: 1.5 to 3 x, as most of
 * rung 01's sectors came from caches. */

enum { TILE = 32 };

template <class P> __global__ void __launch_bounds__(TILE *TILE) tile_kernel(P p)
{
    __shared__ shared_tile<TILE, TILE> a, b;
    int m = threadIdx.x / TILE, n = threadIdx.x % TILE;
    corner at = corner_of_block<TILE, TILE>(p);
    float sum = 0;
    for (int k0 = 0; k0 < p.K; k0 += TILE) {
        fill<TILE * TILE>(a, p.a, at.m, k0);
        fill<TILE * TILE>(b, p.b, at.n, k0);
        __syncthreads(); /* the tiles are whole */
        for (int k = 0; k < TILE; k++) sum += a.line[k][m] * b.line[k][n];
        __syncthreads(); /* nobody reads them any more */
    }
    p.store(at.m + m, at.n + n, sum);
}

template <class P> static void tile(const P &p)
{
    tile_kernel<<<blocks_for<TILE, TILE>(p), TILE * TILE>>>(p);
}

DENSE_RUNG(tile, bias_gradient)

/* ---- 03_tile1d: a thread computes eight outputs below each other. ----
 * It loads an element of b once for eight multiply-adds, which need nine shared loads instead of sixteen;
 * and the eight sums do not wait for each other. Counted: 73,728 requests to shared memory instead of
 * 131,072. Prediction: 2 x. */

template <class P> __global__ void __launch_bounds__(512) tile1d_kernel(P p)
{
    enum { BM = 64, BN = 64, BK = 8, TM = 8, THREADS = BM * BN / TM };
    __shared__ shared_tile<BM, BK> a;
    __shared__ shared_tile<BN, BK> b;
    int m = threadIdx.x / BN * TM, n = threadIdx.x % BN;
    corner at = corner_of_block<BM, BN>(p);
    float sum[TM] = {};
    for (int k0 = 0; k0 < p.K; k0 += BK) {
        fill<THREADS>(a, p.a, at.m, k0);
        fill<THREADS>(b, p.b, at.n, k0);
        __syncthreads();
        for (int k = 0; k < BK; k++) {
            float bk = b.line[k][n];
#pragma unroll
            for (int i = 0; i < TM; i++) sum[i] += a.line[k][m + i] * bk;
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < TM; i++) p.store(at.m + m + i, at.n + n, sum[i]);
}

template <class P> static void tile1d(const P &p)
{
    tile1d_kernel<<<blocks_for<64, 64>(p), 512>>>(p);
}

DENSE_RUNG(tile1d, bias_gradient)

/* ---- 04_tile2d: a thread computes 8 x 8 outputs. ----
 * Sixteen shared loads serve 64 multiply-adds: shared memory is needed four times less than in rung 03, a
 * quarter load for each. A thread's rows and columns are 16 apart, so that neighbouring lanes have
 * neighbouring columns: their loads fall into different banks and their stores into the same sectors.
 * Counted: 16,384 requests to shared memory, of one pass each, and a quarter of rung 02's sectors.
 * Prediction: 2 to 3 x; arithmetic begins to count. */

template <class P> __global__ void __launch_bounds__(256) tile2d_kernel(P p)
{
    enum { BM = 128, BN = 128, BK = 8, T = 8, APART = 16, THREADS = APART * APART };
    __shared__ shared_tile<BM, BK> a;
    __shared__ shared_tile<BN, BK> b;
    int m = threadIdx.x / APART, n = threadIdx.x % APART;
    corner at = corner_of_block<BM, BN>(p);
    float sum[T][T] = {};
    for (int k0 = 0; k0 < p.K; k0 += BK) {
        fill<THREADS>(a, p.a, at.m, k0);
        fill<THREADS>(b, p.b, at.n, k0);
        __syncthreads();
        for (int k = 0; k < BK; k++) {
            float ak[T], bk[T];
#pragma unroll
            for (int i = 0; i < T; i++) ak[i] = a.line[k][m + i * APART], bk[i] = b.line[k][n + i * APART];
#pragma unroll
            for (int i = 0; i < T; i++)
#pragma unroll
                for (int j = 0; j < T; j++) sum[i][j] += ak[i] * bk[j];
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < T; i++)
#pragma unroll
        for (int j = 0; j < T; j++) p.store(at.m + m + i * APART, at.n + n + j * APART, sum[i][j]);
}

template <class P> static void tile2d(const P &p)
{
    tile2d_kernel<<<blocks_for<128, 128>(p), 256>>>(p);
}

DENSE_RUNG(tile2d, bias_gradient)
