/* product_wgmma.cu - rungs 10 and 11: the H100's way. TMA brings tiles, barriers in shared memory say when,
 * and the tensor cores read shared memory themselves (backend/hopper.h).
 *
 * TMA copies matrices whose lines are a multiple of 16 bytes, and wgmma multiplies bf16. So both operands are
 * first written to scratch memory as bf16, with lines along k on 16 bytes (bf16_operands.h); then every size
 * and every layout is the same product, and no size needs another way.
 *
 * The emulator runs all of this: indices, swizzle, stages, phases and waits are checked there.
 * What only a GPU can show is that the PTX of the backend says the same: descriptors, fences, and
 * that the copies do overlap.
 */
#include "bf16_operands.h"
#include "dense_rungs.h"
#include "product.h"
#include "backend/hopper.h"

namespace
{

using hopper::bf16;

/* ---- the product ---- */

enum { BM = 128, BK = hopper::LINE, GROUP = 128, CONSUMERS = 2, THREADS = GROUP * (1 + CONSUMERS) };

/* As many tiles as fit: 192 KiB of them. */
template <int BN> struct shared_stages {
    static constexpr int STAGES = BN == 128 ? 6 : 4;
    struct stage {
        bf16 a[BM * BK], b[BN * BK];
    } stages[STAGES];
    uint64_t full[STAGES]; /* the tiles of a stage are there: one arrival and their bytes */
    uint64_t free[STAGES]; /* nobody needs them any more: one arrival from each consuming warp */
};

/* where to find a stage, and which phase of its barriers belongs to the t-th tile */
template <int BN> __device__ int stage_of(int t)
{
    return t % shared_stages<BN>::STAGES;
}
template <int BN> __device__ int parity_of(int t)
{
    return t / shared_stages<BN>::STAGES % 2;
}

template <int BN>
__device__ void produce(shared_stages<BN> &shared, const hopper::tensor_map *a, const hopper::tensor_map *b,
                        corner at, int steps)
{
    for (int t = 0; t < steps; t++) {
        int s = stage_of<BN>(t);
        hopper::barrier_wait(&shared.free[s], !parity_of<BN>(t)); /* a stage is free before its first use */
        hopper::barrier_expect(&shared.full[s], (int)sizeof shared.stages[s]);
        hopper::tma_load(shared.stages[s].a, a, t * BK, at.m, &shared.full[s]);
        hopper::tma_load(shared.stages[s].b, b, t * BK, at.n, &shared.full[s]);
    }
}

/* A warpgroup's 64 rows of the tile. The products of tile t run while tile t + 1 is waited for. */
template <int BN, int SUMS>
__device__ void consume(shared_stages<BN> &shared, int group, int steps, float (&sum)[SUMS])
{
    bool first_lane = threadIdx.x % 32 == 0;
    for (int t = 0; t < steps; t++) {
        int s = stage_of<BN>(t);
        hopper::barrier_wait(&shared.full[s], parity_of<BN>(t));
        hopper::wgmma_begin();
#pragma unroll
        for (int k = 0; k < BK; k += 16)
            hopper::wgmma(sum, shared.stages[s].a + group * 64 * BK + k, shared.stages[s].b + k);
        hopper::wgmma_commit();
        hopper::wgmma_wait<1>(sum);
        if (t > 0 && first_lane) hopper::barrier_arrive(&shared.free[stage_of<BN>(t - 1)]);
    }
    hopper::wgmma_wait<0>(sum);
}

template <int SUMS, class P> __device__ void store_sums(const P &p, corner at, const float (&sum)[SUMS])
{
    int warp = threadIdx.x / 32 % 4, lane = threadIdx.x % 32;
    int m = at.m + 16 * warp + lane / 4, n = at.n + 2 * (lane % 4);
#pragma unroll
    for (int i = 0; i < SUMS; i += 4) {
        p.store_two(m, n + 2 * i, &sum[i]);
        p.store_two(m + 8, n + 2 * i, &sum[i + 2]);
    }
}

template <int BN, class P>
__global__ void __launch_bounds__(THREADS, 1) wgmma_kernel(P p, const __grid_constant__ hopper::tensor_map a,
                                                           const __grid_constant__ hopper::tensor_map b)
{
    extern __shared__ unsigned char dynamic_shared[];
    const uintptr_t mask = hopper::TILE_ALIGNMENT - 1;
    shared_stages<BN> &shared =
        *reinterpret_cast<shared_stages<BN> *>(((uintptr_t)dynamic_shared + mask) & ~mask);
    const int group = threadIdx.x / GROUP, steps = (p.K - 1) / BK + 1;
    corner at = corner_in_groups<BM, BN>(p);
    if (threadIdx.x == 0) {
        for (int s = 0; s < shared.STAGES; s++) {
            hopper::barrier_init(&shared.full[s], 1);
            hopper::barrier_init(&shared.free[s], CONSUMERS * GROUP / 32);
        }
        hopper::barriers_visible();
    }
    __syncthreads();
    if (group == CONSUMERS) { /* the last warpgroup produces: one thread of it */
        if (BN == 256) hopper::registers_release<40>();
        if (threadIdx.x % GROUP == 0) produce<BN>(shared, &a, &b, at, steps);
    } else {
        if (BN == 256) hopper::registers_acquire<232>();
        float sum[BN / 2] = {};
        consume<BN>(shared, group, steps, sum);
        store_sums(p, { at.m + group * 64, at.n }, sum);
    }
}

template <int BN, class P> void wgmma_product(const P &p)
{
    const int bytes = (int)(sizeof(shared_stages<BN>) + hopper::TILE_ALIGNMENT);
    bf16_operands in;
    hopper::tensor_map a, b;
    if (!to_bf16(p, &in) || !hopper::make_tensor_map(&a, in.a, p.M, p.K, in.pitch, BM) ||
        !hopper::make_tensor_map(&b, in.b, p.N, p.K, in.pitch, BN))
        return;
    cudaFuncSetAttribute(wgmma_kernel<BN, P>, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
    wgmma_kernel<BN><<<blocks_for<BM, BN>(p), THREADS, bytes>>>(p, a, b);
}

/* ---- 10_wgmma: one warpgroup copies, two multiply. ----
 * A thread of the copying warpgroup starts TMA copies of whole tiles, up to six ahead; the other two
 * wait for a tile's barrier and start products of 64 x 128 x 16 that read shared memory directly.
 * Relieves the registers and instructions that carried operands, and all barriers of the whole block: in
 * rung 09 every warp waits for the slowest. Prediction: 3 to 4 x where the sizes are thousands; less
 * where the conversion weighs. */
template <class P> void wgmma(const P &p)
{
    wgmma_product<128>(p);
}

/* ---- 11_wide: a block computes 128 x 256 outputs. ----
 * The loads of a tile serve twice the products for one and a half times the bytes: a quarter less traffic
 * from L2, and a fifth less from shared memory, which 64 x 128 x 16 products keep three quarters busy. A
 * thread then holds 128 sums; the copying warpgroup hands over registers that it does not need. Prediction:
 * 1.1 to 1.2 x for large products; slower than rung 10 where there are fewer tiles than multiprocessors. */
template <class P> void wide(const P &p)
{
    wgmma_product<256>(p);
}

} // namespace

DENSE_RUNG(wgmma, bias_gradient)
DENSE_RUNG(wide, bias_gradient)
DENSE_RELU_RUNG(wide)
