/* cooperative_groups.h - blocks, tiles of a warp, coalesced lanes; the grid of a
 * cooperative launch. reduce, scan and memcpy_async are in the headers of
 * those names, as NVIDIA has them. */
#ifndef EMU_COOPERATIVE_GROUPS_H
#define EMU_COOPERATIVE_GROUPS_H

#include "cuda_runtime.h"
#include "emu/grid.h"

namespace cooperative_groups
{

/* ---- the block ---- */

class thread_block
{
  public:
    static unsigned thread_rank()
    {
        return emu::thread_rank();
    }
    static unsigned size()
    {
        return blockDim.x * blockDim.y * blockDim.z;
    }
    static unsigned num_threads()
    {
        return size();
    }
    static dim3 group_index()
    {
        return blockIdx;
    }
    static dim3 thread_index()
    {
        return threadIdx;
    }
    static dim3 dim_threads()
    {
        return blockDim;
    }
    static dim3 group_dim()
    {
        return blockDim;
    }
    static void sync(EMU_HERE)
    {
        emu::block_barrier(false, where_);
    }
};

inline thread_block this_thread_block()
{
    return {};
}

/* ---- lanes of one warp: what tiles and coalesced groups can do ---- */

class lanes
{
  public:
    explicit lanes(unsigned mask_) : mask(mask_)
    {
    }
    unsigned thread_rank() const
    {
        return (unsigned)__builtin_popcount(mask & ((1u << emu::lane_id()) - 1));
    }
    unsigned size() const
    {
        return (unsigned)__builtin_popcount(mask);
    }
    unsigned num_threads() const
    {
        return size();
    }
    void sync(EMU_HERE) const
    {
        emu::warp_collective(mask, emu::Collective::group, nullptr, nullptr, where_);
    }
    /* the lane of the warp that has this rank in the group; a rank past the end wraps around */
    unsigned lane_of(unsigned rank) const
    {
        unsigned rest = mask;
        for (rank %= size(); rank > 0; rank--) rest &= rest - 1;
        return (unsigned)__builtin_ctz(rest);
    }
    template <class T> T shfl(T value, unsigned rank, EMU_HERE) const
    {
        return emu::exchange(mask, value, lane_of(rank), where_);
    }
    template <class T> T shfl_up(T value, unsigned delta, EMU_HERE) const
    {
        unsigned rank = thread_rank();
        return emu::exchange(mask, value, lane_of(delta > rank ? rank : rank - delta), where_);
    }
    template <class T> T shfl_down(T value, unsigned delta, EMU_HERE) const
    {
        unsigned rank = thread_rank();
        return emu::exchange(mask, value, lane_of(delta >= size() - rank ? rank : rank + delta), where_);
    }
    int any(int predicate, EMU_HERE) const
    {
        return __any_sync(mask, predicate, where_);
    }
    int all(int predicate, EMU_HERE) const
    {
        return __all_sync(mask, predicate, where_);
    }
    unsigned ballot(int predicate, EMU_HERE) const
    {
        return packed(__ballot_sync(mask, predicate, where_));
    }
    template <class T> unsigned match_any(T value, EMU_HERE) const
    {
        return packed(__match_any_sync(mask, value, where_));
    }
    template <class T> unsigned match_all(T value, int &all, EMU_HERE) const
    {
        return packed(__match_all_sync(mask, value, &all, where_));
    }
    unsigned warp_mask() const
    {
        return mask;
    }

