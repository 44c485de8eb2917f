/* cuda_pipeline_primitives.h - cp.async in C: copy, commit, wait. */
#ifndef EMU_CUDA_PIPELINE_PRIMITIVES_H
#define EMU_CUDA_PIPELINE_PRIMITIVES_H

#include "cuda_runtime.h"

inline void __pipeline_memcpy_async(void *to, const void *from, size_t bytes, size_t zero_fill = 0, EMU_HERE)
{
    emu::async_copy(to, from, bytes, zero_fill, where_);
}
inline void __pipeline_commit(EMU_HERE)
{
    emu::async_commit(where_);
}
inline void __pipeline_wait_prior(size_t newest_left, EMU_HERE)
{
    emu::async_wait((unsigned)newest_left, where_);
}

#endif
