/* product_wmma.cu - rungs 08 and 09: tensor cores, through CUDA's wmma functions.
 *
 * A tensor core multiplies small matrices: a warp hands it 16 x 16 outputs at a time. Operands have fewer
 * digits than a float, sums are float: TF32 keeps 11 significant bits, bf16 keeps 8. What that costs in
 * accuracy is in the rungs' error bounds (op_bound).
 */
#include <cuda_bf16.h>
#include <mma.h>

#include "async_tile.h"
#include "dense_rungs.h"
#include "product.h"

namespace
{

using namespace nvcuda;

enum { BM = 128, BN = 128, THREADS = 256, SIDE = 16 };
enum {
    WARP_M = 32,
    WARP_N = 64,
    PIECES_M = WARP_M / SIDE,
    PIECES_N = WARP_N / SIDE
}; /* of a warp: 2 x 4 pieces */

/* wmma's names for our layouts: a is (M,K), b is (K,N) */
template <layout LAYOUT> struct wmma_layout {
    typedef wmma::row_major a;
    typedef wmma::col_major b;
};
template <> struct wmma_layout<ACROSS_K> {
    typedef wmma::col_major a;
    typedef wmma::row_major b;
};

typedef wmma::fragment<wmma::accumulator, SIDE, SIDE, 8, float> tf32_sum;
typedef wmma::fragment<wmma::accumulator, SIDE, SIDE, 16, float> bf16_sum;

/* How elements lie in a fragment is not specified, so sums pass through a patch of shared memory, a piece at
 * a time; corner is where the warp's share of c begins. */
struct patch {
    float4 four[SIDE][SIDE / 4 + 1];
};

template <class SUM, class P>
__device__ void store_pieces(const P &p, corner at, patch &mine, const SUM (&sum)[PIECES_M][PIECES_N])
{
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int i = 0; i < PIECES_M; i++)
#pragma unroll
        for (int j = 0; j < PIECES_N; j++) {
            wmma::store_matrix_sync(&mine.four[0][0].x, sum[i][j], SIDE + 4, wmma::mem_row_major);
            __syncwarp();
            for (int row = lane / 4; row < SIDE; row += 8)
                p.store_four(at.m + i * SIDE + row, at.n + j * SIDE + lane % 4 * 4,
                             &mine.four[row][lane % 4].x);
            __syncwarp();
        }
}

template <class SUM> __device__ void clear(SUM (&sum)[PIECES_M][PIECES_N])
{
#pragma unroll
    for (int i = 0; i < PIECES_M; i++)
#pragma unroll
        for (int j = 0; j < PIECES_N; j++) wmma::fill_fragment(sum[i][j], 0.0f);
}

__device__ corner warp_corner(corner block)
{
    int warp = threadIdx.x / 32;
    return { block.m + warp / 2 * WARP_M, block.n + warp % 2 * WARP_N };
}

/* ---- 08_tf32: tensor cores on TF32, three tiles on their way. ----
 * Relieves arithmetic: a tensor core does in one instruction what 64 multiply-adds of a warp did. Tiles are
 * now used up faster than memory answers, hence the third stage and the deeper tiles. Blocks are numbered in
 * groups of eight rows of tiles, so that those that run together share operands in L2. Operands are rounded
 * to TF32 (to nearest) where they are loaded. Prediction: 3 to 5 x. */

enum { TF32_K = 32, STAGES = 3 };

template <class P> struct tf32_stage {
    async_tile<P::A_LAYOUT, BM, TF32_K> a;
    async_tile<P::B_LAYOUT, BN, TF32_K> b;
};

template <class FRAGMENT> __device__ void round_to_tf32(FRAGMENT &f)
{
#pragma unroll
    for (int e = 0; e < f.num_elements; e++) f.x[e] = wmma::__float_to_tf32(f.x[e]);
}