  protected:
    /* bits of the group's lanes, moved to their ranks */
    unsigned packed(unsigned of_warp) const
    {
        unsigned result = 0, rank = 0;
        for (int lane = 0; lane < 32; lane++)
            if (mask >> lane & 1) result |= (of_warp >> lane & 1) << rank++;
        return result;
    }
    unsigned mask;
};

/* ---- tiles ---- */

inline unsigned tile_mask(unsigned size)
{
    return size == 32 ? ~0u : ((1u << size) - 1) << (emu::lane_id() & ~(size - 1));
}

template <unsigned Size, class Parent = void> class thread_block_tile : public lanes
{
  public:
    static_assert(Size >= 1 && Size <= 32 && (Size & (Size - 1)) == 0, "tiles are emulated up to a warp");

    thread_block_tile() : lanes(tile_mask(Size))
    {
    }
    template <class Other> thread_block_tile(const thread_block_tile<Size, Other> &) : thread_block_tile()
    {
    }
    static constexpr unsigned size()
    {
        return Size;
    }
    static constexpr unsigned num_threads()
    {
        return Size;
    }
    static unsigned thread_rank()
    {
        return emu::lane_id() & (Size - 1);
    }
    static unsigned meta_group_rank()
    {
        return emu::thread_rank() / Size;
    }
    static unsigned meta_group_size()
    {
        return (thread_block::size() + Size - 1) / Size;
    }
    template <class T> T shfl_xor(T value, unsigned lane_mask, EMU_HERE) const
    {
        return __shfl_xor_sync(mask, value, (int)lane_mask, (int)Size, where_);
    }
};

/* ---- coalesced groups ---- */

class coalesced_group : public lanes
{
  public:
    explicit coalesced_group(unsigned mask_) : lanes(mask_)
    {
    }
    unsigned meta_group_rank() const
    {
        return 0;
    }
    unsigned meta_group_size() const
    {
        return 1;
    }
};

inline coalesced_group coalesced_threads(EMU_HERE)
{
    return coalesced_group(emu::converged_mask(where_));
}

template <class Group> coalesced_group labeled_partition(const Group &group, int label, EMU_HERE)
{
    return coalesced_group(__match_any_sync(group.warp_mask(), label, where_));
}
template <class Group> coalesced_group binary_partition(const Group &group, bool predicate, EMU_HERE)
{
    return labeled_partition(group, predicate, where_);
}

/* ---- any of them, its kind known at run time ---- */

class thread_group
{
  public:
    thread_group(const thread_block &) : whole_block(true), part(0)
    {
    }
    thread_group(const lanes &group) : whole_block(false), part(group)
    {
    }
    unsigned size() const
    {
        return whole_block ? thread_block::size() : part.size();
    }
    unsigned num_threads() const
    {
        return size();
    }
    unsigned thread_rank() const
    {
        return whole_block ? thread_block::thread_rank() : part.thread_rank();
    }
    void sync(EMU_HERE) const
    {
        if (whole_block)
            thread_block::sync(where_);
        else
            part.sync(where_);
    }

  private:
    bool whole_block;
    lanes part;
};

template <unsigned Size, class Parent> thread_block_tile<Size, Parent> tiled_partition(const Parent &)
{
    return {};
}
inline thread_group tiled_partition(const thread_group &, unsigned size, EMU_HERE)
{
    if (size < 1 || size > 32 || (size & (size - 1)) != 0)
        emu::fail("group", where_, "a tile of %u threads; emulated are powers of two up to 32", size);
    return lanes(tile_mask(size));
}

/* ---- the grid ---- */

class grid_group
{
  public:
    static bool is_valid()
    {
        return emu::grid_is_cooperative();
    }
    static unsigned long long num_blocks()
    {
        return (unsigned long long)gridDim.x * gridDim.y * gridDim.z;
    }
    static unsigned long long block_rank()
    {
        return blockIdx.x + gridDim.x * (blockIdx.y + (unsigned long long)gridDim.y * blockIdx.z);
    }
    static unsigned long long size()
    {
        return num_blocks() * thread_block::size();
    }
    static unsigned long long num_threads()
    {
        return size();
    }
    static unsigned long long thread_rank()
    {
        return block_rank() * thread_block::size() + thread_block::thread_rank();
    }
    static dim3 block_index()
    {
        return blockIdx;
    }
    static dim3 dim_blocks()
    {
        return gridDim;
    }
    static dim3 group_dim()
    {
        return gridDim;
    }
    static void sync(EMU_HERE)
    {
        emu::grid_barrier(where_);
    }
};

inline grid_group this_grid()
{
    return {};
}

template <class Group> void sync(const Group &group, EMU_HERE)
{
    group.sync(where_);
}

} // namespace cooperative_groups

#endif
