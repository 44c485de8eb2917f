/* cooperative_groups.h - blocks, tiles, coalesced lanes; the grid of a cooperative launch, clusters.
 * reduce, scan and memcpy_async are in the headers of those names, as NVIDIA has them. */
#ifndef EMU_COOPERATIVE_GROUPS_H
#define EMU_COOPERATIVE_GROUPS_H

#include <utility>
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

/* What tiles of several warps need on older GPUs: memory to talk through. */
template <unsigned MaxBlockSize = 1024> struct block_tile_memory {
    char unused[MaxBlockSize / 32 * 16];
};
template <unsigned MaxBlockSize> thread_block this_thread_block(block_tile_memory<MaxBlockSize> &)
{
    return {};
}

/* The thread alone. */
class thread_alone
{
  public:
    static unsigned thread_rank()
    {
        return 0;
    }
    static unsigned size()
    {
        return 1;
    }
    static unsigned num_threads()
    {
        return 1;
    }
    static void sync()
    {
    }
};
inline thread_alone this_thread()
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

/* Where a tile is among those of its parent; without one, of the block. */
template <class Parent> struct Among {
    static unsigned rank(unsigned size)
    {
        return Parent::thread_rank() / size;
    }
    static unsigned count(unsigned size)
    {
        return (Parent::size() + size - 1) / size;
    }
};
template <> struct Among<void> : Among<thread_block> {
};

constexpr bool is_tile_size(unsigned size)
{
    return size >= 1 && size <= 1024 && (size & (size - 1)) == 0;
}

template <unsigned Size, class Parent = void, bool OfWarp = (Size <= 32)> class thread_block_tile;

/* ... of one warp */
template <unsigned Size, class Parent> class thread_block_tile<Size, Parent, true> : public lanes
{
  public:
    static_assert(is_tile_size(Size), "a tile's size is a power of two");

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
        return Among<Parent>::rank(Size);
    }
    static unsigned meta_group_size()
    {
        return Among<Parent>::count(Size);
    }
    template <class T> T shfl_xor(T value, unsigned lane_mask, EMU_HERE) const
    {
        return __shfl_xor_sync(mask, value, (int)lane_mask, (int)Size, where_);
    }
};

/* ... of several */
template <unsigned Size, class Parent> class thread_block_tile<Size, Parent, false>
{
  public:
    static_assert(is_tile_size(Size), "a tile's size is a power of two up to 1024");

    thread_block_tile()
    {
    }
    template <class Other> thread_block_tile(const thread_block_tile<Size, Other> &)
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
        return emu::thread_rank() & (Size - 1);
    }
    static unsigned meta_group_rank()
    {
        return Among<Parent>::rank(Size);
    }
    static unsigned meta_group_size()
    {
        return Among<Parent>::count(Size);
    }
    static unsigned first_thread() /* of the block */
    {
        return emu::thread_rank() & ~(Size - 1);
    }
    static void sync(EMU_HERE)
    {
        emu::tile_collective(first_thread(), Size, nullptr, nullptr, where_);
    }
    /* Every member's value, in the order of ranks, goes through `combine`, which leaves there what each
     * gets. */
    template <class T, class Combine> static T together(T value, const Combine &combine, EMU_HERE)
    {
        struct Slot {
            T value;
            const Combine *combine;
        } slot = { value, &combine };
        emu::tile_collective(
            first_thread(), Size, &slot,
            [](unsigned count, void *const *slots) {
                T values[Size];
                for (unsigned i = 0; i < count; i++) values[i] = static_cast<Slot *>(slots[i])->value;
                (*static_cast<Slot *>(slots[0])->combine)(values);
                for (unsigned i = 0; i < count; i++) static_cast<Slot *>(slots[i])->value = values[i];
            },
            where_);
        return slot.value;
    }
    template <class T> static T shfl(T value, unsigned rank, EMU_HERE)
    {
        struct Pair {
            T value;
            unsigned from;
        };
        return together(
                   Pair{ value, rank % Size },
                   [](Pair *all) {
                       T values[Size];
                       for (unsigned i = 0; i < Size; i++) values[i] = all[i].value;
                       for (unsigned i = 0; i < Size; i++) all[i].value = values[all[i].from];
                   },
                   where_)
            .value;
    }
    static int any(int predicate, EMU_HERE)
    {
        return together(
            predicate != 0, [](bool *all) { spread(all, count_of(all) > 0); }, where_);
    }
    static int all(int predicate, EMU_HERE)
    {
        return together(
            predicate != 0, [](bool *all) { spread(all, count_of(all) == Size); }, where_);
    }

  private:
    static unsigned count_of(const bool *all)
    {
        unsigned count = 0;
        for (unsigned i = 0; i < Size; i++) count += all[i];
        return count;
    }
    static void spread(bool *all, bool value)
    {
        for (unsigned i = 0; i < Size; i++) all[i] = value;
    }
};

