/* emu/arrays.h - cudaArray and memory of three dimensions: types, allocation, copies. */
#ifndef EMU_ARRAYS_H
#define EMU_ARRAYS_H

#include <type_traits>
#include "../driver_types.h"
#include "core.h"

typedef enum cudaChannelFormatKind {
    cudaChannelFormatKindSigned,
    cudaChannelFormatKindUnsigned,
    cudaChannelFormatKindFloat,
    cudaChannelFormatKindNone
} cudaChannelFormatKind;

struct cudaChannelFormatDesc {
    int x, y, z, w; /* bits of each component */
    cudaChannelFormatKind f;
};

typedef struct cudaArray *cudaArray_t;
typedef const struct cudaArray *cudaArray_const_t;

struct cudaExtent {
    size_t width, height, depth;
};
struct cudaPos {
    size_t x, y, z;
};
struct cudaPitchedPtr {
    void *ptr;
    size_t pitch, xsize, ysize;
};

/* Widths and x count elements if an array takes part, else bytes. */
struct cudaMemcpy3DParms {
    cudaArray_t srcArray;
    cudaPos srcPos;
    cudaPitchedPtr srcPtr;
    cudaArray_t dstArray;
    cudaPos dstPos;
    cudaPitchedPtr dstPtr;
    cudaExtent extent;
    cudaMemcpyKind kind;
};

enum {
    cudaArrayDefault = 0,
    cudaArrayLayered = 1,
    cudaArraySurfaceLoadStore = 2,
    cudaArrayCubemap = 4,
    cudaArrayTextureGather = 8
};

inline cudaExtent make_cudaExtent(size_t width, size_t height, size_t depth)
{
    return { width, height, depth };
}
inline cudaPos make_cudaPos(size_t x, size_t y, size_t z)
{
    return { x, y, z };
}
inline cudaPitchedPtr make_cudaPitchedPtr(void *address, size_t pitch, size_t width, size_t height)
{
    return { address, pitch, width, height };
}

/* ---- channels ---- */

namespace emu
{

template <class T, class = void> struct Components { /* of a scalar */
    typedef T type;
    static constexpr int count = 1;
};
template <class T> struct Components<T, std::void_t<decltype(T::x)>> { /* of float4 and its like */
    typedef decltype(T::x) type;
    static constexpr int count = (int)(sizeof(T) / sizeof(type));
};

} // namespace emu

inline cudaChannelFormatDesc cudaCreateChannelDesc(int x, int y, int z, int w, cudaChannelFormatKind kind)
{
    return { x, y, z, w, kind };
}
template <class T> cudaChannelFormatDesc cudaCreateChannelDesc()
{
    typedef typename emu::Components<T>::type C;
    const int bits = 8 * (int)sizeof(C), count = emu::Components<T>::count;
    return { bits, count > 1 ? bits : 0, count > 2 ? bits : 0, count > 3 ? bits : 0,
             std::is_integral_v<C>
                 ? std::is_signed_v<C> ? cudaChannelFormatKindSigned : cudaChannelFormatKindUnsigned
                 : cudaChannelFormatKindFloat };
}

/* ---- allocation ---- */

cudaError_t cudaMallocArray(cudaArray_t *array, const cudaChannelFormatDesc *channel, size_t width,
                            size_t height = 0, unsigned flags = 0, EMU_HERE);
cudaError_t cudaMalloc3DArray(cudaArray_t *array, const cudaChannelFormatDesc *channel, cudaExtent extent,
                              unsigned flags = 0, EMU_HERE);
cudaError_t cudaFreeArray(cudaArray_t array, EMU_HERE);
cudaError_t cudaArrayGetInfo(cudaChannelFormatDesc *channel, cudaExtent *extent, unsigned *flags,
                             cudaArray_t array, EMU_HERE);
cudaError_t cudaGetChannelDesc(cudaChannelFormatDesc *channel, cudaArray_const_t array, EMU_HERE);
cudaError_t cudaMalloc3D(cudaPitchedPtr *pitched, cudaExtent extent, EMU_HERE);

/* ---- copies; widths and x offsets of the two-dimensional ones are bytes ---- */

cudaError_t cudaMemset3D(cudaPitchedPtr pitched, int value, cudaExtent extent, EMU_HERE);
cudaError_t cudaMemset3DAsync(cudaPitchedPtr pitched, int value, cudaExtent extent,
                              cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemset2DAsync(void *address, size_t pitch, int value, size_t width, size_t height,
                              cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpy3D(const cudaMemcpy3DParms *p, EMU_HERE);
cudaError_t cudaMemcpy3DAsync(const cudaMemcpy3DParms *p, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpyToArray(cudaArray_t to, size_t x, size_t y, const void *from, size_t bytes,
                              cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpyFromArray(void *to, cudaArray_const_t from, size_t x, size_t y, size_t bytes,
                                cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpyToArrayAsync(cudaArray_t to, size_t x, size_t y, const void *from, size_t bytes,
                                   cudaMemcpyKind kind, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpyFromArrayAsync(void *to, cudaArray_const_t from, size_t x, size_t y, size_t bytes,
                                     cudaMemcpyKind kind, cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpy2DToArray(cudaArray_t to, size_t x, size_t y, const void *from, size_t pitch,
                                size_t width, size_t height, cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpy2DToArrayAsync(cudaArray_t to, size_t x, size_t y, const void *from, size_t pitch,
                                     size_t width, size_t height, cudaMemcpyKind kind,
                                     cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpy2DFromArray(void *to, size_t pitch, cudaArray_const_t from, size_t x, size_t y,
                                  size_t width, size_t height, cudaMemcpyKind kind, EMU_HERE);
cudaError_t cudaMemcpy2DFromArrayAsync(void *to, size_t pitch, cudaArray_const_t from, size_t x, size_t y,
                                       size_t width, size_t height, cudaMemcpyKind kind,
                                       cudaStream_t stream = nullptr, EMU_HERE);
cudaError_t cudaMemcpy2DArrayToArray(cudaArray_t to, size_t to_x, size_t to_y, cudaArray_const_t from,
                                     size_t from_x, size_t from_y, size_t width, size_t height,
                                     cudaMemcpyKind kind = cudaMemcpyDeviceToDevice, EMU_HERE);

#endif
