/* ptx_special.cpp - PTX's special registers: which thread this is, and what time. */
#include "emu/cluster.h"
#include "emu/intrinsics.h"
#include "emu_internal.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

enum Special {
    TID_X,
    TID_Y,
    TID_Z,
    NTID_X,
    NTID_Y,
    NTID_Z,
    CTAID_X,
    CTAID_Y,
    CTAID_Z,
    NCTAID_X,
    NCTAID_Y,
    NCTAID_Z,
    LANEID,
    WARPID,
    NWARPID,
    SMID,
    NSMID,
    GRIDID,
    CLOCK,
    CLOCK_HI,
    CLOCK64,
    TIMER,
    TIMER_LO,
    TIMER_HI,
    MASK_EQ,
    MASK_LE,
    MASK_LT,
    MASK_GE,
    MASK_GT,
    DYNAMIC_SIZE,
    CLUSTER_X,
    CLUSTER_Y,
    CLUSTER_Z,
    CLUSTERS_X,
    CLUSTERS_Y,
    CLUSTERS_Z,
    IN_CLUSTER_X,
    IN_CLUSTER_Y,
    IN_CLUSTER_Z,
    CLUSTER_SIZE_X,
    CLUSTER_SIZE_Y,
    CLUSTER_SIZE_Z,
    CLUSTER_RANK,
    CLUSTER_BLOCKS,
    IS_CLUSTER
};

int special_register(const std::string &name)
{
    static const char *const names[] = { "tid.x",
                                         "tid.y",
                                         "tid.z",
                                         "ntid.x",
                                         "ntid.y",
                                         "ntid.z",
                                         "ctaid.x",
                                         "ctaid.y",
                                         "ctaid.z",
                                         "nctaid.x",
                                         "nctaid.y",
                                         "nctaid.z",
                                         "laneid",
                                         "warpid",
                                         "nwarpid",
                                         "smid",
                                         "nsmid",
                                         "gridid",
                                         "clock",
                                         "clock_hi",
                                         "clock64",
                                         "globaltimer",
                                         "globaltimer_lo",
                                         "globaltimer_hi",
                                         "lanemask_eq",
                                         "lanemask_le",
                                         "lanemask_lt",
                                         "lanemask_ge",
                                         "lanemask_gt",
                                         "dynamic_smem_size",
                                         "clusterid.x",
                                         "clusterid.y",
                                         "clusterid.z",
                                         "nclusterid.x",
                                         "nclusterid.y",
                                         "nclusterid.z",
                                         "cluster_ctaid.x",
                                         "cluster_ctaid.y",
                                         "cluster_ctaid.z",
                                         "cluster_nctaid.x",
                                         "cluster_nctaid.y",
                                         "cluster_nctaid.z",
                                         "cluster_ctarank",
                                         "cluster_nctarank",
                                         "is_explicit_cluster" };
    for (int i = 0; i <= IS_CLUSTER; i++)
        if (name == names[i]) return i;
    return -1;
}

static uint64_t read_of_cluster(int which)
{
    const dim3 size = cluster_extent();
    const uint3 in = cluster_position();
    const unsigned values[] = {
        blockIdx.x / size.x,
        blockIdx.y / size.y,
        blockIdx.z / size.z,
        gridDim.x / size.x,
        gridDim.y / size.y,
        gridDim.z / size.z,
        in.x,
        in.y,
        in.z,
        size.x,
        size.y,
        size.z,
        cluster_rank(),
        cluster_blocks(),
        cluster_is_explicit(),
    };
    return values[which - CLUSTER_X];
}

uint64_t read_special(int which)
{
    const unsigned lane = lane_id();
    const unsigned triple[] = { threadIdx.x, threadIdx.y, threadIdx.z, blockDim.x, blockDim.y, blockDim.z,
                                blockIdx.x,  blockIdx.y,  blockIdx.z,  gridDim.x,  gridDim.y,  gridDim.z };
    if (which < LANEID) return triple[which];
    switch (which) {
    case LANEID: return lane;
    case WARPID: return warp_id();
    case NWARPID: return block.alive.size();
    case SMID: return 0; /* there is one multiprocessor */
    case NSMID: return 1;
    case GRIDID: return kernel->number;
    case CLOCK_HI:
    case TIMER_HI: return clock_ticks() >> 32;
    case CLOCK:
    case TIMER_LO: return (uint32_t)clock_ticks();
    case CLOCK64:
    case TIMER: return clock_ticks();
    case MASK_EQ: return 1u << lane;
    case MASK_LE: return (2u << lane) - 1;
    case MASK_LT: return (1u << lane) - 1;
    case MASK_GE: return ~((1u << lane) - 1);
    case MASK_GT: return ~((2u << lane) - 1);
    case DYNAMIC_SIZE: return kernel->dynamic_bytes;
    default: return read_of_cluster(which);
    }
}

} // namespace ptx
} // namespace emu
