/* cooperative_groups/reduce.h - every member of a tile or of coalesced lanes gets the same combination of
 * all values. */
#ifndef EMU_COOPERATIVE_GROUPS_REDUCE_H
#define EMU_COOPERATIVE_GROUPS_REDUCE_H

#include "../cooperative_groups.h"

namespace cooperative_groups
{

template <class T = void> struct plus : emu::Add {
};
template <class T = void> struct less : emu::Least { /* NVIDIA's names: less is the minimum */
};
template <class T = void> struct greater : emu::Greatest {
};
template <class T = void> struct bit_and : emu::And {
};
template <class T = void> struct bit_or : emu::Or {
};
template <class T = void> struct bit_xor : emu::Xor {
};

template <class Group, class T, class Op> T reduce(const Group &group, T value, Op op, EMU_HERE)
{
    return emu::reduction(group.warp_mask(), value, op, emu::Collective::reduce, where_);
}
template <unsigned Size, class Parent, class T, class Op>
T reduce(const thread_block_tile<Size, Parent, false> &group, T value, Op op, EMU_HERE)
{
    return group.together(
        value,
        [&](T *all) {
            for (unsigned i = 1; i < Size; i++) all[0] = op(all[0], all[i]);
            for (unsigned i = 1; i < Size; i++) all[i] = all[0];
        },
        where_);
}

/* The combination goes to memory, by one member: in place of what is there, or to it. */
template <class Group, class T, class V, class Op>
void reduce_store_async(const Group &group, T *to, V value, Op op, EMU_HERE)
{
    T all = reduce(group, (T)value, op, where_);
    if (group.thread_rank() == 0) *to = all;
}
template <class Group, class Atomic, class V, class Op>
auto reduce_update_async(const Group &group, Atomic &to, V value, Op op, EMU_HERE)
    -> decltype(to.load(), void())
{
    auto all = reduce(group, (decltype(to.load()))value, op, where_);
    if (group.thread_rank() != 0) return;
    auto old = to.load();
    while (!to.compare_exchange_weak(old, op(old, all))) continue;
}

} // namespace cooperative_groups

#endif
