/* conv_implicit.cu - rungs 03 of convolution, and 04 of dw: the product reads the windows itself.
 *
 * ---- 03_implicit: what im2col would have written is read from x, when a tile needs it ----
 *
 * The product of rung 02, one launch for all images and groups, whose b is no matrix in memory: a thread
 * works out where its place begins once, and adds what a table says of number l of a window
 * (conv_product.h). Tiles are 64 x 128, because groups have 64 planes more often than 128; a thread has 4 x
 * 8 results in registers. What lies beyond the edges is 0 in shared memory, and multiplied like anything
 * else.
 *
 * Relieves the memory: nothing is written but the result (2,048 sectors where rung 02 stores 4,352, and 48
 * of the table), and windows overlap in caches, not in copies; and the launches. Prediction: 1.5 to 3 x for
 * forward and dx; of dw, 1 to 2 x, as 64 x 576 results are five blocks for 132 multiprocessors.
 *
 * ---- 04_slices, of dw: the sum over the places of all images is cut ----
 *
 * Each block sums a slice of it; a second launch adds the slices in their order: no atomics, the same bits
 * every time. As many slices as give each multiprocessor two blocks. Relieves the idle multiprocessors.
 * Prediction: 10 to 30 x where results are a few tiles; 1 x where they fill the machine.
 */
#include <cuda_runtime.h>

#include "conv_reader.h"
#include "elements.h"

namespace
{

enum { BK = 8 };

template <class WAY>
__global__ void __launch_bounds__(THREADS, 2) implicit_kernel(const __grid_constant__ WAY way)
{
    __shared__ conv_tile<BK> tile;
    const tile_at at = tile_of_block(way);
    typedef reader<WAY, BK> own;
    const own read(way, at);
    register_tile c;
    for (int l0 = at.from; l0 < at.end; l0 += BK) {
        read.a(l0, [&](int f, const float *p) { tile.a[own::l_of_a()][own::row_of(f)] = p ? *p : 0; });
        read.b(l0, [&](int f, const float *p) { tile.b[own::l_of_b(f)][own::column_of(f)] = p ? *p : 0; });
        __syncthreads(); /* the tile is whole */
        c.multiply(tile);
        __syncthreads(); /* nobody reads it any more */
    }
    c.store(way, at);
}

template <class WAY> void implicit(const WAY &way)
{
    implicit_kernel<<<blocks_of(way), THREADS>>>(way);
}

__global__ void __launch_bounds__(ELEMENT_THREADS) make_table(conv v, int L, int kernel, tap *table)
{
    const int l = (int)thread_of_grid();
    if (l < table_length(L)) table[l] = l < L ? tap_of(v, l, kernel) : no_tap();
}

__global__ void __launch_bounds__(ELEMENT_THREADS)
    sum_slices(size_t numbers, int slices, const float *part, float *dw)
{
    const size_t t = thread_of_grid();
    if (t >= numbers) return;
    float sum = part[t];
    for (int i = 1; i < slices; i++) sum += part[i * numbers + t];
    dw[t] = sum;
}

} // namespace

const tap *tap_table(const conv &v, int L, int kernel)
{
    const size_t length = (size_t)table_length(L);
    tap *table = static_cast<tap *>(scratch(length * sizeof *table));
    if (table) make_table<<<blocks_of_elements(length), ELEMENT_THREADS>>>(v, L, kernel, table);
    return table;
}

bool cut_in_slices(dw_way *way)
{
    way->length = slice_length(way->L, tiles_of(*way));
    const int slices = parts(way->L, way->length);
    if (slices > 1)
        way->dw = static_cast<float *>(scratch((size_t)slices * way->v.w_at(way->v.K, 0) * sizeof(float)));
    return way->dw;
}

void add_slices(const dw_way &cut, float *dw)
{
    const size_t numbers = cut.v.w_at(cut.v.K, 0);
    const int slices = parts(cut.L, cut.length);
    if (slices > 1) sum_slices<<<blocks_of_elements(numbers), ELEMENT_THREADS>>>(numbers, slices, cut.dw, dw);
}

CONV_RUNG(implicit)
CONV_DW_RUNG(implicit, implicit, false)
CONV_DW_RUNG(slices, implicit, true)
