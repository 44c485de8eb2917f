/* emu_textures.cu - textures, surfaces, arrays and copies of three dimensions. What is expected is computed
 * here in another way: coordinates lie on multiples of 1/256 of an element, whose weights are known without
 * rounding, and indices outside are followed step by step. */
#include <emu/testing.h>
#include <string>
#include "emu_test.h"

static const int W = 8, H = 4, D = 4; /* powers of two: normalized coordinates are exact */
static const float BORDER = 1000;

static float element(int x, int y, int z)
{
    return (float)((x * 37 + y * 101 + z * 53) % 211) + 0.25f * (float)x;
}

/* One step after another towards the array; false: it is beyond the border. */
static bool follow(cudaTextureAddressMode mode, int *i, int n)
{
    while (*i < 0 || *i >= n) {
        if (mode == cudaAddressModeBorder) return false;
        if (mode == cudaAddressModeClamp) *i += *i < 0 ? 1 : -1;
        if (mode == cudaAddressModeWrap) *i += *i < 0 ? n : -n;
        if (mode == cudaAddressModeMirror) *i = *i < 0 ? -*i - 1 : n - 1 - (*i - n);
    }
    return true;
}

static double at(cudaTextureAddressMode mode, int x, int y, int z)
{
    return follow(mode, &x, W) && follow(mode, &y, H) && follow(mode, &z, D) ? element(x, y, z) : BORDER;
}

/* Between the centres of elements x and x + 1, u of 256 parts from the first. */
static double mixed(cudaTextureAddressMode mode, int x, int y, int z, int u, int v, int w)
{
    double planes[2];
    for (int k = 0; k < 2; k++) {
        double low = at(mode, x, y, z + k) * (256 - u) + at(mode, x + 1, y, z + k) * u;
        double high = at(mode, x, y + 1, z + k) * (256 - u) + at(mode, x + 1, y + 1, z + k) * u;
        planes[k] = (low * (256 - v) + high * v) / 65536;
    }
    return planes[0] + (planes[1] - planes[0]) * w / 256;
}

template <class F> __global__ void each(F read, const float4 *coordinates, float *to, int n)
{
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i < n) to[i] = read(coordinates[i]);
}

template <class F> static std::vector<float> read_at(F read, const std::vector<float4> &coordinates)
{
    int n = (int)coordinates.size();
    float4 *from = to_device(coordinates);
    float *to;
    CUDA(cudaMalloc(&to, sizeof(float) * (size_t)n));
    each<<<(n + 63) / 64, 64>>>(read, from, to, n);
    std::vector<float> result = to_host(to, (size_t)n);
    CUDA(cudaFree(from));
    CUDA(cudaFree(to));
    return result;
}

static cudaTextureDesc how(cudaTextureFilterMode filter, cudaTextureAddressMode mode, bool normalized)
{
    cudaTextureDesc result = {};
    result.filterMode = filter;
    result.readMode = cudaReadModeElementType;
    result.normalizedCoords = normalized;
    for (int i = 0; i < 3; i++) result.addressMode[i] = mode;
    for (float &colour : result.borderColor) colour = BORDER;
    return result;
}

static cudaTextureObject_t texture_of(cudaArray_t array, const cudaTextureDesc &description)
{
    cudaTextureObject_t texture;
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    CUDA(cudaCreateTextureObject(&texture, &resource, &description, nullptr));
    return texture;
}

/* W x H x depth elements; depth 0: two dimensions */
static cudaArray_t filled(int depth, unsigned flags)
{
    std::vector<float> elements;
    for (int z = 0; z < (depth ? depth : 1); z++)
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) elements.push_back(element(x, y, z));
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    CUDA(cudaMalloc3DArray(&array, &channel, make_cudaExtent(W, H, (size_t)depth), flags));
    cudaMemcpy3DParms p = {};
    p.srcPtr = make_cudaPitchedPtr(elements.data(), W * sizeof(float), W, H);
    p.dstArray = array;
    p.extent = make_cudaExtent(W, H, depth ? (size_t)depth : 1);
    p.kind = cudaMemcpyHostToDevice;
    CUDA(cudaMemcpy3D(&p));
    return array;
}

