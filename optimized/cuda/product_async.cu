/* product_async.cu - rung 07: the next tile is on its way while this one is used. */
#include "async_tile.h"
#include "dense_rungs.h"
#include "product.h"
#include "product_async.h"

/* ---- 07_async: two tiles of each operand; cp.async fills one while the threads compute with the other. ----
 * In rung 06 a block waits for memory after every tile, and what it loads passes through registers. Here the
 * copies of tile t + 1 are started before tile t is used, go straight to shared memory, and one barrier a
 * tile is enough: it says both that tile t is whole and that nobody uses tile t - 1 any more, whose place
 * tile t + 1 takes. Relieves latency, and the registers and instructions of the copies. Counted: 256 requests
 * write the tiles of forward, in 1,024 passes; rung 06 has 1,024 requests. Prediction: 1.1 to 1.3 x.
 *
 * As nothing turns a tile on its way, a thread reads four k at once where the operand lies along k,
 * four rows at once where it lies across: either way four float4 are 4 rows by 4 k. Which rows a thread
 * owns follows from that. */

namespace
{

enum { BM = 128, BN = 128, BK = 16, T = 8, THREADS = BM * BN / (T * T) };
enum { WARP_M = 32, WARP_N = 64, LANES_M = WARP_M / T, LANES_N = WARP_N / T }; /* of a warp */

/* Row r (0..7) of the lane's share of a warp's rows, LANES lanes sharing. Lanes read neighbouring lines of a
 * tile along k, and neighbouring fours of a line across k. */
template <layout LAYOUT, int LANES> __device__ int row_of(int lane, int r)
{
    return LAYOUT == ALONG_K ? lane + LANES * r : 4 * (lane + LANES * (r / 4)) + r % 4;
}

/* q[x][r] = element (row 4 h + r of the lane's share, k + x), x and r from 0 to 3 */
template <int LANES, layout LAYOUT, int ROWS>
__device__ void load_quad(const async_tile<LAYOUT, ROWS, BK> &tile, int row0, int lane, int h, int k,
                          float (&q)[4][4])
{
#pragma unroll
    for (int j = 0; j < 4; j++) {
        if (LAYOUT == ALONG_K) {
            float4 v = tile.four_at(row0 + row_of<LAYOUT, LANES>(lane, 4 * h + j), k);
            q[0][j] = v.x, q[1][j] = v.y, q[2][j] = v.z, q[3][j] = v.w;
        } else {
            float4 v = tile.four_at(row0 + row_of<LAYOUT, LANES>(lane, 4 * h), k + j);
            q[j][0] = v.x, q[j][1] = v.y, q[j][2] = v.z, q[j][3] = v.w;
        }
    }
}

template <class P> struct stage {
    async_tile<P::A_LAYOUT, BM, BK> a;
    async_tile<P::B_LAYOUT, BN, BK> b;
};

/* where this thread's outputs are: the first row and column of its warp's share of the
 * tile, and its lanes there */
struct place {
    int m, n, lane_m, lane_n;
};

template <class P> __device__ void multiply(const stage<P> &tile, const place &own, float (&sum)[T][T])
{
#pragma unroll 1 /* unrolled, the loads ahead would need more registers than two blocks leave */
    for (int k = 0; k < BK; k += 4) {
        float b[2][4][4];
        load_quad<LANES_N>(tile.b, own.n, own.lane_n, 0, k, b[0]);
        load_quad<LANES_N>(tile.b, own.n, own.lane_n, 1, k, b[1]);
#pragma unroll
        for (int h = 0; h < 2; h++) {
            float a[4][4];
            load_quad<LANES_M>(tile.a, own.m, own.lane_m, h, k, a);
#pragma unroll
            for (int x = 0; x < 4; x++)
#pragma unroll
                for (int i = 0; i < 4; i++)
#pragma unroll
                    for (int j = 0; j < T; j++) sum[4 * h + i][j] += a[x][i] * b[j / 4][x][j % 4];
        }
    }
}

template <class P> __global__ void __launch_bounds__(THREADS, 2) async_kernel(P p)
{
    __shared__ stage<P> stages[2];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const place own = { warp / 2 * WARP_M, warp % 2 * WARP_N, lane / LANES_N, lane % LANES_N };
    corner at = corner_of_block<BM, BN>(p);
    float sum[T][T] = {};

    auto start = [&](int k0) {
        stage<P> &next = stages[k0 / BK % 2];
        next.a.template start_copy<THREADS>(p.a, at.m, k0);
        next.b.template start_copy<THREADS>(p.b, at.n, k0);
        __pipeline_commit();
    };
    start(0);
    for (int k0 = 0; k0 < p.K; k0 += BK) {
        __pipeline_wait_prior(0);
        __syncthreads();
        if (k0 + BK < p.K) start(k0 + BK);
        multiply(stages[k0 / BK % 2], own, sum);
    }
#pragma unroll
    for (int i = 0; i < T; i++) {
        int m = at.m + own.m + row_of<P::A_LAYOUT, LANES_M>(own.lane_m, i), n = at.n + own.n;
        if (P::B_LAYOUT == ACROSS_K) {
            p.store_four(m, n + row_of<ACROSS_K, LANES_N>(own.lane_n, 0), &sum[i][0]);
            p.store_four(m, n + row_of<ACROSS_K, LANES_N>(own.lane_n, 4), &sum[i][4]);
        } else {
#pragma unroll
            for (int j = 0; j < T; j++) p.store(m, n + row_of<ALONG_K, LANES_N>(own.lane_n, j), sum[i][j]);
        }
    }
}

template <class P> void async(const P &p)
{
    async_kernel<<<blocks_for<BM, BN>(p), THREADS>>>(p);
}

} // namespace

DENSE_RUNG(async, bias_gradient)
DENSE_RELU_RUNG(async)

void product_async(const biased_rows_product &p)
{
    async(p);
}
void product_async(const growing_product &p)
{
    async(p);
}
void product_async(const dx_product &p)
{
    async(p);
}
void product_async(const dw_product &p)
{
    async(p);
}
