/* hints.cpp - calls that concern a GPU's speed only, and those that reach other processes: refused. */
#include "cuda_runtime_api.h"
#include "host_memory.h"
#include "launch.h"

using namespace emu;

/* ---- a stream's attributes: a window of the L2 cache, a priority ---- */

cudaError_t cudaStreamSetAttribute(cudaStream_t stream, cudaStreamAttrID, const cudaStreamAttrValue *value,
                                   Where where)
{
    if (cudaError_t error = stream_check("cudaStreamSetAttribute", stream, where)) return error;
    if (value) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "cudaStreamSetAttribute gets a null pointer for its value");
}

cudaError_t cudaStreamGetAttribute(cudaStream_t stream, cudaStreamAttrID, cudaStreamAttrValue *value,
                                   Where where)
{
    if (cudaError_t error = stream_check("cudaStreamGetAttribute", stream, where)) return error;
    if (!value) return no_result("cudaStreamGetAttribute", where);
    *value = {};
    return cudaSuccess;
}

cudaError_t cudaCtxResetPersistingL2Cache()
{
    return cudaSuccess;
}

cudaError_t cudaHostGetFlags(unsigned *flags, void *address, Where where)
{
    if (!flags) return no_result("cudaHostGetFlags", where);
    *flags = cudaHostAllocMapped;
    if (device_pinned(address)) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where,
                  "cudaHostGetFlags of memory that cudaHostAlloc has not given");
}

/* ---- other processes ---- */

static cudaError_t refuse_processes(const char *call, Where where)
{
    return refuse(
        cudaErrorNotSupported, where,
        "%s: memory and events are not shared between processes here, each has an emulator of its own", call);
}

cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t *, void *, Where where)
{
    return refuse_processes("cudaIpcGetMemHandle", where);
}

cudaError_t cudaIpcOpenMemHandle(void **, cudaIpcMemHandle_t, unsigned, Where where)
{
    return refuse_processes("cudaIpcOpenMemHandle", where);
}

cudaError_t cudaIpcCloseMemHandle(void *, Where where)
{
    return refuse_processes("cudaIpcCloseMemHandle", where);
}

cudaError_t cudaIpcGetEventHandle(cudaIpcEventHandle_t *, cudaEvent_t, Where where)
{
    return refuse_processes("cudaIpcGetEventHandle", where);
}

cudaError_t cudaIpcOpenEventHandle(cudaEvent_t *, cudaIpcEventHandle_t, Where where)
{
    return refuse_processes("cudaIpcOpenEventHandle", where);
}
