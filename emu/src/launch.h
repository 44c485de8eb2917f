/* launch.h - what the runtime API and the launcher share. */
#ifndef EMU_SRC_LAUNCH_H
#define EMU_SRC_LAUNCH_H

#include "cuda_runtime_api.h"
#include "emu_internal.h"

namespace emu
{

cudaError_t note_error(cudaError_t error); /* for cudaGetLastError; returns it */

/* Bytes of dynamic shared memory that a kernel may be launched with; function: its address, nullptr if unknown. */
cudaError_t set_dynamic_limit(const void *function, int bytes);
size_t dynamic_limit(const void *function);

const size_t DYNAMIC_DEFAULT = 48 << 10, DYNAMIC_MOST = 227 << 10;
const unsigned THREADS_MOST = 1024;

} // namespace emu
#endif
