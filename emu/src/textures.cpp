/* textures.cpp - texture objects, and what kernels read through them: where an element lies, and how several
 * are mixed. Formulas: "Texture Fetching" in the CUDA Programming Guide. */
#include "textures.h"

#include <cmath>
#include <deque>
#include "emu/mini_float.h"
#include "host_memory.h"
#include "launch.h"
#include "memory.h"

namespace emu
{

namespace
{
struct Texture {
    Elements of;
    cudaResourceDesc resource;
    cudaTextureDesc how;
    bool linear_memory, normalized, filtered, as_float;
    bool destroyed;
    Where where;
};
} // namespace

static std::deque<Texture> &textures = *new std::deque<Texture>; /* destroyed ones, too */
static const cudaTextureObject_t FIRST_TEXTURE = 0x7e00000001;

static Texture *texture_of(cudaTextureObject_t object)
{
    return object - FIRST_TEXTURE < textures.size() ? &textures[object - FIRST_TEXTURE] : nullptr;
}

/* ---- making them ---- */

cudaError_t elements_of(const Call &call, const cudaArray *array, Elements *elements)
{
    if (cudaError_t error = array_check(call, array)) return error;
    const cudaChannelFormatDesc &c = array->channel;
    *elements = { c,
                  array,
                  array->memory,
                  array->element,
                  array->pitch,
                  array->pitch * array->rows,
                  (int)array->extent.width,
                  (int)array->rows,
                  (int)array->slices,
                  (int)array->element * 8 / c.x,
                  array->where };
    return cudaSuccess;
}

/* Of memory of cudaMalloc: the range must lie in one allocation, and begin where the hardware can begin. */
static cudaError_t check_memory(const Call &call, const void *memory, size_t bytes, size_t element)
{
    bool device;
    if (!element)
        return refuse(cudaErrorInvalidChannelDescriptor, call.where,
                      "%s: elements have 1, 2 or 4 components of 8, 16 or 32 bits, all alike", call.name);
    if (!device_range(memory, bytes, &device) || !device || !bytes)
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s of %zu bytes of %s; a texture needs memory of cudaMalloc, all of it in one array",
                      call.name, bytes,
                      in_device_arena(memory) ? describe_device(memory).c_str() : "host memory");
    size_t offset = device_location(memory).offset;
    if (offset % 512 == 0) return cudaSuccess;
    return refuse(
        cudaErrorInvalidValue, call.where,
        "%s of memory that begins %zu bytes after an array's start; textures begin at multiples of 512 "
        "(cudaDeviceProp::textureAlignment)",
        call.name, offset);
}

static cudaError_t check_pitch(const Call &call, const void *memory, size_t pitch, size_t width_bytes)
{
    if (pitch % 32 || width_bytes > pitch)
        return refuse(cudaErrorInvalidValue, call.where,
                      "%s of rows of %zu bytes with a pitch of %zu; it must be a multiple of 32 "
                      "(cudaDeviceProp::texturePitchAlignment) and hold a row: cudaMallocPitch gives one",
                      call.name, width_bytes, pitch);
    size_t given = pitch_of(memory);
    if (given && given != pitch)
        report_at("pitch", call.where,
                  "%s with a pitch of %zu bytes, but cudaMallocPitch gave this memory %zu", call.name, pitch,
                  given);
    return cudaSuccess;
}