static void check_modes()
{
    cudaArray_t array = filled(D, 0);
    for (cudaTextureAddressMode mode :
         { cudaAddressModeWrap, cudaAddressModeClamp, cudaAddressModeMirror, cudaAddressModeBorder }) {
        std::vector<float4> coordinates;
        std::vector<double> expected, nearest;
        for (int i = 0; i < 500; i++) {
            int x = i * 7 % 29 - 11, y = i * 5 % 17 - 7, z = i * 3 % 13 - 5;
            int u = i * 89 % 256, v = i * 57 % 256, w = i * 33 % 256;
            auto place = [](int low, int part, int n) {
                return ((float)low + 0.5f + (float)part / 256) / (float)n;
            };
            coordinates.push_back({ place(x, u, W), place(y, v, H), place(z, w, D), 0 });
            expected.push_back(mixed(mode, x, y, z, u, v, w));
            nearest.push_back(at(mode, x + (u >= 128), y + (v >= 128), z + (w >= 128)));
        }
        cudaTextureObject_t linear = texture_of(array, how(cudaFilterModeLinear, mode, true));
        cudaTextureObject_t point = texture_of(array, how(cudaFilterModePoint, mode, true));
        auto got = read_at([=](float4 c) { return tex3D<float>(linear, c.x, c.y, c.z); }, coordinates);
        auto chosen = read_at([=](float4 c) { return tex3D<float>(point, c.x, c.y, c.z); }, coordinates);
        for (size_t i = 0; i < got.size(); i++) {
            EXPECT(std::fabs(got[i] - expected[i]) <= 1e-3, "mode %d, linear, %zu: %g instead of %g", mode, i,
                   (double)got[i], expected[i]);
            EXPECT(chosen[i] == (float)nearest[i], "mode %d, point, %zu: %g instead of %g", mode, i,
                   (double)chosen[i], nearest[i]);
        }
        CUDA(cudaDestroyTextureObject(linear));
        CUDA(cudaDestroyTextureObject(point));
    }
    CUDA(cudaFreeArray(array));
}

/* A weight has 8 bits after the point: 0.3 becomes 77/256. Wrap without normalized coordinates is clamp. */
static void check_weights()
{
    std::vector<float> two = { 0, 1 };
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    CUDA(cudaMallocArray(&array, &channel, 2));
    CUDA(cudaMemcpyToArray(array, 0, 0, two.data(), 2 * sizeof(float), cudaMemcpyHostToDevice));
    cudaTextureObject_t t = texture_of(array, how(cudaFilterModeLinear, cudaAddressModeWrap, false));
    std::vector<float> got =
        read_at([=](float4 c) { return tex1D<float>(t, c.x); }, { { 0.8f, 0, 0, 0 }, { 7.5f, 0, 0, 0 } });
    EXPECT(got[0] == 77.0f / 256, "a weight of 0.3 is %g / 256", (double)got[0] * 256);
    EXPECT(got[1] == 1, "beyond the end without normalized coordinates: %g", (double)got[1]);
    CUDA(cudaDestroyTextureObject(t));
    CUDA(cudaFreeArray(array));
}

static void check_layers()
{
    cudaArray_t array = filled(3, cudaArrayLayered);
    cudaTextureObject_t t = texture_of(array, how(cudaFilterModePoint, cudaAddressModeClamp, false));
    std::vector<float4> coordinates;
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++)
                coordinates.push_back({ (float)x + 0.5f, (float)y + 0.5f, (float)z, 0 });
    auto got = read_at([=](float4 c) { return tex2DLayered<float>(t, c.x, c.y, (int)c.z); }, coordinates);
    for (size_t i = 0; i < got.size(); i++)
        EXPECT(got[i] == element((int)i % W, (int)i / W % H, (int)i / W / H), "layered %zu: %g", i,
               (double)got[i]);
    CUDA(cudaDestroyTextureObject(t));
    CUDA(cudaFreeArray(array));
}

