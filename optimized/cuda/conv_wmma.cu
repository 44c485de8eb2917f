/* conv_wmma.cu - rungs 05 and 06 of convolution, 06 and 07 of dw: tensor cores, through CUDA's wmma
 * functions.
 *
 * As rungs 08 and 09 of dense (product_wmma.cu): operands of fewer digits, sums in float; what that costs in
 * accuracy is in the rungs' error bounds (op_bound). A block has 64 x 128 numbers of c, a warp 32 x 32, which
 * are four pieces of 16 x 16. Tiles lie in shared memory as a warp reads them from memory: a along l; b along
 * its places, which are columns of forward and dx, and l of dw.
 */
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <mma.h>

#include "conv_reader.h"

namespace
{

using namespace nvcuda;

enum { BK = 16, SIDE = 16, WARP = 32, PIECES = WARP / SIDE };
enum { WARPS_ACROSS = BJ / WARP };

/* T is float or bf16; lines on 16 bytes, and neighbouring lines in different banks */
template <class T, class WAY> struct wmma_tile {
    static constexpr int PAD = 16 / sizeof(T);
    static constexpr int A_PITCH = BK + PAD, B_PITCH = WAY::SUMS_PLACES ? BK + PAD : BJ + 2 * PAD;
    static constexpr int B_LINES = WAY::SUMS_PLACES ? BJ : BK;
    alignas(32) T a[BM][A_PITCH];
    alignas(32) T b[B_LINES][B_PITCH];

    __device__ T *a_at(int m, int l)
    {
        return &a[m][l];
    }
    __device__ T *b_at(int l, int j)
    {
        return WAY::SUMS_PLACES ? &b[j][l] : &b[l][j];
    }
};

/* wmma's name for b's layout: (l,j) by lines of j, or by lines of l */
template <bool SUMS_PLACES> struct layout_of_b {
    typedef wmma::row_major name;
};
template <> struct layout_of_b<true> {
    typedef wmma::col_major name;
};

/* the 32 x 32 numbers of c of a warp */
template <int DEPTH> struct warp_sums {
    typedef wmma::fragment<wmma::accumulator, SIDE, SIDE, DEPTH, float> piece;
    piece sum[PIECES][PIECES];

    __device__ warp_sums()
    {
#pragma unroll
        for (int i = 0; i < PIECES * PIECES; i++) wmma::fill_fragment(sum[i / PIECES][i % PIECES], 0.0f);
    }
    __device__ static int row()
    {
        return (int)threadIdx.x / 32 / WARPS_ACROSS * WARP;
    }
    __device__ static int column()
    {
        return (int)threadIdx.x / 32 % WARPS_ACROSS * WARP;
    }

    /* OPERAND: wmma's name for the digits; round(fragment) after each load */
    template <class OPERAND, class T, class WAY, class ROUND>
    __device__ void multiply(wmma_tile<T, WAY> &tile, ROUND round)
    {
        typedef typename layout_of_b<WAY::SUMS_PLACES>::name b_layout;
        wmma::fragment<wmma::matrix_a, SIDE, SIDE, DEPTH, OPERAND, wmma::row_major> a[PIECES];
        wmma::fragment<wmma::matrix_b, SIDE, SIDE, DEPTH, OPERAND, b_layout> b;
#pragma unroll
        for (int l = 0; l < BK; l += DEPTH) {
#pragma unroll
            for (int i = 0; i < PIECES; i++) {
                wmma::load_matrix_sync(a[i], tile.a_at(row() + i * SIDE, l), tile.A_PITCH);
                round(a[i]);
            }
#pragma unroll
            for (int j = 0; j < PIECES; j++) {
                wmma::load_matrix_sync(b, tile.b_at(l, column() + j * SIDE), tile.B_PITCH);
                round(b);
#pragma unroll
                for (int i = 0; i < PIECES; i++) wmma::mma_sync(sum[i][j], a[i], b, sum[i][j]);
            }
        }
    }

    /* How numbers lie in a fragment is not specified, so they pass through a patch of shared memory: lanes
     * then have neighbouring columns. patches: one per warp. */
    template <class WAY>
    __device__ void store(const WAY &way, const tile_at &at, float (*patches)[SIDE][SIDE + 4]) const
    {
        float(*patch)[SIDE + 4] = patches[threadIdx.x / 32];
        const int lane = (int)threadIdx.x % 32;
#pragma unroll
        for (int i = 0; i < PIECES; i++)
#pragma unroll
            for (int k = 0; k < PIECES; k++) {
                wmma::store_matrix_sync(&patch[0][0], sum[i][k], SIDE + 4, wmma::mem_row_major);
                __syncwarp();
                const int j = at.j + column() + k * SIDE + lane % SIDE;
                for (int line = lane / SIDE; line < SIDE; line += 2) {
                    const int m = at.m + row() + i * SIDE + line;
                    if (m < way.M && j < way.J) way.store(at, m, j, patch[line][lane % SIDE]);
                }
                __syncwarp();
            }
    }
};

/* ---- tf32: operands in TF32, two tiles on their way ----
 *
 * Relieves arithmetic. What is left is to bring numbers in: 12 copies of four bytes per thread and tile, some
 * 15 instructions each for edges and addresses, where the tensor cores are done after 32 instructions of a
 * warp. With channels innermost in memory (NHWC) sixteen bytes would be four planes of one place, and a copy
 * a quarter of the work: what libraries do. Prediction: 1.5 to 3 x. */

enum { STAGES = 3 };

template <class WAY>
__global__ void __launch_bounds__(THREADS, 2) conv_tf32_kernel(const __grid_constant__ WAY way)
{
    typedef wmma_tile<float, WAY> stage;
    typedef reader<WAY, BK> own;
    __shared__ stage stages[STAGES];
    const tile_at at = tile_of_block(way);
    const own read(way, at);
    warp_sums<8> c;

    auto start = [&](int l0) { /* commits even when there is nothing left, so that the wait counts alike */
                               stage &next = stages[l0 / BK % STAGES];
                               if (l0 < at.end) {
                                   read.a(l0, [&](int f, const float *p) {
                                       copy_one(way, next.a_at(own::row_of(f), own::l_of_a()), p);
                                   });
                                   read.b(l0, [&](int f, const float *p) {
                                       copy_one(way, next.b_at(own::l_of_b(f), own::column_of(f)), p);
                                   });
                               }
                               __pipeline_commit();
    };
    for (int i = 0; i < STAGES - 1; i++) start(at.from + i * BK);
    for (int l0 = at.from; l0 < at.end; l0 += BK) {
        __pipeline_wait_prior(STAGES - 2);
        __syncthreads();
        start(l0 + (STAGES - 1) * BK);
        c.template multiply<wmma::precision::tf32>(stages[l0 / BK % STAGES], [](auto &f) {
#pragma unroll
            for (int e = 0; e < f.num_elements; e++) f.x[e] = wmma::__float_to_tf32(f.x[e]);
        });
    }
    __syncthreads(); /* the stages are free: patches take their place */
    c.store(way, at, reinterpret_cast<float(*)[SIDE][SIDE + 4]>(stages));
}

template <class WAY> void tf32(const WAY &way)
{
    conv_tf32_kernel<<<blocks_of(way), THREADS>>>(way);
}

/* ---- bf16: half the bytes in shared memory, twice the products per instruction ----
 *
 * A thread loads its numbers of the next tile into registers before it multiplies, rounds them afterwards and
 * stores them in the other stage. Loads, edges and addresses are those of tf32. Prediction: 0.9 to 1.3 x. */

template <class WAY>
__global__ void __launch_bounds__(THREADS, 2) conv_bf16_kernel(const __grid_constant__ WAY way)
{
    typedef wmma_tile<__nv_bfloat16, WAY> stage;
    typedef reader<WAY, BK> own;
    __shared__ union both {
        stage stages[2];
        float patches[THREADS / 32][SIDE][SIDE + 4];
        __device__ both()
        {
        }
    } shared;
    const tile_at at = tile_of_block(way);
    const own read(way, at);
    warp_sums<16> c;

    float a[own::OF_A], b[own::OF_B];
    auto load = [&](int l0) {
        read.a(l0, [&](int f, const float *p) { a[f] = p ? *p : 0; });
        read.b(l0, [&](int f, const float *p) { b[f] = p ? *p : 0; });
    };
    load(at.from);
    for (int l0 = at.from, now = 0; l0 < at.end; l0 += BK, now = 1 - now) {
        stage &tile = shared.stages[now]; /* all have passed the barrier of the other one since it was read */
#pragma unroll
        for (int f = 0; f < own::OF_A; f++)
            *tile.a_at(own::row_of(f), own::l_of_a()) = __float2bfloat16(a[f]);
#pragma unroll
        for (int f = 0; f < own::OF_B; f++)
            *tile.b_at(own::l_of_b(f), own::column_of(f)) = __float2bfloat16(b[f]);
        __syncthreads();
        if (l0 + BK < at.end) load(l0 + BK);
        c.template multiply<__nv_bfloat16>(tile, [](auto &) {});
    }
    __syncthreads();
    c.store(way, at, shared.patches);
}

template <class WAY> void bf16(const WAY &way)
{
    conv_bf16_kernel<<<blocks_of(way), THREADS>>>(way);
}

} // namespace

CONV_RUNG(tf32)
CONV_RELU_RUNG(tf32)
CONV_DW_RUNG(tf32, tf32, true)
CONV_RUNG(bf16)
CONV_DW_RUNG(bf16, bf16, true)