static cudaError_t find_elements(const Call &call, const cudaResourceDesc &r, Elements *of)
{
    if (r.resType == cudaResourceTypeArray) return elements_of(call, r.res.array.array, of);
    if (r.resType == cudaResourceTypeLinear) {
        const auto &l = r.res.linear;
        size_t element = element_bytes(l.desc);
        if (cudaError_t error = check_memory(call, l.devPtr, l.sizeInBytes, element)) return error;
        *of = { l.desc,
                nullptr,
                (char *)l.devPtr,
                element,
                0,
                0,
                (int)(l.sizeInBytes / element),
                1,
                1,
                (int)element * 8 / l.desc.x,
                call.where };
        return cudaSuccess;
    }
    if (r.resType == cudaResourceTypePitch2D) {
        const auto &p = r.res.pitch2D;
        size_t element = element_bytes(p.desc), row = p.width * element;
        if (!p.height)
            return refuse(cudaErrorInvalidValue, call.where, "%s of a pitch2D resource of no rows",
                          call.name);
        if (cudaError_t error = check_pitch(call, p.devPtr, p.pitchInBytes, row)) return error;
        size_t bytes = p.pitchInBytes * (p.height - 1) + row;
        if (cudaError_t error = check_memory(call, p.devPtr, bytes, element)) return error;
        *of = { p.desc,    nullptr,      (char *)p.devPtr, element, p.pitchInBytes,
                0,         (int)p.width, (int)p.height,    1,       (int)element * 8 / p.desc.x,
                call.where };
        return cudaSuccess;
    }
    return refuse(cudaErrorNotSupported, call.where, "%s of a resource of kind %d: mipmaps are not emulated",
                  call.name, (int)r.resType);
}

static cudaError_t check_how(const Call &call, const Texture &t)
{
    bool of_float = t.of.channel.f == cudaChannelFormatKindFloat;
    if (t.how.readMode == cudaReadModeNormalizedFloat && !of_float && t.of.channel.x == 32)
        return refuse(cudaErrorInvalidNormSetting, call.where,
                      "%s with cudaReadModeNormalizedFloat: only integers of 8 or 16 bits can be read so",
                      call.name);
    if (!t.linear_memory && t.how.filterMode == cudaFilterModeLinear && !t.as_float)
        return refuse(cudaErrorInvalidFilterSetting, call.where,
                      "%s with cudaFilterModeLinear of integers: only values that are read as float can be "
                      "filtered; cudaReadModeNormalizedFloat reads them so",
                      call.name);
    return cudaSuccess;
}

/* ---- where an element lies ---- */

/* The index that stands for i, or -1: beyond the border. */
static int inside(const Texture &t, int dimension, int i, int n)
{
    cudaTextureAddressMode mode = t.how.addressMode[dimension];
    if (i >= 0 && i < n) return i;
    if (mode == cudaAddressModeBorder) return -1;
    if (mode == cudaAddressModeClamp || !t.normalized) return i < 0 ? 0 : n - 1;
    int period = mode == cudaAddressModeMirror ? 2 * n : n, rest = i % period;
    if (rest < 0) rest += period;
    return rest < n ? rest : period - 1 - rest;
}

/* NaN is 0; what no integer holds is far outside. */
static int floor_of(float x)
{
    if (!(std::fabs(x) < 1e9f)) return x > 0 ? 1000000000 : x < 0 ? -1000000000 : 0;
    return (int)std::floor(x);
}

namespace
{
/* One dimension of a fetch: two indices, -1 beyond the border, and the second one's weight. */
struct Line {
    int index[2];
    float weight;
};
} // namespace

static Line line_of(const Texture &t, int dimension, float x, int n)
{
    if (t.normalized) x *= (float)n;
    if (!t.filtered) return { { inside(t, dimension, floor_of(x), n), 0 }, 0 };
    x -= 0.5f;
    int low = floor_of(x);
    float weight = std::floor((x - (float)low) * 256 + 0.5f) / 256;
    if (!(weight >= 0 && weight <= 1)) weight = 0;
    return { { inside(t, dimension, low, n), inside(t, dimension, low + 1, n) }, weight };
}

static const Line SINGLE = { { 0, 0 }, 0 };

/* ---- what an element is ---- */

static float as_float(const Texture &t, const char *at)
{
    const cudaChannelFormatDesc &c = t.of.channel;
    if (c.f == cudaChannelFormatKindFloat && c.x == 32) return *(const float *)at;
    if (c.f == cudaChannelFormatKindFloat) return decode(*(const uint16_t *)at, HalfFormat());
    if (c.f == cudaChannelFormatKindUnsigned)
        return c.x == 8 ? (float)*(const uint8_t *)at / 255 : (float)*(const uint16_t *)at / 65535;
    float value = c.x == 8 ? (float)*(const int8_t *)at / 127 : (float)*(const int16_t *)at / 32767;
    return value < -1 ? -1 : value;
}