/* Directions to the centres of the elements, from the table of "Cubemap Textures" in the Programming Guide */
static void check_cube()
{
    const int n = 4;
    std::vector<float> faces(6 * n * n);
    for (size_t i = 0; i < faces.size(); i++) faces[i] = (float)i;
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    CUDA(cudaMalloc3DArray(&array, &channel, make_cudaExtent(n, n, 6), cudaArrayCubemap));
    cudaMemcpy3DParms p = {};
    p.srcPtr = make_cudaPitchedPtr(faces.data(), n * sizeof(float), n, n);
    p.dstArray = array;
    p.extent = make_cudaExtent(n, n, 6);
    p.kind = cudaMemcpyHostToDevice;
    CUDA(cudaMemcpy3D(&p));
    std::vector<float4> directions;
    for (int i = 0; i < 6 * n * n; i++) {
        float s = ((float)(i % n) + 0.5f) / n * 2 - 1, t = ((float)(i / n % n) + 0.5f) / n * 2 - 1;
        const float4 of_face[6] = { { 3, -3 * t, -3 * s, 0 }, { -2, -2 * t, 2 * s, 0 }, { s, 1, t, 0 },
                                    { s, -1, -t, 0 },         { s, -t, 1, 0 },          { -s, -t, -1, 0 } };
        directions.push_back(of_face[i / n / n]);
    }
    cudaTextureObject_t texture = texture_of(array, how(cudaFilterModeLinear, cudaAddressModeWrap, true));
    auto got = read_at([=](float4 c) { return texCubemap<float>(texture, c.x, c.y, c.z); }, directions);
    for (size_t i = 0; i < got.size(); i++) EXPECT(got[i] == faces[i], "cube %zu: %g", i, (double)got[i]);
    CUDA(cudaDestroyTextureObject(texture));
    CUDA(cudaFreeArray(array));
}

/* Bytes read as float from rows a pitch apart, and elements of linear memory. */
static void check_memory()
{
    std::vector<uchar4> bytes;
    for (int i = 0; i < 5 * 3; i++) bytes.push_back({ (unsigned char)(i * 17), 0, 255, 51 });
    uchar4 *rows;
    size_t pitch;
    CUDA(cudaMallocPitch(&rows, &pitch, 5 * sizeof(uchar4), 3));
    CUDA(cudaMemcpy2D(rows, pitch, bytes.data(), 5 * sizeof(uchar4), 5 * sizeof(uchar4), 3,
                      cudaMemcpyHostToDevice));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypePitch2D;
    resource.res.pitch2D.devPtr = rows;
    resource.res.pitch2D.desc = cudaCreateChannelDesc<uchar4>();
    resource.res.pitch2D.width = 5, resource.res.pitch2D.height = 3;
    resource.res.pitch2D.pitchInBytes = pitch;
    cudaTextureDesc description = how(cudaFilterModePoint, cudaAddressModeClamp, false);
    description.readMode = cudaReadModeNormalizedFloat;
    cudaTextureObject_t pitched, linear;
    CUDA(cudaCreateTextureObject(&pitched, &resource, &description, nullptr));
    std::vector<int2> pairs = { { -1, 2 }, { 3, -4 } };
    int2 *memory = to_device(pairs);
    resource.resType = cudaResourceTypeLinear;
    resource.res.linear.devPtr = memory;
    resource.res.linear.desc = cudaCreateChannelDesc<int2>();
    resource.res.linear.sizeInBytes = sizeof(int2) * 2;
    description.readMode = cudaReadModeElementType;
    CUDA(cudaCreateTextureObject(&linear, &resource, &description, nullptr));
    auto colours = read_at(
        [=](float4 c) {
            float4 v = tex2D<float4>(pitched, c.x, c.y);
            return v.x + 1000 * v.z + 5 * v.w;
        },
        { { 2, 1, 0, 0 }, { 99, -5, 0, 0 } });
    EXPECT(std::fabs(colours[0] - (7 * 17 / 255.0 + 1001)) < 1e-3, "bytes: %g", (double)colours[0]);
    EXPECT(std::fabs(colours[1] - (4 * 17 / 255.0 + 1001)) < 1e-3, "clamped: %g", (double)colours[1]);
    auto fetched = read_at([=](float4 c) { return (float)tex1Dfetch<int2>(linear, (int)c.x).y; },
                           { { 0, 0, 0, 0 }, { 1, 0, 0, 0 } });
    EXPECT(fetched[0] == 2 && fetched[1] == -4, "linear memory: %g %g", (double)fetched[0],
           (double)fetched[1]);
    CUDA(cudaDestroyTextureObject(pitched));
    CUDA(cudaDestroyTextureObject(linear));
    CUDA(cudaFree(rows));
    CUDA(cudaFree(memory));
}

