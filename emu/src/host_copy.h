/* host_copy.h - the runtime API's copies of rows, and those of arrays, which are made of them. */
#ifndef EMU_HOST_COPY_H
#define EMU_HOST_COPY_H

#include "cuda_runtime_api.h"
#include "emu_internal.h"

namespace emu
{

/* A call that moves bytes, for sentences. */
struct Call {
    const char *name; /* "cudaMemcpy" */
    Where where;
};

/* What a copy moves; rows of one array lie a pitch apart. */
struct Area {
    char *to;
    size_t to_pitch;
    const char *from;
    size_t from_pitch, width, height;
};

/* Both put their work into the stream, and wait for it where CUDA does; async: cudaMemcpyAsync. */
cudaError_t copy_area(const Call &call, const Area &a, cudaMemcpyKind kind, bool async, cudaStream_t stream);
cudaError_t set_rows(const Call &call, void *address, size_t pitch, int value, size_t width, size_t height,
                     bool async, cudaStream_t stream);

} // namespace emu
#endif
