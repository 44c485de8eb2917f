/* arrays.cpp - cudaArray, and memory whose rows lie a pitch apart: allocation. */
#include "arrays.h"

#include <map>
#include <set>
#include "host_memory.h"
#include "launch.h"
#include "memory.h"

using namespace emu;

static std::set<const cudaArray *> arrays; /* freed ones, too */

size_t emu::element_bytes(const cudaChannelFormatDesc &c)
{
    bool same = (!c.y || c.y == c.x) && c.z == c.w && (!c.z || (c.z == c.x && c.y));
    bool known = c.x == 8 || c.x == 16 || c.x == 32;
    if (!same || !known || (c.x == 8 && c.f == cudaChannelFormatKindFloat)) return 0;
    return (size_t)(c.x + c.y + c.z + c.w) / 8;
}

cudaError_t emu::array_check(const Call &call, const cudaArray *array)
{
    if (!arrays.count(array))
        return refuse(cudaErrorInvalidResourceHandle, call.where,
                      "%s of an array that does not exist; it takes what cudaMallocArray gave", call.name);
    if (array->freed || !device_begins(array->memory))
        return refuse(cudaErrorInvalidResourceHandle, call.where,
                      "%s of the array allocated at %s, which has been freed", call.name,
                      source_line(array->where).c_str());
    return cudaSuccess;
}

/* What is wrong with an array of this shape, "" if nothing is. */
static const char *wrong_shape(const cudaExtent &e, unsigned flags)
{
    bool layered = flags & cudaArrayLayered, cube = flags & cudaArrayCubemap;
    if (!e.width) return "its width must be at least 1";
    if (cube && e.width != e.height) return "the faces of a cube are as wide as high";
    if (cube && !layered && e.depth != 6) return "a cube has 6 faces: its depth must be 6";
    if (cube && layered && e.depth % 6) return "each layer has 6 faces: the depth must be a multiple of 6";
    if (layered && !e.depth) return "an array of layers needs at least 1, as its depth";
    if (!layered && e.depth && !e.height) return "an array with a depth needs a height";
    return "";
}

static cudaError_t allocate(const Call &call, cudaArray_t *result, const cudaChannelFormatDesc *channel,
                            cudaExtent extent, unsigned flags)
{
    if (!result || !channel) return no_result(call.name, call.where);
    *result = nullptr;
    if (cudaError_t error = stream_allows(call.name, call.where)) return error;
    cudaArray made = {
        *channel, extent, flags, nullptr, element_bytes(*channel), 0, 0, 0, call.where, false
    };
    if (!made.element)
        return refuse(
            cudaErrorInvalidChannelDescriptor, call.where,
            "%s of elements of %d, %d, %d and %d bits: 1, 2 or 4 components of 8, 16 or 32 bits are "
            "possible, all alike",
            call.name, channel->x, channel->y, channel->z, channel->w);
    const char *wrong = wrong_shape(extent, flags);
    if (*wrong) return refuse(cudaErrorInvalidValue, call.where, "%s: %s", call.name, wrong);
    made.pitch = extent.width * made.element;
    made.rows = extent.height ? extent.height : 1;
    made.slices = extent.depth ? extent.depth : 1;
    faults_install();
    made.memory = (char *)device_allocate(made.pitch * made.rows * made.slices, Home::device, call.where);
    if (!made.memory)
        return refuse(cudaErrorMemoryAllocation, call.where, "%s of %zu x %zu x %zu elements fails",
                      call.name, extent.width, extent.height, extent.depth);
    arrays.insert(*result = new cudaArray(made));
    return cudaSuccess;
}

cudaError_t cudaMallocArray(cudaArray_t *array, const cudaChannelFormatDesc *channel, size_t width,
                            size_t height, unsigned flags, Where where)
{
    return allocate({ "cudaMallocArray", where }, array, channel, { width, height, 0 }, flags);
}

cudaError_t cudaMalloc3DArray(cudaArray_t *array, const cudaChannelFormatDesc *channel, cudaExtent extent,
                              unsigned flags, Where where)
{
    return allocate({ "cudaMalloc3DArray", where }, array, channel, extent, flags);
}

cudaError_t cudaFreeArray(cudaArray_t array, Where where)
{
    if (!array) return cudaSuccess;
    if (cudaError_t error = array_check({ "cudaFreeArray", where }, array)) return error;
    if (cudaError_t error = stream_allows("cudaFreeArray", where)) return error;
    stream_wait_all();
    array->freed = true;
    device_free(array->memory);
    return cudaSuccess;
}

cudaError_t cudaArrayGetInfo(cudaChannelFormatDesc *channel, cudaExtent *extent, unsigned *flags,
                             cudaArray_t array, Where where)
{
    if (cudaError_t error = array_check({ "cudaArrayGetInfo", where }, array)) return error;
    if (channel) *channel = array->channel;
    if (extent) *extent = array->extent;
    if (flags) *flags = array->flags;
    return cudaSuccess;
}

cudaError_t cudaGetChannelDesc(cudaChannelFormatDesc *channel, cudaArray_const_t array, Where where)
{
    if (!channel) return no_result("cudaGetChannelDesc", where);
    if (cudaError_t error = array_check({ "cudaGetChannelDesc", where }, array)) return error;
    *channel = array->channel;
    return cudaSuccess;
}

/* ---- rows a pitch apart ---- */

static std::map<const void *, size_t> pitches; /* by the start of the allocation */

size_t emu::pitch_of(const void *address)
{
    auto found = pitches.find(address);
    return found != pitches.end() && device_begins(address) ? found->second : 0;
}

static cudaError_t allocate_rows(const Call &call, void **address, size_t *pitch, size_t width, size_t rows)
{
    const size_t to = 512;
    if (!pitch || !address || width > SIZE_MAX - to)
        return refuse(cudaErrorInvalidValue, call.where, "%s of rows of %zu bytes", call.name, width);
    *pitch = (width + to - 1) / to * to;
    if (rows && *pitch > SIZE_MAX / rows)
        return refuse(cudaErrorMemoryAllocation, call.where, "%s of %zu rows of %zu bytes fails", call.name,
                      rows, *pitch);
    cudaError_t error = cudaMalloc(address, *pitch * rows, call.where);
    if (error == cudaSuccess) pitches[*address] = *pitch;
    return error;
}

cudaError_t cudaMallocPitch(void **address, size_t *pitch, size_t width, size_t height, Where where)
{
    return allocate_rows({ "cudaMallocPitch", where }, address, pitch, width, height);
}

cudaError_t cudaMalloc3D(cudaPitchedPtr *pitched, cudaExtent extent, Where where)
{
    if (!pitched) return no_result("cudaMalloc3D", where);
    *pitched = { nullptr, 0, extent.width, extent.height };
    if (extent.depth && extent.height > SIZE_MAX / extent.depth)
        return refuse(cudaErrorMemoryAllocation, where, "cudaMalloc3D of %zu slices of %zu rows fails",
                      extent.depth, extent.height);
    return allocate_rows({ "cudaMalloc3D", where }, &pitched->ptr, &pitched->pitch, extent.width,
                         extent.height * extent.depth);
}
