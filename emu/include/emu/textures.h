/* emu/textures.h - what kernels read through texture objects, and read and write through surface objects.
 *
 * Filtering is that of the Programming Guide ("Texture Fetching"): weights have 8 bits after the point. */
#ifndef EMU_TEXTURES_H
#define EMU_TEXTURES_H

#include "texture_objects.h"

namespace emu
{

/* What the elements must be for the reader's type. */
struct Wanted {
    int bytes, count;
    bool is_float;
    const char *call; /* "tex2D" */
};

enum class Fetch { linear, one, two, three, one_layered, two_layered, cube, cube_layered };

struct Place {
    Fetch fetch;
    float x, y, z;
    int at; /* the element of Fetch::linear, else the layer */
};

/* out: four components; floating-point ones as their bits, integers extended to 32 bits */
void texture_read(cudaTextureObject_t texture, const Place &place, const Wanted &wanted, uint32_t *out,
                  Where where);
void texture_gather(cudaTextureObject_t texture, float x, float y, int component, const Wanted &wanted,
                    uint32_t *out, Where where);

template <class T> Wanted wanted_of(const char *call)
{
    typedef typename Components<T>::type C;
    static_assert(sizeof(C) <= 4, "textures have components of at most 32 bits: read an int2 for a double");
    return { (int)sizeof(C), Components<T>::count, !std::is_integral_v<C>, call };
}

template <class T> EMU_RAW T of_components(const uint32_t *from)
{
    typedef typename Components<T>::type C;
    C components[Components<T>::count];
    for (int i = 0; i < Components<T>::count; i++) {
        if constexpr (std::is_integral_v<C>)
            components[i] = (C)from[i];
        else
            memcpy(&components[i], &from[i], sizeof(C));
    }
    T result;
    memcpy(&result, components, sizeof result);
    return result;
}

template <class T>
EMU_RAW T texture_value(cudaTextureObject_t texture, const Place &place, const char *call, Where where)
{
    uint32_t components[4];
    texture_read(texture, place, wanted_of<T>(call), components, where);
    return of_components<T>(components);
}

/* x in bytes; at: the layer */
struct SurfacePlace {
    Fetch fetch;
    int x, y, z;
    cudaSurfaceBoundaryMode mode;
    const char *call;
};
void surface_read(cudaSurfaceObject_t surface, const SurfacePlace &place, void *to, size_t bytes,
                  Where where);
void surface_write(cudaSurfaceObject_t surface, const SurfacePlace &place, const void *from, size_t bytes,
                   Where where);

} // namespace emu

/* ---- textures: each as a value, and with the place of the result as its first parameter ---- */

#define EMU_TEXTURE(name, parameters, fetch, ...)                                                      \
    template <class T> T name(cudaTextureObject_t texture, EMU_UNPAREN parameters, EMU_HERE)           \
    {                                                                                                  \
        return emu::texture_value<T>(texture, { emu::Fetch::fetch, __VA_ARGS__ }, #name, where_);      \
    }                                                                                                  \
    template <class T> void name(T *to, cudaTextureObject_t texture, EMU_UNPAREN parameters, EMU_HERE) \
    {                                                                                                  \
        *to = emu::texture_value<T>(texture, { emu::Fetch::fetch, __VA_ARGS__ }, #name, where_);       \
    }

EMU_TEXTURE(tex1Dfetch, (int at), linear, 0, 0, 0, at)
EMU_TEXTURE(tex1D, (float x), one, x, 0, 0, 0)
EMU_TEXTURE(tex2D, (float x, float y), two, x, y, 0, 0)
EMU_TEXTURE(tex3D, (float x, float y, float z), three, x, y, z, 0)
EMU_TEXTURE(tex1DLayered, (float x, int layer), one_layered, x, 0, 0, layer)
EMU_TEXTURE(tex2DLayered, (float x, float y, int layer), two_layered, x, y, 0, layer)
EMU_TEXTURE(texCubemap, (float x, float y, float z), cube, x, y, z, 0)
EMU_TEXTURE(texCubemapLayered, (float x, float y, float z, int layer), cube_layered, x, y, z, layer)

/* There are no mipmaps: all levels are the array itself. */
EMU_TEXTURE(tex1DLod, (float x, float), one, x, 0, 0, 0)
EMU_TEXTURE(tex2DLod, (float x, float y, float), two, x, y, 0, 0)
EMU_TEXTURE(tex3DLod, (float x, float y, float z, float), three, x, y, z, 0)
EMU_TEXTURE(tex1DGrad, (float x, float, float), one, x, 0, 0, 0)
EMU_TEXTURE(tex2DGrad, (float x, float y, float2, float2), two, x, y, 0, 0)
EMU_TEXTURE(tex3DGrad, (float x, float y, float z, float4, float4), three, x, y, z, 0)
#undef EMU_TEXTURE

/* One component of the four elements that tex2D would mix: (0,1), (1,1), (1,0), (0,0) */
template <class T> T tex2Dgather(cudaTextureObject_t texture, float x, float y, int component = 0, EMU_HERE)
{
    uint32_t components[4];
    emu::texture_gather(texture, x, y, component, emu::wanted_of<T>("tex2Dgather"), components, where_);
    return emu::of_components<T>(components);
}

/* ---- surfaces; x counts bytes ---- */

/* names: those of the parameters; x, y, z: what they mean */
#define EMU_SURFACE(name, parameters, names, fetch, x, y, z)                                                 \
    template <class T>                                                                                       \
    T name##read(cudaSurfaceObject_t surface, EMU_UNPAREN parameters,                                        \
                 cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap, EMU_HERE)                              \
    {                                                                                                        \
        T value;                                                                                             \
        emu::surface_read(surface, { emu::Fetch::fetch, x, y, z, mode, #name "read" }, &value, sizeof value, \
                          where_);                                                                           \
        return value;                                                                                        \
    }                                                                                                        \
    template <class T>                                                                                       \
    void name##read(T *to, cudaSurfaceObject_t surface, EMU_UNPAREN parameters,                              \
                    cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap, EMU_HERE)                           \
    {                                                                                                        \
        *to = name##read<T>(surface, EMU_UNPAREN names, mode, where_);                                       \
    }                                                                                                        \
    template <class T>                                                                                       \
    void name##write(T value, cudaSurfaceObject_t surface, EMU_UNPAREN parameters,                           \
                     cudaSurfaceBoundaryMode mode = cudaBoundaryModeTrap, EMU_HERE)                          \
    {                                                                                                        \
        emu::surface_write(surface, { emu::Fetch::fetch, x, y, z, mode, #name "write" }, &value,             \
                           sizeof value, where_);                                                            \
    }

EMU_SURFACE(surf1D, (int x), (x), one, x, 0, 0)
EMU_SURFACE(surf2D, (int x, int y), (x, y), two, x, y, 0)
EMU_SURFACE(surf3D, (int x, int y, int z), (x, y, z), three, x, y, z)
EMU_SURFACE(surf1DLayered, (int x, int layer), (x, layer), one_layered, x, 0, layer)
EMU_SURFACE(surf2DLayered, (int x, int y, int layer), (x, y, layer), two_layered, x, y, layer)
EMU_SURFACE(surfCubemap, (int x, int y, int face), (x, y, face), cube, x, y, face)
EMU_SURFACE(surfCubemapLayered, (int x, int y, int face), (x, y, face), cube_layered, x, y, face)
#undef EMU_SURFACE

#endif