static uint32_t as_integer(const Texture &t, const char *at)
{
    const cudaChannelFormatDesc &c = t.of.channel;
    bool is_signed = c.f == cudaChannelFormatKindSigned;
    if (c.x == 32) return *(const uint32_t *)at;
    if (c.x == 16) return is_signed ? (uint32_t) * (const int16_t *)at : *(const uint16_t *)at;
    return is_signed ? (uint32_t) * (const int8_t *)at : *(const uint8_t *)at;
}

/* Adds the element times weight, or the border's colour. */
static void add(const Texture &t, int x, int y, int z, float weight, float *sum, Where where)
{
    if (x < 0 || y < 0 || z < 0) {
        for (int i = 0; i < t.of.components; i++) sum[i] += weight * t.how.borderColor[i];
        return;
    }
    const char *at = t.of.memory + (size_t)x * t.of.element + (size_t)y * t.of.pitch + (size_t)z * t.of.slice;
    mark_access(at, t.of.element, false, false, where);
    for (int i = 0; i < t.of.components; i++)
        sum[i] += weight * as_float(t, at + (size_t)i * (size_t)t.of.channel.x / 8);
}

/* ---- a fetch ---- */

static void put(const float *value, uint32_t *out)
{
    memcpy(out, value, 4 * sizeof *value);
}

static void read_integer(const Texture &t, int x, int y, int z, uint32_t *out, Where where)
{
    if (x < 0 || y < 0 || z < 0) {
        for (int i = 0; i < t.of.components; i++) out[i] = (uint32_t)(int)t.how.borderColor[i];
        return;
    }
    const char *at = t.of.memory + (size_t)x * t.of.element + (size_t)y * t.of.pitch + (size_t)z * t.of.slice;
    mark_access(at, t.of.element, false, false, where);
    for (int i = 0; i < t.of.components; i++) out[i] = as_integer(t, at + i * t.of.channel.x / 8);
}

static void mix(const Texture &t, const Line &x, const Line &y, const Line &z, int layer, uint32_t *out,
                Where where)
{
    if (!t.as_float) return read_integer(t, x.index[0], y.index[0], z.index[0] + layer, out, where);
    float sum[4] = {};
    for (int i = 0; i < 8; i++) {
        int a = i & 1, b = i >> 1 & 1, c = i >> 2;
        float weight =
            (a ? x.weight : 1 - x.weight) * (b ? y.weight : 1 - y.weight) * (c ? z.weight : 1 - z.weight);
        if (weight == 0) continue;
        int slice = z.index[c] < 0 ? -1 : z.index[c] + layer;
        add(t, x.index[a], y.index[b], slice, weight, sum, where);
    }
    put(sum, out);
}

/* The face that a direction meets, and where on it, from 0 to 1. */
static int face_of(float x, float y, float z, float *s, float *t)
{
    float ax = std::fabs(x), ay = std::fabs(y), az = std::fabs(z), m;
    int face;
    if (ax >= ay && ax >= az)
        face = x < 0, m = ax, *s = x < 0 ? z : -z, *t = -y;
    else if (ay >= az)
        face = 2 + (y < 0), m = ay, *s = x, *t = y < 0 ? -z : z;
    else
        face = 4 + (z < 0), m = az, *s = z < 0 ? -x : x, *t = -y;
    *s = (*s / m + 1) / 2;
    *t = (*t / m + 1) / 2;
    return face;
}

/* Within a face only: seams are not filtered over. */
static void read_cube(const Texture &given, const Place &p, int faces, uint32_t *out, Where where)
{
    Texture t = given;
    t.normalized = true;
    t.how.addressMode[0] = t.how.addressMode[1] = cudaAddressModeClamp;
    float u, v;
    int face = face_of(p.x, p.y, p.z, &u, &v);
    mix(t, line_of(t, 0, u, t.of.width), line_of(t, 1, v, t.of.height), SINGLE, faces + face, out, where);
}

