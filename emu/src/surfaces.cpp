/* surfaces.cpp - surface objects: kernels read and write bytes of an array through them. */
#include <deque>
#include "launch.h"
#include "textures.h"

namespace emu
{

namespace
{
struct Surface {
    Elements of;
    bool destroyed;
    Where where;
};
} // namespace

static std::deque<Surface> &surfaces = *new std::deque<Surface>; /* destroyed ones, too */
static const cudaSurfaceObject_t FIRST_SURFACE = 0x7f00000001;

static Surface *surface_of(cudaSurfaceObject_t object)
{
    return object - FIRST_SURFACE < surfaces.size() ? &surfaces[object - FIRST_SURFACE] : nullptr;
}

/* The surface, if it can be used so; else the kernel ends. */
static const Surface &check_use(cudaSurfaceObject_t object, const SurfacePlace &p, size_t bytes, Where where)
{
    const Surface *s = surface_of(object);
    if (!s)
        fail("surface", where, "%s of %llu, which is no surface object; cudaCreateSurfaceObject makes one",
             p.call, object);
    if (s->destroyed || s->of.array->freed)
        fail("surface", where, "%s of the surface object made at %s; it, or its array, is gone", p.call,
             source_line(s->where).c_str());
    if (const char *right = fitting(s->of, p.fetch, true))
        fail("surface", where, "%s of a surface, made at %s, whose array is one for %s", p.call,
             source_line(s->where).c_str(), right);
    if (p.x % (int)bytes)
        fail(
            "surface", where,
            "%s of %zu bytes at x = %d: x counts bytes, so it must be a multiple of the value's size; multiply "
            "the index by it",
            p.call, bytes, p.x);
    return *s;
}

static int clamped(int i, int n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* Where the bytes lie; nullptr: beyond the border, with cudaBoundaryModeZero. */
static char *place_of(cudaSurfaceObject_t object, const SurfacePlace &p, size_t bytes, Where where)
{
    const Elements &of = check_use(object, p, bytes, where).of;
    int x = p.x, y = p.y, z = p.z, width = (int)(of.pitch / bytes * bytes);
    bool inside = x >= 0 && x < width && y >= 0 && y < of.height && z >= 0 && z < of.depth;
    if (!inside && p.mode == cudaBoundaryModeZero) return nullptr;
    if (!inside && p.mode == cudaBoundaryModeTrap)
        fail(
            "surface", where,
            "%s at byte %d of row %d, slice %d: the array, allocated at %s, has %zu bytes x %d rows x %d slices",
            p.call, x, y, z, source_line(of.where).c_str(), of.pitch, of.height, of.depth);
    x = clamped(x, width - (int)bytes + 1), y = clamped(y, of.height), z = clamped(z, of.depth);
    return of.memory + (size_t)x + (size_t)y * of.pitch + (size_t)z * of.slice;
}

void surface_read(cudaSurfaceObject_t object, const SurfacePlace &p, void *to, size_t bytes, Where where)
{
    const char *at = place_of(object, p, bytes, where);
    if (!at) {
        memset(to, 0, bytes);
        return;
    }
    mark_access(at, bytes, false, false, where);
    memcpy(to, at, bytes);
}

void surface_write(cudaSurfaceObject_t object, const SurfacePlace &p, const void *from, size_t bytes,
                   Where where)
{
    char *at = place_of(object, p, bytes, where);
    if (!at) return;
    mark_access(at, bytes, true, false, where);
    memcpy(at, from, bytes);
}

} // namespace emu

/* ---- the host's calls ---- */

using namespace emu;

cudaError_t cudaCreateSurfaceObject(cudaSurfaceObject_t *object, const cudaResourceDesc *resource,
                                    Where where)
{
    Call call = { "cudaCreateSurfaceObject", where };
    if (!object || !resource) return no_result(call.name, where);
    *object = 0;
    if (resource->resType != cudaResourceTypeArray)
        return refuse(cudaErrorInvalidValue, where, "%s of what is not an array", call.name);
    Surface s = { {}, false, where };
    if (cudaError_t error = elements_of(call, resource->res.array.array, &s.of)) return error;
    if (!(s.of.array->flags & cudaArraySurfaceLoadStore))
        return refuse(cudaErrorInvalidValue, where,
                      "%s of the array allocated at %s, without the flag cudaArraySurfaceLoadStore",
                      call.name, source_line(s.of.where).c_str());
    surfaces.push_back(s);
    *object = FIRST_SURFACE + surfaces.size() - 1;
    return cudaSuccess;
}

cudaError_t cudaDestroySurfaceObject(cudaSurfaceObject_t object, Where where)
{
    Surface *s = surface_of(object);
    if (!s || s->destroyed)
        return refuse(cudaErrorInvalidValue, where,
                      "cudaDestroySurfaceObject of a surface object that does not exist, or no longer");
    if (cudaError_t error = stream_allows("cudaDestroySurfaceObject", where)) return error;
    stream_wait_all();
    s->destroyed = true;
    return cudaSuccess;
}
