/* emu/sync.h - barriers, fences and the warp's functions. */
#ifndef EMU_SYNC_H
#define EMU_SYNC_H

#include <type_traits>
#include "core.h"

/* ---- the block ---- */

inline void __syncthreads(EMU_HERE)
{
    emu::block_barrier(false, where_);
}
inline int __syncthreads_count(int predicate, EMU_HERE)
{
    return emu::block_barrier(predicate != 0, where_);
}
inline int __syncthreads_or(int predicate, EMU_HERE)
{
    return emu::block_barrier(predicate != 0, where_) > 0;
}
inline int __syncthreads_and(int predicate, EMU_HERE)
{
    return emu::block_barrier(predicate == 0, where_) == 0;
}

inline void __threadfence_block()
{
    emu::fence(emu::Scope::block);
}
inline void __threadfence()
{
    emu::fence(emu::Scope::device);
}
inline void __threadfence_system()
{
    emu::fence(emu::Scope::system);
}
inline void __nanosleep(unsigned)
{
    emu::yield();
}

#endif
