/* cluster_group.h - the blocks of a cluster as a group: a part of cooperative_groups.h. */
#ifndef EMU_CLUSTER_GROUP_H
#define EMU_CLUSTER_GROUP_H

#include "cluster.h"

namespace cooperative_groups
{

class cluster_group
{
  public:
    struct arrival_token {
    };
    static unsigned num_blocks()
    {
        return emu::cluster_blocks();
    }
    static unsigned block_rank()
    {
        return emu::cluster_rank();
    }
    static dim3 block_index()
    {
        return emu::cluster_position();
    }
    static dim3 dim_blocks()
    {
        return emu::cluster_extent();
    }
    static unsigned num_threads()
    {
        return num_blocks() * thread_block::size();
    }
    static unsigned size()
    {
        return num_threads();
    }
    static unsigned thread_rank()
    {
        return block_rank() * thread_block::size() + thread_block::thread_rank();
    }
    static dim3 dim_threads()
    {
        dim3 c = dim_blocks();
        return { c.x * blockDim.x, c.y * blockDim.y, c.z * blockDim.z };
    }
    static dim3 thread_index()
    {
        dim3 b = block_index();
        return { b.x * blockDim.x + threadIdx.x, b.y * blockDim.y + threadIdx.y,
                 b.z * blockDim.z + threadIdx.z };
    }
    static arrival_token barrier_arrive(EMU_HERE)
    {
        emu::cluster_arrive(where_);
        return {};
    }
    static void barrier_wait(EMU_HERE)
    {
        emu::cluster_wait(where_);
    }
    static void barrier_wait(arrival_token &&, EMU_HERE)
    {
        emu::cluster_wait(where_);
    }
    static void sync(EMU_HERE)
    {
        emu::cluster_arrive(where_);
        emu::cluster_wait(where_);
    }
    template <class T> static T *map_shared_rank(T *address, unsigned rank, EMU_HERE)
    {
        return (T *)emu::cluster_shared((const void *)address, rank, where_);
    }
    static unsigned query_shared_rank(const void *address, EMU_HERE)
    {
        return emu::cluster_rank_of(address, where_);
    }
};

inline cluster_group this_cluster()
{
    return {};
}

} // namespace cooperative_groups
#endif
