/* emu/texture_references.h - textures that are variables of a file, texture<float, 2>, which CUDA had
 * before texture objects and gave up with release 12. Binding one makes a texture object, through which
 * kernels read. */
#ifndef EMU_TEXTURE_REFERENCES_H
#define EMU_TEXTURE_REFERENCES_H

#include <climits>
#include "textures.h"

#define cudaTextureType1D 1
#define cudaTextureType2D 2
#define cudaTextureType3D 3

/* What a program may set before it binds; the rest is the emulator's. */
struct textureReference {
    int normalized;
    cudaTextureFilterMode filterMode;
    cudaTextureAddressMode addressMode[3];
    cudaChannelFormatDesc channelDesc;
    cudaTextureReadMode read_mode;
    mutable cudaTextureObject_t object; /* 0: nothing is bound */
};

template <class T, int dimensions = 1, cudaTextureReadMode mode = cudaReadModeElementType>
struct texture : textureReference {
    texture(int normalized_ = 0, cudaTextureFilterMode filter = cudaFilterModePoint,
            cudaTextureAddressMode address = cudaAddressModeClamp)
        : texture(normalized_, filter, address, cudaCreateChannelDesc<T>())
    {
    }
    texture(int normalized_, cudaTextureFilterMode filter, cudaTextureAddressMode address,
            cudaChannelFormatDesc channel)
        : textureReference{ normalized_, filter, { address, address, address }, channel, mode, 0 }
    {
    }
};

/* ---- binding; each forgets what was bound before ---- */

cudaError_t cudaBindTexture(size_t *offset, const textureReference *reference, const void *address,
                            const cudaChannelFormatDesc *channel, size_t bytes = UINT_MAX, EMU_HERE);
cudaError_t cudaBindTexture2D(size_t *offset, const textureReference *reference, const void *address,
                              const cudaChannelFormatDesc *channel, size_t width, size_t height, size_t pitch,
                              EMU_HERE);
cudaError_t cudaBindTextureToArray(const textureReference *reference, cudaArray_const_t array,
                                   const cudaChannelFormatDesc *channel, EMU_HERE);
cudaError_t cudaUnbindTexture(const textureReference *reference, EMU_HERE);

template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTexture(size_t *offset, const texture<T, dimensions, mode> &reference,
                            const void *address, const cudaChannelFormatDesc &channel,
                            size_t bytes = UINT_MAX, EMU_HERE)
{
    return cudaBindTexture(offset, &reference, address, &channel, bytes, where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTexture(size_t *offset, const texture<T, dimensions, mode> &reference,
                            const void *address, size_t bytes = UINT_MAX, EMU_HERE)
{
    return cudaBindTexture(offset, &reference, address, &reference.channelDesc, bytes, where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTexture2D(size_t *offset, const texture<T, dimensions, mode> &reference,
                              const void *address, const cudaChannelFormatDesc &channel, size_t width,
                              size_t height, size_t pitch, EMU_HERE)
{
    return cudaBindTexture2D(offset, &reference, address, &channel, width, height, pitch, where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTexture2D(size_t *offset, const texture<T, dimensions, mode> &reference,
                              const void *address, size_t width, size_t height, size_t pitch, EMU_HERE)
{
    return cudaBindTexture2D(offset, &reference, address, &reference.channelDesc, width, height, pitch,
                             where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTextureToArray(const texture<T, dimensions, mode> &reference, cudaArray_const_t array,
                                   const cudaChannelFormatDesc &channel, EMU_HERE)
{
    return cudaBindTextureToArray(&reference, array, &channel, where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaBindTextureToArray(const texture<T, dimensions, mode> &reference, cudaArray_const_t array,
                                   EMU_HERE)
{
    return cudaBindTextureToArray(&reference, array, nullptr, where_);
}
template <class T, int dimensions, cudaTextureReadMode mode>
cudaError_t cudaUnbindTexture(const texture<T, dimensions, mode> &reference, EMU_HERE)
{
    return cudaUnbindTexture(&reference, where_);
}

/* ---- reading ---- */

namespace emu
{

/* What a kernel gets of an element T: itself, or as many floats. */
template <int count> struct Floats;
template <> struct Floats<1> {
    typedef float type;
};
template <> struct Floats<2> {
    typedef float2 type;
};
template <> struct Floats<4> {
    typedef float4 type;
};
template <class T, cudaTextureReadMode mode>
using Fetched =
    std::conditional_t<mode == cudaReadModeElementType, T, typename Floats<Components<T>::count>::type>;

/* The object that is bound, or the end of the kernel. */
cudaTextureObject_t bound(const textureReference &reference, const char *call, Where where);

} // namespace emu

#define EMU_REFERENCE(name, dimensions, parameters, ...)                                               \
    template <class T, cudaTextureReadMode mode>                                                       \
    emu::Fetched<T, mode> name(const texture<T, dimensions, mode> &reference, EMU_UNPAREN parameters,  \
                               EMU_HERE)                                                               \
    {                                                                                                  \
        return name<emu::Fetched<T, mode>>(emu::bound(reference, #name, where_), __VA_ARGS__, where_); \
    }

EMU_REFERENCE(tex1Dfetch, 1, (int at), at)
EMU_REFERENCE(tex1D, 1, (float x), x)
EMU_REFERENCE(tex2D, 2, (float x, float y), x, y)
EMU_REFERENCE(tex3D, 3, (float x, float y, float z), x, y, z)
#undef EMU_REFERENCE

#endif
