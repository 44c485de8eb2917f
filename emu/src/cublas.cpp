/* cublas.cpp - cuBLAS: its handle, its words for errors, its copies. */
#include <set>
#include "cublas_call.h"
#include "host_memory.h"
#include "launch.h"

using namespace emu;

const char *cublasGetStatusString(cublasStatus_t status)
{
    switch (status) {
#define TEXT(number, name, text) \
    case name: return text;
        EMU_CUBLAS_STATUSES(TEXT)
    }
    return "unknown cublasStatus_t";
}

/* ---- the handle ---- */

static cublasStatus_t invalid(const char *call, const char *what, Where where)
{
    report_at("error", where, "%s: %s (CUBLAS_STATUS_INVALID_VALUE)", call, what);
    return CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasCreate(cublasHandle_t *handle, Where where)
{
    if (!handle) return invalid("cublasCreate", "it gets a null pointer for its result", where);
    *handle = new cublasContext{ nullptr, CUBLAS_POINTER_MODE_HOST, CUBLAS_DEFAULT_MATH,
                                 CUBLAS_ATOMICS_NOT_ALLOWED };
    cublas_handles.insert(*handle);
    return CUBLAS_STATUS_SUCCESS;
}

/* It waits for the device, as cuBLAS does. */
cublasStatus_t cublasDestroy(cublasHandle_t handle, Where where)
{
    BlasCall call("cublasDestroy", handle, where);
    if (!call.legal()) return CUBLAS_STATUS_NOT_INITIALIZED;
    stream_wait_all();
    cublas_handles.erase(handle);
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}

/* *result = value, for a handle that is live */
template <class T>
static cublasStatus_t answer(const char *name, cublasHandle_t handle, T *result, T cublasContext::*value,
                             Where where)
{
    BlasCall call(name, handle, where);
    if (!call.legal()) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (!result) return invalid(name, "it gets a null pointer for its result", where);
    *result = handle->*value;
    return CUBLAS_STATUS_SUCCESS;
}

template <class T>
static cublasStatus_t change(const char *name, cublasHandle_t handle, T value, T cublasContext::*to,
                             Where where)
{
    BlasCall call(name, handle, where);
    if (!call.legal()) return CUBLAS_STATUS_NOT_INITIALIZED;
    handle->*to = value;
    return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasGetVersion(cublasHandle_t handle, int *version, Where where)
{
    if (!version) return invalid("cublasGetVersion", "it gets a null pointer for its result", where);
    *version = CUBLAS_VERSION;
    return BlasCall("cublasGetVersion", handle, where).legal() ? CUBLAS_STATUS_SUCCESS
                                                               : CUBLAS_STATUS_NOT_INITIALIZED;
}

cublasStatus_t cublasSetStream(cublasHandle_t handle, cudaStream_t stream, Where where)
{
    if (stream_check("cublasSetStream", stream, where)) return CUBLAS_STATUS_INVALID_VALUE;
    return change("cublasSetStream", handle, stream, &cublasContext::stream, where);
}

cublasStatus_t cublasGetStream(cublasHandle_t handle, cudaStream_t *stream, Where where)
{
    return answer("cublasGetStream", handle, stream, &cublasContext::stream, where);
}

/* The workspace is not used. */
cublasStatus_t cublasSetWorkspace(cublasHandle_t handle, void *, size_t, Where where)
{
    return BlasCall("cublasSetWorkspace", handle, where).legal() ? CUBLAS_STATUS_SUCCESS
                                                                 : CUBLAS_STATUS_NOT_INITIALIZED;
}

cublasStatus_t cublasSetPointerMode(cublasHandle_t handle, cublasPointerMode_t mode, Where where)
{
    return change("cublasSetPointerMode", handle, mode, &cublasContext::pointers, where);
}

cublasStatus_t cublasGetPointerMode(cublasHandle_t handle, cublasPointerMode_t *mode, Where where)
{
    return answer("cublasGetPointerMode", handle, mode, &cublasContext::pointers, where);
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode, Where where)
{
    return change("cublasSetMathMode", handle, mode, &cublasContext::math, where);
}

cublasStatus_t cublasGetMathMode(cublasHandle_t handle, cublasMath_t *mode, Where where)
{
    return answer("cublasGetMathMode", handle, mode, &cublasContext::math, where);
}

cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t mode, Where where)
{
    return change("cublasSetAtomicsMode", handle, mode, &cublasContext::atomics, where);
}

cublasStatus_t cublasGetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t *mode, Where where)
{
    return answer("cublasGetAtomicsMode", handle, mode, &cublasContext::atomics, where);
}