template <class P>
__device__ void multiply_tf32(const tf32_stage<P> &tile, corner own, tf32_sum (&sum)[PIECES_M][PIECES_N])
{
    typedef wmma::precision::tf32 tf32;
    wmma::fragment<wmma::matrix_a, SIDE, SIDE, 8, tf32, typename wmma_layout<P::A_LAYOUT>::a> a[PIECES_M];
    wmma::fragment<wmma::matrix_b, SIDE, SIDE, 8, tf32, typename wmma_layout<P::B_LAYOUT>::b> b;
    for (int k = 0; k < TF32_K; k += 8) {
#pragma unroll
        for (int i = 0; i < PIECES_M; i++) {
            wmma::load_matrix_sync(a[i], tile.a.at(own.m + i * SIDE, k), tile.a.PITCH);
            round_to_tf32(a[i]);
        }
#pragma unroll
        for (int j = 0; j < PIECES_N; j++) {
            wmma::load_matrix_sync(b, tile.b.at(own.n + j * SIDE, k), tile.b.PITCH);
            round_to_tf32(b);
#pragma unroll
            for (int i = 0; i < PIECES_M; i++) wmma::mma_sync(sum[i][j], a[i], b, sum[i][j]);
        }
    }
}

template <class P> __global__ void __launch_bounds__(THREADS, 2) tf32_kernel(P p)
{
    extern __shared__ __align__(128) unsigned char dynamic_shared[];
    tf32_stage<P> *stages = reinterpret_cast<tf32_stage<P> *>(dynamic_shared);
    corner at = corner_in_groups<BM, BN>(p);
    tf32_sum sum[PIECES_M][PIECES_N];
    clear(sum);

    auto start =
        [&](int k0) { /* beyond K an empty batch, so that the wait below counts the same everywhere */
                      tf32_stage<P> &next = stages[k0 / TF32_K % STAGES];
                      if (k0 < p.K) {
                          next.a.template start_copy<THREADS>(p.a, at.m, k0);
                          next.b.template start_copy<THREADS>(p.b, at.n, k0);
                      }
                      __pipeline_commit();
        };
    for (int t = 0; t < STAGES - 1; t++) start(t * TF32_K);
    for (int k0 = 0; k0 < p.K; k0 += TF32_K) {
        __pipeline_wait_prior(STAGES - 2);
        __syncthreads();
        start(k0 + (STAGES - 1) * TF32_K);
        multiply_tf32<P>(stages[k0 / TF32_K % STAGES], warp_corner({ 0, 0 }), sum);
    }
    __syncthreads(); /* the stages are free: patches take their place */
    store_pieces(p, warp_corner(at), reinterpret_cast<patch *>(dynamic_shared)[threadIdx.x / 32], sum);
}

