/* texture_references.cpp - binds texture references: each bound one owns a texture object. See
 * emu/texture_references.h. */
#include "cuda_runtime.h"
#include "host_memory.h"
#include "launch.h"

using namespace emu;

static cudaError_t bind(const textureReference *reference, const cudaResourceDesc &resource, Where where)
{
    cudaTextureDesc description = {};
    for (int i = 0; i < 3; i++) description.addressMode[i] = reference->addressMode[i];
    description.filterMode = reference->filterMode;
    description.readMode = reference->read_mode;
    description.normalizedCoords = reference->normalized;
    cudaUnbindTexture(reference, where);
    return cudaCreateTextureObject(&reference->object, &resource, &description, nullptr, where);
}

/* A texture begins where the memory does; programs add the offset, 0, to their indices. */
static cudaError_t begin(const char *call, size_t *offset, const textureReference *reference,
                         const void *address, Where where)
{
    if (!reference)
        return refuse(cudaErrorInvalidValue, where, "%s gets a null pointer for the texture", call);
    if (offset) *offset = 0;
    if (device_bytes_from(address)) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "%s of %p, which is not device memory", call, address);
}

cudaError_t cudaBindTexture(size_t *offset, const textureReference *reference, const void *address,
                            const cudaChannelFormatDesc *channel, size_t bytes, Where where)
{
    if (cudaError_t error = begin("cudaBindTexture", offset, reference, address, where)) return error;
    cudaResourceDesc resource = {};
    const size_t most = device_bytes_from(address);
    if (bytes != UINT_MAX && bytes > most)
        return refuse(cudaErrorInvalidValue, where, "cudaBindTexture of %zu bytes; the memory has %zu", bytes,
                      most);
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear = { (void *)address, channel ? *channel : reference->channelDesc,
                            bytes == UINT_MAX ? most : bytes };
    return bind(reference, resource, where);
}

cudaError_t cudaBindTexture2D(size_t *offset, const textureReference *reference, const void *address,
                              const cudaChannelFormatDesc *channel, size_t width, size_t height, size_t pitch,
                              Where where)
{
    if (cudaError_t error = begin("cudaBindTexture2D", offset, reference, address, where)) return error;
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypePitch2D;
    resource.res.pitch2D = { (void *)address, channel ? *channel : reference->channelDesc, width, height,
                             pitch };
    return bind(reference, resource, where);
}

cudaError_t cudaBindTextureToArray(const textureReference *reference, cudaArray_const_t array,
                                   const cudaChannelFormatDesc *, Where where)
{
    if (!reference || !array)
        return refuse(cudaErrorInvalidValue, where, "cudaBindTextureToArray gets a null pointer");
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = (cudaArray_t)array;
    return bind(reference, resource, where);
}

cudaError_t cudaUnbindTexture(const textureReference *reference, Where where)
{
    if (!reference || !reference->object) return cudaSuccess;
    const cudaTextureObject_t object = reference->object;
    stream_wait_all(); /* a kernel reads what was bound when it was launched */
    reference->object = 0;
    return cudaDestroyTextureObject(object, where);
}

cudaTextureObject_t emu::bound(const textureReference &reference, const char *call, Where where)
{
    if (reference.object) return reference.object;
    fail("texture", where, "%s of a texture that nothing is bound to; call cudaBindTexture before the launch",
         call);
}
