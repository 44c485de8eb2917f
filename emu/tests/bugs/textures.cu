/* textures.cu - textures and surfaces that are made or read wrongly. */
#include <cuda_runtime.h>

#include "zoo.h"

/* One more element than the texture has: a GPU gives 0 and says nothing. */
template <bool right> __global__ void fetch_past_end(cudaTextureObject_t t, float *y, int n)
{
    int i = (int)threadIdx.x;
    int next = right && i + 1 == n ? i : i + 1;
    y[i] = tex1Dfetch<float>(t, next); /* BUG: fetch_past_end */
}
static cudaTextureObject_t linear_texture(const float *x, int n)
{
    cudaTextureObject_t t = 0;
    cudaResourceDesc resource = {};
    cudaTextureDesc how = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = (void *)x;
    resource.res.linear.desc = cudaCreateChannelDesc<float>();
    resource.res.linear.sizeInBytes = (size_t)n * sizeof(float);
    cudaCreateTextureObject(&t, &resource, &how, nullptr);
    return t;
}
template <bool right> static void fetch_past_end_run(const zoo_arrays &a)
{
    cudaTextureObject_t t = linear_texture(a.x, 64);
    fetch_past_end<right><<<1, 64>>>(t, a.y, 64);
    cudaDestroyTextureObject(t);
}

/* The object is destroyed before the kernel that reads it. */
__global__ void read_texture(cudaTextureObject_t t, float *y)
{
    y[threadIdx.x] = tex1Dfetch<float>(t, (int)threadIdx.x); /* BUG: destroyed_texture */
}
template <bool right> static void destroyed_texture_run(const zoo_arrays &a)
{
    cudaTextureObject_t t = linear_texture(a.x, 64);
    if (!right) cudaDestroyTextureObject(t);
    read_texture<<<1, 64>>>(t, a.y);
    if (right) cudaDestroyTextureObject(t);
}

/* Nobody has made the object. */
__global__ void read_unbound(cudaTextureObject_t t, float *y)
{
    y[threadIdx.x] = tex1Dfetch<float>(t, (int)threadIdx.x); /* BUG: unbound_texture */
}
template <bool right> static void unbound_texture_run(const zoo_arrays &a)
{
    cudaTextureObject_t t = right ? linear_texture(a.x, 64) : 0;
    read_unbound<<<1, 64>>>(t, a.y);
    if (right) cudaDestroyTextureObject(t);
}

/* Rows lie a pitch apart, which is not their width. */
__global__ void read_rows(cudaTextureObject_t t, float *y)
{
    y[threadIdx.x + 48 * threadIdx.y] = tex2D<float>(t, (float)threadIdx.x + 0.5f, (float)threadIdx.y + 0.5f);
}
template <bool right> static void pitch_ignored_run(const zoo_arrays &a)
{
    const size_t width = 48 * sizeof(float);
    float *rows;
    size_t pitch;
    cudaMallocPitch(&rows, &pitch, width, 4);
    cudaMemset2D(rows, pitch, 0, pitch, 4);
    cudaMemcpy2D(rows, pitch, a.x, width, width, 4, cudaMemcpyDeviceToDevice);
    cudaTextureObject_t t = 0;
    cudaResourceDesc resource = {};
    cudaTextureDesc how = {};
    resource.resType = cudaResourceTypePitch2D;
    resource.res.pitch2D.devPtr = rows;
    resource.res.pitch2D.desc = cudaCreateChannelDesc<float>();
    resource.res.pitch2D.width = 48, resource.res.pitch2D.height = 4;
    resource.res.pitch2D.pitchInBytes = right ? pitch : width;
    cudaCreateTextureObject(&t, &resource, &how, nullptr); /* BUG: pitch_ignored */
    read_rows<<<1, dim3(48, 4)>>>(t, a.y);
    cudaDestroyTextureObject(t);
    cudaFree(rows);
}

/* Bytes, read as floats: the kernel's type is not the elements'. */
template <bool right> __global__ void wrong_type(cudaTextureObject_t t, float *y)
{
    int x = (int)threadIdx.x;
    y[x] = right ? (float)tex1Dfetch<unsigned char>(t, x) : tex1Dfetch<float>(t, x); /* BUG: wrong_type */
}
template <bool right> static void wrong_type_run(const zoo_arrays &a)
{
    cudaTextureObject_t t = 0;
    cudaResourceDesc resource = {};
    cudaTextureDesc how = {};
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = (void *)a.x;
    resource.res.linear.desc = cudaCreateChannelDesc<unsigned char>();
    resource.res.linear.sizeInBytes = 64;
    cudaCreateTextureObject(&t, &resource, &how, nullptr);
    wrong_type<right><<<1, 64>>>(t, a.y);
    cudaDestroyTextureObject(t);
}