/* ---- coalesced groups ---- */

class coalesced_group : public lanes
{
  public:
    explicit coalesced_group(unsigned mask_, unsigned number_ = 0, unsigned groups_ = 1)
        : lanes(mask_), number(number_), groups(groups_)
    {
    }
    unsigned meta_group_rank() const
    {
        return number;
    }
    unsigned meta_group_size() const
    {
        return groups;
    }

  private:
    unsigned number, groups; /* of the partition that it is from */
};

inline coalesced_group coalesced_threads(EMU_HERE)
{
    return coalesced_group(emu::converged_mask(where_));
}

/* Groups of equal labels, numbered in the order of their first lanes. */
template <class Group, class Label>
coalesced_group labeled_partition(const Group &group, Label label, EMU_HERE)
{
    static_assert(std::is_integral_v<Label>, "labels are integers");
    unsigned same = __match_any_sync(group.warp_mask(), (long long)label, where_), lead = same & (0u - same);
    unsigned leads = __ballot_sync(group.warp_mask(), lead >> emu::lane_id() & 1, where_);
    return coalesced_group(same, (unsigned)__builtin_popcount(leads & (lead - 1)),
                           (unsigned)__builtin_popcount(leads));
}
template <class Group> coalesced_group binary_partition(const Group &group, bool predicate, EMU_HERE)
{
    return labeled_partition(group, (int)predicate, where_);
}
/* Parts of `size` members each, the last perhaps of fewer. */
inline coalesced_group tiled_partition(const coalesced_group &group, unsigned size, EMU_HERE)
{
    if (size < 1 || size > 32 || (size & (size - 1)) != 0)
        emu::fail("group", where_, "a tile of %u threads; powers of two up to 32 are possible", size);
    unsigned number = group.thread_rank() / size, count = group.size(), part = 0;
    for (unsigned rank = number * size; rank < count && rank < (number + 1) * size; rank++)
        part |= 1u << group.lane_of(rank);
    return coalesced_group(part, number, (count + size - 1) / size);
}

/* ---- any of them, its kind known at run time ---- */

class thread_group
{
  public:
    thread_group(const thread_block &) : kind(of_block), part(0)
    {
    }
    thread_group(const lanes &group) : kind(of_lanes), part(group)
    {
    }
    template <unsigned Size, class Parent>
    thread_group(const thread_block_tile<Size, Parent, false> &tile)
        : kind(of_tile), part(0), first(tile.first_thread()), count(Size)
    {
    }
    unsigned size() const
    {
        return kind == of_block ? thread_block::size() : kind == of_tile ? count : part.size();
    }
    unsigned num_threads() const
    {
        return size();
    }
    unsigned thread_rank() const
    {
        return kind == of_lanes ? part.thread_rank() : emu::thread_rank() - first;
    }
    void sync(EMU_HERE) const
    {
        if (kind == of_block)
            thread_block::sync(where_);
        else if (kind == of_tile)
            emu::tile_collective(first, count, nullptr, nullptr, where_);
        else
            part.sync(where_);
    }

  private:
    enum { of_block, of_lanes, of_tile } kind;
    lanes part;
    unsigned first = 0, count = 0;
};

template <unsigned Size, class Parent> thread_block_tile<Size, Parent> tiled_partition(const Parent &)
{
    return {};
}
inline thread_group tiled_partition(const thread_group &, unsigned size, EMU_HERE)
{
    if (size < 1 || size > 32 || (size & (size - 1)) != 0)
        emu::fail("group", where_, "a tile of %u threads; powers of two up to 32 are possible", size);
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

} // namespace cooperative_groups
#include "emu/cluster_group.h"
namespace cooperative_groups
{

/* ---- of any group ---- */

template <class Group> void sync(const Group &group, EMU_HERE)
{
    group.sync(where_);
}
template <class Group> auto thread_rank(const Group &group)
{
    return group.thread_rank();
}
template <class Group> auto group_size(const Group &group)
{
    return group.size();
}

/* One member calls; with _broadcast all get what it returns. */
template <class Group, class F, class... A> void invoke_one(const Group &group, F &&call, A &&...arguments)
{
    if (group.thread_rank() == 0) call(std::forward<A>(arguments)...);
}
template <class Group, class F, class... A>
auto invoke_one_broadcast(const Group &group, F &&call, A &&...arguments)
{
    decltype(call(std::forward<A>(arguments)...)) result{};
    if (group.thread_rank() == 0) result = call(std::forward<A>(arguments)...);
    return group.shfl(result, 0);
}

} // namespace cooperative_groups

#endif
