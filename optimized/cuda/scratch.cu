/* scratch.cu - device memory kept from call to call; see scratch.h. */
#include "scratch.h"

#include <cuda_runtime.h>

static char *kept;
static size_t kept_bytes;

void *scratch(size_t bytes)
{
    if (bytes > kept_bytes) {
        scratch_free();
        if (cudaMalloc(&kept, bytes) != cudaSuccess) kept = nullptr;
        kept_bytes = kept ? bytes : 0;
    }
    return kept;
}

void scratch_free()
{
    if (kept) cudaFree(kept);
    kept = nullptr;
    kept_bytes = 0;
}