static int clamped(int layer, int layers)
{
    return layer < 0 ? 0 : layer >= layers ? layers - 1 : layer;
}

static void read_linear(const Texture &t, int at, const Wanted &wanted, uint32_t *out, Where where)
{
    if (at < 0 || at >= t.of.width) {
        report_at("texture", where, "%s of element %d of a texture of %d, made at %s: it gives 0",
                  wanted.call, at, t.of.width, source_line(t.where).c_str());
        return;
    }
    Line line = { { at, 0 }, 0 };
    mix(t, line, SINGLE, SINGLE, 0, out, where);
}

const char *fitting(const Elements &of, Fetch fetch, bool surface)
{
    unsigned flags = of.array ? of.array->flags : 0;
    bool cube = flags & cudaArrayCubemap, layered = flags & cudaArrayLayered;
    Fetch right = cube && layered ? Fetch::cube_layered
                  : cube          ? Fetch::cube
                  : layered       ? of.array->extent.height ? Fetch::two_layered : Fetch::one_layered
                  : of.array && of.array->extent.depth   ? Fetch::three
                  : of.array && !of.array->extent.height ? Fetch::one
                                                         : Fetch::two;
    static const char *const names[2][8] = {
        { "tex1Dfetch", "tex1D", "tex2D", "tex3D", "tex1DLayered", "tex2DLayered", "texCubemap",
          "texCubemapLayered" },
        { "", "surf1D", "surf2D", "surf3D", "surf1DLayered", "surf2DLayered", "surfCubemap",
          "surfCubemapLayered" },
    };
    return fetch == right ? nullptr : names[surface][(int)right];
}

/* The texture, if it can be read so; else the kernel ends. */
static const Texture &check_read(cudaTextureObject_t object, Fetch fetch, const Wanted &wanted, Where where)
{
    const Texture *t = texture_of(object);
    if (!t)
        fail("texture", where, "%s of %llu, which is no texture object; cudaCreateTextureObject makes one",
             wanted.call, object);
    if (t->destroyed)
        fail("texture", where, "%s of the texture object made at %s, which has been destroyed", wanted.call,
             source_line(t->where).c_str());
    if (t->of.array && t->of.array->freed)
        fail("texture", where, "%s of a texture whose array, allocated at %s, has been freed", wanted.call,
             source_line(t->of.where).c_str());
    const char *right =
        t->linear_memory ? fetch == Fetch::linear ? nullptr : "tex1Dfetch" : fitting(t->of, fetch, false);
    if (right)
        fail("texture", where, "%s of a texture, made at %s, that %s reads", wanted.call,
             source_line(t->where).c_str(), right);
    int bytes = t->as_float ? 4 : t->of.channel.x / 8;
    if (bytes != wanted.bytes || t->as_float != wanted.is_float || wanted.count > t->of.components)
        fail("texture", where,
             "%s of %d components of %d bytes%s from a texture, made at %s, that gives %d of %d bytes%s",
             wanted.call, wanted.count, wanted.bytes, wanted.is_float ? " (float)" : "",
             source_line(t->where).c_str(), t->of.components, bytes, t->as_float ? " (float)" : "");
    return *t;
}

void texture_read(cudaTextureObject_t object, const Place &p, const Wanted &wanted, uint32_t *out,
                  Where where)
{
    const Texture &t = check_read(object, p.fetch, wanted, where);
    memset(out, 0, 4 * sizeof *out);
    const Elements &of = t.of;
    switch (p.fetch) {
    case Fetch::linear: return read_linear(t, p.at, wanted, out, where);
    case Fetch::cube: return read_cube(t, p, 0, out, where);
    case Fetch::cube_layered: return read_cube(t, p, 6 * clamped(p.at, of.depth / 6), out, where);
    case Fetch::one: return mix(t, line_of(t, 0, p.x, of.width), SINGLE, SINGLE, 0, out, where);
    case Fetch::one_layered:
        return mix(t, line_of(t, 0, p.x, of.width), SINGLE, SINGLE, clamped(p.at, of.depth), out, where);
    case Fetch::two:
    case Fetch::two_layered:
        return mix(t, line_of(t, 0, p.x, of.width), line_of(t, 1, p.y, of.height), SINGLE,
                   clamped(p.at, of.depth), out, where);
    case Fetch::three:
        return mix(t, line_of(t, 0, p.x, of.width), line_of(t, 1, p.y, of.height),
                   line_of(t, 2, p.z, of.depth), 0, out, where);
    }
}

