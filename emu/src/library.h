/* library.h - what NVIDIA's libraries (cuBLAS, cuBLASLt, cuRAND) ask of the emulator: operations in
 * streams, whose arrays are known before they run. */
#ifndef EMU_LIBRARY_H
#define EMU_LIBRARY_H

#include <functional>
#include <string>
#include <vector>
#include "cuda_runtime_api.h"
#include "library_types.h"
#include "streams.h"

namespace emu
{

/* An array of an operation: `count` runs of `bytes` that begin `pitch` bytes apart, and that `batches`
 * times, `stride` bytes apart. */
struct Operand {
    std::string name; /* "A (64 x 32, lda 64)" */
    const void *start;
    size_t bytes, pitch, count;
    long long stride;
    size_t batches;
    bool reads, writes;
    std::function<bool()> reads_if; /* if it is set: asked when the operation runs, where reads says true */
};

struct LibraryCall {
    const char *name; /* "cublasSgemm" */
    Where where;
    cudaStream_t stream;
};

/* May the device touch all of the array, and does it lie in one allocation? If not, a finding that says
 * how much there is; cudaGetLastError then gives cudaErrorIllegalAddress. */
bool library_reaches(const LibraryCall &call, const Operand &operand);

/* Of an operation that runs: looks at all arrays again, and tells the checkers what it reads and writes. */
bool library_uses(const LibraryCall &call, const std::vector<Operand> &operands);

/* Puts an operation into the stream if it may touch its arrays. 0 after a finding. */
Ticket library_submit(const LibraryCall &call, const std::vector<Operand> &operands,
                      std::function<void()> run);

/* A scalar of the host's is read by the host: a finding if it is memory of the device alone. */
bool library_host_reaches(const LibraryCall &call, const char *name, const void *address, const char *remedy);

size_t bytes_of(cudaDataType_t type); /* 0: none of those that are emulated */

} // namespace emu
#endif
