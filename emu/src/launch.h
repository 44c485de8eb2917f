/* launch.h - what the runtime API and the launcher share. */
#ifndef EMU_SRC_LAUNCH_H
#define EMU_SRC_LAUNCH_H

#include "cuda_runtime_api.h"
#include "streams.h"

namespace emu
{

/* ---- errors.cpp ---- */

/* A call at that line fails with this error, which cudaGetLastError gives and which is returned. It is a
 * finding whether the program reads the error or not: the sentence says what was wrong and what would be
 * legal. Of errors by which programs find out what there is (too little memory, no such device, peers
 * already) it is a note. */
cudaError_t refuse(cudaError_t error, Where where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error that stays, as after a kernel that has stopped: all calls give it until cudaDeviceReset. */
void fail_for_good(cudaError_t error);
cudaError_t failed_for_good();
void forget_error();

/* ---- host_api.cpp ---- */

cudaError_t no_result(const char *call, Where where); /* it has no address to put its result in */

/* ---- launch.cpp ---- */

/* What a kernel's parameters point to, as far as it matters. */
struct Pointers {
    std::vector<Claim> claims;           /* managed and pinned memory                    */
    std::vector<const void *> of_host;   /* what is none of cudaMalloc's, if anybody listens */
    std::vector<const char *> with_host; /* the ends of what a volatile pointer shares with the host */
};

/* ---- host_memory.cpp ---- */

/* Has the program asked where this variable is on the device, or is it managed? */
bool is_symbol(const void *address);

/* ---- functions.cpp ---- */

const size_t SHARED_DEFAULT = 48 << 10, SHARED_MOST = 227 << 10; /* static and dynamic together */
const unsigned THREADS_MOST = 1024;

/* What is known of a kernel before it runs. Where its address is unknown (nullptr), the code that calls it
 * says how much static memory it has; it may have all that there is of dynamic memory. */
struct Function {
    std::string name; /* "gemm<16>", "" if unknown                                       */
    size_t static_bytes;
    size_t dynamic_limit;        /* what it may be launched with                                */
    dim3 cluster = { 0, 0, 0 };  /* of __cluster_dims__; zeros: it has none                 */
    bool large_clusters = false; /* cudaFuncAttributeNonPortableClusterSizeAllowed          */
};
Function &function_at(const void *address, const void *caller = nullptr);

struct Request; /* emu/launch.h */
/* Of __cluster_dims__ of the kernel that the launch names so; zeros: it has none. */
dim3 cluster_of_kernel(const Request &request, const std::string &name);

} // namespace emu
#endif
