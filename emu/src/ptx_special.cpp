/* ptx_special.cpp - PTX's special registers: which thread this is, and what time. */
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
    DYNAMIC_SIZE
};

int special_register(const std::string &name)
{
    static const char *const names[] = {
        "tid.x",       "tid.y",       "tid.z",       "ntid.x",      "ntid.y",         "ntid.z",
        "ctaid.x",     "ctaid.y",     "ctaid.z",     "nctaid.x",    "nctaid.y",       "nctaid.z",
        "laneid",      "warpid",      "nwarpid",     "smid",        "nsmid",          "gridid",
        "clock",       "clock_hi",    "clock64",     "globaltimer", "globaltimer_lo", "globaltimer_hi",
        "lanemask_eq", "lanemask_le", "lanemask_lt", "lanemask_ge", "lanemask_gt",    "dynamic_smem_size"
    };
    for (int i = 0; i <= DYNAMIC_SIZE; i++)
        if (name == names[i]) return i;
    return -1;
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
    default: return kernel->dynamic_bytes;
    }
}

} // namespace ptx
} // namespace emu
