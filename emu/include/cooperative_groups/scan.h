/* cooperative_groups/scan.h - combinations of the values of a group's members up to this one. */
#ifndef EMU_COOPERATIVE_GROUPS_SCAN_H
#define EMU_COOPERATIVE_GROUPS_SCAN_H

#include "reduce.h"

namespace cooperative_groups
{

template <class Group, class T, class Op> T inclusive_scan(const Group &group, T value, Op op, EMU_HERE)
{
    for (unsigned delta = 1; delta < group.size(); delta *= 2) {
        T other = group.shfl_up(value, delta, where_);
        if (group.thread_rank() >= delta) value = op(other, value);
    }
    return value;
}
template <unsigned Size, class Parent, class T, class Op>
T inclusive_scan(const thread_block_tile<Size, Parent, false> &group, T value, Op op, EMU_HERE)
{
    return group.together(
        value,
        [&](T *all) {
            for (unsigned i = 1; i < Size; i++) all[i] = op(all[i - 1], all[i]);
        },
        where_);
}
template <class Group, class T> T inclusive_scan(const Group &group, T value, EMU_HERE)
{
    return inclusive_scan(group, value, plus<T>(), where_);
}

/* The first member gets T(). */
template <class Group, class T, class Op> T exclusive_scan(const Group &group, T value, Op op, EMU_HERE)
{
    T before = group.shfl_up(inclusive_scan(group, value, op, where_), 1, where_);
    return group.thread_rank() == 0 ? T() : before;
}
template <unsigned Size, class Parent, class T, class Op>
T exclusive_scan(const thread_block_tile<Size, Parent, false> &group, T value, Op op, EMU_HERE)
{
    return group.together(
        value,
        [&](T *all) {
            T before = T();
            for (unsigned i = 0; i < Size; i++) {
                T sum = i ? op(before, all[i]) : all[0];
                all[i] = before, before = sum;
            }
        },
        where_);
}
template <class Group, class T> T exclusive_scan(const Group &group, T value, EMU_HERE)
{
    return exclusive_scan(group, value, plus<T>(), where_);
}

} // namespace cooperative_groups

#endif