/* ---- copies ---- */

namespace
{
/* Columns of `rows` elements; of a vector, each element is a column. */
struct Columns {
    int rows, cols, bytes;
    const void *from;
    int from_ld;
    void *to;
    int to_ld;
};
} // namespace

static cublasStatus_t copy(const char *name, const Columns &c, cudaMemcpyKind kind, bool async,
                           cudaStream_t stream, Where where)
{
    char text[200];
    if (c.rows < 0 || c.cols < 0 || c.bytes <= 0)
        return invalid(name, "a size is negative, or elements have no bytes", where);
    if (c.from_ld < c.rows || c.to_ld < c.rows || c.from_ld < 1 || c.to_ld < 1) {
        snprintf(text, sizeof text,
                 "columns of %d elements do not fit leading dimensions (increments) of %d and %d", c.rows,
                 c.from_ld, c.to_ld);
        return invalid(name, text, where);
    }
    if (!c.rows || !c.cols) return CUBLAS_STATUS_SUCCESS;
    size_t bytes = (size_t)c.bytes;
    bool tight = c.rows == c.from_ld && c.rows == c.to_ld;
    size_t width = (size_t)c.rows * bytes * (tight ? (size_t)c.cols : 1);
    Rows rows = { c.to,   tight ? width : (size_t)c.to_ld * bytes,
                  c.from, tight ? width : (size_t)c.from_ld * bytes,
                  width,  tight ? 1 : (size_t)c.cols };
    cudaError_t error = copy_rows(name, where, rows, kind, async, stream);
    return error ? CUBLAS_STATUS_MAPPING_ERROR : CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetVector(int n, int bytes, const void *from, int incx, void *to, int incy, Where where)
{
    return copy("cublasSetVector", { 1, n, bytes, from, incx, to, incy }, cudaMemcpyHostToDevice, false,
                nullptr, where);
}

cublasStatus_t cublasGetVector(int n, int bytes, const void *from, int incx, void *to, int incy, Where where)
{
    return copy("cublasGetVector", { 1, n, bytes, from, incx, to, incy }, cudaMemcpyDeviceToHost, false,
                nullptr, where);
}

cublasStatus_t cublasSetMatrix(int rows, int cols, int bytes, const void *from, int lda, void *to, int ldb,
                               Where where)
{
    return copy("cublasSetMatrix", { rows, cols, bytes, from, lda, to, ldb }, cudaMemcpyHostToDevice, false,
                nullptr, where);
}

cublasStatus_t cublasGetMatrix(int rows, int cols, int bytes, const void *from, int lda, void *to, int ldb,
                               Where where)
{
    return copy("cublasGetMatrix", { rows, cols, bytes, from, lda, to, ldb }, cudaMemcpyDeviceToHost, false,
                nullptr, where);
}

cublasStatus_t cublasSetVectorAsync(int n, int bytes, const void *from, int incx, void *to, int incy,
                                    cudaStream_t stream, Where where)
{
    return copy("cublasSetVectorAsync", { 1, n, bytes, from, incx, to, incy }, cudaMemcpyHostToDevice, true,
                stream, where);
}

cublasStatus_t cublasGetVectorAsync(int n, int bytes, const void *from, int incx, void *to, int incy,
                                    cudaStream_t stream, Where where)
{
    return copy("cublasGetVectorAsync", { 1, n, bytes, from, incx, to, incy }, cudaMemcpyDeviceToHost, true,
                stream, where);
}

cublasStatus_t cublasSetMatrixAsync(int rows, int cols, int bytes, const void *from, int lda, void *to,
                                    int ldb, cudaStream_t stream, Where where)
{
    return copy("cublasSetMatrixAsync", { rows, cols, bytes, from, lda, to, ldb }, cudaMemcpyHostToDevice,
                true, stream, where);
}

cublasStatus_t cublasGetMatrixAsync(int rows, int cols, int bytes, const void *from, int lda, void *to,
                                    int ldb, cudaStream_t stream, Where where)
{
    return copy("cublasGetMatrixAsync", { rows, cols, bytes, from, lda, to, ldb }, cudaMemcpyDeviceToHost,
                true, stream, where);
}
