/* bf16_operands.cu - conversion of operands; see bf16_operands.h. */
#include "bf16_operands.h"

/* ---- lines along k already: four neighbours per thread ---- */

struct alignas(8) bf16_four {
    __nv_bfloat162 low, high;
};

__global__ void __launch_bounds__(256) convert(operand<ALONG_K> from, size_t pitch, __nv_bfloat16 *to)
{
    size_t e = (size_t)blockIdx.x * 256 + threadIdx.x, fours = pitch / 4;
    int i = (int)(e / fours), k = (int)(e % fours) * 4;
    if (i >= from.extent) return;
    float4 v = from.four_at(i, k);
    *reinterpret_cast<bf16_four *>(to + (size_t)i * pitch + k) = { __floats2bfloat162_rn(v.x, v.y),
                                                                   __floats2bfloat162_rn(v.z, v.w) };
}

void line_to_bf16(const operand<ALONG_K> &from, size_t pitch, __nv_bfloat16 *to)
{
    size_t threads = pitch / 4 * (size_t)from.extent;
    convert<<<(unsigned)((threads + 255) / 256), 256>>>(from, pitch, to);
}

/* ---- lines across k: turned, 32 x 32 elements per block, through shared memory. A line one float longer
 * than 32 keeps the lanes that read a column in different banks. ---- */

enum { SIDE = 32, LINES = 8 };

__global__ void __launch_bounds__(SIDE *LINES) turn(operand<ACROSS_K> from, size_t pitch, __nv_bfloat16 *to)
{
    __shared__ float tile[SIDE][SIDE + 1];
    int across = (from.extent - 1) / SIDE + 1, lane = threadIdx.x % SIDE, line = threadIdx.x / SIDE;
    int i0 = (int)(blockIdx.x % across) * SIDE, k0 = (int)(blockIdx.x / across) * SIDE;
    for (int k = line; k < SIDE; k += LINES) tile[k][lane] = from.at(i0 + lane, k0 + k);
    __syncthreads();
    for (int i = line; i < SIDE; i += LINES)
        if (from.has(i0 + i, k0 + lane))
            to[(size_t)(i0 + i) * pitch + k0 + lane] = __float2bfloat16(tile[lane][i]);
}

void line_to_bf16(const operand<ACROSS_K> &from, size_t pitch, __nv_bfloat16 *to)
{
    unsigned blocks = (unsigned)tiles(from.extent, SIDE) * (unsigned)tiles(from.K, SIDE);
    turn<<<blocks, SIDE * LINES>>>(from, pitch, to);
}