template <class P> void tf32(const P &p)
{
    const int bytes = STAGES * sizeof(tf32_stage<P>);
    cudaFuncSetAttribute(tf32_kernel<P>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    tf32_kernel<<<blocks_for<BM, BN>(p), THREADS, bytes>>>(p);
}

/* ---- 09_bf16: half the bytes in shared memory, twice the products per instruction. ----
 * bf16 has float's range and 8 significant bits. x and w are float in memory: a thread loads its part of the
 * next tile into registers before it computes, rounds it to bf16 afterwards and stores it in the other stage.
 * Tiles 16 deep leave registers for two blocks a multiprocessor. Prediction: 1.3 to 1.7 x. */

enum { BF16_K = 16 };

template <layout LAYOUT, int ROWS> struct bf16_tile {
    static constexpr int LINES = LAYOUT == ALONG_K ? ROWS : BF16_K;
    static constexpr int LENGTH = LAYOUT == ALONG_K ? BF16_K : ROWS;
    static constexpr int PITCH =
        LENGTH + 8; /* an odd number of 16 bytes: eight lines begin in different banks */
    static constexpr int FOURS = ROWS * BF16_K / 4 / THREADS;
    struct alignas(8) four {
        __nv_bfloat162 low, high;
    };
    four fours[LINES][PITCH / 4];

    __device__ const __nv_bfloat16 *at(int i, int k) const
    {
        return &fours[0][0].low.x + (LAYOUT == ALONG_K ? i * PITCH + k : k * PITCH + i);
    }

    __device__ static void load(const operand<LAYOUT> &from, int i0, int k0, float4 (&held)[FOURS])
    {
#pragma unroll
        for (int f = 0; f < FOURS; f++) {
            int e = (int)threadIdx.x + f * THREADS, line = e / (LENGTH / 4), x = e % (LENGTH / 4) * 4;
            held[f] = LAYOUT == ALONG_K ? from.four_at(i0 + line, k0 + x) : from.four_at(i0 + x, k0 + line);
        }
    }

    __device__ void put(const float4 (&held)[FOURS])
    {
#pragma unroll
        for (int f = 0; f < FOURS; f++) {
            int e = (int)threadIdx.x + f * THREADS;
            fours[e / (LENGTH / 4)][e % (LENGTH / 4)] = { __floats2bfloat162_rn(held[f].x, held[f].y),
                                                          __floats2bfloat162_rn(held[f].z, held[f].w) };
        }
    }
};

template <class P> struct bf16_stage {
    typedef bf16_tile<P::A_LAYOUT, BM> a_tile;
    typedef bf16_tile<P::B_LAYOUT, BN> b_tile;
    a_tile a;
    b_tile b;
};

template <class P>
__device__ void multiply_bf16(const bf16_stage<P> &tile, corner own, bf16_sum (&sum)[PIECES_M][PIECES_N])
{
    typedef __nv_bfloat16 bf16;
    wmma::fragment<wmma::matrix_a, SIDE, SIDE, 16, bf16, typename wmma_layout<P::A_LAYOUT>::a> a[PIECES_M];
    wmma::fragment<wmma::matrix_b, SIDE, SIDE, 16, bf16, typename wmma_layout<P::B_LAYOUT>::b> b;
#pragma unroll
    for (int k = 0; k < BF16_K; k += 16) {
#pragma unroll
        for (int i = 0; i < PIECES_M; i++)
            wmma::load_matrix_sync(a[i], tile.a.at(own.m + i * SIDE, k), tile.a.PITCH);
#pragma unroll
        for (int j = 0; j < PIECES_N; j++) {
            wmma::load_matrix_sync(b, tile.b.at(own.n + j * SIDE, k), tile.b.PITCH);
#pragma unroll
            for (int i = 0; i < PIECES_M; i++) wmma::mma_sync(sum[i][j], a[i], b, sum[i][j]);
        }
    }
}

template <class P> __global__ void __launch_bounds__(THREADS, 2) bf16_kernel(P p)
{
    __shared__ __align__(128) bf16_stage<P> stages[2];
    corner at = corner_in_groups<BM, BN>(p);
    bf16_sum sum[PIECES_M][PIECES_N];
    clear(sum);

    float4 a[bf16_stage<P>::a_tile::FOURS], b[bf16_stage<P>::b_tile::FOURS];
    auto load = [&](int k0) {
        bf16_stage<P>::a_tile::load(p.a, at.m, k0, a);
        bf16_stage<P>::b_tile::load(p.b, at.n, k0, b);
    };
    load(0);
    for (int k0 = 0; k0 < p.K; k0 += BF16_K) {
        bf16_stage<P> &now = stages[k0 / BF16_K % 2];
        now.a.put(a); /* nobody reads this stage: all have passed the barrier of the other one since */
        now.b.put(b);
        __syncthreads();
        if (k0 + BF16_K < p.K) load(k0 + BF16_K);
        multiply_bf16<P>(now, warp_corner({ 0, 0 }), sum);
    }
    __syncthreads();
    store_pieces(p, warp_corner(at), reinterpret_cast<patch *>(stages)[threadIdx.x / 32], sum);
}

template <class P> void bf16(const P &p)
{
    bf16_kernel<<<blocks_for<BM, BN>(p), THREADS>>>(p);
}

} // namespace

DENSE_RUNG(tf32, bias_gradient)
DENSE_RUNG(bf16, bias_gradient)
DENSE_RELU_RUNG(tf32)
