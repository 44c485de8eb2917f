/* hopper.h - instructions of compute capability 9.0a behind functions, each with two bodies: PTX
 * for nvcc, and C++ that does the same in the emulator. Kernels contain no assembler and do not
 * know which body they got.
 *
 * Matrices are bf16, row-major, with lines along k. In shared memory a line of a tile is 64 elements, 128
 * bytes, and lies "swizzled": bits 4 to 6 of an element's address are XORed with bits 7 to 9, so that eight
 * lines that a tensor core reads together fall into different banks. TMA writes tiles so and wgmma reads them
 * so; tiles begin on 1024 bytes.
 *
 *   make_tensor_map   describes a matrix to TMA: its size, pitch, and how many lines a copy
 *                     takes. On the host; false
 *                     if the driver refuses.
 *   tma_load          starts the copy of a tile from element (row, k); what lies outside
 *                     the matrix is written as 0.
 *                     One thread calls it. When the bytes are there, they are taken off the barrier's count.
 *
 *   barrier_init      a barrier in shared memory (mbarrier) whose phase ends after
 *                     `count` arrivals and all bytes
 *   barriers_visible  after barrier_init, before __syncthreads: TMA sees them too
 *   barrier_arrive    arrives
 *   barrier_expect    arrives, and makes the phase wait for that many bytes
 *   barrier_wait      waits for the end of the phase of this parity: 0, 1, 0, ... from the
 *                     first on; a wait for parity 1
 *                     before the first phase has ended returns at once
 *
 *   wgmma             sum (64 x N) += a (64 x 16) * b (N x 16)^T by the 128 threads of a
 *                     warpgroup, asynchronously: a
 *                     and b point at the first line of their tiles, at element k. A thread's sum[i] belongs
 *                     to row 16 warp + lane / 4 + 8 (i / 2 % 2) and column 8 (i / 4) + 2 (lane % 4) + i % 2.
 *   wgmma_begin       before the first wgmma after other code has touched `sum` or the tiles
 *   wgmma_commit      the wgmmas since the last commit are a batch
 *   wgmma_wait<n>     all but the newest n batches are finished; before, nobody may touch their sums or tiles
 *
 *   registers_release<n>, registers_acquire<n>   by all threads of a warpgroup: from
 *                                                now on n registers a thread
 */
#ifndef RUNGS_CUDA_HOPPER_H
#define RUNGS_CUDA_HOPPER_H

#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <stdint.h>

namespace hopper
{

typedef __nv_bfloat16 bf16;

enum { LINE = 64, TILE_ALIGNMENT = 1024 };

} // namespace hopper

#ifdef __CUDAEMU__
#include "hopper_emu.h"
#else
#include "hopper_ptx.h"
#endif

#endif
