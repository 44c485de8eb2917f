/* emu/cub_common.h - what CUB's parts share: operators, keys as bits, results that only one thread has. */
#ifndef EMU_CUB_COMMON_H
#define EMU_CUB_COMMON_H

#include <cstring>
#include <iterator>
#include <type_traits>
#include "../cuda_runtime.h"
#include "standard.h"

#define CUB_VERSION       300000
#define CUB_MAJOR_VERSION 3
#define CUB_MINOR_VERSION 0

namespace cub
{

struct NullType {
};

/* ---- operators ---- */

struct Sum {
    template <class A, class B> auto operator()(const A &a, const B &b) const
    {
        return a + b;
    }
};
struct Difference {
    template <class A, class B> auto operator()(const A &a, const B &b) const
    {
        return a - b;
    }
};
struct Max {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a < b ? b : a;
    }
};
struct Min {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return b < a ? b : a;
    }
};
struct Equality {
    template <class A, class B> bool operator()(const A &a, const B &b) const
    {
        return a == b;
    }
};
struct Inequality {
    template <class A, class B> bool operator()(const A &a, const B &b) const
    {
        return !(a == b);
    }
};
template <class K, class V> struct KeyValuePair {
    typedef K Key;
    typedef V Value;
    K key;
    V value;
    bool operator!=(const KeyValuePair &other) const
    {
        return key != other.key || value != other.value;
    }
};
/* Of equal values the one with the smaller key. */
struct ArgMax {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return a.value < b.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};
struct ArgMin {
    template <class T> T operator()(const T &a, const T &b) const
    {
        return b.value < a.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};

/* Two arrays that take turns as input and output. */
template <class T> struct DoubleBuffer {
    T *d_buffers[2];
    int selector = 0;
    DoubleBuffer() : d_buffers{ nullptr, nullptr }
    {
    }
    DoubleBuffer(T *current, T *alternate) : d_buffers{ current, alternate }
    {
    }
    T *Current()
    {
        return d_buffers[selector];
    }
    T *Alternate()
    {
        return d_buffers[selector ^ 1];
    }
};

/* ---- keys of a radix sort: bits that sort as the numbers do ---- */

template <class T> auto sortable_bits(const T &key)
{
    static_assert(sizeof(T) <= 8, "keys have 8 bytes at most");
    typedef std::conditional_t<(sizeof(T) > 4), uint64_t, uint32_t> Bits;
    const int width = 8 * sizeof(T);
    const Bits sign = (Bits)1 << (width - 1), all = (Bits) ~(Bits)0 >> (8 * sizeof(Bits) - width);
    Bits bits = 0;
    memcpy(&bits, &key, sizeof(T));
    if constexpr (std::is_integral_v<T>)
        return std::is_signed_v<T> ? (Bits)(bits ^ sign) : bits;
    else { /* floating point: -0 and 0 are one key */
        if (bits == sign) bits = 0;
        return (Bits)((bits & sign ? ~bits : bits | sign) & all);
    }
}

/* Do the bits begin..end-1 of a come before those of b? */
template <class T> bool comes_before(const T &a, const T &b, int begin, int end, bool descending)
{
    auto x = sortable_bits(a), y = sortable_bits(b);
    const int drop = (int)(8 * sizeof x) - end; /* of the upper ones */
    if (end <= begin) return false;
    x = (decltype(x))(x << drop) >> drop >> begin;
    y = (decltype(y))(y << drop) >> drop >> begin;
    return descending ? y < x : x < y;
}

/* ---- what only some threads of a group get: to the others it is undefined, here NaN or -1 ---- */

template <class T> T only_if(bool has_it, T value)
{
    if constexpr (std::is_trivially_copyable_v<T>)
        if (!has_it) memset((void *)&value, 0xff, sizeof value);
    return value;
}

/* The block that the class is for is the one that runs. */
inline void check_block(const char *name, int x, int y, int z, emu::Where where)
{
    if ((int)blockDim.x == x && (int)blockDim.y == y && (int)blockDim.z == z) return;
    emu::fail("cub", where, "%s is made for blocks of (%d,%d,%d) threads; this one has (%u,%u,%u)", name, x,
              y, z, blockDim.x, blockDim.y, blockDim.z);
}

inline unsigned LaneId()
{
    return emu::lane_id();
}
inline unsigned WarpId()
{
    return emu::warp_id();
}
inline int RowMajorTid(int x, int y, int)
{
    return (int)threadIdx.x + x * ((int)threadIdx.y + y * (int)threadIdx.z);
}

/* Errors of CUDA, shown. */
inline cudaError_t Debug(cudaError_t error, const char *file, int line)
{
    if (error)
        fprintf(stderr, "CUDA error %d [%s, %d]: %s\n", (int)error, file, line, cudaGetErrorString(error));
    return error;
}

} // namespace cub

#define CubDebug(e) cub::Debug((cudaError_t)(e), __FILE__, __LINE__)
#define CubDebugExit(e)           \
    do {                          \
        if (CubDebug(e)) exit(1); \
    } while (0)

#endif
