/* hopper_emu.h - the emulator's bodies of hopper.h.
 *
 * Asynchronous work is done as late as it may be: a TMA copy when somebody waits for its barrier, a
 * wgmma when its thread waits for its batch. A kernel that does not wait, or gives a tile back too
 * early, computes wrong numbers.
 */
#ifndef RUNGS_CUDA_HOPPER_EMU_H
#define RUNGS_CUDA_HOPPER_EMU_H

#include <emu/backend.h>

namespace hopper
{

/* ---- tiles ---- */

/* where element p of a tile lies; bf16 as bits, whose functions the race checker
 * would take for the kernel's */
EMU_RAW uint16_t *swizzled(const bf16 *p)
{
    uintptr_t address = (uintptr_t)p;
    return (uint16_t *)(address ^ (address >> 7 & 7) << 4);
}

struct tensor_map {
    const bf16 *matrix;
    int rows, columns, box_rows;
    size_t pitch;
};

inline bool make_tensor_map(tensor_map *map, const bf16 *matrix, int rows, int columns, size_t pitch,
                            int box_rows)
{
    *map = { matrix, rows, columns, box_rows, pitch };
    return (uintptr_t)matrix % 16 == 0 && pitch % 8 == 0 && box_rows <= 256;
}

/* ---- what the block that runs has started and nobody has waited for. Plain arrays: the race checker would
 * take the accesses inside a container for the kernel's. ---- */

struct tma_copy {
    bf16 *to;
    tensor_map map; /* a copy: here a kernel's parameters end with the thread */
    int k, row;
    uint64_t *barrier;
};

struct wgmma_call {
    float *sum;
    int n;
    const bf16 *a, *b;
    int batch;
    emu::Where where;
};

struct block_work {
    enum { COPIES = 64, CALLS = 64, THREADS = 1024 };
    tma_copy copy[COPIES];
    int copies;
    struct {
        wgmma_call call[CALLS]; /* the oldest first */
        int calls, batch;
    } thread[THREADS];
};

EMU_RAW block_work &work()
{
    static block_work instance;
    return instance;
}

EMU_RAW void forget_work()
{
    block_work &w = work();
    w.copies = 0;
    for (int t = 0; t < w.THREADS; t++) w.thread[t].calls = w.thread[t].batch = 0;
}

/* ---- TMA ---- */

EMU_RAW void tma_load(bf16 *to, const tensor_map *map, int k, int row, uint64_t *barrier, EMU_HERE)
{
    emu::check_aligned(to, TILE_ALIGNMENT, "TMA copy with swizzle", where_);
    emu::mark_access(to, (size_t)map->box_rows * LINE * sizeof *to, true, false, where_);
    size_t columns = (size_t)(map->columns - k < LINE ? map->columns - k : LINE);
    for (int r = row; r < row + map->box_rows && r < map->rows; r++)
        emu::mark_access(map->matrix + (size_t)r * map->pitch + k, columns * sizeof *to, false, false,
                         where_);
    emu::phase_complete_bytes(barrier, 0, where_); /* who waits for the bytes comes after these accesses */
    block_work &w = work();
    if (w.copies == w.COPIES)
        emu::fail("TMA", where_, "%d copies are on their way and nobody waits", w.copies);
    w.copy[w.copies++] = { to, *map, k, row, barrier };
}

EMU_RAW void copy_tile(const tma_copy &copy)
{
    const tensor_map *map = &copy.map;
    for (int r = 0; r < map->box_rows; r++)
        for (int c = 0; c < LINE; c++) {
            int row = copy.row + r, k = copy.k + c;
            bool inside = row < map->rows && k < map->columns;
            const uint16_t *from = (const uint16_t *)map->matrix + (size_t)row * map->pitch + k;
            *swizzled(copy.to + r * LINE + c) = inside ? *from : 0;
        }
}

/* the copies that were started for that barrier arrive */
EMU_RAW void finish_copies(uint64_t *barrier, emu::Where where)
{
    block_work &w = work();
    int left = 0;
    for (int i = 0; i < w.copies; i++) {
        if (w.copy[i].barrier != barrier) {
            w.copy[left++] = w.copy[i];
            continue;
        }
        copy_tile(w.copy[i]);
        emu::phase_complete_bytes(barrier, (unsigned)(w.copy[i].map.box_rows * LINE * (int)sizeof(bf16)),
                                  where);
    }
    w.copies = left;
}

/* ---- barriers ---- */

/* The first thread of a block initialises its barriers before it starts anything: what a block before it has
 * left behind is forgotten here. */
EMU_RAW void barrier_init(uint64_t *barrier, int count, EMU_HERE)
{
    emu::phase_init(barrier, (unsigned)count, where_);
    forget_work();
}

inline void barriers_visible()
{
}

EMU_RAW void barrier_arrive(uint64_t *barrier, EMU_HERE)
{
    emu::phase_arrive(barrier, 1, where_);
}

EMU_RAW void barrier_expect(uint64_t *barrier, int bytes, EMU_HERE)
{
    emu::phase_expect_bytes(barrier, (unsigned)bytes, where_);
    emu::phase_arrive(barrier, 1, where_);
}

EMU_RAW void barrier_wait(uint64_t *barrier, int parity, EMU_HERE)
{
    while (!emu::parity_over(barrier, (unsigned)parity, where_)) {
        finish_copies(barrier, where_);
        if (!emu::parity_over(barrier, (unsigned)parity, where_)) emu::yield(where_);
    }
}

/* ---- wgmma ---- */

inline void wgmma_begin()
{
}

EMU_RAW void load_line(const bf16 *line, float (&value)[16])
{
    for (int k = 0; k < 16; k++) {
        uint32_t bits = (uint32_t)*swizzled(line + k) << 16; /* bf16 is the upper half of a float */
        memcpy(&value[k], &bits, sizeof bits);
    }
}

/* a warp reads its 16 rows of a and all of b: each lane tells of its part, of every line
 * two pieces of 16 bytes */
EMU_RAW void mark_lines(const bf16 *tile, int first, int lines, emu::Where where)
{
    for (int line = first + (int)emu::lane_id(); line < first + lines; line += 32)
        for (int k = 0; k < 16; k += 8)
            emu::mark_access(swizzled(tile + line * LINE + k), 16, false, false, where);
}

EMU_RAW void run_call(const wgmma_call &call)
{
    int warp = (int)emu::thread_rank() / 32 % 4, lane = (int)emu::lane_id(), row = 16 * warp + lane / 4;
    mark_lines(call.a, 16 * warp, 16, call.where);
    mark_lines(call.b, 0, call.n, call.where);
    float a[2][16], b[16];
    load_line(call.a + row * LINE, a[0]);
    load_line(call.a + (row + 8) * LINE, a[1]);
    for (int i = 0; i < call.n / 2; i += i % 2 ? 3 : 1) { /* two columns of each eight */
        load_line(call.b + (8 * (i / 4) + 2 * (lane % 4) + i % 2) * LINE, b);
        for (int k = 0; k < 16; k++) {
            call.sum[i] += a[0][k] * b[k];
            call.sum[i + 2] += a[1][k] * b[k];
        }
    }
}

template <int SUMS> EMU_RAW void wgmma(float (&sum)[SUMS], const bf16 *a, const bf16 *b, EMU_HERE)
{
    block_work &w = work();
    auto &mine = w.thread[emu::thread_rank()];
    if (mine.calls == w.CALLS)
        emu::fail("wgmma", where_, "%d products are under way and nobody waits", mine.calls);
    mine.call[mine.calls++] = { sum, 2 * SUMS, a, b, mine.batch, where_ };
}

EMU_RAW void wgmma_commit(EMU_HERE)
{
    if (emu::left_out("wgmma_commit", where_)) return;
    work().thread[emu::thread_rank()].batch++;
}

/* All lanes of a warp wait together. */
template <int NEWEST, int SUMS> EMU_RAW void wgmma_wait(float (&)[SUMS], EMU_HERE)
{
    if (emu::left_out("wgmma_wait", where_)) return;
    auto &mine = work().thread[emu::thread_rank()];
    int done = 0;
    while (done < mine.calls && mine.call[done].batch < mine.batch - NEWEST) run_call(mine.call[done++]);
    for (int i = done; i < mine.calls; i++) mine.call[i - done] = mine.call[i];
    mine.calls -= done;
    emu::warp_collective(~0u, emu::Collective::syncwarp, nullptr, nullptr, where_);
}

template <int COUNT> inline void registers_release()
{
}

template <int COUNT> inline void registers_acquire()
{
}

} // namespace hopper

#endif