/* A surface counts x in bytes. */
template <bool right> __global__ void surface_elements(cudaSurfaceObject_t s, float *y)
{
    int x = (int)threadIdx.x;
    surf1Dwrite((float)x, s, right ? x * (int)sizeof(float) : x); /* BUG: surface_elements */
    y[x] = (float)x;
}
/* ... and ends where its array does. */
template <bool right> __global__ void surface_past_end(cudaSurfaceObject_t s, float *y)
{
    int x = (int)threadIdx.x + (right ? 0 : 1);
    surf1Dwrite((float)x, s, x * (int)sizeof(float)); /* BUG: surface_past_end */
    y[threadIdx.x] = (float)x;
}
template <class K> static void with_surface(K kernel, const zoo_arrays &a)
{
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    cudaSurfaceObject_t s = 0;
    cudaResourceDesc resource = {};
    cudaMallocArray(&array, &channel, 64, 0, cudaArraySurfaceLoadStore);
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaCreateSurfaceObject(&s, &resource);
    kernel<<<1, 64>>>(s, a.y);
    cudaDestroySurfaceObject(s);
    cudaFreeArray(array);
}
template <bool right> static void surface_elements_run(const zoo_arrays &a)
{
    with_surface(surface_elements<right>, a);
}
template <bool right> static void surface_past_end_run(const zoo_arrays &a)
{
    with_surface(surface_past_end<right>, a);
}

/* Rows of an image that is larger than the array. */
template <bool right> static void copy_past_array_run(const zoo_arrays &a)
{
    const cudaMemcpyKind kind = cudaMemcpyDeviceToDevice;
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    cudaMallocArray(&array, &channel, 32, 8);
    size_t rows = right ? 8 : 9;
    cudaMemcpy2DToArray(array, 0, 0, a.x, 128, 128, rows, kind); /* BUG: copy_past_array */
    cudaMemcpy2DFromArray(a.y, 128, array, 0, 0, 128, 8, kind);
    cudaFreeArray(array);
}

/* A texture of the file, as CUDA had them before version 12, that nothing is bound to. */
static texture<float, 1, cudaReadModeElementType> old_texture;
__global__ void read_old_texture(float *y)
{
    y[threadIdx.x] = tex1Dfetch(old_texture, (int)threadIdx.x); /* BUG: unbound_reference */
}
template <bool right> static void unbound_reference_run(const zoo_arrays &a)
{
    if (right) cudaBindTexture(nullptr, old_texture, a.x, 64 * sizeof(float));
    read_old_texture<<<1, 64>>>(a.y);
    cudaUnbindTexture(old_texture);
}

/* More of it than the memory has. */
template <bool right> static void bound_past_end_run(const zoo_arrays &a)
{
    const size_t bytes = (ZOO_FLOATS + (right ? 0 : 1)) * sizeof(float);
    cudaBindTexture(nullptr, old_texture, a.x, bytes); /* BUG: bound_past_end */
    if (right) read_old_texture<<<1, 64>>>(a.y);
    cudaUnbindTexture(old_texture);
}

static const char unbound[] = "nothing is bound to", bound[] = "cudaBindTexture of 16388 bytes";
static const char past[] = "tex1Dfetch of element 64 of a texture of 64", gone[] = "has been destroyed",
                  none[] = "no texture object", pitch[] = "cudaMallocPitch gave this memory 512",
                  type[] = "of 1 components of 4 bytes (float) from a texture", elements[] = "x counts bytes",
                  end[] = "at byte 256 of row 0", rows[] = "error: ...9 rows...has 128 bytes x 8 rows";
static const zoo_bug bugs[] = {
    ZOO(fetch_past_end, 64, past, nullptr, nullptr, past),
    ZOO(destroyed_texture, 64, gone, nullptr, nullptr, gone),
    ZOO(unbound_texture, 64, none, nullptr, nullptr, none),
    ZOO(unbound_reference, 64, unbound, nullptr, nullptr, unbound),
    ZOO(bound_past_end, 0, bound, nullptr, nullptr, bound),
    ZOO(pitch_ignored, 192, pitch, nullptr, nullptr, pitch),
    ZOO(wrong_type, 64, type, nullptr, nullptr, type),
    ZOO(surface_elements, 64, elements, nullptr, nullptr, elements),
    ZOO(surface_past_end, 64, end, nullptr, nullptr, end),
    ZOO(copy_past_array, 256, rows, nullptr, nullptr, rows),
    { nullptr, nullptr, nullptr, 0, { nullptr, nullptr, nullptr, nullptr } },
};
const zoo_house zoo_textures = { __FILE__, bugs };