__global__ void to_surface(cudaSurfaceObject_t surface)
{
    int x = (int)threadIdx.x, y = (int)threadIdx.y;
    surf2Dwrite((float)(100 * y + x), surface, x * 4, y);
    if (x == 0) surf2Dwrite(-1.0f, surface, W * 4, y, cudaBoundaryModeZero); /* goes nowhere */
}

static void check_surface()
{
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc(32, 0, 0, 0, cudaChannelFormatKindFloat);
    CUDA(cudaMallocArray(&array, &channel, W, H, cudaArraySurfaceLoadStore));
    cudaResourceDesc resource = {};
    resource.resType = cudaResourceTypeArray;
    resource.res.array.array = array;
    cudaSurfaceObject_t surface;
    CUDA(cudaCreateSurfaceObject(&surface, &resource));
    to_surface<<<1, dim3(W, H)>>>(surface);
    std::vector<float> back((size_t)(W * H));
    CUDA(cudaMemcpy2DFromArray(back.data(), W * 4, array, 0, 0, W * 4, H, cudaMemcpyDeviceToHost));
    for (int i = 0; i < W * H; i++)
        EXPECT(back[(size_t)i] == (float)(100 * (i / W) + i % W), "surface %d: %g", i,
               (double)back[(size_t)i]);
    auto edges = read_at(
        [=](float4 c) {
            auto mode = c.z != 0 ? cudaBoundaryModeClamp : cudaBoundaryModeZero;
            return surf2Dread<float>(surface, (int)c.x * 4, (int)c.y, mode);
        },
        { { 3, 2, 0, 0 }, { 99, 2, 0, 0 }, { 99, -1, 1, 0 } });
    EXPECT(edges[0] == 203 && edges[1] == 0 && edges[2] == 7, "edges: %g %g %g", (double)edges[0],
           (double)edges[1], (double)edges[2]);
    CUDA(cudaDestroySurfaceObject(surface));
    CUDA(cudaFreeArray(array));
}

