/* launch.h - what the runtime API and the launcher share. */
#ifndef EMU_SRC_LAUNCH_H
#define EMU_SRC_LAUNCH_H

#include "cuda_runtime_api.h"
#include "emu_internal.h"

namespace emu
{

/* ---- errors.cpp ---- */

cudaError_t note_error(cudaError_t error); /* for cudaGetLastError; returns it */

/* ---- functions.cpp ---- */

const size_t SHARED_DEFAULT = 48 << 10, SHARED_MOST = 227 << 10; /* static and dynamic together */
const unsigned THREADS_MOST = 1024;

/* What is known of a kernel before it runs; of one whose address is unknown (nullptr) the
 * little that all share. */
struct Function {
    std::string name; /* "gemm<16>", "" if unknown                                       */
    size_t static_bytes;
    size_t dynamic_limit; /* what it may be launched with                                */
};
Function &function_at(const void *address);

} // namespace emu
#endif
