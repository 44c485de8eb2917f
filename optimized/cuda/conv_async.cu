/* conv_async.cu - rung 04 of convolution, 05 of dw: the next tile is on its way while this one is used.
 *
 * ---- async: two tiles; cp.async fills one while the threads compute with the other ----
 *
 * As rung 07 of dense: the copies of the next tile begin before this one is used, go straight to shared
 * memory, and one barrier per tile is enough. Each copy is of four bytes: neighbours in a window begin
 * anywhere, and a copy of sixteen bytes must begin at a multiple of sixteen. Outside of the image a copy
 * fills in a 0.
 *
 * Relieves latency, and the registers that loads passed through. Prediction: 1.1 to 1.4 x.
 */
#include <cuda_runtime.h>

#include "conv_reader.h"

namespace
{

enum { BK = 16 };

template <class WAY>
__global__ void __launch_bounds__(THREADS, 2) conv_async_kernel(const __grid_constant__ WAY way)
{
    __shared__ conv_tile<BK> stages[2];
    const tile_at at = tile_of_block(way);
    typedef reader<WAY, BK> own;
    const own read(way, at);
    register_tile c;

    auto start = [&](int l0, conv_tile<BK> &next) {
        read.a(l0, [&](int f, const float *p) { copy_one(way, &next.a[own::l_of_a()][own::row_of(f)], p); });
        read.b(l0,
               [&](int f, const float *p) { copy_one(way, &next.b[own::l_of_b(f)][own::column_of(f)], p); });
        __pipeline_commit();
    };
    start(at.from, stages[0]);
    for (int l0 = at.from, now = 0; l0 < at.end; l0 += BK, now = 1 - now) {
        __pipeline_wait_prior(0);
        __syncthreads(); /* tile `now` is whole, and nobody uses the other one any more */
        if (l0 + BK < at.end) start(l0 + BK, stages[1 - now]);
        c.multiply(stages[now]);
    }
    c.store(way, at);
}

template <class WAY> void async(const WAY &way)
{
    conv_async_kernel<<<blocks_of(way), THREADS>>>(way);
}

} // namespace

CONV_RUNG(async)
CONV_RELU_RUNG(async)
CONV_DW_RUNG(async, async, true)
