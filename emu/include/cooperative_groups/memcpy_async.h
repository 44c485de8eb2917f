/* cooperative_groups/memcpy_async.h - a group copies to shared memory and waits for it. */
#ifndef EMU_COOPERATIVE_GROUPS_MEMCPY_ASYNC_H
#define EMU_COOPERATIVE_GROUPS_MEMCPY_ASYNC_H

#include "../cooperative_groups.h"
#include "../emu/group_copy.h"

namespace cooperative_groups
{

/* Each call is a batch of its own. */
template <class Group, class Size>
void memcpy_async(const Group &group, void *to, const void *from, Size bytes, EMU_HERE)
{
    emu::copy_part(to, from, bytes, (unsigned)group.thread_rank(), (unsigned)group.size(), nullptr, where_);
    emu::async_commit(where_);
}

/* Elements of T; where the layouts differ in length, the shorter one counts. */
template <class Group, class T, class ToLayout, class FromLayout>
void memcpy_async(const Group &group, T *to, const ToLayout &to_count, const T *from,
                  const FromLayout &from_count, EMU_HERE)
{
    size_t count = (size_t)to_count < (size_t)from_count ? (size_t)to_count : (size_t)from_count;
    memcpy_async(group, to, from, count * sizeof(T), where_);
}

template <unsigned Stages, class Group> void wait_prior(const Group &group, EMU_HERE)
{
    emu::async_wait(Stages, where_);
    group.sync(where_);
}
template <class Group> void wait(const Group &group, EMU_HERE)
{
    wait_prior<0>(group, where_);
}

} // namespace cooperative_groups

#endif
