/* ptx_warp.h - instructions of inline PTX that all 32 lanes of a warp execute together. */
#ifndef EMU_PTX_WARP_H
#define EMU_PTX_WARP_H

#include "ptx.h"

namespace emu
{
namespace ptx
{

/* What each lane brings, at the beginning of its slot. */
struct WarpPart {
    const Instruction *instruction;
    Where where;
};

/* The instruction, if all lanes are here with it; else the kernel fails, in a sentence that names one
 * of those that are not. */
inline const Instruction *whole_warp(unsigned lanes, void *const *slot)
{
    const WarpPart *first = static_cast<WarpPart *>(slot[__builtin_ctz(lanes)]);
    const char *name = first->instruction->name.c_str();
    if (lanes != ~0u)
        fail("ptx", first->where,
             "inline PTX: %s needs all 32 lanes of the warp: lane %d is not here (those of mask %08x are)",
             name, __builtin_ctz(~lanes), lanes);
    for (int lane = 1; lane < 32; lane++) {
        const WarpPart *other = static_cast<WarpPart *>(slot[lane]);
        if (other->instruction->name != first->instruction->name)
            fail("ptx", first->where, "inline PTX: lane 0 executes %s and lane %d %s", name, lane,
                 other->instruction->name.c_str());
    }
    return first->instruction;
}

} // namespace ptx
} // namespace emu
#endif