void texture_gather(cudaTextureObject_t object, float x, float y, int component, const Wanted &wanted,
                    uint32_t *out, Where where)
{
    Wanted one = wanted;
    one.count = 1;
    Texture t = check_read(object, Fetch::two, one, where);
    if (component < 0 || component >= t.of.components)
        fail("texture", where, "tex2Dgather of component %d of a texture of %d", component, t.of.components);
    t.filtered = true;
    Line u = line_of(t, 0, x, t.of.width), v = line_of(t, 1, y, t.of.height);
    const int order[4][2] = { { 0, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 } };
    for (int i = 0; i < 4; i++) {
        uint32_t element[4] = {};
        Line a = { { u.index[order[i][0]], 0 }, 0 }, b = { { v.index[order[i][1]], 0 }, 0 };
        mix(t, a, b, SINGLE, 0, element, where);
        out[i] = element[component];
    }
}

} // namespace emu

/* ---- the host's calls ---- */

using namespace emu;

cudaError_t cudaCreateTextureObject(cudaTextureObject_t *object, const cudaResourceDesc *resource,
                                    const cudaTextureDesc *how, const cudaResourceViewDesc *view, Where where)
{
    Call call = { "cudaCreateTextureObject", where };
    if (!object || !resource || !how) return no_result(call.name, where);
    *object = 0;
    if (view) return refuse(cudaErrorNotSupported, where, "%s with a view: it is not emulated", call.name);
    Texture t = { {},
                  *resource,
                  *how,
                  resource->resType == cudaResourceTypeLinear,
                  how->normalizedCoords != 0,
                  how->filterMode == cudaFilterModeLinear,
                  false,
                  false,
                  where };
    if (cudaError_t error = find_elements(call, *resource, &t.of)) return error;
    t.as_float = t.of.channel.f == cudaChannelFormatKindFloat || how->readMode == cudaReadModeNormalizedFloat;
    if (cudaError_t error = check_how(call, t)) return error;
    textures.push_back(t);
    *object = FIRST_TEXTURE + textures.size() - 1;
    return cudaSuccess;
}

static cudaError_t find_texture(const char *call, cudaTextureObject_t object, Texture **t, Where where)
{
    *t = texture_of(object);
    if (*t && !(*t)->destroyed) return cudaSuccess;
    return refuse(cudaErrorInvalidValue, where, "%s of a texture object that does not exist, or no longer",
                  call);
}

cudaError_t cudaDestroyTextureObject(cudaTextureObject_t object, Where where)
{
    Texture *t;
    if (cudaError_t error = find_texture("cudaDestroyTextureObject", object, &t, where)) return error;
    if (cudaError_t error = stream_allows("cudaDestroyTextureObject", where)) return error;
    stream_wait_all();
    t->destroyed = true;
    return cudaSuccess;
}

cudaError_t cudaGetTextureObjectResourceDesc(cudaResourceDesc *resource, cudaTextureObject_t object,
                                             Where where)
{
    Texture *t;
    if (!resource) return no_result("cudaGetTextureObjectResourceDesc", where);
    if (cudaError_t error = find_texture("cudaGetTextureObjectResourceDesc", object, &t, where)) return error;
    *resource = t->resource;
    return cudaSuccess;
}

cudaError_t cudaGetTextureObjectTextureDesc(cudaTextureDesc *how, cudaTextureObject_t object, Where where)
{
    Texture *t;
    if (!how) return no_result("cudaGetTextureObjectTextureDesc", where);
    if (cudaError_t error = find_texture("cudaGetTextureObjectTextureDesc", object, &t, where)) return error;
    *how = t->how;
    return cudaSuccess;
}