/* Host to pitched memory to an array, and a box of it back. */
static void check_boxes()
{
    const int w = 5, h = 4, d = 3;
    std::vector<int> from((size_t)(w * h * d));
    for (size_t i = 0; i < from.size(); i++) from[i] = (int)i;
    cudaPitchedPtr pitched;
    CUDA(cudaMalloc3D(&pitched, make_cudaExtent(w * sizeof(int), h, d)));
    EXPECT(pitched.pitch % 32 == 0 && pitched.pitch >= w * sizeof(int) && pitched.ysize == (size_t)h,
           "pitch");
    CUDA(cudaMemset3D(pitched, 0, make_cudaExtent(w * sizeof(int), h, d)));
    cudaMemcpy3DParms p = {};
    p.srcPtr = make_cudaPitchedPtr(from.data(), w * sizeof(int), w * sizeof(int), h);
    p.dstPtr = pitched;
    p.extent = make_cudaExtent(w * sizeof(int), h, d);
    p.kind = cudaMemcpyHostToDevice;
    CUDA(cudaMemcpy3D(&p));
    cudaArray_t array;
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<int>();
    CUDA(cudaMalloc3DArray(&array, &channel, make_cudaExtent(w, h, d)));
    p = {};
    p.srcPtr = pitched;
    p.dstArray = array;
    p.extent = make_cudaExtent(w, h, d); /* elements now: an array takes part */
    p.kind = cudaMemcpyDeviceToDevice;
    CUDA(cudaMemcpy3D(&p));
    std::vector<int> box(2 * 2 * 2, -1);
    p = {};
    p.srcArray = array;
    p.srcPos = make_cudaPos(3, 1, 1);
    p.dstPtr = make_cudaPitchedPtr(box.data(), 2 * sizeof(int), 2, 2);
    p.extent = make_cudaExtent(2, 2, 2);
    p.kind = cudaMemcpyDeviceToHost;
    CUDA(cudaMemcpy3D(&p));
    for (int i = 0; i < 8; i++) {
        int expected = (3 + (i & 1)) + w * ((1 + (i >> 1 & 1)) + h * (1 + (i >> 2)));
        EXPECT(box[(size_t)i] == expected, "box %d: %d instead of %d", i, box[(size_t)i], expected);
    }
    p.srcPos = make_cudaPos(4, 1, 1);
    EXPECT(cudaMemcpy3D(&p) == cudaErrorInvalidValue, "a box past the array's end");
    EXPECT(emu::found().size() == 1 &&
               emu::found()[0].what.find("has 20 bytes x 4 rows x 3 slices") != std::string::npos,
           "the sentence for it");
    emu::forget_findings();
    cudaGetLastError();
    CUDA(cudaFreeArray(array));
    CUDA(cudaFree(pitched.ptr));
}

/* ---- textures that are variables of the file ---- */

static texture<float> old_line;
static texture<uchar4, 1, cudaReadModeNormalizedFloat> old_colours;
static texture<float, 2> old_plane;

__global__ void read_old(float *to)
{
    to[0] = tex1Dfetch(old_line, 5);
    to[1] = tex1Dfetch(old_colours, 1).z;
    to[2] = tex2D(old_plane, 3.5f, 2.5f);
}

static void check_references()
{
    std::vector<float> line(16, 0), plane;
    line[5] = 42;
    for (int i = 0; i < W * H; i++) plane.push_back(element(i % W, i / W, 0));
    float *line_there = to_device(line), *other = to_device(std::vector<float>(16, -1)), *to;
    uchar4 *colours = to_device(std::vector<uchar4>{ make_uchar4(1, 2, 3, 4), make_uchar4(0, 0, 51, 0) });
    cudaChannelFormatDesc channel = cudaCreateChannelDesc<float>();
    cudaArray_t array;
    size_t offset = 1;
    CUDA(cudaMalloc(&to, 3 * sizeof *to));
    CUDA(cudaMallocArray(&array, &channel, W, H));
    CUDA(cudaMemcpyToArray(array, 0, 0, plane.data(), plane.size() * sizeof(float), cudaMemcpyHostToDevice));
    CUDA(cudaBindTexture(&offset, old_line, line_there, channel, line.size() * sizeof(float)));
    CUDA(cudaBindTexture(nullptr, old_colours, colours));
    CUDA(cudaBindTextureToArray(old_plane, array, channel));
    read_old<<<1, 1>>>(to);
    CUDA(cudaBindTexture(nullptr, &old_line, other, &channel)); /* the kernel has the texture of its launch */
    std::vector<float> got = to_host(to, 3);
    EXPECT(offset == 0 && got[0] == 42, "an element of a line: %g", got[0]);
    EXPECT(std::fabs(got[1] - 0.2f) < 1e-6f, "a colour as a float: %g", got[1]);
    EXPECT(got[2] == element(3, 2, 0), "an element of an array: %g", got[2]);
    CUDA(cudaUnbindTexture(old_line));
    CUDA(cudaUnbindTexture(&old_colours));
    CUDA(cudaUnbindTexture(old_plane));
    CUDA(cudaFreeArray(array));
    for (void *address : { (void *)line_there, (void *)other, (void *)colours, (void *)to })
        CUDA(cudaFree(address));
}

int main()
{
    check_references();
    check_modes();
    check_weights();
    check_layers();
    check_cube();
    check_memory();
    check_surface();
    check_boxes();
    return finish();
}
