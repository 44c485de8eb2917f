/* cooperative_groups/reduce.h - every member of a group of lanes gets the same combination of all values. */
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

} // namespace cooperative_groups

#endif
