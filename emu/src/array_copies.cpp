/* array_copies.cpp - copies from and to arrays, and of three dimensions. */
#include "arrays.h"

#include "launch.h"

using namespace emu;

namespace
{
/* One end of a copy of slices of rows. */
struct Side {
    char *start;
    size_t pitch, slice; /* bytes from row to row, from slice to slice */
};
} // namespace

/* Of width bytes from byte x on, in so many rows and slices. */
static cudaError_t side_of(const Call &call, const char *which, const cudaArray *array, const cudaPos &at,
                           const cudaExtent &bytes, Side *side)
{
    if (cudaError_t error = array_check(call, array)) return error;
    bool inside = at.x <= array->pitch && bytes.width <= array->pitch - at.x && at.y <= array->rows &&
                  bytes.height <= array->rows - at.y && at.z <= array->slices &&
                  bytes.depth <= array->slices - at.z;
    if (!inside)
        return refuse(
            cudaErrorInvalidValue, call.where,
            "%s of %zu bytes x %zu rows x %zu slices at (%zu,%zu,%zu): %s, allocated at %s, has %zu "
            "bytes x %zu rows x %zu slices",
            call.name, bytes.width, bytes.height, bytes.depth, at.x, at.y, at.z, which,
            source_line(array->where).c_str(), array->pitch, array->rows, array->slices);
    *side = { array->memory + at.x + array->pitch * (at.y + array->rows * at.z), array->pitch,
              array->pitch * array->rows };
    return cudaSuccess;
}

static cudaError_t side_of(const Call &call, const char *which, const cudaPitchedPtr &p, const cudaPos &at,
                           const cudaExtent &bytes, Side *side)
{
    if (bytes.depth > 1 && at.y + bytes.height > p.ysize)
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s of %zu rows from row %zu on: %s has %zu rows in each slice (its ysize)", call.name,
                      bytes.height, at.y, which, p.ysize);
    *side = { (char *)p.ptr + at.x + p.pitch * (at.y + p.ysize * at.z), p.pitch, p.pitch * p.ysize };
    return cudaSuccess;
}

static cudaError_t copy_slices(const Call &call, const Side &to, const Side &from, const cudaExtent &bytes,
                               cudaMemcpyKind kind, bool async, cudaStream_t stream)
{
    for (size_t i = 0; i < bytes.depth; i++) {
        Area area = { to.start + i * to.slice,
                      to.pitch,
                      from.start + i * from.slice,
                      from.pitch,
                      bytes.width,
                      bytes.height };
        if (cudaError_t error = copy_area(call, area, kind, async, stream)) return error;
    }
    return cudaSuccess;
}

/* ---- three dimensions ---- */

static cudaError_t copy_3d(const Call &call, const cudaMemcpy3DParms *given, bool async, cudaStream_t stream)
{
    if (!given) return refuse(cudaErrorInvalidValue, call.where, "%s gets a null pointer", call.name);
    cudaMemcpy3DParms p = *given;
    if (!p.srcArray == !p.srcPtr.ptr || !p.dstArray == !p.dstPtr.ptr)
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s needs either srcArray or srcPtr, and either dstArray or dstPtr; fill the structure "
                      "with zeros first",
                      call.name);
    if (p.srcArray)
        if (cudaError_t error = array_check(call, p.srcArray)) return error;
    if (p.dstArray)
        if (cudaError_t error = array_check(call, p.dstArray)) return error;
    if (p.srcArray && p.dstArray && p.srcArray->element != p.dstArray->element)
        return refuse(cudaErrorInvalidValue, call.where, "%s between arrays of elements of %zu and %zu bytes",
                      call.name, p.srcArray->element, p.dstArray->element);
    size_t element = p.srcArray ? p.srcArray->element : p.dstArray ? p.dstArray->element : 1;
    cudaExtent bytes = { p.extent.width * element, p.extent.height, p.extent.depth };
    p.srcPos.x *= element, p.dstPos.x *= element;
    Side to = {}, from = {};
    cudaError_t error = p.srcArray ? side_of(call, "the source", p.srcArray, p.srcPos, bytes, &from)
                                   : side_of(call, "the source", p.srcPtr, p.srcPos, bytes, &from);
    if (error) return error;
    error = p.dstArray ? side_of(call, "the destination", p.dstArray, p.dstPos, bytes, &to)
                       : side_of(call, "the destination", p.dstPtr, p.dstPos, bytes, &to);
    return error ? error : copy_slices(call, to, from, bytes, p.kind, async, stream);
}

cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms *p, Where where)
{
    return copy_3d({ "cudaMemcpy3D", where }, p, false, nullptr);
}

cudaError_t cudaMemcpy3DAsync(const cudaMemcpy3DParms *p, cudaStream_t stream, Where where)
{
    return copy_3d({ "cudaMemcpy3DAsync", where }, p, true, stream);
}

/* ---- rows ---- */

cudaError_t cudaMemcpy2DToArrayAsync(cudaArray_t to, size_t x, size_t y, const void *from, size_t pitch,
                                     size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream,
                                     Where where)
{
    Call call = { "cudaMemcpy2DToArrayAsync", where };
    Side side;
    cudaError_t error = side_of(call, "the destination", to, { x, y, 0 }, { width, height, 1 }, &side);
    if (error) return error;
    Area area = { side.start, side.pitch, (const char *)from, pitch, width, height };
    return copy_area(call, area, kind, true, stream);
}

cudaError_t cudaMemcpy2DToArray(cudaArray_t to, size_t x, size_t y, const void *from, size_t pitch,
                                size_t width, size_t height, cudaMemcpyKind kind, Where where)
{
    Call call = { "cudaMemcpy2DToArray", where };
    Side side;
    cudaError_t error = side_of(call, "the destination", to, { x, y, 0 }, { width, height, 1 }, &side);
    if (error) return error;
    Area area = { side.start, side.pitch, (const char *)from, pitch, width, height };
    return copy_area(call, area, kind, false, nullptr);
}

cudaError_t cudaMemcpy2DFromArrayAsync(void *to, size_t pitch, cudaArray_const_t from, size_t x, size_t y,
                                       size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream,
                                       Where where)
{
    Call call = { "cudaMemcpy2DFromArrayAsync", where };
    Side side;
    cudaError_t error = side_of(call, "the source", from, { x, y, 0 }, { width, height, 1 }, &side);
    if (error) return error;
    Area area = { (char *)to, pitch, side.start, side.pitch, width, height };
    return copy_area(call, area, kind, true, stream);
}

cudaError_t cudaMemcpy2DFromArray(void *to, size_t pitch, cudaArray_const_t from, size_t x, size_t y,
                                  size_t width, size_t height, cudaMemcpyKind kind, Where where)
{
    Call call = { "cudaMemcpy2DFromArray", where };
    Side side;
    cudaError_t error = side_of(call, "the source", from, { x, y, 0 }, { width, height, 1 }, &side);
    if (error) return error;
    Area area = { (char *)to, pitch, side.start, side.pitch, width, height };
    return copy_area(call, area, kind, false, nullptr);
}

cudaError_t cudaMemcpy2DArrayToArray(cudaArray_t to, size_t to_x, size_t to_y, cudaArray_const_t from,
                                     size_t from_x, size_t from_y, size_t width, size_t height,
                                     cudaMemcpyKind kind, Where where)
{
    Call call = { "cudaMemcpy2DArrayToArray", where };
    cudaExtent bytes = { width, height, 1 };
    Side target, source;
    if (cudaError_t error = side_of(call, "the destination", to, { to_x, to_y, 0 }, bytes, &target))
        return error;
    if (cudaError_t error = side_of(call, "the source", from, { from_x, from_y, 0 }, bytes, &source))
        return error;
    return copy_slices(call, target, source, bytes, kind, false, nullptr);
}

/* ---- bytes one behind the other, from byte x of row y on, over the ends of rows ---- */

static cudaError_t run_of(const Call &call, const cudaArray *array, size_t x, size_t y, size_t bytes,
                          char **start)
{
    if (cudaError_t error = array_check(call, array)) return error;
    size_t size = array->pitch * array->rows, from = x + y * array->pitch;
    *start = array->memory + from;
    if (from <= size && bytes <= size - from) return cudaSuccess;
    return refuse(
        cudaErrorInvalidValue, call.where,
        "%s of %zu bytes from byte %zu of row %zu on: the array, allocated at %s, has %zu rows of %zu "
        "bytes",
        call.name, bytes, x, y, source_line(array->where).c_str(), array->rows, array->pitch);
}

static cudaError_t to_array(const Call &call, cudaArray_t to, size_t x, size_t y, const void *from,
                            size_t bytes, cudaMemcpyKind kind, bool async, cudaStream_t stream)
{
    char *start;
    if (cudaError_t error = run_of(call, to, x, y, bytes, &start)) return error;
    return copy_area(call, { start, bytes, (const char *)from, bytes, bytes, 1 }, kind, async, stream);
}

static cudaError_t from_array(const Call &call, void *to, cudaArray_const_t from, size_t x, size_t y,
                              size_t bytes, cudaMemcpyKind kind, bool async, cudaStream_t stream)
{
    char *start;
    if (cudaError_t error = run_of(call, from, x, y, bytes, &start)) return error;
    return copy_area(call, { (char *)to, bytes, start, bytes, bytes, 1 }, kind, async, stream);
}

cudaError_t cudaMemcpyToArray(cudaArray_t to, size_t x, size_t y, const void *from, size_t bytes,
                              cudaMemcpyKind kind, Where where)
{
    return to_array({ "cudaMemcpyToArray", where }, to, x, y, from, bytes, kind, false, nullptr);
}

cudaError_t cudaMemcpyFromArray(void *to, cudaArray_const_t from, size_t x, size_t y, size_t bytes,
                                cudaMemcpyKind kind, Where where)
{
    return from_array({ "cudaMemcpyFromArray", where }, to, from, x, y, bytes, kind, false, nullptr);
}

cudaError_t cudaMemcpyToArrayAsync(cudaArray_t to, size_t x, size_t y, const void *from, size_t bytes,
                                   cudaMemcpyKind kind, cudaStream_t stream, Where where)
{
    return to_array({ "cudaMemcpyToArrayAsync", where }, to, x, y, from, bytes, kind, true, stream);
}

cudaError_t cudaMemcpyFromArrayAsync(void *to, cudaArray_const_t from, size_t x, size_t y, size_t bytes,
                                     cudaMemcpyKind kind, cudaStream_t stream, Where where)
{
    return from_array({ "cudaMemcpyFromArrayAsync", where }, to, from, x, y, bytes, kind, true, stream);
}

/* ---- setting bytes ---- */

static cudaError_t set_slices(const Call &call, const cudaPitchedPtr &p, int value, const cudaExtent &bytes,
                              bool async, cudaStream_t stream)
{
    for (size_t i = 0; i < bytes.depth; i++) {
        char *at = p.ptr ? (char *)p.ptr + i * p.pitch * p.ysize : nullptr;
        cudaError_t error = set_rows(call, at, p.pitch, value, bytes.width, bytes.height, async, stream);
        if (error) return error;
    }
    return cudaSuccess;
}

cudaError_t cudaMemset3D(cudaPitchedPtr pitched, int value, cudaExtent extent, Where where)
{
    return set_slices({ "cudaMemset3D", where }, pitched, value, extent, false, nullptr);
}

cudaError_t cudaMemset3DAsync(cudaPitchedPtr pitched, int value, cudaExtent extent, cudaStream_t stream,
                              Where where)
{
    return set_slices({ "cudaMemset3DAsync", where }, pitched, value, extent, true, stream);
}

cudaError_t cudaMemset2DAsync(void *address, size_t pitch, int value, size_t width, size_t height,
                              cudaStream_t stream, Where where)
{
    return set_rows({ "cudaMemset2DAsync", where }, address, pitch, value, width, height, true, stream);
}
